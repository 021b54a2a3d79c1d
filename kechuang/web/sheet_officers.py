"""主管部门清单表: posts, organisations to be verified, and satisfaction as sheets; the first two can be imported."""

from collections.abc import Collection, Iterator
from typing import Any

from django import forms
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from kechuang.core.cases import leaving
from kechuang.core.notices import membership
from kechuang.core.parties import access, queries
from kechuang.core.parties.actions import appoint
from kechuang.core.parties.models import Party, Post
from kechuang.core.parties.verification import RETURN_REASONS
from kechuang.core.vocab import queries as vocab
from kechuang.kit.fields import CodeField
from kechuang.kit.refusal import Refusal
from kechuang.web.opinions import opinions
from kechuang.web.people_forms import AppointForm
from kechuang.web.sheets import (
    UNKNOWN,
    VERSION,
    Act,
    Ask,
    Change,
    Column,
    Given,
    Key,
    Part,
    Sheet,
    day,
    register_sheet,
)

END, VERIFY, RETURN = "end", "verify", "return"


def _whole_city() -> list[tuple[str, str]]:
    return [("", _("全市")), *vocab.choices("district")]


class PostCells(AppointForm):
    """岗位列: who holds which post; ``action`` ends it."""

    role = CodeField(label=gettext_lazy("岗位"), choices=lambda: [(c, str(w)) for c, w in Post.Role.choices])
    district = CodeField(label=gettext_lazy("辖区"), choices=_whole_city, required=False)
    action = CodeField(label=gettext_lazy("处理"), choices=lambda: [(END, _("结束"))], required=False)


class VerificationCells(forms.Form):
    """核验列: verified, or sent back with a reason."""

    decision = CodeField(
        label=gettext_lazy("处理"), choices=lambda: [(VERIFY, _("通过核验")), (RETURN, _("退回更正"))], required=False
    )
    reason = CodeField(
        label=gettext_lazy("原因"), choices=lambda: [(c, _(w)) for c, w in RETURN_REASONS.items()], required=False
    )
    note = forms.CharField(label=gettext_lazy("说明"), max_length=200, required=False)


# --- posts


def _posts(ask: Ask) -> Iterator[list[Any]]:
    for post in queries.posts_in_force(ask.user):
        district = vocab.label("district", post.district) if post.district else ""
        whole_city = _("全市") if post.role == Post.Role.OFFICER else ""
        name, uscc = (post.party.name, post.party.uscc) if post.party else ("", "")
        role = post.get_role_display()
        yield [
            *(post.user, post.user.email, role, district or whole_city, name, uscc),
            *(day(post.since), None, POST.stamp(post)),
        ]


def _find_posts(ask: Ask, keys: Collection[Key]) -> dict[Key, Post]:
    rows = access.see_post.filter(ask.user, Post.objects.filter(until=None)).select_related("user", "party")
    rows = rows.annotate(mail=Lower("user__email")).filter(mail__in={key[0] for key in keys})
    found = {(p.user.email.lower(), p.role, p.district, (p.party.uscc or "") if p.party else ""): p for p in rows}
    wanted = {key: (*key[:3], key[3].upper()) for key in keys}
    return {key: found[known] for key, known in wanted.items() if known in found}


def _said_of_post(post: Post) -> dict[str, str]:
    uscc = (post.party.uscc or "") if post.party else ""
    return {"email": post.user.email, "role": post.role, "district": post.district, "uscc": uscc}


def _plan_post(given: Given) -> Act:
    data, by = given.data, given.ask.user
    if given.record is not None:
        return lambda now: leaving.end_post(post=given.record, by=by, now=now)
    if data["action"]:
        words = _("这个人现在没有这个岗位，不用结束。")
        raise Refusal(words, fields={"action": words})
    what = {"user": data["email"], "role": data["role"], "district": data["district"], "party": data["uscc"]}
    return lambda now: appoint(**what, by=by, now=now)


def _ended(given: Given) -> bool:
    """Whether a post that is to end has ended already."""
    data = given.data
    if given.record is not None or data["action"] != END:
        return False
    held = Post.objects.filter(user=data["email"], role=data["role"], district=data["district"], party=data["uscc"])
    return held.exclude(until=None).exists()


POST = Change(
    form=PostCells,
    find=_find_posts,
    content=_said_of_post,
    version=lambda post: str(post.pk),
    plan=_plan_post,
    done=_ended,
    adds=UNKNOWN,
    require=lambda ask: access.require_city_officer(ask.user),
    title=str,
    link=lambda _post: reverse("posts"),
)


# --- organisations


def _organisations(ask: Ask) -> Iterator[list[Any]]:
    for party in queries.unverified(ask.user):
        yield [
            party.pk,
            party.name,
            party.uscc or "",
            party.uscc_checked,
            vocab.label("party_kind", party.kind),
            vocab.label("district", party.district) if party.district else "",
            [vocab.label("industry", code) for code in party.industries],
            party.created_at,
            party.returned_for,
            *ORGANISATION.blanks(),
            ORGANISATION.stamp(party),
        ]


def _find_parties(ask: Ask, keys: Collection[Key]) -> dict[Key, Party]:
    numbers = {int(key[0]): key for key in keys if key[0].isascii() and key[0].isdigit() and len(key[0]) < 18}
    rows = access.supervises.filter(ask.user, Party.objects.filter(pk__in=numbers).exclude(kind="person"))
    return {numbers[party.pk]: party for party in rows}


def _refuse(name: str, words: str) -> None:
    raise Refusal(words, fields={name: words})


def _plan_party(given: Given) -> Act:
    party, data, by = given.record, given.data, given.ask.user
    if not data["decision"]:
        _refuse("decision", _("填了原因或说明，请同时填“处理”。"))
    if party.verified_at is not None:
        _refuse("decision", _("该单位已经核验，无需重复办理。"))
    if data["decision"] == VERIFY:
        if data["reason"]:
            _refuse("reason", _("通过核验不用填原因；要退回，请在“处理”里选“退回更正”。"))
        return lambda now: membership.verify(party=party, by=by, now=now)
    if not data["reason"]:
        _refuse("reason", _("请填退回的原因，对方会看到。"))
    return lambda now: leaving.send_back(party=party, reason=data["reason"], note=data["note"], by=by, now=now)


def _handled(given: Given) -> bool:
    party, data = given.record, given.data
    if data["decision"] == VERIFY:
        return party.verified_at is not None
    words = "；".join(w for w in (RETURN_REASONS.get(data["reason"], ""), data["note"].strip()) if w)
    return bool(data["decision"] and party.returned_for == words[:300])


ORGANISATION = Change(
    form=VerificationCells,
    find=_find_parties,
    content=lambda _party: {},
    version=lambda p: f"{p.name} {p.uscc} {p.kind} {p.district} {p.industries} {p.verified_at} {p.returned_for}",
    plan=_plan_party,
    done=_handled,
    title=str,
    link=lambda party: reverse("party", args=[party.pk]),
)


def _satisfaction(ask: Ask) -> Iterator[list[Any]]:
    for row in opinions(ask.user, ask.parameters).rows:
        yield [row.name, row.line.asked, row.line.answered, row.in_time, row.late, row.useful, row.useless]


register_sheet(
    Sheet(
        "posts",
        gettext_noop("在任岗位"),
        (
            Part(
                gettext_noop("在任岗位"),
                (
                    Column(gettext_noop("姓名"), width=14),
                    Column(gettext_noop("登录邮箱"), gettext_noop("新的一行就是新的任命。"), 30, "email", key=True),
                    Column(gettext_noop("岗位"), width=16, name="role", key=True),
                    Column(gettext_noop("辖区"), gettext_noop("只用于主管部门。"), 14, "district", key=True),
                    Column(gettext_noop("单位"), width=30),
                    Column(
                        gettext_noop("统一社会信用代码"),
                        gettext_noop("平台负责人和金融机构必填。"),
                        22,
                        "uscc",
                        key=True,
                    ),
                    Column(gettext_noop("任职时间"), width=12),
                    Column(gettext_noop("处理"), gettext_noop("填“结束”，在办的事项随即转给别人。"), 10, "action"),
                    VERSION,
                ),
                _posts,
                POST,
            ),
        ),
        lambda ask: access.require_city_officer(ask.user),
    )
)
register_sheet(
    Sheet(
        "organisations",
        gettext_noop("待核验单位"),
        (
            Part(
                gettext_noop("待核验单位"),
                (
                    Column(gettext_noop("编号"), gettext_noop("系统中的编号，不变。"), 10, "party", key=True),
                    Column(gettext_noop("单位名称"), width=32),
                    Column(gettext_noop("统一社会信用代码"), width=22),
                    Column(gettext_noop("校验位正确"), width=12),
                    Column(gettext_noop("单位类型"), width=14),
                    Column(gettext_noop("所在区市"), width=14),
                    Column(gettext_noop("产业"), width=28),
                    Column(gettext_noop("登记时间"), width=17),
                    Column(gettext_noop("上次退回的原因"), width=28),
                    Column(gettext_noop("处理"), gettext_noop("通过核验或退回更正；不办就留空。"), 14, "decision"),
                    Column(gettext_noop("原因"), gettext_noop("退回时必填，对方会看到。"), 32, "reason"),
                    Column(gettext_noop("说明"), gettext_noop("退回时的补充说明，选填。"), 32, "note"),
                    VERSION,
                ),
                _organisations,
                ORGANISATION,
            ),
        ),
        lambda ask: access.require_officer(ask.user),
        about=gettext_noop("登记信息由单位自己更正，导入不会修改；新单位由单位自己登记。"),
    )
)
register_sheet(
    Sheet(
        "satisfaction",
        gettext_noop("满意度"),
        (
            Part(
                gettext_noop("满意度"),
                (
                    Column(gettext_noop("名称"), width=32),
                    Column(gettext_noop("已发出"), width=10),
                    Column(gettext_noop("已回答"), width=10),
                    Column(gettext_noop("联系及时（%）"), width=14),
                    Column(gettext_noop("认为不及时"), width=12),
                    Column(gettext_noop("有帮助（%）"), width=14),
                    Column(gettext_noop("认为没有帮助"), width=14),
                ),
                _satisfaction,
            ),
        ),
        lambda ask: access.require_officer(ask.user),
        about=gettext_noop("本表由系统按申请单位的回答统计得出，不能导入。"),
    )
)
