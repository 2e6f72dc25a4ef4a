"""A validation set decides when to stop, which epoch is best and what a plateau is; the test set only reports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nntui.data.errors import DataError
from nntui.data.loading import load
from nntui.data.registry import DATASETS
from nntui.data.splitting import Split, split
from nntui.experiment import Experiment, InvalidValue
from nntui.nn.evaluate import evaluate
from nntui.runs.comparing import record_of, result_of, settled
from nntui.runs.export.table import csv
from nntui.runs.export.tensorboard import scalars as tensorboard
from nntui.runs.run import open_run
from nntui.runs.seeds import Course, row_of
from nntui.runs.summary import read_summary
from nntui.runs.verify import first_difference
from nntui.training.events import RunEnded, from_json, to_json
from nntui.training.scalars import COLUMNS, INDEX, Rows, deciding_set, epoch_ended
from nntui.training.session import Session
from tests.runs.recordings import recorded
from tests.training.runs import experiment

BUNDLED_AND_DRAWN = tuple(name for name in DATASETS if name not in ("csv", "parquet"))


def parts(name: str, test_share: float, validation_share: float, **options: Any) -> Split:
    dataset = load(name, np.random.default_rng(0), **options)
    return split(dataset, np.random.default_rng(1), test_share, validation_share=validation_share)


@pytest.mark.parametrize("shares", [(0.25, 0.25), (0.1, 0.6), (0.5, 0.01)])
@pytest.mark.parametrize("name", BUNDLED_AND_DRAWN)
def test_every_row_is_in_one_set_and_classes_have_the_same_shares(name: str, shares: tuple[float, float]) -> None:
    found, without = parts(name, *shares), parts(name, shares[0], 0.0)
    every = np.concatenate([found.train_index, found.validation_index, found.test_index])
    assert np.array_equal(np.sort(every), np.arange(len(found.dataset)))
    assert np.array_equal(found.test_index, without.test_index)
    assert len(without.validation_index) == 0
    for index, share in ((found.validation_index, shares[1]), (found.test_index, shares[0])):
        assert abs(len(index) - share * len(every)) <= 1
        if found.dataset.labels is not None:
            counts = np.bincount(found.dataset.labels)
            assert (np.abs(np.bincount(found.dataset.labels[index], minlength=len(counts)) - share * counts) <= 1).all()
    inputs = found.dataset.inputs
    assert np.allclose(found.mean, inputs[found.train_index].mean(axis=0))  # of the training set alone
    assert np.allclose(found.validation_inputs, (inputs[found.validation_index] - found.mean) / found.std)


def table(tmp_path: Path, rows: str) -> str:
    file = tmp_path / "table.csv"
    file.write_text("x,y,kind\n" + rows)
    return str(file)


@pytest.mark.parametrize("kind", ["classes", "numbers"])
def test_four_rows_suffice_for_three_sets(tmp_path: Path, kind: str) -> None:
    names = ("a", "a", "b", "b") if kind == "classes" else ("0.5", "1.5", "2.5", "3.5")
    path = table(tmp_path, "".join(f"{index},{index % 3},{name}\n" for index, name in enumerate(names)))
    found = parts("csv", 0.25, 0.25, path=path)
    assert (len(found.train_index), len(found.validation_index), len(found.test_index)) == (2, 1, 1)


def test_too_few_rows_for_a_validation_set_are_refused(tmp_path: Path) -> None:
    path = table(tmp_path, "1,2,0.5\n2,3,1.5\n")
    with pytest.raises(DataError, match="2 rows are too few to keep one for the validation set"):
        parts("csv", 0.25, 0.25, path=path)


@pytest.mark.parametrize(("test", "validation"), [(0.5, 0.5), (0.75, 0.3), (0.2, 0.99)])
def test_shares_that_leave_nothing_to_train_on_are_refused(test: float, validation: float) -> None:
    with pytest.raises(InvalidValue, match=r"validation_share: .* leave nothing to train on; allowed is value < "):
        Experiment().with_values({"data.test_share": test, "data.validation_share": validation})


STOPPING = {
    "data.samples": 120, "data.noise": 0.4, "data.validation_share": 0.25, "network.hidden": (24,),
    "optimizer.name": "adam", "optimizer.learning_rate": 0.03, "training.patience": 6, "training.epochs": 300,
}  # fmt: skip


def stopping(**values: Any) -> Experiment:
    return experiment().with_values({**STOPPING, **{name.replace("__", "."): value for name, value in values.items()}})


def trained(of: Experiment) -> tuple[Session, Rows, list[RunEnded]]:
    session, ended = Session(of), []
    rows = []
    while session.state == "running":
        ended += [event for event in session.advance(1000) if isinstance(event, RunEnded)]
        rows.append(session.take_rows())
    return session, np.concatenate(rows), ended


@pytest.mark.parametrize("data", ["moons", "waves"])
@pytest.mark.parametrize("seed", range(3))
def test_validation_loss_stops_the_run_and_picks_its_weights(data: str, seed: int) -> None:
    session, rows, (ended,) = trained(stopping(data__name=data, training__seed=seed))
    losses = rows[:, INDEX["validation_loss"]]
    best = int(np.argmin(losses))
    assert ended.reason == "early_stopped"
    assert len(losses) == best + 1 + 6
    assert ended.restored_epoch == best + 1
    prepared = session.prepared
    loss, score = evaluate(session.network, session.loss, prepared.validation_x, prepared.validation_y)
    assert (loss, score) == pytest.approx((losses[best], rows[best, INDEX["validation_score"]]))
    tested, _ = evaluate(session.network, session.loss, prepared.test_x, prepared.test_y)
    assert tested == pytest.approx(rows[best, INDEX["test_loss"]])


def test_without_a_validation_set_the_test_loss_decides() -> None:
    _, rows, (ended,) = trained(stopping(data__validation_share=0.0))
    assert ended.restored_epoch == int(np.argmin(rows[:, INDEX["test_loss"]])) + 1
    assert np.isnan(rows[:, INDEX["validation_loss"]]).all()
    assert deciding_set(rows) == "test"


def test_plateaus_are_those_of_the_validation_loss() -> None:
    plateau = {"schedule__name": "reduce_on_plateau", "schedule__patience": 3, "training__patience": 0}
    _, rows, _ = trained(stopping(training__epochs=80, **plateau))
    rates, losses = rows[:, INDEX["learning_rate"]], rows[:, INDEX["validation_loss"]]
    drops = np.flatnonzero(np.diff(rates) < 0)
    assert len(drops)
    assert losses[: drops[0] + 1].min() < losses[drops[0] - 2 : drops[0] + 1].min()  # not better for three epochs


def test_figures_of_the_validation_set_are_in_events_only_if_there_is_one() -> None:
    for share, there in ((0.25, True), (0.0, False)):
        session, rows, _ = trained(stopping(data__validation_share=share, training__epochs=2))
        rows[:, INDEX["seconds"]] = 1.0
        event = to_json(epoch_ended(rows[0], "classification"))
        assert ("validation_loss" in event, "validation_accuracy" in event) == (there, there)
        assert from_json(event) == epoch_ended(rows[0], "classification")
        row = np.array(row_of(event))
        assert np.array_equal(row, rows[0], equal_nan=True)
        started = session.started()
        assert (started.validation_samples > 0, started.validation_loss == started.validation_loss) == (there, there)


def test_recording_replays_exactly_and_its_best_is_that_of_the_validation_set(tmp_path: Path) -> None:
    folder = recorded(tmp_path, stopping())
    run = open_run(folder)
    rows = run.scalars().rows
    assert first_difference(run) is None
    best = int(np.argmin(rows[:, INDEX["validation_loss"]]))
    summary = read_summary(folder)
    assert summary.decided_by == "validation"
    assert summary.best_loss == rows[best, INDEX["validation_loss"]]
    assert summary.last_loss == pytest.approx(rows[best, INDEX["test_loss"]])  # of the weights put back
    result = result_of(settled(rows), best + 1)
    assert (result.best_epoch, result.best_loss) == (best + 1, rows[best, INDEX["validation_loss"]])
    record = record_of({name: getattr(result, name) for name in result.__slots__}, "classification")
    assert record["test_loss_at_best"] == rows[best, INDEX["test_loss"]]
    assert record["best_validation_loss"] == result.best_loss
    assert "best_test_loss" not in record
    course = Course()
    for row in rows.tolist():
        course.add(tuple(row))
    assert result_of(course.rows()).best_epoch == best + 1


def test_exports_have_validation_columns_only_if_there_is_a_validation_set() -> None:
    for share, there in ((0.25, True), (0.0, False)):
        _, rows, _ = trained(stopping(data__validation_share=share, training__epochs=3))
        names = next(csv(rows, "classification")).strip().split(",")
        assert names == [name.replace("score", "accuracy") for name in COLUMNS[: 10 if there else 8]]
        assert (b"validation/loss" in b"".join(tensorboard(rows, "accuracy", 0.0))) == there
