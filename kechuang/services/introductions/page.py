"""对接页 page: what the page of an introduction shows to a given user, and her lists of introductions."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kechuang.core.audit.models import Event
from kechuang.core.cases.models import Case, Contact, Material, Remark
from kechuang.core.cases.queries import events, said, state_of, steps_for
from kechuang.core.parties.models import Mandate, Party, User
from kechuang.core.taskforces.models import Seat
from kechuang.core.vocab import queries as vocab
from kechuang.kit.workflow import State
from kechuang.services.introductions import access, forms, queries
from kechuang.services.introductions.models import Introduction
from kechuang.services.introductions.service import WORKFLOW
from kechuang.web.browse import Page
from kechuang.web.case_forms import MaterialForm, StepForm
from kechuang.web.casework import materials_of
from kechuang.web.extend import Figure

PER_PAGE = 20
# The way that an introduction goes from the first word to the signature.
ROAD = ("proposed", "contacted", "met", "nda", "negotiating", "loi", "signed")
SCOPES = {
    "mine": gettext_noop("我跟进的"),
    "team": gettext_noop("我的专班"),
    "own": gettext_noop("本单位"),
    "officer": gettext_noop("辖区"),
    "proposed": gettext_noop("我撮合的"),
    "about": gettext_noop("这条信息的对接"),
}


@dataclass(frozen=True)
class Milestone:
    """里程: a state on the way, whether it has been passed or is the present one."""

    label: str
    passed: bool
    here: bool


@dataclass(frozen=True)
class Side:
    """一方: the party with the people who act for it; empty for those who need not know them."""

    party: Party
    people: list[User]


@dataclass
class IntroductionPage:
    """对接页: everything for one case and one user; forms that were not accepted take the place of fresh ones."""

    case: Case
    introduction: Introduction
    state: State
    overdue: bool
    today: date
    holder: User | None
    road: list[Milestone]
    words: str
    steps: list[StepForm]
    may_sign: bool
    may_work: bool
    may_claim: bool
    may_hand_on: bool
    is_side: bool
    may_add: bool
    asker: Side
    owner: Side
    team: list[Seat]
    contacts: list[Contact]
    remarks: list[Remark]
    events: list[tuple[Event, str]]
    materials: list[Material]
    contact_form: Any
    remark_form: Any
    pass_form: Any
    back_form: Any
    file_form: Any
    letter_form: Any
    refusal: str = ""
    done: str = ""

    @property
    def next_contact(self) -> Contact | None:
        """The contact that set the next step, while nothing has been logged since."""
        last = self.contacts[0] if self.contacts and self.case.owner else None
        return last if last is not None and last.next_step else None

    @property
    def next_late(self) -> bool:
        """Whether the agreed next step should have been taken by now."""
        last = self.next_contact
        return bool(last and last.next_on and last.next_on < self.today)

    @property
    def main(self) -> str:
        """The step that most likely comes next; empty where somebody else must act."""
        forward = [form.step.name for form in self.steps if form.bare]
        return forward[0] if forward and self.may_work else ""


def introduction_page(user: Any, case: Case, today: date, **given: Any) -> IntroductionPage:
    """The page of an introduction that the user may see; ``given`` are forms that were not accepted, and messages."""
    introduction: Introduction = case.introduction
    taken = steps_for(user, case)
    tried = given.pop("tried", None)
    works, live = access.worker.check(user, case), not state_of(case).end
    side = access.side.check(user, case)
    seats, has_it = queries.team(case) if case.task_force_id else [], queries.holder(case)
    history = events(case)
    return IntroductionPage(
        case=case,
        introduction=introduction,
        state=state_of(case),
        overdue=bool(case.due_on and case.due_on < today),
        today=today,
        holder=has_it,
        road=_road(case, history),
        words=said(case),
        steps=[_form(step, tried) for step in taken if not step.page],
        may_sign=any(step.page for step in taken),
        may_work=works and live,
        may_claim=live and has_it is None and access.broker.check(user, case),
        may_hand_on=live and has_it is not None and access.hand_on.check(user, case),
        is_side=side,
        may_add=works or side,
        asker=_side(case.applicant, known=works),
        owner=_side(case.offer.party, known=works) if case.offer else _side(case.applicant, known=False),
        team=seats,
        contacts=queries.contacts(case),
        remarks=queries.remarks(user, case),
        events=[(event, label) for event, label in reversed(history) if event.verb != "log"],  # the log has its place
        materials=materials_of(user, case),
        **(_fresh_forms(case, today) | given),
    )


def _fresh_forms(case: Case, today: date) -> dict[str, Any]:
    return {
        "contact_form": forms.ContactForm(initial={"on": today, "move": True, "key": secrets.token_hex(16)}),
        "remark_form": forms.RemarkForm(),
        "pass_form": forms.PassOnForm(seats=others(case)),
        "back_form": forms.GiveBackForm(),
        "file_form": MaterialForm(),
        "letter_form": forms.LetterForm(today=today),
    }


def _form(step: Any, tried: StepForm | None) -> StepForm:
    return tried if tried is not None and tried.step == step else StepForm(step=step, fields=list)


def others(case: Case) -> list[Seat]:
    """The colleagues of whoever follows the introduction up."""
    has_it = queries.holder(case)
    return [seat for seat in queries.colleagues(case) if seat.user != has_it]


def _side(party: Party, *, known: bool) -> Side:
    rows = Mandate.objects.filter(party=party, state=Mandate.State.ACTIVE).select_related("user").order_by("role", "pk")
    return Side(party, [m.user for m in rows] if known else [])


def _road(case: Case, history: list[tuple[Event, str]]) -> list[Milestone]:
    been = {(event.after or {}).get("state") for event, _label in history}
    shown = [*ROAD, "closed"] if case.state == "closed" else list(ROAD)
    return [Milestone(WORKFLOW.states[n].label, n in been and n != case.state, n == case.state) for n in shown]


@dataclass(frozen=True)
class Row:
    """一行: an introduction in a list."""

    case: Any
    state: State
    overdue: bool
    next_late: bool


@dataclass(frozen=True)
class Option:
    """筛选值: one value of a filter with its count."""

    code: str
    label: str
    count: int
    chosen: bool


@dataclass
class Listed:
    """对接清单: the lists that the user has, and the one that is open."""

    scopes: list[tuple[str, str, int]]
    scope: str
    filters: list[tuple[str, str, list[Option]]]
    sort: str
    late: bool
    late_count: int
    rows: list[Row] = field(default_factory=list)
    total: int = 0
    page: Page = field(default_factory=lambda: Page(1, 1))


def listed(user: Any, given: Mapping[str, str], today: date) -> Listed:
    """Lists with filters, sort and pages; what an address asks for that there is not is ignored."""
    lists = queries.scopes(user)
    about = {n: int(v) for n in ("need", "offer") if (v := given.get(n, "")).isascii() and v.isdigit() and len(v) < 10}
    if about:
        lists.insert(0, queries.Scope("about", queries.visible(user).filter(**about)))
    counts = [(scope.name, _(SCOPES[scope.name]), scope.rows.count()) for scope in lists]
    wanted = "about" if about else given.get("list", "")
    here = next((s for s in lists if s.name == wanted), None) or next(
        (s for s, (_name, _label, n) in zip(lists, counts, strict=True) if n), lists[0]
    )
    rows = here.rows
    chosen = {n: v for n in queries.FILTERS if (v := given.get(n, "")) and "\0" not in v}
    if not chosen.get("team", "0").isascii() or not chosen.get("team", "0").isdigit():
        del chosen["team"]
    filters = _filters(queries.counts(rows, chosen), chosen)
    rows = queries.filtered(rows, chosen)
    late = queries.overdue(rows, today)
    sort = given.get("sort", "")
    found = Listed(
        scopes=counts,
        scope=here.name,
        filters=filters,
        sort=sort if sort in queries.SORTS else "due",
        late=given.get("overdue") == "1",
        late_count=late.count(),
    )
    _fill(found, late if found.late else rows, given.get("page", ""), today)
    return found


def home_figures(user: Any, today: date) -> list[Figure]:
    """Open and ended introductions of each of the user's lists, for her home page; each number leads to its list."""
    if not queries.has_any(user):
        return []
    found = []
    for scope in queries.scopes(user):
        url, name = f"{reverse('introductions')}?list={scope.name}", _(SCOPES[scope.name])
        live = queries.filtered(scope.rows, {"open": "1"})
        late = queries.overdue(live, today).count()
        note = _("其中超期 {n} 件").format(n=late) if late else ""
        found.append(Figure(_("{list}：进行中").format(list=name), live.count(), f"{url}&open=1", note))
        ended = queries.filtered(scope.rows, {"open": "0"}).count()
        if ended:
            found.append(Figure(_("{list}：已结束").format(list=name), ended, f"{url}&open=0"))
    return found


def _fill(found: Listed, rows: QuerySet[Case], number: str, today: date) -> None:
    pages = Paginator(rows.order_by(*queries.SORTS[found.sort]), PER_PAGE)
    here = pages.get_page(int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1)
    found.total, found.page = pages.count, Page(here.number, pages.num_pages)
    for case in here:
        row: Any = case
        late = bool(case.owner and row.next_on and row.next_on < today)
        found.rows.append(Row(case, state_of(case), bool(case.due_on and case.due_on < today), late))


def _filters(counts: Mapping[str, Mapping[str, int]], chosen: Mapping[str, str]) -> list[tuple[str, str, list[Option]]]:
    known: dict[str, tuple[str, Mapping[str, str]]] = {
        "open": (_("进展"), {"1": _("进行中"), "0": _("已结束")}),
        "state": (_("状态"), {name: state.label for name, state in WORKFLOW.states.items()}),
        "district": (_("区市"), vocab.labels("district")),
        "team": (_("专班"), queries.team_names(list(counts["team"]))),
    }
    found = []
    for name, (heading, labels) in known.items():
        options = [
            Option(code, labels.get(code, code), n, chosen.get(name) == code) for code, n in counts[name].items()
        ]
        if len(options) > 1 or name in chosen:
            found.append((name, heading, options))
    return found
