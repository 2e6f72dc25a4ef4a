"""A browser: packets on the standard streams, which a server such as textual-serve passes on."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, Any

from textual.drivers._byte_stream import ByteStream
from textual.drivers.web_driver import WINDOWS, WebDriver, _ExitInput

from nntui.tui.drivers.keyboard import Keyboard
from nntui.tui.drivers.output import Output

if TYPE_CHECKING:
    from nntui.tui.drivers.app import TerminalApp


class WebTerminal(WebDriver):
    """Writes without making the event loop wait, reads any bytes, and notices when the server is gone."""

    _app: TerminalApp

    def __init__(self, app: TerminalApp, **options: Any) -> None:
        super().__init__(app, **options)
        self._output = Output(self.fileno, app.hung_up, app.caught_up)
        self._write = self._output.write  # type: ignore[assignment]

    @property
    def backlog(self) -> int:
        """How many bytes the terminal has not taken."""
        return self._output.backlog

    def start_application_mode(self) -> None:
        """As Textual's, but signals stay with the program."""
        numbers = () if WINDOWS else (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.getsignal(number) for number in numbers}
        super().start_application_mode()
        for number, handler in before.items():
            asyncio.get_running_loop().remove_signal_handler(number)
            signal.signal(number, handler)

    def close(self) -> None:
        super().close()
        self._output.close()

    def run_input_thread(self) -> None:
        keyboard, packets = Keyboard(self._debug), ByteStream()
        try:
            for data in self._input_reader:
                for kind, payload in packets.feed(data) if data else ():
                    if kind == "D":
                        for message in keyboard.feed(payload):
                            self.process_message(message)
                    else:
                        self._take_meta(kind, payload)
                for message in keyboard.tick():
                    self.process_message(message)
        except (_ExitInput, OSError):
            pass
        finally:
            self._input_reader.close()
        if not self.exit_event.is_set():
            self._app.hung_up()

    def _take_meta(self, kind: str, payload: bytes) -> None:
        """What the server says about the browser; what cannot be understood is ignored."""
        try:
            self._on_meta(kind, payload)
        except (ValueError, TypeError, KeyError, AttributeError):
            return

    def on_meta(self, packet_type: str, payload: dict[str, object]) -> None:
        """As Textual's; the end of the browser's page ends the program like any other way out."""
        if packet_type == "quit":
            self._app.leaving(0)
        else:
            super().on_meta(packet_type, payload)
