"""征求意见的页面样子 shown: clauses with their comments, and the table of what became of each."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from kechuang.kit.diff import Piece, compare
from kechuang.services.consultations import queries
from kechuang.services.consultations.models import Clause, Comment, Consultation


@dataclass(frozen=True)
class Bundle:
    """一组意见: comments that are answered in the same words, under a heading where they were put under one."""

    topic: str
    comments: list[Comment]
    outcome: str
    answer: str


@dataclass
class Passage:
    """一条: a clause (None: the whole draft) with its comments, and where it changed the old and the new words."""

    clause: Clause | None
    bundles: list[Bundle] = field(default_factory=list)
    old: list[Piece] = field(default_factory=list)
    new: list[Piece] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many comments there are on it."""
        return sum(len(bundle.comments) for bundle in self.bundles)


def table(user: Any, row: Consultation) -> list[Passage]:
    """采纳情况: the whole draft first, then clause by clause; clauses without comment and change are left out."""
    by_clause: dict[int | None, list[Comment]] = {}
    for comment in queries.comments(user, row).exclude(case__state__in=("held", "hidden", "withdrawn")):
        by_clause.setdefault(comment.clause_id, []).append(comment)
    found = [Passage(None, _bundles(by_clause.get(None, [])))]
    for clause in row.clauses.all():
        passage = Passage(clause, _bundles(by_clause.get(clause.pk, [])))
        if clause.is_changed:
            passage.old, passage.new = compare(clause.text, clause.final or "")
        found.append(passage)
    return [passage for passage in found if passage.bundles or (passage.clause and passage.clause.is_changed)]


def _bundles(comments: Iterable[Comment]) -> list[Bundle]:
    def key(comment: Comment) -> tuple[bool, str, str, str, int]:
        alone = not comment.topic
        return (alone, comment.topic, comment.outcome, comment.answer, comment.pk if alone else 0)

    found = []
    for (_alone, topic, outcome, answer, _pk), rows in groupby(sorted(comments, key=key), key):
        found.append(Bundle(topic, list(rows), outcome, answer))
    return found
