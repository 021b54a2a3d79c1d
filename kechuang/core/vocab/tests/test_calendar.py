"""工作日历: loading a pack's holidays."""

from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from kechuang.core.vocab.calendar import calendar, load_calendar, loaded_years
from kechuang.core.vocab.models import CalendarDay
from kechuang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
PACK = settings.PACKS_DIR / "national" / "calendar.toml"


def test_the_nations_holidays_and_make_up_days_count() -> None:
    load_calendar(path=PACK)
    assert calendar().after(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert calendar().after(date(2026, 10, 8), 2) == date(2026, 10, 10)
    assert calendar().covers(date(2026, 1, 1))
    assert not calendar().covers(date(2027, 1, 1))


def test_the_page_lists_the_holidays_of_a_year_by_their_first_day_off() -> None:
    load_calendar(path=PACK)
    for year in loaded_years():
        first = [holiday.days[0] for holiday in year.holidays]
        assert first == sorted(first)


def test_loading_twice_changes_nothing() -> None:
    assert load_calendar(path=PACK) == load_calendar(path=PACK) == CalendarDay.objects.count()


@pytest.mark.parametrize(
    "entry",
    [
        '{ name = "元旦", from = 2026-01-01, to = 2026-01-03 }, { name = "元旦", from = 2026-01-03, to = 2026-01-04 }',
        '{ name = "元旦", from = 2026-01-03, to = 2026-01-01 }',
        '{ name = "元旦" }',
        '{ name = "元旦", from = 2025-12-31, to = 2026-01-01 }',
    ],
)
def test_a_wrong_entry_is_refused_by_name_and_changes_nothing(tmp_path: Path, entry: str) -> None:
    load_calendar(path=PACK)
    before = CalendarDay.objects.count()
    wrong = tmp_path / "calendar.toml"
    wrong.write_text(f'[[year]]\nyear = 2026\nsource = "x"\ntext_status = "ours"\ndays = [{entry}]', "utf-8")
    with pytest.raises(Refusal, match=r"calendar\.toml 2026 年"):
        load_calendar(path=wrong)
    assert CalendarDay.objects.count() == before
