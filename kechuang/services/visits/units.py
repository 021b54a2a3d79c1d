"""走访单位 units: in whose name somebody visits: an office of the bureau, or her own organisation."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kechuang.core.parties.access import posts
from kechuang.core.parties.models import Party, Post
from kechuang.core.parties.queries import parties_of
from kechuang.core.vocab import queries as vocab
from kechuang.core.vocab.region import region

GUESTS = (Post.Role.BROKER, Post.Role.PLATFORM_HEAD)


@dataclass(frozen=True)
class Unit:
    """走访单位: an organisation, or without one the office of the bureau for a district (empty: the city)."""

    party: Party | None
    office: str = ""

    @property
    def key(self) -> str:
        """How forms and addresses name it."""
        return f"p{self.party.pk}" if self.party is not None else f"o{self.office}"

    @property
    def label(self) -> str:
        """What it is called."""
        if self.party is not None:
            return self.party.name
        if self.office:
            return _("%(district)s科技主管部门") % {"district": vocab.label("district", self.office)}
        return vocab.label("authority", region()["authorities"]["lead"])


def units_of(user: Any) -> list[Unit]:
    """In whose name the user may visit: officers for their office, brokers and platform heads for theirs."""
    if not user.is_authenticated:
        return []
    offices = posts(user, Post.Role.OFFICER).order_by("district").values_list("district", flat=True)
    found = [Unit(None, district) for district in offices]
    if any(posts(user, role).exists() for role in GUESTS):
        found += [Unit(party) for party in parties_of(user).exclude(kind__in=("person", "government")).order_by("pk")]
    return found


def unit_of(row: Any) -> Unit:
    """The unit of a visit or of somebody who goes along."""
    return Unit(row.unit, row.office)


def unit_called(key: str) -> Unit | None:
    """The unit that an address names."""
    number = key[1:]
    if key.startswith("o"):
        return Unit(None, number) if not number or number in vocab.labels("district") else None
    if key.startswith("p") and number.isascii() and number.isdigit() and len(number) < 10:
        party = Party.objects.filter(pk=int(number)).first()
        return Unit(party) if party is not None else None
    return None
