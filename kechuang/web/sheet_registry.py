"""单位登记簿 registry: the organisations of an officer's scope as a sheet; new rows register more of them."""

from collections.abc import Collection, Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from kechuang.core.parties import access, queries
from kechuang.core.parties.models import Party
from kechuang.core.parties.verification import enter_party
from kechuang.core.vocab import queries as vocab
from kechuang.kit.fields import CodeField
from kechuang.kit.refusal import Refusal
from kechuang.web.people_forms import RegisterForm
from kechuang.web.sheets import BLANK, VERSION, Act, Ask, Change, Column, Given, Key, Part, Sheet, day, register_sheet

YES = "yes"


class RegistryCells(RegisterForm):
    """登记列: the form of the page; a wrong check digit is accepted by a word instead of a tick."""

    accept_check = CodeField(  # type: ignore[assignment]
        label=gettext_lazy("已核对无误"), choices=lambda: [(YES, _("是"))], required=False
    )


def _rows(ask: Ask) -> Iterator[list[Any]]:
    for party in queries.registered(ask.user):
        yield [
            party.pk,
            party.uscc or "",
            None if party.uscc_checked else _("是"),
            party.name,
            vocab.label("party_kind", party.kind),
            vocab.label("district", party.district) if party.district else "",
            [vocab.label("industry", code) for code in party.industries],
            _("已核验") if party.verified_at else _("待核验"),
            day(party.created_at),
            CHANGE.stamp(party),
        ]


def _find(ask: Ask, keys: Collection[Key]) -> dict[Key, Party]:
    numbers = {int(key[0]): key for key in keys if key[0].isascii() and key[0].isdigit() and len(key[0]) < 18}
    return {numbers[party.pk]: party for party in queries.registered(ask.user).filter(pk__in=numbers)}


def _said(party: Party) -> dict[str, Any]:
    return {
        "uscc": party.uscc or "",
        "accept_check": "" if party.uscc_checked else YES,
        "name": party.name,
        "kind": party.kind,
        "district": party.district,
        "industries": party.industries,
    }


def _refuse(name: str, words: str) -> None:
    raise Refusal(words, fields={name: words})


def _plan(given: Given) -> Act:
    data, by = dict(given.data), given.ask.user
    if given.record is not None:
        _refuse(next(iter(given.changed)), _("已登记的单位不能用导入修改：登记信息由单位自己更正，再由主管部门核验。"))
    known = queries.party_by_code(data["uscc"])
    if known is not None:
        _refuse("uscc", _("这个代码已登记为“%(name)s”。请核对，登记过的单位不用再登记。") % {"name": known.name})
    access.require_scope(by, data["district"])
    data["accept_check"] = bool(data["accept_check"])
    return lambda now: enter_party(**data, by=by, now=now)


def _done(given: Given) -> bool:
    """Whether the new row has been registered just so."""
    data = given.data
    known = queries.party_by_code(data["uscc"]) if given.record is None else None
    said = _said(known) if known is not None else {}
    return bool(said) and all(said[name] == data[name] for name in ("name", "kind", "district", "industries"))


CHANGE = Change(
    form=RegistryCells,
    find=_find,
    content=_said,
    version=lambda party: f"{_said(party)} {party.verified_at}",
    plan=_plan,
    done=_done,
    adds=BLANK,
    title=str,
    link=lambda party: reverse("party", args=[party.pk]),
)

register_sheet(
    Sheet(
        "registry",
        gettext_noop("单位登记簿"),
        (
            Part(
                gettext_noop("单位"),
                (
                    Column(gettext_noop("编号"), gettext_noop("新登记的行留空。"), 10, "party", key=True),
                    Column(gettext_noop("统一社会信用代码"), gettext_noop("每个代码只能登记一次。"), 22, "uscc"),
                    Column(
                        gettext_noop("已核对无误"),
                        gettext_noop("校验位不符而与营业执照完全一致时填“是”，其余留空。"),
                        12,
                        "accept_check",
                    ),
                    Column(gettext_noop("单位名称"), gettext_noop("与营业执照或法人证书一致。"), 32, "name"),
                    Column(gettext_noop("单位类型"), width=14, name="kind"),
                    Column(gettext_noop("所在区市"), gettext_noop("只能登记本辖区的单位。"), 14, "district"),
                    Column(gettext_noop("产业"), gettext_noop("最多 3 个，可不填。"), 28, "industries"),
                    Column(gettext_noop("状态"), width=10),
                    Column(gettext_noop("登记时间"), width=12),
                    VERSION,
                ),
                _rows,
                CHANGE,
            ),
        ),
        lambda ask: access.require_officer(ask.user),
        about=gettext_noop(
            "新的一行就是登记一家单位：由登记的主管部门核验过，经办人自己申请加入。已登记的单位不会修改。"
        ),
    )
)
