"""内容 contents: what a listing says, as JSON: typed and checked by the form of its kind, shown as one may see it."""

import inspect
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django import forms
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr, create_model
from pydantic import ValidationError as ContentError

from kechuang.core.cases.publishing import latest
from kechuang.core.disclosure import queries as disclosure
from kechuang.core.disclosure.actions import seen
from kechuang.core.market import access, queries
from kechuang.core.market.kinds import ListingKind, listing_kind, listing_kinds
from kechuang.core.market.models import Listing
from kechuang.kit.fields import CodeField, CodesField, Column, RowsField, TagsField
from kechuang.web import clock
from kechuang.web.api.problems import Invalid, of_content

FILING = "code"  # the publisher's own number is for the publisher and the officers
_Cell = StrictStr | StrictInt | StrictFloat | None
_STRICT = ConfigDict(extra="forbid")


@lru_cache(maxsize=64)
def content_model(service: str) -> type[BaseModel]:
    """The content of a kind as a JSON object: one property a field of the form, all of them optional here."""
    form = listing_kind(service).form
    properties: dict[str, Any] = {
        name: (
            _type(f"{service}_{name}", field) | None,
            Field(None, title=str(field.label), json_schema_extra=_more(field)),
        )
        for name, field in form.base_fields.items()
    }
    return create_model(f"content_{service}", __config__=_STRICT, **properties)


def _type(name: str, field: forms.Field) -> Any:
    if isinstance(field, RowsField):
        return list[_row(name, field.columns)]  # type: ignore[misc]
    if isinstance(field, CodesField | TagsField):
        return list[StrictStr]
    if isinstance(field, forms.BooleanField):
        return StrictBool
    if isinstance(field, CodeField | forms.IntegerField):
        return StrictStr | StrictInt
    if isinstance(field, forms.DecimalField | forms.FloatField):
        return StrictStr | StrictInt | StrictFloat
    return StrictStr


def _row(name: str, columns: tuple[Column, ...]) -> type[BaseModel]:
    cells: dict[str, Any] = {c.name: (_Cell, Field(None, title=c.label)) for c in columns}
    return create_model(f"row_{name}", __config__=_STRICT, **cells)


def _more(field: forms.Field) -> dict[str, Any]:
    """What the reference says beside the type: help, length, the code list from which to choose."""
    found: dict[str, Any] = {}
    if field.help_text:
        found["description"] = str(field.help_text)
    if getattr(field, "max_length", None):
        found["x-max-length"] = field.max_length  # type: ignore[attr-defined]
    source = getattr(field, "source", None)
    if source is not None and (scheme := inspect.getclosurevars(source).nonlocals.get("scheme")):
        found["x-vocabulary"] = scheme
    if field.required:
        found["x-required"] = True
    return found


def content_models() -> dict[str, type[BaseModel]]:
    """The models of all kinds by service."""
    return {kind.service: content_model(kind.service) for kind in listing_kinds()}


def checked(kind: ListingKind, content: Mapping[str, Any]) -> dict[str, Any]:
    """The content after types and form; raises Invalid with a message for each field."""
    try:
        content_model(kind.service).model_validate(dict(content))
    except ContentError as error:
        raise of_content(error) from error
    form = kind.form(dict(content))
    if not form.is_valid():
        raise Invalid({name: " ".join(str(e) for e in errors) for name, errors in form.errors.items()})
    return dict(form.cleaned_data)


def shown_to(user: Any, listing: Listing) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The content, and the change that waits for review, as far as the reader may see them.

    What she sees of protected tiers is recorded.
    """
    tiers = disclosure.tiers_for(user, listing)
    inside = (access.owner | access.officer).check(user, listing)
    content = disclosure.open_part(queries.content(listing), tiers)
    pending = disclosure.open_part(latest(listing), tiers) if inside and listing.pending else None
    protected = disclosure.protected_in(content) | disclosure.protected_in(pending or {})
    seen(listing=listing, tiers=protected, by=user, now=clock.now(), place="api")
    if inside:
        return content, pending
    return {name: value for name, value in content.items() if name != FILING}, None
