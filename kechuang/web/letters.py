"""信件 letters: the e-mails of saved searches and of strong matches: what is new, why one gets it, how to stop it."""

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.core.alerts.by_mail import SEARCH
from kechuang.core.alerts.links import Grant, token
from kechuang.core.alerts.models import Mute, Sent, Told
from kechuang.core.alerts.queries import public, sides, told_to
from kechuang.core.alerts.runs import MATCH
from kechuang.core.alerts.runs import SEARCH as SEARCH_KEY
from kechuang.core.notices.letters import Letter, register_writer
from kechuang.core.notices.models import Notice
from kechuang.web.saved_searches import address_of

LISTED = 10  # items in a mail; the rest by the link


def register() -> None:
    """Make notices of both kinds go out in these words."""
    register_writer(SEARCH_KEY, search_letter)
    register_writer(MATCH, match_letter)


def search_letter(notice: Notice, site_url: str) -> Letter | None:
    """What is new in a saved search."""
    rows = list(Sent.objects.filter(notice=notice).select_related("search").order_by("pk"))
    if not rows:
        return None
    search = rows[0].search
    there = public((row.kind, row.ref) for row in rows)
    found = [there[row.kind, row.ref] for row in rows if (row.kind, row.ref) in there]
    stop = site_url + _by_mail(Grant(notice.user_id, SEARCH, "", search.pk))
    context = {
        "search": search,
        "items": [_item(notice, site_url, listing) for listing in found[:LISTED]],
        "total": len(found),
        "rest": max(0, len(found) - LISTED),
        "all_url": site_url + address_of(search.query),
        "change_url": site_url + reverse("saved_searches"),
        "stop_url": stop,
    }
    subject = _("您保存的检索“{name}”有 {n} 项新结果").format(name=search.name, n=len(found))
    return Letter(subject, render_to_string("web/mail/search.txt", context), _one_click(stop))


def match_letter(notice: Notice, site_url: str) -> Letter | None:
    """Strong new matches."""
    rows = sorted(told_to(notice.user).filter(notice=notice), key=lambda row: -row.pair.score)
    stop = site_url + _by_mail(Grant(notice.user_id, Mute.What.MATCHES))
    context = {
        "items": [_match(notice, site_url, row) for row in rows[:LISTED]],
        "total": len(rows),
        "rest": max(0, len(rows) - LISTED),
        "all_url": site_url + reverse("my_matches"),
        "change_url": site_url + reverse("saved_searches"),
        "stop_url": stop,
    }
    subject = _("您有 {n} 项新的高匹配").format(n=len(rows))
    return Letter(subject, render_to_string("web/mail/match.txt", context), _one_click(stop))


def _item(notice: Notice, site_url: str, listing: Any) -> dict[str, Any]:
    grant = Grant(notice.user_id, Mute.What.ITEM, listing.service, listing.pk)
    return {
        "listing": listing,
        "url": site_url + reverse("listing", args=[listing.service, listing.pk]),
        "mute_url": site_url + _by_mail(grant),
    }


def _match(notice: Notice, site_url: str, row: Told) -> dict[str, Any]:
    mine, other = sides(row)
    own = Grant(notice.user_id, Mute.What.MATCHES, mine.service, mine.pk)
    return {
        **_item(notice, site_url, other),
        "mine": mine,
        "pair": row.pair,
        "score": round(row.pair.score),
        "own_url": site_url + _by_mail(own),
    }


def _by_mail(grant: Grant) -> str:
    return reverse("mail_link", args=[token(grant)])


def _one_click(stop_url: str) -> dict[str, str]:
    """Headers by which a mail program offers to stop (RFC 8058)."""
    return {"List-Unsubscribe": f"<{stop_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
