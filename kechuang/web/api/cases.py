"""办件接口 cases: mine and those that wait for me, one with its way, and its steps."""

from datetime import datetime
from typing import Any, Literal

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema
from pydantic import Field

from kechuang.core.cases import access, desk
from kechuang.core.cases.actions import advance
from kechuang.core.cases.models import Case
from kechuang.core.cases.queries import events, steps_for, waiting_for
from kechuang.core.catalogue.models import get
from kechuang.core.keys.models import Scope
from kechuang.core.market.kinds import listing_kinds
from kechuang.kit.refusal import NotAllowed
from kechuang.kit.workflow import Step
from kechuang.web import clock
from kechuang.web.api.caller import ApiRequest, reads
from kechuang.web.api.finding import rows_page
from kechuang.web.api.listings import given_tags
from kechuang.web.api.problems import Changed, Invalid
from kechuang.web.api.reading import Code, Number, Page, Paging, Word, page_of
from kechuang.web.api.shapes import CaseShape, etag_of_case
from kechuang.web.api.writing import answer, writes
from kechuang.web.case_forms import LONGEST_NOTE, StepForm
from kechuang.web.casework import field_labels

router = Router(tags=[gettext_noop("办件")])
SORTS = Literal["due", "-due", "since", "-since"]


class Chosen(Schema):
    """哪些办件: the desk's filters."""

    which: Literal["all", "mine", "waiting"] = Field("all", description=gettext_noop("能看的、自己单位的、等我办的"))
    service: Code = ""
    district: Code = ""
    state: Code = ""
    sort: SORTS = "due"


class EventShape(Schema):
    """经过: one event of a case."""

    at: datetime
    who: str = Field(description=gettext_noop("空表示由系统办理"))
    step: str
    label: str
    words: str


class Remark(Schema):
    """逐栏意见."""

    field: Code
    remark: Word


class StepSent(Schema):
    """办理一步: what the step asks for."""

    reason: Code = Field("", description=gettext_noop("原因代码，见步骤的 reasons"))
    note: str = Field("", max_length=LONGEST_NOTE, description=gettext_noop("说明，对方会看到"))
    remarks: list[Remark] = Field([], max_length=40)


@router.get(
    "/cases",
    response=Page[CaseShape],
    summary=gettext_noop("办件列表"),
    description=gettext_noop("which 选全部、自己单位的或等我办的；可按事项、区市、状态筛选。"),
    url_name="cases",
)
@reads(Scope.READ_OWN)
def cases(request: ApiRequest, chosen: Query[Chosen], paging: Query[Paging]) -> dict[str, Any]:
    """Cases that you may see, those of your organisations, or those in which it is your turn."""
    user = request.auth.user
    found = request.auth.cases(desk.filtered(_which(user, chosen.which), chosen.model_dump(include=set(desk.FILTERS))))
    found = found.select_related("applicant", "offer", "need", "assignee").order_by(*desk.SORTS[chosen.sort])
    page, total = rows_page(request, found, paging)
    return page_of(request, [CaseShape.of(case, user) for case in page], total, paging)


@router.get(
    "/cases/{int:pk}",
    response=CaseShape,
    summary=gettext_noop("一个办件"),
    description=gettext_noop("办到哪一步、等谁办、您能办什么。响应头 ETag 随每一步改变。"),
    url_name="case",
)
@reads(Scope.READ_OWN)
def case(request: ApiRequest, pk: Number) -> HttpResponse:
    """Where it stands, who must act, and what you can do. The ETag changes with every step."""
    found = _case(request, pk)
    return answer(CaseShape.of(found, request.auth.user), headers={"ETag": etag_of_case(found)})


@router.get(
    "/cases/{int:pk}/events",
    response=list[EventShape],
    summary=gettext_noop("办件经过"),
    description=gettext_noop("从发起到现在，旧的在前。"),
    url_name="case_events",
)
@reads(Scope.READ_OWN)
def case_events(request: ApiRequest, pk: Number) -> list[EventShape]:
    """The way of a case, oldest first."""
    return [
        EventShape(at=event.at, who=event.by_name, step=event.verb, label=label, words=event.note)
        for event, label in events(_case(request, pk))
    ]


@router.post(
    "/cases/{int:pk}/steps/{slug:name}",
    response=CaseShape,
    summary=gettext_noop("办理一步"),
    description=gettext_noop("办理办件列出的步骤之一。带 If-Match 时，您读取之后别人办过就不再办理。"),
    url_name="case_step",
)
@writes(Scope.WRITE_CASES)
def take_step(request: ApiRequest, pk: Number, name: str, sent: StepSent) -> HttpResponse:
    """Take a step that the case lists. With ``If-Match`` only if nobody else has taken one since you looked."""
    user, found = request.auth.user, _case(request, pk)
    tags = given_tags(request)
    if tags and "*" not in tags and etag_of_case(found) not in tags:
        words = _("您读取之后，这个办件已有人办理。请读取最新状态，再决定怎样办理。")
        raise Changed(words, etag=etag_of_case(found))
    move = get(found.service).workflow.step(found.state, name, _)
    if move not in steps_for(user, found):
        raise NotAllowed(_("您的身份不能执行“{label}”。").format(label=_(move.label)))
    form = _form(found, move, sent)
    advance(
        case=found,
        step=name,
        by=user,
        now=clock.now(),
        note=form.cleaned_data.get("note", ""),
        reason=form.cleaned_data.get("reason", ""),
        fields=form.remarks(),
    )
    found = Case.objects.select_related("applicant", "offer", "need", "assignee").get(pk=pk)
    return answer(CaseShape.of(found, user), headers={"ETag": etag_of_case(found)})


def _which(user: Any, which: str) -> QuerySet[Case]:
    if which == "waiting":
        return waiting_for(user)
    rows = Case.objects.all()
    return access.applicant.filter(user, rows) if which == "mine" else rows


def _case(request: ApiRequest, pk: int) -> Case:
    rows = Case.objects.select_related("applicant", "offer__party", "need__party", "assignee")
    return get_object_or_404(request.auth.cases(rows), pk=pk)


def _form(case: Case, move: Step, sent: StepSent) -> StepForm:
    """The same form as on the page, filled and valid."""
    listed = case.service in {kind.service for kind in listing_kinds()}
    labels = list(field_labels(case.service).items()) if listed else []
    data = {
        f"{move.name}-reason": sent.reason,
        f"{move.name}-note": sent.note,
        f"{move.name}-remarks": [r.model_dump() for r in sent.remarks],
    }
    form = StepForm(data, step=move, fields=lambda: labels)
    if not form.is_valid():
        raise Invalid({name: " ".join(str(e) for e in errors) for name, errors in form.errors.items()})
    return form
