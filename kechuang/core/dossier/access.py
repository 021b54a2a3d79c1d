"""档案权限: who sees a file, which groups of it, who fills it in, who settles what sources disagree on."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kechuang.core.dossier.facts import groups
from kechuang.core.dossier.models import Consent, Dispute, IntegrityEntry
from kechuang.core.parties import access as parties
from kechuang.core.parties.models import Party, Post
from kechuang.kit.access import Rule, signed_in
from kechuang.kit.refusal import NotAllowed

# Of a party.
fill_file = parties.acts_for
check_file = parties.supervises
own_or_checked = fill_file | check_file


def consents_of(user: Any, on: date) -> QuerySet[Consent]:
    """The consents in force on a date that name the user's organisations, or a role that she holds."""
    posts = Post.objects.none() if parties.narrowed(user) else Post.objects.filter(user=user, until=None)
    roles = set(posts.values_list("role", flat=True))
    mine = Q(to_party__in=parties.my_parties(user)) | Q(to_party__in=posts.exclude(party=None).values("party"))
    rows = Consent.objects.filter(mine | Q(to_role__in=roles), withdrawn_at=None)
    return rows.filter(since__lte=on, until__gt=on)


def see_file(on: date) -> Rule:
    """看档案: the enterprise's own people, the officers of its district, and those to whom it consented."""
    consented = signed_in(lambda user: Q(pk__in=consents_of(user, on).values("party_id")))
    return own_or_checked | consented


def groups_for(user: Any, party: Party, on: date) -> frozenset[str]:
    """The parts of a file that the user may see on a date."""
    if own_or_checked.check(user, party):
        return frozenset(groups())
    if not user.is_authenticated:
        return frozenset()
    seen = consents_of(user, on).filter(party=party).values_list("groups", flat=True)
    return frozenset(code for some in seen for code in some)


def is_own(user: Any, party: Party) -> bool:
    """Whether the user acts for the enterprise: her looks are not noted."""
    return fill_file.check(user, party)


# Of a dispute, a consent, an integrity record.
see_dispute: Rule = signed_in(lambda user: Q(party__in=own_or_checked.filter(user, Party.objects.all())))
settle_dispute: Rule = signed_in(lambda user: Q(party__in=check_file.filter(user, Party.objects.all())))
give_consent: Rule = signed_in(lambda user: Q(party__in=parties.administered(user)))
see_integrity: Rule = (
    signed_in(lambda user: Q(party__in=own_or_checked.filter(user, Party.objects.all())))
    | signed_in(lambda user: Q(user=user))
    | signed_in(lambda user: ~Q(user=None) if parties.is_city_officer(user) else Q(pk__in=()))
)


def visible_disputes(user: Any) -> QuerySet[Dispute]:
    """The disputes that the user may see."""
    return see_dispute.filter(user, Dispute.objects.select_related("party", "settled_by"))


def visible_integrity(user: Any) -> QuerySet[IntegrityEntry]:
    """The integrity records whose detail the user may see."""
    return see_integrity.filter(user, IntegrityEntry.objects.select_related("party", "user"))


def require_source(user: Any, party: Party, source: str) -> None:
    """An enterprise states its own figures; other sources are entered by the officers of its district or the city."""
    own = source == "enterprise"
    if own and not fill_file.check(user, party):
        raise NotAllowed(_("企业填报的数据由本单位的经办人填写。您可以在“我的单位”中申请加入该单位。"))
    if not own and not check_file.check(user, party):
        raise NotAllowed(_("税务、统计等来源的数据由该单位所在区市或市级主管部门录入。"))
