"""切分条文: pasted drafts are cut where a reader would cut them, and an officer can correct the cut."""

from kechuang.services.consultations.models import Clause
from kechuang.services.consultations.splitting import joined, split


def test_articles_begin_a_clause_and_chapters_are_headings() -> None:
    pieces = split("第一章 总则\n第一条 目的。\n第二条 范围：\n（一）甲；\n（二）乙。\n第二章 支持\n第三条 金额。")
    assert [(p.number, p.label, p.chapter, p.text) for p in pieces] == [
        (1, "第一条", "第一章 总则", "第一条 目的。"),
        (2, "第二条", "第一章 总则", "第二条 范围：\n（一）甲；\n（二）乙。"),
        (3, "第三条", "第二章 支持", "第三条 金额。"),
    ]


def test_an_empty_line_cuts_and_its_removal_joins() -> None:
    assert [p.text for p in split("甲\n\n乙\n丙")] == ["甲", "乙\n丙"]
    assert [p.text for p in split("甲\n乙\n丙")] == ["甲\n乙\n丙"]


def test_text_without_articles_and_empty_lines_is_cut_at_its_numbers() -> None:
    assert [(p.label, p.text) for p in split("一、甲\n续行\n二、乙")] == [("一", "一、甲\n续行"), ("二", "二、乙")]
    assert [p.text for p in split("1.5 倍以内\n2.5 倍以上")] == ["1.5 倍以内\n2.5 倍以上"]


def test_what_was_cut_is_cut_in_the_same_way_again() -> None:
    pieces = split("第一章 总则\n第一条 甲。\n续。\n第二条 乙。\n第二章 附则\n第三条 丙。")
    assert split(joined((p.chapter, p.text) for p in pieces)) == pieces


def test_windows_line_ends_and_full_width_spaces_do_not_matter() -> None:
    assert [p.text for p in split("\u3000\u3000第一条 甲。\r\n\u3000\u3000第二条 乙。\r\n")] == [
        "第一条 甲。",
        "第二条 乙。",
    ]


def test_nothing_gives_nothing() -> None:
    assert split(" \n\n\u3000\n") == []


def test_under_its_number_a_clause_is_shown_without_it() -> None:
    assert Clause(number=1, label="第一条", text="第一条 目的。").body == "目的。"
    assert Clause(number=1, label="一", text="一、甲").body == "甲"
    assert Clause(number=1, label="", text="甲").body == "甲"
