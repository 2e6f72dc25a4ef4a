"""Text that others wrote, made safe for a terminal: what would control it is shown as an escape, ``\\u001b``.

Everything that a command prints goes through `EscapingStream`, and everything that the dashboard draws through
`nntui.tui.plain.SafeFilter`; text put into one line of ours goes through `escaped` first. The escapes are those of
JSON: inside a JSON string they stand for the character itself.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import signal
from collections.abc import Iterable, Iterator
from typing import Any, TextIO, cast

_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f"
_INVISIBLE = (  # soft hyphen, fillers, joiners, marks and overrides of direction, separators of lines, tags
    "\xad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_SURROGATES = "\ud800-\udfff"
_UNSAFE_IN_LINES = re.compile(f"[{_CONTROLS}{_INVISIBLE}{_SURROGATES}]")
UNSAFE = re.compile(f"[\t\n{_CONTROLS}{_INVISIBLE}{_SURROGATES}]")


def escaped(text: str) -> str:
    """The text on one line, without anything that controls a terminal or is invisible."""
    return text if text.isprintable() and text.isascii() else UNSAFE.sub(_escape, text)


def escaped_lines(text: str) -> str:
    """The same of a text of several lines, whose line ends and tabs stay."""
    return text if text.isprintable() and text.isascii() else _UNSAFE_IN_LINES.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x10000:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"


class EscapingStream:
    """Standard output or error whose text cannot control the terminal. Otherwise it is the stream it wraps.

    A program that was started to ignore SIGHUP, as under ``nohup``, outlives its terminal: what it writes once that is
    gone goes nowhere, and is no error.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_terminal = stream.isatty()

    def write(self, text: str) -> int:
        """Write the text escaped."""
        with self._outliving_terminal():
            self._stream.write(escaped_lines(text))
        return len(text)

    def flush(self) -> None:
        """Write what is buffered."""
        with self._outliving_terminal():
            self._stream.flush()

    def writelines(self, lines: Iterable[str]) -> None:
        """Write each."""
        for line in lines:
            self.write(line)

    def write_raw(self, text: str) -> None:
        """Write the program's own control sequences; text of others in it must be escaped already."""
        with self._outliving_terminal():
            self._stream.write(text)

    @contextlib.contextmanager
    def _outliving_terminal(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno != errno.EIO or not (self._is_terminal and _ignores_hangup()):
                raise
            send_nowhere(self._stream)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def send_nowhere(stream: TextIO) -> None:
    """Nothing more is written to this stream, not even what is buffered, when the interpreter ends."""
    with contextlib.suppress(OSError, ValueError), open(os.devnull, "w", encoding="utf-8") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())


def _ignores_hangup() -> bool:
    number = getattr(signal, "SIGHUP", None)
    return number is not None and signal.getsignal(number) == signal.SIG_IGN


def escaping(stream: TextIO) -> TextIO:
    """The stream, wrapped once."""
    return stream if isinstance(stream, EscapingStream) else cast(TextIO, EscapingStream(stream))


def write_raw(stream: TextIO, text: str) -> None:
    """Write the program's own control sequences to a stream, wrapped or not."""
    if isinstance(stream, EscapingStream):
        stream.write_raw(text)
    else:
        stream.write(text)
