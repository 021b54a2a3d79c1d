"""地区包: what the region's pack says about itself (region.toml)."""

import tomllib
from functools import lru_cache
from typing import Any

from django.conf import settings


@lru_cache(maxsize=1)
def region() -> dict[str, Any]:
    """The region's name, banner, footer and published figures."""
    path = settings.PACKS_DIR / settings.REGION / "region.toml"
    return tomllib.loads(path.read_text("utf-8"))
