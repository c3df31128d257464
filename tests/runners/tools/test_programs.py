"""A tool that cannot be had."""

from pathlib import Path

import pytest

from .programs import from_system, unavailable


def test_skipped_on_a_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A skipped test says why."""
    monkeypatch.delenv("CI", raising=False)

    with pytest.raises(pytest.skip.Exception, match="npm did not answer"):
        unavailable("npm did not answer")


def test_failed_in_ci(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """CI skips nothing in silence."""
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(pytest.fail.Exception, match="sqitch is not installed"):
        from_system("sqitch", "sqitch")
