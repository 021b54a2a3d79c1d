"""匹配写入: keep a person's verdict; refresh the stored matches in the background."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.market.models import Need, Offer
from kechuang.core.matching import access, queries
from kechuang.core.matching.models import Judgement, Match, Passed, Refreshed
from kechuang.core.matching.score import REFUSALS
from kechuang.core.matching.weighting import in_force
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.kit.text import noop

KEPT = 30
NOT_ALLOWED = noop("只有提出单位、主管部门和技术经纪人可以评判匹配结果。")


@transaction.atomic
def judge(
    *, need: Need, offer: Offer, fits: bool, by: Any, now: datetime, reason: str = "", note: str = ""
) -> Judgement:
    """Keep a verdict on a pair; a later one of the same person replaces it. A refusal needs a reason code."""
    if not access.judge.check(by, need):
        raise NotAllowed(_(NOT_ALLOWED))
    if not fits and reason not in REFUSALS:
        raise Refusal(_("请选择不合适的原因，它会改变后面的排序。"), fields={"reason": _("请选择一个原因。")})
    match = Match.objects.filter(need=need, offer=offer).first()
    kept = {"features": match.features, "engine": match.engine} if match else {}
    said: dict[str, Any] = {"fits": fits, "reason": "" if fits else reason, "note": note[:300], "at": now}
    verdict, _new = Judgement.objects.update_or_create(need=need, offer=offer, by=by, defaults=said | kept)
    Passed.objects.filter(need=need, offer=offer, by=by).delete()
    after = {"offer": offer.pk, "fits": fits, "reason": verdict.reason}
    record(need, "judge", by=by, now=now, after=after, note=verdict.note)
    return verdict


@transaction.atomic
def unjudge(*, need: Need, offer: Offer, by: Any, now: datetime) -> None:
    """Take one's own verdict back, or that one has passed the pair over."""
    Passed.objects.filter(need=need, offer=offer, by=by).delete()
    count, _kinds = Judgement.objects.filter(need=need, offer=offer, by=by).delete()
    if count:
        record(need, "unjudge", by=by, now=now, before={"offer": offer.pk})


@transaction.atomic
def judge_many(*, need: Need, offers: Sequence[Offer], reason: str, by: Any, now: datetime) -> int:
    """Refuse several answers of one need for the same reason; returns how many. All or none."""
    if not offers:
        raise Refusal(_("请先勾选要判为不合适的成果。"), fields={"offers": _("至少勾选一项。")})
    for offer in offers:
        judge(need=need, offer=offer, fits=False, reason=reason, by=by, now=now)
    return len(offers)


@transaction.atomic
def pass_over(*, need: Need, offer: Offer, by: Any, now: datetime) -> None:
    """Leave a pair undecided; it is not shown to this person again. A verdict of hers is taken back."""
    if not access.judge.check(by, need):
        raise NotAllowed(_(NOT_ALLOWED))
    unjudge(need=need, offer=offer, by=by, now=now)
    Passed.objects.update_or_create(need=need, offer=offer, by=by, defaults={"at": now})


@transaction.atomic
def refresh_need(*, need: Need, now: datetime) -> int:
    """Compute a need's matches anew and keep the best; returns how many."""
    Need.objects.select_for_update(of=("self",)).get(pk=need.pk)
    today = timezone.localtime(now).date()
    recipe = in_force()
    found = queries.answers(queries.asked(need), today, judgements=list(need.judgements.all()), weighing=recipe)
    best = [a for a in found if a.fits is not False][:KEPT]
    Match.objects.filter(need=need).exclude(offer__in=[a.offer.pk for a in best]).delete()
    rows = [
        Match(
            need=need,
            offer=a.offer,
            score=a.score.score,
            reasons=[{"feature": r.feature, "value": r.value, "words": r.words} for r in a.score.reasons],
            features=a.score.features(),
            engine=recipe.engine,
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
