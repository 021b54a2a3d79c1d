"""信件 letters: a notice by e-mail with more than its one line. Who tells it registers how it is written.

A letter is written when it is sent, from what is public then: what was withdrawn in between is not in it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kechuang.core.notices.models import Notice


@dataclass(frozen=True)
class Letter:
    """信件: an e-mail's subject, text and further headers."""

    subject: str
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)


Writer = Callable[[Notice, str], Letter | None]
_writers: dict[str, Writer] = {}


def register_writer(prefix: str, writer: Writer) -> None:
    """Notices whose key begins with ``prefix:`` are written by this function of the notice and the site's address."""
    _writers[prefix] = writer


def letter_of(notice: Notice, site_url: str) -> Letter:
    """The e-mail for a notice; its one line and its link where nobody says more."""
    writer = _writers.get(notice.key.partition(":")[0])
    letter = writer(notice, site_url) if writer else None
    if letter is not None:
        return letter
    link = f"{site_url}{notice.url}" if notice.url else ""
    return Letter(notice.text, f"{notice.text}\n\n{link}\n")
