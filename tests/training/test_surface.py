"""A slice of the loss around the weights: directions by their definition, places by their loss, a bit at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nntui.nn.evaluate import evaluate
from nntui.training.commands import Pause, SetWeight, Watch
from nntui.training.insights.surface import Surface
from nntui.training.measures import Probe
from nntui.training.measuring.path import MOST, Path
from nntui.training.measuring.surface import SIDE, main_directions, random_directions
from nntui.training.session import Session
from tests.training.runs import session


def look(probe: Probe) -> Surface:
    found = probe.measure(Watch(("surface",))).insights["surface"]
    assert isinstance(found, Surface)
    return found


def worked_out(probe: Probe) -> Surface:
    """Once both slices are complete."""
    for _ in range(1000):
        found = look(probe)
        assert found.random is not None
        if found.random.done == 1 and (found.path is None or found.path.done == 1):
            return found
    raise AssertionError("it is never done")


def trained(**values: Any) -> tuple[Session, Probe]:
    run = session(**values)
    probe = Probe(run)
    for _ in range(30):
        run.advance(10)
        look(probe)
    return run, probe


def test_every_unit_of_a_direction_is_as_long_as_its_weights() -> None:
    run = session()
    run.advance(30)
    run.network.layers[0].weights[:, 1] = 0
    for direction in random_directions(run.network):
        for layer in run.network.layers:
            part = direction[layer.slice].reshape(layer.matrix.shape)
            np.testing.assert_allclose(
                np.linalg.norm(part[:-1], axis=0), np.linalg.norm(layer.weights, axis=0), rtol=1e-5, atol=1e-12
            )
            assert not part[-1].any()  # biases stay
    one, other = random_directions(run.network)
    assert abs(one @ other) < 0.5 * np.linalg.norm(one) * np.linalg.norm(other)


def test_random_directions_are_the_same_next_time() -> None:
    run = session()
    np.testing.assert_array_equal(random_directions(run.network), random_directions(run.network))


def test_main_directions_are_principal_components() -> None:
    rng = np.random.default_rng(1)
    basis = np.linalg.qr(rng.standard_normal((40, 2)))[0].T
    places = rng.standard_normal((9, 2)) @ np.diag([5.0, 2.0]) @ basis + 1e-3 * rng.standard_normal((9, 40))
    now = places[-1]
    found = main_directions(places, now)
    assert found is not None
    np.testing.assert_allclose(found @ found.T, np.eye(2), atol=1e-9)
    _, _, expected = np.linalg.svd(places - now)
    np.testing.assert_allclose(np.abs(found @ expected[:2].T), np.eye(2), atol=1e-6)
    assert main_directions(np.outer(np.arange(5.0), np.ones(40)), np.zeros(40)) is None


@pytest.mark.parametrize("kind", ["random", "path"])
def test_each_place_has_the_loss_of_the_weights_there(kind: str) -> None:
    run, probe = trained()
    found = worked_out(probe)
    plane = getattr(found, kind)
    slices = probe._kept["surveyor"]
    slice_ = getattr(slices, kind)[0]
    network = slices.network
    rows = probe._rows
    for row, column in ((0, 0), (7, 12), (24, 3), (12, 12)):
        x = np.linspace(plane.low[0], plane.high[0], SIDE)[column]
        y = np.linspace(plane.high[1], plane.low[1], SIDE)[row]
        network.parameters[:] = slice_.center + x * slice_.directions[0] + y * slice_.directions[1]
        loss, _ = evaluate(network, run.loss, run.prepared.train_x[rows], run.prepared.train_y[rows])
        assert plane.values[row, column] == pytest.approx(loss, rel=1e-4)


def test_the_middle_is_where_the_weights_are() -> None:
    run = session()
    run.advance(50)
    probe = Probe(run)
    found = worked_out(probe).random
    assert found is not None
    assert probe._session.state == "running"
    assert found.here == pytest.approx((0, 0), abs=1e-9)
    loss, _ = evaluate(run.network, run.loss, probe._inputs, run.prepared.train_y[probe._rows])
    assert found.center_loss == pytest.approx(loss, rel=1e-5)
    assert found.values[SIDE // 2, SIDE // 2] == pytest.approx(loss, rel=1e-5)
    assert found.center_step == 50


def test_it_goes_from_coarse_to_fine_a_few_places_at_a_time() -> None:
    run = session()
    run.advance(50)
    probe = Probe(run)
    done: list[float] = []
    while not done or done[-1] < 1:
        found = look(probe).random
        assert found is not None
        assert np.isfinite(found.values).mean() == pytest.approx(found.done)
        done.append(found.done)
        if np.isfinite(found.values).sum() < 49:
            assert not np.isfinite(found.values[1::2]).any()
    assert len(done) > 10
    assert max(np.diff(done)) <= 48 / SIDE**2 + 1e-9


def test_a_slice_stays_until_the_weights_have_gone_far() -> None:
    run = session()
    run.advance(100)
    probe = Probe(run)
    before = worked_out(probe).random
    assert before is not None
    weight = float(run.network.layers[0].weights[0, 0])
    run.apply(SetWeight(0, 0, 0, weight + 1e-3))
    assert worked_out(probe).random.center_loss == before.center_loss  # type: ignore[union-attr]
    run.apply(SetWeight(0, 0, 0, weight + 50.0))
    assert look(probe).random.done == 1  # type: ignore[union-attr]  # the old one is shown meanwhile
    assert worked_out(probe).random.center_loss != before.center_loss  # type: ignore[union-attr]


def test_the_path_begins_at_the_start_and_ends_now() -> None:
    run, probe = trained()
    found = worked_out(probe)
    assert found.path is not None
    kept: Path = probe._kept["path"]
    np.testing.assert_array_equal(kept.places[0], run.start_parameters)
    assert kept.steps == sorted(kept.steps)
    assert len(found.path.path_x) == len(kept.places) + 1
    assert found.path.seen > 0.9
    assert (found.path.path_x[-1], found.path.path_y[-1]) == pytest.approx(found.path.here)
    assert found.path.low[0] < found.path.path_x.min() <= found.path.path_x.max() < found.path.high[0]


def test_a_path_that_is_too_short_is_said() -> None:
    run = session()
    found = look(Probe(run))
    assert found.path is None
    assert found.why_no_path == "the path is too short yet"


def test_the_log_never_grows_and_stays_even() -> None:
    path = Path(np.zeros(4, np.float32))
    for step in range(1, 5000):
        path.note(step, np.full(4, step, np.float32))
        assert len(path.steps) == len(path.places) <= MOST
    assert path.steps[0] == 0
    assert [int(place[0]) for place in path.places] == path.steps
    gaps = np.diff(path.steps)
    assert gaps.max() <= 2 * gaps.min()
    assert len(path.steps) > MOST // 3


def test_going_back_cuts_the_log() -> None:
    path = Path(np.zeros(4, np.float32))
    for step in (10, 20, 30):
        path.note(step, np.full(4, step, np.float32))
    path.note(15, np.full(4, 15, np.float32))
    assert path.steps == [0, 10, 15]


def test_large_networks_keep_few_places_or_none() -> None:
    path = Path(np.zeros(1_000_000, np.float32))
    for step in range(1, 40):
        path.note(step, np.full(1_000_000, step, np.float32))
    assert len(path.places) <= 6
    huge = Path(np.broadcast_to(np.float32(0), 10_000_000))
    huge.note(9, np.zeros(3, np.float32))
    assert not huge.is_kept
    assert huge.places == []


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_lost_do_no_harm(value: float) -> None:
    run, probe = trained()
    run.network.parameters[2] = value
    look(probe)
    found = look(Probe(run))
    assert found.random is None
    assert found.path is None


def test_the_path_is_kept_while_nobody_looks() -> None:
    run = session()
    probe = Probe(run)
    for _ in range(20):
        run.advance(5)
        probe.follow(lambda: 0.0)
    found = look(probe)
    assert found.points > 15
    assert found.path is not None


def test_the_surface_of_a_paused_run_is_measured_in_pieces_until_it_is_complete(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("nntui.training.measuring.surface._WORK_AT_REST", 1_000_000)
    run = session()
    probe = Probe(run)
    for _ in range(5):
        run.advance(5)
        probe.follow(lambda: 0.0)
    run.apply(Pause())
    shares: list[float] = []
    while not shares or probe.is_behind:
        found = look(probe)
        assert found.random is not None
        assert found.path is not None
        shares.append(min(found.random.done, found.path.done))
    assert 0 < shares[0] < 1
    assert shares == sorted(set(shares))
    assert shares[-1] == 1


def test_an_unfinished_surface_is_forgotten_when_nobody_watches_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nntui.training.measuring.surface._WORK_AT_REST", 1_000_000)
    run = session()
    run.apply(Pause())
    probe = Probe(run)
    look(probe)
    assert probe.is_behind
    probe.measure(Watch(("weights",)))
    assert not probe.is_behind


def test_of_a_huge_network_there_is_no_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nntui.training.measuring.surface.MOST_PARAMETERS", 50)
    found = look(Probe(session()))
    assert found.random is found.path is None
    assert "too large" in found.why_not


def test_where_nobody_asks_again_it_is_worked_out_at_once() -> None:
    run = session()
    run.advance(30)
    found = look(Probe(run, once=True))
    assert found.random is not None
    assert found.random.done == 1


def test_the_path_goes_over_to_the_next_probe_of_the_run() -> None:
    run, probe = trained()
    later = Probe(run, probe)
    assert look(later).points == look(probe).points > 10
