"""档案写入: state figures, declare a list complete, settle a dispute, note a look."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.dossier import access
from kechuang.core.dossier.merging import text
from kechuang.core.dossier.models import PROFILE, YEARLY, Dispute, Profile
from kechuang.core.dossier.models.figures import FIRST_YEAR
from kechuang.core.dossier.queries import LIST_MODELS, LOOK
from kechuang.core.dossier.reporting import Given, Outcome, lock, put, recount
from kechuang.core.parties.models import Party
from kechuang.core.vocab import queries as vocab
from kechuang.kit.refusal import NotAllowed, Refusal, Stale

OWN = "enterprise"
AUTHORITY = "authority"


@transaction.atomic
def report(
    *,
    party: Party,
    values: Mapping[int, Mapping[str, Any]],
    by: Any,
    now: datetime,
    source: str = OWN,
    seen: Mapping[int, Mapping[str, Any]] | None = None,
    note: str = "",
) -> Outcome:
    """State figures in the name of one source: ``{year: {field: value}}``, year 0 for what belongs to no year.

    None takes a value back. ``seen`` is what the form showed: raises Stale where somebody has changed it since.
    ``note`` says in the history how the values were entered. ``by`` None is the demo.
    """
    if by is not None:
        access.require_source(by, party, source)
    if source not in vocab.labels("dossier_source"):
        raise Refusal(_("没有这种来源，请从列表中选择。"))
    _check(values, now)
    lock([party.pk])
    if seen is not None:
        _unchanged(party, source, seen)
    outcome = put([Given(party.pk, year, source, given) for year, given in values.items()], by=by, now=now)
    for (_party, year), changes in outcome.changes.items():
        before = {name: None if old is None else text(old) for name, (old, _new) in changes.items()}
        after = {name: None if new is None else text(new) for name, (_old, new) in changes.items()}
        record(
            party, "report", by=by, now=now, before=before, after={"year": year, "source": source, **after}, note=note
        )
    return outcome


def _check(values: Mapping[int, Mapping[str, Any]], now: datetime) -> None:
    for year, given in values.items():
        known = YEARLY if year else PROFILE
        if strange := [name for name in given if name not in known]:
            raise Refusal(_("没有这些栏目：%(names)s。") % {"names": _("、").join(strange)})
        if year and not FIRST_YEAR <= year <= now.year:
            raise Refusal(_("年度 %(year)s 不对：请填写今年或以前的年度。") % {"year": year})


def stated(party: Party, source: str, years: Collection[int]) -> dict[int, dict[str, Any]]:
    """What a source has stated of a party, by year (0: what belongs to no year)."""
    found: dict[int, dict[str, Any]] = {}
    for row in party.profile_reports.filter(source=source) if 0 in years else ():
        found[0] = {name: getattr(row, name) for name in PROFILE}
    for figures in party.year_reports.filter(source=source, year__in=years):
        found[figures.year] = {name: getattr(figures, name) for name in YEARLY}
    return found


def _unchanged(party: Party, source: str, seen: Mapping[int, Mapping[str, Any]]) -> None:
    there = stated(party, source, list(seen))
    for year, fields in seen.items():
        for name, value in fields.items():
            if text(there.get(year, {}).get(name)) != text(value):
                raise Stale(_("您打开页面之后，这些数据已被同事保存过。您填写的内容还在，请对照后再次保存。"))


@transaction.atomic
def declare_kept(*, party: Party, held: str, kept: bool, by: Any, now: datetime) -> Profile:
    """Declare that a list is complete (an empty one then means none), or take that back."""
    if by is not None and not access.fill_file.check(by, party):
        raise NotAllowed(_("清单是否完整由本单位的经办人声明。"))
    if held not in LIST_MODELS:
        raise Refusal(_("没有这个清单。"))
    lock([party.pk])
    profile, _created = Profile.objects.get_or_create(party=party)
    if (held in profile.kept) == kept:
        return profile
    if kept:
        profile.kept[held] = [now.date().isoformat(), by.pk if by is not None else None]
    else:
        del profile.kept[held]
    profile.save(update_fields=["kept"])
    record(party, "declare_kept", by=by, now=now, after={"list": held, "kept": kept})
    return profile


@transaction.atomic
def settle(
    *,
    dispute: Dispute,
    chosen: str,
    note: str,
    by: Any,
    now: datetime,
    value: Any = None,
    seen: Mapping[str, str] | None = None,
) -> Dispute:
    """Settle what sources disagree on: take one of them, or ``authority`` with a value of one's own.

    It holds until one of the sources states something else. ``seen`` is what each source said when the form was shown.
    """
    lock([dispute.party_id])
    found = Dispute.objects.select_related("party").get(pk=dispute.pk)
    if by is not None and not access.settle_dispute.check(by, found):
        raise NotAllowed(_("来源不一致由该单位所在区市或市级主管部门处理。"))
    if found.settled_at is not None:
        raise Stale(_("这一项已经处理，或者各来源已经一致。"))
    if seen is not None and found.values != dict(seen):
        raise Stale(_("有来源刚刚更新了数值，请刷新页面后再处理。"))
    if not note.strip():
        words = _("请写明采用的依据，企业会看到。")
        raise Refusal(words, fields={"note": words})
    if chosen == AUTHORITY and value is not None:
        put([Given(found.party_id, found.year, AUTHORITY, {found.field: value})], by=by, now=now)
        found.refresh_from_db()
    if chosen not in found.values:
        words = _("请选择采用哪个来源。")
        raise Refusal(words, fields={"chosen": words})
    found.chosen, found.note, found.settled_by, found.settled_at = chosen, note.strip()[:300], by, now
    found.save()
    recount(found.party_id, found.year, now=now)
    after = {"year": found.year, "field": found.field, "chosen": chosen, "values": found.values}
    record(found.party, "settle", by=by, now=now, after=after, note=found.note)
    return found


def note_look(*, party: Party, groups: Collection[str], by: Any, now: datetime) -> None:
    """Note that somebody other than the enterprise's own people has looked at its file."""
    if not access.is_own(by, party):
        record(party, LOOK, by=by, now=now, after={"groups": sorted(groups)})
