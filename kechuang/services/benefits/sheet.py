"""兑付清单表: the benefit cases as a sheet, as far as the user may see them."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kechuang.core.cases.import_files import MOST_EXPORTED
from kechuang.core.cases.queries import state_of
from kechuang.core.vocab import queries as vocab
from kechuang.services.benefits import queries, run_sheet
from kechuang.web import sheet_steps
from kechuang.web.sheets import Ask, Column, Part, Sheet, register_sheet
from kechuang.web.templatetags.kc import owner_label

MORE = (run_sheet,)  # declared by being imported
COLUMNS = (
    Column(gettext_noop("办件编号"), gettext_noop("系统中的编号，不变。"), 10, "case", key=True),
    Column(gettext_noop("政策"), width=40),
    Column(gettext_noop("项目"), width=30),
    Column(gettext_noop("单位"), width=30),
    Column(gettext_noop("区市"), width=12),
    Column(gettext_noop("年度"), width=8),
    Column(gettext_noop("按规定算得（元）"), width=16),
    Column(gettext_noop("核定金额（元）"), gettext_noop("扣除限额以后；空白表示还没有核定。"), 16),
    Column(gettext_noop("预算科目"), width=28),
    Column(gettext_noop("状态"), width=18),
    Column(gettext_noop("等待谁"), width=12),
    Column(gettext_noop("期限"), width=12),
    *sheet_steps.COLUMNS,
)


def _rows(ask: Ask) -> Iterator[list[Any]]:
    found = list(queries.benefits(ask.user, str(ask.parameters.get("state", "")))[:MOST_EXPORTED])
    may = sheet_steps.takable(ask.user, [row.case for row in found])
    for row in found:
        case = row.case
        yield [
            case.pk,
            row.version.title,
            row.item,
            row.party.name,
            vocab.label("district", case.district) if case.district else "",
            row.year,
            row.computed,
            row.amount,
            row.line or "",
            _(state_of(case).label),
            owner_label(case.owner) if case.owner else "",
            case.due_on,
            *sheet_steps.step_cells(case, may),
        ]


register_sheet(
    Sheet(
        "benefits",
        gettext_noop("兑付办件"),
        (Part(gettext_noop("兑付办件"), COLUMNS, _rows, sheet_steps.STEPS),),
        about=gettext_noop(
            "导入只办步骤：在“办理步骤”里填一步。金额由结论和限额决定，复核要选预算科目，请在页面上办。"
        ),
    )
)
