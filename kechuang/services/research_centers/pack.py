"""云上研发中心数据包: the definition of the coverage with which a city starts; its officers change it on the page."""

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

from kechuang.kit.refusal import Refusal
from kechuang.services.research_centers.coverage import CONTENT, define, definition


def load(folder: Path, *, now: datetime) -> int:
    """Load ``research_centers.toml`` where there is no definition yet; a changed one is left alone."""
    path = folder / "research_centers.toml"
    if not path.exists() or definition() is not None:
        return 0
    try:
        given: dict[str, Any] = tomllib.loads(path.read_text("utf-8")).get("coverage", {})
    except tomllib.TOMLDecodeError as error:
        raise Refusal(f"{path.name} 无法解析：{error}") from error
    missing = [name for name in CONTENT if name not in given]
    if missing:
        raise Refusal(f"{path.name} 的覆盖率口径缺少 {'、'.join(missing)}。")
    define(content=given, seen=0, by=None, now=now)
    return 1
