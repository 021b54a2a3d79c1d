"""云上研发中心清单的行 rows of registrations, R&D records, coverage and its roll, and what an import does."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.core.cases.import_files import MOST_EXPORTED
from kechuang.core.cases.queries import state_of
from kechuang.core.dossier.facts import last_full_year
from kechuang.core.parties.access import require_officer
from kechuang.core.parties.queries import party_by_code
from kechuang.core.vocab import queries as vocab
from kechuang.kit.fields import CodeField
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.research_centers import coverage, queries, records
from kechuang.services.research_centers.forms import FIRST_YEAR, ActivityForm
from kechuang.services.research_centers.models import Activity, Center, RollEntry
from kechuang.services.research_centers.service import WORKFLOW
from kechuang.web import sheet_steps
from kechuang.web.sheets import (
    BLANK,
    UNKNOWN,
    Act,
    Ask,
    Change,
    Given,
    Key,
)
from kechuang.web.templatetags.kc import owner_label

OUT = "out"


def number(text: str) -> int | None:
    """A whole number as an address or a cell gives it."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def chosen(parameters: Mapping[str, Any], today: date) -> tuple[int, str | None, str]:
    """Year, district (None: all) and which enterprises an address of the coverage asks for."""
    year = number(str(parameters.get("year", ""))) or last_full_year(today)
    year = min(max(year, FIRST_YEAR), today.year)
    district, which = parameters.get("district"), str(parameters.get("which", ""))
    district = None if district is None or "\0" in district else str(district)
    return year, district, which if which in coverage.WHICH else "all"


# --- registrations


def centers_rows(ask: Ask) -> Iterator[list[Any]]:
    """登记办件的行."""
    state = ask.parameters.get("state", "")
    found = list(queries.centers(ask.user, state if state in WORKFLOW.states else "")[: MOST_EXPORTED + 1])
    may = sheet_steps.takable(ask.user, [row.case for row in found])
    for row in found:
        case = row.case
        yield [
            case.pk,
            row.name,
            row.party.name,
            vocab.label("district", case.district) if case.district else "",
            [vocab.label("industry", code) for code in row.industries],
            row.direction,
            row.rd_staff,
            row.rd_spend,
            [vocab.label("cooperation", code) for code in row.cooperation],
            row.offers,
            _(state_of(case).label),
            owner_label(case.owner) if case.owner else "",
            case.due_on,
            row.registered_on,
            *sheet_steps.step_cells(case, may),
        ]


# --- records


class RecordCells(ActivityForm):
    """研发活动列: which enterprise's, needed only by those who act for several."""

    version = None  # type: ignore[assignment]  # the sheet has a mark of its own
    uscc = forms.CharField(label=gettext_lazy("统一社会信用代码"), max_length=20, required=False)


def activities_rows(ask: Ask) -> Iterator[list[Any]]:
    """研发活动的行."""
    year, center = number(str(ask.parameters.get("year", ""))), number(str(ask.parameters.get("center", "")))
    for row in queries.activities(ask.user, center, year)[: MOST_EXPORTED + 1]:
        party = row.center.party
        yield [
            row.pk,
            party.name,
            party.uscc or "",
            *(getattr(row, name) for name in records.CONTENT),
            None,
            RECORD.stamp(row),
        ]


def _find_activities(ask: Ask, keys: Collection[Key]) -> dict[Key, Activity]:
    numbers = {n: key for key in keys if (n := number(key[0])) is not None}
    rows = queries.activities(ask.user).filter(pk__in=numbers, center__in=queries.own_centers(ask.user))
    return {numbers[row.pk]: row for row in rows}


def _said(row: Activity) -> dict[str, Any]:
    return {"uscc": row.center.party.uscc or "", **{name: getattr(row, name) for name in records.CONTENT}}


def _own_center(given: Given) -> Center:
    rows = queries.own_centers(given.ask.user)
    wanted = given.data.get("uscc", "").strip().upper()
    found = list(rows.filter(party__uscc=wanted) if wanted else rows[:2])
    if len(found) != 1:
        words = _("请填写本单位的统一社会信用代码；该单位须有已登记的云上研发中心。")
        raise Refusal(words, fields={"uscc": words})
    return found[0]


def _plan_record(given: Given) -> Act:
    data, by, row = given.data, given.ask.user, given.record
    reason = data.get("reason", "")
    if row is None:
        center = _own_center(given)
        return lambda now: records.record_activity(center=center, content=data, reason=reason, by=by, now=now)
    return lambda now: records.change_activity(
        activity=row, content=data, version=row.version, reason=reason, by=by, now=now
    )


def _there(given: Given) -> bool:
    """Whether a row without a number has been entered before."""
    if given.record is not None:
        return False
    rows = queries.activities(given.ask.user, year=given.data["year"])
    same = {name: given.data[name] for name in records.CONTENT}
    return rows.filter(**same, center__in=queries.own_centers(given.ask.user)).exists()


def _require_own(ask: Ask) -> None:
    if not queries.own_centers(ask.user).exists():
        raise NotAllowed(_("研发活动由已登记中心的企业经办人填写。"))


RECORD = Change(
    form=RecordCells,
    find=_find_activities,
    content=_said,
    version=lambda row: f"{row.pk} {row.version}",
    plan=_plan_record,
    done=_there,
    adds=BLANK,
    require=_require_own,
    title=str,
    link=lambda row: reverse("edit_rd_record", args=[row.pk]),
)


# --- coverage and roll


def lines_rows(ask: Ask) -> Iterator[list[Any]]:
    """覆盖率的行."""
    year = chosen(ask.parameters, ask.today)[0]
    for line in coverage.coverage(ask.user, year, ask.today):
        name = _("合计") if line.district is None else vocab.label("district", line.district) or _("未填")
        share = None if line.share is None else round(line.share * 100, 1)
        yield [year, name, line.base, line.covered, line.uncovered, share]


def firms_rows(ask: Ask) -> Iterator[list[Any]]:
    """覆盖率背后企业的行."""
    year, district, _which = chosen(ask.parameters, ask.today)
    for which, word in (("covered", _("有")), ("uncovered", _("没有"))):
        for party in coverage.firms(ask.user, year, ask.today, district, which)[:MOST_EXPORTED]:
            place = vocab.label("district", party.district) if party.district else ""
            yield [year, party.name, party.uscc or "", place, word]


class RollCells(forms.Form):
    """名录列: which enterprise counts in which year; ``action`` takes it out."""

    uscc = forms.CharField(label=gettext_lazy("统一社会信用代码"), max_length=20)
    year = forms.IntegerField(label=gettext_lazy("年度"), min_value=FIRST_YEAR, max_value=2100)
    source = forms.CharField(label=gettext_lazy("名录来源"), min_length=2, max_length=200)
    action = CodeField(label=gettext_lazy("处理"), choices=lambda: [(OUT, _("移出"))], required=False)


def roll_rows(ask: Ask) -> Iterator[list[Any]]:
    """名录的行."""
    for row in coverage.roll(ask.user, number(str(ask.parameters.get("year", ""))))[: MOST_EXPORTED + 1]:
        yield [row.year, row.party.uscc or "", row.party.name, row.source, None, ROLL.stamp(row)]


def _find_roll(ask: Ask, keys: Collection[Key]) -> dict[Key, RollEntry]:
    rows = coverage.roll(ask.user).filter(party__uscc__in={key[1].upper() for key in keys})
    found = {(str(row.year), row.party.uscc or ""): row for row in rows}
    wanted = {key: (key[0], key[1].upper()) for key in keys}
    return {key: found[known] for key, known in wanted.items() if known in found}


def _plan_roll(given: Given) -> Act:
    data, by, row = given.data, given.ask.user, given.record
    if data["action"]:
        if row is None:
            words = _("名录里没有这家企业，不用移出。")
            raise Refusal(words, fields={"action": words})
        return lambda now: coverage.take_off_roll(entry=row, by=by, now=now)
    party = party_by_code(data["uscc"].strip().upper())
    if party is None:
        words = _("没有登记过这个统一社会信用代码的企业。请先登记企业，或核对代码。")
        raise Refusal(words, fields={"uscc": words})
    return lambda now: coverage.put_on_roll(party=party, year=data["year"], source=data["source"], by=by, now=now)


ROLL = Change(
    form=RollCells,
    find=_find_roll,
    content=lambda row: {"uscc": row.party.uscc or "", "year": row.year, "source": row.source},
    version=lambda row: f"{row.pk} {row.source}",
    plan=_plan_roll,
    done=lambda given: given.record is None and given.data["action"] == OUT,
    adds=UNKNOWN,
    require=lambda ask: require_officer(ask.user),
    title=str,
    link=lambda row: reverse("party", args=[row.party_id]),
)
