"""演示梯度: windows, a list with thresholds, a request for a correction. All made up; national numbers stay empty."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from kechuang.core.parties.models import Mandate, Party
from kechuang.core.tiers.actions import set_threshold, set_window
from kechuang.core.tiers.models import Window
from kechuang.services.ladder.actions import ask_correction, enter_member, remove_member
from kechuang.services.ladder.certificates import entries

MADE_UP = "演示：虚构的日期，不是任何部门的通知"
DECISION = "示例科字〔{}〕{}号（演示）"
THRESHOLDS = (("revenue", 200_000_000), ("rd_hnte", 12_000_000), ("rd_staff_hnte", 60))
MEMBERS = 3


def load(now: datetime, progress: Callable[[str, int, int], None]) -> int:
    """Enter what is not there yet; returns how many."""
    if Window.objects.exists():
        return 0
    year = timezone.localtime(now).year
    _windows(year, now)
    for fact, value in THRESHOLDS:
        set_threshold(
            rung="leader",
            fact=fact,
            direction="least",
            value=Decimal(value),
            since=date(year, 1, 1),
            source="演示：虚构的门槛",
            by=None,
            now=now,
        )
    made = _members(year, now) + _correction(now)
    progress("ladder", made, made)
    return made


def _windows(year: int, now: datetime) -> None:
    sme = {"opens": date(year, 3, 2), "closes": date(year, 9, 30), "batches": [], "source": MADE_UP}
    days = [date(year, 5, 15), date(year, 7, 17), date(year, 9, 24)]
    hnte = {"opens": date(year, 4, 1), "closes": date(year, 12, 18), "batches": days, "source": MADE_UP}
    for rung, content in (("sme", sme), ("hnte", hnte)):
        set_window(rung=rung, year=year, content=content, by=None, now=now)


def _members(year: int, now: datetime) -> int:
    """Firms with an HNTE certificate, by a decision; one of them has left the list again."""
    firms = entries().filter(kind="hnte", party__fictional=True).order_by("party__name").values_list("party", flat=True)
    made = []
    for number, party in enumerate(Party.objects.filter(pk__in=list(firms)).order_by("name")[:MEMBERS], 1):
        since = date(year - 1, 6, 1)
        content = {"number": DECISION.format(year - 1, number), "granted_on": since, "valid_to": date(year + 2, 6, 1)}
        made.append(enter_member(party=party, rung="leader", valid_from=since, content=content, by=None, now=now))
    if len(made) == MEMBERS:
        remove_member(entry=made[-1], on=date(year, 3, 1), reason="演示：企业迁出", by=None, now=now)
    return len(made)


def _correction(now: datetime) -> int:
    held = Mandate.objects.filter(state=Mandate.State.ACTIVE, party__fictional=True, party__kind="enterprise")
    mandate = held.filter(party__in=entries().values("party")).select_related("party", "user").order_by("pk").first()
    if mandate is None:
        return 0
    text = "证书上的生效日期比登记的早三天，请照证书更正（演示）。"
    ask_correction(party=mandate.party, rung="hnte", text=text, by=mandate.user, now=now)
    return 1
