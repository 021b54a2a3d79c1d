"""政策计算器页面: for visitors with typed facts or a sample, for an enterprise with its file; what was typed stays."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from kechuang.core.dossier.facts import catalogue, groups
from kechuang.core.dossier.merging import text
from kechuang.core.dossier.queries import facts_of, provenance_of
from kechuang.core.parties.models import Party
from kechuang.core.policy.models import PackVersion
from kechuang.core.policy.queries import asked_codes, calculate, grouped, in_force, pack_of
from kechuang.kit.rules.facts import Fact
from kechuang.services.policies import queries
from kechuang.services.policies.forms import FactsForm
from kechuang.services.policies.shown import cards
from kechuang.services.policies.views.library import newest_of
from kechuang.web import clock, typed_facts
from kechuang.web.session import private
from kechuang.web.typed_facts import Typed
from kechuang.web.ways import ways

FIRST_GROUPS = 2  # so many parts of the form stand open where nothing is computed yet
TITLES = {
    "met": gettext_lazy("可以享受"),
    "unknown": gettext_lazy("可能享受，还缺这些数据"),
    "unmet": gettext_lazy("暂不符合，离得最近的在前"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@private
def calculator(request: HttpRequest) -> HttpResponse:
    """政策计算器: for visitors with typed facts or a sample, for an enterprise with its file."""
    given = request.POST if request.method == "POST" else request.GET
    if "clear" in request.POST:
        typed_facts.forget(request.session)
        return redirect(reverse("calculator") + (f"?policy={given['policy']}" if given.get("policy") else ""))
    chosen = _chosen(given.get("policy", ""))
    facts = asked_codes(v for v in chosen if v.kind != "text")
    party = _party(request, given.get("party", ""))
    typed = typed_facts.kept(request.session)
    known, origins = _known(request, chosen, party, typed.values(facts), typed)
    form = FactsForm(request.POST if request.method == "POST" else None, facts=facts.values(), initial=known)
    if form.is_bound and form.is_valid():
        _keep(request, form, known if party is not None else {})
    context = _context(request, form, chosen, party)
    context["one"] = one = chosen[0] if given.get("policy") and len(chosen) == 1 else None
    if form.is_bound and form.is_valid():
        found: Mapping[str, Any] = form.facts | {"on": form.cleaned_data["on"]}
    else:
        found = known if not form.is_bound and (party is not None or len(known) > 1) else {}
    if found:
        about = {code: value for code, value in found.items() if code != "on"}
        context["results"] = _results(request.user, party, about, found["on"], chosen, one=one is not None)
    opened = 0 if "results" in context else FIRST_GROUPS
    context["groups"] = _field_groups(form, facts, origins, opened=opened, whole=one is not None)
    return render(request, "policies/calculator.html", context, status=422 if form.errors else 200)


def _context(request: HttpRequest, form: FactsForm, chosen: list[PackVersion], party: Party | None) -> dict[str, Any]:
    return {
        "form": form,
        "parties": queries.askers(request.user) if request.user.is_authenticated else (),
        "party": party,
        "samples": _samples(chosen),
        "kept": len(typed_facts.kept(request.session).facts),
    }


def _keep(request: HttpRequest, form: FactsForm, file: Mapping[str, Any]) -> None:
    """Keep what was typed; of what stands in the file only what was typed otherwise."""
    own = {code: v for code, v in form.facts.items() if file.get(code) is None or text(file[code]) != text(v)}
    typed_facts.keep(request.session, own, asked=list(form.fields), on=form.cleaned_data["on"])


def _chosen(code: str) -> list[PackVersion]:
    return [newest_of(code)] if code else in_force(clock.today())


def _party(request: HttpRequest, number: str) -> Party | None:
    if not (number.isascii() and number.isdigit() and request.user.is_authenticated):
        return None
    return get_object_or_404(queries.askers(request.user), pk=int(number))


def _known(
    request: HttpRequest, chosen: list[PackVersion], party: Party | None, before: Mapping[str, Any], typed: Typed
) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """The facts with which the form begins: of a file, a sample or what was typed ``before``; where they come from."""
    on = parse_date(request.GET.get("on", "")) or clock.today()
    if party is not None:
        return {**facts_of(party, on=on), "on": on}, provenance_of(party, on=on)
    code, _colon, number = request.GET.get("sample", "").partition(":")
    for version in chosen:
        examples = pack_of(version).examples
        if version.code == code and number.isascii() and number.isdigit() and int(number) < len(examples):
            return {**examples[int(number)].facts, "on": examples[int(number)].on}, {}
    return {**before, "on": (typed.on if before else None) or on}, {}


def _samples(chosen: list[PackVersion]) -> list[tuple[str, str]]:
    """Worked examples that can be loaded: all of one policy, or the first of each with the policy's name."""
    few = len(chosen) == 1
    named = "{value}" if few else _("{label}：{value}")
    return [
        (f"{version.code}:{at}", named.format(label=version.title, value=example.name))
        for version in chosen
        for at, example in enumerate(pack_of(version).examples[: None if few else 1])
    ]


def _field_groups(
    form: FactsForm, facts: Mapping[str, Fact], origins: Mapping[str, Any], *, opened: int, whole: bool
) -> list[dict[str, Any]]:
    """The fields in the parts of the enterprise file, facts of single policies last; the first few stand open."""
    parts: dict[str, list[Any]] = {}
    for code, fact in facts.items():
        group = fact.group if code in catalogue() else "own"
        parts.setdefault(group, []).append((form[code], form.fields[code], origins.get(code)))
    labels = {**groups(), "own": _("这些政策另需的数据")}
    return [
        {
            "code": code,
            "label": _(labels[code]),
            "fields": fields,
            "filled": sum(bound.value() not in (None, "") for bound, _field, _origin in fields),
            "open": whole or number < opened or any(bound.errors for bound, _field, _origin in fields),
        }
        for number, (code, fields) in enumerate(parts.items())
    ]


def _results(
    user: Any, party: Party | None, facts: Mapping[str, Any], on: date, chosen: list[PackVersion], *, one: bool
) -> dict[str, Any]:
    versions = chosen if one else in_force(on)
    known = {v.code: v for v in versions}
    standings = calculate(facts, on=on, versions=versions)
    parted = grouped(standings)
    shown = [(name, TITLES[name], cards(parted[name], known)) for name in TITLES]
    early = [s for s in standings if s.verdict.result == "not_in_force"]
    return {
        "groups": shown,
        "not_in_force": cards(early, known),
        "on": on,
        "count": len(standings),
        "ways": ways(user, party, standings),
    }
