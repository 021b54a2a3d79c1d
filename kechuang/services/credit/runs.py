"""白名单批次 runs: run the rule over all enterprises, confirm by a second officer, give up, who looks is noted."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from kechuang.core.audit.actions import record
from kechuang.core.market.actions import months_later
from kechuang.core.notices.actions import tell
from kechuang.core.parties.access import require_city_officer
from kechuang.core.parties.models import Mandate
from kechuang.core.policy.queries import pack_of
from kechuang.kit.bulk import insert
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.services.credit import access, queries
from kechuang.services.credit.judging import Judged, judge_all
from kechuang.services.credit.models import CreditList, Entry

LONGEST = 24  # months
AT_ONCE = 50  # so many firms are told while the officer waits
TELL_TASK = "kechuang.services.credit.tasks.announce_list"


@transaction.atomic
def run(*, on: date, months: int, note: str, by: Any, now: datetime) -> CreditList:
    """A draft of the next version: every enterprise with its group and reasons, by the rule in force on a day."""
    require_city_officer(by)
    today, last = timezone.localdate(now), queries.newest()
    if on > today or (last is not None and on < last.on):
        words = _("计算日期不能晚于今天，也不能早于上一版的计算日期。")
        raise Refusal(words, fields={"on": words})
    until = months_later(on, months) if 1 <= months <= LONGEST else on
    if until <= today:
        words = _("有效期为 1 至 24 个月，而且要到今天以后。")
        raise Refusal(words, fields={"months": words})
    version = queries.rule_on(on)
    if version is None:
        raise Refusal(_("这一天没有施行中的白名单规则。请先在规则包里发布。"))
    row = CreditList.objects.create(
        version=version, on=on, valid_until=until, based_on=last, note=note.strip(), by=by, at=now
    )
    found = judge_all(pack_of(version), on=on, barred=queries.barred(on, today))
    if entries := [_entry(row, one) for one in found]:
        insert(entries)
    after = {"version": version.pk, "on": on, **queries.counts(Entry.objects.filter(edition=row))}
    record(row, "run", by=by, now=now, after=after, note=row.note)
    return row


def _entry(row: CreditList, one: Judged) -> Entry:
    return Entry(edition=row, party_id=one.party, district=one.district, grounds=one.grounds, **one.result())


@transaction.atomic
def publish(*, credit_list: CreditList, by: Any, now: datetime) -> CreditList:
    """Another officer than the one who ran it confirms the version; it is in force at once."""
    row = _locked(credit_list)
    if row.state != CreditList.State.DRAFT:
        raise Stale(_("这一版已经处理（%(state)s）。请刷新页面。") % {"state": row.get_state_display()})
    if row.by_id == by.pk:
        raise NotAllowed(_("运行名单的人不能审定，请由另一位市级工作人员审定。"))
    if not access.approve_list.check(by, row):
        raise NotAllowed(_("白名单由市级主管部门审定。"))
    last = queries.newest()
    if (last.pk if last else None) != row.based_on_id:
        raise Stale(_("运行之后已经发布了另一版，对照结果不再成立。请重新运行。"))
    today = timezone.localdate(now)
    if row.valid_until <= today:
        raise Refusal(_("这一版的有效期已过，请重新运行。"))
    row.number, row.state = (last.number or 0) + 1 if last else 1, CreditList.State.PUBLISHED
    row.approver, row.published_at = by, now
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Stale(_("另一版刚刚发布。请刷新页面。")) from error
    record(row, "publish", by=by, now=now, after={"number": row.number, "until": row.valid_until})
    leave_blocked(row, now=now)
    transaction.on_commit(lambda: _announce(row.pk, now))
    return row


@transaction.atomic
def drop(*, credit_list: CreditList, reason: str, by: Any, now: datetime) -> CreditList:
    """Give a draft up, or send it back: a new one is run. Whoever ran it is told why."""
    row = _locked(credit_list)
    if row.state != CreditList.State.DRAFT:
        raise Stale(_("这一版已经处理（%(state)s）。请刷新页面。") % {"state": row.get_state_display()})
    if not access.drop_list.check(by, row):
        raise NotAllowed(_("白名单由市级主管部门审定。"))
    if by.pk != row.by_id and not reason.strip():
        words = _("请写明退回原因，经办人会看到。")
        raise Refusal(words, fields={"reason": words})
    row.state, row.reason = CreditList.State.DROPPED, reason.strip()
    row.save(update_fields=["state", "reason"])
    record(row, "drop", by=by, now=now, note=row.reason)
    if by.pk != row.by_id:
        text = f"{row.on} 计算的科技信贷白名单没有通过审定：{row.reason}"
        tell(user=row.by, text=text, url=f"/credit/lists/{row.pk}/", key=f"credit:{row.pk}:drop", now=now)
    return row


def _locked(row: CreditList) -> CreditList:
    return CreditList.objects.select_for_update(of=("self",)).select_related("version", "by").get(pk=row.pk)


def leave_blocked(row: CreditList, *, now: datetime) -> int:
    """Take those out who are blocked by now; only a new run brings them back. Twice changes nothing."""
    rows = Entry.objects.filter(edition=row, group=Entry.Group.IN, left_at=None)
    found = list(rows.filter(party__in=queries.barred(timezone.localdate(now))).values_list("pk", flat=True))
    return sum(_leave(pk, now) for pk in found)


@transaction.atomic
def _leave(pk: int, now: datetime) -> bool:
    entry = Entry.objects.select_for_update(of=("self",)).select_related("edition__version").get(pk=pk)
    if entry.left_at is not None or entry.group != Entry.Group.IN:
        return False
    entry.left_at = now
    entry.save(update_fields=["left_at"])
    record(entry.edition, "leave", by=None, now=now, after={"party": entry.party_id})
    text = "本单位有生效的诚信处理决定，已移出科技信贷白名单。决定解除后，由下一次运行重新判断。"
    _tell(entry.party_id, text, f"credit:{entry.edition_id}:left", now)
    return True


def _announce(pk: int, now: datetime) -> None:
    if len(_to_tell(pk)) <= AT_ONCE:
        announce(pk, now=now)
        return
    try:
        app.configure_task(TELL_TASK, queueing_lock=f"credit.announce:{pk}").defer(pk=pk)
    except AlreadyEnqueued:
        return


def _to_tell(pk: int) -> list[tuple[int, str]]:
    """The firms with people of their own whose group is not that of the version before."""
    row = CreditList.objects.get(pk=pk)
    acting = Mandate.objects.filter(state=Mandate.State.ACTIVE).values("party")
    before = dict(Entry.objects.filter(edition=row.based_on_id).values_list("party", "group"))
    rows = Entry.objects.filter(edition=row, party__in=acting).values_list("party", "group")
    return [(party, group) for party, group in rows if before.get(party) != group]


def announce(pk: int, *, now: datetime) -> int:
    """Tell every firm whose group has changed; each is told once."""
    told = _to_tell(pk)
    words = {
        "in": "已列入科技信贷白名单。授权后，金融机构才能看到。",
        "unknown": "科技信贷白名单还缺事实，暂时无法判断。请查看缺什么。",
        "out": "未列入科技信贷白名单。可查看原因；有异议可在期限内申诉。",
    }
    for party, group in told:
        _tell(party, f"本单位{words[group]}", f"credit:{pk}:{group}", now)
    return len(told)


def _tell(party: int, text: str, key: str, now: datetime) -> None:
    for held in Mandate.objects.filter(party=party, state=Mandate.State.ACTIVE).select_related("user"):
        tell(user=held.user, text=text, url=f"/credit/results/{party}/", key=f"{key}:{party}", now=now, digest=True)


def note_view(*, credit_list: CreditList, parties: Collection[int], place: str, by: Any, now: datetime) -> None:
    """Every look at the list for banks, and every file of it, leaves a mark that the firms shown can read."""
    if not access.reads_list(by):
        raise NotAllowed(_("白名单供金融机构查看。如果您在金融机构工作，请联系市级主管部门设置岗位。"))
    record(credit_list, queries.VIEW, by=by, now=now, after={"place": place, "parties": sorted(parties)})
