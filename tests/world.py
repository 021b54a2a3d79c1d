"""世界 world: one real object for every kind of address, on top of the test city. Used by tests/test_urls.py."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection

from kechuang.core.alerts.actions import mute, save_search
from kechuang.core.alerts.links import Grant, token
from kechuang.core.alerts.models import Mute, SavedSearch
from kechuang.core.cases.absences import enter_absence
from kechuang.core.cases.actions import advance, attach
from kechuang.core.cases.imports import start_import
from kechuang.core.cases.models import Case, Import, Material
from kechuang.core.cases.satisfaction import ask_ended
from kechuang.core.disclosure.actions import accept
from kechuang.core.disclosure.models import NdaAcceptance
from kechuang.core.disclosure.queries import text_for
from kechuang.core.keys.actions import create_key
from kechuang.core.keys.models import ApiKey
from kechuang.core.market.actions import keep_draft
from kechuang.core.market.models import Draft, Listing, Need, Offer
from kechuang.core.matching.models import Weights
from kechuang.core.matching.score import WEIGHTS
from kechuang.core.notices.actions import tell
from kechuang.core.notices.membership import ask_to_join, register
from kechuang.core.notices.models import Notice
from kechuang.core.parties.models import Absence, Mandate, Party, Post, User
from kechuang.core.policy.actions import copy_to_draft
from kechuang.core.policy.loading import load_policies
from kechuang.core.policy.models import PackVersion
from kechuang.core.taskforces.actions import create_team, seat
from kechuang.core.taskforces.models import Seat, TaskForce
from kechuang.services.introductions.actions import propose
from kechuang.services.introductions.holding import claim
from tests.centers import Centers, centers
from tests.city import NOW, City, build, listing, person, published, task_force
from tests.consulting import Consulting, consulting
from tests.enterprise_file import EnterpriseFile, enterprise_file
from tests.grants import Grants, grants
from tests.partners import Partners, partners
from tests.reading import Reading, reading
from tests.recognitions import Recognitions, recognitions
from tests.rungs import Rungs, rungs
from tests.state_owned import StateOwned, state_owned
from tests.visited import Visited, visited
from tests.white_list import WhiteList, white_list

PDF = b"%PDF-1.4 test"
ROWS = '{"title": "太短", "text": "太短", "industry": "ai"}\n'.encode()


@dataclass
class World:
    """Objects by what they are: the company's (engineer), the university's (professor), a stranger's nothing."""

    city: City
    achievement: Offer  # published, of the university
    achievement_case: Case
    need: Need  # published, of the company
    draft: Need  # unpublished, of the company
    submitted: Need  # waiting for the officers of Jiaozhou
    submitted_case: Case
    notice: Notice  # to the engineer
    request: Mandate  # somebody asks to join the company
    newcomer: Party  # registered in Jiaozhou, not verified
    post: Post  # the broker's
    autosaved: Draft  # the engineer's
    material: Material  # for the case alone, with the submitted need
    batch: Import  # the engineer's
    platform: Offer  # published, of the university, open to pairing
    weights: Weights  # learned, not in force
    saved: SavedSearch  # the engineer's
    muted: Mute  # the engineer's
    team: TaskForce
    seat: Seat  # the broker's
    absence: Absence  # the engineer's, the colleague standing in
    key: ApiKey  # the engineer's
    partners: Partners  # an alliance and a pairing
    file: EnterpriseFile  # of the company
    ladder: Rungs  # of the company
    grants: Grants  # benefits of the company
    state_owned: StateOwned  # the company in a round and, published, in the one before
    white_list: WhiteList  # of the city, the company lacks facts
    centers: Centers  # the cloud R&D centre of the company
    visited: Visited  # visits to the company
    recognitions: Recognitions  # of the company and of another firm
    introduction: Case  # between the need and the achievement, taken up by the broker
    acceptance: NdaAcceptance  # the broker's, towards the university
    policy_draft: PackVersion  # the officer's, of a national pack
    consulting: Consulting  # drafts of the city's bureau
    reading: Reading  # of the policy library


def make() -> World:
    """The whole world."""
    city = build()
    load_policies(folder=settings.PACKS_DIR / "national", now=NOW)
    _number_offers_apart()
    platform = _platform(city)
    achievement, achievement_case = published(city, "achievements", **secrets("achievement"))
    need, _ = published(city, "needs", **secrets("need"))
    draft, _ = listing(city, "needs", title="还没写完的需求", **secrets("draft"))
    submitted, case = listing(city, "needs", title="等待审核的需求", **secrets("submitted"))
    material = attach(case=case, name="检测报告.pdf", chunks=[PDF], label="检测报告", by=city.engineer, now=NOW)
    notice = tell(user=city.engineer, text="通知", key="world", url="/catalogue/", now=NOW)
    assert notice is not None
    team = create_team(
        code="t", name="示例服务专班", section="", industry=[], districts=[], platform=None, by=None, now=NOW
    )
    ask_ended(now=NOW)
    return World(
        city=city,
        team=team,
        seat=seat(task_force=team, user=city.broker, role="broker", by=None, now=NOW),
        achievement=achievement,
        achievement_case=achievement_case,
        need=need,
        draft=draft,
        submitted=submitted,
        submitted_case=advance(case=case, step="submit", by=city.engineer, now=NOW),
        notice=notice,
        request=ask_to_join(party=city.company, by=person("asker"), now=NOW),
        newcomer=_newcomer(),
        post=Post.objects.get(user=city.broker),
        autosaved=_draft(city),
        material=material,
        key=create_key(user=city.engineer, name="程序", scopes=["read:own"], days=9, by=city.engineer, now=NOW)[0],
        batch=start_import(
            service="needs", name="需求.jsonl", data=ROWS, party=city.company, by=city.engineer, now=NOW
        ),
        platform=platform,
        partners=partners(city, platform),
        centers=centers(city),
        visited=visited(city),
        grants=grants(city),  # before the file, which enters a decision that blocks the company
        white_list=white_list(city),
        recognitions=recognitions(city),  # as well
        state_owned=state_owned(city),
        file=enterprise_file(city),
        ladder=rungs(city),
        weights=_weights(),
        saved=_saved(city),
        muted=mute(what="kind", kind="brokers", by=city.engineer, now=NOW),
        absence=enter_absence(
            deputy=city.colleague,
            since=date(2099, 1, 1),
            until=date(2099, 1, 2),
            note="",
            by=city.engineer,
            now=NOW,
        )[0],
        introduction=_introduction(city, need, achievement),
        acceptance=agree(achievement, city.broker),
        consulting=consulting(city),
        reading=reading(city),
        policy_draft=copy_to_draft(version=PackVersion.objects.get(code="cn-tech-sme"), by=city.officer, now=NOW),
    )


def _weights() -> Weights:
    return Weights.objects.create(
        version=1, weights=dict(WEIGHTS), before=dict(WEIGHTS), figures={}, report="", better=True, trained_at=NOW
    )


def _introduction(city: City, need: Need, achievement: Offer) -> Case:
    task_force(city)
    case = propose(need=need, offer=achievement, words="", nda_wanted=False, by=city.engineer, now=NOW)
    return claim(case=case, by=city.broker, now=NOW)


def _number_offers_apart() -> None:
    """No offer has the number of a need, so that an address with the wrong kind finds nothing."""
    with connection.cursor() as cursor:
        offers = "pg_get_serial_sequence('market_offer', 'id')"
        cursor.execute(f"SELECT setval({offers}, greatest(nextval({offers}), 1000000))")


def _platform(city: City) -> Offer:
    found: Offer = published(
        city, "platforms", title="示例封装中试基地", kind="pilot-base", level="city", pairing="open", district="370281"
    )[0]
    return found


def _saved(city: City) -> SavedSearch:
    return save_search(text="密封", kinds=["needs"], facets={}, name="密封", by=city.engineer, now=NOW)[0]


def stop_link(search: SavedSearch) -> str:
    """The token of the link by which a mail stops a saved search."""
    return token(Grant(search.user_id, "search", "", search.pk))


def canary(of: str, place: str) -> str:
    """A word that is nowhere else: in the protected ``place`` of the listing called ``of``."""
    return f"zqx{of}{place}"


def secrets(of: str) -> dict[str, str]:
    """Protected texts, each with its canary."""
    return {"inner_text": f"试样三块 {canary(of, 'inner')}", "secret_text": f"炉温曲线 {canary(of, 'secret')}"}


def agree(listing: Listing, by: User) -> NdaAcceptance:
    """Somebody accepts the agreement of a listing's party, for herself."""
    text = text_for(listing.party)
    assert text is not None
    return accept(listing=listing, seen=text.pk, behalf=None, by=by, now=NOW)


def _newcomer() -> Party:
    made: Any = register(
        kind="enterprise",
        name="示例新材料有限公司",
        uscc="91370200264574251E",
        district="370281",
        industries=[],
        accept_check=False,
        by=person("founder"),
        now=NOW,
    )
    return made.party  # type: ignore[no-any-return]


def _draft(city: City) -> Draft:
    keep_draft(user=city.engineer, subject="needs:new:1", data={"title": "草稿"}, now=NOW)
    return Draft.objects.get()
