"""演示满意度: older introductions to one institution, and what the askers say of what has ended. All fictional."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import Count

from kechuang.core.cases.models import Case
from kechuang.core.cases.satisfaction import answer, ask
from kechuang.core.market.models import Need, Offer, Status
from kechuang.core.matching.queries import MAIN, answers, asked
from kechuang.core.parties.models import Mandate
from kechuang.services.introductions import queries

EACH = 3  # older introductions of one need
FIT = 30  # points that a pair must have
# In time, useful -> what was said with it.
WORDS = {
    (True, True): ("回复很快，第二天就约了见面。", "介绍得很清楚，样品也及时寄到。", "", ""),
    (True, False): ("联系及时，只是技术方向不太对，希望事先多问一句。", ""),
    (False, True): ("前两周没有人联系，见面以后谈得不错。", ""),
    (False, False): ("催了以后才有回音，方向也不对。", ""),
}


def older_pairs(today: date) -> Iterator[tuple[Need, Offer]]:
    """Needs of people with a login, with fitting achievements of the institution that has published the most."""
    led = Mandate.objects.filter(state=Mandate.State.ACTIVE).values("party_id")
    offers = Offer.objects.filter(status=Status.PUBLIC, fictional=True, service=MAIN)
    busiest = offers.order_by().values_list("party").annotate(n=Count("pk")).order_by("-n", "party").first()
    needs = Need.objects.filter(status=Status.PUBLIC, fictional=True, service="needs", party__in=led)
    for need in needs.select_related("party").order_by("code"):
        fitting = [a.offer for a in answers(asked(need), today) if a.score.score >= FIT]
        mine = [o for o in fitting if busiest and o.party_id == busiest[0] and o.party_id != need.party_id]
        there = set(Case.objects.filter(service=queries.CODE, need=need).values_list("offer_id", flat=True))
        for offer in [o for o in mine if o.pk not in there][:EACH]:
            yield need, offer


def answer_ended(now: datetime) -> int:
    """Ask about everything that has ended, and answer most of it; nobody is told of the past."""
    dice = random.Random(2029)  # noqa: S311 - reproducible, not secret
    given = 0
    cases = Case.objects.filter(service=queries.CODE, owner="", need__fictional=True)
    for case in cases.select_related("applicant", "offer__party", "need").order_by("since", "pk"):
        mandate = Mandate.objects.filter(party=case.applicant_id, state=Mandate.State.ACTIVE).order_by("pk").first()
        row = ask(case=case, now=case.since, quiet=True) if mandate else None
        if row is None or mandate is None or dice.random() < 0.15:
            continue
        in_time, useful = dice.random() < 0.8, case.state == "signed" or dice.random() < 0.6
        at = min(case.since + timedelta(days=dice.randint(1, 5)), now)
        text = dice.choice(WORDS[in_time, useful])
        answer(row=row, by=mandate.user, now=at, in_time=in_time, useful=useful, text=text)
        given += 1
    return given
