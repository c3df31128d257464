"""Values that pass CHECK constraints and fall into partitions: PostgreSQL itself says which do.

The conditions are evaluated in a query over columns with the table's own names, for some combinations of values.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from math import prod

from idxlint.live.seed.alternates import Make, cycle, steps
from idxlint.live.seed.catalogue import CheckCondition, SeedClient, TableColumn
from idxlint.live.seed.foreign_keys import N
from idxlint.model import record

_COMBINATIONS = 4096
_LINKED = re.compile(r"\bf\d+\.")


@record
class ColumnChoice:
    """A column, what can be tried for it, and the number that it counts by."""

    column: TableColumn
    makes: Sequence[Make]
    number: str = N

    def values(self) -> list[str]:
        """The rows of a VALUES list: the place of each expression, and it in the type of the column."""
        row = enumerate(self.makes)
        return [f"({place}, ({make(self.number)})::{self.column.written})" for place, make in row]


@record
class Search:
    """joins: what expressions may refer to; numbers: the rows wanted; unique: columns that take part in a key."""

    client: SeedClient
    joins: Sequence[str]
    numbers: Sequence[int]
    unique: Collection[int] = ()

    def best(
        self, choices: Sequence[ColumnChoice], checks: Sequence[CheckCondition]
    ) -> tuple[Mapping[int, Make], bool]:
        """For each column an expression, so that most rows pass, and then are most different; whether any passed."""
        trimmed = list(_trimmed(choices))
        rows = self._rows(trimmed, checks)
        if rows is None:
            alone = [self._sound(choice, checks if len(choices) == 1 else ()) for choice in trimmed]
            rows = self._rows(trimmed := alone, checks)
        if not rows:
            return {choice.column.number: choice.makes[0] for choice in choices if choice.makes}, False
        best = _picked(trimmed, rows[0])
        bounds = [bound for check in checks for bound in check.partitions]
        return (self._spread(trimmed, checks, bounds, best) if len(bounds) > 1 else best), True

    def _rows(
        self, choices: Sequence[ColumnChoice], checks: Sequence[CheckCondition], bounds: Sequence[str] = ()
    ) -> list[tuple[int, ...]] | None:
        """The combinations that some row passes with, the best one first; the place among bounds, and how often."""
        if not all(choice.makes for choice in choices):
            return None
        marks = [f"idxlint_{at}" for at in range(len(choices))]
        picked = ", ".join(
            f"o{at}.s AS {mark}, o{at}.x AS {choice.column.quoted}"
            for at, (mark, choice) in enumerate(zip(marks, choices, strict=True))
        )
        options = [
            f"CROSS JOIN LATERAL (VALUES {', '.join(choice.values())}) o{at} (s, x)"
            for at, choice in enumerate(choices)
        ]
        joins = self.joins if any(map(_LINKED.search, options)) else ()  # they cost more than all the rest
        names = ", ".join(choice.column.quoted for choice in choices)
        rank = ["count(*) DESC", f"count(DISTINCT ROW({names})::text) DESC"]
        if any(choice.column.number in self.unique for choice in choices):
            rank.reverse()
        cases = " ".join(f"WHEN {bound} THEN {at}" for at, bound in enumerate(bounds))
        place = f"CASE {cases} ELSE 0 END" if bounds else "0"
        return self.client.attempt(f"""
            SELECT {", ".join(marks)}, {place} AS idxlint_place, count(*) FROM (
                SELECT {N}, {picked} FROM unnest(ARRAY{list(self.numbers)}::bigint[]) g (idxlint_n)
                {" ".join([*joins, *options])}) s
            WHERE {conditions(checks, [choice.column for choice in choices])} GROUP BY {", ".join(marks)}, idxlint_place
            ORDER BY {", ".join(rank)}, {" + ".join(marks)}, {", ".join(marks)}""")

    def _sound(self, choice: ColumnChoice, checks: Sequence[CheckCondition]) -> ColumnChoice:
        """Without the expressions that PostgreSQL refuses to compute, such as a number out of range."""
        sound = [
            make
            for make in choice.makes
            if self._rows([ColumnChoice(choice.column, [make], choice.number)], checks) is not None
        ]
        return ColumnChoice(choice.column, sound, choice.number)

    def _spread(
        self,
        choices: Sequence[ColumnChoice],
        checks: Sequence[CheckCondition],
        bounds: Sequence[str],
        best: Mapping[int, Make],
    ) -> Mapping[int, Make]:
        """Rows in all partitions in turn rather than in one, unless that makes fewer rows."""
        places: dict[int, Mapping[int, Make]] = {}
        for row in self._rows(choices, checks, bounds) or ():
            if row[-1] == len(self.numbers):
                places.setdefault(row[-2], _picked(choices, row))
        turns = []
        for choice in choices:
            number, written = choice.column.number, choice.column.written
            values = [f"({pick[number](choice.number)})::{written}" for pick in places.values()]
            makes = [cycle(values, written)] if len(values) > 1 else []
            if makes and (step := steps(written)):
                makes.append(_moved(makes[0], len(values), step))
            turns.append(ColumnChoice(choice.column, [*makes, best[number]], choice.number))
        last = [len(turn.makes) - 1 for turn in turns]
        together = ([0] * len(turns), [min(1, at) if at > 1 else 0 for at in last], last)
        rows = self._rows(turns, checks)
        return next((_picked(turns, row) for row in rows or () if list(row[:-2]) in together), best)


def conditions(checks: Sequence[CheckCondition], columns: Sequence[TableColumn]) -> str:
    """That all checks pass, as CHECK understands it, and no NULL stands where none may."""
    passing = [f"({check.expression}) IS NOT FALSE" for check in checks]
    passing += [f"{column.quoted} IS NOT NULL" for column in columns if column.required]
    return " AND ".join(passing) or "true"


def _moved(make: Make, often: int, step: str) -> Make:
    """A little more each time that all options came round."""
    return lambda n: f"({make(n)} + (({n} - 1) / {often} % 100)::int * {step})"


def _picked(choices: Sequence[ColumnChoice], row: Sequence[int]) -> Mapping[int, Make]:
    return {choice.column.number: choice.makes[at] for choice, at in zip(choices, row, strict=False)}


def _trimmed(choices: Sequence[ColumnChoice]) -> Iterator[ColumnChoice]:
    """The first ways of each column and its last one, NULL, until there are not too many combinations."""
    sizes = [len(choice.makes) for choice in choices]
    while prod(sizes) > _COMBINATIONS and max(sizes) > 1:
        sizes[sizes.index(max(sizes))] -= 1
    for choice, size in zip(choices, sizes, strict=True):
        makes = choice.makes if size == len(choice.makes) else [*choice.makes[: size - 1], choice.makes[-1]]
        yield ColumnChoice(choice.column, makes if size > 1 else choice.makes[:1], choice.number)
