"""满意度: asked once after an end that was waited for, answered by the applicant alone, shown only in large samples."""

from datetime import UTC, datetime, timedelta

import pytest

from kechuang.core.audit.queries import history
from kechuang.core.cases.actions import advance, open_case
from kechuang.core.cases.models import Case, Contact, Satisfaction
from kechuang.core.cases.satisfaction import LOOK_BACK, answer, answerable, ask, ask_ended, decline, is_open
from kechuang.core.cases.satisfaction_figures import answers, lines, unit_report
from kechuang.core.notices.models import Notice
from kechuang.core.notices.queries import notices_of
from kechuang.core.parties.models import Mandate, User
from kechuang.kit.refusal import NotAllowed, Refusal
from tests.city import NOW, City, listing, published


def asked(user: User) -> int:
    return notices_of(user).filter(key__startswith="satisfaction:").count()


def test_whoever_opened_a_case_is_asked_once_after_its_end(city: City) -> None:
    _, case = published(city, "needs")
    assert (ask_ended(now=NOW), ask_ended(now=NOW + timedelta(days=1))) == (1, 0)
    assert (asked(city.engineer), asked(city.colleague)) == (1, 0)
    (told,) = notices_of(city.engineer).filter(key__startswith="satisfaction:")
    assert (told.url, told.daily, told.heading) == (f"/cases/{case.pk}/satisfaction/", True, "请您评价")
    assert (case.satisfaction.unit, case.satisfaction.district) == (None, "370281")


def test_a_refusal_is_asked_about_too(city: City) -> None:
    _, case = listing(city, "needs")
    case = advance(case=case, step="submit", by=city.engineer, now=NOW)
    advance(case=case, step="reject", by=city.officer, now=NOW, reason="duplicate", note="已有相同需求")
    assert ask_ended(now=NOW) == 1


def test_drafts_withdrawals_and_what_never_waited_are_not_asked_about(city: City) -> None:
    listing(city, "needs")
    _, own = listing(city, "needs")
    own = advance(case=own, step="submit", by=city.engineer, now=NOW)
    advance(case=own, step="withdraw", by=city.colleague, now=NOW, reason="mistake")
    open_case(service="needs", applicant=city.company, by=city.officer, now=NOW, state="published")  # a register
    _, late = published(city, "needs")
    Case.objects.filter(pk=late.pk).update(since=NOW - LOOK_BACK - timedelta(days=1))
    assert ask_ended(now=NOW) == 0


def test_nobody_is_asked_more_than_three_times_in_thirty_days_about_one_service(city: City) -> None:
    for number in range(5):
        published(city, "needs", title=f"第 {number} 项需求")
    published(city, "achievements")
    assert ask_ended(now=NOW) == 4
    assert (asked(city.engineer), asked(city.professor)) == (3, 1)
    Notice.objects.update(at=NOW - timedelta(days=31))
    assert ask_ended(now=NOW) == 2


def test_who_has_left_is_not_asked_but_a_colleague(city: City) -> None:
    published(city, "needs")
    Mandate.objects.filter(user=city.engineer).update(state="ended")
    assert (ask_ended(now=NOW), asked(city.engineer), asked(city.colleague)) == (1, 0, 1)


@pytest.fixture
def row(city: City) -> Satisfaction:
    """A question to the company about its need."""
    _, case = published(city, "needs")
    found = ask(case=case, now=NOW)
    assert found is not None
    return found


def test_one_tap_answers_one_question_and_the_last_one_counts(city: City, row: Satisfaction) -> None:
    answer(row=row, by=city.engineer, now=NOW, in_time=True)
    answer(row=row, by=city.engineer, now=NOW, useful=True)
    found = answer(row=row, by=city.colleague, now=NOW + timedelta(days=1), in_time=False, text="  等了很久 ")
    assert (found.in_time, found.useful, found.text, found.by) == (False, True, "等了很久", city.colleague)
    assert found.answered_at == NOW


def test_an_answer_can_be_taken_back_and_given_again(city: City, row: Satisfaction) -> None:
    answer(row=row, by=city.engineer, now=NOW, in_time=True, text="好")
    found = decline(row=row, by=city.engineer, now=NOW)
    assert (found.in_time, found.useful, found.text) == (None, None, "")
    assert answer(row=row, by=city.engineer, now=NOW, useful=True).useful is True


def test_after_thirty_days_nothing_changes_any_more(city: City, row: Satisfaction) -> None:
    answer(row=row, by=city.engineer, now=NOW + timedelta(days=29), in_time=True)
    answer(row=row, by=city.engineer, now=NOW + timedelta(days=58), in_time=False)
    with pytest.raises(Refusal, match="评价期限已过"):
        answer(row=row, by=city.engineer, now=NOW + timedelta(days=60), in_time=True)
    _, other = published(city, "achievements")
    unanswered = ask(case=other, now=NOW)
    assert unanswered is not None
    assert not is_open(unanswered, NOW + timedelta(days=31))


def test_only_the_applicants_people_answer(city: City, row: Satisfaction) -> None:
    for user in (city.professor, city.officer, city.broker, city.stranger):
        assert not answerable(user).exists()
        with pytest.raises(NotAllowed):
            answer(row=row, by=user, now=NOW, in_time=True)
    assert answerable(city.colleague).get() == row


def test_the_history_of_the_case_does_not_tell_what_was_answered(city: City, row: Satisfaction) -> None:
    before = history(row.case).count()
    answer(row=row, by=city.engineer, now=NOW, in_time=False, text="不满意")
    assert history(row.case).count() == before
    assert [e.after for e in history(row)] == [{"in_time": False, "text": "不满意"}]


def requests(city: City, days: list[int | None], *, at: datetime = NOW) -> list[Case]:
    """Requests of the company to the university, each answered by it after so many calendar days, or never."""
    offer, _ = published(city, "achievements")
    cases = []
    for number in days:
        case = open_case(service="achievements", applicant=city.company, by=city.engineer, now=at, offer=offer)
        if number is not None:
            when = at + timedelta(days=number)
            Contact.objects.create(case=case, at=when, by=city.professor, person="x", channel="phone", result="x")
        cases.append(case)
    return cases


def answered(city: City, cases: list[Case], *, yes: int, at: datetime = NOW) -> None:
    """All these cases asked about and answered; the first ``yes`` say yes."""
    for number, case in enumerate(cases):
        Satisfaction.objects.create(
            case=case,
            unit=city.university,
            district="370281",
            asked_at=at,
            answered_at=at,
            in_time=number < yes,
            useful=number < yes,
        )


def test_fewer_than_five_answers_show_nothing_five_show_percents(city: City) -> None:
    cases = requests(city, [1] * 5)
    answered(city, cases[:4], yes=3)
    report = unit_report(city.university, NOW + timedelta(days=30))
    assert (report.total.shown, [s.shown for _n, s in report.quarters]) == (False, [False])
    answered(city, cases[4:], yes=1)
    report = unit_report(city.university, NOW + timedelta(days=30))
    assert (report.total.count, report.total.in_time, report.total.useful) == (5, 80, 80)
    assert [(name, s.in_time) for name, s in report.quarters] == [("2026 Q4", 80)]


def test_a_small_quarter_is_hidden_and_cannot_be_reckoned_from_the_others(city: City) -> None:
    early, earlier = datetime(2026, 8, 3, 2, 0, tzinfo=UTC), datetime(2026, 5, 11, 2, 0, tzinfo=UTC)
    cases = requests(city, [1] * 13)
    answered(city, cases[:6], yes=6)
    answered(city, cases[6:8], yes=0, at=early)
    answered(city, cases[8:], yes=5, at=earlier)
    report = unit_report(city.university, NOW)
    assert report.total.count == 13
    assert [(name, s.shown) for name, s in report.quarters] == [
        ("2026 Q4", True),
        ("2026 Q3", False),
        ("2026 Q2", False),
    ]


def test_the_time_to_answer_is_the_median_of_working_days_and_guarded_too(city: City) -> None:
    requests(city, [0, 1, 2, 5])  # from Wednesday: 0, 1, 2, 3 working days
    later = NOW + timedelta(days=40)
    assert unit_report(city.university, later).median_days is None
    requests(city, [12, None])  # 8 working days; not answered yet
    report = unit_report(city.university, later)
    assert (report.requests, report.answered, report.median_days) == (6, 5, 2.0)


def test_what_the_asker_does_herself_is_no_answer(city: City) -> None:
    for case in requests(city, [None] * 5):
        Contact.objects.create(case=case, at=NOW, by=city.engineer, person="x", channel="phone", result="x")
    report = unit_report(city.university, NOW + timedelta(days=40))
    assert (report.requests, report.answered) == (5, 0)


def test_officers_see_counts_by_service_unit_and_district_with_their_lists(city: City) -> None:
    answered(city, requests(city, [1] * 3), yes=2)
    _, other = published(city, "needs")
    ask(case=other, now=NOW)
    Satisfaction.objects.filter(case=other).update(district="370212")
    (by_unit, bureau) = lines(city.officer, "unit")
    assert (by_unit.key, by_unit.asked, by_unit.answered, by_unit.in_time) == (city.university.pk, 3, 3, 2)
    assert (bureau.key, bureau.asked, bureau.answered) == (None, 1, 0)
    assert [line.key for line in lines(city.officer, "service")] == ["achievements", "needs"]
    assert [line.key for line in lines(city.district_officer, "district")] == ["370281"]
    assert answers(city.officer, {"unit": str(city.university.pk), "kind": "late"}).count() == 1
    assert answers(city.officer, {"unit": "none"}).get().case == other
    assert answers(city.engineer).count() == answers(city.professor).count() == 0
