"""名单: three groups with reasons, two officers, who enters and leaves, decisions take out at once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from kechuang.core.dossier.models import IntegrityEntry
from kechuang.core.dossier.queries import facts_of
from kechuang.core.notices.models import Notice
from kechuang.core.policy.queries import pack_of
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.kit.rules.explain import explain
from kechuang.services.credit import queries, runs, shown
from kechuang.services.credit.clock import tick
from kechuang.services.credit.models import CreditList, Entry
from kechuang.services.credit.tests.bureau import TODAY, Bureau, qualify
from tests.city import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=30)


def test_a_run_puts_every_enterprise_into_one_of_three_groups_with_its_reasons(bureau: Bureau) -> None:
    found = bureau.run()
    said = {e.party: (e.group, e.failed, e.missing) for e in Entry.objects.filter(edition=found)}
    assert said == {
        bureau.good: ("in", [], []),
        bureau.plain: ("out", ["qualified"], []),
        bureau.city.company: ("unknown", [], ["hnte_valid", "not_abnormal", "sme_valid"]),
    }
    rows = shown.rows(queries.entries(bureau.city.officer, found), found)
    assert {row.entry.party: row.why for row in rows}[bureau.plain] == "不符合：有效期内的科技型中小企业或高新技术企业"
    assert next(r.grounds for r in rows if r.entry.party == bureau.good) == [
        "无科研严重失信行为",
        "未列入经营异常和严重违法失信名单",
        "当年有效的科技型中小企业",
    ]


def test_the_list_says_of_each_firm_what_its_explanation_says(bureau: Bureau) -> None:
    found, groups = bureau.run(), {"met": "in", "unmet": "out", "unknown": "unknown"}
    for entry in Entry.objects.filter(edition=found):
        verdict = explain(pack_of(found.version), facts_of(entry.party, on=TODAY), on=TODAY)
        assert (entry.group, entry.missing) == (groups[verdict.result], list(verdict.missing))


def test_who_ran_the_list_does_not_confirm_it(bureau: Bureau) -> None:
    found = bureau.run()
    with pytest.raises(NotAllowed, match="运行名单的人不能审定"):
        runs.publish(credit_list=found, by=bureau.city.officer, now=NOW)
    with pytest.raises(NotAllowed):
        runs.publish(credit_list=found, by=bureau.city.district_officer, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        CreditList.objects.filter(pk=found.pk).update(
            state="published", number=1, approver=bureau.city.officer, published_at=NOW
        )
    assert queries.current(TODAY) is None


def test_of_two_drafts_only_one_follows_the_last_version(bureau: Bureau) -> None:
    first, second = bureau.run(), bureau.run()
    runs.publish(credit_list=first, by=bureau.second, now=NOW)
    with pytest.raises(Stale, match="重新运行"):
        runs.publish(credit_list=second, by=bureau.second, now=NOW)
    with pytest.raises(Stale, match="已发布"):
        runs.publish(credit_list=first, by=bureau.second, now=NOW)
    with pytest.raises(Refusal, match="退回原因"):
        runs.drop(credit_list=second, reason=" ", by=bureau.second, now=NOW)
    assert runs.drop(credit_list=second, reason="已有新版。", by=bureau.second, now=NOW).state == "dropped"


def test_the_difference_of_two_versions_names_who_enters_and_why_who_leaves(bureau: Bureau) -> None:
    first = bureau.published()
    qualify(bureau.city.company)
    bureau.good.qualifications.update(revoked_on=TODAY, revoked_for="示例撤销")
    second = bureau.published(LATER)
    change = queries.difference(bureau.city.officer, first, second)
    assert [(e.party, was.group if was else "") for e, was in change.enters] == [(bureau.city.company, "unknown")]
    assert [(e.party, now.failed if now else []) for e, now in change.leaves] == [(bureau.good, ["qualified"])]
    assert queries.difference(bureau.city.district_officer, first, second).leaves == []  # another district


def test_a_decision_takes_a_firm_out_at_once_and_only_a_new_run_brings_it_back(bureau: Bureau) -> None:
    found = bureau.published()
    bureau.consent(bureau.good, bureau.owner)
    assert [e.party for e in queries.shown_to(bureau.banker, found, TODAY)] == [bureau.good]
    bureau.block(bureau.good, until=TODAY + timedelta(days=20))
    assert not queries.shown_to(bureau.banker, found, TODAY).exists()  # before the clock has run
    assert tick(now=NOW).left == 1
    assert tick(now=NOW).left == 0
    assert Notice.objects.filter(user=bureau.owner, text__contains="已移出").count() == 1
    later = LATER.date()
    assert not IntegrityEntry.objects.filter(until__gt=later).exists()
    assert not queries.standing(found, later).exists()
    again = bureau.published(LATER)
    assert queries.standing(again, later).get().party == bureau.good


def test_who_is_blocked_is_out_whatever_the_facts_and_the_reference_is_for_those_who_may_see_it(
    bureau: Bureau,
) -> None:
    bureau.block(bureau.good)
    found = bureau.published()
    entry = bureau.entry(found, bureau.good)
    assert (entry.group, entry.failed, entry.blocked) == ("out", [], True)
    references = [
        shown.decisions(user, bureau.good, TODAY) for user in (bureau.owner, bureau.city.officer, bureau.banker)
    ]
    assert references == [["示例信用〔2026〕8号"], ["示例信用〔2026〕8号"], []]


def test_a_version_ends_by_itself_and_the_officers_are_told_before(bureau: Bureau) -> None:
    found = bureau.published()
    last = NOW + timedelta(days=(found.valid_until - TODAY).days - 1)
    assert tick(now=last).reminded == 2
    assert tick(now=last).reminded == 0
    assert queries.current(found.valid_until) is None


@pytest.mark.parametrize("days", [1, -1])
def test_a_day_to_come_or_before_the_last_version_is_refused(bureau: Bureau, days: int) -> None:
    bureau.published()
    on = TODAY + timedelta(days=days)
    with pytest.raises(Refusal) as refused:
        runs.run(on=on, months=6, note="", by=bureau.city.officer, now=NOW)
    assert "on" in refused.value.fields
