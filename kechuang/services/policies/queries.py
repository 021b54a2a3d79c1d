"""政策库查询: published policies and documents under filters, questions on a policy."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from kechuang.core.cases.models import Case
from kechuang.core.parties.access import acts_for
from kechuang.core.parties.models import Party
from kechuang.core.policy.models import Document, PackVersion
from kechuang.core.policy.queries import in_force
from kechuang.kit.text import fold
from kechuang.services.policies.models import Faq

KINDS = ("qualification", "benefit", "scorecard", "list", "text")


def policies(*, on: date, q: str = "", level: str = "", kind: str = "") -> list[PackVersion]:
    """The version of each policy in force on a day under the filters; words of ``q`` anywhere, also in its FAQ."""
    found = [v for v in in_force(on) if (not level or v.level == level) and (not kind or v.kind == kind)]
    words, asked = fold(q).split(), dict[str, str]()
    for code, question, answer in kept_faqs().values_list("code", "question", "answer") if words else ():
        asked[code] = f"{asked.get(code, '')} {question} {answer}"
    texts = {v.code: _text(v) + fold(asked.get(v.code, "")) for v in found} if words else {}
    return [v for v in found if all(word in texts[v.code] for word in words)]


def _text(version: PackVersion) -> str:
    document = version.document
    parts = [version.title, version.clause, version.text]
    parts += [document.title, document.doc_no, document.authority, document.summary] if document is not None else []
    return fold(" ".join(parts))


def documents(*, q: str = "", level: str = "") -> QuerySet[Document]:
    """Issued texts under filters."""
    rows = Document.objects.filter(level=level) if level else Document.objects.all()
    for word in q.split():
        rows = rows.filter(Q(title__icontains=word) | Q(doc_no__icontains=word) | Q(summary__icontains=word))
    return rows


def askers(user: Any) -> QuerySet[Party]:
    """The organisations for which the user may ask."""
    return acts_for.filter(user, Party.objects.all()).order_by("name")


def kept_faqs() -> QuerySet[Faq]:
    """The questions that officers keep for everybody, of all policies."""
    return Faq.objects.filter(removed_at=None).select_related("case")


def faqs(code: str) -> QuerySet[Faq]:
    """The questions that officers keep for everybody on a policy."""
    return kept_faqs().filter(code=code)


def faq_counts(codes: Collection[str]) -> dict[str, int]:
    """How many questions are kept on each of these policies; those without are left out."""
    rows = kept_faqs().filter(code__in=codes).order_by().values_list("code")
    return dict(rows.annotate(n=Count("pk")))


def answered(code: str) -> QuerySet[Case]:
    """Answered questions on a policy, the newest first; only what may be read by everybody is shown of them."""
    rows = Case.objects.filter(service="policies", state="answered", data__policy=code, data__public=True)
    return rows.order_by("-since")
