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
    # How many values a column has, and who picks it.
    sizes: dict[int, tuple[str, str]] = field(default_factory=dict)
    shared: set[int] = field(default_factory=set)  # columns that stay NULL where no parent agrees

    def has_values_for(self, foreign: ForeignKey) -> bool:
        """Whether all columns of a foreign key have their values by now."""
        return self.values.keys() >= set(foreign.columns)


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
    joins = ParentJoins(values=dict(preset))
    for foreign in sorted(table.foreigns, key=lambda foreign: -len(foreign.columns)):
        if foreign.parent in filled and not joins.has_values_for(foreign):
            _join(joins, foreign, [key for key in keys if key & set(foreign.columns)])
    required = {column.number for column in table.columns if column.required} | preset.keys()
    for foreign in table.foreigns:
        if foreign.parent not in filled and not joins.has_values_for(foreign):
            _do_without(joins, foreign, promise, required)
    return joins


def _do_without(joins: ParentJoins, foreign: ForeignKey, promise: Promise, required: Collection[int]) -> None:
    """NULL where no parent has rows and a column is not required, else what the parent will have."""
    optional = [number for number in foreign.columns if number not in required]
    if optional:
        joins.values |= dict.fromkeys(optional, "NULL")
        return
    promised = [promise(foreign, at) for at in range(len(foreign.columns))]
    if None in promised:
        joins.missing.append(foreign.parent_name)
    joins.values |= {
        number: value
        for number, value in zip(foreign.columns, promised, strict=True)
        if number not in joins.values and value is not None
    }


def _join(joins: ParentJoins, foreign: ForeignKey, keys: Sequence[frozenset[int]]) -> None:
    """One parent for each number, among those that agree with what is settled."""
    alias = f"f{len(joins.joins) + 1}"
    names = [f"v{at}" for at in range(len(foreign.columns))]
    pairs = list(zip(foreign.columns, foreign.referred, names, strict=True))
    where = [f"{referred} IS NOT NULL" for referred in foreign.referred]
    where += [
        f"{referred} = {joins.values[number]}" for number, referred, _ in pairs if number in joins.values
    ]
    chosen = ", ".join(f"{referred} AS {name}" for _, referred, name in pairs)
    turn = key_counter(joins, {number for key in keys for number in key})
    order = ", ".join(names)
    joins.joins.append(
        f"LEFT JOIN LATERAL (SELECT * FROM (SELECT *, row_number() OVER (ORDER BY {order}) - 1 AS r, "
        f"count(*) OVER () AS k FROM (SELECT {chosen} FROM {foreign.source} AS p "
        f"WHERE {' AND '.join(where)} LIMIT {_PARENTS}) p) p WHERE p.r = ({turn} - 1) % p.k) {alias} ON true"
    )
    settled = joins.values.keys() & set(foreign.columns)
    for number, _, name in pairs:
        if number not in settled:
            joins.shared |= {number} if settled else set()
            joins.values[number] = f"{alias}.{name}"
            joins.sizes[number] = (f"{alias}.k", alias)


def key_counter(joins: ParentJoins, key: Collection[int]) -> str:
    """The number that the next part of a key counts by: it moves on when all parts before it came round."""
    sizes = {group: size for number, (size, group) in joins.sizes.items() if number in key}
    product = " * ".join(f"coalesce({size}, 1)" for size in sizes.values())
    return f"(({N} - 1) / ({product}) + 1)" if product else N
