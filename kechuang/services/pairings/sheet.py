"""结对清单表: questions to platforms and pairings as a sheet; an import takes the steps that need no page."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kechuang.core.cases.import_files import MOST_EXPORTED
from kechuang.core.cases.queries import state_of
from kechuang.services.pairings import queries
from kechuang.services.pairings.service import WORKFLOW
from kechuang.web import sheet_steps
from kechuang.web.sheets import Ask, Column, Part, Sheet, day, register_sheet
from kechuang.web.templatetags.kc import owner_label


def _pairings(ask: Ask) -> Iterator[list[Any]]:
    state = ask.parameters.get("state", "")
    found = list(queries.pairings(ask.user, state if state in WORKFLOW.states else "")[: MOST_EXPORTED + 1])
    may = sheet_steps.takable(ask.user, [row.case for row in found])
    for row in found:
        case = row.case
        yield [
            case.pk,
            row.platform.title,
            row.platform.party.name,
            row.party.name,
            row.get_kind_display(),
            row.purpose,
            _(state_of(case).label),
            owner_label(case.owner) if case.owner else "",
            case.assignee or "",
            case.due_on,
            day(row.asked_at),
            day(row.answered_at),
            row.starts_on,
            row.ends_on,
            row.next_report_on,
            *sheet_steps.step_cells(case, may),
        ]


register_sheet(
    Sheet(
        "pairings",
        gettext_noop("结对"),
        (
            Part(
                gettext_noop("结对"),
                (
                    Column(gettext_noop("办件编号"), gettext_noop("系统中的编号，不变。"), 10, "case", key=True),
                    Column(gettext_noop("平台"), width=32),
                    Column(gettext_noop("平台单位"), width=28),
                    Column(gettext_noop("企业"), width=28),
                    Column(gettext_noop("事由"), width=12),
                    Column(gettext_noop("想做什么"), width=44),
                    Column(gettext_noop("状态"), width=14),
                    Column(gettext_noop("等待谁"), gettext_noop("轮到哪一方办理；空白表示没有人在等。"), 12),
                    Column(gettext_noop("经办人"), width=14),
                    Column(gettext_noop("期限"), gettext_noop("办理期限，按工作日计算。"), 12),
                    Column(gettext_noop("提出日期"), width=12),
                    Column(gettext_noop("首次答复"), width=12),
                    Column(gettext_noop("结对开始"), width=12),
                    Column(gettext_noop("结对结束"), width=12),
                    Column(gettext_noop("下次报告"), width=12),
                    *sheet_steps.COLUMNS,
                ),
                _pairings,
                sheet_steps.STEPS,
            ),
        ),
        about=gettext_noop("结对方案和进展报告在办件的页面上填写。"),
    )
)
