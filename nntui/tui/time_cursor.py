"""Looking at a past epoch of the run, and going back there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from nntui.training.commands import Command, Jump, Redo, Rewind, Undo, Watch
from nntui.training.events import Event, Refused, Rewound, RunStarted
from nntui.tui.model import Model

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FAR = 10
"""So many times as far goes a step with shift."""


class Traveller(Protocol):
    """What it needs of the training process's client."""

    def send(self, command: Command) -> None: ...
    def look(self, epoch: int | None, watch: Watch) -> None: ...


class TimeCursor:
    """Moves the model's cursor, has the past measured for it, and takes the run back to it.

    Args:
        say: shows a sentence to the person.
        confirm: shows what became of a change, in the place of what was last shown so.
        watching: what the panels on the screen are drawn from.
        keys: the key that does something, by the action's id.
    """

    def __init__(
        self,
        client: Traveller,
        model: Model,
        say: Callable[[str], None],
        confirm: Callable[[str], None],
        watching: Callable[[], Watch],
        keys: Mapping[str, str],
    ) -> None:
        self._client, self._model, self._watching, self._keys = client, model, watching, keys
        self._say, self._confirm = say, confirm
        self._looked: tuple[int, Watch] | None = None
        self._undone = ""
        self._answer: Callable[[], str] | None = None

    @property
    def last(self) -> int:
        """The last epoch there is to look at."""
        model, history = self._model, self._model.history
        last = int(history.last("epoch")) if history is not None and len(history) else 0
        listed = model.recordings.listed(model.run) if model.is_replay else None
        return max(last, listed.summary.epochs) if listed is not None and listed.summary is not None else last

    def move(self, by: int) -> None:
        """So many epochs on, or back; at first from the last epoch that ended."""
        if self._may_look():
            now = self.last if self._model.cursor is None else self._model.cursor
            self.put(now + by)

    def put(self, epoch: float) -> None:
        """Look at this epoch, or at the nearest there is."""
        if self._may_look():
            self._model.cursor = min(max(round(epoch), 0), self.last)
            self.look_again()

    def look_again(self) -> None:
        """Have the epoch looked at measured, if that or what is to be measured is another than before.

        Where the run is not recorded, there is nothing to measure it from.
        """
        cursor, watch = self._model.cursor, self._watching()
        if cursor is None:
            self.leave()
        elif self._model.run and self._looked != (cursor, watch):
            self._looked = cursor, watch
            self._model.past, self._model.past_fault = None, ""
            self._client.look(cursor, watch)

    def leave(self) -> bool:
        """Back to the present; whether it was not there already."""
        if self._looked is not None:
            self._looked = None
            self._client.look(None, self._watching())
        was = self._model.cursor is not None
        self._model.cursor = self._model.past = None
        return was

    # -- going there ----------------------------------------------------------------------------------------------

    def go_back(self) -> None:
        """Take the run back to the epoch looked at."""
        cursor = self._model.cursor
        if cursor is None:
            back, on = self._keys["look.left"], self._keys["look.right"]
            self._say(f"Move the time cursor first: {back} and {on}, or a click on a curve.")
        else:
            there = f"At epoch {cursor:,} of the recording."
            back = f"Back at epoch {cursor:,}{self._what_stays(cursor)}."
            self._ask(Rewind(cursor), there if self._model.is_replay else back)

    def go_to_best(self) -> None:
        """Take the run back to the epoch with the lowest validation loss, or test loss without a validation set."""
        history = self._model.history
        best = None if history is None else history.best(f"{self._model.decided_by}_loss")
        if best is None:
            self._say("No epoch has ended yet, so none is the best.")
            return
        epoch, loss = best
        model, which = self._model, f"the lowest {self._model.decided_by} loss, {loss:.4g}"
        if epoch == model.epochs_done and model.shown_epoch is None and not model.edited_now:
            self._say(f"The run is at epoch {epoch:,} already, which has {which}.")
        else:
            self._ask(Rewind(epoch), f"Back at epoch {epoch:,}, which has {which}{self._what_stays(epoch)}.")

    def _what_stays(self, epoch: int) -> str:
        """What becomes of the epochs after the one gone back to, where there are any."""
        comes_after = not self._model.is_replay and self._model.epochs_done > epoch
        return "; what came after stays as a ghost" if comes_after else ""

    def undo(self) -> None:
        """Undo the last change."""
        last = "the last change" if self._model.pending else _last_change(self._model)
        if not last:
            self._say("There is no change to undo.")
            return
        self._undone = last
        self._ask(Undo(), f"Undone: {last}. {self._keys['change.redo']} redoes it.")

    def redo(self) -> None:
        """Redo the change that was undone last."""
        if not self._undone:
            self._say("Nothing was undone.")
        else:
            # after several undos, the change that is redone is not the one that was undone last
            self._ask(Redo(), lambda: f"Redone: {_last_change(self._model) or self._undone}.")

    def jump(self, run: str, name: str) -> None:
        """Go on with another run, or branch of this one, where it ended."""
        self._ask(Jump(run), f"On with {name}.")

    def hear(self, events: Iterable[Event]) -> None:
        """Say what became of what was asked for."""
        events = tuple(events)
        started = [event for event in events if isinstance(event, RunStarted)]
        for event in events:
            if isinstance(event, Rewound | RunStarted) and self._looked is not None:
                self._looked = None
                self._client.look(None, self._watching())
            if isinstance(event, Rewound):
                if started:
                    self._model.preset = self._model.stretches[0].experiment
                if self._answer is not None:
                    self._confirm(self._answer())
                self._answer = None
            elif isinstance(event, Refused) and event.name in ("rewind", "undo", "redo", "jump"):
                self._answer = None

    def _ask(self, command: Command, answer: str | Callable[[], str]) -> None:
        """``answer``: what to say once the run is there; called then, where it depends on what is found."""
        if self._model.state in ("loading", "failed"):
            self._say("There is no training process to go back with.")
            return
        self._answer = answer if callable(answer) else lambda: answer
        self._model.is_starting = isinstance(command, Jump)
        self._client.send(command)

    def _may_look(self) -> bool:
        if self._model.history is None:
            self._say("The training has not begun yet.")
            return False
        return True


def epochs_a_key(end: float, columns: int) -> int:
    """How far one key goes on an axis from 0 to ``end`` epochs that is so many columns wide: a column, or an epoch."""
    return max(1, round(end / max(columns, 1)))


def _last_change(model: Model) -> str:
    """In words, ``lr 0.1 → 0.03 at epoch 40``; empty where nothing was changed but the pace."""
    from nntui.tui.drawings.changes import last_change

    told = last_change(model)
    return "" if told is None else f"{told.full} at epoch {int(told.epoch):,}"
