"""个人清单表: notices, saved searches and what is muted, own judgements, and the matching weights as sheets."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kechuang.core.market.access import view_listing
from kechuang.core.market.models import Need, Offer
from kechuang.core.matching import access
from kechuang.core.matching.models import Judgement, Weights
from kechuang.core.matching.score import NAMES, REFUSALS
from kechuang.core.matching.weighting import version_in_force, weighing
from kechuang.core.notices.queries import notices_of
from kechuang.web.saved_searches import muted_rows, rows
from kechuang.web.sheets import Ask, Column, Part, Sheet, day, register_sheet


def _notices(ask: Ask) -> Iterator[list[Any]]:
    found = notices_of(ask.user)
    for row in found.filter(read_at=None) if ask.parameters.get("unread") == "1" else found:
        yield [row.at, row.text, row.read_at]


def _searches(ask: Ask) -> Iterator[list[Any]]:
    for row in rows(ask.user):
        search = row.search
        often = search.get_frequency_display()
        yield [search.name, search.text, row.words, often, row.new, search.created_at, search.told_at]


def _muted(ask: Ask) -> Iterator[list[Any]]:
    for row in muted_rows(ask.user):
        yield [row.words, day(row.mute.at)]


def _judgements(ask: Ask) -> Iterator[list[Any]]:
    needs, offers = (view_listing.filter(ask.user, model._default_manager.all()) for model in (Need, Offer))
    mine = Judgement.objects.filter(by=ask.user, need__in=needs.values("pk"), offer__in=offers.values("pk"))
    for row in mine.select_related("need", "offer").order_by("-at", "-pk"):
        reason = _(REFUSALS[row.reason][0]) if row.reason in REFUSALS else row.reason
        verdict = _("合适") if row.fits else _("不合适")
        yield [row.need_id, row.need.title, row.offer_id, row.offer.title, verdict, reason, row.note, row.at]


def _weights(_ask: Ask) -> Iterator[list[Any]]:
    before, after = weighing(None).weights, weighing(version_in_force()).weights
    for name, old in before.items():
        yield [_(NAMES.get(name, name)), float(old), float(after.get(name, old))]


def _versions(_ask: Ask) -> Iterator[list[Any]]:
    for row in Weights.objects.all():
        figures = row.figures
        numbers = [figures.get(n) for n in ("verdicts", "needs", "ndcg_before", "ndcg_after", "low", "high")]
        yield [f"w{row.version}", row.trained_at, *numbers, row.in_force, day(row.retired_at)]


register_sheet(
    Sheet(
        "notices",
        gettext_noop("我的通知"),
        (
            Part(
                gettext_noop("通知"),
                (
                    Column(gettext_noop("时间"), width=17),
                    Column(gettext_noop("内容"), width=80),
                    Column(gettext_noop("阅读时间"), gettext_noop("空白表示未读。"), 17),
                ),
                _notices,
            ),
        ),
    )
)
register_sheet(
    Sheet(
        "searches",
        gettext_noop("我的订阅"),
        (
            Part(
                gettext_noop("保存的检索"),
                (
                    Column(gettext_noop("名称"), width=32),
                    Column(gettext_noop("检索词"), width=32),
                    Column(gettext_noop("筛选"), gettext_noop("名称里没有写明的部分。"), 32),
                    Column(gettext_noop("邮件频率"), width=16),
                    Column(gettext_noop("新结果"), gettext_noop("上次查看以后新出现的，最多数到 100。"), 10),
                    Column(gettext_noop("保存时间"), width=17),
                    Column(gettext_noop("上次发信"), width=17),
                ),
                _searches,
            ),
            Part(
                gettext_noop("不再提起的"),
                (Column(gettext_noop("内容"), width=60), Column(gettext_noop("日期"), width=12)),
                _muted,
            ),
        ),
    )
)
register_sheet(
    Sheet(
        "judgements",
        gettext_noop("我的评判"),
        (
            Part(
                gettext_noop("评判"),
                (
                    Column(gettext_noop("需求编号"), width=10),
                    Column(gettext_noop("需求"), width=44),
                    Column(gettext_noop("成果编号"), width=10),
                    Column(gettext_noop("成果"), width=44),
                    Column(gettext_noop("结论"), width=10),
                    Column(gettext_noop("原因"), gettext_noop("不合适的原因。"), 20),
                    Column(gettext_noop("说明"), width=40),
                    Column(gettext_noop("时间"), width=17),
                ),
                _judgements,
            ),
        ),
        lambda ask: access.require_bench(ask.user),
    )
)
register_sheet(
    Sheet(
        "weights",
        gettext_noop("匹配权重"),
        (
            Part(
                gettext_noop("权重"),
                (
                    Column(gettext_noop("特征"), width=20),
                    Column(gettext_noop("写定的"), gettext_noop("代码中写定的权重。"), 12),
                    Column(gettext_noop("现行"), gettext_noop("匹配现在使用的权重。"), 12),
                ),
                _weights,
            ),
            Part(
                gettext_noop("训练过的版本"),
                (
                    Column(gettext_noop("版本"), width=10),
                    Column(gettext_noop("训练时间"), width=17),
                    Column(gettext_noop("评判数"), width=10),
                    Column(gettext_noop("需求数"), width=10),
                    Column(gettext_noop("训练前 nDCG@10"), width=16),
                    Column(gettext_noop("训练后 nDCG@10"), width=16),
                    Column(gettext_noop("变化下限"), gettext_noop("变化的 95% 区间的下限。"), 12),
                    Column(gettext_noop("变化上限"), gettext_noop("变化的 95% 区间的上限。"), 12),
                    Column(gettext_noop("现行"), width=8),
                    Column(gettext_noop("停用日期"), width=12),
                ),
                _versions,
            ),
        ),
        lambda ask: access.require_weights(ask.user),
    )
)
