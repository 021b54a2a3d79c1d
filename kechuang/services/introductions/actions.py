"""对接写入: propose, log a contact, remark, ask for an NDA, sign a letter of intent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.cases.actions import advance, attach, open_case, people_of
from kechuang.core.cases.models import Case, Contact, Remark
from kechuang.core.cases.queries import state_of, steps_for
from kechuang.core.market.models import Need, Offer, Status
from kechuang.core.matching.queries import MAIN, answers, asked
from kechuang.core.notices.actions import tell
from kechuang.core.parties.models import User
from kechuang.core.taskforces.queries import route
from kechuang.core.vocab.queries import main_label
from kechuang.kit.language import main_language
from kechuang.kit.refusal import NoSuchStep, NotAllowed, Refusal
from kechuang.services.introductions import access, queries
from kechuang.services.introductions.holding import locked, require_open
from kechuang.services.introductions.models import Introduction

LETTER = "意向书"


class AlreadyOpen(Refusal):
    """已有对接: of one need and one offer only one introduction is open; ``case`` is that one."""

    def __init__(self, case: Case) -> None:
        super().__init__(_("这条需求和这项成果已经在对接中，由原来的专班继续跟进。"))
        self.case = case


@transaction.atomic
def propose(
    *, need: Need, offer: Offer, words: str, nda_wanted: bool, by: Any, now: datetime, quiet: bool = False
) -> Case:
    """Open an introduction between a need and an offer, with the task force that is to follow it up.

    Either side may, and a broker or officer on their behalf; those who did not ask are told, unless it is entered
    afterwards (``quiet``). Raises AlreadyOpen.
    """
    need = Need.objects.select_for_update(of=("self",)).select_related("party").get(pk=need.pk)
    offer = Offer.objects.select_for_update(of=("self",)).select_related("party").get(pk=offer.pk)
    origin = access.origins(by, [(need, offer)])[0]
    if not origin:
        raise NotAllowed(_("只有需求方、成果方、技术经纪人和主管部门可以发起对接；同一单位的需求和成果不能对接。"))
    _require_on_market(need, offer)
    there = queries.open_between([need.pk], [offer.pk]).get((need.pk, offer.pk))
    if there is not None:
        raise AlreadyOpen(there)
    district = need.district or need.party.district
    with main_language():  # the reasons are kept
        found = route(industry=need.industry, district=district, party=offer.party)
    case = open_case(
        service=queries.CODE,
        applicant=need.party,
        by=by,
        now=now,
        offer=offer,
        need=need,
        district=district,
        data={"origin": origin, "words": words, "nda_wanted": nda_wanted},
        task_force=found.task_force if found else None,
    )
    row = Introduction(case=case, origin=origin, words=words, nda_wanted=nda_wanted)
    row.routed = list(found.reasons) if found else []
    row.score, row.reasons = _match(need, offer, timezone.localtime(now).date())
    row.save()
    if not quiet:
        _tell_of_proposal(case, Introduction.Origin(origin), by=by, now=now)
    return case


def _require_on_market(need: Need, offer: Offer) -> None:
    if offer.service != MAIN:
        raise Refusal(_("只能为科技成果发起对接。"), fields={"offer": _("请选择一项科技成果。")})
    if offer.status != Status.PUBLIC:
        raise Refusal(_("这项成果已经下架，不能再发起对接。请在需求的方案页选择其他成果。"))
    if need.status not in (Status.PUBLIC, Status.LONG_TERM):
        raise Refusal(_("这条需求没有发布或已经下架，不能发起对接。请先发布需求，或选择另一条需求。"))


def _match(need: Need, offer: Offer, today: date) -> tuple[float | None, list[dict[str, Any]]]:
    """Why the two fit, as matching says now; nothing where it does not find the offer among the best."""
    with main_language():  # kept, and read by both sides
        found = next((a for a in answers(asked(need), today) if a.offer.pk == offer.pk), None)
    if found is None:
        return None, []
    lasting = (r for r in found.score.reasons if r.feature != "freshness")  # its words are true on this day alone
    said = [r for r in lasting if r.value is not None]
    return found.score.score, [
        {"feature": r.feature, "value": r.value, "words": r.words, "speaks": r.speaks} for r in said
    ]


def _tell_of_proposal(case: Case, origin: Introduction.Origin, *, by: Any, now: datetime) -> None:
    team = case.task_force.name if case.task_force else "主管部门"
    with main_language():
        text = f"{origin.label}对接：{case.title}。由{team}跟进，请留意联系。"
    audience = people_of(case) | ({case.assignee} if case.assignee else set())
    for user in audience:
        if user.pk != by.pk:
            tell(user=user, text=text, url=f"/cases/{case.pk}/", key=f"introduction:{case.pk}", now=now)


@dataclass(frozen=True)
class Said:
    """联系内容: one contact as the form gives it; ``move`` takes the step that fits the result as well."""

    person: str
    channel: str
    result: str
    on: date
    text: str = ""
    next_step: str = ""
    next_on: date | None = None
    move: bool = False


@transaction.atomic
def log_contact(*, case: Case, said: Said, form_key: str, by: User, now: datetime, quiet: bool = False) -> Contact:
    """Keep a contact; the same form sent twice keeps it once. The case counts as touched."""
    case = locked(case)
    there = Contact.objects.filter(form_key=form_key).first() if form_key else None
    if there is not None:
        return there
    require_contact(case, said, by=by, now=now)
    local = timezone.localtime(now)
    contact = Contact.objects.create(
        case=case,
        at=now if said.on == local.date() else local.replace(year=said.on.year, month=said.on.month, day=said.on.day),
        by=by,
        person=said.person,
        channel=said.channel,
        result=said.result,
        text=said.text,
        next_step=said.next_step,
        next_on=said.next_on,
        form_key=form_key or None,
    )
    case.touched_at = now
    case.save(update_fields=["touched_at"])
    how, result = main_label("contact_channel", said.channel), main_label("contact_result", said.result)
    words = f"{said.person}；{how}；{result}"
    record(case, "log", by=by, now=now, after={"contact": contact.pk}, note=words)
    step = queries.step_of(said.result)
    if said.move and step in {s.name for s in steps_for(by, case) if not s.reasons}:
        advance(case=case, step=step, by=by, now=now, quiet=quiet)
    return contact


def require_contact(case: Case, said: Said, *, by: User, now: datetime) -> None:
    """Raise NotAllowed or Refusal unless the person may log this contact."""
    require_open(case)
    if not access.worker.check(by, case):
        raise NotAllowed(_("只有专班成员和主管部门可以记录联系。"))
    if said.on > timezone.localtime(now).date():
        raise Refusal(_("联系日期不能晚于今天。"), fields={"on": _("联系日期不能晚于今天；以后的安排请填下一步。")})
    if said.next_on is not None and said.next_on < said.on:
        raise Refusal(_("下一步的日期早于联系日期。"), fields={"next_on": _("请填联系日期之后的一天。")})


@transaction.atomic
def add_remark(*, case: Case, text: str, by: User, now: datetime) -> Remark:
    """专班备注: kept for the task force and the officers alone; the history of the case does not mention it."""
    case = locked(case)
    if not access.worker.check(by, case):
        raise NotAllowed(_("只有专班成员和主管部门可以写专班备注。"))
    last = Remark.objects.filter(case=case, by=by).first()
    if last is not None and last.text == text:  # sent twice
        return last
    remark = Remark.objects.create(case=case, text=text, by=by, at=now)
    record(remark, "remark", by=by, now=now, after={"case": case.pk})
    return remark


@transaction.atomic
def want_nda(*, case: Case, wanted: bool, by: User, now: datetime) -> Case:
    """要求保密协议: either side wants an NDA signed before talks, or no longer."""
    case = locked(case)
    require_open(case)
    if not access.side.check(by, case):
        raise NotAllowed(_("是否先签保密协议由双方决定。"))
    before, case.introduction.nda_wanted = case.introduction.nda_wanted, wanted
    if before != wanted:
        case.introduction.save(update_fields=["nda_wanted"])
        words = "要求先签保密协议" if wanted else "不再要求先签保密协议"
        record(case, "nda_wanted", by=by, now=now, before={"wanted": before}, after={"wanted": wanted}, note=words)
    return case


@transaction.atomic
def sign(
    *, case: Case, name: str, chunks: Iterable[bytes], on: date, by: User, now: datetime, quiet: bool = False
) -> Case:
    """签署意向书: keeps the signed letter as a material and ends the introduction; either side or the task force."""
    case = locked(case)
    step = next((s for s in steps_for(by, case) if s.name == "sign"), None)
    if step is None:
        if not access.anyone.check(by, case):
            raise NotAllowed(_("只有双方、专班和主管部门可以登记意向书。"))
        raise NoSuchStep(_("当前状态为“{state}”，不能登记意向书。").format(state=_(state_of(case).label)))
    today = timezone.localtime(now).date()
    if on > today:
        raise Refusal(_("签署日期不能晚于今天。"), fields={"on": _("签署日期不能晚于今天。")})
    if on < timezone.localtime(case.opened_at).date():
        raise Refusal(_("签署日期早于对接发起的日期。"), fields={"on": _("请填对接发起之后的日期。")})
    letter = attach(case=case, name=name, chunks=chunks, label=LETTER, by=by, now=now)
    case.introduction.signed_on, case.introduction.letter = on, letter
    case.introduction.save(update_fields=["signed_on", "letter"])
    return advance(case=case, step="sign", by=by, now=now, note=f"签署日期 {on}", quiet=quiet)
