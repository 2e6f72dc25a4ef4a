"""The child's main loop: short slices of training, and between them whatever the dashboard asks or may be told.

Commands are obeyed between slices and answered immediately. Rows, measurements and the status go out when the dashboard
has taken what it got before (credit), at most 30 times a second; nothing is measured that would not be sent, and
nothing is sent while nothing changes.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nntui.experiment import Experiment, InvalidValue
from nntui.runs.lock import is_locked
from nntui.training import commands, events
from nntui.training.commands import Command, RangeTest, Restart, Rewind, Undo, Watch
from nntui.training.measures import Probe
from nntui.training.session import Session
from nntui.worker.arrivals import AbandonedError, Arrivals, Inbox
from nntui.worker.diagnosing import Diagnosing
from nntui.worker.frames import ALIVE, Message, encode
from nntui.worker.messages import State, Status, status_record
from nntui.worker.playback import Playback, Shadow
from nntui.worker.recording import Recording
from nntui.worker.reporting import ROWS_AT_MOST, Reporter
from nntui.worker.rhythm import Pace as Rhythm
from nntui.worker.rhythm import SliceLength, Speed, Stopwatch, stamp
from nntui.worker.travel import TRAVELS, Arrived, Travel, Traveller

SLICE = 0.004  # seconds
PROGRESS_PERIOD = 1 / 10  # seconds between words about how far the loading is
AGAIN = "training again from the last checkpoint"  # what takes long where a moment of a recording is gone to


class Loop:
    """Runs one session after another until the input ends.

    Args:
        inbox: what arrives from the dashboard.
        send: passes a frame to it.
        clock: seconds, monotonic.
    """

    def __init__(
        self, inbox: Inbox, send: Callable[[bytes], None], clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._arrivals, self._send, self._clock = Arrivals(inbox), send, clock
        self._run = 0
        self._session: Session | Playback | None = None
        self._state: State = "loading"
        self._held = False
        self._reporter = Reporter(clock)
        self._slice = SliceLength(SLICE)
        self._pace = Rhythm()
        self._speed = Speed()
        self._stopwatch = Stopwatch()
        self._recording = Recording()
        self._diagnosing = Diagnosing(clock)
        self._traveller = Traveller(self._recording)

    # ---- the loop

    def run(self) -> None:
        """Until the input ends."""
        try:
            while self._arrivals.obeyed(self._obey, self._may_wait()):
                self._train()
                self._report()
        finally:
            self._recording.end()

    def _may_wait(self) -> float | None:
        """How long there is nothing to do unless something arrives; None: for ever."""
        if self._arrivals.waits:
            return 0.0
        now = self._clock()
        waits = []
        if (due := self._reporter.due) is not None:
            waits.append(max(0.0, due - now))
        if self._session is not None and self._trains and not self._reporter.is_full:
            idle = self._session.idle() if isinstance(self._session, Playback) else 0.0
            waits.append(max(idle, self._pace.wait(now, self._session.steps_per_epoch)))
        return min(waits, default=None)

    def _train(self) -> None:
        """One slice, if it is due."""
        session = self._session
        if session is None or not self._trains:
            return
        if self._reporter.is_full:
            self._speed.rest()
            return
        begun = self._clock()
        count = self._pace.steps_due(begun, session.steps_per_epoch, self._slice.steps)
        if count == 0:
            return
        first = session.step
        told = session.advance(count)
        ended = self._clock()
        told += self._diagnosing.trained(told)
        done = session.step - first
        rows = session.take_rows()
        if not (done or told or len(rows)):
            return  # a recording that is followed, and has nothing new
        if len(rows) and isinstance(session, Session):
            stamp(rows, (first, session.step), (self._stopwatch.at(begun), self._stopwatch.at(ended)))
        self._reporter.rows.append(rows)
        self._recording.trained(rows, told, self._stopwatch.at(ended))
        self._slice.learn(done, ended - begun)
        epochs = done / session.steps_per_epoch
        self._pace.trained(epochs)
        self._speed.trained(epochs, begun, ended)
        if self._reporter.probe is not None:
            self._reporter.probe.follow(self._clock)
        self._reporter.advanced()
        if told or session.state != self._state:
            self._tell(told)

    # ---- what is asked

    def _obey(self, message: Message) -> None:
        match message["kind"]:
            case "ping":
                self._send(ALIVE)
            case "credit":
                self._reporter.taken()
            case "start":
                self._recording.use(message.get("record"))
                self._start(message)
                for record in message["commands"]:
                    self._command(commands.from_json(record))
            case "hold":
                self._hold(message["on"])
            case "command":
                self._command(commands.from_json(message["command"]))

    @property
    def _trains(self) -> bool:
        return self._state == "running" and not self._held

    def _hold(self, on: bool) -> None:
        """Have the run wait, and its clock, while the dashboard is suspended; no pause that is recorded."""
        self._held, now = on, self._clock()
        if self._trains:
            self._stopwatch.start(now)
        else:
            self._stopwatch.stop(now)
        self._speed.rest()
        self._pace.rest(now)

    def _start(self, message: Message) -> None:
        self._run, self._session, self._reporter.probe = message["run"], None, None
        self._begin_again()
        self._traveller.forget()
        self._enter("loading")
        self._pace.set(0.0, self._clock())
        self._tell([])
        try:
            if message.get("replay") is not None:
                self._play(Path(message["replay"]))
                return
            if message.get("resume") is not None:
                self._resume(Path(message["resume"]))
                return
            session = Session(Experiment.from_dict(message["experiment"]), progress=self._progress())
        except AbandonedError:
            return
        except Exception as error:  # whatever stands in the way of a run is told; the next one may do better
            self._enter("failed")
            self._tell([events.Failed(str(error) or type(error).__name__, traceback.format_exc())])
            return
        self._session, self._reporter.probe = session, Probe(session)
        self._recording.begin(session)
        self._tell([session.started(), *self._diagnose(session)])

    def _resume(self, folder: Path) -> None:
        """Go on with a recorded run, all of its epochs and changes on the screen."""
        from nntui.runs.resume import resume

        if is_locked(folder):
            self._play(folder, follow=True)
            return
        progress = self._progress()
        taken = resume(folder, lambda session: progress(AGAIN, None))
        self._recording.go_on(taken.recorder, taken.notes)
        self._arrive(Arrived(taken.session, (taken.session.started(), *taken.changes), taken.rows, taken.seconds))

    def _play(self, folder: Path, *, follow: bool = False) -> None:
        """Play a recorded run, or follow one that another program trains."""
        playback = Playback(folder, follow=follow, clock=self._clock)
        self._session, self._reporter.probe = playback, Shadow(playback, folder, self._clock)
        told = playback.opening()
        self._reporter.rows.append(playback.take_rows())
        self._tell(told)

    def _direct(self, playback: Playback, command: Command) -> None:
        """Have a recording played as is asked."""
        told = playback.obey(command)
        if any(isinstance(event, events.RunStarted | events.Rewound) for event in told):
            self._begin_again()
            self._reporter.rows.append(playback.take_rows())
        self._tell(told)
        self._reporter.stir()

    def _travel(self, command: Travel, session: Session) -> None:
        """Go back, or over to another branch; a run that trains waits until it is clear that it can be left."""
        progress = self._progress()
        try:
            found = self._traveller.go(command, session, lambda session: progress(AGAIN, None))
        except AbandonedError:
            return
        if isinstance(found, events.Refused):
            self._tell([found])
        else:
            before = self._reporter.probe
            self._arrive(found)
            if isinstance(command, Rewind | Undo) and isinstance(before, Probe):
                self._reporter.probe = Probe(found.session, before)

    def _arrive(self, arrived: Arrived) -> None:
        """Go on with a session in the midst of its run, all of its epochs and changes on the screen."""
        self._begin_again()
        self._session, self._reporter.probe = arrived.session, Probe(arrived.session)
        self._reporter.rows.append(arrived.rows)
        self._stopwatch.set(arrived.seconds, self._clock())
        self._tell([*arrived.told, *self._diagnose(arrived.session)])

    def _diagnose(self, session: Session) -> list[events.Event]:
        """What is wrong with a run that begins, or begins again from some moment."""
        found = self._diagnosing.begin(session)
        self._recording.noticed(found)
        return found

    def _progress(self) -> Callable[[str, float | None], None]:
        """Passes on how far the loading is, answers signs of life meanwhile, and gives up where it is overtaken."""
        told_at = self._clock()

        def progress(what: str, share: float | None) -> None:
            nonlocal told_at
            self._arrivals.glance(self._obey)
            if self._clock() - told_at >= PROGRESS_PERIOD:
                told_at = self._clock()
                self._tell([events.Progressed(what, share)])

        return progress

    def _command(self, command: Command) -> None:
        if isinstance(command, Watch):
            self._reporter.watch(command)
            return
        session = self._session
        if session is None:
            return
        if isinstance(session, Playback):
            self._direct(session, command)
            return
        if isinstance(command, RangeTest):
            self._test_rates(session)
            return
        if isinstance(command, TRAVELS):
            self._travel(command, session)
            return
        self._recording.before(command)
        told = session.apply(command)
        if not isinstance(command, Restart):
            told += self._diagnosing.commanded(command, told)
        self._recording.commanded(session, command, told)
        if isinstance(command, Restart):
            session.take_rows()
            self._traveller.forget()
            self._begin_again()
            self._reporter.probe = Probe(session)
            told += self._diagnose(session)
        self._tell(told)
        self._reporter.stir()

    def _test_rates(self, session: Session) -> None:
        """A learning-rate range test on a copy of the network; the run waits for it."""
        from nntui.training.range_test import range_test

        progress = self._progress()
        try:
            found = range_test(session, progress=lambda share: progress("learning-rate range test", share))
        except AbandonedError:
            return
        except InvalidValue as refusal:
            self._tell([events.Refused("range_test", "", str(refusal))])
            return
        self._tell([events.from_json({"event": "range_tested", **found.to_dict()})])

    def _begin_again(self) -> None:
        """What is counted and kept of one run is of another now."""
        self._reporter.begin_again()
        self._slice, self._speed = SliceLength(SLICE), Speed()
        self._stopwatch.set(0.0, self._clock())

    # ---- what is told

    def _enter(self, state: State) -> None:
        """The run is in this state now; its clock runs only while it trains."""
        if state == self._state:
            return
        now = self._clock()
        self._state = state
        if self._trains:
            self._stopwatch.start(now)
        else:
            self._stopwatch.stop(now)
        self._speed.rest()
        self._pace.rest(now)
        self._reporter.stir()

    def _tell(self, told: list[events.Event], **more: Any) -> None:
        """Send events, the status, and the rows up to it, so that all that is sent together is of one moment."""
        if self._session is not None:
            self._enter(self._session.state)
            self._pace.set(self._session.pace, self._clock())
        if "rows" not in more and len(self._reporter.rows):
            more["rows"] = self._reporter.rows.take(ROWS_AT_MOST)
        news = {"kind": "news", "run": self._run, "events": [events.to_json(event) for event in told]}
        self._send(encode({**news, "status": status_record(self._status()), **more}))

    def _status(self) -> Status:
        session, now = self._session, self._clock()
        if session is None:
            return Status(state=self._state)
        running, played = self._state == "running", session if isinstance(session, Playback) else None
        speed = self._speed.epochs_per_second(now) if running else 0.0
        return Status(
            state=self._state,
            epoch=session.epoch,
            step=session.step,
            steps_per_epoch=session.steps_per_epoch,
            epochs_per_second=speed,
            samples_per_second=speed * session.train_samples,
            elapsed=played.seconds if played else self._stopwatch.at(now),
            learning_rate=session.learning_rate,
            running_loss=session.running_loss(),
            pace=self._pace.epochs_per_second,
            step_seconds=self._slice.step_seconds,
            recording=played.words if played else self._recording.said,
            run=played.run if played else self._recording.run,
            restored_epoch=session.restored_epoch,
            guessing_loss=session.guessing_loss,
        )

    def _report(self) -> None:
        """Send a batch, if one is due."""
        batch = self._reporter.gather()
        if batch is not None:
            self._tell([], **batch)
            self._reporter.sent()
