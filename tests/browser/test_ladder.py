"""梯度培育: an enterprise sees what one change brings, a district officer finds it, records the certificate."""

import pytest
from django.conf import settings
from django.utils import timezone

from kechuang.core.dossier.models import Qualification
from kechuang.core.policy.loading import load_policies
from kechuang.services.ladder.tests.town import fill
from tests.browser.conftest import Open
from tests.city import NOW, City

pytestmark = pytest.mark.browser


def test_a_firm_and_its_district_work_on_the_next_rung(open_page: Open, live_city: City) -> None:
    load_policies(folder=settings.PACKS_DIR / "national", now=NOW)
    year = timezone.localdate().year - 1
    company = fill(live_city.company, last=year)

    firm = open_page("/ladder/", user=live_city.engineer)
    firm.get_by_role("link", name=company.name).click()
    assert "差 4 分" in firm.inner_text("#next")
    assert "再增加 1 人" in firm.inner_text("#next")

    officer = open_page("/ladder/next/", user=live_city.district_officer)
    assert "再增加 1 人" in officer.inner_text("main")
    officer.get_by_role("link", name=company.name).click()
    assert "56 分" in officer.inner_text("#next")

    firm.goto(f"/dossiers/{company.pk}/years/staff/")
    firm.fill(f"[name=rd_staff_sme_{year}]", "20")
    firm.get_by_role("button", name="保存").click()
    firm.goto(f"/ladder/{company.pk}/")
    assert "条件已经具备" in firm.inner_text("#next")
    officer.goto("/ladder/next/?state=ready")
    assert company.name in officer.inner_text("main")

    city = open_page(f"/ladder/windows/sme/{year + 1}/", user=live_city.officer)
    city.fill("[name=opens]", f"{year + 1}-01-05")
    city.fill("[name=source]", "示例通知")
    city.get_by_role("button", name="保存").click()
    assert "示例通知" in city.inner_text("main")

    firm.goto(f"/ladder/{company.pk}/correct/")
    firm.select_option("[name=rung]", "sme")
    firm.fill("[name=text]", "已取得科小编号，请登记。")
    firm.get_by_role("button", name="送出").click()
    assert "待主管部门核对" in firm.inner_text("main")
    assert not Qualification.objects.exists()
