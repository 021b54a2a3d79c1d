"""国企创新评价页面: from the owner to the ranking; an owner's own set; firms see their own alone."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kechuang.core.policy.actions import approve, run_dry, save_draft, submit_draft
from kechuang.core.policy.models import PackVersion
from kechuang.core.policy.queries import version_on
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.scorecards import owners
from kechuang.services.scorecards.models import Card, Owner, Round
from kechuang.services.scorecards.tests.holding import Group
from kechuang.web import clock
from tests.city import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _day_of_the_city(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(clock, "today", NOW.date)


def client(user: Any) -> Client:
    found = Client()
    found.force_login(user)
    return found


def test_an_officer_opens_a_round_the_firm_confirms_on_a_page_and_the_officer_assesses(group: Group) -> None:
    office, firm = client(group.city.officer), client(group.city.engineer)
    done = office.post(
        reverse("scorecard_owner", args=[group.owner.pk]), {"open": "1", "year": "2025", "deadline": "2026-12-10"}
    )
    found = Round.objects.get()
    assert done["Location"] == reverse("scorecard_round", args=[found.pk])
    card = group.card(found)
    url = reverse("confirm_scorecard", args=[card.case_id])
    page = firm.get(url)
    assert "600 万元" in page.content.decode()
    given = {"seen": page.context["form"].initial["seen"], "elements": "面向民企开放示例中试线。"}
    assert firm.post(url, given | {"seen": "old"}).status_code == 422
    assert firm.post(url, given)["Location"] == reverse("case", args=[card.case_id])
    review = reverse("review_scorecard", args=[card.case_id])
    assert office.post(review, {"remark_rd": "核实。"})["Location"] == reverse("scorecard_round", args=[found.pk])
    assert office.post(reverse("scorecard_round", args=[found.pk]), {"publish": "1"}).status_code == 422


def test_a_firm_reads_its_own_result_and_nobody_elses(group: Group) -> None:
    found = group.published()
    own, other = group.card(found), group.card(found, group.firms[1])
    firm = client(group.city.engineer)
    page = firm.get(reverse("case", args=[own.case_id])).content.decode()
    assert [words in page for words in ("95", "中位数", "研发费用占销售收入 6%", "核实。", "面向民营企业")] == [
        True
    ] * 5
    assert firm.get(reverse("case", args=[other.case_id])).status_code == 404
    assert firm.get(reverse("scorecard_round", args=[found.pk])).status_code == 403
    listed = firm.get(reverse("scorecards")).content.decode()
    assert group.firms[1].name not in listed
    assert firm.get(reverse("sheet", args=["scorecards"])).status_code == 200


def test_an_owner_has_an_indicator_set_of_its_own_that_a_second_officer_approves(group: Group) -> None:
    office = client(group.city.officer)
    url = reverse("scorecard_owner", args=[group.owner.pk])
    wrong = office.post(url, {"own": "1", "code": "Bad Code", "title": "示例指标表"})
    assert wrong.status_code == 422
    done = office.post(url, {"own": "1", "code": "qd-soe-a", "title": "示例市属指标表"})
    draft = PackVersion.objects.get(code="qd-soe-a")
    assert done["Location"] == reverse("policy_draft", args=[draft.pk])
    text = draft.text.replace("[[0.06, 25]", "[[0.06, 20]")
    draft = save_draft(draft=draft, text=text, seen=0, by=group.city.officer, now=NOW)
    assert draft.digest != ""
    with pytest.raises(Refusal):  # the worked examples of the template no longer hold
        run_dry(version=draft, on=NOW.date(), by=group.city.officer, now=NOW)
    for old, new in (
        ("score = 95", "score = 90"),
        ("score = 75", "score = 70"),
        ("score = 90, items", "score = 85, items"),
    ):
        text = text.replace(old, new)
    text = text.replace("score = [75, 100]", "score = [70, 95]")
    draft = save_draft(draft=draft, text=text, seen=1, by=group.city.officer, now=NOW)
    run_dry(version=draft, on=NOW.date(), by=group.city.officer, now=NOW)
    submit_draft(draft=draft, note="按本出资人办法", by=group.city.officer, now=NOW)
    with pytest.raises(NotAllowed):
        approve(version=draft, by=group.city.officer, now=NOW)
    approve(version=draft, by=group.second, now=NOW)
    assert version_on("qd-soe-a", NOW.date()) is not None
    assert office.post(url, {"choose": "1", "pack": "qd-soe-a"}).status_code == 302
    found = group.published()
    assert found.version.code == "qd-soe-a"
    assert Card.objects.get(party=group.city.company).results.get().score == 90


def test_a_firm_belongs_to_one_owner_and_officers_stay_in_their_place(group: Group) -> None:
    with pytest.raises(NotAllowed):
        owners.add_owner(name="示例另一出资人", district="", by=group.city.district_officer, now=NOW)
    other = owners.add_owner(name="示例胶州出资人", district="370281", by=group.city.district_officer, now=NOW)
    with pytest.raises(Refusal, match="已列在"):
        owners.add_firm(owner=other, uscc=str(group.city.company.uscc), by=group.city.district_officer, now=NOW)
    with pytest.raises(NotAllowed):
        owners.remove_firm(owner=group.owner, party=group.city.company, by=group.city.district_officer, now=NOW)
    assert Owner.objects.count() == 2
    assert client(group.city.district_officer).get(reverse("scorecard_owner", args=[group.owner.pk])).status_code == 404
