"""预填 prefill: a form's empty fields filled in from the party's own file, each with where its value comes from.

A form declares ``FACTS``: which fact of the file answers which of its fields. Facts are those of
``packs/national/facts.toml``, and ``industries``, which the register of organisations holds.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.forms import BaseForm
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kechuang.core.dossier.facts import asked_codes
from kechuang.core.dossier.queries import Origin, facts_of, provenance_of
from kechuang.core.parties.models import Party
from kechuang.core.vocab import queries as vocab

INDUSTRIES = "industries"


def prefill(form: BaseForm, party: Party, on: date) -> list[str]:
    """Fill in what the file knows and nobody has filled in yet; returns the names of these fields.

    A form that was sent keeps what was typed and gets no notes.
    """
    declared: Mapping[str, str] = getattr(form, "FACTS", {})
    wanted = {n: c for n, c in declared.items() if n in form.fields and form.initial.get(n) in (None, "", [])}
    if form.is_bound or not wanted:
        return []
    known = {**facts_of(party, on=on), INDUSTRIES: list(party.industries) or None}
    origins = provenance_of(party, on=on)
    found = []
    for name, code in wanted.items():
        if known.get(code) is None:
            continue
        form.initial[name] = known[code]
        field = form.fields[name]
        note = _note(party, code, origins.get(code) or Origin("known", "register", party.created_at.date()))
        field.help_text = format_html("{} {}", field.help_text, note) if field.help_text else note
        found.append(name)
    return found


def _note(party: Party, code: str, origin: Origin) -> SafeString:
    """来自一企一档：企业填报 2026-03-01, with the way to the value."""
    day = origin.day.isoformat() if origin.day else ""
    group = asked_codes()[code][0].group if code in asked_codes() else "identity"
    said = _("来自一企一档：%(source)s %(day)s") % {"source": source_label(origin), "day": day}
    address = f"{reverse('dossier', args=[party.pk])}?group={group}#{code}"
    return format_html('<a class="kc-from-file" href="{}">{}</a>', address, said.strip())


def source_label(origin: Origin) -> str:
    """Where a value comes from, in words."""
    own: dict[str, Any] = {"register": _("单位登记"), "list": _("由清单得出"), "": ""}
    return str(own[origin.source]) if origin.source in own else vocab.label("dossier_source", origin.source)
