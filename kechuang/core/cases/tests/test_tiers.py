"""材料级别: who may change it when, what the history says, and what leaks to nobody."""

from pathlib import Path
from typing import Any

import pytest

from kechuang.core.audit.models import Event
from kechuang.core.cases.access import view_material
from kechuang.core.cases.actions import advance, attach, remove_material
from kechuang.core.cases.models import Case, Material
from kechuang.core.cases.tiers import change_tier
from kechuang.core.market.models import Tier
from kechuang.core.parties.models import User
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from tests.city import NOW, City, listing, published

PDF = b"%PDF-1.7 test report"


@pytest.fixture(autouse=True)
def _documents(tmp_path: Path, settings: Any) -> None:
    settings.DOCUMENTS_DIR = tmp_path


def handed_in(case: Case, by: User, tier: str = Tier.NDA) -> Material:
    return attach(case=case, name="a.pdf", chunks=[PDF], label="示例检测报告", tier=tier, by=by, now=NOW)


def changed(material: Material, tier: str, by: User, seen: str = Tier.NDA) -> Material:
    return change_tier(material=material, tier=tier, seen=seen, by=by, now=NOW)


def may_open(user: User, material: Material) -> bool:
    return view_material.check(user, material)


def test_its_owner_shows_a_material_to_more_and_to_fewer(city: City) -> None:
    _, case = published(city, "achievements")
    material = handed_in(case, city.professor)
    assert not may_open(city.stranger, material)
    changed(material, Tier.SIGNED_IN, city.professor)
    assert may_open(city.stranger, material)
    changed(material, Tier.CASE, city.professor, seen=Tier.SIGNED_IN)
    assert not may_open(city.stranger, material)


def test_the_same_choice_twice_is_one_event_and_of_two_tabs_the_second_is_told(city: City) -> None:
    _, case = published(city, "achievements")
    material = handed_in(case, city.professor)
    changed(material, Tier.PUBLIC, city.professor)
    changed(material, Tier.PUBLIC, city.professor)
    event: Any = Event.objects.get(verb="material_tier")
    assert (event.before["tier"], event.after["tier"], event.note) == ("nda", "public", "")
    with pytest.raises(Stale, match="刚被改为“公开”"):
        changed(material, Tier.SIGNED_IN, city.professor)


def test_neither_officers_nor_others_decide_about_a_sides_material(city: City) -> None:
    _, case = published(city, "achievements")
    material = handed_in(case, city.professor)
    for user in (city.officer, city.engineer, city.stranger, city.broker):
        with pytest.raises(NotAllowed):
            changed(material, Tier.PUBLIC, user)


def test_what_an_officer_put_in_its_owner_cannot_publish(city: City) -> None:
    _, case = published(city, "achievements")
    material = handed_in(case, city.officer, Tier.CASE)
    with pytest.raises(NotAllowed):
        changed(material, Tier.PUBLIC, city.professor, seen=Tier.CASE)


def test_while_officers_look_at_it_a_material_can_be_shown_to_fewer_only(city: City) -> None:
    _, case = listing(city, "achievements")
    material = handed_in(case, city.professor)
    advance(case=case, step="submit", by=city.professor, now=NOW)
    with pytest.raises(Refusal, match=r"待审核.*先取回"):
        changed(material, Tier.SIGNED_IN, city.professor)
    assert changed(material, Tier.CASE, city.professor).tier == Tier.CASE


def test_an_unknown_tier_and_a_material_that_was_taken_back_are_refused(city: City) -> None:
    _, case = published(city, "achievements")
    material = handed_in(case, city.professor)
    with pytest.raises(Refusal, match="从列表中选择"):
        changed(material, "all", city.professor)
    remove_material(material=material, by=city.professor, now=NOW)
    with pytest.raises(Stale, match="已经撤下"):
        changed(material, Tier.PUBLIC, city.professor)
