"""Walks through a function in the order of its lines and gathers the SQL that it sends; nothing is executed."""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from idxlint.model import NameGuard, Piece, Span
from idxlint.runners.python.branches import leaves, on_postgres, passes_over
from idxlint.runners.python.existence import NameGuards
from idxlint.runners.python.host import Host, called, elements, resolved, string
from idxlint.sql.meaning.matter import INDEX_WORK

_DEPTH = 5
_ROUNDS = 64
_EXECUTES = frozenset(("execute", "exec_driver_sql", "executescript"))
_SAID_BY_NAME = frozenset(("sqltext", "statement", "sql", "query"))
_KEPT = frozenset(("text", "Column", "Index"))

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True)
class Passage:
    """What is sent one after another in one state: inside the runner's transaction, or outside.

    directive: the autocommit_block that it stands in
    reopened: the transaction is one that the driver has opened again behind a COMMIT
    """

    outside: bool = False
    directive: Span | None = None
    reopened: bool = False
    pieces: list[Piece] = field(default_factory=list)


class Walk:
    """One function and those of its file that it calls. Conditional calls count; another database's do not."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._functions = {node.name: node for node in host.tree.body if isinstance(node, Function)}
        self._names: dict[str, ast.expr] = {}
        self._parts: list[Passage] = []
        self._running: list[ast.AST] = []
        self._guards = NameGuards(host, self._functions)
        self._guard: NameGuard | None = None

    def function(self, name: str) -> Function | None:
        """A function of the file."""
        return self._functions.get(name)

    def run(self, function: Function | ast.Lambda | None) -> list[Passage]:
        """What a function sends."""
        for node in self._host.tree.body:
            if isinstance(node, ast.Assign | ast.AnnAssign):
                self._assign(node)
        if isinstance(function, ast.Lambda):
            self._calls(function.body)
        elif function:
            self._running.append(function)
            self._body(function.body)
        return self._parts

    def _body(self, body: Sequence[ast.stmt], guard: NameGuard | None = None) -> None:
        """Statements in their order; guard: the condition for them, which a return before them may be too."""
        outer = self._guard
        self._guard = guard or outer
        for node in body:
            self._statement(node)
            if leaves(node):
                break
            if passes_over(node) and self._guards.holds(node.test, self._names):
                self._guard = self._guards.guard(node.test, self._names)
        self._guard = outer

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
                wanted, there = on_postgres(node.test), self._guards.holds(node.test, self._names)
                guard = self._guards.guard(node.test, self._names) if there is not None else None
                self._body(node.body if wanted is not False else (), None if there else guard)
                self._body(node.orelse if wanted is not True else (), guard if there else None)
            case ast.For():
                self._for(node)
            case ast.With() | ast.AsyncWith():
                self._with(node)
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
        if not isinstance(target, ast.Name) or value is None:
            return
        if isinstance(node, ast.AugAssign):
            value = ast.copy_location(ast.BinOp(target, node.op, value), value)
        self._bind(target.id, value)

    def _bind(self, name: str, value: ast.expr) -> None:
        """Remember what a name stands for, as far as that is written out."""
        self._guards.remember(name, value, self._names)
        expression = resolved(value, self._names)
        text = string(expression, self._names)
        plain = isinstance(expression, ast.Constant | ast.List | ast.Tuple | ast.Set | ast.Dict)
        plain = plain or called(expression) in _KEPT
        if any(isinstance(inner, ast.Name) and inner.id == name for inner in ast.walk(expression)):
            plain = False
        if plain or (text is not None and isinstance(expression, ast.JoinedStr) and "{" not in text):
            self._names[name] = expression
        elif text is not None:
            self._names[name] = ast.copy_location(ast.Constant(text), value)
        else:
            self._names.pop(name, None)

    def _for(self, node: ast.For) -> None:
        self._calls(node.iter)
        rows = elements(node.iter, self._names) or self._split(node.iter)
        targets = elements(node.target, {}) or [node.target]
        names = [target.id for target in targets if isinstance(target, ast.Name)]
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
            if rows is None and isinstance(node.target, ast.Name):
                self._each_of(node.target.id, node.iter)
            self._body(node.body)
        self._body(node.orelse)

    def _each_of(self, name: str, node: ast.expr) -> None:
        """Remember what a variable comes from, for what is said of it where it is executed."""
        source = resolved(node, self._names)
        own = any(isinstance(inner, ast.Name) and inner.id == name for inner in ast.walk(source))
        if not own and self._of_index(source):
            self._names[name] = source

    def _split(self, node: ast.expr) -> list[ast.expr] | None:
        """The parts of a constant text that is split at a constant."""
        match node:
            case ast.Call(
                func=ast.Attribute(attr="split", value=owner), args=[ast.Constant(value=str(mark))]
            ):
                text = string(owner, self._names)
                if text is not None and mark:
                    return [ast.copy_location(ast.Constant(part), node) for part in text.split(mark)]
        return None

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self._calls(item.context_expr)
        self._body(node.body)

    def _calls(self, node: ast.expr | None) -> None:
        """The calls in an expression."""
        if node is None or isinstance(node, ast.Lambda):
            return
        if isinstance(node, ast.Call) and self._call(node):
            return
        if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
            self._statement(_loops(node))
            return
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr | ast.keyword | ast.comprehension):
                self._child(child)

    def _call(self, node: ast.Call) -> bool:
        """Whether a call was understood as one that does something."""
        if isinstance(node.func, ast.Name):
            return self._inline(node, [self._functions.get(node.func.id)])
        if called(node) in _EXECUTES and isinstance(node.func, ast.Attribute):
            said = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg in _SAID_BY_NAME)]
            if said:
                self._guards.executed(node.func.value, node, self._names)
                self._execute(said[0], node.func.value)
                return True
        return False

    def _inline(self, node: ast.Call, wanted: Sequence[Function | None]) -> bool:
        """A function of the same file happens where it is called."""
        functions = [function for function in wanted if function and function not in self._running]
        if not functions or len(self._running) > _DEPTH:
            return False
        outer = self._names
        for function in functions:
            self._names = {**outer}
            self._running.append(function)
            self._parameters(function, node)
            self._body(function.body)
            self._running.pop()
        self._names = outer
        return True

    def _parameters(self, function: Function, node: ast.Call) -> None:
        arguments = function.args
        rows = [parameter.arg for parameter in (*arguments.posonlyargs, *arguments.args)]
        given = dict(zip(rows, node.args, strict=False))
        given.update((keyword.arg, keyword.value) for keyword in node.keywords if keyword.arg)
        defaults = dict(zip(reversed(rows), reversed(arguments.defaults), strict=False))
        defaults.update(
            (parameter.arg, value)
            for parameter, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
            if value
        )
        outer = dict(self._names)
        for name in {*rows, *(parameter.arg for parameter in arguments.kwonlyargs)}:
            self._names.pop(name, None)
            value = given.get(name, defaults.get(name))
            if value is not None and not isinstance(value, ast.Starred):
                self._bind(name, resolved(value, outer))

    def _execute(self, node: ast.expr, owner: ast.expr) -> None:
        """A text is sent; a connection's owner may matter to who overrides this."""
        del owner
        if piece := self._said(node):
            self._emit(piece)

    def _said(self, node: ast.expr) -> Piece | None:
        """The SQL that an expression stands for; what speaks of an index and is not known is said to be so."""
        piece = self._host.piece(node, self._names)
        if piece is None or re.fullmatch(r"\s*\{\w*\}\s*;?\s*", piece.sql):
            return self._unknown(node, "this string") if self._of_index(node) else None
        return piece

    def _of_index(self, node: ast.expr) -> bool:
        """Whether an expression, or a text that it is made of, speaks of work on an index."""
        node = resolved(node, self._names)
        texts = (string(inner, self._names) for inner in ast.walk(node) if isinstance(inner, ast.Name))
        return any(text and INDEX_WORK.search(text) for text in (self._host.written(node), *texts))

    def _unknown(self, node: ast.expr, what: str) -> Piece:
        return Piece(self._host.span(node), self._host.written(node), unresolved=what)

    def _emit(self, piece: Piece) -> None:
        if not self._parts:
            self._parts.append(Passage())
        self._parts[-1].pieces.append(self._guarded(piece))

    def _guarded(self, piece: Piece) -> Piece:
        return replace(piece, guard=self._guard) if self._guard else piece


def _loops(node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> ast.stmt:
    """A comprehension as the loops that it stands for; its conditions count as met."""
    loop: ast.stmt = ast.copy_location(ast.Expr(node.elt), node)
    for generator in reversed(node.generators):
        loop = ast.copy_location(ast.For(generator.target, generator.iter, [loop], []), node)
    return loop
