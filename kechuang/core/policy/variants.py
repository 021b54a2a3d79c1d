"""规则包另立 variants: a new pack that begins with the words of a published one, for a place that sets its own."""

import re
from datetime import datetime
from typing import Any

import tomlkit
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kechuang.core.audit.actions import record
from kechuang.core.dossier.facts import catalogue
from kechuang.core.policy import access
from kechuang.core.policy.editing import document
from kechuang.core.policy.loading import described
from kechuang.core.policy.models import PackVersion
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.kit.rules.reading import read_pack

_CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")


@transaction.atomic
def copy_as(*, version: PackVersion, code: str, title: str, district: str, by: Any, now: datetime) -> PackVersion:
    """A draft under a code of its own; from there it goes the way of every draft: tried out, approved by another."""
    if not access.may_draft_for(by, district):
        raise NotAllowed(_("规则包由主管部门起草：市级政策由市级主管部门，区（市）政策由该区（市）主管部门。"))
    if not _CODE.fullmatch(code) or len(code) > 60:
        words = _("代码由小写字母、数字和连字符组成，例如 qd-soe-a。")
        raise Refusal(words, fields={"code": words})
    draft = PackVersion(number=1, state=PackVersion.State.DRAFT, based_on=version, author=by, created_at=now)
    draft.text = _renamed(version, code, title.strip(), district)
    pack = read_pack(draft.text, catalogue(), file=f"{code}.toml")
    for name, value in described(pack, f"{code}.toml").items():
        setattr(draft, name, value)
    taken = _("已有代码为“%(code)s”的规则包，请换一个代码。") % {"code": code}
    if PackVersion.objects.filter(code=code).exists():
        raise Refusal(taken, fields={"code": taken})
    try:
        with transaction.atomic():
            draft.save()
    except IntegrityError as error:
        raise Refusal(taken, fields={"code": taken}) from error
    record(draft, "draft", by=by, now=now, after={"based_on": version.pk, "code": code})
    return draft


def _renamed(version: PackVersion, code: str, title: str, district: str) -> str:
    tree = document(version.text)
    tree["code"], tree["title"] = code, title
    about: Any = tree.setdefault("about", tomlkit.table())
    about["level"] = "district" if district else "city"
    about.pop("title_en", None)
    about.pop("document", None)
    if district:
        about["district"] = district
    else:
        about.pop("district", None)
    return tomlkit.dumps(tree)
