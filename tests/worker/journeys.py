"""A session, its recording and the ways back, without a process; every third slice of training a checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nntui.experiment import Experiment
from nntui.runs.run import Run, open_run
from nntui.training.commands import Command
from nntui.training.events import Event, Refused, Rewound
from nntui.training.scalars import INDEX
from nntui.training.session import Session
from nntui.worker.recording import Recording
from nntui.worker.travel import TRAVELS, Traveller
from tests.training.runs import experiment


class Journey:
    """A run as the child has it.

    Attributes:
        told: all that was told.
        rows: (epoch, step) of every epoch on the way to where the run is now.
    """

    def __init__(self, runs: Path, of: Experiment | None = None) -> None:
        self.runs = runs
        self.session = Session(of or experiment(training__epochs=40))
        self.recording = Recording()
        self.recording.use(str(runs))
        self.recording.begin(self.session)
        self.traveller = Traveller(self.recording)
        self.told: list[Event] = []
        self.rows: list[tuple[int, int]] = []
        self._seconds = 0.0
        self._slices = 0

    def do(self, *commands: Command) -> list[Event]:
        """What the child's loop does with commands; what is told of the last."""
        told: Sequence[Event] = ()
        for command in commands:
            if isinstance(command, TRAVELS):
                found = self.traveller.go(command, self.session)
                if isinstance(found, Refused):
                    told = [found]
                else:
                    self.session, told, self._seconds = found.session, found.told, found.seconds
                    self.rows = [(int(row[0]), int(row[1])) for row in found.rows]
            else:
                self.recording.before(command)
                told = self.session.apply(command)
                self.recording.commanded(self.session, command, told)
            self.told += told
        return list(told)

    def train(self, steps: int, cut: int = 7) -> None:
        """Train so many steps, or fewer where the run stops."""
        last = self.session.step + steps
        while self.session.step < last and self.session.state == "running":
            told = self.session.advance(min(cut, last - self.session.step))
            rows = self.session.take_rows()
            self._seconds += 0.5
            rows[:, INDEX["seconds"]] = self._seconds
            self.rows += [(int(row[0]), int(row[1])) for row in rows]
            self.recording.trained(rows, told, self._seconds)
            self._slices += 1
            if self.recording.recorder is not None and self._slices % 3 == 0:
                self.recording.recorder.keep()
            self.told += told

    @property
    def mode(self) -> str:
        """The state of the session."""
        return str(self.session.state)

    @property
    def run(self) -> str:
        return self.recording.run

    def opened(self, run: str = "") -> Run:
        """The recording as it is on the disk."""
        if self.recording.recorder is not None:
            self.recording.recorder.keep()
        return open_run(self.runs / (run or self.run))

    def state(self) -> dict[str, Any]:
        """All that the next steps depend on."""
        state: dict[str, Any] = self.session.state_dict()["loop"]
        return state

    def end(self) -> None:
        self.recording.end()


def rewound(told: Sequence[Event]) -> Rewound:
    """The one of these events that says where a run was put."""
    return next(event for event in told if isinstance(event, Rewound))
