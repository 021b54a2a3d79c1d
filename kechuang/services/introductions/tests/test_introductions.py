"""对接: proposing, following up, ending; who may what; races; what happens when a side leaves the market."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from kechuang.core.cases.access import view_case
from kechuang.core.cases.actions import advance, open_case, remove_material
from kechuang.core.cases.models import Case
from kechuang.core.cases.queries import events, waiting_for
from kechuang.core.market.models import Need, Offer
from kechuang.core.parties.actions import appoint
from kechuang.core.taskforces.models import TaskForce
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.introductions import access, actions, holding, queries
from kechuang.services.introductions.tests.scenes import LATER, PDF, TODAY, fresh, proposed, second, texts
from tests.city import NOW, City, person, published


def test_the_asker_proposes_and_the_team_of_the_industry_follows_up(
    city: City, pair: tuple[Need, Offer], team: TaskForce
) -> None:
    case = fresh(proposed(pair, city.engineer))
    row = case.introduction
    assert (case.state, case.owner, case.task_force, case.applicant) == ("proposed", "broker", team, city.company)
    assert case.due_on == date(2026, 11, 23)
    assert case.assignee in (city.broker, second())
    assert (row.origin, row.words, row.routed, row.claimed_at) == ("asker", "想先看样品", ["产业：绿色能源"], None)
    assert any(reason["words"].startswith("产业") for reason in row.reasons)
    assert not any("发布" in reason["words"] for reason in row.reasons)  # "published today" is true on one day alone
    told = f"需求方请求对接：{pair[0].title} × {pair[1].title}。由示例绿色能源服务专班跟进，请留意联系。"
    assert told in texts(city.professor)
    assert told in texts(case.assignee)
    assert told not in texts(city.engineer)
    assert case in waiting_for(case.assignee)


def test_each_capacity_proposes_in_its_own_name_and_strangers_cannot(city: City, pair: tuple[Need, Offer]) -> None:
    capacities = {name: access.origins(user, [pair])[0] for name, user in city.people().items()}
    assert {name: origin for name, origin in capacities.items() if origin} == {
        "engineer": "asker",
        "colleague": "asker",
        "professor": "owner",
        "officer": "officer",
        "district_officer": "officer",
        "broker": "broker",
    }
    with pytest.raises(NotAllowed):
        proposed(pair, city.stranger)
    assert Case.objects.filter(service="introductions").count() == 0


def test_of_one_pair_only_one_introduction_is_open_and_after_its_end_another_may_follow(
    city: City, pair: tuple[Need, Offer]
) -> None:
    first = proposed(pair, city.engineer)
    with pytest.raises(actions.AlreadyOpen) as refused:
        proposed(pair, city.professor)
    assert refused.value.case == first
    advance(case=first, step="close", by=city.engineer, now=NOW, reason="timing")
    assert proposed(pair, city.professor).pk != first.pk


def test_the_database_refuses_a_second_open_introduction(city: City, pair: tuple[Need, Offer]) -> None:
    proposed(pair, city.engineer)
    with pytest.raises(IntegrityError, match="introductions_one_open"), transaction.atomic():
        open_case(service="introductions", applicant=city.company, by=None, now=NOW, need=pair[0], offer=pair[1])


def test_what_has_left_the_market_cannot_be_introduced(city: City, pair: tuple[Need, Offer]) -> None:
    case = Case.objects.get(service="achievements")
    advance(case=case, step="withdraw", by=city.professor, now=NOW, reason="outdated")
    with pytest.raises(Refusal, match="已经下架"):
        proposed(pair, city.engineer)


def test_without_a_team_an_officer_follows_up(city: City) -> None:
    offer, _ = published(city, "achievements")
    need, _ = published(city, "needs")
    case = proposed((need, offer), city.engineer)
    assert (case.task_force, case.assignee) == (None, city.district_officer)


def test_from_the_first_call_to_the_signed_letter(city: City, pair: tuple[Need, Offer]) -> None:
    case = proposed(pair, city.engineer)
    holding.claim(case=case, by=city.broker, now=NOW)
    said = actions.Said(
        person="需求方 示例赵经理",
        channel="phone",
        result="reached",
        on=TODAY,
        text="愿意先看样品。",
        next_step="约双方见面",
        next_on=date(2026, 11, 20),
        move=True,
    )
    actions.log_contact(case=case, said=said, form_key="k1", by=city.broker, now=NOW)
    case = fresh(case)
    assert (case.state, case.assignee, case.next_step) == ("contacted", city.broker, "约双方见面")  # type: ignore[attr-defined]
    for step in ("meet", "negotiate", "draft"):
        case = advance(case=case, step=step, by=city.broker, now=LATER)
    assert (case.state, case.owner, case.assignee) == ("loi", "applicant", city.engineer)
    with pytest.raises(Refusal, match="先上传"):
        advance(case=case, step="sign", by=city.engineer, now=LATER)
    actions.sign(case=case, name="意向书.pdf", chunks=[PDF], on=TODAY, by=city.engineer, now=LATER)
    case = fresh(case)
    row = case.introduction
    assert (case.state, case.owner, case.assignee, row.signed_on) == ("signed", "", None, TODAY)
    assert row.letter is not None
    assert (row.letter.label, row.letter.tier) == ("意向书", "case")
    labels = [label for _event, label in events(case)]
    assert labels == [
        *("发起", "接手跟进", "联系记录", "已联系上", "已见面", "进入洽谈", "准备签意向书", "提交材料"),
        "登记已签的意向书",
    ]
    assert any("登记已签的意向书" in text for text in texts(city.professor))
    with pytest.raises(Refusal, match="归档"):
        remove_material(material=row.letter, by=city.engineer, now=LATER)


def test_steps_may_be_skipped_and_talks_resumed_with_a_reason(city: City, pair: tuple[Need, Offer]) -> None:
    case = proposed(pair, city.engineer)
    for step in ("meet", "draft"):
        case = advance(case=case, step=step, by=city.broker, now=NOW)
    with pytest.raises(Refusal, match="选择原因"):
        advance(case=case, step="resume", by=city.professor, now=NOW)
    case = advance(case=case, step="resume", by=city.professor, now=NOW, reason="terms")
    assert case.state == "negotiating"
    assert any("条款有分歧" in text for text in texts(city.engineer))


def test_who_wants_an_nda_first_gets_it_first_or_gives_it_up(city: City, pair: tuple[Need, Offer]) -> None:
    case = proposed(pair, city.engineer, nda_wanted=True)
    case = advance(case=case, step="meet", by=city.broker, now=NOW)
    with pytest.raises(Refusal, match="先签保密协议"):
        advance(case=case, step="negotiate", by=city.broker, now=NOW)
    with pytest.raises(NotAllowed):
        actions.want_nda(case=case, wanted=False, by=city.broker, now=NOW)
    actions.want_nda(case=case, wanted=False, by=city.professor, now=NOW)
    actions.want_nda(case=case, wanted=True, by=city.engineer, now=NOW)
    case = advance(case=case, step="sign_nda", by=city.broker, now=NOW)
    case = advance(case=case, step="negotiate", by=city.broker, now=NOW)
    assert case.state == "negotiating"


def test_a_refusal_carries_its_reason_to_the_other_side(city: City, pair: tuple[Need, Offer]) -> None:
    case = proposed(pair, city.engineer)
    with pytest.raises(Refusal, match="选择原因"):
        advance(case=case, step="close", by=city.professor, now=NOW)
    advance(case=case, step="close", by=city.professor, now=NOW, reason="taken", note="上月已许可给别家")
    assert any("成果已转让或许可给他人；上月已许可给别家" in text for text in texts(city.engineer))


def test_only_the_two_sides_the_team_and_the_officers_of_the_place_see_it(city: City, pair: tuple[Need, Offer]) -> None:
    outsider, laoshan = person("outsider"), person("laoshan")
    appoint(user=outsider, role="broker", by=None, now=NOW)
    appoint(user=laoshan, role="officer", district="370212", by=None, now=NOW)
    case = proposed(pair, city.engineer)
    crowd = city.people() | {"second": second(), "outsider": outsider, "laoshan": laoshan}
    seen = {name for name, user in crowd.items() if view_case.check(user, case)}
    workers = {name for name, user in crowd.items() if access.worker.check(user, case)}
    claimers = {name for name, user in crowd.items() if access.broker.check(user, case)}
    assert seen == {"engineer", "colleague", "professor", "officer", "district_officer", "broker", "second"}
    assert workers == {"officer", "district_officer", "broker", "second"}
    assert claimers == {"broker", "second"}


def test_a_broker_outside_the_team_who_proposed_it_may_look_and_no_more(city: City, pair: tuple[Need, Offer]) -> None:
    outsider = person("outsider")
    appoint(user=outsider, role="broker", by=None, now=NOW)
    case = proposed(pair, outsider)
    assert view_case.check(outsider, case)
    with pytest.raises(NotAllowed):
        holding.claim(case=case, by=outsider, now=NOW)
    with pytest.raises(NotAllowed):
        advance(case=case, step="contact", by=outsider, now=NOW)
    assert queries.remarks(outsider, case) == []


def test_sides_take_no_step_of_the_team(city: City, pair: tuple[Need, Offer]) -> None:
    case = proposed(pair, city.engineer)
    for user in (city.engineer, city.professor, city.stranger):
        with pytest.raises(NotAllowed):
            advance(case=case, step="contact", by=user, now=NOW)
    said = actions.Said(person="甲", channel="phone", result="reached", on=TODAY)
    with pytest.raises(NotAllowed):
        actions.log_contact(case=case, said=said, form_key="", by=city.engineer, now=NOW)
