"""Protected parts on the pages: shut and open panels, the agreement, downloads with the reader's name, exports."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from kechuang.core.cases.actions import attach
from kechuang.core.cases.models import Case, Material
from kechuang.core.disclosure import queries
from kechuang.core.disclosure.actions import publish_text
from kechuang.core.disclosure.models import NdaAcceptance, NdaText
from kechuang.core.market.models import Tier
from kechuang.kit.tests.test_watermark import pdf
from tests.city import NOW, City, published

INNER, SECRET = "试样三块，可以寄送。", "炉温曲线：升温每分钟八度。"
OWN = {"title": "本校保密协议", "text": "接收方应当保密。" * 40}


@pytest.fixture
def offer(city: City, tmp_path: Path, settings: Any) -> Any:
    """A published achievement with texts and materials of every tier."""
    settings.DOCUMENTS_DIR = tmp_path
    row, case = published(city, "achievements", inner_text=INNER, secret_text=SECRET)
    for tier in (Tier.SIGNED_IN, Tier.NDA, Tier.CASE):
        material(case, city, f"报告{tier}", pdf(), tier)
    return row


def material(case: Case, city: City, label: str, data: bytes, tier: str, kind: str = "pdf") -> Material:
    return attach(case=case, name=f"{label}.{kind}", chunks=[data], label=label, tier=tier, by=city.professor, now=NOW)


def signed_in(user: Any) -> Any:
    """A browser of this person; without a type, since its answers have more than HttpResponse says."""
    client = Client()
    client.force_login(user)
    return client


def recorded(row: Any, what: str) -> list[Any]:
    """One entry of every recorded view, newest first."""
    return [(event.after or {}).get(what) for event in queries.views(row)]


def url(name: str, row: Any) -> str:
    return reverse(name, args=[row.service, row.pk])


def body(client: Client, address: str) -> str:
    return str(client.get(address).content.decode())


def accept(client: Client, row: Any, **changed: Any) -> Any:
    text = queries.text_for(row.party)
    data = {"text": text.pk if text else 0, "behalf": "self", "agree": "on"} | changed
    return client.post(url("nda", row), {k: v for k, v in data.items() if v is not None})


def test_the_public_sees_what_is_behind_each_tier_and_what_to_do(city: City, offer: Any, client: Client) -> None:
    page = body(client, url("listing", offer))
    assert "登录后查看" in page
    assert "登录并签署保密协议" in page
    assert page.count("不超过 50 字的说明") == 2
    assert page.count("受保护材料 1 份") == 2
    for hidden in (INNER, SECRET, "报告signed_in", "报告nda", "报告case"):
        assert hidden not in page


def test_who_is_signed_in_reads_the_second_tier_and_leaves_a_record(city: City, offer: Any) -> None:
    response = signed_in(city.stranger).get(url("listing", offer))
    page = response.content.decode()
    assert INNER in page
    assert "报告signed_in" in page
    assert SECRET not in page
    assert "报告nda" not in page
    assert response["Cache-Control"] == "private, no-store"
    assert [e.by_name for e in queries.views(offer)] == [str(city.stranger)]


def test_a_reader_reads_the_agreement_accepts_it_and_opens_the_third_tier(city: City, offer: Any) -> None:
    client = signed_in(city.engineer)
    assert client.get(url("protected", offer)).url == url("nda", offer)
    page = body(client, url("nda", offer))
    assert "示例文本，使用前请由法务审定" in page
    assert "自签署之日起三年" in page
    response = accept(client, offer, behalf=str(city.company.pk))
    assert response.url == url("protected", offer)
    page = body(client, response.url)
    assert SECRET in page
    assert "报告nda" in page
    assert f"{city.engineer} · {city.company}" in page
    made = NdaAcceptance.objects.get()
    evidence = body(client, reverse("nda_acceptance", args=[made.pk]))
    assert made.sha256 in evidence
    assert "自签署之日起三年" in evidence
    assert recorded(offer, "tier") == ["nda"]


def test_without_a_tick_or_with_a_strange_party_nothing_is_accepted(city: City, offer: Any) -> None:
    client = signed_in(city.stranger)
    for wrong in ({"agree": None}, {"behalf": str(city.company.pk)}, {"text": "x"}, {"behalf": None}):
        assert accept(client, offer, **wrong).status_code == 422
    assert NdaAcceptance.objects.count() == 0


def test_a_text_that_changed_while_it_was_read_is_shown_anew(city: City, offer: Any) -> None:
    client = signed_in(city.stranger)
    read = NdaText.objects.get()
    publish_text(party=city.university, **OWN, seen=read.pk, by=city.professor, now=NOW)
    response = accept(client, offer, text=read.pk)
    assert response.status_code == 409
    assert "接收方应当保密" in response.content.decode()
    assert NdaAcceptance.objects.count() == 0
    assert accept(client, offer).status_code == 302


def test_the_owner_sees_who_accepted_and_who_read_what(city: City, offer: Any) -> None:
    reader = signed_in(city.broker)
    accept(reader, offer)
    body(reader, url("protected", offer))
    reader.get(reverse("material", args=[Material.objects.get(tier=Tier.NDA).pk]))
    page = body(signed_in(city.professor), url("readers", offer))
    for words in (str(city.broker), "受保护内容页", "下载材料：报告nda", "本市通用"):
        assert words in page
    assert signed_in(city.officer).get(url("readers", offer)).status_code == 403


def test_the_owner_ends_an_acceptance_and_the_reader_is_told_on_the_page(city: City, offer: Any) -> None:
    reader, owner = signed_in(city.broker), signed_in(city.professor)
    accept(reader, offer)
    row = NdaAcceptance.objects.get()
    assert owner.post(reverse("end_nda", args=[row.pk]), {"reason": ""}).status_code == 422
    assert owner.post(reverse("end_nda", args=[row.pk]), {"reason": "评估已结束"}).status_code == 302
    assert "评估已结束" in body(reader, url("listing", offer))
    assert "评估已结束" in body(reader, url("nda", offer))
    assert accept(reader, offer).status_code == 403
    assert owner.post(reverse("readmit_nda", args=[row.pk])).status_code == 302
    assert accept(reader, offer).status_code == 302


def download(client: Any, tier: str) -> tuple[Any, bytes]:
    response = client.get(reverse("material", args=[Material.objects.filter(tier=tier).latest("pk").pk]))
    return response, b"".join(response.streaming_content) if response.status_code == 200 else b""


def test_a_download_carries_the_name_of_its_reader_but_not_the_owners_own(city: City, offer: Any) -> None:
    reader = signed_in(city.engineer)
    assert download(reader, Tier.NDA)[0].status_code == 404
    assert download(Client(), Tier.SIGNED_IN)[0].status_code == 404
    accept(reader, offer, behalf=str(city.company.pk))
    for tier in (Tier.SIGNED_IN, Tier.NDA):
        metadata = PdfReader(io.BytesIO(download(reader, tier)[1])).metadata
        assert metadata is not None
        assert f"{city.engineer} · {city.company}" in str(metadata["/Keywords"])
    assert download(reader, Tier.CASE)[0].status_code == 404
    assert download(signed_in(city.professor), Tier.NDA)[1] == pdf()


def test_other_formats_come_packed_with_a_note(city: City, offer: Any) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("a.txt", "a")
    material(Case.objects.get(), city, "配方", target.getvalue(), Tier.SIGNED_IN, "docx")
    response, data = download(signed_in(city.stranger), Tier.SIGNED_IN)
    assert response["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert str(city.stranger) in packed.read("水印说明.txt").decode()
        assert packed.read("配方.docx") == target.getvalue()


def rows(client: Client) -> list[dict[str, Any]]:
    response: Any = client.get(reverse("export", args=["achievements", "jsonl"]))
    return [json.loads(line) for line in b"".join(response.streaming_content).splitlines()]


def test_an_export_holds_what_its_reader_may_see_and_names_her(city: City, offer: Any) -> None:
    public = rows(Client())[0]
    assert not {"inner_text", "secret_text", "reader"} & set(public)
    stranger = rows(signed_in(city.stranger))[0]
    assert stranger["inner_text"] == INNER
    assert "secret_text" not in stranger
    assert str(city.stranger) in stranger["reader"]
    own = rows(signed_in(city.professor))[0]
    assert (own["secret_text"], "reader" in own) == (SECRET, False)
    assert recorded(offer, "place") == ["export"]


def test_an_admin_publishes_the_partys_own_text_and_goes_back(city: City, offer: Any) -> None:
    admin, address = signed_in(city.professor), reverse("party_nda", args=[city.university.pk])
    held = NdaText.objects.get()
    assert admin.post(address, {"title": "短", "text": "太短", "seen": held.pk}).status_code == 422
    assert admin.post(address, OWN | {"seen": held.pk}).status_code == 302
    stale = admin.post(address, OWN | {"seen": held.pk, "text": OWN["text"] * 2})
    assert stale.status_code == 409
    assert OWN["text"] * 2 in stale.content.decode()  # nothing typed is lost
    assert "第 1 版" in body(admin, address)
    own = NdaText.objects.get(party=city.university)
    assert admin.post(reverse("drop_nda", args=[city.university.pk]), {"seen": own.pk}).status_code == 302
    assert "本市通用文本" in body(admin, address)


def test_a_broker_sees_neither_the_protected_wording_nor_the_names_of_materials_in_a_case(
    city: City, tmp_path: Path, settings: Any
) -> None:
    settings.DOCUMENTS_DIR = tmp_path
    row, case = published(city, "needs", inner_text=INNER, secret_text=SECRET)
    attach(case=case, name="图纸甲.pdf", chunks=[pdf()], label="图纸甲", tier=Tier.NDA, by=city.engineer, now=NOW)
    page = body(signed_in(city.broker), reverse("case", args=[case.pk]))
    assert "提交材料" in page
    assert "图纸甲" not in page
    assert SECRET not in page
    officer = body(signed_in(city.officer), reverse("case", args=[case.pk]))
    assert "图纸甲" in officer
    assert SECRET in officer
    read = [(e.by_name, tier) for e, tier in zip(queries.views(row), recorded(row, "tier"), strict=True)]
    assert sorted(read) == sorted(
        [(str(city.broker), "signed_in"), *((str(city.officer), t) for t in ("signed_in", "nda"))]
    )
