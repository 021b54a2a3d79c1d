"""诊断问题 questions: what a kind of listing asks its author before publication. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """诊断问题: what the author should answer, at which field, and whether it blocks publishing.

    ``check`` is the name of the point on the checklist that asks.
    """

    check: str
    field: str
    text: str
    blocking: bool = False
