"""随地区载入的政策: the packs and documents that ship load together, each clause under its document."""

import pytest
from django.conf import settings

from kechuang.core.policy.loading import load_policies
from kechuang.core.policy.models import Document, PackVersion
from tests.city import NOW

pytestmark = pytest.mark.django_db


def test_the_nation_and_the_region_load_with_every_clause_under_its_document() -> None:
    count = sum(load_policies(folder=settings.PACKS_DIR / place, now=NOW) for place in ("national", "qingdao"))
    assert PackVersion.objects.filter(state="published").count() == count
    clauses = PackVersion.objects.select_related("document")
    assert {v.document.code for v in clauses.filter(code__startswith="ls-") if v.document} == {"ls-2025-06"}
    assert all(v.district == "370212" and v.level == "district" for v in clauses.filter(code__startswith="ls-"))
    assert not clauses.filter(kind__in=("qualification", "benefit"), document=None)


def test_a_document_names_the_one_that_it_replaces() -> None:
    load_policies(folder=settings.PACKS_DIR / "national", now=NOW)
    assert set(Document.objects.get(code="miit-contract-2026").replaces.values_list("code", flat=True)) == {
        "most-contract-2000",
        "gkfzz-2001-253",
    }
