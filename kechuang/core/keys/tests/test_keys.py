"""密钥: kept as a hash, within what the person can use, at most a year, one answer a call."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from kechuang.core.audit.models import Event
from kechuang.core.keys.access import usable_scopes
from kechuang.core.keys.actions import (
    MOST,
    OtherCall,
    TooMany,
    WrongKey,
    claim_reply,
    create_key,
    forget_replies,
    keep_reply,
    revoke_key,
    use_key,
)
from kechuang.core.keys.models import ApiKey, Reply, Scope
from kechuang.core.keys.queries import keys_of
from kechuang.core.parties.models import User
from kechuang.kit.refusal import NotAllowed, Refusal
from tests.city import NOW, City, party, works_for


def made(user: User, name: str = "程序", scopes: tuple[str, ...] = ("read:own",), days: int = 30) -> tuple[ApiKey, str]:
    return create_key(user=user, name=name, scopes=scopes, days=days, by=user, now=NOW)


def test_only_the_hash_of_a_secret_is_kept(city: City) -> None:
    key, secret = made(city.engineer)
    assert len(secret) > 40
    row = ApiKey.objects.values().get()
    assert secret not in str(row)
    assert secret not in str(list(Event.objects.filter(subject="keys.apikey").values()))
    assert secret.startswith(row["prefix"])
    assert use_key(secret=secret, now=NOW, limit=9) == key


def test_a_scope_that_ones_roles_cannot_use_is_refused_in_words(city: City) -> None:
    assert usable_scopes(city.stranger) == [Scope.READ_PUBLIC, Scope.READ_OWN]
    assert usable_scopes(city.officer) == [Scope.READ_PUBLIC, Scope.READ_OWN, Scope.WRITE_CASES, Scope.JUDGE]
    assert usable_scopes(city.engineer) == list(Scope)
    with pytest.raises(Refusal) as refused:
        made(city.stranger, scopes=("read:own", "write:listings"))
    assert "发布、修改、提交" in refused.value.fields["scopes"]
    for scopes in ((), ("admin",)):
        with pytest.raises(Refusal):
            made(city.engineer, scopes=scopes)


def test_a_key_for_one_party_has_nothing_of_others_and_nothing_of_posts(city: City) -> None:
    assert usable_scopes(city.broker, city.company) == [Scope.READ_PUBLIC]
    assert usable_scopes(city.engineer, city.university) == [Scope.READ_PUBLIC]
    works_for(city.broker, city.company, "agent")
    assert Scope.JUDGE in usable_scopes(city.broker, city.company)
    other = party("enterprise", "示例第二机械有限公司", "91370200264574251E", "370281")
    with pytest.raises(Refusal):
        create_key(user=city.engineer, name="程序", scopes=["read:own"], days=9, party=other, by=city.engineer, now=NOW)


def test_a_key_lives_at_most_a_year_whoever_writes_it(city: City) -> None:
    for days in (0, 366, -1):
        with pytest.raises(Refusal) as refused:
            made(city.engineer, days=days)
        assert "days" in refused.value.fields
    key, _ = made(city.engineer, days=365)
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiKey.objects.filter(pk=key.pk).update(expires_at=NOW + timedelta(days=366))


def test_live_names_are_unique_and_keys_are_few(city: City) -> None:
    key, _ = made(city.engineer)
    with pytest.raises(Refusal) as refused:
        made(city.engineer)
    assert "name" in refused.value.fields
    revoke_key(key=key, by=city.engineer, now=NOW)
    for number in range(MOST):
        made(city.engineer, name=f"程序{number}" if number else "程序")
    with pytest.raises(Refusal):
        made(city.engineer, name="再来一个")
    made(city.professor)


def test_nobody_makes_or_revokes_anothers_key(city: City) -> None:
    with pytest.raises(NotAllowed):
        create_key(user=city.engineer, name="程序", scopes=["read:own"], days=9, by=city.officer, now=NOW)
    key, secret = made(city.engineer)
    with pytest.raises(NotAllowed):
        revoke_key(key=key, by=city.officer, now=NOW)
    assert list(keys_of(city.officer)) == []
    revoke_key(key=key, by=city.engineer, now=NOW)
    revoke_key(key=key, by=city.engineer, now=NOW)
    assert [e.verb for e in Event.objects.filter(subject="keys.apikey")] == ["create", "revoke"]
    with pytest.raises(WrongKey):
        use_key(secret=secret, now=NOW, limit=9)


def test_calls_are_counted_by_the_minute(city: City) -> None:
    _, secret = made(city.engineer)
    for _ in range(3):
        use_key(secret=secret, now=NOW + timedelta(seconds=20), limit=3)
    with pytest.raises(TooMany) as late:
        use_key(secret=secret, now=NOW + timedelta(seconds=20), limit=3)
    assert late.value.seconds == 40
    assert use_key(secret=secret, now=NOW + timedelta(seconds=60), limit=3).used == 1


def test_odd_secrets_are_wrong_not_faults(city: City) -> None:
    for secret in ("", "kc_", "\ud800", "\0", "x" * 100_000):
        with pytest.raises(WrongKey):
            use_key(secret=secret, now=NOW, limit=9)


def test_an_answer_is_kept_for_a_day_and_for_one_call(city: City) -> None:
    first = claim_reply(user=city.engineer, token="a", fingerprint="1", now=NOW)
    keep_reply(reply=first, status=201, headers={"ETag": '"x"'}, body="{}")
    again = claim_reply(user=city.engineer, token="a", fingerprint="1", now=NOW)
    assert (again.status, again.body) == (201, "{}")
    with pytest.raises(OtherCall):
        claim_reply(user=city.engineer, token="a", fingerprint="2", now=NOW)
    assert claim_reply(user=city.professor, token="a", fingerprint="2", now=NOW).status == 0
    late = NOW + timedelta(hours=24)
    assert claim_reply(user=city.engineer, token="a", fingerprint="2", now=late).status == 0
    assert forget_replies(now=late) == 1
    assert Reply.objects.count() == 1


def test_the_same_call_twice_at_the_same_moment_is_done_once(live_city: City) -> None:
    done: list[int] = []

    def call(_: int) -> int:
        try:
            with transaction.atomic():
                reply = claim_reply(user=live_city.engineer, token="race", fingerprint="1", now=NOW)
                if not reply.status:
                    done.append(1)
                    keep_reply(reply=reply, status=201, headers={}, body="{}")
                return reply.status
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(call, range(4)))
    assert (len(done), answers) == (1, [201] * 4)
