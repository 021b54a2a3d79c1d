"""评判样本 verdicts: the kept verdicts with the features of their pairs, as training reads them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from kechuang.core.market.models import Need
from kechuang.core.matching.models import Judgement
from kechuang.core.matching.queries import answers, asked
from kechuang.core.matching.score import ENGINE
from kechuang.core.matching.weighting import WRITTEN
from kechuang.core.matching.yardstick import Sample, values_of

# Who refuses an answer because she knows it already does not say that it does not fit.
NO_LABEL = ("known",)


@dataclass(frozen=True)
class Verdicts:
    """样本集: the samples; how many verdicts say nothing about fitting, and of how many the features are lost."""

    samples: list[Sample]
    people: int
    no_label: int
    lost: int


def verdicts(today: date) -> Verdicts:
    """All verdicts with the features that their pairs had when judged, or have now where those were not kept."""
    rows = Judgement.objects.exclude(reason__in=NO_LABEL).order_by("need", "offer", "at", "id")
    samples: list[Sample] = []
    people, lost = set(), 0
    for need, judged in groupby(rows.iterator(), key=lambda j: j.need_id):
        said = list(judged)
        now = _features_now(need, said, today)
        for j in said:
            features = j.features if _kept(j) else now.get(j.offer_id)
            if features is None:
                lost += 1
                continue
            people.add(j.by_id)
            samples.append(Sample(need, j.offer_id, values_of(features), j.fits))
    no_label = Judgement.objects.filter(reason__in=NO_LABEL).count()
    return Verdicts(samples, len(people), no_label, lost)


def _kept(verdict: Judgement) -> bool:
    """Whether the verdict has features, and of the recipe that is used now; the weights do not matter for them."""
    return bool(verdict.features) and verdict.engine.partition("/")[0] == ENGINE


def _features_now(need: int, said: Iterable[Judgement], today: date) -> dict[int, dict[str, float | None]]:
    """The features of a need's candidates as they are today; looked up only where a verdict has none."""
    if all(_kept(j) for j in said):
        return {}
    found = answers(asked(Need.objects.get(pk=need)), today, weighing=WRITTEN)
    return {a.offer.pk: a.score.features() for a in found}
