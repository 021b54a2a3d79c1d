"""Agreements in versions, their acceptance and its end; who reads which tier; the record of views."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, transaction
from django.db.models import Q

from kechuang.core.audit.queries import history
from kechuang.core.disclosure import actions, queries
from kechuang.core.disclosure.access import may_read
from kechuang.core.disclosure.models import NdaAcceptance, NdaText
from kechuang.core.market.actions import close
from kechuang.core.market.models import Tier
from kechuang.core.notices.models import Notice
from kechuang.core.parties.models import Mandate
from kechuang.kit.refusal import NotAllowed, Refusal, Stale
from tests.city import NOW, City, listing, published

LATER = NOW + timedelta(hours=1)
TEXT = "接收方应当保密。" * 40
INNER, SECRET = "试样三块，可以寄送。", "炉温曲线：升温每分钟八度。"


@pytest.fixture
def offer(city: City) -> Any:
    """A published achievement with protected texts."""
    return published(city, "achievements", inner_text=INNER, secret_text=SECRET)[0]


def seen(listing: Any) -> int:
    text = queries.text_for(listing.party)
    assert text is not None
    return text.pk


def accept(offer: Any, by: Any, behalf: Any = None) -> NdaAcceptance:
    return actions.accept(listing=offer, seen=seen(offer), behalf=behalf, by=by, now=NOW)


def own_text(city: City, text: str = TEXT) -> NdaText:
    held = queries.text_for(city.university)
    assert held is not None
    return actions.publish_text(
        party=city.university, title="本校保密协议", text=text, seen=held.pk, by=city.professor, now=NOW
    )


def test_each_tier_opens_for_those_it_is_for(city: City, offer: Any) -> None:
    accept(offer, city.expert)
    readers = {name: queries.tiers_for(user, offer) for name, user in city.people().items()}
    everything = frozenset(Tier.values)
    assert queries.tiers_for(AnonymousUser(), offer) == {Tier.PUBLIC}
    assert readers["professor"] == readers["officer"] == everything
    assert readers["expert"] == {Tier.PUBLIC, Tier.SIGNED_IN, Tier.NDA}
    # The officer of another district and the broker are readers like everybody who is signed in.
    for name in ("broker", "stranger", "engineer", "district_officer"):
        assert readers[name] == {Tier.PUBLIC, Tier.SIGNED_IN}, name


def test_what_is_withdrawn_opens_for_nobody_outside(city: City) -> None:
    row, _ = published(city, "achievements", inner_text=INNER, secret_text=SECRET)
    accept(row, city.broker)
    close(listing=row, now=LATER)
    assert not may_read(Tier.SIGNED_IN).check(city.broker, row)
    assert not may_read(Tier.NDA).check(city.broker, row)
    assert may_read(Tier.NDA).check(city.professor, row)


def test_a_draft_cannot_be_agreed_upon(city: City) -> None:
    row, _ = listing(city, "achievements", secret_text=SECRET)
    with pytest.raises(Refusal, match="不再公开"):
        accept(row, city.stranger)


def test_an_acceptance_says_who_for_whom_which_text_and_opens_all_of_that_party(city: City, offer: Any) -> None:
    other = published(city, "achievements", title="另一项成果的名称", secret_text=SECRET)[0]
    made = accept(offer, city.engineer, city.company)
    assert (made.user, made.behalf, made.party, made.offer, made.at) == (
        city.engineer,
        city.company,
        city.university,
        offer,
        NOW,
    )
    assert (made.sha256, made.text.party) == (actions.digest(made.text.text), None)
    assert may_read(Tier.NDA).check(city.engineer, other)
    assert not may_read(Tier.NDA).check(city.colleague, other)  # each person accepts for herself
    event: Any = history(offer).filter(verb="accept_nda").get()
    assert (event.by_id, event.after["sha256"]) == (city.engineer.pk, made.sha256)


def test_accepted_twice_is_accepted_once(city: City, offer: Any) -> None:
    assert accept(offer, city.broker) == accept(offer, city.broker)
    assert NdaAcceptance.objects.count() == 1


def test_who_acts_for_nobody_signs_for_nobody_else(city: City, offer: Any) -> None:
    with pytest.raises(NotAllowed):
        accept(offer, city.stranger, city.company)
    with pytest.raises(Refusal, match="无须签署"):
        accept(offer, city.professor)


def test_who_leaves_the_organisation_loses_what_she_accepted_for_it(city: City, offer: Any) -> None:
    accept(offer, city.engineer, city.company)
    Mandate.objects.filter(user=city.engineer).update(state=Mandate.State.ENDED)
    assert not may_read(Tier.NDA).check(city.engineer, offer)


def test_a_new_text_asks_again_and_the_old_acceptance_stays(city: City, offer: Any) -> None:
    read = seen(offer)
    accept(offer, city.broker)
    new = own_text(city)
    assert (new.version, new.party) == (1, city.university)
    assert not may_read(Tier.NDA).check(city.broker, offer)
    before = queries.accepted_before(city.broker, city.university)
    assert before is not None
    assert before.text.party is None
    with pytest.raises(Stale):  # the page still showed the former text
        actions.accept(listing=offer, seen=read, behalf=None, by=city.broker, now=LATER)
    accept(offer, city.broker)
    assert may_read(Tier.NDA).check(city.broker, offer)
    own_text(city, TEXT + "另加一条。")
    assert [t.version for t in queries.texts_of(city.university)] == [2, 1]
    assert not may_read(Tier.NDA).check(city.broker, offer)
    assert queries.acceptances(Q(party=city.university)).count() == 2


def test_back_to_the_citys_text_what_was_accepted_of_it_holds_again(city: City, offer: Any) -> None:
    accept(offer, city.broker)
    new = own_text(city)
    actions.drop_text(party=city.university, seen=new.pk, by=city.professor, now=LATER)
    assert may_read(Tier.NDA).check(city.broker, offer)
    with pytest.raises(Refusal, match="没有自己的文本"):
        actions.drop_text(party=city.university, seen=seen(offer), by=city.professor, now=LATER)


def test_texts_are_published_by_admins_who_saw_the_one_in_force(city: City) -> None:
    held = queries.text_for(city.company)
    assert held is not None
    given: dict[str, Any] = {"party": city.company, "title": "本公司保密协议", "text": TEXT, "now": NOW}
    for somebody in (city.colleague, city.professor, city.officer):
        with pytest.raises(NotAllowed):
            actions.publish_text(**given, seen=held.pk, by=somebody)
    new = actions.publish_text(**given, seen=held.pk, by=city.engineer)
    with pytest.raises(Stale):
        actions.publish_text(**given | {"text": TEXT * 2}, seen=held.pk, by=city.engineer)
    with pytest.raises(Refusal, match="完全相同"):
        actions.publish_text(**given, seen=new.pk, by=city.engineer)


def test_an_end_has_a_reason_reaches_the_other_side_and_holds_until_readmitted(city: City, offer: Any) -> None:
    made = accept(offer, city.engineer, city.company)
    accept(offer, city.engineer)
    with pytest.raises(NotAllowed):
        actions.end_acceptance(acceptance=made, reason="随便", by=city.engineer, now=LATER)
    with pytest.raises(Refusal, match="原因"):
        actions.end_acceptance(acceptance=made, reason=" ", by=city.professor, now=LATER)
    actions.end_acceptance(acceptance=made, reason="评估已结束", by=city.professor, now=LATER)
    assert not may_read(Tier.NDA).check(city.engineer, offer)  # whatever she signed for whomever
    assert "评估已结束" in Notice.objects.get(user=city.engineer, key=f"nda:{made.pk}:end").text
    with pytest.raises(NotAllowed, match="评估已结束"):
        accept(offer, city.engineer)
    with pytest.raises(Stale):
        actions.end_acceptance(acceptance=made, reason="再来", by=city.professor, now=LATER)
    actions.readmit(acceptance=made, by=city.professor, now=LATER)
    accept(offer, city.engineer)
    assert may_read(Tier.NDA).check(city.engineer, offer)


def test_texts_and_acceptances_cannot_be_changed_in_the_database(city: City, offer: Any) -> None:
    made = accept(offer, city.broker)
    for change in (
        lambda: NdaText.objects.update(text="换掉"),
        lambda: NdaText.objects.all()._raw_delete("default"),
        lambda: NdaAcceptance.objects.update(user=city.stranger),
        made.delete,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_every_view_by_others_is_recorded_and_the_record_holds_no_secret(city: City, offer: Any) -> None:
    for user in (city.broker, city.broker, city.professor):
        actions.seen(listing=offer, tiers=[Tier.PUBLIC, Tier.SIGNED_IN], by=user, now=NOW, place="page")
    events = list(queries.views(offer))
    assert [(e.by_id, e.after) for e in events] == [(city.broker.pk, {"tier": "signed_in", "place": "page"})] * 2
    texts = "\n".join(f"{e.before}{e.after}" for e in history(offer))
    assert "炉温" not in texts
    assert "试样" not in texts


def test_a_changed_text_of_the_pack_is_a_new_version(city: City, tmp_path: Path) -> None:
    pack = settings.PACKS_DIR / settings.REGION / "nda.toml"
    first = NdaText.objects.get(party=None)
    assert "法务审定" in first.note
    assert actions.load_default(path=pack, now=LATER) == first
    changed = tmp_path / "nda.toml"
    changed.write_text(pack.read_text("utf-8").replace("自签署之日起三年", "自签署之日起五年"), "utf-8")
    second = actions.load_default(path=changed, now=LATER)
    first.refresh_from_db()
    assert (second.version, second.ended_at, first.ended_at) == (2, None, LATER)


@pytest.mark.django_db(transaction=True)
def test_two_admins_publish_at_once_and_one_is_told(live_city: City) -> None:
    held = queries.text_for(live_city.university)
    assert held is not None

    def publish(number: int) -> str:
        try:
            actions.publish_text(
                party=live_city.university,
                title="本校保密协议",
                text=TEXT + str(number),
                seen=held.pk,
                by=live_city.professor,
                now=NOW,
            )
        except Stale:
            return "told"
        finally:
            connection.close()
        return "published"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(publish, (1, 2))) == ["published", "told"]
    assert NdaText.objects.filter(party=live_city.university).count() == 1
