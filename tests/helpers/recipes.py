"""Statements and what their fixes make of them; tests/live runs both sides on a server."""

from typing import NamedTuple

TABLES = (
    "CREATE TABLE t (id int NOT NULL, a int, b text, c int); CREATE INDEX old_a ON t (a);"
    " CREATE INDEX old_b ON t (b); ALTER TABLE t ADD CONSTRAINT t_key UNIQUE (c);"
    ' CREATE TABLE "T x" (a int); CREATE TABLE p (a int) PARTITION BY RANGE (a);'
    " CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (2); CREATE INDEX p_idx ON p (a)"
)
"""What the file before has made."""


class Recipe(NamedTuple):
    """refused: PostgreSQL takes only the fix; since: the first major that reads it; live: it runs as it stands."""

    text: str
    fixed: str
    refused: bool = False
    since: int = 12
    live: bool = True


def unique(name: str, columns: str, table: str = "t", rest: str = "") -> str:
    """A unique build with the guard before it."""
    guard = f"DROP INDEX CONCURRENTLY IF EXISTS {name};"
    return f"{guard}\nCREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} {columns}{rest};"


def added(name: str, columns: str, kind: str = "UNIQUE", rest: str = "", behind: str = "") -> str:
    """A constraint by way of its index."""
    adding = f"ALTER TABLE t ADD CONSTRAINT {name} {kind} USING INDEX {name}{behind};"
    return f"{unique(name, columns, rest=rest)}\n{adding}"


def built(name: str, columns: str) -> str:
    """A build with the guard before it."""
    return f"DROP INDEX CONCURRENTLY IF EXISTS {name};\nCREATE INDEX CONCURRENTLY {name} ON t {columns};"


CIC = "CREATE INDEX CONCURRENTLY i ON t (a);"
GUARDED = built("i", "(a)")
BUILDS = {
    "build": Recipe("CREATE INDEX i ON t (a);", GUARDED),
    "build, lower case": Recipe("create index i on t (a);", GUARDED.lower()),
    "build, comments": Recipe(
        "CREATE /* x */ INDEX -- y\n  i ON t (a);",
        "DROP INDEX CONCURRENTLY IF EXISTS i;\nCREATE /* x */ INDEX CONCURRENTLY -- y\n  i ON t (a);",
    ),
    "build, unnamed": Recipe("CREATE INDEX ON t (a, lower(b));", built("t_a_lower_idx", "(a, lower(b))")),
    "build, unnamed, twice": Recipe(
        "CREATE INDEX ON t (a); CREATE INDEX ON t (a);",
        f"{built('t_a_idx', '(a)')} {built('t_a_idx1', '(a)')}",
    ),
    "build, two on a line": Recipe(
        "CREATE INDEX i ON t (a); CREATE INDEX j ON t (c);",
        f"{GUARDED} {built('j', '(c)')}",
    ),
    "build, IF NOT EXISTS": Recipe("CREATE INDEX IF NOT EXISTS i ON t (a);", GUARDED),
    "unique build, no semicolon": Recipe("CREATE UNIQUE INDEX i ON t (a)", unique("i", "(a)")[:-1]),
    "unique build, quoted": Recipe('CREATE UNIQUE INDEX "My i" ON t (a);', unique('"My i"', "(a)")),
    "unique build, quoted table": Recipe('CREATE UNIQUE INDEX i ON "T x" (a);', unique("i", "(a)", '"T x"')),
    "unique build, schema": Recipe(
        "CREATE UNIQUE INDEX i ON public.t (a);",
        unique("i", "(a)", "public.t").replace("EXISTS i", "EXISTS public.i"),
    ),
    "unique build, placeholder": Recipe(
        "CREATE UNIQUE INDEX i ON ${s}.t (a);",
        unique("i", "(a)", "${s}.t").replace("EXISTS i", "EXISTS ${s}.i"),
        live=False,
    ),
    "unique build between others": Recipe(
        "SELECT 1; CREATE UNIQUE INDEX i ON t (a); SELECT 2;", f"SELECT 1; {unique('i', '(a)')} SELECT 2;"
    ),
    "unique build, everything": Recipe(
        "CREATE UNIQUE INDEX i ON t USING btree (a DESC) INCLUDE (b) NULLS NOT DISTINCT WITH (fillfactor = 70)"
        " TABLESPACE pg_default WHERE a > 0;",
        "DROP INDEX CONCURRENTLY IF EXISTS i;\nCREATE UNIQUE INDEX CONCURRENTLY i ON t USING btree (a DESC)"
        " INCLUDE (b) NULLS NOT DISTINCT WITH (fillfactor = 70) TABLESPACE pg_default WHERE a > 0;",
        since=15,
    ),
    "concurrent, unnamed": Recipe(
        "CREATE INDEX CONCURRENTLY ON t (a);", "CREATE INDEX CONCURRENTLY t_a_idx ON t (a);"
    ),
    "concurrent, IF NOT EXISTS": Recipe(
        "create unique index concurrently if not exists i on t (a)",
        "drop index concurrently if exists i;\ncreate unique index concurrently i on t (a)",
    ),
}
DROPS = {
    "drop, comments": Recipe(
        "DROP /* x */ INDEX /* y */ IF EXISTS -- z\n old_a;",
        "DROP /* x */ INDEX CONCURRENTLY /* y */ IF EXISTS -- z\n old_a;",
    ),
    "drop, two": Recipe(
        'drop index if exists public.old_a, "old_b" cascade',
        'drop index concurrently if exists public.old_a;\ndrop index concurrently if exists "old_b";',
    ),
    "drop, RESTRICT": Recipe("DROP INDEX old_a RESTRICT;", "DROP INDEX CONCURRENTLY old_a RESTRICT;"),
    "drop, a constraint's": Recipe("drop index t_key;", "alter table t drop constraint t_key;", refused=True),
    "drop, refused": Recipe(
        "DROP INDEX CONCURRENTLY old_a, old_b;",
        "DROP INDEX CONCURRENTLY old_a;\nDROP INDEX CONCURRENTLY old_b;",
        refused=True,
    ),
    "drop, refused, a constraint's": Recipe(
        "DROP INDEX CONCURRENTLY IF EXISTS public.t_key;",
        "ALTER TABLE public.t DROP CONSTRAINT IF EXISTS t_key;",
        refused=True,
    ),
    "drop, refused, partitioned": Recipe("DROP INDEX CONCURRENTLY p_idx;", "DROP INDEX p_idx;", refused=True),
}
REBUILDS = {
    "rebuild": Recipe("reindex index old_a;", "reindex index concurrently old_a;"),
    "rebuild, an option": Recipe("REINDEX (VERBOSE) TABLE t;", "REINDEX (VERBOSE) TABLE CONCURRENTLY t;"),
    "rebuild, FALSE": Recipe(
        "REINDEX (CONCURRENTLY FALSE) TABLE t", "REINDEX TABLE CONCURRENTLY t", since=14
    ),
    "rebuild, FALSE and more": Recipe(
        "REINDEX (CONCURRENTLY FALSE, VERBOSE) TABLE t;", "REINDEX (VERBOSE) TABLE CONCURRENTLY t;", since=14
    ),
    "rebuild, more and off": Recipe(
        "REINDEX (VERBOSE, CONCURRENTLY off) /* x */ SCHEMA public;",
        "REINDEX (VERBOSE) /* x */ SCHEMA CONCURRENTLY public;",
        since=14,
    ),
}
CONSTRAINTS = {
    "unique": Recipe("ALTER TABLE t ADD CONSTRAINT k UNIQUE (a);", added("k", "(a)")),
    "unique, unnamed": Recipe("ALTER TABLE t ADD UNIQUE (a, b);", added("t_a_b_key", "(a, b)")),
    "primary key": Recipe(
        "alter table t add primary key (id)", added("t_pkey", "(id)", "PRIMARY KEY").lower()[:-1]
    ),
    "quoted": Recipe(
        'ALTER TABLE "T x" ADD CONSTRAINT "K" UNIQUE (a);', added('"K"', "(a)").replace(" t ", ' "T x" ')
    ),
    "ONLY": Recipe(
        "ALTER TABLE ONLY public.t ADD CONSTRAINT k UNIQUE (a);",
        f"{unique('k', '(a)', 'public.t').replace('EXISTS k', 'EXISTS public.k')}\n"
        "ALTER TABLE ONLY public.t ADD CONSTRAINT k UNIQUE USING INDEX k;",
    ),
    "everything": Recipe(
        "ALTER TABLE t ADD CONSTRAINT k UNIQUE NULLS NOT DISTINCT (a) INCLUDE (b) WITH (fillfactor = 70)"
        " USING INDEX TABLESPACE pg_default DEFERRABLE INITIALLY DEFERRED;",
        added(
            "k",
            "(a)",
            rest=" INCLUDE (b) NULLS NOT DISTINCT WITH (fillfactor = 70) TABLESPACE pg_default",
            behind=" DEFERRABLE INITIALLY DEFERRED",
        ),
        since=15,
    ),
    "between commands": Recipe(
        "ALTER TABLE t\n  ADD COLUMN d int,\n  ADD CONSTRAINT k UNIQUE (a),\n  DROP COLUMN c;",
        f"ALTER TABLE t\n  ADD COLUMN d int,\n  DROP COLUMN c;\n{added('k', '(a)')}",
    ),
    "first command": Recipe(
        "ALTER TABLE t ADD CONSTRAINT k UNIQUE (a), ADD COLUMN d int;",
        f"ALTER TABLE t ADD COLUMN d int;\n{added('k', '(a)')}",
    ),
    "two constraints": Recipe(
        "ALTER TABLE t ADD CONSTRAINT k1 UNIQUE (a), ADD CONSTRAINT k2 UNIQUE (b);",
        f"{added('k1', '(a)')}\n{added('k2', '(b)')}",
    ),
    "column": Recipe(
        "ALTER TABLE t ADD COLUMN d int UNIQUE DEFAULT 1;",
        f"ALTER TABLE t ADD COLUMN d int DEFAULT 1;\n{added('t_d_key', '(d)')}",
    ),
    "column, named": Recipe(
        "ALTER TABLE t ADD d int CONSTRAINT dk UNIQUE;", f"ALTER TABLE t ADD d int;\n{added('dk', '(d)')}"
    ),
    "column, quoted": Recipe(
        'ALTER TABLE t ADD COLUMN "D" int UNIQUE;',
        'ALTER TABLE t ADD COLUMN "D" int;\n' + added('"t_D_key"', '("D")'),
    ),
    "column, deferrable": Recipe(
        "ALTER TABLE t ADD COLUMN d int UNIQUE DEFERRABLE INITIALLY DEFERRED NULL;",
        f"ALTER TABLE t ADD COLUMN d int NULL;\n{added('t_d_key', '(d)', behind=' DEFERRABLE INITIALLY DEFERRED')}",
    ),
    "column, commas in brackets": Recipe(
        "ALTER TABLE t ADD COLUMN d int[] DEFAULT ARRAY[1,2] UNIQUE;",
        f"ALTER TABLE t ADD COLUMN d int[] DEFAULT ARRAY[1,2];\n{added('t_d_key', '(d)')}",
    ),
    "column, WITH": Recipe(
        "ALTER TABLE t ADD COLUMN d int UNIQUE WITH (fillfactor = 70) USING INDEX TABLESPACE pg_default NULL;",
        "ALTER TABLE t ADD COLUMN d int NULL;\n"
        + added("t_d_key", "(d)", rest=" WITH (fillfactor = 70) TABLESPACE pg_default"),
    ),
    "two columns": Recipe(
        "ALTER TABLE t ADD COLUMN d int UNIQUE, ADD COLUMN e int UNIQUE;",
        f"ALTER TABLE t ADD COLUMN d int, ADD COLUMN e int;\n{added('t_d_key', '(d)')}\n{added('t_e_key', '(e)')}",
    ),
}
BLOCKS = {
    "alone": Recipe("BEGIN;\nCREATE INDEX i ON t (a);\nCOMMIT;\n", f"{GUARDED}\n"),
    "alone, on one line": Recipe("BEGIN; CREATE INDEX i ON t (a); COMMIT;", GUARDED),
    "alone, refused": Recipe(f"BEGIN;\n-- why\n{CIC}\nCOMMIT;\n", f"-- why\n{GUARDED}\n", refused=True),
    "with others, CRLF": Recipe(
        "BEGIN;\r\nALTER TABLE t ADD COLUMN d int;\r\nCREATE INDEX i ON t (d);\r\nCOMMIT;\r\n",
        "BEGIN;\r\nALTER TABLE t ADD COLUMN d int;\r\nCOMMIT;\r\n"
        "DROP INDEX CONCURRENTLY IF EXISTS i;\r\nCREATE INDEX CONCURRENTLY i ON t (d);\r\n",
    ),
    "three, in their order": Recipe(
        "BEGIN;\nCREATE INDEX i ON t (a);\nCREATE INDEX j ON t (b);\nDROP INDEX old_a;\nCOMMIT;\n",
        f"{GUARDED}\n{built('j', '(b)')}\nDROP INDEX CONCURRENTLY old_a;\n",
    ),
    "a name used again": Recipe(
        "BEGIN;\nDROP INDEX old_a, old_b;\nCREATE INDEX old_a ON t (c);\nCOMMIT;\n",
        f"DROP INDEX CONCURRENTLY old_a;\nDROP INDEX CONCURRENTLY old_b;\n{built('old_a', '(c)')}\n",
    ),
    "constraint": Recipe(
        "BEGIN;\n  ALTER TABLE t ADD COLUMN d int UNIQUE;\n  UPDATE t SET d = id WHERE id < 9;\nCOMMIT;\n",
        "BEGIN;\n  ALTER TABLE t ADD COLUMN d int;\n  UPDATE t SET d = id WHERE id < 9;\nCOMMIT;\n"
        f"{added('t_d_key', '(d)')}\n",
    ),
    "chained": Recipe(
        "BEGIN;\nSELECT 1;\nCOMMIT AND CHAIN;\nCREATE INDEX i ON t (a);\nCOMMIT;\n",
        f"BEGIN;\nSELECT 1;\nCOMMIT AND CHAIN;\nCOMMIT;\n{GUARDED}\n",
    ),
    "new table": Recipe(
        "BEGIN;\nCREATE TABLE n (a int);\nCREATE INDEX CONCURRENTLY i ON n (a);\nCOMMIT;\n",
        "BEGIN;\nCREATE TABLE n (a int);\nCREATE INDEX i ON n (a);\nCOMMIT;\n",
        refused=True,
    ),
    "whole schema": Recipe(
        "BEGIN;\nREINDEX SCHEMA public;\nCOMMIT;\n", "REINDEX SCHEMA CONCURRENTLY public;\n", refused=True
    ),
    "timeout": Recipe(
        "SET lock_timeout = '5s';\nCREATE INDEX i ON t (a);\n",
        f"SET lock_timeout = '5s';\nSET lock_timeout = 0;\n{GUARDED}\nSET lock_timeout = '5s';\n",
    ),
    "timeout in a block": Recipe(
        "BEGIN;\nSET statement_timeout = 5000;\nCREATE INDEX i ON t (a);\nCOMMIT;\n",
        f"BEGIN;\nSET statement_timeout = 5000;\nCOMMIT;\nSET statement_timeout = 0;\n{GUARDED}\n"
        "SET statement_timeout = 5000;\n",
    ),
    "timeout and a constraint": Recipe(
        "SET lock_timeout = '5s';\nALTER TABLE t ADD CONSTRAINT k UNIQUE (a);\n",
        f"SET lock_timeout = '5s';\nSET lock_timeout = 0;\n{unique('k', '(a)')}\nSET lock_timeout = '5s';\n"
        "ALTER TABLE t ADD CONSTRAINT k UNIQUE USING INDEX k;\n",
    ),
    "timeout over two": Recipe(
        f"SET lock_timeout = '5s';\n{CIC}\nDROP INDEX CONCURRENTLY old_a;\n",
        f"SET lock_timeout = '5s';\nSET lock_timeout = 0;\n{CIC}\nDROP INDEX CONCURRENTLY old_a;\n"
        "SET lock_timeout = '5s';\n",
    ),
}
RECIPES = {**BUILDS, **DROPS, **REBUILDS, **CONSTRAINTS, **BLOCKS}
