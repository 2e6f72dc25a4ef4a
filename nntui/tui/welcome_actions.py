"""The first start: what a newcomer is offered, the tour, and opening a table of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nntui.training.commands import Resume
from nntui.tui.learn_actions import LearnActions
from nntui.tui.memory import Memory

if TYPE_CHECKING:
    from nntui.experiment import Experiment
    from nntui.tui.screens.learn import Kind
    from nntui.tui.screens.welcome import Wish


class WelcomeActions(LearnActions):
    """What is offered once, and what of it can be had at any time.

    Attributes:
        welcomes: whether the run waits for the choice that a first start offers.
    """

    memory: Memory
    welcomes = False
    _restarts = False

    def greet(self) -> None:
        """At the first start of all: offer what can be done; to someone who named a preset only say where to look."""
        if self.memory.faults:
            self.say(str(self.memory.faults[0]))
        if self.memory.toured:
            return
        self.memory.toured = True
        self.memory.keep()
        if self.welcomes:
            self.welcome()
        else:
            keys = self.view.keys
            tour, course, help = keys["program.tour"], keys["learn.open"], keys["program.help"]
            self.say(f"New here? {tour} shows you around, {course} opens the course, {help} lists every key.")

    def welcome(self) -> None:
        """Offer what a newcomer may want to do."""
        from nntui.tui.screens.welcome import WelcomeScreen

        self.push_screen(WelcomeScreen(self.model.experiment.name or "a first study"), self._take_first_wish)

    def _take_first_wish(self, wish: Wish | None) -> None:
        from nntui.tui.screens.help import HelpScreen
        from nntui.tui.screens.learn import LearnScreen
        from nntui.tui.screens.own_data import OwnDataScreen
        from nntui.tui.screens.welcome import Wish

        match wish:
            case Wish.COURSE:
                self.push_screen(LearnScreen(self.desk.progress, self.actions), self._take_course)
            case Wish.DATA:
                self.push_screen(OwnDataScreen(), self._take_first_data)
            case Wish.HELP:
                self.push_screen(HelpScreen(self.actions, self.main.tab), self._take_help)
            case _:
                self.helm.obey([Resume()])
                if wish is Wish.WATCH:
                    self._restarts = True
                    self.action_tour()
        self.redraw()

    def _take_course(self, choice: tuple[Kind, str] | None) -> None:
        if choice is None:
            self.welcome()
        else:
            self._take_choice(choice)

    def _take_help(self, concept: str | None) -> None:
        if concept is None:
            self.welcome()
        else:
            self.show_concept(concept)

    def _take_first_data(self, experiment: Experiment | None) -> None:
        if experiment is None:
            self.welcome()
        else:
            self._take_data(experiment)

    # -- at any time ----------------------------------------------------------------------------------------------

    def action_open_data(self) -> None:
        """Train on a table of one's own."""
        from nntui.tui.screens.own_data import OwnDataScreen

        self.push_screen(OwnDataScreen(), self._take_data)

    def _take_data(self, experiment: Experiment | None) -> None:
        if experiment is not None:
            self.desk.leave()
            self.helm.load(experiment)
        self.redraw()

    def action_tour(self) -> None:
        """Begin the tour."""
        self.main.begin_tour(self._tour_ended)

    def _tour_ended(self) -> None:
        """The run that a newcomer was to watch begins again, if it finished during the tour."""
        restarts, self._restarts = self._restarts, False
        if restarts and self.model.state == "finished":
            self.action_restart()
