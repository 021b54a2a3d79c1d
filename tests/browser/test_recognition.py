"""资格认定在浏览器里: the firm applies, the district pre-checks, the city recommends; everybody sees the notice."""

from datetime import date

import pytest
from django.utils import timezone

from kechuang.core.tiers.actions import set_window
from kechuang.services.recognition.tests.desk import fill_file, load_rules
from tests.browser.conftest import Open
from tests.city import City

pytestmark = pytest.mark.browser


def test_an_application_passes_from_the_firm_to_the_district_and_the_city_and_is_put_on_notice(
    open_page: Open, live_city: City
) -> None:
    now, city = timezone.now(), live_city  # noqa: TID251 - the pages read the clock as well
    year = timezone.localdate(now).year
    load_rules()
    fill_file(city.company, city.engineer, last=year - 1, now=now)
    window = {"opens": date(year, 1, 1), "closes": date(year, 12, 31), "batches": [], "source": "示例通知"}
    set_window(rung="sme", year=year, content=window, by=None, now=now)

    firm = open_page("/recognition/", user=city.engineer)
    firm.get_by_role("link", name="自评与申报").first.click()
    assert "60 分，须达到 60 分" in firm.inner_text("main")
    firm.get_by_role("button", name="提交申报").click()
    firm.get_by_text("待区市预审").first.wait_for()
    case = firm.url

    district = open_page("/recognition/cases/", user=city.district_officer)
    district.get_by_role("link", name="科技型中小企业").click()
    district.get_by_role("button", name="预审通过").click()
    district.get_by_text("待市级推荐").first.wait_for()

    bureau = open_page(case, user=city.officer)
    bureau.get_by_role("button", name="推荐并公示").click()
    bureau.get_by_text("公示中").first.wait_for()

    visitor = open_page("/notices/", width=375)
    assert city.company.name in visitor.inner_text("main")
    assert f"拟推荐：科技型中小企业 {year} 年申报" in visitor.inner_text("main")
