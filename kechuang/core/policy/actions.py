"""政策写入: draft, dry run, hand in, approve or send back a version; keep a verdict as evidence."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.dossier.facts import catalogue
from kechuang.core.dossier.queries import facts_frame, facts_of
from kechuang.core.parties.models import Party
from kechuang.core.policy import access
from kechuang.core.policy.dryrun import compare
from kechuang.core.policy.loading import described
from kechuang.core.policy.models import DryRun, PackVersion, Verdict
from kechuang.core.policy.queries import pack_of, version_on
from kechuang.core.policy.stored import as_data
from kechuang.core.policy.waiting import begin, finish
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.kit.rules.examples import check_examples
from kechuang.kit.rules.explain import explain
from kechuang.kit.rules.packs import Pack
from kechuang.kit.rules.reading import PackRefused, read_pack

YEARS_TRIED = 2
_NUMBER_LOCK = 0x706F_6C69  # two drafts of one pack must not take the same number


@transaction.atomic
def copy_to_draft(*, version: PackVersion, by: Any, now: datetime) -> PackVersion:
    """A draft with the words of a published version, for its officer to change."""
    access.require_drafter(by, version)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_NUMBER_LOCK])
    numbers = PackVersion.objects.filter(code=version.code).values_list("number", flat=True)
    kept = ("code", "title", "kind", "level", "district", "document", "clause", "text", "digest")
    draft = PackVersion.objects.create(
        **{name: getattr(version, name) for name in (*kept, "effective_from", "effective_to")},
        number=max(numbers, default=0) + 1,
        state=PackVersion.State.DRAFT,
        based_on=version,
        author=by,
        created_at=now,
    )
    record(draft, "draft", by=by, now=now, after={"based_on": version.pk})
    return draft


@transaction.atomic
def save_draft(*, draft: PackVersion, text: str, seen: int, by: Any, now: datetime) -> PackVersion:
    """Keep the words of a draft, faulty ones too, so that nothing is lost; ``seen`` is the revision that was open."""
    draft = _locked(draft)
    if not access.edit_draft.check(by, draft):
        raise NotAllowed(_("只有起草人可以修改草稿；已提交的请先退回。"))
    if draft.revision != seen:
        raise Stale(_("这份草稿在您打开之后已被修改。请把您的改动复制下来，刷新页面后再保存。"))
    draft.text, draft.revision = text, draft.revision + 1
    try:
        pack = read_pack(text, catalogue(), file=f"{draft.code}.toml")
    except PackRefused:
        draft.digest = ""
    else:
        if pack.code != draft.code:
            raise Refusal(_("规则包的 code 不能改：应为“%(code)s”。") % {"code": draft.code})
        for name, value in described(pack, f"{draft.code}.toml").items():
            setattr(draft, name, value)
    draft.save()
    record(draft, "change", by=by, now=now, after={"revision": draft.revision})
    return draft


def checked(version: PackVersion) -> Pack:
    """The rules of a version whose examples all pass; raises Refusal with every line that is wrong."""
    try:
        pack = read_pack(version.text, catalogue(), file=f"{version.code}.toml")
        check_examples(pack, file=f"{version.code}.toml")
    except PackRefused as refused:
        raise Refusal(str(refused)) from refused
    return pack


@transaction.atomic
def run_dry(*, version: PackVersion, on: date, by: Any, now: datetime) -> DryRun:
    """What the version would do to all organisations on a day, beside the version now in force."""
    if not access.work_on.check(by, version):
        raise NotAllowed(_("试算由起草和审定这项政策的主管部门进行。"))
    pack = checked(version)
    against = version_on(version.code, on)
    old = pack_of(against) if against is not None else None
    totals = compare(pack, old, facts_frame(on), on=on)
    totals["by_year"] = {
        str(day.year): compare(pack, old, facts_frame(day), on=on)["all"] for day in _years_back(on, YEARS_TRIED)
    }
    run = DryRun.objects.create(
        version=version, against=against, digest=version.digest, on=on, totals=totals, by=by, at=now
    )
    record(version, "dry_run", by=by, now=now, after={"on": on.isoformat(), **totals["all"]})
    return run


@transaction.atomic
def submit_draft(*, draft: PackVersion, note: str, by: Any, now: datetime, approver: int | None = None) -> PackVersion:
    """Hand in for approval: the examples pass, and this very wording has been tried out on all organisations.

    It waits with the ``approver`` whom the author picks, or with the one whom the rule finds.
    """
    draft = _locked(draft)
    if not access.edit_draft.check(by, draft):
        raise NotAllowed(_("只有起草人可以提交草稿。"))
    checked(draft)
    if not draft.dry_runs.filter(digest=draft.digest).exists():
        raise Refusal(_("提交之前要先试算（逢设必评）：这一稿改动之后还没有试算过。"))
    if draft.based_on is not None and draft.based_on.digest == draft.digest:
        raise Refusal(_("这一稿与所依据的版本没有不同。"))
    draft.state, draft.note, draft.submitted_at, draft.returned_for = PackVersion.State.SUBMITTED, note, now, ""
    begin(draft, timezone.localdate(now), wanted=approver)
    draft.save()
    record(draft, "submit", by=by, now=now, after={"assignee": draft.assignee_id}, note=note)
    return draft


@transaction.atomic
def approve(*, version: PackVersion, by: Any, now: datetime) -> PackVersion:
    """Publish: another officer than the author; the examples are run once more."""
    version = _locked(version)
    _require_approver(by, version)
    checked(version)
    version.state, version.approver, version.published_at = PackVersion.State.PUBLISHED, by, now
    finish(version)
    version.save()
    record(version, "publish", by=by, now=now, after={"code": version.code, "digest": version.digest})
    return version


@transaction.atomic
def send_back(*, version: PackVersion, reason: str, by: Any, now: datetime) -> PackVersion:
    """Give a submitted version back to its author with a reason."""
    version = _locked(version)
    _require_approver(by, version)
    if not reason.strip():
        raise Refusal(_("请写明退回原因。"), fields={"reason": _("请写明退回原因。")})
    version.state, version.returned_for = PackVersion.State.DRAFT, reason.strip()
    finish(version)
    version.save()
    record(version, "return", by=by, now=now, note=reason)
    return version


@transaction.atomic
def drop_draft(*, draft: PackVersion, by: Any, now: datetime) -> PackVersion:
    """Give a draft up; it stays in the history."""
    draft = _locked(draft)
    if not access.edit_draft.check(by, draft):
        raise NotAllowed(_("只有起草人可以放弃草稿。"))
    draft.state = PackVersion.State.DROPPED
    draft.save()
    record(draft, "drop", by=by, now=now)
    return draft


def _years_back(on: date, years: int) -> list[date]:
    """The same day in earlier years: with the figures of then, under the rules of now."""
    return [date(on.year - back, on.month, min(on.day, 28)) for back in range(1, years + 1)]


def _locked(version: PackVersion) -> PackVersion:
    return PackVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)


def _require_approver(user: Any, version: PackVersion) -> None:
    if version.state != PackVersion.State.SUBMITTED:
        raise Refusal(_("这一版不在待审定状态，可能已由他人处理。请刷新页面。"))
    if version.author_id == user.pk:
        raise NotAllowed(_("起草人不能审定自己起草的规则包，请由另一位工作人员审定。"))
    if not access.approve_draft.check(user, version):
        raise NotAllowed(_("这一版在等待另一位工作人员审定。需要由您审定时，请先在草稿页转交给自己并写明原因。"))


@transaction.atomic
def keep_verdict(
    *,
    version: PackVersion,
    party: Party,
    on: date,
    by: Any,
    now: datetime,
    more: dict[str, Any] | None = None,
    used: Decimal = Decimal(0),
) -> Verdict:
    """Compute a version for a party from its file and the case's own facts (``more``), and keep it as evidence."""
    facts = {**facts_of(party, on=on), **(more or {})}
    found = explain(pack_of(version), facts, on=on, used=used)
    data = as_data(found)
    return Verdict.objects.create(
        version=version,
        party=party,
        on=on,
        result=found.result,
        low=found.score.low if found.score else None,
        high=found.score.high if found.score else None,
        amount=found.amount.payable if found.amount else None,
        facts=data.pop("facts"),
        outcome=data,
        at=now,
        by=by if by is not None and by.is_authenticated else None,
    )
