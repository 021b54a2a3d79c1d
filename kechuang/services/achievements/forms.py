"""成果表单 (rules.md §7.5–7.6)."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.core.market.forms import ListingForm, TieredForm, vocab
from kechuang.kit.fields import CodeField, Column, RowsField, TagsField, YuanField
from kechuang.kit.text import noop

FIXED_PRICES = ("listed", "auction")


class AchievementForm(TieredForm):
    """成果发布: checks one achievement from a page, an import row or the API."""

    summary = forms.CharField(
        label=gettext_lazy("公开摘要"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("列表里显示的一两句话：解决什么问题、好在哪里。"),
    )
    team = forms.CharField(label=gettext_lazy("团队"), max_length=120, required=False)
    maturity = CodeField(
        label=gettext_lazy("技术成熟度"),
        choices=vocab("maturity"),
        required=False,
        help_text=gettext_lazy("青岛市 13 级技术成熟度。"),
    )
    trl = CodeField(label=gettext_lazy("技术就绪度（TRL）"), choices=vocab("trl"), required=False)
    evidence = RowsField(
        label=gettext_lazy("成熟度证明"),
        required=False,
        columns=(
            Column("kind", noop("证明类型"), choices=vocab("evidence_kind")),
            Column("title", noop("名称"), required=True),
            Column("on", noop("日期")),
        ),
        help_text=gettext_lazy("各级要求的举证材料见成熟度说明。"),
    )
    grade = CodeField(label=gettext_lazy("成果类别（3×4）"), choices=vocab("grade"), required=False)
    indicators = RowsField(
        label=gettext_lazy("主要指标"),
        required=False,
        columns=(
            Column("name", noop("指标"), required=True),
            Column("value", noop("数值"), required=True),
            Column("unit", noop("计量单位")),
            Column("condition", noop("测试条件")),
        ),
    )
    scenarios = TagsField(label=gettext_lazy("应用场景"), required=False, most=8)
    requires = forms.CharField(
        label=gettext_lazy("转化所需条件"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    ip = RowsField(
        label=gettext_lazy("知识产权"),
        required=False,
        columns=(
            Column("kind", noop("类型"), required=True, choices=vocab("ip_kind")),
            Column("title", noop("名称"), required=True),
            Column("number", noop("编号"), width=60),
            Column("status", noop("状态"), choices=vocab("ip_status")),
            Column("owner", noop("权利人")),
        ),
    )
    price_mode = CodeField(label=gettext_lazy("价格方式"), choices=vocab("price_mode"), required=False)
    price = YuanField(
        label=gettext_lazy("意向价格"), required=False, help_text=gettext_lazy("挂牌价或竞价底价；面议不填。")
    )
    category = CodeField(label=gettext_lazy("成果登记类别"), choices=vocab("achievement_category"), required=False)
    attribute = CodeField(label=gettext_lazy("成果属性"), choices=vocab("achievement_attribute"), required=False)
    form = CodeField(label=gettext_lazy("体现形式"), choices=vocab("achievement_form"), required=False)
    level = CodeField(label=gettext_lazy("成果水平"), choices=vocab("achievement_level"), required=False)
    stage = CodeField(label=gettext_lazy("所处阶段"), choices=vocab("achievement_stage"), required=False)

    SECTIONS = (
        (
            noop("基本信息"),
            (
                "title",
                "summary",
                "text",
                "keywords",
                "industry",
                "field",
                "district",
                "team",
                "contact",
                "code",
            ),
        ),
        (noop("成熟度与指标"), ("maturity", "trl", "evidence", "indicators", "scenarios", "requires")),
        (noop("知识产权与合作"), ("ip", "cooperation", "price_mode", "price")),
        (noop("成果登记"), ("grade", "category", "attribute", "form", "level", "stage")),
        TieredForm.TIERS,
    )

    EXAMPLES = ListingForm.EXAMPLES | {
        "title": "钙钛矿组件低温封装工艺",
        "summary": "让钙钛矿组件在海边湿热环境下稳定工作。",
        "text": "用原子层沉积氧化铝与丁基胶复合封装，全程不超过 90 ℃；组件在湿热箱中 1000 小时后效率保持 92%。",
        "team": "示例课题组",
        "maturity": "正样级",
        "evidence": "性能测试报告|湿热老化测试|2026-03-18",
        "indicators": "效率保持率|92|%|85 ℃、85% 湿度，1000 小时",
        "scenarios": "海边光伏电站、建筑光伏",
        "requires": "需要一条中试线和 300 万元。",
        "ip": "发明专利|一种低温封装方法||已授权",
        "price_mode": "面议",
        "price": "",
    }

    def clean_maturity(self) -> int | None:
        """The level as a number."""
        return int(self.cleaned_data["maturity"]) if self.cleaned_data["maturity"] else None

    def clean_trl(self) -> int | None:
        """The level as a number."""
        return int(self.cleaned_data["trl"]) if self.cleaned_data["trl"] else None

    def clean(self) -> dict[str, Any]:
        """A listed or auctioned achievement names its price; a negotiable one has none."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("price_mode") in FIXED_PRICES and data.get("price") is None and "price" not in self.errors:
            self.add_error("price", _("挂牌或竞价须填写价格；若可面议，请把价格方式改为“面议”。"))
        return data
