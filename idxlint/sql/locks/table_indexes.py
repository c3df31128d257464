"""What statements on indexes, constraints and partitions lock: measured on PostgreSQL 12 to 18."""

from idxlint.sql.locks.outcome import Work
from idxlint.sql.locks.row import AX, RS, SRE, SUE, LockRow, On, S

_BUILD = {On.TABLE: Work.BUILD, On.BARE_PARTITIONS: Work.BUILD}
_PLAIN = {On.TABLE: AX, On.PARTITIONS: S, On.BARE_PARTITIONS: S, On.ADOPTED: S}
_HARD = {On.TABLE: AX, On.CHILDREN: AX, On.BARE_PARTITIONS: AX, On.ADOPTED: S}
_SCAN = {On.TABLE: Work.SCAN, On.CHILDREN: Work.SCAN}
_KEY = {On.TABLE: Work.BUILD, On.CHILDREN: Work.SCAN, On.BARE_PARTITIONS: Work.BUILD}
_ATTACH = {
    On.TABLE: SUE, On.INDEXES: SUE, On.DEFAULT: AX, On.OTHER: AX, On.OTHER_CHILDREN: AX, On.REFERENCED: SRE,
}  # fmt: skip
_FITS = {On.OTHER: Work.SCAN, On.OTHER_CHILDREN: Work.SCAN}
_DETACH = {
    On.TABLE: AX, On.DEFAULT: AX, On.OTHER_CHILDREN: AX, On.OTHER_INDEXES: AX, On.REFERENCED: SRE,
}  # fmt: skip

ROWS = (
    LockRow(
        "CREATE INDEX",
        {On.TABLE: S, On.PARTITIONS: S, On.BARE_PARTITIONS: S, On.ADOPTED: S},
        {On.TABLE: Work.BUILD, On.BARE_PARTITIONS: Work.BUILD},
    ),
    LockRow("CREATE INDEX ON ONLY", {On.TABLE: S}, {On.TABLE: Work.BUILD}),
    LockRow("CREATE INDEX CONCURRENTLY", {On.TABLE: SUE}, {On.TABLE: Work.BUILD}, refuses_transaction=True),
    LockRow("DROP INDEX", {On.OWNER: AX, On.OWNER_PARTITIONS: AX, On.INDEX: AX, On.INDEX_CHILDREN: AX}),
    LockRow(
        "DROP INDEX CONCURRENTLY",
        {On.OWNER: SUE, On.INDEX: SUE},
        {On.OWNER: Work.WAIT},
        refuses_transaction=True,
    ),
    LockRow("REINDEX INDEX", {On.OWNER: S, On.INDEX: AX}, {On.OWNER: Work.BUILD}),
    LockRow("REINDEX TABLE", {On.TABLE: S, On.INDEXES: AX}, {On.TABLE: Work.BUILD}),
    LockRow(
        "REINDEX INDEX CONCURRENTLY",
        {On.OWNER: SUE, On.INDEX: SUE},
        {On.OWNER: Work.BUILD},
        refuses_transaction=True,
    ),
    LockRow(
        "REINDEX TABLE CONCURRENTLY",
        {On.TABLE: SUE, On.INDEXES: SUE},
        {On.TABLE: Work.BUILD},
        refuses_transaction=True,
    ),
    # One transaction for each partition; 12 and 13 refuse the index and skip the table with a warning.
    LockRow(
        "REINDEX of a partitioned table",
        {On.PARTITIONS: S, On.CHILDREN_INDEXES: AX},
        {On.PARTITIONS: Work.BUILD},
        since=14,
        refuses_transaction=True,
    ),
    LockRow("ALTER INDEX RENAME", {On.INDEX: SUE}),
    LockRow("ALTER TABLE RENAME of an index", {On.INDEX: AX}),
    LockRow("ALTER INDEX SET", {On.INDEX: SUE}),
    LockRow("ALTER INDEX SET (fastupdate)", {On.INDEX: AX}),
    LockRow("ALTER INDEX SET TABLESPACE", {On.INDEX: AX}, {On.INDEX: Work.REWRITE}),
    LockRow("ALTER INDEX SET STATISTICS", {On.INDEX: SUE}),
    LockRow("ALTER INDEX DEPENDS ON EXTENSION", {On.INDEX: AX}),
    LockRow("ALTER INDEX ATTACH PARTITION", {On.INDEX: SUE, On.OTHER_INDEX: AX}),
    LockRow("COMMENT ON INDEX", {On.INDEX: SUE}),
    # Constraints
    LockRow("ADD UNIQUE", _PLAIN, _BUILD, until=17),
    LockRow("ADD UNIQUE", _HARD, _BUILD, since=18),
    LockRow("ADD PRIMARY KEY", _HARD, _KEY),
    LockRow("ADD PRIMARY KEY over NOT NULL columns", _PLAIN, _BUILD, until=17),
    LockRow(
        "ADD PRIMARY KEY over NOT NULL columns",
        _HARD,
        _BUILD,
        since=18,
    ),
    LockRow("ADD EXCLUDE", _PLAIN, _BUILD, until=17),
    LockRow("ADD EXCLUDE", _HARD, _BUILD, since=18),
    LockRow("ADD CONSTRAINT USING INDEX", {On.TABLE: AX}),
    LockRow("ADD CONSTRAINT USING INDEX with another name", {On.TABLE: AX, On.INDEX: SUE}),
    LockRow("ADD PRIMARY KEY USING INDEX over nullable columns", {On.TABLE: AX}, {On.TABLE: Work.SCAN}),
    LockRow("ADD CHECK", {On.TABLE: AX, On.CHILDREN: AX}, _SCAN),
    LockRow("ADD CHECK NOT VALID", {On.TABLE: AX, On.CHILDREN: AX}),
    LockRow("ADD NOT NULL", {On.TABLE: AX, On.CHILDREN: AX}, _SCAN, since=18),
    LockRow("ADD NOT NULL NOT VALID", {On.TABLE: AX, On.CHILDREN: AX}, since=18),
    LockRow(
        "ADD FOREIGN KEY",
        {On.TABLE: SRE, On.PARTITIONS: SRE, On.OTHER: SRE, On.OTHER_CHILDREN: SRE},
        {On.TABLE: Work.SCAN, On.PARTITIONS: Work.SCAN},
        until=17,
    ),
    LockRow(
        "ADD FOREIGN KEY",
        {On.TABLE: SRE, On.CHILDREN: SRE, On.PARTITIONS: SRE, On.OTHER: SRE, On.OTHER_CHILDREN: SRE},
        {On.TABLE: Work.SCAN, On.PARTITIONS: Work.SCAN},
        since=18,
    ),
    LockRow(
        "ADD FOREIGN KEY NOT VALID",
        {On.TABLE: SRE, On.PARTITIONS: SRE, On.OTHER: SRE, On.OTHER_CHILDREN: SRE},
        until=17,
    ),
    LockRow(
        "ADD FOREIGN KEY NOT VALID",
        {On.TABLE: SRE, On.CHILDREN: SRE, On.OTHER: SRE, On.OTHER_CHILDREN: SRE},
        since=18,
    ),
    LockRow("VALIDATE CONSTRAINT", {On.TABLE: SUE, On.CHILDREN: SUE}, _SCAN),
    LockRow("VALIDATE CONSTRAINT of a foreign key", {On.TABLE: SUE, On.OTHER: RS}, {On.TABLE: Work.SCAN}),
    LockRow("VALIDATE CONSTRAINT that is valid", {On.TABLE: SUE}),
    LockRow("DROP CONSTRAINT", {On.TABLE: AX, On.CHILDREN: AX}),
    LockRow("DROP CONSTRAINT of an index", {On.TABLE: AX, On.CHILDREN: AX, On.INDEX: AX, On.INDEX_CHILDREN: AX}),
    LockRow("DROP CONSTRAINT of a referenced key", {On.REFERENCING: AX}),
    LockRow(
        "DROP CONSTRAINT of a foreign key",
        {On.TABLE: AX, On.CHILDREN: AX, On.OTHER: AX, On.OTHER_CHILDREN: AX},
    ),
    LockRow("RENAME CONSTRAINT", {On.TABLE: AX, On.CHILDREN: AX}),
    LockRow("RENAME CONSTRAINT of an index", {On.TABLE: AX, On.INDEX: SUE}),
    # Partitions
    LockRow("ATTACH PARTITION", _ATTACH, {**_FITS, On.DEFAULT: Work.SCAN}, until=14),
    LockRow("ATTACH PARTITION", {**_ATTACH, On.REFERENCING: SRE}, {**_FITS, On.DEFAULT: Work.SCAN}, since=15),
    LockRow("ATTACH PARTITION with a proving CHECK", _ATTACH, {On.DEFAULT: Work.SCAN}, until=14),
    LockRow(
        "ATTACH PARTITION with a proving CHECK",
        {**_ATTACH, On.REFERENCING: SRE},
        {On.DEFAULT: Work.SCAN},
        since=15,
    ),
    LockRow("ATTACH PARTITION that merges a foreign key", {On.TABLE: AX, On.CHILDREN: AX}),
    LockRow("ATTACH PARTITION that builds an index", {On.OTHER: AX}, {On.OTHER: Work.BUILD}),
    LockRow("DETACH PARTITION", {**_DETACH, On.OTHER: SUE}, until=13),
    LockRow("DETACH PARTITION", {**_DETACH, On.OTHER: AX}, since=14),
    LockRow("DETACH PARTITION of a referenced table", {On.OTHER: AX, On.REFERENCING: AX}),
    LockRow(
        "DETACH PARTITION CONCURRENTLY",
        {On.TABLE: SUE, On.OTHER: AX, On.OTHER_CHILDREN: AX, On.OTHER_INDEXES: AX, On.REFERENCED: SRE},
        {On.TABLE: Work.WAIT, On.OTHER: Work.WAIT},
        since=14,
        refuses_transaction=True,
    ),
    LockRow("DETACH PARTITION FINALIZE", {On.TABLE: SUE, On.OTHER: AX, On.OTHER_INDEXES: AX}, since=14),
)  # fmt: skip
