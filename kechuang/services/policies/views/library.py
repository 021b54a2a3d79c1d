"""政策库页面: the library, a policy in plain words, its versions, a question."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from kechuang.core.dossier.queries import facts_of
from kechuang.core.dossier.wording import words
from kechuang.core.parties.access import is_city_officer
from kechuang.core.parties.models import Party
from kechuang.core.policy.access import may_draft
from kechuang.core.policy.models import Document, PackVersion
from kechuang.core.policy.queries import Standing, history, in_force, latest, pack_of
from kechuang.kit.rules.explain import explain
from kechuang.kit.rules.reading_aloud import differences
from kechuang.services.policies import queries
from kechuang.services.policies.access import keeps_document
from kechuang.services.policies.beside import asker_policies
from kechuang.services.policies.caring import stale_words
from kechuang.services.policies.shown import Card, cards, plain
from kechuang.web import clock
from kechuang.web.extend import register_aside
from kechuang.web.ways import Way, ways

register_aside("needs", asker_policies, page="match")

ASKERS = 5  # so many organisations of one person are shown beside a policy
LEVEL_LABELS = {
    "national": gettext_lazy("国家级"),
    "province": gettext_lazy("省级"),
    "city": gettext_lazy("市级"),
    "district": gettext_lazy("区市级"),
}
KIND_LABELS = {
    "qualification": gettext_lazy("资格"),
    "benefit": gettext_lazy("资金"),
    "scorecard": gettext_lazy("评价"),
    "list": gettext_lazy("名单"),
    "text": gettext_lazy("文字条款"),
}


def newest_of(code: str) -> PackVersion:
    """The latest published version of a policy; 404 where there is none."""
    version = latest(code)
    if version is None:
        raise Http404
    return version


@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """政策库: policies in force, and the documents behind them."""
    asked = {name: request.GET.get(name, "").replace("\0", "")[:100] for name in ("q", "level", "kind")}
    context = {
        "asked": asked,
        "levels": LEVEL_LABELS,
        "kinds": KIND_LABELS.items(),
        "kind_labels": KIND_LABELS,
        "policies": [(row, pack_of(row)) for row in queries.policies(on=clock.today(), **asked)],
        "documents": queries.documents(q=asked["q"], level=asked["level"]),
    }
    return render(request, "policies/library.html", context)


@require_safe
def document(request: HttpRequest, code: str) -> HttpResponse:
    """政策文件: an issued text, what it replaces, its clauses."""
    found = get_object_or_404(Document, code=code)
    rows = [v for v in in_force(clock.today()) if v.document_id == found.pk]
    context = {"document": found, "policies": rows, "stale": stale_words(found, clock.today())}
    context["keeps"] = keeps_document.check(request.user, found)
    return render(request, "policies/document.html", context | {"kind_labels": KIND_LABELS})


@require_safe
def policy(request: HttpRequest, code: str) -> HttpResponse:
    """一项政策: the version in force in plain words, with its calculator."""
    version = newest_of(code)
    return _page(request, version, newest=True)


@require_safe
def version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """某一版本: as it was published."""
    found = get_object_or_404(history(code), number=number)
    return _page(request, found, newest=False)


def _page(request: HttpRequest, version: PackVersion, *, newest: bool) -> HttpResponse:
    shown, faqs = plain(version, clock.today()), queries.faqs(version.code)
    context = {
        "getting": _getting(request, version) if newest else (),
        "version": version,
        "plain": shown,
        "newest": newest,
        "kind_label": KIND_LABELS[version.kind],
        "in_force": shown.pack.in_force(clock.today()),
        "answered": queries.answered(version.code).exclude(pk__in=faqs.values("case"))[:20],
        "faqs": faqs,
        "answers": newest and is_city_officer(request.user),
        "may_draft": newest and may_draft(request.user, version),
        "examples": [(e.name, e.on) for e in shown.pack.examples],
    }
    return render(request, "policies/policy.html", context)


def _getting(request: HttpRequest, version: PackVersion) -> list[tuple[Party | None, Card | None, list[Way]]]:
    """How to get what a policy gives, for each of the user's organisations; in general where she has none."""
    if version.kind == "text":
        return []
    pack, parties = pack_of(version), list[Party | None]()
    if request.user.is_authenticated:
        parties.extend(queries.askers(request.user)[:ASKERS])
    found: list[tuple[Party | None, Card | None, list[Way]]] = []
    for party in parties or [None]:
        facts = facts_of(party, on=clock.today()) if party is not None else {}
        standing = Standing(version, pack, explain(pack, facts, on=clock.today()))
        told = cards([standing], {})[0] if party is not None else None
        if more := ways(request.user, party, [standing])[version.code]:
            found.append((party, told, more))
    return found


@require_safe
def versions(request: HttpRequest, code: str) -> HttpResponse:
    """版本与差别: all published versions, and what two of them say differently."""
    rows = list(history(code))
    if not rows:
        raise Http404
    numbers = {v.number: v for v in rows}

    def chosen(name: str, default: PackVersion) -> PackVersion:
        given = request.GET.get(name, "")
        return numbers.get(int(given), default) if given.isascii() and given.isdigit() else default

    new = chosen("new", rows[0])
    old = chosen("old", rows[min(1, len(rows) - 1)])
    found = differences(pack_of(old), pack_of(new), words(), max(clock.today(), pack_of(new).effective_from))
    context = {"version": rows[0], "versions": rows, "old": old, "new": new, "differences": found}
    return render(request, "policies/versions.html", context)
