"""办件清单表: the case lists of the work desk as sheets, one for each list."""

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kechuang.core.cases.models import Case
from kechuang.core.cases.queries import state_of
from kechuang.core.catalogue.models import get
from kechuang.core.vocab import queries as vocab
from kechuang.kit.refusal import NotAllowed
from kechuang.web.sheets import Ask, Column, Part, Sheet, register_sheet
from kechuang.web.templatetags.kc import owner_label
from kechuang.web.worklists import TABS, listed_cases, names_of

PREFIX = "cases-"
COLUMNS = (
    Column(gettext_noop("办件编号"), gettext_noop("系统中的编号，不变。"), 10),
    Column(gettext_noop("名称"), width=44),
    Column(gettext_noop("事项"), width=14),
    Column(gettext_noop("单位"), gettext_noop("申请单位。"), 30),
    Column(gettext_noop("区市"), width=12),
    Column(gettext_noop("状态"), width=14),
    Column(gettext_noop("等待谁"), gettext_noop("轮到哪一方办理；空白表示没有人在等。"), 12),
    Column(gettext_noop("经办人"), width=14),
    Column(gettext_noop("代谁办理"), gettext_noop("经办人外出时由代理人代办。"), 14),
    Column(gettext_noop("期限"), gettext_noop("办理期限，按工作日计算。"), 12),
    Column(gettext_noop("已超期"), gettext_noop("导出当天期限已过。"), 8),
    Column(gettext_noop("有效期至"), gettext_noop("已发布信息的有效期。"), 12),
    Column(gettext_noop("进入状态"), width=17),
    Column(gettext_noop("最近跟进"), width=17),
    Column(gettext_noop("发起时间"), width=17),
)


def _rows(name: str) -> Callable[[Ask], Iterator[list[Any]]]:
    def rows(ask: Ask) -> Iterator[list[Any]]:
        for case in listed_cases(name, ask.user, ask.parameters, ask.today):
            yield _row(case, ask)

    return rows


def _row(case: Case, ask: Ask) -> list[Any]:
    listing = case.subject
    return [
        case.pk,
        case.title,
        get(case.service).title,
        case.applicant.name,
        vocab.label("district", case.district) if case.district else "",
        _(state_of(case).label),
        owner_label(case.owner) if case.owner else "",
        case.assignee or "",
        case.on_behalf_of or "",
        case.due_on,
        bool(case.due_on and case.due_on < ask.today),
        listing.expires_on if listing is not None else None,
        case.since,
        case.touched_at,
        case.opened_at,
    ]


def _require(name: str) -> Callable[[Ask], None]:
    def require(ask: Ask) -> None:
        if name not in names_of(ask.user):
            raise NotAllowed(_("您的工作台没有“{name}”这份清单。").format(name=_(TABS[name][0])))

    return require


for _name, (_label, _roles) in TABS.items():
    if _name != "drafts":  # not cases, and never complete
        register_sheet(Sheet(PREFIX + _name, _label, (Part(_label, COLUMNS, _rows(_name)),), _require(_name)))
