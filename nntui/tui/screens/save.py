"""Under which name the network is saved as a preset."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input, Static

from nntui.tui.file_names import preset_file
from nntui.tui.screens.dialog import Dialog, paragraph


class SaveScreen(Dialog[Path]):
    """Asks for a file; gives back its path, or None. A file that exists is written over only when asked twice."""

    DEFAULT_CSS = """
    SaveScreen > .frame {
        width: 72;
        max-width: 90%;
        height: auto;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "take", "Save", show=False)]
    title_text = "Save as a preset"
    keys_text = "[@click=screen.take]enter save[/] · [@click=screen.close]escape cancel[/]"

    def __init__(self, name: str) -> None:
        """``name``: what is proposed, without its ending."""
        super().__init__()
        self._name = name
        self._asked: Path | None = None

    def compose_content(self) -> Iterable[Widget]:
        """The field, and what would happen."""
        yield paragraph(f"The hyperparameters as they are now, into a file in {Path.cwd()} or a path you give.")
        yield Input(f"{self._name}.toml", id="name", select_on_focus=True)
        yield Static("", id="fault", classes="fault", markup=False)

    def on_mount(self) -> None:
        self.query_one("#name", Input).focus()

    @on(Input.Changed, "#name")
    def _asked_no_more(self) -> None:
        self._asked = None

    @on(Input.Submitted, "#name")
    def action_take(self) -> None:
        """Save, or say what stands there already."""
        name = self.query_one("#name", Input).value.strip()
        if not name:
            self._say("A preset needs a name.")
            return
        path = preset_file(name)
        if os.path.isdir(path):
            self._say(f"{path} is a folder.")
        elif os.path.lexists(path) and path != self._asked:
            self._asked = path
            self._say(f"{path} is there already. Enter once more writes over it.")
        else:
            self.dismiss(path)

    def _say(self, text: str) -> None:
        self.query_one("#fault", Static).update(text)
