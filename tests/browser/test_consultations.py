"""征求意见的一条路: a visitor comments without login, an officer moderates and answers, the table is public."""

import re
from datetime import timedelta

import pytest

from kechuang.services.consultations.clock import tick
from kechuang.services.consultations.models import Comment, Consultation
from kechuang.web import clock, visitors
from tests.browser.conftest import Open
from tests.city import City
from tests.consulting import opened

pytestmark = pytest.mark.browser


def test_from_a_visitors_comment_to_the_public_table(
    open_page: Open, live_city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitors, "QUICKEST", 0.0)
    row = opened(live_city)
    today = clock.today()
    Consultation.objects.filter(pk=row.pk).update(opened_on=today, closes_on=today + timedelta(days=9))
    visitor = open_page("/consultations/", width=375)
    visitor.get_by_role("link", name="示例补助办法").click()
    visitor.get_by_role("link", name="对这一条提意见 第二条").click()
    visitor.get_by_label("意见和理由").fill("比例太低，建议百分之二十。")
    visitor.get_by_role("button", name="提交意见").click()
    visitor.wait_for_url(re.compile("/consultations/comments/"))
    receipt = visitor.url
    assert "访客意见，待审核" in visitor.inner_text("main")

    officer = open_page("/consultations/waiting/", user=live_city.officer)
    officer.get_by_role("link", name="审核").click()
    officer.get_by_label("通过，公开显示并答复").check()
    officer.get_by_role("button", name="确认").click()
    officer.get_by_label("部分采纳").check()
    officer.get_by_label("答复和理由").fill("改为百分之十五。")
    officer.get_by_role("button", name="答复").click()
    officer.wait_for_url(re.compile("/cases/"))

    tick(now=clock.now() + timedelta(days=20))
    officer.goto(f"/consultations/cases/{row.case_id}/result/")
    officer.get_by_label("第二条").fill("第二条 补助比例为百分之十五，每年最高 100 万元。")
    officer.get_by_role("button", name="保存并公布").click()
    officer.wait_for_url(re.compile(f"/consultations/{row.pk}/"))

    visitor.goto(f"/consultations/{row.pk}/")
    table = visitor.inner_text("#table")
    for words in ("比例太低，建议百分之二十。", "访客", "部分采纳", "改为百分之十五。", "百分之十五，每年"):
        assert words in table
    visitor.goto(receipt)
    assert "改为百分之十五。" in visitor.inner_text("main")
    assert Comment.objects.get().case.state == "answered"
