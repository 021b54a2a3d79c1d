"""诚信记录页面: the decisions that block somebody, for those who may see them; the city's officers enter them."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from kechuang.core.dossier.access import visible_integrity
from kechuang.core.dossier.integrity import enter_integrity, note_appeal
from kechuang.core.dossier.models import IntegrityEntry
from kechuang.core.dossier.queries import in_force
from kechuang.core.market.forms import vocab
from kechuang.core.parties.access import is_city_officer, require_city_officer
from kechuang.core.parties.models import Party, User
from kechuang.core.parties.queries import party_by_code, user_by_email
from kechuang.kit.fields import CodeField, DayField
from kechuang.kit.refusal import Refusal
from kechuang.web import clock
from kechuang.web.browse import Page
from kechuang.web.editor import add_refusal
from kechuang.web.session import SignedIn

ROWS = 50


class IntegrityForm(forms.Form):
    """登记一份决定: about an organisation or a person."""

    subject = forms.CharField(label=gettext_lazy("单位的统一社会信用代码，或个人的登录邮箱"), max_length=120)
    act = CodeField(label=gettext_lazy("行为"), choices=vocab("integrity_act"))
    serious = forms.BooleanField(label=gettext_lazy("严重失信"), required=False)
    measures = forms.CharField(label=gettext_lazy("处理措施"), max_length=300)
    found_on = DayField(label=gettext_lazy("认定日期"))
    start = DayField(label=gettext_lazy("开始日期"))
    until = DayField(
        label=gettext_lazy("解除日期（不含当日）"), required=False, help_text=gettext_lazy("到期自动失效；永久的不填。")
    )
    decision = forms.CharField(label=gettext_lazy("决定文书号"), max_length=80)
    source = forms.CharField(label=gettext_lazy("作出决定的单位"), max_length=120)

    def clean_subject(self) -> Party | User:
        """The organisation with this code, or the person with this address."""
        typed = self.cleaned_data["subject"].strip()
        found = user_by_email(typed) if "@" in typed else party_by_code(typed.upper())
        if found is None:
            raise forms.ValidationError(_("没有登记过这个单位或个人，请核对。"))
        return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def records(request: SignedIn) -> HttpResponse:
    """诚信记录: those that the user may see; what is in force is marked."""
    enters = is_city_officer(request.user)
    if request.method == "POST":
        require_city_officer(request.user)
    form = IntegrityForm(request.POST if request.method == "POST" else None, initial={"start": clock.today()})
    if form.is_valid() and _entered(request, form):
        return redirect("integrity")
    rows = visible_integrity(request.user)
    pages = Paginator(rows, ROWS)
    here = pages.get_page(request.GET.get("page"))
    live = set(rows.filter(in_force(clock.today())).values_list("pk", flat=True))
    context = {
        "rows": [(row, row.pk in live) for row in here],
        "total": pages.count,
        "pager": Page(here.number, pages.num_pages),
        "form": form if enters else None,
        "appeals": IntegrityEntry.Appeal.choices,
    }
    return render(request, "dossiers/integrity.html", context, status=422 if form.errors else 200)


def _entered(request: SignedIn, form: Any) -> bool:
    content = dict(form.cleaned_data)
    try:
        enter_integrity(subject=content.pop("subject"), content=content, by=request.user, now=clock.now())
    except Refusal as refusal:
        add_refusal(form, refusal)
        return False
    messages.success(request, _("已登记。有效期内，办理各事项时会提示这份决定的文书号。"))
    return True


@login_required
@require_POST
def appeal(request: SignedIn, pk: int) -> HttpResponse:
    """申诉结果: one that was upheld takes the record out of force at once."""
    found = get_object_or_404(visible_integrity(request.user), pk=pk)
    note_appeal(entry=found, appeal=request.POST.get("appeal", ""), note="", by=request.user, now=clock.now())
    messages.success(request, _("已保存。"))
    return redirect("integrity")
