"""流程: what a declaration may look like, and what is found wrong with it."""

from dataclasses import replace

import pytest

from kechuang.kit.access import everyone
from kechuang.kit.refusal import NoSuchStep
from kechuang.kit.workflow import State, Step, Workflow

FLOW = Workflow(
    start="draft",
    states={
        "draft": State("草稿", owner="applicant", days=10),
        "review": State("审核中", owner="officer", days=3),
        "done": State("已办结", end=True),
    },
    steps=(
        Step("submit", "提交", ("draft",), "review", by=everyone),
        Step("return", "退回", ("review",), "draft", by=everyone),
        Step("finish", "办结", ("review",), "done", by=everyone),
        Step("expire", "过期", ("draft",), "done", by=everyone, automatic=True),
    ),
)


def test_a_sound_workflow_has_no_problems() -> None:
    assert FLOW.problems() == []


def test_a_step_is_found_by_state_and_name() -> None:
    assert FLOW.step("review", "return").target == "draft"


@pytest.mark.parametrize(("state", "label"), [("done", "已办结"), ("gone", "gone")])
def test_a_step_that_does_not_start_here_is_refused_with_the_state_in_words(state: str, label: str) -> None:
    with pytest.raises(NoSuchStep, match=f"当前状态为“{label}”"):
        FLOW.step(state, "submit")


def test_automatic_steps_have_no_button() -> None:
    assert [s.name for s in FLOW.steps_from("draft")] == ["submit"]


def test_problems_names_everything_that_is_wrong() -> None:
    broken = Workflow(
        start="drafft",
        states={
            "draft": State("草稿", owner="applicant"),
            "stuck": State("停住", owner="officer", days=1),
            "end": State("完", end=True),
        },
        steps=(Step("submit", "提交", ("draft",), "rejectd", by=everyone),),
    )
    assert broken.problems() == [
        "unknown start: drafft",
        "unknown state: rejectd (step submit)",
        "unreachable state: draft",
        "wait without owner and clock: draft",
        "unreachable state: stuck",
        "dead-end state: stuck",
        "unreachable state: end",
    ]


def test_a_state_that_only_its_own_step_reaches_is_unreachable() -> None:
    lost = replace(
        FLOW,
        states={**FLOW.states, "loop": State("自转", owner="officer", days=1)},
        steps=(*FLOW.steps, Step("again", "再来", ("loop",), "loop", by=everyone)),
    )
    assert lost.problems() == ["unreachable state: loop"]


def test_the_diagram_shows_states_and_steps() -> None:
    lines = FLOW.mermaid().splitlines()
    assert lines[0] == "stateDiagram-v2"
    assert {"  [*] --> draft", "  draft --> review: 提交", "  done --> [*]", "  review: 审核中"} <= set(lines)
