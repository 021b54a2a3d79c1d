"""兑付写入: claim, check, review, hold money, pay. The case moves by its steps."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.cases.actions import advance, open_case
from kechuang.core.cases.models import Case
from kechuang.core.ledger.models import BudgetLine
from kechuang.core.ledger.payees import Payee, checked, opened, sealed
from kechuang.core.parties.access import acts_for
from kechuang.core.parties.models import Party
from kechuang.core.policy.actions import keep_verdict
from kechuang.core.policy.models import PackVersion
from kechuang.core.policy.queries import applies, pack_of
from kechuang.core.policy.stored import plain
from kechuang.kit.language import english
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.kit.rules import wording
from kechuang.kit.rules.facts import cleaned
from kechuang.kit.rules.packs import facts_of
from kechuang.kit.rules.verdicts import Verdict
from kechuang.kit.rules.wording import Words
from kechuang.services.benefits import access, queries
from kechuang.services.benefits.integrity import require_clear
from kechuang.services.benefits.models import Benefit

SERVICE = "benefits"


@transaction.atomic
def start(
    *,
    version: PackVersion,
    party: Party,
    item: str,
    facts: Mapping[str, Any],
    account: Mapping[str, str],
    by: Any,
    now: datetime,
    form_key: str | None = None,
) -> Benefit:
    """A draft of a claim; the same form sent twice gives the draft that is there, a second claim of a year is refused.

    ``account`` is the bank account as typed; it may be empty until the claim is handed in.
    """
    if not acts_for.check(by, party):
        raise NotAllowed(_("您不是该单位的经办人，不能代其申报。请先在“我的单位”中申请加入。"))
    pack = pack_of(version)
    if not queries.claimable(pack) or not applies(pack, {"kind": party.kind, "district": party.district}):
        raise Refusal(_("“%(title)s”不是面向该单位的申报事项，请在政策页查看适用对象。") % {"title": pack.title})
    row = _new(version, party, timezone.localdate(now).year, item, form_key or None)
    row.facts = _plain(version, facts)
    put_account(row, account)
    try:
        with transaction.atomic():
            row.case = open_case(
                service=SERVICE, applicant=party, by=by, now=now, district=party.district, data=_data(row)
            )
            row.save()
    except IntegrityError:
        return _there(row)
    return row


def _new(version: PackVersion, party: Party, year: int, item: str, form_key: str | None) -> Benefit:
    return Benefit(version=version, code=version.code, party=party, year=year, item=item.strip(), form_key=form_key)


def _data(row: Benefit) -> dict[str, Any]:
    return {"title": f"{row.version.title} · {row.item or row.year}"[:200], "year": row.year, "facts": row.facts}


def _there(row: Benefit) -> Benefit:
    twin = Benefit.objects.filter(form_key=row.form_key).first() if row.form_key else None
    if twin is not None:
        return twin
    found = Benefit.objects.filter(code=row.code, party=row.party, year=row.year, item=row.item, ended_at=None).first()
    words = _("“%(party)s”%(year)s 年已有“%(title)s”的办件（编号 %(case)s），请在原办件里继续。")
    given = {"party": row.party, "year": row.year, "title": row, "case": found.case_id if found else "—"}
    raise Refusal(words % given, fields={"item": words % given})


def _plain(version: PackVersion, facts: Mapping[str, Any]) -> dict[str, Any]:
    own = {fact.code for fact in queries.own_facts(pack_of(version))}
    return {code: plain(value) for code, value in facts.items() if code in own and value is not None}


def stated(row: Benefit) -> dict[str, Any]:
    """The facts of the case as the rules compute with them."""
    known = pack_of(row.version).facts
    return {code: cleaned(known[code], value) for code, value in row.facts.items() if code in known}


def put_account(row: Benefit, account: Mapping[str, str]) -> None:
    """Take over an account as typed; without a number the one that is known stays. The caller saves."""
    if not (account.get("number") or account.get("bank")):
        return
    number = account.get("number", "")
    if not number.strip() and row.number_sealed is not None:  # only the rest is changed
        number = opened(row.number_sealed).decode()
    payee = checked(Payee(row.party, **{**account, "number": number}))
    row.account_name, row.bank, row.bank_code = payee.account_name, payee.bank, payee.bank_code
    row.number_sealed, row.tail = sealed(payee.number.encode()), payee.number[-4:]


def payee_of(row: Benefit) -> Payee:
    """The account of a claim; refused where none is given."""
    if row.number_sealed is None:
        words = _("请填写收款账户。")
        raise Refusal(words, fields={"number": words})
    return Payee(row.party, row.account_name, row.bank, opened(row.number_sealed).decode(), row.bank_code)


def locked(row: Benefit) -> Benefit:
    """The benefit as it is now; whoever else changes its case waits."""
    Case.objects.select_for_update(of=("self",)).get(pk=row.case_id)
    return queries.with_everything().select_for_update(of=("self",)).get(pk=row.pk)


@transaction.atomic
def change(
    *, benefit: Benefit, item: str, facts: Mapping[str, Any], account: Mapping[str, str], by: Any, now: datetime
) -> Benefit:
    """Change a draft, or what is to be supplemented."""
    row = locked(benefit)
    if not access.claimant.check(by, row.case) or row.case.state not in ("draft", "supplement"):
        raise NotAllowed(_("只有申报单位可以修改，而且只能在草稿和待补正时修改。"))
    before, row.item, row.facts = row.facts, item.strip(), _plain(row.version, facts)
    put_account(row, account)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        row.form_key = None
        return _there(row)
    row.case.data = _data(row)
    row.case.save(update_fields=["data"])
    record(row.case, "change", by=by, now=now, before={"facts": before}, after={"facts": row.facts})
    return row


def hand_in(case: Case, *, by: Any, now: datetime) -> None:
    """Compute and keep the verdict; refused unless it is met, with what is missing. Effect of handing in."""
    row, on = locked(case.benefit), timezone.localdate(now)
    require_clear(row.party, on)
    payee_of(row)
    _require_materials(row)
    judge(row, on, by=by, now=now)
    row.save(update_fields=["verdict", "computed", "amount"])


def _require_materials(row: Benefit) -> None:
    there = set(row.case.materials.filter(removed_at=None).values_list("label", flat=True))
    lacking = [label for label in materials_of(row.version) if label[:80] not in there]
    if lacking:
        raise Refusal(_("还缺材料：%(names)s。请上传后再提交。") % {"names": _("、").join(lacking)})


def materials_of(version: PackVersion) -> list[str]:
    """What a clause asks to be handed in."""
    return [str(label) for label in pack_of(version).about.get("materials", [])]


def judge(row: Benefit, on: date, *, by: Any, now: datetime) -> None:
    """Keep a verdict of today as evidence and take its amount over; the caller saves. Refused unless it is met."""
    key = queries.cap_key(pack_of(row.version), row.party, row.year, row.item)
    kept = keep_verdict(
        version=row.version, party=row.party, on=on, by=by, now=now, more=stated(row), used=queries.used(key)
    )
    if kept.result != "met" or kept.amount is None:
        raise Refusal(why(queries.again(kept)))
    if kept.amount <= 0:
        words = _("符合条件，但“%(label)s”已经用完，本次核定不出金额。")
        raise Refusal(words % {"label": key.label if key is not None else kept.version.title})
    row.verdict, row.computed, row.amount = kept, Decimal(kept.outcome["amount"]["computed"]), None


def why(found: Verdict) -> str:
    """Why a verdict pays nothing, in words."""
    words = Words(_, english())
    missing = wording.missing(found, words)
    benefit = found.pack.benefit
    if found.result == "met" and benefit is not None:  # the conditions hold, the amount cannot be told
        asked = sorted(facts_of(found.pack, benefit.formula.expression) - found.facts.keys())
        missing = [words.label(found.pack.facts[code]) for code in asked]
    if missing:
        return _("还不能判断：缺少%(names)s。请在企业档案或申报表中补充后再提交。") % {"names": _("、").join(missing)}
    failed = [line.text for line in wording.conditions(found, words) if line.truth is False]
    said = {"reasons": _("；").join(failed) or wording.headline(found, words)}
    return _("按现有事实不符合条件：%(reasons)s。请核对企业档案；如对规则有疑问，请联系主管部门。") % said


@transaction.atomic
def review(*, benefit: Benefit, line: BudgetLine, by: Any, now: datetime) -> Benefit:
    """Another officer than the checker agrees: the cap is taken, the line reserved, the public notice begins."""
    row = locked(benefit)
    if row.case.state == "checked" and not access.reviewer.check(by, row.case):
        raise NotAllowed(_("初审和复核须由两位工作人员分别办理。"))
    row.line, row.reviewer = line, by
    row.save(update_fields=["line", "reviewer"])
    advance(case=row.case, step="review", by=by, now=now)
    return Benefit.objects.get(pk=row.pk)


@transaction.atomic
def correct_account(*, benefit: Benefit, account: Mapping[str, str], by: Any, now: datetime) -> Benefit:
    """The account after the bank sent the money back; an officer then orders anew."""
    row = locked(benefit)
    if not access.claimant.check(by, row.case):
        raise NotAllowed(_("收款账户由申报单位更正。"))
    put_account(row, account)
    payee_of(row)
    row.save(update_fields=["account_name", "bank", "bank_code", "number_sealed", "tail"])
    advance(case=row.case, step="correct", by=by, now=now)
    return row
