"""单位核验: by the officer of the district, with reasons; the people hear of every step."""

import pytest

from kechuang.core.audit.queries import history
from kechuang.core.notices import membership
from kechuang.core.notices.queries import notices_of
from kechuang.core.parties import queries
from kechuang.core.parties.models import Mandate, Party, User
from kechuang.kit.refusal import NotAllowed, Refusal
from tests.city import NOW, City

NEW = {"kind": "enterprise", "name": "示例新材料有限公司", "uscc": "91370200264574251E", "district": "370281"}


@pytest.fixture
def party(city: City) -> Party:
    made = membership.register(**NEW, industries=[], accept_check=False, by=city.stranger, now=NOW)
    return made.party


def told(user: User) -> list[str]:
    return [n.text for n in notices_of(user).order_by("pk")]


def test_the_officers_hear_of_a_new_organisation_and_verify_it(city: City, party: Party) -> None:
    for officer in (city.officer, city.district_officer):
        assert told(officer) == ["新登记单位待核验：示例新材料有限公司"]
        assert list(queries.unverified(officer)) == [party]
    membership.verify(party=party, by=city.district_officer, now=NOW)
    party.refresh_from_db()
    assert party.verified_at == NOW
    assert told(city.stranger) == ["示例新材料有限公司已通过核验"]
    assert list(queries.unverified(city.officer)) == []
    with pytest.raises(Refusal, match="已经核验"):
        membership.verify(party=party, by=city.officer, now=NOW)


@pytest.mark.parametrize("name", ["stranger", "engineer", "broker", "expert", "professor"])
def test_only_officers_in_scope_verify(city: City, party: Party, name: str) -> None:
    by = city.people()[name]
    with pytest.raises(NotAllowed):
        membership.verify(party=party, by=by, now=NOW)
    with pytest.raises(NotAllowed):
        membership.send_back(party=party, reason="name", note="", by=by, now=NOW)
    assert list(queries.unverified(by)) == []


def test_an_officer_of_another_district_sees_and_verifies_nothing(city: City) -> None:
    other = NEW | {"district": "370212"}
    party = membership.register(**other, industries=[], accept_check=False, by=city.stranger, now=NOW).party
    assert list(queries.unverified(city.district_officer)) == []
    with pytest.raises(NotAllowed):
        membership.verify(party=party, by=city.district_officer, now=NOW)


def test_sent_back_with_a_reason_corrected_and_waiting_again(city: City, party: Party) -> None:
    membership.send_back(party=party, reason="name", note="少了“股份”二字", by=city.officer, now=NOW)
    party.refresh_from_db()
    assert party.returned_for == "单位名称与统一社会信用代码不一致；少了“股份”二字"
    assert told(city.stranger)[-1].endswith("少了“股份”二字。请更正后等待再次核验")
    membership.correct(
        party=party,
        kind="enterprise",
        name="示例新材料股份有限公司",
        district="370281",
        industries=[],
        by=city.stranger,
        now=NOW,
    )
    party.refresh_from_db()
    assert (party.name, party.returned_for) == ("示例新材料股份有限公司", "")
    assert told(city.officer)[-1] == "单位已更正登记信息，待核验：示例新材料股份有限公司"
    assert [e.verb for e in history(party)] == ["register", "join", "return", "correct"]


def test_an_unknown_reason_is_refused(city: City, party: Party) -> None:
    with pytest.raises(Refusal, match="原因"):
        membership.send_back(party=party, reason="mood", note="", by=city.officer, now=NOW)


def test_an_impostor_loses_the_organisation_and_its_own_people_come_in(city: City, party: Party) -> None:
    membership.send_back(party=party, reason="impostor", note="", by=city.officer, now=NOW)
    assert told(city.stranger)[-1].endswith("如有异议，请联系主管部门")
    assert Mandate.objects.get(party=party).state == "ended"
    mandate = membership.ask_to_join(party=party, by=city.engineer, now=NOW)
    assert (mandate.role, mandate.state) == ("admin", "active")


def test_a_verified_entry_is_not_corrected_by_its_people(city: City, party: Party) -> None:
    membership.verify(party=party, by=city.officer, now=NOW)
    more = {"kind": "agency", "name": "另一个名字", "district": "370212", "industries": []}
    with pytest.raises(Refusal, match="联系主管部门"):
        membership.correct(party=party, **more, by=city.stranger, now=NOW)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        membership.correct(party=city.company, **more, by=city.colleague, now=NOW)  # type: ignore[arg-type]


def test_admins_hear_of_a_request_and_the_asker_hears_of_every_decision(city: City) -> None:
    mandate = membership.ask_to_join(party=city.company, by=city.stranger, now=NOW)
    assert told(city.engineer) == ["示例stranger（stranger@test.example）申请成为示例重锻机械有限公司的经办人，请确认"]
    assert told(city.colleague) == told(city.officer) == []
    for decision in ("approve", "admin", "agent", "end"):
        membership.decide(mandate=mandate, decision=decision, by=city.engineer, now=NOW)
    assert told(city.stranger) == [
        "您在示例重锻机械有限公司的经办人授权已通过",
        "您在示例重锻机械有限公司的角色已改为管理员",
        "您在示例重锻机械有限公司的角色已改为经办人",
        "您在示例重锻机械有限公司的经办人授权已结束",
    ]


def test_a_refused_asker_hears_why(city: City) -> None:
    mandate = membership.ask_to_join(party=city.company, by=city.stranger, now=NOW)
    membership.decide(mandate=mandate, decision="refuse", reason="stranger", by=city.engineer, now=NOW)
    assert told(city.stranger) == ["您在示例重锻机械有限公司的经办人授权未通过（不是本单位人员）"]


def test_where_nobody_leads_the_officers_are_asked(city: City) -> None:
    Mandate.objects.filter(party=city.university).update(state="ended")
    membership.ask_to_join(party=city.university, by=city.stranger, now=NOW)
    assert "申请成为示例海岸理工大学的管理员" in told(city.officer)[0]
    assert told(city.district_officer) == []


def test_an_unknown_decision_is_refused(city: City) -> None:
    mandate = membership.ask_to_join(party=city.company, by=city.stranger, now=NOW)
    with pytest.raises(Refusal, match="没有这种操作"):
        membership.decide(mandate=mandate, decision="", by=city.engineer, now=NOW)
