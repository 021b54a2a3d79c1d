"""文字对照: contents and differences are told in words, never in codes."""

from typing import Any

import pytest

from kechuang.core.market import queries
from kechuang.core.market.actions import keep_draft
from kechuang.core.market.wording import Table, changes, lines
from tests.city import NEED, NOW, City, cleaned


def told(value: Any) -> str:
    return "".join(text for text, _ in value.pieces)


def test_a_content_is_told_in_the_sections_of_its_form(city: City) -> None:
    content = {name: queries.plain(value) for name, value in cleaned("needs", NEED).items()}
    found = {heading: {line.label: line.value for line in rows} for heading, rows in lines("needs", content)}
    assert list(found) == ["遇到了什么问题", "想达到什么程度", "怎样合作"]
    assert told(found["怎样合作"]["预算上限"]) == "80 万元"
    assert told(found["遇到了什么问题"]["产业"]) == "绿色能源"
    table = found["想达到什么程度"]["量化指标"].table
    assert table == Table(
        ("指标", "现在", "想要", "计量单位", "怎样验证"), (("一年功率衰减", "30", "5", "%", "户外实测"),)
    )
    assert "联系人（职务）" not in found["怎样合作"]


@pytest.mark.parametrize(
    ("after", "found"),
    [
        ({}, []),
        ({"budget_max": "800000.00"}, []),
        ({"cooperation": ["licence", "development"]}, []),
        ({"budget_max": "900000"}, [("预算上限", "80 万元", "90 万元")]),
        ({"urgency": "urgent"}, [("紧急程度", "较急", "紧急")]),
        ({"tried": ""}, [("已尝试的办法", NEED["tried"], "")]),
        ({"title": "户外光伏板受潮后功率掉得很快"}, [("名称", NEED["title"], "户外光伏板受潮后功率掉得很快")]),
    ],
)
def test_differences_are_told_by_label(city: City, after: dict[str, Any], found: list[tuple[str, str, str]]) -> None:
    rows = changes("needs", NEED, NEED | after)
    assert [(c.label, told(c.before), told(c.after)) for c in rows] == found


def test_only_the_newest_drafts_of_a_form_are_kept_and_forms_do_not_mix(city: City) -> None:
    for number in range(7):
        keep_draft(
            user=city.engineer, subject=f"needs:new:{number}", data={"n": number}, now=NOW.replace(minute=number)
        )
    keep_draft(user=city.engineer, subject="needs:12:a", data={}, now=NOW)
    keep_draft(user=city.colleague, subject="needs:new:a", data={}, now=NOW)
    assert [d.data["n"] for d in queries.drafts(city.engineer, "needs:new")] == [6, 5, 4, 3, 2]
    assert queries.drafts(city.engineer, "needs:1").count() == 0
    assert queries.drafts(city.engineer).count() == 6
