"""对接的场面 builders."""

from datetime import date, timedelta

from kechuang.core.cases.models import Case
from kechuang.core.market.models import Need, Offer
from kechuang.core.notices.queries import notices_of
from kechuang.core.parties.models import User
from kechuang.services.introductions import actions, queries
from tests.city import NOW

PDF = b"%PDF-1.7 letter"


TODAY = date(2026, 11, 18)


LATER = NOW + timedelta(days=3)


def proposed(pair: tuple[Need, Offer], by: User, *, nda_wanted: bool = False) -> Case:
    need, offer = pair
    return actions.propose(need=need, offer=offer, words="想先看样品", nda_wanted=nda_wanted, by=by, now=NOW)


def fresh(case: Case) -> Case:
    return queries.introductions().get(pk=case.pk)


def second() -> User:
    return User.objects.get(username="second")


def texts(user: User) -> list[str]:
    return [notice.text for notice in notices_of(user)]
