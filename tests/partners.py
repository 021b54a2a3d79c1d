"""伙伴 partners: an alliance with its members and activities, and a pairing, for the world of tests/test_urls.py."""

from dataclasses import dataclass

from kechuang.core.cases.actions import advance
from kechuang.core.cases.models import Case
from kechuang.core.market.models import Offer
from kechuang.services.alliances.models import Activity, Alliance
from kechuang.services.alliances.tests.town import alliance as make_alliance
from kechuang.services.alliances.tests.town import asked, joined, meeting
from kechuang.services.pairings.actions import ask
from tests.city import NOW, City


@dataclass
class Partners:
    """What organisations do together."""

    pairing: Case  # the company and the platform talk
    alliance: Alliance  # of Jiaozhou
    membership: Case  # of the company
    application: Case  # of the university, waits
    activity: Activity  # of the company, open
    held: Activity  # of the company, waits for its outcome


def partners(city: City, platform: Offer) -> Partners:
    """All of them."""
    alliance = make_alliance()
    membership = joined(city, alliance, city.company, city.engineer).case
    held = meeting(city, alliance, city.engineer, city.company, title="已经举办的对接会")
    held.case = advance(case=held.case, step="over", by=None, now=NOW)
    return Partners(
        pairing=_pairing(city, platform),
        alliance=alliance,
        membership=membership,
        application=asked(alliance, city.university, city.professor).case,
        activity=meeting(city, alliance, city.engineer, city.company),
        held=held,
    )


def _pairing(city: City, platform: Offer) -> Case:
    words = "想一起做湿热试验。"
    found = ask(platform=platform, party=city.company, kind="pairing", purpose=words, by=city.engineer, now=NOW)
    return advance(case=found.case, step="talk", by=city.professor, now=NOW, note="周四上午电话。")
