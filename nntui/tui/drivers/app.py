"""An app that chooses robust drivers, says when it begins to end, and outlives what belongs to closed dialogs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from importlib import import_module
from typing import Any

from textual import events
from textual._context import active_message_pump
from textual.app import App
from textual.await_complete import AwaitComplete
from textual.driver import Driver
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.worker import active_worker

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
        alt_keys: characters that do something with alt.
        leaving: called with the exit status when the app begins to end, for whatever reason; from any thread.
    """

    alt_keys = ""
    leaving: Callable[[int], None] = staticmethod(lambda status: None)

    def get_driver_class(self) -> type[Driver]:
        """The driver that Textual chooses, in its robust form if there is one."""
        chosen = super().get_driver_class()
        module, name = ROBUST.get(f"{chosen.__module__}.{chosen.__qualname__}", ("", ""))
        return getattr(import_module(module), name) if module else chosen

    async def on_event(self, event: events.Event) -> None:
        """Give a resize the terminal's present size, whatever size it was sent with.

        A signal may interrupt Textual's handler of the previous one, which then sends the older size last.
        """
        if isinstance(event, events.Resize):
            current_size = getattr(self._driver, "current_size", lambda: None)()
            if current_size is not None:
                event = events.Resize.from_dimensions(current_size, None)
        await super().on_event(event)

    def hung_up(self) -> None:
        """The terminal is gone. Called from a thread."""
        self.leaving(HUNG_UP)

    def suspended(self) -> None:
        """The program is about to be stopped, and its terminal is another's until `resumed`."""

    def resumed(self) -> None:
        """The program goes on, and has its terminal again."""

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

    def pop_screen(self) -> AwaitComplete:
        """Close the top dialog, if there is one: of two quick clicks beside a dialog, the second finds none."""
        return super().pop_screen() if len(self.screen_stack) > 1 else AwaitComplete()

    def panic(self, *renderables: Any) -> None:
        self.leaving(1)
        super().panic(*renderables)

    def _fatal_error(self) -> None:
        self.leaving(1)
        super()._fatal_error()

    def _handle_exception(self, error: Exception) -> None:
        """End with the error, unless what it happened to is no longer there.

        A search, a timer or a key in flight may outlive its dialog, or arrive while the app ends; in Textual 8.2 it
        then finds nothing where its widgets were, and raises.
        """
        where = _where()
        if self._exit or (self._is_mounted and not self._running) or (where is not None and self._is_gone(where)):
            self.log.error(f"ignored, because the app or the screen is gone: {error!r}")
        else:
            super()._handle_exception(error)

    def _is_gone(self, where: MessagePump) -> bool:
        """Whether this is part of a screen that is closed or closing."""
        node: MessagePump | None = where
        while node is not None and node is not self:
            if node._closing or node._closed or getattr(node, "_pruning", False):
                return True
            if isinstance(node, Screen) and not any(node in stack for stack in self._screen_stacks.values()):
                return True
            node = node._parent
        return node is None


def _where() -> MessagePump | None:
    """What is at work: the node of a worker, or the one whose message or timer is handled."""
    worker = active_worker.get(None)
    return worker.node if worker is not None else active_message_pump.get(None)
