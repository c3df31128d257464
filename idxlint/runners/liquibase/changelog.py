"""Liquibase's changelogs in XML, YAML and JSON: one small tree out of the three, with places in the file.

No entity is expanded and no DTD is read; YAML goes through the safe loader, as nodes and never as objects.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from idxlint.model import Source, Span, UnreadError

_ROOT = "databaseChangeLog"
_YES = frozenset(("true", "yes", "on"))
_TIMES = 10
"""How often aliases may say a YAML file over, in nodes for each character of it."""


@dataclass(slots=True)
class Node:
    """An element, or an entry of a mapping: its plain values, and what is in it.

    span: the start tag or the key; end: where all of it ends; places: where the values stand
    """

    name: str
    span: Span
    end: int
    values: dict[str, str] = field(default_factory=dict)
    places: dict[str, Span] = field(default_factory=dict)
    text: str = ""
    children: list["Node"] = field(default_factory=list)

    def get(self, name: str) -> str:
        """A plain value, empty where there is none."""
        return self.values.get(name, "").strip()

    def says(self, name: str, *, default: bool) -> bool:
        """A value as Java reads a boolean; what a property stands for is not known."""
        value = self.get(name).lower()
        return default if not value or "${" in value else value in _YES

    def all(self, name: str) -> Iterator["Node"]:
        """What is in it under a name, also in the list that YAML has around them (columns: - column:)."""
        for child in self.children:
            if child.name == name:
                yield child
            elif child.name == f"{name}s":
                yield from child.all(name)


def tree(source: Source, suffix: str) -> Node | None:
    """The changelog in a file; None where it holds none."""
    if _ROOT not in source.text:
        return None
    return _Xml(source).root() if suffix == ".xml" else _Yaml(source, suffix).root()


def refused(source: Source, line: int, why: str) -> UnreadError:
    """A file that cannot be read, in one line."""
    return UnreadError(source.path, f"line {line}: {why}")


class _Xml:
    def __init__(self, source: Source) -> None:
        from xml.parsers import expat

        self._source = source
        self._data = source.text.encode("utf-8", "replace")
        self._byte = self._char = 0
        self._open: list[Node] = []
        self._root: Node | None = None
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.buffer_size = 1 << 20
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text

    def root(self) -> Node | None:
        """The outermost element, if it is a changelog."""
        from xml.parsers.expat import ErrorString, ExpatError

        try:
            self._parser.Parse(self._data, True)
        except ExpatError as error:
            raise refused(self._source, error.lineno, f"not XML: {ErrorString(error.code)}") from None
        return self._root if self._root is not None and self._root.name == _ROOT else None

    def _place(self) -> int:
        """The code point that the parser is at; it only ever goes on."""
        at = max(self._parser.CurrentByteIndex, self._byte)
        self._char += len(self._data[self._byte : at].decode("utf-8", "ignore"))
        self._byte = at
        return self._char

    def _doctype(self, *_: object) -> None:
        raise refused(self._source, self._parser.CurrentLineNumber, "a DTD is not supported")

    def _start(self, name: str, values: dict[str, str]) -> None:
        text, start = self._source.text, self._place()
        tag = re.compile(r"<(?:[^>\"']|\"[^\"]*\"|'[^']*')*>").match(text, start)
        span = Span(start, tag.end() if tag else start + 1)
        node = Node(name.rpartition(":")[2], span, span.end, values)
        for said in re.finditer(r"\s([\w:.-]+)\s*=\s*(?:\"[^\"]*\"|'[^']*')", text[span.start : span.end]):
            node.places[said[1]] = Span(start + said.start(1), start + said.end())
        if self._open:
            self._open[-1].children.append(node)
        else:
            self._root = node
        self._open.append(node)

    def _end(self, _: str) -> None:
        self._open.pop().end = self._place()

    def _text(self, data: str) -> None:
        if self._open:
            self._open[-1].text += data


class _Yaml:
    """JSON is YAML but for tabs, which stand nowhere in it but between its tokens."""

    def __init__(self, source: Source, suffix: str) -> None:
        self._source = source
        self._kind = "JSON" if suffix == ".json" else "YAML"
        self._left = _TIMES * len(source.text)

    def root(self) -> Node | None:
        """What the outermost mapping has under databaseChangeLog."""
        import yaml

        text = self._source.text
        try:
            document = yaml.compose(
                text.replace("\t", " ") if self._kind == "JSON" else text, Loader=yaml.SafeLoader
            )
            outer = Node("", Span(0, 0), len(text))
            if isinstance(document, yaml.MappingNode):
                for key, value in document.value:
                    if isinstance(key, yaml.ScalarNode) and key.value == _ROOT:
                        self._add(outer, key, value)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            problem = " ".join((error.problem or error.context or "broken").split())
            raise refused(
                self._source, mark.line + 1 if mark else 1, f"not {self._kind}: {problem}"
            ) from None
        except yaml.YAMLError as error:
            line = text.count("\n", 0, getattr(error, "position", None) or 0) + 1
            why = getattr(error, "reason", "broken")
            raise refused(self._source, line, f"not {self._kind}: {why}") from None
        except (RecursionError, ValueError):
            raise refused(self._source, 1, f"not {self._kind}: nested too deeply") from None
        return outer.children[0] if outer.children else None

    def _add(self, parent: Node, key: object, value: object) -> None:
        """An entry of a mapping becomes a value or a child."""
        import yaml

        self._left -= 1
        if self._left < 0:
            raise refused(self._source, self._source.position(parent.span.start).line, "endless aliases")
        if not isinstance(key, yaml.ScalarNode):
            return
        span = Span(key.start_mark.index, key.end_mark.index)
        end = getattr(value, "end_mark", key.end_mark).index
        if isinstance(value, yaml.ScalarNode):
            if not value.tag.endswith(":null"):
                parent.values[key.value] = value.value
                parent.places[key.value] = Span(span.start, end)
                parent.children.append(Node(key.value, span, end, text=value.value))
            return
        node = Node(key.value, span, end)
        parent.children.append(node)
        for element in value.value if isinstance(value, yaml.SequenceNode) else (value,):
            self._left -= 1
            if isinstance(element, yaml.MappingNode):
                for inner, under in element.value:
                    self._add(node, inner, under)
            elif isinstance(element, yaml.SequenceNode):
                self._add(node, key, element)
