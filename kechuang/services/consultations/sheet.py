"""意见清单表: the comments on drafts as a sheet; an import answers and groups them."""

from collections.abc import Collection, Iterator
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from kechuang.core.cases.import_files import MOST_EXPORTED
from kechuang.core.cases.queries import state_of
from kechuang.core.parties.access import require_officer
from kechuang.kit.fields import CodeField
from kechuang.kit.refusal import Refusal
from kechuang.services.consultations import access, commenting, queries
from kechuang.services.consultations.models import Comment, Consultation
from kechuang.web.sheets import VERSION, Act, Ask, Change, Column, Given, Key, Part, Sheet, day, register_sheet


class AnswerCells(forms.Form):
    """答复列: what becomes of the comment, and why; the heading under which it is put with others."""

    topic = forms.CharField(label=gettext_lazy("归并"), max_length=80, required=False)
    outcome = CodeField(
        label=gettext_lazy("采纳情况"),
        choices=lambda: [(code, str(words)) for code, words in Comment.Outcome.choices],
        required=False,
    )
    answer = forms.CharField(label=gettext_lazy("答复和理由"), max_length=3000, required=False)


def _seen(ask: Ask) -> QuerySet[Consultation]:
    number = ask.parameters.get("consultation", "")
    seen = access.see.filter(ask.user, Consultation.objects.order_by("-id"))
    return seen.filter(pk=int(number)) if number.isascii() and number.isdigit() and len(number) < 18 else seen


def _filters(ask: Ask) -> list[str]:
    """The consultation and the filters of the page, in words."""
    given = {name: str(ask.parameters.get(name, "")) for name in queries.FILTERS}
    found = [row.title for row in _seen(ask)] if ask.parameters.get("consultation") else []
    outcome = dict(Comment.Outcome.choices).get(given.get("outcome", ""), "")
    return found + [str(words) for words in (outcome, given.get("topic", "")) if words]


def _comments(ask: Ask) -> Iterator[list[Any]]:
    """Those of one consultation where the address names it, else of all that the user sees."""
    given = {name: ask.parameters.get(name, "") for name in queries.FILTERS}
    left = MOST_EXPORTED + 1
    for row in _seen(ask):
        for one in queries.comments(ask.user, row, given)[:left]:
            left -= 1
            yield _cells(ask, one)
        if left <= 0:
            return


def _cells(ask: Ask, one: Comment) -> list[Any]:
    return [
        one.case_id,
        one.consultation.title,
        str(one.clause) if one.clause is not None else _("全文"),
        one.clause.text if one.clause is not None else "",
        one.text,
        one.party or (_("个人") if one.user_id else _("访客")),
        day(one.at),
        _(state_of(one.case).label),
        one.case.assignee or "",
        one.case.due_on,
        one.topic,
        one.get_outcome_display(),
        one.answer,
        ANSWERS.stamp(one),
    ]


def _find(ask: Ask, keys: Collection[Key]) -> dict[Key, Comment]:
    numbers = {int(key[0]): key for key in keys if key[0].isascii() and key[0].isdigit() and len(key[0]) < 18}
    rows = Comment.objects.filter(case__in=numbers).select_related("case", "consultation__case", "clause")
    return {numbers[one.case_id]: one for one in access.see_comment.filter(ask.user, rows)}


def _content(one: Comment) -> dict[str, Any]:
    return {"topic": one.topic, "outcome": one.outcome, "answer": one.answer}


def _plan(given: Given) -> Act:
    one, data, user = given.record, given.data, given.ask.user
    answers = bool(given.changed & {"outcome", "answer"})
    if not access.answers.check(user, one):
        words = _("意见由主管部门归并和答复。")
        raise Refusal(words, fields={"outcome": words})
    if answers and one.case.state not in ("waiting", "answered"):
        words = _("当前状态为“%(state)s”，不能答复。") % {"state": _(state_of(one.case).label)}
        raise Refusal(words, fields={"outcome": words})
    if answers and not data["outcome"]:
        words = _("填了答复，请同时填采纳情况。")
        raise Refusal(words, fields={"outcome": words})
    if answers and data["outcome"] != Comment.Outcome.ADOPTED and not data["answer"].strip():
        words = _("部分采纳或未采纳，请写明理由，会向社会公布。")
        raise Refusal(words, fields={"answer": words})

    def act(now: Any) -> None:
        if "topic" in given.changed:
            commenting.group(comments=[one], topic=data["topic"], by=user, now=now)
        if answers:
            commenting.answer(comments=[one], outcome=data["outcome"], text=data["answer"], by=user, now=now)

    return act


def _require(ask: Ask) -> None:
    require_officer(ask.user)


ANSWERS = Change(
    form=AnswerCells,
    find=_find,
    content=_content,
    version=lambda one: f"{one.case.state} {one.topic} {one.outcome} {one.answer}",
    plan=_plan,
    require=_require,
    title=str,
    link=lambda one: reverse("case", args=[one.case_id]),
)

register_sheet(
    Sheet(
        "comments",
        gettext_noop("对草案的意见"),
        (
            Part(
                gettext_noop("对草案的意见"),
                (
                    Column(gettext_noop("办件编号"), gettext_noop("系统中的编号，不变。"), 10, "case", key=True),
                    Column(gettext_noop("征求意见稿"), width=32),
                    Column(gettext_noop("条款"), width=12),
                    Column(gettext_noop("条文"), width=44),
                    Column(gettext_noop("意见和理由"), width=60),
                    Column(gettext_noop("提出人"), gettext_noop("单位名称；个人和访客不写姓名。"), 24),
                    Column(gettext_noop("提出日期"), width=12),
                    Column(gettext_noop("状态"), width=14),
                    Column(gettext_noop("经办人"), width=14),
                    Column(gettext_noop("期限"), gettext_noop("答复期限，按工作日计算。"), 12),
                    Column(
                        gettext_noop("归并"),
                        gettext_noop("同一份草案里意思相同的意见写同样的字，可一并答复。"),
                        20,
                        "topic",
                    ),
                    Column(gettext_noop("采纳情况"), gettext_noop("采纳、部分采纳或未采纳。"), 14, "outcome"),
                    Column(gettext_noop("答复和理由"), gettext_noop("会公布；部分采纳、未采纳必填。"), 60, "answer"),
                    VERSION,
                ),
                _comments,
                ANSWERS,
            ),
        ),
        filters=_filters,
        about=gettext_noop("待审核的访客意见请先在页面上审核。"),
    )
)
