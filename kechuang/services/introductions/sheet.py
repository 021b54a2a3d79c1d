"""对接清单表: the lists of introductions as a sheet, with their contacts on a second one. Private remarks never.

An import takes steps on the first and adds contacts on the second; contacts that are there stay as they are.
"""

import hashlib
from collections.abc import Collection, Iterator
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from kechuang.core.cases.import_files import MOST_EXPORTED
from kechuang.core.cases.models import Case, Contact
from kechuang.core.cases.queries import state_of
from kechuang.core.vocab import queries as vocab
from kechuang.kit.refusal import Refusal
from kechuang.services.introductions import queries
from kechuang.services.introductions.actions import Said, log_contact, require_contact
from kechuang.services.introductions.forms import KEY, ContactForm
from kechuang.services.introductions.lists import asked
from kechuang.web import sheet_steps
from kechuang.web.sheets import (
    BLANK,
    VERSION,
    Act,
    Ask,
    Change,
    Column,
    Given,
    Key,
    Part,
    Sheet,
    register_sheet,
)


def _given(ask: Ask) -> dict[str, str]:
    return {name: str(value) for name, value in ask.parameters.items()}


def _introductions(ask: Ask) -> Iterator[list[Any]]:
    found: list[Any] = list(asked(ask.user, _given(ask), ask.today)[: MOST_EXPORTED + 1])
    may = sheet_steps.takable(ask.user, found)
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
            *sheet_steps.step_cells(case, may),
        ]


def _contacts(ask: Ask) -> Iterator[list[Any]]:
    """Whoever sees an introduction reads its contacts."""
    cases = asked(ask.user, _given(ask), ask.today).order_by().values("pk")
    for row in Contact.objects.filter(case__in=cases).select_related("by").order_by("case", "at", "pk"):
        channel, result = vocab.label("contact_channel", row.channel), vocab.label("contact_result", row.result)
        yield [
            *(row.pk, row.case_id, timezone.localdate(row.at), row.by, row.person, channel, result),
            *(row.text, row.next_step, row.next_on, CONTACT.stamp(row)),
        ]


class ContactCells(ContactForm):
    """联系列: what the form of the page asks for, and in which introduction."""

    case = forms.CharField(label=gettext_lazy("办件编号"), max_length=18)
    field_order = ("case",)

    def clean_case(self) -> int:
        """A number."""
        text = str(self.cleaned_data["case"]).strip()
        if not (text.isascii() and text.isdigit()):
            raise forms.ValidationError(_("请填“对接”表里的办件编号。"))
        return int(text)


def _find(ask: Ask, keys: Collection[Key]) -> dict[Key, Contact]:
    numbers = {int(key[0]): key for key in keys if key[0].isascii() and key[0].isdigit() and len(key[0]) < 18}
    rows = Contact.objects.filter(pk__in=numbers, case__in=queries.visible(ask.user).order_by().values("pk"))
    return {numbers[row.pk]: row for row in rows}


def _content(row: Contact) -> dict[str, Any]:
    names = ("person", "channel", "result", "text", "next_step", "next_on")
    return {name: getattr(row, name) for name in names} | {"case": str(row.case_id), "on": timezone.localdate(row.at)}


def _said(given: Given) -> Said:
    return Said(**{name: value for name, value in given.data.items() if name not in ("key", "case")})


def _plan(given: Given) -> Act:
    if given.record is not None:
        words = _("已有的联系记录不能修改。要补充，请新增一行，记录编号留空。")
        raise Refusal(words, fields=dict.fromkeys(sorted(given.changed)[:1], words))
    case: Case | None = queries.visible(given.ask.user).filter(pk=given.data["case"]).first()
    if case is None:
        words = _("没有这件对接，或者您看不到它。请填“对接”表里的办件编号。")
        raise Refusal(words, fields={"case": words})
    said, by, found = _said(given), given.ask.user, case
    require_contact(found, said, by=by, now=given.ask.now)
    return lambda now: log_contact(case=found, said=said, form_key=_form_key(given), by=by, now=now)


def _form_key(given: Given) -> str:
    """The same for the same contact of the same person, so that it is kept once."""
    said = [given.ask.user.pk, *(str(given.data[name]) for name in sorted(given.data) if name not in ("key", "move"))]
    return f"sheet:{hashlib.sha256(repr(said).encode()).hexdigest()}"[:KEY]


def _logged(given: Given) -> bool:
    """Whether such a contact is there, however it was entered."""
    data = given.data
    if given.record is not None:
        return False
    rows = Contact.objects.filter(case=data["case"], person=data["person"], channel=data["channel"])
    rows = rows.filter(result=data["result"], text=data["text"], next_step=data["next_step"])
    return any(timezone.localdate(row.at) == data["on"] for row in rows)


CONTACT = Change(
    form=ContactCells,
    find=_find,
    content=_content,
    version=lambda row: str(row.pk),
    plan=_plan,
    done=_logged,
    adds=BLANK,
    title=lambda row: str(row.person),
    link=lambda row: reverse("case", args=[row.case_id]),
)


register_sheet(
    Sheet(
        "introductions",
        gettext_noop("对接"),
        (
            Part(
                gettext_noop("对接"),
                (
                    Column(gettext_noop("办件编号"), gettext_noop("系统中的编号，不变。"), 10, "case", key=True),
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
                    *sheet_steps.COLUMNS,
                ),
                _introductions,
                sheet_steps.STEPS,
            ),
            Part(
                gettext_noop("联系记录"),
                (
                    Column(gettext_noop("记录编号"), gettext_noop("新增的联系记录留空。"), 10, "contact", key=True),
                    Column(gettext_noop("办件编号"), gettext_noop("与“对接”表的编号相同。"), 10, "case"),
                    Column(gettext_noop("联系日期"), width=12, name="on"),
                    Column(gettext_noop("记录人"), width=14),
                    Column(gettext_noop("联系对象"), gettext_noop("写单位和姓名或职务。"), 18, "person"),
                    Column(gettext_noop("方式"), width=12, name="channel"),
                    Column(gettext_noop("结果"), width=18, name="result"),
                    Column(gettext_noop("内容"), gettext_noop("双方都会看到。"), 60, "text"),
                    Column(gettext_noop("下一步"), width=32, name="next_step"),
                    Column(gettext_noop("下一步日期"), width=12, name="next_on"),
                    VERSION,
                ),
                _contacts,
                CONTACT,
            ),
        ),
        about=gettext_noop("联系记录只能新增，已有的不能改；专班备注不导出，也不能导入。"),
    )
)
