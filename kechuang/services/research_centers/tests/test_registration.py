"""云上研发中心登记: pre-filled, confirmed or sent back, on the public register, confirmed yearly, suspended, ended."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kechuang.core.cases.actions import advance
from kechuang.core.dossier.actions import report
from kechuang.core.dossier.entries import remove_entry
from kechuang.core.dossier.integrity import enter_integrity
from kechuang.core.dossier.queries import facts_of
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.services.research_centers import actions, records
from kechuang.services.research_centers.clock import tick
from kechuang.services.research_centers.models import Center, Inquiry
from kechuang.services.research_centers.tests.lab import CONTENT, WAN, drafted, fresh, registered, submitted
from tests.city import NOW, build

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate(NOW)


def client(user: Any = None) -> Client:
    found = Client()
    if user is not None:
        found.force_login(user)
    return found


def test_the_form_takes_from_the_file_what_it_knows_and_asks_for_the_rest() -> None:
    city = build()
    report(party=city.company, values={2025: {"rd_staff_sme": 19, "rd_sme": 450 * WAN}}, by=None, now=NOW)
    page = client(city.engineer).get(reverse("new_center"))
    form = page.context["form"]
    assert (form.initial["rd_staff"], form.initial["rd_spend"]) == (19, 450 * WAN)
    assert "来自一企一档" in page.content.decode()
    answer = client(city.engineer).post(reverse("new_center"), {"name": "示例中心", "submit": "1"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) >= {"leader", "equipment", "offers", "rd_staff"}


def test_a_registration_goes_from_the_enterprise_to_the_district_and_onto_the_register_and_into_the_file() -> None:
    city = build()
    sent = CONTENT | {"rd_spend": "400", "submit": "1", "key": "a" * 32}
    for _twice in range(2):
        client(city.engineer).post(reverse("new_center"), sent)
    center = Center.objects.get()
    assert (center.case.state, center.case.assignee, center.rd_spend) == ("submitted", city.district_officer, 400 * WAN)
    assert facts_of(city.company, on=TODAY).get("rd_org") is None
    advance(case=center.case, step="confirm", by=city.district_officer, now=NOW)
    assert fresh(center).registered_on == TODAY
    assert facts_of(city.company, on=TODAY)["rd_org"] is True
    page = client().get(reverse("research_centers")).content.decode()
    assert CONTENT["offers"] in page
    assert CONTENT["leader"] not in client().get(reverse("research_center", args=[center.pk])).content.decode()


def test_what_is_sent_back_carries_a_reason_and_can_be_mended() -> None:
    city = build()
    center = submitted(city)
    with pytest.raises(Refusal):
        advance(case=center.case, step="return", by=city.district_officer, now=NOW)
    words = "请写明设备型号。"
    case = advance(case=center.case, step="return", by=city.district_officer, now=NOW, reason="incomplete", note=words)
    assert (case.state, case.assignee) == ("returned", city.engineer)
    changed = actions.change(
        center=center, content=CONTENT | {"equipment": "示例压机 X1"}, version=1, by=city.colleague, now=NOW
    )
    with pytest.raises(Stale):
        actions.change(center=center, content=CONTENT, version=1, by=city.engineer, now=NOW)
    assert changed.equipment == "示例压机 X1"
    assert advance(case=case, step="submit", by=city.engineer, now=NOW).state == "submitted"


def test_only_the_enterprise_registers_and_only_once_and_not_while_blocked() -> None:
    city = build()
    with pytest.raises(NotAllowed):
        actions.start(party=city.company, content=CONTENT, by=city.professor, now=NOW)
    with pytest.raises(Refusal, match="由企业登记"):
        actions.start(party=city.university, content=CONTENT, by=city.professor, now=NOW)
    center = drafted(city)
    with pytest.raises(Refusal, match="已有云上研发中心"):
        drafted(city)
    decision = {"act": "fraud", "decision": "示例决定 1 号", "found_on": TODAY, "start": TODAY, "until": None}
    enter_integrity(subject=city.company, content=decision, by=city.officer, now=NOW)
    with pytest.raises(Refusal, match="示例决定 1 号"):
        advance(case=center.case, step="submit", by=city.engineer, now=NOW)


def test_a_suspended_centre_leaves_register_and_file_until_it_is_resumed_and_an_ended_one_makes_room() -> None:
    city = build()
    center = registered(city)
    words = "一年没有研发活动。"
    advance(case=center.case, step="suspend", by=city.district_officer, now=NOW, reason="inactive", note=words)
    assert client().get(reverse("research_center", args=[center.pk])).status_code == 404
    assert facts_of(city.company, on=TODAY)["rd_org"] is False
    advance(case=center.case, step="resume", by=city.district_officer, now=NOW, note="已恢复。")
    assert (fresh(center).suspended_on, facts_of(city.company, on=TODAY)["rd_org"]) == (None, True)
    entry = fresh(center).entry
    with pytest.raises(NotAllowed):
        remove_entry(entry=entry, by=city.engineer, now=NOW)
    advance(case=center.case, step="end", by=city.engineer, now=NOW, reason="merged")
    assert drafted(city).pk != center.pk


def test_every_year_the_enterprise_is_asked_to_confirm_the_last_one() -> None:
    city = build()
    center = registered(city)
    assert tick(now=datetime.fromisoformat("2026-02-27T02:00:00+00:00")) == 0
    assert (tick(now=NOW), tick(now=NOW)) == (1, 0)
    case = fresh(center).case
    assert (case.state, case.assignee) == ("confirming", city.engineer)
    with pytest.raises(Refusal, match="还没有结束"):
        records.confirm_year(center=center, year=2026, by=city.engineer, now=NOW)
    records.confirm_year(center=center, year=2025, by=city.engineer, now=NOW)
    assert (fresh(center).case.state, tick(now=NOW)) == ("registered", 0)


def test_somebody_who_wants_to_work_together_asks_and_the_people_of_the_centre_answer() -> None:
    city = build()
    center = registered(city)
    text = "想请贵中心试锻两件新材料样品。"
    url = reverse("ask_center", args=[center.pk])
    assert client(city.engineer).get(url).status_code == 403
    client(city.professor).post(url, {"party": city.university.pk, "text": text, "key": "b" * 32})
    case = Inquiry.objects.get().case
    assert (case.state, case.assignee) == ("asked", city.engineer)
    with pytest.raises(NotAllowed):
        advance(case=case, step="answer", by=city.professor, now=NOW, note="可以。")
    advance(case=case, step="answer", by=city.colleague, now=NOW, note="可以，下周送样。")
    assert "可以，下周送样" in client(city.professor).get(reverse("case", args=[case.pk])).content.decode()
