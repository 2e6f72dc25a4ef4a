"""A run trained in exact ticks of ten steps under the eyes of a doctor."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from nntui.experiment import Experiment, find_preset, read_preset
from nntui.training.commands import Command, Resume, from_json
from nntui.training.diagnosis.engine import Doctor
from nntui.training.events import Diagnosed, Event, Refused
from nntui.training.session import Session

TICK = 10


@dataclass
class Watched:
    """A session, its doctor, and all that was diagnosed."""

    session: Session
    doctor: Doctor
    told: list[Diagnosed] = field(default_factory=list)

    def train(self, until: int) -> Watched:
        """Go on until so many steps are done, or the run ends."""
        session, doctor = self.session, self.doctor
        while session.state == "running" and session.step < until:
            told = session.advance(min(TICK, until - session.step))
            self.told += doctor.notice(told)
            self.told += doctor.look()
        return self

    def until(self, rule: str, most: int) -> Watched:
        """Go on until the rule holds, at most until so many steps are done."""
        while self.session.state == "running" and self.session.step < most and rule not in self.holding:
            self.train(self.session.step + TICK)
        return self

    def do(self, *commands: Command) -> list[Event]:
        """Obey; nothing may be refused. A run that diverged or ended goes on."""
        told: list[Event] = []
        for command in commands:
            answered = self.session.apply(command)
            assert not any(isinstance(event, Refused) for event in answered), answered
            self.told += [*self.doctor.notice(answered, command), *self.doctor.look()]
            told += answered
        if self.session.state != "running":
            self.session.apply(Resume())
        return told

    def remedy(self) -> None:
        """Do what the first diagnosis advises."""
        self.do(*(from_json(command) for command in self.doctor.holding[0].commands))

    @property
    def holding(self) -> list[str]:
        """The rules that hold, the first to be shown first."""
        return [diagnosed.rule for diagnosed in self.doctor.holding]

    @property
    def log(self) -> list[str]:
        """``10+clones``: at step 10 it began; ``40-clones``: at step 40 it was over."""
        return [f"{each.step}{'+' if each.on else '-'}{each.rule}" for each in self.told]


def watched(preset: str | Experiment, seed: int = 0, **changes: Any) -> Watched:
    """A run before its first step, looked at once; ``a__b`` stands for ``a.b``."""
    experiment = read_preset(find_preset(preset)) if isinstance(preset, str) else preset
    values = {key.replace("__", "."): value for key, value in changes.items()}
    session = Session(experiment.with_values({"training.seed": seed, **values}))
    doctor = Doctor(session)
    return Watched(session, doctor, doctor.look())
