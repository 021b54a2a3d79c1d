"""创新平台登记 (A5.1): the register of platforms, enough to appear in answers."""

from collections.abc import Mapping, Sequence

from kechuang.core.cases.publication import publication
from kechuang.core.catalogue.models import Service, register
from kechuang.core.market.kinds import ListingKind, register_listing
from kechuang.core.market.models import Offer
from kechuang.kit.text import noop
from kechuang.services.platforms.forms import PlatformForm
from kechuang.services.platforms.models import Platform

SERVICE = register(
    Service(
        code="platforms",
        name="创新平台",
        name_en="Innovation platforms",
        summary=noop("实验室、技术创新中心、中试基地等平台的登记簿，企业可以直接联系。"),
        basis="《青岛市深入推进科技创新加快建设科技强市行动计划（2024—2028年）》青政字〔2024〕20号",
        audience=("institution", "enterprise"),
        workflow=publication(),
        days=3,
        rows=("A5.1",),
        form=PlatformForm,
    )
)


def passages(offer: Offer) -> Sequence[str]:
    """The services on offer, and the enterprises that are looked for."""
    platform: Platform = offer.platform
    return ["、".join(platform.services), platform.pairing_wish]


def facets(offer: Offer) -> Mapping[str, Sequence[str]]:
    """Enterprises look for platforms that want to pair."""
    platform: Platform = offer.platform
    return {"pairing": [platform.pairing] if platform.pairing else []}


KIND = register_listing(
    ListingKind(
        service="platforms",
        label="平台",
        label_en="Platform",
        model=Offer,
        form=PlatformForm,
        detail=Platform,
        accessor="platform",
        passages=passages,
        facets=facets,
        months_valid=36,
    )
)
