"""The log of every layer: what is in it, how it is thinned, cut and timed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from nntui.training.commands import Set, SetWeight, Watch
from nntui.training.insights.trends import PERCENTILES, Trends
from nntui.training.measures import Probe
from nntui.training.rebinning import common, density
from nntui.training.session import Session
from nntui.training.signals import rms, signals
from nntui.training.trends import ALLOWANCE, GROWTH, MOST, SAVED, SHARE, Log
from nntui.worker.frames import decode, encode
from nntui.worker.messages import read_snapshot, snapshot_record
from tests.training.runs import assert_same, experiment, session, train_to

WATCH = Watch(("trends",))


class Clock:
    """Seconds that pass as told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def log_of(run: Session) -> Log:
    rows = np.arange(run.train_samples, dtype=np.intp)
    return Log(run, run.prepared.train_x, rows)


def recorded(run: Session) -> Trends:
    found: Trends = Probe(run).measure(WATCH).insights["trends"]
    return found


def test_a_tick_is_what_the_network_is_now() -> None:
    run = session(optimizer__name="adam", network__hidden=(9, 7), network__activation="relu")
    train_to(run, 33)
    found = recorded(run)
    assert found.layers == ("hidden 1", "hidden 2", "output")
    assert found.activations == ("relu", "relu", "sigmoid")
    assert found.steps.tolist() == [33]
    x, y = run.prepared.train_x, run.prepared.train_y
    traced = run.network.trace(x)
    update = run.last_update()
    assert update is not None
    for index, (layer, (z, a)) in enumerate(zip(run.network.layers, traced, strict=True)):
        np.testing.assert_allclose(
            found.percentiles[index, 0], np.percentile(layer.weights, PERCENTILES), rtol=1e-5, atol=1e-7
        )
        np.testing.assert_allclose(
            found.bias_percentiles[index, 0], np.percentile(layer.bias, PERCENTILES), rtol=1e-5, atol=1e-7
        )
        assert found.gradient_norm[index, 0] == pytest.approx(np.linalg.norm(layer.matrix_gradient), rel=1e-5)
        before, after = (vector[layer.slice].astype(float) for vector in update)
        ratio = np.linalg.norm(after - before) / np.linalg.norm(before)
        assert found.update_ratio[index, 0] == pytest.approx(ratio, rel=1e-4)
        assert found.mean[index, 0] == pytest.approx(a.mean(), rel=1e-4)
        assert found.std[index, 0] == pytest.approx(a.std(), rel=1e-4)
        dead = layer.activation.dead_units(z, a)
        assert found.dead[index, 0] == pytest.approx(math.nan if dead is None else dead.mean(), nan_ok=True)
        ends = found.low[index], found.high[index]
        expected = density(np.histogram(layer.weights, 40, ends)[0].astype(float))
        assert np.abs(found.density[index, 0].astype(int) - expected).max() <= 255 / expected[expected > 0].size
        assert found.gradient_counts[index].sum() == layer.weights.size
    delta = run.loss.gradient(traced[-1][0], y) * len(y)
    assert found.signal[-1, 0] == pytest.approx(np.sqrt(np.square(delta).mean()), rel=1e-4)


@pytest.mark.parametrize("activation", ["tanh", "relu", "gelu", "hard_tanh", "silu"])
@pytest.mark.parametrize("data", ["moons", "spirals", "waves"])
def test_the_signal_is_what_nudging_a_sum_does_to_the_loss(activation: str, data: str) -> None:
    """Against central differences, in double precision."""
    run = session(data__name=data, network__activation=activation, training__precision="float64")
    train_to(run, 10)
    x, y = run.prepared.train_x[:3], run.prepared.train_y[:3]
    layers = run.network.layers
    found = signals(run.network, run.loss, run.network.trace(x), y)
    nudge = 1e-6

    def losses(at: int, unit: int, by: float) -> Any:
        value = x
        for index, layer in enumerate(layers):
            z = layer.sums(value)
            if index == at:
                z[:, unit] += by
            value = layer.activation(z)
        return run.loss.per_sample(z, y)

    for at, layer in enumerate(layers):
        for unit in range(layer.size):
            slope = (losses(at, unit, nudge) - losses(at, unit, -nudge)) / (2 * nudge)
            np.testing.assert_allclose(found[at][:, unit], slope, rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("factor", [1.0, 1e-25, 1e25])
def test_a_root_mean_square_neither_overflows_nor_vanishes(factor: float) -> None:
    values = np.array([3.0, -4.0], np.float32) * np.float32(factor)
    assert rms(values) == pytest.approx(math.sqrt(12.5) * factor, rel=1e-5)
    assert math.isnan(rms(np.zeros(0)))


def test_measuring_touches_nothing() -> None:
    run, alone = session(), session()
    probe, clock = Probe(run), Clock()
    for step in range(5, 90, 5):
        train_to(run, step)
        clock.now += 1.0
        probe.follow(clock)
        probe.measure(WATCH)
    train_to(alone, 85)
    assert_same(run.state_dict(), alone.state_dict())


def test_the_log_is_thinned_and_stays_even() -> None:
    run = session(training__epochs=5000)
    log = log_of(run)
    for step in range(1, 3 * MOST):
        train_to(run, step)
        log.tick()
    found = log.record()
    assert len(found.steps) <= MOST
    assert found.steps[-1] == run.step
    gaps = np.diff(found.steps)
    assert set(gaps[:-1].tolist()) == {4}
    assert found.percentiles.shape == (3, len(found.steps), 5)
    assert found.density.shape == (3, len(found.steps), 40)


def test_the_newest_tick_makes_room_until_the_interval_is_over() -> None:
    run = session(training__epochs=5000)
    log = log_of(run)
    log._interval = 10
    for step in (1, 4, 7, 12, 15, 21, 30):
        train_to(run, step)
        log.tick()
    assert log.record().steps.tolist() == [1, 12, 30]


def test_ticks_keep_to_their_share_of_the_time() -> None:
    run, clock = session(training__epochs=5000), Clock()
    log = log_of(run)
    taken = 0
    cost = 0.001

    class Costly(Clock):
        def __call__(self) -> float:
            nonlocal taken
            if log._count != taken:
                taken = log._count
                clock.now += cost
            return clock.now

    for _ in range(2000):
        run.advance(1)
        clock.now += 0.002
        log.follow(Costly())
    assert log._count * cost <= SHARE * clock.now + ALLOWANCE + SAVED + cost
    assert log._count * cost >= SHARE * clock.now + 0.7 * ALLOWANCE


def test_a_short_run_is_looked_at_ever_more_seldom_instead_of_at_its_beginning_alone() -> None:
    run, clock = session(training__epochs=5000), Clock()
    log = log_of(run)
    for _ in range(5000):
        run.advance(1)
        log.follow(clock)
    steps = log.record().steps
    assert len(steps) > 15
    assert steps[-1] * GROWTH > 4000


def test_the_end_of_a_run_is_in_the_log() -> None:
    run, clock = session(training__epochs=4), Clock()
    log = log_of(run)
    log._interval, log._allowance = 10**6, 0.0
    run.advance(1)
    log.follow(clock)
    run.advance(10**6)
    assert run.state == "finished"
    log.follow(clock)
    assert log.record().steps[-1] == run.step


def test_going_back_cuts_the_log() -> None:
    run = session(training__epochs=5000)
    probe, clock = Probe(run), Clock()
    for step in (5, 10, 15, 20):
        train_to(run, step)
        clock.now += 10
        probe.follow(clock)
        if step == 10:
            packed = run.state_dict()
    run.load_state_dict(packed)
    train_to(run, 12)
    probe.follow(clock)
    steps = probe.measure(WATCH).insights["trends"].steps
    assert steps.tolist() == [5, 10, 12]


def test_the_log_goes_on_with_another_session_that_went_back_in_the_same_run() -> None:
    run, again = session(training__epochs=5000), session(training__epochs=5000)
    probe, clock = Probe(run), Clock()
    for step in (5, 10, 15, 20):
        train_to(run, step)
        clock.now += 10
        probe.follow(clock)
    train_to(again, 12)
    after = Probe(again, probe)
    assert after.measure(WATCH).insights["trends"].steps.tolist() == [5, 10, 12]
    again.apply(SetWeight(0, 0, 0, 9.0))
    train_to(again, 14)
    assert after.measure(WATCH).insights["trends"].high[0] >= 9.0


def test_an_edit_is_seen_without_a_step() -> None:
    run = session()
    probe = Probe(run)
    train_to(run, 8)
    before = probe.measure(WATCH).insights["trends"]
    run.apply(SetWeight(0, 0, 0, 50.0))
    after = probe.measure(WATCH).insights["trends"]
    assert after.steps.tolist() == [8]
    assert after.high[0] > before.high[0]


def test_another_activation_and_loss_are_looked_at_as_they_are() -> None:
    run = session()
    probe = Probe(run)
    train_to(run, 8)
    probe.measure(WATCH)
    run.apply(Set("network.layers.1.activation", "relu"))
    train_to(run, 9)
    found = probe.measure(WATCH).insights["trends"]
    assert found.activations[0] == "relu"
    assert math.isnan(found.dead[0, 0])
    assert found.dead[0, 1] >= 0


def test_a_network_whose_numbers_run_away_can_still_be_looked_at() -> None:
    run = session(network__activation="relu", network__hidden=(6, 6))
    probe = Probe(run)
    probe.measure(WATCH)
    run.network.parameters[:] = np.float32(3e38)
    run.network.parameters[3] = np.nan
    found = probe.measure(WATCH).insights["trends"]
    assert np.isfinite(found.low).all()
    assert (found.low < found.high).all()


def test_large_layers_are_sampled_and_units_of_small_networks_remembered() -> None:
    run = Session(experiment(network__hidden=(300, 300)))
    log = log_of(run)
    log.tick()
    found = log.record()
    weights = run.network.layers[1].weights
    np.testing.assert_allclose(found.percentiles[1, 0], np.percentile(weights, PERCENTILES), atol=weights.std() / 10)
    unit = log.of_unit(1, 7)
    assert unit["norm"][0] == pytest.approx(np.linalg.norm(weights[:, 7]), rel=1e-5)
    a = run.network.trace(run.prepared.train_x)[1][1]
    assert unit["mean"][0] == pytest.approx(a[:, 7].mean(), rel=1e-4, abs=1e-6)


def test_histograms_are_brought_to_common_ends() -> None:
    rng = np.random.default_rng(0)
    low, high = np.array([[-1.0], [-2.0], [-2.0]]), np.array([[1.0], [1.0], [4.0]])
    values = [rng.uniform(a, b, 4000) for a, b in zip(low[:, 0], high[:, 0], strict=True)]
    counts = np.array([[np.histogram(v, 40, (a, b))[0]] for v, a, b in zip(values, low[:, 0], high[:, 0], strict=True)])
    new_low, new_high, found = common(low, high, counts)
    assert (new_low.tolist(), new_high.tolist()) == ([-2.0], [4.0])
    np.testing.assert_allclose(found.sum(axis=2), 4000)
    np.testing.assert_array_equal(found[2], counts[2])
    for index in range(3):
        expected = np.histogram(values[index], 40, (-2, 4))[0]
        assert np.abs(np.cumsum(found[index, 0]) - np.cumsum(expected)).max() < 160
    shown = density(found)
    assert shown.max(axis=2).tolist() == [[255]] * 3
    assert ((shown > 0) == (found > 1e-6)).mean() > 0.95
    assert not density(np.zeros((2, 40))).any()


def test_it_travels() -> None:
    run = session()
    train_to(run, 20)
    snapshot = Probe(run).measure(WATCH)
    again = read_snapshot(decode(encode(snapshot_record(snapshot)))).insights["trends"]
    np.testing.assert_array_equal(again.density, snapshot.insights["trends"].density)
    assert again.layers == snapshot.insights["trends"].layers
