"""What became of a change, in one line: what was changed, to what, and the key that undoes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from nntui.training.commands import Command, Redraw, Silence
from nntui.training.events import Changed, Edited, Event, Rewound, RunStarted
from nntui.tui.model import Model

_EFFECTS: Mapping[type[Command], str] = {
    Silence: "its incoming weights and its bias are 0",
    Redraw: "new random weights, initial biases",
}


class Confirmations:
    """Confirms the changes that the person asked for, and no others: not those of a recording, or of a branch's past.

    Args:
        say: shows a sentence to the person, in the place of the one before.
        keys: the key to name for every action, by the action's id.

    Attributes:
        can_undo: whether changes can be undone now; in a challenge they cannot.
    """

    def __init__(self, model: Model, say: Callable[[str], None], keys: Mapping[str, str]) -> None:
        self.can_undo: Callable[[], bool] = lambda: True
        self._model, self._say, self._keys = model, say, keys
        self._asked: dict[int, str] = {}
        self._start = ""

    def expect_change(self, group: int, command: Command | None = None) -> None:
        """A change of this group was asked for; ``command``: that edits weights."""
        self._asked[group] = "" if command is None else _EFFECTS.get(type(command), "")

    def expect_start(self, text: str) -> None:
        """A run was asked for; once it has begun, say so. ``{seed}`` in the text is replaced by the run's seed."""
        self._start = text

    def hear(self, events: Iterable[Event]) -> None:
        """These things happened; the model knows them already."""
        news: list[str] = []
        for event in events:
            if isinstance(event, RunStarted | Rewound):
                if isinstance(event, RunStarted) and self._start:
                    news = [self._start.replace("{seed}", str(event.seed))]
                self._start = ""
                break  # what follows was changed before
            if isinstance(event, Changed | Edited) and event.group in self._asked:
                news = [self._changed(event)]
        for text in news:
            self._say(text)

    def _changed(self, event: Changed | Edited) -> str:
        from nntui.tui.drawings.changes import last_change

        effect = self._asked[event.group]
        told = last_change(self._model)
        what = told.full if told is not None else ""
        what = f"{what[:1].upper()}{what[1:]}: {effect}" if effect else what
        if self._model.state in ("finished", "stopped") and isinstance(event, Changed):
            return f"{what}, for when training goes on or {self._keys['run.restart']} restarts it."
        undoes = f" {self._keys['change.undo']} undoes it." if self.can_undo() else ""
        return f"{what}.{undoes}" if what else ""
