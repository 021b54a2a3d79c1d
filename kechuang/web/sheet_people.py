"""经办人清单表: the people of organisations as a sheet; roles and requests are decided by an import."""

from collections.abc import Collection, Iterator
from typing import Any

from django import forms
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from kechuang.core.cases import leaving
from kechuang.core.parties import access, queries
from kechuang.core.parties.actions import JOIN_REFUSALS
from kechuang.core.parties.models import Mandate, Party
from kechuang.kit.fields import CodeField
from kechuang.kit.refusal import Refusal
from kechuang.web.sheets import VERSION, Act, Ask, Change, Column, Given, Key, Part, Sheet, day, register_sheet

State = Mandate.State
DECISIONS = {
    "approve": gettext_noop("同意加入"),
    "refuse": gettext_noop("不同意"),
    "end": gettext_noop("结束授权"),
}
# From which state a decision leads to which.
WAY = {
    "approve": (State.REQUESTED, State.ACTIVE),
    "refuse": (State.REQUESTED, State.ENDED),
    "end": (State.ACTIVE, State.ENDED),
}


class MandateCells(forms.Form):
    """授权列: the role, and what is decided."""

    role = CodeField(label=gettext_lazy("角色"), choices=lambda: [(c, str(w)) for c, w in Mandate.Role.choices])
    decision = CodeField(
        label=gettext_lazy("处理"), choices=lambda: [(c, _(w)) for c, w in DECISIONS.items()], required=False
    )
    reason = CodeField(
        label=gettext_lazy("原因"), choices=lambda: [(c, _(w)) for c, w in JOIN_REFUSALS.items()], required=False
    )


def _parties(ask: Ask) -> list[Party]:
    """The organisation that the address names, otherwise all for which the user acts."""
    number = ask.parameters.get("party", "")
    if not number:
        return list(queries.parties_of(ask.user).order_by("name", "pk"))
    rows = access.see_people.filter(ask.user, Party.objects.all())
    known = number.isascii() and number.isdigit() and len(number) < 10
    found = rows.filter(pk=int(number)).first() if known else None
    if found is None:
        raise Http404
    return [found]


def _people(ask: Ask) -> Iterator[list[Any]]:
    for party in _parties(ask):
        for mandate in queries.colleagues(party):
            user, state = mandate.user, mandate.get_state_display()
            at = day(mandate.decided_at or mandate.requested_at)
            role = mandate.get_role_display()
            yield [
                *(mandate.pk, party.name, party.uscc or "", user, user.email, state, at),
                *(role, None, None, CHANGE.stamp(mandate)),
            ]


def _find(ask: Ask, keys: Collection[Key]) -> dict[Key, Mandate]:
    numbers = {int(key[0]): key for key in keys if key[0].isascii() and key[0].isdigit() and len(key[0]) < 18}
    rows = Mandate.objects.filter(pk__in=numbers).select_related("party", "user")
    return {numbers[m.pk]: m for m in access.see_mandate.filter(ask.user, rows)}


def _refuse(name: str, words: str) -> None:
    raise Refusal(words, fields={name: words})


def _plan(given: Given) -> Act:
    mandate, data, user = given.record, given.data, given.ask.user
    decision, reason = data["decision"], data["reason"]
    if not access.decide_mandate.check(user, mandate):
        _refuse("decision" if decision else "role", _("只有本单位管理员或主管部门可以确认经办人。"))
    if "role" in given.changed and decision:
        _refuse("decision", _("一行一次只办一件事：请先导入这一项，再改角色。"))
    if decision and WAY[decision][0] != mandate.state:
        words = _("授权当前为“%(state)s”，不能“%(decision)s”。")
        _refuse("decision", words % {"state": mandate.get_state_display(), "decision": _(DECISIONS[decision])})
    if decision == "refuse" and not reason:
        _refuse("reason", _("请填不同意的原因，申请人会看到。"))
    if not decision and "role" not in given.changed:
        _refuse("decision", _("填了原因，请同时填“处理”。"))
    if not decision and mandate.state != State.ACTIVE:
        _refuse("role", _("授权当前为“%(state)s”，不能改角色。") % {"state": mandate.get_state_display()})
    what = decision or data["role"]
    return lambda now: leaving.decide(mandate=mandate, decision=what, reason=reason, by=user, now=now)


def _done(given: Given) -> bool:
    decision = given.data["decision"]
    return bool(decision) and WAY[decision][1] == given.record.state and "role" not in given.changed


CHANGE = Change(
    form=MandateCells,
    find=_find,
    content=lambda mandate: {"role": mandate.role},
    version=lambda mandate: f"{mandate.role} {mandate.state} {mandate.decided_at}",
    plan=_plan,
    done=_done,
    title=lambda mandate: f"{mandate.user} · {mandate.party.name}",
    link=lambda mandate: reverse("party_people", args=[mandate.party_id]),
)

register_sheet(
    Sheet(
        "people",
        gettext_noop("经办人"),
        (
            Part(
                gettext_noop("经办人"),
                (
                    Column(gettext_noop("授权编号"), gettext_noop("系统中的编号，不变。"), 10, "mandate", key=True),
                    Column(gettext_noop("单位"), width=30),
                    Column(gettext_noop("统一社会信用代码"), width=22),
                    Column(gettext_noop("姓名"), width=14),
                    Column(gettext_noop("登录邮箱"), width=30),
                    Column(gettext_noop("状态"), width=12),
                    Column(gettext_noop("日期"), gettext_noop("确认的日期；待确认的是申请的日期。"), 12),
                    Column(gettext_noop("角色"), gettext_noop("改成管理员或经办人。"), 12, "role"),
                    Column(
                        gettext_noop("处理"), gettext_noop("同意或不同意申请，或结束授权；不办就留空。"), 14, "decision"
                    ),
                    Column(gettext_noop("原因"), gettext_noop("不同意时必填，申请人会看到。"), 30, "reason"),
                    VERSION,
                ),
                _people,
                CHANGE,
            ),
        ),
        about=gettext_noop("不能用导入添加经办人：请对方自己申请加入，再在这里或页面上同意。"),
    )
)
