"""``nntui train``: a run without a screen, in this process."""

from __future__ import annotations

import argparse
import os
import sys
import time
import traceback
from typing import TYPE_CHECKING

from nntui.cli import DONE, FAILED, INTERRUPTED
from nntui.commandline.arguments import BAD_INPUT
from nntui.commandline.interruption import Interruption, interruption
from nntui.commandline.presets import read_experiment
from nntui.commandline.threads import use_threads

if TYPE_CHECKING:
    from nntui.commandline.reports import Report
    from nntui.experiment import Experiment
    from nntui.training.session import Session

SLICE = 0.05  # seconds between looks at the clock, the keyboard and the output


def run(values: argparse.Namespace) -> int:
    """Train a preset to its end, or until Ctrl+C."""
    with interruption() as interrupted:
        use_threads(values.threads)
        experiment = read_experiment(values)
        asked_for = values.pace is not None or any(name == "training.pace" for name, _ in values.settings)
        pace = experiment.training.pace if asked_for else 0.0  # a preset's is for eyes, and nobody watches here
        report = _report(values.json)
        try:
            session = _prepare(experiment, report, interrupted)
            return BAD_INPUT if session is None else _train(session, pace, report, interrupted)
        except (BrokenPipeError, KeyboardInterrupt):
            raise
        except OSError as error:
            if error.filename is None:  # not of a file of the run, so of the output
                raise
            report.failed(f"{error.filename}: {error.strerror}")
        except MemoryError as error:
            report.failed(f"out of memory: {error}" if str(error) else "out of memory")
        except Exception as error:  # nothing that should be; what happened before it was told
            report.failed(f"{type(error).__name__}: {error}", traceback.format_exc())
        return FAILED


def _report(json: bool) -> Report:
    from nntui.commandline.reports import JsonLines, Lines, ProgressLine

    out = sys.stdout if sys.stdout is not None else open(os.devnull, "w")  # noqa: SIM115
    if json:
        return JsonLines(out)
    return ProgressLine(out) if out.isatty() and os.environ.get("TERM") != "dumb" else Lines(out)


def _prepare(experiment: Experiment, report: Report, interrupted: Interruption) -> Session | None:
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


def _train(session: Session, epochs_per_second: float, report: Report, interrupted: Interruption) -> int:
    """Advance the session to its end, telling what happens; the exit status."""
    from nntui.training.commands import Stop
    from nntui.training.events import Diverged, Event, RunEnded
    from nntui.training.scalars import epoch_ended
    from nntui.worker.rhythm import Pace, SliceLength, stamp

    started = session.started()
    report.show(session, [started])
    length, pace = SliceLength(SLICE), Pace()
    begun = now = time.perf_counter()
    pace.set(epochs_per_second, begun)
    told: list[Event] = []
    while session.state == "running" and not interrupted.asked:
        count = pace.steps_due(now, session.steps_per_epoch, length.steps)
        if count == 0:
            time.sleep(min(pace.wait(now, session.steps_per_epoch), 0.1))
            now = time.perf_counter()
            continue
        first, since = session.step, now
        told = session.advance(count)
        now = time.perf_counter()
        done = session.step - first
        rows = session.take_rows()
        stamp(rows, (first, session.step), (since - begun, now - begun))
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
