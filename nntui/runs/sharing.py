"""An experiment and its changes as one line of text, and back.

``nntui1.`` and base64url of a CRC-32 and the deflated JSON of the experiment and the commands that changed it. Nothing
in it is executed, no file is named in it, and it unfolds to at most 64 KB.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import dataclass
from typing import Any

from nntui.experiment import Experiment, InvalidValue
from nntui.files import Unreadable, read_json
from nntui.runs.errors import RunError
from nntui.runs.run import Run
from nntui.training import commands
from nntui.training.commands import Pace, Redraw, Set, SetWeight, Silence

PREFIX = "nntui1."
LONGEST = 32 << 10  # characters of a line
LARGEST = 64 << 10  # bytes that it unfolds to
MOST_CHANGES = 1000

Change = Set | Pace | SetWeight | Silence | Redraw
"""The commands that make another run of the same experiment."""


@dataclass(frozen=True)
class Shared:
    """What a line carries.

    Attributes:
        changes: (step, command): what was changed before which optimizer step, rising.
    """

    experiment: Experiment
    changes: tuple[tuple[int, Change], ...]


def line_of(run: Run) -> str:
    """The line that carries this run's experiment and changes.

    Raises:
        RunError: it trains on a file, or is too large for a line.
    """
    if "path" in run.experiment.data.options:
        raise RunError(f"{run.folder}: trains on a file of yours, which a line cannot carry")
    changes = [
        [entry.step, commands.to_json(entry.command)]
        for entry in run.journal.entries
        if isinstance(entry.command, Change)
    ]
    shared = {"experiment": run.experiment.to_dict(), "changes": changes}
    try:
        content = json.dumps(shared, separators=(",", ":"), allow_nan=False).encode()
    except ValueError:
        raise RunError(f"{run.folder}: the value of a change in it is not a finite number") from None
    if len(content) > LARGEST or len(changes) > MOST_CHANGES:
        raise RunError(f"{run.folder}: has too many changes for a line")
    packed = zlib.crc32(content).to_bytes(4, "big") + zlib.compress(content, 9)
    return PREFIX + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def read_line(line: str) -> Shared:
    """What a line carries.

    Raises:
        RunError: it is none, is damaged, or asks for what it must not.
    """
    record = _record("".join(line.split()))
    try:
        experiment = Experiment.from_dict(record["experiment"])
        changes = tuple(_change(step, command) for step, command in record["changes"])
    except (InvalidValue, KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise RunError(f"the line: {' '.join(str(error).split())[:300]}") from None
    if "path" in experiment.data.options:
        raise RunError("the line: names a file, which a line must not")
    steps = [step for step, _ in changes]
    if len(changes) > MOST_CHANGES or steps != sorted(steps) or (steps and steps[0] < 0):
        raise RunError("the line: its changes are in no order that can be")
    return Shared(experiment, changes)


def _record(line: str) -> dict[str, Any]:
    if not line.startswith(PREFIX):
        later = line.startswith("nntui") and line[5:6].isdigit()
        raise RunError(f"the line: {'made by a later nntui' if later else f'does not begin with {PREFIX}'}")
    if len(line) > LONGEST:
        raise RunError("the line: is longer than nntui makes any")
    try:
        body = line[len(PREFIX) :]
        packed = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        unfolding = zlib.decompressobj()
        content = unfolding.decompress(packed[4:], LARGEST)
        if not unfolding.eof or zlib.crc32(content) != int.from_bytes(packed[:4], "big"):
            raise ValueError
        record = read_json(content)
    except (binascii.Error, zlib.error, ValueError, Unreadable):
        raise RunError("the line: damaged; is it whole?") from None
    if not isinstance(record, dict):
        raise RunError("the line: carries no experiment")
    return record


def _change(step: Any, record: Any) -> tuple[int, Change]:
    command = commands.from_recording(record)
    if type(step) is not int or not isinstance(command, Change):
        raise ValueError("what it wants done at a step is no change")
    return step, command
