"""征求意见小城 consulting: a draft that is prepared, one that is open with comments, one that is being answered."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser

from kechuang.core.cases.actions import advance
from kechuang.services.consultations import actions, commenting
from kechuang.services.consultations.clock import tick
from kechuang.services.consultations.models import Comment, Consultation, Stage
from tests.city import NOW, City

TEXT = """第一章 总则
第一条 为支持示例事项，制定本办法。

第二条 补助比例为百分之十，每年最高 100 万元。
第三条 本办法自公布之日起施行。"""
VISITOR = AnonymousUser()


@dataclass
class Consulting:
    """Three consultations of the city's bureau, and a comment in each state that matters."""

    prepared: Consultation
    stage: Stage  # of the prepared one
    opened: Consultation
    held: Comment  # a visitor's, on the open one
    waiting: Comment  # the company's, on the open one
    ended: Consultation  # its period is over
    left: Comment  # without an answer, on the ended one


def fresh(row: Consultation) -> Consultation:
    """As it is now."""
    return Consultation.objects.select_related("case").get(pk=row.pk)


def draft(**more: Any) -> actions.Draft:
    """What an officer fills in."""
    given: dict[str, Any] = {
        "title": "示例补助办法",
        "summary": "示例说明。",
        "text": TEXT,
        "audience": "all",
        "days": 5,
    }
    return actions.Draft(**(given | more))


def prepared(city: City, **more: Any) -> Consultation:
    """A draft with a stage on record."""
    row = actions.prepare(draft=draft(**more), district="", by=city.officer, now=NOW)
    actions.add_stage(
        row=row, kind="risk", on=date(2026, 11, 2), who="示例评估组", text="风险低。", by=city.officer, now=NOW
    )
    return row


def opened(city: City, **more: Any) -> Consultation:
    """A consultation that has begun."""
    row = prepared(city, **more)
    advance(case=row.case, step="begin", by=city.officer, now=NOW)
    return fresh(row)


def said(row: Consultation, by: Any, text: str = "比例应提高到百分之二十。", clause: int = 2, **more: Any) -> Comment:
    """A comment on a clause."""
    found = row.clauses.get(number=clause) if clause else None
    return commenting.comment(row=row, said=commenting.Said(text=text, clause=found, **more), by=by, now=NOW)


def consulting(city: City) -> Consulting:
    """All of them."""
    ready, running, ended = prepared(city), opened(city), opened(city, title="示例已届满办法")
    left = said(ended, city.engineer, party=city.company)
    held, waiting = said(running, VISITOR, origin="o"), said(running, city.engineer, party=city.company)
    Consultation.objects.filter(pk=ended.pk).update(
        closes_on=NOW.date() - timedelta(days=1), opened_on=date(2026, 11, 1)
    )
    tick(now=NOW)
    stage = ready.stages.get()
    return Consulting(ready, stage, fresh(running), held, waiting, fresh(ended), left)
