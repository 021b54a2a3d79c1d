"""对接页 page: what the page of an introduction shows to a given user."""

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from kechuang.core.audit.models import Event
from kechuang.core.cases.models import Case, Contact, Material, Remark
from kechuang.core.cases.queries import events, said, state_of, steps_for
from kechuang.core.parties.models import Mandate, Party, User
from kechuang.core.taskforces.models import Seat
from kechuang.kit.workflow import State
from kechuang.services.introductions import access, forms, queries
from kechuang.services.introductions.models import Introduction
from kechuang.services.introductions.moving import other_teams
from kechuang.services.introductions.pledges import Pledge, pledges
from kechuang.services.introductions.service import WORKFLOW
from kechuang.web.case_forms import MaterialForm, StepForm
from kechuang.web.casework import materials_of

# The way that an introduction goes from the first word to the signature.
ROAD = ("proposed", "contacted", "met", "nda", "negotiating", "loi", "signed")


NDA_STEP = "sign_nda"


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
    reasons: list[dict[str, Any]]
    steps: list[StepForm]
    may_sign: bool
    may_work: bool
    may_claim: bool
    may_hand_on: bool
    may_move: bool
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
    move_form: Any
    pledges: list[Pledge]
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
    def nda_done(self) -> bool:
        """Whether both sides have accepted each other's agreement, though the step has not been taken yet."""
        return self.introduction.nda_at is None and all(pledge.accepted for pledge in self.pledges)

    @property
    def main(self) -> str:
        """The step that most likely comes next; empty where somebody else must act."""
        forward = [form.step.name for form in self.steps if form.bare]
        if not (self.nda_done or self.introduction.nda_wanted):  # nobody has asked for one
            forward = [name for name in forward if name != NDA_STEP]
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
        reasons=queries.reasons(case),
        steps=[_form(step, tried) for step in sorted(taken, key=lambda step: step.danger) if not step.page],
        may_sign=any(step.page for step in taken),
        may_work=works and live,
        may_claim=live and has_it is None and access.broker.check(user, case),
        may_move=live and access.move_team.check(user, case),
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
        pledges=pledges(user, case),
        **(_fresh_forms(user, case, today) | given),
    )


def _fresh_forms(user: Any, case: Case, today: date) -> dict[str, Any]:
    return {
        "contact_form": forms.ContactForm(initial={"on": today, "move": True, "key": secrets.token_hex(16)}),
        "remark_form": forms.RemarkForm(),
        "pass_form": forms.PassOnForm(seats=others(case)),
        "back_form": forms.GiveBackForm(),
        "file_form": MaterialForm(),
        "letter_form": forms.LetterForm(today=today),
        "move_form": forms.MoveForm(**teams_to_choose(case)) if access.move_team.check(user, case) else None,
    }


def _form(step: Any, tried: StepForm | None) -> StepForm:
    return tried if tried is not None and tried.step == step else StepForm(step=step, fields=list)


def others(case: Case) -> list[Seat]:
    """The colleagues of whoever follows the introduction up."""
    has_it = queries.holder(case)
    return [seat for seat in queries.colleagues(case) if seat.user != has_it]


def teams_to_choose(case: Case) -> dict[str, Any]:
    """What the form for another team offers."""
    near, far = other_teams(case)
    return {"near": near, "far": far, "now_with": case.task_force_id}


def _side(party: Party, *, known: bool) -> Side:
    rows = Mandate.objects.filter(party=party, state=Mandate.State.ACTIVE).select_related("user").order_by("role", "pk")
    return Side(party, [m.user for m in rows] if known else [])


def _road(case: Case, history: list[tuple[Event, str]]) -> list[Milestone]:
    been = {(event.after or {}).get("state") for event, _label in history}
    shown = [*ROAD, "closed"] if case.state == "closed" else list(ROAD)
    return [Milestone(_(WORKFLOW.states[n].label), n in been and n != case.state, n == case.state) for n in shown]
