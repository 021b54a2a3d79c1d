"""整城的办件 cases of the whole city: visits, claims, applications, introductions, and what lies behind the figures."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from time import perf_counter
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from bench.full.city import Builder, Made, add, copy
from kechuang.core.alerts.models import SavedSearch
from kechuang.core.audit.models import Event
from kechuang.core.cases.models import Case, Contact, Satisfaction
from kechuang.core.ledger.models import BudgetLine, Commitment, PaymentOrder
from kechuang.core.market.models import DayViews, Need, Offer
from kechuang.core.matching.models import Judgement
from kechuang.core.notices.models import Notice
from kechuang.core.parties.models import User
from kechuang.core.publicity.models import PublicNotice
from kechuang.kit.bulk import insert
from kechuang.services.benefits.models import Benefit
from kechuang.services.consultations.models import Comment
from kechuang.services.credit import queries, runs
from kechuang.services.introductions.models import Introduction
from kechuang.services.pairings.models import Pairing
from kechuang.services.recognition.models import Application
from kechuang.services.research_centers.models import Activity, Center
from kechuang.services.visits.models import Problem, Visit

SIZES = {
    "enterprises": 20_000,
    "people": 6_000,
    "officers": 40,
    "visits": 20_000,
    "problems": 6_000,
    "benefits": 6_000,
    "recognition": 6_000,
    "centers": 1_500,
    "introductions": 3_000,
    "pairings": 800,
    "ladder": 500,
    "policies": 1_000,
    "comments": 2_000,
    "notices": 60_000,
    "events": 300_000,
    "searches": 4_000,
    "views": 100_000,
    "judgements": 5_000,
}


class Cases(Builder):
    """办件: copies of the cases of the demo city with what hangs on them."""

    def visits(self, count: int, problems: int) -> None:
        """Visits, and problems raised in some of them."""
        of = Visit.objects.select_related("case")
        made = self.cases(of, count)
        rows = add(
            copy(
                row,
                case=case,
                party=party,
                form_key=None,
                planned_on=row.planned_on - ago,
                visited_on=row.visited_on - ago if row.visited_on else None,
            )
            for row, case, party, ago in made
        )
        held = [(row, party) for row, (_m, _c, party, _a) in zip(rows, made, strict=True) if row.visited_on][:problems]
        raised = self.cases(Problem.objects.select_related("case"), len(held), [party for _row, party in held])
        add(
            copy(row, case=case, visit=visit, need_key=None)
            for (row, case, _party, _ago), (visit, _p) in zip(raised, held, strict=True)
        )

    def benefits(self, count: int) -> None:
        """Claims with verdicts, public notices, and the money reserved and ordered."""
        made = self.cases(Benefit.objects.select_related("case", "verdict"), count)
        BudgetLine.objects.update(amount=F("amount") * 1000)
        verdicts = add(
            copy(row.verdict, party_id=party.pk, at=row.verdict.at - ago) for row, _c, party, ago in made if row.verdict
        )
        following = iter(verdicts)
        rows = add(
            copy(
                row,
                case=case,
                party_id=party.pk,
                run_id=None,
                form_key=None,
                item=f"示例{n}",
                verdict=next(following) if row.verdict else None,
            )
            for n, (row, case, party, _ago) in enumerate(made)
        )
        self._notices(made)
        held = {c.reason: c for c in Commitment.objects.all()}
        orders = {o.reason: o for o in PaymentOrder.objects.filter(entry=None, replaces=None)}
        pairs = [(old[0], new) for old, new in zip(made, rows, strict=True) if old[0].reason in held]
        reserved = add(copy(held[old.reason], reason=new.reason, party_id=new.party_id) for old, new in pairs)
        add(
            copy(orders[old.reason], reason=new.reason, payee_id=new.party_id, commitment=commitment)
            for (old, new), commitment in zip(pairs, reserved, strict=True)
            if old.reason in orders
        )

    def _notices(self, made: Made) -> None:
        shown = {notice.case_id: notice for notice in PublicNotice.objects.all()}
        add(copy(shown[row.case_id], case=case) for row, case, _party, _ago in made if row.case_id in shown)

    def recognition(self, count: int) -> None:
        """Applications for rungs, their public notices."""
        made = self.cases(Application.objects.select_related("case"), count)
        add(
            copy(row, case=case, party_id=party.pk, number=f"示例{n}" if row.number else "")
            for n, (row, case, party, _ago) in enumerate(made)
        )
        self._notices(made)

    def centers(self, count: int) -> None:
        """Research centres with four records each."""
        made = self.cases(Center.objects.select_related("case"), count)
        rows = add(
            copy(row, case=case, party_id=party.pk, entry_id=None, form_key=None) for row, case, party, _ago in made
        )
        like = Activity.objects.first()
        assert like is not None
        add(copy(like, center=row, project=f"示例项目{n}") for row in rows for n in range(4))

    def introductions(self, count: int) -> None:
        """Introductions between needs and achievements, with contacts and what the askers say of them."""
        needs = list(Need.objects.filter(status="public").select_related("party"))
        offers = list(Offer.objects.filter(status="public", service="achievements").values_list("pk", flat=True))
        taken = set(Case.objects.filter(service="introductions").values_list("need", "offer"))
        asked = {need.pk: need.party for need in needs}
        pairs = {(self.dice.choice(needs).pk, self.dice.choice(offers)) for _n in range(count)}
        subjects = sorted(pairs - taken)
        of = Introduction.objects.select_related("case").filter(letter=None)
        made = self.cases(of, len(subjects), [asked[need] for need, _offer in subjects], subjects)
        add(copy(row, case_id=case.pk) for row, case, _party, _ago in made)
        like = list(Contact.objects.all()[:20])
        add(
            copy(self.dice.choice(like), case=case, form_key=None, at=case.since)
            for _r, case, _p, _a in made
            for _n in range(3)
        )
        given = list(Satisfaction.objects.filter(answered_at__isnull=False))
        if given:
            add(copy(self.dice.choice(given), case=c, district=c.district) for _r, c, _p, _a in made if not c.owner)

    def others(self) -> None:
        """Pairings, corrections of the register, questions about policies, comments on drafts."""
        made = self.cases(Pairing.objects.select_related("case"), SIZES["pairings"])
        platforms = list(Offer.objects.filter(service="platforms", status="public").values_list("pk", flat=True))
        add(
            copy(row, case=case, party_id=party.pk, form_key=None, platform_id=self.dice.choice(platforms))
            for row, case, party, _ago in made
        )
        for service in ("ladder", "policies"):
            self.cases(Case.objects.filter(service=service), SIZES[service])
        made = self.cases(Comment.objects.select_related("case"), SIZES["comments"])
        add(
            copy(row, case=case, form_key=None, party=None, token=f"bench{n}", text=f"{row.text}（示例 {n}）")
            for n, (row, case, _party, _ago) in enumerate(made)
        )

    # --- what lies in the to-dos and behind the figures

    def traces(self) -> None:
        """Notices, events, saved searches, views, judgements."""
        played = list(User.objects.filter(email__endswith="@demo.example").values_list("pk", flat=True))
        people = [*played * 10, *self.admins.values(), *(u for held in self.officers.values() for u in held)]
        day = timedelta(days=1)
        insert(
            [
                Notice(
                    user_id=people[n % len(people)],
                    text=f"示例通知 {n}",
                    url="/desk/",
                    key=f"bench:{n}",
                    at=self.now - day * self.dice.randrange(1, 500),
                    read_at=self.now if n % 10 else None,
                )
                for n in range(SIZES["notices"])
            ]
        )
        cases = list(Case.objects.values_list("pk", flat=True))
        insert([self._event(n, cases) for n in range(SIZES["events"])])
        insert([self._search(n, people[n % len(people)]) for n in range(SIZES["searches"])])
        offers = list(Offer.objects.filter(status="public").values_list("pk", flat=True))
        today = self.now.date()
        insert(
            [
                DayViews(offer_id=offers[n % len(offers)], day=today - day * (10 + n // len(offers)), number=1 + n % 9)
                for n in range(SIZES["views"])
            ],
            unique=("offer", "day"),
            update=("number",),
        )
        like, needs = list(Judgement.objects.all()[:50]), list(Need.objects.values_list("pk", flat=True))
        pairs = {(self.dice.choice(needs), self.dice.choice(offers)) for _n in range(SIZES["judgements"])}
        if like:
            add(copy(self.dice.choice(like), need_id=need, offer_id=offer) for need, offer in sorted(pairs))

    def _event(self, n: int, cases: list[int]) -> Event:
        """An event of a case, without the chain."""
        return Event(
            at=self.now - timedelta(minutes=n * 4),
            by_id=self.officers[""][0],
            by_name="示例",
            verb="advance",
            subject="cases.case",
            subject_id=cases[n % len(cases)],
            before={"state": "proposed"},
            after={"state": "contacted"},
            previous="0" * 64,
            hash=hashlib.sha256(b"bench %d" % n).hexdigest(),
        )

    def _search(self, n: int, user: int) -> SavedSearch:
        return SavedSearch(
            user_id=user,
            name=f"示例检索 {n}",
            text=f"密封 {n}",
            kinds=["achievements"],
            digest=hashlib.sha256(b"search %d" % n).hexdigest(),
            created_at=self.now,
            last_run_at=self.now,
        )

    def white_list(self) -> None:
        """A version that was published, and one that waits."""
        first, second = User.objects.filter(pk__in=self.officers[""]).order_by("pk")[:2]
        given: dict[str, Any] = {"on": timezone.localdate(self.now), "months": queries.months(), "note": "示例"}
        runs.publish(credit_list=runs.run(**given, by=first, now=self.now), by=second, now=self.now)
        runs.run(**given, by=first, now=self.now)


def fill(now: datetime, say: Callable[[str], None], sizes: Mapping[str, int] = SIZES, seed: int = 2028) -> None:
    """Fill the database that is connected, which holds the demo city."""
    city = Cases(now, seed)
    with transaction.atomic():
        for name, step in (
            ("enterprises", partial(city.enterprises, sizes["enterprises"])),
            ("people", partial(city.people, sizes["people"], sizes["officers"])),
            ("visits", partial(city.visits, sizes["visits"], sizes["problems"])),
            ("benefits", partial(city.benefits, sizes["benefits"])),
            ("recognition", partial(city.recognition, sizes["recognition"])),
            ("centers", partial(city.centers, sizes["centers"])),
            ("introductions", partial(city.introductions, sizes["introductions"])),
            ("others", city.others),
            ("traces", city.traces),
            ("white list", city.white_list),
        ):
            began = perf_counter()
            step()
            say(f"{name}: {perf_counter() - began:.1f} s")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
