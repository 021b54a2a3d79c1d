"""云上研发中心写入: register, change, suspend, end; ask a centre. The steps of the case move it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.cases.actions import open_case
from kechuang.core.cases.models import Case
from kechuang.core.dossier.actions import AUTHORITY
from kechuang.core.dossier.entries import add_entry, change_entry
from kechuang.core.dossier.queries import blocked
from kechuang.core.parties.access import acts_for
from kechuang.core.parties.models import Party
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.services.research_centers import access
from kechuang.services.research_centers.models import Center, Inquiry

SERVICE, INQUIRIES = "research_centers", "research-center-inquiries"
CONTENT = (
    "name",
    "industries",
    "direction",
    "leader",
    "rd_staff",
    "rd_spend",
    "equipment",
    "partners",
    "cooperation",
    "offers",
)


@transaction.atomic
def start(
    *,
    party: Party,
    content: Mapping[str, Any],
    by: Any,
    now: datetime,
    form_key: str | None = None,
    state: str = "",
) -> Center:
    """A draft of a registration; the same form sent twice gives the one that is there.

    ``by`` None is the demo, which may enter one in another ``state``.
    """
    if by is not None and not acts_for.check(by, party):
        raise NotAllowed(_("您不是该单位的经办人，不能代其登记。请先在“我的单位”中申请加入。"))
    if party.kind != "enterprise":
        raise Refusal(_("云上研发中心由企业登记。"))
    given = {name: content[name] for name in CONTENT}
    try:
        with transaction.atomic():
            case = open_case(
                service=SERVICE,
                applicant=party,
                by=by,
                now=now,
                district=party.district,
                state="" if by is not None else state,
                data={"title": given["name"], **{k: str(v) if k == "rd_spend" else v for k, v in given.items()}},
            )
            return Center.objects.create(case=case, party=party, form_key=form_key or None, **given)
    except IntegrityError as error:
        return _there(party, form_key, error)


def _there(party: Party, form_key: str | None, error: IntegrityError) -> Center:
    twin = Center.objects.select_related("case").filter(form_key=form_key).first() if form_key else None
    if twin is not None:
        return twin
    there = Center.objects.filter(party=party, ended_on=None).first()
    if there is None:
        raise error
    words = _("“%(party)s”已有云上研发中心的办件（编号 %(case)s），请在原办件里继续。")
    raise Refusal(words % {"party": party, "case": there.case_id})


def locked(center: Center) -> Center:
    """The centre as it is now; whoever else changes its case waits."""
    Case.objects.select_for_update(of=("self",)).get(pk=center.case_id)
    rows = Center.objects.select_for_update(of=("self",)).select_related("case", "party", "entry")
    return rows.get(pk=center.pk)


@transaction.atomic
def change(*, center: Center, content: Mapping[str, Any], version: int, by: Any, now: datetime) -> Center:
    """Change what is registered: its own people, until it has ended. What it said before stays in the history."""
    row = locked(center)
    if not access.own_center.check(by, row):
        raise NotAllowed(_("登记内容由本企业的经办人修改。"))
    if row.ended_on is not None or row.case.state in ("submitted", "suspended"):
        raise Refusal(_("提交后、暂停和结束后不能修改登记内容；提交后可以先撤回。"))
    if version != row.version:
        raise Stale(_("您打开页面之后，登记内容已被同事保存。您填写的内容还在，请对照后再次保存。"))
    before = {name: getattr(row, name) for name in CONTENT}
    for name in CONTENT:
        setattr(row, name, content[name])
    row.version += 1
    row.save()
    row.case.data = row.case.data | {"title": row.name}
    row.case.save(update_fields=["data"])
    record(
        row.case, "registration", by=by, now=now, before=before, after={name: getattr(row, name) for name in CONTENT}
    )
    return row


def hand_in(case: Case, *, by: Any, now: datetime) -> None:
    """Refused while an integrity decision blocks the enterprise. Effect of handing in."""
    decisions = blocked(case.applicant, timezone.localdate(now))
    if decisions:
        words = _("“%(party)s”有生效的诚信处理决定（%(decisions)s），在解除之前不能登记。")
        raise Refusal(words % {"party": case.applicant, "decisions": _("、").join(decisions)})


def enter_register(case: Case, *, by: Any, now: datetime) -> None:
    """On the register from today; the enterprise file lists it as a research organisation."""
    row, today = locked(case.research_center), timezone.localdate(now)
    row.registered_on = today
    content = {"name": row.name, "kind": "cloud", "since": today}
    row.entry = add_entry(party=row.party, held="research", content=content, source=AUTHORITY, by=None, now=now)
    row.save(update_fields=["registered_on", "entry"])


def suspend(case: Case, *, by: Any, now: datetime) -> None:
    """Off the register until resumed."""
    _stop(locked(case.research_center), {"suspended_on": timezone.localdate(now)}, now)


def resume(case: Case, *, by: Any, now: datetime) -> None:
    """On the register again."""
    row = locked(case.research_center)
    row.suspended_on = None
    row.save(update_fields=["suspended_on"])
    _in_file(row, None, now)


def close(case: Case, *, by: Any, now: datetime) -> None:
    """Nothing more is to come, so that the enterprise can register again."""
    _stop(locked(case.research_center), {"ended_on": timezone.localdate(now)}, now)


def _stop(row: Center, when: dict[str, date], now: datetime) -> None:
    for name, day in when.items():
        setattr(row, name, day)
    row.save(update_fields=list(when))
    _in_file(row, timezone.localdate(now), now)


def _in_file(row: Center, until: date | None, now: datetime) -> None:
    """Until when the enterprise file counts it; in the name of the authority, whoever ended it."""
    if row.entry is not None and (until is None or row.entry.until is None):
        change_entry(entry=row.entry, content={"until": until}, by=None, now=now)


@transaction.atomic
def inquire(*, center: Center, party: Party, text: str, by: Any, now: datetime, form_key: str | None = None) -> Inquiry:
    """Ask a registered centre to work together; its people have it in their to-do."""
    if by is not None and not acts_for.check(by, party):
        raise NotAllowed(_("您不是该单位的经办人，不能代其提出请求。请先在“我的单位”中申请加入。"))
    if not access.public_center.check(by, center):
        raise Refusal(_("这个中心已不在登记簿中，请看看其他中心。"))
    if center.party_id == party.pk:
        raise Refusal(_("这是本单位自己的中心。"))
    twin = Inquiry.objects.select_related("case").filter(form_key=form_key).first() if form_key else None
    if twin is not None:
        return twin
    data = {"title": f"{party.name} × {center.name}"[:200], "text": text, "host": center.party_id}
    case = open_case(service=INQUIRIES, applicant=party, by=by, now=now, district=center.party.district, data=data)
    return Inquiry.objects.create(case=case, center=center, party=party, text=text, form_key=form_key or None)
