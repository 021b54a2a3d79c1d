"""政策库小城 reading: a subscription, a visitor's suggestion, an answered question, one that is kept as FAQ."""

from dataclasses import dataclass

from kechuang.core.cases.actions import advance
from kechuang.core.cases.models import Case
from kechuang.core.policy.queries import latest
from kechuang.services.policies import actions, news
from kechuang.services.policies.models import Faq, Subscription
from tests.city import NOW, City

CODE = "cn-tech-sme"


@dataclass
class Reading:
    """On the pack of technology SMEs, in the hands of the city's bureau."""

    subscription: Subscription  # the engineer's
    link: str
    suggestion: Case  # a visitor's, waiting
    answered: Case
    faq: Faq


def suggested(text: str, **more: str) -> Case:
    """A visitor's suggestion."""
    version = latest(CODE)
    assert version is not None
    said = actions.Suggested(**({"about": "unclear", "text": text, "origin": "o"} | more))
    return actions.suggest(version=version, said=said, now=NOW)


def answered(city: City, text: str) -> Case:
    """A suggestion with its answer."""
    return advance(case=suggested(text), step="answer", by=city.officer, now=NOW, note="以报告期末为准。")


def reading(city: City) -> Reading:
    """All of them."""
    subscription = news.subscribe(by=city.engineer, now=NOW, level="national")
    faq = actions.keep_faq(
        case=answered(city, "人数按什么时点？"), question="人数时点？", answer="报告期末。", by=city.officer, now=NOW
    )
    return Reading(
        subscription, news.token(subscription, CODE), suggested("口径写得不清楚"), answered(city, "另一个问题"), faq
    )
