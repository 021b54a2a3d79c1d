"""政策库写入: a question or a suggestion on a policy becomes a case with an owner and a clock."""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.cases.actions import open_case
from kechuang.core.cases.models import Case
from kechuang.core.notices.actions import tell_visitor
from kechuang.core.parties.access import acts_for
from kechuang.core.parties.bureaus import bureau
from kechuang.core.parties.models import Party
from kechuang.core.policy.models import PackVersion
from kechuang.kit.language import main_language
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.policies.access import answers_question
from kechuang.services.policies.models import Faq

VISITOR_LIMIT, WAITING_LIMIT = 5, 500  # from one place in an hour; of visitors waiting at once


@transaction.atomic
def ask(*, version: PackVersion, party: Party, text: str, public: bool, by: Any, now: datetime) -> Case:
    """Ask the bureau about a policy, or suggest something; the same words asked twice are one case."""
    if not acts_for.check(by, party):
        raise NotAllowed(_("您不是该单位的经办人，不能代其提问。请先在“我的单位”中申请加入。"))
    Party.objects.select_for_update().get(pk=party.pk)
    same = Case.objects.filter(service="policies", applicant=party, state="asked", data__policy=version.code)
    for case in same:
        if case.data.get("text") == text:
            raise Refusal(_("同样的问题已经提过，正在等待答复。"))
    title = _("关于“%(title)s”的提问") % {"title": version.title}
    data = {"policy": version.code, "title": title, "text": text, "public": public}
    return open_case(service="policies", applicant=party, by=by, now=now, district=party.district, data=data)


@dataclass(frozen=True)
class Suggested:
    """访客所提: what is wrong, unclear or missing, and what she chose to leave of herself."""

    about: str
    text: str
    name: str = ""
    contact: str = ""
    origin: str = ""
    form_key: str = ""


@transaction.atomic
def suggest(*, version: PackVersion, said: Suggested, now: datetime) -> Case:
    """A suggestion without login: a case of the bureau; shown with its answer, never before. Twice is once."""
    keeper = bureau(district=version.district, now=now)
    Party.objects.select_for_update().get(pk=keeper.pk)
    rows = Case.objects.filter(service="policies", data__has_key="token")
    there = rows.filter(data__form_key=said.form_key).first() if said.form_key else None
    if there is not None:
        return there
    if rows.filter(data__origin=said.origin, opened_at__gt=now - timedelta(hours=1)).count() >= VISITOR_LIMIT:
        words = _("同一网络一小时内最多提 %(most)s 条，请过一会儿再提。您填写的内容还在下面。")
        raise Refusal(words % {"most": VISITOR_LIMIT})
    if rows.filter(state="asked").count() >= WAITING_LIMIT:
        raise Refusal(_("等待处理的访客建议太多，请过几天再来，或登录后提问。您填写的内容还在下面。"))
    with main_language():
        title = _("访客对“%(title)s”的建议") % {"title": version.title}
    data = {"policy": version.code, "title": title, "public": True, "token": secrets.token_hex(16), **asdict(said)}
    return open_case(service="policies", applicant=keeper, by=None, now=now, district=version.district, data=data)


def write_visitor(case: Case, *, by: Any, now: datetime) -> None:
    """The effect of an answer: a visitor who left an e-mail address gets the way to it, once."""
    if "token" not in case.data:
        return
    with main_language():
        words = _("您对一项政策的建议已经答复：%(title)s。请凭回执查看：") % {"title": case.data["title"]}
    url, key = f"/policies/suggestions/{case.data['token']}/", f"suggestion:{case.pk}"
    tell_visitor(contact=str(case.data.get("contact", "")), text=words, urls=[url], key=key, now=now)


@transaction.atomic
def keep_faq(*, case: Case, question: str, answer: str, by: Any, now: datetime) -> Faq:
    """Put an answered question among the FAQ of its policy, in the officer's wording."""
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if not answers_question.check(by, case):
        raise NotAllowed(_("常见问题由答复的主管部门整理。"))
    if case.state != "answered":
        raise Refusal(_("先答复，再列入常见问题。"))
    values = {"code": case.data["policy"], "question": question.strip(), "answer": answer.strip(), "removed_at": None}
    row, _new = Faq.objects.update_or_create(case=case, defaults=values, create_defaults=values | {"at": now, "by": by})
    record(case, "change", by=by, now=now, after={"faq": row.pk})
    return row


@transaction.atomic
def drop_faq(*, faq: Faq, by: Any, now: datetime) -> None:
    """Take a question out of the FAQ; its case stays."""
    if not answers_question.check(by, faq.case):
        raise NotAllowed(_("常见问题由答复的主管部门整理。"))
    faq.removed_at = now
    faq.save(update_fields=["removed_at"])
    record(faq.case, "change", by=by, now=now, before={"faq": faq.pk})
