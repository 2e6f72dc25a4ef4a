"""Small runs that are recorded, with a clock that goes as fast as the test wants."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from nntui.experiment import Experiment
from nntui.runs.recorder import Recorder, record
from nntui.training.commands import Command, Stop
from nntui.training.scalars import INDEX
from nntui.training.session import Session

Script = Sequence[tuple[int, Command]]
"""Commands and the steps before which they come, rising."""


class Clock:
    """Goes on by ``tick`` seconds whenever it is read."""

    def __init__(self, tick: float) -> None:
        self.tick, self.now = tick, 0.0

    def __call__(self) -> float:
        self.now += self.tick
        return self.now


def play(
    session: Session,
    recorder: Recorder | None,
    script: Script = (),
    until: int | None = None,
    cut: int = 7,
    watch: Callable[[Session], None] = lambda session: None,
) -> Script:
    """Train to the end (or until so many steps are done), with the commands of the script, in slices of ``cut``.

    Returns:
        The commands whose time has not come.
    """
    waiting = list(script)
    seconds = 0.0
    while until is None or session.step < until:
        while waiting and (waiting[0][0] <= session.step or session.state != "running"):
            told = session.apply(waiting[0][1])
            if recorder is not None:
                recorder.commanded(waiting[0][1], told)
            waiting.pop(0)
        if session.state != "running":
            break
        stops = [session.step + cut, *([until] if until is not None else []), *(step for step, _ in waiting[:1])]
        told = session.advance(min(stops) - session.step)
        rows = session.take_rows()
        seconds += 0.01
        rows[:, INDEX["seconds"]] = seconds
        if recorder is not None:
            recorder.trained(rows, told, seconds)
        watch(session)
    return waiting


def recorded(
    runs: Path,
    experiment: Experiment,
    script: Script = (),
    *,
    tick: float = 0.9,
    until: int | None = None,
    cut: int = 7,
) -> Path:
    """The folder of a run that was trained to its end, or stopped there."""
    session = Session(experiment)
    recorder = record(runs, session, clock=Clock(tick))
    play(session, recorder, script, until, cut)
    if session.state == "running":
        recorder.keep()
        recorder.commanded(Stop(), session.apply(Stop()))
    recorder.close()
    assert not recorder.trouble
    return recorder.folder
