"""From wishes to commands."""

from __future__ import annotations

import pytest

from nntui.training.commands import Command, Pace, Pause, Restart, Resume, Set, Step, Watch
from nntui.training.events import RunEnded
from nntui.tui.bindings import ACTIONS
from nntui.tui.helm import Helm, first_keys
from nntui.tui.model import Model
from tests.tui.fakes import FakeClient, batch, begun, experiment


class Ship:
    def __init__(self, state: str = "running", **values: object) -> None:
        self.said: list[str] = []
        self.client = FakeClient()
        of = experiment(**values)
        self.model = Model(of)
        if state != "loading":
            events = [RunEnded("finished", 10, 450)] if state == "finished" else []
            self.model.take(begun(10, of))
            self.model.take(batch(10, events, state=state))
        self.helm = Helm(self.client, self.model, self.said.append, first_keys(ACTIONS))

    @property
    def told(self) -> list[Command]:
        return self.client.told


@pytest.mark.parametrize(
    ("state", "expected"),
    [("running", [Pause()]), ("paused", [Resume()]), ("diverged", [Resume()]), ("loading", []), ("stopped", [])],
)
def test_pause_or_resume(state: str, expected: list[Command]) -> None:
    ship = Ship(state)
    ship.helm.toggle_pause()
    assert ship.told == expected
    assert bool(ship.said) == (not expected)


def test_a_finished_run_goes_on_only_with_epochs_left() -> None:
    ship = Ship("finished", training__epochs=10)
    ship.helm.toggle_pause()
    ship.helm.step(1, epochs=True)
    assert ship.told == []
    assert "r starts it again, e gives it more epochs" in ship.said[0]
    ship = Ship("finished", training__epochs=20)
    ship.helm.toggle_pause()
    ship.helm.step(1, epochs=True)
    assert ship.told == [Resume(), Step(1, "epoch")]


def test_what_cannot_be_is_refused_here_with_a_reason() -> None:
    ship = Ship()
    assert not ship.helm.set("data.noise", 0.5)
    assert not ship.helm.set("optimizer.learning_rate", -1.0)
    assert not ship.helm.set("optimizer.learing_rate", 1.0)
    assert len(ship.said) == 3
    assert "learning_rate" in ship.said[2]
    assert ship.told == []
    assert ship.model.pending == {}


def test_a_value_that_is_in_force_already_is_not_asked_for() -> None:
    ship = Ship()
    assert ship.helm.set("training.batch_size", 32)
    assert ship.told == []
    assert ship.model.pending == {}


def test_the_batch_stays_between_one_row_and_all() -> None:
    ship = Ship(training__batch_size=1)
    ship.helm.move_batch_size(-1)
    assert ship.told == []
    assert "at least one" in ship.said[0]
    ship = Ship(training__batch_size=32)
    for _ in range(7):
        ship.helm.move_batch_size(+1)
    assert ship.told[-1] == Set("training.batch_size", 45 * 32)
    assert "all training samples" in ship.said[0]


def test_edits_that_a_running_network_takes_are_sent_one_by_one() -> None:
    ship = Ship()
    ship.helm.take_edits({"training.batch_size": 8, "regularization.l2": 0.01})
    assert ship.told == [Set("training.batch_size", 8), Set("regularization.l2", 0.01)]
    assert ship.client.started == []


def test_an_edit_that_changes_nothing_is_not_asked_for() -> None:
    ship = Ship()
    ship.helm.take_edits({"schedule.name": "constant", "regularization.l2": 0.01})
    assert ship.told == [Set("regularization.l2", 0.01)]
    assert set(ship.model.pending) == {"regularization.l2"}


def test_edits_that_it_cannot_take_begin_a_new_run_with_all_of_them() -> None:
    ship = Ship()
    ship.helm.take_edits({"training.batch_size": 8, "network.hidden": (5,)})
    assert ship.told == []
    (started,) = ship.client.started
    assert started["training"]["batch_size"] == 8
    assert ship.model.experiment.value("network.hidden") == (5,)
    assert ship.model.state == "loading"


def test_restart_in_the_same_process_or_in_a_new_one() -> None:
    ship = Ship(training__seed=4)
    ship.helm.restart()
    ship.helm.restart(new_seed=True)
    assert ship.told == [Restart(None), Restart(5)]
    ship.client.fail("killed")
    assert ship.client.failure is not None
    ship.model.fail(ship.client.failure)
    ship.helm.restart(new_seed=True)
    assert ship.client.relaunched == 1
    assert ship.client.started[-1]["training"]["seed"] == 5


def test_a_new_process_is_told_again_what_is_watched_and_how_fast() -> None:
    ship = Ship()
    ship.helm.watch(Watch(("weights",)))
    ship.helm.watch(Watch(("weights",)))
    assert len(ship.client.commands) == 1
    ship.helm.change_pace(-1)
    ship.helm.begin(experiment())
    assert ship.client.watched == ("weights",)
    assert ship.told == [Pace(200)]
    assert ship.client.first_commands == (Pace(200),)


def test_another_preset_brings_its_own_pace() -> None:
    ship = Ship()
    ship.helm.change_pace(-1)
    ship.helm.load(experiment(training__pace=5.0))
    assert ship.helm.pace == 5.0
    assert ship.told == [Pace(200)]
    assert ship.client.first_commands == ()


def test_the_key_to_name_is_the_first_or_the_palettes() -> None:
    from nntui.tui.bindings import rebound

    keys = first_keys(rebound({"run.restart": ("f5", "r"), "run.pause": ()}))
    assert keys["run.restart"] == "f5"
    assert keys["run.pause"] == "ctrl+p"
