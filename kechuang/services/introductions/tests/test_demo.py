"""演示对接: the fictional introductions load once, in all states, and tell nobody of the past."""

from pathlib import Path
from typing import Any

import pytest

from kechuang.core.audit.models import Event
from kechuang.core.cases.models import Case, Contact, Satisfaction
from kechuang.core.market.models import Need, Offer
from kechuang.core.notices.models import Notice
from kechuang.services.introductions import demo
from tests.city import NOW, City, published, task_force

pytestmark = pytest.mark.django_db
NEEDS = 9


def test_stories_are_told_once_and_quietly(city: City, tmp_path: Path, settings: Any) -> None:
    settings.DOCUMENTS_DIR = tmp_path
    task_force(city)
    published(city, "achievements")
    for number in range(NEEDS):
        published(city, "needs", title=f"受潮掉功率的第 {number} 条需求", code=f"n{number}")
    Need.objects.update(fictional=True)
    Offer.objects.update(fictional=True)
    Notice.objects.all().delete()
    done: list[int] = []
    assert demo.load(NOW, lambda _what, n, _all: done.append(n)) == NEEDS
    assert demo.load(NOW, lambda *_: None) == 0
    rows = Case.objects.filter(service="introductions")
    assert (done[-1], rows.count(), Notice.objects.count()) == (NEEDS, NEEDS, 0)
    assert Event.objects.filter(subject="cases.case", at__gt=NOW).count() == 0
    assert Contact.objects.filter(at__gt=NOW).count() == 0
    assert rows.values("state").distinct().count() > 2
    assert Satisfaction.objects.count() == rows.filter(owner="").count()
    assert Satisfaction.objects.filter(answered_at__gt=NOW).count() == 0
