"""演示对接: fictional introductions in all states, followed up over the last months."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone

from kechuang.core.cases.actions import advance
from kechuang.core.cases.models import Case
from kechuang.core.cases.queries import state_of
from kechuang.core.market.models import Need, Offer, Status
from kechuang.core.matching.queries import MAIN, answers, asked
from kechuang.core.parties.models import Mandate, Post, User
from kechuang.core.taskforces.models import Seat
from kechuang.services.introductions import actions, demo_opinions, holding, queries

WANTED = 60
# How far an introduction has come, its share in a hundred, and the contacts with the steps on the way there.
WAYS: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("proposed", 14, ()),
    ("tried", 10, ("no_answer",)),
    ("contacted", 14, ("reached",)),
    ("met", 12, ("reached", "met")),
    ("nda", 6, ("reached", "met", "nda")),
    ("negotiating", 14, ("reached", "met", "talks", "open")),
    ("loi", 6, ("reached", "met", "talks", "letter")),
    ("signed", 10, ("reached", "met", "talks", "letter")),
    ("closed", 14, ("reached", "no_interest")),
)
# How introductions of earlier months have ended.
OLDER = (
    ("signed", ("reached", "met", "talks", "letter")),
    ("closed", ("reached", "met")),
    ("closed", ("no_interest",)),
)
# Result -> what was said, what comes next.
SAID = {
    "no_answer": ("电话无人接，已发邮件说明来意。", "换个时间再联系"),
    "reached": ("说明了需求和成果的对应之处，愿意进一步了解。", "约双方见面"),
    "met": ("双方在现场看了工况，带走样品试用。", "一周后问试用结果"),
    "nda": ("双方签署保密协议，原件各存一份。", "安排技术交底"),
    "talks": ("谈了合作方式和费用的范围，技术路线没有分歧。", "请成果方出方案"),
    "open": ("方案第一稿已交，需求方内部讨论中。", "听取内部讨论的意见"),
    "letter": ("主要条款已一致，准备意向书。", "双方法务审阅"),
    "no_interest": ("比较后认为现阶段不合适，感谢牵线。", ""),
}
CHANNELS = {"no_answer": "phone", "reached": "phone", "met": "meeting", "nda": "meeting", "talks": "video"}
CLOSED = ("mismatch", "immature", "price", "timing", "no_interest")
WORDS = (
    "想先看样品和测试数据，再谈合作方式。",
    "希望下个月前能到现场看一次工况。",
    "预算可以商量，最关心多久能用上。",
    "",
)
REMARK = "需求方内部有两种意见，见面前先与分管的负责人沟通。"
# The smallest file that readers of PDF open; an empty page.
LETTER = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def load(now: datetime, progress: Callable[[str, int, int], None]) -> int:
    """Enter what is missing of the fictional introductions; returns how many. Nobody is told of the past."""
    if Case.objects.filter(service=queries.CODE).exists():
        return 0
    dice = random.Random(2028)  # noqa: S311 - reproducible, not secret
    officer = User.objects.filter(posts__role=Post.Role.OFFICER, posts__district="", posts__until=None).first()
    if officer is None:
        return 0
    pairs = list(_pairs(timezone.localtime(now).date()))
    ways = [way for way in WAYS for _ in range(way[1])]
    for number, (need, offer) in enumerate(pairs, 1):
        _Story(need, offer, officer, dice, now).tell(*dice.choice(ways)[::2])
        progress(queries.CODE, number, len(pairs))
    older = list(demo_opinions.older_pairs(timezone.localtime(now).date()))
    for number, (need, offer) in enumerate(older):
        end, results = OLDER[number % len(OLDER)]
        # In two groups, so that there are two quarters with more than a handful of answers.
        _Story(need, offer, officer, dice, now).tell(end, results, ago=6 + number if number % 2 else 66 + number)
    demo_opinions.answer_ended(now)
    return len(pairs) + len(older)


def _pairs(today: date) -> Iterator[tuple[Need, Offer]]:
    """Fictional needs with the achievement that answers each: as labelled, else the best that matching finds.

    Those of people with a login come first.
    """
    led = Mandate.objects.filter(party=OuterRef("party"), state=Mandate.State.ACTIVE)
    rows = Need.objects.filter(status=Status.PUBLIC, fictional=True, service="needs").annotate(led=Exists(led))
    offers = Offer.objects.filter(status=Status.PUBLIC, fictional=True, service=MAIN).select_related("party")
    by_code, labelled = {offer.code: offer for offer in offers}, _labelled()
    for need in rows.select_related("party").order_by("-led", "code")[:WANTED]:
        offer = by_code.get(labelled.get(need.code, ""))
        if offer is None:
            offer = next((a.offer for a in answers(asked(need), today)), None)
        if offer is not None and offer.party_id != need.party_id:
            yield need, offer


def _labelled() -> dict[str, str]:
    """Codes of needs and of the achievements that answer them, as labelled for the demo."""
    path = settings.PACKS_DIR / settings.REGION / "demo" / "answers.tsv"
    lines = path.read_text("utf-8").splitlines()[1:] if path.exists() else []
    return {line.split("\t")[0]: line.split("\t")[1] for line in reversed(lines)}


@dataclass
class _Story:
    """One introduction from its proposal to where it stands now."""

    need: Need
    offer: Offer
    officer: User
    dice: random.Random
    now: datetime

    def tell(self, end: str, results: tuple[str, ...], ago: int = 0) -> None:
        days = 1 + 6 * len(results) + self.dice.randint(0, 60 if end in ("signed", "closed") and not ago else 8)
        at = self._working_hour(self.now - timedelta(days=days + ago))
        case = actions.propose(
            need=self.need,
            offer=self.offer,
            words=self.dice.choice(WORDS),
            nda_wanted="nda" in results,
            by=self._proposer(),
            now=at,
            quiet=True,
        )
        worker = self._worker(case)
        if worker is not None and results:
            at = self._later(at, 1)
            holding.claim(case=case, by=worker, now=at)
        for result in results:
            at = self._later(at, self.dice.randint(3, 9))
            self._contact(case, result, worker or self.officer, at, last=result == results[-1])
        self._end(case, end, worker or self.officer, self._later(at, 2))

    def _contact(self, case: Case, result: str, by: User, at: datetime, *, last: bool) -> None:
        text, next_step = SAID[result]
        on = timezone.localtime(at).date()
        side = "需求方" if self.dice.random() < 0.5 else "成果方"
        said = actions.Said(
            person=f"{side} {(self.need if side == '需求方' else self.offer).party.name}"[:80],
            channel=CHANNELS.get(result, "phone"),
            result=result,
            on=on,
            text=text,
            next_step=next_step,
            next_on=on + timedelta(days=self.dice.randint(4, 15)) if next_step and last else None,
            move=True,
        )
        actions.log_contact(case=case, said=said, form_key="", by=by, now=at, quiet=True)
        if result == "met" and self.dice.random() < 0.5:
            actions.add_remark(case=case, text=REMARK, by=by, now=at)

    def _end(self, case: Case, end: str, by: User, at: datetime) -> None:
        case.refresh_from_db()
        if state_of(case).end:
            return
        if end == "signed":
            on = timezone.localtime(at).date()
            actions.sign(case=case, name="意向书（演示）.pdf", chunks=[LETTER], on=on, by=by, now=at, quiet=True)
        elif end == "closed":
            advance(case=case, step="close", by=by, now=at, reason=self.dice.choice(CLOSED), quiet=True)

    def _proposer(self) -> User:
        for party in (self.need.party_id, self.offer.party_id):
            found = Mandate.objects.filter(party=party, state=Mandate.State.ACTIVE).order_by("pk").first()
            if found is not None:
                return found.user
        return self.officer

    def _worker(self, case: Case) -> User | None:
        seats = Seat.objects.filter(task_force=case.task_force_id, role=Seat.Role.BROKER, until=None).order_by("pk")
        return self.dice.choice([seat.user for seat in seats]) if seats else None

    def _working_hour(self, at: datetime) -> datetime:
        return timezone.localtime(at).replace(hour=self.dice.randint(9, 16), minute=self.dice.choice((5, 20, 35, 50)))

    def _later(self, at: datetime, days: int) -> datetime:
        return min(self._working_hour(at + timedelta(days=days)), self.now)
