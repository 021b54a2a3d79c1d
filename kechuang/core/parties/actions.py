"""主体写入: register, join, mandate, appoint."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.parties import access
from kechuang.core.parties.models import Mandate, Party, Post, User
from kechuang.kit.identifiers import WrongFormat, clean_uscc
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.kit.text import noop

JOIN_REFUSALS = {
    "stranger": noop("不是本单位人员"),
    "unclear": noop("无法确认申请人身份，请先与本单位管理员联系"),
    "needless": noop("本单位暂不需要增加经办人"),
}


@transaction.atomic
def register_party(
    *,
    kind: str,
    name: str,
    uscc: str,
    district: str,
    by: User | None,
    now: datetime,
    accept_check: bool = False,
    **more: Any,
) -> Party:
    """Register an organisation under its credit code.

    A wrong format is refused; a wrong check digit is refused until ``accept_check`` says that it was compared
    with the licence. A code can be registered once, also when two people do so at the same moment.
    """
    code, checked = _code(uscc, accept_check=accept_check)
    if Party.objects.filter(uscc=code).exists():
        raise _taken()
    try:
        with transaction.atomic():
            party = Party.objects.create(
                kind=kind,
                name=name.strip(),
                uscc=code,
                uscc_checked=checked,
                district=district,
                created_at=now,
                **more,
            )
    except IntegrityError as error:
        raise _taken() from error
    record(party, "register", by=by, now=now, after={"name": party.name, "uscc": code, "kind": kind})
    return party


def _taken() -> Refusal:
    message = _("该统一社会信用代码已登记，请直接申请加入该单位。")
    return Refusal(message, fields={"uscc": message})


def _code(uscc: str, *, accept_check: bool) -> tuple[str, bool]:
    try:
        code, checked = clean_uscc(uscc)
    except WrongFormat as error:
        raise Refusal(str(error), fields={"uscc": str(error)}) from error
    if not checked and not accept_check:
        message = _("校验位不符。若与营业执照完全一致（少数早期代码如此），请勾选“已核对无误”后再次提交。")
        raise Refusal(message, fields={"uscc": message})
    return code, checked


@transaction.atomic
def register_and_join(
    *,
    kind: str,
    name: str,
    uscc: str,
    district: str,
    industries: Sequence[str],
    by: User,
    now: datetime,
    accept_check: bool = False,
) -> Mandate:
    """Register an organisation and become its first admin; an officer verifies it later."""
    party = register_party(
        kind=kind,
        name=name,
        uscc=uscc,
        district=district,
        industries=list(industries),
        accept_check=accept_check,
        by=by,
        now=now,
    )
    return join(party=party, by=by, now=now)


@transaction.atomic
def join(*, party: Party, by: User, now: datetime, role: str = Mandate.Role.AGENT) -> Mandate:
    """Ask to act for a party.

    The first person of a party that nobody has verified becomes its admin at once. Everybody else waits: for an
    admin, or, where a verified party has no people yet, for an officer, since its name already means something.
    """
    party = Party.objects.select_for_update().get(pk=party.pk)
    live = Mandate.objects.filter(party=party).exclude(state=Mandate.State.ENDED)
    mine = live.filter(user=by).first()
    if mine:
        raise Refusal(
            _("您已是该单位的%(role)s（%(state)s），无需重复申请。")
            % {"role": mine.get_role_display(), "state": mine.get_state_display()}
        )
    alone = not live.exists()
    first = alone and party.verified_at is None
    mandate = Mandate.objects.create(
        user=by,
        party=party,
        role=Mandate.Role.ADMIN if alone else role,
        state=Mandate.State.ACTIVE if first else Mandate.State.REQUESTED,
        requested_at=now,
        decided_at=now if first else None,
    )
    record(party, "join", by=by, now=now, after={"role": mandate.role, "state": mandate.state})
    return mandate


def _locked(mandate: Mandate) -> Mandate:
    """The mandate, locked after its party: everybody locks the party first."""
    Party.objects.select_for_update().get(pk=mandate.party_id)
    rows = Mandate.objects.select_for_update(of=("self",)).select_related("party", "user")
    return rows.get(pk=mandate.pk)


def _keep_an_admin(mandate: Mandate) -> None:
    """Refuse to take the last admin from a party."""
    if (mandate.role, mandate.state) != (Mandate.Role.ADMIN, Mandate.State.ACTIVE):
        return
    admins = Mandate.objects.filter(party=mandate.party, role=Mandate.Role.ADMIN, state=Mandate.State.ACTIVE)
    if not admins.exclude(pk=mandate.pk).exists():
        raise Refusal(_("这是该单位唯一的管理员。请先指定另一位管理员。"))


def _require_decider(by: User, mandate: Mandate) -> None:
    if not access.decide_mandate.check(by, mandate):
        raise NotAllowed(_("只有本单位管理员或主管部门可以确认经办人。"))


@transaction.atomic
def decide_mandate(*, mandate: Mandate, approve: bool, by: User, now: datetime, reason: str = "") -> Mandate:
    """Approve, refuse or end a mandate; a refusal names one of JOIN_REFUSALS. The last admin cannot be removed."""
    mandate = _locked(mandate)
    _require_decider(by, mandate)
    before = mandate.state
    if before == Mandate.State.ENDED or (approve and before == Mandate.State.ACTIVE):
        raise Refusal(_("这项申请已经处理过，当前状态为“%(state)s”。") % {"state": mandate.get_state_display()})
    if not approve:
        if before == Mandate.State.REQUESTED and reason not in JOIN_REFUSALS:
            raise Refusal(_("请选择不同意的原因，申请人会看到。"), fields={"reason": _("请从列表中选择一个原因。")})
        _keep_an_admin(mandate)
    return _settle(mandate, approve=approve, before=before, by=by, now=now, note=JOIN_REFUSALS.get(reason, ""))


def _settle(mandate: Mandate, *, approve: bool, before: str, by: User, now: datetime, note: str) -> Mandate:
    mandate.state = Mandate.State.ACTIVE if approve else Mandate.State.ENDED
    mandate.decided_at = now
    mandate.save(update_fields=["state", "decided_at"])
    after = {"user": mandate.user_id, "state": mandate.state}
    record(mandate.party, "mandate", by=by, now=now, before={"state": before}, after=after, note=note)
    return mandate


@transaction.atomic
def leave(*, mandate: Mandate, by: User, now: datetime) -> Mandate:
    """Give up one's own mandate or take back one's request; a party's last admin stays."""
    mandate = _locked(mandate)
    if not access.own_mandate.check(by, mandate):
        raise NotAllowed(_("只能退出自己的授权。"))
    if mandate.state == Mandate.State.ENDED:
        raise Refusal(_("您已经退出该单位。"))
    _keep_an_admin(mandate)
    return _settle(mandate, approve=False, before=mandate.state, by=by, now=now, note="本人退出")


@transaction.atomic
def set_role(*, mandate: Mandate, role: str, by: User, now: datetime) -> Mandate:
    """Make a colleague an admin or an agent. A party keeps at least one admin."""
    mandate = _locked(mandate)
    _require_decider(by, mandate)
    if role not in Mandate.Role.values:
        raise Refusal(_("没有这种角色，请从列表中选择。"))
    if mandate.state != Mandate.State.ACTIVE:
        raise Refusal(_("授权当前为“%(state)s”，只能调整有效授权的角色。") % {"state": mandate.get_state_display()})
    if mandate.role == role:
        return mandate
    _keep_an_admin(mandate)
    before, mandate.role = mandate.role, role
    mandate.save(update_fields=["role"])
    after = {"user": mandate.user_id, "role": role}
    record(mandate.party, "role", by=by, now=now, before={"role": before}, after=after)
    return mandate


@transaction.atomic
def appoint(
    *, user: User, role: str, by: User | None, now: datetime, district: str = "", party: Party | None = None
) -> Post:
    """Give a user a post; appointing twice changes nothing. ``by`` None is the person who runs the installation."""
    if by is not None:
        access.require_city_officer(by)
    if role not in Post.Role.values:
        raise Refusal(_("没有这种岗位，请从列表中选择。"), fields={"role": _("请从列表中选择一种岗位。")})
    post, created = Post.objects.get_or_create(
        user=user, role=role, district=district, party=party, until=None, defaults={"since": now}
    )
    if created:
        after = {"role": role, "district": district, "party": party.pk if party else None}
        record(user, "appoint", by=by, now=now, after=after)
    return post


@transaction.atomic
def end_post(*, post: Post, by: User, now: datetime) -> Post:
    """End a post. The city keeps at least one officer of the whole city, who can appoint others."""
    access.require_city_officer(by)
    city = Post.objects.filter(role=Post.Role.OFFICER, district="", until=None).select_for_update()
    others = [p for p in city.order_by("pk") if p.pk != post.pk]
    post = Post.objects.select_for_update(of=("self",)).select_related("user").get(pk=post.pk)
    if post.until is not None:
        raise Refusal(_("该岗位已经结束。"))
    if post.role == Post.Role.OFFICER and not post.district and not others:
        raise Refusal(_("这是最后一位市级主管人员，结束后将无人可以任免岗位。请先任命另一位。"))
    post.until = now
    post.save(update_fields=["until"])
    record(post.user, "end_post", by=by, now=now, before={"role": post.role, "district": post.district})
    return post


@transaction.atomic
def save_profile(*, user: User, name: str, phone: str, by: User, now: datetime) -> User:
    """Keep the person's own name and phone number."""
    before = {"name": user.name, "phone": user.phone}
    user.name, user.phone = " ".join(name.split()), phone
    user.save(update_fields=["name", "phone"])
    record(user, "profile", by=by, now=now, before=before, after={"name": user.name, "phone": user.phone})
    return user
