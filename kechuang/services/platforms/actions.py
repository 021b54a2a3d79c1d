"""平台写入: the contact person of a platform."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.market.access import edit_listing
from kechuang.core.market.models import Offer
from kechuang.kit.refusal import NotAllowed
from kechuang.services.platforms.models import PlatformContact

FIELDS = ("name", "title", "phone", "email")


@transaction.atomic
def save_contact(*, platform: Offer, content: dict[str, Any], by: Any, now: datetime) -> PlatformContact:
    """Name or change the contact of a platform; ``by`` None is the demo. The event keeps no phone and no address."""
    platform = Offer.objects.select_for_update(of=("self",)).get(pk=platform.pk)
    if by is not None and not edit_listing.check(by, platform):
        raise NotAllowed(_("平台联系人由平台所在单位的经办人填写。"))
    before = PlatformContact.objects.filter(offer=platform).first()
    contact, _new = PlatformContact.objects.update_or_create(
        offer=platform, defaults={name: content[name] for name in FIELDS} | {"saved_at": now, "saved_by": by}
    )
    after = {"name": contact.name, "title": contact.title}
    record(platform, "contact", by=by, now=now, before={"name": before.name} if before else None, after=after)
    return contact
