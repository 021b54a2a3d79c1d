"""常见问题找得到: in the search of the library, in its filter, and beside a need whose asker gets the policy."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from kechuang.core.policy.loading import load_policies
from kechuang.core.policy.queries import calculate, latest, pack_of
from kechuang.services.policies import actions, queries
from kechuang.services.policies.search import search
from kechuang.services.policies.shown import cards
from tests.city import NOW, City, build
from tests.reading import CODE, answered

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
QUESTION, ANSWER = "外聘的院士算不算科技人员？", "签了劳动合同并缴纳社保的才算，顾问不算。"


@pytest.fixture
def city() -> City:
    made = build()
    load_policies(folder=settings.PACKS_DIR / "national", now=NOW)
    return made


def test_a_question_is_found_at_its_place_until_it_is_dropped(city: City, client: Client) -> None:
    case = answered(city, "另问")
    assert search("外聘院士顾问", on=TODAY) == []
    faq = actions.keep_faq(case=case, question=QUESTION, answer=ANSWER, by=city.officer, now=NOW)
    found = search("外聘院士顾问", on=TODAY)
    assert [(one.text.code, one.text.faq) for one in found] == [(CODE, faq.pk)]
    page = client.get(reverse("policy_search"), {"q": "外聘院士顾问"}).content.decode()
    assert f"{reverse('policy', args=[CODE])}#faq-{faq.pk}" in page
    assert f'id="faq-{faq.pk}"' in client.get(reverse("policy", args=[CODE])).content.decode()
    assert [v.code for v in queries.policies(on=TODAY, q="外聘的院士")] == [CODE]
    actions.keep_faq(case=case, question=QUESTION, answer="顾问可以算。", by=city.officer, now=NOW + timedelta(days=1))
    assert "可以算" in search("外聘院士顾问", on=TODAY)[0].text.body
    actions.drop_faq(faq=faq, by=city.officer, now=NOW)
    assert search("外聘院士顾问", on=TODAY) == []
    assert queries.policies(on=TODAY, q="外聘的院士") == []


def test_beside_a_need_a_policy_leads_to_its_questions(city: City) -> None:
    actions.keep_faq(case=answered(city, "问"), question=QUESTION, answer=ANSWER, by=city.officer, now=NOW)
    version = latest(CODE)
    assert version is not None
    standings = calculate(pack_of(version).examples[0].facts, on=TODAY, versions=[version])
    aside = {"met": cards(standings, {}), "party": city.company, "faqs": queries.faq_counts([CODE, "other"])}
    page = render_to_string("policies/beside.html", {"aside": aside})
    assert f'{reverse("policy", args=[CODE])}#faq"' in page
    assert "常见问题（1）" in page
    assert queries.faq_counts(["other"]) == {}
