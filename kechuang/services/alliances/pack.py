"""联盟数据包: loads the alliances that a region's pack names."""

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from kechuang.core.audit.actions import record
from kechuang.kit.refusal import Refusal
from kechuang.services.alliances.models import Alliance

# What the pack decides; purpose, charter, secretariat and contact are kept by the people of the alliance.
FROM_PACK = ("name", "district", "founded_on", "figures", "source", "text_status")
REQUIRED = ("code", "name", "source", "text_status")


@transaction.atomic
def load(folder: Path, *, now: datetime) -> int:
    """Load ``alliances.toml``; running it again brings the published facts up to date and leaves the rest alone."""
    path = folder / "alliances.toml"
    if not path.exists():
        return 0
    try:
        entries: list[dict[str, Any]] = tomllib.loads(path.read_text("utf-8")).get("alliance", [])
    except tomllib.TOMLDecodeError as error:
        raise Refusal(f"{path.name} 无法解析：{error}") from error
    for number, entry in enumerate(entries, 1):
        missing = [name for name in REQUIRED if not entry.get(name)]
        if missing:
            raise Refusal(f"{path.name} 第 {number} 个联盟缺少 {'、'.join(missing)}。")
        facts = {name: entry[name] for name in FROM_PACK if name in entry}
        alliance, created = Alliance.objects.get_or_create(
            code=entry["code"], defaults=facts | {"purpose": entry.get("purpose", "")}
        )
        before = {name: getattr(alliance, name) for name in facts}
        if created or before != facts:
            for name, value in facts.items():
                setattr(alliance, name, value)
            alliance.save(update_fields=list(facts))
            record(alliance, "load", by=None, now=now, before=None if created else before, after=facts)
    return len(entries)
