"""What the tests of fixes share: fix a text as `--unsafe-fixes` does."""

from idxlint.config.configuration import Config
from idxlint.engine.judge import Selection, replay
from idxlint.engine.judged_file import judge_file
from idxlint.engine.parsed_file import parse_file
from idxlint.engine.request import Request
from idxlint.fix.apply import Fixed, Linted, improve
from idxlint.model import Kind, Migration, Reason, Safety, Source, Span, Unit
from idxlint.sql.state.schema import Schema
from tests.conftest import BOOK

WASTE = frozenset(rule.name for rule in BOOK.rules if rule.kind is Kind.WASTE)
CONFIG = Config(ignore=WASTE)
"""What is asked of a fix: whether an index is needed at all is another question."""

SELECTION = Selection.of(BOOK.rules, CONFIG)
REQUEST = Request((), BOOK, CONFIG)


def migration(text: str, path: str = "db/2.sql") -> Migration:
    """A text as a file that psql runs."""
    return Migration(Source(path, text), (Unit(Span(0, len(text))),), "db")


def judged(text: str, before: str = "") -> Linted:
    """What is said of a text, after another file has built the schema."""
    schema = Schema()
    replay(parse_file(migration(before, "db/1.sql")), schema, SELECTION)
    found = judge_file(parse_file(migration(text)), schema, SELECTION, REQUEST)
    findings = sorted(found.findings, key=lambda finding: finding.key)
    return Linted(findings, sum(entry.gap.reason is not Reason.PSQL for entry in found.gaps))


def improved(text: str, before: str = "", level: Safety = Safety.UNSAFE) -> Fixed:
    """A text after its fixes."""
    return improve(text, lambda new: judged(new, before), level)
