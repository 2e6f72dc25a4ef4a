"""What is measured of the predictions is what the network says of the data, in the data's own units."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nntui.experiment import Experiment
from nntui.training.commands import SetWeight, Watch
from nntui.training.insights import KINDS, kind
from nntui.training.insights.confusion import Confusion
from nntui.training.insights.decision_map import DecisionMap
from nntui.training.insights.fit import Fit
from nntui.training.insights.mistakes import Mistakes
from nntui.training.insights.roc import Roc
from nntui.training.insights.sample_losses import SampleLosses
from nntui.training.measures import Probe
from nntui.training.measuring.answers import MOST_ROWS, spread
from nntui.training.measuring.roc import operating_points
from nntui.training.session import Session
from tests.training.runs import assert_same, session

PREDICTIONS = ("decision_map", "fit", "confusion", "mistakes", "roc", "sample_losses")


def measured(run: Session, name: str, probe: Probe | None = None) -> Any:
    snapshot = (probe or Probe(run)).measure(Watch((name,)))
    return snapshot.insights.get(name)


def trained(steps: int = 60, **values: Any) -> Session:
    run = session(**values)
    run.advance(steps)
    return run


def of_data(name: str, steps: int = 60, **values: Any) -> Session:
    """A small network on another data set."""
    changes = {key.replace("__", "."): value for key, value in values.items()}
    run = Session(Experiment().with_values({"data.name": name, "network.hidden": (6, 5), **changes}))
    run.advance(steps)
    return run


@pytest.mark.parametrize("name", PREDICTIONS)
@pytest.mark.parametrize("data", ["spirals", "moons", "waves", "iris", "diabetes", "digits"])
def test_every_kind_of_data_has_what_applies_to_it(name: str, data: str) -> None:
    regression, two, plane = data in ("waves", "diabetes"), data == "moons", data in ("spirals", "moons", "waves")
    found = measured(of_data(data), name)
    applies = {
        "decision_map": plane, "fit": regression, "confusion": not regression, "mistakes": True, "roc": two,
        "sample_losses": True,
    }  # fmt: skip
    assert isinstance(found, kind(name)) is applies[name]
    assert name in KINDS


@pytest.mark.parametrize("data", ["spirals", "moons", "iris", "digits"])
def test_confusion_counts_every_sample_once(data: str) -> None:
    run = of_data(data)
    found: Confusion = measured(run, "confusion")
    split, network = run.prepared.split, run.network
    for part, x, labels in (
        (found.train, run.prepared.train_x, split.train_labels),
        (found.test, run.prepared.test_x, split.test_labels),
    ):
        assert labels is not None
        z = network.forward(x)
        said = z.argmax(axis=1) if z.shape[1] > 1 else (z[:, 0] > 0).astype(int)
        expected = np.zeros_like(part.counts)
        np.add.at(expected, (labels, said), 1)
        np.testing.assert_array_equal(part.counts, expected)
        assert part.rows == part.total == len(x)
        assert part.accuracy == pytest.approx((said == labels).mean())


@pytest.mark.parametrize("share", [0.0, 0.2])
@pytest.mark.parametrize("data", ["moons", "diabetes"])
def test_validation_set_is_measured_if_there_is_one(data: str, share: float) -> None:
    run = of_data(data, data__validation_share=share)
    names = ("sample_losses", "fit") if data == "diabetes" else ("sample_losses", "confusion", "roc")
    found = {name: measured(run, name) for name in names}
    assert all((record.validation is not None) == (share > 0) for record in found.values())
    if not share:
        return
    split = run.prepared.split
    z = run.network.forward(run.prepared.validation_x).astype(np.float64)
    losses: SampleLosses = found["sample_losses"]
    assert losses.validation is not None
    assert losses.validation.total == len(split.validation_index) > 0
    assert losses.validation.counts.sum() == len(z)
    if data == "diabetes":
        fit: Fit = found["fit"]
        assert fit.validation is not None
        predicted = z * split.target_std + split.target_mean
        true = split.dataset.targets[split.validation_index]  # type: ignore[index]
        np.testing.assert_allclose(fit.validation.predicted, predicted, rtol=1e-4)
        np.testing.assert_allclose(fit.validation.true, true.reshape(fit.validation.true.shape), rtol=1e-4)
        assert losses.validation.mean == pytest.approx(np.square(z - run.prepared.validation_y).mean(), rel=1e-4)
        return
    labels, said = split.validation_labels, (z[:, 0] > 0).astype(int)
    assert labels is not None
    confusion: Confusion = found["confusion"]
    assert confusion.validation is not None
    expected = [[np.sum((labels == true) & (said == other)) for other in (0, 1)] for true in (0, 1)]
    np.testing.assert_array_equal(confusion.validation.counts, expected)
    roc: Roc = found["roc"]
    assert roc.validation is not None
    positive, negative = z[labels == 1, 0], z[labels == 0, 0]
    pairs = (positive[:, None] > negative).mean() + (positive[:, None] == negative).mean() / 2
    assert roc.validation.area == pytest.approx(pairs, abs=1e-6)


def test_a_class_that_is_never_said_has_no_precision() -> None:
    run = trained(steps=0, network__output_bias=-50.0)
    found: Confusion = measured(run, "confusion")
    assert np.isnan(found.test.precision[1])
    np.testing.assert_array_equal(found.test.recall, [1.0, 0.0])
    assert found.test.precision[0] == pytest.approx(found.test.accuracy)


def test_the_map_is_what_the_network_says_of_points_in_the_units_of_the_data() -> None:
    run = of_data("moons", steps=300, data__samples=120)
    found: DecisionMap = measured(run, "decision_map")
    split = run.prepared.split
    assert found.names == ("x1", "x2")
    rows, columns = found.values.shape
    at = np.array([[3, 5], [rows - 1, 0], [10, columns - 1]])
    x = found.low[0] + at[:, 1] / (columns - 1) * (found.high[0] - found.low[0])
    y = found.high[1] - at[:, 0] / (rows - 1) * (found.high[1] - found.low[1])
    inputs = (np.column_stack((x, y)) - split.mean) / split.std
    z = run.network.forward(inputs.astype(np.float32))[:, 0]
    np.testing.assert_allclose(found.values[at[:, 0], at[:, 1]], 1 / (1 + np.exp(-z)), rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(found.train.x, split.dataset.inputs[split.train_index, 0], rtol=1e-6)
    np.testing.assert_allclose(found.test.y, split.dataset.inputs[split.test_index, 1], rtol=1e-6)
    np.testing.assert_array_equal(found.test.label, split.test_labels)
    np.testing.assert_array_equal(found.train.rows, np.arange(len(run.prepared.train_x)))
    wrong = measured(run, "confusion").test
    assert found.test.wrong.sum() == wrong.rows - np.trace(wrong.counts)


def test_the_sample_looked_at_is_on_the_map() -> None:
    run = of_data("moons", data__samples=5000)
    found = Probe(run).measure(Watch(("decision_map",), sample=3217)).insights["decision_map"]
    split = run.prepared.split
    assert found.sample == 3217
    assert found.sample_at == tuple(split.dataset.inputs[split.train_index[3217]])
    assert Probe(run).measure(Watch(("decision_map",), sample=10**9)).insights["decision_map"].sample == 3749


def test_derived_inputs_of_the_map_are_those_of_training() -> None:
    run = of_data("circles", steps=200, data__features=("x1^2", "x2^2", "sin x1"), data__samples=200)
    found: DecisionMap = measured(run, "decision_map")
    split = run.prepared.split
    assert split.dataset.plane is not None
    assert found.names == ("x1", "x2")
    np.testing.assert_allclose(found.train.x, split.dataset.plane[split.train_index, 0], rtol=1e-6)
    x1, x2 = found.low[0], found.high[1]  # the corner at the top left
    derived = np.array([[x1 * x1, x2 * x2, np.sin(np.pi * x1)]])
    z = run.network.forward(((derived - split.mean) / split.std).astype(np.float32))[0, 0]
    assert found.values[0, 0] == pytest.approx(1 / (1 + np.exp(-z)), rel=1e-3, abs=1e-5)


def test_a_derived_input_is_shown_by_what_is_computed() -> None:
    run = of_data("circles", steps=5, data__features=("x1^2", "sin x1", "sin x2"), data__samples=200)
    shown = ("x1^2", "sin πx1", "sin πx2")
    assert measured(run, "mistakes").features == shown
    assert measured(run, "network").names == shown
    assert run.prepared.feature_names == ("x1^2", "sin x1", "sin x2")  # as presets and exports have them


def table(tmp_path: Path, rows: list[str]) -> str:
    file = tmp_path / "own.csv"
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return str(file)


def test_one_input_has_a_curve(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    rows = ["size,price", *(f"{x},{3 * x + 100}" for x in rng.uniform(20, 90, 60))]
    run = of_data("csv", steps=400, data__path=table(tmp_path, rows), data__target="price", data__task="regression")
    found: DecisionMap = measured(run, "decision_map")
    assert (found.names, found.target, found.classes) == (("size",), "price", ())
    assert found.values.shape == (1, 201)
    assert found.low[0] < 20.5 < 89 < found.high[0]
    x = np.linspace(found.low[0], found.high[0], 201)
    assert np.abs(found.values[0] - (3 * x + 100)).max() < 40  # in the units of the data
    rows = ["size,kind", *(f"{x},{'big' if x > 50 else 'small'}" for x in rng.uniform(20, 90, 60))]
    run = of_data("csv", steps=400, data__path=table(tmp_path, rows), data__target="kind")
    found = measured(run, "decision_map")
    assert found.values.shape == (2, 201)
    np.testing.assert_allclose(found.values.sum(axis=0), 1, rtol=1e-5)


def test_fit_is_in_the_units_of_the_data() -> None:
    run = of_data("diabetes", steps=300)
    found: Fit = measured(run, "fit")
    split = run.prepared.split
    assert split.dataset.targets is not None
    np.testing.assert_allclose(found.test.true, split.dataset.targets[split.test_index], rtol=1e-5)
    predicted = run.network.forward(run.prepared.test_x) * split.target_std + split.target_mean
    np.testing.assert_allclose(found.test.predicted, predicted, rtol=1e-4)
    error = found.test.true.astype(float) - found.test.predicted
    assert found.test.rms[0] == pytest.approx(np.sqrt((error**2).mean()), rel=1e-4)
    assert found.test.r_squared[0] == pytest.approx(run.take_rows()[-1, 5], abs=0.2)


def test_the_surest_mistake_comes_first() -> None:
    run = of_data("digits", steps=40)
    found: Mistakes = measured(run, "mistakes")
    counted: Confusion = measured(run, "confusion")
    assert found.wrong == counted.test.rows - np.trace(counted.test.counts)
    excess = [mistake.sure - mistake.sure_of_true for mistake in found.worst]
    assert excess == sorted(excess, reverse=True)
    worst, split = found.worst[0], run.prepared.split
    assert split.test_labels is not None
    place = split.test_index.tolist().index(worst.row - 1)  # rows of the data set, counted from 1
    assert found.numbered_by == "row"
    assert worst.true == str(split.test_labels[place])
    probabilities = run.loss.outputs(run.network.forward(run.prepared.test_x[place][None]))[0]
    assert worst.sure == pytest.approx(probabilities.max(), rel=1e-4)
    assert worst.said == str(probabilities.argmax())
    np.testing.assert_array_equal(worst.inputs, split.dataset.inputs[worst.row - 1])
    assert found.image_shape == (8, 8)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("breaks", ["blank lines", "quoted line breaks"])
def test_mistakes_have_the_line_of_the_file_where_their_row_begins(tmp_path: Path, seed: int, breaks: str) -> None:
    rng = np.random.default_rng(seed)
    lines = ["x,kind,note"]
    rows: dict[int, tuple[float, str]] = {}  # by the line, from 1 on, that each begins in
    for index in range(120):
        x, kind, more = float(rng.normal()), "ab"[int(rng.integers(2))], int(rng.integers(0, 3))
        lines += [""] * (more if breaks == "blank lines" else 0)
        rows[len(lines) + 1] = x, kind
        lines.append(f"{x:.9f},{kind},{index}")
        if breaks == "quoted line breaks":
            lines[-1:] = [f'{x:.9f},"{kind}', *[""] * more, f'",{index}'] if more else [f'{x:.9f},"{kind}",{index}']
    file = tmp_path / "mine.csv"
    file.write_text("\n".join(lines) + "\n")
    run = of_file(file, "csv", seed)
    found: Mistakes = measured(run, "mistakes")
    assert (found.numbered_by, bool(found.worst)) == ("line", True)
    for mistake in found.worst:
        x, kind = rows[mistake.row]
        np.testing.assert_allclose(mistake.inputs[0], x, rtol=1e-6)
        assert kind == mistake.true.strip() != mistake.said.strip()
    chain = Probe(run).measure(Watch(("chain",), sample=7)).insights["chain"]
    x, kind = rows[int(chain.place.removeprefix("line ").replace(",", ""))]
    assert kind == chain.true.strip()
    split = run.prepared.split
    np.testing.assert_allclose((split.train_inputs[7] * split.std + split.mean)[0], x, rtol=1e-6)


@pytest.mark.parametrize("seed", range(2))
def test_mistakes_have_the_row_of_a_parquet_file(tmp_path: Path, seed: int) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    reader = pytest.importorskip("pyarrow.parquet")
    rng = np.random.default_rng(seed)
    table = {"x": rng.normal(size=80).tolist(), "kind": [str(kind) for kind in rng.choice(["a", "b"], 80)]}
    file = tmp_path / "mine.parquet"
    reader.write_table(pyarrow.table(table), file)
    found: Mistakes = measured(of_file(file, "parquet", seed), "mistakes")
    assert (found.numbered_by, bool(found.worst)) == ("row", True)
    for mistake in found.worst:
        np.testing.assert_allclose(mistake.inputs[0], table["x"][mistake.row - 1], rtol=1e-6)
        assert table["kind"][mistake.row - 1] == mistake.true != mistake.said


def of_file(file: Path, name: str, seed: int) -> Session:
    run = Session(Experiment().with_values({
        "data.name": name, "data.path": str(file), "data.target": "kind", "training.seed": seed,
        "network.hidden": (3,),
    }))  # fmt: skip
    run.advance(20)
    return run


@pytest.mark.parametrize(
    ("scores", "positive", "area"),
    [
        ([1, 2, 3, 4], [0, 0, 1, 1], 1.0),
        ([4, 3, 2, 1], [0, 0, 1, 1], 0.0),
        ([1, 1, 1, 1], [0, 1, 0, 1], 0.5),
        ([1, 2, 2, 3], [0, 0, 1, 1], 0.875),
        ([1, 2, np.nan, 3], [0, 1, 1, 0], 0.5),
    ],
)
def test_area_is_the_chance_to_score_higher(scores: list[float], positive: list[int], area: float) -> None:
    false_rate, true_rate, found = operating_points(np.array(scores), np.array(positive, np.bool_))
    assert found == pytest.approx(area)
    assert (false_rate[0], true_rate[0], false_rate[-1], true_rate[-1]) == (0, 0, 1, 1)
    assert (np.diff(false_rate) >= 0).all()
    assert (np.diff(true_rate) >= 0).all()


def test_without_one_of_the_classes_there_is_no_curve() -> None:
    false_rate, true_rate, area = operating_points(np.array([1.0, 2.0]), np.array([True, True]))
    assert len(false_rate) == len(true_rate) == 0
    assert np.isnan(area)


def test_where_the_line_is_drawn_lies_on_the_curve() -> None:
    found: Roc = measured(trained(), "roc")
    near = np.hypot(found.test.false_positives - found.test.here[0], found.test.true_positives - found.test.here[1])
    assert near.min() < 1e-6


@pytest.mark.parametrize("data", ["moons", "waves"])
def test_losses_of_the_samples_make_up_the_loss(data: str) -> None:
    run = of_data(data, steps=100)
    found: SampleLosses = measured(run, "sample_losses")
    losses = run.loss.per_sample(run.network.forward(run.prepared.test_x), run.prepared.test_y)
    assert found.test.mean == pytest.approx(losses.mean(), rel=1e-4)
    assert found.test.median == pytest.approx(np.median(losses), rel=1e-4)
    assert found.test.worst == pytest.approx(losses.max(), rel=1e-4)
    assert found.test.counts.sum() == len(losses)
    share = np.sort(losses)[-(len(losses) // 10) :].sum() / losses.sum()
    assert found.test.share_of_worst_tenth == pytest.approx(share, rel=1e-4)


def test_of_many_rows_a_sample_is_looked_at_and_said() -> None:
    run = of_data("moons", steps=5, data__samples=9000, data__test_share=0.5)
    found: Confusion = measured(run, "confusion")
    assert found.test.total == 4500
    assert found.test.rows == MOST_ROWS
    np.testing.assert_array_equal(spread(5, 9), np.arange(5))
    assert len(np.unique(spread(100_000, 2000))) == 2000


def test_what_a_hand_on_the_weights_does_is_seen_at_once() -> None:
    run = trained()
    probe = Probe(run)
    before: SampleLosses = measured(run, "sample_losses", probe)
    run.apply(SetWeight(2, 0, -1, 40.0))
    after: SampleLosses = measured(run, "sample_losses", probe)
    assert after.test.worst > 10 > before.test.worst


@pytest.mark.parametrize("name", PREDICTIONS)
def test_weights_that_are_not_finite_do_no_harm(name: str) -> None:
    run = trained()
    run.network.parameters[3] = np.nan
    measured(run, name)
    run.network.parameters[:] = np.inf
    measured(run, name)


@pytest.mark.parametrize("name", [*PREDICTIONS, "chain", "nudge", "surface"])
def test_measuring_changes_nothing(name: str) -> None:
    values = {"network__dropout": 0.2, "regularization__input_noise": 0.1, "optimizer__name": "adam"}
    run, other = session(**values), session(**values)
    probe = Probe(run)
    for steps in (3, 10, 9):
        run.advance(steps)
        other.advance(steps)
        probe.measure(Watch((name,)))
    run.take_rows(), other.take_rows()
    assert_same(run.state_dict(), other.state_dict())
