"""认定世界 recognitions: applications of the company and of another firm in several states, for tests/test_urls.py."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from kechuang.core.cases.actions import advance
from kechuang.core.parties.actions import appoint
from kechuang.core.publicity.clock import end_notices
from kechuang.services.recognition import actions, queries
from kechuang.services.recognition.models import Application, Batch
from kechuang.services.recognition.tests.desk import fill_file, open_window
from tests.city import NOW, City, party, person, works_for

AFTER = NOW + timedelta(days=15)


@dataclass
class Recognitions:
    """What the world has of them; nobody of the city acts for the other firm."""

    draft: Application  # the company's
    checked: Application  # the company's, pre-checked by the district's officer
    sent: Application  # of the other firm
    noticed: Application  # of the other firm
    batch: Batch


def recognitions(city: City) -> Recognitions:
    """All of them; the rules of the nation are loaded."""
    agent, checker = person("recognition-agent"), person("recognition-checker")
    appoint(user=checker, role="officer", district="370281", by=None, now=NOW)
    other = party("enterprise", "示例认定企业有限公司", "91370281MADEM4019D", "370281")
    works_for(agent, other, "admin")
    for firm, by in ((city.company, city.engineer), (other, agent)):
        fill_file(firm, by)
    for code in ("sme", "hnte"):
        open_window(code)

    def started(code: str, *, own: bool) -> Application:
        rung = queries.rung_of(code)
        assert rung is not None
        firm, by = (city.company, city.engineer) if own else (other, agent)
        return actions.start(party=firm, rung=rung, by=by, now=NOW)

    def step(row: Application, name: str, by: object, now: datetime = NOW) -> Application:
        advance(case=Application.objects.get(pk=row.pk).case, step=name, by=by, now=now)
        return Application.objects.get(pk=row.pk)

    def noticed(code: str) -> Application:
        row = step(step(started(code, own=False), "submit", agent), "check", checker)
        step(row, "recommend", city.officer)
        end_notices(now=AFTER)
        return Application.objects.get(pk=row.pk)

    sent = step(noticed("sme"), "send", city.officer, AFTER)
    assert sent.batch is not None
    return Recognitions(
        draft=started("hnte", own=True),
        checked=step(step(started("sme", own=True), "submit", city.engineer), "check", city.district_officer),
        sent=sent,
        noticed=noticed("hnte"),
        batch=sent.batch,
    )
