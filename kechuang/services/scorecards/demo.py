"""演示评价: two fictional owners, last year published, this year under way in every state.

Firms, owners and results are made up; the figures come from the made-up files of the demo city.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from kechuang.core.cases.actions import advance
from kechuang.core.cases.models import Case
from kechuang.core.dossier.actions import report
from kechuang.core.dossier.facts import last_full_year
from kechuang.core.parties.models import Mandate, Party, User
from kechuang.core.parties.queries import officers
from kechuang.services.scorecards import actions, owners, queries, rounds, scoring
from kechuang.services.scorecards.models import Card, Owner, Round
from kechuang.web.demo import read_rows

AFTER = ("dossiers", "policies")
CITY = ("示例市级出资人（虚构）", "", ("e20", "e23", "e25", "e26", "e29", "e34", "e46"))
DISTRICT = ("示例胶州市出资人（虚构）", "370281", ("e28", "e35", "e41"))
BY_HAND = "演示：缺少数据，按最低分评定（虚构）。"
ELEMENTS = "向民营企业开放示例中试线和示例应用场景（演示，内容虚构）。"


def load(now: datetime, progress: Callable[[str, int, int], None]) -> int:
    """Enter owners and rounds where there are none yet; returns how many rounds."""
    city = User.objects.filter(pk__in=officers("").filter(district="").values("user")).order_by("pk").first()
    local = User.objects.filter(pk__in=officers("370281").filter(district="370281").values("user")).first()
    if Owner.objects.exists() or city is None or local is None or not queries.sets("", now.date()):
        return 0
    made = 0
    for (name, district, keys), officer in ((CITY, city), (DISTRICT, local)):
        firms = _firms(keys, now)
        if not firms:
            continue
        owner = owners.add_owner(name=name, district=district, by=officer, now=now - timedelta(days=60))
        for firm in firms:
            owners.add_firm(owner=owner, uscc=str(firm.uscc), by=officer, now=now - timedelta(days=60))
        last = last_full_year(now)
        _published(owner, last - 1, officer, now - timedelta(days=50))
        if not district:
            _under_way(owner, last, officer, now - timedelta(days=4))
        made += 1 if district else 2
    progress("scorecards", made, made)
    return made


def _firms(keys: tuple[str, ...], now: datetime) -> list[Party]:
    folder = settings.PACKS_DIR / settings.REGION / "demo"
    codes = [row["uscc"] for row in read_rows(folder, "organisations.jsonl") if row["key"] in keys]
    firms = list(Party.objects.filter(uscc__in=codes, fictional=True).order_by("pk"))
    for firm in firms:
        report(party=firm, values={0: {"state_owned": True}}, by=None, now=now - timedelta(days=61))
    return firms


def _person(card: Card) -> User | None:
    held = Mandate.objects.filter(party=card.party, state=Mandate.State.ACTIVE).select_related("user").first()
    return held.user if held is not None else None


def _cards(found: Round) -> list[Card]:
    return list(Card.objects.filter(round=found).select_related("case", "party").order_by("pk"))


def _published(owner: Owner, year: int, officer: User, at: datetime) -> None:
    found = rounds.open_round(owner=owner, year=year, deadline=at.date() + timedelta(days=10), by=officer, now=at)
    for card in _cards(found):
        _judge(card, at + timedelta(days=12))
        _assess(card, officer, at + timedelta(days=14))
    rounds.publish(found=found, by=officer, now=at + timedelta(days=20))


def _judge(card: Card, at: datetime) -> None:
    """The firm confirms where somebody of the demo acts for it; else the deadline passes."""
    user = _person(card)
    if user is None:
        advance(case=Case.objects.get(pk=card.case_id), step="overdue", by=None, now=at, quiet=True)
        return
    rows = queries.stated(card)
    why = {row.fact.code: "演示：统计口径调整，暂缺（虚构）。" for row in rows if row.value is None}
    actions.confirm(card=card, seen=queries.seen_of(rows), explanations=why, elements=ELEMENTS, by=user, now=at)


def _assess(card: Card, officer: User, at: datetime) -> None:
    row = Card.objects.select_related("case", "verdict__version").get(pk=card.pk)
    if row.verdict is None:
        return
    open_ = scoring.open_items(queries.again(row.verdict))
    settled: dict[str, int] = {one.item.code: one.low for one in open_}
    remarks: dict[str, Any] = dict.fromkeys(settled, BY_HAND)
    actions.review(card=row, settled=settled, remarks=remarks, by=officer, now=at)


def _under_way(owner: Owner, year: int, officer: User, at: datetime) -> None:
    """One reviewed, one confirmed, one returned; the rest have not answered."""
    found = rounds.open_round(owner=owner, year=year, deadline=at.date() + timedelta(days=25), by=officer, now=at)
    waiting = [card for card in _cards(found) if _person(card) is None]
    for number, card in enumerate(waiting[:3]):
        advance(case=Case.objects.get(pk=card.case_id), step="overdue", by=None, now=at + timedelta(days=1), quiet=True)
        if number == 0:
            _assess(card, officer, at + timedelta(days=2))
        elif number == 1:
            note = "请核对研发费用口径（演示，内容虚构）。"
            advance(
                case=Case.objects.get(pk=card.case_id), step="return", by=officer, now=at + timedelta(days=2), note=note
            )
