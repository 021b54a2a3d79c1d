"""办件表单 case forms: what a step asks for, and what an upload asks for."""

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from kechuang.core.documents.actions import KINDS
from kechuang.core.market.models import Tier
from kechuang.kit.fields import Choices, Column, RowsField
from kechuang.kit.text import noop
from kechuang.kit.workflow import Step

LONGEST_NOTE = 2_000


class StepForm(forms.Form):
    """步骤: the reason from the step's list, a note, and remarks on single fields, as far as the step asks for them."""

    reason = forms.ChoiceField(label=gettext_lazy("原因"), help_text=gettext_lazy("对方会看到。"))
    note = forms.CharField(
        label=gettext_lazy("说明"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("写明具体情况和建议，对方会看到。"),
    )

    def __init__(self, data: Any = None, *, step: Step, fields: Choices) -> None:
        super().__init__(data, prefix=step.name)
        self.step = step
        if step.reasons:
            choices = [("", gettext("请选择")), *((code, gettext(words)) for code, words in step.reasons.items())]
            self.fields["reason"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["reason"]
        if not (step.note_required or step.reasons):
            del self.fields["note"]
        else:
            self.fields["note"].required = step.note_required
        if step.remarks:
            self.fields["remarks"] = remarks_field(fields)

    @property
    def bare(self) -> bool:
        """Whether the step asks for nothing: a button is enough."""
        return not self.fields

    def remarks(self) -> dict[str, str]:
        """The remarks by field; several on one field are joined."""
        found: dict[str, str] = {}
        for row in self.cleaned_data.get("remarks", ()):
            found[row["field"]] = "；".join(w for w in (found.get(row["field"], ""), row["remark"]) if w)
        return found


def remarks_field(fields: Choices) -> RowsField:
    """逐项意见: a remark on each of the named fields."""
    columns = (
        Column("field", noop("栏目"), required=True, choices=fields),
        Column("remark", noop("意见"), required=True, width=300),
    )
    return RowsField(
        label=gettext_lazy("逐项意见"),
        columns=columns,
        required=False,
        most=40,
        help_text=gettext_lazy("写在哪一栏，对方修改时就显示在哪一栏旁边。"),
    )


class MaterialForm(forms.Form):
    """材料: one file with its name in the case."""

    file = forms.FileField(
        label=gettext_lazy("文件"),
        widget=forms.FileInput(attrs={"accept": ",".join(f".{k}" for k in KINDS)}),
        error_messages={
            "empty": gettext_lazy("文件是空的，请重新选择。"),
            "required": gettext_lazy("请选择要上传的文件。"),
        },
    )
    label = forms.CharField(
        label=gettext_lazy("材料名称"), max_length=80, required=False, help_text=gettext_lazy("不填时用文件名。")
    )
    tier = forms.ChoiceField(
        label=gettext_lazy("谁可以看"),
        choices=Tier.choices,
        initial=Tier.CASE,
        required=False,
        help_text=gettext_lazy(
            "发布以后按此公开。登录可见和签署保密协议后可见的，下载时带查看人的水印，每次下载都留痕；"
            "材料的名称也只有可以看的人看得到。"
        ),
    )

    def clean_tier(self) -> str:
        """Without a choice a material stays in the case."""
        return self.cleaned_data["tier"] or Tier.CASE
