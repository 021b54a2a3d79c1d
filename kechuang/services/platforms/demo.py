"""演示平台联系人: a fictional contact for every fictional platform, at numbers and addresses that nobody has."""

from collections.abc import Callable
from datetime import datetime

from kechuang.core.market.models import Offer
from kechuang.services.platforms.actions import save_contact

NAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹"


def load(now: datetime, progress: Callable[[str, int, int], None]) -> int:
    """Enter the contacts that are missing; returns how many."""
    rows = Offer.objects.filter(service="platforms", fictional=True, platform_contact=None).order_by("code")
    for number, platform in enumerate(rows):
        content = {
            "name": f"示例{NAMES[number % len(NAMES)]}老师",
            "title": platform.contact or "平台联络员",
            "phone": f"0532-0000{number:04d}",
            "email": f"{platform.code.lower() or 'platform'}@demo.example",
        }
        save_contact(platform=platform, content=content, by=None, now=now)
    return len(rows)
