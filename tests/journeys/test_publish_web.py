"""网上发布: typing, diagnosis, review, remarks, two tabs, double clicks, wrong people, materials; through HTTP."""

import re
from datetime import timedelta
from typing import Any

from django.utils import timezone

from kechuang.core.cases.models import Case
from kechuang.core.cases.queries import publication_case
from kechuang.core.market.models import Draft, Need
from kechuang.core.notices.queries import notices_of
from kechuang.core.search.queries import find_text
from tests.city import NEED, City, listing, published
from tests.journeys.forms import KEY, browser, fields, follow, need_form, submitted, text_of


def edit_form(row: Any, **more: Any) -> dict[str, Any]:
    """The edit form of a need as it is, with changes."""
    later = (timezone.localdate() + timedelta(days=300)).isoformat()
    return fields("needs", NEED | {"deadline_on": later}, version=row.version, key=KEY, **more)


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
