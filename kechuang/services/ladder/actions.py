"""梯度写入: record a certificate as a national system gave it, keep a list, ask for a correction."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.core.cases.actions import open_case
from kechuang.core.cases.models import Case
from kechuang.core.dossier.access import check_file
from kechuang.core.dossier.entries import add_entry, change_entry, confirm_entry
from kechuang.core.dossier.models import Qualification
from kechuang.core.parties.access import acts_for
from kechuang.core.parties.models import Party
from kechuang.core.tiers.access import require_city
from kechuang.core.tiers.ladder import LIST, Rung, ladder
from kechuang.kit.language import main_language
from kechuang.kit.refusal import NotAllowed, Refusal

NATIONAL, AUTHORITY = "national", "authority"
FIELDS = ("number", "granted_on", "valid_to", "revoked_on", "revoked_for")


def rung_of(code: str) -> Rung:
    """The rung with this code; raises Refusal where there is none."""
    rung = ladder().rung(code)
    if rung is None:
        words = _("请从列表中选择资格。")
        raise Refusal(words, fields={"rung": words})
    return rung


def checked(party: Party, rung: Rung, valid_from: date, content: Mapping[str, Any]) -> dict[str, Any]:
    """What a certificate would say; raises Refusal with the field that is wrong. Numbers are taken, never made."""
    said = {name: content.get(name) for name in FIELDS}
    issued = said["granted_on"] or valid_from
    said["number"], _remark = rung.checked_number(said["number"] or "", issued)
    said["valid_to"] = said["valid_to"] or rung.valid_to(issued)
    said["revoked_for"] = (said["revoked_for"] or "").strip()
    if said["valid_to"] is not None and said["valid_to"] <= valid_from:
        _refuse("valid_to", _("失效日期应晚于生效日期。"))
    if said["revoked_on"] is not None and not said["revoked_for"]:
        _refuse("revoked_for", _("请写明撤销原因。"))
    if said["revoked_for"] and said["revoked_on"] is None:
        _refuse("revoked_on", _("请填写撤销日期。"))
    if said["revoked_on"] is not None and said["revoked_on"] < valid_from:
        _refuse("revoked_on", _("撤销日期不能早于生效日期。"))
    others = Qualification.objects.filter(kind=rung.code, number=said["number"]).exclude(party=party)
    if said["number"] and rung.decided != LIST and (other := others.select_related("party").first()) is not None:
        _refuse("number", _("这个编号已经登记在“%(name)s”名下，请核对证书。") % {"name": other.party.name})
    return said


def _refuse(field: str, words: str) -> None:
    raise Refusal(words, fields={field: words})


@transaction.atomic
def record_certificate(
    *,
    party: Party,
    rung: str,
    valid_from: date,
    content: Mapping[str, Any],
    by: Any,
    now: datetime,
    source: str = NATIONAL,
) -> Qualification:
    """Record a certificate, or what has become of it, in the name of a national system or of the authority."""
    if by is not None and not check_file.check(by, party):
        raise NotAllowed(_("梯度库由企业所在区市或市级主管部门登记。"))
    held = rung_of(rung)
    if held.decided == LIST:
        _refuse("rung", _("这一级是遴选名单，请在名单页面登记。"))
    said = checked(party, held, valid_from, content)
    return _put(party, held, valid_from, said, source, by, now)


def _put(
    party: Party, rung: Rung, valid_from: date, said: Mapping[str, Any], source: str, by: Any, now: datetime
) -> Qualification:
    Party.objects.select_for_update().get(pk=party.pk)
    there = Qualification.objects.filter(party=party, kind=rung.code, valid_from=valid_from).first()
    found: Qualification
    if there is not None:
        found = confirm_entry(entry=there, content=said, source=source, by=by, now=now)
    else:
        whole = {"kind": rung.code, "valid_from": valid_from, **said}
        found = add_entry(party=party, held="qualifications", content=whole, by=by, now=now, source=source)
    return found


@transaction.atomic
def enter_member(
    *, party: Party, rung: str, valid_from: date, content: Mapping[str, Any], by: Any, now: datetime
) -> Qualification:
    """Enter an enterprise into a list, by a decision; ``content`` names the decision, its day and how long it holds."""
    if by is not None:
        require_city(by)
    held = rung_of(rung)
    if held.decided != LIST:
        _refuse("rung", _("这一级由国家平台认定，请在梯度库登记。"))
    if not (content.get("number") or "").strip():
        _refuse("number", _("请填写遴选决定的文号。"))
    said = checked(party, held, valid_from, content)
    Party.objects.select_for_update().get(pk=party.pk)
    if Qualification.objects.filter(party=party, kind=rung, valid_from=valid_from).exists():
        _refuse("valid_from", _("这家企业同一生效日期已经在名单里。"))
    return _put(party, held, valid_from, said, AUTHORITY, by, now)


@transaction.atomic
def remove_member(*, entry: Qualification, on: date, reason: str, by: Any, now: datetime) -> Qualification:
    """Take an enterprise out of a list from a day on, with the reason; the entry stays in the history."""
    if by is not None:
        require_city(by)
    row = Qualification.objects.select_related("party").get(pk=entry.pk)
    if row.revoked_on is not None:
        raise Refusal(_("这家企业已在 %(day)s 移出名单。") % {"day": row.revoked_on})
    if not reason.strip():
        _refuse("reason", _("请写明移出的原因和依据，企业会看到。"))
    if on < row.valid_from:
        _refuse("on", _("移出日期不能早于生效日期。"))
    said = {"revoked_on": on, "revoked_for": reason.strip()[:200]}
    found: Qualification = change_entry(entry=row, content=said, by=by, now=now)
    return found


@transaction.atomic
def ask_correction(*, party: Party, rung: str, text: str, by: Any, now: datetime) -> Case:
    """Ask the officers to correct what the register says of a rung; one open request for each rung."""
    if not acts_for.check(by, party):
        raise NotAllowed(_("您不是该单位的经办人，不能代其申请更正。"))
    held = rung_of(rung)
    Party.objects.select_for_update().get(pk=party.pk)
    if Case.objects.filter(service="ladder", applicant=party, state="asked", data__rung=held.code).exists():
        raise Refusal(_("关于%(rung)s的更正已经提出，正在核对。") % {"rung": held.label})
    with main_language():
        title = _("核对梯度库中的%(rung)s：%(name)s") % {"rung": held.label, "name": party.name}
    data = {"rung": held.code, "title": title, "text": text}
    return open_case(service="ladder", applicant=party, by=by, now=now, district=party.district, data=data)
