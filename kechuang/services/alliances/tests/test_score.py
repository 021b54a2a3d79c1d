"""活跃度: the scores equal a count by hand, and every number has its list."""

from datetime import timedelta

import pytest

from kechuang.core.cases.actions import advance, open_case
from kechuang.services.alliances import actions, score
from kechuang.services.alliances.clock import tick
from kechuang.services.alliances.score import Period
from kechuang.services.alliances.tests.town import alliance, joined, meeting
from tests.city import NOW, build, published

pytestmark = pytest.mark.django_db
WEIGHTS = {"organised": 5, "attended": 2, "achievements": 3, "needs": 3, "introductions": 4}
LATER = NOW + timedelta(days=20)
PERIOD = Period("", NOW - timedelta(days=30), NOW + timedelta(days=30))


def test_scores_equal_a_count_by_hand_and_every_number_has_its_list() -> None:
    city = build()
    found = alliance()
    joined(city, found, city.company, city.engineer)
    joined(city, found, city.university, city.professor)
    for user, organiser, party, came in (
        (city.engineer, city.company, city.university, True),
        (city.professor, city.university, city.company, False),
    ):
        activity = meeting(city, found, user, organiser)
        guest = city.professor if party == city.university else city.engineer
        row = actions.sign_up(activity=activity, party=party, by=guest, now=NOW)
        tick(now=LATER)
        actions.note_attendance(activity=activity, came=[row.pk] if came else [], by=user, now=LATER)
    published(city, "achievements")
    published(city, "achievements", title="另一项封装成果", code="2")
    published(city, "needs")
    cancelled = meeting(city, found, city.engineer, city.company, starts_at=NOW + timedelta(days=1))
    advance(case=cancelled.case, step="cancel", by=city.engineer, now=NOW, reason="few")
    counted = {s.membership.party.name: (s.counts, s.total) for s in score.scores(found, PERIOD, WEIGHTS)}
    assert counted == {
        "示例海岸理工大学": ({"organised": 1, "attended": 1, "achievements": 2}, 5 + 2 + 3 * 2),
        "示例重锻机械有限公司": ({"organised": 1, "needs": 1}, 5 + 3),
    }
    for scored in score.scores(found, PERIOD, WEIGHTS):
        records = score.records(found, PERIOD, scored.membership.party_id)
        assert {w: sum(r.what == w for r in records) for w in scored.counts} == scored.counts
        assert len(records) == sum(scored.counts.values())


def test_an_introduction_counts_for_both_sides_and_names_none() -> None:
    city = build()
    found = alliance()
    joined(city, found, city.company, city.engineer)
    joined(city, found, city.university, city.professor)
    need, _ = published(city, "needs", title="需求甲号")
    offer, _ = published(city, "achievements")
    open_case(service="introductions", applicant=city.company, by=city.engineer, now=NOW, need=need, offer=offer)
    records = [r for r in score.records(found, PERIOD) if r.what == "introductions"]
    assert sorted(r.party for r in records) == sorted([city.company.pk, city.university.pk])
    assert all("需求甲号" not in r.label for r in records)


def test_what_was_done_before_joining_or_outside_the_period_does_not_count() -> None:
    city = build()
    found = alliance()
    membership = joined(city, found, city.university, city.professor)
    published(city, "achievements")
    membership.joined_at = NOW + timedelta(days=1)
    membership.save()
    assert score.records(found, PERIOD) == []
    membership.joined_at = NOW - timedelta(days=100)
    membership.save()
    before = Period("", NOW - timedelta(days=30), NOW)  # half-open: what happened at its end is not in it
    assert score.records(found, before) == []
    assert len(score.records(found, PERIOD)) == 1
