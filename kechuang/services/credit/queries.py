"""白名单查询: the version in force, whom banks see, what a firm may appeal, what changed between two versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from kechuang.core.audit.models import Event
from kechuang.core.dossier import access as dossier
from kechuang.core.dossier.models import Consent, IntegrityEntry
from kechuang.core.dossier.queries import in_force
from kechuang.core.parties.models import Party, Post
from kechuang.core.parties.queries import parties_of
from kechuang.core.policy.models import PackVersion
from kechuang.core.policy.queries import version_on
from kechuang.core.vocab.calendar import calendar
from kechuang.core.vocab.region import region
from kechuang.services.credit import access
from kechuang.services.credit.models import Appeal, CreditList, Entry

# Our own choice where the region says nothing: no source sets them.
PACK, MONTHS, APPEAL_DAYS = "cn-credit-list", 6, 10
PARTS = ["standing"]  # the part of the file on which the list rests: qualifications and integrity
VIEW = "view"


def _set(name: str, otherwise: Any) -> Any:
    return region().get("credit", {}).get(name, otherwise)


def pack_code() -> str:
    """The code of the rule pack of the list."""
    return str(_set("pack", PACK))


def months() -> int:
    """How long a version usually holds."""
    return int(_set("months", MONTHS))


def appeal_days() -> int:
    """Within how many working days after the publication a firm may appeal."""
    return int(_set("appeal_days", APPEAL_DAYS))


def rule_on(on: date) -> PackVersion | None:
    """The version of the rule in force on a day."""
    return version_on(pack_code(), on)


def lists(user: Any) -> QuerySet[CreditList]:
    """The versions that the user may see, the newest first."""
    return access.see_list.filter(user, CreditList.objects.select_related("version", "by", "approver", "based_on"))


def newest() -> CreditList | None:
    """The version published last, valid or not."""
    rows = CreditList.objects.filter(state=CreditList.State.PUBLISHED).select_related("version")
    return rows.order_by("-number").first()


def current(today: date) -> CreditList | None:
    """The version that is valid on a day; an older one does not come back when a newer one has expired."""
    found = newest()
    return found if found is not None and found.on <= today < found.valid_until else None


def barred(*days: date) -> set[int]:
    """The organisations that an integrity decision blocks on one of the days."""
    found: set[int] = set()
    for day in days:
        rows = IntegrityEntry.objects.filter(in_force(day), party__isnull=False)
        found |= set(rows.values_list("party", flat=True))
    return found


def standing(found: CreditList, today: date) -> QuerySet[Entry]:
    """Who is in now: in the version, not taken out since, and not blocked today, whether the clock has run or not."""
    rows = Entry.objects.filter(edition=found, group=Entry.Group.IN, left_at=None)
    return rows.exclude(party__in=barred(today))


def consents(user: Any, today: date) -> QuerySet[Consent]:
    """The consents that show a result to this reader; to officers all that show it to some financial institution."""
    rows = dossier.consents_of(user, today)
    if not access.is_bank(user):
        rows = Consent.objects.filter(withdrawn_at=None, since__lte=today, until__gt=today)
        rows = rows.filter(to_role=Post.Role.FINANCIER) | rows.filter(to_party__kind="finance")
    return rows.filter(groups__contains=PARTS)


def shown_to(user: Any, found: CreditList, today: date, *, q: str = "", district: str = "") -> QuerySet[Entry]:
    """The firms that a bank sees: in, and with a consent that names it or its role."""
    rows = standing(found, today).filter(party__in=consents(user, today).values("party"))
    rows = rows.filter(party__name__icontains=q) if q else rows
    rows = rows.filter(district=district) if district else rows
    return rows.select_related("party").order_by("party__name", "pk")


def entries(user: Any, found: CreditList, group: str = "", district: str = "", q: str = "") -> QuerySet[Entry]:
    """What a version says of the firms in an officer's scope."""
    rows = access.see_entry.filter(user, Entry.objects.filter(edition=found)).select_related("party")
    rows = rows.filter(group=group) if group else rows
    rows = rows.filter(district=district) if district else rows
    return (rows.filter(party__name__icontains=q) if q else rows).order_by("party__name", "pk")


def counts(rows: QuerySet[Entry]) -> dict[str, int]:
    """How many are in each group."""
    found = dict(rows.order_by().values_list("group").annotate(n=Count("pk")))
    return {group: found.get(group, 0) for group in Entry.Group.values}


def by_district(rows: QuerySet[Entry]) -> list[tuple[str, dict[str, int]]]:
    """The groups by district."""
    found: dict[str, dict[str, int]] = {}
    for district, group, n in rows.order_by().values_list("district", "group").annotate(n=Count("pk")):
        found.setdefault(district, dict.fromkeys(Entry.Group.values, 0))[group] = n
    return sorted(found.items())


@dataclass(frozen=True)
class Difference:
    """两版差别: who enters and who leaves, each with what the other version said of it, and how many they are."""

    enters: list[tuple[Entry, Entry | None]]
    leaves: list[tuple[Entry, Entry | None]]
    stays: int
    entering: int
    leaving: int


def difference(user: Any, old: CreditList | None, new: CreditList, most: int | None = None) -> Difference:
    """What changes from one version to another, in the user's scope; not more than ``most`` each way are named."""
    before, after = _in(user, old), _in(user, new)
    enters = _entries(user, new, after - before, most)
    leaves = _entries(user, old, before - after, most)
    was = _of(old, [entry.party_id for entry in enters])
    now = _of(new, [entry.party_id for entry in leaves])
    return Difference(
        [(entry, was.get(entry.party_id)) for entry in enters],
        [(entry, now.get(entry.party_id)) for entry in leaves],
        len(before & after),
        len(after - before),
        len(before - after),
    )


def _in(user: Any, found: CreditList | None) -> set[int]:
    """The numbers of the firms that are in a version."""
    if found is None:
        return set()
    rows = entries(user, found, Entry.Group.IN).filter(left_at=None)
    return set(rows.order_by().values_list("party", flat=True))


def _entries(user: Any, found: CreditList | None, parties: set[int], most: int | None) -> list[Entry]:
    if found is None or not parties:
        return []
    return list(entries(user, found).filter(party__in=parties)[:most])


def _of(found: CreditList | None, parties: list[int]) -> Mapping[int, Entry]:
    rows = Entry.objects.filter(edition=found, party__in=parties) if found is not None else Entry.objects.none()
    return {entry.party_id: entry for entry in rows}


def to_approve(user: Any) -> QuerySet[CreditList]:
    """The versions that wait for this officer."""
    return access.approve_list.filter(user, CreditList.objects.all())


def history(party: Party) -> QuerySet[Entry]:
    """What the published versions said of a firm, the newest first."""
    rows = Entry.objects.filter(party=party, edition__state=CreditList.State.PUBLISHED)
    return rows.select_related("edition__version", "party").order_by("-edition__number")


def appeal_until(found: CreditList) -> date | None:
    """The last day on which a firm may appeal against a version."""
    if found.published_at is None:
        return None
    return calendar().after(timezone.localdate(found.published_at), appeal_days())


def appeal_of(entry: Entry) -> Appeal | None:
    """The appeal against a result that was not withdrawn."""
    return Appeal.objects.filter(entry=entry, withdrawn_at=None).select_related("case").first()


def own_firms(user: Any) -> list[Party]:
    """The user's enterprises."""
    return list(parties_of(user).filter(kind="enterprise").order_by("pk"))


def views_of(party: Party) -> QuerySet[Event]:
    """Who has looked at the list with this firm in it, the newest first."""
    rows = Event.objects.filter(subject=CreditList._meta.label_lower, verb=VIEW, after__parties__contains=[party.pk])
    return rows.order_by("-id")
