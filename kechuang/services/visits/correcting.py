"""更正走访记录 correcting: a log is put right with a reason; both wordings stay, and the enterprise knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.audit.models import Event
from kechuang.core.audit.queries import history
from kechuang.core.cases.actions import people_of
from kechuang.core.notices.actions import tell
from kechuang.core.parties.models import User
from kechuang.kit.language import main_language
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.kit.text import noop
from kechuang.services.visits import access
from kechuang.services.visits.actions import LOGGED, locked
from kechuang.services.visits.models import Visit
from kechuang.services.visits.units import unit_of

CORRECTED = "corrected"
LABELS = {
    "visited_on": noop("走访日期"),
    "purpose": noop("走访目的"),
    "people": noop("参加人员"),
    "seen": noop("看到的情况"),
}


@dataclass(frozen=True)
class Correction:
    """更正: by whom, when, why, and for each changed field its label and what it said before and after."""

    event: Event
    fields: list[tuple[str, str, str]]


def version_of(visit: Visit) -> str:
    """What the form was opened with; differs whenever somebody has corrected the log."""
    return f"{history(visit.case).filter(verb=CORRECTED).count()}-{history(visit).count()}"


def corrections(visit: Visit) -> list[Correction]:
    """The corrections of a log, the latest first."""
    rows = history(visit.case).filter(verb=CORRECTED).order_by("-id")
    return [Correction(row, _fields(row)) for row in rows]


def _fields(event: Event) -> list[tuple[str, str, str]]:
    before, after = event.before or {}, event.after or {}
    return [(LABELS[name], str(before[name]), str(after[name])) for name in LABELS if name in after]


def require_correctable(visit: Visit, content: Mapping[str, Any], reason: str, today: date) -> dict[str, Any]:
    """What a correction changes; raises Refusal where it cannot be made."""
    if visit.case.state != "done":
        raise Refusal(_("还没有记录的走访不用更正：请直接记录走访。"))
    if content["visited_on"] > today:
        words = _("走访日期不能晚于今天。")
        raise Refusal(words, fields={"visited_on": words})
    changed = {name: content[name] for name in LOGGED if _plain(content[name]) != _plain(getattr(visit, name))}
    if not changed:
        raise Refusal(_("没有改动。请改好再保存。"))
    if len(reason.strip()) < 2:
        words = _("请写明更正的原因，企业会看到。")
        raise Refusal(words, fields={"reason": words})
    return changed


def _plain(value: Any) -> Any:
    """A value without the line ends that a browser makes."""
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


@transaction.atomic
def correct(
    *, visit: Visit, content: Mapping[str, Any], reason: str, by: User, now: datetime, version: str | None = None
) -> Visit:
    """Put a log right. The enterprise sees the new wording, hears of it, and finds the old one with the reason.

    Private remarks are corrected likewise; their wordings stay on the visit's own record, not on the case that the
    enterprise reads. Raises Stale where somebody else has corrected it since ``version``.
    """
    row = locked(visit)
    if not access.work_on_visit.check(by, row):
        raise NotAllowed(_("走访记录由走访单位和主管部门更正。"))
    if version is not None and version != version_of(row):
        raise Stale(_("这份走访记录刚被别人更正过。请刷新页面，核对后再改。"))
    changed = require_correctable(row, content, reason, timezone.localdate(now))
    before = {name: getattr(row, name) for name in changed}
    for name, value in changed.items():
        setattr(row, name, value)
    row.save(update_fields=list(changed))
    if "private" in changed:
        old, new = {"private": before.pop("private")}, {"private": changed.pop("private")}
        record(row, CORRECTED, by=by, now=now, before=old, after=new, note=reason.strip())
    if changed:
        record(row.case, CORRECTED, by=by, now=now, before=before, after=changed, note=reason.strip())
        _tell(row, changed, reason.strip(), by, now)
    return row


def _tell(visit: Visit, changed: Mapping[str, Any], reason: str, by: User, now: datetime) -> None:
    with main_language():
        what = "、".join(LABELS[name] for name in changed)
        text = f"{unit_of(visit).label}更正了 {visit.visited_on} 走访{visit.party}的记录：{what}。原因：{reason}"
    people = people_of(visit.case) | {one.user for one in visit.companions.select_related("user")}
    for user in people - {by}:
        tell(user=user, text=text, url=f"/cases/{visit.case_id}/", key=f"visit:{visit.pk}:{now.isoformat()}", now=now)
