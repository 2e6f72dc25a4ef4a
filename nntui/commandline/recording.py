"""Recording a run that is trained without a screen, and finding the runs that were recorded."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from nntui.commandline import BadInputError
from nntui.commandline.arguments import shown
from nntui.runs import catalogue
from nntui.runs.errors import RunError
from nntui.runs.places import VARIABLE, runs_folder

if TYPE_CHECKING:
    from nntui.runs.recorder import Recorder
    from nntui.training.commands import Command
    from nntui.training.events import Event
    from nntui.training.scalars import Rows


def runs_of(values: argparse.Namespace) -> Path:
    """The folder of all runs: that of ``--runs``, else the environment's, the config file's, or the platform's.

    Raises:
        BadInputError: the config file cannot be read.
    """
    given = values.runs
    if given is None and not os.environ.get(VARIABLE):
        from nntui.tui.config import ConfigFaults, load_runs

        try:
            given = load_runs(getattr(values, "config", None)) or None
        except ConfigFaults as faults:
            raise BadInputError(str(faults)) from None
    return runs_folder(given)


def run_of(values: argparse.Namespace) -> Path:
    """The folder of the run that the arguments name.

    Raises:
        BadInputError: there is none.
    """
    try:
        return catalogue.find_run(runs_of(values), values.run)
    except RunError as fault:
        raise BadInputError(f"nntui: {fault}") from None


def make_room(runs: Path) -> None:
    """Remove the oldest runs where all together take too much, saying so on standard error."""
    try:
        notes = catalogue.make_room(runs)
    except RunError as fault:
        notes = [str(fault)]
    for note in notes:
        print(f"nntui: {note}", file=sys.stderr)


def preset_name(asked: str) -> str:
    """What the run of this preset is listed as."""
    name = Path(asked).stem if asked.endswith(".toml") else Path(asked).name
    return shown(name)


class Written:
    """Passes on what happens to a recorder, and says on standard error when recording fails."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder, self._said, self._noted = recorder, "", 0
        self.say()

    @property
    def name(self) -> str:
        """What the recording is called; empty as long as there is none."""
        return self._recorder.folder.name if self._recorder.is_recorded else ""

    def trained(self, rows: Rows, told: list[Event], seconds: float) -> None:
        """After every advance."""
        self._recorder.trained(rows, told, seconds)
        self.say()

    def commanded(self, command: Command, told: list[Event]) -> None:
        """After every command."""
        self._recorder.commanded(command, told)
        self.say()

    def noticed(self, told: list[Event]) -> None:
        """Where something is to be said of a run that did not move."""
        if told:
            self._recorder.noticed(told)
            self.say()

    def say(self) -> None:
        """What has changed about the recording."""
        for note in self._recorder.notes[self._noted :]:
            print(f"nntui: {note}", file=sys.stderr)
        self._noted = len(self._recorder.notes)
        if self._recorder.trouble != self._said:
            self._said = self._recorder.trouble
            print(f"nntui: {self._said or f'recorded as {self.name}'}", file=sys.stderr)


@contextlib.contextmanager
def closing(recorder: Recorder) -> Iterator[Written]:
    """Gives what is to be told of everything."""
    written = Written(recorder)
    try:
        yield written
    finally:
        recorder.close()
        written.say()
