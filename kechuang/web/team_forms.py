"""专班表单 forms: a team, a seat, an absence, a hand-over."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.core.cases.absences import stand_ins
from kechuang.core.parties.models import Party, User
from kechuang.core.parties.queries import party_by_code, user_by_email
from kechuang.core.taskforces.models import Seat, TaskForce
from kechuang.core.vocab import queries as vocab
from kechuang.kit.fields import CodesField, DayField
from kechuang.web.people_forms import UsccField


def _listed(scheme: str) -> Callable[[], list[tuple[str, str]]]:
    return lambda: vocab.choices(scheme)


def chosen_teams(parameters: QueryDict) -> dict[str, str]:
    """The filters of the list of teams."""
    names = ("industry", "district", "gap", "retired")
    return {name: parameters.get(name, "")[:40].replace("\0", "") for name in names}


class TeamForm(forms.Form):
    """专班: what it is called and cares for."""

    code = forms.CharField(label=gettext_lazy("编号"), max_length=40)
    name = forms.CharField(label=gettext_lazy("名称"), max_length=120)
    section = forms.CharField(label=gettext_lazy("业务处室"), max_length=80, required=False)
    industry = CodesField(
        label=gettext_lazy("产业"),
        choices=_listed("industry"),
        required=False,
        help_text=gettext_lazy("不选表示所有产业。"),
    )
    districts = CodesField(
        label=gettext_lazy("区市"),
        choices=_listed("district"),
        required=False,
        help_text=gettext_lazy("不选表示全市。"),
    )
    platform = UsccField(
        label=gettext_lazy("平台单位的统一社会信用代码"),
        required=False,
        help_text=gettext_lazy("专班服务于某个创新平台时填写。"),
    )

    def clean_platform(self) -> Party | None:
        """The organisation whose platform the team accompanies."""
        code = self.cleaned_data["platform"]
        found = party_by_code(code) if code else None
        if code and found is None:
            raise forms.ValidationError(_("没有登记过这个代码的单位，请核对，或先请该单位登记。"))
        return found


def content_of(team: TaskForce) -> dict[str, Any]:
    """What the form shows of a team."""
    return {
        "code": team.code,
        "name": team.name,
        "section": team.section,
        "industry": team.industry,
        "districts": team.districts,
        "platform": team.platform.uscc if team.platform else "",
    }


class SeatForm(forms.Form):
    """专班成员: a person who has signed up, and the role."""

    email = forms.EmailField(label=gettext_lazy("登录邮箱"), max_length=254)
    role = forms.ChoiceField(label=gettext_lazy("角色"), choices=[("", gettext_lazy("请选择")), *Seat.Role.choices])

    def clean_email(self) -> User:
        """The person."""
        found = user_by_email(self.cleaned_data["email"])
        if found is None:
            raise forms.ValidationError(_("没有用这个邮箱注册的人。请先请对方注册。"))
        return found


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """人员: people by name, with the address where two are called the same."""

    def label_from_instance(self, obj: User) -> str:
        """Name and address."""
        return _("{name}（{email}）").format(name=obj, email=obj.email)


class AbsenceForm(forms.Form):
    """外出登记: from when to when, and who stands in."""

    since = DayField(label=gettext_lazy("开始日期"))
    until = DayField(label=gettext_lazy("结束日期（含）"))
    deputy = PersonField(label=gettext_lazy("代理人"), queryset=User.objects.none(), empty_label=gettext_lazy("请选择"))
    note = forms.CharField(label=gettext_lazy("说明"), max_length=120, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deputy"].queryset = stand_ins(user)  # type: ignore[attr-defined]


class HandoverForm(forms.Form):
    """交接: to whom, why, and which cases; ``all`` hands over everything."""

    receiver = PersonField(label=gettext_lazy("交给"), queryset=User.objects.none(), empty_label=gettext_lazy("请选择"))
    note = forms.CharField(
        label=gettext_lazy("原因"),
        max_length=200,
        help_text=gettext_lazy("会写进每件办件的经过，并通知接收人。"),
    )
    cases = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, *args: Any, giver: User, cases: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["receiver"].queryset = stand_ins(giver)  # type: ignore[attr-defined]
        self.fields["cases"].choices = [(pk, pk) for pk in cases]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "all" not in self.data and not cleaned.get("cases") and "cases" not in self.errors:
            self.add_error(None, _("请勾选要交接的办件，或选择“交接全部”。"))
        return cleaned

    def chosen(self) -> list[int] | None:
        """Numbers of the cases; None for all."""
        return None if "all" in self.data else list(self.cleaned_data["cases"])
