"""One of several runs of an experiment: ``python -m nntui.commandline.seed_process``, started by `seeds`.

It reads one JSON line from standard input, which says what to train, and writes its events to standard output. The end
of its input asks it to stop: so it goes when whoever started it does, on every system.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from typing import Any

from nntui.cli import ended
from nntui.commandline.arguments import BAD_INPUT
from nntui.commandline.interruption import Interruption, interruption


def main() -> int:
    """Train it; the exit status is that of ``nntui train``."""
    with interruption() as interrupted:
        wanted = json.loads(_first_line())
        threading.Thread(target=_wait_for_the_end, args=(interrupted,), daemon=True).start()
        return _train(wanted, interrupted)


def _train(wanted: dict[str, Any], interrupted: Interruption) -> int:
    from nntui.commandline.reports import JsonLines
    from nntui.commandline.train import prepare, reported, train
    from nntui.experiment import Experiment
    from nntui.runs.recorder import record

    report = JsonLines(sys.stdout)

    def start() -> int:
        session = prepare(Experiment.from_dict(wanted["experiment"]), report, interrupted)
        if session is None:
            return BAD_INPUT
        recorder = None
        if wanted["runs"] is not None:
            from pathlib import Path

            recorder = record(Path(wanted["runs"]), session, wanted["preset"], group=wanted["group"])
            if recorder.is_recorded:
                print(json.dumps({"event": "recorded", "run": recorder.folder.name}))
        return train(session, wanted["pace"], report, interrupted, recorder)

    return reported(report, start)


def _first_line() -> bytes:
    """Read without a buffer that another thread would have to share."""
    line = bytearray()
    while not line.endswith(b"\n"):
        part = os.read(0, 1 << 16)
        if not part:
            break
        line += part
    return bytes(line)


def _wait_for_the_end(interrupted: Interruption) -> None:
    while os.read(0, 1 << 10):
        pass
    interrupted.asked = True


if __name__ == "__main__":
    sys.exit(ended(main))
