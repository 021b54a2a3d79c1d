"""演示城市 demo: loads a pack's fictional city through the forms and actions of the product."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction

from kechuang.core.cases.actions import attach, open_case
from kechuang.core.cases.models import Case
from kechuang.core.market.actions import create_listing, hand_in, months_later, publish
from kechuang.core.market.kinds import listing_kind
from kechuang.core.market.models import Need
from kechuang.core.parties.actions import appoint, register_party
from kechuang.core.parties.models import Mandate, Party, User
from kechuang.core.parties.queries import party_by_code
from kechuang.core.taskforces.loading import load_teams
from kechuang.web.demo_sheets import sheet

Progress = Callable[[str, int, int], None]
Row = dict[str, Any]

# How a demo file names what the form calls otherwise.
RENAMED = {"name": "title", "contact_title": "contact"}
OWNER_KEYS = ("owner", "asker", "lead", "employer")
FILES = (("platforms", "platforms*.jsonl"), ("brokers", "brokers*.jsonl"))
LISTED = (("achievements", "achievements*.jsonl"), ("needs", "needs*.jsonl"))
ROLE_POSTS = {
    "broker": ("broker", False),
    "officer_city": ("officer", False),
    "officer_district": ("officer", True),
    "platform_head": ("platform_head", False),
    "expert": ("expert", False),
    "financier": ("financier", False),
}
# So many of the newest wait for review, so that the desks have something to do.
WAITING = {"achievements": 2, "needs": 5}
SPREAD_DAYS = 150  # over which the publications of the demo are spread


def read_rows(folder: Path, pattern: str) -> Iterator[Row]:
    """The JSON lines of all files of a folder that fit the pattern, in the order of their names."""
    for path in sorted(folder.glob(pattern)):
        for line in path.read_text("utf-8").splitlines():
            if line.strip():
                yield json.loads(line)


@dataclass
class DemoCity:
    """演示城市: loads a folder of demo data at a given time; running it again adds only what is missing."""

    folder: Path
    now: datetime
    progress: Progress
    parties: dict[str, Party] = field(default_factory=dict)

    def load(self) -> dict[str, int]:
        """Load everything; returns how many records were new, by file."""
        made = {"organisations": self._organisations(), "people": self._people()}
        for service, pattern in (*FILES, *LISTED):
            made[service] = self.listings(service, list(read_rows(self.folder, pattern)))
        teams = self.folder / "taskforces.jsonl"
        if teams.exists():
            made["taskforces"] = load_teams(path=teams, now=self.now, fictional=True)
        return made

    def load_rows(self) -> dict[str, int]:
        """What rows bring of their own, once everything is searchable: ``load(now, progress)`` in their ``demo.py``.

        A row that rests on what another brings says so there: ``AFTER = ("dossiers",)``.
        """
        names = [f"kechuang.services.{name}.demo" for name in settings.SERVICES]
        rows = {name.split(".")[-2]: import_module(name) for name in names if find_spec(name)}
        order = sorted(rows, key=lambda name: (len(getattr(rows[name], "AFTER", ())), name))
        return {name: rows[name].load(self.now, self.progress) for name in order}

    def _organisations(self) -> int:
        made = 0
        for row in read_rows(self.folder, "organisations.jsonl"):
            party = party_by_code(row["uscc"])
            if party is None:
                made += 1
                party = register_party(
                    kind=row["kind"],
                    name=row["name"],
                    uscc=row["uscc"],
                    district=row["district"],
                    industries=row["industries"],
                    intro=row["intro"],
                    fictional=True,
                    verified_at=self.now,
                    by=None,
                    now=self.now,
                )
            self.parties[row["key"]] = party
        return made

    def _people(self) -> int:
        made = 0
        for row in read_rows(self.folder, "people.jsonl"):
            user, new = User.objects.get_or_create(
                email=row["email"], defaults={"username": row["email"], "name": row["name"], "password": "!"}
            )
            made += new
            EmailAddress.objects.get_or_create(
                user=user, email=user.email, defaults={"verified": True, "primary": True}
            )
            self._give_roles(user, row)
        return made

    @transaction.atomic
    def _give_roles(self, user: User, row: Row) -> None:
        if not row["org"]:  # the public
            return
        party = self.parties[row["org"]]
        if row["mandate"]:
            Mandate.objects.get_or_create(
                user=user,
                party=party,
                defaults={
                    "role": row["mandate"],
                    "state": Mandate.State.ACTIVE,
                    "requested_at": self.now,
                    "decided_at": self.now,
                },
            )
        if row["role"] in ROLE_POSTS:
            role, local = ROLE_POSTS[row["role"]]
            appoint(
                user=user,
                role=role,
                district=row["district"] if local else "",
                party=party if role in ("platform_head", "financier") else None,
                by=None,
                now=self.now,
            )

    def listings(self, service: str, rows: list[Row]) -> int:
        """Enter the rows that are not there yet, published but for the last few; returns how many."""
        model = listing_kind(service).model
        there = set(model._default_manager.filter(fictional=True).values_list("code", flat=True))
        missing = [row for row in rows if row["code"] not in there]
        waiting = {row["code"] for row in rows[len(rows) - WAITING.get(service, 0) :]}
        for number, row in enumerate(missing, 1):
            at = self.now - timedelta(days=SPREAD_DAYS * (1 - number / len(missing)), hours=number % 9)
            self._enter(service, row, at, waits=row["code"] in waiting)
            self.progress(service, number, len(missing))
        return len(missing)

    @transaction.atomic
    def _enter(self, service: str, row: Row, at: datetime, *, waits: bool) -> None:
        kind = listing_kind(service)
        party = self.parties[next(row[key] for key in OWNER_KEYS if key in row)]
        form = kind.form(self._content(service, row, party))
        if not form.is_valid():
            raise ValueError(f"{row['code']}: {form.errors.as_json()}")
        content = form.cleaned_data
        listing = create_listing(service=service, party=party, content=content, by=None, now=at, fictional=True)
        link = {"need": listing} if isinstance(listing, Need) else {"offer": listing}
        state = "submitted" if waits else "published"
        case = open_case(
            service=service, applicant=party, by=None, now=at, district=listing.district, state=state, **link
        )
        if waits:
            hand_in(listing=listing, now=at)
        else:
            publish(listing=listing, by=None, now=at)
        self._attach(case, row.get("materials", ()), at)

    def _attach(self, case: Case, given: Iterable[Row], at: datetime) -> None:
        """Materials by tier, handed in by one of the party's people."""
        held = Mandate.objects.filter(party=case.applicant, state=Mandate.State.ACTIVE).select_related("user").first()
        if held is None:  # nobody of the demo acts for this party
            return
        for row in given:
            label = row["label"]
            data = [sheet(label, row["text"])]
            attach(case=case, name=f"{label}.pdf", chunks=data, label=label, tier=row["tier"], by=held.user, now=at)

    def _content(self, service: str, row: Row, party: Party) -> Row:
        content = {RENAMED.get(k, k): v for k, v in row.items() if k not in OWNER_KEYS}
        if service == "brokers":
            content["industry"] = content.pop("specialties", [])
            content["districts"] = content.pop("district", [])
            content["district"] = party.district
        if months := content.pop("deadline_months", None):
            content["deadline_on"] = months_later(self.now.date(), months).isoformat()
        return content
