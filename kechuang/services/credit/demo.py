"""演示白名单: two published versions, a draft that waits, consents, an appeal, a firm that a decision took out.

Everything is fictional: decisions, firms and results follow from the made-up files of the demo city.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from kechuang.core.dossier.consents import give_consent
from kechuang.core.dossier.integrity import enter_integrity
from kechuang.core.dossier.models import Consent, Qualification
from kechuang.core.parties.models import Mandate, Party, Post, User
from kechuang.core.parties.queries import officers
from kechuang.services.credit import appeals, queries, runs
from kechuang.services.credit.clock import tick
from kechuang.services.credit.models import CreditList, Entry

AFTER = ("dossiers",)
FIRST, SECOND = 75, 6  # days ago
APPELLANT, CONSENTING = "e24.admin@demo.example", ("e20.admin@demo.example", "platform12@demo.example")
DECISION = "示例信用〔0000〕3号（虚构）"
TEXT = "本单位的科技型中小企业登记已经通过，正在补录到企业档案，请重新判断（演示，内容虚构）。"


def load(now: datetime, progress: Callable[[str, int, int], None]) -> int:
    """Run the versions where there are none yet; returns how many."""
    people = User.objects.filter(pk__in=officers("").filter(district="").values("user")).order_by("pk")[:2]
    rule = queries.rule_on((now - timedelta(days=FIRST)).date())
    if CreditList.objects.exists() or len(people) < 2 or rule is None:
        return 0
    first, second = people
    _version(first, second, now - timedelta(days=FIRST), "年中一版（演示）")
    published = _version(second, first, now - timedelta(days=SECOND), "年度更新（演示）")
    _consents(now)
    _appeal(published, now - timedelta(days=2))
    _decision(published, first, now)
    tick(now=now)
    _qualify_one(published, now)
    runs.run(on=now.date(), months=queries.months(), note="待审定（演示）", by=first, now=now)
    progress("credit", 3, 3)
    return 3


def _version(author: User, approver: User, at: datetime, note: str) -> CreditList:
    made = runs.run(on=at.date(), months=queries.months(), note=note, by=author, now=at)
    return runs.publish(credit_list=made, by=approver, now=at + timedelta(hours=3))


def _admin(email: str) -> Mandate | None:
    rows = Mandate.objects.filter(user__email=email, state=Mandate.State.ACTIVE)
    return rows.select_related("user", "party").first()


def _consents(now: datetime) -> None:
    """The firms with administrators consent through the action; others of the demo as if theirs had done so."""
    since, until = now.date() - timedelta(days=SECOND), now.date() + timedelta(days=170)
    for email in CONSENTING:
        if (held := _admin(email)) is not None and held.party.kind == "enterprise":
            give_consent(
                party=held.party,
                to_party=None,
                to_role=Post.Role.FINANCIER,
                groups=queries.PARTS,
                since=since,
                until=until,
                purpose="科技信贷白名单（演示）",
                by=held.user,
                now=now,
            )
    _as_if(now, since, until)


def _as_if(now: datetime, since: date, until: date) -> None:
    giver = User.objects.filter(email=CONSENTING[0]).first()
    if giver is None:
        return
    known = Consent.objects.filter(groups__contains=queries.PARTS).values("party")
    rows = Party.objects.filter(fictional=True, credit_entries__group=Entry.Group.IN).exclude(pk__in=known)
    for party in rows.distinct().order_by("pk")[:8]:
        Consent.objects.create(
            party=party,
            to_role=Post.Role.FINANCIER,
            groups=queries.PARTS,
            since=since,
            until=until,
            purpose="科技信贷白名单（演示）",
            given_at=now,
            given_by=giver,
        )


def _appeal(published: CreditList, at: datetime) -> None:
    held = _admin(APPELLANT)
    entry = Entry.objects.filter(edition=published, party=held.party).first() if held is not None else None
    if held is not None and entry is not None and entry.group != Entry.Group.IN:
        appeals.appeal(entry=entry, text=TEXT, by=held.user, now=at)


def _decision(published: CreditList, officer: User, now: datetime) -> None:
    """A made-up decision about a firm that nobody of the demo acts for."""
    acting = Mandate.objects.filter(state=Mandate.State.ACTIVE).values("party")
    rows = Entry.objects.filter(edition=published, group=Entry.Group.IN).exclude(party__in=acting)
    entry = rows.select_related("party").order_by("pk").last()
    if entry is None:
        return
    content: dict[str, Any] = {
        "act": "other",
        "measures": "一年内不列入白名单（虚构）",
        "found_on": now.date() - timedelta(days=3),
        "start": now.date() - timedelta(days=1),
        "until": now.date() + timedelta(days=364),
        "decision": DECISION,
        "source": "示例主管部门（虚构）",
    }
    enter_integrity(subject=entry.party, content=content, by=officer, now=now)


def _qualify_one(published: CreditList, now: datetime) -> None:
    """Since the last version one qualification has ended, so that the draft shows who leaves."""
    acting = Mandate.objects.filter(state=Mandate.State.ACTIVE).values("party")
    entry = queries.standing(published, now.date()).exclude(party__in=acting).order_by("pk").first()
    if entry is not None:
        rows = Qualification.objects.filter(party=entry.party_id, revoked_on=None)
        rows.update(revoked_on=now.date() - timedelta(days=1), revoked_for="示例撤销（虚构）")
