"""办结的材料: what a decision rests on is not taken down, in whatever service; what is still one's own to mend is."""

import pytest
from django.test import Client
from django.urls import reverse

from kechuang.core.cases.actions import advance, attach, open_case, remove_material
from kechuang.core.cases.models import Case, Material
from kechuang.core.cases.publication import REFUSAL_REASONS
from kechuang.core.parties.models import Party, User
from kechuang.kit.refusal import NotAllowed, Refusal
from tests.city import NOW, City, build, listing

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    return build()


def handed_in(case: Case, by: User) -> Material:
    return attach(case=case, name="说明.pdf", chunks=[b"%PDF-1.4 x"], label="说明", by=by, now=NOW)


def in_state(service: str, state: str, applicant: Party, by: User) -> Case:
    data = {"title": "示例办件"}
    return open_case(service=service, applicant=applicant, by=by, now=NOW, district="370281", data=data, state=state)


@pytest.mark.parametrize(
    ("service", "state"),
    [
        ("policies", "answered"),  # an end: nothing leads on
        ("dossiers", "done"),
        ("benefits", "checked"),  # under way, but something was decided
        ("benefits", "paid"),
        ("benefits", "rejected"),
    ],
)
def test_a_decided_case_keeps_its_materials(city: City, service: str, state: str) -> None:
    material = handed_in(in_state(service, state, city.company, city.engineer), city.engineer)
    with pytest.raises(Refusal, match=r"办理的依据.*请补充新的材料"):
        remove_material(material=material, by=city.engineer, now=NOW)
    with pytest.raises(NotAllowed):
        remove_material(material=material, by=city.stranger, now=NOW)
    material.refresh_from_db()
    assert material.removed_at is None


@pytest.mark.parametrize(("service", "state"), [("policies", "asked"), ("benefits", "supplement")])
def test_an_undecided_one_does_not(city: City, service: str, state: str) -> None:
    material = handed_in(in_state(service, state, city.company, city.engineer), city.engineer)
    remove_material(material=material, by=city.engineer, now=NOW)
    material.refresh_from_db()
    assert material.removed_at is not None


def test_a_listing_that_was_refused_for_good_keeps_them_too(city: City) -> None:
    _, case = listing(city, "needs")
    material = handed_in(case, city.engineer)
    advance(case=case, step="submit", by=city.engineer, now=NOW)
    reason = next(iter(REFUSAL_REASONS))
    advance(case=case, step="reject", by=city.officer, now=NOW, reason=reason, note="示例")
    with pytest.raises(Refusal, match="不能撤下"):
        remove_material(material=material, by=city.engineer, now=NOW)


def test_the_page_offers_no_button_and_says_why_not(city: City, client: Client) -> None:
    case = in_state("policies", "answered", city.company, city.engineer)
    material = handed_in(case, city.engineer)
    client.force_login(city.engineer)
    url = reverse("remove_material", args=[material.pk])
    assert url not in client.get(reverse("case", args=[case.pk])).content.decode()
    answer = client.post(url)
    assert answer.status_code == 409
    assert "已归档，不能撤下" in answer.content.decode()
