"""挂接点 extend: where a row of the service list adds to pages of the city, without an edit there.

A row calls these in its ``views.py``, which its ``urls.py`` imports: links beside answers and on listings, a page of
its own for its cases, a list of its own beside those of the work desk, figures on the home pages.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse

from kechuang.core.cases.models import Case
from kechuang.core.market.models import Need, Offer
from kechuang.core.parties.models import Party
from kechuang.web.case_forms import MaterialForm, StepForm


@dataclass(frozen=True)
class Link:
    """链接: what a person may do or look at; ``main`` where it is the thing most likely wanted."""

    label: str
    url: str
    main: bool = False


@dataclass(frozen=True)
class Pair:
    """一对: what a link is asked for: an offer, a need, or both together."""

    need: Need | None = None
    offer: Offer | None = None


# Given the user and all pairs of a page, the links of each pair: a source asks the database once, not once per pair.
Source = Callable[[Any, Sequence[Pair]], Sequence[Sequence[Link]]]
_sources: list[Source] = []


def register_links(source: Source) -> Source:
    """Let a row put links beside needs, offers and answers."""
    if source not in _sources:
        _sources.append(source)
    return source


def links(user: Any, pairs: Sequence[Pair]) -> list[list[Link]]:
    """For each pair the links that all rows have for this user."""
    found: list[list[Link]] = [[] for _ in pairs]
    for source in _sources if pairs else []:
        for beside, more in zip(found, source(user, pairs), strict=True):
            beside.extend(more)
    return found


@dataclass(frozen=True)
class Aside:
    """旁栏: what a row shows beside a listing of another row; the template finds ``context`` as ``aside``."""

    template: str
    context: Mapping[str, Any]


AsideSource = Callable[[Any, Any], Aside | None]
_asides: dict[str, list[AsideSource]] = {}


def register_aside(service: str, source: AsideSource, *, page: str = "listing") -> AsideSource:
    """Let a row put something beside the listings of a service, given the user and the listing.

    ``page`` is ``listing`` or ``match``, the page of the answers to it.
    """
    if source not in _asides.setdefault(f"{page}:{service}", []):
        _asides[f"{page}:{service}"].append(source)
    return source


def asides(user: Any, listing: Any, *, page: str = "listing") -> list[Aside]:
    """What rows show beside this listing to this user."""
    found = [source(user, listing) for source in _asides.get(f"{page}:{listing.service}", ())]
    return [aside for aside in found if aside is not None]


PartyAside = Callable[[Any, Party], Aside | None]
_party_asides: list[PartyAside] = []


def register_party_aside(source: PartyAside) -> PartyAside:
    """Let a row put something on the page of an organisation, given the user and the organisation."""
    if source not in _party_asides:
        _party_asides.append(source)
    return source


def party_asides(user: Any, party: Party) -> list[Aside]:
    """What rows show on the page of this organisation to this user."""
    found = [source(user, party) for source in _party_asides]
    return [aside for aside in found if aside is not None]


@dataclass(frozen=True)
class Outcome:
    """办理结果: what the page of a case says of the last act: forms not accepted, the refusal, or what is done."""

    tried: StepForm | None = None
    upload: MaterialForm | None = None
    refusal: str = ""
    done: str = ""
    status: int = 200


CasePage = Callable[[HttpRequest, Case, Outcome], HttpResponse]
_case_pages: dict[str, CasePage] = {}


def case_page(service: str) -> Callable[[CasePage], CasePage]:
    """Declare the function that shows the cases of a row. Its template extends ``web/casepage.html``."""

    def declare(page: CasePage) -> CasePage:
        _case_pages[service] = page
        return page

    return declare


def case_page_of(service: str) -> CasePage | None:
    """The row's own page for its cases; None where the common one serves."""
    return _case_pages.get(service)


@dataclass(frozen=True)
class DeskList:
    """清单: a list that a row keeps on a page of its own; ``count`` is None for those who do not have it."""

    label: str
    url_name: str
    count: Callable[[Any, date], int | None]


_desk_lists: dict[str, DeskList] = {}


def register_desk_list(listed: DeskList) -> DeskList:
    """Put a row's own list among the lists of the work desk."""
    _desk_lists[listed.url_name] = listed
    return listed


def desk_lists(user: Any, today: date) -> list[tuple[DeskList, int]]:
    """The rows' own lists that the user has, with how much is in each."""
    counted = [(listed, listed.count(user, today)) for listed in _desk_lists.values()]
    return [(listed, count) for listed, count in counted if count is not None]


@dataclass(frozen=True)
class Figure:
    """数字: a number of somebody's home page that leads to the list behind it."""

    label: str
    value: int
    url: str
    note: str = ""


# Given the user and the day, the figures that a row adds to her home page.
FigureSource = Callable[[Any, date], Sequence[Figure]]
_figure_sources: dict[str, FigureSource] = {}


def register_figures(label: str, source: FigureSource) -> None:
    """Give a row a block of figures on the home pages of those whom it concerns, under this heading."""
    _figure_sources[label] = source


def figures(user: Any, today: date) -> list[tuple[str, Sequence[Figure]]]:
    """The rows' blocks of figures for this user; those without figures are left out."""
    found = [(label, source(user, today)) for label, source in _figure_sources.items()]
    return [(label, shown) for label, shown in found if shown]
