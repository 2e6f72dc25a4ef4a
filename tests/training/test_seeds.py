"""What each seed draws: data.seed the samples and the split, training.seed everything else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nntui.data.registry import DATASETS
from nntui.experiment import Experiment
from nntui.training.commands import Restart
from nntui.training.events import RunStarted
from nntui.training.session import Session
from tests.training.runs import assert_same

FILES = ("csv", "parquet")
DRAWN = tuple(name for name, entry in DATASETS.items() if entry.rows is None and name not in FILES)


def table_of(folder: Path, kind: str) -> str:
    """The path of a table of 60 rows, two inputs and a class."""
    rng = np.random.default_rng(1)
    columns: dict[str, Any] = {"a": rng.random(60), "b": rng.random(60), "kind": ["x", "y"] * 30}
    file = folder / f"table.{kind}"
    if kind == "parquet":
        pyarrow = pytest.importorskip("pyarrow")
        parquet = pytest.importorskip("pyarrow.parquet")
        parquet.write_table(pyarrow.table(columns), file)
    else:
        rows = zip(*columns.values(), strict=True)
        file.write_text("a,b,kind\n" + "".join(f"{a},{b},{kind}\n" for a, b, kind in rows))
    return str(file)


def run(folder: Path, name: str, **values: Any) -> Session:
    """A short run on this data set, with all that is drawn by chance switched on."""
    changes: dict[str, Any] = {
        "data.name": name, "network.hidden": (5,), "network.dropout": 0.2, "regularization.input_noise": 0.1,
        "training.epochs": 2, **values,
    }  # fmt: skip
    if name in FILES:
        changes["data.path"] = table_of(folder, name)
    return Session(Experiment().with_values(changes))


def data_of(session: Session) -> dict[str, Any]:
    prepared, split = session.prepared, session.prepared.split
    return {
        "train_x": prepared.train_x, "train_y": prepared.train_y, "test_x": prepared.test_x, "test_y": prepared.test_y,
        "train_index": split.train_index, "test_index": split.test_index, "mean": split.mean, "std": split.std,
    }  # fmt: skip


@pytest.mark.parametrize("name", DATASETS)
def test_training_seed_keeps_data_and_split(name: str, tmp_path: Path) -> None:
    one, other = (run(tmp_path, name, **{"training.seed": seed}) for seed in (3, 4))
    assert_same(data_of(one), data_of(other))
    assert not np.array_equal(one.start_parameters, other.start_parameters)
    generators = [session.state_dict()["loop"]["generators"] for session in (one, other)]
    assert all(generators[0][name] != generators[1][name] for name in generators[0])


@pytest.mark.parametrize("name", DATASETS)
def test_data_seed_keeps_weights_order_dropout_and_noise(name: str, tmp_path: Path) -> None:
    one, other = (run(tmp_path, name, **{"data.seed": seed}) for seed in (3, 4))
    assert one.start_parameters.tobytes() == other.start_parameters.tobytes()
    generators = [session.state_dict()["loop"]["generators"] for session in (one, other)]
    assert generators[0] == generators[1]
    assert not np.array_equal(one.prepared.train_x, other.prepared.train_x)
    first, second = (session.prepared.split.dataset.inputs for session in (one, other))
    assert np.array_equal(first, second) == (name not in DRAWN)  # of a table, only the split changes


def test_restart_with_a_new_seed_keeps_data() -> None:
    session = Session(Experiment().with_values({"data.name": "moons", "data.seed": 5}))
    before = data_of(session)
    session.advance(10)
    (started,) = session.apply(Restart(7))
    assert isinstance(started, RunStarted)
    assert (started.experiment["training"]["seed"], started.experiment["data"]["seed"]) == (7, 5)
    assert_same(data_of(session), before)
