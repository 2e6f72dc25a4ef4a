"""A process that trains, changes and goes back without pause is killed at any moment: what lies on the disk goes on."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nntui.runs.branching import tree
from nntui.runs.catalogue import interrupted, list_runs
from nntui.runs.resume import resume
from nntui.runs.run import open_run
from nntui.runs.verify import first_difference
from tests.worker.test_client import ROOT, posix

PROGRAM = """
import random, sys
from pathlib import Path
from nntui.training.commands import Pause, Redo, Resume, Rewind, Undo
from tests.runs.test_exactness import CHANGES
from tests.training.runs import experiment
from tests.worker.journeys import Journey

dice = random.Random(int(sys.argv[2]))
journey = Journey(Path(sys.argv[1]), experiment(training__epochs=100_000, network__dropout=0.1))
print("begun", flush=True)
while True:
    journey.train(dice.randint(1, 60), dice.randint(1, 20))
    command = dice.choice([*CHANGES, Undo(), Redo(), Rewind(dice.randint(0, journey.session.epoch))])
    if getattr(command, "name", "") != "training.epochs":
        journey.do(command, Resume())
"""


def killed_after(runs: Path, seed: int, seconds: float) -> None:
    command = [sys.executable, "-c", PROGRAM, str(runs), str(seed)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        time.sleep(seconds)  # the moment is what is drawn
        process.send_signal(signal.SIGKILL)


def all_go_on(runs: Path) -> None:
    listed = list_runs(runs)
    assert [run.fault for run in listed if run.summary is None] == []
    assert len(interrupted(runs)) <= 1
    for run in listed:
        taken = resume(run.path)
        session = taken.session
        last = session.step + 30
        while session.step < last and session.state == "running":
            told = session.advance(7)
            taken.recorder.trained(session.take_rows(), told, 1.0)
        taken.recorder.close()
        assert first_difference(open_run(run.path)) is None
    if listed:
        assert len(tree(runs, listed[0].path.name).nodes) == len(listed)


@posix
def test_killed_once(tmp_path: Path) -> None:
    killed_after(tmp_path, 1, 0.3)
    all_go_on(tmp_path)


@posix
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(25))
def test_killed_at_any_moment(tmp_path: Path, seed: int) -> None:
    killed_after(tmp_path, seed, random.Random(seed).uniform(0, 1.5))
    all_go_on(tmp_path)
