"""发布"""

from django.urls import reverse

from kechuang.core.market.models import Need, Offer
from tests.city import ACHIEVEMENT, NEED, City, party, published, works_for
from tests.journeys.forms import KEY, browser, fields, follow, need_form, submitted, text_of


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
    assert '<div id="work">' in part.content.decode()


def test_htmx_gets_the_new_state_at_once(city: City) -> None:
    _, case = submitted(city)
    part = browser(city.officer).post(f"/cases/{case.pk}/publish/", headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert '<div id="work">' in part.content.decode()
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


def test_who_acts_for_another_kind_of_organisation_is_told_so(city: City) -> None:
    page = browser(city.engineer).get("/s/brokers/new/")
    assert page.status_code == 403
    assert f"您经办的单位（{city.company.name}）不属于可以发布的身份" in text_of(page)
    assert "用统一社会信用代码登记单位" not in text_of(page)
    assert "用统一社会信用代码登记单位" in text_of(browser(city.stranger).get("/s/brokers/new/"))
