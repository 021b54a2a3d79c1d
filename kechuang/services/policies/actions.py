"""政策库写入: a question or a suggestion on a policy becomes a case with an owner and a clock."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.core.cases.actions import open_case
from kechuang.core.cases.models import Case
from kechuang.core.parties.access import acts_for
from kechuang.core.parties.models import Party
from kechuang.core.policy.models import PackVersion
from kechuang.kit.refusal import NotAllowed, Refusal


@transaction.atomic
def ask(*, version: PackVersion, party: Party, text: str, public: bool, by: Any, now: datetime) -> Case:
    """Ask the bureau about a policy, or suggest something; the same words asked twice are one case."""
    if not acts_for.check(by, party):
        raise NotAllowed(_("您不是该单位的经办人，不能代其提问。请先在“我的单位”中申请加入。"))
    Party.objects.select_for_update().get(pk=party.pk)
    same = Case.objects.filter(service="policies", applicant=party, state="asked", data__policy=version.code)
    for case in same:
        if case.data.get("text") == text:
            raise Refusal(_("同样的问题已经提过，正在等待答复。"))
    title = _("关于“%(title)s”的提问") % {"title": version.title}
    data = {"policy": version.code, "title": title, "text": text, "public": public}
    return open_case(service="policies", applicant=party, by=by, now=now, district=party.district, data=data)
