"""页面清单 page list: which addresses bench/pages.py asks for, by whom, and how it asks."""

import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from kechuang.core.cases.models import Case
from kechuang.core.dossier.models import Dispute
from kechuang.core.ledger.models import BudgetLine, PaymentOrder
from kechuang.core.market.models import Need, Offer
from kechuang.core.parties.models import Mandate, Party, Post, User
from kechuang.core.policy.actions import copy_to_draft, run_dry
from kechuang.core.policy.models import PackVersion
from kechuang.core.taskforces.models import TaskForce
from kechuang.services.alliances.models import Alliance
from kechuang.services.benefits.models import Run
from kechuang.services.consultations.models import Consultation
from kechuang.services.credit import queries, runs
from kechuang.services.credit.models import CreditList
from kechuang.services.research_centers.models import Center
from kechuang.services.scorecards.models import Owner, Round
from kechuang.web import clock

ENTERPRISE = "e24.admin@demo.example"
# Pages of the account, redirects, files, and what is no page.
LEFT_OUT = ("account_", "mfa_", "socialaccount_", "openid_", "healthz", "set_language", "robots", "sitemap", "api-v1:")
FILES = ("figure_template", "dossiers_export", "funnel_export")
NEED = "我们的光伏板用了两年进水汽，背板和玻璃之间起泡，想找更好的封装密封材料，预算五十万元。"
FEWEST, MOST = 3, 30


@dataclass(frozen=True)
class Page:
    """一页: an address and who asks for it; ``data`` is sent where there is some."""

    name: str
    role: str
    url: str
    data: dict[str, str] | None = None


def people() -> dict[str, User | None]:
    """Who asks: the first of the demo in each role."""
    held = Post.objects.filter(until=None, user__email__endswith="@demo.example").order_by("pk").select_related("user")
    officers = [post.user for post in held if post.role == Post.Role.OFFICER and not post.district]
    found: dict[str, User | None] = {"officer": officers[0], "enterprise": User.objects.get(email=ENTERPRISE)}
    for role in ("broker", "financier", "platform_head"):
        found[role] = next((post.user for post in held if post.role == role), None)
    return found | {"visitor": None}


def clients() -> dict[str, Client]:
    """A browser for each role."""
    made = {}
    for role, user in people().items():
        made[role] = Client(raise_request_exception=False)
        if user is not None:
            made[role].force_login(user)
    return made


CLIENTS: dict[str, Client] = {}


def names(resolver: Any, space: str = "") -> Iterator[str]:
    """The names of all addresses."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield f"{space}{pattern.name}"


def plain() -> Iterator[tuple[str, str]]:
    """Addresses without a number."""
    for name in dict.fromkeys(names(get_resolver())):
        if not name.startswith(LEFT_OUT) and name not in FILES:
            try:
                yield name, reverse(name)
            except NoReverseMatch:
                continue


def last(rows: "QuerySet[Any]") -> Model | None:
    """The newest of some rows."""
    found: Model | None = rows.order_by("-pk").first()
    return found


def numbered() -> Iterator[tuple[str, str]]:
    """One address of each kind that has a number, or words to look for."""
    firm = Mandate.objects.get(user__email=ENTERPRISE, state="active").party
    need, offer = Need.objects.filter(status="public"), Offer.objects.filter(status="public")
    today = clock.today()
    objects: list[tuple[str, Model | None, dict[str, Any]]] = [
        *((name, firm, {}) for name in ("party", "party_ladder", "dossier", "dossier_disputes", "dossier_looks")),
        *((name, firm, {}) for name in ("credit_result", "party_people")),
        ("visit_firm", last(Party.objects.filter(kind="enterprise")), {}),
        ("dispute", last(Dispute.objects.filter(settled_at=None)), {}),
        *((f"service {s}", None, {"service": s}) for s in ("achievements", "needs", "brokers", "platforms")),
        ("listing need", last(need), {"service": "needs"}),
        ("listing offer", last(offer.filter(service="achievements")), {"service": "achievements"}),
        ("need_match", last(need), {}),
        ("candidates", last(need), {}),
        ("offer_needs", last(offer.filter(service="achievements")), {"service": "achievements"}),
        ("credit_list published", last(CreditList.objects.filter(state="published")), {}),
        ("credit_list draft", last(CreditList.objects.filter(state="draft")), {}),
        ("benefit_run", last(Run.objects.filter(state="draft")), {}),
        ("payment_order", last(PaymentOrder.objects.all()), {}),
        ("budget_line", last(BudgetLine.objects.all()), {}),
        ("ladder_list", None, {"code": "leader"}),
        ("scorecard_owner", last(Owner.objects.all()), {}),
        ("scorecard_round", last(Round.objects.filter(state="published")), {}),
        ("research_center", last(Center.objects.filter(registered_on__isnull=False)), {}),
        ("rd_records", last(Center.objects.filter(registered_on__isnull=False)), {}),
        ("consultation", last(Consultation.objects.filter(opened_on__isnull=False)), {}),
        ("consultation_comments", last(Consultation.objects.filter(opened_on__isnull=False)), {}),
        *((name, last(Alliance.objects.all()), {}) for name in ("alliance", "alliance_members", "alliance_scores")),
        ("team", last(TaskForce.objects.all()), {}),
        ("policy", None, {"code": "cn-hnte"}),
        ("policy_versions", None, {"code": "cn-hnte"}),
        ("feed", None, {"service": "needs"}),
        ("catalogue_service", None, {"code": "needs"}),
        *((f"case {s}", last(Case.objects.filter(service=s)), {}) for s in ("introductions", "visits", "benefits")),
    ]
    for name, row, given in objects:
        kwargs = given | ({"pk": row.pk} if row is not None else {})
        if row is not None or given:
            yield name, reverse(name.split(" ", maxsplit=1)[0], kwargs=kwargs)
    for name, query in (
        ("search", "q=光伏板 密封"),
        ("search", "q=" + NEED),
        ("policy_search", "q=研发费用"),
        ("calculator", f"party={firm.pk}"),
        ("dossiers", "text=示例企业0001"),
        ("dossiers", "page=300"),
        ("ladder_register", "state=all"),
        ("ladder_register", "state=expiring"),
        ("ladder_next", "rung=hnte"),
        ("visit_firms", "page=200"),
        ("recognition_outcomes", "page=20"),
        ("funnel", f"since={today.replace(month=1, day=1)}"),
    ):
        label = {"q=" + NEED: "typed need"}.get(query, query)
        yield f"{name}?{label}", f"{reverse(name)}?{query}"


def pages() -> Iterator[Page]:
    """Every address by the officer and the enterprise; where neither may, by whoever may first."""
    CLIENTS.update(clients())
    yield Page("match_text (typed need)", "enterprise", reverse("match_text"), {"q": NEED, "text": NEED})
    for name, url in [*plain(), *numbered()]:
        may = 0
        for role in CLIENTS:
            if may and role not in ("officer", "enterprise"):
                break
            answer = CLIENTS[role].get(url)
            if answer.status_code == 200:
                may += 1
                yield Page(name, role, url)
            elif answer.status_code >= 500:
                print(f"{answer.status_code} {url} as {role}", file=sys.stderr)


class Count:
    """计数: how many statements went to the database, and how long they took."""

    def __init__(self) -> None:
        self.queries, self.seconds = 0, 0.0

    def __call__(self, execute: Callable[..., Any], *given: Any) -> Any:
        """Counts one statement."""
        self.queries += 1
        began = perf_counter()
        try:
            return execute(*given)
        finally:
            self.seconds += perf_counter() - began


def ask(page: Page, seconds: float) -> dict[str, Any]:
    """Ask for a page until the time is over; milliseconds, queries, bytes."""
    took: list[float] = []
    client, until = CLIENTS[page.role], perf_counter() + seconds
    while len(took) < FEWEST or (perf_counter() < until and len(took) < MOST):
        cache.clear()
        count = Count()
        with connection.execute_wrapper(count):
            began = perf_counter()
            answer = client.post(page.url, page.data) if page.data else client.get(page.url)
            size = len(answer.content) if not answer.streaming else 0
            took.append((perf_counter() - began) * 1000)
    return figures(took, count, size)


def figures(took: list[float], count: Count, size: int) -> dict[str, Any]:
    """The figures of one page."""
    cuts = statistics.quantiles(took, n=20, method="inclusive") if len(took) > 1 else took * 19
    return {
        "p50": round(statistics.median(took), 1),
        "p95": round(cuts[18], 1),
        "queries": count.queries,
        "sql": round(count.seconds * 1000, 1),
        "bytes": size,
    }


def actions(only: list[str]) -> Iterator[dict[str, Any]]:
    """Two actions over the whole city, each undone."""
    officer, now = people()["officer"], clock.now()
    version = PackVersion.objects.get(state="published", code="cn-hnte")
    given: dict[str, Any] = {"on": clock.today(), "by": officer, "now": now}
    what: dict[str, Callable[[], Any]] = {
        "credit run (action)": lambda: runs.run(months=queries.months(), note="", **given),
        "policy dry run (action)": lambda: run_dry(
            version=copy_to_draft(version=version, by=officer, now=now), **given
        ),
    }
    for name, act in what.items():
        if only and name not in only:
            continue
        count, began = Count(), perf_counter()
        with transaction.atomic(), connection.execute_wrapper(count):
            act()
            transaction.set_rollback(True)
        found = figures([(perf_counter() - began) * 1000], count, 0)
        yield {"page": name, "role": "officer", "url": "", **found}
