"""岗位: given and ended by officers of the city; scope decides what is seen."""

import pytest

from kechuang.core.audit.queries import history
from kechuang.core.parties import access, queries
from kechuang.core.parties.actions import appoint, end_post
from kechuang.core.parties.models import Party, Post
from kechuang.kit.refusal import NotAllowed, Refusal
from tests.city import NOW, City


def test_an_officer_of_the_city_appoints_with_a_record(city: City) -> None:
    post = appoint(user=city.stranger, role="officer", district="370212", by=city.officer, now=NOW)
    assert queries.roles_of(city.stranger) == {"officer"}
    event = history(city.stranger).last()
    assert event is not None
    assert (event.verb, event.by_id, event.after) == (
        "appoint",
        city.officer.pk,
        {"role": "officer", "district": "370212", "party": None},
    )
    assert post in queries.posts_in_force(city.officer)


def test_appointing_twice_changes_nothing(city: City) -> None:
    one = appoint(user=city.stranger, role="expert", by=city.officer, now=NOW)
    assert appoint(user=city.stranger, role="expert", by=city.officer, now=NOW) == one
    assert [e.verb for e in history(city.stranger)] == ["appoint"]


@pytest.mark.parametrize("name", ["engineer", "professor", "district_officer", "broker", "expert", "stranger"])
def test_nobody_else_gives_ends_or_sees_posts(city: City, name: str) -> None:
    by = city.people()[name]
    with pytest.raises(NotAllowed, match="市级"):
        appoint(user=by, role="officer", by=by, now=NOW)
    with pytest.raises(NotAllowed, match="市级"):
        end_post(post=Post.objects.get(user=city.broker), by=by, now=NOW)
    assert list(queries.posts_in_force(by)) == []


def test_an_unknown_post_is_refused(city: City) -> None:
    with pytest.raises(Refusal, match="没有这种岗位"):
        appoint(user=city.stranger, role="emperor", by=city.officer, now=NOW)


def test_an_ended_post_gives_nothing_and_can_be_given_again(city: City) -> None:
    post = Post.objects.get(user=city.broker)
    end_post(post=post, by=city.officer, now=NOW)
    assert queries.roles_of(city.broker) == set()
    assert [e.verb for e in history(city.broker)] == ["appoint", "end_post"]
    with pytest.raises(Refusal, match="已经结束"):
        end_post(post=post, by=city.officer, now=NOW)
    assert appoint(user=city.broker, role="broker", by=city.officer, now=NOW) != post


def test_the_city_keeps_an_officer_who_can_appoint(city: City) -> None:
    mine = Post.objects.get(user=city.officer)
    with pytest.raises(Refusal, match="最后一位市级"):
        end_post(post=mine, by=city.officer, now=NOW)
    appoint(user=city.stranger, role="officer", by=city.officer, now=NOW)
    end_post(post=mine, by=city.stranger, now=NOW)
    assert not access.is_city_officer(city.officer)


def test_scopes_city_district_and_rows_without_district(city: City) -> None:
    Party.objects.create(kind="agency", name="示例全市机构", district="", created_at=NOW)
    names = {"示例重锻机械有限公司", "示例海岸理工大学", "示例全市机构"}

    def seen(name: str) -> set[str]:
        rows = access.supervises.filter(city.people()[name], Party.objects.all())
        assert {p.name for p in Party.objects.all() if access.supervises.check(city.people()[name], p)} == {
            p.name for p in rows
        }
        return {p.name for p in rows}

    assert seen("officer") == names
    assert seen("district_officer") == {"示例重锻机械有限公司"}
    appoint(user=city.district_officer, role="officer", district="370212", by=city.officer, now=NOW)
    assert seen("district_officer") == names - {"示例全市机构"}
    for name in ("engineer", "broker", "expert", "stranger"):
        assert seen(name) == set()


def test_officers_of_a_district_come_before_those_of_the_city(city: City) -> None:
    assert [p.user.username for p in queries.officers("370281")] == ["district_officer", "officer"]
    assert [p.user.username for p in queries.officers("370212")] == ["officer"]


def test_a_person_plays_all_her_roles(city: City) -> None:
    appoint(user=city.professor, role="expert", by=city.officer, now=NOW)
    assert queries.roles_of(city.professor) == {"institution", "expert"}
