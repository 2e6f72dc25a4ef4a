"""What goes through the child's main loop, and when: on a clock that is turned by hand, so that nothing waits."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, cast

import numpy as np
import pytest

from nntui.experiment import Experiment
from nntui.training import commands
from nntui.training.commands import Command, Pace, Pause, Restart, Resume, Set, Watch
from nntui.training.events import Event
from nntui.training.measures import Probe
from nntui.training.scalars import INDEX
from nntui.training.session import Session
from nntui.training.snapshot import QUANTITIES
from nntui.worker import loop as loop_module
from nntui.worker import reporting as reporting_module
from nntui.worker.frames import ALIVE, Message, decode
from nntui.worker.loop import Loop

TURN = 2e-5  # seconds that pass whenever anybody looks at the clock
STEP = 1e-3  # seconds that an optimizer step takes; here, it is an epoch
INDEX_OF_EPOCH = 0


class Desk:
    """The dashboard's end, and time itself.

    Attributes:
        credits: whether a batch is answered at once, as by a dashboard that draws.
        idle: what is sent when the child would wait for ever; when nothing is left, its input ends.
    """

    present: Desk

    def __init__(self, *, credits: bool = True, until: float = 5.0) -> None:
        Desk.present = self
        self.now = 0.0
        self.credits, self.until = credits, until
        self.idle: list[Command | Message] = []
        self.at: list[tuple[float, Command | Message]] = []
        self.sent: list[tuple[float, Message]] = []
        self.pongs = 0
        self._queue: deque[Message | None] = deque()
        self.loop = Loop(cast(SimpleQueue[Message | None], self), self.hear, self.clock)

    # ---- as the child's inbox and clock

    def clock(self) -> float:
        self.now += TURN
        return self.now

    def empty(self) -> bool:
        return not self._queue

    def put(self, message: Message | None) -> None:
        self._queue.append(message)

    def get(self, timeout: float | None = None) -> Message | None:
        self._deliver()
        if self._queue:
            return self._queue.popleft()
        if timeout is None:
            if not self.idle:
                return None
            self.say(self.idle.pop(0))
            return self._queue.popleft()
        self.now += timeout
        if self.now >= self.until:
            return None
        raise Empty

    def _deliver(self) -> None:
        while self.at and self.at[0][0] <= self.now:
            self.say(self.at.pop(0)[1])

    # ---- as the dashboard

    def say(self, what: Command | Message) -> None:
        self.put(what if isinstance(what, dict) else {"kind": "command", "command": commands.to_json(what)})

    def hear(self, frame: bytes) -> None:
        if frame == ALIVE:
            self.pongs += 1
            return
        message = decode(frame)
        self.sent.append((self.now, message))
        if "batch" in message and self.credits:
            self.say({"kind": "credit"})

    def run(self, *first: Command, **values: Any) -> Desk:
        """A run of a small problem, until time is over or nothing is left to be done."""
        self.say(begin(*first, **values))
        self.loop.run()
        return self

    # ---- what came

    @property
    def batches(self) -> list[tuple[float, Message]]:
        return [(at, message) for at, message in self.sent if "batch" in message]

    @property
    def snapshots(self) -> list[tuple[float, Message]]:
        return [(at, message) for at, message in self.sent if "snapshot" in message]

    def epochs(self) -> list[int]:
        rows = np.concatenate([message["rows"] for _, message in self.sent if "rows" in message])
        return [int(epoch) for epoch in rows[:, INDEX_OF_EPOCH]]

    def told(self, kind: str) -> list[dict[str, Any]]:
        return [event for _, message in self.sent for event in message["events"] if event["event"] == kind]


def begin(*first: Command, run: int = 1, **values: Any) -> Message:
    wanted = {
        "data.name": "xor",
        "network.hidden": (3,),
        "training.batch_size": 384,
        "training.epochs": 1_000_000,
        **values,
    }
    experiment = Experiment("small").with_values(wanted)
    records = [commands.to_json(command) for command in first]
    return {"kind": "start", "run": run, "experiment": experiment.to_dict(), "commands": records}


@pytest.fixture(autouse=True)
def _steps_take_time(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Session.advance

    def advance(session: Session, max_steps: int) -> list[Event]:
        before = session.step
        told = real(session, max_steps)
        Desk.present.now += STEP * (session.step - before)
        return told

    monkeypatch.setattr(Session, "advance", advance)


def test_every_epoch_is_sent_once_and_in_order() -> None:
    desk = Desk().run(**{"training.epochs": 700})
    assert desk.epochs() == list(range(1, 701))
    assert desk.told("run_ended")[0]["reason"] == "finished"
    assert desk.sent[-1][1]["status"]["state"] == "finished"


@pytest.mark.slow
def test_at_most_thirty_batches_and_ten_measurements_a_second() -> None:
    desk = Desk().run(Watch(QUANTITIES))
    times = [at for at, _ in desk.batches]
    assert 100 < len(times) <= 152
    assert min(np.diff(times[1:])) >= 1 / 30 - 2 * TURN
    assert 40 < len(desk.snapshots) <= 53


def test_what_nobody_watches_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    def measure(probe: Probe, quantities: tuple[str, ...]) -> None:
        raise AssertionError("measured")

    monkeypatch.setattr(Probe, "measure", measure)
    assert not Desk().run().snapshots


@pytest.mark.slow
@pytest.mark.parametrize("cost", [0.001, 0.004, 0.012, 0.025])
def test_measuring_takes_its_share_of_time_and_no_more(monkeypatch: pytest.MonkeyPatch, cost: float) -> None:
    desk, spent = Desk(until=40.0), [0.0]
    real = Probe.measure

    def measure(probe: Probe, watch: Watch) -> Any:
        desk.now += cost
        spent[0] += cost
        return real(probe, watch)

    monkeypatch.setattr(Probe, "measure", measure)
    desk.run(Watch(QUANTITIES), Pace(20.0))
    assert len(desk.snapshots) >= 20
    assert spent[0] <= 0.018 * desk.now


def test_without_credit_one_batch_goes_out_and_answers_do() -> None:
    desk = Desk(credits=False)
    desk.at = [(1.0, Set("schedule.scale", 0.5)), (2.0, {"kind": "ping"}), (3.0, Set("schedule.scale", 0.25))]
    desk.run()
    assert len(desk.batches) == 1
    assert [event["new"] for event in desk.told("changed")] == [0.5, 0.25]
    assert desk.pongs == 1


def test_a_batch_after_long_silence_has_every_epoch_of_it() -> None:
    desk = Desk(credits=False, until=4.0)
    desk.at = [(3.0, {"kind": "credit"})]
    desk.run()
    assert len(desk.batches) == 2
    epochs = desk.epochs()
    assert epochs == list(range(1, len(epochs) + 1))
    assert len(epochs) > 1000


@pytest.mark.slow
def test_a_dashboard_that_takes_nothing_stops_training_before_memory_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporting_module, "ROWS_KEPT", 1000)
    monkeypatch.setattr(reporting_module, "ROWS_AT_MOST", 300)
    desk = Desk(credits=False, until=1e9)
    desk.idle = [{"kind": "ping"}, *({"kind": "credit"} for _ in range(12))]
    desk.run()
    assert desk.pongs == 1
    assert len(desk.batches) == 13
    assert all(len(message["rows"]) <= 300 for _, message in desk.batches)
    epochs = desk.epochs()
    assert epochs == list(range(1, len(epochs) + 1))
    behind = max(message["status"]["epoch"] for _, message in desk.batches) - len(epochs)
    assert 0 < behind < 3000


def test_paused_it_waits_for_ever_and_sends_nothing() -> None:
    desk = Desk()
    desk.run(Watch(QUANTITIES), Pause())
    assert desk.now < 1.0
    assert len(desk.batches) == 1
    assert "snapshot" in desk.batches[0][1]


def test_what_takes_long_to_measure_does_not_keep_the_rest_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nntui.training.measuring.surface._WORK_AT_REST", 100_000)
    desk = Desk()
    desk.run(Watch(("chain", "surface")), Pause())
    insights = [message["snapshot"]["insights"] for _, message in desk.snapshots]
    shares = [found["surface"]["random"]["done"] for found in insights]
    assert all("chain" in found for found in insights)
    assert shares[0] < 0.5
    assert shares[-1] == 1
    assert len(desk.batches) == len(shares)


def test_the_last_measurement_before_a_pause_is_of_the_step_it_pauses_at() -> None:
    desk = Desk()
    desk.at = [(0.5, Pause()), (0.5, {"kind": "credit"})]
    desk.run(Watch(QUANTITIES))
    paused = desk.told("paused")[0]["step"]
    assert paused > 0
    assert desk.snapshots[-1][1]["snapshot"]["step"] == paused
    assert desk.batches[-1][1]["status"]["step"] == paused


@pytest.mark.parametrize("pace", [4.0, 25.0, 300.0])
def test_a_pace_is_kept(pace: float) -> None:
    desk = Desk(until=10.0).run(Pace(pace))
    assert desk.sent[-1][1]["status"]["epoch"] == pytest.approx(10 * pace, rel=0.05)
    assert desk.sent[-1][1]["status"]["epochs_per_second"] == pytest.approx(pace, rel=0.35)


def test_time_stands_still_while_paused() -> None:
    desk = Desk(until=20.0)
    desk.at = [(1.0, Pause())]
    desk.idle = [Resume()]
    real = desk.get

    def wait_long(timeout: float | None = None) -> Message | None:
        if timeout is None and desk.empty():
            desk.now += 15.0
        return real(timeout)

    desk.get = wait_long  # type: ignore[method-assign]
    desk.run()
    elapsed = desk.sent[-1][1]["status"]["elapsed"]
    assert desk.now >= 20.0
    assert elapsed < 6.0
    rows = np.concatenate([message["rows"] for _, message in desk.sent if "rows" in message])
    seconds = rows[:, INDEX["seconds"]]
    assert (np.diff(seconds) >= 0).all()
    assert seconds[-1] <= elapsed + 0.1


def test_a_restart_forgets_what_was_not_sent() -> None:
    desk = Desk(credits=False, until=4.0)
    desk.at = [(1.0, Restart()), (2.0, {"kind": "credit"})]
    desk.run()
    assert len(desk.told("run_started")) == 2
    rows = desk.batches[-1][1]["rows"]
    np.testing.assert_array_equal(rows[:, INDEX_OF_EPOCH], np.arange(1, len(rows) + 1))


def test_another_run_takes_the_place_of_the_present_one() -> None:
    desk = Desk(until=3.0)
    desk.at = [(1.0, begin(run=2, **{"training.seed": 5}))]
    desk.run()
    assert [message["run"] for _, message in desk.sent] == sorted(message["run"] for _, message in desk.sent)
    assert [event["seed"] for event in desk.told("run_started")] == [0, 5]


class Slow(Session):
    """Reads its data for a long time."""

    during: Callable[[], None]

    def __init__(self, experiment: Experiment, progress: Callable[[str, float | None], None] | None = None) -> None:
        assert progress is not None
        for percent in range(100):
            if percent == 50:
                type(self).during()
            progress("reading", percent / 100)
        super().__init__(experiment)


def test_while_it_loads_it_answers_and_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(until=1.0)

    def during() -> None:
        desk.say({"kind": "ping"})
        desk.say(Set("schedule.scale", 0.5))
        desk.now += 0.2

    monkeypatch.setattr(Slow, "during", staticmethod(during), raising=False)
    monkeypatch.setattr(loop_module, "Session", Slow)
    desk.run()
    assert desk.pongs == 1
    assert desk.told("progressed")[0]["share"] == 0.5
    kinds = [event["event"] for _, message in desk.sent for event in message["events"]]
    assert kinds.index("progressed") < kinds.index("run_started") < kinds.index("changed")


def test_a_run_is_not_loaded_to_the_end_when_another_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(until=1.0)
    asked: list[int] = []

    def during() -> None:
        if not asked:
            asked.append(1)
            desk.say(begin(run=2, **{"training.seed": 9}))

    monkeypatch.setattr(Slow, "during", staticmethod(during), raising=False)
    monkeypatch.setattr(loop_module, "Session", Slow)
    desk.run()
    assert [event["seed"] for event in desk.told("run_started")] == [9]


@pytest.mark.parametrize("error", [MemoryError("no room"), ValueError("odd"), KeyError("lost")])
def test_a_run_that_cannot_begin_is_told_and_the_next_one_begins(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    desk = Desk(until=2.0)

    def fail(*given: Any, **named: Any) -> None:
        monkeypatch.setattr(loop_module, "Session", Session)
        raise error

    monkeypatch.setattr(loop_module, "Session", fail)
    desk.at = [(0.5, begin(run=2))]
    desk.idle = [begin(run=2)]
    desk.run()
    assert len(desk.told("failed")) == 1
    assert desk.told("failed")[0]["message"]
    assert desk.told("failed")[0]["detail"].startswith("Traceback")
    assert desk.sent[-1][1]["status"]["state"] == "running"
