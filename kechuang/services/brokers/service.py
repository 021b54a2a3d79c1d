"""技术经纪人登记 (A2.9): the register of brokers, enough to appear in answers."""

from kechuang.core.cases.publication import publication
from kechuang.core.catalogue.models import Service, register
from kechuang.core.market.kinds import ListingKind, register_listing
from kechuang.core.market.models import Offer
from kechuang.kit.text import noop
from kechuang.services.brokers.forms import BrokerForm
from kechuang.services.brokers.models import Broker

SERVICE = register(
    Service(
        code="brokers",
        name="技术经纪人",
        name_en="Technology brokers",
        summary=noop("技术经纪人登记簿：专长、服务区市和联系渠道。"),
        basis="《深化产学研合作 提升科技成果转化质效专项行动方案》（培养技术经纪人队伍，来源：2024-09-06 政策吹风会）",
        audience=("broker", "institution"),
        workflow=publication(),
        days=3,
        rows=("A2.9",),
        form=BrokerForm,
    )
)

KIND = register_listing(
    ListingKind(
        service="brokers",
        label="经纪人",
        label_en="Broker",
        model=Offer,
        form=BrokerForm,
        detail=Broker,
        accessor="broker",
        months_valid=36,
    )
)
