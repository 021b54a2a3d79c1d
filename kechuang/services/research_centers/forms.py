"""云上研发中心表单: registration, activity records, yearly confirmation, inquiry, definition of the coverage."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.core.parties.models import Party
from kechuang.core.vocab import queries as vocab
from kechuang.kit.fields import CodeField, CodesField, YuanField
from kechuang.services.research_centers.models import Definition

FIRST_YEAR = 2000


class CenterForm(forms.Form):
    """登记表: pre-filled from the enterprise file; what the file does not know is asked."""

    FACTS: ClassVar[dict[str, str]] = {"industries": "industries", "rd_staff": "rd_staff_sme", "rd_spend": "rd_sme"}

    name = forms.CharField(label=gettext_lazy("中心名称"), min_length=4, max_length=120)
    industries = CodesField(label=gettext_lazy("产业"), choices=lambda: vocab.choices("industry"), most=4)
    direction = forms.CharField(
        label=gettext_lazy("研发方向"), min_length=4, max_length=300, help_text=gettext_lazy("公开。一两句话。")
    )
    leader = forms.CharField(
        label=gettext_lazy("负责人（姓名和职务）"),
        min_length=2,
        max_length=80,
        help_text=gettext_lazy("只有主管部门能看到。"),
    )
    rd_staff = forms.IntegerField(label=gettext_lazy("研发人员（人）"), min_value=1, max_value=1_000_000)
    rd_spend = YuanField(label=gettext_lazy("上年研发费用"))
    equipment = forms.CharField(
        label=gettext_lazy("主要研发设备"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    partners = forms.CharField(label=gettext_lazy("现有合作单位"), max_length=300, required=False)
    cooperation = CodesField(label=gettext_lazy("合作方式"), choices=lambda: vocab.choices("cooperation"))
    offers = forms.CharField(
        label=gettext_lazy("可以合作什么"),
        min_length=10,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("公开。例如：可以接受委托试验，愿意与高校共建实验室。"),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)


class _Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ActivityForm(forms.Form):
    """研发活动: one project in one year."""

    year = forms.IntegerField(label=gettext_lazy("年度"), min_value=FIRST_YEAR, max_value=2100)
    project = forms.CharField(label=gettext_lazy("项目"), min_length=2, max_length=160)
    starts_on = forms.DateField(label=gettext_lazy("开始日期"), widget=_Day())
    ends_on = forms.DateField(
        label=gettext_lazy("结束日期"), widget=_Day(), required=False, help_text=gettext_lazy("还在进行的不填。")
    )
    staff_months = forms.DecimalField(
        label=gettext_lazy("投入人月"),
        min_value=0,
        max_digits=8,
        decimal_places=1,
        help_text=gettext_lazy("参加人员当年用在这个项目上的月数之和。"),
    )
    spend = YuanField(label=gettext_lazy("当年研发支出"))
    results = forms.CharField(
        label=gettext_lazy("成果"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    partner = forms.CharField(label=gettext_lazy("合作单位"), max_length=160, required=False)
    reason = forms.CharField(
        label=gettext_lazy("更正原因"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("年度已经确认的才需要填，会留下记录。"),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        """The end does not lie before the start."""
        data: dict[str, Any] = super().clean() or {}
        start, end = data.get("starts_on"), data.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", _("结束日期不能早于开始日期。"))
        return data


class YearForm(forms.Form):
    """年度确认: that the records of the year are complete."""

    year = forms.IntegerField(widget=forms.HiddenInput)
    complete = forms.BooleanField(
        label=gettext_lazy("以上记录完整、属实；确认后锁定，更正须写明原因"),
        error_messages={"required": gettext_lazy("请先核对，再勾选确认。")},
    )


class InquiryForm(forms.Form):
    """合作联系: what one would like to do together."""

    party = forms.ModelChoiceField(
        label=gettext_lazy("以哪个单位的名义"), queryset=Party.objects.none(), empty_label=None
    )
    text = forms.CharField(
        label=gettext_lazy("想合作什么"), min_length=10, max_length=1000, widget=forms.Textarea(attrs={"rows": 5})
    )
    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, parties: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = parties  # type: ignore[attr-defined]


class DefinitionForm(forms.Form):
    """口径: below and above the line, with the source."""

    text = forms.CharField(
        label=gettext_lazy("口径说明"), min_length=10, max_length=1000, widget=forms.Textarea(attrs={"rows": 5})
    )
    base = forms.ChoiceField(label=gettext_lazy("分母"), choices=Definition.Base.choices)
    scales = CodesField(
        label=gettext_lazy("企业规模"),
        choices=lambda: vocab.choices("enterprise_scale"),
        required=False,
        help_text=gettext_lazy("分母选“企业档案中属于所选规模的企业”时填。"),
    )
    confirmed_only = forms.BooleanField(label=gettext_lazy("只数已确认当年研发活动的中心"), required=False)
    organisations = forms.BooleanField(label=gettext_lazy("档案中有其他研发机构也算"), required=False)
    published = forms.CharField(label=gettext_lazy("公开报道的数字"), max_length=200, required=False)
    source = forms.CharField(label=gettext_lazy("来源"), min_length=2, max_length=300)
    text_status = CodeField(label=gettext_lazy("可信程度"), choices=lambda: vocab.choices("text_status"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


def initial_year(today: date) -> dict[str, Any]:
    """What a new record starts with."""
    return {"year": today.year, "staff_months": None, "spend": None}
