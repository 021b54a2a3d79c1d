"""网址权限表（接口）: what each role gets at the addresses of the API, by session; keys are tested in tests/api."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.url_table_shapes import DONE, Given, Visit, everybody, fixed, only, pk
from tests.world import World

JUDGES = ("engineer", "officer", "district_officer", "broker")
OFFICERS = ("officer", "district_officer")


def api(
    who: Given,
    kwargs: Callable[[World], dict[str, Any]] = fixed(),  # noqa: B008
    *,
    post: Given | None = None,
    data: Mapping[str, Any] | None = None,
    **others: Given,
) -> list[Visit]:
    """An address of the API; ``others`` are further methods."""
    return [Visit(who, post, kwargs, data or {}, others, json=True)]


def persons(status: int = 200, **others: int | str) -> Given:
    """Anonymous callers get 401, everybody else the status, except those that are named."""
    return {**everybody(status), "anonymous": 401, **others}


def some(*roles: str, status: int | str = 200, others: int = 404) -> Given:
    """These roles get the status, everybody else ``others``, anonymous callers 401."""
    return only(*roles, status=status, others=others, anonymous=401)


def pair(world: World) -> dict[str, Any]:
    """A need and an achievement."""
    return {"pk": world.need.pk, "offer": world.achievement.pk}


OPEN = everybody(200)
NOWHERE = everybody(405)
API: dict[str, list[Visit]] = {
    "api-v1:openapi-json": api(OPEN, post=OPEN),
    "api-v1:api-root": api(everybody(404), post=everybody(404)),
    "api-v1:search": api(OPEN),
    "api-v1:suggest": api(OPEN),
    "api-v1:listings": [
        *api(OPEN, fixed(service="needs"), post=persons(422), data={"party": 1, "content": {}}),
        *api(everybody(404), fixed(service="no"), post=persons(404), data={"party": 1, "content": {}}),
    ],
    "api-v1:listing": [
        *api(
            OPEN,
            pk("need", service="needs"),
            patch=some("engineer", status=DONE, others=403),
            data={"content": {}},
        ),
        *api(
            only("engineer", others=404, anonymous=404),
            pk("draft", service="needs"),
            patch=some("engineer", status=DONE),
            data={"content": {}},
        ),
        *api(only(*JUDGES, others=404, anonymous=404), pk("submitted", service="needs")),
        *api(everybody(404), pk("achievement", service="needs")),
    ],
    "api-v1:my_listings": api(persons()),
    "api-v1:match": api(NOWHERE, post=OPEN, data={"text": "光伏板进水汽，想找密封办法"}),
    "api-v1:matches": [
        *api(OPEN, pk("need")),
        *api(only(*JUDGES, others=404, anonymous=404), pk("submitted")),
    ],
    "api-v1:needs_for": api(OPEN, pk("achievement")),
    "api-v1:judgements": [
        *api(some(*JUDGES, others=403), pk("need")),
        *api(some("engineer"), pk("draft")),
    ],
    "api-v1:judgement": api(
        NOWHERE,
        pair,
        put=some(*JUDGES, status=DONE, others=403),
        delete=some(*JUDGES, status=DONE, others=204),
        data={"fits": True},
    ),
    "api-v1:cases": api(persons()),
    "api-v1:case": [
        *api(some("engineer", *OFFICERS, "broker"), pk("submitted_case")),
        *api(some("professor", "officer"), pk("achievement_case")),
    ],
    "api-v1:case_events": api(some("engineer", *OFFICERS, "broker"), pk("submitted_case")),
    "api-v1:case_step": [
        *api(
            NOWHERE,
            pk("submitted_case", name="publish"),
            post={**some(*OFFICERS, status=DONE), "engineer": 403, "broker": 403},
        ),
    ],
    "api-v1:introductions": api(persons(), post=persons(422), data={"need": 1, "offer": 1}),
    "api-v1:introduction": api(some("professor", *JUDGES), pk("introduction")),
    "api-v1:introduction_contacts": api(
        NOWHERE,
        pk("introduction"),
        post={**some("broker", *OFFICERS, status=DONE), "engineer": 403, "professor": 403},
        data={"person": "赵经理", "channel": "phone", "result": "reached", "on": "2026-11-18"},
    ),
    "api-v1:services": api(OPEN),
    "api-v1:service": [*api(OPEN, fixed(code="needs")), *api(everybody(404), fixed(code="no"))],
    "api-v1:vocabularies": api(OPEN),
    "api-v1:vocabulary": [*api(OPEN, fixed(scheme="district")), *api(everybody(404), fixed(scheme="no"))],
    "api-v1:figures": api(OPEN),
    "api-v1:parties": api(OPEN),
    "api-v1:party": [*api(OPEN, pk("newcomer")), *api(everybody(404), fixed(pk=999_999))],
    "api-v1:me": api(OPEN),
    "api-v1:notices": api(persons()),
}
