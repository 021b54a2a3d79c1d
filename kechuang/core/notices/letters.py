"""信件 letters: a notice by e-mail with more than its one line, where who tells it says how; a day's digest.

A letter is written when it is sent, from what is public then: what was withdrawn in between is not in it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from django.utils.translation import gettext as _

from kechuang.core.notices.models import Digest, Notice, VisitorMail
from kechuang.kit.text import noop

LINES = 40  # more than that nobody reads in a mail; the site shows the rest
OTHER = noop("其他")


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
    link = f"{site_url}{notice.url}\n\n" if notice.url else ""
    why = _("您收到这封邮件，因为这件事与您有关。更改通知方式：") + f"{site_url}/my/profile/"
    return Letter(notice.text, f"{notice.text}\n\n{link}--\n{why}\n")


def visitor_letter(mail: VisitorMail, site_url: str) -> Letter:
    """The one mail to a visitor: what has happened, where she reads it, why she gets it."""
    links = "\n".join(f"{site_url}{url}" for url in mail.urls)
    why = _("您没有登录，但留下了这个邮箱，所以收到这封邮件；只发这一封，不用回复。如果不是您留的，请不必理会。")
    return Letter(mail.text, f"{mail.text}\n\n{links}\n\n--\n{why}\n")


def digest_letter(digest: Digest, site_url: str) -> Letter:
    """A day's digest: the notices under their headings, the headings in the order in which they first came."""
    notices = list(digest.notices.order_by("at", "id"))
    order = list(dict.fromkeys(n.heading or OTHER for n in notices))
    shown = sorted(notices[:LINES], key=lambda n: order.index(n.heading or OTHER))
    parts = [_("%(user)s，您好。自上次摘要以来有 %(count)s 条提醒：") % {"user": digest.user, "count": len(notices)}]
    for heading, group in groupby(shown, key=lambda n: n.heading or OTHER):
        lines = [f"· {n.text}" + (f"\n  {site_url}{n.url}" if n.url else "") for n in group]
        parts.append("\n".join([_("【%(heading)s】") % {"heading": _(heading)}, *lines]))
    if len(notices) > LINES:
        parts.append(_("另有 %(count)s 条，请在网站上查看。") % {"count": len(notices) - LINES})
    parts.append(_("全部通知：") + f"{site_url}/my/notices/\n" + _("更改通知方式：") + f"{site_url}/my/profile/")
    return Letter(
        _("每日摘要（%(day)s）：%(count)s 条提醒") % {"day": f"{digest.day:%m-%d}", "count": len(notices)},
        "\n\n".join(parts) + "\n",
    )
