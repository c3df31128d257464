"""SQL in the functions that a Django migration hands to RunPython: what is read, and in which transaction it runs."""

from pathlib import Path

import pytest

from tests.runners.test_django import OUT, said, units, wrote

PLAIN, CIC = "CREATE INDEX i ON t (a)", "CREATE INDEX CONCURRENTLY i ON t (a)"
RUN = "migrations.RunPython(forwards),"


def migration(*rows: str, operations: str = RUN, head: str = "", above: str = "") -> str:
    """A migration whose function has some lines; the first of them is line 2."""
    body = "".join(f"    {row}\n" for row in rows)
    return wrote(operations, head, f"def forwards(apps, schema_editor):\n{body}{above}")


def sql(*rows: str, above: str = "", operations: str = RUN) -> list[str]:
    """What the lines of the function send."""
    found = units(migration(*rows, above=above, operations=operations))
    return [piece.sql for unit in found for piece in unit.pieces if piece.sql]


SENT = {
    "schema_editor": ([f'schema_editor.execute("{PLAIN}")'], [PLAIN]),
    "by name": ([f'schema_editor.execute(sql="{PLAIN}", params=None)'], [PLAIN]),
    "a cursor": (["with connection.cursor() as c:", f'    c.execute("{PLAIN}")'], [PLAIN]),
    "the editor's cursor": (
        ["with schema_editor.connection.cursor() as cursor:", f'    cursor.execute("{PLAIN}", [])'], [PLAIN]),
    "a cursor without with": (["c = connections['x'].cursor()", f'c.execute("{PLAIN}")'], [PLAIN]),
    "in its order": (
        ['q = "DROP INDEX j"', "schema_editor.execute(q)", f'schema_editor.execute("{PLAIN}")'],
        ["DROP INDEX j", PLAIN]),
    "a loop": (['for t in ("a", "b"):', '    schema_editor.execute(f"DROP INDEX {t}_idx")'],
               ["DROP INDEX a_idx", "DROP INDEX b_idx"]),
    "another database": (["if schema_editor.connection.vendor != 'postgresql':", "    return",
                          f'schema_editor.execute("{PLAIN}")'], [PLAIN]),
    "only another database": (["if schema_editor.connection.vendor == 'postgresql':", "    return",
                               f'schema_editor.execute("{PLAIN}")'], []),
    "no SQL": (["apps.get_model('a', 'B').objects.update(x=1)"], []),
}  # fmt: skip


@pytest.mark.parametrize("name", SENT)
def test_sent(name: str) -> None:
    """Constant text that is executed is SQL, in the order of the function."""
    rows, expected = SENT[name]

    assert expected == sql(*rows)


def test_helper() -> None:
    """A function of the file happens where it is called, and a constant of the file is known."""
    above = f'SQL = "{PLAIN}"\ndef make(editor):\n    editor.execute(SQL)\n'

    assert [PLAIN] == sql("make(schema_editor)", above=above)


@pytest.mark.parametrize(
    "operations",
    [
        "migrations.RunPython(code=forwards),",
        "migrations.RunPython(partial(forwards, x=1)),",
        f"migrations.RunPython(lambda apps, editor: editor.execute('{PLAIN}')),",
        "migrations.SeparateDatabaseAndState(database_operations=[migrations.RunPython(forwards)]),",
    ],
)
def test_handed_over(operations: str) -> None:
    """The function is found under its name, in a partial, and as a lambda."""
    assert [PLAIN] == sql(f'schema_editor.execute("{PLAIN}")', operations=operations)


@pytest.mark.parametrize(
    "operations", ["migrations.RunPython(elsewhere),", "migrations.RunPython(migrations.RunPython.noop),"]
)
def test_not_in_this_file(operations: str) -> None:
    """Of a function of another file nothing is known."""
    assert [] == sql(f'schema_editor.execute("{PLAIN}")', operations=operations)


def test_nothing_runs(tmp_path: Path) -> None:
    """A function is read and never called."""
    proof = f"{tmp_path}/proof"

    assert [] == sql(f"open({proof!r}, 'w')", "raise SystemExit")
    assert not Path(proof).exists()


ATOMIC = "migrations.RunPython(forwards, atomic=True),"
EXECUTES = f'schema_editor.execute("{CIC}")'
RULES = {
    "in the migration's transaction": (migration(EXECUTES), [("IDX201", 2)]),
    "outside": (migration(EXECUTES, head=OUT), []),
    "atomic=False leaves the migration's as it is": (
        migration(EXECUTES, operations="migrations.RunPython(forwards, atomic=False),"),
        [("IDX201", 2), ("IDX204", 6)]),
    "atomic=True opens its own": (migration(EXECUTES, operations=ATOMIC, head=OUT), [("IDX201", 2)]),
    "a block of its own": (
        migration("with transaction.atomic():", f"    {EXECUTES}", head=OUT), [("IDX201", 3)]),
    "behind such a block": (
        migration("with transaction.atomic():", "    schema_editor.execute('SELECT 1')", EXECUTES, head=OUT), []),
    "a decorator": (wrote(RUN, OUT, f"@transaction.atomic\ndef forwards(a, b):\n    b.execute('{CIC}')\n"),
                    [("IDX201", 3)]),
    "its own transaction and others": (
        migration(f'schema_editor.execute("{PLAIN}")', head=OUT,
                  operations=f'{ATOMIC}\nmigrations.RunSQL("DROP INDEX CONCURRENTLY j"),'), [("IDX101", 2)]),
    "two in a message": (migration(f'schema_editor.execute("SET a.b = 0; {CIC}")', head=OUT), [("IDX202", 2)]),
    "each a message": (migration('schema_editor.execute("SET a.b = 0")', EXECUTES, head=OUT), []),
    "put together": (migration("schema_editor.execute(made('CREATE INDEX', 'i'))"), [("IDX902", 2)]),
    "put together, no index": (migration("schema_editor.execute(made('ANALYZE', 't'))"), []),
    "the editor's own work": (migration("schema_editor.add_index(Seed, index)"), [("IDX902", 2)]),
    "on the way back": (
        migration(EXECUTES, operations="migrations.RunPython(migrations.RunPython.noop, forwards),"),
        [("IDX201", 2)]),
    "silenced": (migration("# idxlint: ignore[IDX201] because it is tried", EXECUTES), []),
}  # fmt: skip


@pytest.mark.parametrize("name", RULES)
def test_rules(name: str) -> None:
    """The transaction is that of the migration, of RunPython, or of the code."""
    text, expected = RULES[name]

    assert sorted(expected) == sorted(said(text))


def test_directions() -> None:
    """Each function belongs to its direction, the last operation first on the way back."""
    operations = (
        "migrations.RunPython(forwards, back),\nmigrations.RunSQL('SELECT 1', 'DROP INDEX CONCURRENTLY k'),"
    )
    above = "def back(apps, editor):\n    editor.execute('DROP INDEX CONCURRENTLY i')\n"
    up, down = units(migration(EXECUTES, operations=operations, above=above, head=OUT))

    assert [CIC, "SELECT 1"] == [piece.sql for piece in up.pieces]
    assert ["DROP INDEX CONCURRENTLY k", "DROP INDEX CONCURRENTLY i"] == [piece.sql for piece in down.pieces]
