"""需求表单 (rules.md §7.6)."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.core.market.forms import ListingForm, TieredForm, vocab
from kechuang.kit.fields import CodeField, Column, DayField, RowsField, YuanField
from kechuang.kit.text import noop


class NeedForm(TieredForm):
    """需求发布: checks one need from a page, an import row or the API."""

    kind = CodeField(label=gettext_lazy("需求类型"), choices=vocab("need_kind"), required=False)
    tried = forms.CharField(
        label=gettext_lazy("已尝试的办法"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("试过什么、为什么没成，能让专家少走弯路。"),
    )
    targets = RowsField(
        label=gettext_lazy("量化指标"),
        required=False,
        columns=(
            Column("name", noop("指标"), required=True),
            Column("now", noop("现在")),
            Column("wanted", noop("想要"), required=True),
            Column("unit", noop("计量单位"), width=40),
            Column("method", noop("怎样验证")),
        ),
    )
    budget_min = YuanField(label=gettext_lazy("预算下限"), required=False)
    budget_max = YuanField(label=gettext_lazy("预算上限"), required=False)
    deadline_on = DayField(label=gettext_lazy("期望完成日期"), required=False)
    ip_wish = CodeField(label=gettext_lazy("知识产权意愿"), choices=vocab("ip_wish"), required=False)
    urgency = CodeField(label=gettext_lazy("紧急程度"), choices=vocab("urgency"), required=False)

    SECTIONS = (
        (noop("遇到了什么问题"), ("title", "text", "tried", "kind", "keywords", "industry", "field", "district")),
        (noop("想达到什么程度"), ("targets", "deadline_on", "urgency")),
        (noop("怎样合作"), ("budget_min", "budget_max", "cooperation", "ip_wish", "contact", "code")),
        TieredForm.TIERS,
    )

    EXAMPLES = ListingForm.EXAMPLES | {
        "title": "户外光伏板受潮后功率掉得快",
        "text": "在海边装的薄膜光伏板，半年就进水汽，功率掉三成，每年换两百块；因为胶封不住水汽，想找低温密封办法。",
        "tried": "换过两种硅胶，三个月后仍然进水汽。",
        "keywords": "光伏、密封",
        "contact": "技术部经理",
        "targets": "一年功率衰减|30|5|%|户外实测",
        "budget_min": "300000",
        "budget_max": "800000",
        "deadline_on": "2028-06-30",
    }

    def clean(self) -> dict[str, Any]:
        """The budget's lower end does not exceed its upper end."""
        data: dict[str, Any] = super().clean() or {}
        low, high = data.get("budget_min"), data.get("budget_max")
        if low is not None and high is not None and low > high:
            self.add_error("budget_max", _("预算上限应不低于下限。"))
        return data
