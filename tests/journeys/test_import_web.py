"""导入旅程: template, upload, preview, confirm, failed rows, export, through HTTP, by those who may."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kechuang.core.cases.actions import advance
from kechuang.core.cases.import_work import work
from kechuang.core.cases.models import Import
from kechuang.core.market.models import Need, Offer
from kechuang.core.parties.models import User
from kechuang.kit.tables import read
from tests.city import NOW, City, listing, published

TEXT = "锻压车间的热锻模具每三千件就开裂，换模一次停产四小时，原因是冷却不均匀，去年换了六十副，影响了交货。"
GOOD = {"code": "M-1", "title": "热锻模具寿命太短", "text": TEXT, "industry": ["智能装备"], "budget_max": 1200000}
BAD = {"code": "M-2", "title": "短", "text": TEXT, "industry": ["智能装备"], "budget_max": "=1+1"}


@pytest.fixture(autouse=True)
def _documents(settings: Any, tmp_path: Any) -> None:
    settings.DOCUMENTS_DIR = tmp_path


def visit(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def send(client: Client, *rows: dict[str, Any], service: str = "needs", **options: Any) -> Any:
    """Upload rows as JSON Lines, as the page does."""
    data = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode("gb18030")
    return send_file(client, "需求.jsonl", data, service=service, **options)


def send_file(client: Client, name: str, data: bytes, *, service: str = "needs", **options: Any) -> Any:
    party = options.pop("owner", None) or "".join(
        str(pk) for pk in User.objects.get(pk=client.session["_auth_user_id"]).mandates.values_list("party", flat=True)
    )
    form = {"file": SimpleUploadedFile(name, data), "owner": party, **options}
    return client.post(f"/s/{service}/import/", form)


def done() -> Import:
    """The newest import, after the background task has done what it can."""
    batch = Import.objects.latest("pk")
    while work(batch, now=NOW):
        batch.refresh_from_db()
    batch.refresh_from_db()
    return batch


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_from_the_template_to_the_mended_rows(city: City) -> None:
    client = visit(city.engineer)
    page = client.get("/s/needs/import/").content.decode()
    assert "示例重锻机械有限公司" in page
    template = client.get("/s/needs/import/template.xlsx")
    assert template["Content-Type"].startswith("application/vnd.openxmlformats")
    assert body(template).startswith(b"PK")
    sent = send(client, GOOD, BAD)
    batch = done()
    assert (sent.status_code, sent["Location"]) == (302, f"/imports/{batch.pk}/")
    page = client.get(f"/imports/{batch.pk}/").content.decode()
    assert "将新增 1 条，更新 0 条，0 条没有变化，1 行有错" in page
    assert "第 2 行" in page
    assert "“名称”" in page
    assert "hx-trigger" not in page.split('id="import"')[1].split(">")[0]
    assert Need.objects.count() == 0
    for _ in range(2):
        assert client.post(f"/imports/{batch.pk}/confirm/").status_code == 302
    assert 'hx-trigger="every 1s"' in client.get(f"/imports/{batch.pk}/").content.decode()
    done()
    assert [n.code for n in Need.objects.all()] == ["M-1"]
    only = client.get(f"/imports/{batch.pk}/?outcome=error").content.decode()
    assert "热锻模具寿命太短" not in only
    table = read("a.xlsx", body(client.get(f"/imports/{batch.pk}/failed.xlsx")))
    assert [r.values["预算上限（元）"] for r in table.rows] == ["=1+1"]
    failed = json.loads(body(client.get(f"/imports/{batch.pk}/failed.jsonl")))
    send(client, failed | {"title": "改好了的名称", "budget_max": 1})
    again = done()
    assert (again.created, again.errors) == (1, 0)
    assert "需求.jsonl" in client.get("/imports/").content.decode()
    assert client.get(f"/imports/{again.pk}/failed.xlsx").status_code == 404


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.xlsx", b"", "文件是空的"),
        ("a.xlsx", b"PK\x03\x04", "已损坏"),
        ("a.exe", b"MZ\x90\x00\x03", "认不出文件的文字编码"),
        ("a.jsonl", b'{"title": "x", "txet": "y"}', "是不是“text”"),
        ("a.jsonl", b'{"title": "x"', "不是正确的 JSON"),
        ("a.csv", "名称,预算\n泵,1".encode(), "不认识的列"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_beside_its_field(city: City, name: str, data: bytes, words: str) -> None:
    answer = send_file(visit(city.engineer), name, data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Import.objects.count() == 0


def test_a_file_that_is_too_large_is_refused_before_it_is_read(city: City, settings: Any) -> None:
    settings.IMPORT_MAX_BYTES = 1024 * 1024
    answer = send_file(visit(city.engineer), "a.jsonl", b" " * (1024 * 1024 + 1))
    assert (answer.status_code, "文件超过 1 MB" in answer.content.decode()) == (422, True)
    empty = visit(city.engineer).post("/s/needs/import/", {"owner": str(city.company.pk)})
    assert "请选择要导入的文件" in empty.content.decode()


def test_the_wrong_role_is_403_and_other_peoples_imports_are_404(city: City) -> None:
    send(visit(city.engineer), GOOD)
    pk = done().pk
    paths = [f"/imports/{pk}/", f"/imports/{pk}/failed.xlsx"]
    for who in (city.colleague, city.officer, city.stranger):
        assert [visit(who).get(path).status_code for path in paths] == [404, 404]
        assert [visit(who).post(f"/imports/{pk}/{step}/").status_code for step in ("confirm", "cancel")] == [404, 404]
    for who in (city.stranger, city.expert, city.broker, city.district_officer):
        assert visit(who).get("/s/needs/import/").status_code == 403
        assert visit(who).get("/s/needs/import/template.xlsx").status_code == 403
    for path in ("/s/needs/import/", "/imports/", *paths):
        assert visit(None).get(path)["Location"].startswith("/accounts/login/")
    assert visit(city.engineer).get("/s/nothing/import/").status_code == 404
    assert visit(city.engineer).get("/s/needs/import/template.exe").status_code == 404
    for owner in ("register", str(city.university.pk), "x"):
        assert send(visit(city.engineer), GOOD, owner=owner).status_code == 422
    assert Import.objects.count() == 1


def test_an_officer_takes_over_a_register_for_a_party_chosen_by_name_or_code(city: City) -> None:
    client = visit(city.officer)
    row = {"id": "d-1", "title": "钛合金表面处理", "text": TEXT, "keywords": ["钛"], "category": "材料"}
    options = {"owner": "register", "industry": "future"}
    wrong = send(client, row, service="achievements", publisher="没有这个单位", **options)
    assert "系统中没有这个单位" in wrong.content.decode()
    for name in (city.university.name, str(city.university.uscc)):
        send(client, row, service="achievements", publisher=name, **options)
        batch = done()
        assert (batch.party, batch.register) == (city.university, True)
    client.post(f"/imports/{batch.pk}/confirm/")
    done()
    offer = Offer.objects.get(code="d-1")
    assert (offer.status, offer.party) == ("public", city.university)


def test_lists_are_exported_as_far_as_one_may_see_them_and_come_back_unchanged(city: City) -> None:
    row, _ = published(city, "needs", code="=N-1")
    other, _ = published(city, "needs", title="另一个产业的需求", industry=["ai"])
    draft, _ = listing(city, "needs", title="还没有提交的草稿")

    def codes(client: Client, query: str = "") -> set[str]:
        table = read("a.jsonl", body(client.get(f"/s/needs/export.jsonl{query}")))
        return {r.values["record"] for r in table.rows}

    public = {str(row.pk), str(other.pk)}
    assert codes(visit(None)) == codes(visit(city.engineer)) == public
    assert codes(visit(None), "?industry=ai") == {str(other.pk)}
    assert codes(visit(city.engineer), "?mine=1") == {*public, str(draft.pk)}
    client = visit(city.engineer)
    send_file(client, "a.xlsx", body(client.get("/s/needs/export.xlsx?mine=1")))
    batch = done()
    assert (batch.unchanged, batch.total) == (3, 3)
    assert body(visit(city.stranger).get("/s/needs/export.jsonl?mine=1")) == b""
    assert visit(None).get("/s/needs/export.pdf").status_code == 404


def test_a_list_is_exported_changed_and_imported_again(city: City) -> None:
    _row, case = listing(city, "needs", title="等待审核的需求")
    advance(case=case, step="submit", by=city.engineer, now=NOW)
    client = visit(city.officer)
    desk = client.get("/desk/?tab=review").content.decode()
    assert "/sheets/cases-review.xlsx?tab=review" in desk
    assert "/sheets/cases-review/import/" in desk
    assert "导出 Excel" in client.get("/sheets/cases-review/import/").content.decode()
    table = read("审核队列.xlsx", body(client.get("/sheets/cases-review.xlsx?tab=review")))
    assert [row.values["办件编号"] for row in table.rows] == [str(case.pk)]
    lines = [{"办件编号": row.values["办件编号"], "版本": row.values["版本"]} for row in table.rows]
    told = [{**lines[0], "办理步骤": "退回修改", "原因": "表述不清楚", "说明": "请写明工况"}]
    data = "\n".join(json.dumps(row, ensure_ascii=False) for row in told).encode()
    sent = client.post("/sheets/cases-review/import/", {"file": SimpleUploadedFile("审核队列.jsonl", data)})
    batch = done()
    assert (sent.status_code, sent["Location"]) == (302, f"/imports/{batch.pk}/")
    page = client.get(f"/imports/{batch.pk}/").content.decode()
    assert "导入审核队列" in page
    assert "更新 1 条" in page
    assert f'href="/cases/{case.pk}/"' in page
    assert "审核队列" in client.get("/imports/").content.decode()
    assert visit(city.engineer).get(f"/imports/{batch.pk}/").status_code == 404
    assert client.post(f"/imports/{batch.pk}/confirm/").status_code == 302
    done()
    case.refresh_from_db()
    assert (case.state, case.note) == ("returned", "请写明工况")
    assert client.get(f"/imports/{batch.pk}/failed.xlsx").status_code == 404


def test_a_wrong_file_of_a_list_is_refused_on_the_spot(city: City) -> None:
    client = visit(city.officer)
    page = client.post("/sheets/teams/import/", {"file": SimpleUploadedFile("a.csv", "甲,乙\n1,2".encode())})
    assert page.status_code == 422
    assert "没有找到可以导入的内容" in page.content.decode()
    assert client.post("/sheets/teams/import/").status_code == 422
