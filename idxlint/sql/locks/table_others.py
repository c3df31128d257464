"""What statements other than ALTER TABLE and those on indexes lock: measured on PostgreSQL 12 to 18."""

from idxlint.sql.locks.outcome import Work
from idxlint.sql.locks.row import AX, RS, RX, SRE, SUE, LockRow, On, S, X

_DROPPED = {
    On.TABLE: AX, On.INDEXES: AX, On.SEQUENCES: AX, On.CHILDREN: AX, On.CHILDREN_INDEXES: AX,
    On.PARENT: AX, On.PARENT_DEFAULT: AX, On.REFERENCING: AX,
}  # fmt: skip
_PARTITION = {On.TABLE: AX, On.INDEXES: SUE, On.DEFAULT: AX, On.REFERENCED: SRE}

ROWS = (
    LockRow("DROP TABLE", {**_DROPPED, On.REFERENCED_STORED: AX}, until=14),
    LockRow("DROP TABLE", {**_DROPPED, On.REFERENCED_ALL: AX}, since=15),
    LockRow("DROP CASCADE", {On.VIEWS: AX, On.VIEW_INDEXES: AX}),
    LockRow("DROP SEQUENCE", {On.TABLE: AX}),
    LockRow("CREATE TABLE PARTITION OF", _PARTITION, {On.DEFAULT: Work.SCAN}, until=14),
    LockRow("CREATE TABLE PARTITION OF", {**_PARTITION, On.REFERENCING: SRE}, {On.DEFAULT: Work.SCAN}, since=15),
    LockRow("CREATE TABLE INHERITS", {On.TABLE: SUE}),
    LockRow("CREATE TABLE REFERENCES", {On.TABLE: SRE, On.PARTITIONS: SRE}),
    LockRow(
        "TRUNCATE",
        {On.TABLE: AX, On.CHILDREN: AX, On.STORED_INDEXES: AX},
    ),
    LockRow("TRUNCATE CASCADE", {On.REFERENCING_ALL: AX, On.REFERENCING_ALL_INDEXES: AX}),
    LockRow("TRUNCATE RESTART IDENTITY", {On.TABLE: AX, On.SEQUENCES: AX}),
    *(
        LockRow(f"LOCK TABLE IN {mode} MODE", {On.TABLE: mode, On.CHILDREN: mode})
        for mode in (AX, X, SRE, S, SUE, RX, RS)
    ),
    LockRow("CLUSTER", {On.TABLE: AX, On.INDEXES: AX}, {On.TABLE: Work.REWRITE}),
    LockRow("VACUUM FULL", {On.TABLE: AX, On.INDEXES: AX}, {On.TABLE: Work.REWRITE}, refuses_transaction=True),
    LockRow("VACUUM", {On.TABLE: SUE, On.INDEXES: RX}, {On.TABLE: Work.SCAN}, refuses_transaction=True),
    LockRow("ANALYZE", {On.TABLE: SUE, On.PARTITIONS: SUE}, {On.TABLE: Work.SCAN, On.PARTITIONS: Work.SCAN}, until=17),
    LockRow("ANALYZE", {On.TABLE: SUE, On.CHILDREN: SUE}, {On.TABLE: Work.SCAN, On.CHILDREN: Work.SCAN}, since=18),
    LockRow("REFRESH MATERIALIZED VIEW", {On.TABLE: AX, On.INDEXES: AX}, {On.TABLE: Work.REWRITE}),
    LockRow("REFRESH MATERIALIZED VIEW CONCURRENTLY", {On.TABLE: X, On.INDEXES: RX}, {On.TABLE: Work.SCAN}),
    # Rows
    LockRow("INSERT", {On.TABLE: RX, On.PARTITIONS: RX, On.SEQUENCES: RX}),
    LockRow(
        "INSERT ON CONFLICT",
        {On.TABLE: RX, On.PARTITIONS: RX, On.SEQUENCES: RX, On.INDEXES: RX, On.CHILDREN_INDEXES: RX},
    ),
    LockRow("COPY FROM", {On.TABLE: RX, On.PARTITIONS: RX, On.SEQUENCES: RX}),
    *(
        LockRow(form, {On.TABLE: mode, On.CHILDREN: mode, On.STORED_INDEXES: mode}, since=since, until=15)
        for form, mode, since in (
            ("UPDATE", RX, 12), ("DELETE", RX, 12), ("MERGE", RX, 15), ("SELECT FOR UPDATE", RS, 12),
        )
    ),
    *(
        LockRow(
            form, {On.TABLE: mode, On.CHILDREN: mode, On.INDEXES: mode, On.CHILDREN_INDEXES: mode}, since=16
        )
        for form, mode in (("UPDATE", RX), ("DELETE", RX), ("MERGE", RX), ("SELECT FOR UPDATE", RS))
    ),
    LockRow(
        "check of a foreign key",
        {On.TABLE: RS, On.INDEXES: RS, On.PARTITIONS: RS, On.CHILDREN_INDEXES: RS},
    ),
    LockRow("check of a referencing key", {On.TABLE: RS, On.INDEXES: RS, On.CHILDREN: RS}),
    LockRow("action of a referencing key", {On.TABLE: RX, On.CHILDREN: RX, On.STORED_INDEXES: RX}),
    # What hangs on a table
    LockRow("CREATE TRIGGER", {On.TABLE: SRE}),
    LockRow("CREATE TRIGGER FOR EACH ROW", {On.TABLE: SRE, On.PARTITIONS: SRE}),
    LockRow("DROP TRIGGER", {On.TABLE: AX, On.PARTITIONS: AX}),
    LockRow("ALTER TRIGGER RENAME", {On.TABLE: AX}, until=14),
    LockRow("ALTER TRIGGER RENAME", {On.TABLE: AX, On.PARTITIONS: AX}, since=15),
    LockRow("CREATE RULE", {On.TABLE: AX}),
    LockRow("analysis of a change of rows", {On.TABLE: RX}),
    LockRow("DROP RULE", {On.TABLE: AX}),
    LockRow("ALTER RULE RENAME", {On.TABLE: AX}),
    LockRow("CREATE POLICY", {On.TABLE: AX}),
    LockRow("ALTER POLICY", {On.TABLE: AX}),
    LockRow("DROP POLICY", {On.TABLE: AX}),
    LockRow("CREATE STATISTICS", {On.TABLE: SUE}),
    LockRow("DROP STATISTICS", {On.TABLE: SUE}),
    LockRow("CREATE PUBLICATION", {On.TABLE: SUE, On.CHILDREN: SUE}),
    LockRow("ALTER PUBLICATION", {On.TABLE: SUE, On.CHILDREN: SUE}),
    LockRow("COMMENT ON", {On.TABLE: SUE}),
    # Views, sequences, types
    LockRow("CREATE OR REPLACE VIEW", {On.TABLE: AX}),
    LockRow("ALTER VIEW", {On.TABLE: AX}),
    LockRow("ALTER SEQUENCE", {On.TABLE: SRE}),
    LockRow("nextval or setval", {On.TABLE: RX}),
    LockRow("DROP TYPE with columns", {On.TABLE: AX}),
    LockRow("ALTER TYPE with columns", {On.TABLE: AX, On.TYPED: AX}),
    LockRow("ALTER EXTENSION ADD", {On.TABLE: SUE}),
)  # fmt: skip
