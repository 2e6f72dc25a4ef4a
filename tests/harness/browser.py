"""A program under Textual's web driver, as a server such as textual-serve runs it: packets on pipes."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from tests.harness.terminal import Emulator

GREETING = b"__GANGLION__\n"
DRIVER = "textual.drivers.web_driver:WebDriver"


class Browser:
    """A program, a page that shows it, and what it says besides.

    Attributes:
        said: the packets that are not for the page, decoded.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str | None], size: tuple[int, int]) -> None:
        wanted = {
            **os.environ, **environment, "TEXTUAL_DRIVER": DRIVER, "TEXTUAL_COLOR_SYSTEM": "truecolor",
            "COLUMNS": str(size[0]), "ROWS": str(size[1]),
        }  # fmt: skip
        self.said: list[dict[str, Any]] = []
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={name: value for name, value in wanted.items() if value is not None},
            start_new_session=True,
        )
        self._page = Emulator(*size)
        self._lock = threading.Lock()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert pipe is not None
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        if error is not None:
            error.add_note(f"the page at the end:\n{self.text}")

    def send(self, kind: str, payload: bytes) -> None:
        """One packet to the program: D, what a keyboard sends, or M, JSON about the page."""
        pipe = self.process.stdin
        assert pipe is not None
        pipe.write(kind.encode() + len(payload).to_bytes(4, "big") + payload)
        pipe.flush()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.send("D", key.encode())

    def tell(self, **meta: Any) -> None:
        self.send("M", json.dumps(meta).encode())

    def resize(self, columns: int, rows: int) -> None:
        with self._lock:
            self._page = Emulator(columns, rows)
        self.tell(type="resize", width=columns, height=rows)

    @property
    def text(self) -> str:
        with self._lock:
            return "\n".join(self._page.rows)

    def until(self, fact: Callable[[str], object], timeout: float = 60.0) -> None:
        """Wait for a fact about the page."""
        deadline = time.monotonic() + timeout
        while not fact(self.text):
            assert time.monotonic() < deadline, f"not seen within {timeout} s:\n{self.text}"
            assert self._reader.is_alive(), "the program ended"
            time.sleep(0.02)

    def _read(self) -> None:
        pipe = self.process.stdout
        assert pipe is not None
        assert pipe.read(len(GREETING)) == GREETING
        while head := pipe.read(5):
            payload = pipe.read(int.from_bytes(head[1:], "big"))
            if head[:1] == b"D":
                with self._lock:
                    self._page.feed(payload)
            else:
                self.said.append(json.loads(payload))
