"""免申即享名单表: the list of a run as a sheet; an import leaves firms out of it, with a reason, or takes them in."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from kechuang.core.parties.access import require_officer
from kechuang.core.parties.models import Party
from kechuang.core.vocab import queries as vocab
from kechuang.kit.fields import CodeField
from kechuang.kit.refusal import Refusal
from kechuang.services.benefits import queries, runs
from kechuang.services.benefits.models import Run
from kechuang.web.sheets import VERSION, Act, Ask, Change, Column, Given, Key, Part, Sheet, register_sheet

GIVEN, LEFT = "given", "left"
COLUMNS = (
    Column(gettext_noop("批次"), gettext_noop("系统中的编号，不变。"), 8, "run", key=True),
    Column(gettext_noop("统一社会信用代码"), gettext_noop("凭它认出单位，不变。"), 22, "uscc", key=True),
    Column(gettext_noop("单位"), width=30),
    Column(gettext_noop("区市"), width=12),
    Column(gettext_noop("规模（人）"), width=12),
    Column(gettext_noop("金额（元）"), width=14),
    Column(gettext_noop("发放"), gettext_noop("填“发放”或“暂不发放”。"), 12, "give"),
    Column(gettext_noop("原因"), gettext_noop("暂不发放必填，会留在经过里。"), 40, "why"),
    VERSION,
)


class RunCells(forms.Form):
    """名单列: whether the firm is asked in this run, and why not."""

    give = CodeField(label=gettext_lazy("发放"), choices=lambda: [(GIVEN, _("发放")), (LEFT, _("暂不发放"))])
    why = forms.CharField(label=gettext_lazy("原因"), max_length=200, required=False)


@dataclass(frozen=True)
class Entry:
    """名单一行: one party of a run, with what it would get."""

    run: Run
    party: Party
    fen: int
    district: str
    size: str

    @property
    def why(self) -> str:
        """Why it is left out; empty where it is asked."""
        return str(self.run.left_out.get(str(self.party.pk), ""))


def _entries(found: Run) -> Iterator[Entry]:
    parties = Party.objects.in_bulk([row[0] for row in found.rows])
    return (Entry(found, parties[n], fen, place, size) for n, fen, place, size in found.rows if n in parties)


def _rows(ask: Ask) -> Iterator[list[Any]]:
    number = str(ask.parameters.get("run", ""))
    found = queries.runs(ask.user)
    one = number.isascii() and number.isdigit() and len(number) < 10
    found = found.filter(pk=int(number)) if one else found.filter(state=Run.State.DRAFT)
    for row in (entry for run in found for entry in _entries(run)):
        yield [
            row.run.pk,
            row.party.uscc,
            row.party.name,
            vocab.label("district", row.district) if row.district else "",
            row.size,
            Decimal(row.fen) / runs.FEN,
            _("暂不发放") if row.why else _("发放"),
            row.why,
            ROW.stamp(row),
        ]


def _find(ask: Ask, keys: Collection[Key]) -> dict[Key, Entry]:
    numbers = {int(run) for run, _uscc in keys if run.isascii() and run.isdigit() and len(run) < 10}
    found = {
        (str(r.run.pk), r.party.uscc): r for run in queries.runs(ask.user).filter(pk__in=numbers) for r in _entries(run)
    }
    return {key: found[key] for key in keys if key in found}


def _plan(given: Given) -> Act:
    row, why = given.record, str(given.data["why"]).strip()
    if row.run.state != Run.State.DRAFT:
        raise Refusal(_("这个批次已经%(state)s。") % {"state": row.run.get_state_display()})
    if given.data["give"] == LEFT and not why:
        words = _("请写明暂不发放的原因，会留在经过里。")
        raise Refusal(words, fields={"why": words})
    if given.data["give"] == GIVEN and why:
        words = _("发放的单位不填原因。")
        raise Refusal(words, fields={"why": words})
    said = why if given.data["give"] == LEFT else ""
    return lambda now: runs.leave_out(run=row.run, parties=[row.party.pk], why=said, by=given.ask.user, now=now)


def _content(row: Entry) -> dict[str, Any]:
    return {"give": LEFT if row.why else GIVEN, "why": row.why}


ROW = Change(
    form=RunCells,
    find=_find,
    content=_content,
    version=lambda row: f"{row.run.state} {row.why}",
    plan=_plan,
    require=lambda ask: require_officer(ask.user),
    title=lambda row: str(row.party.name),
    link=lambda row: reverse("benefit_run", args=[row.run.pk]),
)
register_sheet(
    Sheet(
        "benefit-run",
        gettext_noop("免申即享名单"),
        (Part(gettext_noop("名单"), COLUMNS, _rows, ROW),),
        require=lambda ask: require_officer(ask.user),
    )
)
