"""Each panel against the picture somebody agreed to, at the sizes it has on small, usual and large terminals.

Written anew as `tests/charts/golden.py` says.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nntui.charts import GLYPH_LEVELS, GlyphLevel, Look
from nntui.training.events import Changed
from nntui.tui.drawings.hyperparameters import listed
from nntui.tui.drawings.pieces import axis_end
from nntui.tui.drawings.weights import grid
from nntui.tui.model import Model
from nntui.tui.panels import BY_ID
from nntui.tui.tiles import places
from nntui.tui.views import OVERVIEW
from nntui.tui.widgets.panel import Drawing, Request, View
from tests.charts.golden import assert_size, check_golden
from tests.tui.fakes import STEPS, batch, begun, experiment, rows, run_started, snapshot

FOLDER = Path(__file__).parent / "golden"
TERMINALS = ((80, 24), (120, 40), (200, 60))
PANELS = OVERVIEW.panels
DRAW = {panel: BY_ID[panel].module.draw for panel in PANELS}


def told() -> Model:
    """A run of 60 epochs in which two things were changed."""
    of = experiment(schedule__name="cosine_decay")
    model = Model(of)
    model.take(begun(60, of, learning_rate=0.0045))
    model.take(
        batch(
            60,
            [
                Changed("schedule.scale", 1.0, 0.5, 20 * STEPS, 20),
                Changed("training.batch_size", 32, 16, 40 * STEPS, 40),
            ],
            step=80 * STEPS,
            learning_rate=0.0045,
        )
    )
    return model


def draw(panel: str, model: Model, size: tuple[int, int], glyphs: GlyphLevel = "braille", **view: object) -> Drawing:
    page = int(str(view.pop("page", 0)))
    drawing = DRAW[panel](Request(model, size, Look.plain(glyphs), View(**view), page))  # type: ignore[arg-type]
    assert isinstance(drawing, Drawing)
    return drawing


def text(drawing: Drawing) -> str:
    return "\n".join(strip.text for strip in drawing.rows)


@pytest.mark.parametrize("glyphs", GLYPH_LEVELS)
@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_is_the_picture_agreed_to(panel: str, glyphs: GlyphLevel) -> None:
    model = told()
    pictures = {}
    for terminal in TERMINALS:
        region = places(*terminal, OVERVIEW.tiling(*terminal))[panel]
        size = region.width - 2, region.height - 2
        drawing = draw(panel, model, size, glyphs)
        assert_size(drawing.rows, size)
        heading = f"{terminal[0]}x{terminal[1]}: {drawing.title} | {drawing.subtitle} | {drawing.pages}"
        pictures[heading] = drawing.rows
    check_golden(f"{panel}.{glyphs}", pictures, FOLDER)


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("size", [(1, 1), (2, 9), (10, 3), (38, 4), (300, 90)])
def test_any_size_any_moment(panel: str, size: tuple[int, int]) -> None:
    of = experiment()
    for model in (Model(of), told(), _only_begun(), _regression()):
        for view in ({}, {"log": True, "smoothing": 0.9}, {"page": 7}):
            drawing = draw(panel, model, size, **view)
            assert_size(drawing.rows, size)
            assert drawing.pages >= 1


def _only_begun() -> Model:
    model = Model(experiment())
    model.take(batch(0, [run_started()]))
    return model


def _regression() -> Model:
    model = Model(experiment())
    went = rows(1, 9)
    went[:, 4:6] = -50.0
    went[4] = np.nan
    went[4, :2] = 5, 5 * STEPS
    model.take(batch(9, [run_started(task="regression")], went))
    return model


def test_numbers_are_judged_by_r2() -> None:
    model = _regression()
    drawing = draw("accuracy", model, (58, 12))
    assert drawing.title == "R²"
    assert "the mean" in text(drawing)
    assert "%" not in text(drawing)


def test_what_comes_first_is_what_one_turns_first() -> None:
    model = told()
    labels = [label for label, *_ in listed(model)]
    wanted = ["rate in force", "base rate", "rate scale", "schedule", "optimizer", "batch size", "epochs",
              "hidden units", "activation", "loss", "data"]  # fmt: skip
    places = [labels.index(label) for label in wanted]
    assert places == sorted(places)
    assert places[0] == 0
    assert labels.index("l2") > places[-1]
    model.take(batch(60, [Changed("regularization.l2", 0.0, 0.01, 80 * STEPS, 60)]))
    labels = [label for label, *_ in listed(model)]
    assert labels.index("hidden units") < labels.index("l2") < labels.index("data")


def test_every_hyperparameter_is_on_some_page() -> None:
    model = told()
    for size in ((38, 5), (58, 9), (47, 54)):
        pages = draw("hyperparameters", model, size).pages
        seen = "\n".join(text(draw("hyperparameters", model, size, page=page)) for page in range(pages))
        for label, *_ in listed(model):
            assert label[:12] in seen


def test_pages_show_every_layer() -> None:
    model = told()
    hidden = (4,) * 9
    model.take(batch(60, snapshot=snapshot(hidden, dead=1, saturated=1)))
    for panel, names in (("weights", [f"hidden {n + 1}" for n in range(9)] + ["output"]),
                         ("activations", [f"hidden {n + 1}" for n in range(9)])):  # fmt: skip
        pages = draw(panel, model, (38, 7)).pages
        seen = "\n".join(text(draw(panel, model, (38, 7), page=page)) for page in range(pages))
        assert all(name in seen for name in names)


def test_what_an_activation_cannot_have_is_not_counted() -> None:
    model = told()
    known = model.snapshot
    assert known is not None
    layer = known.activations[0]
    from dataclasses import replace

    cannot = replace(layer, saturated=float("nan"))
    model.snapshot = replace(known, activations=(cannot,))
    row = next(row for row in text(draw("activations", model, (58, 11))).split("\n") if "saturated" in row)
    assert row.rstrip().endswith("n/a")


@pytest.mark.parametrize(("epochs", "total"), [(0, 10), (0.3, 200), (7, 200), (99, 100_000), (170, 200), (250, 200)])
def test_the_epoch_axis_ends_a_little_ahead(epochs: float, total: int) -> None:
    end = axis_end(epochs, total)
    assert epochs <= end <= max(1.3 * epochs, 1.0, epochs * 1.26 if epochs < 0.8 * total else total)


@pytest.mark.parametrize("count", range(1, 12))
@pytest.mark.parametrize("size", [(38, 4), (58, 8), (75, 23), (120, 40)])
def test_a_grid_shows_as_many_as_can_be_read(count: int, size: tuple[int, int]) -> None:
    columns, lines = grid(*size, count, 18, 4)
    room = max((size[0] + 1) // 19, 1) * max(size[1] // 4, 1)
    assert min(columns * lines, count) == min(count, room)
    assert (size[0] + 1) // columns - 1 >= 18
    assert size[1] // lines >= 4
