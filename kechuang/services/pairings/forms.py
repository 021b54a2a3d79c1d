"""结对表单: ask a platform, propose terms, report."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.core.market.actions import months_later
from kechuang.core.market.models import Need
from kechuang.core.parties.models import Party
from kechuang.kit.fields import DayField
from kechuang.services.pairings.models import Pairing

LONGEST_MONTHS = 60


class AskForm(forms.Form):
    """联系平台: what for; for people who have signed in, also in whose name and about which need."""

    kind = forms.ChoiceField(
        label=gettext_lazy("想做什么"),
        choices=Pairing.Kind.choices,
        widget=forms.RadioSelect,
        initial=Pairing.Kind.QUESTION,
    )
    purpose = forms.CharField(
        label=gettext_lazy("说明"),
        min_length=10,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("遇到什么问题，希望平台做什么。只有平台和主管部门能看到。"),
    )
    party = forms.ModelChoiceField(
        label=gettext_lazy("以哪个单位的名义"), queryset=Party.objects.none(), empty_label=None
    )
    need = forms.ModelChoiceField(
        label=gettext_lazy("与哪条需求有关"),
        queryset=Need.objects.none(),
        required=False,
        empty_label=gettext_lazy("不选"),
        help_text=gettext_lazy("可不选。只列出本单位已发布的需求。"),
    )
    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, parties: QuerySet[Party] | None, needs: QuerySet[Need] | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if parties is None:
            del self.fields["party"], self.fields["need"]
            return
        self.fields["party"].queryset = parties  # type: ignore[attr-defined]
        self.fields["need"].queryset = needs  # type: ignore[attr-defined]
        if not needs:
            del self.fields["need"]


class TermsForm(forms.Form):
    """结对方案: what the platform and the enterprise want to reach, from when to when, and who cares for it."""

    goals = forms.CharField(
        label=gettext_lazy("共建目标"),
        min_length=10,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("写成能检查的事，例如：半年内完成三批样品的对比试验。"),
    )
    starts_on = DayField(label=gettext_lazy("开始日期"))
    ends_on = DayField(label=gettext_lazy("结束日期"))
    every = forms.TypedChoiceField(label=gettext_lazy("进展报告"), choices=Pairing.Rhythm.choices, coerce=int)
    platform_contact = forms.CharField(
        label=gettext_lazy("平台联系人"), min_length=2, max_length=80, help_text=gettext_lazy("姓名和职务。")
    )
    party_contact = forms.CharField(
        label=gettext_lazy("企业联系人"), min_length=2, max_length=80, help_text=gettext_lazy("姓名和职务。")
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> dict[str, Any]:
        """The period ends after it has begun, in the future, within five years."""
        data: dict[str, Any] = super().clean() or {}
        start, end = data.get("starts_on"), data.get("ends_on")
        if end and end <= self.today:
            self.add_error("ends_on", _("结束日期应晚于今天。"))
        elif start and end and end <= start:
            self.add_error("ends_on", _("结束日期应晚于开始日期。"))
        elif start and end and end > months_later(start, LONGEST_MONTHS):
            self.add_error("ends_on", _("一次结对最长 5 年，期满可以再提方案。"))
        return data


class ReportForm(forms.Form):
    """进展报告: since the last report."""

    done = forms.CharField(
        label=gettext_lazy("完成情况"),
        min_length=10,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("对照共建目标写：做成了什么，没做成什么，为什么。"),
    )
    projects = forms.IntegerField(label=gettext_lazy("合作项目（项）"), min_value=0, max_value=10_000, initial=0)
    people = forms.IntegerField(label=gettext_lazy("互派人员（人次）"), min_value=0, max_value=10_000, initial=0)
    plan = forms.CharField(label=gettext_lazy("下一步"), max_length=300, required=False)
