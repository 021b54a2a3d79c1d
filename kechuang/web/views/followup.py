"""跟进页面: people who are stuck, the working calendar, satisfaction."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kechuang.core.cases import satisfaction as asked
from kechuang.core.cases import stuck as basket
from kechuang.core.parties import access
from kechuang.core.parties.models import User
from kechuang.core.vocab.calendar import loaded_years
from kechuang.web import clock
from kechuang.web.holidays import missing, status_words
from kechuang.web.opinions import AnswerForm, opinions
from kechuang.web.session import SignedIn
from kechuang.web.waits import person_waits, stuck_people


@login_required
@require_safe
def stuck(request: SignedIn) -> HttpResponse:
    """滞留清单: who has too much waiting for too long."""
    access.require_officer(request.user)
    context = {"people": stuck_people(request.user, clock.today()), "limits": basket.limits()}
    return render(request, "web/stuck.html", context)


@login_required
@require_safe
def stuck_person(request: SignedIn, pk: int) -> HttpResponse:
    """一个人的待办: what waits for one person in the officer's scope."""
    access.require_officer(request.user)
    person = get_object_or_404(User.objects.filter(pk__in=basket.waits(request.user).values("assignee")), pk=pk)
    rows = person_waits(request.user, person, clock.today())
    return render(request, "web/stuck_person.html", {"person": person, "rows": rows, "limits": basket.limits()})


@login_required
@require_safe
def holidays(request: SignedIn) -> HttpResponse:
    """工作日历: the loaded years with their source, and what is missing."""
    access.require_officer(request.user)
    context = {"years": loaded_years(), "missing": missing(clock.today()), "status": status_words()}
    return render(request, "web/calendar.html", context)


@login_required
@require_safe
def satisfaction(request: SignedIn) -> HttpResponse:
    """满意度: counts by service, unit and district in the officer's scope, each with its list."""
    access.require_officer(request.user)
    return render(request, "web/satisfaction.html", {"page": opinions(request.user, request.GET)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer_satisfaction(request: SignedIn, pk: int) -> HttpResponse:
    """评价: two questions, one tap each; what was said can be changed or taken back for a while."""
    row = get_object_or_404(asked.answerable(request.user), case=pk)
    form = AnswerForm(request.POST if request.method == "POST" else None, initial={"text": row.text})
    if request.method == "POST" and "decline" in request.POST:
        asked.decline(row=row, by=request.user, now=clock.now())
        messages.success(request, _("好的，不会再为这件事问您。"))
        return redirect("answer_satisfaction", pk)
    if form.is_valid():
        asked.answer(row=row, by=request.user, now=clock.now(), **form.given())
        messages.success(request, _("已记下，谢谢。"))
        return redirect("answer_satisfaction", pk)
    context = {"row": row, "form": form, "open": asked.is_open(row, clock.now()), "until": asked.open_until(row)}
    return render(request, "web/satisfaction_answer.html", context, status=422 if form.errors else 200)
