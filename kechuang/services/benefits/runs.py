"""免申即享 runs: the batch finds who qualifies, an officer looks at list and cost, each firm confirms in one click."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from kechuang.core.audit.actions import record
from kechuang.core.cases.actions import advance, open_case
from kechuang.core.cases.queries import state_of
from kechuang.core.dossier.models import IntegrityEntry
from kechuang.core.dossier.queries import facts_frame, in_force
from kechuang.core.ledger import access as ledger
from kechuang.core.ledger.actions import budget
from kechuang.core.ledger.amounts import said
from kechuang.core.ledger.models import BudgetLine, CapUse
from kechuang.core.parties.access import require_officer
from kechuang.core.parties.models import Party
from kechuang.core.policy.models import PackVersion
from kechuang.core.policy.queries import pack_of
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.kit.rules.batch import decide_all
from kechuang.kit.rules.packs import Pack
from kechuang.services.benefits import access, actions, queries
from kechuang.services.benefits.integrity import require_clear
from kechuang.services.benefits.models import Benefit, Run

SIZES = ((20, "1-20"), (100, "21-100"), (300, "101-300"), (500, "301-500"))
OPEN_TASK = "kechuang.services.benefits.tasks.open_run"
AT_ONCE = 50  # so many cases are opened while the officer waits
FEN = 100


@transaction.atomic
def compute(*, version: PackVersion, district: str, on: date, by: Any, now: datetime) -> Run:
    """A list of who qualifies and has not been asked this year, with what each gets, for an officer to look at."""
    require_officer(by)
    if not queries.for_batch(pack_of(version)):
        raise Refusal(_("这项政策有只能由单位填报的事实，不能免申即享。"))
    rows = candidates(version, on, district)
    run = Run(
        version=version,
        year=on.year,
        district=district,
        on=on,
        rows=rows,
        total=Decimal(sum(row[1] for row in rows)) / FEN,
        by=by,
        at=now,
    )
    run.save()
    if not access.see_run.check(by, run):
        raise NotAllowed(_("请选择您管辖的区市。"))
    record(run, "compute", by=by, now=now, after={"count": len(rows), "total": str(run.total)})
    return run


def candidates(version: PackVersion, on: date, district: str) -> list[list[Any]]:
    """Party, amount in fen, district and size of everybody who qualifies, is not blocked and has no case this year."""
    pack = pack_of(version)
    frame = facts_frame(on).filter(_meant(pack))
    frame = frame.with_columns(_used(pack, on, frame))
    found = decide_all(pack, frame, on=on)
    size = _size(frame).alias("size")
    rows = pl.concat([frame.select("party", pl.col("district").fill_null(""), size), found], how="horizontal")
    rows = rows.filter(pl.col("result").fill_null(value=False) & (pl.col("amount").fill_null(0) > 0))
    rows = rows.filter(pl.col("district") == district) if district else rows  # a ranking is over all of them
    asked = Benefit.objects.filter(Q(ended_at=None) | Q(run__isnull=False), code=version.code, year=on.year)
    barred = set(asked.values_list("party", flat=True))
    barred |= set(IntegrityEntry.objects.filter(in_force(on), party__isnull=False).values_list("party", flat=True))
    rows = rows.filter(~pl.col("party").is_in(list(barred))).sort("party")
    return [list(row) for row in rows.select("party", "amount", "district", "size").iter_rows()]


def _meant(pack: Pack) -> pl.Expr:
    kinds, place = pack.about.get("applicants"), pack.about.get("district")
    meant = pl.lit(value=True)
    if kinds:
        meant = meant & pl.col("kind").is_in(kinds)
    return meant & (pl.col("district") == place) if place else meant


def _used(pack: Pack, on: date, frame: pl.DataFrame) -> pl.Series:
    """What of the cap each has had already, in fen."""
    key = queries.cap_key(pack, Party(), on.year, "")
    taken: Mapping[int | None, Decimal] = {}
    if key is not None:
        taken = dict(CapUse.objects.filter(clause=pack.code, scope=key.scope).values_list("party", "used"))
    return pl.Series("used", [int(taken.get(n, Decimal(0)) * FEN) for n in frame["party"]], dtype=pl.Int64)


def _size(frame: pl.DataFrame) -> pl.Expr:
    staff = pl.coalesce([pl.col(c) for c in ("staff_sme", "staff_hnte") if c in frame.columns] or [pl.lit(None)])
    sized = pl.lit("500+")
    for most, label in reversed(SIZES):
        sized = pl.when(staff <= most).then(pl.lit(label)).otherwise(sized)
    return pl.when(staff.is_null()).then(pl.lit("")).otherwise(sized)


def totals(run: Run, column: int) -> list[tuple[str, int, Decimal]]:
    """How many and how much by district (2) or by size (3)."""
    found: dict[str, tuple[int, int]] = {}
    for row in run.kept:
        count, fen = found.get(row[column], (0, 0))
        found[row[column]] = (count + 1, fen + row[1])
    return [(name, count, Decimal(fen) / FEN) for name, (count, fen) in sorted(found.items())]


def _locked(run: Run, by: Any) -> Run:
    row = Run.objects.select_for_update(of=("self",)).select_related("version").get(pk=run.pk)
    if not access.see_run.check(by, row):
        raise NotAllowed(_("这个批次不在您的管辖范围内。"))
    return row


@transaction.atomic
def confirm(*, run: Run, line: BudgetLine, by: Any, now: datetime) -> Run:
    """Agree to list and cost: the line must suffice; then every firm is asked. Twice opens nothing twice."""
    row = _locked(run, by)
    if row.state != Run.State.DRAFT:
        raise Stale(_("这个批次已经%(state)s。") % {"state": row.get_state_display()})
    if not row.kept:
        raise Refusal(_("名单是空的，没有可以发放的单位。"))
    line = budget.locked(line)
    if not ledger.manage_line.check(by, line) or (line.year, line.district) != (row.year, row.version.district):
        raise Refusal(_("请选择本级、本年度的预算科目。"), fields={"line": _("请选择本级、本年度的预算科目。")})
    if line.left < row.total:
        words = _("“%(line)s”可用余额为 %(left)s，不足名单合计 %(total)s。请先调增预算。")
        raise Refusal(words % {"line": line, "left": said(line.left), "total": said(row.total)})
    row.line, row.state, row.confirmed_by, row.confirmed_at = line, Run.State.RUNNING, by, now
    row.save()
    record(row, "confirm", by=by, now=now, after={"line": line.pk, "count": len(row.kept), "total": str(row.total)})
    transaction.on_commit(lambda: _begin(row.pk, len(row.kept), now))
    return row


def _begin(pk: int, count: int, now: datetime) -> None:
    if count <= AT_ONCE:
        open_all(pk, now=now)
        return
    try:
        app.configure_task(OPEN_TASK, queueing_lock=f"benefits.run:{pk}").defer(pk=pk)
    except AlreadyEnqueued:
        return


def open_all(pk: int, *, now: datetime) -> int:
    """Open the cases of a confirmed run, each in its own transaction; what is open already stays as it is."""
    run = Run.objects.select_related("version", "confirmed_by").get(pk=pk)
    if run.state != Run.State.RUNNING:
        return 0
    made = sum(_offer(run, number, Decimal(fen) / FEN, now) for number, fen, *_more in run.kept)
    run.opened = run.benefits.count()
    run.state = Run.State.DONE
    run.save(update_fields=["opened", "state"])
    return made


def _offer(run: Run, number: int, amount: Decimal, now: datetime) -> bool:
    party = Party.objects.get(pk=number)
    row = Benefit(version=run.version, code=run.version.code, party=party, year=run.year, run=run, computed=amount)
    data = {"title": f"{run.version.title} · {run.year} · 免申即享"[:200], "year": run.year, "amount": str(amount)}
    try:
        with transaction.atomic():
            row.case = open_case(
                service=actions.SERVICE, applicant=party, by=None, now=now, district=party.district, data=data
            )
            row.save()
            words = f"系统核算可得 {said(amount)}，确认收款账户即可。"
            advance(case=row.case, step="offer", by=None, now=now, note=words)
    except IntegrityError:  # there is a claim of this firm, pack and year
        return False
    return True


@transaction.atomic
def leave_out(*, run: Run, parties: Collection[int], why: str, by: Any, now: datetime) -> Run:
    """Leave some out of a list that nobody was told of, with a reason; without a reason they are taken in again."""
    row = _locked(run, by)
    if row.state != Run.State.DRAFT:
        raise Stale(_("这个批次已经%(state)s。") % {"state": row.get_state_display()})
    chosen = [str(entry[0]) for entry in row.rows if entry[0] in set(parties)]
    if not chosen:
        raise Refusal(_("请先在名单里选择单位。"))
    before = dict(row.left_out)
    kept = {number: said for number, said in before.items() if number not in chosen}
    row.left_out = kept | (dict.fromkeys(chosen, why.strip()[:200]) if why.strip() else {})
    row.total = Decimal(sum(entry[1] for entry in row.kept)) / FEN
    row.save(update_fields=["left_out", "total"])
    after = {"left_out": row.left_out, "total": str(row.total)}
    record(row, "leave_out", by=by, now=now, before={"left_out": before}, after=after, note=why)
    return row


@transaction.atomic
def drop(*, run: Run, by: Any, now: datetime) -> Run:
    """Give a list up before anybody was asked."""
    row = _locked(run, by)
    if row.state != Run.State.DRAFT:
        raise Stale(_("这个批次已经%(state)s。") % {"state": row.get_state_display()})
    row.state = Run.State.DROPPED
    row.save(update_fields=["state"])
    record(row, "drop", by=by, now=now)
    return row


def recompute(benefit: Benefit, *, by: Any, now: datetime) -> Benefit:
    """What was offered, by the facts of today; what has changed is kept, so that the firm is told before."""
    with transaction.atomic():
        row = actions.locked(benefit)
        if row.case.state != "offered":
            return row
        before = row.computed
        found = queries.live(row.version, row.party, {}, "", timezone.localdate(now))
        fits = found.result == "met" and found.amount is not None and found.amount.payable > 0
        if not fits:
            reason = actions.why(found)
            advance(case=row.case, step="unfit", by=None, now=now, note=reason)
        elif found.amount is not None and found.amount.payable != before:
            row.computed = found.amount.payable
            row.save(update_fields=["computed"])
            after = {"amount": str(row.computed)}
            record(row.case, "recompute", by=by, now=now, before={"amount": str(before)}, after=after)
        return queries.with_everything().get(pk=row.pk)


def accept(*, benefit: Benefit, seen: Decimal, account: Mapping[str, str], by: Any, now: datetime) -> Benefit:
    """One click: the firm confirms the amount that it saw, and its account. Facts that changed since are told first."""
    if not access.claimant.check(by, benefit.case):
        raise NotAllowed(_("由本单位的经办人确认。"))
    row = recompute(benefit, by=by, now=now)
    if row.case.state != "offered":
        raise Stale(
            _("这一件的状态已是“%(state)s”，没有确认。请看办件页的说明。") % {"state": _(state_of(row.case).label)}
        )
    if row.computed is None or row.computed != seen:
        words = _("企业档案有变化，按最新事实重新核算为 %(amount)s，请核对后再确认。")
        raise Refusal(words % {"amount": said(row.computed or Decimal(0))})
    return _accepted(row, account, by=by, now=now)


def _accepted(row: Benefit, account: Mapping[str, str], *, by: Any, now: datetime) -> Benefit:
    with transaction.atomic():
        row = actions.locked(row)
        require_clear(row.party, timezone.localdate(now))
        actions.put_account(row, account)
        actions.payee_of(row)
        actions.judge(row, timezone.localdate(now), by=by, now=now)
        row.save()
        try:
            with transaction.atomic():
                advance(case=row.case, step="confirm", by=by, now=now)
        except Refusal as refusal:
            if isinstance(refusal, NotAllowed | Stale):
                raise
            # The line or the cap no longer suffices: that is the officer's to settle, not the firm's.
            advance(case=row.case, step="queue", by=None, now=now, note=refusal.message)
    return queries.with_everything().get(pk=row.pk)


def names(numbers: Sequence[int]) -> dict[int, str]:
    """The names of these parties."""
    return dict(Party.objects.filter(pk__in=numbers).values_list("pk", "name"))
