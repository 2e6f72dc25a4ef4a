"""A challenge under way: its goal, its rules, how it stands, and a hint for who wants one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget

from nntui.tui.bindings import ACTIONS, Action
from nntui.tui.explanations import with_keys
from nntui.tui.screens.dialog import Dialog, Lines, heading, paragraph
from nntui.tui.screens.step import Wish
from nntui.tui.widgets.text import counted

if TYPE_CHECKING:
    from nntui.teaching.attempt import Attempt

_OUTCOMES = {
    "open": "not reached yet", "reached": "reached", "missed": "not reached in time", "left": "another run",
}  # fmt: skip


class ChallengeScreen(Dialog[Wish | None]):
    """The challenge in full."""

    DEFAULT_CSS = """
    ChallengeScreen > .frame {
        max-width: 90;
        height: auto;
        padding: 1 2;
    }
    ChallengeScreen #page {
        height: auto;
        max-height: 34;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h", "hint", "Hint", show=False),
        Binding("a", "wish('again')", "Again", show=False),
        Binding("o", "wish('list')", "Others", show=False),
        Binding("x", "wish('leave')", "Leave", show=False),
        Binding("enter,L,q", "close", "Back", show=False),
    ]
    keys_text = (
        "[@click=screen.hint]h hint[/] · [@click=screen.wish('again')]a again[/] · "
        "[@click=screen.wish('list')]o others[/] · [@click=screen.wish('leave')]x leave[/] · "
        "[@click=screen.close]escape back[/]"
    )

    def __init__(self, attempt: Attempt, run: str = "", actions: Sequence[Action] = ACTIONS) -> None:
        """``run``: id of the recording, if there is one."""
        super().__init__()
        self._actions = tuple(actions)
        self._attempt = attempt
        self._run = run
        self.title_text = attempt.challenge.title

    def compose_content(self) -> Iterable[Widget]:
        """The words about it, then how it stands."""
        attempt, challenge = self._attempt, self._attempt.challenge
        par = f"{counted(challenge.par_epochs, 'epoch')} and {counted(challenge.par_changes, 'change')}"
        rows = [
            ("Goal", challenge.goal.text.replace("_", " ")),
            ("Within", counted(challenge.epochs, "epoch")),
            ("You may change", challenge.rules),
            ("Three stars", f"{par}, or fewer"),
            ("So far", f"{attempt.spent}: {_OUTCOMES[attempt.outcome]}"),
        ]
        if attempt.stars:
            rows.append(("Stars", f"{attempt.stars} of 3"))
        if attempt.outcome == "reached" and self._run:
            rows.append(("Recording", f"nntui replay {self._run} shows your solution again"))
        with VerticalScroll(id="page"):
            yield paragraph(challenge.about)
            yield heading("The rules")
            yield Lines(rows, max(len(label) for label, _ in rows))

    def action_hint(self) -> None:
        """Show what helps, once."""
        page = self.query_one("#page", VerticalScroll)
        if not page.query(".hint"):
            hint = with_keys(self._attempt.challenge.hint, self._actions) or "there is none."
            page.mount(paragraph(f"Hint: {hint}", "hint"))
            page.scroll_end(animate=False)

    def action_wish(self, wish: Wish) -> None:
        """Leave this page for something else."""
        self.dismiss(wish)
