"""Every challenge that comes with the program has a solution by its own rules that earns three stars."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nntui.experiment import find_preset, read_preset
from nntui.teaching.challenge import list_challenges, read_challenge
from nntui.teaching.witness import Witness
from nntui.training.commands import Watch
from nntui.training.events import Changed, Edited, Refused
from nntui.training.history import History
from nntui.training.measures import Probe
from nntui.training.session import Session


class Run:
    """A session as the dashboard sees it."""

    def __init__(self, preset: str) -> None:
        self.session = Session(read_preset(find_preset(preset)))
        self.history: Any = History()
        self.started: Any = self.session.started()
        self._probe = Probe(self.session)

    @property
    def experiment(self) -> Any:
        return self.session.experiment

    @property
    def guessing_loss(self) -> float:
        return self.session.guessing_loss

    comparable_from = 0

    @property
    def state(self) -> str:
        return self.session.state

    @property
    def status(self) -> Any:
        return self.session

    @property
    def snapshot(self) -> Any:
        return self._probe.measure(Watch(("weights", "activations", "gradients")))

    def train_epoch(self) -> None:
        self.session.advance(self.session.step_of_epoch(self.session.epoch + 1) - self.session.step)
        self.history.append(self.session.take_rows())


@pytest.mark.parametrize("path", list_challenges(), ids=lambda path: str(path.stem))
def test_a_challenge_is_unsolved_without_changes_and_solved_with_few(path: Path) -> None:
    challenge = read_challenge(path)
    results = [_tried(challenge, solve) for solve in (False, True)]
    assert results[0] == 0
    assert results[1] == 3


def _tried(challenge: Any, solve: bool) -> int:
    """The stars earned, 0 where the goal is not reached."""
    run = Run(challenge.preset)
    witness = Witness(run, lambda: 0.0)
    moves = list(challenge.solution) if solve else []
    for epoch in range(1, challenge.epochs + 1):
        run.train_epoch()
        if challenge.goal.holds(witness):
            return int(challenge.stars(epoch, witness.changes))
        for at, command in moves:
            if at == epoch:
                assert challenge.forbids(command) == ""
                told = run.session.apply(command)
                assert not any(isinstance(event, Refused) for event in told), told
                assert any(isinstance(event, Changed | Edited) for event in told), told
                for event in told:
                    witness.note(event)
    return 0


def test_there_are_challenges_of_every_level() -> None:
    levels = [read_challenge(path).level for path in list_challenges()]
    assert len(levels) >= 8
    assert set(levels) == {1, 2, 3, 4, 5}
