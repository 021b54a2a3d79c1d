"""启用权重 adoption: puts a trained version in force, or goes back to the one before; matches are then made anew."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.matching import access
from kechuang.core.matching.models import Refreshed, Weights
from kechuang.core.matching.weighting import version_in_force
from kechuang.kit.language import english
from kechuang.kit.refusal import Refusal, Stale
from kechuang.kit.text import noop

WRITTEN = noop("代码中写定的权重")
LEAST_TESTED = 5  # needs held back that have verdicts of both kinds
_LOCK = 0x6B63_7765  # whoever trains, adopts or goes back waits for the others


def obstacles(figures: Mapping[str, Any]) -> list[str]:
    """Why a version with these figures may not be adopted, in the reader's language; empty where it may."""
    if figures["tested_needs"] < LEAST_TESTED:
        said = {"needs": figures["tested_needs"], "least": LEAST_TESTED}
        return [_("留出的需求里，合适和不合适都有的只有 %(needs)s 条，至少要 %(least)s 条才能比较") % said]
    if figures["low"] <= 0:
        said = {
            "needs": figures["tested_needs"],
            "change": f"{figures['ndcg_after'] - figures['ndcg_before']:+.3f}",
            "low": f"{figures['low']:+.3f}",
            "high": f"{figures['high']:+.3f}",
        }
        return [
            _(
                "在留出的 %(needs)s 条需求上没有明显胜过现行权重："
                "nDCG@10 变化 %(change)s，95%% 区间 %(low)s 至 %(high)s，下限没有大于 0"
            )
            % said
        ]
    return []


def obstacles_of(version: Weights) -> list[str]:
    """Why a version may not be adopted: as it was written, in another language said anew from its figures."""
    if version.better:
        return []
    written = list(version.figures.get("obstacles", []))
    return (obstacles(version.figures) if english() else []) or written


def lock() -> None:
    """Wait until nobody else changes the versions; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


@transaction.atomic
def adopt(*, version: Weights, by: Any, now: datetime) -> Weights:
    """Put a version in force. ``by`` None is the command line, otherwise an officer of the city.

    Raises Refusal where the version has not beaten its rival, Stale where other weights are in force by now.
    """
    if by is not None:
        access.require_adopter(by)
    lock()
    version = Weights.objects.select_for_update(of=("self",)).get(pk=version.pk)
    present = version_in_force()
    if version.in_force:
        raise Refusal(_("w%(version)s 已经在用。") % {"version": version.version})
    if not version.better:
        raise Refusal(
            _("w%(version)s 不能启用：%(obstacles)s。")
            % {"version": version.version, "obstacles": _("；").join(obstacles_of(version))}
        )
    if (present.pk if present else None) != version.rival_id:
        raise Stale(
            _("w%(version)s 训练之后，现行权重已经换成%(present)s，原来的比较不再成立。请重新训练。")
            % {"version": version.version, "present": _(_name(present))}
        )
    if present:
        _retire(present, by, now)
    version.in_force, version.adopted_at, version.adopted_by, version.retired_at = True, now, by, None
    version.save(update_fields=["in_force", "adopted_at", "adopted_by", "retired_at"])
    record(version, "adopt", by=by, now=now, before=_name(present), after=_name(version))
    _mark_stale()
    return version


@transaction.atomic
def roll_back(*, by: Any, now: datetime) -> Weights | None:
    """Put in force what was before the present version; returns it, None for the written weights."""
    if by is not None:
        access.require_adopter(by)
    lock()
    present = version_in_force()
    if present is None:
        raise Refusal(_("现行的就是代码中写定的权重，没有可退回的。"))
    _retire(present, by, now)
    former = present.rival
    if former is not None:
        former.in_force, former.retired_at, former.retired_by = True, None, None
        former.save(update_fields=["in_force", "retired_at", "retired_by"])
    record(present, "roll_back", by=by, now=now, before=_name(present), after=_name(former))
    _mark_stale()
    return former


def _retire(version: Weights, by: Any, now: datetime) -> None:
    version.in_force, version.retired_at, version.retired_by = False, now, by
    version.save(update_fields=["in_force", "retired_at", "retired_by"])


def _mark_stale() -> None:
    """All needs are matched anew by the next refresh."""
    Refreshed.objects.filter(kind="needs").delete()


def _name(version: Weights | None) -> str:
    return f"w{version.version}" if version else WRITTEN
