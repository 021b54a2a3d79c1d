"""公示清单表: the public notices as a sheet, for everybody."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kechuang.core.catalogue.models import get
from kechuang.core.publicity.access import OBJECTED
from kechuang.core.vocab import queries as vocab
from kechuang.web.public_notices import chosen
from kechuang.web.sheets import Ask, Column, Part, Sheet, register_sheet

COLUMNS = (
    Column(gettext_noop("单位"), width=34),
    Column(gettext_noop("事项"), width=20),
    Column(gettext_noop("事由"), width=44),
    Column(gettext_noop("金额（元）"), width=16),
    Column(gettext_noop("区市"), width=12),
    Column(gettext_noop("公示开始"), width=12),
    Column(gettext_noop("公示截止"), width=12),
    Column(gettext_noop("公示期满"), gettext_noop("空白表示公示中，或者没有公示到期。"), 12),
    Column(gettext_noop("异议"), width=14),
)


def _rows(ask: Ask) -> Iterator[list[Any]]:
    for row in chosen(ask.parameters):
        case = row.case
        yield [
            case.applicant.name,
            get(case.service).title,
            row.matter,
            row.amount,
            vocab.label("district", case.district) if case.district else "",
            row.since,
            row.until,
            row.over_on,
            _("有异议，已暂停") if case.state == OBJECTED else "",
        ]


register_sheet(
    Sheet(
        "public-notices",
        gettext_noop("公示"),
        (Part(gettext_noop("公示"), COLUMNS, _rows),),
        about=gettext_noop("这份清单不能导入：公示由各事项的办理步骤开始和结束。"),
    )
)
