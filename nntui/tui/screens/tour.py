"""The tour: what a newcomer needs to know, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Static

from nntui.tui.bindings import ACTIONS, Action
from nntui.tui.explanations import with_keys
from nntui.tui.screens.dialog import Dialog, heading, paragraph

PAGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("A network is learning", (
        "It began when the program did. The first panel shows how wrong it is (its loss): the solid curve for the "
        "samples it learns from, the other one for samples it never sees.",
        "{run.pause} pauses, {run.epoch} and {run.batch} go on by one epoch or one batch, {run.slower} and "
        "{run.faster} set the pace, {run.restart} starts again.",
    )),
    ("Change it while it learns", (
        "{change.rate_down} and {change.rate_up} move the learning rate, {change.batch_halve} and "
        "{change.batch_double} the size of a batch; {change.edit} opens a form with everything else.",
        "A mark in the curves shows what you changed and when. {change.undo} takes the last change back.",
    )),
    ("Go back in time", (
        "{look.left} and {look.right} move a cursor over the epochs, in all panels alike; {time.return} goes back "
        "there and {time.now} returns to the present. What you leave behind stays as a faint curve.",
        "{look.zoom_in} and {look.zoom_out} show fewer or more epochs, and so does the mouse wheel.",
    )),
    ("Six views", (
        "{view.overview} to {view.runs} show the layers, single neurons, the answers, the chain rule with its numbers, "
        "and all runs you made. {look.next_panel} goes from panel to panel, {look.maximise} gives one the whole "
        "screen.",
        "Only what is on the screen is measured, which takes 1 or 2% of the training time.",
    )),
    ("Ask", (
        "{program.explain} explains the panel with the focus: what is drawn, its formula, how to read it, what to try. "
        "{program.help} lists every key and has a glossary. {change.presets} has other studies, {learn.open} lessons.",
        "{program.tour} shows this again.",
    )),
)  # fmt: skip


class TourScreen(Dialog[None]):
    """Five pages; any of them can be the last."""

    DEFAULT_CSS = """
    TourScreen > .frame {
        width: 72;
        max-width: 90%;
        height: auto;
    }
    TourScreen #text {
        height: 8;
        margin-top: 1;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,right,space,pagedown", "next", "Next", show=False),
        Binding("left,backspace,pageup", "back", "Back", show=False),
        Binding("q", "close", "Skip", show=False),
    ]
    title_text = "Welcome to nntui"
    keys_text = (
        "[@click=screen.next]enter next[/] · [@click=screen.back]← back[/] · [@click=screen.close]escape skip[/]"
    )

    def __init__(self, actions: Sequence[Action] = ACTIONS) -> None:
        """``actions``: the table with the keys as bound now."""
        super().__init__()
        self._actions = tuple(actions)
        self.page = 0

    def compose_content(self) -> Iterable[Widget]:
        """The page's heading and words."""
        yield heading("", first=True)
        yield Static("", id="text", markup=False)
        yield paragraph("", "muted")

    def on_mount(self) -> None:
        self._show()

    def _show(self) -> None:
        title, texts = PAGES[self.page]
        self.query_one(".heading", Static).update(title)
        self.query_one("#text", Static).update("\n\n".join(with_keys(text, self._actions) for text in texts))
        self.query_one(".muted", Static).update(f"{self.page + 1} of {len(PAGES)}")

    def action_next(self) -> None:
        """The next page; after the last, close."""
        if self.page + 1 == len(PAGES):
            self.dismiss(None)
        else:
            self.page += 1
            self._show()

    def action_back(self) -> None:
        """The page before."""
        self.page = max(self.page - 1, 0)
        self._show()
