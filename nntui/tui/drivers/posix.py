"""A terminal on Linux or macOS."""

from __future__ import annotations

import contextlib
import os
import select
import sys
import termios
from typing import TYPE_CHECKING, Any

from textual.drivers.linux_driver import LinuxDriver

from nntui.tui.drivers.keyboard import Keyboard
from nntui.tui.drivers.output import Output
from nntui.tui.drivers.sgr import shortened

if TYPE_CHECKING:
    from nntui.tui.drivers.app import TerminalApp

RESTORING = (
    b"\x1b[?2026l\x1b[?2004l\x1b[?7h\x1b[?2048l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"
    b"\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"
)
"""What Textual writes at its end, for a program that does not get there."""


class PosixTerminal(LinuxDriver):
    """Writes without making the event loop wait, reads any bytes, and notices when the terminal is gone."""

    _app: TerminalApp

    def __init__(self, app: TerminalApp, **options: Any) -> None:
        super().__init__(app, **options)
        streams = [stream for stream in (sys.__stderr__, sys.__stdout__) if stream is not None]
        self._terminal = next((stream for stream in streams if stream.isatty()), streams[0])
        self._suspended = False
        self._output = Output(self._terminal.fileno(), app.hung_up, app.caught_up)

    @property
    def backlog(self) -> int:
        """How many bytes the terminal has not taken."""
        return self._output.backlog

    def current_size(self) -> tuple[int, int] | None:
        """The columns and rows now; None for a terminal that reports each size itself."""
        return None if self._in_band_window_resize else self._get_terminal_size()

    def write(self, data: str) -> None:
        self._output.write(shortened(data).encode(self._terminal.encoding, "replace"))

    def close(self) -> None:
        super().close()
        self._output.close()

    def stop_application_mode(self) -> None:
        """As Textual's, and without the mouse in pixels, which it turns on for some terminals and never off."""
        if self._mouse_pixels:
            self.write("\x1b[?1016l")
        super().stop_application_mode()

    def suspend_application_mode(self) -> None:
        self._app.suspended()
        self._suspended = True
        super().suspend_application_mode()

    def resume_application_mode(self) -> None:
        """As Textual's; after SIGSTOP, which nobody hears, too: it would start what runs already."""
        if not self._suspended:
            super().suspend_application_mode()
        self._suspended = False
        super().resume_application_mode()
        self._app.resumed()

    def restore(self) -> None:
        """Undo what the start did to the terminal; may wait for a terminal that reads nothing."""
        with contextlib.suppress(OSError, termios.error):
            if self.attrs_before is not None:
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
            os.write(self._terminal.fileno(), RESTORING)

    def run_input_thread(self) -> None:
        keyboard = Keyboard(self._debug, self._app.alt_keys)
        while not self.exit_event.is_set():
            try:
                data = os.read(self.fileno, 1 << 12) if select.select([self.fileno], [], [], 0.1)[0] else None
            except BlockingIOError:
                continue
            except OSError:
                data = b""
            if data == b"":
                self._app.hung_up()
                return
            for message in [*keyboard.feed(data or b""), *keyboard.tick()]:
                self.process_message(message)
