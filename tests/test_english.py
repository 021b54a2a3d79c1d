"""英文界面: whoever reads English is refused in English; what is kept stays Chinese."""

import ast
import json
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from kechuang.core.audit.models import Event
from kechuang.core.cases.absences import enter_absence
from kechuang.core.cases.actions import advance, attach
from kechuang.core.cases.handover import hand_over
from kechuang.core.cases.import_work import work
from kechuang.core.cases.imports import start_import
from kechuang.core.cases.leaving import end_post
from kechuang.core.keys.actions import create_key
from kechuang.core.market.wording import lines
from kechuang.core.matching.actions import judge, refresh_need
from kechuang.core.matching.hot import hottest
from kechuang.core.matching.models import Match
from kechuang.core.matching.wording import reasons
from kechuang.core.notices import membership
from kechuang.core.notices.models import Notice
from kechuang.core.parties.actions import appoint, leave, register_party
from kechuang.core.parties.models import Mandate, Post
from kechuang.core.search.actions import embed_pending
from kechuang.kit.refusal import Refusal
from kechuang.kit.tables import read
from tests.city import NEED, NOW, City, listing, published

HAN = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
ROOT = Path(__file__).parent.parent / "kechuang"
# What says no in words: their first argument reaches a person.
SPEAK = ("Refusal", "NotAllowed", "Stale", "NoSuchStep", "ValidationError", "refuse", "_refuse", "_wrong", "BadLink")


def refusals(city: City) -> Iterator[Callable[[], Any]]:
    """Calls that are refused, one for each."""
    need, case = listing(city, "needs")
    offer, _ = published(city, "achievements")
    mandate = Mandate.objects.get(user=city.engineer)
    post = Post.objects.get(user=city.officer)
    yield lambda: register_party(kind="enterprise", name="x", uscc="1", district="", by=None, now=NOW)
    yield lambda: register_party(
        kind="enterprise", name="x", uscc=str(city.company.uscc), district="", by=None, now=NOW, accept_check=True
    )
    yield lambda: membership.ask_to_join(party=city.company, by=city.engineer, now=NOW)
    yield lambda: leave(mandate=mandate, by=city.engineer, now=NOW)
    yield lambda: leave(mandate=mandate, by=city.stranger, now=NOW)
    yield lambda: membership.decide(mandate=mandate, decision="dance", by=city.engineer, now=NOW)
    yield lambda: membership.verify(party=city.company, by=city.officer, now=NOW)
    yield lambda: appoint(user=city.stranger, role="king", by=city.officer, now=NOW)
    yield lambda: appoint(user=city.stranger, role="expert", by=city.stranger, now=NOW)
    yield lambda: end_post(post=post, by=city.officer, now=NOW)
    yield lambda: advance(case=case, step="publish", by=city.officer, now=NOW)
    yield lambda: advance(case=case, step="submit", by=city.stranger, now=NOW)
    yield lambda: advance(case=case, step="withdraw", by=city.engineer, now=NOW)
    for name, content in (("a.exe", b"x"), ("a.pdf", b""), ("a.pdf", b"x"), ("a.docx", b"PK\x03\x04x")):
        yield lambda name=name, content=content: attach(  # type: ignore[misc]
            case=case, name=name, chunks=[content], label="", by=city.engineer, now=NOW
        )
    yield lambda: judge(need=need, offer=offer, fits=False, by=city.broker, now=NOW)
    yield lambda: judge(need=need, offer=offer, fits=True, by=city.stranger, now=NOW)
    yield lambda: create_key(user=city.stranger, name="k", scopes=["judge"], days=9, by=city.stranger, now=NOW)
    yield lambda: create_key(user=city.stranger, name="k", scopes=[], days=999, by=city.stranger, now=NOW)
    yield lambda: hand_over(giver=city.engineer, receiver=city.stranger, cases=None, note="", by=city.engineer, now=NOW)
    for data in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"a,b\n", b"a,a\n1,2\n", b'{"a"', b"[1]"):
        yield lambda data=data: read("a.csv", data)  # type: ignore[misc]


def test_refusals_are_in_english_for_those_who_read_english(city: City) -> None:
    for call in refusals(city):
        with pytest.raises(Refusal) as said, override("en"):
            call()
        words = [said.value.message, *said.value.fields.values()]
        assert not [w for w in words if HAN.search(w.replace(city.company.name, ""))], words


def test_what_an_english_reader_does_is_kept_in_chinese(city: City) -> None:
    with override("en"):
        appoint(user=city.stranger, role="officer", by=city.officer, now=NOW)
        post = Post.objects.get(user=city.stranger)
        _need, case = listing(city, "needs")
        advance(case=case, step="submit", by=city.engineer, now=NOW)
        day = date(2026, 11, 18)
        enter_absence(
            deputy=city.officer, since=day, until=day + timedelta(days=3), note="", by=city.district_officer, now=NOW
        )
        end_post(post=post, by=city.officer, now=NOW)
        membership.ask_to_join(party=city.company, by=city.expert, now=NOW)
    texts = [
        *Notice.objects.values_list("text", flat=True),
        *Event.objects.exclude(note="").values_list("note", flat=True),
    ]
    english = [text for text in texts if re.search("[a-z]{4,} [a-z]{2,}", text)]
    assert len(texts) > 4
    assert not english


def test_a_content_is_shown_with_english_labels_and_amounts(city: City) -> None:
    with override("en"):
        said = {line.name: line for _heading, group in lines("needs", NEED) for line in group}
        shown = "".join(text for text, _ in said["budget_max"].value.pieces)
        names = [line.label for line in said.values()]
    assert shown == "CNY 800,000"
    assert not [name for name in names if HAN.search(name)]


def test_an_import_says_in_english_what_is_wrong(city: City) -> None:
    rows = [{"title": "x", "text": "y", "industry": ["x"], "targets": 3}]
    rows.append({"title": NEED["title"], "text": NEED["text"], "industry": "绿色能源", "targets": [{"now": "1"}]})
    data = b"\n".join(json.dumps(row, ensure_ascii=False).encode() for row in rows)
    with override("en"):
        batch = start_import(service="needs", name="a.jsonl", data=data, party=city.company, by=city.engineer, now=NOW)
        assert work(batch, now=NOW)
    second = batch.rows.get(number=2)
    assert [error["column"] for error in second.errors] == ["targets"]  # the label of the industry was taken
    errors = [error for row in batch.rows.all() for error in row.errors]
    assert {error["column"] for error in errors} >= {"title", "text", "industry"}
    assert not [error for error in errors if HAN.search(error["reason"] + error["label"] + error["cell"])]


def test_stored_reasons_are_said_anew_for_english_readers(city: City) -> None:
    need, _ = published(city, "needs")
    published(city, "achievements")
    embed_pending()
    refresh_need(need=need, now=NOW)
    match = Match.objects.get(need=need)
    with override("en"):
        said = {row["feature"]: row["words"] for row in reasons(match)}
        hot = hottest(NOW.date(), 3)
    assert reasons(match) == match.reasons
    assert not [words for feature, words in said.items() if feature != "words" and HAN.search(words)]
    assert "CNY 300,000–CNY 800,000" in said["budget"]
    assert said["words"].startswith("Few words in common: ")
    assert [pair.reason in said.values() for pair in hot] == [True]


@pytest.mark.parametrize("package", ["core", "kit"])
def test_every_refusal_goes_through_gettext(package: str) -> None:
    """A sentence that is not marked would reach English readers in Chinese."""
    bare = []
    for path in sorted((ROOT / package).rglob("*.py")):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SPEAK:
                bare += [f"{path.name}:{node.lineno}" for word in _bare(node) if HAN.search(word)]
    assert bare == []


def _bare(call: ast.Call) -> Iterator[str]:
    """The texts of a call that stand in it without a call of their own around them."""
    todo: list[ast.AST] = [*call.args, *(k.value for k in call.keywords)]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif not isinstance(node, ast.Call) or getattr(node.func, "attr", "") == "join":
            todo += ast.iter_child_nodes(node)


def test_a_wrong_step_is_refused_on_an_english_page(city: City, client: Client) -> None:
    _need, case = listing(city, "needs")
    client.force_login(city.engineer)
    client.cookies["django_language"] = "en"
    answer = client.post(f"/cases/{case.pk}/publish/", follow=True)
    page = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    page = re.sub(r"<[^>]+>", " ", page)
    assert "The state is now" in page
    for written in sorted(_written(NEED), key=len, reverse=True):
        page = page.replace(written, "")
    page = page.replace(city.company.name, "").replace("示例", "")
    assert not HAN.findall(page), [line for line in page.splitlines() if HAN.search(line)]


def _written(value: Any) -> Iterator[str]:
    """The texts within a content."""
    if isinstance(value, str):
        yield value
    else:
        for part in value.values() if isinstance(value, dict) else value:
            yield from _written(part)
