"""网上发布: typing, diagnosis, review, remarks, two tabs, double clicks, wrong people, materials; through HTTP."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kechuang.core.cases.models import Case, Material
from kechuang.core.cases.queries import publication_case
from kechuang.core.market.models import Draft, Need, Offer
from kechuang.core.notices.queries import notices_of
from kechuang.core.parties.models import User
from kechuang.core.search.queries import find_text
from tests.city import ACHIEVEMENT, NEED, City, listing, party, published, works_for

KEY = "0123456789abcdef0123456789abcdef"
PDF = b"%PDF-1.7\n" + b"0" * 200


def browser(user: User | None) -> Client:
    """A browser in which the user is signed in."""
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def fields(service: str, content: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The content as a page sends it: money in 万元, tables as repeated inputs."""
    sent: dict[str, Any] = {}
    for name, value in content.items():
        if name in ("targets", "indicators", "ip"):
            columns = dict.fromkeys(column for row in value for column in row)
            sent |= {f"{name}.{column}": [row.get(column, "") for row in value] for column in columns}
        elif name in ("budget_min", "budget_max"):
            sent[name] = str(int(value) / 10_000)
        else:
            sent[name] = "、".join(value) if name == "keywords" else value
    return sent | {k: v for k, v in more.items() if v is not None}


def need_form(city: City, **more: Any) -> dict[str, Any]:
    later = (timezone.localdate() + timedelta(days=300)).isoformat()
    base = {"key": KEY, "party": city.company.pk, "deadline_on": later}
    return fields("needs", {k: v for k, v in NEED.items() if k != "deadline_on"}, **(base | more))


def edit_form(row: Any, **more: Any) -> dict[str, Any]:
    """The edit form of a need as it is, with changes."""
    later = (timezone.localdate() + timedelta(days=300)).isoformat()
    return fields("needs", NEED | {"deadline_on": later}, version=row.version, key=KEY, **more)


def text_of(response: Any) -> str:
    """The page as people read it."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def follow(client: Client, response: Any) -> Any:
    assert response.status_code == 302, text_of(response)
    return client.get(response["Location"])


def submitted(city: City) -> tuple[Need, Case]:
    """A need of the company that waits for review, handed in on the page."""
    response = browser(city.engineer).post("/s/needs/new/", need_form(city, submit="1", confirmed="1"))
    assert response.status_code == 302, text_of(response)
    need = Need.objects.get()
    case = publication_case(need)
    assert case is not None
    return need, case


def test_an_engineer_types_a_need_answers_the_questions_and_the_officer_publishes_it(city: City) -> None:
    engineer = browser(city.engineer)
    page = engineer.get("/s/needs/new/")
    assert page.status_code == 200
    assert "示例重锻机械有限公司" in text_of(page)
    vague = need_form(city, tried="", budget_min="", budget_max="", submit="1")
    vague = {k: v for k, v in vague.items() if not k.startswith("targets.")}

    page = follow(engineer, engineer.post("/s/needs/new/", vague))
    need = Need.objects.get()
    case = publication_case(need)
    assert case is not None
    assert case.state == "draft"
    assert "内容已保存，还不能提交" in text_of(page)
    assert "达到什么数值算解决？" in text_of(page)
    assert "愿意投入多少？" in text_of(page)

    again = need_form(city, version=need.version, tried="", submit="1")
    page = follow(engineer, engineer.post(f"/s/needs/{need.pk}/edit/", again))
    assert "已经试过哪些办法？" in text_of(page)
    assert "也可以先不答" in text_of(page)
    need.refresh_from_db()
    again = need_form(city, version=need.version, tried="", submit="1", confirmed="1")
    page = follow(engineer, engineer.post(f"/s/needs/{need.pk}/edit/", again))
    assert "已提交审核" in text_of(page)

    officer = browser(city.district_officer)
    page = officer.get(f"/cases/{case.pk}/")
    assert "已经试过哪些办法？" in text_of(page)
    page = follow(officer, officer.post(f"/cases/{case.pk}/publish/"))
    assert "已发布" in text_of(page)
    assert [h.ref for h in find_text("光伏板受潮", kinds=("needs",))] == [need.pk]
    assert browser(None).get(f"/s/needs/{need.pk}/").status_code == 200


def test_a_return_with_remarks_shows_them_at_the_fields_until_they_are_mended(city: City) -> None:
    need, case = submitted(city)
    officer, engineer = browser(city.officer), browser(city.engineer)
    without = officer.post(f"/cases/{case.pk}/return/", {"return-note": "请补充"})
    assert without.status_code == 422
    assert "必填" in text_of(without) or "这个字段是必填项" in text_of(without)
    back = {
        "return-reason": "unclear",
        "return-note": "请写清楚工况",
        "return-remarks.field": ["title", "tried", ""],
        "return-remarks.remark": ["标题太长", "是哪种硅胶？", ""],
    }
    assert officer.post(f"/cases/{case.pk}/return/", back).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.fields) == ("returned", {"title": "标题太长", "tried": "是哪种硅胶？"})
    told = notices_of(city.engineer).first()
    assert told is not None
    assert "请写清楚工况" in told.text

    page = engineer.get(f"/s/needs/{need.pk}/edit/")
    assert "表述不清楚；请写清楚工况" in text_of(page)
    assert "主管部门意见：是哪种硅胶？" in text_of(page)
    mended = edit_form(need, title="光伏板受潮掉功率", submit="1", confirmed="1")
    page = follow(engineer, engineer.post(f"/s/needs/{need.pk}/edit/", mended))
    assert "退回修改" in text_of(page)
    case.refresh_from_db()
    assert (case.state, case.fields, case.data["title"]) == ("submitted", {}, "光伏板受潮掉功率")
    assert officer.post(f"/cases/{case.pk}/publish/").status_code == 302
    page = engineer.get(f"/s/needs/{need.pk}/history/")
    assert "第 1 版与第 2 版的不同" in text_of(page)


def test_of_two_tabs_the_second_keeps_what_was_typed_and_sees_the_differences(city: City) -> None:
    need, _ = listing(city, "needs")
    one, two = browser(city.engineer), browser(city.colleague)
    assert one.post(f"/s/needs/{need.pk}/edit/", edit_form(need, title="第一个窗口的标题")).status_code == 302
    page = two.post(f"/s/needs/{need.pk}/edit/", edit_form(need, title="第二个窗口的标题"))
    assert page.status_code == 409
    html = page.content.decode()
    assert 'value="第二个窗口的标题"' in html
    assert re.search(r"<del>一</del>", html)
    assert 'name="version" value="2"' in html
    need.refresh_from_db()
    assert need.title == "第一个窗口的标题"
    need.version = 2
    assert two.post(f"/s/needs/{need.pk}/edit/", edit_form(need, title="第二个窗口的标题")).status_code == 302
    need.refresh_from_db()
    assert (need.title, need.version) == ("第二个窗口的标题", 3)


def test_a_form_sent_twice_makes_one_record_and_one_submission(city: City) -> None:
    engineer = browser(city.engineer)
    form = need_form(city, submit="1", confirmed="1")
    answers = [engineer.post("/s/needs/new/", form) for _ in range(2)]
    need = Need.objects.get()
    case = publication_case(need)
    assert case is not None
    assert [a["Location"] for a in answers] == [f"/cases/{case.pk}/"] * 2
    assert (need.version, case.state, Case.objects.count()) == (1, "submitted", 1)


def test_going_back_to_a_form_that_was_saved_changes_the_record_instead_of_making_another(city: City) -> None:
    engineer = browser(city.engineer)
    engineer.post("/s/needs/new/", need_form(city))
    engineer.post("/s/needs/new/", need_form(city, title="改过的标题，仍是同一张表"))
    assert [n.title for n in Need.objects.all()] == ["改过的标题，仍是同一张表"]
    page = engineer.post("/s/needs/new/", need_form(city, title="又改了一次的标题"))
    assert page.status_code == 409
    assert "又改了一次的标题" in page.content.decode()
    assert Need.objects.count() == 1


def test_what_is_typed_survives_the_closing_of_the_tab(city: City) -> None:
    engineer = browser(city.engineer)
    kept = engineer.post("/s/needs/new/draft/", need_form(city, title="写了一半", text="水汽进了胶封"))
    assert kept.status_code == 200
    assert "草稿已自动保存于" in text_of(kept)
    assert "请写清楚现象" in text_of(kept)
    page = engineer.get("/s/needs/new/")
    assert "自动保存的草稿" in text_of(page)
    page = engineer.get(f"/s/needs/new/?draft={KEY}")
    assert 'value="写了一半"' in page.content.decode()
    assert 'value="30"' in page.content.decode()
    assert "已恢复" in text_of(page)
    assert "写了一半" in text_of(engineer.get("/desk/?tab=drafts"))
    assert browser(city.colleague).post(f"/drafts/{Draft.objects.get().pk}/drop/").status_code == 404
    engineer.post("/s/needs/new/", need_form(city))
    assert Draft.objects.count() == 0
    engineer.post("/s/needs/new/draft/", need_form(city))
    assert Draft.objects.count() == 0, "a late autosave leaves no ghost"


def test_a_form_that_is_not_right_is_kept_and_says_at_the_field_what_is_wrong(city: City) -> None:
    engineer = browser(city.engineer)
    page = engineer.post("/s/needs/new/", need_form(city, title="", budget_min="90"))
    assert page.status_code == 422
    assert "预算上限应不低于下限" in text_of(page)
    assert "海边装的新型薄膜光伏板" in page.content.decode()
    assert (Need.objects.count(), Draft.objects.count()) == (0, 1)


def test_a_megabyte_of_text_gets_a_message_at_the_field(city: City) -> None:
    page = browser(city.engineer).post("/s/needs/new/", need_form(city, text="水" * 1_000_000))
    assert page.status_code == 422
    assert re.search(r'id="id_text_error">[^<]*20000', page.content.decode())
    assert (Need.objects.count(), Draft.objects.count()) == (0, 0)


def test_a_near_duplicate_is_shown_before_it_is_handed_in(city: City) -> None:
    there, _ = published(city, "needs")
    engineer = browser(city.engineer)
    page = follow(engineer, engineer.post("/s/needs/new/", need_form(city, submit="1")))
    assert f'href="/s/needs/{there.pk}/"' in page.content.decode()
    assert "内容相近的记录" in text_of(page)
    assert "仍要提交审核" in text_of(page)
    new = Need.objects.exclude(pk=there.pk).get()
    sent = need_form(city, version=new.version, submit="1", confirmed="1")
    page = follow(engineer, engineer.post(f"/s/needs/{new.pk}/edit/", sent))
    assert "已提交审核" in text_of(page)


def test_who_acts_for_nobody_is_told_how_to_become_able_to_publish(city: City) -> None:
    for user in (city.stranger, city.officer, city.expert):
        page = browser(user).get("/s/needs/new/")
        assert page.status_code == 403
        assert reverse("my_parties") in page.content.decode()
    assert browser(None).get("/s/needs/new/").status_code == 302
    assert browser(city.professor).get("/s/brokers/new/").status_code == 200
    assert browser(city.engineer).get("/s/brokers/new/").status_code == 403


def test_nobody_publishes_for_an_organisation_that_is_not_hers(city: City) -> None:
    page = browser(city.engineer).post("/s/needs/new/", need_form(city, party=city.university.pk))
    assert page.status_code == 403
    assert Need.objects.count() == 0


def test_who_acts_for_two_organisations_chooses_one(city: City) -> None:
    second = party("enterprise", "示例第二机械有限公司", "91370202MADEM2018X", "370202")
    works_for(city.engineer, second, "agent")
    engineer = browser(city.engineer)
    assert "示例第二机械有限公司" in text_of(engineer.get("/s/needs/new/"))
    engineer.post("/s/needs/new/", need_form(city, party=second.pk))
    assert Need.objects.get().party == second


def test_strangers_find_nothing_and_wrong_roles_may_not(city: City) -> None:
    need, case = submitted(city)
    urls = [f"/cases/{case.pk}/", f"/s/needs/{need.pk}/edit/", f"/s/needs/{need.pk}/history/"]
    for url in urls:
        assert browser(city.stranger).get(url).status_code == 404
        assert browser(None).get(url).status_code == 302
    assert browser(city.stranger).post(f"/cases/{case.pk}/publish/").status_code == 404
    assert browser(city.engineer).post(f"/cases/{case.pk}/publish/").status_code == 403
    assert browser(city.broker).post(f"/cases/{case.pk}/publish/").status_code == 403
    assert browser(city.officer).get(f"/s/needs/{need.pk}/edit/").status_code == 403
    assert browser(city.engineer).get(f"/cases/{case.pk}/wording/").status_code == 403
    assert browser(city.officer).post(f"/cases/{case.pk}/expire/").status_code == 409
    case.refresh_from_db()
    assert case.state == "submitted"


def test_a_step_on_a_stale_page_is_answered_with_what_happened(city: City) -> None:
    _, case = submitted(city)
    assert browser(city.district_officer).post(f"/cases/{case.pk}/publish/").status_code == 302
    page = browser(city.officer).post(f"/cases/{case.pk}/publish/")
    assert page.status_code == 409
    assert "当前状态为“已发布”" in text_of(page)
    assert "示例district_officer 审核通过并发布" in text_of(page)
    part = browser(city.officer).post(f"/cases/{case.pk}/publish/", headers={"HX-Request": "true"})
    assert part.status_code == 409
    assert part.content.decode().lstrip().startswith('<div id="work">')


def test_htmx_gets_the_new_state_only(city: City) -> None:
    _, case = submitted(city)
    part = browser(city.officer).post(f"/cases/{case.pk}/publish/", headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert part.content.decode().lstrip().startswith('<div id="work">')
    assert "已办理：审核通过并发布" in text_of(part)


def test_a_broker_words_a_need_better_and_the_asker_takes_it(city: City) -> None:
    need, case = submitted(city)
    broker, engineer = browser(city.broker), browser(city.engineer)
    assert need.title in text_of(broker.get("/desk/?tab=word"))
    form = fields("needs", NEED | {"deadline_on": need.deadline_on})
    same = broker.post(f"/cases/{case.pk}/wording/", form)
    assert same.status_code == 422
    assert "与原文完全相同" in text_of(same)
    better = form | {"title": "薄膜光伏组件边缘低温阻水密封"}
    assert broker.post(f"/cases/{case.pk}/wording/", better).status_code == 302
    page = engineer.get(f"/cases/{case.pk}/")
    assert "建议措辞与原文" in text_of(page)
    assert "采用建议措辞" in text_of(page)
    assert follow(engineer, engineer.get(f"/s/needs/{need.pk}/edit/")).status_code == 200
    assert engineer.post(f"/cases/{case.pk}/accept_wording/").status_code == 302
    need.refresh_from_db()
    assert (need.title, need.proposed) == ("薄膜光伏组件边缘低温阻水密封", None)
    assert need.contact == ""


def test_a_change_of_a_published_text_is_shown_as_a_table_and_can_be_given_up(city: City) -> None:
    row, case = published(city, "achievements")
    professor = browser(city.professor)
    form = fields("achievements", ACHIEVEMENT | {"maturity": "7"}, version=row.version, key=KEY)
    assert professor.post(f"/s/achievements/{row.pk}/edit/", form).status_code == 302
    page = professor.get(f"/cases/{case.pk}/")
    assert "尚未提交的修改" in text_of(page)
    assert "提交变更审核" in text_of(page)
    assert professor.post(f"/cases/{case.pk}/submit_change/").status_code == 302
    page = browser(city.officer).get(f"/cases/{case.pk}/")
    assert "待审的变更" in text_of(page)
    assert "技术成熟度" in text_of(page)
    assert "maturity" not in text_of(page)
    assert professor.post(f"/s/achievements/{row.pk}/change/drop/").status_code == 409
    assert professor.post(f"/cases/{case.pk}/recall_change/").status_code == 302
    assert professor.post(f"/s/achievements/{row.pk}/change/drop/").status_code == 302
    row = Offer.objects.get(pk=row.pk)
    assert (row.maturity, row.pending, row.status) == (6, None, "public")


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
