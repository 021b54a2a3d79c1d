"""匹配查询: answers to a text or a need, needs that an offer may answer, and the bundle 方案."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext

from kechuang.core.market.models import Need, Offer, Status
from kechuang.core.matching.advice import left_open
from kechuang.core.matching.likeness import Likeness
from kechuang.core.matching.models import Judgement, Match, Refreshed
from kechuang.core.matching.score import Asked, Offered, Score, Speech, score, weights_after
from kechuang.core.matching.weighting import Weighing, in_force
from kechuang.core.search.hybrid import Recipe
from kechuang.core.search.kinds import all_kinds, get_kind
from kechuang.core.search.models import Entry, Hit
from kechuang.core.search.queries import find_text, nearest_sentence, nearest_sentences, telling
from kechuang.core.vocab.queries import label, main_label
from kechuang.kit.language import amount, english
from kechuang.kit.text import shared_terms, words

MAIN = "achievements"
CANDIDATES = 50  # offers that are rated for a need
SHOWN = 20
RATING = Recipe(compared=CANDIDATES)  # every candidate is compared token by token
# A score from which an offer is worth a look. Of the answers to the labelled sets' short needs 0.64 reach it, and of
# those to the demo's needs all do; so do 2.3 and 13 other offers a need.
RELEVANT = 45
BEHIND = 20  # and not this far behind the best
STORED = Speech(main_label)  # what is kept is kept in Chinese, whoever causes it
SENTENCES = 4  # the first so many show their nearest sentence at once; the others when opened
BESIDE = 3  # of every other kind in a bundle
BESIDE_RECIPE = Recipe(tokens=0.0)  # for three things of a kind a comparison token by token is not worth its time
# The order of a bundle's parts; kinds that nobody has registered yet are simply not there.
PARTS = ("platforms", "instruments", "pilots", "policies", "finance", "brokers", "needs")


@dataclass(frozen=True)
class Answer:
    """一项答复: an offer with its score; ``sentence`` is the one nearest in meaning; ``fits`` a person's verdict."""

    offer: Any
    score: Score
    sentence: str = ""
    fits: bool | None = None
    reason: str = ""


@dataclass(frozen=True)
class Part:
    """方案的一部分: the best things of one other kind, each with the terms it shares with the need."""

    kind: str
    label: str
    rows: tuple[tuple[Any, tuple[str, ...], str], ...]


@dataclass(frozen=True)
class Bundle:
    """方案: everything that answers a need, what is only remotely related, and what the need leaves open."""

    text: str
    answers: tuple[Answer, ...]
    further: tuple[Answer, ...] = ()
    refused: tuple[Answer, ...] = ()
    parts: tuple[Part, ...] = ()
    open_points: tuple[str, ...] = field(default=())


def spoken() -> Speech:
    """The words for a page, in its reader's language."""
    return Speech(label, gettext, amount, gettext("、"))


def asked(need: Need) -> Asked:
    """What matching knows of a need."""
    return Asked(
        text=text_of(need),
        industry=need.industry,
        field=need.field,
        district=need.district,
        cooperation=need.cooperation,
        urgency=need.urgency,
        budget_min=need.budget_min,
        budget_max=need.budget_max,
    )


def text_of(need: Need) -> str:
    """The words by which a need is matched: title, problem, keywords and the names of its targets."""
    targets = "、".join(str(row.get("name", "")) for row in need.targets)
    return "\n".join(part for part in (need.title, need.text, "、".join(need.keywords), targets) if part)


def offered(offer: Offer) -> Offered:
    """What matching knows of an offer."""
    return Offered(
        text="\n".join((offer.title, offer.summary, offer.text, "、".join(offer.keywords))),
        industry=offer.industry,
        field=offer.field,
        district=offer.district,
        cooperation=offer.cooperation,
        maturity=offer.maturity,
        price_mode=offer.price_mode,
        price=offer.price,
        published_on=offer.published_at.date() if offer.published_at else None,
    )


def answers(
    question: Asked,
    today: date,
    *,
    judgements: Sequence[Judgement] = (),
    kind: str = MAIN,
    weighing: Weighing | None = None,
    speech: Speech = STORED,
) -> list[Answer]:
    """The offers of a kind that answer a question, the best first; those judged fit lead, the unfit end the list.

    Rated by the weights in force unless others are given; the reasons are in Chinese unless ``speech`` says otherwise.
    """
    hits = find_text(question.text, kinds=(kind,), limit=CANDIDATES, recipe=RATING)
    offers = get_kind(kind).load([h.ref for h in hits])
    said = {j.offer_id: j for j in sorted(judgements, key=lambda j: j.at)}
    weights = weights_after([j.reason for j in judgements if not j.fits], (weighing or in_force()).weights)
    names = telling(set(words(question.text)))
    found = [
        _rated(question, offers[h.ref], h, today, weights, said.get(h.ref), names, speech)
        for h in hits
        if h.ref in offers
    ]
    return sorted(found, key=lambda a: ({True: 0, None: 1, False: 2}[a.fits], -a.score.score))


def _rated(
    question: Asked,
    offer: Offer,
    hit: Hit,
    today: date,
    weights: dict[str, float],
    verdict: Judgement | None,
    names: set[str],
    speech: Speech,
) -> Answer:
    result = score(
        question,
        offered(offer),
        likeness=_likeness(hit, question.text),
        today=today,
        speech=speech,
        telling=names,
        weights=weights,
    )
    return Answer(offer, result, fits=verdict.fits if verdict else None, reason=verdict.reason if verdict else "")


def _likeness(hit: Hit, text: str) -> Likeness:
    """How near a hit is to the text that found it."""
    return Likeness(hit.meaning, hit.words, hit.tokens, len(text))


def with_sentences(question: str, found: Sequence[Answer], first: int = SENTENCES) -> list[Answer]:
    """The answers, the first ones with the sentence that is nearest in meaning to the question."""
    found = list(found)
    near = nearest_sentences(question, [a.offer.text for a in found[:first]])
    return [replace(a, sentence=s) for a, (s, _) in zip(found, near, strict=False)] + found[first:]


def nearest(question: str, offer: Offer) -> str:
    """The sentence of an offer that is nearest in meaning to a question."""
    return nearest_sentence(question, offer.text)[0]


def bundle(question: Asked, today: date, *, need: Need | None = None, shown: int = SHOWN) -> Bundle:
    """The whole answer to a need, or to a text that somebody typed: 方案."""
    judgements = list(Judgement.objects.filter(need=need)) if need is not None else []
    found = answers(question, today, judgements=judgements, speech=spoken())
    good = [a for a in found if a.fits is not False][:shown]
    bar = max([RELEVANT, *(a.score.score - BEHIND for a in good)])
    return Bundle(
        text=question.text,
        answers=tuple(with_sentences(question.text, [a for a in good if a.fits or a.score.score >= bar])),
        further=tuple(a for a in good if not a.fits and a.score.score < bar),
        refused=tuple(a for a in found if a.fits is False),
        parts=tuple(part for code in _parts() if (part := _part(code, question, need))),
        open_points=tuple(left_open(question, gettext)),
    )


def _parts() -> list[str]:
    known = [k.code for k in all_kinds() if k.code != MAIN]
    return sorted(known, key=lambda c: PARTS.index(c) if c in PARTS else len(PARTS))


def _kind_name(code: str) -> str:
    kind = get_kind(code)
    return kind.label_en if english() else kind.label


def _part(code: str, question: Asked, need: Need | None) -> Part | None:
    facets = {"industry": question.industry} if question.industry and code != "needs" else {}
    hits = find_text(question.text, kinds=(code,), facets=facets, limit=BESIDE + 1, recipe=BESIDE_RECIPE)
    if len(hits) < BESIDE and facets:
        more = find_text(question.text, kinds=(code,), limit=BESIDE + 1, recipe=BESIDE_RECIPE)
        hits = [*hits, *(h for h in more if h.ref not in {x.ref for x in hits})]
    loaded = get_kind(code).load([h.ref for h in hits])
    names = telling(set(words(question.text)))
    own = need.pk if need is not None and code == "needs" else None
    rows = [(loaded[h.ref], *_why(question, loaded[h.ref], names)) for h in hits if h.ref in loaded and h.ref != own][
        :BESIDE
    ]
    return Part(code, _kind_name(code), tuple(rows)) if rows else None


def _why(question: Asked, thing: Any, names: set[str]) -> tuple[tuple[str, ...], str]:
    """Shared terms and a reason in words for a thing of another kind."""
    shared_words = shared_terms(question.text, f"{thing.title}\n{thing.text}", limit=40)
    terms = tuple(t for t in shared_words if t in names)[:5]
    shared = [label("industry", c) for c in getattr(thing, "industry", ()) if c in question.industry]
    near = question.district and getattr(thing, "district", "") == question.district
    comma, joint = gettext("、"), gettext("；")
    said = [
        gettext("都提到：%(terms)s") % {"terms": comma.join(terms)} if terms else "",
        gettext("服务%(industries)s") % {"industries": comma.join(shared)} if shared else "",
        gettext("同在%(district)s") % {"district": label("district", question.district)} if near else "",
    ]
    return terms, joint.join(s for s in said if s) or gettext("意思相近")


def needs_for(offer: Offer, today: date, limit: int = 10) -> list[tuple[Need, Score]]:
    """Reverse: published needs that an offer may answer, the best first."""
    mine = offered(offer)
    text = mine.text[:1500]
    hits = find_text(text, kinds=("needs",), limit=limit * 3)
    needs, weights = get_kind("needs").load([h.ref for h in hits]), in_force().weights
    speech = spoken()

    def rate(need: Need, hit: Hit) -> Score:
        return score(asked(need), mine, likeness=_likeness(hit, text), today=today, speech=speech, weights=weights)

    rated = [(needs[h.ref], rate(needs[h.ref], h)) for h in hits if h.ref in needs]
    return sorted(rated, key=lambda pair: -pair[1].score)[:limit]


def stale(limit: int) -> list[tuple[str, int]]:
    """Needs and achievements whose index entry, embedded by now, is newer than their matches: ``(kind, ref)``."""
    done = Refreshed.objects.filter(kind=OuterRef("kind"), ref=OuterRef("ref"), at__gte=OuterRef("indexed_at"))
    rows = Entry.objects.filter(~Exists(done), kind__in=("needs", MAIN), meaning__isnull=False)
    return list(rows.order_by("indexed_at").values_list("kind", "ref")[:limit])


def touched(changed: Sequence[tuple[str, int]], today: date) -> list[Need]:
    """The needs to match anew: those that changed, and those that a changed offer may answer.

    After a bulk import more offers have changed than there are needs; then it is all of them, each once.
    """
    offers = get_kind(MAIN).load([ref for kind, ref in changed if kind == MAIN])
    public = Need.objects.filter(status=Status.PUBLIC)
    if offers and len(offers) >= public.count():
        return list(public)
    needs = get_kind("needs").load([ref for kind, ref in changed if kind == "needs"])
    for offer in offers.values():
        needs |= {need.pk: need for need, _ in needs_for(offer, today)}
    return list(needs.values())


def stored_matches(need: Need) -> list[Match]:
    """The matches as last computed in the background, the best first."""
    return list(Match.objects.filter(need=need).select_related("offer__party"))
