"""演示专班: the file of the pack is whole; loading it again changes nothing."""

import json
import shutil
from pathlib import Path

import pytest
from django.conf import settings

from kechuang.core.audit.models import Event
from kechuang.core.taskforces.loading import load_teams
from kechuang.core.taskforces.models import Seat, TaskForce
from kechuang.core.taskforces.queries import members, route
from kechuang.kit.refusal import Refusal
from kechuang.web.demo import DemoCity
from tests.city import NOW, City, load_packs

pytestmark = pytest.mark.django_db
DEMO = settings.PACKS_DIR / "qingdao" / "demo"


def test_52_teams_with_every_seat_taken_and_loading_again_changes_nothing(tmp_path: Path) -> None:
    for name in ("organisations", "people", "taskforces"):
        shutil.copy(DEMO / f"{name}.jsonl", tmp_path)
    load_packs()
    city = DemoCity(tmp_path, NOW, lambda *_: None)
    assert city.load()["taskforces"] == 52
    for team in TaskForce.objects.all():
        roles = [seat.role for seat in members(team)]
        assert {role: roles.count(role) for role in ("section", "liaison", "platform")} == {
            "section": 1,
            "liaison": 1,
            "platform": 1,
        }
        assert 1 <= roles.count("broker") <= 3
        assert team.fictional
        assert team.name.startswith("示例")
    found = route(industry=["smart-equipment"], district="370281", party=city.parties["i01"])
    assert found is not None
    assert found.task_force.platform == city.parties["i01"]
    before = (Seat.objects.count(), Event.objects.count())
    assert city.load()["taskforces"] == 0
    assert (Seat.objects.count(), Event.objects.count()) == before


LINE = {
    "code": "a",
    "name": "示例服务专班",
    "section": "",
    "industry": ["ai"],
    "districts": [],
    "platform": "",
    "seats": [["broker", "broker@test.example"]],
}


def test_who_was_taken_out_does_not_come_back_and_changes_are_taken_over(city: City, tmp_path: Path) -> None:
    path = tmp_path / "teams.jsonl"
    path.write_text(json.dumps(LINE), "utf-8")
    assert load_teams(path=path, now=NOW) == 1
    Seat.objects.update(until=NOW)
    path.write_text(json.dumps(LINE | {"name": "示例人工智能服务专班"}), "utf-8")
    assert load_teams(path=path, now=NOW) == 0
    assert TaskForce.objects.get().name == "示例人工智能服务专班"
    assert not Seat.objects.filter(until=None).exists()


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"industry": ["nothing"]}, "代码表 industry 中没有 nothing"),
        ({"platform": "91370202MADEM20XX0"}, "没有统一社会信用代码为"),
        ({"seats": [["broker", "nobody@test.example"]]}, "没有邮箱为"),
        ({"seats": [["broker", "stranger@test.example"]]}, "需要技术经纪人岗位"),
        ({"seats": [["king", "broker@test.example"]]}, "没有这种角色"),
    ],
)
def test_a_wrong_line_is_refused_with_its_number_and_nothing_is_loaded(
    tmp_path: Path, change: dict[str, object], words: str
) -> None:
    path = tmp_path / "teams.jsonl"
    path.write_text(json.dumps(LINE) + "\n" + json.dumps(LINE | {"code": "b"} | change), "utf-8")
    with pytest.raises(Refusal, match=f"第 2 行：.*{words}"):
        load_teams(path=path, now=NOW)
    assert not TaskForce.objects.exists()
    path.write_text("{", "utf-8")
    with pytest.raises(Refusal, match="第 1 行无法解析"):
        load_teams(path=path, now=NOW)
