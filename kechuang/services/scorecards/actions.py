"""评价卡写入: the firm confirms its facts, an officer reviews or returns once, results and their corrections."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.core.cases.actions import advance
from kechuang.core.cases.models import Case
from kechuang.core.policy.actions import keep_verdict
from kechuang.core.policy.queries import pack_of
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.services.scorecards import access, queries, scoring
from kechuang.services.scorecards.models import Card, Result


def locked(card: Card) -> Card:
    """The card as it is now; whoever else changes its case waits."""
    Case.objects.select_for_update(of=("self",)).get(pk=card.case_id)
    rows = Card.objects.select_related("case", "round__owner", "round__version", "party", "verdict__version")
    return rows.select_for_update(of=("self",)).get(pk=card.pk)


def judge(row: Card, *, by: Any, now: datetime) -> None:
    """Keep what the rules say of the file as it is now; the caller saves."""
    row.verdict = keep_verdict(version=row.round.version, party=row.party, on=row.round.on, by=by, now=now)


@transaction.atomic
def confirm(*, card: Card, seen: str, explanations: Mapping[str, str], elements: str, by: Any, now: datetime) -> Card:
    """The firm stands by the facts that it saw; what is missing it explains. Facts changed since are shown first."""
    row = locked(card)
    if not access.firm.check(by, row.case):
        raise NotAllowed(_("由本单位的经办人确认。"))
    facts = queries.stated(row)
    if queries.seen_of(facts) != seen:
        raise Stale(_("您打开页面之后，企业档案有变化。请核对最新的数据后再确认。"))
    said = {code: words.strip() for code, words in explanations.items() if words.strip()}
    wrong = {
        f"why_{one.fact.code}": _("没有数据或来源不一致。请先在企业档案里填好，或在这里说明原因。")
        for one in facts
        if one.value is None and one.fact.code not in said
    }
    if wrong:
        raise Refusal(_("还有事实没有数据，也没有说明。"), fields=wrong)
    row.explanations, row.elements, row.late = said, elements.strip(), False
    row.confirmed_at, row.confirmed_by = now, by
    judge(row, by=by, now=now)
    row.save()
    step = "confirm" if row.case.state == "confirming" else "reconfirm"
    advance(case=row.case, step=step, by=by, now=now)
    return row


def overdue(case: Case, *, by: Any, now: datetime) -> None:
    """Nobody confirmed in time: the file as it is; effect of the clock's step."""
    row = locked(case.scorecard)
    row.late = True
    judge(row, by=None, now=now)
    row.save()


def send_back(case: Case, *, by: Any, now: datetime) -> None:
    """退回一次: a second return is refused; effect of the return."""
    row = locked(case.scorecard)
    if row.returned:
        raise Refusal(_("已经退回过一次，不能再退回。请按现有数据评定，或移出本轮。"))
    row.returned = True
    row.save(update_fields=["returned"])


@transaction.atomic
def review(*, card: Card, settled: Mapping[str, int], remarks: Mapping[str, str], by: Any, now: datetime) -> Card:
    """An officer agrees: points where the rules leave a range, remarks where she has any."""
    row = locked(card)
    if not access.assess_card.check(by, row):
        raise NotAllowed(_("由出资人所在地的主管部门评定。"))
    if row.verdict is None:
        raise Refusal(_("企业还没有确认数据。"))
    row.settled, row.remarks = dict(settled), {code: words for code, words in remarks.items() if words}
    row.save(update_fields=["settled", "remarks"])
    advance(case=row.case, step="review", by=by, now=now)
    return row


def require_points(case: Case, *, by: Any, now: datetime) -> None:
    """Every item has its points; effect of the review."""
    row = locked(case.scorecard)
    if row.verdict is None:
        raise Refusal(_("企业还没有确认数据。"))
    scoring.checked(queries.again(row.verdict), row.settled, row.remarks)


def keep_result(case: Case, *, by: Any, now: datetime) -> None:
    """The first result, or a further one with its reason; effect of publishing and of correcting."""
    row = locked(case.scorecard)
    if row.verdict is None:
        raise Refusal(_("企业还没有确认数据。"))
    verdict = queries.again(row.verdict)
    scoring.checked(verdict, row.settled, row.remarks)
    last, score, pack = queries.result_of(row), verdict.score, pack_of(row.round.version)
    if score is None or pack.scoring is None:
        raise Refusal(_("这个指标表没有评分项。"))
    items = scoring.items_of(score, row.settled)
    Result.objects.create(
        card=row,
        number=last.number + 1 if last else 1,
        verdict=row.verdict,
        score=scoring.total(score, items, pack.scoring.blocks),
        items=items,
        remarks=row.remarks,
        reason=case.note if last else "",
        by=by,
        at=now,
    )


@transaction.atomic
def correct(
    *, card: Card, settled: Mapping[str, int], remarks: Mapping[str, str], reason: str, by: Any, now: datetime
) -> Card:
    """A published result by the file as it is now, as a further version; the old one stays to be read."""
    row = locked(card)
    if not access.assess_card.check(by, row):
        raise NotAllowed(_("由出资人所在地的主管部门评定。"))
    if not reason.strip():
        words = _("请写明更正原因，企业会看到。")
        raise Refusal(words, fields={"reason": words})
    row.settled, row.remarks = dict(settled), {code: words for code, words in remarks.items() if words}
    judge(row, by=by, now=now)
    row.save()
    advance(case=row.case, step="correct", by=by, now=now, note=reason.strip())
    return row
