"""What a YAML loader needs beside being safe."""

from typing import Any


class Merging:
    """A base to put before a loader: `<<` merges each key once.

    PyYAML adds the pairs of all merged mappings up, those of equal keys included, so that merging two aliases
    of one mapping, over and over, doubles them each time.
    """

    def flatten_mapping(self, node: Any) -> None:
        """Put what is merged into the mapping; the last of the pairs with one key counts, as it does in a dict."""
        super().flatten_mapping(node)  # type: ignore[misc]
        node.value = list({_mark(pair[0]): pair for pair in node.value}.values())


def _mark(key: Any) -> object:
    return (key.tag, key.value) if isinstance(key.value, str) else id(key)
