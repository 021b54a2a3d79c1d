"""认定清单表: applications as a sheet; a batch as it is sent to the national system, in which outcomes come back."""

from collections.abc import Collection, Iterator
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from kechuang.core.cases.actions import advance
from kechuang.core.cases.queries import state_of
from kechuang.core.parties.access import require_city_officer
from kechuang.core.vocab import queries as vocab
from kechuang.kit.fields import CodeField, DayField
from kechuang.kit.refusal import Refusal
from kechuang.services.recognition import access, deciding, queries
from kechuang.services.recognition.deciding import Outcome
from kechuang.services.recognition.models import Application
from kechuang.services.recognition.service import RESULT_REASONS
from kechuang.web import sheet_steps
from kechuang.web.sheets import VERSION, Act, Ask, Change, Column, Given, Key, Part, Sheet, register_sheet
from kechuang.web.templatetags.kc import owner_label

RECOGNISED = "recognised"
MOST = 5000


def _results() -> list[tuple[str, str]]:
    """Recognised, or not with a reason."""
    refused = [(code, f"{_('未认定')}{_('：')}{_(words)}") for code, words in RESULT_REASONS.items()]
    return [(RECOGNISED, _("已认定")), *refused]


class OutcomeCells(forms.Form):
    """结果列: what the national system announced."""

    result = CodeField(label=gettext_lazy("结果"), choices=_results, required=False)
    number = forms.CharField(label=gettext_lazy("编号"), max_length=40, required=False)
    granted_on = DayField(label=gettext_lazy("取得日期"), required=False)
    valid_to = DayField(label=gettext_lazy("失效日期（不含当日）"), required=False)
    announcement = forms.CharField(label=gettext_lazy("公告"), max_length=200, required=False)


def _points(row: Application) -> str:
    if row.verdict is None or row.verdict.low is None:
        return ""
    low, high = row.verdict.low, row.verdict.high
    return str(low) if low == high else f"{low}–{high}"


def _label(code: str) -> str:
    return vocab.label("qualification", code)


def _rows(ask: Ask) -> Iterator[list[Any]]:
    found = list(queries.applications(ask.user, ask.parameters)[:MOST])
    may = sheet_steps.takable(ask.user, [row.case for row in found])
    for row in found:
        case = row.case
        yield [
            case.pk,
            _label(row.rung),
            row.party.name,
            row.party.uscc or "",
            vocab.label("district", case.district) if case.district else "",
            row.year,
            row.batch_on,
            _points(row),
            _(state_of(case).label),
            owner_label(case.owner) if case.owner else "",
            case.due_on,
            row.number,
            row.granted_on,
            row.valid_to,
            row.announcement,
            row.revoked_on,
            *sheet_steps.step_cells(case, may),
        ]


def _sent(ask: Ask) -> Iterator[list[Any]]:
    rows = queries.applications(ask.user, ask.parameters).exclude(batch=None).order_by("batch", "pk")
    for row in rows[:MOST]:
        if row.case.state != "sent" and "batch" not in ask.parameters:
            continue
        yield [
            row.case_id,
            _label(row.rung),
            row.party.name,
            row.party.uscc or "",
            vocab.label("district", row.case.district) if row.case.district else "",
            row.year,
            _points(row),
            _(state_of(row.case).label),
            *OUTCOME.blanks(),
            OUTCOME.stamp(row),
        ]


def _find(ask: Ask, keys: Collection[Key]) -> dict[Key, Application]:
    numbers = {int(key[0]): key for key in keys if key[0].isascii() and key[0].isdigit() and len(key[0]) < 18}
    rows = access.see_application.filter(ask.user, queries.with_everything().filter(case__in=list(numbers)))
    return {numbers[row.case_id]: row for row in rows}


def _refuse(name: str, words: str) -> None:
    raise Refusal(words, fields={name: words})


def _plan(given: Given) -> Act:
    row, data, by = given.record, given.data, given.ask.user
    if row.case.state != "sent":
        _refuse("result", _("这份申报的状态是“%(state)s”，不能登记结果。") % {"state": _(state_of(row.case).label)})
    if not data["result"]:
        _refuse("result", _("填了编号、日期或公告，请同时填“结果”。"))
    if data["result"] != RECOGNISED:
        reason = data["result"]
        return lambda now: advance(case=row.case, step="refuse", by=by, now=now, reason=reason)
    if not data["granted_on"]:
        _refuse("granted_on", _("请填写取得日期。"))
    outcome = Outcome(data["number"], data["granted_on"], data["announcement"], data["valid_to"])
    deciding.require_plausible(row, outcome, given.ask.today)
    return lambda now: deciding.record_outcome(application=row, outcome=outcome, by=by, now=now)


def _done(given: Given) -> bool:
    row, data = given.record, given.data
    if data["result"] == RECOGNISED:
        same = row.number == data["number"].strip().upper() and row.granted_on == data["granted_on"]
        return bool(row.case.state == "recognised" and same)
    return bool(data["result"] and row.case.state == "unrecognised" and row.case.reason == data["result"])


OUTCOME = Change(
    form=OutcomeCells,
    find=_find,
    content=lambda _row: {},
    version=lambda row: f"{row.case.state} {row.case.since}",
    plan=_plan,
    done=_done,
    require=lambda ask: require_city_officer(ask.user),
    title=str,
    link=lambda row: reverse("case", args=[row.case_id]),
)
_FIRST = (
    Column(gettext_noop("资格"), width=18),
    Column(gettext_noop("单位"), width=32),
    Column(gettext_noop("统一社会信用代码"), width=22),
    Column(gettext_noop("区市"), width=12),
    Column(gettext_noop("年度"), width=8),
)
register_sheet(
    Sheet(
        "recognition",
        gettext_noop("认定申报"),
        (
            Part(
                gettext_noop("认定申报"),
                (
                    Column(gettext_noop("办件编号"), gettext_noop("系统中的编号，不变。"), 10, "case", key=True),
                    *_FIRST,
                    Column(gettext_noop("批次日期"), width=12),
                    Column(gettext_noop("提交时得分"), gettext_noop("专家评分之前是最低到最高的范围。"), 12),
                    Column(gettext_noop("状态"), width=18),
                    Column(gettext_noop("等待谁"), width=14),
                    Column(gettext_noop("期限"), width=12),
                    Column(gettext_noop("编号"), width=20),
                    Column(gettext_noop("取得日期"), width=12),
                    Column(gettext_noop("失效日期（不含当日）"), width=14),
                    Column(gettext_noop("公告"), width=30),
                    Column(gettext_noop("撤销日期"), width=12),
                    *sheet_steps.COLUMNS,
                ),
                _rows,
                sheet_steps.STEPS,
            ),
        ),
        about=gettext_noop("导入只办步骤：在“办理步骤”里填一步。申报内容在页面上填；认定结果在“报送名单”里导入。"),
    )
)
register_sheet(
    Sheet(
        "recognition-sent",
        gettext_noop("报送名单"),
        (
            Part(
                gettext_noop("报送名单"),
                (
                    Column(gettext_noop("办件编号"), gettext_noop("系统中的编号，不变。"), 10, "case", key=True),
                    *_FIRST,
                    Column(gettext_noop("提交时得分"), gettext_noop("专家评分之前是最低到最高的范围。"), 12),
                    Column(gettext_noop("状态"), width=18),
                    Column(
                        gettext_noop("结果"), gettext_noop("已认定，或未认定和原因；没有结果的留空。"), 26, "result"
                    ),
                    Column(gettext_noop("编号"), gettext_noop("照公告填写；系统不会生成编号。"), 20, "number"),
                    Column(gettext_noop("取得日期"), width=12, name="granted_on"),
                    Column(gettext_noop("失效日期（不含当日）"), gettext_noop("不填时按有效期计算。"), 16, "valid_to"),
                    Column(gettext_noop("公告"), gettext_noop("公告的名称或文号。"), 30, "announcement"),
                    VERSION,
                ),
                _sent,
                OUTCOME,
            ),
        ),
        lambda ask: require_city_officer(ask.user),
        about=gettext_noop("导出后报送国家系统；结果公布后填好“结果”等各栏再导入，逐行预览后生效。"),
    )
)
