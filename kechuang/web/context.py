"""模板上下文: what every page shows."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from kechuang.core.cases.queries import waiting_for
from kechuang.core.notices.queries import unread
from kechuang.core.parties.queries import roles_of
from kechuang.core.vocab.region import region
from kechuang.web.demo_people import demo_people
from kechuang.web.navigation import footer, links


def site(request: HttpRequest) -> dict[str, Any]:
    """The region, demo mode, and the signed-in user's roles and counts."""
    # A request refused early (wrong host, damaged body) has not met its user yet.
    user = getattr(request, "user", None) or AnonymousUser()
    found: dict[str, Any] = {
        "region": region(),
        "demo": settings.DEMO,
        "demo_people": demo_people,  # called by the templates that show them
        "navigation": links(request),
        "footer": footer(),
        "roles": set(),
        "unread": 0,
        "waiting": 0,
    }
    if user.is_authenticated:
        found |= {"roles": roles_of(user), "unread": unread(user), "waiting": waiting_for(user).count()}
    return found
