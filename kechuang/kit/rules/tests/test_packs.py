"""随系统提供的规则包: every pack that ships holds its examples, uses what it declares, quotes no figure of its own."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kechuang.kit.rules.examples import check_examples
from kechuang.kit.rules.explain import explain
from kechuang.kit.rules.facts import Fact, read_facts
from kechuang.kit.rules.packs import Pack, formulas
from kechuang.kit.rules.reading import TEXT_STATUS, read_file
from kechuang.kit.rules.reading_aloud import aloud
from kechuang.kit.rules.wording import Words, headline

PACKS = Path(__file__).parents[3] / "packs"
FILES = sorted(PACKS.glob("*/policies/*.toml"))
PLACEHOLDER = re.compile(r"\{(\w+)\}")
FIGURE = re.compile(r"\d")
ABOUT = ("title_en", "level", "summary", "effective_status")
KNOWN_DATES = ("published", "seed", "general", "unknown", "ours")


@cache
def catalogue() -> dict[str, Fact]:
    return read_facts(PACKS / "national" / "facts.toml")


@cache
def pack_of(path: Path) -> Pack:
    return read_file(path, catalogue())


@cache
def documents() -> dict[str, dict[str, Any]]:
    found = [d for path in sorted(PACKS.glob("*/documents.toml")) for d in tomllib.loads(path.read_text())["document"]]
    assert len({d["code"] for d in found}) == len(found)
    return {d["code"]: d for d in found}


def words(pack: Pack) -> Iterator[str]:
    yield from (parameter.label for parameter in pack.parameters.values())
    for formula in formulas(pack):
        yield from (formula.label, formula.label_en)
    if pack.scoring is not None:
        for item in pack.scoring.items:
            yield from (item.label, item.label_en)


every_pack = pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)


@every_pack
def test_a_pack_reads_and_its_examples_hold(path: Path) -> None:
    pack = pack_of(path)
    check_examples(pack, file=path.name)
    assert pack.code == path.stem


@every_pack
def test_a_pack_asks_for_no_fact_and_sets_no_parameter_that_it_does_not_use(path: Path) -> None:
    pack = pack_of(path)
    assert set(pack.facts) == pack.needed
    used = {name for formula in formulas(pack) for name in formula.expression.parameters}
    used |= {name for text in words(pack) for name in PLACEHOLDER.findall(text)}
    if pack.scoring is not None:
        used |= {pack.scoring.passing} | {o.bands for item in pack.scoring.items for o in item.options}
    if pack.benefit is not None:
        used |= {pack.benefit.cap} | ({pack.benefit.ranking.first} if pack.benefit.ranking else set())
    assert set(pack.parameters) == used - {""}


@every_pack
def test_figures_in_the_words_of_a_rule_come_from_its_parameters(path: Path) -> None:
    pack = pack_of(path)
    for text in words(pack):
        assert set(PLACEHOLDER.findall(text)) <= set(pack.parameters), text
        assert not FIGURE.search(PLACEHOLDER.sub("", text)), text


@every_pack
def test_a_pack_says_whence_it_comes_and_how_sure_its_date_is(path: Path) -> None:
    about = pack_of(path).about
    assert not [name for name in ABOUT if not about.get(name)]
    assert about["effective_status"] in KNOWN_DATES
    assert about.get("document", "") in {"", *documents()}
    assert (about["level"] == "district") == bool(about.get("district"))


def test_documents_name_their_status_and_replace_documents_that_are_there() -> None:
    for document in documents().values():
        assert document["text_status"] in TEXT_STATUS
        assert document["level"] in ("national", "province", "city", "district")
        assert set(document.get("supersedes", ())) <= set(documents())


@every_pack
def test_read_aloud_no_place_is_left_unfilled(path: Path) -> None:
    pack, day = pack_of(path), pack_of(path).effective_from
    said = [aloud(pack, formula.expression, Words(), day) for formula in formulas(pack)]
    assert [text for text in said if PLACEHOLDER.search(text)] == []


def test_a_headline_says_when_a_condition_fails_though_the_score_is_reached() -> None:
    pack = pack_of(PACKS / "national" / "policies" / "cn-tech-sme.toml")
    example = next(one for one in pack.examples if one.name.startswith("501"))
    assert headline(explain(pack, example.facts, on=example.on), Words()).endswith("有条件不符合")


def test_codes_that_a_rule_compares_with_are_read_by_their_labels() -> None:
    pack = pack_of(PACKS / "qingdao" / "policies" / "qd-rd-grow.toml")
    say = Words(term=lambda scheme, code: f"<{scheme}:{code}>")
    kind = next(f for f in pack.conditions if f.code == "kind")
    assert "<party_kind:enterprise>" in aloud(pack, kind.expression, say, pack.effective_from)
