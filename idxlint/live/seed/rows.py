"""A query that makes rows for one table."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from idxlint.live.seed.alternates import FEW, MANY, Make, alternates, same
from idxlint.live.seed.catalogue import CheckCondition, ForeignKey, SeedClient, SeedTable, TableColumn
from idxlint.live.seed.foreign_keys import N, ParentJoins, Promise, join_parents, key_counter
from idxlint.live.seed.search import ColumnChoice, Search, conditions
from idxlint.live.seed.values import ValueGenerator, Values
from idxlint.live.server.connection import quote_literal
from idxlint.model import record
from idxlint.sql.meaning.expressions import parts

_ROOMY = 1000


class NoRowKnown(Exception):
    """No row can be made; the reason in one line."""


@record
class RowRequest:
    """What the rows are for.

    filled: the tables that have rows; promised: tables that get theirs in the same transaction; numbers: those of
    the rows, as a sample; explicit: fill what sequences would; bare: leave out what may be; preset: columns whose
    value is settled
    """

    filled: Collection[int]
    numbers: Sequence[int]
    promised: Mapping[int, SeedTable] = field(default_factory=dict)
    explicit: bool = False
    bare: bool = False
    preset: Mapping[int, str] = field(default_factory=dict)


@record
class RowPlan:
    """Columns, an expression for each over the joins, and which rows to keep."""

    columns: tuple[TableColumn, ...]
    values: tuple[str, ...]
    joins: tuple[str, ...]
    where: str

    def query(self, series: str, chosen: str, where: str = "true") -> str:
        """A SELECT over rows named s, in the order of their numbers; series: a function that gives these."""
        named = [
            f", ({value})::{column.written} AS {column.quoted}"
            for column, value in zip(self.columns, self.values, strict=True)
        ]
        return (
            f"SELECT {chosen} FROM (SELECT {N}{''.join(named)} FROM {series} g (idxlint_n) {' '.join(self.joins)}) s "
            f"WHERE {self.where} AND {where} ORDER BY s.idxlint_n"
        )

    @property
    def names(self) -> str:
        """The columns as a list."""
        return ", ".join(column.quoted for column in self.columns)

    @property
    def picky(self) -> bool:
        """Whether not every number makes a row."""
        return self.where != "true"


def plan_rows(client: SeedClient, values: Values, table: SeedTable, request: RowRequest) -> RowPlan:
    """How to make rows for a table; Unknown if that is not known."""
    if table.homeless:
        raise NoRowKnown(f"{table.name} has no partition")
    parent_joins = join_parents(
        table, request.filled, _promise(client, values, table, request), request.preset, table.keys
    )
    if parent_joins.missing:
        raise NoRowKnown(f"{parent_joins.missing[0]} has no rows to reference")
    choices = {choice.column.number: choice for choice in _choices(values, table, request, parent_joins)}
    checks = [check for check in table.checks if check.columns and check.columns <= choices.keys()]
    search = Search(client, parent_joins.joins, request.numbers, table.unique)
    made: dict[int, Make] = {number: choice.makes[0] for number, choice in choices.items()}
    filters: list[CheckCondition] = []
    for group in _groups(checks):
        numbers = frozenset().union(*(check.columns for check in group))
        best, passed = search.best([choices[number] for number in sorted(numbers)], group)
        made |= best
        filters += group if passed else []
    columns = tuple(choice.column for choice in choices.values())
    linking = [column for column in columns if column.number in parent_joins.shared]
    return RowPlan(
        columns,
        tuple(made[number](choice.number) for number, choice in choices.items()),
        tuple(parent_joins.joins),
        conditions(filters, linking),
    )


def _choices(
    values: Values, table: SeedTable, request: RowRequest, parent_joins: ParentJoins
) -> Iterator[ColumnChoice]:
    """The columns that get a value, with all that can be tried for them."""
    counts = _Counts(values, table, parent_joins)
    checked = frozenset().union(*(check.columns for check in table.checks))
    for column in table.columns:
        number = column.number
        if column.fixed:
            continue
        if number in request.preset:
            yield ColumnChoice(column, [same(request.preset[number])])
        elif number in parent_joins.values:
            yield ColumnChoice(column, [same(parent_joins.values[number]), *_null(column)])
        elif (
            (column.counted and not request.explicit)
            or (column.default and number not in table.unique | checked)
            or (request.bare and not column.required)
        ):
            continue
        elif generator := values.of(column.type, column.modifier):
            makes = _makes(values, table, column, generator)
            yield ColumnChoice(column, makes, counts.number(column))
        elif column.required and not column.default:
            raise NoRowKnown(f"type {column.written} has no known values")


def _makes(values: Values, table: SeedTable, column: TableColumn, generator: ValueGenerator) -> list[Make]:
    """The usual value first; what the default is, and NULL last."""
    checks = [check for check in table.checks if column.number in check.columns]
    if not checks:
        return [generator.make]
    constants = [text for check in checks for text in check.constants]
    most = MANY if any(check.partitions for check in checks) else FEW
    makes = alternates(values.types[column.type], generator.make, list(dict.fromkeys(constants)), most)
    if column.default and not column.counted:
        makes.insert(len(makes) if column.number in table.unique else 0, same(column.default))
    return [*makes, *_null(column)]


@dataclass(slots=True)
class _Counts:
    """By which number each column counts, so that the combinations of a key differ where no part of it does alone."""

    values: Values
    table: SeedTable
    parent_joins: ParentJoins

    def number(self, column: TableColumn) -> str:
        """The row's own number, but slower for a narrow column of a key that has narrow columns only."""
        capacity = self._capacity(column)
        for key in self.table.keys:
            if column.number in key and capacity and all(map(self._narrow, self._columns(key))):
                turn = key_counter(self.parent_joins, key)
                self.parent_joins.sizes[column.number] = (str(capacity), column.name)
                return turn
        return N

    def _columns(self, key: frozenset[int]) -> list[TableColumn]:
        return [column for column in self.table.columns if column.number in key]

    def _narrow(self, column: TableColumn) -> bool:
        return column.number in self.parent_joins.values or self._capacity(column) is not None

    def _capacity(self, column: TableColumn) -> int | None:
        if column.counted or column.number in self.parent_joins.values:
            return None
        generator = self.values.of(column.type, column.modifier)
        wide = generator is None or generator.capacity is None or generator.capacity > _ROOMY
        return None if wide or generator is None else generator.capacity


def _promise(client: SeedClient, values: Values, table: SeedTable, request: RowRequest) -> Promise:
    """The value that a parent's column will have in the row with the same number."""

    def promised(foreign: ForeignKey, at: int) -> str | None:
        parent = request.promised.get(foreign.parent)
        if parent is None or not (foreign.deferrable or parent.oid == table.oid):
            return None
        column = next(
            candidate for candidate in parent.columns if candidate.number == foreign.referred_numbers[at]
        )
        if column.counted:
            return _upcoming(client, parent, column)
        generator = values.of(column.type, column.modifier)
        return generator.make(N) if generator else None

    return promised


def _upcoming(client: SeedClient, table: SeedTable, column: TableColumn) -> str | None:
    """What the column's sequence will give to the row with a number."""
    sequence = parts(column.default).constants[:1]
    if column.identity:
        owned = client.rows(
            f"SELECT pg_get_serial_sequence({quote_literal(table.name)}, {quote_literal(column.name)})"
        )
        sequence = (owned[0][0],)
    for name in sequence:
        last, called = client.rows(f"SELECT last_value, is_called FROM {name}")[0]
        return f"({last if called else last - 1} + {N})"
    return None


def _groups(checks: Sequence[CheckCondition]) -> list[list[CheckCondition]]:
    """The checks that share columns, together."""
    groups: list[tuple[set[int], list[CheckCondition]]] = []
    for check in checks:
        columns, together = set(check.columns), [check]
        for group in [group for group in groups if group[0] & columns]:
            groups.remove(group)
            columns |= group[0]
            together = [*group[1], *together]
        groups.append((columns, together))
    return [together for _, together in groups]


def _null(column: TableColumn) -> list[Make]:
    return [] if column.required else [same("NULL")]
