"""What the keys do about learning: lessons, challenges, concept pages."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING

from textual.timer import Timer

from nntui.training.commands import Command, Pause
from nntui.tui.desk import ADVICE_ONLY, Desk
from nntui.tui.helm import RunClient
from nntui.tui.time_actions import TimeActions

if TYPE_CHECKING:
    from nntui.tui.screens.learn import Kind
    from nntui.tui.screens.step import Wish


LOOK_AGAIN = 0.5  # seconds
LEFT = "You left the lesson or challenge; its progress is kept."


class LearnActions(TimeActions):
    """The actions of the group Learn."""

    client: RunClient
    desk: Desk
    opens: str | None = None
    """What to show first: the file of a lesson or challenge whose preset is loaded already; empty: the list."""

    _reminder: Timer | None = None
    _standing: tuple[int, bool, str] | None = None

    def open_what_was_asked_for(self) -> bool:
        """Show the lesson or the list that the program was started for; whether it was started for one."""
        if self.opens is None:
            return False
        if self.opens:
            self.begin_page(Path(self.opens), load=False)
        else:
            self.show_lessons()
        return True

    def action_learn(self) -> None:
        """The step or the challenge that is on, the next step where this one is done; without one, the list of all."""
        if self.desk.walk is not None:
            from nntui.tui.screens.step import StepScreen

            if self.desk.walk.met:
                self.desk.go_on()
            self.push_screen(StepScreen(self.desk, self.actions), self._take_wish)
        elif self.desk.attempt is not None:
            from nntui.tui.screens.challenge import ChallengeScreen

            status = self.model.status
            run = status.run if status is not None else ""
            self.push_screen(ChallengeScreen(self.desk.attempt, run, self.actions), self._take_wish)
        else:
            self.show_lessons()

    def show_lessons(self, at: str = "") -> None:
        """The list of lessons, challenges and concepts, this one chosen in it (``concept/neuron``)."""
        from nntui.tui.screens.learn import LearnScreen

        screen = LearnScreen(self.desk.progress, self.actions, at=at, busy=self.desk.is_busy)
        self.push_screen(screen, self._take_choice)

    def show_concept(self, name: str | None) -> None:
        """Open this concept page; None: none."""
        if name is not None:
            self.show_lessons(f"concept/{name}")

    def _take_choice(self, choice: tuple[Kind, str] | None) -> None:
        self.redraw()
        if choice is None:
            return
        kind, name = choice
        if kind == "concept":
            from nntui.teaching.concepts import CONCEPTS

            self.desk.leave()
            self._load_by_name(CONCEPTS[name].preset)
        else:
            self.begin_page(Path(name))

    def begin_page(self, path: Path, *, load: bool = True) -> None:
        """Load the preset of a lesson or a challenge, let it wait, and show the first step or the rules."""
        from nntui.experiment import PresetError

        try:
            preset, epochs = self.desk.begin(path, loads=load)
        except PresetError as error:
            self.say(str(error))
            return
        if load:
            self._load_by_name(preset, epochs, Pause())
        if self._reminder is None:
            self._reminder = self.set_interval(LOOK_AGAIN, self._look_again)
        self.redraw("state")
        self.action_learn()

    def _look_again(self) -> None:
        """Nothing may be told of a run that waits, and yet a hint is due, or something was looked at."""
        self.desk.look()
        walk = self.desk.walk
        standing = (walk.at, walk.met, walk.hint()) if walk is not None else None
        if standing != self._standing:
            self._standing = standing
            self.redraw("state")

    @property
    def advice_only(self) -> str:
        return "" if self.desk.attempt is None else ADVICE_ONLY

    @property
    def rules(self) -> str:
        return self.desk.rules

    def forbids_setting(self, name: str) -> str:
        return self.desk.forbids_setting(name)

    def _restart(self, *, new_seed: bool) -> None:
        """In a challenge: the challenge again, as it was at first."""
        attempt = self.desk.attempt
        if attempt is None:
            super()._restart(new_seed=new_seed)
        else:
            self.helm.begin(attempt.own)
            self.redraw()

    def load_preset(self, path: str) -> None:
        """Another preset leaves the lesson or challenge under way, which is about its own."""
        if self.desk.is_busy:
            self.desk.leave()
            self.say(LEFT)
        super().load_preset(path)

    def _load_by_name(self, preset: str, epochs: int = 0, *first: Command) -> None:
        """Begin a run by a preset's name or path; with this number of epochs, unless it is 0."""
        from nntui.experiment import find_preset, read_preset

        experiment = read_preset(find_preset(preset))
        self.helm.load(experiment.with_value("training.epochs", epochs) if epochs else experiment, *first)
        self.redraw()

    def _take_wish(self, wish: Wish | None) -> None:
        walk, attempt = self.desk.walk, self.desk.attempt
        if wish in ("list", "leave"):
            self.desk.leave()
        if wish == "list":
            self.show_lessons()
        elif wish == "concept" and walk is not None:
            self.show_lessons(f"concept/{walk.lesson.concept}")
        elif wish == "again" and attempt is not None:
            self.action_restart()
        self.watch_what_is_seen()
        self.redraw()

    def action_explain(self) -> None:
        self.desk.explained(str(self.main.focused_panel.id))
        super().action_explain()

    @abstractmethod
    def watch_what_is_seen(self) -> None:
        """Have measured what the screen and the desk need."""
