"""档案表单 forms: what belongs to no year, the figures of three years, the entries of each list, consent, settling."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.core.dossier.facts import facts, of_group
from kechuang.core.dossier.merging import text
from kechuang.core.dossier.models import PROFILE, YEARLY, Right
from kechuang.core.dossier.wording import words
from kechuang.core.market.forms import vocab
from kechuang.core.vocab import queries as terms
from kechuang.kit.fields import CodeField, DayField, YuanField
from kechuang.kit.rules.facts import Fact
from kechuang.web.fact_fields import FactField


class ProfileForm(forms.Form):
    """基本情况: what the enterprise states of one part of its file, as far as it belongs to no year."""

    seen = forms.JSONField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, group: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.names = [f.code for f in of_group(group) if f.code in PROFILE]
        for name in self.names:
            self.fields[name] = FactField(facts()[name])

    def values(self) -> dict[int, dict[str, Any]]:
        """What was stated; an empty field takes back."""
        return {0: {name: self.cleaned_data[name] for name in self.names}}


class YearsForm(forms.Form):
    """年度数据: the figures of one part of the file, several years side by side; fields are ``code_2025``."""

    seen = forms.JSONField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, facts: Sequence[Fact], years: Sequence[int], **more: Any) -> None:
        super().__init__(*args, **more)
        self.facts, self.years = [f for f in facts if f.code in YEARLY], list(years)
        for fact in self.facts:
            for year in self.years:
                label = _("%(year)s 年%(name)s") % {"year": year, "name": words().label(fact)}
                self.fields[f"{fact.code}_{year}"] = FactField(fact, label=label, help_text="")

    def rows(self) -> list[tuple[Fact, list[Any]]]:
        """The bound fields, one row for each fact."""
        return [(fact, [self[f"{fact.code}_{year}"] for year in self.years]) for fact in self.facts]

    def values(self) -> dict[int, dict[str, Any]]:
        """What was stated, by year."""
        return {
            year: {fact.code: self.cleaned_data[f"{fact.code}_{year}"] for fact in self.facts} for year in self.years
        }


class TypedForm(forms.Form):
    """计算器里填的: values proposed for the file, beside what the enterprise has stated; empty is not taken over."""

    seen = forms.JSONField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, proposed: Mapping[tuple[int, str], Any], known: Mapping[int, Mapping[str, Any]], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.proposed, say = proposed, words()
        seen: dict[str, dict[str, str | None]] = {}
        for (year, code), value in proposed.items():
            fact, before = facts()[code], known.get(year, {}).get(code)
            seen.setdefault(str(year), {})[code] = None if before is None else text(before)
            label = _("%(year)s 年%(name)s") % {"year": year, "name": say.label(fact)} if year else say.label(fact)
            now = (
                _("本单位没有填过。")
                if before is None
                else _("本单位原填：%(value)s") % {"value": say.value(fact, before)}
            )
            self.fields[f"{code}_{year}"] = FactField(fact, label=label, initial=value, help_text=now)
        self.initial["seen"] = seen

    def values(self) -> dict[int, dict[str, Any]]:
        """What was taken over, by year."""
        found: dict[int, dict[str, Any]] = {}
        for year, code in self.proposed:
            value = self.cleaned_data[f"{code}_{year}"]
            if value is not None:
                found.setdefault(year, {})[code] = value
        return found


class RightForm(forms.Form):
    """知识产权."""

    kind = CodeField(label=gettext_lazy("类型"), choices=vocab("ip_kind"))
    number = forms.CharField(
        label=gettext_lazy("编号"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("专利号如 ZL202310123456.6；校验位不符时仍可保存，会有提示。"),
    )
    title = forms.CharField(label=gettext_lazy("名称"), max_length=200)
    status = forms.ChoiceField(label=gettext_lazy("状态"), choices=Right.Status.choices)
    obtained = CodeField(label=gettext_lazy("获得方式"), choices=vocab("ip_obtained"))
    granted_on = DayField(label=gettext_lazy("授权日期"), required=False)
    expires_on = DayField(label=gettext_lazy("有效期至"), required=False)
    main_product = forms.BooleanField(label=gettext_lazy("与主要产品（服务）相关"), required=False)
    core = forms.BooleanField(label=gettext_lazy("对主要产品（服务）起核心支持作用"), required=False)
    high_value = forms.BooleanField(label=gettext_lazy("高价值"), required=False)
    disputed = forms.BooleanField(label=gettext_lazy("有争议"), required=False)
    shared = forms.BooleanField(label=gettext_lazy("有其他权属人"), required=False)
    claimed = forms.BooleanField(
        label=gettext_lazy("由本单位在申请时使用"),
        required=False,
        initial=True,
        help_text=gettext_lazy("多个权属人的，只能由一个权属人在申请时使用。"),
    )


class QualificationForm(forms.Form):
    """资格: as the national or city system gave it."""

    kind = CodeField(label=gettext_lazy("资格"), choices=vocab("qualification"))
    number = forms.CharField(
        label=gettext_lazy("编号"), max_length=40, required=False, help_text=gettext_lazy("照证书填写，系统不会生成。")
    )
    granted_on = DayField(label=gettext_lazy("取得日期"), required=False)
    valid_from = DayField(label=gettext_lazy("生效日期"))
    valid_to = DayField(label=gettext_lazy("失效日期（不含当日）"), required=False)
    revoked_on = DayField(label=gettext_lazy("撤销日期"), required=False)
    revoked_for = forms.CharField(label=gettext_lazy("撤销原因"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        """A revocation has its reason."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("revoked_on") and not data.get("revoked_for"):
            self.add_error("revoked_for", _("请写明撤销原因。"))
        return data

    def odd_number(self) -> str:
        """A remark on a number that looks unusual; empty where it does not."""
        number = self.cleaned_data["number"]
        found = next((t for t in terms.terms("qualification") if t.code == self.cleaned_data["kind"]), None)
        rule: Mapping[str, Any] = found.extra if found else {}
        fits = number.startswith(rule.get("prefix", "")) and len(number) == rule.get("length", len(number))
        return (
            ""
            if fits or not number
            else _("编号“%(number)s”的格式与常见的不同，请核对证书；已照填保存。") % {"number": number}
        )


class AwardForm(forms.Form):
    """科技奖励."""

    name = forms.CharField(label=gettext_lazy("奖励名称"), max_length=120)
    level = CodeField(label=gettext_lazy("级别"), choices=vocab("award_level"))
    rank = forms.IntegerField(label=gettext_lazy("获奖单位排名"), min_value=1, max_value=99)
    awarded_on = DayField(label=gettext_lazy("获奖日期"))


class ResearchForm(forms.Form):
    """研发机构."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=120)
    kind = CodeField(label=gettext_lazy("类型"), choices=vocab("research_org"))
    level = CodeField(
        label=gettext_lazy("认定级别"),
        choices=vocab("platform_level"),
        required=False,
        help_text=gettext_lazy("没有经过认定的不选。"),
    )
    since = DayField(label=gettext_lazy("认定或建立日期"))
    until = DayField(label=gettext_lazy("撤销日期"), required=False)


class StandardForm(forms.Form):
    """标准."""

    name = forms.CharField(label=gettext_lazy("标准名称"), max_length=200)
    number = forms.CharField(label=gettext_lazy("标准号"), max_length=40, required=False)
    level = CodeField(label=gettext_lazy("级别"), choices=vocab("standard_level"))
    role = CodeField(label=gettext_lazy("作用"), choices=vocab("standard_role"))
    published_on = DayField(label=gettext_lazy("发布日期"))


class FinancingForm(forms.Form):
    """股权融资."""

    investor = forms.CharField(label=gettext_lazy("投资方"), max_length=120)
    amount = YuanField(label=gettext_lazy("实缴金额"))
    paid_on = DayField(label=gettext_lazy("到账日期"))
    round = forms.CharField(label=gettext_lazy("轮次"), max_length=40, required=False)


class ProductForm(forms.Form):
    """主要产品（服务）."""

    name = forms.CharField(label=gettext_lazy("产品（服务）名称"), max_length=120)
    text = forms.CharField(label=gettext_lazy("说明"), max_length=300, required=False)
    main = forms.BooleanField(label=gettext_lazy("主导产品"), required=False)


class NameForm(forms.Form):
    """曾用名."""

    name = forms.CharField(label=gettext_lazy("曾用名"), max_length=120)
    until = DayField(label=gettext_lazy("使用至"))


class SiteForm(forms.Form):
    """场所."""

    address = forms.CharField(label=gettext_lazy("地址"), max_length=200)
    district = CodeField(label=gettext_lazy("所在区市"), choices=vocab("district"), required=False)
    purpose = forms.CharField(label=gettext_lazy("用途"), max_length=60, required=False)
