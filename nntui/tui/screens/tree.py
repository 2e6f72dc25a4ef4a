"""The tree of branches of the run at hand, to jump from one to another."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text
from textual import events, on
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from nntui.tui.drawings.branches import drawn_stems, heads, line_of
from nntui.tui.model import Model
from nntui.tui.screens.choices import Choices
from nntui.tui.screens.dialog import Dialog
from nntui.tui.widgets.text import to_ascii


class TreeScreen(Dialog[str | None]):
    """Gives back the id of the run to go on with; None where the person stays."""

    DEFAULT_CSS = """
    TreeScreen > .frame {
        max-width: 110;
        height: auto;
        max-height: 90%;
    }
    TreeScreen OptionList {
        border: none;
        padding: 0;
        height: auto;
        max-height: 100%;
        scrollbar-size-vertical: 1;
        overflow-x: hidden;
    }
    TreeScreen:nocolor .option-list--option-highlighted {
        color: $background;
        background: $foreground;
    }
    """
    title_text = "Branches"
    keys_text = "↑↓ enter or a click goes on there · [@click=screen.close]escape stay[/]"

    def __init__(self, model: Model) -> None:
        super().__init__()
        self._model = model
        self._ids: list[str] = []

    def compose_content(self) -> Iterable[Widget]:
        """A line of heads, and one a run."""
        yield Static("", id="heads", classes="muted", markup=False)
        yield Choices(markup=False, compact=True)

    def on_mount(self) -> None:
        self.show()

    def on_resize(self, event: events.Resize) -> None:
        del event
        self.call_after_refresh(self.show)

    def show(self) -> None:
        """What is known now."""
        model, nodes = self._model, self._model.recordings.nodes
        ascii = self.has_class("-ascii")
        width = max(self.query_one("#heads").size.width - 1, 20)
        self.query_one("#heads", Static).update(self._said(width))
        options = self.query_one(OptionList)
        here = options.highlighted
        at = self._ids[here] if here is not None and here < len(self._ids) else model.run
        self._ids = [node.id for node in nodes]
        options.clear_options()
        for node, stem in zip(nodes, drawn_stems(nodes, ascii), strict=True):
            said = line_of(node, stem, model, width, ascii=ascii)
            style = "bold" if node.id == model.run else ""
            options.add_option(Option(Text(to_ascii(said) if ascii else said, style, no_wrap=True)))
        if nodes:
            options.highlighted = self._ids.index(at) if at in self._ids else 0
            options.focus()

    def _said(self, width: int) -> str:
        if self._model.recordings.nodes:
            return heads(width)
        if self._model.recordings.found is None:
            return "Reading the recordings."
        return "This run is not recorded, so it has no branches."

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        if event.option_index < len(self._ids):  # the list may have been made anew since the key
            self.dismiss(self._ids[event.option_index])
