"""临时库 scratch: a database of its own for an evaluation, gone afterwards, so that a city's data is never touched."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.conninfo import make_conninfo

from kechuang.kit.refusal import Refusal

PREFIX = "kechuang_evaluate_"
# A scratch database in use has a session that holds this lock; one without was left behind by a killed run.
_LOCK = "SELECT pg_try_advisory_lock(hashtext(%s))"


@contextmanager
def scratch_database(*apps: str) -> Iterator[None]:
    """Points the default connection at a fresh database with the tables of these apps; drops it at the end.

    Without ``apps`` it has those of search alone. What killed runs have left behind is dropped first.
    Raises Refusal if the role may not create databases.
    """
    usual = connection.settings_dict["NAME"]
    name = f"{PREFIX}{os.getpid()}"
    with psycopg.connect(_parameters(), autocommit=True) as keeper:
        _drop_leftovers(keeper)
        keeper.execute(_LOCK, [name])
        try:
            keeper.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name))
            )
        except psycopg.errors.InsufficientPrivilege as error:
            raise Refusal(_("数据库用户无权建库，评测需要临时库：%(error)s") % {"error": error}) from error
        try:
            _switch(name)
            create_tables(*apps)
            yield
        finally:
            _switch(usual)
            _drop(keeper, name)


def create_tables(*apps: str) -> None:
    """The tables of these apps (of search), by their migrations, in the database that the default connection uses."""
    executor, wanted = MigrationExecutor(connection), apps or ("search",)
    executor.migrate([node for node in executor.loader.graph.leaf_nodes() if node[0] in wanted])


def _parameters() -> str:
    given = connection.get_connection_params()
    kept = {key: given[key] for key in ("host", "port", "user", "password", "sslmode") if given.get(key)}
    return make_conninfo("", dbname="postgres", **kept)  # one database for all: locks are seen only within one


def _switch(name: str) -> None:
    connection.close()
    wrapper = connections[connection.alias]  # `connection` is a proxy
    if isinstance(wrapper, DatabaseWrapper) and wrapper.settings_dict.get("OPTIONS", {}).get("pool"):
        wrapper.close_pool()
    connection.settings_dict["NAME"] = name


def _drop_leftovers(keeper: "psycopg.Connection[tuple[object, ...]]") -> None:
    names = keeper.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX]).fetchall()
    for (name,) in names:
        if (keeper.execute(_LOCK, [name]).fetchone() or (False,))[0]:
            _drop(keeper, str(name))
            keeper.execute("SELECT pg_advisory_unlock(hashtext(%s))", [name])


def _drop(keeper: "psycopg.Connection[tuple[object, ...]]", name: str) -> None:
    keeper.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
