"""权限规则 access: one object answers both "may she?" and "which ones?"."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)

NOTHING = Q(pk__in=())
EVERYTHING = ~NOTHING


class Rule:
    """规则: a function from a user to a ``Q``, so that lists and buttons cannot disagree.

    A rule must not join to-many relations (use ``field__in=subquery``): then no row comes twice
    and ``filter`` needs no ``distinct``. To give every row return EVERYTHING, never an empty ``Q``, which
    Django drops from an "or". The user may be anonymous.
    """

    def __init__(self, q: Callable[[Any], Q]) -> None:
        self.q = q

    def filter(self, user: Any, rows: QuerySet[M]) -> QuerySet[M]:
        """Those of ``rows`` that the rule gives to the user."""
        return rows.filter(self.q(user))

    def check(self, user: Any, obj: Model) -> bool:
        """Whether the rule gives this saved row to the user; one small query."""
        return type(obj)._default_manager.filter(self.q(user), pk=obj.pk).exists()

    def __or__(self, other: "Rule") -> "Rule":
        return Rule(lambda user: self.q(user) | other.q(user))

    def __and__(self, other: "Rule") -> "Rule":
        return Rule(lambda user: self.q(user) & other.q(user))


def signed_in(q: Callable[[Any], Q]) -> Rule:
    """A rule for signed-in users; anonymous users get nothing."""
    return Rule(lambda user: q(user) if user.is_authenticated else NOTHING)


everyone = Rule(lambda _user: EVERYTHING)
nobody = Rule(lambda _user: NOTHING)
