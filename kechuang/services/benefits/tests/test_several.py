"""一起办与期限: many cases at once, each with its own result; lists edited in Excel; corrections that come too late."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from kechuang.core.cases.queries import said
from kechuang.core.dossier.actions import report
from kechuang.core.notices.models import Notice
from kechuang.core.policy.loading import load_pack
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from kechuang.services.benefits import runs
from kechuang.services.benefits.clock import tick
from kechuang.services.benefits.models import Benefit, Run
from kechuang.services.benefits.tests.desk import AUTO, WAN, Desk
from tests.city import NOW
from tests.sheets.files import checked, entered, exported, reasons
from tests.sheets.test_sheet_steps import cell

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def state(row: Benefit) -> str:
    return Benefit.objects.get(pk=row.pk).case.state


def posted(desk: Desk, rows: list[Benefit], **more: str) -> str:
    browser = Client()
    browser.force_login(desk.second)
    data = {"row": [str(row.case_id) for row in rows], **more}
    return browser.post(reverse("benefit_steps"), data).content.decode()


def test_several_are_reviewed_at_once_and_one_that_cannot_does_not_hold_up_the_rest(desk: Desk) -> None:
    first, second = desk.checked(item="示例甲项目"), desk.checked(8000 * WAN, "示例乙项目")
    over = desk.checked(1000 * WAN, "示例丙项目")  # the cap of 10 million is used up by the two before
    earlier = desk.submitted(item="示例丁项目")
    page = posted(desk, [first, second, over, earlier], step="review", line=str(desk.line.pk))
    assert [state(row) for row in (first, second, over, earlier)] == ["notice", "notice", "checked", "submitted"]
    assert "共 4 件，办成 2 件" in page
    assert "已经用完，这一件核定不出金额" in page
    assert "当前状态为“待初审”" in page
    assert "办成 0 件" in posted(desk, [first, second], step="review", line=str(desk.line.pk))  # pressed twice


def test_nothing_chosen_no_line_and_the_wrong_person_are_told(desk: Desk) -> None:
    row = desk.checked()
    assert "请先在表里勾选办件" in posted(desk, [], step="check")
    assert "复核要选择预算科目" in posted(desk, [row], step="review")
    browser = Client()
    browser.force_login(desk.manager)
    assert browser.post(reverse("benefit_steps"), {"row": row.case_id, "step": "review"}).status_code == 403
    assert state(row) == "checked"


def test_the_queue_is_checked_by_excel(desk: Desk) -> None:
    rows = [desk.submitted(item=f"示例{n}项目") for n in "甲乙"]
    cells = exported("benefits", desk.checker)
    for number in (1, 2):
        cells = cell(cells, "兑付办件", number, "办理步骤", "初审通过")
    entered("benefits", desk.checker, cells)
    assert [state(row) for row in rows] == ["checked", "checked"]


def drawn(desk: Desk) -> Run:
    report(party=desk.city.company, values={2025: {"rd_sme": Decimal(5_000_000)}}, by=desk.city.engineer, now=NOW)
    version = load_pack(text=AUTO, file="test-auto.toml", now=NOW)
    return runs.compute(version=version, district="", on=TODAY, by=desk.city.officer, now=NOW)


def test_a_firm_is_left_out_of_a_run_with_a_reason_and_the_cost_follows(desk: Desk) -> None:
    run, firm = drawn(desk), desk.city.company.pk
    browser = Client()
    browser.force_login(desk.city.officer)
    url = reverse("benefit_run", args=[run.pk])
    assert "请写明暂不发放的原因" in browser.post(url, {"party": firm, "leave": "1"}).content.decode()
    assert browser.post(url, {"party": firm, "leave": "1", "why": "示例：待核实"}).status_code == 302
    run.refresh_from_db()
    assert run.total == 0
    assert not run.kept
    with pytest.raises(Refusal, match="名单是空的"):
        runs.confirm(run=run, line=desk.line, by=desk.city.officer, now=NOW)
    browser.post(url, {"party": firm, "take": "1"})
    run.refresh_from_db()
    assert (run.total, run.left_out) == (50 * WAN, {})
    run = runs.confirm(run=run, line=desk.line, by=desk.city.officer, now=NOW)
    with pytest.raises(Stale):
        runs.leave_out(run=run, parties=[firm], why="晚了", by=desk.city.officer, now=NOW)


def test_who_has_nothing_to_do_with_a_run_leaves_nobody_out(desk: Desk) -> None:
    run = drawn(desk)
    with pytest.raises(NotAllowed):
        runs.leave_out(run=run, parties=[desk.city.company.pk], why="示例", by=desk.city.engineer, now=NOW)


def test_the_list_of_a_run_is_edited_in_excel(desk: Desk) -> None:
    run = drawn(desk)
    cells = cell(exported("benefit-run", desk.city.officer, f"run={run.pk}"), "名单", 1, "发放", "暂不发放")
    assert "请写明暂不发放的原因" in reasons(checked("benefit-run", desk.city.officer, cells))
    entered("benefit-run", desk.city.officer, cell(cells, "名单", 1, "原因", "示例：待核实"))
    run.refresh_from_db()
    assert run.left_out == {str(desk.city.company.pk): "示例：待核实"}


def test_corrections_that_come_too_late_end_the_case_with_its_reason_after_one_reminder(desk: Desk) -> None:
    row = desk.step(desk.submitted(), "supplement", desk.checker, note="缺到账凭证。")
    due = row.case.due_on
    assert str(due) == "2026-12-02"
    ticks = [tick(now=NOW + timedelta(days=n)) for n in (9, 12, 13, 14)]
    assert [one.reminded for one in ticks] == [0, 1, 0, 0]
    assert [one.late for one in ticks] == [0, 0, 0, 0]  # the last day counts
    told = Notice.objects.filter(user=desk.manager).order_by("pk").last()
    assert told is not None
    assert "请于 2026-12-02 前办理，逾期未补正将不予兑付" in told.text
    after = [tick(now=NOW + timedelta(days=n)).late for n in (15, 16)]
    assert after == [1, 0]
    row = Benefit.objects.get(pk=row.pk)
    assert (row.case.state, row.case.reason, row.ended_at is not None) == ("rejected", "late", True)
    assert said(row.case).startswith("逾期未补正")
    assert Notice.objects.filter(user=desk.manager, text__contains="逾期未补正（").exists()
    assert desk.draft().pk != row.pk  # a new claim of the year is possible
