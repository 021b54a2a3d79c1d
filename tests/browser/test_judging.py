"""评判: twenty pairs by keyboard, a broken connection that loses nothing, and the pages on desk and phone."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from kechuang.core.market.models import Need, Offer, Status
from kechuang.core.matching.models import Judgement, Match, Passed, Weights
from kechuang.core.matching.score import NAMES, REFUSALS, WEIGHTS
from tests.browser.conftest import Faults, Open
from tests.city import NOW, City

pytestmark = pytest.mark.browser
REASONS = list(REFUSALS)


def pairs(city: City, needs: int, offers: int) -> None:
    """Public needs and achievements, each with each matched."""
    base = {"created_at": NOW, "updated_at": NOW, "status": Status.PUBLIC}
    asked = Need.objects.bulk_create(
        Need(title=f"第 {n} 条需求", text="光伏板进水汽，想找密封办法。", party=city.company, district="370281",
             published_at=NOW - timedelta(days=n), **base)
        for n in range(needs)
    )  # fmt: skip
    things = Offer.objects.bulk_create(
        Offer(service="achievements", title=f"第 {n} 项成果", text="丁基胶阻挡水汽，密封光伏组件。",
              summary="密封光伏组件", party=city.university, published_at=NOW, **base)
        for n in range(offers)
    )  # fmt: skip
    reasons = [{"feature": name, "value": 0.7, "words": f"{label}说得过去"} for name, label in NAMES.items()]
    Match.objects.bulk_create(
        Match(need=n, offer=o, score=80 - i, reasons=reasons, features=dict.fromkeys(WEIGHTS, 0.7), engine="score-2",
              at=NOW)
        for n in asked
        for i, o in enumerate(things)
    )  # fmt: skip


def shown(page: Page) -> tuple[int, int]:
    """Numbers of the need and the achievement on the page."""
    article = page.locator(".kc-pair")
    return int(article.get_attribute("data-need") or 0), int(article.get_attribute("data-offer") or 0)


def press(page: Page, *keys: str) -> tuple[int, int]:
    """Presses keys; returns the pair that they were about, when the next one is there."""
    before = shown(page)
    for key in keys:
        page.keyboard.press(key)
    expect(page.locator(f'.kc-pair[data-need="{before[0]}"][data-offer="{before[1]}"]')).to_have_count(0)
    return before


def saved(page: Page) -> None:
    expect(page.locator("#judging-state")).to_have_text("都已保存", timeout=30_000)


def test_twenty_pairs_by_keyboard_are_twenty_rows_with_their_reasons(open_page: Open, live_city: City) -> None:
    pairs(live_city, needs=5, offers=5)
    page = open_page("/workbench/judge/", user=live_city.broker)
    wanted = {}
    for number in range(20):
        fits, digit = number % 2 == 0, number % 7 + 1
        pair = press(page, "y") if fits else press(page, "n", str(digit))
        wanted[pair] = (fits, "" if fits else REASONS[digit - 1])
    saved(page)
    rows = Judgement.objects.filter(by=live_city.broker)
    assert {(j.need_id, j.offer_id): (j.fits, j.reason) for j in rows} == wanted
    assert all(j.features == dict.fromkeys(WEIGHTS, 0.7) for j in rows)
    expect(page.locator("#judging-done")).to_have_text("20")
    skipped = press(page, "s")
    page.keyboard.press("u")  # back to the one that was passed over
    expect(page.locator(f'.kc-pair[data-need="{skipped[0]}"][data-offer="{skipped[1]}"]')).to_be_visible()
    saved(page)
    assert not Passed.objects.exists()
    page.keyboard.press("k")
    expect(page.locator("[data-said-words]")).to_contain_text("已判不合适")


def test_keys_and_buttons_that_choose_nothing_save_nothing(open_page: Open, live_city: City) -> None:
    pairs(live_city, needs=1, offers=3)
    page = open_page("/workbench/judge/", user=live_city.broker)
    page.keyboard.press("3")  # a digit without n
    page.keyboard.press("n")
    page.keyboard.press("Escape")
    page.keyboard.press("4")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_visible()
    page.keyboard.press("y")  # not while the help stands open
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.locator("#q").fill("yyn1")  # typing is typing
    first = shown(page)
    page.locator("summary", has_text="不合适").click()
    page.get_by_role("button", name=REFUSALS["immature"][0]).click()
    expect(page.locator(".kc-pair")).not_to_have_attribute("data-offer", str(first[1]))
    saved(page)
    assert list(Judgement.objects.values_list("need", "offer", "reason")) == [(*first, "immature")]


def test_a_broken_connection_loses_nothing_and_another_tab_takes_over(open_page: Open, live_city: City) -> None:
    pairs(live_city, needs=1, offers=4)
    page = open_page("/workbench/judge/", user=live_city.broker)
    page.wait_for_load_state("networkidle")
    broken = {"now": True}

    def portal(route: Route) -> None:
        """Answers as a network does that wants a login first."""
        if broken["now"] and route.request.method == "POST":
            route.fulfill(content_type="text/html", body="请登录网络")
        else:
            route.continue_()

    page.context.route("**/workbench/judge/*/*/", portal)
    first, second = press(page, "y"), press(page, "n", "1")
    expect(page.get_by_role("alert")).to_contain_text("还没存上")
    assert Judgement.objects.count() == 0
    broken["now"] = False
    saved(page)
    expect(page.get_by_role("alert")).to_be_empty()
    assert set(Judgement.objects.values_list("need", "offer", "fits")) == {(*first, True), (*second, False)}
    third = shown(page)
    left = {"key": f"kc.verdict.{live_city.broker.pk}.1.5", "url": f"/workbench/judge/{third[0]}/{third[1]}/",
            "verdict": "fits", "reason": "", "made": 1, "tended": 1}  # fmt: skip
    page.evaluate("entry => localStorage.setItem(entry.key, JSON.stringify(entry))", left)
    other = page.context.new_page()
    other.goto(page.url)
    saved(other)
    assert Judgement.objects.count() == 3
    other.wait_for_function("() => localStorage.length === 0")  # the first page may have sent it, too


def test_without_script_the_same_forms_work(open_page: Open, live_city: City) -> None:
    pairs(live_city, needs=1, offers=3)
    page = open_page("/healthz", user=live_city.broker)
    plain = page.context.browser.new_context(  # type: ignore[union-attr]
        java_script_enabled=False, storage_state=page.context.storage_state(), base_url=page.url.removesuffix("healthz")
    )
    tab = plain.new_page()
    tab.goto("/workbench/judge/")
    tab.get_by_role("button", name="合适 Y", exact=True).click()
    tab.locator("summary", has_text="不合适").click()
    tab.get_by_role("button", name=REFUSALS["cooperation"][0]).click()
    tab.get_by_role("button", name="跳过").click()
    expect(tab.get_by_text("没有待评判的匹配")).to_be_visible()
    plain.close()
    assert sorted(Judgement.objects.values_list("fits", "reason")) == [(False, "cooperation"), (True, "")]
    assert Passed.objects.count() == 1


def test_several_candidates_are_refused_together(open_page: Open, live_city: City) -> None:
    pairs(live_city, needs=1, offers=4)
    need = Need.objects.get()
    page = open_page(f"/workbench/needs/{need.pk}/", user=live_city.broker)
    for box in page.get_by_role("checkbox").all()[:2]:
        box.check()
    page.locator("#reason").select_option("wrong_industry")
    page.get_by_role("button", name="判为不合适").click()
    expect(page.get_by_text("2 项已判不合适。")).to_be_visible()
    expect(page.get_by_role("checkbox")).to_have_count(2)
    page.get_by_role("button", name="合适：").first.click()
    expect(page.get_by_text("已判合适：")).to_be_visible()
    assert sorted(Judgement.objects.values_list("fits", "reason")) == [
        (False, "wrong_industry"), (False, "wrong_industry"), (True, ""),
    ]  # fmt: skip


def test_the_pages_are_accessible_and_fit(open_page: Open, faults: Faults, live_city: City) -> None:
    pairs(live_city, needs=2, offers=5)
    figures = {"verdicts": 300, "needs": 40, "ndcg_before": 0.7, "ndcg_after": 0.8, "low": 0.01, "high": 0.1}
    Weights.objects.create(
        version=1, weights=dict(WEIGHTS), before=dict(WEIGHTS), figures=figures, report="# 报告", better=True,
        trained_at=NOW,
    )  # fmt: skip
    paths = ["/workbench/", "/workbench/judge/", f"/workbench/needs/{Need.objects.earliest('pk').pk}/"]
    page = open_page("/healthz", user=live_city.officer)
    found: dict[str, object] = {}
    for path in [*paths, "/matching/weights/", "/matching/weights/1/"]:
        page.goto(path)
        if path.endswith("judge/"):
            page.locator("summary", has_text="不合适").click()
        found |= faults(page, path)
    assert found == {}
