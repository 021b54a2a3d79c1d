"""走访清单的行 rows of visits, problems, enterprises and statistics; an import logs visits."""

from collections.abc import Collection, Iterator
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.core.cases.import_files import MOST_EXPORTED
from kechuang.core.cases.queries import said, state_of
from kechuang.core.parties.models import Party
from kechuang.core.vocab import queries as vocab
from kechuang.kit.refusal import Refusal
from kechuang.services.visits import access, actions, queries
from kechuang.services.visits.correcting import correct, require_correctable
from kechuang.services.visits.figures import GROUPS, figures
from kechuang.services.visits.filters import chosen, wanted, year_of
from kechuang.services.visits.forms import Logged
from kechuang.services.visits.models import Visit
from kechuang.services.visits.units import unit_of, units_of
from kechuang.web import sheet_steps
from kechuang.web.sheets import BLANK, Act, Ask, Change, Given, Key
from kechuang.web.templatetags.kc import owner_label


class VisitCells(Logged):
    """走访列: as on the page; ``uscc`` says which enterprise."""

    uscc = forms.CharField(label=gettext_lazy("统一社会信用代码"), max_length=20)
    reason = forms.CharField(label=gettext_lazy("更正原因"), max_length=300, required=False)
    field_order = ("uscc", "visited_on", "purpose", "people", "seen", "problems", "private", "reason")


def _raised(visit: Visit) -> list[dict[str, str]]:
    return [{"kind": one.kind, "text": one.text, "days": str(one.days)} for one in visit.problems.all()]


def _problem_lines(visit: Visit) -> str:
    field: Any = VisitCells.base_fields["problems"]
    return str(field.as_cell(_raised(visit)))


def visit_rows(ask: Ask) -> Iterator[list[Any]]:
    """走访的行."""
    found = queries.visits(ask.user, chosen(ask.parameters)).prefetch_related("problems")[: MOST_EXPORTED + 1]
    rows = list(found)
    numbers = [row.pk for row in rows]
    open_to = set(
        access.see_private.filter(ask.user, Visit.objects.filter(pk__in=numbers)).values_list("pk", flat=True)
    )
    for row in rows:
        yield [
            row.case_id,
            row.party.uscc or "",
            row.party.name,
            unit_of(row).label,
            _(state_of(row.case).label),
            row.planned_on,
            row.visited_on,
            row.purpose,
            row.people,
            row.seen,
            _problem_lines(row),
            row.private if row.pk in open_to else "",
            None,
            VISIT.stamp(row),
        ]


def _find(ask: Ask, keys: Collection[Key]) -> dict[Key, Visit]:
    numbers = {int(key[0]): key for key in keys if key[0].isascii() and key[0].isdigit() and len(key[0]) < 18}
    rows = access.work_on_visit.filter(ask.user, queries.with_everything()).prefetch_related("problems")
    return {numbers[row.case_id]: row for row in rows.filter(case__in=numbers)}


def _said(visit: Visit) -> dict[str, Any]:
    given = {name: getattr(visit, name) for name in actions.LOGGED}
    return given | {"uscc": visit.party.uscc or "", "problems": _raised(visit)}


def _wording(visit: Visit) -> list[Any]:
    return [getattr(visit, name) for name in actions.LOGGED]


def _party(given: Given) -> Party:
    uscc = given.data["uscc"].strip().upper()
    party = access.visit_firm.filter(given.ask.user, Party.objects.filter(uscc=uscc)).first()
    if party is None:
        words = _("没有这家企业，或者不在您的走访范围内。")
        raise Refusal(words, fields={"uscc": words})
    return party


def _plan(given: Given) -> Act:
    data, by, row = given.data, given.ask.user, given.record
    raised = data["problems"]
    if row is None:
        party, unit = _party(given), units_of(by)[0]
        return lambda now: actions.log_now(party=party, unit=unit, content=data, raised=raised, by=by, now=now)
    if row.case.state != "planned":
        return _correction(given)
    return lambda now: actions.log(visit=row, content=data, raised=raised, by=by, now=now)


def _correction(given: Given) -> Act:
    """A log that is put right; the enterprise and the problems stay as they are."""
    row, data, by = given.record, given.data, given.ask.user
    for name in {"uscc", "problems"} & given.changed:
        words = _("已经记录的走访，企业和诉求不能在表格里改；遗漏的诉求请在页面上补登。")
        raise Refusal(words, fields={name: words})
    require_correctable(row, data, data["reason"], given.ask.today)
    return lambda now: correct(visit=row, content=data, reason=data["reason"], by=by, now=now)


def _there(given: Given) -> bool:
    """Whether a row without a number has been entered before, or a log been put right just so."""
    data = given.data
    if given.record is not None:
        return given.changed == {"reason"} and given.record.case.state == "done"
    same = queries.visits(given.ask.user, {}).filter(party__uscc=data["uscc"].strip().upper())
    return same.filter(visited_on=data["visited_on"], purpose=data["purpose"], people=data["people"]).exists()


VISIT = Change(
    form=VisitCells,
    find=_find,
    content=_said,
    version=lambda row: " ".join(str(part) for part in (row.pk, row.case.state, row.planned_on, *_wording(row))),
    plan=_plan,
    done=_there,
    adds=BLANK,
    require=lambda ask: access.require_visitor(ask.user),
    title=str,
    link=lambda row: reverse("case", args=[row.case_id]),
)


def problem_rows(ask: Ask) -> Iterator[list[Any]]:
    """诉求的行."""
    given = chosen(ask.parameters, of_problems=True)
    found = list(queries.problems(ask.user, given, ask.today)[: MOST_EXPORTED + 1])
    may = sheet_steps.takable(ask.user, [row.case for row in found])
    for row in found:
        case = row.case
        yield [
            case.pk,
            row.visit.party.name,
            row.visit.visited_on,
            unit_of(row.visit).label,
            row.get_kind_display(),
            row.text,
            _(state_of(case).label),
            owner_label(case.owner) if case.owner else "",
            case.assignee or "",
            case.due_on,
            said(case),
            *sheet_steps.step_cells(case, may),
        ]


def firm_rows(ask: Ask) -> Iterator[list[Any]]:
    """企业的行."""
    for party in queries.firms(ask.user, wanted(ask.parameters), ask.today)[: MOST_EXPORTED + 1]:
        place = vocab.label("district", party.district) if party.district else ""
        row: Any = party
        yield [party.name, party.uscc or "", place, row.last_visit, row.next_plan]


def figure_rows(ask: Ask) -> Iterator[list[Any]]:
    """统计的行."""
    group = str(ask.parameters.get("by", ""))
    year = year_of(ask.parameters, ask.today)
    for line in figures(ask.user, group if group in GROUPS else GROUPS[0], year, ask.today):
        yield [year, line.label, line.visits, line.firms, line.problems, line.open, line.late, line.confirmed]
