"""对接清单表: the lists of introductions as a sheet, with their contacts on a second one. Private remarks never."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kechuang.core.cases.models import Contact
from kechuang.core.cases.queries import state_of
from kechuang.core.vocab import queries as vocab
from kechuang.services.introductions.lists import asked
from kechuang.web.sheets import Ask, Column, Part, Sheet, register_sheet


def _given(ask: Ask) -> dict[str, str]:
    return {name: str(value) for name, value in ask.parameters.items()}


def _introductions(ask: Ask) -> Iterator[list[Any]]:
    found: Any = asked(ask.user, _given(ask), ask.today)
    for case in found:
        yield [
            case.pk,
            case.need.title if case.need else "",
            case.applicant.name,
            case.offer.title if case.offer else "",
            case.offer.party.name if case.offer else "",
            vocab.label("district", case.district) if case.district else "",
            _(state_of(case).label),
            case.task_force.name if case.task_force else "",
            case.assignee or "",
            case.opened_at,
            case.touched_at,
            case.next_step if case.owner else "",
            case.next_on if case.owner else None,
            case.due_on,
            bool(case.due_on and case.due_on < ask.today),
        ]


def _contacts(ask: Ask) -> Iterator[list[Any]]:
    """Whoever sees an introduction reads its contacts."""
    cases = asked(ask.user, _given(ask), ask.today).order_by().values("pk")
    for row in Contact.objects.filter(case__in=cases).select_related("by").order_by("case", "at", "pk"):
        channel, result = vocab.label("contact_channel", row.channel), vocab.label("contact_result", row.result)
        yield [row.case_id, row.at, row.by, row.person, channel, result, row.text, row.next_step, row.next_on]


register_sheet(
    Sheet(
        "introductions",
        gettext_noop("对接"),
        (
            Part(
                gettext_noop("对接"),
                (
                    Column(gettext_noop("办件编号"), gettext_noop("系统中的编号，不变。"), 10),
                    Column(gettext_noop("需求"), width=40),
                    Column(gettext_noop("需求方"), width=28),
                    Column(gettext_noop("成果"), width=40),
                    Column(gettext_noop("成果方"), width=28),
                    Column(gettext_noop("区市"), width=12),
                    Column(gettext_noop("状态"), width=14),
                    Column(gettext_noop("专班"), width=28),
                    Column(gettext_noop("跟进人"), width=14),
                    Column(gettext_noop("发起时间"), width=17),
                    Column(gettext_noop("最近跟进"), width=17),
                    Column(gettext_noop("下一步"), gettext_noop("最近一次联系时商定的下一步。"), 32),
                    Column(gettext_noop("下一步日期"), width=12),
                    Column(gettext_noop("期限"), gettext_noop("办理期限，按工作日计算。"), 12),
                    Column(gettext_noop("已超期"), gettext_noop("导出当天期限已过。"), 8),
                ),
                _introductions,
            ),
            Part(
                gettext_noop("联系记录"),
                (
                    Column(gettext_noop("办件编号"), gettext_noop("与“对接”表的编号相同。"), 10),
                    Column(gettext_noop("时间"), width=17),
                    Column(gettext_noop("记录人"), width=14),
                    Column(gettext_noop("联系对象"), width=18),
                    Column(gettext_noop("方式"), width=12),
                    Column(gettext_noop("结果"), width=18),
                    Column(gettext_noop("内容"), width=60),
                    Column(gettext_noop("下一步"), width=32),
                    Column(gettext_noop("下一步日期"), width=12),
                ),
                _contacts,
            ),
        ),
    )
)
