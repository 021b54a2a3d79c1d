"""办件权限: applicant, officer and who else may see or move a case."""

from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext as _

from kechuang.core.cases.models import Case
from kechuang.core.catalogue.models import Service, all_services, get
from kechuang.core.disclosure.access import may_read
from kechuang.core.market.access import public
from kechuang.core.market.kinds import listing_kinds
from kechuang.core.market.models import Need, Offer, Tier
from kechuang.core.parties import access as parties
from kechuang.core.parties.models import Party, Post
from kechuang.core.parties.queries import parties_in_roles
from kechuang.core.taskforces.access import member_of
from kechuang.kit.access import NOTHING, Rule, signed_in
from kechuang.kit.refusal import NotAllowed

applicant = signed_in(lambda user: Q(applicant__in=parties.my_parties(user)))
officer = parties.officer_of("district") & Rule(lambda _user: ~Q(state="draft"))
broker = parties.holder_of(Post.Role.BROKER)
# A broker sees what concerns a need (to word it better), not other people's achievements under review, nor the
# dealings of two sides.
need_broker = signed_in(lambda _user: Q(need__isnull=False, offer=None) & ~Q(state="draft")) & broker
# Cases between two sides, the applicant and the party of an offer that is not hers: the other side, the people of the
# task force, and the broker who proposed it.
PAIR = Q(offer__isnull=False) & ~Q(applicant=F("offer__party"))
counterpart = signed_in(lambda user: PAIR & Q(offer__party__in=parties.my_parties(user)))
team = member_of("task_force")
proposer = signed_in(lambda user: PAIR & Q(opened_by=user)) & broker
# Whoever has a case in her to-do can open it.
assignee = signed_in(lambda user: Q(assignee=user))


def _declared(user: Any) -> Q:
    found = NOTHING
    for service in all_services():
        if service.viewers is not None:
            found |= Q(service=service.code) & service.viewers.q(user)
    return found


# Whom a row lets see its cases besides.
declared = signed_in(_declared)
view_case = applicant | officer | need_broker | assignee | counterpart | team | proposer | declared
handle_case = officer
add_material = applicant | officer | counterpart | team


def publications() -> list[str]:
    """The services whose cases publish a listing; in all others the materials stay among those who take part."""
    return [kind.service for kind in listing_kinds()]


def _of_tier(user: Any, tier: str) -> Q:
    """Materials of this tier of public listings, in the case by which the listing was published and in no other."""
    rule = public & may_read(tier)
    offers = Q(case__offer__in=rule.filter(user, Offer.objects.all()))
    needs = Q(case__need__in=rule.filter(user, Need.objects.all()))
    return Q(tier=tier, removed_at=None, case__service__in=publications()) & (offers | needs)


# Those who take part open every material of their cases; the task force of a listing reads it by tiers like others.
view_material = (
    signed_in(lambda user: Q(case__applicant__in=parties.my_parties(user)))
    | signed_in(lambda user: Q(case__offer__party__in=parties.my_parties(user)))
    | member_of("case__task_force") & Rule(lambda _user: ~Q(case__service__in=publications()))
    | signed_in(lambda user: Q(case__in=declared.filter(user, Case.objects.all())))
    | parties.officer_of("case__district")
    | Rule(lambda user: _of_tier(user, Tier.PUBLIC))
    | signed_in(lambda user: _of_tier(user, Tier.SIGNED_IN) | _of_tier(user, Tier.NDA))
)
# One's own side takes a material back; what an officer or the task force put in is theirs.
own_material = signed_in(
    lambda user: Q(document__party__in=parties.my_parties(user)) | Q(document__party=None, document__uploaded_by=user)
) | (Rule(lambda _user: Q(document__party=None)) & parties.officer_of("case__district"))


def _locked(_user: Any) -> Q:
    found = NOTHING
    for service in all_services():
        flow = service.workflow
        found |= Q(case__service=service.code, case__state__in=[n for n in flow.states if flow.is_locked(n)])
    return found


# What a decision rests on stays, whoever handed it in.
remove_material = own_material & Rule(lambda user: ~_locked(user))

# What a side has handed in for its listing it may show to more or to fewer; everything else stays in its case.
change_tier = signed_in(lambda user: Q(document__party__in=parties.my_parties(user))) & Rule(
    lambda _user: Q(case__service__in=publications(), removed_at=None)
)

answer_satisfaction = signed_in(lambda user: Q(case__applicant__in=parties.my_parties(user)))
view_satisfaction = parties.officer_of("district")

view_import = signed_in(lambda user: Q(created_by=user))


def importable(user: Any) -> list[Service]:
    """The services under which the user can import: for an own organisation, or for the city."""
    return [s for s in all_services() if s.form and _may_import(user, s)]


def _may_import(user: Any, service: Service) -> bool:
    return user.is_authenticated and (
        parties.is_city_officer(user) or parties_in_roles(user, service.audience).exists()
    )


def require_importer(user: Any, service: str) -> None:
    """Raise NotAllowed unless the user can import anything under this service."""
    if not _may_import(user, get(service)):
        raise NotAllowed(_("批量导入由发布单位的经办人或市级主管部门办理。请先在“我的单位”中申请加入您的单位。"))


def require_import(user: Any, service: str, party: Party | None, *, register: bool) -> None:
    """Raise NotAllowed unless the user may import for this party: its people, or officers taking over a register."""
    require_importer(user, service)
    if register and not parties.is_city_officer(user):
        raise NotAllowed(_("只有市级主管部门可以代单位接收登记簿。"))
    mine = party is not None and parties_in_roles(user, get(service).audience).filter(pk=party.pk).exists()
    if not register and not mine:
        raise NotAllowed(_("您不是该单位的经办人，不能代其导入。"))
