"""办法 ways: how one gets what a policy gives, or why not now: a row of the service list says it to policy pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from kechuang.core.parties.models import Party
from kechuang.core.policy.queries import Standing


@dataclass(frozen=True)
class Way:
    """办法: in words; ``url`` leads on, where there is something to do; ``main`` is what is most likely wanted."""

    words: str
    url: str = ""
    main: bool = False


# Given the user, the organisation that the facts are of (None: typed facts) and what policies say, the ways of each.
WaySource = Callable[[Any, Party | None, Sequence[Standing]], Sequence[Sequence[Way]]]
_sources: list[WaySource] = []


def register_ways(source: WaySource) -> WaySource:
    """Let a row say how one gets what policies give; it is asked once for all policies of a page."""
    if source not in _sources:
        _sources.append(source)
    return source


def ways(user: Any, party: Party | None, standings: Sequence[Standing]) -> dict[str, list[Way]]:
    """What all rows say, by the code of the policy."""
    found: dict[str, list[Way]] = {standing.version.code: [] for standing in standings}
    for source in _sources if standings else []:
        for standing, more in zip(standings, source(user, party, standings), strict=True):
            found[standing.version.code].extend(more)
    return found
