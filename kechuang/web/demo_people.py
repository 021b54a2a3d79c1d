"""演示登录 demo people: the fictional people of the demo city, by the role that one plays as them."""

from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext as _

from kechuang.core.parties.models import Mandate, Post, User
from kechuang.core.vocab import queries as vocab

DOMAIN = "@demo.example"


@dataclass(frozen=True)
class Person:
    """演示人物: ``where`` is the organisation or district that she stands for."""

    email: str
    name: str
    where: str


@dataclass(frozen=True)
class Group:
    """演示角色."""

    label: str
    people: list[Person] = field(default_factory=list)


def demo_user(email: str) -> User | None:
    """The fictional person with this address; nobody who has a password of her own, and nobody outside a demo."""
    if not settings.DEMO or not email.endswith(DOMAIN):
        return None
    user = User.objects.filter(email=email, is_active=True).first()
    return None if user is None or user.has_usable_password() else user


def demo_people() -> list[Group]:
    """The people of the demo by role, in the order of the role homes; empty outside a demo."""
    if not settings.DEMO:
        return []
    groups = {
        "enterprise": Group(_("企业")),
        "institution": Group(_("高校院所")),
        "broker": Group(_("技术经纪人")),
        "officer": Group(_("主管部门（市）")),
        "district_officer": Group(_("主管部门（区市）")),
        "platform_head": Group(_("平台负责人")),
        "expert": Group(_("专家")),
        "financier": Group(_("金融机构")),
        "public": Group(_("公众")),
    }
    for user in _users():
        role, where = _place(user)
        groups[role].people.append(Person(user.email, user.name, where))
    return [group for group in groups.values() if group.people]


def _users() -> list[User]:
    rows = User.objects.filter(email__endswith=DOMAIN, is_active=True)
    people = rows.prefetch_related("posts__party", "mandates__party").order_by("pk")[:60]
    return [user for user in people if not user.has_usable_password()]


def _place(user: User) -> tuple[str, str]:
    posts = [p for p in user.posts.all() if p.until is None]
    parties = [m.party for m in user.mandates.all() if m.state == Mandate.State.ACTIVE]
    employer = parties[0].name if parties else ""
    if posts:
        post = posts[0]
        if post.role == Post.Role.OFFICER:
            return ("district_officer", vocab.label("district", post.district)) if post.district else ("officer", "")
        return post.role, post.party.name if post.party else employer
    if not parties:
        return "public", ""
    return ("enterprise" if parties[0].kind == "enterprise" else "institution"), employer
