"""政策全文检索 search: documents, clauses and FAQ by their words, best first, each with the passage that fits.

The tokens are those of the city's search (characters, pairs of characters, Latin words; width and script folded), so
that traditional and simplified find each other. A city has a few hundred documents and clauses: they are read whole,
and what was read is kept until one of them changes.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db.models import Max

from kechuang.core.policy.models import Document, PackVersion
from kechuang.core.policy.queries import in_force, pack_of
from kechuang.kit.rules.wording import Words
from kechuang.kit.text import fold, tokens, words
from kechuang.services.policies.queries import kept_faqs

AROUND = 60  # characters on each side of what was found
TITLE = 4  # a word in the title counts so much
MOST = 100
TITLE_LENGTH = 80  # of a question, where it stands as a title


@dataclass(frozen=True)
class Text:
    """一篇: a document (``code`` empty), a clause, or a question kept on it (``faq`` its number), with its words."""

    document: Document | None
    code: str
    title: str
    body: str
    in_title: frozenset[str]
    in_body: Counter[str]
    faq: int = 0


@dataclass(frozen=True)
class Found:
    """找到的: what fits, the words around the first place, what to mark."""

    text: Text
    snippet: str
    score: float


def search(q: str, *, on: date, document: str = "", authority: str = "", status: str = "") -> list[Found]:
    """Texts in which all words of the query stand; where there are none, those with most of them."""
    wanted = _wanted(q)
    if not wanted:
        return []
    rows = [text for text in _texts(on, _mark()) if _fits(text, document, authority, status)]
    fitting = [t for t in rows if _has(t, wanted, 1.0)] or [t for t in rows if _has(t, wanted, 0.6)]
    best = sorted(((_score(text, q, wanted), text) for text in fitting), key=lambda one: (-one[0], one[1].title))
    return [Found(text, _snippet(text.body, q), score) for score, text in best[:MOST]]


def marks(q: str) -> list[str]:
    """What of a query is marked in the texts: its parts and its dictionary words."""
    return list(dict.fromkeys([*fold(q).split(), *words(q)]))


def _mark() -> tuple[object, ...]:
    """Differs whenever a document was loaded, a version published, or a frequent question kept or dropped."""
    documents = Document.objects.aggregate(at=Max("loaded_at"))
    versions = PackVersion.objects.filter(state=PackVersion.State.PUBLISHED).aggregate(
        at=Max("published_at"), pk=Max("pk")
    )
    return (documents["at"], versions["at"], versions["pk"], *kept_faqs().values_list("pk", "question", "answer"))


@lru_cache(maxsize=4)
def _texts(on: date, _mark: tuple[object, ...]) -> tuple[Text, ...]:
    documents = [_text(d, "", d.title, [d.doc_no, d.authority, d.summary, d.guide]) for d in Document.objects.all()]
    clauses = {version.code: version for version in in_force(on)}
    return (*documents, *(_clause(version, on) for version in clauses.values()), *_asked(clauses))


def _asked(clauses: Mapping[str, PackVersion]) -> Iterator[Text]:
    """The questions kept for everybody, of the policies in force."""
    for faq in kept_faqs().filter(code__in=clauses):
        body = f"{faq.question}\n{faq.answer}"
        title = faq.question[:TITLE_LENGTH]
        words_ = frozenset(tokens(faq.question)), Counter(tokens(body))
        yield Text(clauses[faq.code].document, faq.code, title, body, *words_, faq=faq.pk)


def _clause(version: PackVersion, on: date) -> Text:
    pack, say = pack_of(version), Words()
    formulas = (*pack.conditions, *pack.routes, *pack.definitions)
    parts = [version.clause, str(pack.about.get("text", "")), str(pack.about.get("summary", ""))]
    parts += [" ".join(filter(None, (say.filled(f.label, pack, on), f.quote))) for f in formulas]
    parts += [parameter.label for parameter in pack.parameters.values()]
    parts += [str(one) for one in pack.about.get("materials", ())]
    return _text(version.document, version.code, version.title, parts)


def _text(document: Document | None, code: str, title: str, parts: Sequence[str]) -> Text:
    body = "\n".join(part for part in parts if part)
    return Text(document, code, title, body, frozenset(tokens(title)), Counter(tokens(body)))


def _wanted(q: str) -> list[str]:
    """The tokens that tell something: pairs and Latin words; single characters only where there is nothing else."""
    found = list(dict.fromkeys(tokens(q)))
    return [token for token in found if len(token) > 1] or found


def _fits(text: Text, document: str, authority: str, status: str) -> bool:
    about = text.document
    if about is None:
        return not (document or authority or status)
    chosen = ((document, about.code), (authority, about.authority), (status, about.text_status))
    return all(not asked or asked == has for asked, has in chosen)


def _has(text: Text, wanted: Sequence[str], share: float) -> bool:
    there = sum(token in text.in_title or token in text.in_body for token in wanted)
    return there >= share * len(wanted)


def _score(text: Text, q: str, wanted: Sequence[str]) -> float:
    score = sum(TITLE * (token in text.in_title) + min(text.in_body[token], 3) for token in wanted) / len(wanted)
    return score + TITLE * (fold(q) in fold(text.title)) + (fold(q) in fold(text.body))


def _snippet(body: str, q: str) -> str:
    """The words around the first place that fits, from the longest part of the query to its single words."""
    folded = fold(body)
    for term in [fold(q), *sorted(marks(q), key=len, reverse=True), *_wanted(q)]:
        at = folded.find(term)
        if term and at >= 0:
            start, end = max(0, at - AROUND), at + len(term) + AROUND
            text = " · ".join(" ".join(line.split()) for line in body[start:end].split("\n") if line.strip())
            return ("…" if start else "") + text + ("…" if end < len(body) else "")
    return " ".join(body[: 2 * AROUND].split())
