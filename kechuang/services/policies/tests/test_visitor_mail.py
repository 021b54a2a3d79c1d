"""访客邮件: who suggested something without login and left an e-mail address is written to once, with the answer."""

import pytest
from django.conf import settings
from django.core import mail

from kechuang.core.cases.actions import advance
from kechuang.core.notices.actions import deliver_due, mail_of, tell_visitor
from kechuang.core.notices.models import Delivery
from kechuang.core.policy.loading import load_policies
from tests.city import NOW, build
from tests.reading import suggested

pytestmark = pytest.mark.django_db
ANNA = "anna@visitor.example"


def test_an_answered_suggestion_is_told_by_one_mail_with_the_way_to_it() -> None:
    city = build()
    load_policies(folder=settings.PACKS_DIR / "national", now=NOW)
    mine, other = (
        suggested("口径写得不清楚", contact=ANNA),
        suggested("没有留邮箱", contact=f"青岛 {ANNA}"),
    )
    for case in (mine, other):
        advance(case=case, step="answer", by=city.officer, now=NOW, note="以报告期末为准。")
    for _twice in range(2):
        deliver_due(now=NOW, site_url="https://city.example")
    sent = [one for one in mail.outbox if ANNA in one.to]
    assert len(sent) == 1
    assert f"https://city.example/policies/suggestions/{mine.data['token']}/" in sent[0].body
    discarded = suggested("广告", contact=ANNA)
    advance(case=discarded, step="discard", by=city.officer, now=NOW, reason="advert")
    assert Delivery.objects.filter(visitor__isnull=False).count() == 1


def test_only_a_plain_address_is_one_and_the_same_thing_is_told_once() -> None:
    assert mail_of(" a@b.example ") == "a@b.example"
    for contact in ("", "13900000000", "a@b.example, c@d.example", "a@b.example\nBcc: c@d.example", "微信 a@b"):
        assert mail_of(contact) == ""
    for _twice in range(2):
        tell_visitor(contact="a@b.example", text="词", urls=["/x/"], key="k", now=NOW)
    assert Delivery.objects.count() == 1
