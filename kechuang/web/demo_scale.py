"""放大演示城市: more fictional records for load tests, recombined from the written ones with a seed."""

import random
import re
from typing import Any

from kechuang.core.parties.models import Party
from kechuang.kit.text import sentences
from kechuang.web.demo import DemoCity, read_rows

# The size that the sources give (seeds 000 and 002).
FULL = {"enterprises": 9777, "achievements": 3200, "needs": 900, "brokers": 2200}
LARGEST_SCALE = 10
_NUMBER = re.compile(r"(?<![A-Za-z\d.])\d{2,4}(?![\d.])")
Row = dict[str, Any]


def grow(city: DemoCity, scale: int, seed: int) -> dict[str, int]:
    """Grow the city to ``scale`` tenths of the sources' size; the same seed gives the same records."""
    made = {"enterprises": _enterprises(city, _wanted("enterprises", scale, len(city.parties)))}
    for service in ("achievements", "needs", "brokers"):
        rows = list(read_rows(city.folder, f"{service}*.jsonl"))
        dice = random.Random(f"{seed}:{service}")  # noqa: S311 - reproducible, not secret
        more = [_variant(dice, rows, service, n) for n in range(len(rows), _wanted(service, scale, len(rows)))]
        made[service] = city.listings(service, more)
    return made


def _wanted(what: str, scale: int, base: int) -> int:
    return base + (FULL[what] - base) * (scale - 1) // (LARGEST_SCALE - 1)


def _enterprises(city: DemoCity, wanted: int) -> int:
    """Enterprises without login or credit code; load tests count and list them."""
    there = Party.objects.filter(fictional=True, kind="enterprise").count()
    models = [p for p in city.parties.values() if p.kind == "enterprise"]
    new = [
        Party(
            kind="enterprise",
            name=f"{model.name}（规模测试 {n}）",
            district=model.district,
            industries=model.industries,
            fictional=True,
            created_at=city.now,
        )
        for n in range(there, wanted)
        for model in (models[n % len(models)],)
    ]
    Party.objects.bulk_create(new, batch_size=1000)
    return len(new)


def _variant(dice: random.Random, rows: list[Row], service: str, number: int) -> Row:
    """A record of one written record's kind, with sentences of two others from the same industry."""
    base = dice.choice(rows)
    key = "specialties" if service == "brokers" else "industry"
    kin = [r for r in rows if set(r[key]) & set(base[key])] or rows
    parts = sentences(base["text"]) + sentences(dice.choice(kin)["text"])[:2] + sentences(dice.choice(kin)["text"])[-2:]
    dice.shuffle(parts)
    row = base | {"code": f"KC-S-{service[0].upper()}-{number:05d}", "text": _other_numbers(dice, "".join(parts))}
    if service == "brokers":
        return row | {"name": f"示例经纪{number}"}
    return row | {"title": f"{base['title']}（规模测试 {number}）"[:120], "district": dice.choice(rows)["district"]}


def _other_numbers(dice: random.Random, text: str) -> str:
    return _NUMBER.sub(lambda m: str(max(2, round(int(m.group()) * dice.uniform(0.7, 1.4)))), text)
