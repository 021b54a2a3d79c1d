"""档案时钟 clock: one case for each organisation whose sources disagree; it ends when nothing is left to settle."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from kechuang.core.cases.actions import advance, open_case
from kechuang.core.cases.models import Case
from kechuang.core.dossier.models import Dispute
from kechuang.core.dossier.reporting import lock
from kechuang.core.parties.models import Party
from kechuang.kit.language import main_language

CODE, CHECKING = "dossiers", "checking"


def keep_cases(*, now: datetime, parties: Collection[int] | None = None) -> int:
    """Open and end the cases of these organisations, or of all; returns how many changed. Twice changes nothing."""
    unsettled = Dispute.objects.filter(party=OuterRef("pk"), settled_at=None)
    running = Case.objects.filter(service=CODE, state=CHECKING, applicant=OuterRef("pk"))
    rows = Party.objects.annotate(unsettled=Exists(unsettled), running=Exists(running))
    rows = rows if parties is None else rows.filter(pk__in=parties)
    changed = 0
    for party in rows.filter(unsettled=True, running=False):
        changed += _open(party, now)
    for party in rows.filter(unsettled=False, running=True):
        for case in Case.objects.filter(service=CODE, state=CHECKING, applicant=party):
            advance(case=case, step="agree", by=None, now=now)
            changed += 1
    return changed


@transaction.atomic
def _open(party: Party, now: datetime) -> bool:
    lock([party.pk])
    if Case.objects.filter(service=CODE, state=CHECKING, applicant=party).exists():
        return False
    with main_language():
        title = _("核对来源不一致的数据：%(name)s") % {"name": party.name}
    open_case(service=CODE, applicant=party, by=None, now=now, district=party.district, data={"title": title})
    return True


def tick(*, now: datetime) -> int:
    """What imports and other rows have left to be opened or ended."""
    return keep_cases(now=now)
