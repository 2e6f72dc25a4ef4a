"""Runs beside one another: bands, results, and what differs in their settings."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nntui.runs.comparing import BYS, By, band, curve, differing, open_compared, quartiles, result_of, settled
from nntui.training.commands import Set
from nntui.training.scalars import COLUMNS, INDEX, Rows
from tests.runs.recordings import recorded
from tests.training.runs import experiment


def rows_of(losses: list[float], per_epoch: int = 10, first: int = 1, seconds: float = 0.5) -> Rows:
    rows = np.zeros((len(losses), len(COLUMNS)))
    rows[:, [INDEX["validation_loss"], INDEX["validation_score"]]] = np.nan
    rows[:, INDEX["epoch"]] = first + np.arange(len(losses))
    rows[:, INDEX["step"]] = per_epoch * rows[:, INDEX["epoch"]]
    rows[:, INDEX["test_loss"]] = losses
    rows[:, INDEX["seconds"]] = seconds * rows[:, INDEX["epoch"]]
    return rows


def test_a_band_is_the_quartiles_that_numpy_finds() -> None:
    losses = np.random.default_rng(3).random((7, 40))
    found = band([rows_of(row.tolist()) for row in losses])
    np.testing.assert_array_equal(found.x, np.arange(1, 41))
    for drawn, share in ((found.q25, 0.25), (found.median, 0.5), (found.q75, 0.75)):
        np.testing.assert_allclose(drawn, np.quantile(losses, share, axis=0), rtol=1e-12)


def test_a_band_tells_of_the_runs_that_got_there() -> None:
    found = band([rows_of([3.0, 2.0, 1.0]), rows_of([5.0, 4.0])])
    np.testing.assert_allclose(found.median, [4.0, 3.0, 1.0])
    np.testing.assert_allclose(found.q25, [3.5, 2.5, 1.0])


def test_runs_with_other_batch_sizes_meet_at_the_same_step() -> None:
    coarse, fine = rows_of([6.0, 2.0], per_epoch=20), rows_of([6.0, 4.0, 2.0, 0.0], per_epoch=10)
    found = band([coarse, fine], by="step")
    assert (found.x[0], found.x[-1]) == (10, 40)
    at = {int(x): median for x, median in zip(found.x, found.median, strict=True)}
    assert at[10] == 6.0  # of the fine one alone
    assert at[20] == pytest.approx((6.0 + 4.0) / 2)
    assert at[30] == pytest.approx((4.0 + 2.0) / 2)


def test_a_run_whose_loss_is_no_number_counts_as_the_worst() -> None:
    runs = [rows_of([1.0, 1.0]), rows_of([2.0, float("nan")]), rows_of([3.0, float("inf")])]
    found = band(runs)
    assert found.median.tolist() == [2.0, float("inf")]
    assert found.q25[1] == float("inf")
    assert band(runs[:2]).q25[0] == 1.25


@pytest.mark.parametrize("by", BYS)
def test_bands_of_nothing_of_one_point_and_of_very_long_runs(by: By) -> None:
    assert len(band([], by=by).x) == 0
    assert len(band([rows_of([])], by=by).x) == 0
    assert band([rows_of([2.0])], by=by).median.tolist() == [2.0]
    long = [rows_of([1.0] * 50_000), rows_of([2.0] * 30_000, per_epoch=7)]
    found = band(long, by=by)
    assert len(found.x) <= 2000
    assert found.median[-1] == 1.0


def test_damaged_times_do_not_matter() -> None:
    rows = rows_of([3.0, 2.0, 1.0])
    rows[1, INDEX["seconds"]] = np.nan
    rows[2, INDEX["seconds"]] = -1.0
    assert np.isfinite(band([rows], by="seconds").median).all()


def test_epochs_that_were_trained_again_count_once() -> None:
    twice = np.concatenate([rows_of([5.0, 4.0, 9.0]), rows_of([3.0, 2.0], first=2)])
    assert curve(settled(twice))[0].tolist() == [1, 2, 3]
    assert curve(settled(twice))[1].tolist() == [5, 3, 2]
    whole = rows_of([1.0, 2.0])
    assert settled(whole) is whole


def test_results_are_the_last_and_the_best_epoch() -> None:
    rows = rows_of([3.0, 1.0, float("nan"), 2.0])
    rows[:, INDEX["test_score"]] = [0.1, 0.7, 0.9, 0.8]
    found = result_of(rows)
    assert (found.epochs, found.steps, found.seconds) == (4, 40, 2.0)
    assert (found.final_loss, found.best_loss, found.best_epoch) == (2.0, 1.0, 2)
    assert (found.final_score, found.best_score) == (0.8, 0.7)  # of the epoch of the best loss
    assert result_of(rows_of([])).best_loss is None
    assert result_of(rows_of([float("nan")])).best_epoch is None


def test_quartiles_leave_out_what_is_no_number() -> None:
    assert quartiles([4.0, None, 1.0, 2.0, float("inf"), 3.0]) == (1.75, 2.5, 3.25)
    assert quartiles([None]) is None


def test_settings_that_differ_as_started_and_as_tuned(tmp_path: Path) -> None:
    plain = recorded(tmp_path, experiment(training__epochs=4))
    tuned = recorded(tmp_path, experiment(training__epochs=4), [(9, Set("schedule.scale", 0.5))])
    other = recorded(tmp_path, experiment(training__epochs=4, optimizer__name="adam", network__hidden=(3,)))
    found = {one.name: one for one in differing([open_compared(folder) for folder in (plain, tuned, other)])}
    assert found["schedule.scale"].started == (1.0, 1.0, 1.0)
    assert found["schedule.scale"].tuned == (1.0, 0.5, 1.0)
    assert found["optimizer.name"].started == ("sgd", "sgd", "adam")
    assert found["network.hidden"].tuned == ((6, 5), (6, 5), (3,))
    assert found["optimizer.beta1"].started[0] is None
    assert "training.seed" not in found
    assert differing([open_compared(plain), open_compared(plain)]) == []


ABSURD = [1e300, -1e300, math.inf, -math.inf, math.nan, 0.0, 1e-320, -5.0, 1e38, 3.0]


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_whatever_stands_in_the_rows_there_is_a_band(data: st.DataObject) -> None:
    runs = []
    for _ in range(data.draw(st.integers(1, 3))):
        rows = rows_of([1.0] * data.draw(st.integers(0, 12)))
        for _ in range(data.draw(st.integers(0, 12)) if len(rows) else 0):
            row, column = data.draw(st.integers(0, len(rows) - 1)), data.draw(st.integers(0, len(COLUMNS) - 1))
            counts = st.sampled_from([1.0, 2.0, 7.0, 2.0**52])
            rows[row, column] = data.draw(counts if column < 2 else st.sampled_from(ABSURD))
        runs.append(rows)
    for by in BYS:
        found = band(runs, by)
        assert len({len(part) for part in found}) == 1
        assert (np.diff(found.x) >= 0).all()
        known = ~np.isnan(found.median)
        assert (found.q25[known] <= found.median[known]).all()
        assert (found.median[known] <= found.q75[known]).all()
    for rows in runs:
        assert result_of(settled(rows)).epochs >= 0
