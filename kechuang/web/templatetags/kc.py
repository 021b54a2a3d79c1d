"""模板标签: labels of codes, money, marks."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from kechuang.core.catalogue.models import get as get_service
from kechuang.core.dossier.wording import words
from kechuang.core.market.kinds import listing_kind, listing_kinds
from kechuang.core.matching.score import Score
from kechuang.core.parties.models import Post
from kechuang.core.vocab import queries as vocab
from kechuang.core.vocab.models import Term
from kechuang.kit import language, money, text
from kechuang.kit.rules.facts import Fact
from kechuang.web import clock
from kechuang.web.sheets import Ask, changeable, is_allowed, sheet_of

register = template.Library()

# Steps that in Chinese are called like the state to which they lead.
_STEPS = {
    "退回修改": pgettext_lazy("步骤", "退回修改"),
    "退回补充": pgettext_lazy("步骤", "退回补充"),
    "不予发布": pgettext_lazy("步骤", "不予发布"),
}
# Widgets that are groups of inputs; a link to such a field leads to its fieldset.
_GROUPS = ("checkboxselectmultiple", "radioselect", "rows")
_HAN = re.compile("[\u4e00-\u9fff]")
_CSS = {
    "select": "form-select",
    "checkbox": "form-check-input",
    "checkboxselectmultiple": "form-check-input",
    "radioselect": "form-check-input",
}


@register.filter
def term(code: Any, scheme: str) -> str:
    """The label of a code: ``{{ offer.district|term:"district" }}``."""
    return vocab.label(scheme, str(code)) if code not in (None, "") else ""


@register.filter
def terms(codes: Iterable[Any] | None, scheme: str) -> list[str]:
    """The labels of several codes."""
    return [vocab.label(scheme, str(c)) for c in codes or ()]


@register.filter
def fact_label(fact: Fact) -> str:
    """What a fact is called in the reader's language."""
    return words().label(fact)


@register.filter
def term_of(code: Any, scheme: str) -> Term | None:
    """The whole entry of a code list, for lists that say more than a label."""
    return next((t for t in vocab.terms(scheme) if t.code == str(code)), None)


@register.filter
def yuan(amount: Decimal | None) -> str:
    """Money as people read it: 80 万元."""
    return language.amount(amount)


@register.simple_tag
def budget(low: Any, high: Any) -> str:
    """A range of money in words; empty for things that have no budget."""
    return money.show_range(low if low != "" else None, high if high != "" else None, _, language.amount)


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


@register.simple_tag(takes_context=True)
def sheet_buttons(context: dict[str, Any], code: str, small: bool = False, **more: Any) -> SafeString:
    """导出和导入: the buttons of a list that is a sheet; the export takes the filters of the page along."""
    sheet, request = sheet_of(code), context["request"]
    ask = Ask(request.user, request.GET, clock.now())
    if sheet is None or not request.user.is_authenticated or not is_allowed(sheet, ask):
        return SafeString("")
    css = "btn btn-sm" if small else "btn"
    query = query_with(context, page=None, **more)
    links = [(reverse("sheet", args=[code]) + ("" if query == "?" else query), _("导出 Excel"))]
    if changeable(sheet, ask):
        links.append((reverse("import_sheet", args=[code]), _("导入 Excel")))
    return format_html_join(" ", '<a class="{}" href="{}">{}</a>', ((css, url, words) for url, words in links))


@register.simple_tag(takes_context=True)
def query_without(context: dict[str, Any], name: str, values: list[str]) -> str:
    """The page's query string with one parameter reduced to ``values``, from the first page on."""
    return query_with(context, **{name: values or None, "page": None})


@register.filter
def local(mapping: Any, key: str) -> Any:
    """A text of a pack in the reader's language: ``label_en`` for ``label`` where there is one."""
    return (mapping.get(f"{key}_en") if language.english() else None) or mapping.get(key, "")


@register.filter
def role_labels(roles: Iterable[str]) -> list[str]:
    """The roles of a user in words, in a fixed order."""
    known = {"enterprise": _("企业"), "institution": _("高校院所等单位"), **dict(Post.Role.choices)}
    return [str(label) for code, label in known.items() if code in set(roles)]


@register.filter
def owner_label(owner: str) -> str:
    """Who must act on a case, in words."""
    words = {
        "applicant": _("申请单位"),
        "officer": _("主管部门"),
        "city": _("市级主管部门"),
        "broker": pgettext("一个", "服务专班"),
        "counterpart": _("供给单位"),
        "host": _("承办单位"),
    }
    return words.get(owner, owner)


@register.filter
def kind_label(service: str) -> str:
    """The name of a kind of listing: 成果, 需求, …; of a row without listings its own name."""
    if service not in {kind.service for kind in listing_kinds()}:
        return get_service(service).title
    kind = listing_kind(service)
    return kind.label_en if language.english() else kind.label


@register.filter
def kinds_label(service: str) -> str:
    """The name of a kind of listing for many of them: 成果; Achievements."""
    return f"{kind_label(service)}s" if language.english() else kind_label(service)


@register.filter
def lang_of(written: str) -> SafeString:
    """The ``lang`` attribute of what somebody wrote, for those who have pages read out: ``<h1{{ title|lang_of }}>``."""
    return SafeString(' lang="zh-Hans"' if _HAN.search(written or "") else "")


@register.filter
def step_label(words: str) -> str:
    """The words of a step's button, which in English differ from those of the state to which it leads."""
    return str(_STEPS.get(words) or _(words))


@register.filter
def translated(words: str) -> str:
    """Words of a declaration (a state, a step, a reason) in the reader's language."""
    return _(words) if words else ""


@register.filter
def clip(value: str, length: int) -> str:
    """The beginning of a text."""
    return text.clip(value, length)


@register.filter
def control(field: BoundField) -> SafeString:
    """A form field's input in the look of the site."""
    return field.as_widget(attrs={"class": _CSS.get(field.widget_type, "form-control")})


@register.filter
def anchor(field: BoundField) -> str:
    """The id to which a link to a form field leads."""
    return f"{field.auto_id}_set" if field.widget_type in _GROUPS else field.id_for_label


@register.filter
def gaps(result: Score) -> list[str]:
    """What the owner of an offer leaves open, in words; what the asker leaves open stands once, above the list."""
    return [r.words for r in result.reasons if r.value is None and r.lacks != "asker"]
