"""资格认定写入: apply, hand in with the verdict as evidence, send in batches. The case moves by its steps."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.cases.actions import advance, open_case
from kechuang.core.cases.models import Case
from kechuang.core.dossier.queries import provenance_of
from kechuang.core.parties.access import acts_for, require_city_officer
from kechuang.core.parties.models import Party
from kechuang.core.policy.actions import keep_verdict
from kechuang.core.tiers.ladder import Rung
from kechuang.core.vocab import queries as vocab
from kechuang.kit.language import english
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.kit.rules import wording
from kechuang.kit.rules.verdicts import Verdict
from kechuang.kit.rules.wording import Words
from kechuang.services.recognition import queries
from kechuang.services.recognition.integrity import require_clear, require_not_revoked
from kechuang.services.recognition.models import Application, Batch

SERVICE = "recognition"


@transaction.atomic
def start(*, party: Party, rung: Rung, by: Any, now: datetime) -> Application:
    """A draft; asked for twice it is the draft that is there. Drafts are made before the window opens, too."""
    if not acts_for.check(by, party):
        raise NotAllowed(_("您不是该单位的经办人，不能代其申报。请先在“我的单位”中申请加入。"))
    on = timezone.localdate(now)
    if party not in queries.candidates(by, rung, on):
        raise Refusal(_("%(rung)s由企业申报，“%(party)s”不在适用范围内。") % {"rung": rung.label, "party": party})
    year = queries.campaign(rung, on, party.district).year
    require_not_revoked(party, rung, year)
    row = Application(party=party, rung=rung.code, year=year)
    try:
        with transaction.atomic():
            row.case = open_case(
                service=SERVICE, applicant=party, by=by, now=now, district=party.district, data=_data(row, rung.code)
            )
            row.save()
    except IntegrityError:
        return _there(row, rung)
    return row


def _data(row: Application, code: str) -> dict[str, Any]:
    return {"title": f"{vocab.main_label('qualification', code)} {row.year} 年申报", "rung": code, "year": row.year}


def _there(row: Application, rung: Rung) -> Application:
    found = Application.objects.filter(party=row.party, rung=row.rung, year=row.year, ended_at=None).first()
    if found is not None and found.case.state == "draft":
        return found
    words = _("“%(party)s”%(year)s 年已有%(rung)s的申报（编号 %(case)s），请在原办件里查看。")
    raise Refusal(
        words % {"party": row.party, "year": row.year, "rung": rung.label, "case": found.case_id if found else "—"}
    )


def locked(row: Application) -> Application:
    """The application as it is now; whoever else changes its case waits."""
    Case.objects.select_for_update(of=("self",)).get(pk=row.case_id)
    return queries.with_everything().select_for_update(of=("self",)).get(pk=row.pk)


def rung_of(row: Application) -> Rung:
    """The rung of an application; refused where the region no longer has it."""
    rung = queries.rung_of(row.rung)
    if rung is None:
        raise Refusal(_("这项资格已不在梯度表中，请联系市级主管部门。"))
    return rung


def hand_in(case: Case, *, by: Any, now: datetime) -> None:
    """Keep the verdict; refused outside the window or where conditions are not met. Effect of handing in."""
    row, on = locked(case.recognition), timezone.localdate(now)
    rung = rung_of(row)
    require_clear(row.party, on)
    if case.state == "submitted":  # what is handed in anew after a request for corrections keeps its campaign
        _enter_campaign(row, rung, on)
    require_not_revoked(row.party, rung, row.year)
    _judge(row, rung, on, by=by, now=now)
    try:
        with transaction.atomic():
            row.save(update_fields=["year", "batch_on", "verdict"])
    except IntegrityError as error:
        raise Refusal(_("该单位 %(year)s 年已有同一资格的申报。") % {"year": row.year}) from error
    case.data = {
        **_data(row, rung.code),
        "facts": row.verdict.facts if row.verdict else {},
        "sources": _sources(row, on),
    }
    case.save(update_fields=["data"])


def _enter_campaign(row: Application, rung: Rung, on: date) -> None:
    found = queries.campaign(rung, on, row.party.district)
    if not found.open:
        raise Refusal(closed_words(found))
    row.year, row.batch_on = found.year, queries.next_batch(found, on)


def closed_words(found: queries.Campaign) -> str:
    """When one may apply, in words, while one may not."""
    given: dict[str, Any] = {"rung": found.rung.label, "year": found.year}
    if found.last is not None:
        given |= {"last": found.last.year, "day": found.last.closes}
        return (
            _("%(rung)s %(last)s 年的申报已在 %(day)s 截止，%(year)s 年的时间尚未公布，可以先存草稿；公布后再提交。")
            % given
        )
    if found.window is None:
        return _("%(rung)s %(year)s 年的申报时间尚未公布，可以先存草稿；公布后再提交。") % given
    if found.open is None:
        return _("%(rung)s %(year)s 年的通知没有写明开始日期，可以先存草稿；请留意主管部门的通知。") % given
    given["day"] = found.window.opens
    return _("%(rung)s %(year)s 年的申报从 %(day)s 开始，可以先存草稿；开始以后再提交。") % given


def _judge(row: Application, rung: Rung, on: date, *, by: Any, now: datetime) -> None:
    version = queries.version_of(rung, on)
    if version is None:
        raise Refusal(_("%(rung)s现在没有有效的规则，不能提交。请联系市级主管部门。") % {"rung": rung.label})
    kept = keep_verdict(version=version, party=row.party, on=on, by=by, now=now)
    found = queries.again(kept)
    if not queries.may_go_on(found):
        raise Refusal(why(found))
    row.verdict = kept


def why(found: Verdict) -> str:
    """Why a firm cannot hand in yet, in words."""
    say = Words(_, english(), vocab.label)
    experts = queries.expert_facts(found.pack)
    missing = [say.label(found.pack.facts[code]) for code in found.missing if code not in experts]
    if found.result == "unknown" and missing:
        return _("还不能判断：缺少%(names)s。请在企业档案里补充后再提交。") % {"names": _("、").join(missing)}
    failed = [line.text for line in wording.conditions(found, say) if line.truth is False]
    said = {"reasons": _("；").join(failed) or wording.headline(found, say)}
    return _("按企业档案还不符合：%(reasons)s。请核对档案；对规则有疑问，请联系区市主管部门。") % said


def _sources(row: Application, on: date) -> dict[str, list[str]]:
    """Where each fact came from on the day of handing in: source, day, who entered it."""
    used = row.verdict.facts if row.verdict is not None else {}
    origins = provenance_of(row.party, on=on)
    return {
        code: [origin.source, origin.day.isoformat() if origin.day else "", origin.by]
        for code, origin in origins.items()
        if code in used
    }


@transaction.atomic
def send_batch(*, rung: Rung, numbers: list[int], by: Any, now: datetime) -> Batch:
    """Send what was chosen to the national system together; what somebody else has sent meanwhile is refused."""
    require_city_officer(by)
    rows = list(queries.to_send(by, rung.code).filter(pk__in=numbers))
    if not rows or len(rows) != len(set(numbers)):
        raise Refusal(_("有的申报已由同事报送或不再等待报送，请刷新页面后重新勾选。"))
    batch = Batch.objects.create(rung=rung.code, year=max(row.year for row in rows), by=by, at=now)
    for row in rows:
        row = locked(row)  # noqa: PLW2901 - as it is now
        row.batch = batch
        row.save(update_fields=["batch"])
        advance(case=row.case, step="send", by=by, now=now)
    record(batch, "send", by=by, now=now, after={"rung": rung.code, "count": len(rows)})
    return batch
