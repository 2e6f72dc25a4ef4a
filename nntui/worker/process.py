"""A child process and its three pipes. It knows frames, and nothing of what they say.

Two threads stand between the dashboard's event loop and the pipes, because pipes cannot be awaited on every platform:
one cuts what arrives into frames and puts them into a mailbox, one writes; a third keeps the last lines of the child's
standard error.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable

from nntui.worker.frames import ALIVE, FrameError, FrameReader
from nntui.worker.spawn import spawn

STDERR_LINES = 40
PIECE = 1 << 18  # bytes read at once
GRACE = 1.0  # seconds a child that closed its output gets to be gone

_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


class Child:
    """One child process, from its start to its end.

    Attributes:
        mailbox: the frames that arrived and were not taken yet.
        heard: whether anything arrived since this was last set to False.
        reason: why the child was given up, where it was.
    """

    def __init__(self, command: list[str], threads: int) -> None:
        self.mailbox: deque[bytes] = deque()
        self.heard = False
        self.reason = ""
        self._stderr: deque[str] = deque(maxlen=STDERR_LINES)
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._process = spawn(command, dict.fromkeys(_THREADS, str(threads)), yields=True)
        _thread(self._write)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def errors(self) -> str:
        """The last lines of its standard error."""
        return "\n".join(self._stderr)

    def listen(self, arrived: Callable[[], None], ended: Callable[[str], None]) -> None:
        """Read from now on. Both are called from a thread: after frames arrived; and once, with words on the end."""
        errors = _thread(self._read_errors)
        _thread(lambda: self._read(arrived, ended, errors))

    def post(self, frame: bytes) -> None:
        """Send a frame; never blocks, whatever the child does."""
        self._outbox.put(frame)

    def drain(self, seconds: float) -> None:
        """Wait until all that was posted is being written, but not longer than this."""
        end = time.monotonic() + seconds
        while not self._outbox.empty() and time.monotonic() < end:
            time.sleep(0.001)

    def close_input(self) -> None:
        """Let the child see the end of its input, after all that was posted."""
        self._outbox.put(None)

    def give_up(self, reason: str) -> None:
        """End it by force because it is of no use; ``reason`` is what `listen` will report."""
        self.reason = self.reason or reason
        self.kill()

    def kill(self) -> None:
        """End it, whatever it does."""
        with contextlib.suppress(OSError):
            self._process.kill()

    def gone(self) -> bool:
        """Whether it has ended."""
        return self._process.poll() is not None

    def discard(self) -> None:
        """End a child nobody listens to yet, and wait until it is gone (some milliseconds)."""
        self.kill()
        self.close_input()
        self._process.wait()
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()

    # ---- the threads; each ends with the process

    def _write(self) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        with contextlib.suppress(OSError):  # a child that is gone is the reading thread's business
            while (frame := self._outbox.get()) is not None:
                pipe.write(frame)
                pipe.flush()
        with contextlib.suppress(OSError):
            pipe.close()

    def _read(self, arrived: Callable[[], None], ended: Callable[[str], None], errors: threading.Thread) -> None:
        pipe = self._process.stdout
        assert pipe is not None
        reader = FrameReader()
        try:
            while data := os.read(pipe.fileno(), PIECE):
                self.heard = True
                self.mailbox.extend(frame for frame in reader.feed(data) if frame != ALIVE)
                if self.mailbox:
                    arrived()
        except (FrameError, OSError) as error:
            self.give_up(f"sent something unreadable: {error}")
        pipe.close()
        status = self._wait()
        errors.join(GRACE)
        self.close_input()
        ended(self.reason or _how_it_ended(status))

    def _wait(self) -> int:
        try:
            return self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self.kill()
            return self._process.wait()

    def _read_errors(self) -> None:
        pipe = self._process.stderr
        assert pipe is not None
        with pipe, contextlib.suppress(OSError):
            for line in pipe:
                self._stderr.append(line.decode(errors="replace").rstrip())


def _thread(target: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=target, daemon=True)
    thread.start()
    return thread


def _how_it_ended(status: int) -> str:
    if status >= 0:
        return f"exited with status {status}"
    with contextlib.suppress(ValueError):
        return f"killed by signal {-status} ({signal.Signals(-status).name})"
    return f"killed by signal {-status}"
