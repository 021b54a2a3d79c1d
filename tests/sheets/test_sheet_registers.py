"""登记和停用: organisations registered and teams retired by a file, as on the pages."""

import pytest
from django.test import Client
from django.urls import reverse

from kechuang.core.parties.actions import join
from kechuang.core.parties.models import Mandate, Party
from kechuang.core.taskforces.models import TaskForce
from kechuang.kit.refusal import NotAllowed
from tests.city import NOW, person
from tests.sheets.files import checked, entered, exported, outcome, reasons
from tests.world import World

FIRST, SECOND, OLD = "91370202MADEM3000U", "91370202MADEM30022", "91370202MADEM30050"


def row(uscc: str, name: str, district: str = "胶州市", accepted: str = "") -> list[str]:
    """A new organisation as a line of the file."""
    return ["", uscc, accepted, name, "企业", district, "人工智能", "", "", ""]


def test_organisations_are_registered_by_a_file_and_wait_for_their_people(world: World) -> None:
    officer = world.city.district_officer
    cells = exported("registry", officer)
    cells["单位"] += [row(FIRST, "示例新登记企业甲"), row(SECOND, "示例新登记企业乙")]
    assert outcome(entered("registry", officer, cells))["create"] == 2
    party = Party.objects.get(uscc=FIRST)
    assert (party.name, party.district, party.industries) == ("示例新登记企业甲", "370281", ["ai"])
    assert party.verified_at is not None
    assert join(party=party, by=person("first"), now=NOW).state == Mandate.State.REQUESTED
    again = checked("registry", officer, cells)
    assert outcome(again) == {"unchanged": again.total}, reasons(again)


def test_a_file_registers_nothing_twice_nothing_elsewhere_and_nothing_wrong(world: World) -> None:
    officer = world.city.district_officer
    cells = exported("registry", officer)
    before, known = Party.objects.count(), world.city.company
    cells["单位"] += [
        row(str(known.uscc), "另一个名称的单位"),
        row(FIRST, "示例别处的企业", district="崂山区"),
        row(OLD, "示例校验位不符的企业"),
        row("12345", "示例代码不对的企业"),
    ]
    batch = checked("registry", officer, cells)
    said = reasons(batch)
    assert f"这个代码已登记为“{known.name}”" in said
    assert "只能登记本辖区的单位" in said
    assert "校验位不符" in said
    assert batch.errors == 4
    assert Party.objects.count() == before
    cells["单位"] = [*cells["单位"][:-4], row(OLD, "示例校验位不符的企业", accepted="是")]
    assert outcome(entered("registry", officer, cells))["create"] == 1
    assert Party.objects.get(uscc=OLD).uscc_checked is False


def test_registered_organisations_are_not_changed_by_a_file(world: World) -> None:
    officer = world.city.officer
    cells = exported("registry", officer)
    at = next(n for n, line in enumerate(cells["单位"]) if line[1] == world.city.company.uscc)
    cells["单位"][at][3] = "示例改过的名称"
    assert "登记信息由单位自己更正" in reasons(checked("registry", officer, cells))
    with pytest.raises(NotAllowed):
        checked("registry", world.city.engineer, cells)


def test_an_officer_registers_one_organisation_on_the_page(world: World, client: Client) -> None:
    client.force_login(world.city.district_officer)
    data = {"uscc": FIRST, "name": "示例页面登记企业", "kind": "enterprise", "district": "370212"}
    refused = client.post(reverse("enter_party"), data)
    assert refused.status_code == 422
    assert "只能登记本辖区的单位" in refused.content.decode()
    made = client.post(reverse("enter_party"), data | {"district": "370281"})
    assert made["Location"] == reverse("party", args=[Party.objects.get(uscc=FIRST).pk])


def test_teams_are_retired_and_resumed_by_a_file(world: World) -> None:
    officer, team = world.city.officer, world.team
    cells = exported("teams", officer)
    at, column = next(n for n, line in enumerate(cells["专班"]) if line[0] == team.code), cells["专班"][0].index("处理")
    cells["专班"][at][column] = "恢复"
    assert "没有停用" in reasons(checked("teams", officer, cells))
    cells["专班"][at][column] = "停用"
    assert outcome(entered("teams", officer, cells))["update"] == 1
    assert TaskForce.objects.get(pk=team.pk).retired
    assert outcome(checked("teams", officer, cells)).get("error") is None, "the same file again"
    assert team.code not in [line[0] for line in exported("teams", officer)["专班"]]
    gone = exported("teams", officer, "retired=1")
    at = next(n for n, line in enumerate(gone["专班"]) if line[0] == team.code)
    gone["专班"][at][column], gone["专班"][at][1] = "恢复", "示例另一个名称"
    assert "一行一次只办一件事" in reasons(checked("teams", officer, gone))
    gone["专班"][at][1] = team.name
    assert outcome(entered("teams", officer, gone))["update"] == 1
    assert not TaskForce.objects.get(pk=team.pk).retired
