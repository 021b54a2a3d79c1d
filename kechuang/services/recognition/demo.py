"""演示认定: applications of fictional firms in every state. National numbers are never made up, so none is entered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from allauth.account.models import EmailAddress
from django.utils import timezone

from kechuang.core.cases.actions import advance
from kechuang.core.cases.models import Case
from kechuang.core.parties.models import Mandate, Party, Post, User
from kechuang.core.publicity.actions import object_to
from kechuang.core.publicity.clock import end_notices
from kechuang.core.publicity.models import PublicNotice
from kechuang.core.tiers.actions import set_window
from kechuang.services.recognition import actions, deciding, queries
from kechuang.services.recognition.models import Application

AGENT = ("applicant@demo.example", "示例申报员")
MADE_UP = "演示：虚构的日期，不是任何部门的通知"
OWN_DRAFT = "e24.admin@demo.example"
# Rung, days since it was handed in, how far it has come.
STORIES = (
    ("innovative", 3, "submitted"),
    ("innovative", 9, "supplement"),
    ("innovative", 7, "checked"),
    ("innovative", 12, "notice"),
    ("innovative", 14, "objected"),
    ("innovative", 30, "noticed"),
    ("innovative", 34, "sent"),
    ("innovative", 46, "recognised"),
    ("innovative", 60, "revoked"),
    ("innovative", 50, "unrecognised"),
    ("hnte", 40, "sent"),
    ("hnte", 15, "notice"),
    ("hnte", 2, "submitted"),
)
WAY = ("submitted", "checked", "notice", "noticed", "sent", "recognised")
ENDS = {"supplement": 0, "objected": 2, "revoked": 5, "unrecognised": 4}
MISSING = "研发人员名单与年度数据不一致；请一次补齐社保缴纳证明。"
WORDS = "演示：该企业公开资料中的研发人员数与公示材料不一致，请核查。"


@dataclass
class Crew:
    """演示人员: who hands in, and the officers."""

    agent: User
    city: list[User]

    def district(self, party: Party) -> User:
        """The officer of a firm's district; without one an officer of the city."""
        post = Post.objects.filter(role=Post.Role.OFFICER, district=party.district, until=None).order_by("pk").first()
        return post.user if post is not None else self.city[-1]


def load(now: datetime, progress: Callable[[str, int, int], None]) -> int:
    """Enter the stories where there are none yet; returns how many."""
    held = Post.objects.filter(role=Post.Role.OFFICER, district="", until=None).select_related("user").order_by("pk")
    city = [post.user for post in held]
    if Application.objects.exists() or len(city) < 2:
        return 0
    crew = Crew(_agent(), city)
    year = timezone.localdate(now).year
    content = {"opens": date(year, 1, 1), "closes": date(year, 12, 31), "batches": [], "source": MADE_UP}
    set_window(rung="innovative", year=year, content=content, by=None, now=now)
    taken: set[int] = set()
    made = _own_draft(now)
    for rung, days, end in STORIES:
        made += _tell(crew, taken, rung, now - timedelta(days=days), end)
        progress("recognition", made, len(STORIES) + 1)
    return made


def _agent() -> User:
    email, name = AGENT
    user, _new = User.objects.get_or_create(email=email, defaults={"username": email, "name": name, "password": "!"})
    EmailAddress.objects.get_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    return user


def _own_draft(now: datetime) -> int:
    """A draft of the firm that still lacks a few points."""
    mandate = Mandate.objects.filter(user__email=OWN_DRAFT, state=Mandate.State.ACTIVE).select_related("user").first()
    rung = queries.rung_of("sme")
    if mandate is None or rung is None:
        return 0
    actions.start(party=mandate.party, rung=rung, by=mandate.user, now=now - timedelta(days=1))
    return 1


def _firm(rung: str, on: date, taken: set[int]) -> Party | None:
    """The next fictional firm that could hand in an application."""
    known = queries.rung_of(rung)
    version = queries.version_of(known, on) if known is not None else None
    if known is None or version is None or not queries.campaign(known, on, "").open:
        return None
    rows = Party.objects.filter(fictional=True, kind="enterprise", mandates=None).exclude(pk__in=taken)
    return next((p for p in rows.order_by("uscc") if queries.may_go_on(queries.live(version, p, on))), None)


def _tell(crew: Crew, taken: set[int], code: str, at: datetime, end: str) -> bool:
    party, rung = _firm(code, timezone.localdate(at), taken), queries.rung_of(code)
    if party is None or rung is None:
        return False
    taken.add(party.pk)
    Mandate.objects.create(
        user=crew.agent,
        party=party,
        role=Mandate.Role.AGENT,
        state=Mandate.State.ACTIVE,
        requested_at=at,
        decided_at=at,
    )
    row = actions.start(party=party, rung=rung, by=crew.agent, now=at)
    _step(row, "submit", crew.agent, at)
    last = ENDS.get(end, WAY.index(end) if end in WAY else 0)
    _go(crew, row, at, WAY[: last + 1])
    _finish(crew, row, at, end)
    return True


def _go(crew: Crew, row: Application, at: datetime, way: tuple[str, ...]) -> None:
    """As far along the usual way as wanted."""
    if "checked" in way:
        _step(row, "check", crew.district(row.party), at + timedelta(days=2))
    if "notice" in way:
        _step(row, "recommend", crew.city[0], at + timedelta(days=4))
    if "noticed" in way:
        until = PublicNotice.objects.get(case=row.case_id).until
        end_notices(now=at + timedelta(days=(until - timezone.localdate(at)).days + 1))
    if "sent" in way:
        _step(row, "send", crew.city[1], at + timedelta(days=31))
    if "recognised" in way:
        when = at + timedelta(days=40)
        outcome = deciding.Outcome("", timezone.localdate(when), "示例公告〔0000〕0号（虚构）", None)
        deciding.record_outcome(
            application=Application.objects.get(pk=row.pk), outcome=outcome, by=crew.city[1], now=when
        )


def _finish(crew: Crew, row: Application, at: datetime, end: str) -> None:
    """What happened besides."""
    if end == "supplement":
        _step(row, "supplement", crew.district(row.party), at + timedelta(days=2), note=MISSING)
    if end == "objected":
        notice = PublicNotice.objects.get(case=row.case_id)
        object_to(notice=notice, text=WORDS, by=crew.city[0], now=at + timedelta(days=8))
    if end == "unrecognised":
        _step(row, "refuse", crew.city[1], at + timedelta(days=45), reason="review")
    if end == "revoked":
        _step(row, "revoke", crew.city[1], at + timedelta(days=55), reason="sampling", note="演示：抽查人员占比不足。")


def _step(row: Application, name: str, by: User, at: datetime, **said: str) -> None:
    advance(case=Case.objects.get(pk=row.case_id), step=name, by=by, now=at, quiet=True, **said)  # type: ignore[arg-type]
