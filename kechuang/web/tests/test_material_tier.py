"""谁可以看: a material's tier is changed on the page of its case; what the way of the case says of it."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from kechuang.core.cases.actions import advance, attach
from kechuang.core.cases.models import Case, Material
from kechuang.core.cases.tiers import change_tier
from kechuang.core.market.models import Tier
from kechuang.core.parties.models import User
from kechuang.web.casework import case_page
from tests.city import NOW, City, listing, published


@pytest.fixture(autouse=True)
def _documents(tmp_path: Path, settings: Any) -> None:
    settings.DOCUMENTS_DIR = tmp_path


def handed_in(case: Case, by: User) -> Material:
    data = [b"%PDF-1.7 test report"]
    return attach(case=case, name="a.pdf", chunks=data, label="示例检测报告", tier=Tier.NDA, by=by, now=NOW)


def test_the_way_of_the_case_names_material_and_tiers_for_its_people_alone(city: City) -> None:
    _, case = published(city, "needs")
    material = handed_in(case, city.engineer)
    change_tier(material=material, tier=Tier.SIGNED_IN, seen=Tier.NDA, by=city.engineer, now=NOW)

    def said(user: User) -> str:
        return case_page(user, case, NOW, NOW.date()).passages[0].label

    assert said(city.colleague) == "调整谁可以看：示例检测报告（签署保密协议后可见 → 登录可见）"
    assert said(city.officer) == said(city.colleague)
    assert said(city.broker) == "调整谁可以看"


def test_the_owner_changes_it_on_the_page_and_officers_have_no_button_that_refuses_them(
    city: City, client: Client
) -> None:
    _, case = published(city, "achievements")
    material = handed_in(case, city.professor)
    client.force_login(city.professor)
    assert "改谁可以看…" in client.get(f"/cases/{case.pk}/").content.decode()
    client.post(f"/materials/{material.pk}/tier/", {"tier": "signed_in", "seen": "nda"})
    material.refresh_from_db()
    assert material.tier == Tier.SIGNED_IN
    client.force_login(city.officer)
    html = client.get(f"/cases/{case.pk}/").content.decode()
    assert ("示例检测报告" in html, "改谁可以看…" in html, "撤下</button>" in html) == (True, False, False)


def test_what_cannot_be_done_now_is_said_on_the_page(city: City, client: Client) -> None:
    _, case = listing(city, "achievements")
    material = handed_in(case, city.professor)
    advance(case=case, step="submit", by=city.professor, now=NOW)
    client.force_login(city.professor)
    answer = client.post(f"/materials/{material.pk}/tier/", {"tier": "public", "seen": "nda"})
    assert (answer.status_code, "不能让更多人看" in answer.content.decode()) == (409, True)
