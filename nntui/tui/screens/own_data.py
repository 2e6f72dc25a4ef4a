"""Your own table: the file, the column to predict, and at once what is wrong with either."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from nntui.experiment import Experiment, InvalidValue
from nntui.tui.screens.choices import Choices
from nntui.tui.screens.dialog import Dialog, paragraph

MOST = 100  # files that are listed


def tables(folder: Path) -> list[str]:
    """The names of the tables in this folder and of those one below it, in order; those hidden are left out."""
    found: list[str] = []
    for below in ("*", "*/*"):
        try:
            found += sorted(
                str(path.relative_to(folder))
                for path in folder.glob(below)
                if path.suffix.lower() in (".csv", ".tsv", ".parquet") and not path.name.startswith(".")
            )
        except OSError:
            continue
    return found[:MOST]


class OwnDataScreen(Dialog[Experiment]):
    """Gives back an experiment with the table, which has been read once; None where there is none."""

    DEFAULT_CSS = """
    OwnDataScreen > .frame {
        width: 90;
        max-width: 95%;
        height: auto;
        max-height: 90%;
    }
    OwnDataScreen Input {
        background: $foreground 10%;
        margin-bottom: 1;
    }
    OwnDataScreen OptionList, OwnDataScreen OptionList:focus {
        height: auto;
        max-height: 6;
        border: none;
        padding: 0;
        background: $surface;
    }
    OwnDataScreen #fault {
        max-height: 4;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", show=False),
        Binding("down", "into_list", "Files", show=False),
        Binding("tab,shift+tab", "next_field", "Field", show=False, priority=True),
    ]
    title_text = "Open your own data"
    keys_text = "tab next field · ↓ files · [@click=screen.open]enter open[/] · [@click=screen.close]escape close[/]"

    def __init__(self, folder: Path | None = None) -> None:
        """``folder``: whose tables are offered; by default the one that the program was started from."""
        super().__init__()
        self._folder = folder or Path.cwd()
        self._reading = False

    def compose_content(self) -> Iterable[Widget]:
        """The fields, the files at hand, and why a table cannot be used."""
        yield paragraph(
            "A table with a row for each sample. All columns but the one to predict are inputs and must be numbers."
        )
        yield Static("File", classes="heading")
        yield Input(placeholder="path of a .csv or .parquet file", compact=True, id="path")
        yield Choices(*(Option(name) for name in tables(self._folder)), id="files", markup=False)
        yield Static("Column to predict", classes="heading")
        yield Input(placeholder="its name or number; empty: the last column", compact=True, id="target")
        yield Static("", id="fault", classes="fault", markup=False)

    def on_mount(self) -> None:
        files = self.query_one("#files", OptionList)
        files.display = bool(files.option_count)
        self.query_one("#path", Input).focus()

    @on(OptionList.OptionSelected)
    def _take_file(self, event: OptionList.OptionSelected) -> None:
        self.query_one("#path", Input).value = str(self._folder / str(event.option.prompt))
        self.query_one("#target", Input).focus()

    @on(Input.Changed)
    def _changed(self) -> None:
        self.query_one("#fault", Static).update("")

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.action_open()

    def action_into_list(self) -> None:
        """From the fields to the files at hand."""
        files = self.query_one("#files", OptionList)
        if files.display and not files.has_focus:
            files.focus()
            files.highlighted = files.highlighted or 0

    def action_next_field(self) -> None:
        """To the other field; the list between them is reached with an arrow key, so that no name is lost in it."""
        target = self.query_one("#target", Input)
        (self.query_one("#path", Input) if target.has_focus else target).focus()

    def action_open(self) -> None:
        """Read the table; give the experiment back, or say why it cannot be used."""
        if not self._reading:
            self._reading = True
            self.query_one("#fault", Static).update("Reading …")
            self.run_worker(self._open(), exit_on_error=True)

    async def _open(self) -> None:
        import asyncio

        from nntui.experiment.own_data import experiment_of

        path, target = self.query_one("#path", Input).value, self.query_one("#target", Input).value
        if path.strip() and not os.path.isabs(os.path.expanduser(path.strip())):
            path = str(self._folder / path.strip())
        try:
            experiment = await asyncio.to_thread(experiment_of, path, target)
        except InvalidValue as error:
            self.query_one("#fault", Static).update(str(error))
        else:
            self.dismiss(experiment)
        finally:
            self._reading = False
