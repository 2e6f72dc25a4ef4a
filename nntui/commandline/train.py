"""``nntui train``: a run without a screen, in this process."""

from __future__ import annotations

import argparse
import os
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from nntui.cli import DONE, FAILED, INTERRUPTED
from nntui.commandline import BadInputError
from nntui.commandline.arguments import BAD_INPUT
from nntui.commandline.interruption import Interruption, interruption
from nntui.commandline.presets import read_experiment
from nntui.commandline.threads import use_threads

if TYPE_CHECKING:
    from nntui.commandline.recording import Written
    from nntui.commandline.reports import Report
    from nntui.experiment import Experiment
    from nntui.runs.recorder import Recorder
    from nntui.training.commands import Command
    from nntui.training.events import Event
    from nntui.training.session import Session

SLICE = 0.05  # seconds between looks at the clock, the keyboard and the output


def run(values: argparse.Namespace) -> int:
    """Train a preset to its end, or until Ctrl+C."""
    with interruption() as interrupted:
        use_threads(values.threads)
        experiment = read_experiment(values)
        asked_for = values.pace is not None or any(name == "training.pace" for name, _ in values.settings)
        pace = experiment.training.pace if asked_for else 0.0  # a preset's is for eyes, and nobody watches here
        if values.seeds is not None:
            from nntui.commandline.seeds import run_seeds

            return run_seeds(values, experiment, pace, interrupted)
        report = make_report(values.json)

        def start() -> int:
            session = prepare(experiment, report, interrupted)
            if session is None:
                return BAD_INPUT
            return train_recorded(values, session, pace, report, interrupted, values.preset)

        return reported(report, start)


def reported(report: Report, start: Callable[[], int]) -> int:
    """The exit status of a run; what should not have happened is told, as all that came before was."""
    try:
        return start()
    except (BrokenPipeError, KeyboardInterrupt, BadInputError):
        raise
    except OSError as error:
        if error.filename is None:  # not of a file of the run, so of the output
            raise
        report.failed(f"{error.filename}: {error.strerror}")
    except MemoryError as error:
        report.failed(f"out of memory: {error}" if str(error) else "out of memory")
    except Exception as error:  # nothing that should be
        report.failed(f"{type(error).__name__}: {error}", traceback.format_exc())
    return FAILED


def make_report(json: bool) -> Report:
    """What tells the person, or the program that reads, how it goes."""
    from nntui.commandline.reports import JsonLines, Lines, ProgressLine

    out = sys.stdout if sys.stdout is not None else open(os.devnull, "w")  # noqa: SIM115
    if json:
        return JsonLines(out)
    return ProgressLine(out) if out.isatty() and os.environ.get("TERM") != "dumb" else Lines(out)


def prepare(experiment: Experiment, report: Report, interrupted: Interruption) -> Session | None:
    """The session, before its first step; None where the data or the experiment cannot be used, which is told."""
    from nntui.data.errors import DataError
    from nntui.experiment import InvalidValue
    from nntui.training.events import RunEnded
    from nntui.training.session import Session

    def progress(what: str, share: float | None) -> None:
        interrupted.check()
        report.loading(what, share)

    try:
        session = Session(experiment, progress)
        interrupted.check()
        return session
    except KeyboardInterrupt:
        report.show(None, [RunEnded("stopped", 0, 0)])
        raise
    except (DataError, InvalidValue) as error:
        report.failed(str(error))
        return None


def train_recorded(
    values: argparse.Namespace,
    session: Session,
    epochs_per_second: float,
    report: Report,
    interrupted: Interruption,
    asked: str,
    changes: Sequence[tuple[int, Command]] = (),
) -> int:
    """Train, and record it unless told not to; the exit status.

    Args:
        asked: the preset's name or file as it was asked for; empty where there is none.
        changes: commands and the optimizer steps before which they come.
    """
    if values.no_record:
        return train(session, epochs_per_second, report, interrupted, changes=changes)
    from nntui.commandline.recording import make_room, preset_name, runs_of
    from nntui.runs.recorder import record

    runs = runs_of(values)
    make_room(runs)
    recorder = record(runs, session, preset_name(asked))
    return train(session, epochs_per_second, report, interrupted, recorder, changes=changes)


def train(
    session: Session,
    epochs_per_second: float,
    report: Report,
    interrupted: Interruption,
    recorder: Recorder | None = None,
    before: float = 0.0,
    changes: Sequence[tuple[int, Command]] = (),
    *,
    only_changes: bool = False,
) -> int:
    """Advance the session to its end, telling what happens; the exit status.

    Args:
        recorder: writes it down, and is closed at the end.
        before: seconds that the run was trained for already.
        only_changes: go no further than to the last of the changes.
    """
    if recorder is None:
        return _Trainer(session, epochs_per_second, report, None, before).train(interrupted, changes, only_changes)
    from nntui.commandline.recording import closing

    with closing(recorder) as written:
        trainer = _Trainer(session, epochs_per_second, report, written, before)
        return trainer.train(interrupted, changes, only_changes)


class _Trainer:
    """Advances a session, and tells and records what happens."""

    def __init__(
        self, session: Session, epochs_per_second: float, report: Report, written: Written | None, before: float
    ) -> None:
        from nntui.commandline.diagnoses import Diagnoses
        from nntui.worker.rhythm import Pace, SliceLength

        self._session, self._report, self._written = session, report, written
        self._diagnoses = Diagnoses(session)
        self._length, self._pace = SliceLength(SLICE), Pace()
        self._now = time.perf_counter()
        self._pace.set(epochs_per_second, self._now)
        self._begun = self._now - before
        self._waiting: list[tuple[int, Command]] = []
        self._diverged_at = (session.epoch, session.step)

    def train(self, interrupted: Interruption, changes: Sequence[tuple[int, Command]], only_changes: bool) -> int:
        """To the end, or to the last change; the exit status."""
        session, self._waiting = self._session, list(changes)
        self._begin()
        while not interrupted.asked and (session.state == "running" or self._is_due()):
            if not self._is_due():
                self._advance()
                continue
            self._change()
            if only_changes and not self._waiting:
                return DONE
        return self._end()

    def _begin(self) -> None:
        self._report.show(self._session, [self._session.started()])
        if self._written is not None and self._written.name:
            self._report.remark(f"recorded as {self._written.name}")
        found = self._diagnoses.look()
        self._report.show(self._session, found)
        if self._written is not None:
            self._written.noticed(found)

    def _end(self) -> int:
        from nntui.training.commands import Stop
        from nntui.training.events import RunEnded

        session = self._session
        if session.state == "running":
            self._report.show(session, session.apply(Stop()))
            return INTERRUPTED
        if session.state == "diverged":
            self._report.show(session, [RunEnded("diverged", *self._diverged_at)])
            return FAILED
        return DONE

    def _advance(self) -> None:
        """A slice of training, or a short wait where it is ahead of its pace."""
        from nntui.training.scalars import epoch_ended
        from nntui.worker.rhythm import stamp

        session, since = self._session, self._now
        ahead = [step - session.step for step, _ in self._waiting[:1]]
        count = self._pace.steps_due(
            since, session.steps_per_epoch, min([self._length.steps, self._diagnoses.steps, *ahead])
        )
        if count == 0:
            time.sleep(min(self._pace.wait(since, session.steps_per_epoch), 0.1))
            self._now = time.perf_counter()
            return
        first = session.step
        told = session.advance(count)
        told += self._diagnoses.trained(told)
        self._note_divergence(told)
        self._now = now = time.perf_counter()
        done, rows = session.step - first, session.take_rows()
        stamp(rows, (first, session.step), (since - self._begun, now - self._begun))
        if self._written is not None:
            self._written.trained(rows, told, now - self._begun)
        self._length.learn(done, now - since)
        self._pace.trained(done / session.steps_per_epoch)
        task = session.started().task
        self._report.show(session, [*(epoch_ended(row, task) for row in rows), *told])

    def _note_divergence(self, told: Sequence[Event]) -> None:
        """Where it was: the session goes back to the last state that was well."""
        from nntui.training.events import Diverged

        for event in told:
            if isinstance(event, Diverged):
                self._diverged_at = (event.epoch, event.step)

    def _is_due(self) -> bool:
        return bool(self._waiting) and self._waiting[0][0] <= self._session.step

    def _change(self) -> None:
        """Do all that comes before the next step; a run that had ended goes on, if it can."""
        from nntui.training.commands import Resume

        session, commands = self._session, []
        while self._is_due():
            commands.append(self._waiting.pop(0)[1])
        if session.state != "running":
            commands.append(Resume())
        for command in commands:
            told = session.apply(command)
            told += self._diagnoses.commanded(command, told)
            self._report.show(session, told)
            if self._written is not None:
                self._written.commanded(command, told)
