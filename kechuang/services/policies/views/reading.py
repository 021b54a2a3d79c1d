"""检索、订阅和建议页面: words in documents and clauses, subscriptions, what visitors suggest."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kechuang.core.cases.models import Case
from kechuang.core.cases.queries import state_of
from kechuang.core.parties.models import Party
from kechuang.core.policy.models import Document
from kechuang.core.policy.queries import latest
from kechuang.core.vocab import queries as vocab
from kechuang.kit.refusal import Refusal
from kechuang.services.policies import access, actions, news, queries
from kechuang.services.policies.models import Subscription
from kechuang.services.policies.search import marks, search
from kechuang.services.policies.views.library import KIND_LABELS, LEVEL_LABELS
from kechuang.web import clock
from kechuang.web.editor import add_refusal
from kechuang.web.session import SignedIn, private
from kechuang.web.visitors import VisitorForm, origin

ABOUT = {
    "wrong": gettext_lazy("内容有错"),
    "unclear": gettext_lazy("看不明白"),
    "missing": gettext_lazy("缺内容"),
    "other": gettext_lazy("其他建议"),
}


@require_safe
def found(request: HttpRequest) -> HttpResponse:
    """全文检索: documents and clauses with the passage that fits."""
    names = ("q", "document", "authority", "status")
    asked = {name: request.GET.get(name, "").replace("\0", "")[:100] for name in names}
    authorities = Document.objects.exclude(authority="").order_by("authority").values_list("authority", flat=True)
    context = {
        "asked": asked,
        "found": search(**asked, on=clock.today()),
        "marks": marks(asked["q"]),
        "documents": Document.objects.all(),
        "authorities": authorities.distinct(),
        "statuses": vocab.labels("text_status").items(),
    }
    return render(request, "policies/search.html", context)


class SubscribeForm(forms.Form):
    """订阅表: a document, or a level, a place and a kind, or what an organisation qualifies for."""

    document = forms.ModelChoiceField(
        label=gettext_lazy("某一份文件"),
        queryset=Document.objects.all(),
        required=False,
        empty_label=gettext_lazy("不限"),
    )
    level = forms.ChoiceField(label=gettext_lazy("层级"), required=False)
    district = forms.ChoiceField(label=gettext_lazy("区市"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("类型"), required=False)
    party = forms.ModelChoiceField(
        label=gettext_lazy("只要本单位符合条件的"),
        queryset=Party.objects.none(),
        required=False,
        empty_label=gettext_lazy("不限"),
        help_text=gettext_lazy("按企业档案计算。"),
    )

    def __init__(self, *args: Any, user: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        every = [("", _("不限"))]
        fields: dict[str, Any] = self.fields
        fields["level"].choices = [*every, *LEVEL_LABELS.items()]
        fields["district"].choices = [*every, *vocab.choices("district")]
        fields["kind"].choices = [*every, *KIND_LABELS.items()]
        fields["party"].queryset = queries.askers(user)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def subscriptions(request: SignedIn) -> HttpResponse:
    """我的政策订阅."""
    initial = {"document": Document.objects.filter(code=request.GET.get("document", "").replace("\0", "")).first()}
    form = SubscribeForm(request.POST if request.method == "POST" else None, user=request.user, initial=initial)
    if form.is_valid():
        try:
            news.subscribe(by=request.user, now=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            if refusal.status != Refusal.status:
                raise
            add_refusal(form, refusal)
        else:
            messages.success(request, _("已订阅，有变化时写进每日摘要。"))
            return redirect("policy_subscriptions")
    rows = access.own_subscription.filter(request.user, Subscription.objects.filter(ended_at=None))
    context = {"form": form, "rows": rows.select_related("document", "party"), "kind_labels": KIND_LABELS}
    context["levels"] = LEVEL_LABELS
    return render(request, "policies/subscriptions.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def end_subscription(request: SignedIn, pk: int) -> HttpResponse:
    """退订."""
    row = get_object_or_404(access.own_subscription.filter(request.user, Subscription.objects.all()), pk=pk)
    news.end(subscription=row, by=request.user, now=clock.now())
    messages.success(request, _("已退订。"))
    return redirect("policy_subscriptions")


@require_http_methods(["GET", "HEAD", "POST"])
@private
def told(request: HttpRequest, token: str) -> HttpResponse:
    """动态: where the link of a digest leads, with one button to hear no more; without a login."""
    known = news.subscription_of(token)
    if known is None:
        raise Http404
    row, code = known
    if request.method == "POST":
        news.end(subscription=row, by=None, now=clock.now())
        return redirect("policy_news", token)
    context = {"row": row, "version": latest(code), "token": token, "kind_labels": KIND_LABELS}
    context["levels"] = LEVEL_LABELS
    return render(request, "policies/news.html", context)


class SuggestForm(VisitorForm):
    """建议表: of visitors; a name and a contact are optional and not published."""

    about = forms.ChoiceField(label=gettext_lazy("哪方面"), choices=tuple(ABOUT.items()), widget=forms.RadioSelect)
    text = forms.CharField(label=gettext_lazy("建议内容"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    name = forms.CharField(
        label=gettext_lazy("称呼"), max_length=40, required=False, help_text=gettext_lazy("可不填，不公开。")
    )
    contact = forms.CharField(
        label=gettext_lazy("联系方式"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("可不填，不公开。留电子邮箱的，答复后会收到一封带回执的邮件。"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@private
def suggest(request: HttpRequest, code: str) -> HttpResponse:
    """提建议: on any policy, without a login."""
    version = latest(code)
    if version is None:
        raise Http404
    form = SuggestForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        data, now = form.cleaned_data, clock.now()
        kept = {name: data[name] for name in ("about", "text", "name", "contact")}
        said = actions.Suggested(**kept, origin=origin(request, now), form_key=form.form_key)
        try:
            case = actions.suggest(version=version, said=said, now=now)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            return redirect("policy_suggestion", case.data["token"])
    context = {"form": form, "version": version}
    return render(request, "policies/suggest.html", context, status=422 if form.errors else 200)


@require_safe
@private
def suggestion(request: HttpRequest, token: str) -> HttpResponse:
    """建议回执: whoever has the address reads the answer."""
    case = get_object_or_404(Case, service="policies", data__token=token)
    context = {
        "case": case,
        "version": latest(case.data["policy"]),
        "state": _(state_of(case).label),
        "address": request.build_absolute_uri(),
    }
    return render(request, "policies/suggestion.html", context)
