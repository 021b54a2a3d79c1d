"""规模: the number of queries and the length of a page do not grow with the city."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kechuang.core.cases.models import Case
from kechuang.core.parties import access
from kechuang.core.parties.actions import appoint
from kechuang.core.parties.models import Party, User
from kechuang.core.publicity.models import PublicNotice
from kechuang.web.waits import stuck_people
from tests.city import NOW, City, listing, party, person, works_for

MANY = 120


def browser(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def queries_of(user: Any, url: str) -> int:
    client = browser(user)
    client.get(url)  # what a process asks once
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def enterprises(count: int) -> None:
    Party.objects.bulk_create(
        Party(kind="enterprise", name=f"示例企业{n:03d}", district="370281", created_at=NOW) for n in range(count)
    )


def test_who_is_stuck_is_told_by_as_many_queries_for_four_people_as_for_one(city: City) -> None:
    cases = [listing(city, "needs", title=f"需求 {n}")[1] for n in range(6)]
    long_ago = NOW - timedelta(days=400)
    Case.objects.update(assignee=city.broker, owner="broker", state="submitted", touched_at=long_ago)
    with CaptureQueriesContext(connection) as one:
        assert len(stuck_people(city.officer, timezone.localdate())) == 1
    for user in (city.expert, city.colleague, city.professor):
        copies = [Case.objects.get(pk=case.pk) for case in cases]
        for case in copies:
            case.pk, case.assignee = None, user
        Case.objects.bulk_create(copies)
    with CaptureQueriesContext(connection) as four:
        found = stuck_people(city.officer, timezone.localdate())
    assert len(four) == len(one)
    shown = {row.stuck.user: (row.roles, row.parties) for row in found}
    assert shown[city.broker][0] == {"broker"}
    assert shown[city.expert] == ({"expert"}, [])
    assert shown[city.colleague] == ({"enterprise"}, [city.company.name])
    assert shown[city.professor] == ({"institution"}, [city.university.name])


@pytest.mark.parametrize("url", ["/dossiers/", "/visits/firms/", "/ladder/next/", "/visits/statistics/"])
def test_lists_of_enterprises_ask_as_often_for_many_as_for_few(city: City, url: str) -> None:
    few = queries_of(city.officer, url)
    enterprises(MANY)
    assert queries_of(city.officer, url) <= few + 2  # the first page is full now


def test_public_notices_ask_once_where_the_reader_may_object(city: City) -> None:
    _need, case = listing(city, "needs")
    today, asked = timezone.localdate(), []
    for count in (1, 12):
        copies = [Case.objects.get(pk=case.pk) for _ in range(count)]
        for copy in copies:
            copy.pk, copy.state, copy.owner, copy.assignee = None, "notice", "", None
        Case.objects.bulk_create(copies)
        PublicNotice.objects.bulk_create(
            PublicNotice(case=copy, matter="示例", since=today, until=today + timedelta(days=9)) for copy in copies
        )
        asked.append(queries_of(city.stranger, "/notices/"))
    assert asked[0] == asked[1]


def test_organisations_that_wait_come_in_pages(city: City) -> None:
    enterprises(MANY)
    first = browser(city.officer).get("/organisations/unverified/").content.decode()
    last = browser(city.officer).get("/organisations/unverified/?page=3").content.decode()
    assert (first.count("退回原因</option>"), last.count("退回原因</option>")) == (50, 20)
    assert "?page=2" in first


def test_desks_of_colleagues_come_in_pages(city: City) -> None:
    _need, case = listing(city, "needs")
    copies = []
    for n in range(60):
        copy = Case.objects.get(pk=case.pk)
        copy.pk, copy.state, copy.owner, copy.assignee = None, "submitted", "officer", person(f"p{n}")
        copies.append(copy)
    Case.objects.bulk_create(copies)
    pages = [browser(city.officer).get(f"/handover/?page={n}").context["desks"] for n in (1, 2)]
    assert [len(desks) for desks in pages] == [50, 10]


def test_who_only_reads_asks_once_for_her_posts_and_a_step_sees_new_ones_at_once(city: City) -> None:
    reader = User.objects.get(pk=city.officer.pk)
    reader.scopes = {}
    with CaptureQueriesContext(connection) as asked:
        assert all(access.supervises.check(reader, city.company) for _ in range(3))
    assert sum('FROM "parties_post"' in query["sql"] for query in asked) == 1
    assert browser(city.stranger).get("/organisations/unverified/").status_code == 403
    appoint(user=city.stranger, role="officer", by=city.officer, now=NOW)
    assert access.supervises.check(city.stranger, city.company)
    assert browser(city.stranger).get("/organisations/unverified/").status_code == 200


def test_enterprises_are_in_the_order_of_their_completeness_on_every_page(city: City) -> None:
    works_for(person("other"), party("enterprise", "示例空白有限公司", "91370200264574251E", "370281"), "admin")
    enterprises(MANY)
    client = browser(city.officer)
    rows = [row for n in (1, 2, 3) for row in client.get(f"/dossiers/?sort=name&page={n}").context["rows"]]
    assert len(rows) == len({row.party.pk for row in rows}) == Party.objects.filter(kind="enterprise").count()
    assert {row.percent for row in rows} >= {0}
