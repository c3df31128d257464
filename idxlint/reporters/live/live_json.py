"""What live mode saw, for machines, shape 1: keys may be added, but never change their meaning.

One line of JSON; what depends on the clock has a name that ends in `_ms` or is `seconds`, all else is the
same in every run of the same files on the same server. Times are counted from the start of a replay.

    {"version": 1, "tool": {"name", "version"},
     "runs": [{"postgres", "origin", "files", "tables", "rows", "seconds",
       "summary": {"proofs", "confirmed", "contradicted", "inconclusive", "skipped", "error"},
       "proofs": [PROOF],
       "unplayed": [{"path", "line", "sql", "reason"}],
       "unseeded": [{"table", "reason"}]}],
     "unread": ["…"]}

    PROOF: {"path", "line", "rule", "id", "message", "statement", "status", "claims": [{"text", "status", "reason"}],
       "original": OBSERVED or null, "fixed": [OBSERVED],
       "crashes": [{"script", "statement", "stop", "kill", "sqlstate", "invalid_between", "second_run",
         "second_sqlstates", "invalid_after", "missing", "repaired"}],
       "original_indexes": [INDEX], "fixed_indexes": [INDEX]}
    OBSERVED: {"offset", "line", "statement", "runs", "table", "locks": [LOCK], "waited", "passed", "builds",
       "rewrites", "sqlstate", "error", "notices": [{"severity", "message"}], "start_ms", "end_ms",
       "stops": [{"name", "phase", "locks": [LOCK], "passed", "waited", "at_ms"}],
       "probes": [{"kind", "waited", "sqlstate", "start_ms", "end_ms"}]}
    LOCK: {"relation", "mode"}     INDEX: {"name", "table", "definition", "valid", "ready", "live"}

`status` is confirmed, contradicted, inconclusive, skipped or error. A proof about index work that no rule speaks of
has "" as `rule`, `id` and `message`. `sqlstate` is "" where nothing failed, in a crash where it could not be stopped;
then nothing was tried, and `repaired` is null. `second_sqlstates` begins with that of the interrupted statement
in the second run, "" where it succeeded; those of later failures follow.
"""

import json
from collections.abc import Iterator
from typing import Any

from idxlint import __version__
from idxlint.model.evidence import (
    Crash,
    IndexState,
    LiveReport,
    LiveRun,
    ObservedStatement,
    Probe,
    Proof,
    Status,
    Stop,
    TableLock,
)

VERSION = 1


def render(report: LiveReport) -> Iterator[str]:
    """The whole report as one line of JSON."""
    data = {
        "version": VERSION,
        "tool": {"name": "idxlint", "version": __version__},
        "runs": [_run(run) for run in report.runs],
        "unread": list(report.unread),
    }
    text = json.dumps(data, ensure_ascii=False)
    # A path that is not UTF-8 comes as lone surrogates, which no encoding of the output would take.
    yield text if text.isascii() or _encodable(text) else json.dumps(data)
    yield "\n"


def _encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _run(run: LiveRun) -> dict[str, Any]:
    return {
        "postgres": run.version,
        "origin": run.origin,
        "files": run.files,
        "tables": run.tables,
        "rows": run.rows,
        "seconds": round(run.seconds, 3),
        "summary": {"proofs": len(run.proofs), **{status.value: run.count(status) for status in Status}},
        "proofs": [_proof(proof) for proof in run.proofs],
        "unplayed": [
            {"path": entry.path, "line": entry.line, "sql": entry.sql, "reason": entry.reason}
            for entry in run.unplayed
        ],
        "unseeded": [{"table": entry.table, "reason": entry.reason} for entry in run.unseeded],
    }


def _proof(proof: Proof) -> dict[str, Any]:
    return {
        "path": proof.path,
        "line": proof.line,
        "rule": proof.rule,
        "id": proof.id,
        "message": proof.message,
        "statement": proof.sql,
        "status": proof.status.value,
        "claims": [
            {"text": claim.text, "status": claim.status.value, "reason": claim.reason}
            for claim in proof.claims
        ],
        "original": None if proof.original is None else _observed(proof.original),
        "fixed": [_observed(observed) for observed in proof.fixed],
        "crashes": [_crash(crash) for crash in proof.crashes],
        "original_indexes": [_index(index) for index in proof.original_indexes],
        "fixed_indexes": [_index(index) for index in proof.fixed_indexes],
    }


def _observed(observed: ObservedStatement) -> dict[str, Any]:
    return {
        "offset": observed.offset,
        "line": observed.line,
        "statement": observed.sql,
        "runs": observed.runs,
        "table": observed.table,
        "locks": _locks(observed.locks),
        "waited": list(observed.waited),
        "passed": list(observed.passed),
        "builds": list(observed.builds),
        "rewrites": list(observed.rewrites),
        "sqlstate": observed.sqlstate,
        "error": observed.error,
        "notices": [{"severity": notice.severity, "message": notice.message} for notice in observed.notices],
        "start_ms": _ms(observed.start),
        "end_ms": _ms(observed.end),
        "stops": [_stop(stop) for stop in observed.stops],
        "probes": [_probe(probe) for probe in observed.probes],
    }


def _stop(stop: Stop) -> dict[str, Any]:
    return {
        "name": stop.name,
        "phase": stop.phase,
        "locks": _locks(stop.locks),
        "passed": list(stop.passed),
        "waited": list(stop.waited),
        "at_ms": _ms(stop.at),
    }


def _probe(probe: Probe) -> dict[str, Any]:
    return {
        "kind": probe.kind,
        "waited": probe.waited,
        "sqlstate": probe.sqlstate,
        "start_ms": _ms(probe.start),
        "end_ms": _ms(probe.end),
    }


def _crash(crash: Crash) -> dict[str, Any]:
    return {
        "script": crash.script,
        "statement": crash.sql,
        "stop": crash.stop,
        "kill": crash.kill,
        "sqlstate": crash.first,
        "invalid_between": list(crash.left),
        "second_run": crash.second,
        "second_sqlstates": list(crash.again),
        "invalid_after": list(crash.end),
        "missing": list(crash.missing),
        "repaired": crash.repaired if crash.first else None,
    }


def _index(index: IndexState) -> dict[str, Any]:
    return {
        "name": index.name,
        "table": index.table,
        "definition": index.definition,
        "valid": index.valid,
        "ready": index.ready,
        "live": index.live,
    }


def _locks(locks: tuple[TableLock, ...]) -> list[dict[str, str]]:
    return [{"relation": lock.relation, "mode": lock.mode} for lock in locks]


def _ms(time: float) -> float:
    return round(time, 3)
