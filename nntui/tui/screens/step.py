"""One step of a lesson, or a challenge, as a page: what there is to know, to do and to answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from nntui.tui.bindings import ACTIONS, Action
from nntui.tui.explanations import with_keys
from nntui.tui.screens.dialog import Dialog, Lines, heading, paragraph
from nntui.tui.widgets.text import to_ascii

if TYPE_CHECKING:
    from nntui.tui.desk import Desk

LOOK_AGAIN = 0.5  # seconds

Wish = Literal["list", "again", "concept", "leave"]
"""What the person wants next: another lesson, this one again, its concept page, nothing more of it."""


class Answers(OptionList):
    """The answers to choose from."""


class StepScreen(Dialog[Wish | None]):
    """The step that is on; after the last one, the summary."""

    DEFAULT_CSS = """
    StepScreen > .frame {
        max-width: 90;
        height: auto;
        padding: 1 2;
    }
    StepScreen #page {
        height: auto;
        max-height: 34;
    }
    StepScreen .about {
        margin-bottom: 1;
    }
    StepScreen .skipped {
        margin-top: 1;
    }
    StepScreen .do {
        margin-top: 1;
        text-style: bold;
        color: $text-primary;
    }
    StepScreen .done {
        margin-top: 1;
        color: $text-success;
    }
    StepScreen Answers {
        height: auto;
        border: none;
        padding: 0;
        margin-top: 1;
    }
    StepScreen Answers:focus {
        border: none;
    }
    StepScreen:nocolor .option-list--option-highlighted {
        color: $background;
        background: $foreground;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", "Go on", show=False),
        Binding("s", "skip", "Skip", show=False),
        Binding("o", "wish('list')", "Others", show=False),
        Binding("c", "wish('concept')", "Concept", show=False),
        Binding("x", "wish('leave')", "Leave", show=False),
        *(Binding(str(number), f"answer({number - 1})", f"Answer {number}", show=False) for number in range(1, 10)),
    ]

    def __init__(self, desk: Desk, actions: Sequence[Action] = ACTIONS) -> None:
        super().__init__()
        self._desk = desk
        self._actions = tuple(actions)
        walk = desk.walk
        assert walk is not None
        self.title_text = walk.lesson.title
        self._shown = self._standing()

    def _words(self, text: str) -> str:
        return self._plain(with_keys(text, self._actions))

    def _plain(self, text: str) -> str:
        return to_ascii(text) if self.app.has_class("-ascii") else text

    def compose_content(self) -> Iterable[Widget]:
        """A page that is filled anew with every step."""
        yield VerticalScroll(id="page", can_focus=False)

    def on_mount(self) -> None:
        self._fill()
        self.set_interval(LOOK_AGAIN, self._follow)

    def _standing(self) -> tuple[int, bool, str]:
        walk = self._desk.walk
        assert walk is not None
        return walk.at, walk.met, walk.hint()

    def _follow(self) -> None:
        """The run goes on behind the page: say so when the step is done, or its hint is due."""
        if self._desk.walk is not None and self._standing() != self._shown:
            self._fill()

    def _fill(self, *more: Widget) -> None:
        self._shown = self._standing()
        page = self.query_one("#page", VerticalScroll)
        page.remove_children()
        page.mount(*self._parts(), *more)
        page.scroll_home(animate=False)
        self.query_one(".frame").border_subtitle = self._plain(self._keys())
        self.call_after_refresh(self._focus_answers)

    def _keys(self) -> str:
        """What the keys do on this page."""
        walk = self._desk.walk
        assert walk is not None
        others = "[@click=screen.wish('list')]o others[/]"
        leave = "[@click=screen.wish('leave')]x leave[/]"
        back = "[@click=screen.close]escape back[/]"
        concept = "[@click=screen.wish('concept')]c concept[/] · " if walk.lesson.concept else ""
        step = walk.step
        if step is None:
            return f"[@click=screen.go_on]enter other lessons[/] · {concept}{leave} · {back}"
        if walk.met or (step.until is None and step.question is None):
            go_on = "[@click=screen.go_on]enter next step[/] · "
        elif step.question is not None:
            go_on = f"1-{len(step.question.answers)} answer · [@click=screen.skip]s skip[/] · "
        else:
            go_on = "[@click=screen.go_on]enter do it[/] · [@click=screen.skip]s skip[/] · "
        return f"{go_on}{concept}{others} · {leave} · {back}"

    def _focus_answers(self) -> None:
        for answers in self.query(Answers):
            answers.focus()
            answers.highlighted = 0

    def _parts(self) -> list[Widget]:
        walk = self._desk.walk
        assert walk is not None
        step = walk.step
        if step is None:
            return self._last_page()
        parts: list[Widget] = [heading(f"Step {walk.at + 1} of {len(walk.lesson.steps)}", first=True)]
        if walk.at == 0 and walk.lesson.about:
            parts.append(paragraph(self._words(walk.lesson.about), "muted about"))
        parts.append(paragraph(self._words(step.text)))
        if step.do:
            parts.append(Static(self._words(step.do), classes="do", markup=False))
        if step.question is not None:
            parts.append(Static(self._plain(step.question.text), classes="do", markup=False))
            if walk.met:
                parts.append(paragraph(self._plain(step.question.answers[step.question.right])))
                parts.append(Static(self._plain(f"Right. {step.question.because}"), classes="done", markup=False))
            else:
                answers = (f"{number}  {self._plain(text)}" for number, text in enumerate(step.question.answers, 1))
                parts.append(Answers(*(Option(Text(answer)) for answer in answers)))
        elif walk.met:
            parts.append(Static("Done. Press enter for the next step.", classes="done", markup=False))
        elif hint := walk.hint():
            parts.append(Static(f"Hint: {self._words(hint)}", classes="muted", markup=False))
        return parts

    def _last_page(self) -> list[Widget]:
        walk = self._desk.walk
        assert walk is not None
        saw = self._plain(walk.summary() or "You have done every step.")
        parts: list[Widget] = [heading("What you saw", first=True), paragraph(saw)]
        asked = [(step, walk.answers.get(index, [])) for index, step in enumerate(walk.lesson.steps) if step.question]
        if asked:
            at_once = sum(step.question is not None and given[:1] == [step.question.right] for step, given in asked)
            parts.append(heading("Your answers"))
            parts.append(Lines([(f"{at_once} of {len(asked)}", "right at the first try")], 8))
        if walk.skipped:
            skipped = ", ".join(str(step + 1) for step in sorted(walk.skipped))
            parts.append(
                paragraph(
                    f"Skipped: step {skipped}. A lesson with steps left out does not count as done.", "muted skipped"
                )
            )
        if self._desk.progress.trouble:
            parts.append(paragraph(self._desk.progress.trouble, "fault"))
        return parts

    # -- keys -----------------------------------------------------------------------------------------------------

    def action_go_on(self) -> None:
        """To the next step, or back to the screen where this one has still to be done."""
        walk = self._desk.walk
        if walk is None or walk.is_done:
            self.dismiss("list")
        elif self._desk.go_on():
            self._fill()
        elif walk.step is not None and walk.step.question is None:
            self.dismiss(None)

    def action_skip(self) -> None:
        """To the next step, whether this one is done or not."""
        self._desk.skip()
        self._fill()

    def action_wish(self, wish: Wish) -> None:
        """Leave this page for something else."""
        self.dismiss(wish)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.action_answer(event.option_index)

    def action_answer(self, position: int) -> None:
        """Give an answer by its number, 0-based."""
        walk = self._desk.walk
        step = walk.step if walk is not None else None
        if walk is None or step is None or step.question is None or walk.met:
            return
        if position >= len(step.question.answers):
            self.app.bell()
        elif self._desk.answer(position):
            self._fill()
        else:
            self._fill(Static("Not that one. Think again.", classes="fault", markup=False))
