"""清单、授权和诚信: entries of the lists, consent to look, noted looks, the integrity gate."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from kechuang.core.dossier import access
from kechuang.core.dossier.actions import note_look
from kechuang.core.dossier.consents import give_consent, withdraw_consent
from kechuang.core.dossier.entries import add_entry, change_entry, mark_used, remove_entry
from kechuang.core.dossier.integrity import enter_integrity, note_appeal
from kechuang.core.dossier.models import IntegrityEntry
from kechuang.core.dossier.queries import blocked, facts_of, looks_at
from kechuang.core.parties.actions import appoint
from kechuang.core.parties.models import Party
from kechuang.kit.refusal import NotAllowed, Refusal
from tests.city import NOW, City

ON = NOW.date()
RIGHT: dict[str, Any] = {
    "kind": "utility",
    "number": "2024207654320",
    "title": "一种示例夹具",
    "obtained": "own",
    "main_product": True,
}


def right(city: City, **changes: Any) -> Any:
    return add_entry(party=city.company, held="rights", content=RIGHT | changes, by=city.engineer, now=NOW)


def test_a_right_counts_and_its_number_is_put_into_form(city: City) -> None:
    assert right(city).number == "ZL202420765432.0"
    odd = right(city, number="ZL202420765432.5")
    assert not odd.number_checked
    assert facts_of(city.company, on=ON)["ip_class2"] == 2


def test_one_right_cannot_stand_twice_nor_be_used_by_two_owners(city: City) -> None:
    right(city)
    with pytest.raises(Refusal, match="已经在清单里"):
        right(city)
    other: dict[str, Any] = {"party": city.university, "held": "rights", "by": city.professor, "now": NOW}
    with pytest.raises(Refusal, match="只能由一个权属人使用"):
        add_entry(content=RIGHT, **other)
    shared = add_entry(content=RIGHT | {"shared": True, "claimed": False}, **other)
    assert facts_of(city.university, on=ON)["ip_class2"] == 0
    with pytest.raises(Refusal, match="只能由一个权属人使用"):
        change_entry(entry=shared, content={"claimed": True}, by=city.professor, now=NOW)


def test_a_class_two_right_serves_one_application_for_hnte(city: City) -> None:
    row = right(city)
    mark_used(right=row, on=ON, by=city.engineer, now=NOW)
    found = facts_of(city.company, on=ON)
    assert (found["ip_class2"], found["ip_class2_unused"]) == (1, 0)
    with pytest.raises(Refusal, match="不能再次使用"):
        mark_used(right=row, on=ON, by=city.engineer, now=NOW)
    with pytest.raises(Refusal, match="需要保留"):
        remove_entry(entry=row, by=city.engineer, now=NOW)
    with pytest.raises(Refusal, match="只有Ⅱ类"):
        mark_used(right=right(city, kind="invention", number=""), on=ON, by=city.engineer, now=NOW)


def test_a_qualification_is_valid_from_its_first_day_to_before_its_end(city: City) -> None:
    content = {"kind": "hnte", "number": "示例", "valid_from": ON, "valid_to": ON + timedelta(days=2)}
    add_entry(party=city.company, held="qualifications", content=content, source="national", by=city.officer, now=NOW)
    days = [facts_of(city.company, on=ON + timedelta(days=n))["hnte_valid"] for n in (-1, 0, 1, 2)]
    assert days == [False, True, True, False]


def test_what_investors_paid_in_a_year_is_the_figure_of_that_year(city: City) -> None:
    rows = [
        add_entry(
            party=city.company,
            held="financing",
            content={"investor": "示例基金", "amount": Decimal(amount), "paid_on": date(2025, 5, day)},
            by=city.engineer,
            now=NOW,
        )
        for amount, day in ((3_000_000, 1), (2_000_000, 2))
    ]
    assert facts_of(city.company, on=ON)["equity_raised"] == Decimal(5_000_000)
    remove_entry(entry=rows[0], by=city.engineer, now=NOW)
    assert facts_of(city.company, on=ON)["equity_raised"] == Decimal(2_000_000)


def test_only_the_source_itself_changes_an_entry(city: City) -> None:
    row = right(city)
    for by in (city.officer, city.stranger):
        with pytest.raises(NotAllowed):
            change_entry(entry=row, content={"title": "别的"}, by=by, now=NOW)
        with pytest.raises(NotAllowed):
            remove_entry(entry=row, by=by, now=NOW)


def consent(city: City, **changes: Any) -> Any:
    what: dict[str, Any] = {
        "to_party": None,
        "to_role": "financier",
        "groups": ["money"],
        "since": ON,
        "until": ON + timedelta(days=30),
        "purpose": "申请贷款",
    }
    return give_consent(party=city.company, **what | changes, by=city.engineer, now=NOW)


def test_a_bank_sees_the_consented_groups_while_the_consent_lasts(city: City) -> None:
    bank = Party.objects.create(kind="finance", name="示例银行", created_at=NOW)
    appoint(user=city.stranger, role="financier", party=bank, by=None, now=NOW)
    assert access.groups_for(city.stranger, city.company, ON) == frozenset()
    given = consent(city, to_party=bank, to_role="")
    assert access.groups_for(city.stranger, city.company, ON) == {"money"}
    assert access.see_file(ON).check(city.stranger, city.company)
    assert not access.see_file(ON + timedelta(days=30)).check(city.stranger, city.company)
    withdraw_consent(consent=given, by=city.engineer, now=NOW)
    assert access.groups_for(city.stranger, city.company, ON) == frozenset()
    consent(city)
    assert access.groups_for(city.stranger, city.company, ON) == {"money"}
    assert access.groups_for(city.broker, city.company, ON) == frozenset()


def test_consent_is_for_administrators_to_one_reader_for_at_most_two_years(city: City) -> None:
    with pytest.raises(NotAllowed):
        give_consent(
            party=city.company, to_party=None, to_role="financier", groups=["money"], since=ON,
            until=ON + timedelta(days=1), purpose="", by=city.colleague, now=NOW,
        )  # fmt: skip
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("to_party", {"to_role": ""}),
        ("to_party", {"to_role": "officer"}),
        ("to_party", {"to_party": city.company, "to_role": ""}),
        ("groups", {"groups": []}),
        ("groups", {"groups": ["nonsense"]}),
        ("until", {"until": ON}),
        ("until", {"until": ON + timedelta(days=800)}),
    ]
    for field, changes in wrong:
        with pytest.raises(Refusal) as refused:
            consent(city, **changes)
        assert list(refused.value.fields) == [field]


def test_officers_see_all_of_their_district_and_every_look_by_others_is_noted(city: City) -> None:
    assert "money" in access.groups_for(city.district_officer, city.company, ON)
    assert access.groups_for(city.district_officer, city.university, ON) == frozenset()
    for by in (city.engineer, city.officer):
        note_look(party=city.company, groups=["money"], by=by, now=NOW)
    assert [(e.by_name, e.after) for e in looks_at(city.company)] == [("示例officer", {"groups": ["money"]})]


def entry(city: City, subject: Any, **changes: Any) -> IntegrityEntry:
    what: dict[str, Any] = {
        "act": "fabrication",
        "serious": True,
        "measures": "三年内不得申报",
        "found_on": ON,
        "start": ON,
        "until": ON + timedelta(days=2),
        "decision": "示例决定〔2026〕1号",
        "source": "示例部门",
    }
    return enter_integrity(subject=subject, content=what | changes, by=city.officer, now=NOW)


def test_a_blocked_subject_is_named_by_its_decision_until_the_entry_ends_by_itself(city: City) -> None:
    entry(city, city.company)
    days = [blocked(city.company, ON + timedelta(days=n)) for n in (-1, 0, 1, 2)]
    assert days == [[], ["示例决定〔2026〕1号"], ["示例决定〔2026〕1号"], []]
    assert facts_of(city.company, on=ON)["no_misconduct"] is False
    assert facts_of(city.university, on=ON)["no_misconduct"] is True


def test_an_appeal_that_is_upheld_takes_the_entry_out_of_force(city: City) -> None:
    row = entry(city, city.professor, until=None)
    assert blocked(city.professor, ON)
    note_appeal(entry=row, appeal="upheld", note="", by=city.officer, now=NOW)
    assert not blocked(city.professor, ON)
    with pytest.raises(Refusal, match="不再有效"):
        note_appeal(entry=row, appeal="none", note="", by=city.officer, now=NOW)


def test_the_detail_of_an_integrity_record_is_for_those_concerned_and_their_officers(city: City) -> None:
    entry(city, city.company)
    entry(city, city.professor, decision="示例决定〔2026〕2号")
    seen = {name: access.visible_integrity(user).count() for name, user in city.people().items()}
    assert seen == {
        "engineer": 1, "colleague": 1, "professor": 1, "officer": 2, "district_officer": 1,
        "broker": 0, "expert": 0, "stranger": 0,
    }  # fmt: skip
    with pytest.raises(NotAllowed):
        enter_integrity(subject=city.company, content={"start": ON}, by=city.district_officer, now=NOW)
    with pytest.raises(Refusal, match="已经登记"):
        entry(city, city.company)
