"""Mappings whose changes can be taken back to a mark, one after another."""

from typing import Any

_MISSING = object()


class Journal:
    """What mappings held before they were changed."""

    def __init__(self) -> None:
        self._entries: list[tuple[dict[Any, Any], Any, Any]] = []

    def mark(self) -> int:
        """A point to come back to."""
        return len(self._entries)

    def rollback(self, mark: int) -> None:
        """Take back everything since the mark."""
        while len(self._entries) > mark:
            mapping, key, before = self._entries.pop()
            if before is _MISSING:
                del mapping[key]
            else:
                mapping[key] = before

    def forget(self) -> None:
        """Nothing before this moment will be taken back."""
        self._entries.clear()

    def put(self, mapping: dict[Any, Any], key: Any, value: Any) -> None:
        """Change one entry of a mapping so that it can be taken back."""
        self._entries.append((mapping, key, mapping.get(key, _MISSING)))
        mapping[key] = value

    def remove(self, mapping: dict[Any, Any], key: Any) -> None:
        """Take one entry out of a mapping, if it is there."""
        if key in mapping:
            self._entries.append((mapping, key, mapping.pop(key)))

    def enter(self, rows: dict[Any, dict[Any, None]], owner: Any, member: Any) -> None:
        """Put something at the end of the row of its owner, unless it is in there."""
        row = rows.get(owner)
        if row is None:
            self.put(rows, owner, {member: None})
        elif member not in row:
            self.put(row, member, None)

    def leave(self, rows: dict[Any, dict[Any, None]], owner: Any, member: Any) -> None:
        """Take something out of the row of its owner."""
        if owner in rows:
            self.remove(rows[owner], member)
