"""匹配打分 score: features of a need and an offer, a score and the reasons in words. Pure."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from kechuang.core.matching.likeness import Kept, Likeness
from kechuang.kit.money import show, show_range
from kechuang.kit.text import Say, noop, shared_terms

Label = Callable[[str, str], str]  # (scheme, code) -> words

ENGINE = "score-2"
# Relevance of the texts decides; what can be agreed upon in a talk only tips the scales. Of the 0.70 for the texts the
# three parts have shares with which the labelled sets are put in as good an order as by search itself.
WEIGHTS: Mapping[str, float] = {
    "tokens": 0.28,
    "meaning": 0.21,
    "words": 0.21,
    "industry": 0.08,
    "maturity": 0.07,
    "field": 0.04,
    "budget": 0.04,
    "cooperation": 0.03,
    "district": 0.02,
    "freshness": 0.02,
}
# What each feature is called where weights are shown.
NAMES: Mapping[str, str] = {
    "tokens": noop("逐词对照"),
    "meaning": noop("意思"),
    "words": noop("用词"),
    "industry": noop("产业"),
    "field": noop("技术领域"),
    "maturity": noop("成熟度"),
    "budget": noop("预算"),
    "cooperation": noop("合作方式"),
    "district": noop("区市"),
    "freshness": noop("发布时间"),
}
NEUTRAL = 0.5  # the value of a feature that nobody can know yet
# From this score both sides are told of a match. Of the demo's 51 labelled answers 43 reach it, and 7 other offers for
# the same needs; at 64 it would be 48 and 17, at 75 only 31 and 1.
STRONG = 68
RESET = 2.0  # how much more a feature counts for a need after a refusal because of it
APPLICABLE = 6  # from this level of the 13 on a trial at the user's is realistic
URGENT = {"urgent": 8, "soon": 7, "normal": 5}  # the level at which an urgency is fully served
FRESH_DAYS = 730
SPEAKS, AGAINST = 0.6, 0.4  # from the one a feature speaks for a pair, below the other against it

# Why somebody says "不合适", and the feature that then counts more for this need.
REFUSALS: Mapping[str, tuple[str, str]] = {
    "off_topic": (noop("不是同一个问题"), "meaning"),
    "wrong_industry": (noop("行业或工况不同"), "industry"),
    "immature": (noop("技术还不成熟"), "maturity"),
    "too_expensive": (noop("价格超出预算"), "budget"),
    "cooperation": (noop("合作方式不合适"), "cooperation"),
    "known": (noop("已经试过或已了解"), ""),
    "other": (noop("其他"), ""),
}


@dataclass(frozen=True)
class Speech:
    """措辞: in which words reasons are given: labels of codes, a translator, amounts, what joins a list."""

    label: Label
    say: Say = str
    money: Callable[[Decimal | None], str] = show
    comma: str = "、"


@dataclass(frozen=True)
class Asked:
    """需求方: what matching knows of a need; empty values are unknown."""

    text: str
    industry: Sequence[str] = ()
    field: Sequence[str] = ()
    district: str = ""
    cooperation: Sequence[str] = ()
    urgency: str = ""
    budget_min: Decimal | None = None
    budget_max: Decimal | None = None


@dataclass(frozen=True)
class Offered:
    """供给方: what matching knows of an offer."""

    text: str
    industry: Sequence[str] = ()
    field: Sequence[str] = ()
    district: str = ""
    cooperation: Sequence[str] = ()
    maturity: int | None = None
    price_mode: str = ""
    price: Decimal | None = None
    published_on: date | None = None


@dataclass(frozen=True)
class Reason:
    """理由: one feature of a pair: its value from 0 to 1 (None: cannot tell), its weight, and the words for it.

    ``lacks`` says whose data are missing where the value is None: asker 需求方 or owner 供给方.
    """

    feature: str
    value: float | None
    weight: float
    words: str
    terms: tuple[str, ...] = ()
    lacks: str = ""

    @property
    def speaks(self) -> str:
        """for 有利, against 不利 or open 待定."""
        if self.value is None:
            return "open"
        return "for" if self.value >= SPEAKS else ("against" if self.value < AGAINST else "open")


@dataclass(frozen=True)
class Score:
    """匹配度: 0–100, with a reason for each feature, the heaviest first."""

    score: float
    reasons: tuple[Reason, ...] = field(default=())

    @property
    def terms(self) -> tuple[str, ...]:
        """The words that both texts share, for marking."""
        return next((r.terms for r in self.reasons if r.feature == "words"), ())

    def features(self) -> dict[str, float | None]:
        """The value of each feature, for learning."""
        return {r.feature: r.value for r in self.reasons}


def weights_after(refusals: Sequence[str], weights: Mapping[str, float] = WEIGHTS) -> dict[str, float]:
    """The weights for one need, after the reasons for which its people refused offers."""
    weights = dict(weights)
    for reason in set(refusals):
        feature = REFUSALS.get(reason, ("", ""))[1]
        if feature:
            weights[feature] *= RESET
    return weights


def score(
    asked: Asked,
    offered: Offered,
    *,
    likeness: Likeness | Kept,
    today: date,
    speech: Speech,
    telling: Container[str] | None = None,
    weights: Mapping[str, float] = WEIGHTS,
) -> Score:
    """Rate a pair by how alike its texts are and by what both sides say.

    Of the words that both texts share only those in ``telling`` are named (None: all). Where tokens were not compared
    there is no reason of that kind, and the others make the score.
    """
    shares = likeness.shares()
    reasons = (
        *_tokens(shares["tokens"], speech, weights),
        _meaning(shares["meaning"], speech, weights),
        _words(asked, offered, shares["words"] or 0.0, speech, weights, telling),
        _overlap("industry", asked.industry, offered.industry, speech, weights),
        _overlap("field", asked.field, offered.field, speech, weights),
        _maturity(asked, offered, speech, weights),
        _budget(asked, offered, speech, weights),
        _overlap("cooperation", asked.cooperation, offered.cooperation, speech, weights),
        _district(asked, offered, speech, weights),
        _freshness(offered, today, speech, weights),
    )
    total = sum(r.weight * (NEUTRAL if r.value is None else r.value) for r in reasons)
    ordered = sorted(reasons, key=lambda r: -r.weight)
    return Score(round(100 * total / sum(r.weight for r in reasons), 1), tuple(ordered))


def _share(value: float) -> float:
    return round(max(0.0, min(1.0, value)), 3)


def _tokens(share: float | None, speech: Speech, weights: Mapping[str, float]) -> tuple[Reason, ...]:
    if share is None:
        return ()
    few = noop("逐词对照，部分说法意思相近") if share >= AGAINST else noop("逐词对照，意思相近的说法不多")
    words = noop("逐词对照，大多有意思相近的说法") if share >= SPEAKS else few
    return (Reason("tokens", share, weights["tokens"], speech.say(words)),)


def _meaning(share: float | None, speech: Speech, weights: Mapping[str, float]) -> Reason:
    if share is None:
        return Reason("meaning", None, weights["meaning"], speech.say(noop("语义相近程度正在后台计算")))
    far = noop("意思有相通之处") if share >= AGAINST else noop("意思相差较远")
    return Reason("meaning", share, weights["meaning"], speech.say(noop("意思很接近") if share >= SPEAKS else far))


def _words(
    asked: Asked,
    offered: Offered,
    share: float,
    speech: Speech,
    weights: Mapping[str, float],
    telling: Container[str] | None,
) -> Reason:
    shared = shared_terms(asked.text, offered.text, limit=40)
    terms = tuple(t for t in shared if telling is None or t in telling)[:6]
    if terms:
        both = noop("都提到：%(terms)s") if share >= AGAINST else noop("相同的词不多：%(terms)s")
        words = speech.say(both) % {"terms": speech.comma.join(terms)}
    else:
        words = speech.say(noop("用词不同（可能说的是同一件事）"))
    return Reason("words", share, weights["words"], words, terms)


def _overlap(
    feature: str, asked: Sequence[str], offered: Sequence[str], speech: Speech, weights: Mapping[str, float]
) -> Reason:
    name, weight = speech.say(NAMES[feature]), weights[feature]
    if not asked:
        return Reason(feature, None, weight, speech.say(noop("需求未写%(name)s")) % {"name": name}, lacks="asker")
    if not offered:
        return Reason(feature, None, weight, speech.say(noop("供给方未写%(name)s")) % {"name": name}, lacks="owner")
    if shared := [speech.label(feature, c) for c in asked if c in offered]:
        words = speech.say(noop("%(name)s一致：%(shared)s")) % {"name": name, "shared": speech.comma.join(shared)}
        return Reason(feature, 1.0, weight, words)
    sides = {"mine": speech.label(feature, asked[0]), "theirs": speech.label(feature, offered[0])}
    words = speech.say(noop("%(name)s不同：需求为%(mine)s，供给为%(theirs)s")) % {"name": name, **sides}
    return Reason(feature, 0.15, weight, words)


def _maturity(asked: Asked, offered: Offered, speech: Speech, weights: Mapping[str, float]) -> Reason:
    level, weight = offered.maturity, weights["maturity"]
    if level is None:
        return Reason("maturity", None, weight, speech.say(noop("未标注技术成熟度")), lacks="owner")
    label = speech.label("maturity", str(level))
    words = speech.say(noop("成熟度 %(level)s 级（%(label)s）")) % {"level": level, "label": label}
    wanted = URGENT.get(asked.urgency, APPLICABLE)
    if asked.urgency:
        words += speech.say(noop("，需求%(urgency)s")) % {"urgency": speech.label("urgency", asked.urgency)}
    if level >= wanted:
        words += speech.say(noop("，可以直接试用"))
    else:
        words += speech.say(noop("，还差 %(levels)s 级才能直接试用")) % {"levels": wanted - level}
    return Reason("maturity", _share(1 - (wanted - level) / 5), weight, words)


def _budget(asked: Asked, offered: Offered, speech: Speech, weights: Mapping[str, float]) -> Reason:
    limit = asked.budget_max if asked.budget_max is not None else asked.budget_min
    weight = weights["budget"]
    if limit is None:
        return Reason("budget", None, weight, speech.say(noop("需求未写预算")), lacks="asker")
    budget = show_range(asked.budget_min, asked.budget_max, speech.say, speech.money)
    if offered.price is None:
        words = speech.say(noop("预算 %(budget)s，价格面议")) % {"budget": budget}
        return Reason("budget", None, weight, words, lacks="owner")
    said = {"budget": budget, "price": speech.money(offered.price)}
    if offered.price <= limit:
        return Reason("budget", 1.0, weight, speech.say(noop("预算 %(budget)s，可覆盖标价 %(price)s")) % said)
    value = min(_share(float(limit / offered.price)), 0.39)
    return Reason("budget", value, weight, speech.say(noop("标价 %(price)s，超出预算 %(budget)s")) % said)


def _district(asked: Asked, offered: Offered, speech: Speech, weights: Mapping[str, float]) -> Reason:
    weight = weights["district"]
    if not asked.district or not offered.district:
        lacks = "owner" if asked.district else "asker"
        return Reason("district", None, weight, speech.say(noop("一方未写所在区市")), lacks=lacks)
    name = {"district": speech.label("district", offered.district)}
    if asked.district == offered.district:
        return Reason("district", 1.0, weight, speech.say(noop("同在%(district)s，便于现场对接")) % name)
    return Reason("district", 0.45, weight, speech.say(noop("供给方在%(district)s")) % name)


def _freshness(offered: Offered, today: date, speech: Speech, weights: Mapping[str, float]) -> Reason:
    if offered.published_on is None:
        return Reason("freshness", None, weights["freshness"], speech.say(noop("发布时间未知")))
    days = max(0, (today - offered.published_on).days)
    words = speech.say(noop("今天发布")) if days == 0 else speech.say(noop("%(days)s 天前发布")) % {"days": days}
    return Reason("freshness", _share(1 - days / FRESH_DAYS), weights["freshness"], words)
