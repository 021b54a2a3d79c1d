"""梯度库清单表: the register as a sheet, and back from a national system; who is nearest to the next rung."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kechuang.core.cases.import_files import MOST_EXPORTED
from kechuang.core.dossier.models import Qualification
from kechuang.core.parties.access import require_officer, supervises
from kechuang.core.vocab import queries as vocab
from kechuang.kit.refusal import Refusal
from kechuang.services.ladder import access, actions, nearness, queries
from kechuang.services.ladder.certificates import certificate, entries
from kechuang.services.ladder.forms import CertificateCells
from kechuang.services.ladder.states import NEAR_LABELS, STATE_LABELS
from kechuang.web.sheets import UNKNOWN, VERSION, Act, Ask, Change, Column, Given, Key, Part, Sheet, register_sheet

SLICE = 200  # so many enterprises are explained at a time


def _register(ask: Ask) -> Iterator[list[Any]]:
    rows = queries.certificates(ask.user, queries.Chosen.of(ask.parameters), ask.today)
    for row in rows[: MOST_EXPORTED + 1]:
        one = certificate(row, ask.today)
        if one is not None:
            yield [
                *(row.party.uscc or "", vocab.label("qualification", row.kind), row.valid_from, row.party.name),
                *(vocab.label("district", row.party.district) if row.party.district else "", row.number),
                *(row.granted_on, row.valid_to, row.revoked_on, row.revoked_for),
                *(_(STATE_LABELS[one.state]), one.days_left, vocab.label("dossier_source", row.source)),
                *(one.remark, CHANGE.stamp(row)),
            ]


def _filters(ask: Ask) -> list[str]:
    chosen = queries.Chosen.of(ask.parameters)
    found = _said(chosen.rung, chosen.district, chosen.industry, STATE_LABELS[chosen.state])
    if chosen.state == queries.EXPIRING:
        found.append(_("%(n)s 天内到期") % {"n": chosen.days})
    if chosen.year:
        found.append(_("%(year)s 年取得") % {"year": chosen.year})
    return found + ([f"“{chosen.text}”"] if chosen.text else [])


def _said(rung: str, district: str, industry: str, state: str) -> list[str]:
    """The filters that were chosen, in words."""
    codes = (("qualification", rung), ("district", district), ("industry", industry))
    return [vocab.label(scheme, code) for scheme, code in codes if code] + ([_(state)] if state else [])


def _find(ask: Ask, keys: Collection[Key]) -> dict[Key, Qualification]:
    """The certificates by credit code, rung and first day."""
    rows = access.register.filter(ask.user, entries()).select_related("party")
    rows = rows.filter(party__uscc__in={key[0].upper() for key in keys})
    there = {((row.party.uscc or ""), row.kind, row.valid_from): row for row in rows}
    found = {}
    for key in keys:
        since = _day(key[2])
        if since is not None and (row := there.get((key[0].upper(), key[1], since))) is not None:
            found[key] = row
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _content(row: Qualification) -> dict[str, Any]:
    names = ("number", "granted_on", "valid_to", "revoked_on", "revoked_for")
    said = {name: getattr(row, name) for name in names}
    return {"uscc": row.party.uscc or "", "rung": row.kind, "valid_from": row.valid_from, **said}


def _plan(given: Given) -> Act:
    data, user = given.data, given.ask.user
    party, rung, since = data["uscc"], actions.rung_of(data["rung"]), data["valid_from"]
    if not supervises.check(user, party):
        words = _("%(name)s不在您的辖区，由其所在区市或市级主管部门登记。") % {"name": party.name}
        raise Refusal(words, fields={"uscc": words})
    if rung.decided != "rule":
        words = _("这一级是遴选名单，请在名单页面登记。")
        raise Refusal(words, fields={"rung": words})
    said = actions.checked(party, rung, since, data)
    return lambda now: actions.record_certificate(
        party=party, rung=rung.code, valid_from=since, content=said, by=user, now=now
    )


def _done(given: Given) -> bool:
    """Whether the register already says what the row says."""
    data = given.data
    rows = entries().filter(party=data["uscc"], kind=data["rung"], valid_from=data["valid_from"])
    names = ("number", "granted_on", "valid_to", "revoked_on", "revoked_for")
    return any(all((getattr(row, n) or "") == (data[n] or getattr(row, n) or "") for n in names) for row in rows)


CHANGE = Change(
    form=CertificateCells,
    find=_find,
    content=_content,
    version=lambda row: f"{row.pk} {row.source} {_content(row)}",
    plan=_plan,
    done=_done,
    adds=UNKNOWN,
    title=lambda row: f"{row.party.name} · {vocab.main_label('qualification', row.kind)}",
    link=lambda row: reverse("party_ladder", args=[row.party_id]),
)
NATIONAL = gettext_noop("照国家平台或证书填写，系统不会生成编号。")

register_sheet(
    Sheet(
        "ladder",
        gettext_noop("梯度库"),
        (
            Part(
                gettext_noop("梯度库"),
                (
                    Column(
                        gettext_noop("统一社会信用代码"), gettext_noop("18 位；凭它和资格、生效日期认出是哪一条。"),
                        22, "uscc", key=True,
                    ),
                    Column(gettext_noop("资格"), gettext_noop("按列表选择。"), 22, "rung", key=True),
                    Column(
                        gettext_noop("生效日期"), gettext_noop("发证或公告的日期；换了日期即是另一张证书。"), 13,
                        "valid_from", key=True,
                    ),
                    Column(gettext_noop("单位"), width=32),
                    Column(gettext_noop("区市"), width=12),
                    Column(gettext_noop("编号"), NATIONAL, 24, "number"),
                    Column(gettext_noop("取得日期"), width=13, name="granted_on"),
                    Column(
                        gettext_noop("失效日期（不含当日）"),
                        gettext_noop("不填的按这一级的有效期算；来源没有写明有效期的保持空白。"), 16, "valid_to",
                    ),
                    Column(gettext_noop("撤销日期"), width=13, name="revoked_on"),
                    Column(gettext_noop("撤销原因"), gettext_noop("撤销的必填。"), 30, "revoked_for"),
                    Column(gettext_noop("状态"), width=10),
                    Column(gettext_noop("剩余天数"), width=10),
                    Column(gettext_noop("来源"), width=16),
                    Column(gettext_noop("编号提示"), gettext_noop("编号与常见的不同，请核对。"), 30),
                    VERSION,
                ),
                _register,
                CHANGE,
            ),
        ),
        require=lambda ask: require_officer(ask.user),
        filters=_filters,
        about=gettext_noop("科技领军企业等遴选名单在名单页面登记和移出，不能在这里导入。"),
    )
)  # fmt: skip


def _next_filters(ask: Ask) -> list[str]:
    wanted = nearness.Wanted.of(ask.parameters)
    return _said(wanted.rung, wanted.district, wanted.industry, NEAR_LABELS.get(wanted.state, ""))


def _next(ask: Ask) -> Iterator[list[Any]]:
    table = nearness.nearest(ask.user, nearness.Wanted.of(ask.parameters), ask.today).head(MOST_EXPORTED + 1)
    for start in range(0, table.height, SLICE):
        for row in nearness.explained(table.slice(start, SLICE), ask.today):
            yield [
                *(row.party.name, row.party.uscc or ""),
                vocab.label("district", row.party.district) if row.party.district else "",
                [one.label for one in row.held],
                *(row.rung.label, row.steps, row.gap.headline),
                [line.text for line in row.gap.failed],
                [lack.label for lack in row.gap.missing],
                *(list(row.gap.near), _("是") if row.blocked else ""),
            ]


register_sheet(
    Sheet(
        "ladder-next",
        gettext_noop("离下一级最近的企业"),
        (
            Part(
                gettext_noop("下一步"),
                (
                    Column(gettext_noop("单位"), width=32),
                    Column(gettext_noop("统一社会信用代码"), width=22),
                    Column(gettext_noop("区市"), width=12),
                    Column(gettext_noop("现有资格"), width=24),
                    Column(gettext_noop("下一级"), width=18),
                    Column(
                        gettext_noop("还差（项）"), gettext_noop("不符合的条件和缺少的数据合计；0 表示条件已具备。"), 12
                    ),
                    Column(gettext_noop("结论"), width=34),
                    Column(gettext_noop("不符合的条件"), width=44),
                    Column(gettext_noop("缺少的数据"), width=34),
                    Column(gettext_noop("最省力的一步"), width=44),
                    Column(gettext_noop("诚信限制"), width=12),
                ),
                _next,
            ),
        ),
        require=lambda ask: require_officer(ask.user),
        filters=_next_filters,
        about=gettext_noop("按企业档案实时计算，不能导入；数据在企业档案中更新。"),
    )
)
