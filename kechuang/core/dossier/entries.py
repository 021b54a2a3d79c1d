"""清单写入 entries: add, change and take out entries of the lists; the single-use mark of a class II right."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model, Sum
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.dossier import access
from kechuang.core.dossier.models import (
    Award,
    Financing,
    FormerName,
    Product,
    Qualification,
    ResearchOrg,
    Right,
    Site,
    Standard,
)
from kechuang.core.dossier.reporting import Given, lock, put
from kechuang.core.parties.models import Party
from kechuang.core.vocab import queries as vocab
from kechuang.kit.identifiers import clean_patent
from kechuang.kit.refusal import Refusal, Stale
from kechuang.kit.text import fold

OWN = "enterprise"
PATENTS = ("invention", "utility", "design")
LISTS: Mapping[str, Any] = {
    "rights": Right,
    "qualifications": Qualification,
    "awards": Award,
    "research": ResearchOrg,
    "standards": Standard,
    "financing": Financing,
    "products": Product,
    "names": FormerName,
    "sites": Site,
}


@transaction.atomic
def add_entry(*, party: Party, held: str, content: Mapping[str, Any], by: Any, now: datetime, source: str = OWN) -> Any:
    """Add an entry to one of the lists, in the name of a source. The same thing cannot stand twice."""
    if by is not None:
        access.require_source(by, party, source)
    lock([party.pk])
    row = LISTS[held](party=party, source=source, entered_at=now, entered_by=by, **_cleaned(held, content))
    _save(row, held)
    _after(party, held, {_year(row)}, source, by, now)
    record(party, "add", by=by, now=now, after={"list": held, "number": row.pk, **_shown(row, content)})
    return row


@transaction.atomic
def change_entry(
    *, entry: Any, content: Mapping[str, Any], by: Any, now: datetime, seen: datetime | None = None
) -> Any:
    """Change an entry; whoever may enter its source may do so. ``seen`` is the entry's time when the form was shown."""
    lock([entry.party_id])
    row = type(entry).objects.select_related("party").get(pk=entry.pk)
    held = _held(row)
    if by is not None:
        access.require_source(by, row.party, row.source)
    if seen is not None and seen != row.entered_at:
        raise Stale(_("您打开页面之后，这一条已被同事修改。您填写的内容还在，请对照后再次保存。"))
    years, before = {_year(row)}, _shown(row, content)
    for name, value in _cleaned(held, content).items():
        setattr(row, name, value)
    if before == _shown(row, content):
        return row
    row.entered_at, row.entered_by = now, by
    _save(row, held)
    _after(row.party, held, years | {_year(row)}, row.source, by, now)
    after = {"list": held, "number": row.pk, **_shown(row, content)}
    record(row.party, "change", by=by, now=now, before=before, after=after)
    return row


@transaction.atomic
def confirm_entry(*, entry: Any, content: Mapping[str, Any], source: str, by: Any, now: datetime) -> Any:
    """Confirm an entry in the name of another source than the enterprise, whoever stated it before."""
    lock([entry.party_id])
    row = type(entry).objects.select_related("party").get(pk=entry.pk)
    held = _held(row)
    if by is not None:
        access.require_source(by, row.party, source)
    before = {**_shown(row, content), "source": row.source}
    for name, value in {**_cleaned(held, content), "source": source}.items():
        setattr(row, name, value)
    after = {**_shown(row, content), "source": source}
    if before == after:
        return row
    row.entered_at, row.entered_by = now, by
    _save(row, held)
    record(row.party, "confirm", by=by, now=now, before=before, after={"list": held, "number": row.pk, **after})
    return row


@transaction.atomic
def remove_entry(*, entry: Any, by: Any, now: datetime) -> None:
    """Take an entry out of a list; what it said stays in the history."""
    lock([entry.party_id])
    row = type(entry).objects.select_related("party").filter(pk=entry.pk).first()
    if row is None:
        raise Refusal(_("这一条已经删除。"))
    held = _held(row)
    if by is not None:
        access.require_source(by, row.party, row.source)
    if isinstance(row, Right) and row.hnte_used_on is not None:
        raise Refusal(_("这项知识产权已用于高企申请，记录需要保留；失效的请把状态改为“已失效”。"))
    said = {name: getattr(row, name) for name in _content_fields(row)}
    party, year, source = row.party, _year(row), row.source
    row.delete()
    _after(party, held, {year}, source, by, now)
    record(party, "remove", by=by, now=now, before={"list": held, **said})


def _held(row: Any) -> str:
    return next(name for name, model in LISTS.items() if isinstance(row, model))


def _content_fields(row: Model) -> list[str]:
    beside = ("id", "party", "source", "entered_at", "entered_by")
    return [f.name for f in row._meta.concrete_fields if f.name not in beside]


def _shown(row: Any, content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in content}


def _cleaned(held: str, content: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(content)
    if held == "rights" and "number" in found:
        found["number"], found["number_checked"] = clean_number(found.get("kind", ""), found["number"])
    return found


def clean_number(kind: str, number: str) -> tuple[str, bool]:
    """The number of a right in its usual form, and whether it looks right; only patents have a check digit."""
    if kind in PATENTS and number.strip():
        return clean_patent(number)
    return fold(number).strip().upper(), True


_TWICE: Mapping[str, Callable[[], tuple[str, str]]] = {
    "dossier_right_once": lambda: ("number", _("这项知识产权已经在清单里。")),
    "dossier_right_one_claim": lambda: (
        "number",
        _("另一单位已登记由其使用这项知识产权；一项知识产权只能由一个权属人使用。如有异议，请联系所在区市主管部门。"),
    ),
    "dossier_qualification_once": lambda: ("valid_from", _("同一资格、同一生效日期已经登记。")),
    "dossier_qualification_in_order": lambda: ("valid_to", _("失效日期应晚于生效日期。")),
    "dossier_product_once": lambda: ("name", _("这个产品（服务）已经在清单里。")),
    "dossier_name_once": lambda: ("name", _("这个曾用名已经在清单里。")),
    "dossier_site_once": lambda: ("address", _("这个地址已经在清单里。")),
    "dossier_financing_positive": lambda: ("amount", _("实缴金额应大于 0。")),
}


def _save(row: Any, held: str) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        for name, words in _TWICE.items():
            if name in str(error):
                field, message = words()
                raise Refusal(message, fields={field: message}) from error
        raise


def _year(row: Any) -> int:
    return row.paid_on.year if isinstance(row, Financing) else 0


def _after(party: Party, held: str, years: set[int], source: str, by: Any, now: datetime) -> None:
    """The sum of what investors paid in a year is the source's own figure for that year."""
    if held != "financing":
        return
    for year in years:
        paid = Financing.objects.filter(party=party, source=source, paid_on__year=year)
        total: Decimal | None = paid.aggregate(total=Sum("amount"))["total"]
        put([Given(party.pk, year, source, {"equity_raised": total})], by=by, now=now)


@transaction.atomic
def mark_used(*, right: Right, on: date, by: Any, now: datetime) -> Right:
    """Mark a class II right as used for an application for HNTE: once and for all."""
    lock([right.party_id])
    row = Right.objects.select_related("party").get(pk=right.pk)
    if by is not None:
        access.require_source(by, row.party, row.source)
    if next((t.extra.get("sme_class") for t in vocab.terms("ip_kind") if t.code == row.kind), "") != "Ⅱ":
        raise Refusal(_("只有Ⅱ类知识产权在高企申请中限用一次，其他类型不用标记。"))
    if row.hnte_used_on is not None:
        raise Refusal(_("这项知识产权已在 %(day)s 用于高企申请，不能再次使用。") % {"day": row.hnte_used_on})
    row.hnte_used_on = on
    row.save(update_fields=["hnte_used_on"])
    record(row.party, "mark_used", by=by, now=now, after={"right": row.pk, "title": row.title, "on": on})
    return row
