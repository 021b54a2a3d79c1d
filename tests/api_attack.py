"""乱试接口 attack: calls made up from the OpenAPI description, right and wrong, by keys of several roles.

Half of them name records that exist, since made-up numbers never do. tests/test_api_schema.py makes a few hundred in
every run of the tests, tests/fuzz_api.py thousands.
"""

import json
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks

from kechuang.core.cases.actions import advance
from kechuang.core.cases.models import Case
from kechuang.core.keys.access import usable_scopes
from kechuang.core.keys.actions import create_key
from kechuang.core.market.models import Need, Offer
from kechuang.services.introductions.actions import propose
from kechuang.web import clock
from kechuang.web.api.site import api
from tests.city import NEED, NOW, City, listing, published, task_force

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
ROLES = ("engineer", "professor", "broker", "officer", "district_officer", "stranger")


@dataclass
class Records:
    """What there is to be called about."""

    city: City
    achievement: Offer
    spare: Offer  # nobody has asked for it yet
    need: Need
    case: Case  # waits for the officers
    introduction: Case  # between the need and the achievement, with a task force


def records(city: City) -> Records:
    """Two published achievements, a published need, a case under review, an introduction."""
    achievement, _ = published(city, "achievements")
    spare, _ = published(city, "achievements", title="没有人请求过对接的成果")
    need, _ = published(city, "needs")
    _, case = listing(city, "needs", title="等待审核的需求")
    case = advance(case=case, step="submit", by=city.engineer, now=NOW)
    task_force(city)
    introduction = propose(need=need, offer=achievement, words="", nda_wanted=False, by=city.engineer, now=NOW)
    return Records(city, achievement, spare, need, case, introduction)


@dataclass
class Outcome:
    """结果: how many calls were made, what was answered, and what should not have been."""

    calls: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    answered: set[str] = field(default_factory=set)
    unanswered: set[str] = field(default_factory=set)  # operations of which no call could be answered as it asked
    failures: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        statuses = "、".join(f"{status}: {n}" for status, n in sorted(self.statuses.items()))
        never = f", never {', '.join(sorted(self.unanswered))}" if self.unanswered else ""
        done = f"{len(self.answered)} operations answered{never}"
        return f"{self.calls} calls ({statuses}); {done}; {len(self.failures)} failures"


def heads(there: Records) -> list[dict[str, str]]:
    """The headers of nobody, of a key that reads what is public, and of keys with all that a role can use."""
    found: list[dict[str, str]] = [{}]
    people = there.city.people()
    for name, scopes in [("engineer", ["read:public"]), *((name, None) for name in ROLES)]:
        chosen = scopes or [s.value for s in usable_scopes(people[name])]
        _, secret = create_key(
            user=people[name], name=f"乱试{len(found)}", scopes=chosen, days=9, by=people[name], now=clock.now()
        )
        found.append({"Authorization": f"Bearer {secret}"})
    return found


def attack(url: str, there: Records, calls: int) -> Outcome:
    """Make about so many calls, spread over all operations, right and wrong data, and roles."""
    load_all_checks()
    schema = schemathesis.openapi.from_dict(json.loads(json.dumps(api.get_openapi_schema())))
    operations: list[Any] = [found.ok() for found in schema.get_all_operations()]  # type: ignore[union-attr]
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    roles, outcome = cycle(heads(there)), Outcome()
    each = max(2, round(calls / (len(operations) * len(modes))))
    for number, operation in enumerate(operations):
        for mode in modes:
            if outcome.calls < calls:
                left = calls - outcome.calls
                _run(
                    operation,
                    mode,
                    min(each, left) if number < len(operations) - 1 else left,
                    url,
                    roles,
                    outcome,
                    there,
                )
    outcome.unanswered = {operation.label for operation in operations} - outcome.answered
    return outcome


def _run(
    operation: Any, mode: GenerationMode, count: int, url: str, roles: Any, outcome: Outcome, there: Records
) -> None:
    end = outcome.calls + count

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), known=st.integers(0, 3))
    def one(case: Any, known: int) -> None:
        if outcome.calls >= end:
            return
        if known < 2:
            _name_records(case, there, known)
        outcome.calls += 1
        response = case.call(base_url=url, headers=next(roles), timeout=120)
        outcome.statuses[response.status_code] += 1
        if response.status_code < 300:
            outcome.answered.add(operation.label)
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as group:
            outcome.failures.append(f"{operation.label}: {group.exceptions[0]}")
        except AssertionError as failure:
            outcome.failures.append(f"{operation.label}: {failure}")

    with suppress(Unsatisfiable):  # a call without parameters cannot be wrong
        one()


def _name_records(case: Any, there: Records, known: int) -> None:
    """Let a call be about something that is there, so that it comes further than 404."""
    path, given_body = case.operation.path, case.body
    numbers: Mapping[str, Any] = {
        "/cases": there.case,
        "/introductions": there.introduction,
        "/parties": there.city.company,
        "/achievements": there.achievement,
    }
    row = next((row for part, row in numbers.items() if part in path), there.need)
    known_values: dict[str, Any] = {
        "service": "needs",
        "pk": row.pk,
        "offer": there.achievement.pk,
        "scheme": "district",
    }
    known_values |= {"code": "needs", "name": ("return", "publish")[known]}
    case.path_parameters = {name: known_values.get(name, value) for name, value in (case.path_parameters or {}).items()}
    if case.method in ("POST", "PATCH") and isinstance(given_body, dict):
        case.headers = {**(case.headers or {}), "If-Match": "*"}
        case.body = _likely(path, given_body, there, whole=known == 0)


def _likely(path: str, body: dict[str, Any], there: Records, *, whole: bool) -> dict[str, Any]:
    """A body that could pass, but for what was made up in it; ``whole`` leaves little of that."""
    if path.startswith("/api/v1/listings"):
        given = body.get("content")
        made_up = {n: v for n, v in given.items() if v is not None} if isinstance(given, dict) and not whole else {}
        title = {"title": f"乱试的需求{len(str(given))}"} if whole else {}
        return {**body, "content": NEED | title | made_up, "party": there.city.company.pk}
    if path == "/api/v1/introductions":
        return {**body, "need": there.need.pk, "offer": there.spare.pk}
    if path.endswith("/contacts"):
        said = {"channel": "phone", "result": "reached", "on": "2026-11-18"}
        return {**body, **said, **({"person": "赵经理", "next_step": "见面", "next_on": None} if whole else {})}
    return body
