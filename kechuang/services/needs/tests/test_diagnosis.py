"""需求诊断: tables of needs and the questions that each leaves open."""

from datetime import date
from typing import Any

import pytest

from kechuang.services.needs.diagnosis import diagnose

TODAY = date(2026, 11, 18)
CLEAR: dict[str, Any] = {
    "title": "户外光伏板受潮后功率掉得快",
    "text": "我们在海边装的新型薄膜光伏板，半年就进水汽，功率掉了三成。因为胶封不住水汽，想找不用高温的密封办法。",
    "kind": "research",
    "tried": "换过两种硅胶，三个月后仍然进水汽。",
    "targets": [{"name": "一年功率衰减", "now": "30", "wanted": "5", "unit": "%", "method": "户外实测"}],
    "budget_min": "300000",
    "budget_max": "800000",
    "deadline_on": "2027-06-30",
}
TARGET = CLEAR["targets"][0]


def asked(**changes: Any) -> list[tuple[str, str, bool]]:
    return [(q.check, q.field, q.blocking) for q in diagnose(CLEAR | changes, TODAY)]


def test_a_clear_need_is_asked_nothing() -> None:
    assert asked() == []


def test_an_empty_need_is_asked_everything_the_blocking_questions_first() -> None:
    found = [(q.check, q.blocking) for q in diagnose({}, TODAY)]
    assert found == [
        ("problem", True),
        ("measurable", True),
        ("tried", False),
        ("deadline", False),
        ("budget", False),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("密封不好，求解决。", [("problem", True)]),
        (
            "我公司希望全面提升密封工序的智能化水平，打造行业标杆，实现高质量发展，达到国内领先、国际领先的目标，并形成示范效应。",
            [("aim", True)],
        ),
        (
            "我公司因业务发展，计划采购全自动密封生产线两条，要求品牌知名、交货及时、售后完善，请有实力的单位与我们联系洽谈。",
            [("solution", False)],
        ),
        (
            "光伏板的功率掉得太快，用户意见非常大，总在说质量不行，我们很着急，想找到合适的办法来彻底解决这件事情。",
            [("symptom", False), ("condition", False), ("impact", False)],
        ),
        (
            "海边装的光伏板，半年以后功率掉了三成，用户意见非常大，我们很着急，想找到合适的办法来彻底解决这件事情。",
            [("symptom", False)],
        ),
        (
            "光伏板用在海边，半年以后功率掉了三成，拆开看是胶边进了水汽，想找到不用高温也能封住水汽的合适办法。",
            [],
        ),
        (
            "The panels we install at sea lose 30 % of power within half a year because moisture gets under the seal.",
            [],
        ),
        ("The panels are bad and customers are unhappy with them, please help us to find something better.", None),
    ],
)
def test_problem_or_aim_symptom_or_cause(text: str, found: list[tuple[str, bool]] | None) -> None:
    questions = [(q.check, q.blocking) for q in diagnose(CLEAR | {"title": "", "text": text, "tried": "没试过"}, TODAY)]
    if found is None:
        assert ("symptom", False) in questions
    else:
        assert questions == found


@pytest.mark.parametrize(
    ("targets", "found"),
    [
        ([], [("measurable", True)]),
        ([{"name": "", "wanted": ""}], [("measurable", True)]),
        ([TARGET | {"wanted": "明显改善"}], [("measurable", True)]),
        ([TARGET | {"wanted": "明显改善"}, TARGET], [("measurable", False)]),
        ([TARGET | {"wanted": "不再进水汽"}], []),
        ([TARGET | {"wanted": "五成", "unit": ""}], []),
        ([TARGET | {"wanted": "5", "unit": ""}], [("unit", False)]),
        ([TARGET | {"now": ""}], [("baseline", False)]),
        ([TARGET | {"now": "5"}], [("baseline", False)]),
        ([TARGET | {"method": ""}], [("method", False)]),
        ([{"name": "衰减", "wanted": "5"}], [("baseline", False), ("unit", False), ("method", False)]),
    ],
)
def test_targets_are_to_be_measured(targets: list[dict[str, str]], found: list[tuple[str, bool]]) -> None:
    assert [(check, blocking) for check, _, blocking in asked(targets=targets)] == found


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"tried": ""}, [("tried", "tried", False)]),
        ({"tried": None}, [("tried", "tried", False)]),
        ({"tried": "没有试过"}, []),
        ({"tried": "换过胶"}, [("tried", "tried", False)]),
        ({"budget_min": None, "budget_max": None}, [("budget", "budget_max", False)]),
        ({"budget_min": "0", "budget_max": "0"}, [("budget", "budget_max", False)]),
        ({"budget_min": "10000", "budget_max": "9000000"}, [("budget", "budget_max", False)]),
        ({"budget_min": None}, []),
        ({"deadline_on": None}, [("deadline", "deadline_on", False)]),
        ({"deadline_on": "2026-11-18"}, [("deadline", "deadline_on", True)]),
        ({"deadline_on": date(2026, 11, 30)}, [("deadline", "deadline_on", False)]),
        ({"deadline_on": date(2026, 11, 30), "kind": "testing"}, []),
        ({"deadline_on": "不是日期"}, [("deadline", "deadline_on", False)]),
        ({"budget_max": "很多", "budget_min": ""}, [("budget", "budget_max", False)]),
    ],
)
def test_trials_budget_and_deadline(changes: dict[str, Any], found: list[tuple[str, str, bool]]) -> None:
    assert asked(**changes) == found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("本项目涉密，细节面谈。", [("classified", "text", True)]),
        ("密级：机密", [("classified", "text", True)]),
        ("本项目不涉密。", []),
        ("请联系 13812345678。", [("privacy", "text", False)]),
        ("产品型号 138123456789。", []),
    ],
)
def test_what_must_not_be_said_here(words: str, found: list[tuple[str, str, bool]]) -> None:
    assert asked(text=CLEAR["text"] + words) == found


def test_a_need_for_people_or_money_is_not_asked_for_a_cause() -> None:
    text = "想请一位懂密封材料的博士每周来两天，带一个三四人的小组，建起材料评估的数据库，同时帮着跟用户谈试用。"
    assert asked(text=text, kind="talent") == []
    assert ("symptom", "text", False) in asked(text=text, tried="没试过")


def test_questions_name_the_targets_that_they_are_about() -> None:
    targets = [TARGET | {"now": ""}, TARGET | {"name": "成本", "now": ""}]
    assert [q.text for q in diagnose(CLEAR | {"targets": targets}, TODAY)] == [
        "“一年功率衰减”、“成本”现在是多少？没有测过也请写“未测”。"
    ]
