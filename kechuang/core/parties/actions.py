"""主体写入: register, join, mandate, appoint."""

from datetime import datetime
from typing import Any

from django.db import transaction

from kechuang.core.audit.actions import record
from kechuang.core.parties import access
from kechuang.core.parties.models import Mandate, Party, Post, User
from kechuang.kit.identifiers import WrongFormat, clean_uscc
from kechuang.kit.refusal import NotAllowed, Refusal


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
    with the licence. A code can be registered once.
    """
    code, checked = _code(uscc, accept_check=accept_check)
    if Party.objects.filter(uscc=code).exists():
        raise Refusal("该单位已登记，请直接申请加入。", fields={"uscc": "该统一社会信用代码已登记，请申请加入该单位。"})
    party = Party.objects.create(
        kind=kind,
        name=name.strip(),
        uscc=code,
        uscc_checked=checked,
        district=district,
        created_at=now,
        **more,
    )
    record(party, "register", by=by, now=now, after={"name": party.name, "uscc": code, "kind": kind})
    return party


def _code(uscc: str, *, accept_check: bool) -> tuple[str, bool]:
    try:
        code, checked = clean_uscc(uscc)
    except WrongFormat as error:
        raise Refusal(str(error), fields={"uscc": str(error)}) from error
    if not checked and not accept_check:
        message = "校验位不符。若与营业执照完全一致（少数早期代码如此），请勾选“已核对无误”后再次提交。"
        raise Refusal(message, fields={"uscc": message})
    return code, checked


@transaction.atomic
def join(*, party: Party, by: User, now: datetime, role: str = Mandate.Role.AGENT) -> Mandate:
    """Ask to act for a party. The first person of a new party becomes its admin; others wait for an admin."""
    party = Party.objects.select_for_update().get(pk=party.pk)
    live = Mandate.objects.filter(party=party).exclude(state=Mandate.State.ENDED)
    mine = live.filter(user=by).first()
    if mine:
        raise Refusal(f"您已是该单位的{mine.get_role_display()}（{mine.get_state_display()}），无需重复申请。")
    first = not live.exists()
    mandate = Mandate.objects.create(
        user=by,
        party=party,
        role=Mandate.Role.ADMIN if first else role,
        state=Mandate.State.ACTIVE if first else Mandate.State.REQUESTED,
        requested_at=now,
        decided_at=now if first else None,
    )
    record(party, "join", by=by, now=now, after={"role": mandate.role, "state": mandate.state})
    return mandate


@transaction.atomic
def decide_mandate(*, mandate: Mandate, approve: bool, by: User, now: datetime) -> Mandate:
    """Approve or end a mandate. A party's last admin cannot be removed."""
    mandate = Mandate.objects.select_for_update(of=("self",)).select_related("party").get(pk=mandate.pk)
    if not access.decide_mandate.check(by, mandate):
        raise NotAllowed("只有本单位管理员或主管部门可以确认经办人。")
    Party.objects.select_for_update().get(pk=mandate.party_id)
    before = mandate.state
    if not approve and mandate.role == Mandate.Role.ADMIN and mandate.state == Mandate.State.ACTIVE:
        admins = Mandate.objects.filter(party=mandate.party, role=Mandate.Role.ADMIN, state=Mandate.State.ACTIVE)
        if admins.count() < 2:
            raise Refusal("这是该单位唯一的管理员。请先指定另一位管理员。")
    mandate.state = Mandate.State.ACTIVE if approve else Mandate.State.ENDED
    mandate.decided_at = now
    mandate.save(update_fields=["state", "decided_at"])
    record(
        mandate.party,
        "mandate",
        by=by,
        now=now,
        before={"state": before},
        after={"user": mandate.user_id, "state": mandate.state},
    )
    return mandate


@transaction.atomic
def appoint(
    *, user: User, role: str, by: User | None, now: datetime, district: str = "", party: Party | None = None
) -> Post:
    """Give a user a post; appointing twice changes nothing."""
    post, created = Post.objects.get_or_create(
        user=user, role=role, district=district, party=party, until=None, defaults={"since": now}
    )
    if created:
        record(user, "appoint", by=by, now=now, after={"role": role, "district": district})
    return post
