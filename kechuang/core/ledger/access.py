"""资金权限: who sees lines, orders and accounts; author, approver and payer are three people."""

from typing import Any

from django.db.models import Q

from kechuang.core.ledger.models import Account, PaymentOrder, Posting
from kechuang.core.parties.access import my_parties, officer_of, posts
from kechuang.core.parties.models import Post
from kechuang.kit.access import signed_in

# Lines, commitments, caps and batches are the bureau's; what a party was ordered and paid is also the party's.
manage_line = officer_of("district")
spend = officer_of("line__district")
view_account = signed_in(lambda user: Q(party__in=my_parties(user))) | officer_of("district")
view_posting = signed_in(lambda user: Q(account__in=view_account.filter(user, Account.objects.all())))
view_entry = signed_in(lambda user: Q(pk__in=view_posting.filter(user, Posting.objects.all()).values("entry")))

_officer = officer_of("commitment__line__district")
_not_author = signed_in(lambda user: ~Q(author=user))
_not_approver = signed_in(lambda user: Q(approver=None) | ~Q(approver=user))
view_order = signed_in(lambda user: Q(payee__in=my_parties(user))) | _officer
withdraw_order = _officer & signed_in(lambda user: Q(author=user))
approve_order = _officer & _not_author
pay_order = approve_order & _not_approver


def _mine(user: Any) -> Q:
    own = PaymentOrder.objects.exclude(batch=None).filter(Q(author=user) | Q(approver=user))
    return ~Q(pk__in=own.values("batch"))


view_batch = officer_of("district")
# The files hold whole account numbers: they are for those who may pay every order in them.
export_batch = view_batch & signed_in(_mine)


def may_open_line(user: Any, district: str) -> bool:
    """Whether the user is an officer of the district (empty: of the whole city), so that she may open a line there."""
    scopes = posts(user, Post.Role.OFFICER).values_list("district", flat=True) if user.is_authenticated else ()
    return "" in scopes or (district != "" and district in scopes)
