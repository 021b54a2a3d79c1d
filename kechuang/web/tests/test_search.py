"""Lists: filters with counts, chips, sorting, pages, marks, help when empty, comparison, suggestions."""

import re

import pytest
from django.http import QueryDict
from django.test import Client

from kechuang.core.market.actions import close
from kechuang.core.search.actions import embed_pending
from kechuang.web.browse import Page, browse
from kechuang.web.facts import compared
from tests.city import ACHIEVEMENT, City, listing, published

LASER = {
    "title": "激光清洗机器人自适应路径规划",
    "summary": "船体除锈不伤母材。",
    "text": "针对大曲率船体，机器人按表面反射率调节激光功率，除锈效率每小时 18 平方米，母材损伤小于 5 微米。",
    "keywords": ["激光清洗", "机器人"],
    "industry": ["smart-equipment"],
    "field": ["manufacturing"],
    "district": "370215",
    "maturity": "8",
    "price_mode": "listed",
    "price": "1200000",
    "indicators": [
        {"name": "除锈效率", "value": "18", "unit": "m²/h", "condition": ""},
        {"name": "效率保持率", "value": "88", "unit": "%", "condition": "一年"},
    ],
}


def found(address: str, service: str = "") -> list[str]:
    return [card.listing.title for card in browse(QueryDict(address), service).cards]


def counts(address: str, facet: str) -> dict[str, int]:
    facets = {f.name: f for f in browse(QueryDict(address)).facets}
    return {o.code: o.count for o in facets[facet].options}


@pytest.fixture
def market(city: City) -> City:
    published(city, "achievements")
    published(city, "achievements", **LASER)
    published(city, "needs")
    return city


def test_a_list_shows_what_is_public_and_nothing_else(market: City) -> None:
    listing(market, "achievements", title="还没有提交的草稿成果")
    withdrawn, _ = published(market, "achievements", title="已经下架的旧成果", code="x")
    close(listing=withdrawn, now=withdrawn.published_at)
    assert sorted(found("", "achievements")) == sorted([LASER["title"], ACHIEVEMENT["title"]])
    assert len(found("")) == 3


def test_a_list_says_so_when_nothing_contains_the_words_of_the_text(market: City) -> None:
    embed_pending()
    assert browse(QueryDict("q=xyzzyq")).only_near
    assert "没有信息含有“xyzzyq”" in Client().get("/search/?q=xyzzyq").content.decode()
    assert not browse(QueryDict("q=激光清洗")).only_near


def test_filters_narrow_and_the_counts_of_a_filter_ignore_itself(market: City) -> None:
    assert found("kind=achievements&district=370215") == [LASER["title"]]
    assert counts("kind=achievements&district=370215", "district") == {"370212": 1, "370215": 1}
    assert counts("kind=achievements&district=370215", "maturity") == {"8": 1}
    assert counts("kind=achievements&district=370215", "kind") == {"achievements": 1}
    assert found("maturity=8&maturity=6&price=listed") == [LASER["title"]]
    assert len(found("industry=smart-equipment&industry=green-energy")) == 3
    assert len(found("owner_type=enterprise")) == 1
    relaxed = browse(QueryDict("kind=needs&maturity=8"))
    assert sorted((c.facet, c.total) for c in relaxed.relax) == [("kind", 1), ("maturity", 1)]
    assert len(found("cooperation=use-first&field=energy")) == 1


def test_a_code_that_no_list_knows_is_ignored(market: City) -> None:
    assert len(found("district=1%27%20OR%201&kind=secrets&maturity=99")) == 3


def test_sorting_by_maturity_and_price(market: City) -> None:
    assert found("sort=maturity", "achievements")[0] == LASER["title"]
    assert found("sort=price", "achievements")[0] == LASER["title"]
    assert [code for code, _ in browse(QueryDict("kind=needs")).sorts] == ["newest"]
    assert browse(QueryDict("sort=relevance")).sort == "newest"


def test_words_are_found_marked_and_shown_in_their_sentence(market: City, client: Client) -> None:
    page = client.get("/search/", {"q": "反射率"}).content.decode()
    assert str(LASER["title"]) in page
    assert "机器人按表面<mark>反射率</mark>调节激光功率" in page


def test_traditional_and_simplified_find_each_other(market: City) -> None:
    assert found("q=雷射清洗機器人")[0] == LASER["title"]


def test_a_chip_drops_one_condition_and_keeps_the_others(market: City, client: Client) -> None:
    page = client.get("/s/achievements/?district=370215&maturity=8&maturity=6").content.decode()
    chips = re.findall(r'<li><a href="([^"]*)" title', page)
    assert [c.replace("&amp;", "&") for c in chips] == [
        "?district=370215&maturity=6",
        "?district=370215&maturity=8",
        "?maturity=8&maturity=6",
    ]


def test_nothing_found_says_which_condition_to_drop(market: City) -> None:
    empty = browse(QueryDict("district=370215&maturity=6"), "achievements")
    assert empty.cards == []
    assert [(c.label, c.total) for c in empty.relax] == [("技术成熟度：正样级", 1), ("所在区市：即墨区", 1)]


def test_a_page_too_far_shows_the_last_one(market: City) -> None:
    result = browse(QueryDict("page=99"))
    assert (result.page.number, len(result.cards)) == (1, 3)
    assert browse(QueryDict("page=-1%27")).page.number == 1
    assert Page(7, 20).shown == [1, 0, 5, 6, 7, 8, 9, 0, 20]


@pytest.mark.parametrize("address", ["/search/?q=%00%F0%9F%98%80'%22%3Cscript%3E", "/search/?q=" + "长" * 3000])
def test_odd_input_gets_an_ordinary_page(market: City, client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert b"<script>" not in answer.content


def test_htmx_gets_the_list_only_and_history_the_whole_page(market: City, client: Client) -> None:
    part = client.get("/s/needs/?district=370281", headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div id="browse"')
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<!doctype html>" in client.get("/s/needs/", headers=headers).content.decode()


def test_unknown_kinds_are_404(market: City, client: Client) -> None:
    assert client.get("/s/spaceships/").status_code == 404
    assert client.get("/s/spaceships/1/").status_code == 404
    assert client.get("/compare/?a=spaceships:1").status_code == 404


def test_comparison_lines_up_fields_and_named_indicators(market: City) -> None:
    one, _ = published(market, "achievements", code="a")
    other, _ = published(market, "achievements", **LASER, code="b")
    rows = {row.label: (row.cells, row.differs) for row in compared([one, other])}
    assert rows["技术成熟度"] == ([["6 · 正样级"], ["8 · 产品级"]], True)
    assert rows["主要指标：效率保持率"] == ([["92 % · 测试条件 85 ℃/85% RH，1000 h"], ["88 % · 测试条件 一年"]], True)
    assert rows["主要指标：除锈效率"] == ([[], ["18 m²/h"]], True)
    assert rows["意向价格"] == ([[], ["120 万元"]], True)
    assert rows["合作方式"] == ([["普通许可", "先使用后付费"]] * 2, False)


def test_compare_page_takes_four_public_things_of_one_kind(market: City, client: Client) -> None:
    rows = [published(market, "achievements", code=str(i), title=f"第{i}号比较成果")[0] for i in range(5)]
    draft, _ = listing(market, "achievements", title="不该出现的草稿")
    need, _ = published(market, "needs", code="n", title="不该并排的需求标题")
    chosen = [f"achievements:{r.pk}" for r in (draft, *rows)] + [f"needs:{need.pk}", "achievements:x"]
    page = client.get("/compare/", {"a": chosen}).content.decode()
    assert [r.title in page for r in rows] == [True, True, True, True, False]
    assert draft.title not in page
    assert need.title not in page
    assert "其余已略去" in page


def test_compare_can_show_differences_only(market: City, client: Client) -> None:
    rows = [published(market, "achievements", code=str(i), maturity=str(i + 6))[0] for i in range(2)]
    query = {"a": [f"achievements:{r.pk}" for r in rows]}
    assert "合作方式" in client.get("/compare/", query).content.decode()
    only = client.get("/compare/", query | {"only": "differences"}).content.decode()
    assert "合作方式" not in only
    assert "技术成熟度" in only


def test_compare_without_a_choice_says_what_to_do(client: Client, db: None) -> None:
    assert "请先选两到四项" in client.get("/compare/").content.decode()


def test_suggestions_by_words_and_by_pinyin_initials(market: City, client: Client) -> None:
    for typed in ("钙钛", "gtk", "ＧＴＫ"):
        page = client.get("/suggest/", {"q": typed}).content.decode()
        assert 'role="option"' in page
        assert "/search/?q=%E9%92%99%E9%92%9B%E7%9F%BF" in page
        assert ACHIEVEMENT["title"] in page
    assert client.get("/suggest/", {"q": "\0"}).content.strip() == b""
