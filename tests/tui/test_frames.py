"""When frames are drawn, and that a key's answer comes before the rest of one."""

from __future__ import annotations

import asyncio

import pytest

from nntui.tui import frames as module
from nntui.tui.frames import Frames
from tests.harness.patience import until


class Easel:
    """Counts what it is told to do; ``pieces`` are left to draw in a frame."""

    def __init__(self, pieces: int = 3) -> None:
        self.pieces = pieces
        self.done: list[str] = []
        self.left = 0
        self.errors: list[Exception] = []
        self.fault: Exception | None = None
        self.unwritten = 0

    def backlog(self) -> int:
        return self.unwritten

    def begin_frame(self) -> None:
        self.done.append("begin")
        self.left = self.pieces
        if self.fault is not None:
            raise self.fault

    def draw_next(self) -> bool:
        if not self.left:
            return False
        self.left -= 1
        self.done.append("piece")
        return True

    def end_frame(self) -> None:
        self.done.append("end")

    def failed(self, error: Exception) -> None:
        self.errors.append(error)


async def test_a_frame_is_drawn_piece_by_piece_and_others_have_their_turn_between() -> None:
    easel, turns = Easel(), list[int]()
    frames = Frames(easel, 1000.0)
    frames.begin()
    frames.wake(at_once=True)
    assert easel.done == ["begin"]
    while frames.under_way:
        await asyncio.sleep(0)
        turns.append(len(easel.done))
    assert easel.done == ["begin", "piece", "piece", "piece", "end"]
    assert len(set(turns)) >= 4


async def test_what_comes_soon_after_a_frame_waits_for_the_next() -> None:
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


async def test_after_a_key_the_answer_is_drawn_at_once_and_the_rest_later(monkeypatch: pytest.MonkeyPatch) -> None:
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
    frames.wake()
    assert easel.done == ["begin", "begin"]
    frames.end()


async def test_keys_held_down_do_not_keep_the_rest_from_being_drawn() -> None:
    easel = Easel(1)
    frames = Frames(easel, 1000.0)
    frames.begin()
    for _ in range(100):
        frames.struck()
        frames.wake()
        await asyncio.sleep(0.005)
    assert "end" in easel.done
    frames.end()


async def test_while_the_terminal_has_not_taken_a_frame_there_is_no_other_but_for_keys() -> None:
    easel = Easel(0)
    frames = Frames(easel, 1000.0)
    frames.begin()
    easel.unwritten = 1
    frames.wake()
    await asyncio.sleep(0.02)
    assert easel.done == []
    frames.struck()
    frames.wake()
    assert easel.done == ["begin"]
    easel.unwritten = 0
    await until(lambda: not frames.under_way)
    assert easel.done[-1] == "end"


async def test_a_fault_in_drawing_is_passed_on() -> None:
    easel = Easel()
    easel.fault = ValueError("no such color")
    frames = Frames(easel, 1000.0)
    frames.begin()
    frames.wake(at_once=True)
    assert easel.errors == [easel.fault]


async def test_before_it_begins_and_after_it_ended_nothing_is_drawn() -> None:
    easel = Easel()
    frames = Frames(easel, 1000.0)
    frames.wake(at_once=True)
    frames.begin()
    frames.wake(at_once=True)
    frames.end()
    frames.wake()
    await asyncio.sleep(0.01)
    assert easel.done == ["begin"]
    assert not frames.under_way
