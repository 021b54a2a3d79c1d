"""专班载入 loading: the teams of a pack, from a file; loading again adds what is missing."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.core.audit.queries import history
from kechuang.core.parties.models import Party, User
from kechuang.core.parties.queries import party_by_code, user_by_email
from kechuang.core.taskforces.actions import change_team, create_team, seat
from kechuang.core.taskforces.models import Seat, TaskForce
from kechuang.core.vocab import queries as vocab
from kechuang.kit.refusal import Refusal

BY_HAND = ("change", "retire", "resume")  # what a person has done to a team outlives the file


@transaction.atomic
def load_teams(*, path: Path, now: datetime, fictional: bool = False, waits: list[str] | None = None) -> int:
    """Load a file of JSON lines; returns how many teams are new. Raises Refusal with file, line and what is wrong.

    A line has ``code``, ``name``, ``section``, ``industry``, ``districts``, ``platform`` (credit code or empty) and
    ``seats``, a list of role and e-mail. A team that somebody has changed or retired on its page stays as it is, and
    nobody who was taken out of a team comes back into it. With ``waits``, seats and platforms whose person or party is
    not there yet are left for the next time and named in it; without, they are wrong.
    """
    made = 0
    for number, row in _lines(path):
        try:
            made += _load(row, now, fictional, waits)
        except (Refusal, KeyError, TypeError, ValueError) as error:
            raise Refusal(
                _("%(name)s 第 %(number)s 行：%(error)s") % {"name": path.name, "number": number, "error": error}
            ) from error
    return made


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except json.JSONDecodeError as error:
                raise Refusal(
                    _("%(name)s 第 %(number)s 行无法解析：%(error)s")
                    % {"name": path.name, "number": number, "error": error}
                ) from error


def _load(row: dict[str, Any], now: datetime, fictional: bool, waits: list[str] | None) -> bool:
    content = {name: row[name] for name in ("name", "section", "industry", "districts")}
    for scheme, codes in (("industry", row["industry"]), ("district", row["districts"])):
        if strange := [code for code in codes if code not in vocab.labels(scheme)]:
            raise Refusal(_("代码表 %(scheme)s 中没有 %(codes)s") % {"scheme": scheme, "codes": _("、").join(strange)})
    team = TaskForce.objects.filter(code=row["code"]).first()
    with _left_for_later(row, waits):
        content["platform"] = _platform(row["platform"])
    content.setdefault("platform", None)
    new = team is None
    if team is None:
        team = create_team(code=row["code"], by=None, now=now, fictional=fictional, **content)
    elif not history(team).filter(verb__in=BY_HAND).exclude(by_id=None).exists():
        team = change_team(task_force=team, by=None, now=now, **content)
    for role, email in () if team.retired else row["seats"]:
        with _left_for_later(row, waits):
            _seat(team, role, email, now)
    return new


@contextmanager
def _left_for_later(row: dict[str, Any], waits: list[str] | None) -> Iterator[None]:
    try:
        yield
    except Refusal as error:
        if waits is None:
            raise
        waits.append(f"{row['name']}：{error}")


def _seat(team: TaskForce, role: str, email: str, now: datetime) -> None:
    user = _person(email)
    if not Seat.objects.filter(task_force=team, role=role, user=user).exists():
        seat(task_force=team, user=user, role=role, by=None, now=now)


def _platform(code: str) -> Party | None:
    party = party_by_code(code) if code else None
    if code and party is None:
        raise Refusal(_("没有统一社会信用代码为 %(code)s 的单位") % {"code": code})
    return party


def _person(email: str) -> User:
    user = user_by_email(email)
    if user is None:
        raise Refusal(_("没有邮箱为 %(email)s 的用户") % {"email": email})
    return user
