"""认定测试台: a company whose file makes it a technology SME, the real rules, an open window, officers."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings

from kechuang.core.cases.actions import advance
from kechuang.core.cases.models import Case
from kechuang.core.dossier.actions import declare_kept, report
from kechuang.core.dossier.entries import add_entry
from kechuang.core.parties.actions import appoint
from kechuang.core.parties.models import Party, User
from kechuang.core.policy.loading import load_policies
from kechuang.core.publicity.clock import end_notices
from kechuang.core.tiers.actions import set_window
from kechuang.core.tiers.ladder import Rung
from kechuang.services.recognition import actions, deciding, queries
from kechuang.services.recognition.models import Application
from tests.city import NOW, City, person

AFTER = NOW + timedelta(days=15)  # ten working days of notice are over
NUMBER = "20263702810A000001"
PROFILE = {
    "resident": True,
    "scale": "small",
    "industry_permitted": True,
    "no_accident": True,
    "not_abnormal": True,
    "core_field": True,
    "founded_on": date(2015, 5, 1),
}
LISTS = ("rights", "awards", "standards", "research", "qualifications")


def fill_file(party: Party, by: Any, last: int = 2025, now: datetime = NOW) -> None:
    """100 staff, 22 researchers, revenue 100 million, R&D 4.5 %, three class II rights: 12 + 30 + 18 = 60."""
    revenue = Decimal(100_000_000)
    year = {
        "staff_sme": 100,
        "rd_staff_sme": 22,
        "staff_hnte": 98,
        "rd_staff_hnte": 22,
        "revenue": revenue,
        "main_revenue": revenue * Decimal("0.96"),
        "total_income": revenue,
        "hightech_income": revenue * Decimal("0.7"),
        "cost": revenue * Decimal("0.9"),
        "assets": revenue * Decimal("0.8"),
        "liabilities": revenue * Decimal("0.3"),
        "rd_sme": revenue * Decimal("0.045"),
        "rd_hnte": revenue * Decimal("0.05"),
        "rd_hnte_domestic": revenue * Decimal("0.05"),
        "conversions": 5,
    }
    values = {0: PROFILE} | dict.fromkeys((last, last - 1, last - 2), year)
    report(party=party, values=values, by=by, now=now)
    for n in range(3):
        right = {"kind": "utility", "title": f"一种示例夹具{n}", "obtained": "own", "main_product": True, "core": not n}
        add_entry(party=party, held="rights", content=right, by=by, now=now)
    for held in LISTS:
        declare_kept(party=party, held=held, kept=True, by=by, now=now)


def load_rules() -> None:
    """The rules of the nation."""
    load_policies(folder=settings.PACKS_DIR / "national", now=NOW)


def open_window(rung: str, opens: date = date(2026, 11, 1), closes: date | None = date(2026, 12, 31)) -> None:
    """A campaign as announced."""
    content: dict[str, Any] = {"opens": opens, "closes": closes, "batches": [], "source": "示例通知〔2026〕1号"}
    set_window(rung=rung, year=2026, content=content, by=None, now=NOW)


@dataclass
class Desk:
    """The people and things of an application."""

    city: City
    second: User

    def rung(self, code: str = "sme") -> Rung:
        found = queries.rung_of(code)
        assert found is not None
        return found

    def draft(self, code: str = "sme") -> Application:
        return actions.start(party=self.city.company, rung=self.rung(code), by=self.city.engineer, now=NOW)

    def step(self, row: Application, name: str, by: Any, now: datetime = NOW, **said: Any) -> Application:
        advance(case=Case.objects.get(pk=row.case_id), step=name, by=by, now=now, **said)
        return Application.objects.get(pk=row.pk)

    def submitted(self, code: str = "sme") -> Application:
        return self.step(self.draft(code), "submit", self.city.engineer)

    def checked(self, code: str = "sme") -> Application:
        return self.step(self.submitted(code), "check", self.city.district_officer)

    def on_notice(self, code: str = "sme") -> Application:
        return self.step(self.checked(code), "recommend", self.city.officer)

    def noticed(self, code: str = "sme") -> Application:
        row = self.on_notice(code)
        end_notices(now=AFTER)
        return Application.objects.get(pk=row.pk)

    def sent(self, code: str = "sme") -> Application:
        row = self.noticed(code)
        actions.send_batch(rung=self.rung(code), numbers=[row.pk], by=self.second, now=AFTER)
        return Application.objects.get(pk=row.pk)

    def recognised(self, code: str = "sme", number: str = NUMBER) -> Application:
        return self.told(self.sent(code), number)[0]

    def told(self, row: Application, number: str, **more: Any) -> tuple[Application, str]:
        outcome = deciding.Outcome(
            **{"number": number, "granted_on": AFTER.date(), "announcement": "示例公告1号", **more}
        )
        return deciding.record_outcome(application=row, outcome=outcome, by=self.second, now=AFTER)


def desk(city: City) -> Desk:
    """The company's file filled in, the windows of 科小 and 高企 open, a second officer of the city."""
    load_rules()
    fill_file(city.company, city.engineer)
    for code in ("sme", "hnte"):
        open_window(code)
    second = person("second")
    appoint(user=second, role="officer", by=None, now=NOW)
    return Desk(city, second)
