"""联盟表单: application, the alliance's own text, an activity, what came of it."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.core.market.forms import vocab
from kechuang.kit.fields import CodeField

LONGEST = timedelta(days=14)


class ApplyForm(forms.Form):
    """入盟申请: in whose name, why, what the organisation can bring."""

    plea = forms.CharField(
        label=gettext_lazy("申请说明"),
        min_length=10,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("为什么加入、希望从联盟得到什么。秘书处据此确认。"),
    )
    offers = forms.CharField(
        label=gettext_lazy("能为联盟提供"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("例如：中试场地、检测设备、应用场景。可不填。"),
    )
    contact = forms.CharField(
        label=gettext_lazy("联系人（职务）"),
        min_length=2,
        max_length=80,
        help_text=gettext_lazy("只写职务或部门，只有秘书处和主管部门能看到。"),
    )
    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)


class AllianceForm(forms.Form):
    """联盟信息: what the secretariat keeps."""

    purpose = forms.CharField(label=gettext_lazy("宗旨"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    charter = forms.CharField(
        label=gettext_lazy("章程"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=gettext_lazy("公开显示。没有公开的章程请留空，不要代拟。"),
    )
    contact = forms.CharField(label=gettext_lazy("联系人（职务）"), max_length=80, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class _Minutes(forms.DateTimeInput):
    """Date and time to the minute, by the browser's own picker."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class ActivityForm(forms.Form):
    """联盟活动: what, when, where, for how many."""

    title = forms.CharField(label=gettext_lazy("活动名称"), min_length=4, max_length=120)
    kind = CodeField(label=gettext_lazy("类型"), choices=vocab("activity_kind"))
    starts_at = forms.DateTimeField(label=gettext_lazy("开始时间"), widget=_Minutes())
    ends_at = forms.DateTimeField(label=gettext_lazy("结束时间"), widget=_Minutes())
    place = forms.CharField(
        label=gettext_lazy("地点"), max_length=120, help_text=gettext_lazy("线上活动请写“线上”和进入方式。")
    )
    seats = forms.IntegerField(
        label=gettext_lazy("名额（人）"),
        required=False,
        min_value=1,
        max_value=10_000,
        help_text=gettext_lazy("不填为不限。"),
    )
    text = forms.CharField(
        label=gettext_lazy("内容和安排"), min_length=10, max_length=4000, widget=forms.Textarea(attrs={"rows": 6})
    )
    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def keep_content(self, activity: Any) -> None:
        """What members have signed up for stays; time, place and seats may change."""
        for name in ("title", "kind", "text"):
            self.fields[name].disabled = True
            self.initial[name] = getattr(activity, name)

    def clean(self) -> dict[str, Any]:
        """It ends after it has begun, within two weeks."""
        data: dict[str, Any] = super().clean() or {}
        start: datetime | None = data.get("starts_at")
        end: datetime | None = data.get("ends_at")
        if start and end and end <= start:
            self.add_error("ends_at", _("结束时间应晚于开始时间。"))
        elif start and end and end - start > LONGEST:
            self.add_error("ends_at", _("一项活动最长 14 天，更长的请分成几项。"))
        return data


class ReportForm(forms.Form):
    """活动成效: in words and numbers."""

    outcome = forms.CharField(
        label=gettext_lazy("成效"),
        min_length=10,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("谈了什么、下一步由谁做。公开显示，不写个人联系方式。"),
    )
    introductions = forms.IntegerField(label=gettext_lazy("促成对接（项）"), min_value=0, max_value=10_000)
    needs = forms.IntegerField(label=gettext_lazy("提出需求（项）"), min_value=0, max_value=10_000)
