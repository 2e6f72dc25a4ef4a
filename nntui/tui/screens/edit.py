"""The form over every hyperparameter of the run: validates while you type, applies all changes at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import isfinite
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input, Static

from nntui.experiment import Experiment, Parameter, Value
from nntui.tui.ranking import FIRST, hyperparameters, in_order
from nntui.tui.screens.dialog import Dialog
from nntui.tui.screens.draft import Draft
from nntui.tui.screens.fields import Field
from nntui.tui.screens.form import Form
from nntui.tui.screens.pick import Pick
from nntui.tui.screens.text import show_value

CHANGED_FIRST = "changed most often"


class EditScreen(Dialog[dict[str, Value] | None]):
    """Gives back what changed, by dotted name, in an order in which it can be applied; None where cancelled.

    What a running network cannot take is among it (`nntui.tui.screens.draft.needing_restart`): the caller restarts the
    run with it, as the form has said.
    """

    DEFAULT_CSS = """
    EditScreen #search {
        background: $foreground 12%;
        margin-bottom: 1;
    }
    EditScreen #rules {
        height: auto;
        color: $text-warning;
        margin-bottom: 1;
    }
    EditScreen #none {
        color: $text-muted;
        display: none;
    }
    EditScreen #summary {
        height: auto;
        max-height: 4;
        color: $text-accent;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "apply", "Apply", tooltip="Apply every change at once."),
        Binding("down", "to_form", show=False),
    ]
    title_text = "Hyperparameters"
    keys_text = (
        "↑↓ field · ←→ space choice · shift+↑↓ step"
        " · [@click=screen.apply]enter apply[/] · [@click=screen.close]escape cancel[/]"
    )

    def __init__(
        self,
        experiment: Experiment,
        learning_rate_now: float | None = None,
        at: str = "",
        *,
        rules: str = "",
        forbids: Callable[[str], str] = lambda name: "",
    ) -> None:
        """
        Args:
            learning_rate_now: what is in force at this step, schedule and scale included.
            at: the field to begin with, by its dotted name; empty: the search.
            rules: what may be changed now, in a sentence; empty: everything.
            forbids: why a hyperparameter must not be changed now; empty where it may.
        """
        super().__init__()
        self._draft = Draft(experiment, forbids)
        self._rules, self._forbids = rules, forbids
        self._rate = learning_rate_now
        self._at = at
        self._fields: dict[str, Field] = {}
        if experiment.name:
            self.title_text = f"Hyperparameters of {experiment.name}"

    def compose_content(self) -> Iterable[Widget]:
        """The search field, the fields by section, and what will happen."""
        yield Input(placeholder="search by name or meaning, for example: decay", compact=True, id="search")
        if self._rules:
            yield Static(self._rules, id="rules", markup=False)
        yield Static("No hyperparameter of this run is called that.", id="none")
        yield Form(ascii_only=self.app.has_class("-ascii"))
        yield Static("", id="summary", markup=False)

    def on_mount(self) -> None:
        """Begin with the values in force."""
        self._show()
        if self._at in self._fields:
            self.set_focus(self.form)
            self.form.go_to(self._at)

    @property
    def form(self) -> Form:
        """The fields."""
        return self.query_one(Form)

    @on(Input.Submitted, "#search")
    @on(Form.LeftAbove)
    def _change_focus(self) -> None:
        if self.form.has_focus:
            self.set_focus(self.query_one("#search"))
        else:
            self.action_to_form()

    @on(Input.Changed, "#search")
    @on(Form.Typed)
    def _update(self) -> None:
        """Take the search and the fields as they stand by now: more may have been typed since."""
        self._take_typed()
        self._show()

    def _take_typed(self) -> None:
        typed = {name: field.text for name, field in self._fields.items() if field.text != self._draft.text(name)}
        for name, text in typed.items():
            self._draft.type(name, text)

    @on(Form.WantsList)
    def _list(self, event: Form.WantsList) -> None:
        def take(word: str | None) -> None:
            if word is not None:
                self._take_typed()
                self._draft.type(name, word)
                self._show()

        name = event.field.parameter.name
        self.app.push_screen(Pick(name, event.field.words, event.field.text), take)

    def _show(self) -> None:
        """Bring the fields in line with what is typed; they are those of the choices as typed."""
        changes, query = self._draft.changes(), self.query_one("#search", Input).value
        fields = {}
        for parameter in in_order(self._draft.experiment.parameters()):
            name = parameter.name
            field = self._fields.get(name) or Field(parameter, "", self._draft.before(name), self._note(parameter))
            text = self._draft.text(name)
            if text != field.text:
                field.text = text
                field.enter()
            field.heading = CHANGED_FIRST if parameter.name in FIRST else parameter.section
            field.locked = bool(self._forbids(name))
            field.parameter, field.changed, field.fault = parameter, name in changes, self._draft.faults.get(name, "")
            fields[name] = field
        self._fields = fields
        wanted = {parameter.name for parameter in hyperparameters(self._draft.experiment.parameters(), query)}
        found = [field for field in fields.values() if field.parameter.name in wanted]
        self.form.show(found)
        self.query_one("#none").display = not found
        self.query_one("#summary", Static).update(self._summary(changes))

    def _note(self, parameter: Parameter) -> str:
        if parameter.name == "optimizer.learning_rate" and self._rate is not None and isfinite(self._rate):
            return f"in force {self._rate:.4g}"
        return ""

    def _summary(self, changes: dict[str, Value]) -> str:
        if faults := self._draft.faults:
            return f"{_count(len(faults), 'value')} cannot be taken: {', '.join(faults)}"
        if not changes:
            return "Nothing changed."
        text = f"{_count(len(changes), 'change')}: " + ", ".join(
            f"{name} {show_value(value)}" for name, value in changes.items()
        )
        if restarting := self._draft.restarting():
            because = self._fields[restarting[0]].parameter.fixed_because.partition(";")[0]
            text += f". Enter restarts the run: {restarting[0]} cannot change while it trains, {because}."
        return text

    def action_to_form(self) -> None:
        """From the search to the first field found."""
        if self.form.fields:
            self.set_focus(self.form)

    def action_apply(self) -> None:
        """Give back the changes, or go to the first value that cannot be taken."""
        self._take_typed()
        if not self._draft.faults:
            self.dismiss(self._draft.changes())
            return
        self.app.bell()
        with self.prevent(Input.Changed):
            self.query_one("#search", Input).value = ""
        self._show()
        self.set_focus(self.form)
        self.form.go_to(next(name for name in self._fields if name in self._draft.faults))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
