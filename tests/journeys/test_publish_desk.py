"""材料和工作台"""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from kechuang.core.cases.models import Case, Material
from kechuang.core.market.models import Need
from tests.city import City, published
from tests.journeys.forms import PDF, browser, submitted, text_of


def test_materials_are_given_only_to_those_who_may_have_them(city: City) -> None:
    _, case = submitted(city)
    engineer = browser(city.engineer)
    file = SimpleUploadedFile("检测 报告.pdf", PDF, "text/html")
    url = f"/cases/{case.pk}/materials/"
    assert engineer.post(url, {"file": file, "label": "检测报告", "tier": "public"}).status_code == 302
    material = Material.objects.get()
    got = engineer.get(f"/materials/{material.pk}/")
    assert b"".join(got.streaming_content) == PDF  # type: ignore[attr-defined]
    assert got["Content-Type"] == "application/pdf"
    assert got["Content-Disposition"].startswith("attachment; filename*=utf-8''%E6%A3%80")
    assert got["X-Content-Type-Options"] == "nosniff"
    statuses = {
        name: browser(user).get(f"/materials/{material.pk}/").status_code for name, user in city.people().items()
    }
    assert [name for name, status in statuses.items() if status == 200] == [
        "engineer",
        "colleague",
        "officer",
        "district_officer",
    ]
    browser(city.officer).post(f"/cases/{case.pk}/publish/")
    assert browser(None).get(f"/materials/{material.pk}/").status_code == 200
    assert engineer.post(f"/materials/{material.pk}/remove/").status_code == 302
    assert engineer.get(f"/materials/{material.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("程序.exe", b"MZ" + b"0" * 100, "不支持 .exe 文件"),
        ("报告.pdf", b"<html><script>alert(1)</script>", "文件内容与扩展名 .pdf 不符"),
        ("空.pdf", b"", "文件是空的"),
        ("大.pdf", PDF + b"0" * 2_000_000, "文件超过 1 MB"),
        ("表.xlsx", b"PK\x03\x04" + b"0" * 100, "文件已损坏"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_at_the_field(
    city: City, settings: Any, name: str, content: bytes, words: str
) -> None:
    settings.DOCUMENT_MAX_BYTES = 1024 * 1024
    _, case = submitted(city)
    page = browser(city.engineer).post(f"/cases/{case.pk}/materials/", {"file": SimpleUploadedFile(name, content)})
    assert page.status_code == 422
    assert re.search(rf'id="id_file_error">[^<]*{re.escape(words)}', page.content.decode())
    assert Material.objects.count() == 0


def test_the_desk_of_each_role_shows_what_waits_for_it(city: City) -> None:
    need, case = submitted(city)
    assert need.title in text_of(browser(city.officer).get("/desk/?tab=review"))
    assert "370281" not in text_of(browser(city.officer).get("/desk/?district=370281"))
    assert need.title in text_of(browser(city.officer).get("/desk/?district=370281&state=submitted&service=needs"))
    assert need.title not in text_of(browser(city.officer).get("/desk/?district=370202"))
    own = text_of(browser(city.colleague).get("/desk/?tab=own"))
    assert need.title in own
    assert "待审核" in own
    Case.objects.filter(pk=case.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    assert "已超期" in text_of(browser(city.officer).get("/desk/?tab=review&sort=-due"))
    assert browser(city.stranger).get("/desk/").status_code == 200
    assert browser(city.stranger).get("/desk/?tab=review&page=99&sort=x").status_code == 200
    assert browser(None).get("/desk/").status_code == 302


def test_what_is_about_to_expire_is_extended_from_the_desk(city: City) -> None:
    row, case = published(city, "needs")
    soon = timezone.localdate() + timedelta(days=5)
    Need.objects.filter(pk=row.pk).update(expires_on=soon)
    engineer = browser(city.engineer)
    page = engineer.get("/desk/?tab=expiring")
    assert "延长有效期" in text_of(page)
    sent = engineer.post(f"/cases/{case.pk}/extend/", {"next": "/desk/?tab=expiring"})
    assert sent["Location"] == "/desk/?tab=expiring"
    row.refresh_from_db()
    assert row.expires_on > soon
    away = engineer.post(f"/cases/{case.pk}/extend/", {"next": "https://evil.example/"})
    assert away["Location"] == f"/cases/{case.pk}/"


def test_a_draft_of_odd_shape_breaks_nothing(city: City) -> None:
    engineer = browser(city.engineer)
    odd = "key=../../x&version=-1&party=99999999999&title=%00&targets.name=a&targets.name=b"
    for url in ("/s/needs/new/draft/", "/s/needs/new/"):
        response = engineer.post(url, odd, content_type="application/x-www-form-urlencoded")
        assert response.status_code in (200, 422)
    assert engineer.get("/s/needs/new/?draft=nonsense").status_code == 200
    assert engineer.get("/s/nowhere/new/").status_code == 404
    assert Need.objects.count() == 0
