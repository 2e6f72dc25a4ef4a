"""Recordings made by an older nntui open, replay and resume as they were."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from nntui.runs.resume import resume
from nntui.runs.rewind import at_epoch, rewind
from nntui.runs.run import open_run
from nntui.runs.sharing import read_line
from nntui.training.commands import Restart
from nntui.training.scalars import INDEX
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
