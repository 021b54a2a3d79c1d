"""模板标签: labels of codes, money, marks."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kechuang.core.vocab import queries as vocab
from kechuang.kit import money, text

register = template.Library()


@register.filter
def term(code: Any, scheme: str) -> str:
    """The label of a code: ``{{ offer.district|term:"district" }}``."""
    return vocab.label(scheme, str(code)) if code not in (None, "") else ""


@register.filter
def terms(codes: Iterable[Any] | None, scheme: str) -> list[str]:
    """The labels of several codes."""
    return [vocab.label(scheme, str(c)) for c in codes or ()]


@register.filter
def yuan(amount: Decimal | None) -> str:
    """Money as people read it: 80 万元."""
    return money.show(amount)


@register.simple_tag
def budget(low: Decimal | None, high: Decimal | None) -> str:
    """A range of money in words."""
    return money.show_range(low, high)


@register.filter
def mark(value: str, terms_to_mark: Iterable[str]) -> SafeString:
    """The text, escaped, with the given terms marked."""
    pieces = text.marked(value, terms_to_mark)
    return format_html_join("", "{}", ((format_html("<mark>{}</mark>", p) if hit else p,) for p, hit in pieces))


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """A value by a key that is itself a variable."""
    return mapping.get(key) if hasattr(mapping, "get") else None


@register.simple_tag(takes_context=True)
def query_with(context: dict[str, Any], **changes: Any) -> str:
    """The page's query string with some parameters changed; None removes one. Starts with ``?``."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query.setlist(name, [str(v) for v in value] if isinstance(value, list | tuple) else [str(value)])
    return f"?{query.urlencode()}"
