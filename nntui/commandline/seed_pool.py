"""Processes that train one seed each, so many at once: started, listened to, and ended together."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import IO, Any, Literal

from nntui.worker.spawn import spawn

COMMAND = (sys.executable, "-P", "-m", "nntui.commandline.seed_process")
PATIENCE = 5.0  # seconds that processes get to end in order
GRACE = 1.0  # seconds until the end of a process that was killed must be known; news may be lost to an interruption
_CHUNK = 1 << 16
_WAITING = 64  # pieces of output that wait to be taken; then the processes wait


@dataclass(frozen=True, slots=True)
class News:
    """What a process wrote, or that it ended.

    Attributes:
        lines: whole lines of its standard output or standard error.
        status: at its end, as `subprocess` has it: below 0 the number of the signal that killed it.
    """

    seed: int
    kind: Literal["out", "err", "end"]
    lines: tuple[bytes, ...] = ()
    status: int = 0


@dataclass
class _Member:
    process: subprocess.Popen[bytes]
    threads: list[threading.Thread] = field(default_factory=list)


class Pool:
    """Use it in a ``with`` statement: at its end no process is left."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._members: dict[int, _Member] = {}
        self._queue: queue.Queue[News] = queue.Queue(_WAITING)

    @property
    def free(self) -> bool:
        """Whether one more may be started."""
        return len(self._members) < self._at_once

    @property
    def idle(self) -> bool:
        """Whether there is none left."""
        return not self._members

    def start(self, seed: int, wanted: dict[str, Any]) -> None:
        """Start the process of a seed and tell it what to train.

        Raises:
            OSError: the system has no room for one more.
        """
        process = spawn(COMMAND)
        member = self._members[seed] = _Member(process)
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it is gone already; its end will be told
            process.stdin.write(json.dumps(wanted).encode() + b"\n")
            process.stdin.flush()
        errors = threading.Thread(target=self._listen, args=(seed, "err", process.stderr), daemon=True)
        output = threading.Thread(target=self._listen_to_the_end, args=(seed, process, errors), daemon=True)
        member.threads += [errors, output]
        errors.start()
        output.start()

    def news(self, seconds: float) -> list[News]:
        """All there is, waiting so long for the first."""
        found: list[News] = []
        try:
            found.append(self._queue.get(timeout=seconds))
            while len(found) < _WAITING:
                found.append(self._queue.get_nowait())
        except queue.Empty:
            pass
        for each in found:
            if each.kind == "end":
                self._let_go(self._members.pop(each.seed))
        return found

    def stop(self) -> None:
        """Ask all to end in order."""
        for member in self._members.values():
            assert member.process.stdin is not None
            with contextlib.suppress(BrokenPipeError):
                member.process.stdin.close()

    def kill(self) -> None:
        """End all, whatever they do."""
        for member in self._members.values():
            member.process.kill()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.stop()
        try:
            self._await_ends(0.0 if kind is KeyboardInterrupt else PATIENCE)
        finally:
            self.kill()
            self._await_ends(GRACE)
            for member in self._members.values():
                self._let_go(member)

    def _await_ends(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not self.idle and time.monotonic() < deadline:
            self.news(0.05)

    def _listen_to_the_end(self, seed: int, process: subprocess.Popen[bytes], errors: threading.Thread) -> None:
        self._listen(seed, "out", process.stdout)
        errors.join()
        self._queue.put(News(seed, "end", status=process.wait()))

    def _listen(self, seed: int, kind: Literal["out", "err"], pipe: IO[bytes] | None) -> None:
        assert pipe is not None
        rest = b""
        while chunk := os.read(pipe.fileno(), _CHUNK):
            *lines, rest = (rest + chunk).split(b"\n")
            if lines:
                self._queue.put(News(seed, kind, tuple(lines)))
        if rest:
            self._queue.put(News(seed, kind, (rest,)))

    @staticmethod
    def _let_go(member: _Member) -> None:
        for pipe in (member.process.stdin, member.process.stdout, member.process.stderr):
            if pipe is not None and not pipe.closed:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
