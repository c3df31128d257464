"""Many files in several processes.

Files are cut into runs, one a process. Each process parses its own; the schema that the earlier ones build
is handed on before anything is judged, so that the answer is the same as in one process.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from idxlint.engine.judge import Selection, replay
from idxlint.engine.judged_file import JudgedFile, judge_file, read_migration
from idxlint.engine.parsed_file import ParsedFile, parse_file
from idxlint.engine.request import Request
from idxlint.model import Unread, UnreadError
from idxlint.runners import Plan
from idxlint.sql.state.schema import Schema

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


def chunks(plans: Sequence[Plan], jobs: int, many: int) -> list[Sequence[Plan]]:
    """The files in as many runs as there are processes worth starting; with jobs 0 that is for us to say."""
    if not jobs:
        jobs = (os.cpu_count() or 1) if len(plans) >= many and hasattr(os, "fork") else 1
    if jobs < 2:
        return [plans]
    parts: list[list[Plan]] = [[] for _ in range(jobs)]
    sizes = [_size(plan) for plan in plans]
    share, before = sum(sizes) / jobs or 1, 0
    for plan, size in zip(plans, sizes, strict=True):
        parts[min(jobs - 1, int(before / share))].append(plan)
        before += size
    return [part for part in parts if part]


def _size(plan: Plan) -> int:
    """What a file costs: its bytes, and about as much as 500 of them to open it."""
    try:
        return plan.path.stat().st_size + 500
    except OSError:
        return 500


def spread(request: Request, parts: Sequence[Sequence[Plan]]) -> Iterator[JudgedFile]:
    """Judge each run in a process of its own, the first in this one, and give the results in order."""
    import multiprocessing

    context: Any = multiprocessing.get_context("fork" if hasattr(os, "fork") else "spawn")
    handed: Connection | None = None
    workers: list[tuple[Any, Connection]] = []
    first: Connection | None = None
    for number, part in enumerate(parts):
        after = parts[number + 1][0].history if number + 1 < len(parts) else None
        receive, send = context.Pipe(duplex=False) if after is not None else (None, None)
        if number == 0:
            first, opening, handed = send, after, receive
            continue
        results, report = context.Pipe(duplex=False)
        others = [first, *(entry[1] for entry in workers)]
        worker = context.Process(
            target=_work, args=(request, part, handed, send, after, report, others), daemon=True
        )
        worker.start()
        # Only the worker may hold these ends: when it dies, whoever reads at the other end must not wait for ever.
        for end in (report, send, handed):
            if end is not None:
                end.close()
        workers.append((worker, results))
        handed = receive
    yield from _run(request, parts[0], None, first, opening)
    for worker, results in workers:
        try:
            answer = results.recv()
        except EOFError:
            answer = MemoryError()  # killed from outside, or it could not even say why
        worker.join()
        if isinstance(answer, BaseException):
            raise answer
        yield from answer


def _work(
    request: Request,
    part: Sequence[Plan],
    handed: "Connection",
    send: "Connection | None",
    after: str | None,
    report: "Connection",
    others: "Sequence[Connection | None]",
) -> None:
    for end in others:  # inherited; held open here, they would hide another process's end
        if end is not None:
            end.close()
    try:
        answer: list[JudgedFile] | BaseException = list(_run(request, part, handed, send, after))
    except BaseException as error:
        answer = error
    report.send(answer)


def _run(
    request: Request,
    part: Sequence[Plan],
    handed: "Connection | None",
    send: "Connection | None",
    after: str | None,
) -> Iterator[JudgedFile]:
    selection = request.selection()
    ready: list[ParsedFile | Unread] = []
    for plan in part:
        try:
            ready.append(parse_file(read_migration(request, plan)))
        except UnreadError as error:
            ready.append(error.unread)
    history, schema = handed.recv() if handed else (None, Schema())
    if send:
        send.send(_at_end(ready, selection, history, schema, after))
    following = [*(plan.history for plan in part[1:]), after]
    for plan, entry, next_history in zip(part, ready, following, strict=True):
        if plan.history != history:
            history, schema = plan.history, Schema()
        if isinstance(entry, Unread):
            judged = JudgedFile(unread=entry)
        else:
            judged = judge_file(entry, schema, selection, request)
        yield replace(judged, ending=schema) if next_history != history else judged


def _at_end(
    ready: Sequence[ParsedFile | Unread],
    selection: Selection,
    history: str | None,
    schema: Schema,
    after: str | None,
) -> tuple[str | None, Schema]:
    """The schema as the next run of files finds it; this one stays as it is."""
    last = [entry for entry in ready if isinstance(entry, ParsedFile) and entry.migration.history == after]
    if not last and history != after:
        return after, Schema()
    fresh = Schema() if history != after else schema.copy()
    for entry in last:
        replay(entry, fresh, selection)
    return after, fresh
