"""What the keys do about a diagnosis: show its evidence, apply its fix, start the fixed version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nntui.training.commands import Resume
from nntui.tui.learn_actions import LearnActions
from nntui.tui.widgets.text import sentence

if TYPE_CHECKING:
    from nntui.training.events import Diagnosed
    from nntui.tui.screens.evidence import Wish

NO_PROBLEM = "No problem detected."


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
            self.say(NO_PROBLEM)
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
        """Apply the suggested fix; with no diagnosis, ask whether to start the preset's fixed version."""
        shown = self.main.diagnosed
        if self.advice_only:
            self.say(self.advice_only)
        elif shown is None:
            self.offer_mended()
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
        self.confirm(sentence(done))
        self.redraw("asked")

    def offer_mended(self) -> None:
        """Ask before the run on the screen ends for the preset's fixed version: undo does not bring it back."""
        from nntui.tui.screens.question import Question

        model = self.model
        if not model.experiment.mended:
            self.say("No problem detected, and this preset has no fixed version.")
            return
        said = model.status.recording if model.status is not None else ""
        trouble = said if "not recorded" in said else ""
        after = "The run on the screen ends. It is recorded: the view Runs lists it, and enter there returns to it."
        if trouble or not model.run:
            after = f"The run on the screen will be lost: {trouble or 'it is not recorded'}."
        text = f"No problem detected. A new run starts with {self._mended_words()}. {after}"
        question = Question("Start the fixed version?", text, "start it")
        self.push_screen(question, lambda yes: self.start_mended() if yes else self.redraw())

    def _mended_words(self) -> str:
        from nntui.tui.drawings.changes import shown_value

        return ", ".join(f"{name} = {shown_value(value)}" for name, value in self.model.experiment.mended.items())

    def start_mended(self) -> None:
        """Begin a run of the fixed version, to compare with the broken one."""
        from nntui.experiment import InvalidValue

        experiment = self.model.experiment
        if not experiment.mended:
            self.say(NO_PROBLEM)
            return
        try:
            mended = experiment.mend()
        except InvalidValue as refusal:
            self.say(str(refusal))
            return
        self.helm.confirmations.expect_start(f"Started the fixed version: {self._mended_words()}.")
        self.helm.begin(mended)
        self.redraw()
