"""发布接口 listings: lists of one kind, one listing, and for its own people: write, change, hand in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema
from pydantic import Field

from kechuang.core.cases.publishing import Outcome, latest, send_form
from kechuang.core.catalogue.models import get
from kechuang.core.keys.models import Scope
from kechuang.core.market import access, queries
from kechuang.core.market.kinds import ListingKind
from kechuang.core.market.models import Listing
from kechuang.core.market.wording import changes
from kechuang.core.parties.queries import parties_in_roles
from kechuang.kit.refusal import NotAllowed, Stale
from kechuang.web import clock
from kechuang.web.api.caller import ApiRequest, reads
from kechuang.web.api.contents import checked
from kechuang.web.api.finding import Filters, Found, found, rows_page
from kechuang.web.api.problems import Changed, Invalid, Unversioned
from kechuang.web.api.reading import Number, Page, Paging, Slug, page_of
from kechuang.web.api.shapes import STATUSES, ListingCard, ListingShape, etag_of
from kechuang.web.api.writing import answer, writes
from kechuang.web.cards import card_of
from kechuang.web.views.search import kind_or_404

router = Router(tags=[gettext_noop("成果和需求")])


class Sent(Schema):
    """发送的内容: the fields of the kind's form; those left out of a change stay as they are."""

    content: dict[str, Any] = Field(description=gettext_noop("栏目名 → 值，见 content_事项代码"))
    hand_in: bool = Field(default=False, description=gettext_noop("保存后提交审核"))
    confirmed: bool = Field(default=False, description=gettext_noop("已看过提问和相似信息，仍要提交"))


class NewSent(Sent):
    """新发布."""

    party: int = Field(ge=1, le=2**63 - 1, description=gettext_noop("发布单位，您须是其经办人"))


class Asked(Schema):
    """提问: what the diagnosis asks before a listing is handed in."""

    field: str
    text: str
    blocking: bool


class Alike(Schema):
    """相似的已发布信息."""

    service: str
    id: int
    title: str
    similarity: float


class Saved(Schema):
    """保存结果: where it was not handed in though asked for, ``questions`` and ``alike`` say why."""

    listing: ListingShape
    handed_in: bool
    questions: list[Asked]
    alike: list[Alike]


class MyListing(ListingCard):
    """自己的发布信息."""

    status: str
    version: int
    has_pending: bool = Field(description=gettext_noop("有待审的变更"))


@router.get(
    "/my/listings",
    response=Page[MyListing],
    summary=gettext_noop("自己单位的发布信息"),
    description=gettext_noop("不论状态，最近改动的在前；service 选类别。"),
    url_name="my_listings",
)
@reads(Scope.READ_OWN)
def my_listings(
    request: ApiRequest, paging: Query[Paging], service: str = "achievements", status: str = ""
) -> dict[str, Any]:
    """All of one kind, whatever their status, the last changed first."""
    kind = kind_or_404(service)
    rows = request.auth.listings(access.owner.filter(request.auth.user, queries.listings(kind.service)))
    if status:
        if status not in dict(kind.model._meta.get_field("status").choices or ()):
            raise Invalid({"status": _("只能是 {known}。").format(known=STATUSES)})
        rows = rows.filter(status=status)
    page, total = rows_page(request, rows.order_by("-updated_at", "-pk"), paging)
    items = [
        MyListing(
            **ListingCard.of(card_of(row)).model_dump(),
            status=row.status,
            version=row.version,
            has_pending=row.pending is not None,
        )
        for row in page
    ]
    return page_of(request, items, total, paging)


@router.get(
    "/listings/{slug:service}",
    response=Found,
    summary=gettext_noop("一类公开信息的列表"),
    description=gettext_noop("与检索页相同的条件、排序和计数。"),
    url_name="listings",
)
@reads()
def listings(request: ApiRequest, service: Slug, filters: Query[Filters], paging: Query[Paging]) -> Found:
    """Public listings of one kind under the search page's filters."""
    return found(request, filters, paging, {"kind": [kind_or_404(service).service]})


@router.get(
    "/listings/{slug:service}/{int:pk}",
    response=ListingShape,
    summary=gettext_noop("一条信息"),
    description=gettext_noop("公开内容人人可读；有 read:own 时还能读到本人能看到的。响应头 ETag 用于修改。"),
    url_name="listing",
)
@reads()
def listing(request: ApiRequest, service: Slug, pk: Number) -> HttpResponse:
    """What is public to everybody; with ``read:own`` also what you may see. The ETag is for changing it."""
    row = _one(request, service, pk)
    return answer(ListingShape.of_reader(row, request.auth.reader), headers={"ETag": etag_of(row)})


@router.post(
    "/listings/{slug:service}",
    response={201: Saved},
    summary=gettext_noop("新发布一条"),
    description=gettext_noop("保存为草稿；hand_in 为 true 时接着提交审核。没有提交成时，questions 和 alike 说明原因。"),
    url_name="listings",
)
@writes(Scope.WRITE_LISTINGS)
def create(request: ApiRequest, service: Slug, sent: NewSent) -> HttpResponse:
    """Save a new listing as a draft; with ``hand_in`` also hand it in for review."""
    kind, user = kind_or_404(service), request.auth.user
    party = parties_in_roles(user, get(kind.service).audience).filter(pk=sent.party).first()
    if party is None:
        message = _("请选择您有权经办的单位，可用的见 /api/v1/me。")
        raise Invalid({"party": message}, message)
    outcome = send_form(
        service=kind.service,
        content=checked(kind, sent.content),
        by=user,
        now=clock.now(),
        party=party,
        submit=sent.hand_in,
        confirmed=sent.confirmed,
    )
    return _saved(outcome, user, 201)


@router.patch(
    "/listings/{slug:service}/{int:pk}",
    response=Saved,
    summary=gettext_noop("修改自己的一条"),
    description=gettext_noop("只改写明的栏目，其余不变；已发布的内容在变更审核通过前不变。必须带 If-Match。"),
    url_name="listing",
)
@writes(Scope.WRITE_LISTINGS)
def change(request: ApiRequest, service: Slug, pk: Number, sent: Sent) -> HttpResponse:
    """Change some fields; a published wording stays until the change is approved. Needs ``If-Match`` with the ETag."""
    kind = kind_or_404(service)
    row, user = _one(request, service, pk, own=True), request.auth.user
    if not access.edit_listing.check(user, row):
        raise NotAllowed(_("只有发布单位的经办人可以修改。"))
    version = _version(request, row, sent)
    content = checked(kind, latest(row) | sent.content)
    try:
        outcome = send_form(
            service=kind.service,
            content=content,
            by=user,
            now=clock.now(),
            listing=row,
            version=version,
            submit=sent.hand_in,
            confirmed=sent.confirmed,
        )
    except Stale:
        raise _changed(queries.listings(service).get(pk=pk), content) from None
    return _saved(outcome, user, 200)


def _one(request: ApiRequest, service: str, pk: int, *, own: bool = False) -> Any:
    kind: ListingKind = kind_or_404(service)
    return get_object_or_404(request.auth.listings(queries.listings(kind.service), own=own), pk=pk)


def given_tags(request: HttpRequest) -> list[str]:
    """What If-Match names; empty where it is not sent."""
    return [tag.strip() for tag in request.headers.get("If-Match", "").split(",") if tag.strip()]


def _version(request: HttpRequest, row: Listing, sent: Sent) -> int:
    """The version that the caller has seen, which must be the present one."""
    tags = given_tags(request)
    if not tags:
        raise Unversioned(_("请用 If-Match 请求头带上读取时得到的 ETag，以免覆盖他人的修改。"))
    if "*" not in tags and etag_of(row) not in tags:
        raise _changed(row, latest(row) | sent.content)
    return row.version


def _changed(row: Any, content: dict[str, Any]) -> Changed:
    plain = {name: queries.plain(value) for name, value in content.items()}
    return Changed(
        _("您读取之后，这条信息已被他人（或您的另一个程序）保存。请对照差异，用新的 ETag 重新提交。"),
        etag=etag_of(row),
        changes=changes(row.service, latest(row), plain),
    )


def _saved(outcome: Outcome, user: Any, status: int) -> HttpResponse:
    row = outcome.listing
    row = queries.listings(row.service).get(pk=row.pk)
    body = Saved(
        listing=ListingShape.of_reader(row, user),
        handed_in=outcome.handed_in,
        questions=[Asked(field=q.field, text=q.text, blocking=q.blocking) for q in outcome.asked],
        alike=[Alike(service=h.kind, id=h.ref, title=h.title, similarity=h.similarity) for h in outcome.alike],
    )
    url = reverse("api-v1:listing", kwargs={"service": row.service, "pk": row.pk})
    return answer(body, status=status, headers={"ETag": etag_of(row), "Location": url})
