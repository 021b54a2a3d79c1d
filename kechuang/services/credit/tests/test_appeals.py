"""申诉: within its days, once, decided by officers of the city; upheld, the rule is run again for the firm."""

from datetime import timedelta
from typing import Any

import pytest

from kechuang.core.cases.actions import advance
from kechuang.core.cases.models import Case
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.credit import appeals, queries
from kechuang.services.credit.models import Appeal, CreditList
from kechuang.services.credit.tests.bureau import TODAY, Bureau, qualify
from tests.city import NOW

pytestmark = pytest.mark.django_db
TEXT = "本单位的科技型中小企业登记已补录到企业档案。"


def appealed(bureau: Bureau, found: CreditList) -> Appeal:
    entry = bureau.entry(found, bureau.city.company)
    return appeals.appeal(entry=entry, text=TEXT, by=bureau.city.engineer, now=NOW)


def step(made: Appeal, name: str, bureau: Bureau, **said: Any) -> Case:
    case = Case.objects.get(pk=made.case_id)
    return advance(case=case, step=name, by=bureau.city.officer, now=NOW, **said)


def test_an_appeal_waits_for_an_officer_of_the_city_with_a_clock(bureau: Bureau) -> None:
    made = appealed(bureau, bureau.published())
    assert made.case.assignee in (bureau.city.officer, bureau.second)
    assert made.case.due_on is not None
    with pytest.raises(Refusal, match="已经申诉过"):
        appealed(bureau, made.entry.edition)


def test_an_upheld_appeal_runs_the_rule_again_with_the_corrected_file(bureau: Bureau) -> None:
    found = bureau.published()
    made = appealed(bureau, found)
    with pytest.raises(Refusal, match="结果没有变化"):
        step(made, "uphold", bureau, note="核实无误。")
    qualify(bureau.city.company)
    step(made, "uphold", bureau, note="核实无误，已更正。")
    made.refresh_from_db()
    assert (made.before["group"], made.after["group"] if made.after else "") == ("unknown", "in")
    assert made.verdict is not None
    assert made.verdict.result == "met"
    assert {e.party for e in queries.standing(found, TODAY)} == {bureau.good, bureau.city.company}


def test_a_dismissed_appeal_carries_a_reason_and_leaves_the_result(bureau: Bureau) -> None:
    found = bureau.published()
    made = appealed(bureau, found)
    with pytest.raises(Refusal):
        step(made, "dismiss", bureau, note="没有依据。")
    case = step(made, "dismiss", bureau, reason="facts", note="登记系统中查无此编号。")
    assert (case.state, bureau.entry(found, bureau.city.company).group) == ("dismissed", "unknown")


def test_an_appeal_that_was_taken_back_can_be_made_anew(bureau: Bureau) -> None:
    found = bureau.published()
    made = appealed(bureau, found)
    advance(case=made.case, step="withdraw", by=bureau.city.engineer, now=NOW)
    assert appealed(bureau, found).pk != made.pk


def test_too_late_or_for_others_or_without_need_nobody_appeals(bureau: Bureau) -> None:
    found = bureau.published()
    entry = bureau.entry(found, bureau.city.company)
    late = NOW + timedelta(days=30)
    with pytest.raises(Refusal, match="申诉期限已过"):
        appeals.appeal(entry=entry, text=TEXT, by=bureau.city.engineer, now=late)
    with pytest.raises(NotAllowed):
        appeals.appeal(entry=entry, text=TEXT, by=bureau.owner, now=NOW)
    with pytest.raises(Refusal, match="已入选"):
        appeals.appeal(entry=bureau.entry(found, bureau.good), text=TEXT, by=bureau.owner, now=NOW)
