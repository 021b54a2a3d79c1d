"""字典查询: code lists as choices and labels; held in memory until a pack is loaded again."""

from functools import lru_cache

from kechuang.core.vocab.models import Term
from kechuang.kit.language import english


@lru_cache(maxsize=128)
def _terms(scheme: str) -> tuple[Term, ...]:
    return tuple(Term.objects.filter(scheme=scheme))


@lru_cache(maxsize=128)
def _by_code(scheme: str) -> dict[str, Term]:
    return {t.code: t for t in _terms(scheme)}


def terms(scheme: str) -> tuple[Term, ...]:
    """All entries of a code list, in its order, retired ones included."""
    return _terms(scheme)


def forget() -> None:
    """Forget what is held in memory; called after a pack has been loaded."""
    _terms.cache_clear()
    _by_code.cache_clear()


def _shown(term: Term) -> str:
    return term.label_en if term.label_en and english() else term.label


def choices(scheme: str) -> list[tuple[str, str]]:
    """Entries in force as ``(code, label)``, for forms."""
    return [(t.code, _shown(t)) for t in _terms(scheme) if not t.retired]


def labels(scheme: str) -> dict[str, str]:
    """Code to label, retired entries included, for display."""
    return {t.code: _shown(t) for t in _terms(scheme)}


def label(scheme: str, code: str) -> str:
    """The label of a code; the code itself where the list does not know it."""
    known = _by_code(scheme).get(code)
    return _shown(known) if known else code


def main_label(scheme: str, code: str) -> str:
    """The Chinese label of a code, for what is stored; the code itself where the list does not know it."""
    known = _by_code(scheme).get(code)
    return known.label if known else code


def code_of(scheme: str, text: str) -> str | None:
    """The code that a person meant by a code or a label; None where neither fits."""
    wanted = text.strip()
    for t in _terms(scheme):
        if wanted in (t.code, t.label, t.label_en):
            return t.code
    return None
