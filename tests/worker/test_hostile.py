"""Children and frames that are not as they should be: the dashboard's end says so, and lives."""

from __future__ import annotations

import asyncio
import json
import struct
import sys
from collections.abc import Callable
from typing import Any

import pytest

from nntui.experiment import Experiment
from nntui.worker.client import Client, Failure
from nntui.worker.frames import FrameError, FrameReader, decode, encode
from tests.harness.patience import PATIENCE

STATUS = {"state": "running", "epoch": 1, "step": 1}


def frame_of(text: str, arrays: bytes = b"") -> bytes:
    """A frame with any JSON text and any bytes behind it."""
    head = text.encode() + b" " * (-len(text.encode()) % 8)
    return struct.pack("<II", len(head) + len(arrays), len(head)) + head + arrays


def described(*arrays: list[Any]) -> str:
    return json.dumps({"message": {"a": {"$array": 0}}, "arrays": list(arrays)})


@pytest.mark.parametrize(
    "text",
    [
        described(["<f8", [1e308]]),
        described(["<f8", [float("inf")]]),
        described(["<f8", [float("nan")]]),
        described(["<f8", [2**62, 2**62]]),
        described(["<f8", [2**62, 0]]),
        described(["<f8", [-1]]),
        described(["<f8", "12"]),
        described(["<f8", None]),
        described(["|O", [1]]),
        described([["<f8"], [1]]),
        described(["<f8", [1], 3]),
        described(["<f8", [1] * 40]),
        '{"message": {"a": {"$array": 5}}, "arrays": []}',
        '{"message": {"a": {"$array": "0"}}, "arrays": []}',
        '{"message": [], "arrays": []}',
        '{"message": {}}',
        '{"message": {}, "arrays": 3}',
        '{"message": {"a": ' + "9" * 5000 + '}, "arrays": []}',
        "[]",
        "null",
        "{",
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    ],
)
def test_a_hostile_frame_is_refused_and_nothing_else_happens(text: str) -> None:
    with pytest.raises(FrameError):
        decode(frame_of(text, bytes(8)))


@pytest.mark.parametrize("cut", range(0, 80, 3))
def test_a_truncated_frame_is_refused(cut: int) -> None:
    frame = encode({"kind": "news", "rows": [1, 2, 3], "text": "x" * 60})
    with pytest.raises(FrameError):
        decode(frame[:cut])
    reader = FrameReader()
    assert reader.feed(frame[:cut]) == []
    assert reader.feed(frame[cut:]) == [frame]


def test_a_million_empty_frames_at_once_are_cut_quickly() -> None:
    assert len(FrameReader().feed(bytes(8 * 200_000))) == 200_000


async def until_failure(client: Client, start: bool = True) -> str:
    """Listen to a child until it is given up; what is said of it."""
    woken = asyncio.Event()
    client.attach(asyncio.get_running_loop(), woken.set)
    if start:
        client.start(Experiment("x").with_values({"data.name": "xor", "training.epochs": 1_000_000}).to_dict())
    async with asyncio.timeout(PATIENCE):
        while client.failure is None:
            await woken.wait()
            woken.clear()
            client.take()
    await client.close()
    return f"{client.failure.reason}\n{client.failure.detail}"


@pytest.mark.parametrize(
    "message",
    [
        {"kind": "news"},
        {"run": 1, "events": None, "status": STATUS},
        {"run": 1, "events": [None], "status": STATUS},
        {"run": 1, "events": [{"event": "nonsense"}], "status": STATUS},
        {"run": 1, "events": [{"event": "paused"}], "status": STATUS},
        {"run": 1, "events": [], "status": None},
        {"run": 1, "events": [], "status": {"state": "running", "epoch": 1}, "rows": "none"},
        {"run": 1, "events": [], "status": STATUS, "snapshot": {"epoch": 1}},
        {"run": 1, "events": [], "status": STATUS, "snapshot": [1]},
    ],
)
async def test_a_message_that_makes_no_sense_ends_the_child_and_not_the_dashboard(message: dict[str, Any]) -> None:
    program = f"import os, time; os.write(1, {encode(message)!r}); time.sleep(60)"
    said = await until_failure(Client(command=(sys.executable, "-c", program)))
    assert said.startswith("sent something unreadable")


async def test_a_frame_that_says_it_is_huge_is_not_waited_for() -> None:
    program = "import os, time; os.write(1, b'\\xff' * 8); time.sleep(60)"
    assert "at most" in await until_failure(Client(command=(sys.executable, "-c", program)))


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        ("raise RuntimeError('the matrix has gone')", "RuntimeError: the matrix has gone"),
        ("raise MemoryError('no room')", "MemoryError: no room"),
        ("os._exit(7)", "exited with status 7"),
        ("print('a stray word') or sys.exit('given up')", "a stray word"),
    ],
)
async def test_a_child_that_fails_while_training_says_why(trouble: str, expected: str) -> None:
    program = "\n".join(
        [
            "import os, sys",
            "from nntui.training.session import Session",
            "def advance(session, steps):",
            f"    {trouble}",
            "Session.advance = advance",
            "from nntui.worker.__main__ import main",
            "main()",
        ]
    )
    said = await until_failure(Client(command=(sys.executable, "-c", program)))
    assert expected in said
    assert said.startswith("exited with status")


async def test_the_client_goes_on_after_any_number_of_failures() -> None:
    woken = asyncio.Event()
    client = Client(command=(sys.executable, "-c", "raise SystemExit(3)"))
    client.attach(asyncio.get_running_loop(), woken.set)

    async def until(fact: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not fact():
                await woken.wait()
                woken.clear()

    seen: list[Failure | None] = [None]  # a new child may have failed before it can be seen that there is one
    for _ in range(3):
        await until(lambda: client.failure is not None and client.failure is not seen[-1])
        seen.append(client.failure)
        assert client.failure is not None
        assert client.failure.reason == "exited with status 3"
        assert client.take() is None
        client.relaunch()
    await client.close()
