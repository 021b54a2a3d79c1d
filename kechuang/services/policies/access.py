"""政策库权限: questions are answered by the officers of the asker's place; documents are kept by those of theirs."""

from typing import Any

from django.db.models import Q

from kechuang.core.cases.access import applicant
from kechuang.core.parties.access import holds_office, is_city_officer, officer_of, posts
from kechuang.core.parties.models import Post
from kechuang.kit.access import EVERYTHING, NOTHING, Rule, signed_in

answers_question = officer_of("district")
# What a visitor suggested without login may be set aside, because nobody waits for it under her name.
of_visitor = answers_question & Rule(lambda _user: Q(data__has_key="token"))

# Only who asked takes a question back; the bureau that keeps a visitor's suggestion has not asked.
own_question = applicant & Rule(lambda _user: ~Q(data__has_key="token"))


def _kept(user: Any) -> Q:
    if is_city_officer(user):
        return EVERYTHING
    if not holds_office(user):
        return NOTHING
    return Q(level="district", district__in=posts(user, Post.Role.OFFICER).values_list("district", flat=True))


keeps_document = signed_in(_kept)
own_subscription = signed_in(lambda user: Q(user=user))
