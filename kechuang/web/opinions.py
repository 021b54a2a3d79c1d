"""满意度页 opinions: the form of an answer, and the officers' tables and lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from kechuang.core.cases.models import Satisfaction
from kechuang.core.cases.satisfaction_figures import GROUPS, KINDS, NONE, Line, answers, lines
from kechuang.core.catalogue.models import all_services
from kechuang.core.parties.models import Party
from kechuang.core.vocab import queries as vocab
from kechuang.web.browse import Page

PAGE = 20
YES_NO = (("yes", gettext_lazy("是")), ("no", gettext_lazy("否")))
HEADINGS = {
    "service": gettext_noop("按事项"),
    "unit": gettext_noop("按单位"),
    "district": gettext_noop("按区市"),
}
LISTS = {
    "asked": gettext_noop("已发出"),
    "answered": gettext_noop("已回答"),
    "late": gettext_noop("认为不及时"),
    "useless": gettext_noop("认为没有帮助"),
    "words": gettext_noop("写了意见"),
}


class AnswerForm(forms.Form):
    """评价: any part of an answer; what is not sent stays as it was."""

    in_time = forms.TypedChoiceField(
        choices=YES_NO, coerce=lambda v: v == "yes", required=False, empty_value=None, label=gettext_lazy("联系及时吗")
    )
    useful = forms.TypedChoiceField(
        choices=YES_NO, coerce=lambda v: v == "yes", required=False, empty_value=None, label=gettext_lazy("有帮助吗")
    )
    text = forms.CharField(
        max_length=500,
        required=False,
        label=gettext_lazy("还想说什么（可不填）"),
        help_text=gettext_lazy("只有主管部门看得到，不转给被评价的单位。至多 500 字。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def given(self) -> dict[str, Any]:
        """The parts that were sent."""
        return {name: value for name, value in self.cleaned_data.items() if name in self.data}


@dataclass(frozen=True)
class Row:
    """一行: a group's name and counts; ``key`` is its word in the address."""

    key: str
    name: str
    line: Line

    @property
    def in_time(self) -> int | None:
        """Percent who said that they were contacted in time."""
        return round(100 * self.line.in_time / self.line.said_in_time) if self.line.said_in_time else None

    @property
    def late(self) -> int:
        """How many said that they were not."""
        return self.line.said_in_time - self.line.in_time

    @property
    def useless(self) -> int:
        """How many said that it was not useful."""
        return self.line.said_useful - self.line.useful

    @property
    def useful(self) -> int | None:
        """Percent who said that it was useful."""
        return round(100 * self.line.useful / self.line.said_useful) if self.line.said_useful else None


@dataclass(frozen=True)
class Opinions:
    """满意度页: one table, and the list that was chosen from it."""

    by: str
    tabs: list[tuple[str, str]]
    rows: list[Row]
    chosen: str
    answers: list[Satisfaction]
    total: int
    page: Page
    services: Mapping[str, str]


def opinions(officer: Any, parameters: QueryDict) -> Opinions:
    """What an officer sees; unknown words in the address are ignored."""
    by = parameters.get("by", "")
    by = by if by in GROUPS else "service"
    chosen = _chosen(parameters)
    services = {s.code: s.title for s in all_services()}
    number = parameters.get("page", "1")
    pages = Paginator(answers(officer, chosen), PAGE)
    here = pages.get_page(number if number.isascii() and number.isdigit() and len(number) < 6 else "1")
    return Opinions(
        by=by,
        tabs=[(name, _(label)) for name, label in HEADINGS.items()],
        rows=_rows(by, lines(officer, by), services),
        chosen=_words(chosen, services),
        answers=list(here),
        total=pages.count,
        page=Page(here.number, pages.num_pages),
        services=services,
    )


def _chosen(parameters: QueryDict) -> dict[str, str]:
    given = {name: str(parameters.get(name, "")) for name in ("service", "unit", "district", "kind")}
    chosen = {name: value for name, value in given.items() if value and "\0" not in value and len(value) <= 40}
    if chosen.get("kind", "asked") not in KINDS:
        del chosen["kind"]
    unit = chosen.get("unit", NONE)
    if unit != NONE and not (unit.isascii() and unit.isdigit() and len(unit) < 12):
        del chosen["unit"]
    return chosen


def _rows(by: str, found: list[Line], services: Mapping[str, str]) -> list[Row]:
    names: Mapping[Any, str] = {"service": services, "unit": {}, "district": vocab.labels("district")}[by]
    if by == "unit":
        names = dict(Party.objects.filter(pk__in=[line.key for line in found]).values_list("pk", "name"))
    nobody = _("主管部门") if by == "unit" else _("全市")
    return [
        Row(str(line.key), names.get(line.key, str(line.key)), line) if line.key else Row(NONE, nobody, line)
        for line in found
    ]


def _words(chosen: Mapping[str, str], services: Mapping[str, str]) -> str:
    """The chosen list in words."""
    words = []
    if "service" in chosen:
        words.append(services.get(chosen["service"], chosen["service"]))
    if "unit" in chosen:
        party = Party.objects.filter(pk=chosen["unit"]).first() if chosen["unit"] != NONE else None
        words.append(party.name if party else _("主管部门"))
    if "district" in chosen:
        words.append(vocab.label("district", chosen["district"]) if chosen["district"] != NONE else _("全市"))
    words.append(_(LISTS[chosen.get("kind", "asked")]))
    return " · ".join(words)
