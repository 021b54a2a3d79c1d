"""网址权限表: policies and the calculator."""

from tests.url_table_shapes import DONE, Visit, everybody, fixed, form, members, only, reading, step
from tests.world import World

PACK = fixed(code="cn-tech-sme")


def DRAFT(world: World) -> dict[str, int]:  # noqa: N802 - a place like PACK
    """The officer's draft."""
    return {"pk": world.policy_draft.pk}


POLICIES: dict[str, list[Visit]] = {
    "policies": reading(everybody(200)),
    "calculator": form(everybody(200), everybody(DONE)),
    "policy_document": [
        *reading(everybody(200), fixed(code="gkfz-2017-115")),
        *reading(everybody(404), fixed(code="no")),
    ],
    "policy": [*reading(everybody(200), PACK), *reading(everybody(404), fixed(code="no"))],
    "policy_versions": [*reading(everybody(200), PACK), *reading(everybody(404), fixed(code="no"))],
    "policy_version": [
        *reading(everybody(200), fixed(code="cn-tech-sme", number=1)),
        *reading(everybody(404), fixed(code="cn-tech-sme", number=99)),
    ],
    "ask_policy": form(members(), members(DONE), PACK),
    "policy_drafts": reading(only("officer", "district_officer")),
    "draft_policy": step(only("officer", status=DONE), PACK),
    "policy_draft": form(only("officer", others=404), only("officer", status=DONE, others=404), DRAFT),
    "try_policy_draft": step(only("officer", status=DONE, others=404), DRAFT),
    "decide_policy_draft": step(
        only("officer", status=DONE, others=404), lambda world: {"pk": world.policy_draft.pk, "step": "drop"}
    ),
    "policy_search": reading(everybody(200)),
    "policy_flags": reading(only("officer", "district_officer")),
    "check_document": form(
        only("officer", district_officer=404),
        only("officer", status=DONE, district_officer=404),
        fixed(code="gkfz-2017-115"),
    ),
    "policy_subscriptions": form(members(), members(DONE)),
    "end_policy_subscription": step(members(404, engineer=DONE), lambda world: {"pk": world.reading.subscription.pk}),
    "policy_news": [
        *form(everybody(200), everybody(DONE), lambda world: {"token": world.reading.link}),
    ],
    "suggest_policy": form(everybody(200), everybody(DONE), PACK),
    "policy_suggestion": [
        *reading(everybody(200), lambda world: {"token": world.reading.suggestion.data["token"]}),
        *reading(everybody(404), fixed(token="nobody")),
    ],
    "keep_faq": form(
        only("officer", district_officer=404),
        only("officer", status=DONE, district_officer=404),
        lambda world: {"pk": world.reading.answered.pk},
    ),
    "drop_faq": step(only("officer", status=DONE), lambda world: {"pk": world.reading.faq.pk}),
}
