"""规则 rules: what packs accept and refuse, dates, caps, ranges, the smallest way to yes."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from kechuang.kit.rules.batch import decide_all
from kechuang.kit.rules.examples import check_examples, outcome
from kechuang.kit.rules.explain import explain
from kechuang.kit.rules.expressions import Kind, WrongExpression, parse
from kechuang.kit.rules.facts import WrongFact, cleaned, read_facts
from kechuang.kit.rules.packs import Pack
from kechuang.kit.rules.reading import PackRefused, read_pack

CATALOGUE = read_facts(Path(__file__).parents[3] / "packs" / "national" / "facts.toml")
ON = date(2026, 3, 1)
SMALL = """
code = "test-grant"
title = "试点奖补"
kind = "benefit"
basis = "示例〔2026〕1号"
authority = "示例局"
text_status = "ours"
effective_from = 2024-01-01
effective_to = 2027-01-01
facts = ["founded_on", "revenue", "rd_sme", "staff_sme"]

[own.invested]
type = "money"
label = "实际投资额"
easy = true

[parameters.rate]
label = "奖励比例"
kind = "ratio"
source = "第一条"
text_status = "ours"
values = [{from = 2024-01-01, value = 0.10}, {from = 2026-01-01, value = 0.05}]

[parameters.cap]
label = "年度上限 1000 万元"
kind = "money"
source = "第一条"
text_status = "ours"
value = 10_000_000

[[require]]
code = "age"
label = "成立满一年"
formula = "on - founded_on >= 365"

[benefit]
formula = "invested * p.rate"
cap = "cap"
cap_scope = "entity-year"
"""
OLD = {"founded_on": date(2020, 1, 1)}


def small(**changed: str) -> Pack:
    text = SMALL
    for before, after in changed.items():
        text = text.replace(before, after)
    return read_pack(text, CATALOGUE)


def problems(text: str) -> list[tuple[int, str]]:
    with pytest.raises(PackRefused) as refused:
        read_pack(text, CATALOGUE)
    return [(p.line, p.reason) for p in refused.value.problems]


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "staff.__class__",
        "[x for x in (1, 2)]",
        "lambda: 1",
        "open('x')",
        "2 ** 99999999",
        "revenue > 5",
        "revenue * revenue",
        "staff and ok",
        "1 < staff < 3",
        "unknown_fact > 0",
        "p.unknown > 0",
        "(" * 300 + "1" + ")" * 300,
        "kind + 1",
        "f'{staff}'",
    ],
)
def test_what_is_not_a_plain_formula_is_refused(text: str) -> None:
    names = {"staff": Kind.NUMBER, "revenue": Kind.MONEY, "ok": Kind.BOOL, "kind": Kind.TERM}
    with pytest.raises(WrongExpression):
        parse(text, names, {})


def test_a_fault_is_told_with_its_line_and_all_of_them_at_once() -> None:
    lines = SMALL.splitlines()
    wrong = SMALL.replace("on - founded_on >= 365", "on - founded >= 365").replace('label = "年度上限 1000 万元"\n', "")
    found = problems(wrong)
    assert found == [
        (lines.index("[parameters.cap]") + 1, "参数“cap”缺少 label：没有出处的数字不能用"),
        (lines.index('formula = "on - founded_on >= 365"'), "没有名为“founded”的事实或中间量"),
        (lines.index("[benefit]"), "没有名为“cap”的参数"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('source = "第一条"', 'source = ""', "没有出处的数字不能用"),
        ('"founded_on", ', '"founded_in", ', "事实目录里没有“founded_in”"),
        ('cap_scope = "entity-year"', 'cap_scope = "decade"', "cap_scope 应是"),
        ('formula = "invested * p.rate"', 'formula = "invested > 0 and true"', "公式"),
        ("{from = 2024-01-01, ", "{from = 2025-01-01, ", "还没有值"),
        ('kind = "benefit"', 'kind = "magic"', "kind 应是"),
        ("effective_to = 2027-01-01", "effective_until = 2027-01-01", "不认识“effective_until”"),
        ("title = ", "title == ", "不是有效的 TOML"),
    ],
)
def test_a_pack_with_a_fault_is_refused_in_words(before: str, after: str, words: str) -> None:
    assert words in " ".join(reason for _line, reason in problems(SMALL.replace(before, after)))


def test_a_pack_with_too_few_or_failing_examples_is_refused() -> None:
    example = '\n[[example]]\nname = "错的"\non = 2026-03-01\nfacts = {invested = 100}\nexpect = {result = "met"}\n'
    with pytest.raises(PackRefused) as refused:
        check_examples(read_pack(SMALL + example, CATALOGUE), file="x.toml")
    line = SMALL.count("\n") + 2
    assert [str(p) for p in refused.value.problems] == [
        f"x.toml:{line}: 算例“错的”不成立：result 应为 met，算出来是 unknown",
        "x.toml:1: 至少要有 4 个算例，现在有 1 个",
    ]


def test_an_old_day_computes_with_the_old_parameters() -> None:
    facts = OLD | {"invested": Decimal(1_000_000)}
    paid = {day.year: explain(small(), facts, on=day) for day in (date(2025, 12, 31), ON)}
    assert {year: v.amount.payable for year, v in paid.items() if v.amount} == {2025: 100_000, 2026: 50_000}
    assert paid[2025].parameters["rate"]["since"] == date(2024, 1, 1)
    assert explain(small(), facts, on=date(2023, 12, 31)).result == "not_in_force"
    assert explain(small(), facts, on=date(2027, 1, 1)).result == "not_in_force"


def test_the_cap_that_bites_is_named_and_the_rest_is_told() -> None:
    facts = OLD | {"invested": Decimal(110_000_000)}
    amount = explain(small(), facts, on=date(2025, 5, 1)).amount
    assert amount is not None
    assert (amount.computed, amount.payable, amount.rest) == tuple(map(Decimal, (11_000_000, 10_000_000, 1_000_000)))
    assert (amount.capped, amount.cap_name) == (True, "年度上限 1000 万元")
    later = explain(
        small(), OLD | {"invested": Decimal(80_000_000)}, on=date(2025, 5, 1), used=Decimal(3_000_000)
    ).amount
    assert later is not None
    assert (later.payable, later.rest) == (Decimal(7_000_000), Decimal(1_000_000))


def test_money_is_exact_to_the_fen() -> None:
    facts = OLD | {"invested": Decimal("0.50")}
    amount = explain(small(), facts, on=ON).amount
    assert amount is not None
    assert amount.payable == Decimal("0.03")  # 0.025 is rounded half up
    frame = pl.DataFrame({"invested": [50, 49], "founded_on": [date(2020, 1, 1)] * 2})
    assert decide_all(small(), frame, on=ON)["amount"].to_list() == [3, 2]


def test_time_alone_can_be_the_way_and_the_day_is_told() -> None:
    verdict = explain(small(), {"founded_on": date(2025, 6, 1), "invested": Decimal(1)}, on=ON)
    assert [(n.fact, n.then) for n in verdict.near] == [("on", date(2026, 6, 1))]


def test_only_the_first_are_paid_where_the_number_of_winners_is_limited() -> None:
    ranked = small(
        **{
            "[benefit]": '[parameters.first]\nlabel = "名额"\nsource = "示例"\ntext_status = "ours"\nvalue = 2\n'
            "[benefit]",
            'cap_scope = "entity-year"': 'cap_scope = "entity-year"\nranking = {formula = "invested", first = "first"}',
        }
    )
    frame = pl.DataFrame({"invested": [100, 300, 200, 400], "founded_on": [date(2020, 1, 1)] * 3 + [date(2026, 1, 1)]})
    found = decide_all(ranked, frame, on=ON)
    assert found["rank"].to_list() == [3, 1, 2, None]
    assert found["amount"].to_list() == [None, 15, 10, None]


def test_a_zero_denominator_is_for_a_person_to_look_at_not_a_failure() -> None:
    pack = small(**{"on - founded_on >= 365": "rd_sme / revenue >= 0.05"})
    facts = {"revenue": Decimal(0), "rd_sme": Decimal(5), "invested": Decimal(1)}
    verdict = explain(pack, facts, on=ON)
    assert (verdict.result, verdict.missing, verdict.manual) == ("unknown", (), True)


def test_an_outcome_is_plain_data() -> None:
    found = outcome(explain(small(), OLD | {"invested": Decimal(20)}, on=ON))
    assert found["result"] == "met"
    assert found["amount"] == Decimal(1)


@pytest.mark.parametrize(
    ("code", "given", "words"),
    [
        ("staff_sme", "很多", "请填数字"),
        ("staff_sme", "1.5", "请填整数"),
        ("staff_sme", "-1", "不能小于 0"),
        ("revenue", "1.234", "最多精确到分"),
        ("founded_on", "2026年3月", "请按 2026-03-01"),
        ("resident", "也许", "请填“是”或“否”"),
        ("revenue", "NaN", "请填数字"),
    ],
)
def test_a_wrong_fact_is_refused_by_its_name(code: str, given: Any, words: str) -> None:
    with pytest.raises(WrongFact) as wrong:
        cleaned(CATALOGUE[code], given)
    assert words in str(wrong.value)
    assert CATALOGUE[code].label in str(wrong.value)


def test_facts_are_read_as_people_write_them() -> None:
    assert cleaned(CATALOGUE["revenue"], "1,000,000.50") == Decimal("1000000.50")
    assert (cleaned(CATALOGUE["resident"], "是"), cleaned(CATALOGUE["resident"], " ")) == (True, None)
    assert CATALOGUE["revenue_y2"].label == "销售收入（前两年）"


def test_the_day_on_which_whole_years_are_full_is_found() -> None:
    text = SMALL.replace("on - founded_on >= 365", "years(founded_on, on) >= 2")
    pack = read_pack(text.replace("effective_to = 2027-01-01\n", ""), CATALOGUE)
    facts = {"founded_on": date(2024, 9, 1), "invested": Decimal(100), "revenue": Decimal(1), "staff_sme": 3}
    assert outcome(explain(pack, facts, on=ON))["near"] == {"on": date(2026, 9, 1)}
    born = {**facts, "founded_on": date(2024, 2, 29)}
    assert outcome(explain(pack, born, on=date(2026, 2, 27)))["near"] == {"on": date(2026, 3, 1)}


def test_shares_of_a_sum_are_exact_to_the_half_fen_for_all_at_once() -> None:
    pack = read_pack(SMALL, CATALOGUE)
    sums = [10, 30, 50, 70, 90, 110, 33_333_350, 123_456_789_010, 12_345_678_901_230]
    frame = pl.DataFrame({"invested": sums, "founded_on": [date(2020, 1, 1)] * len(sums)})
    paid = decide_all(pack, frame, on=ON)["amount"].to_list()
    assert paid == [1, 2, 3, 4, 5, 6, 1_666_668, 1_000_000_000, 1_000_000_000]


def test_narrow_whole_numbers_do_not_wrap_around() -> None:
    text = SMALL.replace("on - founded_on >= 365", "staff_sme - 300 < 0")
    frame = pl.DataFrame({"staff_sme": pl.Series([200, 255], dtype=pl.UInt8)})
    assert decide_all(read_pack(text, CATALOGUE), frame, on=ON)["result"].to_list() == [True, True]


def test_dividing_by_a_figure_that_is_never_zero_and_by_one_that_is() -> None:
    text = SMALL.replace("on - founded_on >= 365", "rd_sme / revenue >= 0.05")
    pack = read_pack(text, CATALOGUE)
    for revenues, results in (([100, 100], [True, False]), ([100, 0], [True, None]), ([None, 100], [None, False])):
        frame = pl.DataFrame({"rd_sme": [5, 4], "revenue": revenues})
        assert decide_all(pack, frame, on=ON)["result"].to_list() == results
