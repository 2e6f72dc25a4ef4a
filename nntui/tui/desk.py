"""The learner's desk: the lesson or the challenge under way, told of everything that happens on the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from nntui.training.commands import Command, Redo, Redraw, Rewind, Set, SetWeight, Silence, Undo
from nntui.training.events import Rewound
from nntui.tui.model import Model
from nntui.tui.widgets.text import listed, sentence

if TYPE_CHECKING:
    from nntui.experiment import Experiment
    from nntui.teaching.attempt import Attempt
    from nntui.teaching.progress import Progress, Record
    from nntui.teaching.walk import Walk
    from nntui.training.events import Event

ADVICE_ONLY = "In a challenge the fix is yours to make; this is advice to read."
_NEVER = {
    "run.new_seed": "A challenge keeps its seed: everybody begins alike.",
    "change.remedy": ADVICE_ONLY,
}
_RATE, _BATCH = Set("schedule.scale", 1.0), Set("training.batch_size", 1)
_COMMANDS: Mapping[str, Command] = {
    "change.rate_down": _RATE, "change.rate_up": _RATE, "change.keep_rate": _RATE,
    "change.batch_halve": _BATCH, "change.batch_double": _BATCH,
    "change.undo": Undo(), "change.redo": Redo(), "time.best": Rewind(0),
    "neuron.set_weight": SetWeight(0, 0, 0, 0.0), "neuron.silence": Silence(0, 0),
    "neuron.revive": Redraw(), "neuron.reinitialize": Redraw(),
}  # fmt: skip
"""What an action's key sends, as far as the rules of a challenge ask: of which kind, and for which setting."""


class Desk:
    """Nothing is on it until a lesson or a challenge is begun, and then at most one of them.

    Attributes:
        walk: the lesson under way.
        attempt: the challenge under way.
    """

    def __init__(self, model: Model, *, clock: Callable[[], float] = monotonic, progress: Path | None = None) -> None:
        self._model = model
        model.forbids = self.forbids_action
        self._clock = clock
        self._progress_path = progress
        self._progress: Progress | None = None
        self._view = ""
        self._run_name = ""
        self.walk: Walk | None = None
        self.attempt: Attempt | None = None

    @property
    def is_busy(self) -> bool:
        """Whether there is a lesson or a challenge under way."""
        return self.walk is not None or self.attempt is not None

    @property
    def progress(self) -> Progress:
        """What was done so far, read when it is first needed."""
        if self._progress is None:
            from nntui.teaching.progress import Progress

            self._progress = Progress(self._progress_path)
        return self._progress

    @property
    def needs(self) -> set[str]:
        """Measurements that the conditions of the moment need, whatever the screen shows."""
        under_way = self.walk or self.attempt
        return under_way.needs if under_way is not None else set()

    # -- beginning and end ----------------------------------------------------------------------------------------

    def begin(self, path: Path, *, loads: bool) -> tuple[str, int]:
        """Begin a lesson or a challenge; the answer is its preset, and how many epochs the run shall have (0: as that
        says). ``loads``: whether the preset is loaded next.

        Raises:
            PresetError: the file has faults.
        """
        from nntui.experiment import find_preset, read_preset
        from nntui.teaching.attempt import Attempt
        from nntui.teaching.lesson import Lesson
        from nntui.teaching.pages import read_page
        from nntui.teaching.walk import Walk
        from nntui.teaching.witness import Witness

        page = read_page(path)
        preset = read_preset(find_preset(page.preset))
        self.leave()
        self._run_name = preset.name
        witness = Witness(self._model, self._clock, has_begun=not loads and self._model.started is not None)
        if not loads:
            witness.hear(self._model.diagnoses.values())
        if not isinstance(page, Lesson):
            own = page.own_run(preset)
            self.attempt = Attempt(page, witness, own)
            return page.preset, own.training.epochs
        self.walk = Walk(page, witness, self._clock)
        witness.looked_at(self._view)
        return page.preset, page.epochs

    def leave(self) -> None:
        """Put away whatever is under way; the run goes on."""
        self.walk = self.attempt = None

    # -- what happens ---------------------------------------------------------------------------------------------

    def hear(self, events: Iterable[Event]) -> bool:
        """These things happened to the run; the model knows them already.

        Returns:
            Whether the lesson or challenge was left: the screen went on with a run of another preset.
        """
        told = tuple(events)
        if self.is_busy and any(isinstance(event, Rewound) and self._is_foreign(event) for event in told):
            self.leave()
            return True
        if self.walk is not None:
            self.walk.witness.hear(told)
        if self.attempt is not None:
            for event in told:
                self.attempt.note(event)
        return False

    def _is_foreign(self, event: Rewound) -> bool:
        return bool(event.experiment) and event.experiment.get("name") != self._run_name

    def looked_at(self, view: str) -> None:
        """This view is on the screen now."""
        self._view = view
        if self.walk is not None:
            self.walk.witness.looked_at(view)

    def explained(self, panel: str) -> None:
        """The explanation of this panel was opened."""
        if self.walk is not None:
            self.walk.witness.explained(panel)

    def look(self) -> bool:
        """Judge by what is the case now; whether something was ticked off or decided."""
        if self.walk is not None and self.walk.look():
            self.keep()
            return True
        if self.attempt is not None and self.attempt.look():
            self.keep()
            return True
        return False

    def forbids_action(self, action: str) -> str:
        """Why the rules of the challenge do not allow what a key does, in a sentence; empty where they do.

        Args:
            action: its id, as in `nntui.tui.bindings`.
        """
        if self.attempt is None:
            return ""
        if action in _NEVER:
            return _NEVER[action]
        command = _COMMANDS.get(action)
        reason = "" if command is None else self.forbids(command)
        return sentence(reason) if reason else ""

    def forbids_setting(self, name: str) -> str:
        """Why a setting must not be changed in the form, which shows the `rules`; empty where it may."""
        forbidden = self._open is not None and self._open.challenge.forbids_setting(name)
        return "locked in this challenge" if forbidden else ""

    @property
    def rules(self) -> str:
        """What may be changed in the challenge under way, in a sentence; empty where everything may."""
        challenge = self._open.challenge if self._open is not None else None
        if challenge is None or not challenge.allowed:
            return ""
        settings = [name for name in challenge.allowed if challenge.is_setting(name)]
        here = f"here {listed(settings, 'and')}; the rest is locked" if settings else "nothing in this form"
        return f"In this challenge you may change only {challenge.rules}: {here}."

    def forbids(self, command: Command) -> str:
        """Why a command is against the rules of the challenge; empty where it is not."""
        return "" if self._open is None else self._open.challenge.forbids(command)

    def forbids_run(self, experiment: Experiment) -> str:
        """Why a run must not be started with this experiment; empty where it may."""
        return "" if self._open is None else self._open.forbids_run(experiment)

    @property
    def _open(self) -> Attempt | None:
        """The challenge under way, if it is not decided."""
        return self.attempt if self.attempt is not None and self.attempt.outcome == "open" else None

    # -- the lesson's steps ---------------------------------------------------------------------------------------

    def go_on(self) -> bool:
        """On to the next step; False where this one still waits for something."""
        return self._entered(self.walk is not None and self.walk.go_on())

    def skip(self) -> None:
        """On to the next step, done or not."""
        if self.walk is not None:
            self.walk.skip()
            self._entered(True)

    def answer(self, position: int) -> bool:
        """Give an answer to the question of the step; whether it is right."""
        right = self.walk is not None and self.walk.answer(position)
        self.keep()
        return right

    def _entered(self, moved: bool) -> bool:
        if moved and self.walk is not None:
            self.walk.witness.looked_at(self._view)
            self.walk.look()
            self.keep()
        return moved

    def keep(self) -> None:
        """Write down how far the learner has come."""
        if self.walk is not None:
            self.progress.keep(self.walk.lesson.name, self._record_of_lesson(self.walk))
        elif self.attempt is not None and self.attempt.outcome == "reached":
            name = f"challenge/{self.attempt.challenge.name}"
            if (better := self._better(self.progress.of(name), self.attempt)) is not None:
                self.progress.keep(name, better)

    def _record_of_lesson(self, walk: Walk) -> Record:
        from nntui.teaching.progress import Record, now

        before = self.progress.of(walk.lesson.name)
        lesson = walk.lesson
        asked = {str(number): step.question for number, step in enumerate(lesson.steps, 1) if step.question is not None}
        answers = {
            number: [question.answers[position] for position in walk.answers[int(number) - 1]]
            for number, question in asked.items()
            if int(number) - 1 in walk.answers
        }
        done = walk.at + walk.met - len(walk.skipped)
        remembered = {name: value for name, value in walk.remembered.items() if value == value}
        return Record(
            title=lesson.title,
            steps=max(before.steps, done),
            of=len(lesson.steps),
            finished=before.finished or (now() if done >= len(lesson.steps) else ""),
            questions={number: question.text for number, question in asked.items()},
            answers={**before.answers, **answers},
            remembered={**before.remembered, **remembered},
        )

    @staticmethod
    def _better(before: Record, attempt: Attempt) -> Record | None:
        """The result of the attempt, where it is better than the one before."""
        from nntui.teaching.progress import Record, now

        result = (-attempt.stars, attempt.epochs + attempt.changes)
        if before.finished and (-before.stars, before.epochs + before.changes) <= result:
            return None
        return Record(
            title=attempt.challenge.title,
            finished=before.finished or now(),
            stars=attempt.stars,
            epochs=attempt.epochs,
            changes=attempt.changes,
        )
