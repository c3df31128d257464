"""The signals that end a program become exceptions, and wait while something is put up or taken down."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

# The order matters: once the first is ours, no KeyboardInterrupt comes between, and it is given back last.
_ENDING = ("SIGINT", "SIGTERM", "SIGHUP")


class Guard:
    """Inside it Ctrl-C, SIGTERM and SIGHUP wait, but where it is open; whoever ignored one goes on doing so.

    Signals reach the main thread only: in another thread this does nothing.
    """

    def __init__(self) -> None:
        self._before: dict[int, Any] = {}
        self._held = True
        self._waiting: int | None = None
        self._raised = False

    def __enter__(self) -> "Guard":
        """Take the handlers over."""
        if threading.current_thread() is threading.main_thread():
            for number in (getattr(signal, name) for name in _ENDING):
                handler: Callable[..., Any] | int | None = signal.getsignal(number)
                if handler not in (signal.SIG_IGN, None):
                    self._before[number] = handler
                    signal.signal(number, self._came)
        return self

    def __exit__(self, *_: object) -> None:
        """Give the handlers back, then the signal that has waited, to whom it may concern."""
        for number in reversed(self._before):
            signal.signal(number, self._before[number])
        if self._waiting is not None:
            signal.raise_signal(self._waiting)

    @contextmanager
    def open(self) -> Iterator[None]:
        """In here a signal is an exception: KeyboardInterrupt, else SystemExit with 128 and its number."""
        self._held = False
        try:
            if self._waiting is not None:
                self._end(self._waiting)
            yield
        finally:
            self._held = True

    def _came(self, number: int, _: FrameType | None) -> None:
        if not self._held:
            self._end(number)
        elif not self._raised:
            self._waiting = number

    def _end(self, number: int) -> None:
        """Only the first signal ends what goes on: a second one would end the cleaning up."""
        self._held = self._raised = True
        self._waiting = None
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(128 + number)
