"""专班载入 loading: the teams of a pack, from a file; loading again adds what is missing and changes what differs."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.core.parties.models import Party, User
from kechuang.core.parties.queries import party_by_code, user_by_email
from kechuang.core.taskforces.actions import change_team, create_team, seat
from kechuang.core.taskforces.models import Seat, TaskForce
from kechuang.core.vocab import queries as vocab
from kechuang.kit.refusal import Refusal


@transaction.atomic
def load_teams(*, path: Path, now: datetime, fictional: bool = False) -> int:
    """Load a file of JSON lines; returns how many teams are new. Raises Refusal with file, line and what is wrong.

    A line has ``code``, ``name``, ``section``, ``industry``, ``districts``, ``platform`` (credit code or empty) and
    ``seats``, a list of role and e-mail. Nobody who was taken out of a team comes back into it.
    """
    made = 0
    for number, row in _lines(path):
        try:
            made += _load(row, now, fictional)
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


def _load(row: dict[str, Any], now: datetime, fictional: bool) -> bool:
    content = {name: row[name] for name in ("name", "section", "industry", "districts")}
    for scheme, codes in (("industry", row["industry"]), ("district", row["districts"])):
        if strange := [code for code in codes if code not in vocab.labels(scheme)]:
            raise Refusal(_("代码表 %(scheme)s 中没有 %(codes)s") % {"scheme": scheme, "codes": _("、").join(strange)})
    content["platform"] = _platform(row["platform"])
    team = TaskForce.objects.filter(code=row["code"]).first()
    if team is None:
        created = create_team(code=row["code"], by=None, now=now, fictional=fictional, **content)
    else:
        created = change_team(task_force=team, by=None, now=now, **content)
    for role, email in row["seats"]:
        user = _person(email)
        if not Seat.objects.filter(task_force=created, role=role, user=user).exists():
            seat(task_force=created, user=user, role=role, by=None, now=now)
    return team is None


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
