"""接口的场面 builders: a program with a key, the fields that were wrong."""

import json
from typing import Any

from django.test import Client

from kechuang.core.keys.access import usable_scopes
from kechuang.core.keys.actions import create_key
from kechuang.core.keys.models import ApiKey
from kechuang.core.parties.models import User
from kechuang.web import clock
from tests.city import NEED

V1 = "/api/v1"


NEW = {k: v for k, v in NEED.items() if k != "title"} | {"title": "接口发来的需求"}


class Program:
    """A program with a key."""

    def __init__(self, user: User, *scopes: str, **more: Any) -> None:
        chosen = list(scopes) or usable_scopes(user)
        name = f"{user.username} {ApiKey.objects.count()}"
        self.key, secret = create_key(user=user, name=name, scopes=chosen, days=30, by=user, now=clock.now(), **more)
        self.head = {"authorization": f"Bearer {secret}"}
        self.client = Client(raise_request_exception=False)

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(V1 + path, query, headers=self.head)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        data = body if isinstance(body, str | bytes) else json.dumps(body if body is not None else {})
        call = getattr(self.client, method)
        return call(V1 + path, data, content_type="application/json", headers=self.head | headers)


def fields(response: Any) -> dict[str, str]:
    """The fields of a problem."""
    assert response["Content-Type"].startswith("application/problem+json"), response.content
    return {f["name"]: f["message"] for f in response.json()["fields"]}
