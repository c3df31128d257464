"""Alembic revisions: what is read out of them, and where the findings point."""

import json
from pathlib import Path

import pytest

from idxlint.model import Direction, Send, Source, UnreadError, Wrap
from idxlint.runners.alembic.alembic_profile import arrange, read
from idxlint.runners.shared.profile import Place
from tests.conftest import Run, lint

HEAD = """\
import sqlalchemy as sa
from alembic import op
revision = "b"
down_revision = "a"
"""
BLOCK = "with op.get_context().autocommit_block():"
CIC = 'op.create_index("i", "t", ["a"], postgresql_concurrently=True)'
PLAIN = 'op.create_index("i", "t", ["a"])'
RAW = 'op.execute("CREATE INDEX CONCURRENTLY i ON t (a)")'
FIRST = 6


def revision(*rows: str, name: str = "upgrade") -> str:
    """A revision whose function has some lines; the first of them is line 6."""
    return f"{HEAD}def {name}():\n" + "".join(f"    {row}\n" for row in rows)


def units(text: str, path: Path = Path("/nowhere/versions/b.py")) -> list[tuple[Direction, Wrap, list[str]]]:
    """The units of a revision."""
    found = read(Source("versions/b.py", text), Place(path, Direction.UP))
    assert all(unit.send is Send.SIMPLE for unit in found)
    return [(unit.direction, unit.wrap, [piece.sql for piece in unit.pieces]) for unit in found]


def sql(*rows: str) -> list[str]:
    """What the lines of upgrade() send."""
    return [text for _, _, pieces in units(revision(*rows)) for text in pieces]


MEANING = {
    'op.create_index("i", "t", ["a", sa.text("b DESC")], unique=True, schema="s", if_not_exists=True)': (
        "CREATE UNIQUE INDEX IF NOT EXISTS i ON s.t (a, b DESC)",
    ),
    'op.create_index("I", "order", ["aB"], postgresql_using="gin", postgresql_ops={"aB": "gin_trgm_ops"})': (
        'CREATE INDEX "I" ON "order" USING gin ("aB" gin_trgm_ops)',
    ),
    'op.create_index("i", "t", ["a"], postgresql_include=["b"], postgresql_where=sa.text("a > 0"))': (
        "CREATE INDEX i ON t (a) INCLUDE (b) WHERE a > 0",
    ),
    'op.create_index(None, "t", ["a"])': ("CREATE INDEX ix_t_a ON t (a)",),
    'op.create_index("i", "t", [sa.func.lower(sa.column("a"))])': ("CREATE INDEX i ON t (lower(a))",),
    'op.create_index(index_name="i", table_name="t", columns=["a"])': ("CREATE INDEX i ON t (a)",),
    'op.drop_index(op.f("i"), table_name="t", schema="s", postgresql_concurrently=True, if_exists=True)': (
        "DROP INDEX CONCURRENTLY IF EXISTS s.i",
    ),
    'op.create_unique_constraint("u", "t", ["a", "b"])': ("ALTER TABLE t ADD CONSTRAINT u UNIQUE (a, b)",),
    'op.create_unique_constraint(None, "t", ["a"])': ("ALTER TABLE t ADD UNIQUE (a)",),
    'op.create_primary_key("p", "t", ["a"])': ("ALTER TABLE t ADD CONSTRAINT p PRIMARY KEY (a)",),
    'op.create_exclude_constraint("x", "t", ("a", "&&"), where="b", using="gist")': (
        "ALTER TABLE t ADD CONSTRAINT x EXCLUDE USING gist (a WITH &&) WHERE (b)",
    ),
    'op.create_foreign_key("f", "t", "r", ["a"], ["id"], ondelete="CASCADE", postgresql_not_valid=True)': (
        "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES r (id) ON DELETE CASCADE NOT VALID",
    ),
    'op.drop_constraint("c", "t", type_="unique")': ("ALTER TABLE t DROP CONSTRAINT c",),
    'op.add_column("t", sa.Column("a", sa.Integer(), unique=True))': (
        "ALTER TABLE t ADD COLUMN a INTEGER",
        "ALTER TABLE t ADD UNIQUE (a)",
    ),
    'op.add_column("t", sa.Column("a", sa.String(9), sa.ForeignKey("r.id"), index=True, nullable=False))': (
        "ALTER TABLE t ADD COLUMN a VARCHAR(9) NOT NULL",
        "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES r (id)",
        "CREATE INDEX ix_t_a ON t (a)",
    ),
    'op.drop_column("t", "a")': ("ALTER TABLE t DROP COLUMN a",),
    'op.alter_column("t", "a", type_=sa.Text(), nullable=False)': (
        "ALTER TABLE t ALTER COLUMN a TYPE TEXT",
        "ALTER TABLE t ALTER COLUMN a SET NOT NULL",
    ),
    'op.create_table("t", sa.Column("id", sa.Uuid(), primary_key=True), sa.Index("i", "id"), schema="s")': (
        "CREATE TABLE s.t (id UUID NOT NULL, PRIMARY KEY (id))",
        "CREATE INDEX i ON s.t (id)",
    ),
    'op.create_table("t", sa.Column("a", sa.DateTime()), sa.UniqueConstraint("a", name="u"), *more)': (
        "CREATE TABLE t (a TIMESTAMP WITHOUT TIME ZONE, CONSTRAINT u UNIQUE (a))",
    ),
    'op.drop_table("t")': ("DROP TABLE t",),
    'op.rename_table("t", "u", schema="s")': ("ALTER TABLE s.t RENAME TO u",),
    'op.execute(sa.text("REINDEX TABLE t").execution_options(x=1))': ("REINDEX TABLE t",),
    'op.execute("CREATE INDEX i " "ON t (a)")': ("CREATE INDEX i ON t (a)",),
    'op.execute("DROP INDEX {}".format("i"))': ("DROP INDEX i",),
    'op.execute("DROP INDEX %s" % name)': ("DROP INDEX {name}",),
    'op.execute(f"DROP INDEX {name}")': ("DROP INDEX {name}",),
    'op.get_bind().execute(sa.text("DROP INDEX i"))': ("DROP INDEX i",),
    'connection.exec_driver_sql("DROP INDEX i")': ("DROP INDEX i",),
    'op.get_context().bind.execute(statement=sa.text("DROP INDEX i"))': ("DROP INDEX i",),
    'op.run_async(lambda connection: connection.execute(sa.text("DROP INDEX i")))': ("DROP INDEX i",),
    'op.execute(SQL if x else f"{made}")': (),
    "op.execute(table.update().values(a=1))": (),
}


@pytest.mark.parametrize("call", MEANING)
def test_meaning(call: str) -> None:
    """A call is what the tool would send for it."""
    assert sql(call) == list(MEANING[call])


FLOW = {
    "a batch": (['with op.batch_alter_table("t", schema="s") as b:', '    b.create_index("i", ["a"])'],
                ["CREATE INDEX i ON s.t (a)"]),
    "a loop over constants": (['for t in ("a", "b"):', '    op.create_index(f"ix_{t}", t, ["x"])'],
                              ["CREATE INDEX ix_a ON a (x)", "CREATE INDEX ix_b ON b (x)"]),
    "a loop over what is not known": (["for t in tables():", '    op.drop_index(f"ix_{t}")'],
                                      ["DROP INDEX ix_{t}"]),
    "a loop over pairs": (['for t, c in [("a", "x")]:', '    op.create_index("i", t, [c])'],
                          ["CREATE INDEX i ON a (x)"]),
    "a condition": (["if flag:", f"    {PLAIN}"], ["CREATE INDEX i ON t (a)"]),
    "a try": (["try:", f"    {PLAIN}", "finally:", "    pass"], ["CREATE INDEX i ON t (a)"]),
    "another database": (['if op.get_bind().dialect.name == "sqlite":', f"    {PLAIN}"], []),
    "not this database": (['if bind.dialect.name != "postgresql":', f"    {PLAIN}", "else:", "    op.drop_table('t')"],
                          ["DROP TABLE t"]),
    "a variable": (['q = "DROP INDEX i"', "op.execute(q)"], ["DROP INDEX i"]),
    "a local function": (["def make(t):", '    op.create_index("i", t, ["a"])', 'make("t")'],
                         ["CREATE INDEX i ON t (a)"]),
    "itself": (["upgrade()", PLAIN], ["CREATE INDEX i ON t (a)"]),
    "each other": (
        ["def one():", "    two()", "    op.drop_table('t')", "def two():", "    one()", "one()"], ["DROP TABLE t"]),
    "a comprehension": (
        ['q = "DROP INDEX i;DROP INDEX j"', '[op.execute(one) for one in q.split(";") if one]'],
        ["DROP INDEX i", "DROP INDEX j"]),
    "a bind": (["bind = op.get_bind()", 'bind.execute(sa.text("DROP INDEX i"))'], ["DROP INDEX i"]),
    "a text that is split": (
        ['q = "DROP INDEX i; DROP INDEX j"', 'for one in q.split(";"):', "    op.execute(one)"],
        ["DROP INDEX i", " DROP INDEX j"]),
    "a function that is handed over": (
        ["async def make(c):", '    await c.execute(sa.text("DROP INDEX i"))', "op.run_async(make)"], ["DROP INDEX i"]),
    "behind a return": (["if x.dialect.name == 'postgresql':", f"    {PLAIN}", "    return", PLAIN],
                        ["CREATE INDEX i ON t (a)"]),
    "a return for another database": (["if x.dialect.name == 'sqlite':", "    return", PLAIN],
                                      ["CREATE INDEX i ON t (a)"]),
}  # fmt: skip


@pytest.mark.parametrize("name", FLOW)
def test_flow(name: str) -> None:
    """Conditions count, loops over constants run, another database's branch does not."""
    rows, expected = FLOW[name]

    assert sql(*rows) == expected


RUN, NONE = Wrap.RUN, Wrap.NONE
WRAPS = {
    "one transaction": ([PLAIN, RAW], [RUN]),
    "a block": ([BLOCK, f"    {CIC}"], [NONE]),
    "around a block": ([PLAIN, BLOCK, f"    {CIC}", PLAIN], [RUN, NONE, RUN]),
    "two blocks": ([BLOCK, f"    {CIC}", BLOCK, f"    {CIC}"], [NONE, NONE]),
    "COMMIT": (['op.execute("COMMIT")', CIC], [RUN, NONE]),
    "COMMIT in a block": ([BLOCK, '    op.execute("COMMIT")', PLAIN], [NONE, RUN]),
    "the connection's commit": ([PLAIN, "op.get_bind().commit()", PLAIN], [RUN, RUN]),
    "a connection of its own": (
        ['with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as c:',
         '    c.execute("DROP INDEX CONCURRENTLY i")', PLAIN],
        [NONE, RUN]),
    "isolation level": (["raw.set_isolation_level(0)", CIC, "raw.set_isolation_level(1)", PLAIN], [NONE, RUN]),
}  # fmt: skip


@pytest.mark.parametrize("name", WRAPS)
def test_wrap(name: str) -> None:
    """What stands in the runner's transaction, and what does not."""
    rows, expected = WRAPS[name]

    assert [wrap for _, wrap, _ in units(revision(*rows))] == expected


def test_directions() -> None:
    """upgrade() comes before downgrade(), wherever it stands."""
    text = revision(PLAIN, name="downgrade") + f"def upgrade():\n    {CIC}\n"

    assert [direction for direction, _, _ in units(text)] == [Direction.UP, Direction.DOWN]


FOUND = {
    "plain": ([PLAIN], [("IDX101", 6, 5)]),
    "no block": ([CIC], [("IDX201", 6, 5)]),
    "block": ([BLOCK, f"    {CIC}"], []),
    "literal": ([RAW], [("IDX201", 6, 30)]),
    "two in a message": (
        [BLOCK, '    op.execute("SET x.y = 0; CREATE INDEX CONCURRENTLY i ON t (a)")'], [("IDX202", 7, 47)]),
    "two in a loop": (
        [BLOCK, '    for t in ("a", "b"):',
         '        op.create_index(f"ix_{t}", t, ["x"], postgresql_concurrently=True)'], []),
    "placeholder": ([BLOCK, '    op.execute(f"CREATE INDEX CONCURRENTLY i ON {t} (a)")'], []),
    "COMMIT": (['op.execute("COMMIT")', CIC], [("IDX208", 6, 17)]),
    "COMMIT in the message": (
        ['op.execute("COMMIT; CREATE INDEX CONCURRENTLY i ON t (a)")'], [("IDX202", 6, 38), ("IDX208", 6, 17)]),
    "timeout before the block": (
        ["op.execute(\"SET lock_timeout = '5s'\")", BLOCK, f"    {CIC}"], [("IDX601", 8, 9)]),
    "new table": (['op.create_table("t", sa.Column("a", sa.Integer()))', PLAIN], []),
    "unknown arguments": (["op.create_index(*arguments)"], [("IDX902", 6, 5)]),
    "unknown text": (['op.execute(made("CREATE INDEX", "i"))'], [("IDX902", 6, 16)]),
    "unknown rows": (
        ['q = "DROP INDEX i"', "for one in sqlparse.split(q):", "    op.execute(one)"], [("IDX902", 8, 20)]),
    "unknown switch": (['op.create_index("i", "t", ["a"], postgresql_concurrently=maybe)'], [("IDX902", 6, 5)]),
    "no ASCII": (['x = "é"; ' + RAW], [("IDX201", 6, 39)]),
    "silenced": (["# idxlint: ignore[index-not-concurrent] because t has ten rows", PLAIN], []),
    "silenced behind": ([f"{PLAIN}  # idxlint: ignore[index-not-concurrent] because t has ten rows"], []),
    "silenced literal": (
        ["# idxlint: ignore[concurrently-in-transaction] because it's never run", RAW], []),
}  # fmt: skip


@pytest.mark.parametrize("name", FOUND)
def test_findings(name: str) -> None:
    """Rules speak at the places in the Python file."""
    rows, expected = FOUND[name]
    found = lint(revision(*rows), path="/nowhere/versions/b.py", runner="alembic")
    places = [(one.rule.id, *one.source.position(one.hit.at.start)) for one in found]

    assert sorted(expected) == sorted((rule, line, column) for rule, line, column, *_ in places)


def test_new_unit_keeps_the_file_quiet(tmp_path: Path) -> None:
    """Without transaction_per_migration a block is told of, where env.py says so."""
    versions = tmp_path / "versions"
    versions.mkdir()
    text = revision(BLOCK, f"    {CIC}")
    env = tmp_path / "env.py"

    def misread() -> int:
        found = read(Source("versions/b.py", text), Place(versions / "b.py", Direction.UP))
        return sum(len(unit.misread) for unit in found)

    assert misread() == 0
    env.write_text("context.configure(connection=c)")
    assert misread() == 1
    env.write_text("context.configure(connection=c, transaction_per_migration=True)")
    assert misread() == 0
    env.write_text("context.configure(connection=c, **options)")
    assert misread() == 0


PSYCOPG, PSYCOPG2 = "psycopg", "psycopg2"
INI = "[alembic]\n# sqlalchemy.url = postgresql+asyncpg://h/d\nsqlalchemy.url = postgresql+{}://h/d\n"
DRIVERS = {
    "a URL": ({"alembic.ini": INI.format(PSYCOPG)}, ["IDX208", "IDX201"], "psycopg (alembic.ini) opens the next"),
    "a URL, psycopg2": ({"alembic.ini": INI.format(PSYCOPG2)}, ["IDX208"], "later statements run without one, and"),
    "a URL in env.py": (
        {"migrations/env.py": "url = 'postgresql+asyncpg://h/d'\n"},
        ["IDX208"],
        "later statements run without one, and",
    ),
    "a URL before a dependency": (
        {"alembic.ini": INI.format(PSYCOPG2), "requirements.txt": "psycopg==3.2\n"},
        ["IDX208"], "later statements run without one, and"),
    "a dependency": (
        {"alembic.ini": "sqlalchemy.url = postgresql://h/d\n", "pyproject.toml": 'x = ["psycopg[binary]>=3"]\n'},
        ["IDX208", "IDX201"], "psycopg (pyproject.toml) opens the next"),
    "a dependency, pg8000": (
        {"requirements-dev.txt": "pg8000\n"}, ["IDX208", "IDX201"], "pg8000 (requirements-dev.txt) opens the next"),
    "a dependency, psycopg2": ({"requirements.txt": "psycopg2-binary==2.9\n"}, ["IDX208"], "run without one, and"),
    "two dependencies": (
        {"requirements.txt": "psycopg2\npsycopg\n"}, ["IDX208"], "if the driver is psycopg2, as assumed here"),
    "two URLs": (
        {"alembic.ini": INI.format(PSYCOPG) + INI.format(PSYCOPG2)}, ["IDX208"], "as assumed here"),
    "nothing": ({"requirements.txt": "# psycopg\npsycopg-pool\n"}, ["IDX208"], "as assumed here (psycopg 3 opens"),
}  # fmt: skip


@pytest.mark.parametrize("name", DRIVERS)
def test_driver(name: str, tmp_path: Path, run: Run) -> None:
    """Whether COMMIT leads out of the transaction is for the driver to say; where none is known, that is said."""
    files, expected, words = DRIVERS[name]
    versions = tmp_path / "migrations" / "versions"
    versions.mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    for path, text in files.items():
        (tmp_path / path).write_text(text, "utf-8")
    (versions / "b.py").write_text(revision('op.execute("COMMIT")', RAW), "utf-8")
    found = json.loads(run("check", "--format", "json").out)["findings"]

    assert expected == [one["id"] for one in found]
    assert words in found[0]["message"]
    assert all("opens the next transaction by itself" in one["message"] for one in found[1:])


@pytest.mark.parametrize("text", ["", "x = 1\n", "# revision\n"])
def test_no_revision(text: str) -> None:
    """A program beside the migrations sends nothing."""
    assert units(text) == []


def test_not_python() -> None:
    """A file that is no Python is one line."""
    with pytest.raises(UnreadError, match=r"versions/b.py: line 2: not Python: "):
        units("revision = 1\ndef (:\n")


def test_arrange(tmp_path: Path) -> None:
    """By the chain, merges after both parents, the rest last by name."""
    rows = {"z": None, "a": "'z'", "m": "'z'", "b": "('a', 'm')"}
    for name, down in rows.items():
        (tmp_path / f"{name}.py").write_text(f"revision: str = '{name}'\ndown_revision = {down}\n")
    (tmp_path / "0.py").write_text("x = 1\n")
    paths = sorted(tmp_path.glob("*.py"))

    assert [path.stem for path in arrange(paths)] == ["z", "a", "m", "b", "0"]
