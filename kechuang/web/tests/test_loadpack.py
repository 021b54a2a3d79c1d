"""载入地区包: the task forces of a real city; the address that up gives to the site."""

import json
import os
import shutil
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command

from kechuang.core.parties.actions import appoint
from kechuang.core.taskforces.actions import change_team, retire_team
from kechuang.core.taskforces.models import Seat, TaskForce
from kechuang.web.management.commands.up import say_address
from tests.city import NOW, City, person

LINE: dict[str, Any] = {
    "code": "KC-1",
    "name": "示例人工智能服务专班",
    "section": "示例处室",
    "industry": ["ai"],
    "districts": ["370212"],
    "platform": "91370202MADEM2018X",
    "seats": [["broker", "broker@test.example"], ["broker", "late@test.example"]],
}


@pytest.fixture
def pack(city: City, tmp_path: Path, settings: Any) -> Path:
    for name in ("national", "qingdao"):
        shutil.copytree(configured.PACKS_DIR / name, tmp_path / name, ignore=shutil.ignore_patterns("demo"))
    settings.PACKS_DIR = tmp_path
    return tmp_path / "qingdao" / "taskforces.jsonl"


def loaded() -> str:
    out = StringIO()
    call_command("loadpack", "qingdao", stdout=out)
    return out.getvalue()


@pytest.mark.usefixtures("city")
def test_a_pack_without_teams_loads_as_before(pack: Path) -> None:
    assert "服务专班" not in loaded()


def test_the_citys_teams_are_loaded_and_who_is_not_there_yet_gets_the_seat_with_a_later_run(pack: Path) -> None:
    pack.write_text(json.dumps(LINE), "utf-8")
    said = loaded()
    team = TaskForce.objects.get()
    assert (team.name, team.platform, team.fictional) == (LINE["name"], None, False)
    assert [seat.user.email for seat in Seat.objects.all()] == ["broker@test.example"]
    assert "新设 1 个" in said
    assert "示例人工智能服务专班：没有邮箱为 late@test.example 的用户" in said
    assert "没有统一社会信用代码为 91370202MADEM2018X 的单位" in said
    appoint(user=person("late"), role="broker", by=None, now=NOW)
    said = loaded()
    assert ("新设 0 个" in said, "late@" in said) == (True, False)
    assert Seat.objects.count() == 2


def test_a_team_that_was_changed_or_retired_by_hand_stays_as_it_is(city: City, pack: Path) -> None:
    pack.write_text("\n".join(json.dumps(LINE | {"code": code}) for code in ("KC-1", "KC-2")), "utf-8")
    loaded()
    first, second = TaskForce.objects.all()
    content: dict[str, Any] = {"section": "", "industry": ["ai"], "districts": [], "platform": None}
    change_team(task_force=first, name="示例改名专班", by=city.officer, now=NOW, **content)
    retire_team(task_force=second, retired=True, by=city.officer, now=NOW)
    loaded()
    assert [(t.name, t.retired) for t in TaskForce.objects.all()] == [("示例改名专班", False), (LINE["name"], True)]


@pytest.mark.usefixtures("city")
def test_a_wrong_line_stops_the_load_with_its_number(pack: Path) -> None:
    pack.write_text(json.dumps(LINE | {"industry": ["nothing"]}), "utf-8")
    with pytest.raises(CommandError, match="第 1 行：代码表 industry 中没有 nothing"):
        loaded()
    assert not TaskForce.objects.exists()


@pytest.mark.parametrize(
    ("given", "host", "expected"),
    [
        ("", "127.0.0.1", "http://127.0.0.1:8123"),
        ("", "0.0.0.0", "http://127.0.0.1:8123"),
        ("https://kechuang.example", "0.0.0.0", "https://kechuang.example"),
    ],
)
def test_links_in_mails_lead_to_the_port_that_is_served(
    monkeypatch: pytest.MonkeyPatch, settings: Any, given: str, host: str, expected: str
) -> None:
    monkeypatch.setenv("SITE_URL", given)
    settings.SITE_URL = given
    say_address(host, 8123)
    assert (settings.SITE_URL, os.environ["SITE_URL"]) == (expected, expected)
