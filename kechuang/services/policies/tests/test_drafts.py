"""起草与审定的页面: parts changed in the browser, tried out on everybody, approved by another officer."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from kechuang.core.parties.actions import appoint
from kechuang.core.policy.loading import load_policies
from kechuang.core.policy.models import PackVersion
from kechuang.core.policy.queries import pack_of
from tests.city import NOW, City, build, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    built = build()
    load_policies(folder=settings.PACKS_DIR / "national", now=NOW)
    return built


def begun(client: Client, city: City) -> PackVersion:
    client.force_login(city.officer)
    client.post(reverse("draft_policy", args=["cn-tech-sme"]))
    return PackVersion.objects.get(state="draft")


def page(client: Client, draft: PackVersion, part: str = "parameters") -> str:
    return client.get(reverse("policy_draft", args=[draft.pk]), {"part": part}).content.decode()


def fields(html: str) -> dict[str, str]:
    """What the form of the edited part would send if nothing were changed."""
    inside = html[html.index('id="edit"') : html.index("提交审定")]
    found = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', inside))
    found |= dict(re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', inside, re.S))
    unescaped = {n: v.replace("&gt;", ">").replace("&lt;", "<").replace("&quot;", '"') for n, v in found.items()}
    return {n: v for n, v in unescaped.items() if not n.endswith("DELETE")}


def save(client: Client, draft: PackVersion, part: str, **changed: str) -> PackVersion:
    form = fields(page(client, draft, part)) | changed
    answer = client.post(reverse("policy_draft", args=[draft.pk]) + f"?part={part}", form)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    draft.refresh_from_db()
    return draft


def test_saving_every_part_unchanged_changes_no_rule(city: City, client: Client) -> None:
    draft = begun(client, city)
    before = pack_of(draft)
    for part in ("parameters", "require", "route", "define", "examples", "text"):
        draft = save(client, draft, part)
    after = pack_of(draft)
    assert [f.expression.text for f in after.conditions] == [f.expression.text for f in before.conditions]
    assert [dict(e.facts) for e in after.examples] == [dict(e.facts) for e in before.examples]
    assert after.values(NOW.date()) == before.values(NOW.date())


def test_a_parameter_changed_in_the_browser_holds_from_its_day(city: City, client: Client) -> None:
    draft = save(client, begun(client, city), "parameters", p_pass_mark="56", since="2027-01-01")
    pack = pack_of(draft)
    assert [(str(since), value) for since, value in pack.parameters["pass_mark"].values] == [
        ("2017-05-03", 60),
        ("2027-01-01", 56),
    ]
    html = page(client, draft)
    assert "参数：及格线" in html
    assert "2027-01-01 起 " in html


def test_a_wrong_value_is_told_and_what_was_typed_stays(city: City, client: Client) -> None:
    draft = begun(client, city)
    form = fields(page(client, draft)) | {"p_pass_mark": "六十", "p_staff_bands": "三成 20"}
    answer = client.post(reverse("policy_draft", args=[draft.pk]) + "?part=parameters", form)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "“及格线”：请填数字" in html
    assert 'value="六十"' in html


def test_a_new_condition_brings_its_facts_along(city: City, client: Client) -> None:
    draft = begun(client, city)
    count = len(pack_of(draft).conditions)
    new = {f"f-{count}-code": "taxed", f"f-{count}-label": "上年有纳税", f"f-{count}-formula": "tax_paid > 0"}
    draft = save(client, draft, "require", **new)
    pack = pack_of(draft)
    assert pack.conditions[-1].label == "上年有纳税"
    assert "tax_paid" in pack.facts
    assert "没算对" in page(client, draft)  # the examples do not know the new fact


def test_from_the_draft_to_publication_with_two_officers(city: City, client: Client) -> None:
    draft = begun(client, city)
    text = draft.text.replace('label = "及格线"', 'label = "合格线"')
    draft = save(client, draft, "text", text=text)
    url = {s: reverse("decide_policy_draft", args=[draft.pk, s]) for s in ("submit", "approve", "return")}
    client.post(url["submit"], {"note": "改名"})
    draft.refresh_from_db()
    assert draft.state == "draft"  # not tried out yet
    client.post(reverse("try_policy_draft", args=[draft.pk]), {"on": "2026-11-18"})
    html = page(client, draft)
    assert "新增符合 0 户" in html
    second = person("second")
    appoint(user=second, role="officer", by=None, now=NOW)
    client.post(url["submit"], {"note": "改名"})
    assert client.post(url["approve"]).status_code == 403
    client.force_login(second)
    assert "规则包审定" in client.get(reverse("desk")).content.decode()
    assert "同意发布" in page(client, draft)
    assert client.post(url["approve"]).status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.approver) == ("published", second)
    assert "合格线" in client.get(reverse("policy", args=["cn-tech-sme"])).content.decode()


@pytest.mark.parametrize("who", ["engineer", "professor", "broker", "stranger", "district_officer"])
def test_others_neither_see_nor_start_a_draft(city: City, client: Client, who: str) -> None:
    draft = begun(client, city)
    client.force_login(getattr(city, who))
    assert client.get(reverse("policy_draft", args=[draft.pk])).status_code == 404
    assert client.post(reverse("draft_policy", args=["cn-tech-sme"])).status_code == 403
    assert client.post(reverse("decide_policy_draft", args=[draft.pk, "submit"])).status_code == 404
    assert "复制为草稿" not in client.get(reverse("policy", args=["cn-tech-sme"])).content.decode()
