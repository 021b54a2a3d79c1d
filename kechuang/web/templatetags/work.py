"""模板标签: what the pages of publishing and casework need."""

from datetime import date

from django import template
from django.forms import BoundField, Form

from kechuang.core.cases import queries as cases
from kechuang.core.cases.models import Case
from kechuang.core.market.models import Draft
from kechuang.core.vocab import calendar

register = template.Library()


@register.filter
def draft_key(draft: Draft) -> str:
    """The key of the page on which a draft was typed."""
    return draft.subject.rpartition(":")[2]


@register.filter
def said(case: Case) -> str:
    """What was said with the last step of a case."""
    return cases.said(case)


@register.filter
def field_of(form: Form, name: str) -> BoundField:
    """A field of a form by a name that is itself a variable; the first field where there is none."""
    return form[name] if name in form.fields else next(iter(form))


@register.filter
def label_of(form: Form, name: str) -> str:
    """The label of a form's field; the name itself where there is none."""
    return str(form.fields[name].label) if name in form.fields else name


@register.filter
def percent(share: float) -> str:
    """A share from 0 to 1 as people read it: 87%."""
    return f"{share:.0%}"


@register.filter
def is_wide(field: BoundField) -> bool:
    """Whether a field takes the whole width of a form: long texts, tables, lists of boxes, the title."""
    return field.name == "title" or field.widget_type in ("textarea", "rows", "checkboxselectmultiple")


@register.filter
def uncounted(day: date | None) -> str:
    """That a due date lies in a year whose holidays are not loaded, in words; empty where it is known."""
    return calendar.uncounted(day) if day else ""
