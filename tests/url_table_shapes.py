"""网址权限表的形状 shapes: roles, answers and visits, and short ways to write them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.world import World

ROLES = ("anonymous", "stranger", "engineer", "professor", "broker", "officer", "district_officer", "expert")
LOGIN, DONE = "login", "done"
Status = int | str
Given = Mapping[str, Status]


def everybody(status: Status, **others: Status) -> Given:
    """One answer for all roles, except those that are named."""
    return dict.fromkeys(ROLES, status) | others


def members(status: Status = 200, **others: Status) -> Given:
    """Anonymous visitors are sent to the login, everybody else gets ``status``, except those that are named."""
    return {**dict.fromkeys(ROLES, status), "anonymous": LOGIN, **others}


def only(*roles: str, status: Status = 200, others: Status = 403, **more: Status) -> Given:
    """These roles get ``status``, anonymous visitors the login, everybody else ``others``."""
    return {**dict.fromkeys(ROLES, others), "anonymous": LOGIN, **dict.fromkeys(roles, status), **more}


@dataclass(frozen=True)
class Visit:
    """访问: one object behind a URL. ``post`` None means that the URL takes no POST; ``others`` are further methods."""

    get: Given
    post: Given | None = None
    kwargs: Callable[[World], dict[str, Any]] = lambda _world: {}
    data: Mapping[str, Any] = field(default_factory=dict)
    others: Mapping[str, Given] = field(default_factory=dict)
    json: bool = False


def pk(name: str, /, **more: Any) -> Callable[[World], dict[str, Any]]:
    """The number of an object of the world as the address has it."""
    return lambda world: {"pk": getattr(world, name).pk, **more}


def fixed(**values: Any) -> Callable[[World], dict[str, Any]]:
    """Values that are the same in every world."""
    return lambda _world: values


def pair(need: str) -> Callable[[World], dict[str, Any]]:
    """A need and the achievement of the world, as they are judged."""
    return lambda world: {"need": getattr(world, need).pk, "offer": world.achievement.pk}


def reading(who: Given, kwargs: Callable[[World], dict[str, Any]] = fixed()) -> list[Visit]:  # noqa: B008
    """A page that is only read."""
    return [Visit(who, None, kwargs)]


def form(who: Given, sent: Given, kwargs: Callable[[World], dict[str, Any]] = fixed(), **data: str) -> list[Visit]:  # noqa: B008
    """A page with a form that is sent to the same address."""
    return [Visit(who, sent, kwargs, data)]


def step(who: Given, kwargs: Callable[[World], dict[str, Any]] = fixed(), **data: str) -> list[Visit]:  # noqa: B008
    """A step: POST only."""
    return [Visit({r: LOGIN if s == LOGIN else 405 for r, s in who.items()}, who, kwargs, data)]
