"""Which indexes go with a column, and how their definitions follow one that gets another name."""

import json
from dataclasses import replace

from idxlint.sql.meaning.operations import BuildIndex, Constraint, IndexColumn
from idxlint.sql.state.relations import Index
from idxlint.sql.text import folded, quoted, tokens


def mentions(index: Index, column: str) -> bool:
    """Whether an index goes with a column: it is a key, included, or in an expression or the predicate."""
    if (build := index.build) is None:
        of = index.constraint
        return of is not None and (column in of.columns or column in of.include)
    return (
        any(key.name == column or _reference(column) in key.expression for key in build.columns)
        or column in build.include
        or any(word == column for _, _, word in _words(build.predicate))
    )


def renamed(index: Index, old: str, new: str) -> Index:
    """The index as it is after one of its table's columns got another name; its own name stays."""
    build, constraint = index.build, index.constraint
    return replace(
        index,
        build=_renamed_build(build, old, new) if build else None,
        constraint=_renamed_constraint(constraint, old, new) if constraint else None,
    )


def _renamed_build(build: BuildIndex, old: str, new: str) -> BuildIndex:
    predicate, done = "", 0
    for start, end, word in _words(build.predicate):
        if word == old:
            predicate += build.predicate[done:start] + quoted(new)
            done = end
    return replace(
        build,
        columns=tuple(_renamed_column(column, old, new) for column in build.columns),
        include=_renamed(build.include, old, new),
        predicate=predicate + build.predicate[done:],
    )


def _renamed_column(column: IndexColumn, old: str, new: str) -> IndexColumn:
    if column.name == old:
        return replace(column, name=new)
    return replace(column, expression=column.expression.replace(_reference(old), _reference(new)))


def _renamed_constraint(constraint: Constraint, old: str, new: str) -> Constraint:
    return replace(
        constraint,
        columns=_renamed(constraint.columns, old, new),
        include=_renamed(constraint.include, old, new),
    )


def _renamed(columns: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    return tuple(new if column == old else column for column in columns)


def _reference(column: str) -> str:
    """A column in the normal form of an expression."""
    return f'{{"ColumnRef":{{"String":{{"sval":{json.dumps(column)}}}}}}}'


def _words(predicate: str) -> list[tuple[int, int, str]]:
    """The identifiers of a predicate with their places, as PostgreSQL folds them."""
    return [
        (token.start, token.end, folded(predicate[token.start : token.end]))
        for token in tokens(predicate)
        if token.kind not in ("SCONST", "ICONST")
    ]
