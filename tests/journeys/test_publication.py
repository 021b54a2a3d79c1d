"""发布流程: from draft to the public and back, with every refusal on the way."""

from datetime import timedelta

import pytest

from kechuang.core.audit.queries import history
from kechuang.core.cases import queries as cases
from kechuang.core.cases.actions import advance
from kechuang.core.cases.clock import Ticked, tick
from kechuang.core.market import queries
from kechuang.core.market.access import view_listing
from kechuang.core.market.actions import propose_wording, save_listing
from kechuang.core.market.models import Need, Offer
from kechuang.core.notices.queries import notices_of
from kechuang.core.search.queries import find_text
from kechuang.kit.refusal import NoSuchStep, NotAllowed, Refusal, Stale
from tests.city import ACHIEVEMENT, NEED, NOW, City, cleaned, listing, published


def test_a_published_achievement_is_found_and_its_way_is_on_record(city: City) -> None:
    row, case = published(city, "achievements")
    assert (row.status, case.state, case.owner, case.due_on) == ("public", "published", "", None)
    assert [h.ref for h in find_text("钙钛矿 封装", kinds=("achievements",))] == [row.pk]
    assert [label for _, label in cases.events(case)] == ["发起", "提交审核", "审核通过并发布"]
    assert [n.text for n in notices_of(city.professor)] == [f"{row.title}：审核通过并发布"]


def test_a_draft_is_seen_by_its_owner_only(city: City) -> None:
    row, _ = listing(city, "achievements")
    seen = {name for name, user in city.people().items() if view_listing.check(user, row)}
    assert seen == {"professor"}


def test_a_submitted_need_is_seen_by_its_owners_the_officers_of_the_district_and_brokers(city: City) -> None:
    row, case = listing(city, "needs")
    advance(case=case, step="submit", by=city.engineer, now=NOW)
    seen = {name for name, user in city.people().items() if view_listing.check(user, row)}
    assert seen == {"engineer", "colleague", "officer", "district_officer", "broker"}


def test_the_wrong_role_cannot_publish_and_nothing_changes(city: City) -> None:
    _, case = listing(city, "achievements")
    case = advance(case=case, step="submit", by=city.professor, now=NOW)
    for user in (city.professor, city.engineer, city.broker, city.stranger, city.district_officer):
        with pytest.raises(NotAllowed):
            advance(case=case, step="publish", by=user, now=NOW)
    case.refresh_from_db()
    assert case.state == "submitted"


def test_a_second_click_on_a_stale_page_is_told_the_state(city: City) -> None:
    _, case = published(city, "achievements")
    with pytest.raises(NoSuchStep, match="已发布"):
        advance(case=case, step="publish", by=city.officer, now=NOW)


def test_a_return_names_reason_and_fields_and_reaches_the_other_side(city: City) -> None:
    _, case = listing(city, "achievements")
    case = advance(case=case, step="submit", by=city.professor, now=NOW)
    with pytest.raises(Refusal, match="选择原因"):
        advance(case=case, step="return", by=city.officer, now=NOW, note="请补充测试报告")
    case = advance(
        case=case,
        step="return",
        by=city.officer,
        now=NOW,
        reason="unproven",
        note="请补充测试报告",
        fields={"evidence": "缺少第三方测试报告"},
    )
    assert (case.state, case.owner, case.fields) == ("returned", "applicant", {"evidence": "缺少第三方测试报告"})
    told = notices_of(city.professor).first()
    assert told is not None
    assert told.text.endswith("退回修改（缺少证明材料；请补充测试报告）")


def test_two_tabs_the_second_save_is_refused_and_nothing_is_lost(city: City) -> None:
    row, _ = listing(city, "needs")
    content = cleaned("needs", NEED | {"title": "第一个窗口的标题"})
    save_listing(listing=row, content=content, version=1, by=city.engineer, now=NOW)
    with pytest.raises(Stale):
        save_listing(listing=row, content=cleaned("needs", NEED), version=1, by=city.colleague, now=NOW)
    row.refresh_from_db()
    assert (row.title, row.version) == ("第一个窗口的标题", 2)


def test_a_change_of_a_published_text_waits_for_review(city: City) -> None:
    row, case = published(city, "achievements")
    changed = cleaned("achievements", ACHIEVEMENT | {"title": "钙钛矿组件低温封装（改进）", "maturity": "7"})
    save_listing(listing=row, content=changed, version=row.version, by=city.professor, now=NOW)
    case = advance(case=case, step="submit_change", by=city.professor, now=NOW)
    row.refresh_from_db()
    assert (row.title, row.status) == (ACHIEVEMENT["title"], "public")
    advance(case=case, step="approve_change", by=city.officer, now=NOW)
    row = Offer.objects.get(pk=row.pk)
    assert (row.title, row.maturity, row.pending) == ("钙钛矿组件低温封装（改进）", 7, None)
    numbers = [r.number for r in queries.revisions(row)]
    assert numbers == [1, 3]


def test_the_clock_reminds_twice_then_takes_the_listing_down_and_the_owner_renews(city: City) -> None:
    row, case = published(city, "needs")
    assert row.expires_on is not None
    assert tick(now=NOW) == Ticked(0, 0)
    end = NOW + timedelta(days=(row.expires_on - NOW.date()).days)
    assert tick(now=end - timedelta(days=20)) == Ticked(2, 0)
    assert tick(now=end - timedelta(days=19)) == Ticked(0, 0)
    assert tick(now=end - timedelta(days=3)) == Ticked(2, 0)
    assert tick(now=end + timedelta(days=2)) == Ticked(0, 1)
    row = Need.objects.get(pk=row.pk)
    assert (row.status, find_text("光伏板受潮", kinds=("needs",))) == ("closed", [])
    case = advance(case=cases.publication_case(row), step="renew", by=city.engineer, now=end)  # type: ignore[arg-type]
    assert (case.state, Need.objects.get(pk=row.pk).status) == ("published", "public")


def test_history_keeps_both_wordings_of_a_refined_need(city: City) -> None:
    row, case = listing(city, "needs")
    case = advance(case=case, step="submit", by=city.engineer, now=NOW)
    better = queries.content(row) | {"title": "薄膜光伏组件边缘低温阻水密封"}
    propose_wording(need=row, content=better, by=city.broker, now=NOW)
    case = advance(case=case, step="propose", by=city.broker, now=NOW)
    assert (case.state, case.owner) == ("wording", "applicant")
    advance(case=case, step="accept_wording", by=city.engineer, now=NOW)
    titles = [r.content["title"] for r in queries.revisions(row)]
    assert titles == [NEED["title"], "薄膜光伏组件边缘低温阻水密封"]
    assert history(row).filter(verb="propose_wording").count() == 1
