"""What only the end of a history tells: whether what a hit says is still so when all migrations have run."""

from collections.abc import Sequence
from dataclasses import replace

from idxlint.engine.judged_file import JudgedFile
from idxlint.model import Finding
from idxlint.runners import Plan
from idxlint.sql.state.schema import Schema


def settled(judged: JudgedFile, schema: Schema) -> JudgedFile:
    """A file without what does not last, given the schema that its history has built."""
    findings = tuple(finding for finding in judged.findings if _lasts(finding, schema))
    suppressed = tuple(entry for entry in judged.suppressed if _lasts(entry.finding, schema))
    if len(findings) == len(judged.findings) and len(suppressed) == len(judged.suppressed):
        return judged
    return replace(judged, findings=findings, suppressed=suppressed)


def _lasts(finding: Finding, schema: Schema) -> bool:
    return finding.hit.lasts is None or finding.hit.lasts(schema)


def all_settled(plans: Sequence[Plan], judged: Sequence[JudgedFile]) -> list[JudgedFile]:
    """All files; those of a history stand together, and the last of them has the schema at its end."""
    done: list[JudgedFile] = []
    schema, history = None, None
    for plan, file in zip(reversed(plans), reversed(judged), strict=True):
        if plan.history != history or schema is None:
            schema, history = file.ending, plan.history
        last = replace(file, ending=None) if file.ending else file
        done.append(settled(last, schema) if schema else file)
    return done[::-1]
