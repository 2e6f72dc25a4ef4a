"""The panels about predictions and gradients: the pictures agreed to, and what they say in every case.

Written anew as `tests/charts/golden.py` says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nntui.charts import GLYPH_LEVELS, GlyphLevel, Look
from nntui.charts.canvas import Size
from nntui.training.insights.confusion import Counted
from nntui.tui.drawings.selecting import move
from nntui.tui.drawings.surface import bands, filled
from nntui.tui.model import Model
from nntui.tui.panels import BY_ID
from nntui.tui.tiles import places
from nntui.tui.views import GRADIENTS, PREDICTIONS, without
from nntui.tui.widgets.panel import Drawing, Request, View
from tests.charts.golden import assert_size, check_golden
from tests.tui import closely
from tests.tui.fakes import begun, experiment, run_started

FOLDER = Path(__file__).parent / "golden"
TERMINALS = ((80, 24), (120, 40), (200, 60))
CASES: dict[str, tuple[str, str, Callable[[], Any], int, int]] = {
    # heading: panel, quantity, record, variant, page
    "decision-map": ("decision-map", "decision_map", closely.decision_map, 0, 0),
    "decision-map smooth": ("decision-map", "decision_map", closely.decision_map, 1, 0),
    "decision-map classes": ("decision-map", "decision_map", lambda: closely.decision_map(5), 0, 0),
    "decision-map numbers": ("decision-map", "decision_map", lambda: closely.decision_map(0), 0, 0),
    "decision-map one input": ("decision-map", "decision_map", closely.along_one_input, 0, 0),
    "decision-map fitted curve": ("decision-map", "decision_map", lambda: closely.along_one_input(0), 0, 0),
    "fit": ("fit", "fit", closely.fit, 0, 0),
    "fit residuals": ("fit", "fit", lambda: closely.fit(2), 1, 1),
    "confusion": ("confusion", "confusion", closely.confusion, 0, 0),
    "confusion of twenty": ("confusion", "confusion", lambda: closely.confusion(20), 1, 3),
    "mistakes": ("mistakes", "mistakes", closely.mistakes, 0, 0),
    "mistakes images": ("mistakes", "mistakes", lambda: closely.mistakes(images=True), 0, 0),
    "mistakes numbers": ("mistakes", "mistakes", lambda: closely.mistakes(task="regression"), 0, 0),
    "roc": ("roc", "roc", closely.roc, 0, 0),
    "sample-losses": ("sample-losses", "sample_losses", closely.sample_losses, 0, 0),
    "chain": ("chain", "chain", closely.chain, 0, 0),
    "chain output": ("chain", "chain", closely.chain, 0, 1),
    "chain last step": ("chain", "chain", closely.chain, 0, 3),
    "chain bias": ("chain", "chain", lambda: closely.chain(source=-1), 0, 0),
    "chain-bars": ("chain-bars", "chain", closely.chain, 0, 0),
    "nudge": ("nudge", "nudge", closely.nudge, 0, 0),
    "surface": ("surface", "surface", closely.surface, 0, 0),
    "surface path": ("surface", "surface", closely.surface, 1, 0),
}


def model_of(**insights: Any) -> Model:
    of = experiment()
    model = Model(of)
    model.take(begun(60, of, snapshot=closely.looked_at(**insights)))
    return model


def draw(panel: str, model: Model, size: Size, look: Look | None = None, *, variant: int = 0, page: int = 0) -> Drawing:
    drawing = BY_ID[panel].module.draw(Request(model, size, look or Look.plain(), View(), page, variant))
    assert isinstance(drawing, Drawing)
    assert_size(drawing.rows, size)
    return drawing


def text(drawing: Drawing) -> str:
    return "\n".join(strip.text for strip in drawing.rows)


def room(panel: str, terminal: tuple[int, int]) -> Size:
    """Inside its frame, where the panels that never go with it are absent."""
    tab = PREDICTIONS if panel in PREDICTIONS.panels else GRADIENTS
    absent = {"decision-map", "roc"} if panel == "fit" else {"fit"}
    region = places(*terminal, without(tab.tiling(*terminal), absent))[panel]
    return region.width - 2, region.height - 2


@pytest.mark.parametrize("glyphs", GLYPH_LEVELS)
@pytest.mark.parametrize("panel", sorted({case[0] for case in CASES.values()}))
def test_a_panel_is_the_picture_agreed_to(panel: str, glyphs: GlyphLevel) -> None:
    pictures = {}
    for heading, (name, quantity, make, variant, page) in CASES.items():
        if name != panel:
            continue
        model = model_of(**{quantity: make()})
        for terminal in TERMINALS:
            size = room(panel, terminal)
            drawing = draw(panel, model, size, Look.plain(glyphs), variant=variant, page=page)
            draw(panel, model, size, Look(glyphs), variant=variant, page=page)
            if terminal == TERMINALS[2] and heading != panel:
                continue
            said = f"{drawing.title} | {drawing.subtitle} | {drawing.pages} | {drawing.variants}"
            pictures[f"{heading}, {terminal[0]}x{terminal[1]}: {said}"] = drawing.rows
    check_golden(f"{panel}.{glyphs}", pictures, FOLDER)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("size", [(1, 1), (2, 9), (10, 3), (24, 4), (38, 6), (300, 90)])
def test_any_size_any_page(case: str, size: Size) -> None:
    panel, quantity, make, _, _ = CASES[case]
    model = model_of(**{quantity: make()})
    for variant in (0, 1):
        for page in (0, 99):
            for look in (Look.plain("ascii"), Look()):
                drawing = draw(panel, model, size, look, variant=variant, page=page)
                assert drawing.pages >= 1
                assert look.glyphs != "ascii" or text(drawing).isascii()


PANELS = (*PREDICTIONS.panels, *GRADIENTS.panels)


@pytest.mark.parametrize("panel", PANELS)
def test_before_there_is_anything_it_says_so(panel: str) -> None:
    assert "starting" in text(draw(panel, Model(experiment()), (40, 9)))
    model = Model(experiment())
    model.take(begun(1, snapshot=None))
    assert "measuring" in text(draw(panel, model, (40, 9)))
    assert text(draw(panel, model_of(), (40, 9))).strip()  # measured, but not this


@pytest.mark.parametrize(
    ("panel", "words", "fields"),
    [
        ("decision-map", "one or two inputs", {"layer_sizes": (4, 3, 2)}),
        ("fit", "classes are predicted", {}),
        ("confusion", "numbers are predicted", {"task": "regression"}),
        ("roc", "two classes", {"layer_sizes": (2, 3, 3)}),
        ("chain", "5,000,000 weights is too large", {"parameters": 5_000_000}),
        ("nudge", "too large", {"parameters": 5_000_000}),
    ],
)
def test_what_does_not_apply_is_said(panel: str, words: str, fields: dict[str, Any]) -> None:
    model = Model(experiment())
    model.take(replace(begun(1, snapshot=closely.looked_at()), events=(run_started(**fields),)))
    assert words in text(draw(panel, model, (60, 9)))


@pytest.mark.parametrize("panel", ["decision-map", "confusion", "roc", "chain", "surface"])
def test_just_after_a_view_is_opened_it_is_being_measured(panel: str) -> None:
    assert "measuring" in text(draw(panel, model_of(), (60, 9)))


def _spoilt(record: Any, value: float) -> Any:
    """With this value at every second place of every array of fractions, and in every fraction."""
    if isinstance(record, np.ndarray):
        if record.dtype.kind != "f":
            return record
        array = record.copy()
        array.reshape(-1)[::2] = value
        return array
    if isinstance(record, float):
        return value
    if isinstance(record, tuple):
        return tuple(_spoilt(item, value) for item in record)
    if hasattr(record, "__dataclass_fields__"):
        fields = record.__dataclass_fields__
        return replace(record, **{name: _spoilt(getattr(record, name), value) for name in fields})
    return record


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 0.0, 1e38])
@pytest.mark.parametrize("case", CASES)
def test_any_number(case: str, value: float) -> None:
    panel, quantity, make, variant, page = CASES[case]
    spoilt = _spoilt(make(), value)
    for record in (spoilt, replace(spoilt, low=make().low, high=make().high) if hasattr(spoilt, "low") else spoilt):
        model = model_of(**{quantity: record})
        for look in (Look.plain(), Look()):
            draw(panel, model, (60, 14), look, variant=variant, page=page)


def test_wrong_points_are_never_left_out() -> None:
    found = closely.decision_map()
    many = replace(found, train=replace(closely._points(400, 400, 2, 0.0), wrong=np.arange(400) % 40 == 0))
    drawing = draw("decision-map", model_of(decision_map=many), (36, 9))
    assert text(drawing).count("x") + text(drawing).count("X") > 8
    assert drawing.subtitle == "13 wrong"
    wide = draw("decision-map", model_of(decision_map=many), (70, 9)).subtitle
    assert wide.startswith("13 wrong")
    assert wide.endswith("of 9,400 points")


def test_what_a_frame_says_is_whole_or_not_there() -> None:
    for width in range(20, 70):
        drawing = draw("sample-losses", model_of(sample_losses=closely.sample_losses()), (width, 9))
        assert not drawing.subtitle or len(drawing.title) + len(drawing.subtitle) + 7 <= width


def test_confusion_of_the_validation_set_is_a_variant() -> None:
    found = closely.confusion(2)
    counts = np.array([[31, 7], [5, 57]], np.int32)
    with_validation = replace(found, validation=Counted(100, counts))
    drawings = [
        draw("confusion", model_of(confusion=each), (40, 12), variant=variant)
        for each, variant in ((found, 2), (with_validation, 2))
    ]
    assert [(each.title, each.variants) for each in drawings] == [
        ("Confusion · test", 2),
        ("Confusion · validation", 3),
    ]
    assert all(str(count) in text(drawings[1]) for count in counts.ravel())
    assert "88% right" in drawings[1].subtitle


@pytest.mark.parametrize(
    ("panel", "record", "said"),
    [
        ("roc", replace(closely.roc(), validation=replace(closely.roc().train, area=0.7)), "0.769 / 0.7 / 0.667"),
        (
            "sample_losses",
            replace(closely.sample_losses(), validation=replace(closely.sample_losses().train, worst=3.0)),
            "worst 1.9 / 3 / 4.2",
        ),
        ("fit", replace(closely.fit(), validation=replace(closely.fit().train, r_squared=(0.5,))), "0.81 / 0.5 / 0.81"),
    ],
)
def test_validation_set_stands_between_training_and_test(panel: str, record: Any, said: str) -> None:
    drawing = draw(panel.replace("_", "-"), model_of(**{panel: record}), (80, 16))
    assert said in drawing.subtitle
    assert "valid" in text(drawing)
    narrow = text(draw(panel.replace("_", "-"), model_of(**{panel: record}), room(panel.replace("_", "-"), (80, 24))))
    assert all(label in narrow for label in ("train", "valid", "test")), narrow


def test_a_sample_of_the_rows_is_said() -> None:
    assert "129 of 9,000" in draw("confusion", model_of(confusion=closely.confusion()), (60, 9)).subtitle


def test_no_mistake_is_good_news() -> None:
    drawing = draw("mistakes", model_of(mistakes=closely.mistakes(worst=0)), (60, 9))
    assert "no mistake" in text(drawing)


def test_the_chain_says_three_times_the_same_number() -> None:
    shown = text(draw("chain", model_of(chain=closely.chain()), (78, 16)))
    assert "Backprop −0.01856, nudge −0.01856,  relative difference 3e-11" in shown
    assert "-0.0512 · 0.8206 · 0.4417 = -0.01856" in shown
    assert "9 paths" in shown


def test_in_a_narrow_panel_no_term_of_the_sum_is_cut_off() -> None:
    found = closely.chain()
    small = np.full_like(found.terms.product, -0.00012345)
    tiny = replace(found, terms=replace(found.terms, factor=small, signal=small, product=small))
    shown = text(draw("chain", model_of(chain=tiny), (42, 16)))
    assert "-1.23e-4 · -1.23e-4 = -1.23e-4" in shown


def test_a_kink_excuses_a_difference() -> None:
    kinked = replace(closely.chain(), difference=0.3, nudged=-0.012, at_kink=True)
    assert "a kink lies between" in text(draw("chain", model_of(chain=kinked), (90, 16)))


def test_rounding_excuses_a_difference() -> None:
    tiny = replace(closely.chain(), difference=0.02, backpropagated=-2e-11, nudged=-1.96e-11)
    assert "rounding" in text(draw("chain", model_of(chain=tiny), (120, 16)))


def test_the_chain_is_stepped_through_from_the_loss_to_the_weight() -> None:
    model = model_of(chain=closely.chain())
    steps = [text(draw("chain", model, (78, 12), page=page)) for page in (1, 2, 3)]
    assert [step.split()[0:2] for step in steps][1:] == [["hidden", "2"], ["hidden", "1"]]
    assert steps[0].startswith("output")
    assert "∂L/∂z = a − y" in steps[0]
    assert "▶   3" in steps[2]
    assert draw("chain", model_of(chain=closely.chain(layer=2)), (78, 12)).pages == 2


def test_what_the_next_step_does_is_told_with_its_penalties() -> None:
    shown = text(draw("nudge", model_of(nudge=closely.nudge()), (90, 14)))
    assert "Next step 1,234" in shown
    assert "gradient of the batch -0.0213 + l1 0.001 + l2 0.0042" in shown
    assert "clipped" not in shown
    assert "w 0.18372 → 0.19112" in shown
    shown = text(draw("nudge", model_of(nudge=closely.nudge(clipped=-0.001, frozen=True, maximised=True)), (120, 14)))
    assert "clipped -0.001" in shown
    assert "frozen" in shown
    assert "maximised" in shown
    large = replace(closely.nudge(), update=None)
    assert "too large" in text(draw("nudge", model_of(nudge=large), (90, 14)))


def test_places_not_worked_out_take_the_nearest_that_is() -> None:
    values = np.full((25, 25), np.nan)
    values[::4, ::4] = np.arange(49).reshape(7, 7)
    found = filled(values)
    assert not np.isnan(found).any()
    assert found[0, 1] == 0
    assert found[4, 4] == 8
    assert found[24, 24] == 48


def test_bands_are_even_on_a_logarithmic_scale() -> None:
    found = bands(np.array([[0.01, 1.0], [10.0, np.inf]]))
    assert found is not None
    np.testing.assert_allclose(np.diff(np.log(found)), np.log(1000) / 10)
    assert bands(np.full((2, 2), np.nan)) is None


def test_why_there_is_no_path_is_said() -> None:
    found = replace(closely.surface(), path=None, why_no_path="the path is too short yet")
    assert "too short" in text(draw("surface", model_of(surface=found), (60, 9), variant=1))
    none = replace(found, random=None, why_not="the weights are not finite")
    assert "not finite" in text(draw("surface", model_of(surface=none), (60, 9)))
    assert "36% worked out" in draw("surface", model_of(surface=closely.surface(done=0.36)), (60, 9)).subtitle


def test_arrows_go_through_all_weights() -> None:
    model = model_of()  # 2 – 16 – 8 – 2
    chosen = model.chosen
    move(model, -1, 0)
    assert (chosen.layer, chosen.unit, chosen.source) == (0, 0, -1)
    move(model, -1, -1)
    assert (chosen.layer, chosen.unit, chosen.source) == (0, 0, -1)
    move(model, 0, 16)
    assert (chosen.layer, chosen.unit) == (1, 0)
    move(model, 99, 0)
    assert chosen.source == 15
    move(model, 0, 8)
    assert (chosen.layer, chosen.unit, chosen.source) == (2, 0, 7)  # held to what comes into it
    move(model, 0, 99)
    assert (chosen.layer, chosen.unit) == (2, 1)
    move(model, 0, -2)
    assert (chosen.layer, chosen.unit) == (1, 7)
    chosen.layer, chosen.unit = 50, 50
    move(model, 0, 0)
    assert (chosen.layer, chosen.unit) == (2, 1)
    move(Model(experiment()), 1, 1)  # nothing to move in yet


@pytest.mark.parametrize(
    ("fields", "panels"),
    [
        ({}, {"decision-map", "confusion", "mistakes", "roc", "sample-losses"}),
        ({"layer_sizes": (2, 16, 8, 3)}, {"decision-map", "confusion", "mistakes", "sample-losses"}),
        ({"layer_sizes": (64, 16, 8, 10)}, {"confusion", "mistakes", "sample-losses"}),
        ({"layer_sizes": (2, 16, 1), "task": "regression"}, {"decision-map", "fit", "mistakes", "sample-losses"}),
        ({"layer_sizes": (10, 16, 1), "task": "regression"}, {"fit", "mistakes", "sample-losses"}),
        ({"layer_sizes": (1, 16, 3), "task": "regression"}, {"fit", "mistakes", "sample-losses"}),
        ({"layer_sizes": (1, 8, 1), "task": "classification"},
         {"decision-map", "confusion", "mistakes", "roc", "sample-losses"}),
    ],
)  # fmt: skip
def test_each_run_gets_the_panels_that_suit_it(fields: dict[str, Any], panels: set[str]) -> None:
    model = Model(experiment())
    model.take(replace(begun(1), events=(run_started(**fields),)))
    assert {name for name in PREDICTIONS.panels if BY_ID[name].applies(model)} == panels


@pytest.mark.parametrize("case", CASES)
def test_every_panel_has_facts_for_its_explanation(case: str) -> None:
    panel, quantity, make, _, _ = CASES[case]
    facts = BY_ID[panel].module.facts
    assert facts(Model(experiment())) == {}
    told = facts(model_of(**{quantity: make()}))
    assert told
    assert all(isinstance(value, str) and value for value in told.values())


def test_a_click_on_the_map_looks_at_the_nearest_training_sample() -> None:
    found = closely.decision_map()
    model = model_of(decision_map=found)
    size = (60, 20)
    rows = [strip.text for strip in draw("decision-map", model, size).rows]
    y = next(index for index, row in enumerate(rows) if "◆" in row and "looked at" not in row)
    click = BY_ID["decision-map"].module.click
    click(Request(model, size, Look.plain(), View()), rows[y].index("◆"), y)
    away = np.hypot((found.train.x - -0.6) * 30, (found.train.y - 0.55) * 20)
    assert away[found.train.rows.tolist().index(model.chosen.sample)] <= away.min() + 2  # as near as cells tell
    before = model.chosen.sample
    for x, y in ((0, 0), (59, 19), (-5, 99)):  # legend, axis, nowhere
        click(Request(model, size, Look.plain(), View()), x, y)
    assert model.chosen.sample == before
    click(Request(Model(experiment()), size, Look.plain(), View()), 9, 9)


@pytest.mark.parametrize(("classes", "width"), [(2, 38), (3, 57), (3, 72)])
def test_legend_of_the_decision_map_names_every_class_before_the_signs(classes: int, width: int) -> None:
    found = closely.decision_map(classes)
    drawing = draw("decision-map", model_of(decision_map=found), (width, 16))
    legend = text(drawing).split("\n")[0]
    for name in found.classes:
        assert name in legend
    assert ("train/test" in legend) == (width > 40)
