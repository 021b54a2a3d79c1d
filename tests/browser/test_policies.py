"""政策页面: accessible at both widths, and the way from a visitor's figures to a rule changed by two officers."""

import pytest
from django.conf import settings

from kechuang.core.parties.actions import appoint
from kechuang.core.policy.actions import copy_to_draft
from kechuang.core.policy.loading import load_policies
from kechuang.core.policy.queries import latest
from tests.browser.conftest import Faults, Open
from tests.city import NOW, City, person, published

pytestmark = pytest.mark.browser
CALCULATOR = "/policies/calculator/?policy=cn-tech-sme&sample=cn-tech-sme:"


def test_policy_pages_are_accessible_and_fit(open_page: Open, faults: Faults, live_city: City) -> None:
    for folder in ("national", settings.REGION):
        load_policies(folder=settings.PACKS_DIR / folder, now=NOW)
    need, _case = published(live_city, "needs")
    version = latest("cn-tech-sme")
    assert version is not None
    draft = copy_to_draft(version=version, by=live_city.officer, now=NOW)
    looked_at = {
        "": ["/policies/cn-hnte/", f"{CALCULATOR}1"],
        "engineer": [
            f"/policies/calculator/?party={live_city.company.pk}",
            f"/s/needs/{need.pk}/match/",
        ],
        "officer": [
            f"/policies/drafts/{draft.pk}/",
            f"/policies/drafts/{draft.pk}/?part=require",
            f"/policies/drafts/{draft.pk}/?part=examples",
        ],
    }
    found: dict[str, object] = {}
    for name, paths in looked_at.items():
        page = open_page("/healthz", user=live_city.people()[name] if name else None)
        for path in paths:
            page.goto(path)
            found |= faults(page, f"{name} {path}")
    assert found == {}


def test_a_visitor_computes_and_two_officers_change_the_rule(open_page: Open, live_city: City) -> None:
    load_policies(folder=settings.PACKS_DIR / "national", now=NOW)
    second = person("second")
    appoint(user=second, role="officer", by=None, now=NOW)
    visitor = open_page(f"{CALCULATOR}1")
    assert "56 分，须达到 60 分，差 4 分" in visitor.inner_text("#results")
    visitor.fill("[name=rd_staff_sme]", "22")
    visitor.get_by_role("button", name="计算").click()
    assert "符合：60 分，须达到 60 分" in visitor.inner_text("#results")
    visitor.fill("[name=rd_staff_sme]", "")
    visitor.get_by_role("button", name="计算").click()
    assert "还缺：科技人员（科小口径）" in visitor.inner_text("#results")

    author = open_page("/policies/cn-tech-sme/", user=live_city.officer)
    author.get_by_role("button", name="复制为草稿").click()
    author.fill("[name=p_pass_mark]", "56")
    author.get_by_role("button", name="保存").click()
    author.get_by_role("button", name="试算全市").click()
    author.fill("#note", "示例：降低及格线")
    author.get_by_role("button", name="提交审定").click()
    assert "待审定" in author.inner_text("main")

    approver = open_page("/policies/drafts/", user=second)
    approver.get_by_role("link", name="科技型中小企业评价").click()
    assert "60 分" in approver.inner_text("#changes") or "56 分" in approver.inner_text("#changes")
    approver.get_by_role("button", name="同意发布").click()
    assert "56 分" in approver.inner_text("main")
