"""授权查看页面: who was allowed to look, and who has looked."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kechuang.core.dossier import access
from kechuang.core.dossier.consents import ROLES, give_consent, withdraw_consent
from kechuang.core.dossier.models import Consent
from kechuang.core.dossier.queries import looks_at
from kechuang.core.parties.access import administers
from kechuang.core.parties.models import Party, Post
from kechuang.core.parties.queries import party_by_code
from kechuang.kit.fields import DayField
from kechuang.kit.identifiers import WrongFormat, clean_uscc
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.dossiers.page import GROUPS
from kechuang.services.dossiers.views.files import filled, opened
from kechuang.web import clock
from kechuang.web.browse import Page
from kechuang.web.editor import add_refusal
from kechuang.web.session import SignedIn

LOOKS = 50


class ConsentForm(forms.Form):
    """授权: to an organisation by its credit code, or to everybody in a role."""

    to_party = forms.CharField(label=gettext_lazy("被授权单位的统一社会信用代码"), max_length=30, required=False)
    to_role = forms.ChoiceField(label=gettext_lazy("或者授权一种岗位的全部人员"), required=False)
    groups = forms.MultipleChoiceField(label=gettext_lazy("可以查看的部分"), widget=forms.CheckboxSelectMultiple)
    since = DayField(label=gettext_lazy("开始日期"))
    until = DayField(label=gettext_lazy("结束日期（不含当日）"), help_text=gettext_lazy("最长两年，随时可以撤回。"))
    purpose = forms.CharField(label=gettext_lazy("用途"), max_length=200)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        labels = dict(Post.Role.choices)
        roles = [("", "—"), *((role.value, labels[role.value]) for role in ROLES)]
        self.fields["to_role"].choices = roles  # type: ignore[attr-defined]
        self.fields["groups"].choices = [(n, _(w)) for n, w in GROUPS.items()]  # type: ignore[attr-defined]

    def clean_to_party(self) -> Party | None:
        """The organisation with this code."""
        typed = self.cleaned_data["to_party"].strip()
        if not typed:
            return None
        try:
            found = party_by_code(clean_uscc(typed)[0])
        except WrongFormat as error:
            raise forms.ValidationError(str(error)) from error
        if found is None:
            raise forms.ValidationError(_("没有登记过这个单位，请核对代码，或请对方先登记。"))
        return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def consents(request: SignedIn, pk: int) -> HttpResponse:
    """授权查看: what has been given, and giving."""
    party = filled(request, pk)
    form = ConsentForm(request.POST if request.method == "POST" else None, initial={"since": clock.today()})
    if form.is_valid() and _given(request, party, form):
        messages.success(request, _("已授权。对方每次查看都会记在“谁看过”里。"))
        return redirect("dossier_consents", pk)
    today = clock.today()
    rows = Consent.objects.filter(party=party).select_related("to_party", "given_by")
    context = {
        "party": party,
        "form": form,
        "rows": [(row, row.withdrawn_at is None and row.until > today, _parts(row)) for row in rows],
        "administers": administers.check(request.user, party),
        "roles": dict(Post.Role.choices),
    }
    return render(request, "dossiers/consents.html", context, status=422 if form.errors else 200)


def _parts(row: Consent) -> list[str]:
    return [_(GROUPS[name]) for name in row.groups if name in GROUPS]


def _given(request: SignedIn, party: Party, form: ConsentForm) -> bool:
    try:
        give_consent(party=party, by=request.user, now=clock.now(), **form.cleaned_data)
    except Refusal as refusal:
        add_refusal(form, refusal)
        return False
    return True


@login_required
@require_POST
def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """撤回授权: at once."""
    mine = Consent.objects.filter(party__in=access.fill_file.filter(request.user, Party.objects.all()))
    found = get_object_or_404(mine, pk=pk)
    withdraw_consent(consent=found, by=request.user, now=clock.now())
    messages.success(request, _("已撤回，对方不能再查看。"))
    return redirect("dossier_consents", found.party_id)


@login_required
@require_safe
def looks(request: SignedIn, pk: int) -> HttpResponse:
    """谁看过: everybody but the enterprise's own people, newest first."""
    party = opened(request, pk)
    if not access.own_or_checked.check(request.user, party):
        raise NotAllowed(_("查看记录只有本单位和主管部门可以看。"))
    pages = Paginator(looks_at(party), LOOKS)
    here = pages.get_page(request.GET.get("page"))
    rows = [(e, [_(GROUPS.get(g, g)) for g in (e.after or {}).get("groups", [])]) for e in here]
    context = {"party": party, "rows": rows, "total": pages.count, "pager": Page(here.number, pages.num_pages)}
    return render(request, "dossiers/looks.html", context)
