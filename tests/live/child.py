"""A process that has a server, and does with it what it reads from standard input: what signals are sent to.

It is given the number of the user to become, then `cluster BIN MAJOR` or `borrowed DSN`. Whoever starts it may be
root, whose Python nobody else can reach, so everything is imported before.
"""

import os
import sys
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from idxlint.live.server.binaries import Binaries, NoServer
from idxlint.live.server.borrowed import borrowed
from idxlint.live.server.cluster import Server, cluster


def main() -> None:
    """Say where the server is, then obey until it is enough."""
    user, kind, *rest = sys.argv[1:]
    become(int(user))
    try:
        with serving(kind, *rest) as server:
            print(server.prefix if kind == "borrowed" else folder(server), flush=True)
            print(repr(server), flush=True)
            obey(server)
    except NoServer as error:
        sys.exit(f"NoServer: {error}")


def serving(kind: str, *words: str) -> AbstractContextManager[Server]:
    """What it was asked for."""
    if kind == "cluster":
        return cluster(Binaries(int(words[1]), "", Path(words[0]), ""))
    return borrowed(words[0], destroy=True)


def become(user: int) -> None:
    """Another user, for good; psycopg has to be complete by then."""
    with suppress(psycopg.OperationalError):
        psycopg.connect("host=/nonexistent")
    if user != os.geteuid():
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)


def folder(server: Server) -> str:
    """Where its socket is."""
    return str(conninfo_to_dict(server.conninfo)["host"])


def obey(server: Server) -> None:
    """SQL is run in the database postgres; PREFIX stands for what names of databases begin with."""
    for line in sys.stdin:
        if line == "raise\n":
            raise RuntimeError("as it was told")
        if line == "exit\n":
            break
        with psycopg.connect(server.database("postgres"), autocommit=True) as connection:
            rows = connection.execute(line.replace("PREFIX", server.prefix).encode())
            print(rows.fetchall() if rows.description else rows.statusmessage, flush=True)


if __name__ == "__main__":
    main()
