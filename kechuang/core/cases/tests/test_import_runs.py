"""批量导入的执行"""

import threading

import pytest
from django.db import connection

from kechuang.core.cases import import_work, imports
from kechuang.core.cases.import_queries import outcomes, progress
from kechuang.core.cases.import_work import work
from kechuang.core.cases.models import Case, Import
from kechuang.core.cases.tests.batches import GOOD, checked, excel, finished
from kechuang.core.market.models import Need
from kechuang.core.notices.queries import notices_of
from kechuang.core.parties.models import Mandate, Party
from kechuang.kit.refusal import Stale
from tests.city import NOW, City, published


def test_confirmed_twice_it_runs_once_and_a_cancelled_one_does_not_run(city: City) -> None:
    batch = checked(city, excel(GOOD))
    for _ in range(2):
        batch = imports.confirm(batch=batch, by=city.engineer, now=NOW)
    finished(batch)
    assert imports.confirm(batch=batch, by=city.engineer, now=NOW).state == "done"
    finished(batch)
    assert Need.objects.count() == 1
    with pytest.raises(Stale, match="不能再取消"):
        imports.cancel(batch=batch, by=city.engineer, now=NOW)
    other = checked(city, excel((*GOOD[:1], "另一个名称的需求", *GOOD[2:])))
    imports.cancel(batch=other, by=city.engineer, now=NOW)
    with pytest.raises(Stale, match="已取消"):
        imports.confirm(batch=other, by=city.engineer, now=NOW)
    assert work(Import.objects.get(pk=other.pk), now=NOW) is False
    assert Need.objects.get().title == GOOD[1]


def test_a_run_that_was_cut_off_goes_on_without_doubles(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = checked(city, excel(*[(f"M-{n}", *GOOD[1:]) for n in range(7)]))
    imports.confirm(batch=batch, by=city.engineer, now=NOW)
    batch.refresh_from_db()
    monkeypatch.setattr(import_work, "RUN_SLICE", 3)
    assert work(batch, now=NOW) is True
    assert (progress(batch).done, Need.objects.count(), batch.state) == (3, 3, "running")
    finished(batch)
    assert (batch.state, batch.created, Need.objects.count()) == ("done", 7, 7)
    assert Case.objects.count() == 7


def test_what_changed_since_the_check_is_seen_by_the_run(city: City) -> None:
    batch = checked(city, excel(GOOD, ("M-2", *GOOD[1:])))
    imports.confirm(batch=batch, by=city.engineer, now=NOW)
    published(city, "needs", code="M-1")
    batch.refresh_from_db()
    Mandate.objects.filter(user=city.engineer).update(state="ended")
    finished(batch)
    assert (batch.state, batch.errors) == ("done", 2)
    assert [r.errors[0]["reason"][:3] for r in batch.rows.all()] == ["只有发", "请选择"]
    assert outcomes(batch)["error"] == 2


def test_two_workers_at_once_enter_every_row_once(live_city: City) -> None:
    batch = checked(live_city, excel(*[(f"M-{n}", *GOOD[1:]) for n in range(12)]))
    imports.confirm(batch=batch, by=live_city.engineer, now=NOW)

    def run() -> None:
        try:
            finished(Import.objects.select_related("party", "created_by").get(pk=batch.pk))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    batch.refresh_from_db()
    assert (batch.state, batch.created, Need.objects.count(), Case.objects.count()) == ("done", 12, 12, 12)
    assert batch.rows.exclude(entered_at=None).count() == 12


def test_an_import_that_fails_says_so(city: City) -> None:
    batch = checked(city, excel(GOOD))
    imports.fail(batch=batch, note="系统错误：KeyError", now=NOW)
    batch.refresh_from_db()
    assert (batch.state, batch.note) == ("failed", "系统错误：KeyError")
    assert "导入中断" in notices_of(city.engineer)[0].text
    assert Party.objects.count() == 2
