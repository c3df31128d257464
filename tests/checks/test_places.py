"""What a finding underlines."""

from tests.conftest import lint

ALTER = "ALTER TABLE t ADD COLUMN b int, ALTER COLUMN a SET NOT NULL;\nALTER TABLE t ALTER COLUMN c SET NOT NULL;\n"


def test_subcommand_of_alter_table() -> None:
    """It is the subcommand that scans, however many statements were read before, of which most take no tree."""
    alone, behind_many = (
        [
            (sql[finding.hit.at.start : finding.hit.at.end], sql[finding.hit.at.end :].split(maxsplit=2)[1])
            for finding in lint(sql)
        ]
        for sql in (ALTER, "ALTER TABLE o ADD COLUMN x int;\n" * 60 + ALTER)
    )

    assert [("ALTER", "a"), ("ALTER", "c")] == alone == behind_many
