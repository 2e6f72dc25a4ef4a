"""The line that says what is wrong with the run, over the panels; it takes no room while all is well."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from textual.message import Message
from textual.strip import Strip

from nntui.training.events import Diagnosed
from nntui.tui.drawings.diagnosis import Shown, rows_needed, words
from nntui.tui.model import Model
from nntui.tui.widgets.status import Line


class DiagnosisLine(Line):
    """The first of the rules that hold: what, where, what to try, and the keys for it."""

    class Over(Message):
        """What was shown has been shown long enough: something else, or nothing, takes its place."""

    def __init__(
        self, model: Model, keys: Mapping[str, str], *, advice_only: Callable[[], bool] = lambda: False, id: str
    ) -> None:
        """``advice_only``: whether no key applies the advice now."""
        super().__init__(model, id=id)
        self._advice_only = advice_only
        self._keys = keys
        self._shown = Shown()
        self._serial = model.serial
        self._waits = False

    @property
    def diagnosed(self) -> Diagnosed | None:
        """What it shows."""
        if self._serial != self._model.serial:
            self._serial = self._model.serial
            self._shown.forget()
        later = self._shown.look(self._model.diagnoses, time.monotonic())
        if later is not None and not self._waits and self.is_mounted:
            self._waits = True
            self.set_timer(later, self._end)
        return self._shown.diagnosed

    def _end(self) -> None:
        self._waits = False
        self.post_message(self.Over())

    def rows_needed(self, width: int) -> int:
        """One or two, or none where all is well."""
        shown = self.diagnosed
        return 0 if shown is None else rows_needed(self._as_advice(shown), width - 1, self._keys)

    def _as_advice(self, shown: Diagnosed) -> Diagnosed:
        return replace(shown, commands=()) if self._advice_only() else shown

    def make_rows(self, width: int, height: int) -> Sequence[Strip]:
        shown = self.diagnosed
        sign = "!" if self.glyphs == "ascii" else "▲"
        rows = [] if shown is None else words(self._as_advice(shown), width - 1, sign, self._keys)
        filled = [*rows, *([[]] * height)][:height]
        return [self.row(parts, width) for parts in filled]
