"""填写页 editor: what the page shows on which a listing is written: form, remarks, questions, drafts, differences."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.forms import Form
from django.http import QueryDict
from django.urls import reverse

from kechuang.core.cases.models import Case
from kechuang.core.cases.publishing import latest, warnings
from kechuang.core.cases.queries import publication_case
from kechuang.core.catalogue.models import Service, get
from kechuang.core.market import queries
from kechuang.core.market.kinds import ListingKind, listing_kind
from kechuang.core.market.models import Draft
from kechuang.core.market.questions import Question
from kechuang.core.market.wording import Change, changes
from kechuang.core.parties.models import Party
from kechuang.core.parties.queries import parties_in_roles
from kechuang.core.search.models import Hit
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.kit.workflow import Step
from kechuang.web import clock
from kechuang.web.prefill import prefill

_KEY = re.compile(r"[0-9a-f]{32}")
# What a page sends beside the fields of the form.
_OWN = ("csrfmiddlewaretoken", "submit", "confirmed")
LARGEST_DRAFT = 400_000  # characters


@dataclass(frozen=True)
class Sent:
    """提交的页面: what came with the fields: the page's own key, the version it showed, the party, the button."""

    key: str
    version: int | None
    party: int | None
    submit: bool
    confirmed: bool

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Sent":
        """From a POST or a kept draft; anything odd counts as not given."""
        return cls(
            key=key_of(data.get("key", "")),
            version=_number(data.get("version", "")),
            party=_number(data.get("party", "")),
            submit="submit" in data,
            confirmed="confirmed" in data,
        )


@dataclass
class Editor:
    """填写页: one form in all its conditions; ``asked`` holds the questions by field, ``remarks`` the officer's."""

    service: Service
    kind: ListingKind
    form: Any
    key: str
    listing: Any = None
    case: Case | None = None
    version: int | None = None
    step: Step | None = None
    parties: list[Party] = field(default_factory=list)
    party: int | None = None
    drafts: list[Draft] = field(default_factory=list)
    restored: Draft | None = None
    asked: dict[str, list[Question]] = field(default_factory=dict)
    alike: list[Hit] = field(default_factory=list)
    checking: bool = False
    stale: str = ""
    differences: list[Change] = field(default_factory=list)

    @property
    def remarks(self) -> dict[str, str]:
        """What the officer wrote at single fields."""
        return self.case.fields if self.case else {}

    @property
    def questions(self) -> list[Question]:
        """All questions, blocking ones first."""
        found = [q for asked in self.asked.values() for q in asked]
        return sorted(found, key=lambda q: not q.blocking)

    @property
    def blocked(self) -> bool:
        """Whether a question must be answered before anything can be handed in."""
        return any(q.blocking for q in self.questions)

    @property
    def draft_url(self) -> str:
        """Where the page keeps what is being typed."""
        if self.listing is None:
            return reverse("new_draft", args=[self.kind.service])
        return reverse("listing_draft", args=[self.kind.service, self.listing.pk])


def key_of(value: Any) -> str:
    """The page's key if it has the form of one, else an empty text."""
    return value if isinstance(value, str) and _KEY.fullmatch(value) else ""


def _number(value: Any) -> int | None:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10 else None


def subject(service: str, listing: Any, key: str) -> str:
    """The name under which a draft of this page is kept."""
    return f"{service}:{listing.pk if listing is not None else 'new'}:{key}"


def editor(user: Any, kind: ListingKind, listing: Any = None, **changed: Any) -> Editor:
    """The page for a new listing or for an existing one, before anything is typed."""
    service = get(kind.service)
    case = publication_case(listing) if listing is not None else None
    page = Editor(service, kind, form=None, key=secrets.token_hex(16), listing=listing, case=case)
    if listing is None:
        page.parties = list(parties_in_roles(user, service.audience))
        page.step = service.workflow.handing_in(service.workflow.start)
    else:
        page.version = listing.version
        page.step = service.workflow.handing_in(case.state) if case else None
    page.drafts = list(queries.drafts(user, subject(kind.service, listing, "").rstrip(":")))
    for name, value in changed.items():
        setattr(page, name, value)
    if page.form is None:
        page.form = kind.form(initial=latest(listing) if listing is not None else None)
    if listing is None and len(page.parties) == 1:
        prefill(page.form, page.parties[0], clock.today())
    return page


def restore(page: Editor, key: str) -> None:
    """Fill the page with the kept draft of this key; its version stays, so that the lock still holds."""
    found = next((d for d in page.drafts if d.subject.endswith(f":{key}")), None)
    if found is None or not key_of(key):
        return
    data = as_query(found.data)
    sent = Sent.read(data)
    page.restored, page.key, page.party = found, key, sent.party
    page.drafts = [d for d in page.drafts if d.pk != found.pk]
    page.version = sent.version if page.listing is not None else None
    page.form = page.kind.form(initial=typed(page.form, data))


def ask(page: Editor, content: Mapping[str, Any]) -> None:
    """Put the questions of the diagnosis to the fields; a page on which nothing is written asks nothing."""
    if not (content.get("title") or content.get("text")):
        return
    for question in page.kind.checks(content, clock.today()):
        page.asked.setdefault(question.field, []).append(question)


def check(page: Editor) -> None:
    """Show what should be looked at before the saved wording is handed in."""
    page.checking = True
    page.alike = warnings(page.listing, clock.now())[1]


def differ(page: Editor, cleaned: Mapping[str, Any], words: str) -> None:
    """Show what somebody else saved beside what was typed; the next save is made over the newest version."""
    page.stale = words
    page.version = page.listing.version
    plain = {name: queries.plain(value) for name, value in cleaned.items()}
    page.differences = changes(page.kind.service, latest(page.listing), plain)


def typed(form: Any, data: QueryDict) -> dict[str, Any]:
    """What was typed, field by field, unchecked."""
    return {name: f.widget.value_from_datadict(data, {}, name) for name, f in form.fields.items()}


def typed_content(service: str, data: QueryDict) -> dict[str, Any]:
    """What was typed, checked where it can be; for the diagnosis while typing."""
    form = listing_kind(service).form(data)
    form.is_valid()
    cleaned: dict[str, Any] = form.cleaned_data
    return typed(form, data) | cleaned


def as_data(post: QueryDict) -> dict[str, list[str]] | None:
    """What a page sent, as a draft keeps it; None where nothing was typed or it is too long to keep."""
    found = {name: [str(v) for v in post.getlist(name)] for name in post if name not in _OWN}
    fields = {name: values for name, values in found.items() if name not in ("key", "version", "party")}
    length = sum(len(v) for values in fields.values() for v in values)
    return found if 0 < length <= LARGEST_DRAFT else None


def as_query(data: Mapping[str, Any]) -> QueryDict:
    """A kept draft as a page sends it."""
    query = QueryDict(mutable=True)
    for name, values in data.items():
        query.setlist(name, list(values) if isinstance(values, list) else [str(values)])
    return query


def add_refusal(form: Form, refusal: Refusal) -> None:
    """Put the words of a refusal at the fields that they name, else on top of the form.

    Raises :class:`NotAllowed` again: no other input would help whom the role keeps out.
    """
    if isinstance(refusal, NotAllowed):
        raise refusal
    for name, words in refusal.fields.items():
        form.add_error(name if name in form.fields else None, words)
    if not refusal.fields:
        form.add_error(None, refusal.message)
