"""维护页面: documents with a flag, marked as checked or handed to somebody."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from kechuang.core.parties.access import holds_office, require_officer
from kechuang.core.parties.models import User
from kechuang.core.policy.models import Document
from kechuang.kit.refusal import Refusal
from kechuang.services.policies import access, caring
from kechuang.web import clock
from kechuang.web.editor import add_refusal
from kechuang.web.extend import DeskList, register_desk_list
from kechuang.web.session import SignedIn

register_desk_list(
    DeskList(
        gettext_noop("待核对的政策文件"),
        "policy_flags",
        lambda user, today: (len(caring.flagged(user, today)) or None) if holds_office(user) else None,
    )
)


@login_required
@require_safe
def flags(request: SignedIn) -> HttpResponse:
    """待核对的政策文件: superseded, ended, not checked for long, address that does not open."""
    require_officer(request.user)
    return render(request, "policies/flags.html", {"rows": caring.flagged(request.user, clock.today())})


class CheckForm(forms.Form):
    """核对表."""

    note = forms.CharField(
        label=gettext_lazy("核对说明"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("与什么核对过，改了什么。"),
    )


class OwnerForm(forms.Form):
    """负责人表."""

    owner = forms.ModelChoiceField(
        label=gettext_lazy("文件负责人"), queryset=User.objects.none(), empty_label=gettext_lazy("请选择")
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: SignedIn, code: str) -> HttpResponse:
    """核对一份文件: against its source, or hand it to somebody."""
    require_officer(request.user)
    document = get_object_or_404(access.keeps_document.filter(request.user, Document.objects.all()), code=code)
    sent, now = (request.POST if request.method == "POST" else None), clock.now()
    owning = sent is not None and "owner" in sent
    form, owner = CheckForm(None if owning else sent), OwnerForm(sent if owning else None)
    people = User.objects.filter(pk__in=caring.keepers(document).values("user"))
    owner.fields["owner"].queryset = people  # type: ignore[attr-defined]
    done = False
    if owning and owner.is_valid():
        try:
            caring.hand_to(document=document, owner=owner.cleaned_data["owner"], by=request.user, now=now)
            done = True
        except Refusal as refusal:
            add_refusal(owner, refusal)
    elif form.is_valid():
        caring.mark_checked(document=document, note=form.cleaned_data["note"], by=request.user, now=now)
        done = True
    if done:
        messages.success(request, _("已保存。"))
        return redirect("policy_flags")
    context = {"document": document, "form": form, "owner": owner, "words": caring.stale_words(document, clock.today())}
    return render(request, "policies/check.html", context, status=422 if form.errors or owner.errors else 200)
