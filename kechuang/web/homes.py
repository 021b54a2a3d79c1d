"""角色首页 homes: what the work desk opens with: what waits, what has changed, own listings, figures by role."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.core.alerts.queries import searches_of
from kechuang.core.cases import caseload, desk, news
from kechuang.core.cases.queries import waiting_for
from kechuang.core.cases.stuck import stuck
from kechuang.core.market.access import owner
from kechuang.core.market.attention import Views, views_of
from kechuang.core.market.models import Need, Offer
from kechuang.core.matching.judging import open_count
from kechuang.core.matching.queries import MAIN
from kechuang.core.matching.tallies import Tally, tallies
from kechuang.core.parties.models import Post
from kechuang.core.parties.queries import roles_of, unverified
from kechuang.core.taskforces.queries import teams_of
from kechuang.web.extend import Figure, Link, Pair, figures, links

URGENT, CHANGES, LISTED = 5, 6, 10


@dataclass(frozen=True)
class OwnRow:
    """本单位的一条: a listing with its views, its matches and the way to its introductions."""

    listing: Any
    views: Views
    tally: Tally | None
    matches_url: str
    links: list[Link]


@dataclass(frozen=True)
class Block:
    """角色块: what one role has here: figures, a sentence where there is little yet, and where to go."""

    title: str
    figures: list[Figure]
    text: str = ""
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Home:
    """角色首页: for a user with several roles the blocks of all."""

    waiting: list[Figure]
    urgent: list[desk.Row]
    since: date
    changed: int
    changes: list[news.Change]
    acting: bool
    own: list[OwnRow]
    own_total: int
    blocks: list[Block]


def home(user: Any, now: datetime, today: date) -> Home:
    """What the user sees first at her desk."""
    yesterday = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    changed, changes = news.latest(user, yesterday, CHANGES)
    own, total = _own(user, today)
    roles = roles_of(user)
    blocks = [_BLOCKS[role](user, today) for role in _BLOCKS if role in roles]
    blocks += [Block(_(label), list(shown)) for label, shown in figures(user, today)]
    return Home(
        waiting=_waiting(user, today),
        urgent=[desk.row_of(case, today) for case in waiting_for(user)[:URGENT]],
        since=yesterday.date(),
        changed=changed,
        changes=changes,
        acting=bool(total or roles & {"enterprise", "institution"}),
        own=own,
        own_total=total,
        blocks=blocks if roles else [_nobody(), *blocks],
    )


def _waiting(user: Any, today: date) -> list[Figure]:
    rows = waiting_for(user)
    count, overdue = rows.count(), rows.filter(due_on__lt=today).count()
    todo = f"{reverse('desk')}?tab=todo"
    found = [Figure(_("等我办"), count, todo), Figure(_("已超期"), overdue, todo)]
    oldest = rows.order_by("since", "pk").first()
    if oldest is not None:
        days = (today - timezone.localtime(oldest.since).date()).days
        found.append(Figure(_("最久的已等（天）"), days, reverse("case", args=[oldest.pk]), oldest.title))
    return found


def _own(user: Any, today: date) -> tuple[list[OwnRow], int]:
    """The user's own needs and offers that were changed last, and how many publications there are."""
    total = desk.own(user).count()
    if not total:
        return [], 0
    found: list[Any] = []
    for model in (Need, Offer):
        found += owner.filter(user, model._default_manager.all()).order_by("-updated_at")[:LISTED]
    found = sorted(found, key=lambda row: row.updated_at, reverse=True)[:LISTED]
    seen: dict[tuple[type[Any], int], Views] = {}
    matched: dict[tuple[type[Any], int], Tally] = {}
    for model in (Need, Offer):
        numbers = [row.pk for row in found if isinstance(row, model)]
        seen |= {(model, pk): v for pk, v in views_of(model, numbers, today).items()}
        matched |= {(model, pk): t for pk, t in tallies(model, numbers).items()}
    pairs = [Pair(need=row) if isinstance(row, Need) else Pair(offer=row) for row in found]
    rows = [
        OwnRow(
            listing=row,
            views=seen.get((type(row), row.pk), Views()),
            tally=matched.get((type(row), row.pk)),
            matches_url=_matches_url(row),
            links=beside,
        )
        for row, beside in zip(found, links(user, pairs), strict=True)
    ]
    return rows, total


def _matches_url(listing: Any) -> str:
    if isinstance(listing, Need):
        return reverse("need_match", args=[listing.pk])
    return reverse("offer_needs", args=[listing.service, listing.pk]) if listing.service == MAIN else ""


def _publishes(user: Any, service: str, label: str) -> Figure:
    count = desk.own(user).filter(service=service).count()
    return Figure(label, count, f"{reverse('desk')}?tab=own&service={service}")


def _alerts(user: Any) -> Figure:
    return Figure(_("订阅的检索"), searches_of(user).count(), reverse("saved_searches"))


def _enterprise(user: Any, _today: date) -> Block:
    asked = Link(_("发布需求"), reverse("new_listing", args=["needs"]), main=True)
    more = Link(_("浏览成果"), reverse("service", args=[MAIN]))
    return Block(_("企业"), [_publishes(user, "needs", _("本单位的需求")), _alerts(user)], links=(asked, more))


def _institution(user: Any, _today: date) -> Block:
    offer = Link(_("发布成果"), reverse("new_listing", args=[MAIN]), main=True)
    more = Link(_("浏览需求"), reverse("service", args=["needs"]))
    return Block(_("高校院所等单位"), [_publishes(user, MAIN, _("本单位的成果")), _alerts(user)], links=(offer, more))


def _broker(user: Any, _today: date) -> Block:
    bench = reverse("workbench")
    shown = [
        Figure(_("我名下的在办件"), caseload.mine(user).count(), bench),
        Figure(_("专班在办件"), caseload.of_teams(user).count(), f"{bench}?scope=team"),
        Figure(_("待评判的匹配（对）"), open_count(user), reverse("judge_next")),
        Figure(_("可以改写的需求"), desk.to_word(user).count(), f"{reverse('desk')}?tab=word"),
        Figure(_("所在专班"), teams_of(user).count(), reverse("teams")),
    ]
    return Block(_("技术经纪人"), shown, links=(Link(_("经纪人工作台"), bench, main=True),))


def _officer(user: Any, today: date) -> Block:
    queue, lists = desk.review_queue(user), reverse("desk")
    late = queue.filter(due_on__lt=today).count()
    note = _("其中超期 {n} 件").format(n=late) if late else ""
    shown = [
        Figure(_("审核队列"), queue.count(), f"{lists}?tab=review", note),
        Figure(_("待办滞留的人"), len(stuck(user, today)), reverse("stuck")),
        Figure(_("待核验单位"), unverified(user).count(), reverse("unverified_parties")),
        Figure(_("长期攻关清单"), desk.long_term(user).count(), f"{lists}?tab=long_term"),
    ]
    found = (Link(_("漏斗"), reverse("funnel"), main=True), Link(_("服务专班"), reverse("teams")))
    return Block(_("主管部门"), shown, links=found)


def _platform_head(user: Any, _today: date) -> Block:
    posts = Post.objects.filter(user=user, role=Post.Role.PLATFORM_HEAD, until=None).select_related("party")
    own = tuple(Link(post.party.name, reverse("party", args=[post.party_id])) for post in posts if post.party)
    shown = [Figure(_("所在专班"), teams_of(user).count(), reverse("teams"))]
    text = "" if own else _("您的岗位还没有关联平台单位，请联系市级主管部门补上。")
    return Block(_("平台负责人"), shown, text, own)


def _expert(_user: Any, _today: date) -> Block:
    text = _("评审、咨询等专家事项还没有开通。现在可以查看公开的成果和需求，并核对自己的联系方式。")
    return Block(_("专家"), [], text, _market())


def _financier(_user: Any, _today: date) -> Block:
    text = _("企业授权您查看的名单和资料在上面的清单里，每次查看都会留痕。也可以查看公开的成果和需求，订阅关心的方向。")
    return Block(_("金融机构"), [_alerts(_user)], text, _market())


def _nobody() -> Block:
    text = _("您还没有加入单位，也没有岗位。加入单位后可以发布成果和需求、请求对接；不加入也可以查找和订阅。")
    join = Link(_("加入或登记单位"), reverse("my_parties"), main=True)
    return Block(_("从这里开始"), [], text, (join, *_market()))


def _market() -> tuple[Link, ...]:
    return (
        Link(_("浏览成果"), reverse("service", args=[MAIN])),
        Link(_("浏览需求"), reverse("service", args=["needs"])),
        Link(_("我的资料"), reverse("profile")),
    )


# In the order in which a person with several roles sees them.
_BLOCKS = {
    "officer": _officer,
    "broker": _broker,
    "platform_head": _platform_head,
    "enterprise": _enterprise,
    "institution": _institution,
    "expert": _expert,
    "financier": _financier,
}
