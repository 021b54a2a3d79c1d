"""日历文件: what a calendar program would read."""

from datetime import UTC, datetime, timedelta, timezone

from kechuang.kit.ical import calendar_file

NOW = datetime(2026, 11, 18, 1, 30, tzinfo=UTC)
CHINA = timezone(timedelta(hours=8))


def event(**changes: str) -> str:
    start = datetime(2026, 12, 1, 14, 0, tzinfo=CHINA)
    given = {"uid": "a-1@example", "title": "对接会", "place": "示例大厦 3 楼", "text": "自带样品"} | changes
    return calendar_file(start=start, end=start + timedelta(hours=2), now=NOW, **given).decode()


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def test_times_are_given_in_utc() -> None:
    lines = unfolded(event())
    assert "DTSTART:20261201T060000Z" in lines
    assert "DTEND:20261201T080000Z" in lines


def test_commas_semicolons_backslashes_and_line_breaks_are_escaped() -> None:
    lines = unfolded(event(title="甲,乙;丙\\丁\r\nEND:VEVENT"))
    assert "SUMMARY:甲\\,乙\\;丙\\\\丁\\nEND:VEVENT" in lines
    assert lines.count("END:VEVENT") == 1


def test_no_line_is_longer_than_75_octets_and_no_character_is_cut() -> None:
    long = "海边的薄膜光伏板进水汽发黄" * 20
    text = event(text=long)
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert f"DESCRIPTION:{long}" in unfolded(text)
