"""来源不一致页面: what waits for the officers, what an organisation had settled, and settling one."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from kechuang.core.dossier import access
from kechuang.core.dossier.facts import facts
from kechuang.core.dossier.models import Dispute
from kechuang.core.dossier.queries import open_disputes
from kechuang.core.parties.access import require_officer
from kechuang.core.vocab import queries as vocab
from kechuang.kit.language import amount_in_full
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.kit.rules.facts import cleaned
from kechuang.services.dossiers import actions, queries
from kechuang.services.dossiers.page import plain
from kechuang.services.dossiers.views.files import opened
from kechuang.web import clock
from kechuang.web.browse import Page
from kechuang.web.editor import add_refusal
from kechuang.web.fact_fields import FactField
from kechuang.web.session import SignedIn

ROWS, SETTLED = 50, 30


class SettleForm(forms.Form):
    """处理: which source counts, or a value of one's own, and why."""

    chosen = forms.ChoiceField(label=gettext_lazy("采用哪个来源"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=gettext_lazy("依据"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("例如查阅了哪份材料。企业会看到。"),
    )
    seen = forms.JSONField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, dispute: Dispute, **more: Any) -> None:
        super().__init__(*args, **more)
        labels = vocab.labels("dossier_source")
        told = [
            (source, _("{label}：{value}").format(label=labels.get(source, source), value=value))
            for source, value in _told(dispute)
        ]
        own = [] if "authority" in dispute.values else [("authority", _("主管部门核定为另一个值（填在下面）"))]
        self.fields["chosen"].choices = [*told, *own]  # type: ignore[attr-defined]
        if own and dispute.year:
            self.fields["value"] = FactField(facts()[dispute.field], label=_("核定值"), help_text="")
        self.initial["seen"] = dispute.values

    def clean(self) -> dict[str, Any]:
        """A value of one's own belongs to that choice alone."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("chosen") == "authority" and "value" in self.fields and data.get("value") is None:
            self.add_error("value", _("请填写核定的值。"))
        return data


def _told(dispute: Dispute) -> list[tuple[str, str]]:
    """Each source with its value in words; sums that would read alike are written out."""
    fact, kept = facts()[dispute.field], dispute.values
    told = {source: plain(dispute.field, text) for source, text in kept.items()}
    if fact.type == "money" and len(set(told.values())) < len(told):
        told = {source: amount_in_full(Decimal(cleaned(fact, text))) for source, text in kept.items()}
    return list(told.items())


def described(rows: Any) -> list[dict[str, Any]]:
    """Disputes with their values in words."""
    labels = vocab.labels("dossier_source")
    return [
        {
            "dispute": row,
            "fact": facts()[row.field],
            "values": [(labels.get(source, source), value) for source, value in _told(row)],
            "chosen": labels.get(row.chosen, ""),
        }
        for row in rows
    ]


@login_required
@require_safe
def waiting(request: SignedIn) -> HttpResponse:
    """待处理的来源不一致: in the officer's scope, oldest first."""
    require_officer(request.user)
    pages = Paginator(open_disputes(request.user), ROWS)
    here = pages.get_page(request.GET.get("page"))
    context = {"rows": described(here), "total": pages.count, "pager": Page(here.number, pages.num_pages)}
    return render(request, "dossiers/disputes.html", context)


@login_required
@require_safe
def of_party(request: SignedIn, pk: int) -> HttpResponse:
    """一家的来源不一致: open and settled."""
    party = opened(request, pk)
    mine = access.visible_disputes(request.user).filter(party=party)
    if not access.own_or_checked.check(request.user, party):
        raise NotAllowed(_("来源不一致只有本单位和主管部门可以看。"))
    context = {
        "party": party,
        "open": described(mine.filter(settled_at=None)),
        "settled": described(queries.settled_of(party)[:SETTLED]),
        "checks": access.check_file.check(request.user, party),
    }
    return render(request, "dossiers/party_disputes.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def dispute(request: SignedIn, pk: int) -> HttpResponse:
    """处理一项来源不一致."""
    found = get_object_or_404(access.visible_disputes(request.user), pk=pk)
    if not access.settle_dispute.check(request.user, found):
        raise NotAllowed(_("来源不一致由该单位所在区市或市级主管部门处理。"))
    if found.settled_at is not None:
        return redirect("dossier_disputes", found.party_id)
    form = SettleForm(request.POST if request.method == "POST" else None, dispute=found)
    if form.is_valid() and _settled(request, found, form):
        messages.success(request, _("已处理，按采用的来源计算。"))
        return redirect("dossier_disputes", found.party_id)
    context = {"party": found.party, "row": described([found])[0], "form": form}
    return render(request, "dossiers/dispute.html", context, status=422 if form.errors else 200)


def _settled(request: SignedIn, found: Dispute, form: SettleForm) -> bool:
    data = form.cleaned_data
    seen = data["seen"] if isinstance(data["seen"], dict) else {}
    value = data.get("value") if data["chosen"] == "authority" else None
    try:
        actions.settle(
            dispute=found,
            chosen=data["chosen"],
            note=data["note"],
            seen=seen,
            value=value,
            by=request.user,
            now=clock.now(),
        )
    except Refusal as refusal:
        add_refusal(form, refusal)
        return False
    return True
