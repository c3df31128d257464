"""Walks through upgrade() or downgrade() in the order of its lines and gathers what reaches the server."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field

from idxlint.model import Piece, Span
from idxlint.runners.alembic_args import Given, Unreadable
from idxlint.runners.alembic_ops import known, statements
from idxlint.runners.alembic_signs import autocommits, ends_transaction, is_autocommit, on_postgres, unescaped
from idxlint.runners.python_host import Host, called, elements, resolved, string
from idxlint.sql.matter import INDEX_WORK

_DEPTH = 5
_ROUNDS = 64
_EXECUTES = frozenset(("execute", "exec_driver_sql", "executescript"))

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True)
class Part:
    """What is sent one after another in one state: inside the runner's transaction, or outside.

    directive: the autocommit_block that it stands in
    """

    outside: bool
    directive: Span | None = None
    pieces: list[Piece] = field(default_factory=list)


class Walk:
    """One function of a revision. Conditional calls count; a branch for another database does not."""

    def __init__(self, host: Host, name: str) -> None:
        self._host, self._name = host, name
        self._functions = {node.name: node for node in host.tree.body if isinstance(node, _Function)}
        self._ops = {"op"} | {
            alias.asname or alias.name
            for node in ast.walk(host.tree)
            if isinstance(node, ast.ImportFrom) and node.module == "alembic"
            for alias in node.names
            if alias.name == "op"
        }
        self._names: dict[str, ast.expr] = {}
        self._parts: list[Part] = []
        self._block: Span | None = None
        self._batches: dict[str, Given] = {}
        self._free: set[str] = set()
        self._left = self._cut = False
        self._depth = 0

    @property
    def span(self) -> Span:
        """The place of the function."""
        function = self._functions.get(self._name)
        return self._host.span(function) if function else Span(0, len(self._host.text))

    def run(self) -> list[Part]:
        """What the function sends."""
        function = self._functions.get(self._name)
        if function:
            for node in self._host.tree.body:
                if isinstance(node, ast.Assign | ast.AnnAssign):
                    self._assign(node)
            self._body(function.body)
        return self._parts

    def _body(self, body: Sequence[ast.stmt]) -> None:
        for node in body:
            self._statement(node)

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._functions[node.name] = node
            case ast.ClassDef():
                return
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                self._calls(node.value)
                self._assign(node)
            case ast.If():
                self._calls(node.test)
                wanted = on_postgres(node.test)
                self._body(node.body if wanted is not False else ())
                self._body(node.orelse if wanted is not True else ())
            case ast.For():
                self._for(node)
            case ast.With() | ast.AsyncWith():
                self._with(node, list(node.items))
            case _:
                for child in ast.iter_child_nodes(node):
                    self._child(child)

    def _child(self, node: ast.AST) -> None:
        """What stands in a try, a while, a match or a plain expression."""
        if isinstance(node, ast.stmt):
            self._statement(node)
        elif isinstance(node, ast.expr):
            self._calls(node)
        else:
            for child in ast.iter_child_nodes(node):
                self._child(child)

    def _assign(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> None:
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        value = node.value
        if isinstance(target, ast.Attribute) and target.attr == "autocommit" and value:
            self._left = isinstance(value, ast.Constant) and value.value is True
        if not isinstance(target, ast.Name) or value is None:
            return
        if isinstance(node, ast.AugAssign):
            value = ast.copy_location(ast.BinOp(target, node.op, value), value)
        if autocommits(value):
            self._free.add(target.id)
        self._bind(target.id, value)

    def _bind(self, name: str, value: ast.expr) -> None:
        """Remember what a name stands for, as far as that is written out."""
        found = resolved(value, self._names)
        text = string(found, self._names)
        plain = isinstance(found, ast.Constant | ast.List | ast.Tuple | ast.Set | ast.Dict) or called(
            found
        ) in (
            "text",
            "Column",
            "Index",
        )
        if any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(found)):
            plain = False
        if plain or (text is not None and isinstance(found, ast.JoinedStr) and "{" not in text):
            self._names[name] = found
        elif text is not None:
            self._names[name] = ast.copy_location(ast.Constant(text), value)
        else:
            self._names.pop(name, None)

    def _for(self, node: ast.For) -> None:
        self._calls(node.iter)
        rows = elements(node.iter, self._names)
        targets = elements(node.target, {}) or [node.target]
        names = [one.id for one in targets if isinstance(one, ast.Name)]
        for row in rows[:_ROUNDS] if rows else [None]:
            values = (
                [row] if isinstance(node.target, ast.Name) else elements(row, self._names) if row else None
            )
            for at, name in enumerate(names):
                value = values[at] if values and at < len(values) else None
                if value is None:
                    self._names.pop(name, None)
                else:
                    self._bind(name, value)
            self._body(node.body)
        self._body(node.orelse)

    def _with(self, node: ast.With | ast.AsyncWith, items: list[ast.withitem]) -> None:
        outer, left = self._block, self._left
        for item in items:
            found = item.context_expr
            calls = {called(one): one for one in ast.walk(found) if isinstance(one, ast.Call)}
            variable = item.optional_vars.id if isinstance(item.optional_vars, ast.Name) else ""
            if "autocommit_block" in calls:
                self._block, self._cut = self._host.span(found), True
            elif "batch_alter_table" in calls:
                batch = calls["batch_alter_table"]
                self._batches[variable] = Given(batch, dict(self._names), ("table_name", "schema"))
            else:
                self._calls(found)
                if variable and autocommits(found):
                    self._free.add(variable)
        self._body(node.body)
        if self._block != outer:
            self._block, self._cut = outer, True
            self._left = left and outer is not None

    def _calls(self, node: ast.expr | None) -> None:
        """The calls in an expression."""
        if node is None or isinstance(node, ast.Lambda):
            return
        if isinstance(node, ast.Call) and self._call(node):
            return
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr | ast.keyword | ast.comprehension):
                self._child(child)

    def _call(self, node: ast.Call) -> bool:
        """Whether a call was understood as one that does something."""
        name = called(node)
        if isinstance(node.func, ast.Name | ast.Subscript):
            return self._inline(node)
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        batch = self._batches.get(owner.id) if isinstance(owner, ast.Name) else None
        if known(name) and (batch or self._is_op(owner)):
            self._operation(node, batch)
        elif name in _EXECUTES:
            values = [
                *node.args,
                *(one.value for one in node.keywords if one.arg in ("sqltext", "statement")),
            ]
            if not values:
                return False
            self._execute(values[0], owner)
        elif name == "commit" and not node.args:
            self._left, self._cut = False, True
        elif name == "set_isolation_level":
            self._left = bool(node.args) and is_autocommit(node.args[0])
        elif self._is_op(owner) and "index" in name:
            self._unknown(node, f"what op.{name} does")
        else:
            if name == "execution_options" and isinstance(owner, ast.Name) and autocommits(node):
                self._free.add(owner.id)
            return False
        return True

    def _is_op(self, owner: ast.expr | None) -> bool:
        match owner:
            case ast.Name(id=name):
                return name in self._ops
            case ast.Attribute(value=ast.Name(id="alembic"), attr="op"):
                return True
        return False

    def _inline(self, node: ast.Call) -> bool:
        """A function of the same file happens where it is called."""
        name = called(node)
        wanted = [self._functions[name]] if name in self._functions else []
        if isinstance(
            node.func, ast.Subscript
        ):  # globals()["upgrade_%s" % name](), of Alembic's multidb template
            wanted = [one for key, one in self._functions.items() if key.startswith(f"{self._name}_")]
        if not wanted or self._depth >= _DEPTH:
            return False
        outer, self._depth = self._names, self._depth + 1
        for function in wanted:
            self._names = {**outer}
            self._parameters(function, node)
            self._body(function.body)
        self._names, self._depth = outer, self._depth - 1
        return True

    def _parameters(self, function: _Function, node: ast.Call) -> None:
        arguments = function.args
        rows = [one.arg for one in (*arguments.posonlyargs, *arguments.args)]
        given = dict(zip(rows, node.args, strict=False))
        given.update((one.arg, one.value) for one in node.keywords if one.arg)
        defaults = dict(zip(reversed(rows), reversed(arguments.defaults), strict=False))
        defaults.update(
            (one.arg, value)
            for one, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
            if value
        )
        outer = dict(self._names)
        for name in {*rows, *(one.arg for one in arguments.kwonlyargs)}:
            self._names.pop(name, None)
            value = given.get(name, defaults.get(name))
            if value is not None and not isinstance(value, ast.Starred):
                self._bind(name, resolved(value, outer))

    def _operation(self, node: ast.Call, batch: Given | None) -> None:
        try:
            found = statements(node, self._names, batch)
        except Unreadable:
            if "index" in called(node) or "unique" in called(node):
                self._unknown(node, "this call")
            return
        span = self._host.span(node)
        for sql in found:
            self._emit(Piece(span, sql))

    def _execute(self, node: ast.expr, owner: ast.expr | None) -> None:
        piece = self._host.piece(node, self._names)
        free = owner is not None and (
            autocommits(owner) or (isinstance(owner, ast.Name) and owner.id in self._free)
        )
        if piece is None:
            if INDEX_WORK.search(self._host.written(resolved(node, self._names))):
                self._unknown(node, "this string", free=free)
            return
        self._emit(piece if "\\:" not in piece.sql else unescaped(piece), free=free)
        if not free and self._block is None and ends_transaction(piece.sql):
            self._left = True

    def _unknown(self, node: ast.expr, what: str, *, free: bool = False) -> None:
        self._emit(Piece(self._host.span(node), self._host.written(node), unresolved=what), free=free)

    def _emit(self, piece: Piece, *, free: bool = False) -> None:
        outside = self._block is not None or self._left or free
        last = self._parts[-1] if self._parts else None
        if last is None or self._cut or (last.outside, last.directive) != (outside, self._block):
            last = Part(outside, self._block)
            self._parts.append(last)
            self._cut = False
        last.pieces.append(piece)
