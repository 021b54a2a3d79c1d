"""成员名单 sheet: the members of an alliance as an Excel file."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.vocab import queries as vocab
from kechuang.kit.workbooks import Head, Table, book
from kechuang.services.alliances.models import Alliance, Membership
from kechuang.web.sheet_files import GUIDE_NAME


def members_workbook(alliance: Alliance, rows: Iterable[Membership], *, contacts: bool) -> bytes:
    """The list under its filters; with ``contacts`` also what only the secretariat and the officers read."""
    heads = [
        Head(_("单位名称"), width=32),
        Head(_("单位类型"), width=14),
        Head(_("所在区市"), width=14),
        Head(_("产业"), width=32),
        Head(_("加入日期"), width=14),
        Head(_("能为联盟提供"), width=40),
    ]
    if contacts:
        heads += [Head(_("统一社会信用代码"), width=22), Head(_("联系人（职务）"), width=24)]
    guide = [
        alliance.name,
        _("本表只供查看，不能导入：加入和退出由成员单位在联盟的页面上申请，信息由单位自己更正。"),
    ]
    cells = _rows(rows, contacts=contacts)
    return book([Table(alliance.name, heads, cells)], guide=guide, guide_name=_(GUIDE_NAME))


def _rows(rows: Iterable[Membership], *, contacts: bool) -> Iterator[list[Any]]:
    for row in rows:
        party = row.party
        joined: date | None = timezone.localtime(row.joined_at).date() if row.joined_at else None
        industries = _("；").join(vocab.label("industry", code) for code in party.industries)
        cells = [
            party.name,
            vocab.label("party_kind", party.kind),
            vocab.label("district", party.district) if party.district else "",
            industries,
            joined,
            row.offers,
        ]
        yield cells + ([party.uscc or "", row.contact] if contacts else [])
