"""小城 city: a small test city with plain builders: a company, a university, a bureau officer, a broker, a stranger."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from kechuang.core.cases.actions import advance, open_case
from kechuang.core.cases.models import Case
from kechuang.core.disclosure.actions import load_default
from kechuang.core.market.actions import create_listing
from kechuang.core.market.kinds import listing_kind
from kechuang.core.market.models import Need, Offer
from kechuang.core.parties.actions import appoint
from kechuang.core.parties.models import Mandate, Party, User
from kechuang.core.taskforces.models import Seat, TaskForce
from kechuang.core.vocab.actions import load_terms
from kechuang.core.vocab.models import Term

NOW = datetime(2026, 11, 18, 1, 30, tzinfo=UTC)
PASSWORD = "correct-horse-9"

ACHIEVEMENT: dict[str, Any] = {
    "title": "钙钛矿太阳能电池低温封装工艺",
    "summary": "薄膜光伏组件的低温密封：胶与涂层一起挡住水汽，功率长期不掉。",
    "text": "采用原子层沉积氧化铝与丁基胶复合封装，组件在 85 ℃、85% 湿度下运行 1000 小时效率保持 92%。",
    "keywords": ["钙钛矿", "封装", "湿热"],
    "industry": ["green-energy"],
    "field": ["energy"],
    "district": "370212",
    "cooperation": ["licence", "use-first"],
    "maturity": "6",
    "grade": "industrial",
    "price_mode": "negotiable",
    "indicators": [{"name": "效率保持率", "value": "92", "unit": "%", "condition": "85 ℃/85% RH，1000 h"}],
    "ip": [{"kind": "invention", "title": "一种低温封装方法", "status": "granted"}],
}
NEED: dict[str, Any] = {
    "title": "户外光伏板受潮后功率掉得快",
    "text": "我们在海边装的新型薄膜光伏板，半年就进水汽，功率掉了三成。因为胶封不住水汽，想找不用高温的密封办法。",
    "keywords": ["光伏", "密封"],
    "industry": ["green-energy"],
    "field": ["energy"],
    "district": "370281",
    "kind": "research",
    "tried": "换过两种硅胶，三个月后仍然进水汽。",
    "targets": [{"name": "一年功率衰减", "now": "30", "wanted": "5", "unit": "%", "method": "户外实测"}],
    "budget_min": "300000",
    "budget_max": "800000",
    "deadline_on": "2027-06-30",
    "cooperation": ["development", "licence"],
    "urgency": "soon",
}


@dataclass
class City:
    """The people and organisations of the test city."""

    company: Party
    university: Party
    engineer: User
    colleague: User
    professor: User
    officer: User
    district_officer: User
    broker: User
    expert: User
    stranger: User

    def people(self) -> dict[str, User]:
        """Everybody with a login, by name."""
        names = ("engineer", "colleague", "professor", "officer", "district_officer", "broker", "expert", "stranger")
        return {name: getattr(self, name) for name in names}


def person(name: str) -> User:
    """A user with the password of the test city."""
    return User.objects.create_user(name, f"{name}@test.example", PASSWORD, name=f"示例{name}")


def party(kind: str, name: str, uscc: str, district: str) -> Party:
    """An organisation."""
    return Party.objects.create(kind=kind, name=name, uscc=uscc, district=district, created_at=NOW, verified_at=NOW)


def works_for(user: User, organisation: Party, role: str) -> Mandate:
    """A mandate in force."""
    return Mandate.objects.create(
        user=user, party=organisation, role=role, state=Mandate.State.ACTIVE, requested_at=NOW, decided_at=NOW
    )


def load_lists() -> None:
    """The code lists of the nation and of the region."""
    for pack in ("national", settings.REGION):
        load_terms(path=settings.PACKS_DIR / pack / "terms.toml")


def load_packs() -> None:
    """The code lists, unless they are there already, and the city's non-disclosure agreement."""
    if not Term.objects.exists():
        load_lists()
    load_default(path=settings.PACKS_DIR / settings.REGION / "nda.toml", now=NOW)


def build() -> City:
    """The whole city, with its code lists."""
    load_packs()
    company = party("enterprise", "示例重锻机械有限公司", "91370202MADEM2017B", "370281")
    university = party("university", "示例海岸理工大学", "91370212MATE2T1256", "370212")
    names = ("engineer", "colleague", "professor", "officer", "district_officer", "broker", "expert", "stranger")
    users = {name: person(name) for name in names}
    works_for(users["engineer"], company, Mandate.Role.ADMIN)
    works_for(users["colleague"], company, Mandate.Role.AGENT)
    works_for(users["professor"], university, Mandate.Role.ADMIN)
    appoint(user=users["officer"], role="officer", by=None, now=NOW)
    appoint(user=users["district_officer"], role="officer", district="370281", by=None, now=NOW)
    appoint(user=users["broker"], role="broker", by=None, now=NOW)
    appoint(user=users["expert"], role="expert", by=None, now=NOW)
    return City(company=company, university=university, **users)


def cleaned(service: str, content: dict[str, Any]) -> dict[str, Any]:
    """The content after the kind's form, which must hold."""
    form = listing_kind(service).form(content)
    assert form.is_valid(), form.errors
    return dict(form.cleaned_data)


def listing(city: City, service: str, **changes: Any) -> tuple[Any, Case]:
    """A draft of the company (needs) or the university (anything else), with its case."""
    party_, by = (city.company, city.engineer) if service == "needs" else (city.university, city.professor)
    base = NEED if service == "needs" else ACHIEVEMENT
    content = cleaned(service, base | changes)
    row = create_listing(service=service, party=party_, content=content, by=by, now=NOW)
    case = open_case(
        service=service,
        applicant=party_,
        by=by,
        now=NOW,
        offer=row if isinstance(row, Offer) else None,
        need=row if isinstance(row, Need) else None,
        district=row.district,
    )
    return row, case


def published(city: City, service: str, **changes: Any) -> tuple[Any, Case]:
    """A published listing: submitted by its owner, published by the city's officer."""
    row, case = listing(city, service, **changes)
    by = city.engineer if service == "needs" else city.professor
    case = advance(case=case, step="submit", by=by, now=NOW)
    case = advance(case=case, step="publish", by=city.officer, now=NOW)
    row.refresh_from_db()
    return row, case


def task_force(city: City, code: str = "energy", **what: Any) -> TaskForce:
    """A task force with the broker, a second one and the district's officer as liaison."""
    team = TaskForce.objects.create(
        code=code, name="示例绿色能源服务专班", **({"industry": ["green-energy"], "section": "示例处室"} | what)
    )
    second = User.objects.filter(username="second").first() or person("second")
    seats = ((Seat.Role.BROKER, city.broker), (Seat.Role.BROKER, second), (Seat.Role.LIAISON, city.district_officer))
    Seat.objects.bulk_create(Seat(task_force=team, role=role, user=user, since=NOW) for role, user in seats)
    return team
