"""流程 workflow: states and steps as data. Pure: knows no database and no web."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from kechuang.kit.refusal import NoSuchStep
from kechuang.kit.text import Say, noop


class Checker(Protocol):
    """Anything that answers "may she?"; in practice a ``kit.access.Rule``."""

    def check(self, user: Any, obj: Any) -> bool: ...


@dataclass(frozen=True)
class State:
    """状态: ``owner`` is who must act next (applicant, officer, …; None: nobody waits), ``days`` their
    time in working days, ``end`` whether the case may rest here. ``milestone`` is the stage of the funnel 漏斗 that a
    case has reached in it: collected, evaluated, published, matched, met or signed. ``locked``: something was decided
    on what was handed in, which therefore stays as it is."""

    label: str
    owner: str | None = None
    days: int | None = None
    end: bool = False
    milestone: str = ""
    locked: bool = False


@dataclass(frozen=True)
class Step:
    """步骤: moves a case from one of ``sources`` to ``target`` if ``by`` allows it.

    ``effect(case, by=, now=, data=)`` runs in the same transaction. ``reasons`` are the codes of which one
    must be given (mapping code -> words that reach the other side). ``automatic`` steps are taken by
    the clock and have no button. ``hands_in`` marks the step with which the applicant submits a wording:
    where there is one, the wording may be edited. ``remarks``: the officer may write a remark at each field.
    ``page`` names the page on which the step is taken, where a button is not enough.
    """

    name: str
    label: str
    sources: tuple[str, ...]
    target: str
    by: Checker
    effect: Callable[..., None] | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)
    note_required: bool = False
    automatic: bool = False
    danger: bool = False
    hands_in: bool = False
    remarks: bool = False
    page: str = ""


@dataclass(frozen=True)
class Workflow:
    """流程: where a case starts, which states there are, which steps lead on."""

    start: str
    states: Mapping[str, State]
    steps: tuple[Step, ...]

    def step(self, state: str, name: str, say: Say = str) -> Step:
        """The step ``name`` out of ``state``; raises NoSuchStep in the words of ``say``."""
        for step in self.steps:
            if step.name == name and state in step.sources:
                return step
        label = say(self.states[state].label) if state in self.states else state
        raise NoSuchStep(
            say(noop("当前状态为“%(state)s”，不能执行这一步。请刷新页面查看最新状态。")) % {"state": label}
        )

    def steps_from(self, state: str) -> list[Step]:
        """Steps with a button that lead out of ``state``."""
        return [s for s in self.steps if state in s.sources and not s.automatic]

    def handing_in(self, state: str) -> Step | None:
        """The step with which the applicant submits a wording from ``state``; None where it is not hers to edit."""
        return next((s for s in self.steps_from(state) if s.hands_in), None)

    def is_locked(self, state: str) -> bool:
        """Whether what was handed in stays as it is: in states that say so, and where nothing leads on."""
        declared = self.states[state]
        return declared.locked or (declared.end and not any(state in s.sources for s in self.steps))

    def problems(self) -> list[str]:
        """What is wrong with the declaration: unknown, unreachable and dead-end states, waits without owner."""
        found = [f"unknown start: {self.start}"] if self.start not in self.states else []
        for step in self.steps:
            for name in (*step.sources, step.target):
                if name not in self.states:
                    found.append(f"unknown state: {name} (step {step.name})")
        reached = self._reached()
        for name, state in self.states.items():
            if name not in reached:
                found.append(f"unreachable state: {name}")
            if not state.end and not any(name in s.sources for s in self.steps):
                found.append(f"dead-end state: {name}")
            if not state.end and (state.owner is None or state.days is None):
                found.append(f"wait without owner and clock: {name}")
        return found

    def _reached(self) -> set[str]:
        reached, frontier = {self.start}, [self.start]
        while frontier:
            here = frontier.pop()
            for step in self.steps:
                if here in step.sources and step.target not in reached:
                    reached.add(step.target)
                    frontier.append(step.target)
        return reached

    def mermaid(self) -> str:
        """The workflow as a Mermaid state diagram, for the reference pages."""
        lines = ["stateDiagram-v2", f"  [*] --> {self.start}"]
        lines += [f"  {name}: {state.label}" for name, state in self.states.items()]
        lines += [f"  {src} --> {s.target}: {s.label}" for s in self.steps for src in s.sources]
        lines += [f"  {name} --> [*]" for name, state in self.states.items() if state.end]
        return "\n".join(lines)
