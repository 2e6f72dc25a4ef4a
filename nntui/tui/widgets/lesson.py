"""What the lesson or the challenge asks for at present, in a line or two over the panels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.strip import Strip

from nntui.tui.bindings import Action
from nntui.tui.explanations import with_keys
from nntui.tui.model import Model
from nntui.tui.widgets.status import Line
from nntui.tui.widgets.text import Part, counted, wrapped

if TYPE_CHECKING:
    from nntui.tui.desk import Desk

MOST_ROWS = 2


class LessonLine(Line):
    """Shows what is to be done now, and says when it is done; takes no room while nothing is on the desk."""

    def __init__(self, model: Model, desk: Desk, actions: Sequence[Action], *, id: str) -> None:
        super().__init__(model, id=id)
        self._desk = desk
        self._actions = tuple(actions)

    def _words(self, text: str) -> str:
        return " ".join(with_keys(text, self._actions).split())

    def rows_needed(self, width: int) -> int:
        """How many rows it takes at this width."""
        said, _ = self.said()
        return min(len(wrapped(said, width - 3)), MOST_ROWS)

    def said(self) -> Part:
        """The words and their role."""
        if self._desk.walk is not None:
            return self._of_lesson()
        if self._desk.attempt is not None:
            return self._of_challenge()
        return "", "text"

    def _of_lesson(self) -> Part:
        walk = self._desk.walk
        assert walk is not None
        step = walk.step
        if step is None:
            return self._words(f"{walk.lesson.title}: finished. {{learn.open}} shows what you saw."), "ok"
        where = f"{walk.lesson.title} {walk.at + 1}/{len(walk.lesson.steps)}"
        if walk.met:
            return self._words(f"{where}: done. {{learn.open}} goes on."), "ok"
        if hint := walk.hint():
            return self._words(f"{where}: {step.do} Hint: {hint}"), "warning"
        asked = step.do or ("A question: {learn.open} opens it." if step.question else "Read on with {learn.open}.")
        return self._words(f"{where}: {asked}"), "title"

    def _of_challenge(self) -> Part:
        attempt = self._desk.attempt
        assert attempt is not None
        challenge, spent = attempt.challenge, attempt.spent
        if attempt.outcome == "reached":
            stars = "★" * attempt.stars + "☆" * (3 - attempt.stars)
            return self._words(f"{challenge.title}: reached with {spent}. {stars} {{learn.open}} for more."), "ok"
        if attempt.outcome == "missed":
            return self._words(
                f"{challenge.title}: not reached within {counted(challenge.epochs, 'epoch')}. "
                f"{{run.restart}} tries again, {{learn.open}} has a hint."
            ), "warning"
        if attempt.outcome == "left":
            return self._words(
                f"{challenge.title}: the run on the screen is not the challenge's. {{run.restart}} starts it again."
            ), "warning"
        goal = challenge.goal.text.replace("_", " ")
        return self._words(
            f"{challenge.title}: {goal} within {counted(challenge.epochs, 'epoch')}; so far {spent}."
        ), "title"

    def make_rows(self, width: int, height: int) -> Sequence[Strip]:
        said, role = self.said()
        lines = wrapped(said, width - 3)
        if len(lines) > height:
            lines = [*lines[: height - 1], " ".join(lines[height - 1 :])]
        sign = "✔" if role == "ok" else "▸"
        plain = "+" if role == "ok" else ">"
        rows = []
        for index in range(height):
            mark = (plain if self.glyphs == "ascii" else sign) if index == 0 else " "
            rows.append(self.row([(f" {mark} {lines[index] if index < len(lines) else ''}", role)], width))
        return rows
