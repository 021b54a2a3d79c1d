"""保存的检索: what is new is told once, at most as often as one chose, and never what was already there."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from kechuang.core.alerts import actions
from kechuang.core.alerts.models import Mute, SavedSearch, Sent
from kechuang.core.alerts.queries import muted, new_results, slot
from kechuang.core.alerts.runs import run, run_due
from kechuang.core.audit.models import Event
from kechuang.core.cases.actions import advance
from kechuang.core.market.models import Offer
from kechuang.core.notices.models import Delivery, Notice
from kechuang.core.parties.models import User
from kechuang.core.search.actions import embed_pending
from kechuang.kit.refusal import NotAllowed, Refusal
from tests.city import NOW, City, published

Frequency = SavedSearch.Frequency
SOON = NOW + timedelta(minutes=20)  # later than any mark needs to settle
TOMORROW = NOW + timedelta(days=1)
CORROSION = {
    "title": "低表面处理防腐涂料",
    "summary": "带锈潮湿的钢材表面可直接涂装。",
    "text": "环氧树脂接枝缓蚀官能团，能在除锈不彻底、有水膜的钢结构表面成膜，耐盐雾 3000 小时。适合码头和风电塔筒。",
    "keywords": ["防腐", "涂料", "盐雾"],
    "industry": ["chemicals-materials"],
    "field": ["materials"],
}


def save(by: User, text: str = "", frequency: str = Frequency.DAILY, now: datetime = NOW, **more: Any) -> SavedSearch:
    given = {"kinds": ["achievements"], "facets": {}, "name": "我的检索"} | more
    return actions.save_search(text=text, frequency=frequency, by=by, now=now, **given)[0]


def told(user: User) -> list[str]:
    return list(
        Notice.objects.filter(user=user, key__startswith="search:").order_by("pk").values_list("text", flat=True)
    )


def test_what_was_there_when_the_search_was_saved_is_never_told(city: City) -> None:
    published(city, "achievements")
    embed_pending()
    save(city.engineer, "光伏组件封装", Frequency.AT_ONCE)
    assert run_due(now=SOON) == 0
    assert run_due(now=TOMORROW) == 0
    assert told(city.engineer) == []


def test_a_new_listing_is_told_once_with_the_name_of_the_search(city: City) -> None:
    search = save(city.engineer, "光伏组件封装", Frequency.AT_ONCE, name="封装工艺")
    offer, _ = published(city, "achievements")
    embed_pending()
    assert run_due(now=SOON) == 1
    assert told(city.engineer) == [f"您保存的检索“封装工艺”有 1 项新结果：{offer.title}"]
    assert Delivery.objects.filter(notice__user=city.engineer, channel="email").count() >= 1
    for later in (SOON + timedelta(minutes=5), SOON + timedelta(hours=1), TOMORROW):
        assert run_due(now=later) == 0
    search.refresh_from_db()
    assert search.told_at == SOON
    assert Sent.objects.filter(search=search, notice__isnull=False).count() == 1


def test_a_text_search_passes_over_what_has_nothing_to_do_with_it(city: City) -> None:
    save(city.engineer, "光伏组件封装", Frequency.AT_ONCE)
    published(city, "achievements", **CORROSION)
    embed_pending()
    assert run_due(now=SOON) == 0
    published(city, "achievements")
    embed_pending()
    assert run_due(now=SOON + timedelta(minutes=5)) == 1


def test_what_is_found_only_by_meaning_is_told_once_its_embedding_is_there(city: City) -> None:
    save(city.engineer, "太阳能板进水发黄怎么办", Frequency.AT_ONCE)
    published(city, "achievements")
    assert run_due(now=SOON) == 0
    embed_pending()
    assert run_due(now=SOON + timedelta(minutes=5)) == 1


def test_filters_alone_are_a_search_too(city: City) -> None:
    save(city.engineer, facets={"industry": ["chemicals-materials"]}, frequency=Frequency.AT_ONCE)
    published(city, "achievements")
    assert run_due(now=SOON) == 0
    published(city, "achievements", **CORROSION)
    assert run_due(now=SOON + timedelta(minutes=5)) == 1


def test_the_mails_come_as_often_as_was_chosen(city: City) -> None:
    for number, frequency in enumerate((Frequency.DAILY, Frequency.WEEKLY, Frequency.NEVER)):
        save(
            city.engineer,
            name=frequency,
            facets={"district": ["370212"]},
            kinds=["achievements", "needs"][: number + 1],
        )
        SavedSearch.objects.filter(name=frequency).update(frequency=frequency)
    published(city, "achievements")
    day = slot(Frequency.DAILY, NOW) + timedelta(days=1)  # NOW is a Wednesday morning
    assert run_due(now=day - timedelta(minutes=1)) == 0
    assert run_due(now=day + timedelta(minutes=4)) == 1
    assert run_due(now=day + timedelta(hours=5)) == 0
    monday = slot(Frequency.WEEKLY, NOW) + timedelta(days=7)
    assert monday.weekday() == 0
    assert run_due(now=monday - timedelta(minutes=1)) == 0
    assert run_due(now=monday + timedelta(minutes=1)) == 1
    assert [t.partition("“")[2].partition("”")[0] for t in told(city.engineer)] == ["daily", "weekly"]


def test_after_a_mail_at_once_the_next_waits_half_an_hour_and_nothing_is_lost(city: City) -> None:
    save(city.engineer, frequency=Frequency.AT_ONCE)
    published(city, "achievements")
    assert run_due(now=SOON) == 1
    published(city, "achievements", **CORROSION, code="second")
    assert run_due(now=SOON + timedelta(minutes=20)) == 0
    assert run_due(now=SOON + timedelta(minutes=31)) == 1
    assert "低表面处理" in told(city.engineer)[-1]


def test_what_comes_back_to_the_market_is_told_again(city: City) -> None:
    save(city.engineer, frequency=Frequency.AT_ONCE)
    offer, case = published(city, "achievements")
    assert run_due(now=SOON) == 1
    case = advance(case=case, step="withdraw", by=city.professor, now=NOW, reason="outdated", note="内容已过时")
    assert run_due(now=SOON + timedelta(hours=1)) == 0
    for step, by in (("reopen", city.professor), ("submit", city.professor), ("publish", city.officer)):
        case = advance(case=case, step=step, by=by, now=NOW)
    assert run_due(now=SOON + timedelta(hours=2)) == 1
    assert offer.title in told(city.engineer)[-1]


def test_a_changed_wording_is_no_news(city: City) -> None:
    offer, _ = published(city, "achievements")
    save(city.engineer, frequency=Frequency.AT_ONCE)
    Offer.objects.filter(pk=offer.pk).update(title="换了名称")
    assert run_due(now=SOON) == 0


def test_a_crash_in_the_middle_leaves_nothing_and_repeats_the_whole(city: City, monkeypatch: Any) -> None:
    search = save(city.engineer, frequency=Frequency.AT_ONCE)
    published(city, "achievements")

    def crash(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as broken:
        broken.setattr(Sent.objects, "bulk_create", crash)
        assert run_due(now=SOON) == 0  # logged, the other searches go on
    assert (told(city.engineer), Sent.objects.count()) == ([], 0)
    assert run(search.pk, now=SOON) is not None
    assert run(search.pk, now=SOON) is None
    assert len(told(city.engineer)) == 1


def test_what_was_muted_is_passed_over(city: City) -> None:
    save(city.engineer, frequency=Frequency.AT_ONCE)
    first, _ = published(city, "achievements")
    second, _ = published(city, "achievements", **CORROSION, code="second")
    third, _ = published(city, "achievements", title="第三项成果的名称", code="third")
    actions.mute(what="item", kind="achievements", ref=third.pk, by=city.engineer, now=NOW)
    actions.mute(what="kind", kind="achievements", industry="chemicals-materials", by=city.engineer, now=NOW)
    assert run_due(now=SOON) == 1
    assert told(city.engineer) == [f"您保存的检索“我的检索”有 1 项新结果：{first.title}"]
    hidden = muted(city.engineer)
    assert (hidden.hides(second), hidden.hides(third), hidden.hides(first)) == (True, True, False)


def test_muting_twice_is_muting_once_and_can_be_taken_back(city: City) -> None:
    offer, _ = published(city, "achievements")
    for _again in range(2):
        row = actions.mute(what="item", kind="achievements", ref=offer.pk, by=city.engineer, now=NOW)
    assert Mute.objects.count() == 1
    with pytest.raises(NotAllowed):
        actions.unmute(mute=row, by=city.stranger, now=NOW)
    actions.unmute(mute=row, by=city.engineer, now=NOW)
    assert Mute.objects.count() == 0
    assert list(Event.objects.filter(subject="alerts.mute").order_by("pk").values_list("verb", flat=True)) == [
        "mute",
        "unmute",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"what": "everything"},
        {"what": "item", "kind": "achievements", "ref": 999_999},
        {"what": "item", "kind": "nothing", "ref": 1},
        {"what": "kind", "kind": "achievements", "industry": "no-such-industry"},
        {"what": "kind", "kind": ""},
        {"what": "matches", "kind": "", "ref": 3},
    ],
)
def test_what_does_not_exist_cannot_be_muted(city: City, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refusal):
        actions.mute(**wrong, by=city.engineer, now=NOW)
    assert Mute.objects.count() == 0


def test_the_same_search_saved_twice_is_one_in_whatever_order_its_filters_stand(city: City) -> None:
    facets = {"industry": ["green-energy", "ai"], "district": ["370212"]}
    search = save(city.engineer, "封装", facets=facets)
    turned = {"district": ["370212"], "industry": ["ai", "green-energy"]}
    again, new = actions.save_search(
        text=" 封装 ", kinds=["achievements"], facets=turned, name="别名", by=city.engineer, now=NOW
    )
    assert (again.pk, new) == (search.pk, False)
    assert save(city.colleague, "封装", facets=facets).pk != search.pk


def test_an_empty_search_and_the_fifty_first_are_refused_with_what_to_do(city: City) -> None:
    with pytest.raises(Refusal, match="检索词"):
        save(city.engineer, "  ", kinds=[])
    for number in range(actions.MOST_SEARCHES):
        save(city.engineer, facets={"industry": ["ai"], "district": [str(number)]})
    with pytest.raises(Refusal, match="50"):
        save(city.engineer, "再来一个")
    actions.end_search(search=SavedSearch.objects.all()[0], by=city.engineer, now=NOW)
    assert save(city.engineer, "再来一个").pk


def test_only_the_owner_changes_or_ends_a_search(city: City) -> None:
    search = save(city.engineer)
    for do in (actions.end_search, actions.change_search, actions.look):
        with pytest.raises(NotAllowed):
            do(search=search, by=city.colleague, now=NOW)
    with pytest.raises(Refusal) as refused:
        actions.change_search(search=search, frequency="hourly", by=city.engineer, now=NOW)
    assert "frequency" in refused.value.fields
    with pytest.raises(Refusal):
        actions.change_search(search=search, name=" ", by=city.engineer, now=NOW)


def test_an_ended_search_and_a_closed_account_get_nothing(city: City) -> None:
    ended = save(city.engineer, frequency=Frequency.AT_ONCE)
    save(city.stranger, frequency=Frequency.AT_ONCE)
    actions.end_search(search=ended, by=city.engineer, now=NOW)
    User.objects.filter(pk=city.stranger.pk).update(is_active=False)
    published(city, "achievements")
    assert run_due(now=SOON) == 0


def test_who_listens_again_hears_only_of_what_comes_from_then_on(city: City) -> None:
    search = save(city.engineer, frequency=Frequency.NEVER)
    published(city, "achievements")
    actions.change_search(search=search, frequency=Frequency.AT_ONCE, by=city.engineer, now=SOON)
    assert run_due(now=SOON + timedelta(minutes=5)) == 0
    published(city, "achievements", **CORROSION, code="second")
    assert run_due(now=SOON + timedelta(minutes=30)) == 1


def test_new_results_are_counted_since_the_last_look_whatever_the_mails(city: City) -> None:
    search = save(city.engineer, frequency=Frequency.NEVER)
    published(city, "achievements")
    assert len(new_results(search, search.seen_mark, muted(city.engineer), 100)) == 1
    actions.look(search=search, by=city.engineer, now=SOON)
    search.refresh_from_db()
    assert new_results(search, search.seen_mark, muted(city.engineer), 100) == []


def test_one_search_that_cannot_be_run_does_not_silence_the_others(city: City) -> None:
    bad = save(city.engineer, frequency=Frequency.AT_ONCE)
    SavedSearch.objects.filter(pk=bad.pk).update(facets={"industry": 5})
    save(city.colleague, frequency=Frequency.AT_ONCE)
    published(city, "achievements")
    assert run_due(now=SOON) == 1
    assert len(told(city.colleague)) == 1
