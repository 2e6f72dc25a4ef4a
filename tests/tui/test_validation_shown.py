"""The charts show which set decides: the validation set, or else the test set, if anything is decided."""

from __future__ import annotations

from typing import Any

import pytest

from nntui.charts import Look
from nntui.training.scalars import INDEX
from nntui.tui.drawings import accuracy, loss
from nntui.tui.model import Model
from nntui.tui.widgets.panel import Request, View
from tests.tui.fakes import batch, experiment, rows, run_started

EPOCHS = 60
BEST = 20


def model(*, validation: bool = False, **values: Any) -> Model:
    """A run after 60 epochs; its validation loss is lowest at epoch 20, its test loss at the end."""
    result = Model(experiment(**values))
    figures = rows(1, EPOCHS)
    if validation:
        epochs = figures[:, INDEX["epoch"]]
        figures[:, INDEX["validation_loss"]] = 0.3 + abs(epochs - BEST) / 100
        figures[:, INDEX["validation_score"]] = 0.9 - abs(epochs - BEST) / 100
    held_out = {"validation_samples": 60, "validation_loss": 0.8, "validation_score": 0.5} if validation else {}
    result.take(batch(EPOCHS, [run_started(experiment(**values), **held_out)], figures))
    return result


def said(of: Model, panel: Any, width: int) -> str:
    """The legend and the frame's words."""
    drawing = panel.draw(Request(of, (width, 10), Look(), View()))
    return f"{drawing.rows[0].text} {drawing.subtitle}"


@pytest.mark.parametrize("panel", [loss, accuracy])
@pytest.mark.parametrize("width", [38, 58, 120])
def test_validation_set_has_its_curve_and_the_best_epoch(panel: Any, width: int) -> None:
    text = said(model(validation=True, training__patience=5), panel, width)
    assert all(name in text for name in ("train", "valid", "test", "◆ best valid"))
    assert "steers" not in text
    if width >= 58:
        assert f"epoch {BEST}" in text


@pytest.mark.parametrize("panel", [loss, accuracy])
@pytest.mark.parametrize(
    ("values", "decides"),
    [
        ({"training__patience": 5}, "stopping"),
        ({"schedule__name": "reduce_on_plateau"}, "rate"),
        ({"schedule__name": "reduce_on_plateau", "training__patience": 5}, "stopping and rate"),
    ],
)
def test_test_set_that_decides_is_called_so(panel: Any, values: dict[str, Any], decides: str) -> None:
    assert f"test (steers {decides})" in said(model(**values), panel, 120)
    assert "test (steers)" in said(model(**values), panel, 38)


@pytest.mark.parametrize("panel", [loss, accuracy])
@pytest.mark.parametrize("width", [38, 120])
def test_test_set_that_decides_nothing_is_just_the_test_set(panel: Any, width: int) -> None:
    text = said(model(), panel, width)
    assert "◆ best test" in text
    assert not any(word in text for word in ("steers", "valid"))


def test_names_stay_whole_beside_a_cursor() -> None:
    of = model(validation=True)
    of.cursor = 10
    text = said(of, loss, 38)
    assert all(name in text for name in ("train", "valid", "test"))
