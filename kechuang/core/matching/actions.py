"""匹配写入: keep a person's verdict; refresh the stored matches in the background."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from kechuang.core.audit.actions import record
from kechuang.core.market.models import Need, Offer
from kechuang.core.matching import access, queries
from kechuang.core.matching.models import Judgement, Match, Refreshed
from kechuang.core.matching.score import ENGINE, REFUSALS
from kechuang.kit.refusal import NotAllowed, Refusal

KEPT = 30


@transaction.atomic
def judge(
    *, need: Need, offer: Offer, fits: bool, by: Any, now: datetime, reason: str = "", note: str = ""
) -> Judgement:
    """Keep a verdict on a pair; a later one of the same person replaces it. A refusal needs a reason code."""
    if not access.judge.check(by, need):
        raise NotAllowed("只有提出单位、主管部门和技术经纪人可以评判匹配结果。")
    if not fits and reason not in REFUSALS:
        raise Refusal("请选择不合适的原因，它会改变后面的排序。", fields={"reason": "请选择一个原因。"})
    verdict, _ = Judgement.objects.update_or_create(
        need=need,
        offer=offer,
        by=by,
        defaults={"fits": fits, "reason": "" if fits else reason, "note": note[:300], "at": now},
    )
    after = {"offer": offer.pk, "fits": fits, "reason": verdict.reason}
    record(need, "judge", by=by, now=now, after=after, note=verdict.note)
    return verdict


@transaction.atomic
def unjudge(*, need: Need, offer: Offer, by: Any, now: datetime) -> None:
    """Take one's own verdict back."""
    count, _ = Judgement.objects.filter(need=need, offer=offer, by=by).delete()
    if count:
        record(need, "unjudge", by=by, now=now, before={"offer": offer.pk})


@transaction.atomic
def refresh_need(*, need: Need, now: datetime) -> int:
    """Compute a need's matches anew and keep the best; returns how many."""
    Need.objects.select_for_update(of=("self",)).get(pk=need.pk)
    today = timezone.localtime(now).date()
    found = queries.answers(queries.asked(need), today, judgements=list(need.judgements.all()))
    best = [a for a in found if a.fits is not False][:KEPT]
    Match.objects.filter(need=need).exclude(offer__in=[a.offer.pk for a in best]).delete()
    rows = [
        Match(
            need=need,
            offer=a.offer,
            score=a.score.score,
            reasons=[{"feature": r.feature, "value": r.value, "words": r.words} for r in a.score.reasons],
            features=a.score.features(),
            engine=ENGINE,
            at=now,
        )
        for a in best
    ]
    Match.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["need", "offer"],
        update_fields=["score", "reasons", "features", "engine", "at"],
    )
    return len(rows)


def refresh_stale(*, now: datetime, limit: int = 20_000) -> int:
    """Refresh the needs whose text or possible answers changed since they were matched; returns how many."""
    changed = queries.stale(limit)
    needs = queries.touched(changed, timezone.localtime(now).date())
    for need in needs:
        refresh_need(need=need, now=now)
    Refreshed.objects.bulk_create(
        [Refreshed(kind=kind, ref=ref, at=now) for kind, ref in changed],
        update_conflicts=True,
        unique_fields=["kind", "ref"],
        update_fields=["at"],
    )
    return len(needs)
