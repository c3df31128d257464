"""What the replay knows of a table and of an index."""

from idxlint.model import value
from idxlint.sql.meaning.operations import BuildIndex, Constraint, Made
from idxlint.sql.text import Name

TEMP = "pg_temp"


@value
class Relation:
    """A table or materialized view.

    born: the path of the file that made it; sure: it did not exist before that file made it
    transaction: the number of the one that made it
    parent: the partitioned table that it is a partition of; joined: the schema's clock when it became one
    populated: it can be read; a materialized view WITH NO DATA cannot
    """

    name: Name
    made: Made = Made.TABLE
    born: str = ""
    sure: bool = False
    partitioned: bool = False
    parent: Name | None = None
    transaction: int = 0
    populated: bool = True
    joined: int = 0


@value
class Index:
    """An index.

    constraint: the one that owns it; transaction: the number of the one that made it
    made: the schema's clock when an index ON ONLY a partitioned table was made; 0 for others
    """

    name: Name
    table: Name
    build: BuildIndex | None = None
    constraint: Constraint | None = None
    partitioned: bool = False
    transaction: int = 0
    made: int = 0


@value
class Standing:
    """A constraint as it stands; transaction: the number of the one that added it, 0 outside of any."""

    constraint: Constraint
    transaction: int
