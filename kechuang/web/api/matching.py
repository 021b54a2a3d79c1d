"""匹配接口 matching: answers to a text or a need, with their reasons; needs that an offer may answer; verdicts."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router, Schema
from pydantic import Field

from kechuang.core.keys.models import Scope
from kechuang.core.market.models import Need, Offer, Status
from kechuang.core.matching import access, actions, queries
from kechuang.core.matching.models import Judgement
from kechuang.core.matching.score import REFUSALS, Asked, Score
from kechuang.kit.refusal import NotAllowed
from kechuang.web import clock
from kechuang.web.api.caller import ApiRequest, reads
from kechuang.web.api.problems import Invalid
from kechuang.web.api.reading import Code, Number
from kechuang.web.api.shapes import ListingCard
from kechuang.web.api.writing import answer, writes
from kechuang.web.browse import facet_labels
from kechuang.web.cards import card_of
from kechuang.web.views.match import LONGEST

router = Router(tags=[gettext_noop("匹配")])


class Question(Schema):
    """难题: in one's own words."""

    text: str = Field(min_length=4, max_length=LONGEST, description=gettext_noop("遇到了什么技术难题"))
    industry: Code = Field("", description=gettext_noop("产业代码"))
    district: Code = Field("", description=gettext_noop("所在区市代码"))


class ReasonShape(Schema):
    """理由: ``speaks`` is for, against or open."""

    feature: str
    value: float | None
    weight: float
    words: str
    speaks: str


class AnswerShape(Schema):
    """答复: an achievement with its score (0–100) and reasons."""

    offer: ListingCard
    score: float
    reasons: list[ReasonShape]
    sentence: str = Field(description=gettext_noop("最接近的一句；只给前几项"))
    fits: bool | None = Field(description=gettext_noop("评判：合适、不合适或没有评判"))
    refused_for: str = Field(description=gettext_noop("不合适的原因代码"))


class PartItem(Schema):
    """方案里的其他内容."""

    listing: ListingCard
    why: str


class PartShape(Schema):
    """方案的一部分: platforms, brokers, similar needs."""

    service: str
    label: str
    items: list[PartItem]


class BundleShape(Schema):
    """方案."""

    answers: list[AnswerShape]
    further: list[AnswerShape] = Field(description=gettext_noop("关系较远的"))
    refused: list[AnswerShape] = Field(description=gettext_noop("已评判为不合适的"))
    parts: list[PartShape]
    open_points: list[str] = Field(description=gettext_noop("需求里没有写、会影响排序的内容"))


class NeedFound(Schema):
    """可能用得上的需求."""

    need: ListingCard
    score: float
    reasons: list[ReasonShape]


class JudgementShape(Schema):
    """评判."""

    need: int
    offer: int
    mine: bool = Field(description=gettext_noop("是不是您自己的"))
    fits: bool
    reason: str
    note: str
    at: datetime


class Verdict(Schema):
    """合适或不合适: the latter with a reason code."""

    fits: bool
    reason: Code = Field(
        "",
        description=gettext_noop("不合适的原因代码"),
        json_schema_extra={"x-codes": {code: words for code, (words, _feature) in REFUSALS.items()}},
    )
    note: str = Field("", max_length=300)


@router.post(
    "/match",
    response=BundleShape,
    summary=gettext_noop("一段话的解决方案"),
    description=gettext_noop("用自己的话写出难题，得到带理由的成果、平台和经纪人；不保存所问内容。"),
    url_name="match",
)
@reads()
def match(request: ApiRequest, sent: Question) -> BundleShape:
    """Nothing is kept of what was asked."""
    for name, code in (("industry", sent.industry), ("district", sent.district)):
        if code and code not in facet_labels(name):
            raise Invalid({name: _("没有代码“{code}”，见 /api/v1/vocabularies/{name}。").format(code=code, name=name)})
    asked = Asked(sent.text, industry=[sent.industry] if sent.industry else [], district=sent.district)
    return _bundle(queries.bundle(asked, clock.today()))


@router.get(
    "/needs/{int:pk}/matches",
    response=BundleShape,
    summary=gettext_noop("一条需求的解决方案"),
    description=gettext_noop("一条您能看到的需求的成果、平台、经纪人和相似需求，附理由。"),
    url_name="matches",
)
@reads()
def matches(request: ApiRequest, pk: Number) -> BundleShape:
    """For a need that you may see."""
    need = _need(request, pk)
    return _bundle(queries.bundle(queries.asked(need), clock.today(), need=need))


@router.get(
    "/achievements/{int:pk}/needs",
    response=list[NeedFound],
    summary=gettext_noop("一项成果可能用得上的需求"),
    description=gettext_noop("这项成果可能解决的公开需求，最合适的在前。"),
    url_name="needs_for",
)
@reads()
def needs_for(request: ApiRequest, pk: Number) -> list[NeedFound]:
    """Public needs that this achievement may answer, the best first."""
    offers = Offer.objects.filter(service=queries.MAIN).select_related("party")
    offer = get_object_or_404(request.auth.listings(offers), pk=pk)
    return [
        NeedFound(need=_card(need), score=score.score, reasons=_reasons(score))
        for need, score in queries.needs_for(offer, clock.today())
        if need.status == Status.PUBLIC
    ]


@router.get(
    "/needs/{int:pk}/judgements",
    response=list[JudgementShape],
    summary=gettext_noop("需求的评判"),
    description=gettext_noop("提出单位、主管部门和技术经纪人可以看；不显示是谁评的。"),
    url_name="judgements",
)
@reads(Scope.READ_OWN)
def judgements(request: ApiRequest, pk: Number) -> list[JudgementShape]:
    """What was said of the answers to a need, for those who may judge."""
    need = _need(request, pk)
    if not access.judge.check(request.auth.user, need):
        raise NotAllowed(_("只有提出单位、主管部门和技术经纪人可以看评判。"))
    return [_judgement(j, request.auth.user) for j in need.judgements.order_by("-at", "-pk")]


@router.put(
    "/needs/{int:pk}/judgements/{int:offer}",
    response=JudgementShape,
    summary=gettext_noop("评判"),
    description=gettext_noop("合适或不合适；不合适须选原因。后一次评判代替前一次。"),
    url_name="judgement",
)
@writes(Scope.JUDGE)
def judge(request: ApiRequest, pk: Number, offer: Number, sent: Verdict) -> HttpResponse:
    """Keep your verdict on a pair; a later one replaces it."""
    need, thing = _pair(request, pk, offer)
    made = actions.judge(
        need=need,
        offer=thing,
        fits=sent.fits,
        reason=sent.reason,
        note=sent.note,
        by=request.auth.user,
        now=clock.now(),
    )
    return answer(_judgement(made, request.auth.user))


@router.delete(
    "/needs/{int:pk}/judgements/{int:offer}",
    response={204: None},
    summary=gettext_noop("收回评判"),
    description=gettext_noop("收回自己的评判；没有评判过也不算错。"),
    url_name="judgement",
)
@writes(Scope.JUDGE)
def unjudge(request: ApiRequest, pk: Number, offer: Number) -> HttpResponse:
    """Take your own verdict back; doing it twice changes nothing."""
    need, thing = _pair(request, pk, offer)
    actions.unjudge(need=need, offer=thing, by=request.auth.user, now=clock.now())
    return HttpResponse(status=204)


def _need(request: ApiRequest, pk: int, *, own: bool = False) -> Need:
    return get_object_or_404(request.auth.listings(Need.objects.select_related("party"), own=own), pk=pk)


def _pair(request: ApiRequest, pk: int, offer: int) -> tuple[Need, Offer]:
    need = _need(request, pk, own=True)
    thing = get_object_or_404(request.auth.listings(Offer.objects.select_related("party"), own=True), pk=offer)
    if thing.service != queries.MAIN:
        raise Http404
    return need, thing


def _bundle(bundle: queries.Bundle) -> BundleShape:
    return BundleShape(
        answers=[_answer(a) for a in bundle.answers],
        further=[_answer(a) for a in bundle.further],
        refused=[_answer(a) for a in bundle.refused],
        parts=[
            PartShape(
                service=part.kind,
                label=part.label,
                items=[PartItem(listing=_card(row), why=why) for row, _terms, why in part.rows],
            )
            for part in bundle.parts
        ],
        open_points=list(bundle.open_points),
    )


def _answer(found: queries.Answer) -> AnswerShape:
    return AnswerShape(
        offer=_card(found.offer),
        score=found.score.score,
        reasons=_reasons(found.score),
        sentence=found.sentence,
        fits=found.fits,
        refused_for=found.reason,
    )


def _card(row: Any) -> ListingCard:
    return ListingCard.of(card_of(row))


def _reasons(score: Score) -> list[ReasonShape]:
    return [
        ReasonShape(feature=r.feature, value=r.value, weight=r.weight, words=r.words, speaks=r.speaks)
        for r in score.reasons
    ]


def _judgement(row: Judgement, user: Any) -> JudgementShape:
    return JudgementShape(
        need=row.need_id,
        offer=row.offer_id,
        mine=row.by_id == user.pk,
        fits=row.fits,
        reason=row.reason,
        note=row.note,
        at=row.at,
    )
