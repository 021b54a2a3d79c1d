"""发布页面的场面 builders: a browser, the fields of a form, a need that was handed in."""

import re
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from kechuang.core.cases.models import Case
from kechuang.core.cases.queries import publication_case
from kechuang.core.market.models import Need
from kechuang.core.parties.models import User
from tests.city import NEED, City

KEY = "0123456789abcdef0123456789abcdef"

PDF = b"%PDF-1.7\n" + b"0" * 200


def browser(user: User | None) -> Client:
    """A browser in which the user is signed in."""
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def fields(service: str, content: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The content as a page sends it: money in 万元, tables as repeated inputs."""
    sent: dict[str, Any] = {}
    for name, value in content.items():
        if name in ("targets", "indicators", "ip"):
            columns = dict.fromkeys(column for row in value for column in row)
            sent |= {f"{name}.{column}": [row.get(column, "") for row in value] for column in columns}
        elif name in ("budget_min", "budget_max"):
            sent[name] = str(int(value) / 10_000)
        else:
            sent[name] = "、".join(value) if name == "keywords" else value
    return sent | {k: v for k, v in more.items() if v is not None}


def need_form(city: City, **more: Any) -> dict[str, Any]:
    later = (timezone.localdate() + timedelta(days=300)).isoformat()
    base = {"key": KEY, "party": city.company.pk, "deadline_on": later}
    return fields("needs", {k: v for k, v in NEED.items() if k != "deadline_on"}, **(base | more))


def text_of(response: Any) -> str:
    """The page as people read it."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def follow(client: Client, response: Any) -> Any:
    assert response.status_code == 302, text_of(response)
    return client.get(response["Location"])


def submitted(city: City) -> tuple[Need, Case]:
    """A need of the company that waits for review, handed in on the page."""
    response = browser(city.engineer).post("/s/needs/new/", need_form(city, submit="1", confirmed="1"))
    assert response.status_code == 302, text_of(response)
    need = Need.objects.get()
    case = publication_case(need)
    assert case is not None
    return need, case
