"""The form over every hyperparameter of the run: validates while you type, applies all changes at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, Static

from nntui.experiment import Experiment, Parameter, Value
from nntui.tui.screens.dialog import Dialog
from nntui.tui.screens.draft import Draft, matches
from nntui.tui.screens.fields import Row
from nntui.tui.screens.text import show_value


class EditScreen(Dialog[dict[str, Value] | None]):
    """Gives back what changed, by dotted name, in an order in which it can be applied; None where cancelled.

    What a running network cannot take is among it (`nntui.tui.screens.draft.needing_restart`): the caller restarts the
    run with it, as the form has said.
    """

    DEFAULT_CSS = """
    EditScreen #search {
        background: $foreground 10%;
    }
    EditScreen #none {
        color: $text-muted;
        margin: 1 2;
    }
    EditScreen #summary {
        height: auto;
        max-height: 3;
        color: $text-accent;
    }
    EditScreen #form {
        height: 1fr;
        margin-top: 1;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "apply", "Apply", tooltip="Apply every change at once."),
        Binding("down", "app.focus_next", "Next field", show=False),
        Binding("up", "app.focus_previous", "Previous field", show=False),
    ]
    title_text = "Hyperparameters"
    keys_text = (
        "↑↓ field · ←→ choice · shift+↑↓ step"
        " · [@click=screen.apply]enter apply[/] · [@click=screen.close]escape cancel[/]"
    )

    def __init__(self, experiment: Experiment, learning_rate_now: float | None = None) -> None:
        """``learning_rate_now``: what is in force at this step, schedule and scale included."""
        super().__init__()
        self._draft = Draft(experiment)
        self._rate = learning_rate_now
        if experiment.name:
            self.title_text = f"Hyperparameters of {experiment.name}"

    def compose_content(self) -> Iterable[Widget]:
        """The search field, the rows by section, and what will happen."""
        yield Input(placeholder="search by name or meaning, for example: decay", compact=True, id="search")
        with VerticalScroll(id="form", can_focus=False):
            yield from self._contents(in_order(self._draft.experiment))
        yield Static("", id="summary", markup=False)

    def _contents(self, parameters: Iterable[Parameter]) -> Iterable[Widget]:
        section = ""
        for parameter in parameters:
            if parameter.section != section:
                yield _title(parameter.section, first=not section)
                section = parameter.section
            yield self._row(parameter)
        nothing = Static("No hyperparameter of this run is called that.", id="none")
        nothing.display = False
        yield nothing

    def _row(self, parameter: Parameter) -> Row:
        notes = []
        if parameter.name == "optimizer.learning_rate" and self._rate is not None:
            notes.append(f"in force {self._rate:.4g}")
        return Row(parameter, self._draft.experiment.value(parameter.name), notes)

    def on_mount(self) -> None:
        """Say that nothing has changed yet."""
        self._show()

    @on(Input.Changed, "#search")
    def _search(self, event: Input.Changed) -> None:
        self._filter(event.value)

    @on(Row.Typed)
    async def _typed(self, event: Row.Typed) -> None:
        self._draft.type(event.name, event.text)
        await self._rebuild()
        self._show()

    @on(Input.Submitted)
    async def _submitted(self, event: Input.Submitted) -> None:
        if event.input.id != "search":
            self.action_apply()
        elif found := next((row for row in self.query(Row) if row.display), None):
            found.focus_field()

    async def _rebuild(self) -> None:
        """Bring the rows in line with the parameters that apply now; those that stay keep their field and cursor."""
        wanted = {parameter.name: parameter for parameter in in_order(self._draft.experiment)}
        rows = {row.parameter.name: row for row in self.query(Row)}
        if list(wanted.values()) == [row.parameter for row in rows.values()]:
            return
        form = self.query_one("#form", VerticalScroll)
        for name, row in rows.items():
            if wanted.get(name) != row.parameter and not row.has_focus_within:
                await row.remove()
        kept = {row.parameter.name: row for row in self.query(Row)}
        before: dict[str, Widget] = {str(title.name): title for title in self.query(".heading")}
        for name, parameter in wanted.items():
            section = parameter.section
            if section not in before:
                before[section] = _title(section)
                await form.mount(before[section], before="#none")
            if name not in kept:
                kept[name] = self._row(parameter)
                await form.mount(kept[name], after=before[section])
            before[section] = kept[name]
        self._filter(self.query_one("#search", Input).value)

    def _filter(self, query: str) -> None:
        shown: dict[str, None] = {}
        for row in self.query(Row):
            row.display = matches(row.parameter, query)
            if row.display:
                shown[row.parameter.section] = None
        for title in self.query(".heading"):
            title.display = title.name in shown
            title.set_class(title.name == next(iter(shown), None), "-first")
        self.query_one("#none").display = not shown

    def _show(self) -> None:
        for row in self.query(Row):
            name = row.parameter.name
            row.show_state(changed=self._draft.changed(name), fault=self._draft.faults.get(name, ""))
        self.query_one("#summary", Static).update(self._summary())

    def _summary(self) -> str:
        changes, faults = self._draft.changes(), self._draft.faults
        if faults:
            return f"{_count(len(faults), 'value')} cannot be taken: {', '.join(faults)}"
        if not changes:
            return "Nothing changed."
        text = f"{_count(len(changes), 'change')}: " + ", ".join(
            f"{name} {show_value(value)}" for name, value in changes.items()
        )
        if restarting := self._draft.restarting():
            text += f". Enter restarts the run: {', '.join(restarting)} cannot change while it trains."
        return text

    def action_apply(self) -> None:
        """Give back the changes, or go to the first value that cannot be taken."""
        if not self._draft.faults:
            self.dismiss(self._draft.changes())
            return
        self.app.bell()
        self.query_one("#search", Input).value = ""
        for row in self.query(Row):
            if row.parameter.name in self._draft.faults:
                row.focus_field()
                return


def in_order(experiment: Experiment) -> list[Parameter]:
    """The parameters that apply, those first that are changed most while a network trains."""
    return sorted(experiment.parameters(), key=lambda parameter: _SECTIONS.index(parameter.section))


_SECTIONS = ("optimizer", "schedule", "regularization", "training", "network", "loss", "data")


def _title(section: str, *, first: bool = False) -> Static:
    return Static(section, name=section, classes="heading -first" if first else "heading", markup=False)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
