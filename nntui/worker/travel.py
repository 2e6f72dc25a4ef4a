"""Going back in the run under way, undoing changes, and going over to other branches.

Whatever stands in the way is found out before anything is given up: until then the run is as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nntui.runs.errors import RunError
from nntui.runs.fork import Done, Fork, fork_at_epoch, fork_at_point
from nntui.runs.labels import is_change
from nntui.runs.places import is_identifier
from nntui.runs.rerun import Progress
from nntui.runs.resume import resume
from nntui.runs.run import Run, open_run
from nntui.training.commands import Command, Jump, Pace, Pause, Redo, Resume, Rewind, Undo, Value, snake_case
from nntui.training.events import Changed, Edited, Event, Refused, Rewound, are_one_change
from nntui.training.scalars import Rows
from nntui.training.session import Session, State
from nntui.worker.recording import Recording

Travel = Rewind | Undo | Redo | Jump
TRAVELS = (Rewind, Undo, Redo, Jump)


@dataclass(frozen=True)
class Arrived:
    """Where a run goes on from now.

    Attributes:
        session: at that moment.
        told: what happened, and all changes up to there.
        rows: of all epochs up to there.
        seconds: spent training until there.
    """

    session: Session
    told: tuple[Event, ...]
    rows: Rows
    seconds: float


@dataclass(frozen=True, slots=True)
class _Left:
    """Where an undo set out from: a run at its end or, with numbers, at this point of its journal and this step."""

    run: str
    point: tuple[int, int] | None


class Traveller:
    """Does what the four commands ask, with the recording of the run under way."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._undone: list[_Left] = []
        self._progress: Progress | None = None

    def forget(self) -> None:
        """Another run began: nothing of the one before is done again."""
        self._undone.clear()

    def go(self, command: Travel, session: Session, progress: Progress | None = None) -> Arrived | Refused:
        """Where the command leads, or why it cannot be followed.

        Args:
            session: of the run under way.
            progress: called now and then while epochs are trained again.
        """
        self._progress = progress
        try:
            return self._go(command, session)
        except RunError as error:
            value: Value = ""
            match command:
                case Rewind(epoch):
                    value = epoch
                case Jump(run):
                    value = run
            return Refused(snake_case(type(command).__name__), value, str(error))

    def _go(self, command: Travel, session: Session) -> Arrived:
        run = self._here()
        match command:
            case Rewind(epoch):
                arrived = self._back(session, run, fork_at_epoch(run, epoch, self._progress, session), "paused")
                self._undone.clear()
            case Undo():
                left = self._place(run)
                point = _before_last_change(run, left.point)
                fork = fork_at_point(run, *point, self._progress, session)
                arrived = self._back(session, run, fork, _wanted(session))
                self._undone.append(left)
            case Redo():
                if not self._undone:
                    raise RunError("nothing was undone that could be done again")
                arrived = self._again(session, run, self._undone[-1])
                self._undone.pop()
            case Jump(identifier):
                arrived = self._over(session, identifier)
                self._undone.clear()
        return arrived

    def _here(self) -> Run:
        """The recording of the run under way, complete up to now."""
        recording = self._recording
        if recording.recorder is not None:
            recording.recorder.keep()
            return open_run(recording.recorder.folder)
        if recording.fork is not None:
            return recording.fork.run
        raise RunError("the run is not recorded, so there is no way back")

    def _place(self, run: Run) -> _Left:
        fork = self._recording.fork
        return _Left(run.folder.name, None if fork is None else (fork.position, fork.step))

    def _again(self, session: Session, run: Run, left: _Left) -> Arrived:
        if left.point is None:
            return self._over(session, left.run)
        there = run if run.folder.name == left.run else open_run(run.folder.parent / left.run)
        return self._back(session, run, fork_at_point(there, *left.point, self._progress, session), _wanted(session))

    def _back(self, session: Session, run: Run, fork: Fork, wanted: State) -> Arrived:
        """Stand at this moment; the run goes on in a branch from there, unless nothing would be left behind."""
        recording = self._recording
        here = recording.recorder is not None and fork.run.folder == run.folder and fork.step == session.step
        if here and fork.loses_nothing:
            done = _settle(session, wanted, session.pace)
            for command, told in done:
                recording.commanded(session, command, told)
        else:
            done = _settle(fork.session, wanted, session.pace)
            state = "stopped" if session.state in ("running", "paused") else session.state
            recording.go_back(fork, state, done)
            session = fork.session
        changes = fork.run.changes(fork.position)
        return Arrived(session, _told(session, recording.run, changes, done), fork.rows, fork.seconds)

    def _over(self, session: Session, identifier: str) -> Arrived:
        """Go on with another run where it ended."""
        recording = self._recording
        runs = recording.runs
        if runs is None or not is_identifier(identifier):
            raise RunError(f"there is no run {identifier[:60]!r}")
        if recording.recorder is not None and recording.run == identifier:
            raise RunError("this is the run that is trained now")
        wanted = _wanted(session)
        taken = resume(Path(runs) / identifier, self._progress, session)
        done = _settle(taken.session, wanted, session.pace)
        recording.go_on(taken.recorder, taken.notes, done)
        told = _told(taken.session, identifier, taken.changes, done)
        if taken.session.origin != session.origin:
            told = (taken.session.started(), *told)
        return Arrived(taken.session, told, taken.rows, taken.seconds)


def _told(session: Session, run: str, changes: Sequence[Event], done: Done) -> tuple[Event, ...]:
    rewound = Rewound(session.step, session.epoch, run, session.experiment.to_dict())
    return (rewound, *changes, *(event for _, events in done for event in events))


def _before_last_change(run: Run, point: tuple[int, int] | None) -> tuple[int, int]:
    """The point just before the last change, before this one: before the first command of its group.

    Raises:
        RunError: nothing was changed.
    """
    entries = run.journal.entries[: None if point is None else point[0]]
    first: tuple[int, Changed | Edited] | None = None
    for position in reversed(range(len(entries))):
        event = entries[position].event
        if not isinstance(event, Changed | Edited) or not is_change(event):
            continue
        if first is not None and not are_one_change(event, first[1]):
            break
        first = position, event
    if first is None:
        raise RunError("nothing was changed yet that could be undone")
    position = first[0]
    while position and entries[position].command is None:
        position -= 1
    return position, entries[position].step


def _wanted(session: Session) -> State:
    """What a session is to do that takes the place of this one."""
    return "paused" if session.state == "running" and session.is_stepping else session.state


def _settle(session: Session, wanted: State, pace: float) -> Done:
    """Have a session run or wait as the one before it did, at its pace; what was obeyed."""
    commands: list[Command] = []
    if session.pace != pace:
        commands.append(Pace(pace or None))
    if wanted == "paused" and session.state == "running":
        commands.append(Pause())
    if wanted == "running" and (session.state == "paused" or session.is_stepping):
        commands.append(Resume())
    return [(command, session.apply(command)) for command in commands]
