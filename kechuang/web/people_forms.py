"""人员与单位表单: credit code, registration of an organisation, profile, appointment."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.core.parties.models import Party, Post, User
from kechuang.core.parties.queries import party_by_code, user_by_email
from kechuang.core.vocab.queries import choices
from kechuang.kit.fields import CodeField, CodesField
from kechuang.kit.identifiers import WrongFormat, clean_uscc
from kechuang.kit.refusal import Refusal
from kechuang.kit.text import fold

CHECK = gettext_lazy("校验位不符。请对照营业执照核对；若完全一致（少数早期代码如此），请勾选“已核对无误”后再次提交。")


def _listed(scheme: str, *without: str) -> Callable[[], list[tuple[str, str]]]:
    return lambda: [(code, label) for code, label in choices(scheme) if code not in without]


def show(form: forms.Form, refusal: Refusal) -> None:
    """Put a refusal where it belongs: beside its fields, else above the form."""
    for name, message in refusal.fields.items():
        form.add_error(name if name in form.fields else None, message)
    if not refusal.fields:
        form.add_error(None, refusal.message)


class UsccField(forms.CharField):
    """统一社会信用代码: a wrong format is an error; a wrong check digit is for the caller to ask about."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("统一社会信用代码"))
        kwargs.setdefault("help_text", gettext_lazy("营业执照或法人证书上的 18 位代码，大小写均可。"))
        widget = forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"})
        super().__init__(max_length=40, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        if not text:
            return ""
        try:
            return clean_uscc(text)[0]
        except WrongFormat as error:
            raise forms.ValidationError(str(error)) from None


class CodeForm(forms.Form):
    """查单位: by its credit code."""

    uscc = UsccField()


class PartyForm(forms.Form):
    """单位信息: what an organisation says of itself when it registers."""

    name = forms.CharField(
        label=gettext_lazy("单位名称"),
        min_length=4,
        max_length=120,
        help_text=gettext_lazy("与营业执照或法人证书一致。"),
    )
    kind = CodeField(label=gettext_lazy("单位类型"), choices=_listed("party_kind", "person"))
    district = CodeField(label=gettext_lazy("所在区市"), choices=_listed("district"))
    industries = CodesField(
        label=gettext_lazy("所属产业"),
        choices=_listed("industry"),
        most=3,
        required=False,
        help_text=gettext_lazy("最多选 3 个，可不选。"),
    )

    def clean_name(self) -> str:
        """A name has letters and no line breaks."""
        name = " ".join(str(self.cleaned_data["name"]).split())
        if not any(c.isalpha() for c in name):
            raise forms.ValidationError(_("名称里没有文字，请填写单位全称。"))
        return name


class RegisterForm(PartyForm):
    """登记单位: the code comes first; its check digit may be overridden after a look at the licence."""

    uscc = UsccField()
    accept_check = forms.BooleanField(label=gettext_lazy("已与营业执照核对无误"), required=False)
    field_order = ("uscc", "accept_check", "name", "kind", "district", "industries")

    def asks_check(self) -> bool:
        """Whether the override has to be shown: the code that was typed has a wrong check digit."""
        try:
            return not clean_uscc(str(self["uscc"].value() or ""))[1]
        except WrongFormat:
            return False

    def shown(self) -> list[forms.BoundField]:
        """The fields of the page."""
        return [f for f in self if f.name != "accept_check" or self.asks_check()]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "uscc" in cleaned and self.asks_check() and not cleaned.get("accept_check"):
            self.add_error("accept_check", str(CHECK))
        return cleaned


class ProfileForm(forms.Form):
    """个人资料."""

    name = forms.CharField(
        label=gettext_lazy("姓名"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = forms.CharField(
        label=gettext_lazy("手机号"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("用于接收重要短信提醒，可不填。"),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )

    def clean_phone(self) -> str:
        """A mobile number of the mainland, without blanks and full-width digits."""
        phone = fold(str(self.cleaned_data["phone"])).replace(" ", "").replace("-", "").removeprefix("+86")
        if phone:
            RegexValidator(r"\A1[3-9][0-9]{9}\Z", _("请填写 11 位手机号码。"))(phone)
        return phone


class AppointForm(forms.Form):
    """任命: a person who has signed up, a role and its scope."""

    email = forms.EmailField(
        label=gettext_lazy("登录邮箱"), help_text=gettext_lazy("对方须先用这个邮箱注册。"), max_length=254
    )
    role = forms.ChoiceField(label=gettext_lazy("岗位"), choices=[("", gettext_lazy("请选择")), *Post.Role.choices])
    district = CodeField(
        label=gettext_lazy("辖区"),
        choices=_listed("district"),
        required=False,
        help_text=gettext_lazy("只用于主管部门；不选表示全市。"),
    )
    uscc = UsccField(
        label=gettext_lazy("所属单位的统一社会信用代码"),
        required=False,
        help_text=gettext_lazy("平台负责人和金融机构必填，其他岗位可不填。"),
    )

    def clean_email(self) -> User:
        """The person."""
        found = user_by_email(self.cleaned_data["email"])
        if found is None:
            raise forms.ValidationError(_("没有用这个邮箱注册的人。请先请对方注册，再来任命。"))
        return found

    def clean_uscc(self) -> Party | None:
        """The organisation."""
        code = self.cleaned_data["uscc"]
        found = party_by_code(code) if code else None
        if code and found is None:
            raise forms.ValidationError(_("没有登记过这个代码的单位，请核对，或先请该单位登记。"))
        return found

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        role = cleaned.get("role")
        bound = role in (Post.Role.PLATFORM_HEAD, Post.Role.FINANCIER)
        if bound and "uscc" in cleaned and cleaned["uscc"] is None:
            self.add_error("uscc", _("这个岗位属于某个单位，请填写单位的统一社会信用代码。"))
        if role and role != Post.Role.OFFICER and cleaned.get("district"):
            self.add_error("district", _("只有主管部门岗位按辖区设置，请改为不选。"))
        return cleaned
