"""OpenFisca-core on the ten rules: variables with vectorised formulas, as its documentation writes them.

It has no word for a missing fact, so that a gap is NaN (a day that does not exist for dates): a comparison with it is
neither true nor false, and each rule asks both whether it is certain and whether it is excluded.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.model_api import YEAR, Variable
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem

from bench.policies.data import DISTRICTS, INDUSTRIES, MONEY, Array

PERIOD = "2025"
FIRM = build_entity(key="firm", plural="firms", label="Enterprise", roles=[], is_person=True)
NUMBERS = ("staff", "rd_staff", "ip1", "ip2", "experts")
TRUTHS = ("resident", "permitted", "clean", "listed", "hnte")
NEAR_PLACES = [DISTRICTS.index(code) for code in ("370212", "370211", "370214")]
FIELDS = [INDUSTRIES.index(code) for code in ("ai", "ocean", "bio", "chip")]
Formula = Callable[[Any, Any], Array]


def told(yes: Array, no: Array) -> Array:
    """1, 0, or -1 where it cannot be told."""
    return np.where(no, 0, np.where(yes, 1, -1))


def quotient(part: Array, whole: Array) -> Array:
    """NaN where the denominator is zero or a fact is missing."""
    return np.where(whole != 0, part / whole, np.nan)


def banded(value: Array, bounds: Sequence[float], points: Sequence[int], *, gap: int) -> Array:
    """Points by lower bound; ``gap`` where there is no value."""
    found = np.array([*points, gap])[np.searchsorted(np.array(bounds, dtype=value.dtype), value, side="right")]
    return np.where(np.isnan(value), gap, found)


def reached(low: Array, high: Array, mark: int) -> tuple[Array, Array]:
    """Where the points surely reach a mark, and where they surely do not."""
    return low >= mark, high < mark


STAFF = ([0.10, 0.15, 0.20, 0.25, 0.30], [0, 4, 8, 12, 16, 20])
BY_REVENUE = ([0.02, 0.03, 0.04, 0.05, 0.06], [0, 10, 20, 30, 40, 50])
BY_COST = ([0.10, 0.15, 0.20, 0.25, 0.30], [0, 10, 20, 30, 40, 50])
CLASS1, CLASS2 = ([1], [0, 30]), ([1, 2, 3, 4], [0, 6, 12, 18, 24])
PEOPLE = ([0.05, 0.10, 0.20, 0.30], [0, 5, 10, 15, 20])
INTENSITY = ([0.02, 0.04, 0.06, 0.08], [0, 10, 18, 24, 30])
RIGHTS = ([1, 2, 5, 10], [0, 5, 10, 15, 20])


def sme_staff(firm: Any, period: Any, gap: int) -> Array:
    """Points for staff."""
    return banded(quotient(firm("rd_staff", period), firm("staff", period)), *STAFF, gap=gap)


def sme_points(firm: Any, period: Any, *, most: bool) -> Array:
    """The least or the most points of the first rule."""
    revenue, rd, cost = firm("revenue", period), firm("rd", period), firm("cost", period)
    by_revenue = banded(quotient(rd, revenue), *BY_REVENUE, gap=50 if most else 0)
    by_cost = banded(quotient(rd, cost), *BY_COST, gap=50 if most else 0)
    effort = np.where(revenue == 0, by_cost, np.maximum(by_revenue, by_cost))
    class1 = banded(firm("ip1", period), *CLASS1, gap=30 if most else 0)
    class2 = banded(firm("ip2", period), *CLASS2, gap=24 if most else 0)
    staff: Array = firm(f"sme_staff_{'high' if most else 'low'}", period)
    return staff + effort + np.maximum(class1, class2)


def sme_result(firm: Any, period: Any) -> Array:
    """Entry conditions, and the score or direct recognition."""
    staff, revenue, assets = firm("staff", period), firm("revenue", period), firm("assets", period)
    plain = firm("resident", period) & firm("permitted", period) & firm("clean", period) & firm("listed", period)
    enough, never = reached(firm("sme_low", period), firm("sme_high", period), 60)
    some, none = reached(firm("sme_staff_low", period), firm("sme_staff_high", period), 1)
    hnte = firm("hnte", period)
    yes = plain & (staff <= 500) & (revenue <= 200_000_000) & (assets <= 200_000_000) & (hnte | (enough & some))
    no = ~plain | (staff > 500) | (revenue > 200_000_000) | (assets > 200_000_000) | (~hnte & (never | none))
    return told(yes, no)


def small_size(firm: Any, period: Any) -> Array:
    """Few staff or little revenue, but not none."""
    staff, revenue = firm("staff", period), firm("revenue", period)
    yes = ((staff < 300) | (revenue < 20_000_000)) & (revenue >= 3_000_000)
    return told(yes, ((staff >= 300) & (revenue >= 20_000_000)) | (revenue < 3_000_000))


def rd_intensity(firm: Any, period: Any) -> Array:
    """The larger the revenue, the smaller the share that is asked for."""
    revenue = firm("revenue", period)
    share = quotient(firm("rd", period), revenue)
    asked = np.select([revenue <= 50_000_000, revenue <= 200_000_000], [0.05, 0.04], 0.03).astype(share.dtype)
    return told(share >= asked, share < asked)


def hightech_share(firm: Any, period: Any) -> Array:
    """Share of income, share of staff."""
    income = quotient(firm("hightech_income", period), firm("revenue", period))
    people = quotient(firm("rd_staff", period), firm("staff", period))
    share, part = income.dtype.type(0.6), people.dtype.type(0.1)
    return told((income >= share) & (people >= part), (income < share) | (people < part))


def growth_rate(firm: Any, period: Any) -> Array:
    """Mean growth of two years."""
    now, before, earlier = (firm(name, period) for name in ("revenue", "revenue_y1", "revenue_y2"))
    return (quotient(now, before) + quotient(before, earlier)) / 2 - 1


def growth_points(firm: Any, period: Any, gap: int) -> Array:
    """Any growth is worth 5 points, the rest by lower bound."""
    rate = firm("growth_rate", period)
    points = banded(rate, [0.05, 0.15, 0.25, 0.35], [0, 10, 15, 20, 25], gap=gap)
    return np.where((rate > 0) & (points == 0), 5, points)


def growth_result(firm: Any, period: Any) -> Array:
    """Ten points."""
    return told(*reached(firm("growth_low", period), firm("growth_high", period), 10))


def start_up(firm: Any, period: Any) -> Array:
    """One to six years old, in one of three districts, small."""
    founded, revenue = firm("founded_on", period), firm("revenue", period)
    latest, earliest = np.datetime64("2025-03-01"), np.datetime64("2020-03-01")
    place = np.isin(firm("district", period), NEAR_PLACES)
    yes = (founded <= latest) & (founded > earliest) & place & (revenue < 50_000_000)
    no = (founded > latest) | (founded <= earliest) | ~place | (revenue >= 50_000_000)
    return told(yes, no)


def rd_grant(firm: Any, period: Any) -> Array:
    """More spent than the year before."""
    rd, before, clean = firm("rd", period), firm("rd_y1", period), firm("clean", period)
    return told((rd > before) & clean, (rd <= before) | ~clean)


def vc_reward(firm: Any, period: Any) -> Array:
    """Invested in the right field."""
    invested, field = firm("invested", period), np.isin(firm("industry", period), FIELDS)
    return told((invested >= 1_000_000) & field, (invested < 1_000_000) | ~field)


def contract_subsidy(firm: Any, period: Any) -> Array:
    """A contract of a recognised or small firm."""
    contract, revenue, hnte = firm("contract", period), firm("revenue", period), firm("hnte", period)
    yes = (hnte | (revenue <= 200_000_000)) & (contract >= 100_000)
    return told(yes, (~hnte & (revenue > 200_000_000)) | (contract < 100_000))


def paid(result: str, amount: Callable[[Any, Any], Array], cap: int) -> Formula:
    """What is paid where the rule is met, rounded to the fen, at most ``cap``; -1 elsewhere."""

    def formula(firm: Any, period: Any) -> Array:
        value = amount(firm, period)
        whole = np.minimum(np.floor(value * 100 + 0.5) / 100, cap)
        return np.where((firm(result, period) == 1) & ~np.isnan(value), whole, -1)

    return formula


def work_points(firm: Any, period: Any, *, most: bool) -> Array:
    """Points of the second block of the scorecard."""
    share = quotient(firm("rd", period), firm("revenue", period))
    intensity = banded(share, *INTENSITY, gap=30 if most else 0)
    points: Array = np.minimum(55, intensity + banded(firm("ip2", period), *RIGHTS, gap=20 if most else 0))
    return points


def card_points(firm: Any, period: Any, *, most: bool) -> Array:
    """Points of both blocks."""
    ratio = quotient(firm("rd_staff", period), firm("staff", period))
    experts = firm("experts", period)
    given = np.where(np.isnan(experts), 30 if most else 0, np.minimum(30, experts))
    team: Array = np.minimum(45, banded(ratio, *PEOPLE, gap=20 if most else 0) + given)
    work: Array = firm(f"work_{'high' if most else 'low'}", period)
    return team + work


def scorecard(firm: Any, period: Any) -> Array:
    """More than 70, at least 20 of them for the work."""
    enough, never = reached(firm("card_low", period), firm("card_high", period), 71)
    work, idle = reached(firm("work_low", period), firm("work_high", period), 20)
    return told(enough & work, never | idle)


FORMULAS: dict[str, tuple[type, Formula]] = {
    "sme_staff_low": (int, lambda firm, period: sme_staff(firm, period, 0)),
    "sme_staff_high": (int, lambda firm, period: sme_staff(firm, period, 20)),
    "sme_low": (int, lambda firm, period: sme_points(firm, period, most=False)),
    "sme_high": (int, lambda firm, period: sme_points(firm, period, most=True)),
    "sme_result": (int, sme_result),
    "small_size": (int, small_size),
    "rd_intensity": (int, rd_intensity),
    "hightech_share": (int, hightech_share),
    "growth_rate": (float, growth_rate),
    "growth_low": (int, lambda firm, period: growth_points(firm, period, 0)),
    "growth_high": (int, lambda firm, period: growth_points(firm, period, 25)),
    "growth_result": (int, growth_result),
    "start_up": (int, start_up),
    "rd_grant": (int, rd_grant),
    "vc_reward": (int, vc_reward),
    "contract_subsidy": (int, contract_subsidy),
    "rd_paid": (float, paid("rd_grant", lambda f, p: (f("rd", p) - f("rd_y1", p)) * 0.1, 1_000_000)),
    "vc_paid": (float, paid("vc_reward", lambda f, p: f("invested", p) * 0.1, 10_000_000)),
    "contract_paid": (float, paid("contract_subsidy", lambda f, p: f("contract", p) * 0.02, 500_000)),
    "work_low": (int, lambda firm, period: work_points(firm, period, most=False)),
    "work_high": (int, lambda firm, period: work_points(firm, period, most=True)),
    "card_low": (int, lambda firm, period: card_points(firm, period, most=False)),
    "card_high": (int, lambda firm, period: card_points(firm, period, most=True)),
    "scorecard": (int, scorecard),
}
ASKED = {
    "sme-score result": "sme_result",
    "sme-score low": "sme_low",
    "sme-score high": "sme_high",
    "small-size result": "small_size",
    "rd-intensity result": "rd_intensity",
    "hightech-share result": "hightech_share",
    "growth result": "growth_result",
    "growth low": "growth_low",
    "growth high": "growth_high",
    "start-up result": "start_up",
    "rd-grant result": "rd_grant",
    "rd-grant amount": "rd_paid",
    "vc-reward result": "vc_reward",
    "vc-reward amount": "vc_paid",
    "contract-subsidy result": "contract_subsidy",
    "contract-subsidy amount": "contract_paid",
    "scorecard result": "scorecard",
    "scorecard low": "card_low",
    "scorecard high": "card_high",
}


class OpenFisca:
    """A tax and benefit system with the ten rules; ``wide`` forces double precision, which it does not offer."""

    def __init__(self, *, wide: bool = False) -> None:
        self.system = TaxBenefitSystem([FIRM])
        inputs: dict[str, type] = {"founded_on": date, "district": int, "industry": int}
        for name in (*MONEY, *NUMBERS, *TRUTHS):
            inputs[name] = bool if name in TRUTHS else float
        for name, kind in inputs.items():
            self._add(name, kind)
        for name, (kind, formula) in FORMULAS.items():
            self._add(name, kind, formula)
        for variable in self.system.variables.values() if wide else ():
            if variable.value_type is float:
                variable.dtype = np.float64
        self.wide = wide

    def _add(self, name: str, kind: type, formula: Formula | None = None) -> None:
        members: dict[str, Any] = {"value_type": kind, "entity": FIRM, "definition_period": YEAR, "label": name}
        if formula is not None:
            members["formula"] = lambda firm, period, parameters: formula(firm, period)
        self.system.add_variable(type(name, (Variable,), members))

    def prepare(self, columns: dict[str, Array], known: dict[str, Array]) -> None:
        """Vectors in yuan with NaN for gaps."""
        self.vectors: dict[str, Array] = {}
        self.rows = len(columns["staff"])
        for name, values in columns.items():
            if name in MONEY or name in NUMBERS:
                amount = values / 100 if name in MONEY else values.astype(float)
                vector = np.where(known[name], amount, np.nan).astype(float if self.wide else np.float32)
            elif name == "founded_on":
                vector = np.where(known[name], values, np.datetime64("NaT"))
            else:
                vector = values
            self.vectors[name] = vector

    def decide(self) -> None:
        """A new simulation over all rows; every variable that the comparison asks for."""
        simulation = SimulationBuilder().build_default_simulation(self.system, self.rows)
        for name, vector in self.vectors.items():
            simulation.set_input(name, PERIOD, vector)
        with np.errstate(invalid="ignore", divide="ignore"):
            self.found = {asked: simulation.calculate(name, PERIOD) for asked, name in ASKED.items()}

    def outcome(self) -> Iterator[tuple[str, Array]]:
        """What was found, in the form in which engines are compared."""
        for name, values in self.found.items():
            if name.endswith("amount"):
                yield name, np.where(values < 0, -1, np.rint(values.astype(float) * 100)).astype(np.int64)
            else:
                yield name, values.astype(np.int8 if name.endswith("result") else np.int32)
