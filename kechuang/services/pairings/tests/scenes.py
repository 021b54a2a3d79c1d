"""结对的场面 builders: a platform, a request, agreed terms."""

from datetime import date
from typing import Any

from kechuang.core.cases.actions import advance
from kechuang.core.market.models import Offer
from kechuang.services.pairings import actions
from kechuang.services.pairings.models import Pairing
from tests.city import NOW, City, published

TERMS: dict[str, Any] = {
    "goals": "半年内完成三批样品的对比试验。",
    "starts_on": date(2026, 12, 1),
    "ends_on": date(2027, 11, 30),
    "every": 6,
    "platform_contact": "示例教授",
    "party_contact": "示例工程师",
}


def platform(city: City, **changes: Any) -> Offer:
    content = {
        "title": "示例封装中试基地",
        "kind": "pilot-base",
        "level": "city",
        "pairing": "open",
        "district": "370281",
    }
    found: Offer = published(city, "platforms", **content | changes)[0]
    return found


def asked(city: City, offer: Offer, kind: str = "pairing", **more: Any) -> Pairing:
    given: dict[str, Any] = {"party": city.company, "by": city.engineer, "now": NOW} | more
    return actions.ask(platform=offer, kind=kind, purpose="想一起做封装的湿热试验。", **given)


def agreed(city: City) -> Pairing:
    pairing = asked(city, platform(city))
    advance(case=pairing.case, step="talk", by=city.professor, now=NOW, note="周四上午电话。")
    pairing = actions.propose_terms(pairing=pairing, content=TERMS, version=1, by=city.professor, now=NOW)
    advance(case=pairing.case, step="agree", by=city.engineer, now=NOW)
    return fresh(pairing)


def fresh(pairing: Pairing) -> Pairing:
    return Pairing.objects.select_related("case").get(pk=pairing.pk)
