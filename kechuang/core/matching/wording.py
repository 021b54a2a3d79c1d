"""理由措辞 wording: the reasons of a stored match as their reader sees them, in her language."""

from typing import Any

from django.utils import timezone

from kechuang.core.matching.likeness import Kept
from kechuang.core.matching.models import Match
from kechuang.core.matching.queries import asked, offered, spoken
from kechuang.core.matching.score import Score, score
from kechuang.core.search.queries import telling
from kechuang.kit.language import english
from kechuang.kit.text import words


def reasons(match: Match) -> list[dict[str, Any]]:
    """The stored reasons; where they were kept in another language than the reader's, said anew.

    A reason whose data have changed since stays as it was written.
    """
    kept: list[dict[str, Any]] = match.reasons
    if not english() or not kept:
        return kept
    now = {r.feature: r for r in _again(match).reasons}
    return [
        row | {"words": now[f].words} if (f := row["feature"]) in now and now[f].value == row["value"] else row
        for row in kept
    ]


def _again(match: Match) -> Score:
    """The pair rated with what was found when it was kept: only the words are new."""
    question = asked(match.need)
    return score(
        question,
        offered(match.offer),
        likeness=Kept({row["feature"]: row["value"] for row in match.reasons}),
        today=timezone.localtime(match.at).date(),
        speech=spoken(),
        telling=telling(set(words(question.text))),
    )
