"""A recording that grows is read on from where it was read last, and is what reading all of it would be."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from nntui.runs import journal, scalars
from nntui.runs.errors import RunError
from nntui.runs.recorder import record
from nntui.runs.run import open_run
from nntui.training.commands import Set
from nntui.training.session import Session
from tests.runs.recordings import Clock, play
from tests.training.runs import experiment


def growing(folder: Path) -> Path:
    """A recording of some epochs, with a change."""
    session = Session(experiment(training__epochs=9))
    recorder = record(folder, session, clock=Clock(0.3))
    play(session, recorder, [(10, Set("schedule.scale", 0.5))])
    recorder.close()
    return recorder.folder


def pieces(path: Path, seed: int) -> Iterator[None]:
    """Write the file again piece by piece, its first line at once; go on after each."""
    content, dice = path.read_bytes(), np.random.default_rng(seed)
    first = content.index(b"\n") + 1
    cuts = sorted({first, *dice.integers(first, len(content), 12).tolist(), len(content)})
    path.write_bytes(content[:first])
    yield
    for start, end in pairwise(cuts):
        with path.open("ab") as file:
            file.write(content[start:end])
        yield


@pytest.mark.parametrize("seed", range(4))
def test_journal_read_on_is_what_reading_all_finds_at_any_cut(tmp_path: Path, seed: int) -> None:
    folder, before = growing(tmp_path), None
    for _ in pieces(folder / journal.NAME, seed):
        before = journal.read_journal(folder, before)
        assert before == journal.read_journal(folder)


@pytest.mark.parametrize("seed", range(4))
def test_scalars_read_on_are_what_reading_all_finds_at_any_cut(tmp_path: Path, seed: int) -> None:
    folder, before = growing(tmp_path), None
    for _ in pieces(folder / scalars.NAME, seed):
        before, whole = scalars.read_scalars(folder, before), scalars.read_scalars(folder)
        np.testing.assert_array_equal(before.rows, whole.rows)
        assert (before.size, before.dropped) == (whole.size, whole.dropped)


@pytest.mark.parametrize("name", [journal.NAME, scalars.NAME])
def test_what_was_read_is_not_read_again_unless_the_file_is_another(tmp_path: Path, name: str) -> None:
    folder = growing(tmp_path)
    run = open_run(folder)
    known = run.scalars()
    path, content = folder / name, (folder / name).read_bytes()
    spoiled = content[:40] + bytes([content[40] ^ 1]) + content[41:]
    with path.open("r+b") as file:  # the same file: a reader of all of it would see the damage
        file.write(spoiled)
    assert run.read_on() is run
    assert run.scalars(known).rows is known.rows
    (folder / "other").write_bytes(spoiled)
    (folder / "other").replace(path)
    with pytest.raises(RunError):
        run.read_on() if name == journal.NAME else run.scalars(known)
