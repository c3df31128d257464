"""What the other subcommands of ALTER TABLE lock: measured on PostgreSQL 12 to 18."""

from idxlint.sql.locks.outcome import Work
from idxlint.sql.locks.row import AX, SRE, SUE, LockRow, On, S

_ALL = {On.TABLE: AX, On.CHILDREN: AX}
_ALONE = {On.TABLE: AX}
_REWRITE = {On.TABLE: Work.REWRITE, On.CHILDREN: Work.REWRITE}
_REWRITTEN = {On.TABLE: AX, On.CHILDREN: AX, On.STORED_INDEXES: AX}
_TYPE = {
    On.COLUMN_INDEXES: AX, On.COLUMN_IDENTITY: SRE, On.COLUMN_REFERENCED: AX, On.COLUMN_REFERENCING: AX,
}  # fmt: skip
_SCAN = {On.TABLE: Work.SCAN, On.CHILDREN: Work.SCAN}

ROWS = (
    LockRow("ADD COLUMN", _ALL),
    LockRow("ADD COLUMN with a rewrite", _REWRITTEN, _REWRITE),
    LockRow("ADD COLUMN with a scan", _ALL, _SCAN),
    LockRow(
        "DROP COLUMN",
        {**_ALL, On.COLUMN_INDEXES: AX, On.COLUMN_SEQUENCES: AX, On.COLUMN_REFERENCED: AX, On.COLUMN_REFERENCING: AX},
    ),
    LockRow("RENAME COLUMN", _ALL),
    LockRow("SET DATA TYPE", {**_REWRITTEN, **_TYPE}, _REWRITE),
    LockRow("SET DATA TYPE without a rewrite", {**_ALL, **_TYPE}),
    LockRow("SET NOT NULL", _ALL, _SCAN),
    LockRow("SET NOT NULL that a CHECK proves", _ALL),
    LockRow("DROP NOT NULL", _ALL, until=17),
    LockRow("DROP NOT NULL", {On.TABLE: AX, On.PARTITIONS: AX}, since=18),
    LockRow("ALTER COLUMN SET DEFAULT", _ALL),
    LockRow("ALTER COLUMN SET STATISTICS", {On.TABLE: SUE, On.CHILDREN: SUE}),
    LockRow("ALTER COLUMN SET STORAGE", _ALL),
    LockRow("ALTER COLUMN SET COMPRESSION", _ALONE, since=14),
    LockRow("ALTER COLUMN SET (n_distinct)", {On.TABLE: SUE}),
    LockRow("ALTER COLUMN DROP EXPRESSION", _ALL, since=13),
    LockRow("ALTER COLUMN SET EXPRESSION", _REWRITTEN, _REWRITE, since=17),
    LockRow("ALTER COLUMN ADD GENERATED AS IDENTITY", _ALONE, until=16),
    LockRow("ALTER COLUMN ADD GENERATED AS IDENTITY", {On.TABLE: AX, On.PARTITIONS: AX}, since=17),
    LockRow("ALTER COLUMN SET GENERATED", {On.TABLE: AX, On.COLUMN_SEQUENCES: SRE}),
    LockRow("ALTER COLUMN DROP IDENTITY", {On.TABLE: AX, On.COLUMN_SEQUENCES: AX}),
    LockRow("ALTER CONSTRAINT", _ALL),
    LockRow("SET (storage parameters)", {On.TABLE: SUE}),
    LockRow("SET (user_catalog_table)", _ALONE),
    LockRow("CLUSTER ON", {On.TABLE: SUE, On.INDEX: SUE}),
    LockRow("SET WITHOUT CLUSTER", {On.TABLE: SUE}),
    LockRow("SET TABLESPACE", _ALONE, {On.TABLE: Work.REWRITE}),
    LockRow("SET ACCESS METHOD", {On.TABLE: AX, On.INDEXES: AX}, {On.TABLE: Work.REWRITE}, since=15),
    LockRow("SET LOGGED", {On.TABLE: AX, On.INDEXES: AX}, {On.TABLE: Work.REWRITE}, until=14),
    LockRow(
        "SET LOGGED",
        {On.TABLE: AX, On.INDEXES: AX, On.SEQUENCES: AX},
        {On.TABLE: Work.REWRITE},
        since=15,
    ),
    LockRow("ENABLE TRIGGER", {On.TABLE: SRE, On.PARTITIONS: SRE}),
    LockRow("ENABLE RULE", _ALONE),
    LockRow("ROW LEVEL SECURITY", _ALONE),
    LockRow("OWNER TO", {On.TABLE: AX, On.INDEXES: AX, On.SEQUENCES: AX}),
    LockRow("INHERIT", {On.TABLE: AX, On.CHILDREN: AX, On.OTHER: SUE}),
    LockRow("NO INHERIT", _ALONE),
    LockRow("OF", _ALONE),
    LockRow("NOT OF", _ALONE),
    LockRow("REPLICA IDENTITY", _ALONE),
    LockRow("REPLICA IDENTITY USING INDEX", {On.TABLE: AX, On.INDEX: S}),
    LockRow("OPTIONS", _ALONE),
    LockRow("ALTER TABLE RENAME", _ALONE),
    LockRow("ALTER TABLE SET SCHEMA", {On.TABLE: AX, On.SEQUENCES: AX}),
)  # fmt: skip
