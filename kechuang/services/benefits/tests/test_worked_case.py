"""创投奖励的算例: 30 and 80 million invested pay exactly 10 million, from the form to the page of the case."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from kechuang.core.dossier.integrity import enter_integrity
from kechuang.core.dossier.models import IntegrityEntry
from kechuang.core.ledger.models import CapUse
from kechuang.core.policy.loading import load_policies
from kechuang.core.policy.models import PackVersion
from kechuang.kit.refusal import Refusal
from kechuang.services.benefits import actions
from kechuang.services.benefits.models import Benefit
from kechuang.services.benefits.tests.desk import ACCOUNT, WAN, Desk
from tests.city import NOW


def browser(user: object) -> Client:
    found = Client()
    found.force_login(user)  # type: ignore[arg-type]
    return found


def claimed(desk: Desk, item: str, wan: int) -> tuple[Benefit, str]:
    """Hand a claim in by the form; gives it with what the page said before."""
    url, client = reverse("apply_benefit", args=["qd-vc10"]), browser(desk.manager)
    typed = ACCOUNT | {"item": item, "fact_invested": str(wan), "fact_seed_stage": "true", "key": item}
    typed |= {"fact_talent_firm": "false", "fact_held_long": "true"}
    said = client.post(url, typed | {"preview": "1"}).content.decode()
    labels = actions.materials_of(desk.version)
    files = {f"file_{n}": SimpleUploadedFile(f"{n}.pdf", b"%PDF-1.4 x") for n, _label in enumerate(labels)}
    assert client.post(url, typed | files | {"submit": "1"}).status_code == 302
    return Benefit.objects.get(item=item), said


def reviewed(desk: Desk, row: Benefit) -> str:
    """Checked by one, reviewed by another officer, in the browser; gives what the fund then reads."""
    client = browser(desk.checker)
    client.post(reverse("case_step", args=[row.case_id, "check"]))
    browser(desk.second).post(reverse("review_benefit", args=[row.case_id]), {"line": desk.line.pk})
    return browser(desk.manager).get(reverse("case", args=[row.case_id])).content.decode()


@pytest.fixture
def vc(desk: Desk) -> Desk:
    """The clause of the city itself."""
    load_policies(folder=settings.PACKS_DIR / "qingdao", now=NOW)
    desk.version = PackVersion.objects.get(code="qd-vc10")
    return desk


@pytest.mark.django_db
def test_the_worked_case_pays_exactly_10_million_names_the_cap_and_shows_the_rest(vc: Desk) -> None:
    first, said = claimed(vc, "示例甲项目", 3000)
    assert "可得 300 万元" in said
    assert "核定金额</dt><dd><strong>300 万元" in reviewed(vc, first)
    second, said = claimed(vc, "示例乙项目", 8000)
    assert "可得 700 万元" in said  # what the cap leaves, told before it is handed in
    page = reviewed(vc, second)
    assert "核定金额</dt><dd><strong>700 万元" in page
    assert "此前已用 300 万元，本次 800 万元 计 700 万元，超出的 100 万元 不予支付" in page
    assert CapUse.objects.get().used == 1000 * WAN
    amounts = [Benefit.objects.get(pk=row.pk).amount for row in (first, second)]
    assert amounts == [300 * WAN, 700 * WAN]


@pytest.mark.django_db(transaction=True)
def test_officers_who_review_at_the_same_moment_do_not_exceed_the_cap(live_desk: Desk) -> None:
    desk = live_desk
    rows = [desk.checked(4000 * WAN, f"示例{name}项目") for name in "甲乙丙"]  # 4 million each, the cap is 10

    def review(job: tuple[Benefit, object]) -> str:
        row, officer = job
        try:
            actions.review(benefit=row, line=desk.line, by=officer, now=NOW)
        except Refusal as refusal:
            return refusal.message
        finally:
            connection.close()
        return ""

    officers = (desk.second, desk.third, desk.city.officer)
    with ThreadPoolExecutor(3) as pool:
        refused = [words for words in pool.map(review, zip(rows, officers, strict=True)) if words]
    assert refused == []
    amounts = sorted(row.amount or 0 for row in Benefit.objects.all())
    assert amounts == [200 * WAN, 400 * WAN, 400 * WAN]
    assert CapUse.objects.get().used == 1000 * WAN
    desk.line.refresh_from_db()
    assert desk.line.committed == 1000 * WAN


@pytest.mark.django_db
def test_the_integrity_gate_names_the_decision_to_those_concerned_and_opens_when_it_expires(desk: Desk) -> None:
    row = desk.draft()
    what = {"decision": "示例信用〔2026〕9号", "start": date(2026, 11, 1), "until": date(2027, 11, 1)}
    what |= {"act": "other", "measures": "示例措施细节", "found_on": date(2026, 10, 1), "source": "示例"}
    enter_integrity(subject=desk.fund, content=what, by=None, now=NOW)
    client = browser(desk.manager)
    apply = reverse("apply_benefit", args=["test-vc"])
    assert "示例信用〔2026〕9号" in client.get(apply).content.decode()
    answer = client.post(reverse("case_step", args=[row.case_id, "submit"]))
    assert answer.status_code == 422
    assert "示例信用〔2026〕9号" in answer.content.decode()
    for user in (desk.city.stranger, desk.city.engineer):  # others neither see the case nor the decision
        assert browser(user).get(reverse("case", args=[row.case_id])).status_code == 404
        assert "示例信用〔2026〕9号" not in browser(user).get(reverse("party", args=[desk.fund.pk])).content.decode()
    IntegrityEntry.objects.update(start=date(2024, 11, 1), until=date(2026, 11, 17))  # over since yesterday
    assert "示例信用〔2026〕9号" not in client.get(apply).content.decode()
    assert desk.step(row, "submit", desk.manager).case.state == "submitted"
