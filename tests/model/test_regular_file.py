"""Reading regular files and nothing else: sizes that lie, ends that move."""

from pathlib import Path

import pytest

from idxlint.model import regular_file


def test_longer_than_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that goes on far behind its size, as one does that somebody keeps on writing, is not followed."""
    file = Path("/proc/self/smaps")
    if not file.exists():
        pytest.skip("no /proc")

    assert (0, True) == (file.stat().st_size, len(regular_file.read_bytes(file)) > 1000)
    monkeypatch.setattr(regular_file, "_GROWTH", 1000)
    with pytest.raises(OSError, match="Grows while it is read"):
        regular_file.read_bytes(file)


@pytest.mark.parametrize("size", [0, 1, 4095, 4096, 70_000])
def test_whole(tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """All bytes come back, in one read or in several."""
    data = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    (tmp_path / "a").write_bytes(data)

    assert data == regular_file.read_bytes(tmp_path / "a")
    monkeypatch.setattr(regular_file, "_GROWTH", 1)
    assert data == regular_file.read_bytes(tmp_path / "a")
    assert data[:100] == regular_file.read_head(tmp_path / "a", 100)
