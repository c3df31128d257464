"""Files read and parsed one after another, each with the schema that the files before it in its history have built."""

from collections.abc import Iterable, Iterator

from idxlint.engine.judged_file import read_migration
from idxlint.engine.parsed_file import ParsedFile, parse_file
from idxlint.engine.request import Request
from idxlint.model import Unread, UnreadError
from idxlint.runners import Plan
from idxlint.sql.state.schema import Schema


def histories(
    request: Request, plans: Iterable[Plan], *, every: bool = False
) -> Iterator[tuple[Plan, Schema, ParsedFile | Unread]]:
    """Each file, before it is replayed over its schema, or why it could not be read.

    every: of the files that are reported on, all statements are described
    """
    schema, history = Schema(), None
    for plan in plans:
        if plan.history != history:
            schema, history = Schema(), plan.history
        try:
            parsed = parse_file(read_migration(request, plan), every=every and request.reports(plan.shown))
        except UnreadError as error:
            schema.ended.doubt()
            yield plan, schema, error.unread
        else:
            yield plan, schema, parsed
