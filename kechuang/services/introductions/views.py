"""对接页面: propose, the lists, the page of an introduction and what is done on it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kechuang.core.cases.access import view_case
from kechuang.core.cases.models import Case
from kechuang.core.market import access as market
from kechuang.core.market.models import Need, Offer
from kechuang.core.matching.queries import MAIN
from kechuang.kit.access import Rule
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.introductions import access, actions, forms, holding, moving, queries, sheet
from kechuang.services.introductions.links import introduction_links
from kechuang.services.introductions.lists import home_figures, listed
from kechuang.services.introductions.page import introduction_page, others, teams_to_choose
from kechuang.web import clock
from kechuang.web.editor import add_refusal
from kechuang.web.extend import DeskList, Outcome, case_page, register_desk_list, register_figures, register_links

SHEETS = (sheet,)  # declared by being imported
register_links(introduction_links)
register_figures(gettext_noop("对接"), home_figures)
register_desk_list(
    DeskList(
        gettext_noop("对接"),
        "introductions",
        lambda user, _today: queries.mine(user).count() if queries.has_any(user) else None,
    )
)


@login_required
@require_safe
def introductions(request: HttpRequest) -> HttpResponse:
    """对接清单: mine, my task forces', my organisations', my district's."""
    page = listed(request.user, request.GET.dict(), clock.today())
    return render(request, "introductions/list.html", {"page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """请求对接: with a need and an offer, or with one of them and a choice of one's own for the other."""
    need = _one(request, Need, "need")
    offer = _one(request, Offer, "offer")
    if need is None and offer is None:
        return redirect("service", MAIN)
    if need is not None and offer is not None and (there := _there(request, need, offer)) is not None:
        return there
    needs = [need] if need is not None else list(queries.own_needs(request.user, offer))
    offers = [offer] if offer is not None else list(queries.own_offers(request.user, need))
    context = {"need": need, "offer": offer}
    if not needs or not offers:
        return render(request, "introductions/nothing.html", context)
    form = forms.ProposalForm(request.POST or None, needs=needs, offers=offers)
    if request.method == "POST" and form.is_valid():
        try:
            return _propose(request, form)
        except Refusal as refusal:
            add_refusal(form, refusal)
    return render(request, "introductions/new.html", context | {"form": form}, status=422 if form.errors else 200)


def _one(request: HttpRequest, model: type[Need] | type[Offer], name: str) -> Any:
    """The need or offer that the address or the form names; None where it names none, 404 where she may not see it."""
    number = request.POST.get(name) or request.GET.get(name) or ""
    if not number:
        return None
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise Http404
    rows = model._default_manager.select_related("party")
    return get_object_or_404(market.view_listing.filter(request.user, rows), pk=int(number))


def _there(request: HttpRequest, need: Need, offer: Offer) -> HttpResponse | None:
    """The way to the introduction that is already open; a refusal for those who may not propose one."""
    if not access.origins(request.user, [(need, offer)])[0]:
        raise NotAllowed(_("只有需求方、成果方、技术经纪人和主管部门可以发起对接；同一单位的需求和成果不能对接。"))
    there = queries.open_between([need.pk], [offer.pk]).get((need.pk, offer.pk))
    return _lead_to(request, there) if there is not None else None


def _lead_to(request: HttpRequest, case: Case) -> HttpResponse:
    """To the introduction that is there; those who may not see it are told that there is one."""
    if not view_case.check(request.user, case):
        raise actions.AlreadyOpen(case)
    messages.info(request, _("这条需求和这项成果已经在对接中，下面就是。"))
    return redirect("case", case.pk)


def _propose(request: HttpRequest, form: forms.ProposalForm) -> HttpResponse:
    need, offer = form.chosen()
    data = form.cleaned_data
    try:
        case = actions.propose(
            need=need,
            offer=offer,
            words=data["words"],
            nda_wanted=data["nda_wanted"],
            by=request.user,
            now=clock.now(),
        )
    except actions.AlreadyOpen as there:
        return _lead_to(request, there.case)
    team = case.task_force.name if case.task_force else _("主管部门")
    messages.success(request, _("已发起对接，由{team}跟进。双方都会收到通知。").format(team=team))
    return redirect("case", case.pk)


@case_page(queries.CODE)
def show(request: HttpRequest, case: Case, outcome: Outcome = Outcome(), **given: Any) -> HttpResponse:  # noqa: B008
    """对接页: with htmx the part that steps change."""
    row = queries.introductions().get(pk=case.pk)
    if outcome.upload is not None:
        given["file_form"] = outcome.upload
    given |= {"tried": outcome.tried, "refusal": outcome.refusal, "done": outcome.done}
    page = introduction_page(request.user, row, clock.today(), **given)
    return render(request, "introductions/case.html", {"page": page}, status=outcome.status)


def _of(request: HttpRequest, pk: int, rule: Rule) -> Case:
    """An introduction that the user may see, or 404; NotAllowed where the rule does not let her act."""
    case = get_object_or_404(queries.visible(request.user), pk=pk)
    if not rule.check(request.user, case):
        raise NotAllowed(_("您的身份不能办理这一步，可以由专班或主管部门办理。"))
    return case


def _done(request: HttpRequest, pk: int, words: str, anchor: str = "") -> HttpResponse:
    messages.success(request, words)
    return redirect(f"{reverse('case', args=[pk])}{anchor}")


def _try(request: HttpRequest, case: Case, form: Any, name: str, act: Callable[[], HttpResponse]) -> HttpResponse:
    """Do it if the form holds; else the page once more, with what was typed and why it was not done."""
    if not form.is_valid():
        return show(request, case, Outcome(status=422), **{name: form})
    try:
        return act()
    except Refusal as refusal:
        add_refusal(form, refusal)
        return show(request, case, Outcome(refusal=refusal.message, status=refusal.status), **{name: form})


@login_required
@require_POST
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """我来跟进: the second of two is told who was first."""
    user: Any = request.user
    case = _of(request, pk, access.broker)
    try:
        holding.claim(case=case, by=user, now=clock.now())
    except NotAllowed:
        raise
    except Refusal as refusal:
        return show(request, case, Outcome(refusal=refusal.message, status=409))
    return _done(request, pk, _("已由您跟进。请先联系双方，并在下面记下结果。"), "#contacts")


@login_required
@require_POST
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    """交回专班."""
    user: Any = request.user
    case, form = _of(request, pk, access.hand_on), forms.GiveBackForm(request.POST)

    def act() -> HttpResponse:
        holding.give_back(case=case, by=user, now=clock.now(), note=form.cleaned_data["note"])
        return _done(request, pk, _("已交回专班，安排的人会收到通知。"))

    return _try(request, case, form, "back_form", act)


@login_required
@require_POST
def pass_on(request: HttpRequest, pk: int) -> HttpResponse:
    """转给同事."""
    user: Any = request.user
    case = _of(request, pk, access.hand_on)
    form = forms.PassOnForm(request.POST, seats=others(case))

    def act() -> HttpResponse:
        note = form.cleaned_data["note"]
        holding.pass_on(case=case, to=form.receiver(), by=user, now=clock.now(), note=note)
        return _done(request, pk, _("已转给{name}。").format(name=form.receiver()))

    return _try(request, case, form, "pass_form", act)


@login_required
@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """改派专班."""
    user: Any = request.user
    case = _of(request, pk, access.move_team)
    form = forms.MoveForm(request.POST, **teams_to_choose(case))

    def act() -> HttpResponse:
        data = form.cleaned_data
        moving.move(case=case, to=form.team(), seen=data["seen"], by=user, now=clock.now(), note=data["note"])
        return _done(request, pk, _("已改由{team}跟进，双方和两个专班都会收到通知。").format(team=form.team()), "#team")

    return _try(request, case, form, "move_form", act)


@login_required
@require_POST
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    """联系记录: the same form sent twice is kept once."""
    user: Any = request.user
    case, form = _of(request, pk, access.worker), forms.ContactForm(request.POST)

    def act() -> HttpResponse:
        key = form.cleaned_data["key"]
        actions.log_contact(case=case, said=form.said(), form_key=key, by=user, now=clock.now())
        return _done(request, pk, _("已记录。"), "#contacts")

    return _try(request, case, form, "contact_form", act)


@login_required
@require_POST
def remark(request: HttpRequest, pk: int) -> HttpResponse:
    """专班备注."""
    user: Any = request.user
    case, form = _of(request, pk, access.worker), forms.RemarkForm(request.POST)

    def act() -> HttpResponse:
        actions.add_remark(case=case, text=form.cleaned_data["text"], by=user, now=clock.now())
        return _done(request, pk, _("备注已保存，只有专班和主管部门能看到。"), "#remarks")

    return _try(request, case, form, "remark_form", act)


@login_required
@require_POST
def nda(request: HttpRequest, pk: int) -> HttpResponse:
    """要求保密协议: either side, on or off."""
    user: Any = request.user
    wanted = request.POST.get("wanted") == "1"
    actions.want_nda(case=_of(request, pk, access.side), wanted=wanted, by=user, now=clock.now())
    words = _("已要求先签保密协议。") if wanted else _("已取消先签保密协议的要求。")
    return _done(request, pk, words)


@login_required
@require_POST
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """登记意向书: the signed file and the date end the introduction."""
    user: Any = request.user
    case = _of(request, pk, access.anyone)
    form = forms.LetterForm(request.POST, request.FILES, today=clock.today())

    def act() -> HttpResponse:
        file, on = form.cleaned_data["file"], form.cleaned_data["on"]
        actions.sign(case=case, name=file.name, chunks=file.chunks(), on=on, by=user, now=clock.now())
        return _done(request, pk, _("意向书已登记，对接完成。双方和专班都会收到通知。"))

    return _try(request, case, form, "letter_form", act)
