"""事项规范: every row of the service list, present and future, keeps the rules of the house."""

import tomllib
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from kechuang.core.catalogue.models import Service, all_services
from kechuang.core.market.kinds import ListingKind, listing_kinds
from kechuang.core.market.queries import columns
from kechuang.core.parties.models import Post

ROLES = {"enterprise", "institution", "public", *Post.Role.values}
WAITING = {"applicant", "officer", "city", "broker", "counterpart", "host"}
SERVICES = [pytest.param(s, id=s.code) for s in all_services()]
KINDS = [pytest.param(k, id=k.service) for k in listing_kinds()]


@pytest.mark.parametrize("service", SERVICES)
def test_the_workflow_is_sound(service: Service) -> None:
    assert service.workflow.problems() == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_wait_has_an_owner_that_a_desk_shows(service: Service) -> None:
    owners = {state.owner for state in service.workflow.states.values() if state.owner}
    assert owners <= WAITING


@pytest.mark.parametrize("service", SERVICES)
def test_a_row_whose_cases_wait_for_its_host_says_who_that_is(service: Service) -> None:
    waits = any(state.owner == "host" for state in service.workflow.states.values())
    assert waits == (service.host is not None)


@pytest.mark.parametrize("service", SERVICES)
def test_a_refusal_or_return_carries_a_reason(service: Service) -> None:
    silent = [s.name for s in service.workflow.steps if s.danger and not s.reasons]
    assert silent == []


@pytest.mark.parametrize("service", SERVICES)
def test_the_declaration_is_complete(service: Service) -> None:
    missing = [n for n in ("name", "name_en", "summary", "basis", "audience", "rows") if not getattr(service, n)]
    assert missing == []
    assert set(service.audience) <= ROLES
    assert service.days > 0
    folder = Path(settings.BASE_DIR) / "kechuang" / "services" / (service.part_of or service.code)
    assert folder.is_dir()


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_the_form_has_a_column_a_section_and_a_label(kind: ListingKind) -> None:
    own, further = columns(kind)
    beside = {f.name for f in kind.detail._meta.get_fields()} if kind.detail else set()
    assert [n for n in further if n not in beside] == []
    shown = [name for _, names in kind.form.SECTIONS for name in names]
    assert sorted(shown) == sorted([*own, *further])
    assert [n for n, f in kind.form.base_fields.items() if not f.label] == []


@pytest.mark.parametrize("service", SERVICES)
def test_the_page_of_a_row_is_there(service: Service) -> None:
    assert not service.page or reverse(service.page)


def test_the_vocabularies_of_the_packs_are_plain_and_sourced() -> None:
    wrong = []
    for path in sorted((Path(settings.PACKS_DIR)).glob("*/terms.toml")):
        for scheme, content in tomllib.loads(path.read_text("utf-8")).items():
            codes = [t["code"] for t in content["terms"]]
            wrong += [f"{scheme}: twice {c}" for c in codes if codes.count(c) > 1]
            wrong += [f"{scheme}: no source"] if not content.get("source") else []
            status = {content.get("text_status", ""), *(t.get("text_status", "general") for t in content["terms"])}
            wrong += [f"{scheme}: {s}" for s in status - {"seed", "published", "general", "ours"}]
            wrong += [f"{scheme}: {t['code']} has no English label" for t in content["terms"] if not t.get("label_en")]
    assert wrong == []
