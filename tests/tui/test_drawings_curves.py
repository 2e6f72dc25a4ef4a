"""Curves over a part of the run: the same values as over all of it, exact at the cursor."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from nntui.charts import Look
from nntui.charts.line import Series
from nntui.charts.marks import Mark
from nntui.tui.drawings.curves import curve
from nntui.tui.drawings.loss import draw
from nntui.tui.drawings.pieces import change_marks
from nntui.tui.model import Model
from nntui.tui.widgets.panel import Request, View
from tests.tui.fakes import batch, begun, experiment, rows

Array = npt.NDArray[np.float64]
EPOCHS = 3000


def trained(epochs: int = EPOCHS) -> Model:
    """A run whose losses tremble."""
    of = experiment(training__epochs=epochs)
    model = Model(of)
    model.take(begun(0, of))
    went = rows(1, epochs)
    went[:, 2:4] *= np.random.default_rng(3).uniform(0.5, 1.5, (epochs, 2))
    model.take(batch(epochs, of=went))
    return model


def taken(model: Model, shown: tuple[float, float], width: int = 78, **view: object) -> Series:
    request = Request(model, (width, 18), Look.plain(), View(**view))  # type: ignore[arg-type]
    return curve(request, "train_loss", "train", "train", shown, best=True)


def between(series: Series, at: Array) -> Array:
    return np.interp(at, np.asarray(series.x, dtype=np.float64), np.asarray(series.y, dtype=np.float64))


@pytest.mark.parametrize(
    ("weight", "shown"),
    [
        *((weight, (2900.0, 3000.0)) for weight in (0.6, 0.9, 0.97, 0.99)),  # an epoch is finer than a column
        *((weight, shown) for weight in (0.97, 0.99) for shown in ((0.0, 750.0), (1000.0, 2000.0))),
    ],
)
def test_smoothing_is_the_same_however_close_one_looks(weight: float, shown: tuple[float, float]) -> None:
    model = trained()
    whole = taken(model, (0.0, float(EPOCHS)), width=3 * EPOCHS, smoothing=weight)
    part = taken(model, shown, smoothing=weight)
    at = np.linspace(shown[0] + 20, shown[1] - 20, 50)
    spread = float(np.std(np.asarray(whole.y)))
    assert np.abs(between(whole, at) - between(part, at)).max() < 0.15 * spread


@pytest.mark.parametrize("log_x", [False, True])
@pytest.mark.parametrize("shown", [(1.0, 3000.0), (40.0, 60.0), (2990.0, 3000.0)])
def test_a_curve_reaches_both_edges_of_what_is_shown(shown: tuple[float, float], log_x: bool) -> None:
    series = taken(trained(), shown, log_x=log_x)
    x = np.asarray(series.x)
    assert x[0] <= shown[0] + max(1.0, (shown[1] - shown[0]) / 80)
    assert x[-1] >= min(shown[1], EPOCHS) - (shown[1] - shown[0]) / 40
    assert (np.diff(x) > 0).all()


def test_on_a_log_axis_the_first_epochs_are_drawn_one_by_one() -> None:
    x = np.asarray(taken(trained(), (1.0, 3000.0), log_x=True).x)
    assert set(range(1, 17)) <= set(x.tolist())


def test_the_cursor_and_the_best_are_exact() -> None:
    model = trained()
    model.cursor = 1234
    series = taken(model, (0.0, float(EPOCHS)))
    assert model.history is not None
    losses = model.history.values("train_loss")
    assert series.exact == float(losses[1234])
    lowest = int(losses[1:].argmin()) + 1
    assert series.best == (lowest, float(losses[lowest]))
    assert np.isnan(model.history.at("train_loss", -1.0))


def test_marks_near_one_another_stay_apart_when_one_looks_closer() -> None:
    model = trained()
    assert change_marks(model, 100.0) == []
    assert all(isinstance(mark, Mark) for mark in change_marks(model, 10.0))


@pytest.mark.parametrize("size", [(1, 1), (20, 4), (78, 18), (300, 60)])
@pytest.mark.parametrize("spans", [(2.0, 0.0), (50.0, 100.0), (5000.0, None)])
def test_any_window_can_be_drawn(size: tuple[int, int], spans: tuple[float, float | None]) -> None:
    for log_x in (False, True):
        view = View(smoothing=0.9, log=True, log_x=log_x)
        view.zoom.span, view.zoom.start = spans
        drawing = draw(Request(trained(200), size, Look.plain(), view))
        assert [strip.cell_length for strip in drawing.rows] == [size[0]] * size[1]


@pytest.mark.parametrize("smoothing", [0.0, 0.9])
@pytest.mark.parametrize("log_x", [False, True])
def test_one_epoch_that_is_not_a_number_is_marked_among_thousands(smoothing: float, log_x: bool) -> None:
    of = experiment(training__epochs=EPOCHS)
    model = Model(of)
    model.take(begun(0, of))
    went = rows(1, EPOCHS)
    went[2345, 2] = np.nan
    model.take(batch(EPOCHS, of=went))
    request = Request(model, (78, 18), Look.plain(), View(smoothing=smoothing, log_x=log_x))
    assert sum(strip.text.count("×") for strip in draw(request).rows) == 1
