"""The training process: ``python -m nntui.worker``, frames on its standard input and output.

With the argument ``past``, the process that measures a recorded run as it was; it gives way to the one that trains.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from queue import SimpleQueue

from nntui.worker.frames import ALIVE, FrameReader, Message, decode

GRACE = 0.5  # seconds between the end of input and the end of the process, whatever it does
PIECE = 1 << 16  # bytes read at once


def main() -> None:
    """Do what the dashboard asks for, until it is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    frames_in, frames_out = _take_pipes()
    looks_back = sys.argv[1:] == ["past"]
    if hasattr(os, "nice"):
        os.nice(12 if looks_back else 5)
    inbox: SimpleQueue[Message | None] = SimpleQueue()
    threading.Thread(target=_listen, args=(frames_in, inbox), daemon=True).start()

    def send(frame: bytes) -> None:
        _write(frames_out, frame)

    try:
        if looks_back:
            from nntui.worker.past import PastLoop

            PastLoop(inbox, send).run()
        else:
            from nntui.worker.loop import Loop

            Loop(inbox, send).run()
    except BrokenPipeError:
        sys.exit(0)  # the dashboard is gone


def _take_pipes() -> tuple[int, int]:
    """File descriptors for frames, known to nobody else: a stray ``print`` goes to standard error instead."""
    frames_in, frames_out = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(frames_in, os.O_BINARY)
        msvcrt.setmode(frames_out, os.O_BINARY)
    return frames_in, frames_out


def _listen(frames_in: int, inbox: SimpleQueue[Message | None]) -> None:
    """Put what arrives into the inbox; see to it that the process ends when the input does."""
    reader = FrameReader()
    try:
        while data := os.read(frames_in, PIECE):
            for frame in reader.feed(data):
                inbox.put({"kind": "ping"} if frame == ALIVE else decode(frame))
    finally:
        inbox.put(None)
        threading.Timer(GRACE, os._exit, (0,)).start()


def _write(frames_out: int, frame: bytes) -> None:
    rest = memoryview(frame)
    while rest:
        rest = rest[os.write(frames_out, rest) :]


if __name__ == "__main__":
    main()
