"""A program in a real pseudo-terminal: keys in, the screen as a person sees it out, and what it leaves behind (POSIX).

A thread drains the terminal all the time and notes when each piece came; the emulator (pyte) reads the pieces when the
screen is asked for. So the program never waits for a slow emulator, and `Terminal.replay` tells afterwards at which
moment the screen came to say something.
"""

from __future__ import annotations

import codecs
import contextlib
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

from tests.harness.patience import PATIENCE

KEYS = {
    "enter": "\r", "tab": "\t", "escape": "\x1b", "space": " ", "backspace": "\x7f", "shift+tab": "\x1b[Z",
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F",
}  # fmt: skip
KEYS |= {f"ctrl+{letter}": chr(ord(letter) - 96) for letter in "abcdefghijklmnopqrstuvwxyz"}

SLOW_READ = 0.01  # seconds of a limited rate that are read at once
GLANCE = 0.25  # seconds; a screen that was there for longer is seen by who waits for it
ESCAPE_DELAY = 0.3  # seconds; a program takes escape for itself when nothing has followed by then

# Private modes and the value each must have when a program is gone.
MODES = {
    7: True, 25: True, 1000: False, 1002: False, 1003: False, 1004: False, 1006: False, 1015: False, 1016: False,
    1049: False, 2004: False, 2026: False, 2048: False,
}  # fmt: skip

_MODE = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")
_KEYBOARD = re.compile(rb"\x1b\[([<>])[0-9;]*u")
_FRAME = b"\x1b[?2026h"
_QUESTIONS = (
    (re.compile(rb"\x1b\[\?2026\$p"), b"\x1b[?2026;2$y"),
    (re.compile(rb"\x1b\[0?c"), b"\x1b[?62;22c"),
    (re.compile(rb"\x1b\[6n"), b"\x1b[1;1R"),
)
# What pyte would print instead of ignoring: private sequences, mode questions, and strings to the terminal.
_FOREIGN = re.compile(
    "\x1b\\[[<>=][0-9;:]*[@-~]|\x1b\\[\\??[0-9;]*\\$[@-~]|\x1b\\][^\x07\x1b]*(?:\x07|\x1b\\\\)|\x1b[P_^X][^\x1b]*\x1b\\\\"
)
_UNFINISHED = re.compile("\x1b(?:\\[[0-9;:?<>=$ ]*|[\\]P_^X][^\x07\x1b]*\x1b?)?$")


@dataclass(frozen=True)
class Piece:
    """What came at once, and when (seconds of `time.perf_counter`)."""

    at: float
    data: bytes


class Emulator:
    """Bytes in, rows of text out."""

    def __init__(self, columns: int, rows: int) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self._screen)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""

    def feed(self, data: bytes) -> None:
        text = self._rest + self._decoder.decode(data)
        unfinished = _UNFINISHED.search(text)
        self._rest = unfinished.group() if unfinished else ""
        if unfinished:
            text = text[: unfinished.start()]
        self._stream.feed(_FOREIGN.sub("", text))

    def resize(self, columns: int, rows: int) -> None:
        self._screen.resize(rows, columns)

    @property
    def rows(self) -> list[str]:
        return [row.rstrip() for row in self._screen.display]

    def colors(self, row: int) -> set[str]:
        """Foreground colours of the characters in a row; ``default`` is the terminal's own."""
        cells = self._screen.buffer[row]
        return {cells[column].fg for column in range(self._screen.columns) if cells[column].data.strip()}


class Terminal:
    """A program that runs in a terminal of its own.

    Args:
        command: the program and its arguments.
        columns, rows: size of the terminal.
        environment: added to that of the tests; None removes a variable.
        cwd: where it runs.

    Attributes:
        rate: bytes per second that the terminal takes, as over a slow line; 0 is no limit.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        columns: int = 120,
        rows: int = 40,
        environment: Mapping[str, str | None] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.columns, self.rows = columns, rows
        self.rate = 0.0
        self.pieces: list[Piece] = []
        self._seen = 0
        self._waits = False
        self._escaped = 0.0
        self._hung_up = False
        self._takes = threading.Event()
        self._takes.set()
        self._emulator = Emulator(columns, rows)
        self._arrived = threading.Condition()
        self._master, self._slave = os.openpty()
        self._set_size()
        self._before = termios.tcgetattr(self._slave)
        wanted = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(environment or {})}
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            [str(word) for word in command],
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            env={name: value for name, value in wanted.items() if value is not None},
            cwd=cwd,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        self._reader = threading.Thread(target=self._drain, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pid in self.family():
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()
        if not self._hung_up:
            os.close(self._slave)
            self._reader.join()
            os.close(self._master)
        if error is not None:
            error.add_note(f"the screen at the end:\n{self.text}")

    # ---- in

    def press(self, *keys: str) -> float:
        """Press keys, by name or as characters; the moment of the last.

        A terminal sends escape as the beginning of other keys' codes, so the key after it comes a while later, as from
        a hand: at once it would be another key, alt and that key.
        """
        at = time.perf_counter()
        for key in keys:
            time.sleep(max(0.0, self._escaped + ESCAPE_DELAY - time.perf_counter()))
            at = time.perf_counter()
            os.write(self._master, KEYS.get(key, key).encode())
            if key == "escape":
                self._escaped = at
        return at

    def click(self, column: int, row: int) -> None:
        """Press and release the left mouse button there (0-based)."""
        for end in "Mm":
            os.write(self._master, f"\x1b[<0;{column + 1};{row + 1}{end}".encode())

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size, as a window's edge does."""
        self._read()
        self.columns, self.rows = columns, rows
        self._emulator.resize(columns, rows)
        self._set_size()

    def _set_size(self) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", self.rows, self.columns, 0, 0))

    def send_signal(self, number: int) -> None:
        self._process.send_signal(number)

    def hang_up(self) -> None:
        """Close the terminal, as its window does: the program gets SIGHUP, and its output goes nowhere."""
        self._hung_up = True
        self._takes.set()
        self._reader.join()
        os.close(self._slave)
        os.close(self._master)

    @contextlib.contextmanager
    def stalled(self) -> Iterator[None]:
        """Meanwhile the terminal takes nothing, as over a line that is cut."""
        self._takes.clear()
        try:
            yield
        finally:
            self._takes.set()

    # ---- out

    @property
    def screen(self) -> list[str]:
        """The rows as they are now."""
        if not self._waits:
            self._read()
        return self._emulator.rows

    @property
    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.screen)

    def colors(self, row: int) -> set[str]:
        self._read()
        return self._emulator.colors(row)

    def wait_for(self, what: str | Callable[[str], object], timeout: float = PATIENCE) -> float:
        """Until the screen's text matches; seconds since the start at which the piece came that made it so.

        Args:
            what: a regular expression, or a function of the text.
        """
        matches = what if callable(what) else lambda text: re.search(what, text)
        deadline = time.perf_counter() + timeout
        self._waits = True  # `screen` is what was read up to here, so that no screen is skipped
        try:
            while True:
                with self._arrived:
                    self._arrived.wait_for(lambda: self._seen < len(self.pieces) or not self._reader.is_alive(), 0.1)
                self._read(GLANCE)
                if matches(self.text):
                    return (self.pieces[self._seen - 1].at if self._seen else time.perf_counter()) - self.started
                if time.perf_counter() > deadline:
                    raise AssertionError(f"not seen within {timeout} s: {what}\n{self.text}")
                if self._seen == len(self.pieces) and not self._reader.is_alive():
                    raise AssertionError(f"the program ended before it showed: {what}\n{self.text}")
        finally:
            self._waits = False

    def replay(self, first: int = 0) -> Iterator[tuple[float, Emulator]]:
        """Everything since piece ``first`` on an emulator of the present size: the moment of each piece, and then."""
        emulator = Emulator(self.columns, self.rows)
        for piece in self.pieces[:first]:
            emulator.feed(piece.data)
        for piece in self.pieces[first:]:
            emulator.feed(piece.data)
            yield piece.at, emulator

    @property
    def bytes_written(self) -> int:
        return sum(len(piece.data) for piece in self.pieces)

    def frames(self, first: int = 0) -> int:
        """Frames drawn since piece ``first``, as the program brackets them."""
        return sum(piece.data.count(_FRAME) for piece in self.pieces[first:])

    # ---- the end

    def wait_end(self, timeout: float = PATIENCE) -> int:
        """The exit status, negative for a signal, as soon as the process is gone; more output may still come."""
        return self._process.wait(timeout)

    def wait_exit(self, timeout: float = PATIENCE) -> int:
        """The exit status, negative for a signal; waits for it, and for the rest of the output."""
        status = self._process.wait(timeout)
        while self._takes.is_set() and self._reader.is_alive():
            with self._arrived:  # what the thread reads is among the pieces before anybody else has the lock
                if not select.select([self._master], [], [], 0)[0]:
                    break
            time.sleep(0.005)
        return status

    def leftovers(self) -> list[str]:
        """What the program left wrong in the terminal; nothing, if it is well behaved."""
        written = b"".join(piece.data for piece in self.pieces)
        modes = {int(number): on == b"h" for numbers, on in _MODE.findall(written) for number in numbers.split(b";")}
        wrong = [
            f"mode {number} left {modes[number]}" for number, want in MODES.items() if modes.get(number) == (not want)
        ]
        depth = 0
        for direction in _KEYBOARD.findall(written):
            depth = depth + 1 if direction == b">" else max(0, depth - 1)
        if depth:
            wrong.append(f"keyboard protocol {depth} deep")
        after = termios.tcgetattr(self._slave)
        names = ("input", "output", "control", "local")
        wrong += [f"{name} flags" for index, name in enumerate(names) if after[index] != self._before[index]]
        return wrong

    @property
    def pid(self) -> int:
        return self._process.pid

    def family(self) -> list[int]:
        """The program's process id and those of its descendants (Linux)."""
        parents: dict[int, int] = {}
        for name in os.listdir("/proc"):
            if name.isdigit():
                with contextlib.suppress(OSError):
                    parents[int(name)] = int(Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()[1])
        found = [self.pid] if self.pid in parents else []
        for pid in found:
            found += [child for child, parent in parents.items() if parent == pid]
        return found

    def trainer(self) -> int:
        """The process id of the training process."""
        return next(pid for pid in self.family() if b"nntui.worker" in Path(f"/proc/{pid}/cmdline").read_bytes())

    # ---- the thread

    def _drain(self) -> None:
        while not self._hung_up:
            self._takes.wait()
            if not select.select([self._master], [], [], 0.1)[0]:
                continue
            with self._arrived:
                try:
                    data = os.read(self._master, max(int(self.rate * SLOW_READ), 1) if self.rate else 1 << 16)
                except OSError:  # the last one that had the terminal open is gone
                    break
                if not data:
                    break
                self.pieces.append(Piece(time.perf_counter(), data))
                self._arrived.notify_all()
            for question, answer in _QUESTIONS:
                for _ in question.findall(data):
                    os.write(self._master, answer)
            if self.rate:
                time.sleep(len(data) / self.rate)
        with self._arrived:
            self._arrived.notify_all()

    def _read(self, seconds: float = inf) -> None:
        """Show the emulator what has come, at most what came within so many seconds."""
        pieces = self.pieces[self._seen :]
        for piece in pieces:
            if piece.at - pieces[0].at > seconds:
                break
            self._emulator.feed(piece.data)
            self._seen += 1


def alive(pid: int) -> bool:
    """Whether there is such a process, and it is no zombie (Linux)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
