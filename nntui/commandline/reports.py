"""How a run without a screen tells what happens: events as JSON, a progress line, or plain lines."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Sequence
from typing import Protocol, TextIO

from nntui.commandline.arguments import shown
from nntui.escaping import escaped, write_raw
from nntui.training.events import (
    Changed,
    Diagnosed,
    Diverged,
    Edited,
    EpochEnded,
    Event,
    Failed,
    Progressed,
    Refused,
    Rescheduled,
    RunEnded,
    RunStarted,
    to_json,
)
from nntui.training.session import Session

LINE_PERIOD = 0.1  # seconds between two states of the progress line
PLAIN_PERIOD = 2.0  # seconds between two plain lines
JSON_PERIOD = 0.1  # seconds that events may wait in the buffer
BAR, SHORTEST_BAR = 20, 5  # cells
ECHO = 3  # cells left free for what a terminal writes when keys are pressed, as ^C


class Report(Protocol):
    """Told everything; shows what suits it."""

    def loading(self, what: str, share: float | None) -> None: ...
    def show(self, session: Session | None, told: Sequence[Event]) -> None: ...
    def failed(self, message: str, detail: str = "") -> None: ...
    def remark(self, message: str) -> None: ...


class JsonLines:
    """One event a line. Epochs may wait a tenth of a second for company; everything else goes out at once."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._flushed_at = 0.0

    def loading(self, what: str, share: float | None) -> None:
        if time.monotonic() - self._flushed_at > JSON_PERIOD:
            self._write([Progressed(what, share)])

    def show(self, session: Session | None, told: Sequence[Event]) -> None:
        self._write(told)

    def failed(self, message: str, detail: str = "") -> None:
        self._write([Failed(message, detail)])
        print(message, file=sys.stderr, flush=True)  # the events may go to a file

    def remark(self, message: str) -> None:
        """Nothing: it is for people."""

    def _write(self, told: Sequence[Event]) -> None:
        if not told:
            return
        self._out.write("".join(json.dumps(to_json(event), allow_nan=False) + "\n" for event in told))
        now = time.monotonic()
        if now - self._flushed_at > JSON_PERIOD or not all(isinstance(event, EpochEnded) for event in told):
            self._out.flush()
            self._flushed_at = now


class Lines:
    """A plain line now and then, for a log."""

    period = PLAIN_PERIOD

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._last: EpochEnded | None = None
        self._shown_at = time.monotonic()
        self._begun = self._shown_at

    def loading(self, what: str, share: float | None) -> None:
        if time.monotonic() - self._shown_at >= self.period:
            self._live(f"{what}{'' if share is None else f' {share:.0%}'}")

    def show(self, session: Session | None, told: Sequence[Event]) -> None:
        for event in told:
            if isinstance(event, EpochEnded):
                self._last = event
            elif isinstance(event, RunStarted):
                self._begun = time.monotonic()
                self._say(_introduction(event))
            else:
                text = _sentence(event, self._last)
                if text:
                    self._say(text)
            if isinstance(event, RunEnded) and event.restored_epoch and session is not None:
                self._say(f"restored the weights of epoch {event.restored_epoch:,}, the best: {figures(session)}")
        if session is not None and session.state == "running" and time.monotonic() - self._shown_at >= self.period:
            self._live(self._progress(session))

    def failed(self, message: str, detail: str = "") -> None:
        self._clear()
        print(message if not detail else f"{detail}failed: {message}", file=sys.stderr, flush=True)

    def remark(self, message: str) -> None:
        self._say(message)

    def _clear(self) -> None:
        """Make room for words of another stream."""

    def _progress(self, session: Session) -> str:
        return self._states(session)[0]

    def _states(self, session: Session) -> tuple[str, ...]:
        """Where the run is, in full and ever shorter."""
        total = session.experiment.training.epochs
        seconds = max(time.monotonic() - self._begun, 1e-9)
        done = session.step / session.steps_per_epoch
        speed = done / seconds
        place = f"{session.epoch:,}/{total:,}"
        left = f"{duration((total - done) / speed) if speed > 0 else '?'} left"
        rate = f"{speed:,.1f} epochs/s"
        return (
            f"epoch {place}  {_scores(self._last)}  {rate}  {left}",
            f"{place}  {_test_scores(self._last)}  {rate}  {left}",
            f"{place}  {_test_scores(self._last)}  {left}",
            f"{place}  {left}",
        )

    def _live(self, text: str) -> None:
        self._say(text)

    def _say(self, text: str) -> None:
        self._out.write(escaped(text) + "\n")
        self._out.flush()
        self._shown_at = time.monotonic()


class ProgressLine(Lines):
    """One line of a terminal, written over and over; sentences go above it."""

    period = LINE_PERIOD

    def _progress(self, session: Session) -> str:
        width = shutil.get_terminal_size().columns - ECHO
        states = self._states(session)
        state = next((state for state in states if len(state) + SHORTEST_BAR + 3 <= width), states[-1])
        share = session.step / session.steps_per_epoch / session.experiment.training.epochs
        cells = max(SHORTEST_BAR, min(BAR, width - len(state) - 3))
        filled = int(cells * min(1.0, share))
        return f"[{'=' * filled}{' ' * (cells - filled)}] {state}"

    def _live(self, text: str) -> None:
        width = shutil.get_terminal_size().columns - ECHO
        write_raw(self._out, f"\r{escaped(text)[:width]}\x1b[K")
        self._out.flush()
        self._shown_at = time.monotonic()

    def _clear(self) -> None:
        write_raw(self._out, "\r\x1b[K")
        self._out.flush()

    def _say(self, text: str) -> None:
        write_raw(self._out, f"\r{escaped(text)}\x1b[K\n")
        self._out.flush()
        self._shown_at = 0.0


def _introduction(started: RunStarted) -> str:
    sizes = "-".join(map(str, started.layer_sizes))
    validated = f", {started.validation_samples:,} to validate" if started.validation_samples else ""
    return (
        f"{shown(started.experiment['name'])}: {sizes}, {started.parameters:,} parameters, "
        f"{started.train_samples:,} samples to train{validated} and {started.test_samples:,} to test, "
        f"seed {started.seed}"
    )


def _sentence(event: Event, last: EpochEnded | None) -> str:
    match event:
        case RunEnded(reason, epoch, step):
            seconds = f" in {duration(last.seconds)}" if last else ""
            return f"{reason.replace('_', ' ')} after epoch {epoch:,} (step {step:,}){seconds}: {_scores(last)}"
        case Diverged(step, _, quantity):
            return f"diverged: {quantity} is not finite at step {step:,}; a smaller learning rate may help"
        case Diagnosed(on=True, step=step):
            return f"step {step:,}: {event.message} {event.remedy}"
        case Diagnosed(on=False, step=step):
            return f"step {step:,}: no longer: {event.message}"
        case Changed(name, old, new, step, _):
            return f"step {step:,}: {name} {old} -> {new}"
        case Rescheduled(old, new, step):
            return f"step {step:,}: the schedule has another length: learning rate {old:.4g} -> {new:.4g}"
        case Edited(what, step, _):
            return f"step {step:,}: {what}"
        case Refused(name, _, reason):
            return f"not taken: {shown(name)}: {reason}"
    return ""


def figures(session: Session) -> str:
    """How good the network is as it is: the loss on the set that decides, and loss and score on the test set."""
    loss, score = session.test_figures()
    deciding = f"validation loss {session.validation_loss():.4g}, " if session.prepared.has_validation else ""
    shown = f"accuracy {score:.1%}" if session.prepared.task == "classification" else f"R² {score:.4g}"
    return f"{deciding}test loss {loss:.4g}, test {shown}"


def _scores(last: EpochEnded | None) -> str:
    if last is None:
        return "no epoch ended yet"
    text = f"loss {_beside(last.train_loss, last.validation_loss, last.test_loss, '.4g')}"
    if last.train_accuracy is not None:
        return f"{text}  accuracy {_beside(last.train_accuracy, last.validation_accuracy, last.test_accuracy, '.1%')}"
    if last.train_r2 is not None:
        return f"{text}  R² {_beside(last.train_r2, last.validation_r2, last.test_r2, '.4g')}"
    return text


def _beside(train: float, validation: float | None, test: float | None, form: str) -> str:
    """A training figure with those of the other sets."""
    others = {"validation": validation, "test": test}
    known = [f"{name} {value:{form}}" for name, value in others.items() if value is not None]
    return f"{train:{form}} ({', '.join(known)})" if known else f"{train:{form}}"


def _test_scores(last: EpochEnded | None) -> str:
    if last is None:
        return "no epoch ended yet"
    if last.test_accuracy is not None:
        return f"test loss {last.test_loss:.3g}, accuracy {last.test_accuracy:.1%}"
    return f"test loss {last.test_loss:.3g}, R² {last.test_r2 or 0.0:.3g}"


def duration(seconds: float) -> str:
    """A time in words."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
