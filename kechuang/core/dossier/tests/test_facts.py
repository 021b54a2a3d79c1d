"""事实: every fact of the catalogue follows from the file; the whole city's table says the same as a plain count."""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from kechuang.core.dossier.completeness import completeness, completeness_of_all
from kechuang.core.dossier.facts import asked_codes, facts, groups
from kechuang.core.dossier.frame import DERIVED, MANY, facts_frame
from kechuang.core.dossier.models import (
    MONEY,
    PROFILE,
    YEARLY,
    Award,
    IntegrityEntry,
    Profile,
    Qualification,
    ResearchOrg,
    Right,
    Standard,
    YearFigures,
)
from kechuang.core.dossier.queries import facts_of, facts_of_many
from kechuang.core.parties.models import Party
from kechuang.kit.rules.facts import year_code
from tests.city import NOW, City, party

ON = NOW.date()
CLASS1, CLASS2 = {"invention", "plant", "layout", "crop", "drug", "tcm"}, {"utility", "design", "software"}


def test_every_fact_of_the_catalogue_can_be_had_from_the_file_and_has_its_labels() -> None:
    held = {"kind", "district", "no_misconduct", *PROFILE, *YEARLY, *DERIVED}
    assert held == set(facts())
    assert {f.group for f in facts().values()} == set(groups())
    assert [f.code for f in facts().values() if not (f.label and f.label_en and f.definition)] == []
    assert [c for c in YEARLY if not facts()[c].years or (facts()[c].type == "money") != (c in MONEY)] == []


def _days(dice: random.Random) -> date:
    return dice.choice([ON, ON - timedelta(days=1), ON + timedelta(days=1), ON - timedelta(days=dice.randrange(3000))])


def _random_file(dice: random.Random, owner: Party, number: int) -> None:
    told: dict[str, Any] = {name: dice.choice([True, False, None]) for name in PROFILE}
    told |= {"founded_on": dice.choice([None, _days(dice)]), "registration_type": None, "scale": "micro"}
    kept = {held: ["2026-01-01", None] for held in ("rights", "awards", "research") if dice.random() < 0.5}
    Profile.objects.create(party=owner, kept=kept, **told)
    for year in range(2022, 2027):
        if dice.random() < 0.7:
            money: dict[str, Any] = {n: Decimal(dice.randrange(10**12)) / 100 for n in MONEY if dice.random() < 0.7}
            counts = {n: dice.randrange(900) for n in YEARLY if n not in MONEY and dice.random() < 0.7}
            YearFigures.objects.create(party=owner, year=year, **money, **counts)
    entry: dict[str, Any] = {"party": owner, "source": "enterprise", "entered_at": NOW}
    for n in range(dice.randrange(5)):
        flags = ("main_product", "core", "high_value", "disputed", "claimed")
        Right.objects.create(
            **entry,
            kind=dice.choice([*CLASS1, *CLASS2, "secret"]),
            number=f"{number}-{n}",
            title="示例",
            status=dice.choice(Right.Status.values),
            obtained=dice.choice(["own", "bought", "licensed"]),
            granted_on=dice.choice([None, _days(dice)]),
            expires_on=dice.choice([None, _days(dice)]),
            hnte_used_on=dice.choice([None, _days(dice)]),
            **{flag: dice.random() < 0.7 for flag in flags},
        )
    for kind in dice.sample(["hnte", "sme", "leader"], dice.randrange(4)):
        start = _days(dice)
        ends, revoked = dice.choice([None, start + timedelta(days=400)]), dice.choice([None, None, _days(dice)])
        Qualification.objects.create(**entry, kind=kind, valid_from=start, valid_to=ends, revoked_on=revoked)
    for _ in range(dice.randrange(2)):
        levels = ["national", "province", "city"]
        Award.objects.create(
            **entry, name="奖", level=dice.choice(levels), rank=dice.randrange(1, 6), awarded_on=_days(dice)
        )
        ResearchOrg.objects.create(**entry, name="所", kind="internal", level=dice.choice(levels), since=_days(dice))
        role, level = dice.choice(["lead", "part"]), dice.choice(["international", "national", "industry", "local"])
        Standard.objects.create(**entry, name="标准", level=level, role=role, published_on=_days(dice))
        IntegrityEntry.objects.create(
            party=owner, act="other", serious=dice.random() < 0.7, measures="", found_on=_days(dice), start=ON,
            decision=f"{number}", source="", appeal=dice.choice(["none", "upheld"]), entered_at=NOW,
        )  # fmt: skip


def _rights(owner: Party) -> dict[str, Any]:
    def standing(r: Right) -> bool:
        in_time = (r.granted_on or ON) <= ON <= (r.expires_on or ON)
        return r.status == "granted" and r.claimed and not r.disputed and in_time

    valid = [r for r in owner.rights.all() if standing(r)]
    ours = [r for r in valid if r.main_product]
    one, two = [r for r in ours if r.kind in CLASS1], [r for r in ours if r.kind in CLASS2]
    return {
        "ip_class1": len(one),
        "ip_class2": len(two),
        "ip_class2_unused": sum(r.hnte_used_on is None or r.hnte_used_on > ON for r in two),
        "ip_own_class1": sum(r.obtained == "own" for r in one),
        "ip_high_value": sum(r.high_value for r in one),
        "ip_own": any(r.obtained == "own" for r in valid),
        "core_ip_owned": any(r.core and r.obtained != "licensed" for r in valid),
    }


def _counted(owner: Party) -> dict[str, Any]:
    """The facts by plain counting."""
    profile, years = owner.profile, {y.year: y for y in owner.year_figures.all()}
    found: dict[str, Any] = {"kind": owner.kind, "district": owner.district or None}
    found |= {name: getattr(profile, name) for name in PROFILE}
    for name in YEARLY:
        for ago in range(facts()[name].years):
            found[year_code(name, ago)] = getattr(years.get(2025 - ago), name, None)
    if any((y.rd_sme or 0) > 0 or (y.rd_hnte or 0) > 0 for year, y in years.items() if year < 2025):
        found["rd_before"] = True
    if owner.rights.exists() or "rights" in profile.kept:
        found |= _rights(owner)
    if owner.qualifications.exists():
        for kind in ("hnte", "sme"):
            found[f"{kind}_valid"] = any(
                q.valid_from <= ON
                and (q.valid_to is None or q.valid_to > ON)
                and (q.revoked_on is None or q.revoked_on > ON)
                for q in owner.qualifications.filter(kind=kind)
            )
    awards, orgs, standards = owner.awards.all(), owner.research_orgs.all(), owner.standards.all()
    if awards or "awards" in profile.kept:
        five, three = date(2021, 11, 18), date(2023, 11, 18)
        found["national_award"] = any(
            a.level == "national" and a.rank <= 3 and five <= a.awarded_on <= ON for a in awards
        )
        found["award_3y"] = any(a.level != "city" and three <= a.awarded_on <= ON for a in awards)
    if orgs or "research" in profile.kept:
        found["rd_org"] = any(o.since <= ON for o in orgs)
        found["provincial_rd_org"] = any(o.since <= ON and o.level != "city" for o in orgs)
    if standards:
        found["standard_setting"] = any(s.level in ("national", "industry") and s.published_on <= ON for s in standards)
        found["standard_lead"] = any(
            s.level != "local" and s.role == "lead" and date(2021, 11, 18) <= s.published_on <= ON for s in standards
        )
    found["no_misconduct"] = not any(
        i.serious and i.appeal != "upheld" and date(2025, 1, 1) <= i.found_on <= ON for i in owner.integrity.all()
    )
    return {name: value for name, value in found.items() if value is not None}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_table_of_the_city_says_what_a_plain_count_says(city: City, seed: int) -> None:
    dice = random.Random(seed)
    owners = [party("enterprise", f"示例{n}", f"{n:018d}", dice.choice(["370281", ""])) for n in range(25)]
    for n, owner in enumerate(owners):
        _random_file(dice, owner, n)
    many = facts_of_many([o.pk for o in owners], on=ON)
    assert {o.pk: _counted(o) for o in owners} == many
    assert dict(facts_of(owners[0], on=ON)) == many[owners[0].pk]
    frame = completeness_of_all(ON)
    assert frame.height == 27  # and the company and the university
    for row in frame.filter(pl.col("party").is_in([o.pk for o in owners])).iter_rows(named=True):
        done = completeness(many[row["party"]], on=ON)
        assert (row["known"], row["asked"], row["percent"]) == (done.known, done.asked, done.percent)


def test_money_is_in_whole_fen_and_columns_have_their_types(city: City) -> None:
    YearFigures.objects.create(party=city.company, year=2025, revenue=Decimal("9007199254740993.07"), staff_sme=3)
    frame = facts_frame(ON, parties=[city.company.pk])
    assert frame["revenue"].to_list() == [900719925474099307]
    assert facts_of(city.company, on=ON)["revenue"] == Decimal("9007199254740993.07")
    types = [str(frame.schema[name]) for name in ("founded_on", "resident", "staff_sme_y2")]
    assert types == ["Date", "Boolean", "Int64"]
    assert set(frame.columns) == {"party", *asked_codes()}
    assert facts_frame(ON, parties=[]).height == 0
    many = [city.company.pk, *range(10**9, 10**9 + MANY)]
    assert facts_frame(ON, parties=many).equals(frame)


def test_nobody_is_asked_about_years_before_it_existed(city: City) -> None:
    before = completeness(facts_of(city.company, on=ON), on=ON)
    Profile.objects.create(party=city.company, founded_on=date(2025, 3, 1))
    after = completeness(facts_of(city.company, on=ON), on=ON)
    assert before.asked - after.asked == 2 * sum(f.years == 3 for f in facts().values())
    assert "staff_sme" in after.missing
    assert "staff_sme_y1" not in after.missing
    asked = completeness(facts_of(city.company, on=ON), on=ON, asked=["founded_on", "revenue", "kind"])
    assert (asked.known, asked.asked, asked.percent, asked.missing) == (1, 2, 50, ("revenue",))
