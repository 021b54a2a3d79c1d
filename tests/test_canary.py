"""金丝雀 canary: nothing above a reader's tier leaks, wherever one looks.

Every protected place holds a word of its own; every role walks all addresses. New addresses are walked without a change
here: those that need an object are in tests/url_table.py, the others are found by themselves.
"""

import io
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from kechuang.core.cases.actions import attach
from kechuang.core.cases.models import Case, Material
from kechuang.core.cases.queries import publication_case
from kechuang.core.disclosure.actions import publish_text
from kechuang.core.disclosure.queries import text_for
from kechuang.core.market.actions import keep_draft, save_listing
from kechuang.core.market.models import Tier
from kechuang.core.market.queries import content
from kechuang.core.notices.actions import deliver_due
from kechuang.core.search.queries import suggest
from tests.city import NOW, cleaned
from tests.test_urls import names
from tests.url_table import ROLES, SECTIONS
from tests.world import World, agree, canary, make

SIGNED_IN = frozenset(ROLES) - {"anonymous"}
MATERIAL_TIERS = (Tier.SIGNED_IN, Tier.NDA, Tier.CASE)
PARTS = ("label", "name", "body")
STRANGERS = ("anonymous", "stranger", "broker")  # they also send every form
UNSEEN = (canary("pending", ""), canary("autosaved", ""))  # shown after steps that a walk does not take
OF_NEED = {"engineer", "officer", "district_officer"}  # who reads all of the company's need
OF_ACHIEVEMENT = {"professor", "officer"}


def allowed() -> dict[str, set[str]]:
    """By canary the roles that may come across it. The broker accepted the university's agreement; the expert the
    company's, which has changed since."""
    found: dict[str, set[str]] = {}
    for of, whole, accepted in (("achievement", OF_ACHIEVEMENT, {"broker"}), ("need", OF_NEED, set[str]())):
        tiers = {Tier.SIGNED_IN: set(SIGNED_IN), Tier.NDA: whole | accepted, Tier.CASE: whole}
        found |= {canary(of, "inner"): tiers[Tier.SIGNED_IN], canary(of, "secret"): tiers[Tier.NDA]}
        found |= {canary(of, f"{t}{part}"): tiers[t] for t in MATERIAL_TIERS for part in PARTS}
    found |= {canary("pending", place): OF_NEED for place in ("inner", "secret")}
    found |= {canary("submitted", place): OF_NEED for place in ("inner", "secret")}
    found |= {canary(of, place): {"engineer"} for of in ("draft", "autosaved") for place in ("inner", "secret")}
    return found


def archive(text: str) -> bytes:
    """A ZIP file that holds the text."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("a.txt", text)
    return target.getvalue()


def _materials(case: Case | None, of: str, by: Any) -> list[Material]:
    assert case is not None
    return [
        attach(
            case=case,
            name=canary(of, f"{tier}name") + ".zip",
            chunks=[archive(canary(of, f"{tier}body"))],
            label=canary(of, f"{tier}label"),
            tier=tier,
            by=by,
            now=NOW,
        )
        for tier in MATERIAL_TIERS
    ]


Planted = dict[str, list[int]]


def plant() -> tuple[World, Planted]:
    """The world with canaries, and the numbers of listings, cases and materials that hold some."""
    world = make()
    city = world.city
    agree(world.need, city.expert)
    held = text_for(city.company)
    assert held is not None
    publish_text(party=city.company, title="新文本", text="保密。" * 100, seen=held.pk, by=city.engineer, now=NOW)
    materials = _materials(publication_case(world.achievement), "achievement", city.professor)
    materials += _materials(publication_case(world.need), "need", city.engineer)
    changed = {f"{p}_text": canary("pending", p) for p in ("inner", "secret")}
    save_listing(
        listing=world.need,
        content=cleaned("needs", content(world.need) | changed),
        version=None,
        by=city.engineer,
        now=NOW,
    )
    typed = {f"{p}_text": [canary("autosaved", p)] for p in ("inner", "secret")}
    keep_draft(user=city.engineer, subject=f"needs:new:{'a' * 32}", data={"title": ["草稿"], **typed}, now=NOW)
    listings = (world.achievement, world.need, world.draft, world.submitted)
    cases = [publication_case(row) for row in listings]
    things = {"listing": listings, "case": cases, "material": materials}
    return world, {kind: [x.pk for x in rows if x is not None] for kind, rows in things.items()}


def fitting(name: str, kwargs: dict[str, Any], planted: Planted) -> set[int]:
    """The numbers to try at an address; one of each kind, where its name does not say of what."""
    if "service" in kwargs or "listing" in name or "need" in name:
        return set(planted["listing"])
    kind = next((kind for kind in planted if kind in name), "")
    return set(planted[kind]) if kind else {numbers[0] for numbers in planted.values()}


@dataclass(frozen=True)
class Call:
    """请求: what is asked for."""

    method: str
    url: str
    data: Any = None
    json: bool = False


class Walker:
    """走访: one role in a browser; what its requests change is undone."""

    def __init__(self, world: World, role: str) -> None:
        self.client, self.role = Client(raise_request_exception=False), role
        if role != "anonymous":
            self.client.force_login(world.city.people()[role])
        self.words = list(allowed())
        self.seen: dict[str, str] = {}  # canary -> where

    def go(self, call: Call) -> None:
        """Look at one answer, and at where it leads; what was asked for does not count as an answer."""
        kept = {name: cookie.value for name, cookie in self.client.cookies.items()}
        cache.clear()
        with transaction.atomic():
            how = {"content_type": "application/json"} if call.json else {}
            response = getattr(self.client, call.method)(call.url, call.data, follow=True, **how)
            body = b"".join(response.streaming_content) if response.streaming else response.content
            transaction.set_rollback(True)
        self.client.cookies = SimpleCookie(kept)
        text = "\n".join(
            [str(dict(response.headers)), *(where for where, _ in response.redirect_chain), *unpacked(body)]
        )
        asked = call.url + str(call.data)
        for word in self.words:
            if word in text and word not in asked:
                self.seen.setdefault(word, f"{call.method} {call.url}")


def unpacked(body: bytes) -> Iterator[str]:
    """All text of an answer, of workbooks and archives too, however deep."""
    yield body.decode("utf-8", "replace")
    with suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(body)) as packed:
        for name in packed.namelist():
            yield name
            yield from unpacked(packed.read(name))


def calls(world: World, planted: Planted) -> Iterator[Call]:
    """Everything in the table, read and sent; addresses that need nothing; those with a number, for all canaries."""
    for name in names(get_resolver()):
        with suppress(NoReverseMatch):
            yield Call("get", reverse(name))
    seen = set()
    for name, visit in (
        (n, v) for s, part in SECTIONS.items() if s != "accounts" for n, found in part.items() for v in found
    ):
        kwargs = visit.kwargs(world)
        url = reverse(name, kwargs=kwargs)
        yield Call("get", url)
        for method in [*(["post"] if visit.post is not None else []), *visit.others]:
            yield Call(method, url, visit.data, visit.json)
        shape = (name, *(v for k, v in kwargs.items() if k != "pk"))
        if "pk" in kwargs and shape not in seen and 405 not in visit.get.values():
            seen.add(shape)
            yield from (Call("get", reverse(name, kwargs=kwargs | {"pk": n})) for n in fitting(name, kwargs, planted))
    for word in (canary("need", "inner"), canary("achievement", "secret"), canary("need", f"{Tier.NDA}label")):
        start = f"?q={word[: len(word) // 2 + 1]}"
        yield from (Call("get", reverse(name) + start) for name in ("search", "suggest", "match_text"))
        yield Call("get", reverse("service", args=["needs"]) + start)
    yield Call("get", reverse("export", args=["needs", "xlsx"]))
    yield Call("get", reverse("export", args=["achievements", "jsonl"]))
    yield Call("get", reverse("compare") + f"?a=needs:{world.need.pk}&a=needs:{world.submitted.pk}")


@pytest.fixture(autouse=True)
def _demo(db: None, tmp_path: Path, settings: Any) -> None:
    settings.DOCUMENTS_DIR = tmp_path
    settings.DEMO = True


def test_no_role_comes_across_what_lies_above_its_tier() -> None:
    world, planted = plant()
    asked = {f"{c.method} {c.url} {c.data}": c for c in calls(world, planted)}
    reads = [c for c in asked.values() if c.method == "get"]
    leaked, missed = [], []
    for role in ROLES:
        walker = Walker(world, role)
        for call in asked.values() if role in STRANGERS else reads:
            walker.go(call)
        may = {word for word, roles in allowed().items() if role in roles}
        leaked += [(role, word, where) for word, where in walker.seen.items() if word not in may]
        missed += [(role, word) for word in may - walker.seen.keys() if not word.startswith(UNSEEN)]
    assert leaked == []
    assert missed == []  # the walk is not blind: what one may read, one has found


# Where protected texts may lie; a table that joins them must be behind the same rule.
KEPT = {"market_offer", "market_need", "market_revision", "market_draft", "cases_case", "cases_importrow"}
NAMED = {"cases_material", "documents_document", "audit_event"}


def test_protected_texts_lie_in_few_tables_and_in_no_index_notice_or_mail() -> None:
    plant()
    deliver_due(now=NOW, site_url="https://kc.example")
    lies: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for word in allowed():
                cursor.execute(f'SELECT 1 FROM "{table}" t WHERE t::text LIKE %s LIMIT 1', [f"%{word}%"])
                if cursor.fetchone():
                    lies.setdefault(table, set()).add(word)
    texts = {word for word in allowed() if word.endswith(("inner", "secret"))}
    assert {table for table, words in lies.items() if words & texts} <= KEPT
    assert set(lies) <= KEPT | NAMED
    assert "market_need" in lies
    sent = "\n".join(f"{m.subject}\n{m.body}" for m in mail.outbox)
    assert mail.outbox
    assert [word for word in allowed() if word in sent] == []
    assert [word for word in allowed() if suggest(word[:12])] == []
