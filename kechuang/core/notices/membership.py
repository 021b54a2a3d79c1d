"""加入单位 membership: each step of joining an organisation, with the notices to those whom it concerns."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.core.notices.actions import tell
from kechuang.core.parties import actions, queries, verification
from kechuang.core.parties.models import Mandate, Party, User
from kechuang.kit.language import main_language
from kechuang.kit.refusal import Refusal

MINE, WAITING = "/my/organisations/", "/organisations/unverified/"


def _tell(people: Iterable[User], text: str, *, but: User, key: str, url: str, now: datetime) -> None:
    for user in people:
        if user.pk != but.pk:
            tell(user=user, text=text, key=f"{key}:{now.isoformat()}", url=url, now=now)


def _role(mandate: Mandate) -> str:
    with main_language():
        return mandate.get_role_display()


def _officers(party: Party) -> list[User]:
    return [post.user for post in queries.officers(party.district).select_related("user")]


@transaction.atomic
def register(
    *,
    kind: str,
    name: str,
    uscc: str,
    district: str,
    industries: Sequence[str],
    accept_check: bool,
    by: User,
    now: datetime,
) -> Mandate:
    """Register an organisation with its first admin; the officers of its district hear of it."""
    mandate = actions.register_and_join(
        kind=kind,
        name=name,
        uscc=uscc,
        district=district,
        industries=industries,
        accept_check=accept_check,
        by=by,
        now=now,
    )
    text = f"新登记单位待核验：{mandate.party.name}"
    _tell(_officers(mandate.party), text, but=by, key=f"party:{mandate.party_id}:new", url=WAITING, now=now)
    return mandate


@transaction.atomic
def ask_to_join(*, party: Party, by: User, now: datetime) -> Mandate:
    """Ask to act for a party; whoever decides about it gets a notice."""
    mandate = actions.join(party=party, by=by, now=now)
    if mandate.state == Mandate.State.REQUESTED:
        led = Mandate.objects.filter(party=party, role=Mandate.Role.ADMIN, state=Mandate.State.ACTIVE).exists()
        url = f"{MINE}{party.pk}/people/" if led else WAITING
        text = f"{by}（{by.email}）申请成为{party.name}的{_role(mandate)}，请确认"
        _tell(queries.deciders(party), text, but=by, key=f"mandate:{mandate.pk}", url=url, now=now)
    return mandate


@transaction.atomic
def decide(*, mandate: Mandate, decision: str, by: User, now: datetime, reason: str = "") -> Mandate:
    """One of approve, refuse, end, admin, agent (by an admin or an officer) or leave (by the person herself)."""
    if decision == "leave":
        return actions.leave(mandate=mandate, by=by, now=now)
    if decision in ("approve", "refuse", "end"):
        done = actions.decide_mandate(mandate=mandate, approve=decision == "approve", by=by, now=now, reason=reason)
        words = {"approve": "已通过", "refuse": "未通过", "end": "已结束"}[decision]
        text = f"您在{done.party.name}的{_role(done)}授权{words}"
    elif decision in Mandate.Role.values:
        done = actions.set_role(mandate=mandate, role=decision, by=by, now=now)
        text = f"您在{done.party.name}的角色已改为{_role(done)}"
    else:
        raise Refusal(_("没有这种操作，请刷新页面后重试。"))
    why = actions.JOIN_REFUSALS.get(reason, "") if decision == "refuse" else ""
    text += f"（{why}）" if why else ""
    _tell([done.user], text, but=by, key=f"mandate:{done.pk}:{decision}", url=MINE, now=now)
    return done


@transaction.atomic
def verify(*, party: Party, by: User, now: datetime) -> Party:
    """Confirm an organisation; its people hear of it."""
    party = verification.verify_party(party=party, by=by, now=now)
    people = [m.user for m in queries.colleagues(party)]
    _tell(people, f"{party.name}已通过核验", but=by, key=f"party:{party.pk}:verified", url=MINE, now=now)
    return party


@transaction.atomic
def send_back(*, party: Party, reason: str, note: str, by: User, now: datetime) -> None:
    """Send an organisation back; its people hear why and what to do."""
    people = verification.return_party(party=party, reason=reason, note=note, by=by, now=now)
    party.refresh_from_db(fields=["returned_for"])
    after = "如有异议，请联系主管部门" if reason in verification.ENDING else "请更正后等待再次核验"
    text = f"{party.name}未通过核验：{party.returned_for}。{after}"
    _tell((m.user for m in people), text, but=by, key=f"party:{party.pk}:returned", url=MINE, now=now)


@transaction.atomic
def correct(
    *, party: Party, kind: str, name: str, district: str, industries: Sequence[str], by: User, now: datetime
) -> Party:
    """Correct an organisation's entry; the officers of its district hear that it waits again."""
    party = verification.correct_party(
        party=party, kind=kind, name=name, district=district, industries=industries, by=by, now=now
    )
    text = f"单位已更正登记信息，待核验：{party.name}"
    _tell(_officers(party), text, but=by, key=f"party:{party.pk}:corrected", url=WAITING, now=now)
    return party
