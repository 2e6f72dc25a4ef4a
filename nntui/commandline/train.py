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
    from nntui.commandline.diagnoses import Diagnoses
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
        return _train(session, epochs_per_second, report, interrupted, None, before, changes, only_changes)
    from nntui.commandline.recording import closing

    with closing(recorder) as written:
        return _train(session, epochs_per_second, report, interrupted, written, before, changes, only_changes)


def _train(
    session: Session,
    epochs_per_second: float,
    report: Report,
    interrupted: Interruption,
    written: Written | None,
    before: float,
    changes: Sequence[tuple[int, Command]],
    only_changes: bool,
) -> int:
    from nntui.commandline.diagnoses import Diagnoses
    from nntui.training.commands import Stop
    from nntui.training.events import Diverged, RunEnded
    from nntui.training.scalars import epoch_ended
    from nntui.worker.rhythm import Pace, SliceLength, stamp

    started = session.started()
    report.show(session, [started])
    if written is not None:
        report.remark(f"recorded as {written.name}")
    diagnoses = Diagnoses(session)
    found = diagnoses.look()
    report.show(session, found)
    if written is not None:
        written.noticed(found)
    length, pace = SliceLength(SLICE), Pace()
    begun = now = time.perf_counter()
    pace.set(epochs_per_second, begun)
    begun -= before
    told: list[Event] = []
    waiting = list(changes)
    while not interrupted.asked and (session.state == "running" or _due(waiting, session)):
        if _due(waiting, session):
            _change(session, waiting, report, written, diagnoses)
            if only_changes and not waiting:
                return DONE
            continue
        at_most = min([length.steps, diagnoses.steps, *(step - session.step for step, _ in waiting[:1])])
        count = pace.steps_due(now, session.steps_per_epoch, at_most)
        if count == 0:
            time.sleep(min(pace.wait(now, session.steps_per_epoch), 0.1))
            now = time.perf_counter()
            continue
        first, since = session.step, now
        told = session.advance(count)
        told += diagnoses.trained(told)
        now = time.perf_counter()
        done = session.step - first
        rows = session.take_rows()
        stamp(rows, (first, session.step), (since - begun, now - begun))
        if written is not None:
            written.trained(rows, told, now - begun)
        length.learn(done, now - since)
        pace.trained(done / session.steps_per_epoch)
        report.show(session, [*(epoch_ended(row, started.task) for row in rows), *told])
    if session.state == "running":
        report.show(session, session.apply(Stop()))
        return INTERRUPTED
    if session.state == "diverged":
        fault = next(event for event in told if isinstance(event, Diverged))
        report.show(session, [RunEnded("diverged", fault.epoch, fault.step)])
        return FAILED
    return DONE


def _due(waiting: list[tuple[int, Command]], session: Session) -> bool:
    return bool(waiting) and waiting[0][0] <= session.step


def _change(
    session: Session,
    waiting: list[tuple[int, Command]],
    report: Report,
    written: Written | None,
    diagnoses: Diagnoses,
) -> None:
    """Do all that comes before the next step; a run that had ended goes on, if it can."""
    from nntui.training.commands import Resume

    commands: list[Command] = []
    while _due(waiting, session):
        commands.append(waiting.pop(0)[1])
    if session.state != "running":
        commands.append(Resume())
    for command in commands:
        told = session.apply(command)
        told += diagnoses.commanded(command, told)
        report.show(session, told)
        if written is not None:
            written.commanded(command, told)
