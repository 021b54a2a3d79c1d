"""国企创新评价表单: an owner, a firm, a set of its own, a round, the firm's explanations, an officer's points."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.core.dossier.wording import words
from kechuang.core.policy.models import PackVersion
from kechuang.core.vocab import queries as vocab
from kechuang.kit.fields import DayField
from kechuang.kit.language import english
from kechuang.kit.rules.packs import Item
from kechuang.kit.rules.verdicts import Verdict
from kechuang.services.scorecards.queries import Stated

WHY, POINTS, REMARK = "why_", "points_", "remark_"


class OwnerForm(forms.Form):
    """出资人: its name and place."""

    name = forms.CharField(label=gettext_lazy("出资人名称"), max_length=120)
    district = forms.ChoiceField(
        label=gettext_lazy("区市"), required=False, help_text=gettext_lazy("不选即市级出资人。")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["district"].choices = [("", _("市级")), *vocab.choices("district")]  # type: ignore[attr-defined]


class FirmForm(forms.Form):
    """所属企业: by its credit code."""

    uscc = forms.CharField(label=gettext_lazy("统一社会信用代码"), max_length=30)


class SetForm(forms.Form):
    """指标表: which of those in force."""

    pack = forms.ChoiceField(label=gettext_lazy("指标表"), help_text=gettext_lazy("从下一轮起适用；进行中的评价不变。"))

    def __init__(self, *args: Any, sets: Sequence[PackVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pack"].choices = [(v.code, str(v)) for v in sets]  # type: ignore[attr-defined]


class OwnSetForm(forms.Form):
    """另立指标表: a code and a title of its own."""

    code = forms.CharField(
        label=gettext_lazy("代码"), max_length=60, help_text=gettext_lazy("小写字母、数字和连字符，例如 qd-soe-a。")
    )
    title = forms.CharField(label=gettext_lazy("指标表名称"), max_length=120)


class RoundForm(forms.Form):
    """发起评价: which year, until when."""

    year = forms.IntegerField(label=gettext_lazy("评价年度"), min_value=2000, max_value=2100)
    deadline = DayField(label=gettext_lazy("企业确认截止日期"))


class ReasonForm(forms.Form):
    """原因."""

    reason = forms.CharField(label=gettext_lazy("取消原因"), max_length=300, help_text=gettext_lazy("企业会看到。"))


class ConfirmForm(forms.Form):
    """确认表: an explanation for every fact, what is opened to private firms, and what the page showed."""

    elements = forms.CharField(
        label=gettext_lazy("开放给民企的要素"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("面向民营企业开放的市场、技术等要素，选填，不计分；已发布的供给由系统统计。"),
    )
    seen = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, rows: Sequence[Stated], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = [row.fact.code for row in rows]
        for row in rows:
            label = _("说明：%(fact)s") % {"fact": words().label(row.fact)}
            self.fields[WHY + row.fact.code] = forms.CharField(label=label, required=False, max_length=500)

    def explanations(self) -> dict[str, str]:
        """The firm's words by fact."""
        return {code: self.cleaned_data.get(WHY + code, "") for code in self.codes}

    def why(self, code: str) -> Any:
        """The input beside a fact."""
        return self[WHY + code]


class ReviewForm(forms.Form):
    """评定表: a remark for every item, points where the rules leave a range."""

    def __init__(self, *args: Any, verdict: Verdict, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = list(verdict.score.items) if verdict.score is not None else []
        for one in self.items:
            label = item_label(one.item)
            if one.low < one.high:
                self.fields[POINTS + one.item.code] = forms.IntegerField(
                    label=_("%(item)s：评定 %(low)s～%(high)s 分") % {"item": label, "low": one.low, "high": one.high},
                    min_value=0,
                    max_value=one.item.most,
                )
            self.fields[REMARK + one.item.code] = forms.CharField(
                label=_("%(item)s：意见") % {"item": label}, required=False, max_length=500
            )

    def settled(self) -> dict[str, int]:
        """The points given, by item."""
        return {n[len(POINTS) :]: v for n, v in self.cleaned_data.items() if n.startswith(POINTS) and v is not None}

    def remarks(self) -> dict[str, str]:
        """The remarks, by item."""
        return {n[len(REMARK) :]: v.strip() for n, v in self.cleaned_data.items() if n.startswith(REMARK)}


class CorrectForm(ReviewForm):
    """更正表: the same, with the reason."""

    reason = forms.CharField(
        label=gettext_lazy("更正原因"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("企业会看到；原来的结果保留。"),
    )


def item_label(item: Item) -> str:
    """What an item is called in the reader's language."""
    return (english() and item.label_en) or item.label
