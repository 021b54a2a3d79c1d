"""办件清单表: the case lists of the work desk as sheets, one for each list; drafts and the stuck basket."""

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kechuang.core.cases.import_files import MOST_EXPORTED
from kechuang.core.cases.models import Case
from kechuang.core.cases.queries import state_of
from kechuang.core.catalogue.models import get
from kechuang.core.parties.access import require_officer
from kechuang.core.vocab import queries as vocab
from kechuang.kit.refusal import NotAllowed
from kechuang.web import sheet_steps
from kechuang.web.sheets import Ask, Column, Part, Sheet, register_sheet
from kechuang.web.templatetags.kc import owner_label, role_labels
from kechuang.web.waits import stuck_people
from kechuang.web.worklists import TABS, draft_items, listed_cases, names_of

PREFIX = "cases-"
COLUMNS = (
    Column(gettext_noop("办件编号"), gettext_noop("系统中的编号，不变。"), 10, "case", key=True),
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
    *sheet_steps.COLUMNS,
)
DRAFTS = (
    Column(gettext_noop("名称"), width=44),
    Column(gettext_noop("事项"), width=14),
    Column(gettext_noop("保存时间"), width=17),
)
STUCK = (
    Column(gettext_noop("姓名"), width=14),
    Column(gettext_noop("身份"), width=24),
    Column(gettext_noop("单位"), width=30),
    Column(gettext_noop("专班"), width=32),
    Column(gettext_noop("待办"), gettext_noop("辖区内等这个人办的件数。"), 8),
    Column(gettext_noop("久未跟进"), gettext_noop("其中超过规定的工作日没有跟进的件数。"), 10),
    Column(gettext_noop("最久（工作日）"), gettext_noop("最久没有跟进的一件，距今几个工作日。"), 14),
    Column(gettext_noop("最近跟进"), gettext_noop("最久没有跟进的一件，最近一次跟进的时间。"), 17),
)


def _rows(name: str) -> Callable[[Ask], Iterator[list[Any]]]:
    def rows(ask: Ask) -> Iterator[list[Any]]:
        cases = list(listed_cases(name, ask.user, ask.parameters, ask.today)[: MOST_EXPORTED + 1])
        may = sheet_steps.takable(ask.user, cases)
        for case in cases:
            yield [*_row(case, ask), *sheet_steps.step_cells(case, may)]

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


def _drafts(ask: Ask) -> Iterator[list[Any]]:
    for item in draft_items(ask.user):
        yield [item.title, item.kind, item.draft.at]


def _stuck(ask: Ask) -> Iterator[list[Any]]:
    for person in stuck_people(ask.user, ask.today):
        row = person.stuck
        yield [
            row.user,
            role_labels(person.roles),
            person.parties,
            row.teams,
            row.count,
            row.old,
            person.days,
            row.oldest,
        ]


for _name, (_label, _roles) in TABS.items():
    if _name != "drafts":  # not cases, and never complete
        register_sheet(
            Sheet(PREFIX + _name, _label, (Part(_label, COLUMNS, _rows(_name), sheet_steps.STEPS),), _require(_name))
        )
register_sheet(
    Sheet(
        PREFIX + "drafts",
        TABS["drafts"][0],
        (Part(gettext_noop("草稿"), DRAFTS, _drafts),),
        about=gettext_noop("草稿是在页面上没有写完的内容，不能导入；整条内容请用成果、需求的批量导入。"),
    )
)
register_sheet(
    Sheet(
        "stuck",
        gettext_noop("滞留清单"),
        (Part(gettext_noop("滞留清单"), STUCK, _stuck),),
        lambda ask: require_officer(ask.user),
        about=gettext_noop("本表由系统按办件统计得出，不能导入。要处理积压，请在页面上交接办件。"),
    )
)
