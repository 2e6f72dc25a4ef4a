"""A journal whose lines are whole, with checksums, and say what cannot be: an error of one line, whatever reads it."""

from __future__ import annotations

import json
import math
import zlib
from pathlib import Path
from typing import Any

import pytest

from nntui.cli import main
from nntui.runs.journal import NAME
from nntui.training.commands import Set
from tests.runs.recordings import recorded
from tests.training.runs import experiment

ABSURD = [None, True, -1, 10**40, math.inf, "\x1b[31m", [1], {"a": 1}]


def sealed(record: dict[str, Any]) -> bytes:
    """A line as nntui writes it, but also with numbers that it never writes."""
    body = json.dumps(record).encode()
    return body[:-1] + b', "sum": %d}\n' % zlib.crc32(body)


def scrambled(folder: Path, kind: str, name: str, value: object) -> None:
    """Give one field of the first line of this kind another value, and the line a right checksum."""
    records = [json.loads(line) for line in (folder / NAME).read_bytes().splitlines()]
    for record in records:
        del record["sum"]
    next(record for record in records if kind in (record.get("event"), record.get("command")))[name] = value
    (folder / NAME).write_bytes(b"".join(map(sealed, records)))


@pytest.mark.parametrize("value", ABSURD)
@pytest.mark.parametrize(
    ("kind", "name"), [("changed", "name"), ("changed", "new"), ("set", "name"), ("set", "value"), ("set", "step")]
)
def test_it_is_told_in_one_line(
    tmp_path: Path, kind: str, name: str, value: object, capfd: pytest.CaptureFixture[str]
) -> None:
    run = recorded(tmp_path / "runs", experiment(training__epochs=4), [(9, Set("schedule.scale", 0.5))])
    scrambled(run, kind, name, value)
    for words in (
        ("runs",), ("compare", run.name, run.name), ("export", run.name, "--to", "preset"), ("share", run.name),
        ("replay", run.name, "--verify"), ("resume", run.name, "--headless", "--epochs", "5"),
    ):  # fmt: skip
        status = main([*words, "--runs", str(run.parent)])
        said = capfd.readouterr()
        assert status in (0, 1, 2)
        assert status != 2 or said.err.count("\n") == 1
        assert "\x1b" not in said.out + said.err
