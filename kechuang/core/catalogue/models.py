"""事项目录 catalogue: the rows of the city's service list, declared in code by the services themselves."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kechuang.kit.access import Rule
from kechuang.kit.language import english
from kechuang.kit.workflow import Workflow


@dataclass(frozen=True)
class Service:
    """事项: what a row declares.

    ``audience`` names the roles that may open a case; ``basis`` is the legal or documentary ground
    设定依据 with its source; ``days`` the promised time 承诺时限 in working days; ``rows`` the mission rows
    that it covers; ``form`` the class of the form that opens a case. ``part_of`` names the row in whose folder it is
    declared, where a row needs a second workflow; ``viewers`` are those who see its cases besides the sides, the
    officers and the task force. ``host`` gives for a case the number of the party that runs the row 承办单位: where a
    state's owner is ``host``, the wait stands with its people, and without them with the officers. ``page`` names the
    address where the row begins, for rows that are neither published nor opened with a form.
    """

    code: str
    name: str
    name_en: str
    summary: str
    basis: str
    audience: tuple[str, ...]
    workflow: Workflow
    days: int
    rows: tuple[str, ...]
    materials: tuple[str, ...] = ()
    form: type[Any] | None = None
    indicators: tuple[str, ...] = field(default=())
    part_of: str = ""
    viewers: Rule | None = None
    host: Callable[[Any], int | None] | None = None
    page: str = ""

    @property
    def title(self) -> str:
        """The name in the reader's language."""
        return self.name_en if english() else self.name


_services: dict[str, Service] = {}


def register(service: Service) -> Service:
    """Add a row to the catalogue; a code can be taken once."""
    if _services.get(service.code, service) != service:
        raise ValueError(f"service code taken twice: {service.code}")
    _services[service.code] = service
    return service


def get(code: str) -> Service:
    """The row with this code; KeyError where there is none."""
    return _services[code]


def all_services() -> list[Service]:
    """All rows, by code."""
    return [_services[code] for code in sorted(_services)]
