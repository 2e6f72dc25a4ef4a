"""The lines around the panels: what is being studied, how the training stands, what went wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.style import Style
from textual.strip import Strip

from nntui.tui.model import Model
from nntui.tui.theme import Glyphs
from nntui.tui.widgets.rows import Rows
from nntui.tui.widgets.text import Part, clock, compact, counted, joined, length, line, number, whole, wrapped

if TYPE_CHECKING:
    from nntui.worker.client import Status

_STATES = {
    "loading": ("…", "~", "muted"),
    "running": ("▶", ">", "ok"),
    "paused": ("‖", "=", "warning"),
    "diverged": ("✖", "X", "error"),
    "finished": ("✔", "#", "ok"),
    "stopped": ("■", "#", "muted"),
    "failed": ("✖", "X", "error"),
}


def state_part(model: Model, glyphs: Glyphs) -> Part:
    """The state in words, with its sign; where training does not go on it stands out, with color and without."""
    sign, plain, role = _STATES[model.state]
    word = "ended" if model.is_replay and model.state == "finished" else model.state
    said = f"{plain if glyphs == 'ascii' else sign} {word}"
    return (said, role) if model.state in ("loading", "running") else (f" {said} ", f"{role}.state")


def progress_bar(share: float, width: int, glyphs: Glyphs) -> list[Part]:
    """A bar of ``width`` cells filled to ``share``, half cells where the terminal has them."""
    share = min(max(share, 0.0), 1.0)
    if glyphs == "ascii":
        full = int(share * width)
        return [("#" * full, "ok"), ("." * (width - full), "axis")]
    halves = int(share * width * 2)
    full, half = divmod(halves, 2)
    return [("━" * full + "╸" * half, "ok"), ("─" * (width - full - half), "axis")]


def status_parts(model: Model, width: int, glyphs: Glyphs, keys: Mapping[str, str] | None = None) -> list[Part]:
    """State, epoch of total, progress, step within the epoch, speed and time, as much as ``width`` can hold.

    Args:
        keys: the key that does it, by the action's id; by default those of the table.
    """
    state = [state_part(model, glyphs)]
    status = model.status
    if model.started is None or status is None:
        return _loading_parts(model, state, width, glyphs)
    total = max(model.epochs, 1)
    within = _step_within(model, status)
    epoch: list[Part] = [("epoch ", "muted"), (whole(status.epoch).rjust(len(whole(total))), "text")]
    epoch.append((f"/{whole(total)}", "muted"))
    if model.cursor is not None:
        return looking_parts(model, (state, epoch), width, keys or {})
    step: list[Part] = [("step ", "muted"), (whole(within).rjust(len(whole(status.steps_per_epoch))), "text")]
    step.append((f"/{whole(status.steps_per_epoch)}", "muted"))
    if model.restored_epoch:
        epoch += [(", weights of epoch ", "muted"), (whole(model.restored_epoch), "warning")]
        step = []
    goes = model.state == "running"
    speed: list[Part] = [(compact(goes * status.epochs_per_second).rjust(4), "text"), (" epochs/s", "muted")]
    samples: list[Part] = [(compact(goes * status.samples_per_second).rjust(4), "text"), (" samples/s", "muted")]
    elapsed: list[Part] = [(clock(status.elapsed), "text")]
    pace: list[Part] = [("pace ", "muted"), (f"{status.pace:g}/s", "warning")] if status.pace else []
    for groups in (
        (step, speed, samples, elapsed, pace),
        (step, _short(speed, "ep/s"), _short(samples, "smp/s"), elapsed, pace),
        (step, _short(speed, "ep/s"), elapsed, pace),
        (_short(speed, "ep/s"), elapsed, pace),
        (elapsed,),
    ):
        shown = [group for group in groups if group]
        bar = width - length(joined([state, epoch, *shown])) - 3
        if bar >= 5:
            break
    bar = min(max(bar, 1), 40)
    filled = progress_bar(model.epochs_done / total, bar, glyphs)
    return joined([state, [*epoch, (" ", "text"), *filled], *shown])


def looking_parts(
    model: Model, before: tuple[list[Part], list[Part]], width: int, keys: Mapping[str, str]
) -> list[Part]:
    """That one looks at a past epoch, and how to go there or return, in as many words as ``width`` can hold."""
    cursor = whole(model.cursor or 0)
    enter, escape = keys.get("time.return", "enter"), keys.get("time.now", "escape")
    there = "there" if model.is_replay else "back there"
    wordings: tuple[str, ...] = (
        f" looking at epoch {cursor} · {enter} goes {there} · {escape} returns to now ",
        f" looking at epoch {cursor} · {enter} goes {there} · {escape} returns ",
        f" looking at epoch {cursor} · {enter} back · {escape} now ",
        f" at epoch {cursor} · {enter} · {escape} ",
    )
    if not model.run:
        wordings = (
            f" looking at epoch {cursor} · not recorded: curves only · {escape} returns to now ",
            f" looking at epoch {cursor} · not recorded · {escape} returns ",
            f" epoch {cursor} · not recorded · {escape} ",
        )
    state, epoch = before
    short = [epoch[0], (epoch[1][0].strip(), epoch[1][1])]
    tries = [([state, epoch], said) for said in wordings[:3]] + [([state, short], said) for said in wordings]
    for shown, said in tries:
        parts = joined([*shown, [(said, "warning.state")]])
        if length(parts) <= width:
            break
    return parts


def _short(group: Sequence[Part], unit: str) -> list[Part]:
    return [group[0], (f" {unit}", "muted")]


def _step_within(model: Model, status: Status) -> int:
    """Steps of the present epoch: since the end of the last one, or reckoned while its row is on its way."""
    history = model.history
    if history is not None and len(history) and history.last("epoch") == status.epoch:
        return status.step - int(history.last("step"))
    reckoned = round((model.epoch_at(status.step) - status.epoch) * status.steps_per_epoch)
    return min(max(reckoned, 0), status.steps_per_epoch)


def _loading_parts(model: Model, state: list[Part], width: int, glyphs: Glyphs) -> list[Part]:
    progress = model.progress
    if progress is None:
        return joined([state, [("starting the training process", "muted")]]) if model.state == "loading" else state
    what: list[Part] = [(progress.what, "text")]
    if progress.share is None:
        return joined([state, what])
    bar = min(max(width - length(joined([state, what])) - 9, 5), 40)
    return joined([state, what, [*progress_bar(progress.share, bar, glyphs), (f" {progress.share:4.0%}", "text")]])


def notice_text(model: Model, keys: Mapping[str, str]) -> Part:
    """How the run ended or what went wrong, and which keys help, with its role; an empty text while all goes on.

    Args:
        keys: the key that does it, by the action's id.
    """
    restart, pause = keys["run.restart"], keys["run.pause"]
    if model.state == "diverged":
        where = what = ""
        if model.diverged is not None:
            where = f" at step {whole(model.diverged.step)} (epoch {whole(model.diverged.epoch + 1)})"
            what = f": {model.diverged.quantity} is no longer a finite number"
        return (
            f"Diverged{where}{what}. The weights of step {whole(model.steps_done)}, before the loss blew up, "
            f"are kept: {keys['change.rate_down']} lowers the learning rate, {pause} goes on.",
            "error",
        )
    if model.state == "failed" and model.failure is not None:
        reason, last = model.failure
        first, *others = reason.splitlines() or [""]
        said = f" It said: {last.rstrip('.')}." if last and not others else ""
        what = f"{first.rstrip('.')}{' (and more; nntui check lists all)' if others else ''}"
        on = f"{pause} goes on from what is recorded, " if model.run else ""
        return f"The training process failed: {what}.{said} {on}{restart} starts it again.", "error"
    moved = model.rate_to_keep
    if moved is not None and (model.state in ("running", "paused") or model.has_more_epochs):
        return (
            f"Over the run's new length, the schedule {model.experiment.schedule.name} gives a learning rate of "
            f"{number(moved.new, 3)}; it was {number(moved.old, 3)}. {keys['change.keep_rate']} keeps "
            f"{number(moved.old, 3)}, {keys['time.now']} dismisses this.",
            "warning",
        )
    if model.state == "finished" and model.is_replay:
        return _how_the_recording_ends(model, restart), "ok"
    if model.state == "finished":
        seed = "" if model.forbids("run.new_seed") else f"{keys['run.new_seed']} with a new seed, "
        again = f"{restart} starts again, {seed}{keys['change.edit']} edits."
        if model.has_more_epochs:
            again = f"{pause} goes on, {restart} starts again."
        return f"{_how_it_finished(model)} {again}", "ok"
    if model.state == "stopped":
        return f"The run has ended. {restart} starts it again.", "warning"
    if model.status is not None and model.status.recording:
        said = model.status.recording
        return f"{said[0].upper()}{said[1:].rstrip('.')}.", "warning"
    if is_offered(model) and (offered := model.offered) is not None:
        name = f"{offered.preset} ({offered.label})" if offered.label else offered.preset
        return (
            f"A run of {name} was interrupted after epoch {whole(offered.epochs)}: {keys['time.resume']} goes on with "
            f"it, {keys['time.now']} declines.",
            "warning",
        )
    return "", "text"


def is_offered(model: Model) -> bool:
    """Whether the notice offers to resume a run that was interrupted: nothing else has to be said."""
    busy = model.state in ("diverged", "failed", "finished", "stopped") or model.rate_to_keep is not None
    return model.offered is not None and not busy and not (model.status is not None and model.status.recording)


def _how_the_recording_ends(model: Model, restart: str) -> str:
    """What the recorded run came to; one that was left before its end did not finish."""
    if model.ended is not None and model.ended.reason == "stopped":
        done = f"epoch {whole(model.ended.epoch)} of {whole(model.epochs)}"
        return f"The recording ends at {done}. {restart} plays it again, nntui resume {model.run} trains on."
    return f"{_how_it_finished(model)} {restart} plays the recording again."


def _how_it_finished(model: Model) -> str:
    status = model.status
    if status is None:
        return "Finished."
    time = clock(status.elapsed) if status.elapsed >= 60 else f"{number(status.elapsed, 2)} s"
    result = f"Finished: {counted(status.epoch, 'epoch')} in {time}"
    early = model.ended is not None and model.ended.reason == "early_stopped"
    if early or model.restored_epoch:
        result = f"Stopped early after {counted(status.epoch, 'epoch')} in {time}: "
        result += f"the {model.decided_by} loss fell no further"
    history, restored = model.history, model.restored_epoch
    if history is None or model.started is None or not len(history) or model.edited_now:
        return f"{result}."
    loss, score = (history.at(column, restored or status.epoch) for column in ("test_loss", "test_score"))
    classes = model.started.task == "classification"
    shown = f"accuracy {number(score * 100, 3)}%" if classes else f"R² {number(score, 3)}"
    where = f". Restored the best weights, those of epoch {whole(restored)}:" if restored else ","
    return f"{result}{where} test loss {number(loss, 3)}, test {shown}."


class Line(Rows):
    """One or a few lines of text about the run."""

    def __init__(self, model: Model, *, id: str) -> None:
        super().__init__(id=id)
        self._model = model
        self.styles_by_role: Mapping[str, Style] = {}
        self.glyphs: Glyphs = "ascii"

    def row(self, parts: Iterable[Part], width: int) -> Strip:
        """One row of words in the present colors."""
        return line(parts, width, self.styles_by_role, self.glyphs)

    def dress(self, styles: Mapping[str, Style], glyphs: Glyphs) -> None:
        """Take these colors and characters from now on."""
        self.styles_by_role = styles
        self.glyphs = glyphs
        self.forget()
        self.refresh()


class StatusLine(Line):
    """How the training stands."""

    keys: Mapping[str, str] | None = None

    def make_rows(self, width: int, height: int) -> Sequence[Strip]:
        parts = [(" ", "text"), *status_parts(self._model, width - 2, self.glyphs, self.keys)]
        blank = self.row([], width)
        return [self.row(parts, width), *[blank] * (height - 1)]


class Guide(Line):
    """What is being studied and what to look for."""

    def make_rows(self, width: int, height: int) -> Sequence[Strip]:
        experiment = self._model.experiment
        about = " ".join(experiment.about.split())
        watch = " ".join(experiment.watch.split())
        parts: list[Part] = [(f" {experiment.name}", "title")]
        if about:
            parts += [("  ", "text"), (about, "text")]
        if watch and length(parts) + len(watch) + 12 < width:
            parts += [("   watch: ", "muted"), (watch, "text")]
        blank = self.row([], width)
        return [self.row(parts, width), *[blank] * (height - 1)]


class Notice(Line):
    """How the run ended or what went wrong, and which keys help."""

    def __init__(self, model: Model, keys: Mapping[str, str], *, id: str) -> None:
        super().__init__(model, id=id)
        self._keys = keys

    def rows_needed(self, width: int) -> int:
        """How many rows the notice takes; 0 when all is well."""
        return min(len(wrapped(notice_text(self._model, self._keys)[0], width - 4)), 3)

    def make_rows(self, width: int, height: int) -> Sequence[Strip]:
        said, role = notice_text(self._model, self._keys)
        text = wrapped(said, width - 4)
        sign = state_part(self._model, self.glyphs)[0].split()[0]
        rows = []
        for index in range(height):
            words = text[index] if index < len(text) else ""
            rows.append(self.row([(f" {sign if index == 0 else ' '} {words}", role)], width))
        return rows


class TooSmall(Line):
    """Instead of everything where the terminal is too small."""

    def make_rows(self, width: int, height: int) -> Sequence[Strip]:
        from nntui.tui.tiles import SMALLEST

        text = f"nntui needs {SMALLEST[0]}×{SMALLEST[1]} cells; here are {width}×{height}. Training goes on."
        rows = [self.row([(said, "text")], width) for said in wrapped(text, width)[:height]]
        return [*rows, *[self.row([], width)] * (height - len(rows))]
