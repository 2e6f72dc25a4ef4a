"""``nntui resume RUN``: go on with a recorded run."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from nntui.cli import DONE
from nntui.commandline import BadInputError
from nntui.commandline.arguments import BAD_INPUT
from nntui.commandline.interruption import Interruption, interruption
from nntui.commandline.threads import use_threads

if TYPE_CHECKING:
    from nntui.experiment import Experiment
    from nntui.runs.resume import Resumed
    from nntui.training.commands import Set
    from nntui.training.events import Rescheduled
    from nntui.training.session import Session
    from nntui.worker.client import Client


def run(values: argparse.Namespace) -> int:
    """In the dashboard, or without."""
    if not values.headless:
        return _in_dashboard(values)
    with interruption() as interrupted:
        use_threads(values.threads)
        return _headless(values, interrupted)


def _headless(values: argparse.Namespace, interrupted: Interruption) -> int:
    from nntui.commandline.recording import run_of
    from nntui.commandline.train import make_report, train
    from nntui.runs.errors import RunError
    from nntui.runs.resume import resume

    report = make_report(values.json)
    wanted = _commands(values)
    try:
        taken = resume(run_of(values), lambda session: interrupted.check())
    except RunError as fault:
        raise BadInputError(f"nntui: {fault}") from None
    for note in taken.notes:
        print(f"nntui: {note}", file=sys.stderr)
    if not _go_on(taken, wanted):
        return BAD_INPUT
    if taken.session.state == "finished":
        taken.recorder.close()
        epochs = taken.session.epoch
        report.remark(f"all {epochs:,} epochs are trained; --epochs N trains on to epoch N")
        return DONE
    return train(taken.session, 0.0, report, interrupted, taken.recorder, taken.seconds)


def _commands(values: argparse.Namespace) -> list[Set]:
    from nntui.commandline.presets import parsed
    from nntui.training.commands import Set
    from nntui.training.session import LENGTHS

    changes = list(values.settings)
    if values.epochs is not None:
        changes.append(("training.epochs", str(values.epochs)))
    wanted, faults = parsed(changes)
    if faults:
        raise BadInputError("\n".join(f"nntui: {fault}" for fault in faults))
    if values.keep_rate and not any(name in LENGTHS for name in wanted):
        raise BadInputError("nntui resume: --keep-rate goes with --epochs N, which changes the length of the run")
    return [Set(name, value, keep_rate=values.keep_rate) for name, value in wanted.items()]


def _go_on(taken: Resumed, wanted: list[Set]) -> bool:
    """Make the changes and let it run; False where a change is refused, which is said."""
    from nntui.training.commands import Resume
    from nntui.training.events import Changed, Refused, Rescheduled

    session = taken.session
    for command in wanted:
        scale = session.experiment.schedule.scale
        told = session.apply(command)
        taken.recorder.commanded(command, told)
        for event in told:
            if isinstance(event, Refused):
                print(f"nntui: {event.name}: {event.reason}", file=sys.stderr)
                taken.recorder.close()
                return False
            if isinstance(event, Rescheduled):
                print(f"nntui: {_rescheduled(event, session)}", file=sys.stderr)
            if isinstance(event, Changed) and event.name == "schedule.scale" and command.name != event.name:
                print(f"nntui: {_kept(scale, session)}", file=sys.stderr)
    if session.state != "finished" or session.epoch < session.experiment.training.epochs:
        taken.recorder.commanded(Resume(), session.apply(Resume()))
    return True


def _rescheduled(event: Rescheduled, session: Session) -> str:
    """What the new length of the run did to the learning rate, and how to prevent it."""
    name, steps = session.experiment.schedule.name, session.total_steps
    return (
        f"over {steps:,} steps, the schedule {name} gives a learning rate of {event.new:.4g} next; the last was "
        f"{event.old:.4g}" + ("; --keep-rate keeps it" if event.old and event.new else "")
    )


def _kept(scale: float, session: Session) -> str:
    """How a schedule scaled by ``scale`` before keeps the learning rate, and how far it will rise if it rises again."""
    from nntui.experiment.build import rises_to

    now, steps, rate = session.experiment.schedule, session.total_steps, session.learning_rate
    rise = rises_to(session.experiment, session.step, steps, rate)
    return (
        f"over {steps:,} steps, the schedule {now.name} would give a learning rate of "
        f"{rate * scale / now.scale:.4g} next; schedule.scale = {now.scale:.4g} keeps {rate:.4g}"
        + (f", and {rise}" if rise else "")
    )


def _in_dashboard(values: argparse.Namespace) -> int:
    def prepare(client: Client) -> Experiment:
        from nntui.commandline.recording import run_of
        from nntui.runs.errors import RunError
        from nntui.runs.run import open_run

        folder = run_of(values)
        try:
            experiment = open_run(folder).tuned()
        except RunError as fault:
            raise BadInputError(f"nntui: {fault}") from None
        client.runs, client.resume_from = str(folder.parent), str(folder)
        client.first_commands = tuple(_commands(values))
        return experiment

    from nntui.commandline.dashboard import show

    return show(values, prepare, "--headless goes on without one")
