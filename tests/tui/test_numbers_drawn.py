"""The numbers in the cells that the panels draw, against the weights of the moment that they are about.

Everything is read off the strips of the panels in a large terminal, and computed again by the forward and backward pass
of `tests.tui.test_numbers_on_screen`, in double precision.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

from nntui.experiment import Experiment, find_preset, read_preset
from nntui.nn.layer import Dense
from nntui.runs.rewind import rewind
from nntui.runs.run import open_run
from nntui.training.measures import Probe
from nntui.training.probing import probe_rows
from nntui.training.scalars import INDEX
from nntui.training.session import Session
from nntui.worker.seeking import Seeker
from tests.runs.recordings import recorded
from tests.tui.stage import Stage, stage
from tests.tui.test_numbers_on_screen import Array, activated, close, experiment, fed, forward, losses, right, slope

SIZE = (200, 60)
RUN = "20261130-000000-drawn-0000"
NUMBER = r"(-?[\d.]+(?:e-?\d+)?)"
ACTIVATIONS = {"relu", "tanh", "sigmoid", "softmax", "identity"}
FLAT = 1.0 - 0.97**2  # of the steepest slope: below it an output is saturated
MOMENTS = ("running", "paused mid-epoch", "replayed", "cursor in the past")


def at_moment(seed: int, moment: str, folder: Path, of: Experiment) -> tuple[Session, Any, bool]:
    """The session whose network is shown, a batch that shows it, and whether the time cursor is needed for that."""
    rng = np.random.default_rng(seed)
    if moment in ("running", "paused mid-epoch"):
        run = Session(of)
        run.advance(3 * run.steps_per_epoch)
        rows = run.take_rows()
        run.advance(int(rng.integers(1, max(run.steps_per_epoch, 2))))
        batch = fed(run, rows, [])
        state: Literal["running", "paused"] = "running" if moment == "running" else "paused"
        return run, replace(batch, status=replace(batch.status, state=state)), False
    path = recorded(folder, of, until=5 * Session(of).steps_per_epoch)
    last, epoch = open_run(path), int(rng.integers(1, 5))
    shown = rewind(last, epoch)
    if moment == "replayed":
        rows = last.scalars().rows
        return shown, fed(shown, rows[rows[:, INDEX["epoch"]] <= epoch], []), False
    newest = rewind(last, 5)
    batch = fed(newest, last.scalars().rows, [])
    return shown, replace(batch, status=replace(batch.status, run=RUN)), True


async def open_view(on: Stage, key: str, batch: Any, run: Session, folder: Path, past: bool) -> None:
    """Show it with what it asks to have measured: now, or of the past epoch, as the program's processes measure it."""
    await on.press(key)
    watch = on.app.model.watching(on.watched())
    if past:
        looked = next(folder.glob("*-*"))
        await on.feed(replace(batch, events=(), past=Seeker(lambda session: None).look(looked, run.epoch, watch)))
    else:
        await on.feed(replace(batch, events=(), snapshot=Probe(run).measure(watch)))


def drawn(on: Stage, panel: str) -> list[str]:
    """The rows of a panel, without their frame."""
    rows = on.panel(panel).text().split("\n")
    assert len(rows) > 3, panel
    return [row.rstrip()[1:-1] for row in rows[1:-1]]


def title(on: Stage, panel: str) -> str:
    return on.panel(panel).text().split("\n")[0]


def find(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    assert found, f"no {pattern!r} in\n{text}"
    return float(found[1])


def part(text: str, layer: str) -> str:
    """What is said of a layer: from its name to that of the next."""
    begin = text.index(layer)
    rest = re.split(r"hidden \d|output", text[begin + len(layer) :], maxsplit=1)
    return rest[0]


def probe(run: Session) -> Array:
    x = run.prepared.train_x
    return np.asarray(x[probe_rows(len(x), len(run.network.parameters))], np.float64)


def flat(layer: Dense, z: Array) -> float:
    """The share of the outputs whose slope is less than FLAT of the steepest; not-a-number if it cannot be."""
    steepest = {"tanh": 1.0, "sigmoid": 0.25}.get(layer.spec.activation, float("nan"))
    return float((slope(layer.spec.activation, z) < FLAT * steepest).mean()) if steepest == steepest else steepest


def check_overview(on: Stage, run: Session) -> None:
    weights, activations = "\n".join(drawn(on, "weights")), "\n".join(drawn(on, "activations"))
    traced, everything = forward(run, probe(run)), forward(run, run.prepared.train_x)
    for layer, (probed, a), (z, _) in zip(run.network.layers, traced, everything, strict=True):
        if layer.name in weights:
            said = part(weights, layer.name)
            assert close(find(rf"σ {NUMBER}", said), float(layer.weights.std(dtype=np.float64)))
            if "μ" in said:
                assert close(find(rf"μ {NUMBER}", said), float(layer.weights.mean(dtype=np.float64)))
        if layer is run.network.layers[-1] or layer.name not in activations:
            continue
        said = part(activations, layer.name)
        assert close(find(rf"mean {NUMBER}", said), float(a.mean()))
        assert close(find(rf"σ {NUMBER}", said), float(a.std()))
        if layer.spec.activation == "relu":
            assert "n/a" in said
            dead = 100 * float((z <= 0).all(axis=0).mean())
            assert abs(find(r"dead\D*?(\d+)%", said) - dead) <= 0.51, said
        else:
            assert abs(find(r"saturated\D*?(\d+)%", said) - 100 * flat(layer, probed)) <= 1.01, said


def check_layers(on: Stage, run: Session) -> None:
    spread, weights = "\n".join(drawn(on, "activation-spread")), "\n".join(drawn(on, "weights-over-time"))
    traced = forward(run, probe(run))
    for layer, (_, a) in zip(run.network.layers, traced, strict=True):
        if layer.name in spread:
            said = part(spread, layer.name)
            assert close(find(rf"μ {NUMBER}", said), float(a.mean()))
            assert close(find(rf"σ {NUMBER}", said), float(a.std()))
        if layer.name in weights and layer.weights.size <= 4096:
            middle = float(np.percentile(layer.weights.astype(np.float64), 50))
            assert close(find(rf"median {NUMBER}", part(weights, layer.name)), middle)


def check_predictions(on: Stage, run: Session) -> None:
    (_, a), y = forward(run, run.prepared.test_x)[-1], run.prepared.test_y.astype(np.float64)
    split = run.prepared.split
    number = {int(row): place for place, row in enumerate(split.test_index)}
    mistakes = drawn(on, "mistakes")
    rows = [number[int(found[1]) - 1] for line in mistakes if (found := re.match(r" *(\d+)  ", line))]
    if run.prepared.task == "regression":
        assert rows, mistakes
        errors = np.square(a - y).mean(axis=1)
        assert min(errors[rows]) >= np.sort(errors)[-len(rows)] * (1 - 1e-4)  # the largest there are
        return
    good = right(a, y)
    assert set(rows) <= set(np.flatnonzero(~good).tolist())
    assert f"{(~good).sum()} of {len(good)} wrong" in title(on, "mistakes") or good.all()
    said = a.argmax(axis=1) if a.shape[1] > 1 else (a[:, 0] > 0.5).astype(int)
    true = y.argmax(axis=1) if y.shape[1] > 1 else (y[:, 0] > 0.5).astype(int)
    names = run.prepared.split.dataset.class_names
    counts = np.zeros((len(names), len(names)), int)
    np.add.at(counts, (true, said), 1)
    table = drawn(on, "confusion")
    for row, name in enumerate(names):
        line = next(line for line in table[1:] if line.strip().startswith(name[:8]) and re.search(r"\d", line[14:]))
        shown = [int(word) for word in line[len(name[:14]) :].split() if word.isdecimal()]
        assert shown[: len(names)] == counts[row].tolist(), (name, line)


def check_sample(on: Stage, run: Session, sample: int) -> None:
    (_, a), y = forward(run, run.prepared.train_x[sample : sample + 1])[-1], run.prepared.train_y[sample]
    words = title(on, "diagram")
    assert f"sample {sample + 1}" in words
    if run.prepared.task == "classification" and "said" in words:
        good = bool(right(a, y[None].astype(np.float64))[0])
        assert ("right" in words) == good, words


def check_scores(on: Stage, run: Session) -> None:
    """Of an ended epoch: the legend of the chart of accuracy or R², and that of the loss, for the test set."""
    (_, a), y = forward(run, run.prepared.test_x)[-1], run.prepared.test_y.astype(np.float64)
    said = find(rf"test {NUMBER}", drawn(on, "accuracy")[0])
    if run.prepared.task == "classification":
        assert abs(said - 100 * float(right(a, y).mean())) < 0.1
    else:
        assert close(said, float(1 - np.square(a - y).sum() / np.square(y - y.mean(axis=0)).sum()), 2)
    assert close(find(rf"test {NUMBER}", drawn(on, "loss")[0]), float(losses(run, a, y).mean()))


async def check(seed: int, moment: str, folder: Path, of: Experiment) -> None:
    run, batch, past = at_moment(seed, moment, folder, of)
    sample = int(np.random.default_rng(seed).integers(run.train_samples))
    async with stage(batch, of=run.origin, size=SIZE) as on:
        on.app.model.chosen.sample = sample
        if past:
            on.app.time.put(run.epoch)
        await open_view(on, "1", batch, run, folder, past)
        check_overview(on, run)
        if moment in ("replayed", "cursor in the past"):
            check_scores(on, run)
        await open_view(on, "2", batch, run, folder, past)
        check_layers(on, run)
        await open_view(on, "3", batch, run, folder, past)
        check_sample(on, run, sample)
        await open_view(on, "4", batch, run, folder, past)
        check_predictions(on, run)


def preset(seed: int) -> Experiment:
    """One of the presets that this file's network can compute, with little to train."""
    names = sorted(path.stem for path in (Path(__file__).parents[2] / "presets").glob("*.toml"))
    rng = np.random.default_rng(seed)
    while True:
        of = read_preset(find_preset(str(rng.choice(names))))
        known = {of.network.activation} <= ACTIVATIONS
        if known and of.loss.name in ("mean_squared_error", "binary_cross_entropy", "categorical_cross_entropy"):
            return of.with_values({"training.seed": seed, "training.pace": 0.0, "training.epochs": 20})


@pytest.mark.parametrize(
    "moment", [MOMENTS[-1], *(pytest.param(moment, marks=pytest.mark.slow) for moment in MOMENTS[:-1])]
)
async def test_drawn_numbers_are_those_of_the_weights_at_hand(moment: str, tmp_path: Path) -> None:
    await check(MOMENTS.index(moment), moment, tmp_path, experiment(MOMENTS.index(moment), moment))


@pytest.mark.slow
async def test_drawn_numbers_of_a_regression_are_those_of_the_weights_at_hand(tmp_path: Path) -> None:
    of = Experiment().with_values({"data.name": "waves", "network.hidden": (8,), "training.epochs": 30})
    await check(1, "replayed", tmp_path, of)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("moment", MOMENTS)
async def test_drawn_numbers_of_presets_are_those_of_the_weights_at_hand(
    moment: str, seed: int, tmp_path: Path
) -> None:
    await check(seed, moment, tmp_path, preset(seed))


async def test_drawn_gradient_norms_and_update_ratios_are_those_of_the_last_step() -> None:
    """With batches of the whole training set the gradient of the last step does not depend on an order."""
    of = experiment(2, "boundary").with_values({
        "data.name": "moons", "network.hidden": (6, 5), "network.activation": "tanh", "optimizer.name": "sgd",
        "optimizer.learning_rate": 0.05, "training.batch_size": 100_000, "loss.name": "auto",
    })  # fmt: skip
    before, run = Session(of), Session(of)
    before.advance(7)
    run.advance(8)
    gradients = backward(before)
    async with stage(fed(run, run.take_rows(), []), of=of, size=SIZE) as on:
        await on.press("2")
        watch = on.app.model.watching(on.watched())
        await on.feed(replace(fed(run, np.empty((0, len(INDEX))), []), events=(), snapshot=Probe(run).measure(watch)))
        norms, legend = "\n".join(drawn(on, "gradients")), drawn(on, "update-ratio")[0]
        for layer, gradient in zip(before.network.layers, gradients, strict=True):
            norm = float(np.linalg.norm(gradient))
            assert close(find(rf"{layer.name} +norm {NUMBER}", norms), norm)
            ratio = 0.05 * norm / float(np.linalg.norm(layer.matrix.astype(np.float64)))
            assert close(find(rf"{layer.name} {NUMBER}", legend), ratio)


def backward(run: Session) -> list[Array]:
    """The gradient of every layer's matrix, its biases last, over the whole training set; cross-entropy."""
    x, y = run.prepared.train_x.astype(np.float64), run.prepared.train_y.astype(np.float64)
    traced, layers = forward(run, x), run.network.layers
    delta = (traced[-1][1] - y) / len(x)
    found: list[Array] = []
    for index in range(len(layers) - 1, -1, -1):
        into = x if index == 0 else traced[index - 1][1]
        found.insert(0, np.vstack([into.T @ delta, delta.sum(axis=0)]))
        if index:
            back = delta @ layers[index].weights.astype(np.float64).T
            delta = back * slope(layers[index - 1].spec.activation, traced[index - 1][0])
    assert np.isfinite(activated("tanh", delta)).all()
    return found
