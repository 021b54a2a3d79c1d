"""兑付表单: the claim with its own facts, account and materials; review, money."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.core.documents.actions import KINDS
from kechuang.core.ledger.models import BudgetLine
from kechuang.core.policy.models import PackVersion
from kechuang.core.vocab import queries as vocab
from kechuang.kit.fields import YuanField
from kechuang.kit.rules.facts import Fact
from kechuang.services.benefits.models import Benefit
from kechuang.services.benefits.several import STEPS
from kechuang.web.fact_fields import FactField

FACT, FILE = "fact_", "file_"
ACCOUNT = ("account_name", "bank", "number", "bank_code")


class AccountForm(forms.Form):
    """收款账户: into which account; ``known`` the last four digits of the one that is there already."""

    account_name = forms.CharField(
        label=gettext_lazy("户名"), max_length=120, help_text=gettext_lazy("应与单位名称一致。")
    )
    bank = forms.CharField(label=gettext_lazy("开户银行"), max_length=120, help_text=gettext_lazy("写到支行。"))
    number = forms.CharField(
        label=gettext_lazy("账号"), max_length=40, help_text=gettext_lazy("加密保存，页面只显示末四位。")
    )
    bank_code = forms.CharField(
        label=gettext_lazy("联行号"), max_length=20, required=False, help_text=gettext_lazy("12 位，不清楚可以不填。")
    )

    def __init__(self, *args: Any, known: str = "", optional: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known:
            words = _("已保存末四位 %(tail)s 的账号；不改就不用填。") % {"tail": known}
            self.fields["number"].required, self.fields["number"].help_text = False, words
        if optional:
            for name in ACCOUNT:
                self.fields[name].required = False

    def account(self) -> dict[str, str]:
        """The account as typed."""
        return {name: self.cleaned_data.get(name, "") for name in ACCOUNT}


class ClaimForm(AccountForm):
    """申报表: what the claim is for, its own facts, the account, the materials."""

    item = forms.CharField(
        label=gettext_lazy("项目名称"),
        max_length=80,
        help_text=gettext_lazy("同一年可以申报几件时，用来区分，例如被投企业或合同的名称。"),
    )
    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    field_order = ("item",)

    def __init__(
        self, *args: Any, facts: list[Fact], materials: list[str], there: set[str], known: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, known=known, optional=True, **kwargs)
        if not facts:  # one claim a year
            del self.fields["item"]
        self.own, self.materials = facts, materials
        for fact in facts:
            self.fields[FACT + fact.code] = FactField(fact)
        accept = ",".join(f".{kind}" for kind in KINDS)
        for at, label in enumerate(materials):
            words = _("已上传，可再传一份替换说明。") if label[:80] in there else ""
            self.fields[f"{FILE}{at}"] = forms.FileField(
                label=label, required=False, help_text=words, widget=forms.FileInput(attrs={"accept": accept})
            )

    def stated(self) -> dict[str, Any]:
        """The facts of the case that are filled in."""
        found = {fact.code: self.cleaned_data.get(FACT + fact.code) for fact in self.own}
        return {code: value for code, value in found.items() if value not in (None, "")}

    def uploads(self) -> dict[str, Any]:
        """The files by the material that they are."""
        given = {label: self.cleaned_data.get(f"{FILE}{at}") for at, label in enumerate(self.materials)}
        return {label: file for label, file in given.items() if file}

    def own_fields(self) -> list[Any]:
        """The inputs of the case's own facts."""
        names = (["item"] if "item" in self.fields else []) + [FACT + fact.code for fact in self.own]
        return [self[name] for name in names]

    def account_fields(self) -> list[Any]:
        """The inputs of the account."""
        return [self[name] for name in ACCOUNT]

    def file_fields(self) -> list[Any]:
        """The inputs of the materials."""
        return [self[f"{FILE}{at}"] for at in range(len(self.materials))]


def initial_of(benefit: Benefit, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What the form of a claim shows of what is there."""
    shown = {FACT + code: value for code, value in facts.items()}
    account = {name: getattr(benefit, name) for name in ("account_name", "bank", "bank_code")}
    return {"item": benefit.item, **account, **shown}


class LineForm(forms.Form):
    """预算科目: from which line."""

    line = forms.ModelChoiceField(
        label=gettext_lazy("预算科目"), queryset=BudgetLine.objects.none(), empty_label=gettext_lazy("请选择")
    )

    def __init__(self, *args: Any, lines: QuerySet[BudgetLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].queryset = lines  # type: ignore[attr-defined]


class SeveralForm(LineForm):
    """一起办: which step for the chosen cases; the review needs a line."""

    step = forms.ChoiceField(
        label=gettext_lazy("办理步骤"),
        choices=lambda: [("", _("请选择")), *((code, _(label)) for code, (label, _states) in STEPS.items())],
    )
    field_order = ("step", "line")

    def __init__(self, *args: Any, lines: QuerySet[BudgetLine], **kwargs: Any) -> None:
        super().__init__(*args, lines=lines, **kwargs)
        self.fields["line"].required = False
        self.fields["line"].help_text = _("复核时选择。")


class OfferForm(AccountForm):
    """一键确认: the account, and the amount that the page showed."""

    seen = forms.DecimalField(max_digits=16, decimal_places=2, widget=forms.HiddenInput)


class RunForm(forms.Form):
    """免申即享批次: which clause, which district."""

    code = forms.ChoiceField(label=gettext_lazy("政策"))
    district = forms.ChoiceField(
        label=gettext_lazy("区市"), required=False, help_text=gettext_lazy("不选即全市，由市级主管部门办理。")
    )

    def __init__(self, *args: Any, versions: list[PackVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = [(v.code, v.title) for v in versions]  # type: ignore[attr-defined]
        self.fields["district"].choices = [("", _("全市")), *vocab.choices("district")]  # type: ignore[attr-defined]


class NumbersForm(forms.Form):
    """付款选择: the orders that are to go out together."""

    order = forms.TypedMultipleChoiceField(
        label=gettext_lazy("支付令"),
        coerce=int,
        error_messages={"required": gettext_lazy("请先选择要付款的支付令。")},
    )

    def __init__(self, *args: Any, numbers: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["order"].choices = [(n, n) for n in numbers]  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """原因: why an order is not approved."""

    note = forms.CharField(label=gettext_lazy("原因"), max_length=300, help_text=gettext_lazy("制单人会看到。"))


class BankFileForm(forms.Form):
    """银行回单: a file."""

    file = forms.FileField(
        label=gettext_lazy("回单文件"),
        help_text=gettext_lazy("xlsx 或 csv，列为支付令号、金额（元）、结果、日期、银行流水号、退回原因。"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )


class BudgetForm(forms.Form):
    """设立科目: a line with its document."""

    year = forms.IntegerField(label=gettext_lazy("预算年度"), min_value=2020, max_value=2100)
    code = forms.CharField(label=gettext_lazy("科目代码"), max_length=40)
    label = forms.CharField(label=gettext_lazy("科目名称"), max_length=120)
    authority = forms.ChoiceField(label=gettext_lazy("主管部门"))
    district = forms.ChoiceField(label=gettext_lazy("区市"), required=False, help_text=gettext_lazy("市级科目不选。"))
    amount = YuanField(label=gettext_lazy("预算额"))
    basis = forms.CharField(label=gettext_lazy("下达文件号"), max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["authority"].choices = vocab.choices("authority")  # type: ignore[attr-defined]
        self.fields["district"].choices = [("", _("市级")), *vocab.choices("district")]  # type: ignore[attr-defined]
