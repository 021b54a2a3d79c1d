"""理由措辞 wording: the reasons of a match as they were kept, in the language of who reads them now."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from kechuang.core.market.models import Need, Offer
from kechuang.core.matching.likeness import Kept
from kechuang.core.matching.models import Match
from kechuang.core.matching.queries import asked, offered, spoken
from kechuang.core.matching.score import score
from kechuang.core.search.queries import telling
from kechuang.kit.language import english
from kechuang.kit.text import words


def reasons(match: Match) -> list[dict[str, Any]]:
    """The reasons of a stored match in the reader's language."""
    return said_anew(match.reasons, need=match.need, offer=match.offer, at=match.at)


def said_anew(rows: Sequence[dict[str, Any]], *, need: Need, offer: Offer, at: datetime) -> list[dict[str, Any]]:
    """Reasons that were kept in Chinese, in the reader's language. ``at`` is when the pair was rated.

    A reason whose data have changed since, or that was kept without its value, stays as it was written.
    """
    kept = {row.get("feature"): row.get("value") for row in rows}
    if not english() or not any(kept):
        return list(rows)
    question = asked(need)
    found = score(
        question,
        offered(offer),
        likeness=Kept(kept),
        today=timezone.localtime(at).date(),
        speech=spoken(),
        telling=telling(set(words(question.text))),
    )
    now = {r.feature: r for r in found.reasons if r.feature in kept and r.value == kept[r.feature]}
    return [row | {"words": now[f].words} if (f := row.get("feature")) in now else row for row in rows]
