"""When frames are drawn, and that what a key asked for comes first."""

from __future__ import annotations

import asyncio

import pytest

from nntui.tui import frames as module
from nntui.tui.frames import Frames
from tests.harness.patience import until


class Easel:
    """Counts what it is asked to do; ``pieces`` are left to draw in a frame.

    Attributes:
        taken: whether the terminal has taken what was shown.
        waiting: whether something that was asked for is on its way.
        answers: whether the next frame answers something.
    """

    def __init__(self, pieces: int = 3) -> None:
        self.pieces = pieces
        self.done: list[str] = []
        self.left = 0
        self.errors: list[Exception] = []
        self.fault: Exception | None = None
        self.taken, self.waiting, self.answers = True, False, False

    def busy(self) -> bool:
        return not self.taken

    def awaits(self) -> bool:
        return self.waiting

    def begin_frame(self) -> bool:
        self.done.append("begin")
        self.left = self.pieces
        if self.fault is not None:
            raise self.fault
        return self.answers

    def draw_next(self) -> bool:
        if not self.left:
            return False
        self.left -= 1
        self.done.append("piece")
        return True

    def end_frame(self) -> None:
        self.done.append("end")

    def answer(self) -> None:
        self.done.append("answer")
        if self.fault is not None:
            raise self.fault

    def failed(self, error: Exception) -> None:
        self.errors.append(error)


async def test_frame_is_drawn_piece_by_piece_with_turns_for_others_between() -> None:
    easel, turns = Easel(), list[int]()
    frames = Frames(easel, 1000.0)
    frames.begin()
    frames.wake()
    while frames.under_way:
        await asyncio.sleep(0)
        turns.append(len(easel.done))
    assert easel.done == ["begin", "piece", "piece", "piece", "end"]
    assert len(set(turns)) >= 4


async def test_news_soon_after_a_frame_waits_for_the_next() -> None:
    easel = Easel(0)
    frames = Frames(easel, 2.0)
    frames.begin()
    frames.wake()
    await until(lambda: easel.done == ["begin", "end"], 0)
    for _ in range(5):
        frames.wake()
    assert easel.done == ["begin", "end"]
    assert frames.under_way
    await until(lambda: len(easel.done) == 4)
    await asyncio.sleep(0.02)
    assert easel.done == ["begin", "end"] * 2


async def test_what_a_key_changed_is_shown_immediately_whatever_the_frame_rate() -> None:
    easel = Easel(0)
    frames = Frames(easel, 0.001)
    frames.begin()
    frames.wake()
    await until(lambda: not frames.under_way)
    easel.done.clear()
    frames.wake(at_once=True)
    assert easel.done == ["answer"]


async def test_half_a_frame_is_completed_before_an_answer_is_shown() -> None:
    easel = Easel()
    frames = Frames(easel, 1000.0)
    frames.begin()
    frames.wake()
    await until(lambda: "piece" in easel.done, 0)
    frames.wake(at_once=True)
    assert easel.done == ["begin", "piece", "piece", "piece", "end", "answer"]
    assert not frames.under_way


async def test_awaited_news_is_drawn_as_it_arrives_whatever_the_frame_rate() -> None:
    easel = Easel()
    frames = Frames(easel, 0.001)
    frames.begin()
    frames.wake()
    await until(lambda: not frames.under_way)
    easel.done.clear()
    easel.waiting = True
    frames.wake()
    assert easel.done == ["begin"]
    await until(lambda: not frames.under_way)
    assert easel.done[-1] == "end"


async def test_live_drawing_waits_after_a_key_but_its_answer_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    easel = Easel()
    frames = Frames(easel, 1.0)
    frames.begin()
    frames.wake()
    await until(lambda: not frames.under_way)
    monkeypatch.setattr(module, "HOLD", 60.0)
    monkeypatch.setattr(module, "LONGEST_HOLD", 60.0)
    easel.done.clear()
    frames.struck()
    frames.wake()
    await asyncio.sleep(0.01)
    assert easel.done == ["begin"]
    easel.answers = True
    frames.wake()
    await until(lambda: not frames.under_way)
    assert easel.done == ["begin", "begin", "piece", "piece", "piece", "end"]


async def test_keys_held_down_do_not_keep_live_frames_from_being_drawn() -> None:
    easel = Easel(1)
    frames = Frames(easel, 1000.0)
    frames.begin()
    for _ in range(100):
        frames.struck()
        frames.wake()
        await asyncio.sleep(0.005)
    assert "end" in easel.done
    frames.end()


async def test_busy_terminal_gets_no_live_frame_and_a_slow_one_rests_between_two(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    easel, now = Easel(0), [100.0]
    monkeypatch.setattr(module, "monotonic", lambda: now[0])
    frames = Frames(easel, 1000.0)
    frames.begin()
    easel.taken = False
    frames.wake()
    await asyncio.sleep(0.02)
    assert easel.done == []
    frames.wake(at_once=True)
    assert easel.done == ["answer"]
    now[0] += 0.1
    waits: list[float] = []
    call_in = frames._call_in

    def call_now(seconds: float) -> None:
        waits.append(seconds)
        call_in(0.0)

    monkeypatch.setattr(frames, "_call_in", call_now)
    easel.taken = True
    await until(lambda: "end" in easel.done)
    assert waits == [pytest.approx(0.1 * module.REST)]
    assert frames.is_slow


async def test_stalled_terminal_is_asked_less_and_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    easel, now, waits = Easel(0), [100.0], list[float]()
    monkeypatch.setattr(module, "monotonic", lambda: now[0])
    frames = Frames(easel, 20.0)
    frames.begin()
    easel.taken = False

    def call_in(seconds: float) -> None:
        waits.append(seconds)
        now[0] += max(seconds, 0.0)
        if len(waits) < 60:
            frames._begin_in_time()

    frames.wake(at_once=True)
    monkeypatch.setattr(frames, "_call_in", call_in)
    frames.wake()
    assert waits[-1] == module.LONGEST_RETRY
    easel.taken = True
    frames._begin_in_time()
    assert waits[-1] == module.LONGEST_REST


async def test_fault_in_drawing_is_passed_on() -> None:
    easel = Easel()
    easel.fault = ValueError("no such color")
    frames = Frames(easel, 1000.0)
    frames.begin()
    frames.wake(at_once=True)
    frames.wake()
    await until(lambda: len(easel.errors) == 2)
    assert easel.errors == [easel.fault] * 2


async def test_nothing_is_drawn_before_the_beginning_and_after_the_end() -> None:
    easel = Easel()
    frames = Frames(easel, 1000.0)
    frames.wake(at_once=True)
    frames.begin()
    frames.wake(at_once=True)
    frames.end()
    frames.wake()
    await asyncio.sleep(0.01)
    assert easel.done == ["answer"]
    assert not frames.under_way
