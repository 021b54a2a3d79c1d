"""成果发布 (A2.1, A2.3): universities, institutes and firms publish achievements."""

from collections.abc import Sequence

from kechuang.core.cases.publication import publication
from kechuang.core.catalogue.models import Service, register
from kechuang.core.market.kinds import ListingKind, register_listing
from kechuang.core.market.models import Offer
from kechuang.kit.text import noop
from kechuang.services.achievements.forms import AchievementForm
from kechuang.services.achievements.models import Achievement

SERVICE = register(
    Service(
        code="achievements",
        name="科技成果",
        name_en="Achievements",
        summary=noop("高校院所和企业发布可转化的科技成果，审核后进入网上大市场。"),
        basis="《深化产学研合作 提升科技成果转化质效专项行动方案》（“3×4”体系，来源：2024-09-06 政策吹风会）",
        audience=("institution", "enterprise"),
        materials=(noop("成熟度证明（按技术成熟度等级）"), noop("知识产权证明（如有）")),
        workflow=publication(),
        days=3,
        rows=("A2.1", "A2.3"),
        form=AchievementForm,
    )
)


def passages(offer: Offer) -> Sequence[str]:
    """Indicators, scenarios and names of rights, which needs may speak of."""
    more: Achievement = offer.achievement
    indicators = [f"{r['name']} {r['value']}{r.get('unit', '')}" for r in more.indicators]
    return ["；".join(indicators), "、".join(more.scenarios), "；".join(r["title"] for r in more.ip)]


KIND = register_listing(
    ListingKind(
        service="achievements",
        label="成果",
        label_en="Achievement",
        model=Offer,
        form=AchievementForm,
        detail=Achievement,
        accessor="achievement",
        passages=passages,
        months_valid=24,
    )
)
