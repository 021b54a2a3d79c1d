"""诚信记录写入 integrity: enter a decision, note an appeal. Entries end by themselves; nothing is ever deleted."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.dossier.models import IntegrityEntry
from kechuang.core.parties.access import require_city_officer
from kechuang.core.parties.models import Party, User
from kechuang.kit.refusal import Refusal


@transaction.atomic
def enter_integrity(*, subject: Party | User, content: dict[str, Any], by: Any, now: datetime) -> IntegrityEntry:
    """Enter a decision about an organisation or a person. Officers of the whole city do it."""
    if by is not None:
        require_city_officer(by)
    if content.get("until") is not None and content["until"] <= content["start"]:
        words = _("解除日期应晚于开始日期。")
        raise Refusal(words, fields={"until": words})
    whose = {"party": subject} if isinstance(subject, Party) else {"user": subject}
    if IntegrityEntry.objects.filter(**whose, decision=content["decision"]).exists():
        words = _("这份决定文书已经登记。")
        raise Refusal(words, fields={"decision": words})
    row = IntegrityEntry.objects.create(**whose, **content, entered_at=now, entered_by=by)
    record(row, "enter", by=by, now=now, after=content)
    return row


@transaction.atomic
def note_appeal(*, entry: IntegrityEntry, appeal: str, note: str, by: Any, now: datetime) -> IntegrityEntry:
    """Note what became of an appeal; one that was upheld takes the entry out of force at once."""
    require_city_officer(by)
    row = IntegrityEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    if appeal not in IntegrityEntry.Appeal.values:
        raise Refusal(_("请从列表中选择。"), fields={"appeal": _("请从列表中选择。")})
    if row.appeal == IntegrityEntry.Appeal.UPHELD:
        raise Refusal(_("申诉已经成立，记录不再有效，不能再改。"))
    before, row.appeal = row.appeal, appeal
    row.save(update_fields=["appeal"])
    record(row, "appeal", by=by, now=now, before={"appeal": before}, after={"appeal": appeal}, note=note)
    return row
