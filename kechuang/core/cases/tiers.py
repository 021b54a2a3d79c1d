"""材料级别 tiers: who may open a material that a side has handed in for its listing, changed after the upload."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.cases import access
from kechuang.core.cases.models import Case, Material
from kechuang.core.cases.queries import state_of
from kechuang.core.catalogue.models import get
from kechuang.core.market.models import Tier
from kechuang.core.parties.models import User
from kechuang.kit.refusal import NotAllowed, Refusal, Stale


@transaction.atomic
def change_tier(*, material: Material, tier: str, seen: str, by: User, now: datetime) -> Material:
    """Show a material to more or to fewer; ``seen`` is the tier that the page showed.

    The side that handed it in decides: to fewer at any time, to more while the wording is hers to edit, so that what
    officers have looked at does not become more public under their hands. The event keeps the tiers and the name,
    which only those read who may read the name on the page.
    """
    case = Case.objects.select_for_update(of=("self",)).get(pk=material.case_id)
    row = Material.objects.select_for_update(of=("self",)).get(pk=material.pk)
    if row.removed_at is not None:
        raise Stale(_("这份材料已经撤下，不能再改谁可以看。"))
    if not access.change_tier.check(by, row):
        raise NotAllowed(_("只有提交材料的一方可以改谁可以看；双方办件里的材料不公开。"))
    if tier not in Tier.values:
        message = _("请从列表中选择谁可以看。")
        raise Refusal(message, fields={"tier": message})
    if row.tier == tier:
        return row
    if row.tier != seen:
        raise Stale(_("“{label}”刚被改为“{tier}”。请核对后再改。").format(label=row.label, tier=Tier(row.tier).label))
    if opens(row.tier, tier) and get(case.service).workflow.handing_in(case.state) is None:
        words = _("当前状态为“{state}”，不能让更多人看。请先取回修改或重新编辑；收紧随时可以。")
        raise Refusal(words.format(state=_(state_of(case).label)))
    before, row.tier = row.tier, tier
    row.save(update_fields=["tier"])
    named = {"label": row.label}
    record(case, "material_tier", by=by, now=now, before=named | {"tier": before}, after=named | {"tier": tier})
    return row


def opens(before: str, after: str) -> bool:
    """Whether the second tier lets more people see than the first."""
    order = list(Tier.values)
    return order.index(after) < order.index(before)
