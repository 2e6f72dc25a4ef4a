"""What the screen says, at random moments of real runs, against the weights of that moment.

The numbers are read off the panels and computed again by a forward and a backward pass of this file's own, in double
precision: nothing that measures or evaluates in the program is used.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from nntui.experiment import Experiment
from nntui.runs.resume import resume
from nntui.runs.rewind import at_epoch
from nntui.runs.run import open_run
from nntui.training.commands import Set, Watch
from nntui.training.events import Event
from nntui.training.measures import Probe
from nntui.training.scalars import INDEX, Rows
from nntui.training.session import Session
from nntui.tui.facts import facts
from nntui.tui.widgets.status import notice_text
from nntui.worker.client import Batch, Status
from tests.runs.recordings import recorded
from tests.tui.stage import Stage, stage

Array = npt.NDArray[np.float64]

QUANTITIES = ("weights", "activations", "trends", "network", "neuron", "confusion", "mistakes", "chain")
STUDIES: tuple[dict[str, Any], ...] = (
    {"data.name": "moons", "data.noise": 0.3, "network.hidden": (9, 7), "network.activation": "relu"},
    {"data.name": "wine", "network.hidden": (8,), "network.activation": "tanh"},
    {"data.name": "iris", "network.hidden": (6, 5), "network.activation": "relu", "loss.name": "mean_squared_error",
     "optimizer.name": "sgd"},
    {"data.name": "breast_cancer", "network.hidden": (5,), "network.activation": "sigmoid"},
)  # fmt: skip
MOMENTS = ("boundary", "mid-epoch", "stopped early", "rewound", "resumed", "loss changed")


def experiment(seed: int, moment: str) -> Experiment:
    """A small study of its own for every seed."""
    rng = np.random.default_rng(seed)
    values = {
        "optimizer.learning_rate": float(rng.choice([0.01, 0.05])), "training.batch_size": int(rng.choice([10, 17])),
        "training.epochs": 30, **STUDIES[int(rng.integers(len(STUDIES)))], "training.seed": seed,
    }  # fmt: skip
    if moment == "stopped early":
        values |= {"training.patience": 2, "training.epochs": 400, "optimizer.learning_rate": 0.1}
    return Experiment().with_values(values)


def reached(seed: int, moment: str, folder: Path) -> tuple[Session, Rows, list[Event]]:
    """A session at that moment, the rows of its epochs, and what it told last."""
    of, rng = experiment(seed, moment), np.random.default_rng(seed + 1000)
    if moment in ("rewound", "resumed"):
        path = recorded(folder, of, until=12 * Session(of).steps_per_epoch + int(rng.integers(1, 5)))
        if moment == "rewound":
            there = at_epoch(open_run(path), int(rng.integers(1, 12)))
            return there.rerun.session, there.rows(open_run(path).scalars().rows)[0], []
        taken = resume(path)
        taken.recorder.close()
        return taken.session, taken.rows, []
    run = Session(of)
    told = run.advance(10**6 if moment == "stopped early" else int(rng.integers(2, 9)) * run.steps_per_epoch)
    rows = run.take_rows()
    if moment == "mid-epoch":
        run.advance(int(rng.integers(1, run.steps_per_epoch)))
    if moment == "loss changed":
        told = run.apply(Set("loss.name", "mean_absolute_error" if "cross" not in of.loss.name else "huber"))
    return run, rows, told


def fed(run: Session, rows: Rows, told: list[Event], **watch: Any) -> Batch:
    """What the training process would send."""
    snapshot = Probe(run).measure(Watch(QUANTITIES, **watch))
    state = run.state if run.state != "running" else "paused"
    status = Status(
        state=state, epoch=run.epoch, step=run.step, steps_per_epoch=run.steps_per_epoch, elapsed=3.0,
        learning_rate=run.learning_rate, running_loss=run.running_loss(), restored_epoch=run.restored_epoch,
        guessing_loss=run.guessing_loss, run="x",
    )  # fmt: skip
    return Batch((run.started(), *told), rows, snapshot, status)


# ---- the other computation


def activated(name: str, z: Array) -> Array:
    match name:
        case "relu":
            return np.asarray(np.maximum(z, 0.0))
        case "tanh":
            return np.asarray(np.tanh(z))
        case "sigmoid":
            return np.asarray(1.0 / (1.0 + np.exp(-z)), np.float64)
        case "softmax":
            e = np.exp(z - z.max(axis=1, keepdims=True))
            return np.asarray(e / e.sum(axis=1, keepdims=True))
    return z


def slope(name: str, z: Array) -> Array:
    a = activated(name, z)
    slopes = {"relu": (z > 0) * 1.0, "tanh": 1 - a * a, "sigmoid": a * (1 - a)}
    return np.asarray(slopes.get(name, np.ones_like(z)), np.float64)


def forward(run: Session, x: Array) -> list[tuple[Array, Array]]:
    """z and a of every layer, (n, units)."""
    found, a = [], np.asarray(x, np.float64)
    for layer in run.network.layers:
        matrix = layer.matrix.astype(np.float64)
        z = a @ matrix[:-1] + matrix[-1]
        a = activated(layer.spec.activation, z)
        found.append((z, a))
    return found


def losses(run: Session, a: Array, y: Array) -> Array:
    """(n,) by the formulas of the losses."""
    match run.loss.name:
        case "mean_squared_error":
            return np.asarray(np.square(a - y).mean(axis=1))
        case "categorical_cross_entropy":
            return np.asarray(-np.log((a * y).sum(axis=1)))
        case "binary_cross_entropy":
            return np.asarray(-np.log(np.where(y > 0.5, a, 1 - a)).mean(axis=1))
    raise AssertionError(run.loss.name)


def right(a: Array, y: Array) -> npt.NDArray[np.bool_]:
    said = a.argmax(axis=1) if a.shape[1] > 1 else a[:, 0] > 0.5
    true = y.argmax(axis=1) if y.shape[1] > 1 else y[:, 0] > 0.5
    return np.asarray(said == true)


# ---- the screen


def number_after(pattern: str, text: str) -> float:
    """The number behind these words, as it stands on the screen."""
    found = re.search(pattern + r"(?: \([^)]*\))?[ :]*(-?[\d.]+(?:e-?\d+)?)", text)
    assert found, f"no {pattern!r} in\n{text}"
    return float(found[1])


def told(on: Stage, panel: str) -> dict[str, str]:
    """The numbers that the panel's explanation has."""
    return {**facts(panel, on.app.model), **(on.panel(panel).facts() or {})}


def close(said: float, expected: float, digits: int = 2) -> bool:
    """Equal as far as ``digits`` significant digits say, and one unit of the last."""
    return bool(abs(said - expected) <= 1.01 * 10.0 ** (np.floor(np.log10(max(abs(expected), 1e-12))) + 1 - digits))


async def check_overview(on: Stage, run: Session, rows: Rows, comparable: bool) -> None:
    row = rows[-1]
    if run.restored_epoch:
        row = rows[rows[:, INDEX["epoch"]] == run.restored_epoch][0]
    panel = on.panel("loss").text()
    loss, score = panel.split("\n")[1], on.panel("accuracy").text().split("\n")[1]  # the legends
    assert close(number_after("test", loss), row[INDEX["test_loss"]])
    assert close(number_after("train", loss), row[INDEX["train_loss"]])
    assert abs(number_after("test", score) - 100 * row[INDEX["test_score"]]) < 0.1
    assert f"{run.epoch}/" in on.text
    if run.step == row[INDEX["step"]] or run.restored_epoch:  # the network of that row is at hand
        (_, a), y = forward(run, run.prepared.test_x)[-1], run.prepared.test_y
        assert abs(number_after("test", score) - 100 * right(a, y).mean()) < 0.1
        if comparable:
            assert close(number_after("test", loss), float(losses(run, a, y).mean()))
    if np.isfinite(run.running_loss()):
        assert close(number_after("so far", panel), run.running_loss())
    guessing = told(on, "loss")["loss of guessing"]
    assert float(guessing) == pytest.approx(run.guessing_loss, rel=1e-3)
    if "cross_entropy" in run.loss.name:
        shares = run.prepared.train_y.mean(axis=0, dtype=np.float64)
        shares = shares if len(shares) > 1 else np.array([shares[0], 1 - shares[0]])
        assert float(guessing) == pytest.approx(float(-(shares * np.log(shares)).sum()), rel=1e-3)
    rate = number_after("now", on.panel("learning-rate").text()) if "now" in on.panel("learning-rate").text() else 0.0
    assert rate == 0.0 or close(rate, run.learning_rate)


async def check_layers(on: Stage, run: Session) -> None:
    traced = forward(run, run.prepared.train_x)
    weights, activations = told(on, "weights"), told(on, "activations")
    for index, layer in enumerate(run.network.layers):
        words = weights[layer.name]
        assert close(number_after("standard deviation", words), float(layer.weights.std()))
        z, _ = traced[index]
        words = activations[layer.name]
        if layer.spec.activation == "relu":
            dead = (z <= 0).all(axis=0).mean()
            assert abs(number_after("dead units", words) - 100 * dead) <= 0.51, words
        if layer is run.network.layers[-1]:
            assert "saturated n/a" in words


async def check_predictions(on: Stage, run: Session) -> None:
    (_, a), y = forward(run, run.prepared.test_x)[-1], run.prepared.test_y
    good = right(a, y)
    shown = on.panel("confusion").text()
    said = re.search(r"([\d.]+)% right", shown)
    assert said, shown
    assert abs(float(said[1]) - 100 * good.mean()) < 0.51
    split = run.prepared.split
    wrong = {int(split.test_index[place]) + 1 for place in np.flatnonzero(~good)}
    rows = {int(label.removeprefix("row ")) for label in told(on, "mistakes")}
    assert rows <= wrong
    assert len(rows) == min(len(wrong), 5)


def gradients(run: Session, sample: int, layer: int) -> tuple[Array, Array]:
    """∂L/∂z of a layer and what comes into it, (units,) and (inputs,), back through this file's network."""
    x, y = (array[sample][None].astype(np.float64) for array in (run.prepared.train_x, run.prepared.train_y))
    traced, layers = forward(run, x), run.network.layers
    a = traced[-1][1]
    delta = (a - y) / (a.shape[1] if run.loss.output == "sigmoid" else 1)
    if run.loss.name == "mean_squared_error":
        delta = 2 * (a - y) / a.shape[1]
        if run.loss.output == "softmax":
            delta = a * (delta - (a * delta).sum(axis=1, keepdims=True))
        else:
            delta = delta * slope(layers[-1].spec.activation, traced[-1][0])
    for index in range(len(layers) - 2, layer - 1, -1):
        following = layers[index + 1].weights.astype(np.float64)
        delta = (delta @ following.T) * slope(layers[index].spec.activation, traced[index][0])
    return delta[0], (x if layer == 0 else traced[layer - 1][1])[0]


NUMBER = r"([-−]?[\d.]+(?:e-?\d+)?)"


def read_chain(text: str) -> tuple[list[float], list[float]]:
    """The factors and the product as the panel draws them, and the gradient by back-propagation and by the nudge."""
    product = re.search(rf"= {NUMBER} · {NUMBER} · {NUMBER}\s+= {NUMBER}", text)
    checked = re.search(rf"Backprop {NUMBER}, nudge {NUMBER},", text)
    assert product, text
    assert checked, text
    first, second = ([float(word.replace("−", "-")) for word in found.groups()] for found in (product, checked))
    return first, second


async def check_chain(on: Stage, run: Session) -> None:
    """The gradient of the weight that is chosen, for the sample that is chosen, as it stands on the screen."""
    found, chosen = told(on, "chain"), on.app.model.chosen
    delta, into = gradients(run, chosen.sample, chosen.layer)
    came = 1.0 if chosen.source < 0 else float(into[chosen.source])
    expected = float(delta[chosen.unit]) * came
    assert came != 0
    (back, own, x, product), checked = read_chain(on.panel("chain").text())
    assert close(x, came, 3)
    assert close(product, expected, 3)
    assert all(close(each, expected, 3) or abs(each - expected) < 1e-6 for each in checked)
    if run.network.layers[chosen.layer].spec.activation != "softmax":  # whose outputs have no slope of their own
        assert back * own * x == pytest.approx(expected, rel=2e-2, abs=1e-12)
    assert float(found["back-propagated"]) == pytest.approx(expected, rel=2e-3, abs=1e-12)


async def check_chain_of_silent_input(on: Stage, run: Session, fed_again: Callable[..., Batch]) -> bool:
    """Of a weight into which 0 comes the product is 0, whatever the sign of the rest; False without such a weight."""
    chosen = on.app.model.chosen
    for layer in range(len(run.network.layers)):
        delta, into = gradients(run, chosen.sample, layer)
        silent, falling = np.flatnonzero(into == 0), np.flatnonzero(delta < 0)
        if silent.size and falling.size:
            chosen.weight(layer, int(falling[0]), int(silent[0]))
            await on.feed(fed_again(layer=layer, unit=chosen.unit, source=chosen.source))
            text = on.panel("chain").text()
            factors, checked = read_chain(text)
            assert [*factors[2:], *checked] == [0, 0, 0, 0]
            assert not re.search(r"(?<![\w.])[-−]0(?![\d.])", text), text
            return True
    return False


async def check(seed: int, moment: str, folder: Path) -> None:
    run, rows, events = reached(seed, moment, folder)
    sample = int(np.random.default_rng(seed).integers(run.train_samples))
    comparable = moment != "loss changed"
    batch = fed(run, rows, events, sample=sample, pick=True)
    async with stage(batch, of=run.origin) as on:
        on.app.model.chosen.sample = sample
        await on.feed(batch)
        await check_overview(on, run, rows, comparable)
        await check_layers(on, run)
        if run.restored_epoch:
            said = notice_text(on.app.model, on.app.view.keys)[0]
            (_, a), y = forward(run, run.prepared.test_x)[-1], run.prepared.test_y
            assert f"those of epoch {run.restored_epoch}" in said
            assert abs(number_after("accuracy", said) - 100 * right(a, y).mean()) < 0.1
        await on.press("4")
        await check_predictions(on, run)
        await on.press("5")
        if comparable:

            def fed_again(**watch: Any) -> Batch:
                return fed(run, rows, events, sample=sample, **watch)

            chosen = on.app.model.chosen
            await on.feed(fed_again(layer=chosen.layer, unit=chosen.unit, source=chosen.source))
            await check_chain(on, run)
            relu = any(layer.spec.activation == "relu" for layer in run.network.layers)
            assert await check_chain_of_silent_input(on, run, fed_again) or not relu


@pytest.mark.parametrize("moment", MOMENTS)
async def test_numbers_on_screen_are_those_of_the_weights_at_hand(moment: str, tmp_path: Path) -> None:
    await check(MOMENTS.index(moment), moment, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 30))
@pytest.mark.parametrize("moment", MOMENTS)
async def test_numbers_on_screen_hold_for_many_seeds(moment: str, seed: int, tmp_path: Path) -> None:
    await check(seed, moment, tmp_path)
