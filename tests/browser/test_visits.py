"""走访与云上研发中心: from a visit to the confirmed answer, from the form of a centre to the coverage."""

import pytest
from playwright.sync_api import expect

from kechuang.services.research_centers.tests.lab import defined
from tests.browser.conftest import Open
from tests.city import City

pytestmark = pytest.mark.browser
PROBLEM = "热模锻的余热想发电，不知道找谁。"


def test_an_officer_logs_a_visit_and_its_problem_goes_round_until_the_enterprise_confirms(
    open_page: Open, live_city: City
) -> None:
    officer = open_page("/visits/firms/", user=live_city.district_officer)
    expect(officer.get_by_role("row", name="示例重锻机械有限公司")).to_contain_text("从未")
    officer.get_by_role("link", name="走访示例重锻机械有限公司").click()
    officer.get_by_role("link", name="直接记录走访").click()
    officer.get_by_label("走访目的").fill("了解研发投入和困难")
    officer.get_by_label("参加人员").fill("示例科员、示例总工")
    officer.get_by_label("看到的情况").fill("新上一条热模锻线，正在调试。")
    officer.get_by_label("内部备注").fill("先不要外传。")
    officer.locator("[name='problems.kind']").first.select_option("technology")
    officer.locator("[name='problems.text']").first.fill(PROBLEM)
    officer.get_by_role("button", name="保存走访记录").click()
    officer.locator("#problems").get_by_role("link", name=PROBLEM).click()
    officer.get_by_role("link", name="分派").click()
    officer.get_by_label("责任人").select_option(label="示例officer")
    officer.get_by_role("button", name="分派").click()
    address = officer.url

    owner = open_page("/desk/?tab=todo", user=live_city.officer)
    owner.get_by_role("link", name=PROBLEM.rstrip("。")).first.click()
    owner.locator("#step-answer summary").click()
    owner.locator("#step-answer").get_by_label("说明").fill("已联系示例大学，周四来看。")
    owner.get_by_role("button", name="确认答复").click()
    expect(owner.get_by_text("待企业确认").first).to_be_visible()

    firm = open_page(address, user=live_city.engineer)
    expect(firm.locator("main")).to_contain_text("已联系示例大学，周四来看。")
    expect(firm.get_by_role("button", name="整理成需求")).to_be_visible()
    firm.get_by_role("button", name="确认解决").click()
    expect(firm.get_by_text("企业已确认").first).to_be_visible()
    firm.goto("/visits/")
    firm.get_by_role("link", name="示例重锻机械有限公司").first.click()
    expect(firm.locator("main")).to_contain_text("新上一条热模锻线")
    expect(firm.locator("main")).not_to_contain_text("先不要外传。")


def test_an_enterprise_registers_its_centre_the_district_confirms_and_the_coverage_changes(
    open_page: Open, live_city: City
) -> None:
    defined(live_city)
    city = open_page("/research-centers/coverage/?year=2026", user=live_city.officer)
    expect(city.get_by_role("row", name="合计")).to_contain_text("0%")

    firm = open_page("/research-centers/new/", user=live_city.engineer)
    firm.locator("[name=industries][value=smart-equipment]").check()
    firm.get_by_label("研发方向").fill("大型锻件的成形与检测")
    firm.get_by_label("负责人").fill("示例总工（技术部）")
    firm.get_by_label("研发人员").fill("20")
    firm.get_by_label("上年研发费用").fill("400")
    firm.get_by_label("主要研发设备").fill("示例万吨压机")
    firm.locator("[name=cooperation][value=development]").check()
    firm.get_by_label("可以合作什么").fill("可以接受委托试验，愿意与高校共建实验室。")
    firm.get_by_role("button", name="提交登记").click()
    expect(firm.get_by_text("待区市确认").first).to_be_visible()

    district = open_page("/desk/?tab=todo", user=live_city.district_officer)
    district.get_by_role("link", name="示例重锻机械有限公司云上研发中心").first.click()
    district.get_by_role("button", name="确认登记").click()
    expect(district.get_by_text("已登记").first).to_be_visible()

    city.reload()
    expect(city.get_by_role("row", name="合计")).to_contain_text("100%")
    city.get_by_role("row", name="合计").get_by_role("link", name="1").nth(1).click()
    expect(city.locator("main")).to_contain_text("示例重锻机械有限公司")
