"""单位、岗位、通知页面: through HTTP, as each role."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kechuang.core.notices.actions import tell
from kechuang.core.notices.models import Notice
from kechuang.core.notices.queries import unread
from kechuang.core.parties.actions import join
from kechuang.core.parties.models import Mandate, Party, Post
from tests.city import NOW, City

CODE = "91370200264574251E"
NEW = {
    "uscc": CODE,
    "name": "示例新材料有限公司",
    "kind": "enterprise",
    "district": "370281",
    "industries": ["green-energy"],
}
MINE = reverse("my_parties")


@pytest.fixture
def as_(city: City) -> Any:
    def log_in(name: str) -> Client:
        client = Client()
        client.force_login(city.people()[name])
        return client

    return log_in


def text(answer: Any) -> str:
    return str(answer.content.decode())


def find(client: Client, code: str) -> Any:
    return client.get(reverse("find_party"), {"uscc": code})


def test_a_known_code_leads_to_a_request_that_an_admin_approves(city: City, as_: Any) -> None:
    asker, admin = as_("stranger"), as_("engineer")
    page = text(find(asker, "91370202madem2017b"))
    assert "示例重锻机械有限公司" in page
    assert "申请加入" in page
    answer = asker.post(reverse("join_party", args=[city.company.pk]), follow=True)
    assert "已向“示例重锻机械有限公司”提出申请" in text(answer)
    assert "待确认" in text(answer)
    mandate = Mandate.objects.get(user=city.stranger)
    people = reverse("party_people", args=[city.company.pk])
    assert "stranger@test.example" in text(admin.get(people))
    admin.post(reverse("mandate", args=[mandate.pk]), {"decision": "approve"})
    mandate.refresh_from_db()
    assert (mandate.state, mandate.role) == ("active", "agent")
    assert "您已是该单位的经办人（有效）" in text(find(asker, "91370202MADEM2017B"))


def test_an_unknown_code_leads_to_registration_and_verification(city: City, as_: Any) -> None:
    client, officer = as_("stranger"), as_("district_officer")
    assert f'value="{CODE}"' in text(find(client, CODE))
    answer = client.post(reverse("register_party"), NEW, follow=True)
    assert "已登记“示例新材料有限公司”，您是管理员" in text(answer)
    assert "待核验" in text(answer)
    party = Party.objects.get(uscc=CODE)
    assert (party.industries, party.verified_at) == (["green-energy"], None)
    assert "示例新材料有限公司" in text(officer.get(reverse("unverified_parties")))
    officer.post(reverse("return_party", args=[party.pk]), {"reason": "name", "note": "请补全"})
    assert "单位名称与统一社会信用代码不一致；请补全" in text(client.get(MINE))
    change = NEW | {"name": "示例新材料股份有限公司"}
    client.post(reverse("correct_party", args=[party.pk]), change)
    officer.post(reverse("verify_party", args=[party.pk]))
    party.refresh_from_db()
    assert (party.name, party.verified_at is not None) == ("示例新材料股份有限公司", True)
    assert client.post(reverse("correct_party", args=[party.pk]), change).status_code == 409


@pytest.mark.parametrize("code", ["", "123", "91370202MADEM2O17B", "x" * 1000, "<script>", "\x00"])
def test_a_wrong_code_is_an_error_beside_the_field(as_: Any, code: str) -> None:
    answer = find(as_("stranger"), code)
    assert answer.status_code == 422
    assert 'id="id_uscc_error"' in text(answer)
    assert "<script>" not in text(answer).split("<main")[1]


def test_a_wrong_check_digit_asks_for_a_look_at_the_licence(as_: Any) -> None:
    client, early = as_("stranger"), NEW | {"uscc": "91350100M0001TGQXM"}
    assert "accept_check" not in text(find(client, CODE))
    assert "accept_check" in text(find(client, str(early["uscc"])))
    answer = client.post(reverse("register_party"), early)
    assert (answer.status_code, Party.objects.filter(uscc=early["uscc"]).count()) == (422, 0)
    assert "校验位不符" in text(answer)
    client.post(reverse("register_party"), early | {"accept_check": "on"})
    assert Party.objects.get(uscc=early["uscc"]).uscc_checked is False


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "甲乙"}, "name"),
        ({"name": "12345"}, "name"),
        ({"name": "名" * 121}, "name"),
        ({"name": "示例\x00单位有限公司"}, "name"),
        ({"kind": "person"}, "kind"),
        ({"kind": "empire"}, "kind"),
        ({"district": ""}, "district"),
        ({"district": "110000"}, "district"),
        ({"industries": ["ai", "low-altitude", "green-energy", "future"]}, "industries"),
        ({"industries": ["gold"]}, "industries"),
        ({"uscc": "91370202MADEM2017B"}, "uscc"),
        ({"uscc": "x" * 1_000_000}, "uscc"),
    ],
)
def test_bad_registrations_name_the_field_and_change_nothing(city: City, as_: Any, change: Any, field: str) -> None:
    answer = as_("stranger").post(reverse("register_party"), NEW | change)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert Party.objects.count() == 2


def test_a_second_click_on_register_is_told_to_join(as_: Any) -> None:
    client = as_("stranger")
    client.post(reverse("register_party"), NEW)
    answer = client.post(reverse("register_party"), NEW)
    assert (answer.status_code, Party.objects.filter(uscc=CODE).count()) == (422, 1)
    assert "申请加入该单位" in text(answer)


def test_a_second_click_on_join_is_told_the_state(city: City, as_: Any) -> None:
    client = as_("stranger")
    url = reverse("join_party", args=[city.company.pk])
    client.post(url)
    answer = client.post(url)
    assert answer.status_code == 409
    assert "经办人（待确认）" in text(answer)


@pytest.mark.parametrize(
    ("name", "page", "step"),
    [
        ("engineer", 200, 302),
        ("district_officer", 200, 302),
        ("officer", 200, 302),
        ("colleague", 200, 403),
        ("professor", 404, 404),
        ("broker", 404, 404),
        ("stranger", 404, 404),
    ],
)
def test_colleagues_look_admins_and_officers_decide_others_see_nothing(
    city: City, as_: Any, name: str, page: int, step: int
) -> None:
    client = as_(name)
    answer = client.get(reverse("party_people", args=[city.company.pk]))
    assert answer.status_code == page
    if page == 200:
        assert ("设为管理员" in text(answer)) == (step == 302)
    mandate = Mandate.objects.get(user=city.colleague)
    if name != "colleague":
        assert client.post(reverse("mandate", args=[mandate.pk]), {"decision": "admin"}).status_code == step
    else:
        other = Mandate.objects.get(user=city.engineer)
        assert client.post(reverse("mandate", args=[other.pk]), {"decision": "agent"}).status_code == step


def test_the_last_admin_who_wants_to_leave_is_told_what_to_do(city: City, as_: Any) -> None:
    mine = Mandate.objects.get(user=city.engineer)
    answer = as_("engineer").post(reverse("mandate", args=[mine.pk]), {"decision": "leave"})
    assert answer.status_code == 409
    assert "请先指定另一位管理员" in text(answer)


def test_one_takes_back_ones_own_request(city: City, as_: Any) -> None:
    mandate = join(party=city.company, by=city.stranger, now=NOW)
    client = as_("stranger")
    assert "撤回申请" in text(client.get(MINE))
    answer = client.post(reverse("mandate", args=[mandate.pk]), {"decision": "leave"}, follow=True)
    assert answer.redirect_chain == [(MINE, 302)]
    assert Mandate.objects.get(pk=mandate.pk).state == "ended"


def test_posts_are_given_and_ended_on_one_page(city: City, as_: Any) -> None:
    client, url = as_("officer"), reverse("posts")
    given = {"email": "STRANGER@test.example", "role": "financier", "uscc": "91370202MADEM2017B"}
    assert "已任命 示例stranger 为金融机构" in text(client.post(url, given, follow=True))
    post = Post.objects.get(user=city.stranger)
    assert (post.role, post.party, post.district) == ("financier", city.company, "")
    client.post(reverse("end_post", args=[post.pk]))
    post.refresh_from_db()
    assert post.until is not None
    assert as_("district_officer").get(url).status_code == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "nobody@test.example"}, "email"),
        ({"email": "x"}, "email"),
        ({"role": "emperor"}, "role"),
        ({"role": "broker", "district": "370212"}, "district"),
        ({"district": "000000"}, "district"),
        ({"role": "platform_head"}, "uscc"),
        ({"uscc": "91370200264574251E"}, "uscc"),
    ],
)
def test_bad_appointments_name_the_field(city: City, as_: Any, change: Any, field: str) -> None:
    data = {"email": "stranger@test.example", "role": "officer", "district": "", "uscc": ""} | change
    answer = as_("officer").post(reverse("posts"), data)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not Post.objects.filter(user=city.stranger).exists()


def test_the_last_officer_of_the_city_stays(city: City, as_: Any) -> None:
    mine = Post.objects.get(user=city.officer)
    answer = as_("officer").post(reverse("end_post", args=[mine.pk]))
    assert answer.status_code == 409
    assert "最后一位市级主管人员" in text(answer)


@pytest.fixture
def told(city: City) -> list[Notice]:
    found = [tell(user=city.engineer, text=f"通知{n}", key=str(n), url="/catalogue/", now=NOW) for n in range(3)]
    return [n for n in found if n is not None]


def test_notices_are_listed_opened_and_marked(city: City, as_: Any, told: list[Notice]) -> None:
    client, url = as_("engineer"), reverse("notices")
    assert text(client.get(url)).count("标为已读") == 4
    answer = client.get(reverse("notice", args=[told[0].pk]))
    assert (answer["Location"], unread(city.engineer)) == ("/catalogue/", 2)
    client.post(reverse("read_notice", args=[told[1].pk]))
    assert [n.text for n in client.get(url, {"unread": "1"}).context["notices"]] == ["通知2"]
    client.post(reverse("read_notices"))
    assert unread(city.engineer) == 0
    assert "没有未读通知" in text(client.get(url, {"unread": "1"}))


def test_the_badge_counts(city: City, as_: Any, told: list[Notice]) -> None:
    answer = as_("engineer").get(reverse("unread"))
    assert "<b>3</b>" in text(answer)
    assert 'hx-trigger="every 60s"' in text(answer)


def test_notices_of_others_do_not_exist(city: City, as_: Any, told: list[Notice]) -> None:
    client = as_("colleague")
    assert client.get(reverse("notice", args=[told[0].pk])).status_code == 404
    assert client.post(reverse("read_notice", args=[told[0].pk])).status_code == 404
    assert unread(city.engineer) == 3


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_a_notice_never_leads_outside(city: City, as_: Any, url: str) -> None:
    row = tell(user=city.engineer, text="通知", key="x", url=url, now=NOW)
    assert row is not None
    assert as_("engineer").get(reverse("notice", args=[row.pk]))["Location"] == reverse("notices")


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999"])
def test_strange_page_numbers_show_a_page(as_: Any, told: list[Notice], page: str) -> None:
    assert as_("engineer").get(reverse("notices"), {"page": page}).status_code == 200


def test_the_profile_keeps_a_mobile_number_however_it_is_typed(city: City, as_: Any) -> None:
    client, url = as_("stranger"), reverse("profile")
    assert client.post(url, {"name": "示例吴工", "phone": "+86 138-0000-０００１"})["Location"] == url
    city.stranger.refresh_from_db()
    assert (city.stranger.name, city.stranger.phone) == ("示例吴工", "13800000001")
    answer = client.post(url, {"name": "", "phone": "12345"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["name", "phone"])
