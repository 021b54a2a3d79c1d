"""多来源填报: a value has a source, a day and a person; sources that disagree make a task, never an overwrite."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from kechuang.core.audit.models import Event
from kechuang.core.dossier.actions import declare_kept, report, settle
from kechuang.core.dossier.models import Dispute, YearFigures, YearReport
from kechuang.core.dossier.queries import DISPUTED, KNOWN, MISSING, facts_of, open_disputes, provenance_of
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from tests.city import NOW, City

ON = NOW.date()


def tell(city: City, source: str = "enterprise", year: int = 2025, **values: Any) -> Any:
    by = city.engineer if source == "enterprise" else city.district_officer
    return report(party=city.company, values={year: values}, source=source, by=by, now=NOW)


def test_a_figure_counts_with_its_source_day_and_person(city: City) -> None:
    tell(city, staff_sme=100, revenue=Decimal("100000000"))
    facts, origins = facts_of(city.company, on=ON), provenance_of(city.company, on=ON)
    assert (facts["staff_sme"], facts["revenue"]) == (100, Decimal("100000000.00"))
    assert "staff_sme_y1" not in facts
    origin = origins["staff_sme"]
    assert (origin.state, origin.source, origin.day, origin.by, origin.year) == (
        KNOWN,
        "enterprise",
        ON,
        "示例engineer",
        2025,
    )
    assert (origins["rd_staff_sme"].state, origins["staff_sme_y2"].year) == (MISSING, 2023)


def test_the_same_statement_again_changes_nothing(city: City) -> None:
    tell(city, staff_sme=100)
    events = Event.objects.count()
    assert tell(city, staff_sme=100).count == 0
    assert Event.objects.count() == events


def test_two_sources_that_agree_are_one_value(city: City) -> None:
    tell(city, revenue=Decimal(5))
    tell(city, "tax", revenue=Decimal("5.00"))
    assert facts_of(city.company, on=ON)["revenue"] == Decimal(5)
    assert not Dispute.objects.exists()


def test_two_sources_that_disagree_make_the_value_unknown_and_a_task_for_the_officers(city: City) -> None:
    tell(city, revenue=Decimal(5), staff_sme=9)
    outcome = tell(city, "tax", revenue=Decimal(6))
    assert [d.values for d in outcome.opened] == [{"enterprise": "5.00", "tax": "6.00"}]
    facts = facts_of(city.company, on=ON)
    assert "revenue" not in facts
    assert facts["staff_sme"] == 9
    assert provenance_of(city.company, on=ON)["revenue"].state == DISPUTED
    assert open_disputes(city.district_officer).count() == open_disputes(city.officer).count() == 1
    assert open_disputes(city.engineer).count() == 0


def test_a_settled_value_stays_settled_until_a_source_says_something_else(city: City) -> None:
    tell(city, revenue=Decimal(5))
    tell(city, "tax", revenue=Decimal(6))
    settle(dispute=Dispute.objects.get(), chosen="tax", note="以完税证明为准", by=city.district_officer, now=NOW)
    assert facts_of(city.company, on=ON)["revenue"] == Decimal(6)
    tell(city, staff_sme=9)  # another field of the same year
    assert facts_of(city.company, on=ON)["revenue"] == Decimal(6)
    tell(city, revenue=Decimal(7))
    assert "revenue" not in facts_of(city.company, on=ON)
    assert open_disputes(city.officer).get().values == {"enterprise": "7.00", "tax": "6.00"}


def test_a_source_that_corrects_itself_ends_the_dispute(city: City) -> None:
    tell(city, revenue=Decimal(5))
    tell(city, "tax", revenue=Decimal(6))
    assert [d.field for d in tell(city, revenue=Decimal(6)).ended] == ["revenue"]
    assert facts_of(city.company, on=ON)["revenue"] == Decimal(6)
    assert open_disputes(city.officer).count() == 0


def test_an_officer_may_settle_with_a_value_of_her_own(city: City) -> None:
    tell(city, revenue=Decimal(5))
    tell(city, "tax", revenue=Decimal(6))
    found = Dispute.objects.get()
    settle(dispute=found, chosen="authority", value=Decimal("5.50"), note="查阅审计报告", by=city.officer, now=NOW)
    assert facts_of(city.company, on=ON)["revenue"] == Decimal("5.50")
    assert provenance_of(city.company, on=ON)["revenue"].source == "authority"


def test_settling_needs_the_officer_a_reason_and_what_was_seen(city: City) -> None:
    tell(city, revenue=Decimal(5))
    tell(city, "tax", revenue=Decimal(6))
    found = Dispute.objects.get()
    with pytest.raises(NotAllowed):
        settle(dispute=found, chosen="tax", note="x", by=city.engineer, now=NOW)
    with pytest.raises(Refusal, match="依据"):
        settle(dispute=found, chosen="tax", note=" ", by=city.officer, now=NOW)
    with pytest.raises(Refusal, match="哪个来源"):
        settle(dispute=found, chosen="statistics", note="x", by=city.officer, now=NOW)
    with pytest.raises(Stale):
        settle(dispute=found, chosen="tax", note="x", by=city.officer, now=NOW, seen={"enterprise": "4.00"})
    settle(dispute=found, chosen="tax", note="x", by=city.officer, now=NOW)
    with pytest.raises(Stale):
        settle(dispute=found, chosen="tax", note="x", by=city.officer, now=NOW)


def test_what_belongs_to_no_year_works_the_same_way(city: City) -> None:
    report(party=city.company, values={0: {"resident": True, "scale": "small"}}, by=city.engineer, now=NOW)
    report(party=city.company, values={0: {"resident": False}}, source="national", by=city.officer, now=NOW)
    facts = facts_of(city.company, on=ON)
    assert facts["scale"] == "small"
    assert "resident" not in facts
    assert Dispute.objects.get().year == 0


def test_only_the_enterprise_speaks_for_itself_and_only_officers_for_others(city: City) -> None:
    for by, source in ((city.officer, "enterprise"), (city.engineer, "tax"), (city.stranger, "enterprise")):
        with pytest.raises(NotAllowed):
            report(party=city.company, values={2025: {"staff_sme": 1}}, source=source, by=by, now=NOW)
    with pytest.raises(Refusal, match="年度"):
        tell(city, year=2027, staff_sme=1)
    with pytest.raises(Refusal, match="没有这些栏目"):
        tell(city, nonsense=1)


def test_a_form_opened_before_a_colleague_saved_is_stale(city: City) -> None:
    tell(city, staff_sme=9)
    with pytest.raises(Stale):
        report(
            party=city.company,
            values={2025: {"staff_sme": 8}},
            seen={2025: {"staff_sme": None}},
            by=city.colleague,
            now=NOW,
        )


def test_the_database_refuses_negative_money_and_a_second_report_of_one_source(city: City) -> None:
    for values in ({"revenue": Decimal(-1)}, {"staff_sme": -1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            YearFigures.objects.create(party=city.company, year=2025, **values)
    YearReport.objects.create(party=city.company, year=2025, source="tax", updated_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        YearReport.objects.create(party=city.company, year=2025, source="tax", updated_at=NOW)


def test_an_empty_list_says_nothing_until_it_is_declared_complete(city: City) -> None:
    assert "ip_class1" not in facts_of(city.company, on=ON)
    declare_kept(party=city.company, held="rights", kept=True, by=city.engineer, now=NOW)
    assert facts_of(city.company, on=ON)["ip_class1"] == 0
    assert provenance_of(city.company, on=ON)["ip_class1"].source == "enterprise"
    declare_kept(party=city.company, held="rights", kept=False, by=city.engineer, now=NOW)
    assert "ip_class1" not in facts_of(city.company, on=ON)
