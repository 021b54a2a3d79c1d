"""梯度表单: a certificate in a file, a window, a threshold, an entry of a list, a correction."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.core.dossier.facts import catalogue
from kechuang.core.dossier.wording import words
from kechuang.core.parties.models import Party
from kechuang.core.parties.queries import party_by_code
from kechuang.core.tiers.ladder import ladder
from kechuang.core.tiers.models import Threshold
from kechuang.core.tiers.thresholds import boundable
from kechuang.kit.fields import CodeField, DayField, split


def rungs() -> list[tuple[str, str]]:
    """The rungs as choices."""
    return [(rung.code, rung.label) for rung in ladder().rungs]


class _OfParty(forms.Form):
    """A form that names an organisation by its credit code."""

    def clean_uscc(self) -> Party:
        """The organisation."""
        code = str(self.cleaned_data["uscc"]).upper()
        found = party_by_code(code)
        if found is None:
            raise forms.ValidationError(
                _("没有统一社会信用代码为 %(code)s 的单位。请核对；尚未登记的，请企业先在“我的单位”登记。")
                % {"code": code}
            )
        return found


class CertificateCells(_OfParty):
    """证书列: a certificate as the national system gave it."""

    uscc = forms.CharField(label=gettext_lazy("统一社会信用代码"), max_length=18)
    rung = CodeField(label=gettext_lazy("资格"), choices=rungs)
    valid_from = DayField(label=gettext_lazy("生效日期"))
    number = forms.CharField(label=gettext_lazy("编号"), max_length=40, required=False)
    granted_on = DayField(label=gettext_lazy("取得日期"), required=False)
    valid_to = DayField(label=gettext_lazy("失效日期（不含当日）"), required=False)
    revoked_on = DayField(label=gettext_lazy("撤销日期"), required=False)
    revoked_for = forms.CharField(label=gettext_lazy("撤销原因"), max_length=200, required=False)


class DaysField(forms.CharField):
    """若干日期: several days in one text."""

    def to_python(self, value: Any) -> Any:
        """The days."""
        if isinstance(value, list):
            return value
        found = []
        for part in split(value):
            try:
                found.append(forms.DateField().clean(part))
            except forms.ValidationError as error:
                words = _("“%(text)s”不是日期，请写成 2026-07-17，几个日期之间用顿号或逗号隔开。")
                raise forms.ValidationError(words % {"text": part[:20]}) from error
        return found

    def prepare_value(self, value: Any) -> Any:
        """The days as one text."""
        return "、".join(d.isoformat() for d in value) if isinstance(value, list) else value


class WindowForm(forms.Form):
    """申报窗口: as it was announced."""

    opens = DayField(label=gettext_lazy("开始日期"), required=False)
    closes = DayField(label=gettext_lazy("截止日期"), required=False, help_text=gettext_lazy("最后一天，含当日。"))
    batches = DaysField(
        label=gettext_lazy("批次日期"),
        required=False,
        max_length=400,
        help_text=gettext_lazy("没有分批的不填；几个日期之间用顿号隔开，如 2026-07-17、2026-09-24。"),
    )
    source = forms.CharField(
        label=gettext_lazy("来源"),
        max_length=200,
        help_text=gettext_lazy("通知的名称、文号或网址。没有公布的不要填。"),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)


def _facts() -> list[tuple[str, str]]:
    return [(fact.code, words().label(fact)) for fact in boundable(catalogue().values())]


class ThresholdForm(forms.Form):
    """遴选门槛: a bound for a fact from a day on."""

    fact = CodeField(label=gettext_lazy("指标"), choices=_facts)
    direction = forms.ChoiceField(label=gettext_lazy("要求"), choices=Threshold.Direction.choices)
    value = forms.DecimalField(
        label=gettext_lazy("数值"),
        required=False,
        min_value=0,
        max_digits=20,
        decimal_places=4,
        help_text=gettext_lazy("金额以元为单位，比例写成小数（0.05 即 5%）。留空表示从生效日起不再要求。"),
    )
    since = DayField(label=gettext_lazy("生效日期"))
    source = forms.CharField(
        label=gettext_lazy("来源"), max_length=200, help_text=gettext_lazy("决定或文件的名称、文号。")
    )


class MemberForm(_OfParty):
    """列入名单: an enterprise, by a decision."""

    uscc = forms.CharField(label=gettext_lazy("企业的统一社会信用代码"), max_length=18)
    number = forms.CharField(label=gettext_lazy("遴选决定的文号"), max_length=40)
    granted_on = DayField(label=gettext_lazy("决定日期"))
    valid_from = DayField(label=gettext_lazy("生效日期"))
    valid_to = DayField(
        label=gettext_lazy("失效日期（不含当日）"), required=False, help_text=gettext_lazy("决定没有写明有效期的不填。")
    )


class RemoveForm(forms.Form):
    """移出名单: from which day, and why."""

    on = DayField(label=gettext_lazy("移出日期"))
    reason = forms.CharField(
        label=gettext_lazy("原因和依据"),
        max_length=200,
        help_text=gettext_lazy("企业会看到。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CorrectionForm(forms.Form):
    """申请更正: which rung, and what is wrong."""

    rung = CodeField(
        label=gettext_lazy("资格"),
        choices=rungs,
    )
    text = forms.CharField(
        label=gettext_lazy("哪里不对，应该是什么"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("请写明证书上的编号和日期；公告的网址也可以写在这里。"),
    )
