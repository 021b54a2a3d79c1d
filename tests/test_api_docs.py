"""用接口的说明: every example of docs/howto/use-the-api.md is run as it stands and answers as it says."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from pytest_django.live_server_helper import LiveServer

from kechuang.core.keys.access import usable_scopes
from kechuang.core.keys.actions import create_key
from kechuang.core.keys.models import Scope
from kechuang.web import clock
from kechuang.web.api.shapes import etag_of
from tests.city import City, listing, published

PAGE = Path(settings.BASE_DIR) / "docs/howto/use-the-api.md"
_EXAMPLE = re.compile(r"^# .*→ (\d{3})\n(curl (?:.*\\\n)*.*)$", re.MULTILINE)


@pytest.mark.skipif(shutil.which("curl") is None, reason="没有 curl · no curl")
def test_every_example_answers_as_the_page_says(live_city: City, live_server: LiveServer) -> None:
    published(live_city, "achievements")
    need, _ = listing(live_city, "needs", title="还没写完的需求", budget_min="", budget_max="")
    _, case = listing(live_city, "needs", title="另一条没写完的需求")
    user = live_city.engineer
    _, secret = create_key(user=user, name="例子", scopes=usable_scopes(user), days=9, by=user, now=clock.now())
    given: dict[str, Any] = {
        "KC": f"{live_server.url}/api/v1",
        "KEY": secret,
        "PARTY": live_city.company.pk,
        "ID": need.pk,
        "ETAG": etag_of(need),
        "CASE": case.pk,
    }
    examples = _EXAMPLE.findall(PAGE.read_text("utf-8"))
    assert len(examples) == PAGE.read_text("utf-8").count("\ncurl ")
    wrong = []
    for status, command in examples:
        run = subprocess.run(  # the page's own examples
            ["bash", "-c", f"{command} -s -o /dev/null -w '%{{http_code}}'"],
            env={**os.environ, **{k: str(v) for k, v in given.items()}, "no_proxy": "*"},
            capture_output=True,
            text=True,
            check=False,
        )
        if run.stdout != status:
            wrong.append((command, status, run.stdout, run.stderr))
    assert wrong == []


def test_the_page_names_every_scope_with_its_words() -> None:
    text = PAGE.read_text("utf-8")
    assert [scope.value for scope in Scope if f"| `{scope.value}` |" not in text] == []
