"""An app that chooses robust drivers, and says when it begins to end."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from importlib import import_module
from typing import Any

from textual.app import App
from textual.driver import Driver

ROBUST = {
    "textual.drivers.linux_driver.LinuxDriver": ("nntui.tui.drivers.posix", "PosixTerminal"),
    "textual.drivers.web_driver.WebDriver": ("nntui.tui.drivers.web", "WebTerminal"),
}
"""Textual's drivers, and the module and class of what takes their place; imported only if it is needed."""
HUNG_UP = 129
"""The exit status if the terminal is gone: 128 + SIGHUP, also where there is no such signal."""


class TerminalApp(App[int]):
    """An app that outlives what its terminal does.

    Attributes:
        leaving: called with the exit status when the app begins to end, for whatever reason; from any thread.
    """

    leaving: Callable[[int], None] = staticmethod(lambda status: None)

    def get_driver_class(self) -> type[Driver]:
        """The driver that Textual chooses, in its robust form if there is one."""
        chosen = super().get_driver_class()
        module, name = ROBUST.get(f"{chosen.__module__}.{chosen.__qualname__}", ("", ""))
        return getattr(import_module(module), name) if module else chosen

    def hung_up(self) -> None:
        """The terminal is gone. Called from a thread."""
        self.leaving(HUNG_UP)

    def caught_up(self) -> None:
        """The terminal has read everything but what was dropped. Called from a thread."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(self.refresh)

    def restore_terminal(self) -> None:
        """Leave the terminal as it was found, whatever the event loop is doing. Called from a thread."""
        restore = getattr(self._driver, "restore", None)
        if restore is not None:
            restore()

    def backlog(self) -> int:
        """How many bytes the terminal has not taken; 0 if the driver does not know."""
        return int(getattr(self._driver, "backlog", 0))

    def exit(self, result: int | None = None, return_code: int = 0, message: Any = None) -> None:
        self.leaving(return_code)
        super().exit(result, return_code, message)

    def panic(self, *renderables: Any) -> None:
        self.leaving(1)
        super().panic(*renderables)

    def _fatal_error(self) -> None:
        self.leaving(1)
        super()._fatal_error()
