"""政策库查询: published policies and documents under filters, questions on a policy."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from kechuang.core.cases.models import Case
from kechuang.core.parties.access import acts_for
from kechuang.core.parties.models import Party
from kechuang.core.policy.models import Document, PackVersion
from kechuang.core.policy.queries import in_force
from kechuang.kit.text import fold
from kechuang.services.policies.models import Faq

KINDS = ("qualification", "benefit", "scorecard", "list", "text")


def policies(*, on: date, q: str = "", level: str = "", kind: str = "") -> list[PackVersion]:
    """The version of each policy in force on a day, as far as the filters leave it; words of ``q`` anywhere."""
    found = [v for v in in_force(on) if (not level or v.level == level) and (not kind or v.kind == kind)]
    words = fold(q).split()
    return [v for v in found if all(word in _text(v) for word in words)]


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


def faqs(code: str) -> QuerySet[Faq]:
    """The questions that officers keep for everybody on a policy."""
    return Faq.objects.filter(code=code, removed_at=None).select_related("case")


def answered(code: str) -> QuerySet[Case]:
    """Answered questions on a policy, the newest first; only what may be read by everybody is shown of them."""
    rows = Case.objects.filter(service="policies", state="answered", data__policy=code, data__public=True)
    return rows.order_by("-since")
