"""政策库与计算器的页面: visitors compute without login, an enterprise with its file; questions have an owner."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from kechuang.core.cases.models import Case
from kechuang.core.policy.loading import load_pack, load_policies
from kechuang.core.policy.queries import latest
from tests.city import NOW, City, build, published

pytestmark = pytest.mark.django_db
SAMPLE = "cn-tech-sme:"
FACTS = {
    "on": "2026-11-18", "resident": "true", "staff_sme": "100", "rd_staff_sme": "19", "revenue": "10,000",
    "assets": "8000", "cost": "9000", "rd_sme": "450", "ip_class1": "0", "ip_class2": "3",
    "industry_permitted": "true", "no_accident": "true", "no_misconduct": "true", "not_abnormal": "true",
    "hnte_valid": "false", "national_award": "false", "provincial_rd_org": "false", "standard_lead": "false",
}  # fmt: skip


@pytest.fixture
def city() -> City:
    built = build()
    load_policies(folder=settings.PACKS_DIR / "national", now=NOW)
    return built


def said(client: Client, **facts: str) -> str:
    answer = client.post(reverse("calculator"), {"policy": "cn-tech-sme", **FACTS, **facts})
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_visitor_learns_how_near_the_firm_is(city: City, client: Client) -> None:
    text = said(client)
    assert "暂不符合：56 分，须达到 60 分，差 4 分" in text
    assert "科技人员（科小口径）再增加 1 人（19 人 → 20 人）即符合，得分增加 4 分" in text


def test_one_more_passes_a_blank_cannot_tell_and_before_the_start_it_is_not_in_force(
    city: City, client: Client
) -> None:
    passed = said(client, rd_staff_sme="22")
    assert "符合：60 分，须达到 60 分" in passed
    assert "科技人员指标：12 分（满分 20 分）" in passed
    blank = said(client, rd_staff_sme="")
    assert "无法判断" in blank
    assert "还缺： 科技人员（科小口径）" in blank
    assert "2017-05-02 时尚未施行" in said(client, on="2017-05-02")


def test_wrong_input_is_named_and_nothing_typed_is_lost(city: City, client: Client) -> None:
    answer = client.post(
        reverse("calculator"), {**FACTS, "policy": "cn-tech-sme", "staff_sme": "一百", "revenue": "很多"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请填数字，现在是“一百”" in page
    assert "请填数字，现在是“很多”" in page
    assert 'value="19"' in page


def test_a_sample_is_loaded_and_computed(city: City, client: Client) -> None:
    page = client.get(reverse("calculator"), {"policy": "cn-tech-sme", "sample": "cn-tech-sme:0"}).content.decode()
    assert "符合：60 分，须达到 60 分" in page
    assert 'value="10000"' in page  # 万元


def test_an_enterprise_uses_its_file_and_nobody_elses(city: City, client: Client) -> None:
    client.force_login(city.engineer)
    mine = client.get(reverse("calculator"), {"party": city.company.pk})
    assert mine.status_code == 200
    assert client.get(reverse("calculator"), {"party": city.university.pk}).status_code == 404


def test_the_library_finds_a_policy_by_a_word_of_its_clauses(city: City, client: Client) -> None:
    page = client.get(reverse("policies"), {"q": "禁止、限制和淘汰类"}).content.decode()
    assert reverse("policy", args=["cn-tech-sme"]) in page
    assert (
        reverse("policy", args=["cn-tech-sme"])
        not in client.get(reverse("policies"), {"q": "没有这样的词"}).content.decode()
    )


def test_a_policy_reads_in_plain_words(city: City, client: Client) -> None:
    page = client.get(reverse("policy", args=["cn-tech-sme"])).content.decode()
    assert "职工总数不超过 500 人" in page
    assert "职工总数（科小口径） ≤ 500 人" in page
    assert "20% 及以上" in page
    assert client.get(reverse("policy", args=["no-such"])).status_code == 404


def test_two_versions_are_compared_in_words(city: City, client: Client) -> None:
    version = latest("cn-tech-sme")
    assert version is not None
    text = version.text.replace("effective_from = 2017-05-03", "effective_from = 2026-06-01")
    text = text.replace("on = 2026-03-01", "on = 2026-07-01").replace('label = "及格线"', 'label = "合格线"')
    load_pack(text=text, file="new.toml", now=NOW)
    page = client.get(reverse("policy_versions", args=["cn-tech-sme"])).content.decode()
    assert "第 1 版 → 第 2 版" in page
    assert "2017-05-03" in page
    assert "参数：合格线" in page
    assert client.get(reverse("policy_version", args=["cn-tech-sme", 1])).status_code == 200


def test_a_question_becomes_a_case_with_an_owner_and_its_answer_helps_others(city: City, client: Client) -> None:
    client.force_login(city.engineer)
    url = reverse("ask_policy", args=["cn-tech-sme"])
    form = {"party": city.company.pk, "text": "兼职人员算科技人员吗？", "public": "on"}
    assert client.post(url, form).status_code == 302
    case = Case.objects.get(service="policies")
    assert (case.owner, case.state, case.title) == ("officer", "asked", "关于“科技型中小企业评价”的提问")
    assert client.post(url, form).status_code == 422
    client.force_login(city.district_officer)
    answer = {"answer-note": "全年累计工作满 6 个月的算。"}
    assert client.post(reverse("case_step", args=[case.pk, "answer"]), answer).status_code in (200, 302)
    client.logout()
    page = client.get(reverse("policy", args=["cn-tech-sme"])).content.decode()
    assert "全年累计工作满 6 个月的算。" in page
    assert city.company.name not in page


def test_a_need_shows_its_own_people_the_policies_that_they_get(city: City, client: Client) -> None:
    need, _case = published(city, "needs")
    url = reverse("need_match", args=[need.pk])
    assert "可享受的政策" not in client.get(url).content.decode()
    client.force_login(city.engineer)
    assert "可享受的政策" in client.get(url).content.decode()
    client.force_login(city.professor)
    assert "可享受的政策" not in client.get(url).content.decode()
