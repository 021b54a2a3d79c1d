"""文字对照: nothing of either text is lost, and what changed is marked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.kit.diff import compare


@pytest.mark.parametrize(
    ("before", "after", "left", "right"),
    [
        ("", "", [], []),
        ("水汽进了胶封。", "水汽进了胶封。", [("水汽进了胶封。", False)], [("水汽进了胶封。", False)]),
        ("", "新。", [], [("新。", True)]),
        (
            "功率掉三成。胶封不住。",
            "功率掉两成。胶封不住。",
            [("功率掉", False), ("三", True), ("成。胶封不住。", False)],
            [("功率掉", False), ("两", True), ("成。胶封不住。", False)],
        ),
        ("完全不同的一句", "另外写过的话", [("完全不同的一句", True)], [("另外写过的话", True)]),
    ],
)
def test_what_went_and_what_came(before: str, after: str, left: list[object], right: list[object]) -> None:
    assert compare(before, after) == (left, right)


@given(st.text(alphabet="水汽进了。；\n ab", max_size=60), st.text(alphabet="水汽进了。；\n ab", max_size=60))
def test_both_texts_come_back_whole(before: str, after: str) -> None:
    left, right = compare(before, after)
    assert "".join(t for t, _ in left) == before
    assert "".join(t for t, _ in right) == after
