"""创新平台表单."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.core.market.forms import ListingForm, vocab
from kechuang.kit.fields import CodeField, Column, RowsField, TagsField
from kechuang.kit.text import noop


class PlatformForm(ListingForm):
    """平台登记: checks one platform."""

    kind = CodeField(label=gettext_lazy("平台类别"), choices=vocab("platform_kind"))
    level = CodeField(label=gettext_lazy("级别"), choices=vocab("platform_level"))
    since = forms.IntegerField(label=gettext_lazy("成立年份"), required=False, min_value=1900, max_value=2100)
    assessment = forms.CharField(label=gettext_lazy("最近评估"), required=False, max_length=20)
    history = RowsField(
        label=gettext_lazy("级别沿革"),
        required=False,
        columns=(
            Column("level", noop("级别"), required=True, choices=vocab("platform_level")),
            Column("from", noop("起始年份"), required=True, width=10),
        ),
    )
    services = TagsField(label=gettext_lazy("对外服务"), required=False, most=12)
    pairing = CodeField(
        label=gettext_lazy("结对意向"),
        choices=vocab("pairing_intent"),
        required=False,
        help_text=gettext_lazy("是否愿意与企业结对共建。企业按它筛选平台。"),
    )
    pairing_wish = forms.CharField(
        label=gettext_lazy("希望结对的企业"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("行业、规模、想一起做的事。"),
    )
    pairing_places = forms.IntegerField(
        label=gettext_lazy("还可结对（家）"), required=False, min_value=0, max_value=1000
    )

    SECTIONS = (
        (noop("基本信息"), ("title", "text", "keywords", "industry", "field", "district", "contact", "code")),
        (noop("级别与服务"), ("kind", "level", "since", "assessment", "history", "services", "cooperation")),
        (noop("产学研结对"), ("pairing", "pairing_wish", "pairing_places")),
    )

    EXAMPLES = ListingForm.EXAMPLES | {
        "title": "示例海洋装备中试基地",
        "text": "为海洋装备企业提供结构强度、密封和防腐的中试验证，有 6 米水池一座、盐雾试验箱三台，可开放预约。",
        "keywords": "中试、防腐、水池试验",
        "contact": "对外服务部主任",
        "since": "2021",
        "assessment": "良好",
        "history": "市级|2021",
        "services": "盐雾试验、水池试验、密封检测",
        "pairing_wish": "做海洋防腐涂料的中小企业，能提供样品和现场。",
        "pairing_places": "3",
    }


class ContactForm(forms.Form):
    """平台联系人: a name with a title, and at least one way to reach her."""

    name = forms.CharField(label=gettext_lazy("姓名"), min_length=2, max_length=60)
    title = forms.CharField(label=gettext_lazy("职务"), min_length=2, max_length=80)
    phone = forms.CharField(
        label=gettext_lazy("电话"),
        max_length=40,
        required=False,
        validators=[
            RegexValidator(r"^[0-9+()（）\- ]{5,40}$", gettext_lazy("电话只含数字、加号、括号、短横线和空格。"))
        ],
        help_text=gettext_lazy("办公电话为好。只有登录用户能看到。"),
    )
    email = forms.EmailField(label=gettext_lazy("邮箱"), required=False, help_text=gettext_lazy("只有登录用户能看到。"))

    def clean(self) -> dict[str, Any]:
        """Somebody who cannot be reached is no contact."""
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not data.get("phone") and not data.get("email"):
            self.add_error("phone", _("电话和邮箱至少填一项。"))
        return data
