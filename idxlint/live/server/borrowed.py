"""Somebody else's server, such as the service container of a CI job: only with leave, and only if it is empty."""

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from idxlint.live.server.binaries import NEWEST, OLDEST, NoServer
from idxlint.live.server.cluster import PREFIX, Server, need_driver
from idxlint.live.server.signals import Guard
from idxlint.model import printable

if TYPE_CHECKING:
    import psycopg

SECONDS_TO_CONNECT = 10
SECONDS_TO_LEAVE = 5.0

# What a database has of its own. Its schemas: all but those of the system and of sessions, and `public`.
_OWN = """
WITH own AS (
    SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
)
SELECT kind || ' ' || name, count(*) OVER () FROM (
    SELECT 1, 'schema', nspname::text FROM own WHERE nspname <> 'public'
    UNION ALL SELECT 2, 'extension', extname::text FROM pg_extension WHERE extname <> 'plpgsql'
    UNION ALL SELECT 3,
        CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'
            WHEN 'f' THEN 'foreign table' WHEN 'c' THEN 'type' ELSE 'table' END,
        nspname || '.' || relname
        FROM pg_class JOIN own ON own.oid = relnamespace WHERE relkind NOT IN ('i', 'I')
    UNION ALL SELECT 4, 'function', nspname || '.' || proname FROM pg_proc JOIN own ON own.oid = pronamespace
    UNION ALL SELECT 5, 'type', nspname || '.' || typname FROM pg_type AS t JOIN own ON own.oid = typnamespace
        WHERE typrelid = 0 AND NOT EXISTS (SELECT FROM pg_type WHERE typarray = t.oid)
    UNION ALL SELECT 6, 'operator', nspname || '.' || oprname FROM pg_operator JOIN own ON own.oid = oprnamespace
    UNION ALL SELECT 7, 'collation', nspname || '.' || collname
        FROM pg_collation JOIN own ON own.oid = collnamespace
    UNION ALL SELECT 8, 'event trigger', evtname::text FROM pg_event_trigger
    UNION ALL SELECT 9, 'publication', pubname::text FROM pg_publication
    UNION ALL SELECT 10, 'foreign server', srvname::text FROM pg_foreign_server
    UNION ALL SELECT 11, 'large object', oid::text FROM pg_largeobject_metadata
) found (rank, kind, name) ORDER BY rank, name LIMIT 1"""
_ABOUT = """
SELECT version(), current_setting('server_version_num')::int, current_setting('server_version'),
    current_database()::text, current_user::text, pg_is_in_recovery(),
    (SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user)"""


class ServerRefused(NoServer):
    """A server that is not ours to use; one line, without a password."""


@contextmanager
def borrowed(dsn: str, destroy: bool) -> Iterator[Server]:
    """The server behind a DSN, a URI or keyword=value words, for databases whose names begin with its prefix.

    All of them are dropped in the end. Roles and tablespaces are the server's, so what a migration makes of them
    stays. Refused unless destroy; where the database that the DSN names holds anything; where the role may not
    create databases; where nothing answers. No text from here holds a password.
    """
    if not destroy:
        raise ServerRefused(
            "--dsn needs --destroy-database: databases are created and dropped on that server"
        )
    need_driver()
    words = _words(dsn)
    with Guard() as guard:
        conninfo, server = _examined(words)
        try:
            with guard.open():
                yield server
        finally:
            _leave(conninfo, server)


def _words(dsn: str) -> dict[str, Any]:
    """The DSN taken apart. libpq's own complaint quotes the text, so it is not repeated."""
    import psycopg

    try:
        words: dict[str, Any] = psycopg.conninfo.conninfo_to_dict(dsn)
    except (psycopg.Error, ValueError):
        raise ServerRefused(
            "--dsn: neither postgresql://USER@HOST:PORT/DATABASE nor words such as host=… dbname=…"
        ) from None
    if not words:
        raise ServerRefused("--dsn: empty")
    return {"connect_timeout": SECONDS_TO_CONNECT, **words, "client_encoding": "UTF8"}


def _examined(words: dict[str, Any]) -> tuple[str, Server]:
    """How to connect to the database that the DSN names, and the server behind it; Refused where it is not for us."""
    import psycopg
    from psycopg.conninfo import make_conninfo

    prefix = f"{PREFIX}{secrets.token_hex(4)}_"
    words = {**words, "application_name": prefix}
    try:
        conninfo = make_conninfo("", **words)
        with psycopg.connect(conninfo, autocommit=True) as connection:
            major, version = _judge(connection)
            admin = connection.info.dbname
    except (psycopg.Error, ValueError, ServerRefused) as error:
        raise ServerRefused(f"--dsn: {_without_secrets(str(error), words)}") from None
    words.pop("dbname", None)
    return conninfo, Server(major, version, make_conninfo("", **words), prefix, admin)


def _judge(connection: "psycopg.Connection[Any]") -> tuple[int, str]:
    """The major and the version of a server that may be used."""
    about, number, version, database, role, standby, creates = connection.execute(_ABOUT).fetchall()[0]
    major = number // 10_000
    if not about.startswith("PostgreSQL ") or not OLDEST <= major <= NEWEST:
        said = about.partition(" on ")[0]
        raise ServerRefused(f"the server is {said}; idxlint supports PostgreSQL {OLDEST} to {NEWEST}")
    if standby:
        raise ServerRefused("the server is a standby, so nothing can be created on it")
    if not creates:
        raise ServerRefused(f"role {role} cannot create databases; ALTER ROLE … CREATEDB allows it")
    for what, count in connection.execute(_OWN.encode()):
        more = f" and {count - 1} more" if count > 1 else ""
        raise ServerRefused(f"database {database} is not empty: it has {what}{more}; use an empty one")
    return major, version.split()[0]


def _without_secrets(text: str, words: dict[str, Any]) -> str:
    """One line of libpq's complaint, every password in it replaced."""
    line = printable(" ".join(text.split()))
    known = {str(words.get(name) or "") for name in ("password", "sslpassword")}
    for secret in sorted(known | {os.environ.get("PGPASSWORD", "")}, key=len, reverse=True):
        line = line.replace(secret, "***") if secret else line
    return line


def _leave(conninfo: str, server: Server) -> None:
    """End the sessions of this run, then drop its databases; NoServer says what is left on the server."""
    import psycopg
    from psycopg import sql

    made = "SELECT datname::text FROM pg_database WHERE starts_with(datname, %s)"
    left = [f"{server.prefix}*"]
    try:
        with psycopg.connect(conninfo, autocommit=True) as connection:
            _end_sessions(connection, server.prefix)
            left = [name for (name,) in connection.execute(made, (server.prefix,))]
            for name in tuple(left):
                connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))
                left.remove(name)
    except psycopg.Error as error:
        why = _without_secrets(str(error), psycopg.conninfo.conninfo_to_dict(conninfo))
        raise NoServer(f"--dsn: not dropped: {', '.join(left)}: {why}") from None


def _end_sessions(connection: "psycopg.Connection[Any]", prefix: str) -> None:
    """Nobody of this run is connected: a CREATE DATABASE that was left alone may still be under way."""
    others = """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE (application_name = %s OR starts_with(datname, %s))
            AND backend_type = 'client backend' AND pid <> pg_backend_pid()"""
    deadline = time.monotonic() + SECONDS_TO_LEAVE
    while connection.execute(others, (prefix, prefix)).fetchall() and time.monotonic() < deadline:
        time.sleep(0.02)
