"""对接表单: proposing an introduction, logging a contact, a remark, passing on, the signed letter."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kechuang.core.documents.actions import KINDS
from kechuang.core.market.forms import vocab
from kechuang.core.market.models import Need, Offer
from kechuang.core.taskforces.models import Seat, TaskForce
from kechuang.kit.fields import CodeField, DayField
from kechuang.services.introductions.actions import Said

KEY = 40  # characters of a page's own key, at most


class ProposalForm(forms.Form):
    """请求对接: which need and which offer, what is hoped for, whether an NDA comes first."""

    need = forms.TypedChoiceField(label=_("需求"), coerce=int, error_messages={"required": _("请选择一条需求。")})
    offer = forms.TypedChoiceField(label=_("成果"), coerce=int, error_messages={"required": _("请选择一项成果。")})
    words = forms.CharField(
        label=_("希望怎样对接"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("例如最想先弄清什么、方便的时间和地点。对方和专班会看到，不要写手机号和涉密内容。"),
    )
    nda_wanted = forms.BooleanField(
        label=_("洽谈前先签保密协议"), required=False, help_text=_("勾选后，签了保密协议才能进入洽谈；双方都可以改。")
    )

    def __init__(self, data: Any = None, *, needs: Sequence[Need], offers: Sequence[Offer], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.needs, self.offers = needs, offers
        rows: tuple[tuple[str, Sequence[Need | Offer]], ...] = (("need", needs), ("offer", offers))
        for name, found in rows:
            choices = [
                (row.pk, gettext("{title}（{party}）").format(title=row.title, party=row.party.name)) for row in found
            ]
            empty = [("", _("请选择"))] if len(found) > 1 else []
            self.fields[name].choices = [*empty, *choices]  # type: ignore[attr-defined]
            if len(found) == 1:
                self.fields[name].initial = found[0].pk
                self.fields[name].widget = forms.HiddenInput()

    def chosen(self) -> tuple[Need, Offer]:
        """The need and the offer that were chosen."""
        need = next(row for row in self.needs if row.pk == self.cleaned_data["need"])
        return need, next(row for row in self.offers if row.pk == self.cleaned_data["offer"])


class ContactForm(forms.Form):
    """联系记录: who was spoken with, how, with what result, and what comes next."""

    key = forms.CharField(max_length=KEY, required=False, widget=forms.HiddenInput())
    person = forms.CharField(
        label=_("联系对象"), max_length=80, help_text=_("写单位和姓名或职务，例如“需求方 赵经理”。")
    )
    channel = CodeField(label=_("方式"), choices=vocab("contact_channel"))
    result = CodeField(label=_("结果"), choices=vocab("contact_result"))
    on = DayField(label=_("联系日期"))
    text = forms.CharField(
        label=_("内容"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("双方都会看到。只给专班看的话写在“专班备注”里。"),
    )
    next_step = forms.CharField(label=_("下一步"), max_length=200, required=False)
    next_on = DayField(label=_("下一步日期"), required=False)
    move = forms.BooleanField(
        label=_("同时更新对接状态"), required=False, help_text=_("按结果办理相应的一步，例如“已见面”。")
    )

    def said(self) -> Said:
        """What was said, as the action takes it."""
        data = {k: v for k, v in self.cleaned_data.items() if k != "key"}
        return Said(**data)

    def clean(self) -> dict[str, Any]:
        """A next date without a next step says nothing."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("next_on") and not data.get("next_step"):
            self.add_error("next_step", _("填了日期，请写明那天要做什么。"))
        return data


class RemarkForm(forms.Form):
    """专班备注: for the task force alone."""

    text = forms.CharField(
        label=_("备注"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("只有专班成员和主管部门能看到，不进入历史、导出和邮件。"),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix="remark")


class PassOnForm(forms.Form):
    """转给同事: to whom, and what she must know."""

    to = forms.TypedChoiceField(label=_("转给"), coerce=int)
    note = forms.CharField(
        label=_("交代"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("双方能在经过里看到。")
    )

    def __init__(self, data: Any = None, *, seats: Sequence[Seat]) -> None:
        super().__init__(data, prefix="pass")
        self.seats = seats
        choices = [("", _("请选择")), *((seat.user_id, str(seat.user)) for seat in seats)]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]

    def receiver(self) -> Any:
        """The colleague who was chosen."""
        return next(seat.user for seat in self.seats if seat.user_id == self.cleaned_data["to"])


class GiveBackForm(forms.Form):
    """交回专班: why."""

    note = forms.CharField(
        label=_("原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("双方能在经过里看到。")
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix="back")


class MoveForm(forms.Form):
    """改派专班: to which team, why, and which one had it when the page was opened."""

    to = forms.TypedChoiceField(label=_("改由哪个专班跟进"), coerce=int)
    note = forms.CharField(
        label=_("原因"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("双方和两个专班都会收到。"),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def __init__(self, data: Any = None, *, near: Sequence[TaskForce], far: Sequence[TaskForce], now_with: Any) -> None:
        super().__init__(data, prefix="move", initial={"seen": now_with})
        self.teams = {team.pk: team for team in (*near, *far)}
        groups = ((_("产业对口"), near), (_("其他专班"), far))
        choices = [("", _("请选择")), *((label, [(t.pk, t.name) for t in teams]) for label, teams in groups if teams)]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]

    def team(self) -> TaskForce:
        """The team that was chosen."""
        return self.teams[self.cleaned_data["to"]]


class LetterForm(forms.Form):
    """意向书: the signed letter and the day of its signature."""

    file = forms.FileField(
        label=_("双方签署的意向书"),
        widget=forms.FileInput(attrs={"accept": ",".join(f".{k}" for k in KINDS)}),
        error_messages={"empty": _("文件是空的，请重新选择。"), "required": _("请选择签署后的意向书文件。")},
    )
    on = DayField(label=_("签署日期"))

    def __init__(self, data: Any = None, files: Any = None, *, today: date) -> None:
        super().__init__(data, files, prefix="letter", initial={"on": today})
