"""整城 the whole city: fills the demo city up to the size that the sources give; used by bench/pages.py.

``fill`` adds enterprises with their files (as bench/city20k.py), people who act for them, officers, and cases of every
kind. A case is a copy of one of the demo city for another enterprise at an earlier time; four of five are over. The
white list is run and published by the actions themselves. Everything is drawn by seed and written in bulk: events are
as many as they would be, but make no chain.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import models

from bench.city20k import DISTRICTS, files
from kechuang.core.cases.models import Case
from kechuang.core.dossier.models import Consent, Dispute, IntegrityEntry, Qualification
from kechuang.core.parties.models import Mandate, Party, Post, User
from kechuang.kit.bulk import insert
from kechuang.services.credit import queries
from kechuang.services.research_centers.models import RollEntry

SLICE, STILL_OPEN, YEARS = 2000, 0.2, 2
# What was copied, its case, for whom, how much earlier.
Made = list[tuple[Any, Case, Party, timedelta]]
Subjects = list[tuple[int, int]]  # needs and offers


def copy(row: models.Model, **changes: Any) -> Any:
    """An unsaved copy of a row."""
    fields = [f for f in row._meta.concrete_fields if not f.primary_key and f.name not in changes]
    return type(row)(**{f.attname: getattr(row, f.attname) for f in fields} | changes)


def add(rows: Iterable[models.Model]) -> list[Any]:
    """Insert rows of one model; they get their numbers."""
    made = list(rows)
    return type(made[0])._default_manager.bulk_create(made, batch_size=SLICE) if made else []


class Builder:
    """建城: who is there, and copies of what the demo city has."""

    def __init__(self, now: datetime, seed: int) -> None:
        self.now, self.dice = now, Random(seed)
        self.parties: list[Party] = []
        self.admins: dict[int, int] = {}
        self.officers: dict[str, list[int]] = {}
        for post in Post.objects.filter(role=Post.Role.OFFICER, until=None):
            self.officers.setdefault(post.district, []).append(post.user_id)

    # --- enterprises and people

    def enterprises(self, count: int) -> None:
        """Enterprises with files, certificates, disputes, decisions; a third of them with somebody who acts."""
        new = [
            Party(
                kind="enterprise",
                name=f"示例企业{n:06d}",
                uscc=f"91370200MB{n:08d}",
                district=self.dice.choice(DISTRICTS),
                industries=self.dice.sample(["ai", "green-energy", "smart-equipment"], 1),
                created_at=self.now - timedelta(days=self.dice.randrange(900)),
                verified_at=self.now if self.dice.random() > 0.03 else None,
                fictional=True,
            )
            for n in range(count)
        ]
        insert(new)
        self.parties = list(Party.objects.filter(name__startswith="示例企业", uscc__startswith="91370200MB"))
        files(self.dice, [party.pk for party in self.parties])
        self._certificates()
        self._troubles()

    def _certificates(self) -> None:
        entered: dict[str, Any] = {"source": "national", "entered_at": self.now}
        rows = []
        for kind, share in (("sme", 0.4), ("innovative", 0.1), ("leader", 0.003)):
            for party in self.dice.sample(self.parties, int(len(self.parties) * share)):
                start = self.now.date() - timedelta(days=self.dice.randrange(30, 800))
                until = start + timedelta(days=365 if kind == "sme" else 1095)
                number = f"示例{kind}{party.pk}"
                rows.append(
                    Qualification(
                        party_id=party.pk, kind=kind, number=number, valid_from=start, valid_to=until, **entered
                    )
                )
        insert(rows)

    def _troubles(self) -> None:
        chosen = self.dice.sample(self.parties, 4500)
        officer = self.officers[""][0]
        insert(
            [
                Dispute(
                    party_id=party.pk,
                    year=2025,
                    field="rd_hnte",
                    values={"enterprise": "100000", "tax": "90000"},
                    opened_at=self.now - timedelta(days=n % 300),
                    settled_at=self.now if n > 1500 else None,
                    settled_by_id=officer if n > 1500 else None,
                    chosen="tax" if n > 1500 else "",
                )
                for n, party in enumerate(chosen)
            ]
        )
        day = self.now.date()
        insert(
            [
                IntegrityEntry(
                    party_id=party.pk,
                    act="other",
                    measures="示例措施（虚构）",
                    found_on=day - timedelta(days=400),
                    start=day - timedelta(days=300),
                    until=day + timedelta(days=200 if n % 3 == 0 else -100),
                    decision=f"示例信用〔0000〕{n}号（虚构）",
                    source="示例主管部门（虚构）",
                    entered_at=self.now,
                )
                for n, party in enumerate(chosen[:300])
            ]
        )
        year = self.now.year
        insert(
            [
                RollEntry(party_id=party.pk, year=year, source="示例名录（虚构）", entered_at=self.now)
                for party in self.parties[:8000]
            ]
        )

    def people(self, count: int, officers: int) -> None:
        """Administrators of enterprises, officers of districts, consents to banks."""
        chosen = self.dice.sample(self.parties, count)
        made = add(User(username=f"bench{n}", email=f"bench{n}@bench.example", name=f"示例{n}") for n in range(count))
        given: dict[str, Any] = {"role": "admin", "state": "active", "requested_at": self.now, "decided_at": self.now}
        add(Mandate(user=user, party=party, **given) for user, party in zip(made, chosen, strict=True))
        self.parties, self.admins = chosen, {p.pk: u.pk for p, u in zip(chosen, made, strict=True)}
        staff = add(
            User(username=f"staff{n}", email=f"staff{n}@bench.example", name=f"示例科员{n}") for n in range(officers)
        )
        for n, user in enumerate(staff):
            district = DISTRICTS[n % len(DISTRICTS)]
            Post.objects.create(user=user, role=Post.Role.OFFICER, district=district, since=self.now)
            self.officers.setdefault(district, []).append(user.pk)
        day = self.now.date()
        add(
            Consent(
                party=party,
                to_role=Post.Role.FINANCIER,
                groups=list(queries.PARTS),
                since=day - timedelta(days=30),
                until=day + timedelta(days=300),
                purpose="科技信贷白名单（演示）",
                given_at=self.now,
                given_by_id=self.admins[party.pk],
            )
            for party in chosen[:3000]
        )

    # --- cases

    def cases(
        self, of: Iterable[Any], count: int, parties: list[Party] | None = None, subjects: Subjects | None = None
    ) -> Made:
        """Copies of the cases of these rows (or of these cases) for other parties, about these needs and offers."""
        rows = [row for row in of if _case(row).service]
        going = [row for row in rows if _case(row).owner]
        over = [row for row in rows if not _case(row).owner]
        members = dict(Mandate.objects.filter(state="active").values_list("user", "party"))
        whom = parties or [self.parties[n % len(self.parties)] for n in range(count)]
        made: Made = []
        for n, party in enumerate(whom[:count]):
            row = self.dice.choice((going if self.dice.random() < STILL_OPEN else over) or rows)
            ago = timedelta(days=self.dice.randrange(1, 20 if _case(row).owner else 365 * YEARS))
            case = self._case(_case(row), party, ago, members)
            if subjects is not None:
                case.need_id, case.offer_id = subjects[n]
            made.append((row, case, party, ago))
        add(case for _row, case, _party, _ago in made)
        return made

    def _case(self, case: Case, party: Party, ago: timedelta, members: dict[int, int]) -> Case:
        changes: dict[str, Any] = {"applicant_id": party.pk, "district": party.district, "since": case.since - ago}
        changes |= {"opened_at": case.opened_at - ago, "due_on": case.due_on - ago if case.due_on else None}
        changes["touched_at"] = case.touched_at - ago if case.touched_at else None
        if case.assignee_id in members:
            changes["assignee_id"] = self.admins.get(party.pk, case.assignee_id)
        elif case.assignee_id is not None:
            changes["assignee_id"] = self.dice.choice(self.officers.get(party.district) or self.officers[""])
        found: Case = copy(case, **changes)
        return found


def _case(row: Any) -> Case:
    found: Case = row if isinstance(row, Case) else row.case
    return found
