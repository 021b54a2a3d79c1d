"""结果的说法 shown: codes of conditions and facts in the reader's words, never a figure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from kechuang.core.dossier.access import visible_integrity
from kechuang.core.dossier.facts import catalogue, label
from kechuang.core.dossier.queries import facts_of, in_force
from kechuang.core.dossier.wording import words
from kechuang.core.parties.models import Party
from kechuang.core.policy.models import PackVersion
from kechuang.core.policy.queries import pack_of
from kechuang.kit.rules.explain import explain
from kechuang.kit.rules.wording import Told, tell
from kechuang.services.credit.judging import SCORE
from kechuang.services.credit.models import CreditList, Entry


def conditions_of(found: CreditList) -> dict[str, str]:
    """The conditions of a version's rule by code, in words."""
    pack, say = pack_of(found.version), words()
    known = {f.code: say.filled(say.name(f), pack, found.on) for f in (*pack.conditions, *pack.routes)}
    return known | {SCORE: _("得分")}


def facts_words(codes: Iterable[str]) -> list[str]:
    """Facts by their labels."""
    known = catalogue()
    return [label(known[code]) for code in codes if code in known]


@dataclass(frozen=True)
class Row:
    """一户: an entry in words. ``why`` says what stands against it, ``missing`` which facts are not there."""

    entry: Entry
    grounds: list[str]
    failed: list[str]
    missing: list[str]

    @property
    def why(self) -> str:
        """The reasons in one line."""
        parts = [_("不符合：%(what)s") % {"what": _("；").join(self.failed)}] if self.failed else []
        if self.entry.blocked or self.entry.left_at:
            parts.insert(0, _("有生效的诚信处理决定"))
        if self.missing:
            parts.append(_("缺少：%(what)s") % {"what": _("、").join(self.missing)})
        return _("。").join(parts) or _("符合全部条件")


def row(entry: Entry, conditions: Mapping[str, str]) -> Row:
    """An entry in words."""
    failed = [conditions.get(code, code) for code in entry.failed]
    return Row(entry, facts_words(entry.grounds), failed, facts_words(entry.missing))


def rows(entries: Iterable[Entry], found: CreditList) -> list[Row]:
    """Entries of one version in words."""
    known = conditions_of(found)
    return [row(entry, known) for entry in entries]


def kept(result: Mapping[str, Any], conditions: Mapping[str, str]) -> Row:
    """A result as an appeal keeps it, in words."""
    return row(Entry(**{k: v for k, v in result.items() if k in ("group", "failed", "missing", "blocked")}), conditions)


def decisions(user: Any, party: Party, on: date) -> list[str]:
    """The decisions in force against a firm, for those who may see them."""
    seen = visible_integrity(user).filter(in_force(on), party=party)
    return list(seen.values_list("decision", flat=True))


def told(rule: PackVersion, party: Party, on: date) -> Told:
    """What a rule says of a firm by its file on a day."""
    return tell(explain(pack_of(rule), facts_of(party, on=on), on=on), words())
