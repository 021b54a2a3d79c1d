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
    services, districts = queries.places(queries.past() if past else queries.running())
    return NoticePage(
        rows=[_row(user, notice, past) for notice in here],
        total=pages.count,
        page=Page(here.number, pages.num_pages),
        past=past,
        service=_code(parameters, "service"),
        district=_code(parameters, "district"),
        services=sorted((code, get(code).title) for code in services),
        districts=sorted((code, vocab.label("district", code)) for code in districts),
        objections=list(queries.open_objections(user)),
    )


def _row(user: Any, notice: PublicNotice, past: bool) -> NoticeRow:
    case = notice.case
    # A visitor who could object after signing in is shown the way.
    may = not past and (not user.is_authenticated or access.object_to.check(user, notice))
    return NoticeRow(notice, get(case.service), case.state == access.OBJECTED, may)
