"""匹配清单表: matches, own verdicts, and the weights as sheets; own verdicts can be imported."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from kechuang.core.market.access import view_listing
from kechuang.core.market.models import Need, Offer, Status
from kechuang.core.matching import access
from kechuang.core.matching.actions import NOT_ALLOWED, judge, unjudge
from kechuang.core.matching.models import Judgement, Match, Weights
from kechuang.core.matching.queries import answers, asked, spoken
from kechuang.core.matching.score import NAMES, REFUSALS
from kechuang.core.matching.weighting import version_in_force, weighing
from kechuang.kit.fields import CodeField
from kechuang.kit.refusal import Refusal
from kechuang.web.sheets import VERSION, Act, Ask, Change, Column, Given, Key, Part, Sheet, day, register_sheet

FITS, UNFIT = "fits", "unfit"
MOST_OF_ONE = 30  # answers of one need


@dataclass(frozen=True)
class Pair:
    """一对: a need and an offer, with what the reader has said about them."""

    need: Need
    offer: Offer
    said: Judgement | None


class VerdictCells(forms.Form):
    """评判列: a verdict with its reason; empty takes it back."""

    verdict = CodeField(
        label=gettext_lazy("结论"), choices=lambda: [(FITS, _("合适")), (UNFIT, _("不合适"))], required=False
    )
    reason = CodeField(
        label=gettext_lazy("原因"),
        choices=lambda: [(code, _(words)) for code, (words, _feature) in REFUSALS.items()],
        required=False,
    )
    note = forms.CharField(label=gettext_lazy("说明"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        """What fits needs no reason."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("verdict") == FITS:
            data["reason"] = ""
        return data


COLUMNS = (
    Column(gettext_noop("需求编号"), gettext_noop("系统中的编号，不变。"), 10, "need", key=True),
    Column(gettext_noop("需求"), width=44),
    Column(gettext_noop("成果编号"), gettext_noop("系统中的编号，不变。"), 10, "offer", key=True),
    Column(gettext_noop("成果"), width=44),
)
VERDICT = (
    Column(gettext_noop("结论"), gettext_noop("导出人自己的评判；清空就是撤回。"), 10, "verdict"),
    Column(gettext_noop("原因"), gettext_noop("不合适的原因，结论是“不合适”时必填。"), 20, "reason"),
    Column(gettext_noop("说明"), gettext_noop("选填。"), 40, "note"),
    VERSION,
)


def _said(said: Judgement | None) -> dict[str, Any]:
    if said is None:
        return {"verdict": "", "reason": "", "note": ""}
    return {"verdict": FITS if said.fits else UNFIT, "reason": said.reason, "note": said.note}


def _find(ask: Ask, keys: Collection[Key]) -> dict[Key, Pair]:
    wanted = {
        (int(need), int(offer)): (need, offer)
        for need, offer in keys
        if all(n.isascii() and n.isdigit() and len(n) < 18 for n in (need, offer))
    }
    needs = access.see_matches.filter(ask.user, Need.objects.all()).in_bulk([need for need, _offer in wanted])
    offers = view_listing.filter(ask.user, Offer.objects.all()).in_bulk([offer for _need, offer in wanted])
    mine = Judgement.objects.filter(by=ask.user, need__in=needs, offer__in=offers)
    said = {(row.need_id, row.offer_id): row for row in mine}
    return {
        key: Pair(needs[need], offers[offer], said.get((need, offer)))
        for (need, offer), key in wanted.items()
        if need in needs and offer in offers
    }


def _plan(given: Given) -> Act:
    pair, data, user = given.record, given.data, given.ask.user
    about = {"need": pair.need, "offer": pair.offer, "by": user}
    if not access.judge.check(user, pair.need):
        raise Refusal(NOT_ALLOWED, fields={"verdict": NOT_ALLOWED})
    if not data["verdict"]:
        if data["reason"] or data["note"]:
            words = _("填了原因或说明，请同时填结论；要撤回评判，请三格都清空。")
            raise Refusal(words, fields={"verdict": words})
        return lambda now: unjudge(**about, now=now)
    if data["verdict"] == UNFIT and not data["reason"]:
        words = _("请填不合适的原因，它会改变后面的排序。")
        raise Refusal(words, fields={"reason": words})
    fits = data["verdict"] == FITS
    return lambda now: judge(**about, fits=fits, reason=data["reason"], note=data["note"], now=now)


CHANGE = Change(
    form=VerdictCells,
    find=_find,
    content=lambda pair: _said(pair.said),
    version=lambda pair: pair.said.at.isoformat() if pair.said else "",
    plan=_plan,
    title=lambda pair: f"{pair.need.title} × {pair.offer.title}",
    link=lambda pair: f"{reverse('need_match', args=[pair.need.pk])}#a{pair.offer.pk}",
)


def _cells(pair: Pair) -> list[Any]:
    """The cells of ``VERDICT``."""
    verdict = "" if pair.said is None else _("合适") if pair.said.fits else _("不合适")
    reason = _(REFUSALS.get(pair.said.reason, (pair.said.reason, ""))[0]) if pair.said and pair.said.reason else ""
    return [verdict, reason, pair.said.note if pair.said else "", CHANGE.stamp(pair)]


def _judgements(ask: Ask) -> Iterator[list[Any]]:
    needs, offers = (view_listing.filter(ask.user, model._default_manager.all()) for model in (Need, Offer))
    mine = Judgement.objects.filter(by=ask.user, need__in=needs.values("pk"), offer__in=offers.values("pk"))
    for row in mine.select_related("need", "offer").order_by("-at", "-pk"):
        pair = Pair(row.need, row.offer, row)
        yield [row.need_id, row.need.title, row.offer_id, row.offer.title, row.at, *_cells(pair)]


def _matches(ask: Ask) -> Iterator[list[Any]]:
    """Of the need that the address names as its page shows them; otherwise the stored ones of all that she judges."""
    number = ask.parameters.get("need", "")
    found = _of_one(ask, number) if number else _stored(ask)
    said = {(row.need_id, row.offer_id): row for row in Judgement.objects.filter(by=ask.user)}
    for need, offer, score, reasons in found:
        pair = Pair(need, offer, said.get((need.pk, offer.pk)))
        yield [need.pk, need.title, offer.pk, offer.title, offer.party.name, score, reasons, *_cells(pair)]


def _of_one(ask: Ask, number: str) -> Iterator[tuple[Need, Offer, float, list[str]]]:
    known = number.isascii() and number.isdigit() and len(number) < 10
    needs = access.see_matches.filter(ask.user, Need.objects.all())
    need = needs.filter(pk=int(number)).first() if known else None
    if need is None:
        raise Http404
    judged = list(Judgement.objects.filter(need=need))
    for answer in answers(asked(need), ask.today, judgements=judged, speech=spoken())[:MOST_OF_ONE]:
        reasons = [r.words for r in answer.score.reasons if r.value is not None]
        yield need, answer.offer, answer.score.score, reasons


def _stored(ask: Ask) -> Iterator[tuple[Need, Offer, float, list[str]]]:
    needs = access.judge.filter(ask.user, Need.objects.filter(status=Status.PUBLIC))
    rows = Match.objects.filter(need__in=needs.values("pk"), offer__status=Status.PUBLIC)
    for row in rows.select_related("need", "offer__party").order_by("-need", "-score", "pk").iterator():
        yield row.need, row.offer, row.score, [r["words"] for r in row.reasons if r["value"] is not None]


def _weights(_ask: Ask) -> Iterator[list[Any]]:
    before, after = weighing(None).weights, weighing(version_in_force()).weights
    for name, old in before.items():
        yield [_(NAMES.get(name, name)), float(old), float(after.get(name, old))]


def _versions(_ask: Ask) -> Iterator[list[Any]]:
    for row in Weights.objects.all():
        figures = row.figures
        numbers = [figures.get(n) for n in ("verdicts", "needs", "ndcg_before", "ndcg_after", "low", "high")]
        yield [f"w{row.version}", row.trained_at, *numbers, row.in_force, day(row.retired_at)]


register_sheet(
    Sheet(
        "judgements",
        gettext_noop("我的评判"),
        (
            Part(
                gettext_noop("评判"),
                (*COLUMNS, Column(gettext_noop("时间"), width=17), *VERDICT),
                _judgements,
                CHANGE,
            ),
        ),
        lambda ask: access.require_bench(ask.user),
    )
)
register_sheet(
    Sheet(
        "matches",
        gettext_noop("匹配结果"),
        (
            Part(
                gettext_noop("匹配结果"),
                (
                    *COLUMNS,
                    Column(gettext_noop("成果单位"), width=30),
                    Column(gettext_noop("匹配度"), gettext_noop("0 到 100。"), 10),
                    Column(gettext_noop("理由"), gettext_noop("匹配给出的理由，与方案页相同。"), 60),
                    *VERDICT,
                ),
                _matches,
                CHANGE,
            ),
        ),
        about=gettext_noop("匹配度和理由由系统算出；可以导入的是您自己的评判。"),
    )
)
register_sheet(
    Sheet(
        "weights",
        gettext_noop("匹配权重"),
        (
            Part(
                gettext_noop("权重"),
                (
                    Column(gettext_noop("特征"), width=20),
                    Column(gettext_noop("写定的"), gettext_noop("代码中写定的权重。"), 12),
                    Column(gettext_noop("现行"), gettext_noop("匹配现在使用的权重。"), 12),
                ),
                _weights,
            ),
            Part(
                gettext_noop("训练过的版本"),
                (
                    Column(gettext_noop("版本"), width=10),
                    Column(gettext_noop("训练时间"), width=17),
                    Column(gettext_noop("评判数"), width=10),
                    Column(gettext_noop("需求数"), width=10),
                    Column(gettext_noop("训练前 nDCG@10"), width=16),
                    Column(gettext_noop("训练后 nDCG@10"), width=16),
                    Column(gettext_noop("变化下限"), gettext_noop("变化的 95% 区间的下限。"), 12),
                    Column(gettext_noop("变化上限"), gettext_noop("变化的 95% 区间的上限。"), 12),
                    Column(gettext_noop("现行"), width=8),
                    Column(gettext_noop("停用日期"), width=12),
                ),
                _versions,
            ),
        ),
        lambda ask: access.require_weights(ask.user),
        about=gettext_noop("权重由评判训练得出，不能导入；启用和退回在页面上办理。"),
    )
)
