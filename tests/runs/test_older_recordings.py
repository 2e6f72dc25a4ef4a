"""Recordings made by an older nntui open, replay and resume as they were."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from nntui.experiment import Experiment
from nntui.runs.journal import NAME, read_journal, sealed
from nntui.runs.resume import resume
from nntui.runs.rewind import at_epoch, rewind
from nntui.runs.run import open_run
from nntui.runs.sharing import read_line
from nntui.training.commands import Redraw, Restart, SetWeight
from nntui.training.probing import probe_rows
from nntui.training.scalars import INDEX
from nntui.training.session import Session
from tests.runs.recordings import recorded
from tests.training.test_seeds import data_of

BEFORE_DATA_SEED = Path(__file__).with_name("before_data_seed") / "20261130-000000-old-0000"
"""Seed 7 drew its data too; it has dropout, a change of the rate and an early stop, and nothing of a validation set."""


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BEFORE_DATA_SEED, tmp_path / BEFORE_DATA_SEED.name))


def test_recording_without_data_seed_has_the_data_of_its_training_seed(recording: Path) -> None:
    run = open_run(recording)
    assert (run.experiment.data.seed, run.experiment.training.seed) == (7, 7)
    shutil.rmtree(recording / "checkpoints")  # so that all is trained again, from the beginning
    again, _ = at_epoch(run, 5).rows(run.scalars().rows)
    np.testing.assert_allclose(again, run.scalars().rows, rtol=1e-5)  # not bit for bit: it was made on another machine


def test_recording_without_data_seed_is_resumed_from_its_checkpoint(recording: Path) -> None:
    resumed = resume(recording)
    assert resumed.notes == ()
    assert resumed.session.epoch == 5
    resumed.recorder.close()
    assert open_run(recording).experiment.data.seed == 7


def test_new_seed_for_a_recording_without_data_seed_keeps_its_data(recording: Path) -> None:
    session = rewind(open_run(recording), 2)
    before = data_of(session)
    session.apply(Restart(8))
    assert (session.experiment.data.seed, session.experiment.training.seed) == (7, 8)
    assert all(np.array_equal(before[name], array) for name, array in data_of(session).items())


def test_line_without_data_seed_has_the_data_of_its_training_seed() -> None:
    shared = read_line((BEFORE_DATA_SEED.parent / "line.txt").read_text())
    assert (shared.experiment.data.seed, shared.experiment.training.seed) == (7, 7)


def test_scalars_of_an_older_version_are_read(recording: Path) -> None:
    rows = open_run(recording).scalars().rows
    assert rows.shape == (5, len(INDEX))
    assert np.isfinite(rows[:, : INDEX["seconds"] + 1]).all()


def test_recording_without_judged_on_revives_units_that_are_dead_on_the_probe_set(tmp_path: Path) -> None:
    of = Experiment().with_values({"data.name": "moons", "data.samples": 1000, "network.activation": "relu",
                                   "network.hidden": (4,), "training.epochs": 3})  # fmt: skip
    weights = on_outside_the_probe_set(Session(of))
    revived = Redraw(layer=0, units=(0,), dead=True, seed=1, judged_on="probe")
    folder = recorded(tmp_path, of, [*((5, weight) for weight in weights), (5, revived)])
    leave_out(folder, "judged_on")
    run = open_run(folder)
    assert [entry.command for entry in read_journal(folder).entries if isinstance(entry.command, Redraw)] == [revived]
    shutil.rmtree(folder / "checkpoints")
    np.testing.assert_array_equal(at_epoch(run, 3).rows(run.scalars().rows)[0], run.scalars().rows)


def on_outside_the_probe_set(session: Session) -> list[SetWeight]:
    """Weights of the first hidden unit with which it responds to one sample only, and not to one of the probe set."""
    x = session.prepared.train_x.astype(np.float64)
    probed = probe_rows(len(x), len(session.network.parameters))
    for row in np.setdiff1d(np.arange(len(x)), probed):
        first, second = np.sort(x @ x[row])[[-1, -2]]
        if x[row] @ x[row] == first > second:
            values = (*x[row], -(first + second) / 2)
            return [SetWeight(0, 0, source, float(value)) for source, value in zip((0, 1, -1), values, strict=True)]
    raise AssertionError("the extreme samples are all in the probe set")


def leave_out(folder: Path, name: str) -> None:
    """Write the journal as if commands had no field of that name."""
    lines = [json.loads(line) for line in (folder / NAME).read_bytes().splitlines()]
    without = [{key: value for key, value in line.items() if key not in (name, "sum")} for line in lines]
    (folder / NAME).write_bytes(b"".join(map(sealed, without)))
