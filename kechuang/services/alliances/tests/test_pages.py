"""联盟页面: what people read and do there."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from kechuang.core.cases.models import Case
from kechuang.services.alliances import actions
from kechuang.services.alliances.models import Activity, Alliance, Membership
from kechuang.services.alliances.pack import load
from kechuang.services.alliances.tests.town import PLEA, alliance, asked, joined, meeting
from tests.city import NOW, build

pytestmark = pytest.mark.django_db


def client(user: Any = None) -> Client:
    found = Client()
    if user is not None:
        found.force_login(user)
    return found


def test_the_pack_names_the_alliance_of_laoshan_and_its_figure_keeps_its_qualifier() -> None:
    build()
    folder = settings.PACKS_DIR / "qingdao"
    assert (load(folder, now=NOW), load(folder, now=NOW)) == (1, 1)
    page = client().get(reverse("alliances")).content.decode()
    assert "崂山区科技成果转化联盟" in page
    assert "本系统登记成员 0 家" in page
    shown = client().get(reverse("alliance", args=[Alliance.objects.get().pk])).content.decode()
    assert "100<small>余家</small>" in shown
    assert "不是本系统登记的成员数" in shown


def test_an_organisation_applies_on_the_page_and_an_officer_accepts_on_the_case() -> None:
    city = build()
    found = alliance()
    engineer, officer = client(city.engineer), client(city.district_officer)
    page = engineer.get(reverse("alliance_apply", args=[found.pk]))
    sent = {**PLEA, "key": page.context["form"].initial["key"], "party": city.company.pk}
    answer = engineer.post(reverse("alliance_apply", args=[found.pk]), sent)
    case = Case.objects.get(service="alliances")
    assert answer["Location"] == reverse("case", args=[case.pk])
    shown = officer.get(reverse("case", args=[case.pk])).content.decode()
    assert "同意加入" in shown
    assert PLEA["plea"] in shown
    taken = officer.post(reverse("case_step", args=[case.pk, "accept"]))
    assert taken.status_code == 302
    assert "示例重锻机械有限公司" in client().get(reverse("alliance", args=[found.pk])).content.decode()


def test_a_step_without_a_reason_is_shown_again_with_the_words_typed() -> None:
    city = build()
    case = asked(alliance(), city.company, city.engineer).case
    answer = client(city.officer).post(
        reverse("case_step", args=[case.pk, "refuse"]), {"refuse-reason": "", "refuse-note": "领域不同，写了很久。"}
    )
    assert answer.status_code == 422
    assert "领域不同，写了很久。" in answer.content.decode()


def test_members_are_filtered_by_kind_and_industry() -> None:
    city = build()
    found = alliance()
    joined(city, found, city.company, city.engineer)
    city.university.industries = ["green-energy"]
    city.university.save()
    joined(city, found, city.university, city.professor)

    def names(query: str) -> list[str]:
        page = client().get(f"{reverse('alliance', args=[found.pk])}{query}")
        return [m.party.name for m in page.context["members"]]

    assert names("?kind=university") == ["示例海岸理工大学"]
    assert names("?industry=green-energy") == ["示例海岸理工大学"]
    assert len(names("?kind=nonsense")) == 2


def test_the_workbook_shows_contacts_only_to_those_who_manage_the_alliance_and_holds_no_formula() -> None:
    city = build()
    found = alliance()
    membership = joined(city, found, city.company, city.engineer)
    Membership.objects.filter(pk=membership.pk).update(offers="=1+1")

    def cells(user: Any) -> list[Any]:
        data = client(user).get(reverse("alliance_workbook", args=[found.pk])).content
        return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()[1]

    assert cells(None)[-1] == "=1+1"
    assert "技术部部长" not in cells(city.stranger)
    assert cells(city.district_officer)[-1] == "技术部部长"


def test_a_member_signs_up_and_takes_the_date_into_the_calendar() -> None:
    city = build()
    found = alliance()
    joined(city, found, city.company, city.engineer)
    activity = meeting(city, found, city.engineer, city.company)
    colleague = client(city.colleague)
    colleague.post(reverse("sign_up", args=[activity.pk]))
    shown = colleague.get(reverse("activity", args=[activity.pk])).content.decode()
    assert "您已代表 示例重锻机械有限公司 报名" in shown
    file = colleague.get(reverse("activity_ics", args=[activity.pk]))
    assert file["Content-Type"] == "text/calendar; charset=utf-8"
    assert "DTSTART:20261128T013000Z" in file.content.decode()


def test_the_names_of_those_who_signed_up_are_for_those_who_run_the_activity() -> None:
    city = build()
    found = alliance()
    joined(city, found, city.company, city.engineer)
    activity = meeting(city, found, city.engineer, city.company)
    actions.sign_up(activity=activity, party=city.company, by=city.colleague, now=NOW)
    url = reverse("activity", args=[activity.pk])
    seen = {
        name: "示例colleague" in client(user).get(url).content.decode()
        for name, user in (("public", None), ("stranger", city.stranger), ("engineer", city.engineer))
    }
    assert seen == {"public": False, "stranger": False, "engineer": True}


def test_activities_to_come_and_past_ones_are_listed() -> None:
    city = build()
    found = alliance()
    joined(city, found, city.company, city.engineer)
    meeting(city, found, city.engineer, city.company)
    past = meeting(city, found, city.engineer, city.company, title="去年的技术沙龙")
    Activity.objects.filter(pk=past.pk).update(starts_at=NOW - timedelta(days=4000), ends_at=NOW - timedelta(days=3999))
    url = reverse("alliance_activities", args=[found.pk])
    coming, gone = client().get(url).content.decode(), client().get(f"{url}?past=1").content.decode()
    assert ("示例封装技术对接会" in coming or "示例封装技术对接会" in gone, "去年的技术沙龙" in gone) == (True, True)


def test_the_scores_are_for_members_and_every_number_opens_its_list() -> None:
    city = build()
    found = alliance()
    joined(city, found, city.company, city.engineer)
    url = reverse("alliance_scores", args=[found.pk])
    assert client(city.stranger).get(url).status_code == 403
    assert "组织方记为到会的联盟活动" in client(city.engineer).get(url).content.decode()
    assert client(city.engineer).get(reverse("alliance_score", args=[found.pk, city.university.pk])).status_code == 404
