"""学习: training on real verdicts, the comparison, versions, going back, and two trainings at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction

from kechuang.core.audit.queries import history
from kechuang.core.market.models import Need, Offer, Status
from kechuang.core.matching.actions import judge, refresh_need, refresh_stale
from kechuang.core.matching.adoption import adopt, roll_back
from kechuang.core.matching.learning import LEAST, fit_once, folds, held_back, split
from kechuang.core.matching.models import Judgement, Match, Refreshed, Weights
from kechuang.core.matching.score import ENGINE, WEIGHTS, weights_after
from kechuang.core.matching.training import train
from kechuang.core.matching.verdicts import verdicts
from kechuang.core.matching.weighting import WRITTEN, in_force
from kechuang.core.matching.yardstick import FEATURES, Sample, auc, by_need, compare, ndcg, values_of
from kechuang.core.search.actions import embed_pending
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from tests.city import NOW, City, published

TODAY = NOW.date()
Decide = Callable[[dict[str, float], Random], bool]


def by_industry(features: dict[str, float], chance: Random) -> bool:
    """Brokers to whom the industry matters most, who err in one case of ten."""
    return (0.8 * features["industry"] + 0.2 * features["meaning"] > 0.5) != (chance.random() < 0.1)


def by_lot(features: dict[str, float], chance: Random) -> bool:
    """Brokers who throw dice."""
    return chance.random() < 0.5


def judged(city: City, needs: int, per_need: int, decide: Decide, seed: int = 7) -> None:
    """Verdicts of the broker on invented pairs, with the features kept as the workbench keeps them."""
    chance = Random(seed)
    base = {"created_at": NOW, "updated_at": NOW, "status": Status.PUBLIC, "published_at": NOW}
    asked = Need.objects.bulk_create(Need(title=f"需求{n}", party=city.company, **base) for n in range(needs))
    offers = Offer.objects.bulk_create(
        Offer(service="achievements", title=f"成果{n}", party=city.university, **base) for n in range(per_need)
    )
    rows = []
    for need in asked:
        for offer in offers:
            features = {name: round(chance.random(), 3) for name in FEATURES}
            fits = decide(features, chance)
            rows.append(
                Judgement(need=need, offer=offer, by=city.broker, fits=fits, reason="" if fits else "off_topic",
                          at=NOW, features=features, engine=f"{ENGINE}/w7")
            )  # fmt: skip
    Judgement.objects.bulk_create(rows)


def test_too_few_verdicts_are_refused_with_what_is_missing(city: City) -> None:
    with pytest.raises(Refusal, match="现有 0 条"):
        train(by=None, now=NOW)
    judged(city, needs=29, per_need=8, decide=by_industry)
    with pytest.raises(Refusal, match="现有 232 条，涉及 29 条需求"):
        train(by=None, now=NOW)
    assert Weights.objects.count() == 0


def test_weights_that_truly_predict_are_learned_and_adopted_and_all_matches_made_anew(city: City) -> None:
    judged(city, needs=120, per_need=6, decide=by_industry)
    version = train(by=None, now=NOW)
    assert version.better
    assert max(version.weights, key=version.weights.__getitem__) == "industry"
    assert (version.figures["verdicts"], version.figures["needs"], version.figures["people"]) == (720, 120, 1)
    assert version.figures["low"] > 0
    assert in_force() == WRITTEN  # training alone changes nothing
    Refreshed.objects.create(kind="needs", ref=1, at=NOW)
    adopted = adopt(version=version, by=city.officer, now=NOW)
    assert (adopted.adopted_at, adopted.adopted_by) == (NOW, city.officer)
    assert (in_force().engine, dict(in_force().weights)) == ("score-2/w1", version.weights)
    assert not Refreshed.objects.exists()
    assert [e.verb for e in history(version)] == ["train", "adopt"]


def test_noise_is_not_adopted_and_the_report_says_why(city: City) -> None:
    judged(city, needs=60, per_need=6, decide=by_lot)
    version = train(by=None, now=NOW)
    assert not version.better
    assert "不启用：在留出的" in version.report
    with pytest.raises(Refusal, match="不能启用"):
        adopt(version=version, by=None, now=NOW)
    assert in_force() == WRITTEN


def test_held_back_needs_are_never_fitted_and_stay_the_same() -> None:
    samples = [Sample(need, offer, (0.5,) * len(FEATURES), offer > 2) for need in range(1, 200) for offer in range(5)]
    fitting, testing = split(samples)
    assert {s.need for s in fitting}.isdisjoint({s.need for s in testing})
    assert len(fitting) + len(testing) == len(samples)
    assert 0.1 < len({s.need for s in testing}) / 199 < 0.3
    assert {s.need for s in testing} == {n for n in range(1, 200) if held_back(n)}
    checked: list[int] = []
    for inside, outside in folds(fitting, 5):
        assert {s.need for s in inside}.isdisjoint({s.need for s in outside})
        checked += {s.need for s in outside}
    assert sorted(checked) == sorted({s.need for s in fitting})


def test_no_weight_is_negative_and_a_refusal_still_counts_twice() -> None:
    chance = Random(3)
    samples = []
    for number in range(400):
        values = tuple(chance.random() for _ in FEATURES)
        samples.append(Sample(number, 1, values, values[FEATURES.index("budget")] < values[0]))
    found = fit_once(samples, WEIGHTS, 3.0)
    assert found["budget"] == pytest.approx(LEAST)
    assert sum(found.values()) == pytest.approx(1.0)
    assert weights_after(["too_expensive"], found)["budget"] == pytest.approx(2 * found["budget"])


def test_features_that_never_vary_keep_their_share_to_each_other() -> None:
    chance = Random(5)
    samples = []
    for number in range(300):
        meaning, words = chance.random(), chance.random()
        values = values_of({"meaning": meaning, "words": words})
        samples.append(Sample(number % 60, number, values, meaning > 0.5))
    found = fit_once(samples, WEIGHTS, 1.0)
    assert found["meaning"] / found["words"] > WEIGHTS["meaning"] / WEIGHTS["words"]
    assert found["industry"] / found["maturity"] == pytest.approx(WEIGHTS["industry"] / WEIGHTS["maturity"], rel=0.01)


def test_verdicts_of_one_kind_only_leave_the_weights_as_they_are() -> None:
    samples = [Sample(n, 1, (0.1 * (n % 10),) * len(FEATURES), fits=True) for n in range(20)]
    assert fit_once(samples, WEIGHTS, 1.0) == pytest.approx(dict(WEIGHTS))
    assert by_need(samples) == {}
    assert compare(WEIGHTS, WEIGHTS, samples).needs == 0


def test_the_yardstick_by_hand() -> None:
    values = [values_of({"meaning": m, "words": m}) for m in (0.9, 0.5, 0.1)]
    rows = [(values[0], 0.0), (values[1], 1.0), (values[2], 0.0)]
    assert auc(WEIGHTS, rows) == 0.5
    assert ndcg(WEIGHTS, rows) == pytest.approx(0.6309, abs=1e-4)


def test_what_somebody_knew_already_is_no_label_and_lost_features_are_counted(city: City) -> None:
    judged(city, needs=2, per_need=2, decide=by_industry)
    first, second, third = Judgement.objects.order_by("pk")[:3]
    Judgement.objects.filter(pk=first.pk).update(fits=False, reason="known")
    Judgement.objects.filter(pk=second.pk).update(features={}, engine="")  # and its offer is not a candidate now
    Judgement.objects.filter(pk=third.pk).update(engine="score-0")
    found = verdicts(TODAY)
    assert (len(found.samples), found.no_label, found.lost) == (1, 1, 2)


def test_a_verdict_keeps_the_features_of_its_match_and_others_are_looked_up(city: City) -> None:
    offer, _ = published(city, "achievements")
    need, _ = published(city, "needs")
    embed_pending()
    early = judge(need=need, offer=offer, fits=True, by=city.engineer, now=NOW)
    assert early.features == {}
    refresh_need(need=need, now=NOW)
    kept = judge(need=need, offer=offer, fits=True, by=city.broker, now=NOW)
    match = Match.objects.get()
    assert (kept.features, kept.engine) == (match.features, "score-2")
    found = verdicts(TODAY)
    assert [s.values for s in found.samples] == [values_of(match.features)] * 2
    assert found.lost == 0


def trained(version: int, *, rival: Weights | None = None, better: bool = True) -> Weights:
    """A version as a training leaves it."""
    weights = dict(WEIGHTS) | {"meaning": round(0.30 + version / 100, 2)}
    return Weights.objects.create(
        version=version, weights=weights, before=dict(WEIGHTS), rival=rival, figures={}, report="报告",
        better=better, trained_at=NOW,
    )  # fmt: skip


def test_going_back_restores_what_was_before_step_by_step(city: City) -> None:
    first = adopt(version=trained(1), by=None, now=NOW)
    second = adopt(version=trained(2, rival=first), by=city.officer, now=NOW + timedelta(days=1))
    first.refresh_from_db()
    assert (first.in_force, first.retired_at, first.retired_by) == (False, NOW + timedelta(days=1), city.officer)
    assert in_force().engine == "score-2/w2"
    assert roll_back(by=city.officer, now=NOW) == first
    assert in_force().engine == "score-2/w1"
    assert roll_back(by=None, now=NOW) is None
    assert in_force() == WRITTEN
    with pytest.raises(Refusal, match="没有可退回的"):
        roll_back(by=None, now=NOW)
    assert [e.verb for e in history(second)] == ["adopt", "roll_back"]


def test_only_city_officers_decide_and_a_comparison_with_former_weights_does_not_count(city: City) -> None:
    first, late = trained(1), trained(2)
    for user in (city.broker, city.district_officer, city.engineer, city.stranger):
        with pytest.raises(NotAllowed):
            adopt(version=first, by=user, now=NOW)
        with pytest.raises(NotAllowed):
            roll_back(by=user, now=NOW)
    adopt(version=first, by=city.officer, now=NOW)
    with pytest.raises(Refusal, match="已经在用"):
        adopt(version=first, by=city.officer, now=NOW)
    with pytest.raises(Stale, match="请重新训练"):
        adopt(version=late, by=city.officer, now=NOW)


def test_the_database_lets_only_one_version_be_in_force(city: City) -> None:
    adopt(version=trained(1), by=None, now=NOW)
    second = trained(2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Weights.objects.filter(pk=second.pk).update(in_force=True)


def test_matches_are_made_with_the_weights_in_force_and_name_them(city: City) -> None:
    published(city, "achievements")
    need, _ = published(city, "needs")
    embed_pending()
    refresh_stale(now=NOW)
    before = Match.objects.get()
    assert before.engine == "score-2"
    adopt(version=trained(9), by=None, now=NOW)
    assert refresh_stale(now=NOW) == 1
    after = Match.objects.get()
    assert (after.need, after.engine) == (need, "score-2/w9")
    assert after.features == before.features


def test_two_trainings_at_once_get_two_numbers_and_one_of_them_is_adopted(live_city: City) -> None:
    judged(live_city, needs=60, per_need=6, decide=by_industry)

    def run() -> str:
        try:
            version = train(by=None, now=NOW)
            try:
                adopt(version=version, by=None, now=NOW)
            except Refusal:  # stale, or trained when the other was in force already and no better than it
                return "refused"
            return "adopted"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = [f.result() for f in [pool.submit(run) for _ in range(2)]]
    assert "adopted" in outcomes
    assert sorted(Weights.objects.values_list("version", flat=True)) == [1, 2]
    assert Weights.objects.filter(in_force=True).count() == 1


def test_the_command_prints_keeps_and_adopts_or_leaves_no_trace(city: City, tmp_path: Path, capsys: Any) -> None:
    with pytest.raises(CommandError, match="可用的评判还不够"):
        call_command("train_matching")
    judged(city, needs=120, per_need=6, decide=by_industry)
    call_command("train_matching", dry_run=True)
    assert Weights.objects.count() == 0
    call_command("train_matching", adopt=True, report=tmp_path / "report.md")
    assert "已启用 w1" in capsys.readouterr().out
    assert (tmp_path / "report.md").read_text("utf-8") == Weights.objects.get().report
    call_command("train_matching", rollback=True)
    assert "已退回：代码中写定的权重" in capsys.readouterr().out
    assert in_force() == WRITTEN
    with pytest.raises(CommandError, match="2 到 10"):
        call_command("train_matching", folds=1)
