"""基准语句 baseline: sentences of many fields in Chinese and English, to measure the encoder and centre its vectors."""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Sentences:
    """语句: what one script's queries, documents and titles look like."""

    queries: tuple[str, ...]
    passages: tuple[str, ...]
    titles: tuple[str, ...]


def _read() -> dict[str, Sentences]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {
        script: Sentences(**{kind: tuple(texts) for kind, texts in kinds.items()}) for script, kinds in data.items()
    }


BASELINE = _read()  # by script: "han", "other"
