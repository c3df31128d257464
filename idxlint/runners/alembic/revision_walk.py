"""Walks through upgrade() or downgrade() in the order of its lines and gathers what reaches the server."""

import ast

from idxlint.model import Piece, Span
from idxlint.runners.alembic.arguments import Given, UnknownCall
from idxlint.runners.alembic.autocommit import autocommits, ends_transaction, is_autocommit, unescaped
from idxlint.runners.alembic.op_calls import known, statements
from idxlint.runners.python.host import Host, called
from idxlint.runners.python.walk import Passage, Walk


class Revision(Walk):
    """One function of a revision: operations, what is executed, and where it leaves the transaction.

    reopens: behind a COMMIT the driver opens the next transaction by itself
    """

    def __init__(self, host: Host, name: str, *, reopens: bool) -> None:
        super().__init__(host)
        self._name, self._reopens = name, reopens
        self._ops = {"op"} | {
            alias.asname or alias.name
            for node in ast.walk(host.tree)
            if isinstance(node, ast.ImportFrom) and node.module == "alembic"
            for alias in node.names
            if alias.name == "op"
        }
        self._block: Span | None = None
        self._batches: dict[str, Given] = {}
        self._free: set[str] = set()
        self._left = self._cut = self._reopened = False

    @property
    def span(self) -> Span:
        """The place of the function."""
        function = self.function(self._name)
        return self._host.span(function) if function else Span(0, len(self._host.text))

    def sent(self) -> list[Passage]:
        """What the function sends."""
        function = self.function(self._name)
        return self.run(function) if function else []

    def _assign(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> None:
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        value = node.value
        if isinstance(target, ast.Attribute) and target.attr == "autocommit" and value:
            self._left = isinstance(value, ast.Constant) and value.value is True
        if isinstance(target, ast.Name) and value is not None and autocommits(value):
            self._free.add(target.id)
        super()._assign(node)

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        outer, left = self._block, self._left
        for item in node.items:
            context = item.context_expr
            calls = {called(call): call for call in ast.walk(context) if isinstance(call, ast.Call)}
            variable = item.optional_vars.id if isinstance(item.optional_vars, ast.Name) else ""
            if "autocommit_block" in calls:
                self._block, self._cut = self._host.span(context), True
            elif "batch_alter_table" in calls:
                batch = calls["batch_alter_table"]
                self._batches[variable] = Given(batch, dict(self._names), ("table_name", "schema"))
            else:
                self._calls(context)
                if variable and autocommits(context):
                    self._free.add(variable)
        self._body(node.body)
        if self._block != outer:
            self._block, self._cut = outer, True
            self._left = left and outer is not None

    def _call(self, node: ast.Call) -> bool:
        name = called(node)
        if isinstance(node.func, ast.Subscript):
            return self._of_databases(node)
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        batch = self._batches.get(owner.id) if isinstance(owner, ast.Name) else None
        if known(name) and (batch or self._is_op(owner)):
            self._operation(node, batch)
        elif name in ("run_async", "run_sync") and node.args:
            return self._handed(node.args[0], node)
        elif self._is_op(owner) and "index" in name:
            self._emit(self._unknown(node, f"what op.{name} does"))
        elif not self._controls(name, node, owner):
            if name == "execution_options" and isinstance(owner, ast.Name) and autocommits(node):
                self._free.add(owner.id)
            return super()._call(node)
        return True

    def _of_databases(self, node: ast.Call) -> bool:
        """The functions of all databases, for globals()["upgrade_%s" % name]() of Alembic's multidb template."""
        start = f"{self._name}_"
        return self._inline(
            node, [function for key, function in self._functions.items() if key.startswith(start)]
        )

    def _controls(self, name: str, node: ast.Call, owner: ast.expr | None) -> bool:
        """Whether a call ends the transaction, or says that there is to be none."""
        if name == "commit" and owner and not node.args:
            self._left, self._cut = False, True
        elif name == "set_isolation_level":
            self._left = bool(node.args) and is_autocommit(node.args[0])
        else:
            return False
        return True

    def _handed(self, function: ast.expr, node: ast.Call) -> bool:
        """A function that is handed over to be called with the connection."""
        if isinstance(function, ast.Lambda):
            self._calls(function.body)
            return True
        name = function.id if isinstance(function, ast.Name) else ""
        return self._inline(ast.copy_location(ast.Call(function, [], []), node), [self.function(name)])

    def _is_op(self, owner: ast.expr | None) -> bool:
        match owner:
            case ast.Name(id=name):
                return name in self._ops
            case ast.Attribute(value=ast.Name(id="alembic"), attr="op"):
                return True
        return False

    def _operation(self, node: ast.Call, batch: Given | None) -> None:
        try:
            sent = statements(node, self._names, batch)
        except UnknownCall:
            if "index" in called(node) or "unique" in called(node):
                self._emit(self._unknown(node, "this call"))
            return
        span = self._host.span(node)
        for sql in sent:
            self._emit(Piece(span, sql))

    def _execute(self, node: ast.expr, owner: ast.expr) -> None:
        piece = self._said(node)
        if piece is None:
            return
        free = autocommits(owner) or (isinstance(owner, ast.Name) and owner.id in self._free)
        self._emit(piece if "\\:" not in piece.sql else unescaped(piece), free=free)
        if not free and self._block is None and ends_transaction(piece.sql):
            self._left, self._cut = not self._reopens, True
            self._reopened = self._reopens

    def _emit(self, piece: Piece, *, free: bool = False) -> None:
        outside = self._block is not None or self._left or free
        last = self._parts[-1] if self._parts else None
        if last is None or self._cut or (last.outside, last.directive) != (outside, self._block):
            self._parts.append(Passage(outside, self._block, self._reopened))
            self._cut = False
        self._parts[-1].pieces.append(self._guarded(piece))
