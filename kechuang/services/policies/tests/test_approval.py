"""审定等待: a version that was handed in is in one person's to-do, the author's choice or the system's; never lost."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from kechuang.core.cases.absences import end_absence, enter_absence
from kechuang.core.notices.models import Notice
from kechuang.core.parties.actions import appoint, end_post
from kechuang.core.parties.models import Absence, User
from kechuang.core.policy import actions
from kechuang.core.policy.loading import load_policies
from kechuang.core.policy.models import PackVersion
from kechuang.core.policy.queries import latest, to_approve
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.policies import approval
from tests.city import NOW, City, build, person

pytestmark = pytest.mark.django_db
TODAY = NOW.date()  # a Wednesday


@pytest.fixture
def city() -> City:
    built = build()
    load_policies(folder=settings.PACKS_DIR / "national", now=NOW)
    return built


def officer(name: str) -> User:
    user = person(name)
    appoint(user=user, role="officer", by=None, now=NOW)
    return user


def tried(city: City, code: str = "cn-tech-sme") -> PackVersion:
    """A draft that may be handed in."""
    published = latest(code)
    assert published is not None
    draft = actions.copy_to_draft(version=published, by=city.officer, now=NOW)
    draft = actions.save_draft(draft=draft, text=draft.text + "\n# 改\n", seen=0, by=city.officer, now=NOW)
    actions.run_dry(version=draft, on=TODAY, by=city.officer, now=NOW)
    return draft


def submitted(city: City, approver: User | None = None, code: str = "cn-tech-sme") -> PackVersion:
    chosen = approver.pk if approver is not None else None
    return approval.submit(draft=tried(city, code), note="改", approver=chosen, by=city.officer, now=NOW)


def test_it_waits_with_the_one_whom_the_author_picks_and_with_nobody_else(city: City) -> None:
    first, second = officer("first"), officer("second")
    version = submitted(city, second)
    assert (version.assignee, str(version.due_on)) == (second, "2026-11-25")
    assert [to_approve(user).count() for user in (city.officer, first, second)] == [0, 0, 1]
    assert Notice.objects.get(user=second).text.startswith("“科技型中小企业评价（第 2 版）”请您审定")
    with pytest.raises(NotAllowed, match="另一位工作人员"):
        approval.approve(version=version, by=first, now=NOW)
    done = approval.approve(version=version, by=second, now=NOW)
    assert (done.assignee, done.due_on, done.approver) == (None, None, second)
    assert Notice.objects.filter(user=city.officer, text__contains="审定，自").exists()


def test_without_a_choice_the_one_with_least_to_approve_gets_it(city: City) -> None:
    officers = {officer("first"), officer("second")}
    versions = [submitted(city, code=code) for code in ("cn-tech-sme", "cn-hnte")]
    assert {v.assignee for v in versions} == officers


def test_nobody_else_in_office_and_the_wrong_person_are_refused(city: City) -> None:
    draft = tried(city)
    with pytest.raises(Refusal, match="除起草人外没有"):
        approval.submit(draft=draft, note="", approver=None, by=city.officer, now=NOW)
    officer("first")
    for wrong in (city.officer, city.district_officer, city.broker):
        with pytest.raises(Refusal) as refused:
            approval.submit(draft=draft, note="", approver=wrong.pk, by=city.officer, now=NOW)
        assert "approver" in refused.value.fields
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_while_the_approver_is_away_the_deputy_has_it_and_then_it_comes_back(city: City) -> None:
    first, second = officer("first"), officer("second")
    version = submitted(city, first)
    enter_absence(deputy=second, since=TODAY, until=TODAY + timedelta(days=9), note="", by=first, now=NOW)
    assert approval.tick(now=NOW).moved == 1
    version.refresh_from_db()
    assert (version.assignee, version.on_behalf_of) == (second, first)
    assert approval.tick(now=NOW).moved == 0
    end_absence(absence=Absence.objects.get(user=first), by=first, now=NOW)
    approval.tick(now=NOW + timedelta(hours=1))
    version.refresh_from_db()
    assert (version.assignee, version.on_behalf_of) == (first, None)


def test_who_leaves_office_is_followed_by_another_one(city: City) -> None:
    first, second = officer("first"), officer("second")
    version = submitted(city, first)
    end_post(post=first.posts.get(), by=city.officer, now=NOW)
    approval.tick(now=NOW)
    version.refresh_from_db()
    assert version.assignee == second


def test_it_is_handed_on_with_a_reason_and_never_to_the_author(city: City) -> None:
    first, second = officer("first"), officer("second")
    version = submitted(city, first)
    with pytest.raises(Refusal, match="原因"):
        approval.hand_on(version=version, receiver=second.pk, note=" ", by=first, now=NOW)
    with pytest.raises(Refusal, match="不能审定"):
        approval.hand_on(version=version, receiver=city.officer.pk, note="忙", by=first, now=NOW)
    with pytest.raises(NotAllowed):
        approval.hand_on(version=version, receiver=second.pk, note="忙", by=city.broker, now=NOW)
    assert approval.hand_on(version=version, receiver=second.pk, note="忙", by=first, now=NOW).assignee == second
    with pytest.raises(IntegrityError), transaction.atomic():
        PackVersion.objects.filter(pk=version.pk).update(assignee=city.officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        PackVersion.objects.filter(pk=version.pk).update(assignee=None)


def test_the_approver_is_reminded_once_before_and_once_after_the_day(city: City) -> None:
    first = officer("first")
    submitted(city, first)
    days = [approval.tick(now=NOW + timedelta(days=n)).reminded for n in (1, 6, 6, 7, 8, 9)]
    assert days == [0, 1, 0, 0, 1, 0]  # due after 7 days; a day's warning, then that it is late
    texts = list(Notice.objects.filter(user=first).order_by("pk").values_list("text", flat=True))
    assert texts[1].endswith("请于 2026-11-25 前审定。")
    assert texts[2].endswith("已超期。")


def test_in_the_browser_the_author_chooses_and_the_office_sees_with_whom_it_waits(city: City, client: Client) -> None:
    first, second = officer("first"), officer("second")
    draft = tried(city)
    client.force_login(city.officer)
    step = {name: reverse("decide_policy_draft", args=[draft.pk, name]) for name in ("submit", "hand-on")}
    html = client.get(reverse("policy_draft", args=[draft.pk])).content.decode()
    assert f'<option value="{first.pk}">' in html
    client.post(step["submit"], {"note": "改", "approver": str(first.pk)})
    assert f"<strong>{first}</strong> 审定" in client.get(reverse("policy_draft", args=[draft.pk])).content.decode()
    client.post(step["hand-on"], {"note": "示例：分工调整", "approver": str(second.pk)})
    assert str(second) in client.get(reverse("policy_drafts")).content.decode()
    draft.refresh_from_db()
    assert draft.assignee == second
