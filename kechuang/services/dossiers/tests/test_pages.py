"""一企一档页面: filled in once with source and person, shown where it is used; disputes, consent, looks, Excel."""

import io
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook

from kechuang.core.cases.models import Case
from kechuang.core.cases.queries import waiting_for
from kechuang.core.dossier.actions import report
from kechuang.core.dossier.facts import asked_codes
from kechuang.core.dossier.models import Consent, Dispute, FigureFile, IntegrityEntry, Right, YearReport
from kechuang.core.dossier.queries import facts_of
from kechuang.core.dossier.tasks import go_on
from kechuang.core.parties.actions import appoint
from kechuang.core.parties.models import Party
from kechuang.core.policy.loading import load_policies
from kechuang.services.dossiers.actions import fill
from kechuang.services.dossiers.clock import tick
from kechuang.services.dossiers.queries import asked
from kechuang.web import clock
from tests.city import NOW, City


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(clock, "today", NOW.date)


def client(user: Any) -> Client:
    found = Client()
    found.force_login(user)
    return found


def page(city: City, user: Any, path: str = "", party: Party | None = None) -> str:
    return client(user).get(f"/dossiers/{(party or city.company).pk}/{path}").content.decode()


def typed(city: City, path: str, **values: str) -> dict[str, str]:
    """What the form of a page sends when these fields are typed and the others are left."""
    form = client(city.engineer).get(f"/dossiers/{city.company.pk}/{path}").context["form"]
    shown = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else str(value) for name, value in shown.items()} | values


def send(city: City, path: str, user: Any = None, **values: str) -> Any:
    return client(user or city.engineer).post(f"/dossiers/{city.company.pk}/{path}", values, follow=True)


def test_what_is_filled_in_shows_its_source_day_and_person(city: City) -> None:
    answer = send(city, "years/staff/", **typed(city, "years/staff/", staff_sme_2025="100", rd_staff_sme_2025="19"))
    assert "已保存，更新了 2 项" in answer.content.decode()
    text = page(city, city.engineer, "?group=staff")
    assert "100 人" in text
    assert "企业填报 2026-11-18 · 示例engineer" in text


def test_money_is_typed_in_ten_thousands_and_odd_figures_are_warned_of(city: City) -> None:
    values = typed(city, "years/money/", revenue_2025="10000", main_revenue_2025="10001")
    answer = send(city, "years/money/", **values)
    assert "主营业务收入大于销售收入" in answer.content.decode()
    assert facts_of(city.company, on=NOW.date())["revenue"] == Decimal(100_000_000)


def test_a_negative_figure_is_named_with_its_field_and_nothing_typed_is_lost(city: City) -> None:
    answer = send(city, "years/staff/", **typed(city, "years/staff/", staff_sme_2025="-1", rd_staff_sme_2024="7"))
    assert answer.status_code == 422
    assert "2025 年职工总数（科小口径）" in answer.content.decode()
    assert 'value="7"' in answer.content.decode()


def test_a_colleague_who_saved_in_the_meantime_is_not_overwritten(city: City) -> None:
    values = typed(city, "years/staff/", staff_sme_2025="5")
    report(party=city.company, values={2025: {"staff_sme": 6}}, by=city.colleague, now=NOW)
    answer = send(city, "years/staff/", **values)
    assert answer.status_code == 422
    assert "已被同事保存过" in answer.content.decode()
    assert facts_of(city.company, on=NOW.date())["staff_sme"] == 6


def test_yes_no_and_not_stated_are_three_answers(city: City) -> None:
    send(city, "profile/identity/", **typed(city, "profile/identity/", resident="true", state_owned="false"))
    facts = facts_of(city.company, on=NOW.date())
    assert (facts["resident"], facts["state_owned"], "scale" in facts) == (True, False, False)
    send(city, "profile/identity/", **typed(city, "profile/identity/", resident=""))
    assert "resident" not in facts_of(city.company, on=NOW.date())


def test_a_right_is_added_changed_and_taken_out(city: City) -> None:
    right = {"kind": "utility", "number": "2024207654321", "title": "夹具", "status": "granted", "obtained": "own"}
    answer = send(city, "rights/new/", **right, main_product="on", claimed="on")
    assert "校验位不符" in answer.content.decode()
    row = Right.objects.get()
    send(city, f"rights/{row.pk}/", **right, claimed="on")
    assert not Right.objects.get().main_product
    send(city, f"rights/{row.pk}/remove/")
    assert not Right.objects.exists()


def dispute(city: City) -> Dispute:
    report(party=city.company, values={2025: {"revenue": Decimal(5)}}, by=city.engineer, now=NOW)
    values = {2025: {"revenue": Decimal(6)}}
    fill(party=city.company, values=values, source="tax", by=city.officer, now=NOW)
    return Dispute.objects.get()


def test_a_dispute_stands_in_the_officers_to_do_until_it_is_settled(city: City) -> None:
    found = dispute(city)
    assert [c.service for c in waiting_for(city.district_officer)] == ["dossiers"]
    officer = client(city.district_officer)
    form = officer.get(f"/dossiers/disputes/{found.pk}/").context["form"]
    sent = {"chosen": "tax", "note": "查阅完税证明", "seen": form["seen"].value()}
    answer = officer.post(f"/dossiers/disputes/{found.pk}/", sent, follow=True)
    assert "采用税务数据" in answer.content.decode()
    assert facts_of(city.company, on=NOW.date())["revenue"] == Decimal(6)
    assert Case.objects.get(service="dossiers").state == "done"
    assert not waiting_for(city.district_officer).exists()


def test_sums_in_dispute_are_written_out_where_they_would_read_alike(city: City) -> None:
    report(party=city.company, values={2025: {"revenue": Decimal(345_210_000)}}, by=city.engineer, now=NOW)
    fill(party=city.company, values={2025: {"revenue": Decimal(345_200_000)}}, source="tax", by=city.officer, now=NOW)
    page = client(city.district_officer).get("/dossiers/disputes/").content.decode()
    assert "345,210,000 元" in page
    assert "345,200,000 元" in page


def test_the_case_ends_by_itself_when_the_enterprise_corrects_its_figure(city: City) -> None:
    dispute(city)
    fill(party=city.company, values={2025: {"revenue": Decimal(6)}}, by=city.engineer, now=NOW)
    assert Case.objects.get(service="dossiers").state == "done"
    assert tick(now=NOW) == 0


def test_what_an_import_has_put_in_dispute_gets_its_case_from_the_clock_once(city: City) -> None:
    for source, by, amount in (("enterprise", city.engineer, 1), ("statistics", city.officer, 2)):
        report(party=city.company, values={2025: {"cost": Decimal(amount)}}, source=source, by=by, now=NOW)
    assert (tick(now=NOW), tick(now=NOW)) == (1, 0)


def test_an_officer_may_settle_with_a_value_of_her_own(city: City) -> None:
    found = dispute(city)
    officer = client(city.district_officer)
    form = officer.get(f"/dossiers/disputes/{found.pk}/").context["form"]
    sent = {"chosen": "authority", "note": "审计报告", "seen": form["seen"].value()}
    assert officer.post(f"/dossiers/disputes/{found.pk}/", sent).status_code == 422
    assert officer.post(f"/dossiers/disputes/{found.pk}/", sent | {"value": "0.00055"}).status_code == 302
    assert facts_of(city.company, on=NOW.date())["revenue"] == Decimal("5.5")


def test_a_bank_sees_only_what_it_was_allowed_and_the_enterprise_sees_that_it_looked(city: City) -> None:
    bank = Party.objects.create(kind="finance", name="示例银行", uscc="91370211MAQ1DA0X3B", created_at=NOW)
    appoint(user=city.stranger, role="financier", party=bank, by=None, now=NOW)
    path = f"/dossiers/{city.company.pk}/"
    assert client(city.stranger).get(path).status_code == 404
    given = {
        "to_party": str(bank.uscc),
        "groups": "money",
        "since": "2026-11-18",
        "until": "2027-01-01",
        "purpose": "贷款",
    }
    assert "已授权" in send(city, "consents/", **given).content.decode()
    seen = client(city.stranger).get(path + "?group=staff").context["page"]
    assert ([name for name, _label, _n in seen.tabs], seen.group) == (["money"], "money")
    assert "示例stranger" in page(city, city.engineer, "looks/")
    client(city.engineer).post(f"/dossiers/consents/{Consent.objects.get().pk}/withdraw/")
    assert client(city.stranger).get(path).status_code == 404


def test_a_new_listing_is_filled_in_from_the_file_and_says_so(city: City) -> None:
    form = client(city.engineer).get("/s/needs/new/").context["page"].form
    assert form.initial["district"] == "370281"
    assert "来自一企一档：单位登记" in form.fields["district"].help_text
    assert f"/dossiers/{city.company.pk}/?group=identity#district" in form.fields["district"].help_text


def test_the_enterprises_own_sheet_goes_out_and_comes_back_by_way_of_the_form(city: City) -> None:
    report(party=city.company, values={2025: {"revenue": Decimal(1_000_000)}}, by=city.engineer, now=NOW)
    path = f"/dossiers/{city.company.pk}/"
    data = client(city.engineer).get(path + "figures.xlsx").content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    heads = [str(h) for h in rows[0]]
    assert heads == ["代码", "栏目", "单位", "2025", "2024", "2023"]
    lines = [",".join(heads)]
    lines += [
        f"{r[0]},,,{'2000000' if r[0] == 'revenue' else ''},,{'9' if r[0] == 'staff_sme' else ''}" for r in rows[1:]
    ]
    sent = {"file": SimpleUploadedFile("a.csv", "\n".join(lines).encode())}
    answer = client(city.engineer).post(path + "figures/upload/", sent)
    assert "还没有写入" in answer.content.decode()
    assert facts_of(city.company, on=NOW.date())["revenue"] == Decimal(1_000_000)
    form = answer.context["form"]
    values = {name: form.data[name] for name in form.fields}
    send(city, "figures/upload/", **values)
    facts = facts_of(city.company, on=NOW.date())
    assert (facts["revenue"], facts["staff_sme_y2"]) == (Decimal(2_000_000), 9)


def test_a_yearly_file_goes_from_upload_over_preview_to_the_files(city: City) -> None:
    officer = client(city.officer)
    data = "统一社会信用代码,年度,纳税额\n91370202MADEM2017B,2025,3\n9137,2025,x\n".encode()
    sent = {"source": "tax", "file": SimpleUploadedFile("税.csv", data)}
    place = officer.post("/dossiers/yearly/", sent)["Location"]
    go_on(FigureFile.objects.get().pk)
    text = officer.get(place).content.decode()
    assert "1 行有更新，0 行没有变化，1 行有错" in text
    officer.post(place + "confirm/")
    go_on(FigureFile.objects.get().pk)
    assert "更新了 1 个值" in officer.get(place).content.decode()
    assert YearReport.objects.get().tax_paid == 3
    assert officer.get("/dossiers/yearly/template.xlsx").status_code == 200


def test_officers_get_the_list_of_their_scope_with_filters_and_export(city: City) -> None:
    dispute(city)
    district = client(city.district_officer)
    assert [r.party for r in district.get("/dossiers/?disputed=1").context["rows"]] == [city.company]
    assert district.get("/dossiers/?band=high").context["rows"] == []
    assert district.get("/dossiers/?text=没有这家").context["rows"] == []
    rows = CalamineWorkbook.from_filelike(io.BytesIO(district.get("/dossiers/list.xlsx").content))
    assert rows.get_sheet_by_index(0).to_python()[1][0] == city.company.name
    assert client(city.engineer).get("/dossiers/")["Location"] == f"/dossiers/{city.company.pk}/"


def test_a_decision_shows_to_those_concerned_and_an_upheld_appeal_ends_it(city: City) -> None:
    officer = client(city.officer)
    sent = {"subject": "91370202MADEM2017B", "act": "fabrication", "measures": "一年内不得申报", "source": "示例部门"}
    sent |= {"found_on": "2026-11-01", "start": "2026-11-01", "decision": "示例决定〔2026〕9号", "serious": "on"}
    assert "已登记" in officer.post("/dossiers/integrity/", sent, follow=True).content.decode()
    assert "示例决定〔2026〕9号" in page(city, city.engineer, "?group=standing")
    assert "示例决定〔2026〕9号" not in client(city.broker).get("/dossiers/integrity/").content.decode()
    record = IntegrityEntry.objects.get()
    officer.post(f"/dossiers/integrity/{record.pk}/appeal/", {"appeal": "upheld"})
    assert "示例决定〔2026〕9号" not in page(city, city.engineer, "?group=standing")
    assert client(city.district_officer).post("/dossiers/integrity/", sent).status_code == 403


def test_completeness_counts_what_the_packs_in_force_ask_for(city: City) -> None:
    report(party=city.company, values={2025: {"revenue": Decimal(1)}}, by=city.engineer, now=NOW)
    assert asked(NOW.date()) is None
    load_policies(folder=settings.PACKS_DIR / "national", now=NOW)
    wanted = asked(NOW.date())
    assert wanted is not None
    assert {"staff_sme", "revenue", "rd_sme", "ip_class1"} <= wanted
    done = client(city.engineer).get(f"/dossiers/{city.company.pk}/").context["page"].done
    assert 0 < done.known < done.asked < len(asked_codes())
