"""联盟成员: asking, answering, leaving; who may do what; two at once."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from kechuang.core.cases.access import view_case
from kechuang.core.cases.actions import advance
from kechuang.core.cases.handover import sweep
from kechuang.core.cases.queries import said, waiting_for
from kechuang.core.notices.models import Notice
from kechuang.core.parties.models import Mandate, Party
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.services.alliances import access, actions, queries
from kechuang.services.alliances.models import Alliance, Membership
from kechuang.services.alliances.tests.town import PLEA, alliance, asked, joined, office
from tests.city import NOW, City, build

pytestmark = pytest.mark.django_db


def test_an_application_waits_for_one_person_of_the_secretariat() -> None:
    city = build()
    host, secretary = office()
    membership = asked(alliance(host), city.company, city.engineer)
    case = membership.case
    assert (case.state, case.owner, case.assignee, str(case.due_on)) == (
        "applied",
        "host",
        secretary,
        "2026-11-25",
    )
    assert list(waiting_for(secretary)) == [case]
    assert list(waiting_for(city.district_officer)) == []
    told = Notice.objects.filter(url=f"/cases/{case.pk}/")
    assert {n.user for n in told} == {secretary}
    assert "加入示例成果转化联盟" in told[0].text


def test_without_a_secretariat_an_officer_of_the_district_decides() -> None:
    city = build()
    case = asked(alliance(), city.company, city.engineer).case
    assert (case.owner, case.assignee) == ("host", city.district_officer)


def test_about_the_secretariats_own_application_an_officer_decides() -> None:
    city = build()
    host, secretary = office()
    assert asked(alliance(host), host, secretary).case.assignee == city.district_officer


def test_an_application_of_a_secretariat_whose_people_have_left_goes_to_the_district() -> None:
    city = build()
    host, secretary = office()
    case = asked(alliance(host), city.company, city.engineer).case
    Mandate.objects.filter(user=secretary).update(state=Mandate.State.ENDED)
    sweep(now=NOW)
    case.refresh_from_db()
    assert case.assignee == city.district_officer


def test_an_accepted_applicant_is_a_member_and_can_leave_with_a_reason() -> None:
    city = build()
    found = alliance()
    membership = joined(city, found, city.company, city.engineer)
    assert [m.party for m in queries.members(found)] == [city.company]
    with pytest.raises(Refusal, match="请选择原因"):
        advance(case=membership.case, step="leave", by=city.engineer, now=NOW)
    case = advance(case=membership.case, step="leave", by=city.engineer, now=NOW, reason="inactive")
    assert said(case) == "无力参加联盟活动"
    assert list(queries.members(found)) == []


def test_who_left_can_ask_again() -> None:
    city = build()
    found = alliance()
    first = joined(city, found, city.company, city.engineer)
    advance(case=first.case, step="leave", by=city.engineer, now=NOW, reason="other")
    assert asked(found, city.company, city.engineer).pk != first.pk


def test_an_application_that_was_sent_back_is_handed_in_again_or_lapses() -> None:
    city = build()
    membership = asked(alliance(), city.company, city.engineer)
    case = advance(
        case=membership.case, step="return", by=city.officer, now=NOW, reason="incomplete", note="请写明领域。"
    )
    assert (case.owner, case.assignee) == ("applicant", city.engineer)
    again = advance(case=case, step="resubmit", by=city.engineer, now=NOW, note="做封装。")
    assert again.state == "applied"
    back = advance(case=again, step="return", by=city.officer, now=NOW, reason="other", note="还缺材料。")
    lapsed = advance(case=back, step="lapse", by=None, now=NOW + timedelta(days=90))
    assert lapsed.state == "withdrawn"
    assert Membership.objects.get().ended_at is not None


def test_a_refused_applicant_reads_why() -> None:
    city = build()
    membership = asked(alliance(), city.company, city.engineer)
    case = advance(
        case=membership.case, step="refuse", by=city.district_officer, now=NOW, reason="field", note="领域不同。"
    )
    assert said(case) == "与联盟宗旨和领域不符；领域不同。"
    assert Notice.objects.filter(user=city.engineer, text__contains="与联盟宗旨和领域不符").exists()


def test_an_organisation_that_nobody_has_verified_cannot_be_accepted() -> None:
    city = build()
    Party.objects.filter(pk=city.company.pk).update(verified_at=None)
    membership = asked(alliance(), city.company, city.engineer)
    with pytest.raises(Refusal, match="核验后才能加入"):
        advance(case=membership.case, step="accept", by=city.officer, now=NOW)
    membership.case.refresh_from_db()
    assert membership.case.state == "applied"


def test_the_secretariat_decides_about_others_but_not_about_itself() -> None:
    city = build()
    host, secretary = office()
    found = alliance(host)
    other, own = asked(found, city.company, city.engineer), asked(found, host, secretary)
    advance(case=other.case, step="accept", by=secretary, now=NOW)
    with pytest.raises(NotAllowed):
        advance(case=own.case, step="accept", by=secretary, now=NOW)
    assert view_case.check(secretary, other.case)


@pytest.mark.parametrize(
    ("name", "sees", "decides"),
    [
        ("engineer", True, False),
        ("colleague", True, False),
        ("professor", False, False),
        ("officer", True, True),
        ("district_officer", True, True),
        ("broker", False, False),
        ("expert", False, False),
        ("stranger", False, False),
    ],
)
def test_who_sees_an_application_and_who_decides(name: str, sees: bool, decides: bool) -> None:
    city = build()
    case = asked(alliance(), city.company, city.engineer).case
    user = city.people()[name]
    assert (view_case.check(user, case), access.decide.check(user, case)) == (sees, decides)


def test_the_same_form_sent_twice_makes_one_application_and_another_form_is_told() -> None:
    city = build()
    found = alliance()
    first = asked(found, city.company, city.engineer, form_key="a" * 32)
    assert asked(found, city.company, city.engineer, form_key="a" * 32).pk == first.pk
    with pytest.raises(Refusal, match="已经申请过，当前状态为“待秘书处确认”"):
        asked(found, city.company, city.colleague, form_key="b" * 32)


def test_nobody_asks_for_an_organisation_that_is_not_hers() -> None:
    city = build()
    with pytest.raises(NotAllowed):
        asked(alliance(), city.company, city.professor)


def test_the_text_of_an_alliance_is_not_overwritten_by_an_older_page() -> None:
    city = build()
    found = alliance()
    content = {"purpose": "新的宗旨", "charter": "", "contact": ""}
    actions.save_alliance(alliance=found, content=content, version=1, by=city.district_officer, now=NOW)
    with pytest.raises(Stale):
        actions.save_alliance(alliance=found, content=content, version=1, by=city.officer, now=NOW)
    with pytest.raises(NotAllowed):
        actions.save_alliance(alliance=found, content=content, version=2, by=city.engineer, now=NOW)


def test_two_colleagues_who_apply_at_once_make_one_application(live_city: City) -> None:
    city = live_city
    found = alliance()
    outcomes: list[Any] = []
    together = threading.Barrier(2)

    def ask(user: Any) -> None:
        together.wait()
        try:
            outcomes.append(
                actions.apply(
                    alliance=Alliance.objects.get(pk=found.pk), party=city.company, content=PLEA, by=user, now=NOW
                )
            )
        except Refusal as refusal:
            outcomes.append(refusal.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(user,)) for user in (city.engineer, city.colleague)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Membership.objects.count() == 1
    assert sum(isinstance(o, str) and "已经申请过" in o for o in outcomes) == 1
