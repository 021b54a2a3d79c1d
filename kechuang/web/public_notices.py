"""公示清单 public notices: what is and was put before the public, of all services, with filters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet

from kechuang.core.catalogue.models import Service, get
from kechuang.core.publicity import access, queries
from kechuang.core.publicity.models import Objection, PublicNotice
from kechuang.core.vocab import queries as vocab
from kechuang.web.browse import Page

PAGE = 30
PAST = "past"


@dataclass(frozen=True)
class NoticeRow:
    """一项公示: with its service, whether an objection has stopped it, and whether this reader may object."""

    notice: PublicNotice
    service: Service
    suspended: bool
    may_object: bool


@dataclass(frozen=True)
class NoticePage:
    """公示页: the notices under the filters of the address, and what the filters offer."""

    rows: list[NoticeRow]
    total: int
    page: Page
    past: bool
    service: str
    district: str
    services: list[tuple[str, str]]
    districts: list[tuple[str, str]]
    objections: list[Objection]


def chosen(parameters: Mapping[str, Any]) -> QuerySet[PublicNotice]:
    """The notices under the filters of an address, running ones or past ones."""
    rows = queries.past() if parameters.get("when") == PAST else queries.running()
    return queries.filtered(rows, service=_code(parameters, "service"), district=_code(parameters, "district"))


def _code(parameters: Mapping[str, Any], name: str) -> str:
    return str(parameters.get(name, "")).replace("\0", "")


def notice_page(user: Any, parameters: Mapping[str, Any]) -> NoticePage:
    """The page of public notices for a reader; officers see besides which objections wait for them."""
    number = str(parameters.get("page", "1"))
    pages = Paginator(chosen(parameters), PAGE)
    here = pages.get_page(number if number.isascii() and number.isdigit() and len(number) < 6 else 1)
    past = parameters.get("when") == PAST
    notices = list(here)
    # A visitor who could object after signing in is shown the way.
    open_to = {n.pk for n in notices} if not user.is_authenticated else _open_to(user, notices)
    services, districts = queries.places(queries.past() if past else queries.running())
    return NoticePage(
        rows=[_row(notice, not past and notice.pk in open_to) for notice in notices],
        total=pages.count,
        page=Page(here.number, pages.num_pages),
        past=past,
        service=_code(parameters, "service"),
        district=_code(parameters, "district"),
        services=sorted((code, get(code).title) for code in services),
        districts=sorted((code, vocab.label("district", code)) for code in districts),
        objections=list(queries.open_objections(user)),
    )


def _open_to(user: Any, notices: list[PublicNotice]) -> set[int]:
    """The numbers of those to which the user may object."""
    rows = PublicNotice.objects.filter(pk__in=[notice.pk for notice in notices])
    return set(access.object_to.filter(user, rows).values_list("pk", flat=True))


def _row(notice: PublicNotice, may_object: bool) -> NoticeRow:
    case = notice.case
    return NoticeRow(notice, get(case.service), case.state == access.OBJECTED, may_object)
