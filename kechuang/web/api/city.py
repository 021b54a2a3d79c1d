"""城市接口 city: the service list, code lists with their sources, published figures, organisations."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema
from pydantic import Field

from kechuang.core.catalogue.models import Service, all_services
from kechuang.core.catalogue.models import get as service_of
from kechuang.core.market.models import Status
from kechuang.core.market.queries import listings
from kechuang.core.parties.access import view_party
from kechuang.core.parties.models import Party
from kechuang.core.vocab.models import Term
from kechuang.core.vocab.region import region
from kechuang.web.api.caller import ApiRequest, reads
from kechuang.web.api.finding import rows_page
from kechuang.web.api.reading import Code, Number, Page, Paging, page_of
from kechuang.web.api.shapes import PartyRef, StepShape
from kechuang.web.navigation import kinds

router = Router(tags=[gettext_noop("城市")])


class StateShape(Schema):
    """状态."""

    name: str
    label: str
    owner: str | None
    days: int | None
    end: bool


class ServiceShape(Schema):
    """事项: a row of the service list, with its workflow."""

    code: str
    name: str
    name_en: str
    summary: str
    basis: str = Field(description=gettext_noop("设定依据"))
    audience: list[str]
    materials: list[str]
    days: int = Field(description=gettext_noop("承诺时限（工作日）"))
    states: list[StateShape]
    steps: list[StepShape]

    @classmethod
    def of(cls, row: Service) -> "ServiceShape":
        """As the catalogue declares it."""
        return cls(
            code=row.code,
            name=row.name,
            name_en=row.name_en,
            summary=row.summary,
            basis=row.basis,
            audience=list(row.audience),
            materials=list(row.materials),
            days=row.days,
            states=[
                StateShape(name=name, label=s.label, owner=s.owner, days=s.days, end=s.end)
                for name, s in row.workflow.states.items()
            ],
            steps=[StepShape.of(step) for step in row.workflow.steps],
        )


class TermShape(Schema):
    """代码项: ``text_status`` says how far to trust it: seed, published, general or ours."""

    code: str
    label: str
    label_en: str
    parent: str
    retired: bool
    extra: dict[str, Any]
    source: str
    text_status: str


class SchemeShape(Schema):
    """代码表."""

    scheme: str
    terms: int


class FigureShape(Schema):
    """公开数字: a qualifier (超过, 余, 近) belongs to its figure; a target is an aim, not a result."""

    code: str
    label: str
    label_en: str
    value: float
    unit: str
    qualifier: str
    kind: str
    date: str
    source: str
    text_status: str


class PartyShape(PartyRef):
    """单位主页: ``listings`` counts what it has published, by kind."""

    uscc: str | None
    district: str
    industries: list[str]
    intro: str
    verified_at: datetime | None
    fictional: bool
    listings: dict[str, int]
    url: str


class Which(Schema):
    """哪些单位."""

    name: str = Field("", max_length=120, description=gettext_noop("名称中的字"))
    kind: Code = ""
    district: Code = ""


@router.get(
    "/services",
    response=list[ServiceShape],
    summary=gettext_noop("事项目录"),
    description=gettext_noop("事项的依据、对象、时限、状态、步骤和原因代码。"),
    url_name="services",
)
@reads()
def services(request: ApiRequest) -> list[ServiceShape]:
    """All rows of the service list with states, steps and reason codes."""
    return [ServiceShape.of(row) for row in all_services()]


@router.get(
    "/services/{slug:code}",
    response=ServiceShape,
    summary=gettext_noop("一个事项"),
    description=gettext_noop("一个事项。"),
    url_name="service",
)
@reads()
def service(request: ApiRequest, code: str) -> ServiceShape:
    """One row of the service list."""
    try:
        return ServiceShape.of(service_of(code))
    except KeyError:
        raise Http404 from None


@router.get(
    "/vocabularies",
    response=list[SchemeShape],
    summary=gettext_noop("全部代码表"),
    description=gettext_noop("代码表的名称和项数。"),
    url_name="vocabularies",
)
@reads()
def vocabularies(request: ApiRequest) -> list[SchemeShape]:
    """The names of the code lists, and how many entries each has."""
    counts: dict[str, int] = {}
    for scheme in Term.objects.order_by("scheme").values_list("scheme", flat=True):
        counts[scheme] = counts.get(scheme, 0) + 1
    return [SchemeShape(scheme=scheme, terms=n) for scheme, n in counts.items()]


@router.get(
    "/vocabularies/{slug:scheme}",
    response=list[TermShape],
    summary=gettext_noop("一个代码表"),
    description=gettext_noop("按次序列出全部代码，含停用的；每项有来源和可信程度。"),
    url_name="vocabulary",
)
@reads()
def vocabulary(request: ApiRequest, scheme: str) -> list[TermShape]:
    """All entries in their order, retired ones included, each with its source."""
    names = list(TermShape.model_fields)
    rows = [TermShape(**{name: getattr(t, name) for name in names}) for t in Term.objects.filter(scheme=scheme)]
    if not rows:
        raise Http404
    return rows


@router.get(
    "/figures",
    response=list[FigureShape],
    summary=gettext_noop("公开数字"),
    description=gettext_noop("公开数字，带限定词、日期和来源；目标不是结果。"),
    url_name="figures",
)
@reads()
def figures(request: ApiRequest) -> list[FigureShape]:
    """Published figures of the region with qualifier, date and source."""
    return [FigureShape(**{name: f.get(name, "") for name in FigureShape.model_fields}) for f in region()["figure"]]


@router.get(
    "/parties",
    response=Page[PartyRef],
    summary=gettext_noop("单位列表"),
    description=gettext_noop("已核验的单位，可按名称中的字、类型和区市查。"),
    url_name="parties",
)
@reads()
def parties(request: ApiRequest, which: Query[Which], paging: Query[Paging]) -> dict[str, Any]:
    """Verified organisations."""
    rows = view_party.filter(request.auth.reader, Party.objects.filter(verified_at__isnull=False))
    rows = rows.filter(name__icontains=which.name) if which.name else rows
    rows = rows.filter(**{name: value for name, value in (("kind", which.kind), ("district", which.district)) if value})
    page, total = rows_page(request, rows.order_by("name", "pk"), paging)
    return page_of(request, [PartyRef.of(party) for party in page], total, paging)


@router.get(
    "/parties/{int:pk}",
    response=PartyShape,
    summary=gettext_noop("一个单位"),
    description=gettext_noop("单位自己的介绍，和各类公开信息的条数。"),
    url_name="party",
)
@reads()
def party(request: ApiRequest, pk: Number) -> PartyShape:
    """What an organisation says of itself, and how much it has published."""
    row = get_object_or_404(view_party.filter(request.auth.reader, Party.objects.all()), pk=pk)
    counts = {k.service: listings(k.service).filter(party=row, status=Status.PUBLIC).count() for k in kinds()}
    return PartyShape(
        **PartyRef.of(row).model_dump(),
        uscc=row.uscc,
        district=row.district,
        industries=row.industries,
        intro=row.intro,
        verified_at=row.verified_at,
        fictional=row.fictional,
        listings={service: n for service, n in counts.items() if n},
        url=settings.SITE_URL + reverse("party", args=[row.pk]),
    )
