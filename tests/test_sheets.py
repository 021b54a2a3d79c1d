"""清单导出: every declared sheet opens with its columns and rows, keeps formulas as texts, and asks who may."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.http import QueryDict  # noqa: TID251 - the filters of an address are part of what is asked for
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from kechuang.core.cases.models import Case, Remark
from kechuang.core.market.models import Need
from kechuang.core.matching.models import Judgement
from kechuang.core.parties.models import User
from kechuang.kit.refusal import NotAllowed
from kechuang.services.introductions.actions import Said, add_remark, log_contact
from kechuang.web.sheet_files import GUIDE_NAME, sheet_file
from kechuang.web.sheets import Ask, Part, Sheet, sheet_of, sheets
from tests.city import NOW
from tests.world import World

FORMULA = '=HYPERLINK("http://x.example";"请点")'
CODES = [sheet.code for sheet in sheets()]


def ask(user: User, query: str = "") -> Ask:
    return Ask(user, QueryDict(query), NOW)


def have(sheet: Sheet, world: World) -> list[User]:
    """Those of the city who have the list."""
    found = []
    for user in world.city.people().values():
        try:
            sheet.require(ask(user))
        except NotAllowed:
            continue
        found.append(user)
    return found


def read(content: bytes) -> dict[str, list[list[Any]]]:
    """The visible sheets with their rows."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    names = [sheet.name for sheet in book.sheets_metadata if sheet.visible is SheetVisibleEnum.Visible]
    return {name: book.get_sheet_by_name(name).to_python() for name in names}


@pytest.mark.parametrize("code", CODES)
def test_a_sheet_opens_with_its_columns_and_all_rows(world: World, code: str) -> None:
    sheet = sheet_of(code)
    assert sheet is not None
    readers = have(sheet, world)
    assert readers
    for user in readers:
        found = read(sheet_file(sheet, ask(user)))
        assert list(found) == [*(part.label for part in sheet.parts), GUIDE_NAME]
        for part in sheet.parts:
            rows = list(part.rows(ask(user)))
            assert all(len(row) == len(part.columns) for row in rows)
            assert found[part.label][0] == [column.label for column in part.columns]
            assert len(found[part.label]) == 1 + len(rows)
        guide = [str(row[0]) for row in found[GUIDE_NAME]]
        assert guide[0] == sheet.label
        assert f"{user}　导出时间：2026-11-18 09:30" in guide[1]


def trap(part: Part) -> Callable[[Ask], list[list[str]]]:
    """One row of formulas."""
    return lambda _ask: [[FORMULA] * len(part.columns)]


@pytest.mark.parametrize("code", CODES)
def test_no_cell_of_a_sheet_becomes_a_formula(world: World, code: str) -> None:
    sheet = sheet_of(code)
    assert sheet is not None
    traps = tuple(replace(part, rows=trap(part)) for part in sheet.parts)
    content = sheet_file(replace(sheet, parts=traps), ask(have(sheet, world)[0], "state=%3D1%2B1&service=%40x"))
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        pages = [packed.read(n).decode() for n in packed.namelist() if n.startswith("xl/worksheets/sheet")]
    assert len(pages) > len(sheet.parts)
    assert not any("<f>" in page or "<f " in page or "<hyperlink" in page for page in pages)
    for part in sheet.parts:
        assert read(content)[part.label][1] == [FORMULA] * len(part.columns)


@pytest.mark.parametrize("code", CODES)
def test_a_sheet_is_closed_to_those_who_lack_the_list(world: World, code: str, client: Client) -> None:
    sheet = sheet_of(code)
    assert sheet is not None
    url, readers = reverse("sheet", args=[code]), have(sheet, world)
    assert client.get(url).status_code == 302
    for user in world.city.people().values():
        client.force_login(user)
        response = client.get(url)
        assert response.status_code == (200 if user in readers else 403)
        if user in readers:
            assert response["Cache-Control"] == "private, no-store"


def test_the_filters_of_the_page_are_those_of_the_sheet(world: World) -> None:
    sheet = sheet_of("cases-own")
    assert sheet is not None
    user = world.city.engineer
    everything = read(sheet_file(sheet, ask(user)))["本单位的发布"]
    some = read(sheet_file(sheet, ask(user, "service=needs&state=published&sort=since")))
    assert [row[0] for row in some["本单位的发布"][1:]] == list(
        Case.objects.filter(need=world.need, offer=None).values_list("pk", flat=True)
    )
    assert len(everything) > len(some["本单位的发布"])
    assert "状态=已发布" in some[GUIDE_NAME][2][0]


def test_dates_are_dates_and_moments_in_the_time_of_the_city(world: World) -> None:
    sheet = sheet_of("cases-review")
    assert sheet is not None
    head, *rows = read(sheet_file(sheet, ask(world.city.officer)))["审核队列"]
    row = dict(zip(head, next(r for r in rows if r[0] == world.submitted_case.pk), strict=True))
    assert row["期限"] == world.submitted_case.due_on
    assert row["进入状态"].isoformat() == "2026-11-18T09:30:00"


def test_contacts_are_on_the_second_sheet_and_remarks_on_none(world: World) -> None:
    broker, case = world.city.broker, world.introduction
    said = Said(person=FORMULA, channel="phone", result="reached", on=date(2026, 11, 18), text="先看样品")
    log_contact(case=case, said=said, form_key="", by=broker, now=NOW)
    add_remark(case=case, text="只给专班看的话", by=broker, now=NOW)
    sheet = sheet_of("introductions")
    assert sheet is not None
    assert Remark.objects.count() == 1
    for user in (broker, world.city.engineer, world.city.officer):
        found = read(sheet_file(sheet, ask(user)))
        assert [row[0] for row in found["对接"][1:]] == [case.pk]
        assert [(row[1], row[4], row[7]) for row in found["联系记录"][1:]] == [(case.pk, FORMULA, "先看样品")]
        assert "只给专班看的话" not in str(found)


def test_the_people_of_an_organisation_are_for_its_own_and_its_officers(world: World, client: Client) -> None:
    url = f"{reverse('sheet', args=['people'])}?party={world.city.company.pk}"
    for user, status in ((world.city.colleague, 200), (world.city.district_officer, 200), (world.city.professor, 404)):
        client.force_login(user)
        assert client.get(url).status_code == status
    client.force_login(world.city.officer)
    assert client.get(f"{reverse('sheet', args=['people'])}?party=%00").status_code == 404


def test_judgements_of_listings_that_one_may_not_see_any_more_stay_out(world: World) -> None:
    broker, sheet = world.city.broker, sheet_of("judgements")
    assert sheet is not None
    for need in (world.need, world.draft):
        Judgement.objects.create(need=need, offer=world.achievement, by=broker, fits=True, at=NOW)
    rows = read(sheet_file(sheet, ask(broker)))["评判"]
    assert [row[0] for row in rows[1:]] == [world.need.pk]
    assert Need.objects.filter(pk=world.draft.pk).exists()
