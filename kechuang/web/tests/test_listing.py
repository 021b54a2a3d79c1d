"""Detail pages of every kind, who sees them; parties; the catalogue; the home page; errors in words."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views import defaults

from kechuang.core.cases.actions import add_material
from kechuang.core.cases.models import Case
from kechuang.core.documents.models import Document
from kechuang.core.market.actions import close
from kechuang.core.market.models import Tier
from kechuang.core.parties.models import Party
from tests.city import ACHIEVEMENT, NOW, City, listing, published

PLATFORM: dict[str, Any] = {
    "title": "示例海洋装备实验室",
    "kind": "state-key-lab",
    "level": "national",
    "services": ["压力循环试验"],
}
PLATFORM |= {"history": [{"level": "province", "from": "2011"}]}
BROKER = {"title": "示例刘经纪", "level": "senior", "districts": ["370212"], "languages": ["中文"], "since": "2016"}


def address(row: Any) -> str:
    return reverse("listing", args=[row.service, row.pk])


def page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_achievement_shows_level_indicators_rights_and_owner(city: City, client: Client) -> None:
    row, _ = published(city, "achievements")
    text = page(client, address(row))
    for words in (
        "第 6 级 · 正样级",
        "功能样机演示测试合格",
        "性能测试指标、报告",
        "效率保持率",
        "92 %",
        "一种低温封装方法",
    ):
        assert words in text
    for words in ("发明专利", "普通许可、先使用后付费", "面议", "产业科技创新成果", city.university.name):
        assert words in text


def test_a_need_shows_targets_from_now_to_wanted_and_money(city: City, client: Client) -> None:
    row, _ = published(city, "needs")
    text = page(client, address(row))
    for words in ("一年功率衰减", "30 %", "→ 5 %", "户外实测", "换过两种硅胶", "30 万元～80 万元", "2027-06-30"):
        assert words in text


def test_a_platform_shows_its_level_history(city: City, client: Client) -> None:
    row, _ = published(city, "platforms", **PLATFORM)
    text = page(client, address(row))
    for words in ("国家级", "2011", "省级", "压力循环试验"):
        assert words in text


def test_a_broker_shows_level_and_districts(city: City, client: Client) -> None:
    row, _ = published(city, "brokers", **BROKER)
    text = page(client, address(row))
    for words in ("示例刘经纪", "崂山区", "2016 年起", "绿色能源"):
        assert words in text


def test_text_from_people_is_escaped(city: City, client: Client) -> None:
    row, _ = published(
        city, "achievements", title="<b>粗体</b>名称测试", text="<script>alert(1)</script>" + "说明" * 20
    )
    text = page(client, address(row))
    assert "<script>alert" not in text
    assert "&lt;b&gt;粗体" in text


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("engineer", 404),
        ("professor", 200),
        ("officer", 404),
        ("district_officer", 404),
        ("broker", 404),
        ("expert", 404),
        ("stranger", 404),
    ],
)
def test_a_draft_is_for_its_owner_alone(city: City, client: Client, who: str, status: int) -> None:
    row, _ = listing(city, "achievements")
    assert client.get(address(row)).status_code == 404
    client.force_login(city.people()[who])
    assert client.get(address(row)).status_code == status


def test_a_listing_is_found_under_its_own_service_only(city: City, client: Client) -> None:
    row, _ = published(city, "achievements")
    assert client.get(reverse("listing", args=["platforms", row.pk])).status_code == 404
    assert client.get("/s/achievements/99999999999999999999/").status_code == 404


def test_the_state_of_the_case_is_for_those_concerned(city: City, client: Client) -> None:
    row, _ = published(city, "achievements")
    assert "办理状态" not in page(client, address(row))
    client.force_login(city.stranger)
    assert "办理状态" not in page(client, address(row))
    client.force_login(city.professor)
    assert "办理状态" in page(client, address(row))


def material(case: Case, city: City, label: str, tier: Tier) -> None:
    document = Document.objects.create(
        party=city.university,
        name=f"{label}.pdf",
        media_type="application/pdf",
        size=2048,
        sha256="0" * 64,
        uploaded_at=NOW,
    )
    add_material(case=case, document=document, label=label, tier=tier, by=city.professor, now=NOW)


def test_only_public_materials_are_listed_for_the_public(city: City, client: Client) -> None:
    row, case = published(city, "achievements")
    material(case, city, "公开的检测报告", Tier.PUBLIC)
    material(case, city, "内部的工艺图纸", Tier.CASE)
    text = page(client, address(row))
    assert "公开的检测报告" in text
    assert "内部的工艺图纸" not in text
    client.force_login(city.professor)
    assert "内部的工艺图纸" in page(client, address(row))


def test_similar_things_are_listed(city: City, client: Client) -> None:
    row, _ = published(city, "achievements")
    other, _ = published(city, "achievements", title="钙钛矿电池封装胶膜", code="2")
    assert address(other) in page(client, address(row))


def test_a_party_shows_what_it_has_published(city: City, client: Client) -> None:
    row, _ = published(city, "achievements")
    draft, _ = listing(city, "achievements", title="未公开的成果草稿")
    text = page(client, reverse("party", args=[city.university.pk]))
    assert row.title in text
    assert draft.title not in text
    assert row.title in page(client, reverse("party", args=[city.university.pk]) + "?kind=achievements&page=9")
    assert "还没有公开发布" in page(client, reverse("party", args=[city.company.pk]))


def test_natural_persons_have_no_public_page(city: City, client: Client) -> None:
    person = Party.objects.create(kind="person", name="示例某人", created_at=NOW)
    assert client.get(reverse("party", args=[person.pk])).status_code == 404


def test_the_catalogue_says_who_may_why_and_how_long(client: Client, db: None) -> None:
    text = page(client, "/catalogue/")
    for words in ("科技成果", "技术需求", "创新平台", "技术经纪人", "3 个工作日", "企业、高校院所"):
        assert words in text
    text = page(client, "/catalogue/needs/")
    for words in ("列入长期攻关 → 长期攻关清单", "主管部门", "到期下架 → 已过期", "系统自动"):
        assert words in text
    assert client.get("/catalogue/nothing/").status_code == 404


def test_the_home_page_counts_what_is_there_and_quotes_figures_as_published(city: City, client: Client) -> None:
    row, _ = published(city, "achievements")
    published(city, "needs")
    text = page(client, "/")
    assert row.title in text
    assert 'href="/s/achievements/?industry=green-energy">成果 1</a>' in text
    assert 'href="/s/needs/?industry=green-energy">需求 1</a>' in text
    for words in ("<small>近</small>900<small>项</small>", "3,200<small>余项</small>", "青岛日报/观海新闻 2024-12"):
        assert words in text
    assert "本系统不得处理涉密信息" in text
    assert "ICP备案号" in text
    assert "待填" in text


def test_the_language_is_switched_by_post(client: Client, db: None) -> None:
    answer = client.post("/i18n/setlang/", {"language": "en", "next": "/catalogue/"}, follow=True)
    assert '<html lang="en">' in answer.content.decode()
    assert "Qingdao" in answer.content.decode()


def test_a_missing_page_says_what_to_do(client: Client, db: None) -> None:
    answer = client.get("/nothing/here/")
    assert answer.status_code == 404
    assert "没有找到这个页面" in answer.content.decode()


def test_fiction_is_labelled(city: City, client: Client) -> None:
    row, _ = published(city, "achievements")
    assert ACHIEVEMENT["title"] in page(client, "/s/achievements/")
    assert "kc-tag-demo" not in page(client, address(row))
    type(row).objects.filter(pk=row.pk).update(fictional=True)
    cache.clear()  # lists are kept until the index changes
    assert "kc-tag-demo" in page(client, address(row))
    assert "kc-tag-demo" in page(client, "/s/achievements/")


@pytest.mark.parametrize(
    ("who", "status"), [("engineer", 404), ("professor", 200), ("officer", 200), ("broker", 200), ("stranger", 404)]
)
def test_what_has_left_the_market_stays_readable_for_those_concerned(
    city: City, client: Client, who: str, status: int
) -> None:
    row, _ = published(city, "achievements")
    close(listing=row, now=NOW)
    assert client.get(address(row)).status_code == 404
    client.force_login(city.people()[who])
    answer = client.get(address(row))
    assert answer.status_code == status
    assert status == 404 or "公众看不到" in answer.content.decode()


def test_error_pages_are_plain_words_without_traces(rf: RequestFactory, db: None) -> None:
    request = rf.get("/")
    for answer in (
        defaults.server_error(request),
        defaults.bad_request(request, ValueError("secret detail")),
        Client(enforce_csrf_checks=True).post("/i18n/setlang/"),
    ):
        text = answer.content.decode()
        assert "回到首页" in text
        assert "没有保存" in text
        assert "secret detail" not in text
        assert "Traceback" not in text


def test_a_wrong_host_is_answered_in_words(client: Client, db: None) -> None:
    answer = client.get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "提交的内容无法读取" in answer.content.decode()
