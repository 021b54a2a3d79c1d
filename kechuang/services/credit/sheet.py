"""白名单清单表: what banks see, with the reader's name in every row; a version with all its groups for officers."""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kechuang.core.parties.access import require_officer
from kechuang.core.parties.queries import parties_of
from kechuang.core.vocab import queries as vocab
from kechuang.kit.refusal import NotAllowed
from kechuang.services.credit import access, queries, runs, shown
from kechuang.services.credit.forms import FirmFilter
from kechuang.services.credit.models import CreditList, Entry
from kechuang.web.sheets import Ask, Column, Part, Sheet, register_sheet

NAME, CODE = Column(gettext_noop("企业"), width=36), Column(gettext_noop("统一社会信用代码"), width=22)
DISTRICT = Column(gettext_noop("区市"), width=14)
FIRMS = (
    NAME,
    CODE,
    DISTRICT,
    Column(gettext_noop("依据"), gettext_noop("成立的事实；不含经营数据。"), 50),
    Column(gettext_noop("名单版次"), width=10),
    Column(gettext_noop("有效期至（不含当日）"), width=16),
    Column(gettext_noop("查看人"), gettext_noop("仅供此人所在机构使用，不得外传。"), 40),
)
ENTRIES = (
    NAME,
    CODE,
    DISTRICT,
    Column(gettext_noop("结果"), width=12),
    Column(gettext_noop("原因"), width=60),
    Column(gettext_noop("依据"), width=50),
    Column(gettext_noop("移出时间"), width=18),
    Column(gettext_noop("申诉后更正时间"), width=18),
)


def reader(ask: Ask) -> str:
    """The reader as the watermark names her."""
    place = parties_of(ask.user).order_by("pk").first()
    at = timezone.localtime(ask.now).strftime("%Y-%m-%d %H:%M")
    return " · ".join(filter(None, (str(ask.user), str(place or ""), at)))


def _require_bank(ask: Ask) -> None:
    if not access.reads_list(ask.user):
        raise NotAllowed(_("白名单供金融机构查看。如果您在金融机构工作，请联系市级主管部门设置岗位。"))


def _firms(ask: Ask) -> Iterator[list[Any]]:
    found = queries.current(ask.today)
    if found is None:
        return
    chosen = FirmFilter(ask.parameters).chosen()
    rows = list(queries.shown_to(ask.user, found, ask.today, q=chosen["q"], district=chosen["district"]))
    parties = [entry.party_id for entry in rows]
    runs.note_view(credit_list=found, parties=parties, place="export", by=ask.user, now=ask.now)
    mark = reader(ask)
    for row in shown.rows(rows, found):
        entry = row.entry
        yield [
            entry.party.name,
            entry.party.uscc or "",
            vocab.label("district", entry.district) if entry.district else "",
            _("；").join(row.grounds),
            found.number,
            found.valid_until,
            mark,
        ]


def _chosen_list(ask: Ask) -> CreditList | None:
    number = str(ask.parameters.get("list", ""))
    rows = queries.lists(ask.user)
    if number.isascii() and number.isdigit() and len(number) < 10:
        return rows.filter(pk=int(number)).first()
    return rows.filter(state=CreditList.State.PUBLISHED).first()


def _entries(ask: Ask) -> Iterator[list[Any]]:
    found = _chosen_list(ask)
    if found is None:
        return
    chosen = FirmFilter(ask.parameters).chosen()
    for row in shown.rows(queries.entries(ask.user, found, **chosen), found):
        entry = row.entry
        yield [
            entry.party.name,
            entry.party.uscc or "",
            vocab.label("district", entry.district) if entry.district else "",
            entry.get_group_display(),
            row.why,
            _("；").join(row.grounds),
            entry.left_at,
            entry.revised_at,
        ]


def _filters(ask: Ask) -> list[str]:
    """The version and the filters of the page, in words."""
    found, chosen = _chosen_list(ask), FirmFilter(ask.parameters).chosen()
    said = [_("第 %(n)s 版") % {"n": found.number} if found.number else str(found.on)] if found is not None else []
    district = vocab.label("district", chosen["district"]) if chosen["district"] else ""
    group = str(Entry.Group(chosen["group"]).label) if chosen.get("group") else ""
    return said + [words for words in (chosen["q"], district, group) if words]


ABOUT = gettext_noop("这份清单不能导入：结果由规则、企业档案和审定决定。")
register_sheet(
    Sheet(
        "credit-firms",
        gettext_noop("科技信贷白名单"),
        (Part(gettext_noop("科技信贷白名单"), FIRMS, _firms),),
        require=_require_bank,
        about=ABOUT,
    )
)
register_sheet(
    Sheet(
        "credit-list",
        gettext_noop("白名单逐户结果"),
        (Part(gettext_noop("白名单逐户结果"), ENTRIES, _entries),),
        require=lambda ask: require_officer(ask.user),
        filters=_filters,
        about=ABOUT,
    )
)
