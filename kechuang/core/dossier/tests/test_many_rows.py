"""批量写入: what goes in as one document comes back as it was, on the models of the enterprise file."""

from datetime import UTC, date, datetime
from decimal import Decimal

from kechuang.core.dossier.models import Profile, YearReport
from kechuang.kit.bulk import insert
from tests.city import City

AT = datetime(2026, 11, 18, 1, 30, tzinfo=UTC)


def test_rows_go_in_with_every_type_as_it_was(city: City) -> None:
    kept, origins = {"rights": ["2026-11-18", 3]}, {"resident": ["enterprise", "“引号”\\n", None]}
    row = Profile(party=city.company, founded_on=date(2020, 2, 29), resident=False, kept=kept, origins=origins)
    row.disputed = ["scale", "a,b"]
    insert([row])
    found = Profile.objects.get()
    assert (found.founded_on, found.resident, found.state_owned) == (date(2020, 2, 29), False, None)
    assert (found.kept, found.origins, found.disputed) == (kept, origins, ["scale", "a,b"])


def test_what_is_there_gets_the_named_fields_and_keeps_the_others(city: City) -> None:
    for revenue, staff in (("9007199254740993.07", 3), ("5.50", 4)):
        row = YearReport(party=city.company, year=2025, source="tax", updated_at=AT, staff_sme=staff)
        row.revenue = Decimal(revenue)
        insert([row], unique=("party", "year", "source"), update=("revenue",))
        first = YearReport.objects.get()
        assert (first.revenue, first.staff_sme, first.updated_at) == (Decimal(revenue), 3, AT)
    insert([])
