"""The panels of the views Layers and Neurons: the pictures agreed to, and what they say in every case.

Written anew as `tests/charts/golden.py` says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.cells import cell_len

from nntui.charts import GLYPH_LEVELS, GlyphLevel, Look
from nntui.training.snapshot import DEAD
from nntui.tui.drawings import chosen, selecting
from nntui.tui.model import Model
from nntui.tui.neuron_actions import selected_weight
from nntui.tui.panels import BY_ID
from nntui.tui.tiles import places
from nntui.tui.views import LAYERS, NEURONS
from nntui.tui.widgets.panel import Drawing, Request, View
from tests.charts.golden import assert_size, check_golden
from tests.tui import inside
from tests.tui.fakes import batch, begun, experiment, run_started

FOLDER = Path(__file__).parent / "golden"
TERMINALS = ((80, 24), (120, 40), (200, 60))
DEEP = (32,) * 10 + (3,)
PANELS = (*LAYERS.panels, *NEURONS.panels)
CASES: dict[str, tuple[str, str, Callable[[], Any], int, int]] = {
    # heading: panel, quantity, record, variant, page
    "weights-over-time": ("weights-over-time", "trends", inside.trends, 0, 0),
    "weights-over-time ridges": ("weights-over-time", "trends", inside.trends, 1, 0),
    "weights-over-time biases": ("weights-over-time", "trends", inside.trends, 2, 0),
    "weights-over-time deep": ("weights-over-time", "trends", lambda: inside.trends(DEEP), 0, 1),
    "gradients": ("gradients", "trends", inside.trends, 0, 0),
    "gradients now": ("gradients", "trends", inside.trends, 1, 0),
    "gradients deep": ("gradients", "trends", lambda: inside.trends(DEEP), 0, 2),
    "update-ratio": ("update-ratio", "trends", inside.trends, 0, 0),
    "update-ratio deep": ("update-ratio", "trends", lambda: inside.trends(DEEP), 0, 3),
    "gradient-flow": ("gradient-flow", "trends", inside.trends, 0, 0),
    "gradient-flow vanishing": ("gradient-flow", "trends", lambda: inside.trends(DEEP, decay=0.1), 0, 0),
    "gradient-flow exploding": ("gradient-flow", "trends", lambda: inside.trends(DEEP, decay=5.0), 0, 0),
    "gradient-flow one layer": ("gradient-flow", "trends", lambda: inside.trends((1,)), 0, 0),
    "activation-spread": ("activation-spread", "trends", inside.trends, 0, 0),
    "activation-spread shares": ("activation-spread", "trends", inside.trends, 1, 0),
    "activation-spread by layer": ("activation-spread", "trends", inside.trends, 2, 0),
    "activation-spread by layer deep": ("activation-spread", "trends", lambda: inside.trends(DEEP), 2, 0),
    "activation-spread deep": ("activation-spread", "trends", lambda: inside.trends(DEEP), 0, 2),
    "diagram": ("diagram", "network", inside.network, 0, 0),
    "diagram wide": ("diagram", "network", lambda: inside.network((64, 128, 64, 10), 64), 0, 0),
    "diagram deep": ("diagram", "network", lambda: inside.network(DEEP), 0, 0),
    "diagram one unit": ("diagram", "network", lambda: inside.network((1,), 1), 0, 0),
    "units": ("units", "network", inside.network, 0, 0),
    "units wide": ("units", "network", lambda: inside.network((64, 128, 64, 10), 64), 0, 0),
    "units deep": ("units", "network", lambda: inside.network(DEEP), 0, 0),
    "neuron": ("neuron", "neuron", inside.neuron, 0, 0),
    "neuron outgoing": ("neuron", "neuron", inside.neuron, 1, 0),
    "neuron history": ("neuron", "neuron", inside.neuron, 2, 0),
    "neuron of many": ("neuron", "neuron", lambda: inside.neuron(1, 70, 64, 128, 64), 0, 0),
    "neuron output": ("neuron", "neuron", lambda: inside.neuron(2, 1, 8, 2, 0, after="", score_without=np.nan), 1, 0),
    "neuron-curve": ("neuron-curve", "neuron", inside.neuron, 0, 0),
    "neuron-map": ("neuron-map", "neuron_map", inside.plane_map, 0, 0),
    "neuron-map image": ("neuron-map", "neuron_map", inside.image_map, 0, 0),
    "neuron-map features": ("neuron-map", "neuron_map", inside.feature_map, 0, 0),
}


def model_of(sizes: tuple[int, ...] = (2, 16, 8, 2), **insights: Any) -> Model:
    of = experiment()
    model = Model(of)
    model.take(batch(60, [run_started(of, layer_sizes=sizes)], snapshot=inside.looked_inside(**insights)))
    model.chosen.unit = 3
    return model


def draw(panel: str, model: Model, size: tuple[int, int], glyphs: GlyphLevel = "braille", **way: int) -> Drawing:
    request = Request(model, size, Look.plain(glyphs), View(), way.get("page", 0), way.get("variant", 0))
    drawing = BY_ID[panel].module.draw(request)
    assert isinstance(drawing, Drawing)
    assert_size(drawing.rows, size)
    return drawing


def text(drawing: Drawing) -> str:
    return "\n".join(strip.text for strip in drawing.rows)


@pytest.mark.parametrize("glyphs", GLYPH_LEVELS)
@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_is_the_picture_agreed_to(panel: str, glyphs: GlyphLevel) -> None:
    pictures = {}
    view = LAYERS if panel in LAYERS.panels else NEURONS
    for heading, (name, quantity, make, variant, page) in CASES.items():
        if name != panel:
            continue
        for width, height in TERMINALS:
            region = places(width, height, view.tiling(width, height))[panel]
            size = region.width - 2, region.height - 2
            drawing = draw(panel, model_of(**{quantity: make()}), size, glyphs, variant=variant, page=page)
            said = f"{drawing.title} | {drawing.subtitle} | {drawing.pages}, {drawing.variants}"
            pictures[f"{heading} {width}x{height}: {said}"] = drawing.rows
    check_golden(f"{panel}.{glyphs}", pictures, FOLDER)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("size", [(1, 1), (2, 9), (10, 3), (24, 4), (38, 5), (300, 90)])
def test_any_size_in_any_look(case: str, size: tuple[int, int]) -> None:
    panel, quantity, make, variant, page = CASES[case]
    model = model_of(**{quantity: make()})
    for look in (Look.plain("ascii"), Look.plain("block"), Look()):
        request = Request(model, size, look, View(), page, variant)
        assert_size(BY_ID[panel].module.draw(request).rows, size)


@pytest.mark.parametrize("panel", PANELS)
def test_before_anything_is_measured_the_panels_say_so(panel: str) -> None:
    model = Model(experiment())
    assert "starting" in text(draw(panel, model, (50, 10)))
    model.take(begun(3))
    assert "measuring" in text(draw(panel, model, (50, 10)))
    assert BY_ID[panel].module.facts(model) == {}


@pytest.mark.parametrize("panel", PANELS)
def test_facts_have_numbers(panel: str) -> None:
    facts = BY_ID[panel].module.facts(model_of())
    assert facts
    assert any(character.isdigit() for value in facts.values() for character in value)


@pytest.mark.parametrize(
    ("decay", "said"),
    [(0.9, "Steady"), (0.1, "Vanishing: hidden 1 gets 1/1,000,000,0"), (0.3, "Vanishing"), (4.0, "Exploding")],
)
def test_the_flow_is_said_in_words(decay: float, said: str) -> None:
    model = model_of(trends=inside.trends(DEEP, decay=decay))
    shown = text(draw("gradient-flow", model, (78, 18))).split("\n")[0]
    assert said.split(":")[0] in shown
    if decay == 0.1:
        assert "hidden 10" in shown


def test_the_flow_of_an_earlier_epoch_is_shown_when_that_is_looked_at() -> None:
    model = model_of()
    now = draw("gradient-flow", model, (60, 8))
    model.cursor = 1
    model.past = replace(inside.looked_inside(), epoch=1, step=45)
    then = draw("gradient-flow", model, (60, 8))
    assert text(now) != text(then)
    assert "measured at epoch 0" in then.title  # the last one in the log
    measured = inside.trends()
    measured.steps[20] = 45
    model.past = replace(inside.looked_inside(trends=measured), epoch=1, step=45)
    assert "measured at epoch 1" in draw("gradient-flow", model, (60, 8)).title


@pytest.mark.parametrize("panel", ["weights-over-time", "gradients", "update-ratio", "activation-spread"])
def test_restored_weights_are_not_drawn_at_the_last_epoch(panel: str) -> None:
    """The tick taken once weights of epoch 30 were put back stands for epoch 60, which had others, and no step led
    to it."""
    measured = inside.trends()
    measured.percentiles[:, -1], measured.mean[:, -1] = 1.234, 0.777
    measured.gradient_norm[:, -1] = measured.update_ratio[:, -1] = np.nan
    last = measured.steps[-1]
    per_tick = {
        name: getattr(measured, name)[:, :-1]
        for name in ("density", "percentiles", "bias_percentiles", "gradient_norm", "update_ratio", "mean", "std",
                     "signal", "dead", "saturated")
    }  # fmt: skip
    without = replace(measured, steps=measured.steps[:-1], **per_tick)
    restored, before = model_of(trends=measured), model_of(trends=without)
    for model in (restored, before):
        model.take(batch(60, state="finished", restored_epoch=30))
        assert model.steps_done == last
    drawn, expected = draw(panel, restored, (56, 14)), draw(panel, before, (56, 14))
    assert "×" not in text(drawn)
    if panel in ("gradients", "update-ratio"):
        assert text(drawn) == text(expected)
    else:  # the captions are of the restored weights
        said = "median 1.2" if panel == "weights-over-time" else "μ 0.78"
        assert said in text(drawn)
        assert said not in text(expected)
        assert drawn.rows[3:6] == expected.rows[3:6]


def test_tick_without_a_gradient_is_no_fault_in_the_curves() -> None:
    measured = inside.trends()
    measured.gradient_norm[:, 20] = measured.update_ratio[:, 20] = np.nan  # resumed, or rewound, there
    for panel in ("gradients", "update-ratio"):
        assert "×" not in text(draw(panel, model_of(trends=measured), (56, 14)))
    measured.std[:, 20] = np.nan  # the network itself is not finite
    for panel in ("gradients", "update-ratio"):
        assert "×" in text(draw(panel, model_of(trends=measured), (56, 14)))


def test_the_cursor_stands_in_the_charts_over_time() -> None:
    model = model_of()
    without = text(draw("weights-over-time", model, (60, 14)))
    model.cursor = 30
    assert "┃" in text(draw("weights-over-time", model, (60, 14)))
    assert "┃" not in without


@pytest.mark.parametrize("panel", LAYERS.panels)
@pytest.mark.parametrize("cursor", [None, 30, 1234])
def test_title_of_a_deep_network_is_whole_in_the_smallest_terminal(panel: str, cursor: int | None) -> None:
    region = places(80, 24, LAYERS.tiling(80, 24))[panel]
    width, height = region.width - 2, region.height - 2
    trends = inside.trends(DEEP)
    trends.steps[-1] = 45 * 1234
    model = model_of(trends=trends)
    model.cursor = cursor
    for variant in range(draw(panel, model, (width, height)).variants):
        drawing = draw(panel, model, (width, height), variant=variant)
        assert cell_len(drawing.title) + 4 <= width, drawing.title


@pytest.mark.parametrize(("sizes", "said"), [((2, 16, 8, 2), ""), ((64, 128, 10), "on 4,096 weights a layer")])
def test_percentiles_of_a_sample_of_the_weights_say_so(sizes: tuple[int, ...], said: str) -> None:
    model = model_of(sizes, trends=inside.trends(sizes[1:]))
    assert [draw("weights-over-time", model, (70, 14), variant=at).subtitle for at in range(3)] == [said, said, ""]


@pytest.mark.parametrize("source", [63, 8, 7, 3, -1, -5])
def test_weight_beyond_the_network_is_the_same_in_every_panel_and_key(source: int) -> None:
    """Chosen in another run, whose unit had more inputs than this one's eight."""
    model = model_of((2, 16, 8, 2), neuron=inside.neuron(1, 3, 16, 8, 16))
    model.chosen.layer, model.chosen.unit, model.chosen.source = 1, 3, source
    inputs = 16
    nearest = max(min(source, inputs - 1), -1)
    weight = selected_weight(model)
    assert weight is not None
    assert weight.source == nearest
    name = "bias" if nearest < 0 else f"unit {nearest + 1}"
    assert any(key == f"weight of {name}" for key in BY_ID["neuron"].module.facts(model))
    selecting.move(model, -1, 0)
    assert model.chosen.source == max(nearest - 1, -1)
    model.chosen.source = source
    chosen.to_source(model, -1)
    assert model.chosen.source == ([*range(inputs), -1][max((nearest if nearest >= 0 else inputs) - 1, 0)])


def test_all_layers_of_a_deep_network_are_on_some_page() -> None:
    model = model_of(trends=inside.trends(DEEP))
    for panel in ("weights-over-time", "activation-spread"):
        pages = draw(panel, model, (38, 9)).pages
        seen = "\n".join(text(draw(panel, model, (38, 9), page=page)) for page in range(pages))
        assert all(f"hidden {number + 1}" in seen for number in range(10))
    for panel in ("gradients", "update-ratio"):
        pages = draw(panel, model, (62, 9)).pages
        seen = "\n".join(text(draw(panel, model, (62, 9), page=page)) for page in range(pages))
        assert all(f"hidden {number + 1}" in seen for number in range(10))


def test_the_diagram_says_how_many_weights_it_shows() -> None:
    model = model_of((64, 64, 128, 64, 10), network=inside.network((64, 128, 64, 10), 64))
    assert draw("diagram", model, (80, 16)).subtitle.startswith("strongest ")
    assert " of 21,120" in draw("diagram", model, (80, 16)).subtitle
    small = model_of((2, 4, 3, 2), network=inside.network((4, 3, 2)))
    assert draw("diagram", small, (120, 40)).subtitle == "all 26 weights"


def test_the_units_panel_says_what_the_chosen_unit_is() -> None:
    model = model_of()
    model.chosen.unit = 1
    assert draw("units", model, (60, 10)).subtitle == "unit 2: dead"
    model.chosen.unit = 2
    assert draw("units", model, (60, 10)).subtitle == "unit 3: saturated"
    assert "1 dead" in text(draw("units", model, (60, 10)))


def test_the_sum_is_written_out_with_its_numbers() -> None:
    found = inside.neuron()
    shown = text(draw("neuron", model_of(neuron=found), (70, 12)))
    assert f"{found.total:.3g}" in shown
    assert "drops 12 points" in shown
    assert "x1" in shown
    assert "bias" in shown


def test_the_weight_looked_at_is_shown_however_small() -> None:
    model = model_of((2, 16, 64, 64, 2), neuron=inside.neuron(1, 3, 64, 128, 64))
    for source in range(64):
        model.chosen.source = source
        assert f"unit {source + 1} " in text(draw("neuron", model, (60, 7)))


@pytest.mark.parametrize("state", [DEAD])
def test_a_dead_unit_is_called_dead(state: int) -> None:
    assert draw("neuron", model_of(neuron=inside.neuron(state=state)), (90, 12)).subtitle == "dead"


@pytest.mark.parametrize("panel", NEURONS.panels)
def test_the_selection_stays_within_the_network(panel: str) -> None:
    model = model_of()
    move = BY_ID[panel].module.move
    for dx, dy in ((-1, 0), (0, -1), (1, 0), (0, 1)):
        for _ in range(40):
            move(model, dx, dy)
            assert 0 <= model.chosen.layer < 3
            assert 0 <= model.chosen.unit < (16, 8, 2)[model.chosen.layer]
            assert -1 <= model.chosen.source < (2, 16, 8)[model.chosen.layer]


@pytest.mark.parametrize("panel", ["diagram", "units"])
@pytest.mark.parametrize("size", [(40, 9), (64, 16), (110, 36)])
def test_every_unit_can_be_clicked_on(panel: str, size: tuple[int, int]) -> None:
    model = model_of()
    found = set()
    for y in range(size[1]):
        for x in range(size[0]):
            BY_ID[panel].module.click(Request(model, size, Look.plain(), View()), x, y)
            found.add((model.chosen.layer, model.chosen.unit))
    assert len(found) >= (26 if size[1] > 9 else 15)


@pytest.mark.parametrize("values", [np.nan, np.inf, -np.inf, 3e38, 1e-40, 0.0])
def test_a_map_of_any_numbers(values: float) -> None:
    plane, image, features = inside.plane_map(), inside.image_map(), inside.feature_map()
    strange = [
        replace(plane, values=np.full_like(plane.values, values)),
        replace(plane, values=np.where(np.arange(24) % 5 == 0, values, plane.values).astype(np.float32)),
        replace(image, effect=np.full_like(image.effect, values)),
        replace(features, effect=np.full_like(features.effect, values)),
    ]
    for found in strange:
        for size in ((36, 6), (60, 18)):
            draw("neuron-map", model_of(neuron_map=found), size)


@pytest.mark.parametrize("sizes", [(1,), (3,), (16,) * 20 + (10,)])
def test_networks_of_one_layer_to_twenty_one(sizes: tuple[int, ...]) -> None:
    found = {"trends": inside.trends(sizes), "network": inside.network(sizes)}
    model = model_of((2, *sizes), **found)
    for panel in (*LAYERS.panels, "diagram", "units"):
        for size in ((36, 5), (60, 16), (64, 50)):
            for variant in range(3 if panel == "weights-over-time" else 1):
                draw(panel, model, size, variant=variant)


def test_a_bar_of_the_incoming_weights_has_the_sign_of_the_product() -> None:
    neuron = inside.neuron(inputs=1)
    neuron = replace(
        neuron, names=("row 1 column 1",), inputs=np.array([-0.5], np.float32), weights=np.array([1.0], np.float32),
        bias=0.0,
    )  # fmt: skip
    row = next(row for row in text(draw("neuron", model_of(neuron=neuron), (60, 8))).split("\n") if "column 1" in row)
    assert "1 × -0.5 = -0.5" in row
    assert "▓│" in row
    assert "│█" not in row


def test_an_output_that_is_certain_is_not_told_as_saturated() -> None:
    rows = text(draw("units", model_of(network=inside.network()), (60, 14))).split("\n")
    assert not any("saturated" in row for row in rows if row.startswith("out"))
