"""清单说明 lists: for each list its name, the part of the file in which it stands, its form and what a row shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kechuang.core.dossier.entries import LISTS
from kechuang.core.parties.models import Party
from kechuang.kit.fields import CodeField
from kechuang.kit.language import amount
from kechuang.services.dossiers import forms as own


@dataclass(frozen=True)
class Held:
    """清单: ``shown`` are the columns of its table, ``declared`` whether one declares it complete."""

    label: str
    group: str
    form: type[forms.Form]
    shown: tuple[str, ...]
    declared: bool = False


HELD: Mapping[str, Held] = {
    "names": Held(gettext_noop("曾用名"), "identity", own.NameForm, ("name", "until")),
    "sites": Held(gettext_noop("场所"), "identity", own.SiteForm, ("address", "district", "purpose")),
    "financing": Held(gettext_noop("股权融资"), "money", own.FinancingForm, ("investor", "amount", "paid_on", "round")),
    "rights": Held(
        gettext_noop("知识产权"),
        "ip",
        own.RightForm,
        ("kind", "number", "title", "status", "obtained", "granted_on", "main_product"),
        declared=True,
    ),
    "standards": Held(
        gettext_noop("标准"),
        "ip",
        own.StandardForm,
        ("name", "number", "level", "role", "published_on"),
        declared=True,
    ),
    "qualifications": Held(
        gettext_noop("资格"),
        "standing",
        own.QualificationForm,
        ("kind", "number", "valid_from", "valid_to", "revoked_on"),
        declared=True,
    ),
    "awards": Held(
        gettext_noop("科技奖励"), "standing", own.AwardForm, ("name", "level", "rank", "awarded_on"), declared=True
    ),
    "research": Held(
        gettext_noop("研发机构"),
        "results",
        own.ResearchForm,
        ("name", "kind", "level", "since", "until"),
        declared=True,
    ),
    "products": Held(gettext_noop("主要产品（服务）"), "results", own.ProductForm, ("name", "text", "main")),
}


@dataclass(frozen=True)
class EntryRow:
    """清单的一行: the entry and its cells as people read them, each with the label of its column."""

    entry: Any
    cells: list[tuple[str, str]]
    doubt: str = ""


@dataclass(frozen=True)
class Shelf:
    """一个清单: its rows, and whether it has been declared complete."""

    name: str
    label: str
    heads: list[str]
    rows: list[EntryRow]
    declared: bool
    kept: bool


def shelves(party: Party, group: str, kept: Mapping[str, Any]) -> list[Shelf]:
    """The lists of one part of a file."""
    return [shelf(party, name, kept) for name, held in HELD.items() if held.group == group]


def shelf(party: Party, name: str, kept: Mapping[str, Any]) -> Shelf:
    """One list of a file."""
    held = HELD[name]
    fields = {column: held.form.base_fields[column] for column in held.shown}
    rows = [_row(entry, fields) for entry in LISTS[name].objects.filter(party=party).select_related("entered_by")]
    heads = [str(field.label) for field in fields.values()]
    return Shelf(name, _(held.label), heads, rows, held.declared, name in kept)


def _row(entry: Any, fields: Mapping[str, forms.Field]) -> EntryRow:
    doubt = "" if getattr(entry, "number_checked", True) else _("编号的校验位不符")
    return EntryRow(entry, [(str(f.label), words(f, getattr(entry, name))) for name, f in fields.items()], doubt)


def words(field: forms.Field, value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if value in (None, ""):
        return "—"
    if isinstance(field, CodeField):
        return dict(field.source()).get(value, str(value))
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]
    if isinstance(value, Decimal):
        return amount(value)
    return value.date().isoformat() if isinstance(value, datetime) else str(value)


def initial_of(entry: Any, held: Held) -> dict[str, Any]:
    """What an entry holds, for its form."""
    return {name: getattr(entry, name) for name in held.form.base_fields}
