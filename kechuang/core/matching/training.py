"""训练 training: fits the weights to the verdicts, compares them with those in force, keeps both and the report."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.matching import learning
from kechuang.core.matching.adoption import WRITTEN, lock, obstacles
from kechuang.core.matching.models import Weights
from kechuang.core.matching.queries import RELEVANT
from kechuang.core.matching.score import NAMES
from kechuang.core.matching.verdicts import Verdicts, verdicts
from kechuang.core.matching.weighting import version_in_force, weighing
from kechuang.core.matching.yardstick import Comparison, Sample, compare, rated
from kechuang.kit.refusal import Refusal

LEAST_VERDICTS, LEAST_NEEDS = 200, 30


def train(*, by: Any, now: datetime, folds: int = 5, keep: bool = True) -> Weights:
    """Fit, compare, and keep the version with its report; ``keep=False`` leaves no trace.

    Raises Refusal where there are too few verdicts. Nothing is put in force here: see ``adoption.adopt``.
    """
    rival = version_in_force()
    before = dict(weighing(rival).weights)
    known = verdicts(timezone.localtime(now).date())
    needs = len({s.need for s in known.samples})
    if len(known.samples) < LEAST_VERDICTS or needs < LEAST_NEEDS:
        raise Refusal(
            _(
                "可用的评判还不够：现有 %(count)s 条，涉及 %(needs)s 条需求；"
                "至少要 %(least)s 条，涉及 %(wanted)s 条需求。请先在经纪人工作台评判。"
            )
            % {"count": len(known.samples), "needs": needs, "least": LEAST_VERDICTS, "wanted": LEAST_NEEDS}
        )
    fitting, testing = learning.split(known.samples)
    fit = learning.fit(fitting, before, folds)
    found = compare(before, fit.weights, testing)
    figures = _figures(known, fitting, testing, fit, found) | _shares(before, fit.weights, testing)
    against = obstacles(figures)
    version = Weights(
        version=_next_number(),
        weights={name: round(weight, 4) for name, weight in fit.weights.items()},
        before=before,
        rival=rival,
        figures=figures | {"obstacles": against},
        better=not against,
        trained_at=now,
    )
    return _kept(version, by, now) if keep else _with_report(version)


@transaction.atomic
def _kept(version: Weights, by: Any, now: datetime) -> Weights:
    lock()  # two trainings at once get two numbers
    version.version = _next_number()
    _with_report(version).save(force_insert=True)
    record(version, "train", by=by, now=now, after={"version": version.version, "better": version.better})
    return version


def _next_number() -> int:
    return (Weights.objects.aggregate(last=Max("version"))["last"] or 0) + 1


def _figures(
    known: Verdicts, fitting: list[Sample], testing: list[Sample], fit: learning.Fit, found: Comparison
) -> dict[str, Any]:
    return {
        "verdicts": len(known.samples),
        "fits": sum(s.fits for s in known.samples),
        "needs": len({s.need for s in known.samples}),
        "people": known.people,
        "no_label": known.no_label,
        "lost": known.lost,
        "fitting": len(fitting),
        "testing": len(testing),
        "tested_needs": found.needs,
        "strength": fit.strength,
        "validated": {str(strength): round(value, 4) for strength, value in fit.validated.items()},
        **{
            name: round(getattr(found, name), 4)
            for name in ("ndcg_before", "ndcg_after", "auc_before", "auc_after", "low", "high")
        },
    }


def _shares(before: Mapping[str, float], after: Mapping[str, float], samples: list[Sample]) -> dict[str, float]:
    """Of the pairs that fit, and of those that do not, how many are rated high enough to be shown at once."""
    found = {}
    for name, weights in (("before", before), ("after", after)):
        for kind, wanted in (("fit", True), ("unfit", False)):
            shown = [100 * rated(weights, s.values) >= RELEVANT for s in samples if s.fits is wanted]
            found[f"shown_{kind}_{name}"] = round(sum(shown) / len(shown), 4) if shown else 0.0
    return found


def _with_report(version: Weights) -> Weights:
    version.report = report(version)
    return version


def report(version: Weights) -> str:
    """The training in words and tables, as Markdown."""
    f = version.figures
    unfit, gain = f["verdicts"] - f["fits"], f["ndcg_after"] - f["ndcg_before"]
    name = f"w{version.rival.version}" if version.rival else WRITTEN
    rows = "\n".join(
        f"| {NAMES.get(n, n)} | {old:.3f} | {version.weights[n]:.3f} | {version.weights[n] - old:+.3f} |"
        for n, old in version.before.items()
    )
    verdict = "可以启用：在留出的需求上胜过现行权重。" if version.better else f"不启用：{'；'.join(f['obstacles'])}。"
    return f"""# 匹配权重 w{version.version}

{version.trained_at:%Y-%m-%d %H:%M}（世界时）训练，与{name}比较。

{verdict}

## 用了什么

- 评判 {f["verdicts"]} 条（合适 {f["fits"]}，不合适 {unfit}），涉及 {f["needs"]} 条需求、{f["people"]} 位评判人。
- 没有用的：因“已经试过或已了解”判不合适的 {f["no_label"]} 条；找不回特征的 {f["lost"]} 条。
- 用于拟合 {f["fitting"]} 条，留出检验 {f["testing"]} 条；同一条需求只在一边。
- 交叉验证选定的强度 {f["strength"]}（越大越放手离开现行权重）。

## 结果（留出的 {f["tested_needs"]} 条需求）

| | 现行 | 训练得出 |
|---|---|---|
| nDCG@10 | {f["ndcg_before"]:.3f} | {f["ndcg_after"]:.3f} |
| AUC | {f["auc_before"]:.3f} | {f["auc_after"]:.3f} |
| 判合适的，分数够得上直接列出 | {f["shown_fit_before"]:.0%} | {f["shown_fit_after"]:.0%} |
| 判不合适的，分数够得上直接列出 | {f["shown_unfit_before"]:.0%} | {f["shown_unfit_after"]:.0%} |

nDCG@10 变化 {gain:+.3f}，95% 区间 {f["low"]:+.3f} 至 {f["high"]:+.3f}（按需求配对自助法）。

## 权重

| 特征 | 现行 | 训练得出 | 变化 |
|---|---|---|---|
{rows}
"""
