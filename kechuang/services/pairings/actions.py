"""结对写入: ask a platform, propose terms, report. The steps of the case move it."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.cases.actions import advance, open_case
from kechuang.core.cases.models import Case
from kechuang.core.cases.queries import state_of
from kechuang.core.market.actions import months_later
from kechuang.core.market.models import Need, Offer, Status
from kechuang.core.notices.actions import tell
from kechuang.core.parties.access import acts_for
from kechuang.core.parties.models import Mandate, Party
from kechuang.kit.language import main_language
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.services.pairings import access, queries
from kechuang.services.pairings.models import Pairing, Report

SERVICE = "pairings"


@transaction.atomic
def ask(
    *,
    platform: Offer,
    party: Party,
    kind: str,
    purpose: str,
    by: Any,
    now: datetime,
    need: Need | None = None,
    form_key: str | None = None,
) -> Pairing:
    """Ask a platform to pair, or ask it a question. One open pairing for each enterprise and platform.

    ``by`` None is the demo, which tells nobody.
    """
    _may_ask(platform, party, kind, need, by)
    content = {"kind": kind, "purpose": purpose, "need": need}
    try:
        with transaction.atomic():
            pairing = _open(platform, party, content, form_key or None, by=by, now=now)
    except IntegrityError as error:
        return _there(platform, party, form_key, error)
    if by is not None:
        _tell_platform(pairing, by=by, now=now)
    return pairing


def _open(
    platform: Offer, party: Party, content: dict[str, Any], form_key: str | None, *, by: Any, now: datetime
) -> Pairing:
    case = open_case(
        service=SERVICE,
        applicant=party,
        by=by,
        now=now,
        offer=platform,
        district=platform.district or platform.party.district,
        data=content | {"need": content["need"].pk if content["need"] else None},
    )
    return Pairing.objects.create(case=case, platform=platform, party=party, asked_at=now, form_key=form_key, **content)


def _may_ask(platform: Offer, party: Party, kind: str, need: Need | None, by: Any) -> None:
    if by is not None and not acts_for.check(by, party):
        raise NotAllowed(_("您不是该单位的经办人，不能代其提出请求。请先在“我的单位”中申请加入。"))
    if platform.service != "platforms" or platform.status != Status.PUBLIC:
        raise Refusal(_("这个平台已不在公开登记簿中，请看看其他平台。"))
    if party.pk == platform.party_id:
        raise Refusal(_("这是本单位自己的平台。"))
    if kind == Pairing.Kind.PAIRING and party.kind != "enterprise":
        words = _("结对共建由企业提出。高校院所等单位可以先“问一个问题”。")
        raise Refusal(words, fields={"kind": words})
    if need is not None and need.party_id != party.pk:
        words = _("所选需求不是该单位的，请重新选择。")
        raise Refusal(words, fields={"need": words})


def _there(platform: Offer, party: Party, form_key: str | None, error: IntegrityError) -> Pairing:
    """The one that was there first: the same form sent twice, or an open pairing of the two."""
    twin = Pairing.objects.select_related("case").filter(form_key=form_key).first() if form_key else None
    if twin is not None:
        return twin
    there = Pairing.objects.select_related("case").filter(platform=platform, party=party, ended_at=None).first()
    if there is None:
        raise error
    words = _("“{name}”与这个平台已有进行中的结对，当前状态为“{state}”。请在原办件里继续。")
    raise Refusal(words.format(name=party, state=_(state_of(there.case).label)))


def _tell_platform(pairing: Pairing, *, by: Any, now: datetime) -> None:
    case = pairing.case
    with main_language():
        text = f"{pairing.party} 提出“{pairing.get_kind_display()}”，请在 {case.due_on} 前回应。"
    people = Mandate.objects.filter(party=pairing.platform.party_id, state=Mandate.State.ACTIVE).select_related("user")
    for mandate in people:
        if mandate.user_id != by.pk:
            key = f"pairing:{pairing.pk}:asked"
            tell(user=mandate.user, text=f"{pairing.platform}：{text}", url=f"/cases/{case.pk}/", key=key, now=now)


def _locked(pairing: Pairing) -> Pairing:
    Case.objects.select_for_update(of=("self",)).get(pk=pairing.case_id)
    return (
        Pairing.objects.select_for_update(of=("self",)).select_related("case", "platform", "party").get(pk=pairing.pk)
    )


@transaction.atomic
def propose_terms(
    *, pairing: Pairing, content: dict[str, Any], version: int, by: Any, now: datetime, quiet: bool = False
) -> Pairing:
    """The platform writes down goals, period, report rhythm and contacts; the enterprise decides.

    ``quiet`` enters what happened some time ago and tells nobody.
    """
    pairing = _locked(pairing)
    if not access.platform.check(by, pairing.case):
        raise NotAllowed(_("结对方案由平台提出，企业确认。"))
    if version != pairing.version:
        raise Stale(_("您打开页面之后，方案已被他人保存。您填写的内容还在，请对照后再次提交。"))
    before = {name: getattr(pairing, name) for name in content}
    for name, value in content.items():
        setattr(pairing, name, value)
    pairing.version += 1
    pairing.save()
    record(pairing, "terms", by=by, now=now, before=before, after=content)
    pairing.case = advance(case=pairing.case, step="propose", by=by, now=now, quiet=quiet)
    return pairing


def begin(pairing: Pairing, *, now: datetime) -> None:
    """The terms are in force; called by the step with which the enterprise agrees."""
    today = timezone.localtime(now).date()
    if pairing.ends_on is None or pairing.ends_on <= today:
        raise Refusal(_("方案中的结束日期已经过去，请退回平台修改。"))
    pairing.agreed_at = pairing.agreed_at or now
    pairing.next_report_on = _next_report(pairing, max(today, pairing.starts_on or today))
    pairing.save(update_fields=["agreed_at", "next_report_on"])


def _next_report(pairing: Pairing, since: date) -> date | None:
    """When the next report falls due; none after the last full part, since the end asks for a summary of its own."""
    due = months_later(since, pairing.every)
    return due if pairing.ends_on is not None and due < pairing.ends_on else None


@transaction.atomic
def report(*, pairing: Pairing, content: dict[str, Any], by: Any, now: datetime, quiet: bool = False) -> Report:
    """Report on the time since the last report; the same form sent twice is told so. ``quiet`` as above."""
    pairing = _locked(pairing)
    today = timezone.localtime(now).date()
    since, until = queries.next_period(pairing, today)
    if since > today:
        raise Refusal(_("到今天为止的进展已经报告过了。"))
    advance(case=pairing.case, step="report", by=by, now=now, quiet=quiet)
    row = Report.objects.create(pairing=pairing, since=since, until=until, at=now, by=by, **content)
    pairing.next_report_on = _next_report(pairing, today)
    pairing.save(update_fields=["next_report_on"])
    record(pairing, "report", by=by, now=now, after={"label": str(row), **content})
    return row
