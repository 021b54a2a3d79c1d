"""保密协议表单: acceptance, a party's own text, the reason for an end."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.core.parties.models import Party
from kechuang.core.parties.queries import parties_of

SHORTEST, LONGEST = 200, 30_000


class AcceptForm(forms.Form):
    """签署: for whom, that the text was read, and which one was shown."""

    text = forms.IntegerField(widget=forms.HiddenInput())
    behalf = forms.ChoiceField(
        label=gettext_lazy("代表谁签署"),
        help_text=gettext_lazy("代表单位签署，单位也受约束；授权结束后，这份签署不再为您打开内容。"),
    )
    agree = forms.BooleanField(
        label=gettext_lazy("我已阅读上面的全文，同意受其约束"),
        error_messages={"required": gettext_lazy("请先阅读全文并勾选同意。")},
    )

    def __init__(self, data: Any = None, *, user: Any, text: int | None) -> None:
        super().__init__(data, initial={"text": text})
        self.parties = {str(p.pk): p for p in parties_of(user).order_by("name")}
        choices = [*((pk, str(p)) for pk, p in self.parties.items()), ("self", _("本人（{name}）").format(name=user))]
        self.fields["behalf"].choices = choices  # type: ignore[attr-defined]

    def signs_for(self) -> Party | None:
        """The party for which she signs; None for herself."""
        return self.parties.get(self.cleaned_data["behalf"])


class NdaTextForm(forms.Form):
    """本单位的文本: a new version of the party's own agreement; ``seen`` is the text in force that the page showed."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput())
    title = forms.CharField(label=gettext_lazy("协议名称"), min_length=4, max_length=120)
    text = forms.CharField(
        label=gettext_lazy("协议正文"),
        min_length=SHORTEST,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 18}),
        help_text=gettext_lazy(
            "发布即启用。已签旧版本的人下次查看时要重新签署；旧版本和签署记录都保留。请先由法务审定。"
        ),
    )


class EndForm(forms.Form):
    """终止: the reason, which the other side sees."""

    reason = forms.CharField(label=gettext_lazy("终止原因"), max_length=300, help_text=gettext_lazy("对方会看到。"))
