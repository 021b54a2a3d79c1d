"""联盟小城: an alliance in the test city, with builders."""

from datetime import timedelta
from typing import Any

from kechuang.core.cases.actions import advance
from kechuang.core.parties.models import Mandate, Party, User
from kechuang.services.alliances import actions
from kechuang.services.alliances.models import Activity, Alliance, Membership
from tests.city import NOW, City, party, person, works_for

PLEA: dict[str, Any] = {"plea": "希望与高校一起做中试，愿意开放产线。", "offers": "中试场地", "contact": "技术部部长"}
DISTRICT = "370281"  # where the company and the district officer are
MEETING: dict[str, Any] = {
    "title": "示例封装技术对接会",
    "kind": "matchmaking",
    "starts_at": NOW + timedelta(days=10),
    "ends_at": NOW + timedelta(days=10, hours=3),
    "place": "示例大厦三楼",
    "seats": None,
    "text": "请带样品，每家发言十分钟。",
}


def alliance(secretariat: Party | None = None) -> Alliance:
    """An alliance of the district of the company."""
    return Alliance.objects.create(
        code="demo", name="示例成果转化联盟", district=DISTRICT, purpose="促进转化", secretariat=secretariat
    )


def office() -> tuple[Party, User]:
    """A secretariat and a person of it."""
    host = party("agency", "示例秘书处服务中心", "91370202MADEM2018X", DISTRICT)
    secretary = person("secretary")
    works_for(secretary, host, Mandate.Role.ADMIN)
    return host, secretary


def asked(found: Alliance, who: Party, by: User, **more: Any) -> Membership:
    """An application that waits."""
    return actions.apply(alliance=found, party=who, content=PLEA, by=by, now=NOW, **more)


def joined(city: City, found: Alliance, who: Party, by: User) -> Membership:
    """A member."""
    membership = asked(found, who, by)
    advance(case=membership.case, step="accept", by=city.officer, now=NOW)
    membership.refresh_from_db()
    return membership


def meeting(city: City, found: Alliance, by: User, organiser: Party, **changes: Any) -> Activity:
    """A published activity of a member."""
    activity = actions.propose_activity(alliance=found, organiser=organiser, content=MEETING | changes, by=by, now=NOW)
    if activity.case.state == "submitted":
        activity.case = advance(case=activity.case, step="publish", by=city.officer, now=NOW)
    return activity
