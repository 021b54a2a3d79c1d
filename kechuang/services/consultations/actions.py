"""征求意见写入: prepare a draft, register stages, extend the period, enter the result and publish it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.cases.actions import advance, attach, open_case
from kechuang.core.cases.models import Case
from kechuang.core.parties.access import posts, require_officer
from kechuang.core.parties.bureaus import bureau
from kechuang.core.parties.models import Party, Post, User
from kechuang.core.policy import access as policy
from kechuang.core.policy.models import Document, PackVersion
from kechuang.core.vocab.calendar import calendar
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.services.consultations import access
from kechuang.services.consultations.models import Clause, Consultation, Invitation, Stage
from kechuang.services.consultations.splitting import MOST_CLAUSES, split

SERVICE = "consultations"
LONGEST = 250  # working days


@dataclass(frozen=True)
class Draft:
    """草案: what an officer writes before the consultation begins."""

    title: str
    summary: str
    text: str
    audience: str
    days: int
    parties: Sequence[Party] = ()
    version: PackVersion | None = None


@transaction.atomic
def prepare(*, draft: Draft, district: str, by: User, now: datetime, form_key: str | None = None) -> Consultation:
    """Begin to prepare a consultation; the same form sent twice makes one."""
    require_officer(by)
    scopes = set(posts(by, Post.Role.OFFICER).values_list("district", flat=True))
    if not scopes & {"", district}:
        words = _("请选择您管辖的区市。")
        raise NotAllowed(words)
    try:
        with transaction.atomic():
            return _made(draft, district, by, now, form_key or None)
    except IntegrityError:
        twin = Consultation.objects.filter(form_key=form_key).first() if form_key else None
        if twin is None:
            raise
        return twin


def _made(draft: Draft, district: str, by: User, now: datetime, form_key: str | None) -> Consultation:
    case = open_case(
        service=SERVICE,
        applicant=bureau(district=district, now=now),
        by=by,
        now=now,
        district=district,
        data={"title": draft.title},
    )
    row = Consultation(case=case, form_key=form_key)
    _put(row, draft, by)
    return row


@transaction.atomic
def change(*, row: Consultation, draft: Draft, seen: int, by: User, now: datetime) -> Consultation:
    """Change the draft while it is prepared; ``seen`` is the revision that was open."""
    row = locked(row)
    if not access.edit.check(by, row):
        raise Stale(_("征求意见已经开始或终止，草案不能再改。"))
    if row.revision != seen:
        raise Stale(_("草案在您打开之后已被修改。请把您的改动复制下来，刷新页面后再保存。"))
    row.revision += 1
    _put(row, draft, by)
    row.case.data = row.case.data | {"title": draft.title}
    row.case.save(update_fields=["data"])
    record(row.case, "change", by=by, now=now, after={"revision": row.revision})
    return row


def _put(row: Consultation, draft: Draft, by: User) -> None:
    pieces = split(draft.text)
    if len(pieces) > MOST_CLAUSES:
        words = _("草案切分出 %(count)s 段，最多 %(most)s 段。请合并段落。") % {
            "count": len(pieces),
            "most": MOST_CLAUSES,
        }
        raise Refusal(words, fields={"text": words})
    if draft.version is not None and not policy.work_on.check(by, draft.version):
        words = _("这份规则包草稿不在您的管辖范围内。")
        raise Refusal(words, fields={"version": words})
    row.title, row.summary, row.audience = draft.title, draft.summary, draft.audience
    row.days, row.version = draft.days, draft.version
    row.save()
    row.clauses.all().delete()
    Clause.objects.bulk_create(
        Clause(consultation=row, number=p.number, label=p.label, chapter=p.chapter[:80], text=p.text) for p in pieces
    )
    row.invitations.exclude(party__in=draft.parties).delete()
    Invitation.objects.bulk_create(
        (Invitation(consultation=row, party=party) for party in draft.parties), ignore_conflicts=True
    )


def locked(row: Consultation) -> Consultation:
    """The consultation as it is now; whoever else changes it waits."""
    Case.objects.select_for_update(of=("self",)).get(pk=row.case_id)
    return Consultation.objects.select_related("case", "version", "document").get(pk=row.pk)


@transaction.atomic
def add_stage(
    *,
    row: Consultation,
    kind: str,
    on: date,
    who: str,
    text: str,
    by: User,
    now: datetime,
    name: str = "",
    chunks: Iterable[bytes] = (),
) -> Stage:
    """Register a stage of the drafting, with its document where there is one."""
    row = locked(row)
    if not access.add_stage.check(by, row):
        raise NotAllowed(_("起草步骤由主管部门在公布采纳情况之前登记。"))
    if on > timezone.localdate(now):
        words = _("日期不能晚于今天。")
        raise Refusal(words, fields={"on": words})
    label = Stage.Kind(kind).label
    material = attach(case=row.case, name=name, chunks=chunks, label=str(label), by=by, now=now) if name else None
    stage = Stage.objects.create(
        consultation=row, kind=kind, on=on, who=who, text=text, material=material, at=now, by=by
    )
    record(row.case, "change", by=by, now=now, after={"stage": kind, "on": on.isoformat()}, note=str(label))
    return stage


@transaction.atomic
def remove_stage(*, stage: Stage, by: User, now: datetime) -> None:
    """Take a stage back that was entered by mistake; the record of it stays."""
    row = locked(stage.consultation)
    if not access.add_stage.check(by, row):
        raise NotAllowed(_("起草步骤由主管部门在公布采纳情况之前登记。"))
    if stage.removed_at is None:
        stage.removed_at = now
        stage.save(update_fields=["removed_at"])
        record(row.case, "change", by=by, now=now, before={"stage": stage.kind, "on": stage.on.isoformat()})


@transaction.atomic
def extend(*, row: Consultation, days: int, reason: str, by: User, now: datetime) -> Consultation:
    """Give more time, with a reason that everybody reads; the period only grows."""
    row = locked(row)
    if days <= row.days or days > LONGEST or row.opened_on is None:
        words = _("延长后的期限应多于原来的 %(days)s 个工作日，最多 %(most)s 个。") % {
            "days": row.days,
            "most": LONGEST,
        }
        raise Refusal(words, fields={"days": words})
    if calendar().after(row.opened_on, days) < timezone.localdate(now):
        words = _("这样延长以后期限已经过了，请再多几天。")
        raise Refusal(words, fields={"days": words})
    if not reason.strip():
        words = _("请写明延长原因，会向社会公开。")
        raise Refusal(words, fields={"reason": words})
    row.days = days
    row.save(update_fields=["days"])
    advance(case=row.case, step="extend", by=by, now=now, note=reason.strip())
    return locked(row)


@transaction.atomic
def keep_result(*, row: Consultation, finals: Mapping[int, str | None], result: str, by: User, now: datetime) -> None:
    """Keep the wording of clauses after the consultation, and what is said of the whole."""
    row = locked(row)
    if row.case.state != "answering" or not access.manage.check(by, row):
        raise NotAllowed(_("修改后的条文在期限届满之后、公布之前填写。"))
    clauses = {clause.pk: clause for clause in row.clauses.all()}
    for pk, final in finals.items():
        if pk in clauses:
            clauses[pk].final = final
    Clause.objects.bulk_update(clauses.values(), ["final"])
    row.result = result
    row.save(update_fields=["result"])
    record(row.case, "change", by=by, now=now, after={"changed": sum(c.is_changed for c in clauses.values())})


@transaction.atomic
def add_clause(*, row: Consultation, label: str, text: str, by: User, now: datetime) -> Clause:
    """A clause that the consultation brought: it has no earlier wording."""
    row = locked(row)
    if row.case.state != "answering" or not access.manage.check(by, row):
        raise NotAllowed(_("修改后的条文在期限届满之后、公布之前填写。"))
    last = row.clauses.order_by("-number").first()
    number = last.number + 1 if last is not None else 1
    record(row.case, "change", by=by, now=now, after={"added": label})
    return Clause.objects.create(consultation=row, number=number, label=label, final=text)


@transaction.atomic
def publish(*, row: Consultation, by: User, now: datetime) -> Consultation:
    """Publish what became of every comment; refused while one lacks its answer."""
    row = locked(row)
    row.published_on = timezone.localdate(now)
    row.save(update_fields=["published_on"])
    advance(case=row.case, step="publish", by=by, now=now)
    return locked(row)


@transaction.atomic
def trace(*, row: Consultation, document: Document | None, url: str, by: User, now: datetime) -> Consultation:
    """Say where the text was published in the end; this is known only after the consultation."""
    row = locked(row)
    if row.case.state not in ("answering", "published") or not access.manage.check(by, row):
        raise NotAllowed(_("正式文件在期限届满之后填写，由主管部门办理。"))
    row.document, row.result_url = document, url
    row.save(update_fields=["document", "result_url"])
    record(row.case, "change", by=by, now=now, after={"document": document.pk if document else None, "url": url})
    return row
