"""创新平台表单."""

from django import forms

from kechuang.core.market.forms import ListingForm, vocab
from kechuang.kit.fields import CodeField, Column, RowsField, TagsField


class PlatformForm(ListingForm):
    """平台登记: checks one platform."""

    kind = CodeField(label="平台类别", choices=vocab("platform_kind"))
    level = CodeField(label="级别", choices=vocab("platform_level"))
    since = forms.IntegerField(label="成立年份", required=False, min_value=1900, max_value=2100)
    assessment = forms.CharField(label="最近评估", required=False, max_length=20)
    history = RowsField(
        label="级别沿革",
        required=False,
        columns=(
            Column("level", "级别", required=True, choices=vocab("platform_level")),
            Column("from", "起始年份", required=True, width=10),
        ),
    )
    services = TagsField(label="对外服务", required=False, most=12)

    SECTIONS = (
        ("基本信息", ("title", "text", "keywords", "industry", "field", "district", "contact", "code")),
        ("级别与服务", ("kind", "level", "since", "assessment", "history", "services", "cooperation")),
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
    }
