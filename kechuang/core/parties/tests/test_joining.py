"""登记与加入单位: by credit code, with admins who decide."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from kechuang.core.audit.queries import history
from kechuang.core.parties import access, queries
from kechuang.core.parties.actions import (
    decide_mandate,
    join,
    leave,
    register_and_join,
    register_party,
    save_profile,
    set_role,
)
from kechuang.core.parties.models import Mandate, Party, User
from kechuang.kit.refusal import NotAllowed, Refusal
from tests.city import NOW, City, person

CODE = "91370200264574251E"
NEW = {"kind": "enterprise", "name": "示例新材料有限公司", "uscc": CODE, "district": "370281"}


def mandate_of(user: User, party: Party) -> Mandate:
    return Mandate.objects.exclude(state="ended").get(user=user, party=party)


def roles(party: Party) -> dict[str, tuple[str, str]]:
    return {m.user.username: (m.role, m.state) for m in Mandate.objects.filter(party=party).order_by("id")}


def test_who_registers_an_organisation_is_its_admin_and_it_waits_for_verification(city: City) -> None:
    mandate = register_and_join(**NEW, industries=["materials"], by=city.stranger, now=NOW)  # type: ignore[arg-type]
    party = mandate.party
    assert (mandate.role, mandate.state, party.verified_at) == ("admin", "active", None)
    assert (party.uscc, party.uscc_checked, party.industries) == (CODE, True, ["materials"])
    assert [e.verb for e in history(party)] == ["register", "join"]
    assert list(queries.parties_of(city.stranger)) == [party]
    assert queries.roles_of(city.stranger) == {"enterprise"}


@pytest.mark.parametrize("code", [CODE, CODE.lower(), " 9137 0200 2645 7425 1E "])
def test_a_code_is_registered_once_however_it_is_typed(city: City, code: str) -> None:
    register_party(**NEW, by=city.stranger, now=NOW)  # type: ignore[arg-type]
    with pytest.raises(Refusal, match="申请加入") as refused:
        register_party(**NEW | {"uscc": code}, by=city.expert, now=NOW)  # type: ignore[arg-type]
    assert list(refused.value.fields) == ["uscc"]
    assert Party.objects.filter(uscc=CODE).count() == 1


def test_a_wrong_check_digit_needs_a_look_at_the_licence(city: City) -> None:
    early = NEW | {"uscc": "91350100M0001TGQXM"}
    with pytest.raises(Refusal, match="校验位不符"):
        register_and_join(**early, industries=[], by=city.stranger, now=NOW)  # type: ignore[arg-type]
    assert not Party.objects.filter(uscc=early["uscc"]).exists()
    mandate = register_and_join(**early, industries=[], accept_check=True, by=city.stranger, now=NOW)
    assert mandate.party.uscc_checked is False


def test_a_wrong_format_cannot_be_overridden(city: City) -> None:
    with pytest.raises(Refusal, match="18 位"):
        register_party(**NEW | {"uscc": "123"}, accept_check=True, by=city.stranger, now=NOW)


def test_two_people_register_one_code_at_once_and_one_is_told_to_join(live_city: City) -> None:
    outcomes: list[str] = []
    ready = threading.Barrier(2)

    def register(user: User) -> None:
        ready.wait()
        try:
            register_and_join(**NEW, industries=[], by=user, now=NOW)  # type: ignore[arg-type]
            outcomes.append("registered")
        except Refusal as refusal:
            outcomes.append(refusal.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=register, args=(u,)) for u in (live_city.stranger, live_city.expert)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == sorted(["registered", "该统一社会信用代码已登记，请直接申请加入该单位。"])
    assert Mandate.objects.filter(party__uscc=CODE).count() == 1


def test_others_wait_for_an_admin(city: City) -> None:
    mandate = join(party=city.company, by=city.stranger, now=NOW)
    assert (mandate.role, mandate.state) == ("agent", "requested")
    assert not access.acts_for.check(city.stranger, city.company)
    assert set(queries.deciders(city.company)) == {city.engineer}
    decide_mandate(mandate=mandate, approve=True, by=city.engineer, now=NOW)
    assert access.acts_for.check(city.stranger, city.company)
    assert not access.administers.check(city.stranger, city.company)


def test_nobody_becomes_admin_of_a_verified_organisation_by_being_the_first_to_ask(city: City) -> None:
    party = register_party(**NEW, by=None, now=NOW, verified_at=NOW)  # type: ignore[arg-type]
    mandate = join(party=party, by=city.stranger, now=NOW)
    assert (mandate.role, mandate.state) == ("admin", "requested")
    assert set(queries.deciders(party)) == {city.officer, city.district_officer}
    assert list(queries.requests_without_admin(city.district_officer)) == [mandate]
    with pytest.raises(NotAllowed):
        decide_mandate(mandate=mandate, approve=True, by=city.stranger, now=NOW)
    decide_mandate(mandate=mandate, approve=True, by=city.district_officer, now=NOW)
    assert access.administers.check(city.stranger, party)
    assert list(queries.requests_without_admin(city.district_officer)) == []


def test_asking_twice_changes_nothing_and_asking_again_after_the_end_is_possible(city: City) -> None:
    first = join(party=city.company, by=city.stranger, now=NOW)
    with pytest.raises(Refusal, match="经办人（待确认）"):
        join(party=city.company, by=city.stranger, now=NOW)
    decide_mandate(mandate=first, approve=False, reason="unclear", by=city.engineer, now=NOW)
    join(party=city.company, by=city.stranger, now=NOW)
    assert [m.state for m in queries.mandates_of(city.stranger)] == ["ended", "requested"]


def test_a_refusal_needs_a_reason_which_is_kept(city: City) -> None:
    mandate = join(party=city.company, by=city.stranger, now=NOW)
    with pytest.raises(Refusal, match="原因") as refused:
        decide_mandate(mandate=mandate, approve=False, by=city.engineer, now=NOW)
    assert list(refused.value.fields) == ["reason"]
    decide_mandate(mandate=mandate, approve=False, reason="stranger", by=city.engineer, now=NOW)
    assert history(city.company).last().note == "不是本单位人员"  # type: ignore[union-attr]


def test_a_second_decision_on_the_same_request_is_told_the_state(city: City) -> None:
    mandate = join(party=city.company, by=city.stranger, now=NOW)
    decide_mandate(mandate=mandate, approve=True, by=city.engineer, now=NOW)
    with pytest.raises(Refusal, match="“有效”"):
        decide_mandate(mandate=mandate, approve=True, by=city.engineer, now=NOW)
    decide_mandate(mandate=mandate, approve=False, by=city.engineer, now=NOW)
    with pytest.raises(Refusal, match="“已结束”"):
        decide_mandate(mandate=mandate, approve=True, by=city.engineer, now=NOW)


@pytest.mark.parametrize("name", ["colleague", "professor", "broker", "expert", "stranger"])
def test_agents_and_outsiders_decide_nothing(city: City, name: str) -> None:
    asked = join(party=city.company, by=person("new"), now=NOW)
    by = city.people()[name]
    for mandate in (asked, mandate_of(city.colleague, city.company)):
        with pytest.raises(NotAllowed):
            decide_mandate(mandate=mandate, approve=False, reason="unclear", by=by, now=NOW)
    with pytest.raises(NotAllowed):
        set_role(mandate=mandate_of(city.colleague, city.company), role="admin", by=by, now=NOW)
    assert roles(city.company)["new"] == ("agent", "requested")


def test_officers_decide_in_their_district_only(city: City) -> None:
    here = join(party=city.company, by=city.stranger, now=NOW)
    there = join(party=city.university, by=city.stranger, now=NOW)
    decide_mandate(mandate=here, approve=True, by=city.district_officer, now=NOW)
    with pytest.raises(NotAllowed):
        decide_mandate(mandate=there, approve=True, by=city.district_officer, now=NOW)
    decide_mandate(mandate=there, approve=True, by=city.officer, now=NOW)


def test_the_last_admin_cannot_be_ended_demoted_or_leave(city: City) -> None:
    last = mandate_of(city.engineer, city.company)
    attempts: list[Callable[[], Mandate]] = [
        lambda: decide_mandate(mandate=last, approve=False, by=city.engineer, now=NOW),
        lambda: decide_mandate(mandate=last, approve=False, by=city.officer, now=NOW),
        lambda: set_role(mandate=last, role="agent", by=city.engineer, now=NOW),
        lambda: leave(mandate=last, by=city.engineer, now=NOW),
    ]
    for attempt in attempts:
        with pytest.raises(Refusal, match="唯一的管理员"):
            attempt()
    assert roles(city.company)["engineer"] == ("admin", "active")
    set_role(mandate=mandate_of(city.colleague, city.company), role="admin", by=city.engineer, now=NOW)
    leave(mandate=last, by=city.engineer, now=NOW)
    assert roles(city.company) == {"engineer": ("admin", "ended"), "colleague": ("admin", "active")}


def test_two_admins_who_leave_at_once_leave_one_behind(live_city: City) -> None:
    company = live_city.company
    set_role(mandate=mandate_of(live_city.colleague, company), role="admin", by=live_city.engineer, now=NOW)
    mandates = [mandate_of(u, company) for u in (live_city.engineer, live_city.colleague)]
    ready = threading.Barrier(2)

    def go(mandate: Mandate) -> None:
        ready.wait()
        try:
            leave(mandate=mandate, by=mandate.user, now=NOW)
        except Refusal:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(m,)) for m in mandates]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(state for _, state in roles(company).values()) == ["active", "ended"]


def test_one_leaves_only_ones_own(city: City) -> None:
    with pytest.raises(NotAllowed):
        leave(mandate=mandate_of(city.colleague, city.company), by=city.engineer, now=NOW)
    leave(mandate=mandate_of(city.colleague, city.company), by=city.colleague, now=NOW)
    assert not access.acts_for.check(city.colleague, city.company)


@pytest.mark.parametrize(("state", "message"), [("requested", "待确认"), ("ended", "已结束")])
def test_only_a_live_mandate_changes_its_role(city: City, state: str, message: str) -> None:
    mandate = mandate_of(city.colleague, city.company)
    Mandate.objects.filter(pk=mandate.pk).update(state=state)
    with pytest.raises(Refusal, match=message):
        set_role(mandate=mandate, role="admin", by=city.engineer, now=NOW)


def test_an_unknown_role_is_refused(city: City) -> None:
    with pytest.raises(Refusal, match="没有这种角色"):
        set_role(mandate=mandate_of(city.colleague, city.company), role="king", by=city.engineer, now=NOW)


def test_colleagues_are_seen_by_colleagues_and_officers_of_the_district(city: City) -> None:
    join(party=city.company, by=city.stranger, now=NOW + timedelta(hours=1))
    seen = {name for name, user in city.people().items() if access.see_people.check(user, city.company)}
    assert seen == {"engineer", "colleague", "officer", "district_officer"}
    assert [m.state for m in queries.colleagues(city.company)] == ["requested", "active", "active"]


def test_a_profile_keeps_name_and_phone_with_a_record(city: City) -> None:
    save_profile(user=city.stranger, name="  示例 \n 吴 ", phone="13800000000", by=city.stranger, now=NOW)
    city.stranger.refresh_from_db()
    assert (city.stranger.name, city.stranger.phone) == ("示例 吴", "13800000000")
    event = history(city.stranger).last()
    assert event is not None
    assert (event.verb, event.before) == ("profile", {"name": "示例stranger", "phone": ""})
