"""来访 visits: whether somebody opens a page to read it, for the counts that owners see."""

import re

from django.http import HttpRequest

# Programs say so in their name; those without a name are programs, too.
_ROBOT = re.compile(r"bot|crawl|spider|slurp|preview|monitor|curl|wget|python|java/|go-http|httpx|axios|libwww", re.I)


def is_visit(request: HttpRequest) -> bool:
    """Whether a person opened the page: a GET by a browser, not fetched ahead of time."""
    agent = request.headers.get("User-Agent", "")
    ahead = "prefetch" in request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return request.method == "GET" and bool(agent) and not _ROBOT.search(agent) and not ahead
