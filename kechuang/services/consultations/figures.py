"""期限与限额 figures: what the region sets for consultations (region.toml, [consultation])."""

from kechuang.core.vocab.region import region

_GIVEN = region().get("consultation", {})
DRAFT_DAYS = int(_GIVEN.get("draft_days", 40))
MODERATE_DAYS = int(_GIVEN.get("moderate_days", 2))
ANSWER_DAYS = int(_GIVEN.get("answer_days", 10))
RESULT_DAYS = int(_GIVEN.get("result_days", 15))
DEFAULT_DAYS = int(_GIVEN.get("days", 20))
REMIND_DAYS = int(_GIVEN.get("remind_days", 3))
