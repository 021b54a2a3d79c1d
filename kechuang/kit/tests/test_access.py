"""权限规则: one object answers "may she?" and "which ones?", and the two agree."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.db.models import Q

from kechuang.kit.access import EVERYTHING, NOTHING, Rule, everyone, nobody, signed_in

ANNA, BOB, NOBODY = (
    SimpleNamespace(name="a", is_authenticated=True),
    SimpleNamespace(name="b", is_authenticated=True),
    AnonymousUser(),
)
own = signed_in(lambda user: Q(name__startswith=user.name))
odd = Rule(lambda _user: Q(name__endswith="1"))


@pytest.fixture
def groups(db: None) -> list[Group]:
    return [Group.objects.create(name=name) for name in ("a1", "a2", "b1", "c1")]


def seen(rule: Rule, user: object) -> list[str]:
    """Names that the rule gives, after comparing filter with check for every row."""
    rows = Group.objects.order_by("name")
    names = [g.name for g in rule.filter(user, rows)]
    assert [g.name for g in rows if rule.check(user, g)] == names
    return names


@pytest.mark.parametrize(
    ("rule", "user", "expected"),
    [
        (own, ANNA, ["a1", "a2"]),
        (own, BOB, ["b1"]),
        (own, NOBODY, []),
        (odd, NOBODY, ["a1", "b1", "c1"]),
        (own | odd, ANNA, ["a1", "a2", "b1", "c1"]),
        (own & odd, ANNA, ["a1"]),
        (own & odd, NOBODY, []),
        (own | odd, NOBODY, ["a1", "b1", "c1"]),
        (everyone, NOBODY, ["a1", "a2", "b1", "c1"]),
        (nobody, ANNA, []),
        (everyone | own, BOB, ["a1", "a2", "b1", "c1"]),
        (nobody | own, BOB, ["b1"]),
        (nobody & everyone, BOB, []),
    ],
)
def test_rules_combine(groups: list[Group], rule: Rule, user: object, expected: list[str]) -> None:
    assert seen(rule, user) == expected


def test_everything_and_nothing_keep_their_meaning_in_combination(groups: list[Group]) -> None:
    assert Group.objects.filter(NOTHING | Q(name="a1")).count() == 1
    assert Group.objects.filter(EVERYTHING | Q(name="a1")).count() == 4
    assert Group.objects.filter(EVERYTHING & Q(name="a1")).count() == 1


def test_a_row_that_is_gone_is_nobodys(groups: list[Group]) -> None:
    gone = Group.objects.get(name="c1")
    Group.objects.filter(pk=gone.pk).delete()
    assert everyone.check(ANNA, gone) is False
