"""征求意见权限: officers of the place prepare, moderate and answer; everybody or those invited read and comment."""

from typing import Any

from django.db.models import Q

from kechuang.core.cases.access import officer
from kechuang.core.parties import access as parties
from kechuang.kit.access import Rule, signed_in
from kechuang.services.consultations.models import Comment, Consultation, Invitation

PUBLIC_STATES = ("open", "answering", "published")
# Of a comment: what nobody but its author and the officers sees; where an answer is still to come; answered ones.
HIDDEN = ("held", "hidden", "withdrawn")
WAITING = ("held", "waiting")

# Of a case of either kind.
handles = officer


def _invited(user: Any) -> Q:
    asked = Invitation.objects.filter(party__in=parties.my_parties(user)).values("consultation")
    return Q(pk__in=asked, case__state__in=PUBLIC_STATES)


# Of a consultation.
manage = parties.officer_of("case__district")
open_to_all = Rule(lambda _user: Q(audience=Consultation.Audience.ALL, case__state__in=PUBLIC_STATES))
see = open_to_all | signed_in(_invited) | manage
edit = manage & Rule(lambda _user: Q(case__state="drafting"))
add_stage = manage & Rule(lambda _user: Q(case__state__in=("drafting", "open", "answering")))
comment_on = see & Rule(lambda _user: Q(case__state="open"))

# Of a comment. What is shown is shown to those who see the consultation.
answers = parties.officer_of("case__district")
own_comment = signed_in(
    lambda user: Q(user=user) & (Q(party=None) | Q(party__in=parties.my_parties(user)))
) | signed_in(lambda user: Q(party__in=parties.my_parties(user)))
shown = Rule(lambda _user: ~Q(case__state__in=HIDDEN))


def _of_seen(user: Any) -> Q:
    seen = see.filter(user, Consultation.objects.all()).values("pk")
    return Q(consultation__in=seen)


see_comment = (shown & Rule(_of_seen)) | own_comment | answers

# Of a comment's case: its author takes it back; an answer is changed until the table is published.
withdraws = signed_in(lambda user: Q(comment__in=own_comment.filter(user, Comment.objects.all()).values("pk")))
not_published = Rule(
    lambda _user: ~Q(comment__consultation__case__state__in=("published", "dropped")) & ~Q(comment=None)
)
# Those who have commented see the case of their comment.
viewers = withdraws
