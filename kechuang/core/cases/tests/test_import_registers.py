"""批量导入登记簿"""

import pytest

from kechuang.core.audit.queries import history
from kechuang.core.cases import imports
from kechuang.core.cases.import_queries import unfinished
from kechuang.core.cases.import_work import work
from kechuang.core.cases.models import Import
from kechuang.core.cases.queries import publication_case
from kechuang.core.cases.tests.batches import GOOD, HEADS, TEXT, checked, entered, excel, found, lines
from kechuang.core.market.models import Need, Offer
from kechuang.core.search.actions import remove
from kechuang.core.search.queries import find_text
from kechuang.kit.refusal import NotAllowed, Refusal
from tests.city import NOW, City, listing


def test_a_plain_list_of_documents_goes_in_with_a_default_industry(city: City) -> None:
    one = {"id": "d-1", "title": "钛合金表面处理", "text": TEXT, "keywords": ["钛", "表面"], "category": "材料"}
    bare = {"id": "d-2", "title": "", "text": TEXT, "keywords": [f"词{n}" for n in range(12)], "category": ""}
    long = {"id": "d-3", "title": "长" * 121, "text": TEXT, "keywords": [], "category": ""}
    data = lines(one, bare, long)
    with pytest.raises(Refusal, match="缺少必填的列：“产业”") as caught:
        checked(city, lines({"title": "没有产业", "text": TEXT}), service="achievements")
    assert "默认产业" in caught.value.fields["file"]
    strict = checked(city, data, service="achievements", industry="future")
    assert found(strict) == [(1, "create", []), (2, "error", ["第 2 行", "第 2 行"]), (3, "error", ["第 3 行"])]
    assert strict.rows.get(number=3).errors[0]["label"] == "名称"
    batch = entered(city, data, service="achievements", industry="future", mend=True)
    assert found(batch) == [(1, "create", []), (2, "create", []), (3, "error", ["第 3 行"])]
    offer = Offer.objects.get(code="d-2")
    assert (offer.title, offer.industry, len(offer.keywords)) == (TEXT, ["future"], 10)
    assert batch.rows.get(number=2).notes == ["名称取自正文第一句。", "关键词保留前 10 个，略去：词10、词11。"]


def test_an_officer_of_the_city_takes_over_a_register(city: City) -> None:
    row = ("统一社会信用代码", *HEADS)
    rows = [
        (city.company.uscc, *GOOD),
        ("", "M-2", *GOOD[1:]),
        ("91370202MA3XXXXXX0", "M-3", *GOOD[1:]),
        ("不是代码", "M-4", *GOOD[1:]),
    ]
    batch = entered(city, excel(*rows, heads=row), by=city.officer, party=None, register=True)
    assert found(batch) == [(2, "create", []), (3, "error", ["A3"]), (4, "error", ["A4"]), (5, "error", ["A5"])]
    need = Need.objects.get()
    case = publication_case(need)
    assert case is not None
    assert (need.party, need.status, case.state) == (city.company, "public", "published")
    assert [h.ref for h in find_text("热锻模具寿命", kinds=("needs",))] == [need.pk]
    assert history(case).get(verb="open").note == "接收登记簿“a.xlsx”第 2 行"
    changed = (city.company.uscc, "M-1", "热锻模具寿命还是太短", *GOOD[2:])
    entered(city, excel(changed, heads=row), by=city.officer, party=None, register=True)
    need.refresh_from_db()
    assert (need.title, need.status, need.pending) == ("热锻模具寿命还是太短", "public", None)


def test_what_a_crash_kept_out_of_the_index_is_put_in_later(city: City) -> None:
    batch = entered(city, excel(GOOD), by=city.officer, register=True)
    need = Need.objects.get()
    remove("needs", need.pk)
    batch.rows.update(unindexed=True)
    assert list(unfinished()) == [batch]
    assert work(batch, now=NOW) is False
    assert [h.ref for h in find_text("热锻模具寿命", kinds=("needs",))] == [need.pk]
    assert list(unfinished()) == []


def test_a_register_does_not_touch_what_the_party_is_working_on(city: City) -> None:
    listing(city, "needs", code="M-1")
    batch = checked(city, excel(GOOD), by=city.officer, register=True)
    assert found(batch) == [(2, "error", ["A2"])]
    assert "草稿" in batch.rows.get().errors[0]["reason"]


def test_the_wrong_role_cannot_import(city: City) -> None:
    for who, party, register in (
        (city.stranger, city.company, False),
        (city.professor, city.company, False),
        (city.engineer, city.company, True),
        (city.district_officer, city.company, True),
        (city.officer, city.company, False),
    ):
        with pytest.raises(NotAllowed):
            checked(city, excel(GOOD), by=who, party=party, register=register)
    batch = checked(city, excel(GOOD))
    for step in (imports.confirm, imports.cancel):
        with pytest.raises(NotAllowed):
            step(batch=batch, by=city.colleague, now=NOW)
    assert Import.objects.count() == 1


def test_rows_of_other_parties_are_refused(city: City) -> None:
    theirs, _ = listing(city, "achievements")
    heads = ("系统编号", "统一社会信用代码", *HEADS)
    batch = checked(
        city,
        excel(
            (str(theirs.pk), "", *GOOD),
            ("", city.university.uscc, "M-2", *GOOD[1:]),
            ("", city.company.uscc, "M-3", *GOOD[1:]),
            heads=heads,
        ),
    )
    assert found(batch) == [(2, "error", ["A2"]), (3, "error", ["B3"]), (4, "create", [])]


def test_columns_must_be_known_and_complete(city: City) -> None:
    def said(*heads: str) -> str:
        with pytest.raises(Refusal) as caught:
            checked(city, excel(tuple("x" for _ in heads), heads=heads))
        return caught.value.fields["file"]

    assert "“预算上线”（是不是“预算上限（元）”？）" in said("名称", "详细描述", "产业", "预算上线")
    assert "缺少必填的列：“详细描述”、“产业”" in said("名称", "预算上限")
    assert "没有认出任何一列" in said("张三", "李四")
    assert "是同一列" in said("名称", "title", "详细描述", "产业")
    assert Import.objects.count() == 0
    with pytest.raises(Refusal, match="是不是“title”"):
        checked(city, lines({"titel": "x", "text": TEXT, "industry": ["ai"]}))


def test_json_of_the_wrong_shape_is_an_error_of_its_row(city: City) -> None:
    base = {"title": "形状不对的记录", "text": TEXT, "industry": ["ai"]}
    batch = checked(
        city,
        lines(
            base | {"title": ["a"]},
            base | {"targets": [{"name": {"a": 1}}]},
            base | {"targets": "x" * 300},
            base | {"keywords": [["a"]]},
            base | {"budget_min": {"a": 1}},
            base | {"text": "x" * 1_000_000},
            base | {"title": None, "industry": None},
            base | {"targets": [{"name": "寿命", "wanted": 5, "未知": 1}], "budget_min": -1, "deadline_on": 5},
        ),
    )
    labels = [[e["label"] for e in row.errors] for row in batch.rows.all()]
    assert labels == [
        ["名称"],
        ["量化指标"],
        ["量化指标"],
        ["关键词"],
        ["预算下限"],
        ["详细描述"],
        ["名称", "产业"],
        ["量化指标", "预算下限", "期望完成日期"],
    ]
