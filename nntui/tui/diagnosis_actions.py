"""What the keys do about a diagnosis: show its evidence, apply its remedy, start the mended twin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nntui.training.commands import Resume
from nntui.tui.learn_actions import LearnActions

if TYPE_CHECKING:
    from nntui.training.events import Diagnosed
    from nntui.tui.screens.evidence import Wish


class DiagnosisActions(LearnActions):
    """The actions that `nntui.tui.widgets.diagnosis` names."""

    def action_enter(self) -> None:
        shown = self.main.diagnosed
        selects = self.main.focused_panel.spec.arrows == "select"
        if shown is not None and self.model.cursor is None and not selects:
            self.show_evidence(shown)
        else:
            super().action_enter()

    def action_evidence(self) -> None:
        """Show why the dashboard says what it says."""
        shown = self.main.diagnosed
        if shown is None:
            self.say("Nothing is wrong that the program knows of.")
        else:
            self.show_evidence(shown)

    def show_evidence(self, shown: Diagnosed) -> None:
        """Open the evidence of this diagnosis."""
        from nntui.teaching.concepts import CONCEPTS, concept_of_rule
        from nntui.tui.screens.evidence import EvidenceScreen

        page = concept_of_rule(shown.rule)
        others = [each for each in self.model.diagnoses.values() if each.rule != shown.rule]

        def take(wish: Wish | None) -> None:
            if wish == "remedy":
                self.apply_remedy(shown)
            elif wish == "mend":
                self.start_mended()
            elif wish == "concept":
                self.show_lessons(f"concept/{page}")
            self.redraw()

        title = CONCEPTS[page].title if page else ""
        mended = {} if self.advice_only else self.model.experiment.mended
        self.push_screen(EvidenceScreen(shown, others, mended, title, advice_only=bool(self.advice_only)), take)

    def action_remedy(self) -> None:
        """Do what the diagnosis advises; where nothing is wrong, start the preset's mended twin."""
        shown = self.main.diagnosed
        if self.advice_only:
            self.say(self.advice_only)
        elif shown is None:
            self.start_mended()
        elif shown.commands:
            self.apply_remedy(shown)
        else:
            self.show_evidence(shown)

    def apply_remedy(self, shown: Diagnosed) -> None:
        """Send the remedy's commands, as ordinary changes."""
        from nntui.tui.drawings.diagnosis import commands, in_words

        remedy = commands(shown)
        if self.model.state == "diverged":
            remedy.append(Resume())
        self.helm.obey(remedy)
        done = ", ".join(in_words(command) for command in remedy if not isinstance(command, Resume))
        self.say(f"{done[:1].upper()}{done[1:]}.")
        self.redraw("asked")

    def start_mended(self) -> None:
        """Begin a run with what mends the preset, to compare with the broken one."""
        from nntui.experiment import InvalidValue

        experiment = self.model.experiment
        if not experiment.mended:
            self.say("Nothing is wrong that the program knows of.")
            return
        try:
            mended = experiment.mend()
        except InvalidValue as refusal:
            self.say(str(refusal))
            return
        changes = ", ".join(f"{name} = {value}" for name, value in experiment.mended.items())
        self.helm.begin(mended)
        self.say(f"The mended twin, from the start: {changes}.")
        self.redraw()
