"""认定页面: the way through HTTP, the batch that goes out and the outcomes that come back, what the public sees."""

import io
from typing import Any

import pytest
from django.http import QueryDict  # noqa: TID251 - the filters of an address are part of what is asked for
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from kechuang.core.cases import imports
from kechuang.core.cases.import_work import work
from kechuang.core.cases.models import Import
from kechuang.core.dossier.models import Qualification
from kechuang.kit.workbooks import Table, book
from kechuang.services.recognition.models import Application, Batch
from kechuang.services.recognition.tests.desk import AFTER, NUMBER, Desk
from kechuang.web.sheet_files import heads_of, sheet_file
from kechuang.web.sheets import Ask, sheet_of

pytestmark = pytest.mark.django_db
PART = "报送名单"


def client(user: Any = None) -> Client:
    found = Client()
    if user is not None:
        found.force_login(user)
    return found


def text(response: Any) -> str:
    return str(response.content.decode())


def test_the_self_evaluation_shows_facts_with_their_sources_and_hnte_as_a_range(desk: Desk) -> None:
    browser = client(desk.city.engineer)
    sme = text(browser.get(reverse("apply_recognition", args=["sme"])))
    assert "60 分，须达到 60 分" in sme
    assert "企业填报" in sme
    hnte = text(browser.get(reverse("apply_recognition", args=["hnte"])))
    assert "只给出范围，不是最后得分" in hnte


def test_a_draft_that_cannot_be_handed_in_stays_and_says_why(desk: Desk) -> None:
    page = client(desk.city.engineer).post(
        reverse("apply_recognition", args=["innovative"]), {"submit": "1"}, follow=True
    )
    assert "已存为草稿，还没有提交" in text(page)
    assert "尚未公布" in text(page)
    assert Application.objects.get().case.state == "draft"


def test_visitors_see_name_and_matter_on_notice_and_afterwards_name_number_and_day(desk: Desk) -> None:
    row = desk.on_notice()
    page = text(client().get(reverse("public_notices") + "?service=recognition"))
    assert [words in page for words in (desk.city.company.name, "拟推荐：科技型中小企业 2026 年申报")] == [True] * 2
    assert desk.city.engineer.name not in page
    Application.objects.filter(pk=row.pk).update(number=NUMBER, granted_on=AFTER.date(), announcement="示例公告")
    page = text(client().get(reverse("recognition_outcomes")))
    assert [words in page for words in (desk.city.company.name, NUMBER, "2026-12-03")] == [True] * 3


def finished(batch: Import) -> Import:
    while work(batch, now=AFTER):
        batch.refresh_from_db()
    batch.refresh_from_db()
    return batch


def filled(desk: Desk, **cells: Any) -> bytes:
    """The exported list with the columns of its only row filled in."""
    sheet = sheet_of("recognition-sent")
    assert sheet is not None
    data = sheet_file(sheet, Ask(desk.second, QueryDict(), AFTER))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(PART).to_python()
    heads, line = rows[0], [int(v) if isinstance(v, float) else v for v in rows[1]]
    for label, value in cells.items():
        line[heads.index(label)] = value
    return book([Table(PART, heads_of(sheet.parts[0]), [line])])


def read(desk: Desk, data: bytes) -> Import:
    return finished(
        imports.start_sheet_import(
            sheet="recognition-sent", name="结果.xlsx", data=data, language="zh-hans", by=desk.second, now=AFTER
        )
    )


def said(batch: Import) -> str:
    return "；".join(e["reason"] for row in batch.rows.all() for e in row.errors)


def test_a_batch_goes_out_and_the_outcomes_come_back_with_a_preview(desk: Desk) -> None:
    row = desk.noticed("hnte")
    city = client(desk.city.officer)
    assert row.party.name in text(city.get(reverse("recognition_batches")))
    sent = city.post(reverse("recognition_batches"), {"rung": "hnte", "row": row.pk})
    batch = Batch.objects.get()
    assert sent["Location"] == reverse("recognition_batch", args=[batch.pk])
    again = city.post(reverse("recognition_batches"), {"rung": "hnte", "row": row.pk})
    assert again.status_code == 422  # a colleague's page, out of date
    told = {"结果": "已认定", "编号": "GR1", "取得日期": "2026-12-01", "公告": "示例公告1号"}
    assert "不是高新技术企业的编号" in said(read(desk, filled(desk, **told)))
    good = filled(desk, **told | {"编号": "GR202637100001"})
    ready = read(desk, good)
    assert (ready.updated, Qualification.objects.count()) == (1, 0)  # a preview writes nothing
    finished(imports.confirm(batch=ready, by=desk.second, now=AFTER))
    held = Qualification.objects.get()
    assert (held.number, held.source, str(held.valid_to)) == ("GR202637100001", "case", "2029-12-01")
    assert read(desk, good).unchanged == 1


def test_the_outcome_typed_on_its_page_names_the_field_that_is_wrong_and_loses_nothing(desk: Desk) -> None:
    row = desk.sent("hnte")
    url = reverse("recognition_outcome", args=[row.case_id])
    typed = {"number": "GR12", "granted_on": "2026-11-20", "announcement": "示例公告1号"}
    page = client(desk.city.officer).post(url, typed)
    assert page.status_code == 422
    assert "应为 GR 加 12 位数字" in text(page)
    assert 'value="示例公告1号"' in text(page)
    page = client(desk.city.officer).post(url, typed | {"number": "GR202637100002"}, follow=True)
    assert "GR202637100002" in text(page)
    assert Application.objects.get(pk=row.pk).case.state == "recognised"
