"""密钥表单: what a new key is called, what it may be used for, for whom and how long."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from kechuang.core.keys.access import usable_scopes
from kechuang.core.keys.models import Scope
from kechuang.core.parties.models import Party
from kechuang.core.parties.queries import parties_of

DAYS = (
    ("30", gettext_lazy("30 天")),
    ("90", gettext_lazy("90 天")),
    ("180", gettext_lazy("180 天")),
    ("365", gettext_lazy("一年")),
)


class KeyForm(forms.Form):
    """新密钥: offers the scopes that the person can use; a wider one that is sent all the same is refused in words."""

    name = forms.CharField(
        label=gettext_lazy("名称"),
        max_length=60,
        help_text=gettext_lazy("写明给哪个程序用，例如“成果管理系统”。每次写入都会留下这个名称。"),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("权限范围"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("请至少选择一项权限范围。")},
        help_text=gettext_lazy("只选程序用得到的。密钥的权限不会比您本人更大。"),
    )
    party = forms.ModelChoiceField(
        label=gettext_lazy("限定单位"),
        queryset=Party.objects.none(),
        required=False,
        empty_label=gettext_lazy("不限定"),
        help_text=gettext_lazy("限定后只能代表这一个单位，不能使用您的岗位权限，也不能读个人通知。"),
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("有效期"),
        choices=DAYS,
        coerce=int,
        initial="90",
        help_text=gettext_lazy("到期后须重新创建。"),
    )

    def __init__(self, data: Any = None, *, user: Any) -> None:
        super().__init__(data)
        usable = [(s.value, s.label) for s in usable_scopes(user)]
        self.fields["scopes"].widget.choices = usable
        self.fields["party"].queryset = parties_of(user)  # type: ignore[attr-defined]
