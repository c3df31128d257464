"""Foreign keys: which row of its parent each new row refers to."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from idxlint.live.seed.catalogue import ForeignKey, SeedTable

N = "g.idxlint_n"
"""The number of a new row; the name is ours, so that it meets no column of a user."""

_PARENTS = 1000

Promise = Callable[[ForeignKey, int], str | None]
"""What a parent without rows will have in its referred column at a position; None: nobody knows."""


@dataclass(slots=True)
class ParentJoins:
    """joins: after the series of numbers, in order; values: for the columns of foreign keys; missing: parents."""

    joins: list[str] = field(default_factory=list)
    values: dict[int, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    sizes: dict[int, tuple[str, str]] = field(
        default_factory=dict
    )  # how many values a column has, and who picks it
    shared: set[int] = field(default_factory=set)  # columns that stay NULL where no parent agrees


def join_parents(
    table: SeedTable,
    filled: Collection[int],
    promise: Promise,
    preset: Mapping[int, str],
    keys: Sequence[frozenset[int]],
) -> ParentJoins:
    """Joins that pick parents in turn; in these keys, each combination of parents once.

    filled: the tables that have rows; preset: columns whose value is settled.
    """
    done = ParentJoins(values=dict(preset))
    required = {column.number for column in table.columns if column.required}
    for foreign in sorted(table.foreigns, key=lambda foreign: -len(foreign.columns)):
        if foreign.parent in filled and not done.values.keys() >= set(foreign.columns):
            _join(done, foreign, [key for key in keys if key & set(foreign.columns)])
    for foreign in table.foreigns:
        if foreign.parent in filled or done.values.keys() >= set(foreign.columns):
            continue
        free = [number for number in foreign.columns if number not in done.values]
        if optional := [
            number for number in foreign.columns if number not in required and number not in preset
        ]:
            done.values |= dict.fromkeys(optional, "NULL")
            continue
        promised = [promise(foreign, at) for at in range(len(foreign.columns))]
        if None in promised:
            done.missing.append(foreign.parent_name)
        for number, value in zip(foreign.columns, promised, strict=True):
            if number in free and value is not None:
                done.values[number] = value
    return done


def _join(done: ParentJoins, foreign: ForeignKey, keys: Sequence[frozenset[int]]) -> None:
    """One parent for each number, among those that agree with what is settled."""
    alias = f"f{len(done.joins) + 1}"
    names = [f"v{at}" for at in range(len(foreign.columns))]
    pairs = list(zip(foreign.columns, foreign.referred, names, strict=True))
    where = [f"{referred} IS NOT NULL" for referred in foreign.referred]
    where += [f"{referred} = {done.values[number]}" for number, referred, _ in pairs if number in done.values]
    chosen = ", ".join(f"{referred} AS {name}" for _, referred, name in pairs)
    turn = index(done, {number for key in keys for number in key})
    order = ", ".join(names)
    done.joins.append(
        f"LEFT JOIN LATERAL (SELECT * FROM (SELECT *, row_number() OVER (ORDER BY {order}) - 1 AS r, "
        f"count(*) OVER () AS k FROM (SELECT {chosen} FROM {foreign.source} AS p "
        f"WHERE {' AND '.join(where)} LIMIT {_PARENTS}) p) p WHERE p.r = ({turn} - 1) % p.k) {alias} ON true"
    )
    settled = done.values.keys() & set(foreign.columns)
    for number, _, name in pairs:
        if number not in settled:
            done.shared |= {number} if settled else set()
            done.values[number] = f"{alias}.{name}"
            done.sizes[number] = (f"{alias}.k", alias)


def index(done: ParentJoins, key: Collection[int]) -> str:
    """The number that the next part of a key counts by: it moves on when all parts before it came round."""
    sizes = {group: size for number, (size, group) in done.sizes.items() if number in key}
    product = " * ".join(f"coalesce({size}, 1)" for size in sizes.values())
    return f"(({N} - 1) / ({product}) + 1)" if product else N
