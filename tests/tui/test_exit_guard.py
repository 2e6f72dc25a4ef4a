"""The exit guard by itself, and on systems that lack signals."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from nntui.commandline.interruption import interruption
from nntui.tui import exit_guard
from nntui.tui.exit_guard import ExitGuard


class Ends:
    """What happened instead of the end of the process, in order."""

    def __init__(self) -> None:
        self.happened: list[object] = []
        self._over = threading.Event()

    def end(self, status: int) -> None:
        self.happened.append(status)
        self._over.set()
        threading.Event().wait()  # the thread does not come back, as from the end of a process

    def wait(self) -> list[object]:
        assert self._over.wait(60)
        return self.happened


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> Ends:
    made = Ends()

    monkeypatch.setattr(os, "_exit", made.end)
    monkeypatch.setattr(exit_guard, "PATIENCE", 0.05)
    monkeypatch.setattr(exit_guard, "AFTERWARDS", 0.05)
    monkeypatch.setattr(exit_guard, "RESTORING", 0.05)
    monkeypatch.setattr("faulthandler.dump_traceback_later", lambda *_, **__: None)
    return made


def test_end_that_takes_too_long_is_forced_in_order(ends: Ends) -> None:
    with ExitGuard(lambda: ends.happened.append("killed")) as guard:
        guard.leave = lambda status: ends.happened.append(("leave", status))
        guard.restore = lambda: ends.happened.append("restored")
        guard.ask(3)
        guard.ask(4)
        assert ends.wait() == [("leave", 3), "killed", "restored", 3]


def test_terminal_that_cannot_be_restored_does_not_delay_the_end(ends: Ends) -> None:
    stuck = threading.Event()
    with ExitGuard(lambda: None) as guard:
        guard.restore = stuck.wait  # type: ignore[assignment]
        guard.ask(143)
        assert ends.wait() == [143]
    stuck.set()


def test_threads_that_outlive_the_app_do_not_keep_the_process(ends: Ends) -> None:
    with ExitGuard(lambda: None) as guard:
        guard.app_ended(7)
        assert ends.wait() == [7]


def test_end_in_time_is_not_forced(ends: Ends) -> None:
    with ExitGuard(lambda: None) as guard:
        guard.ask(3)
    assert ends.happened == []


@pytest.mark.parametrize("missing", [("SIGHUP",), ("SIGHUP", "SIGTERM")])
def test_systems_without_a_signal_are_served(missing: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.getsignal(signal.SIGINT)
    for name in missing:
        monkeypatch.delattr(signal, name)
    with ExitGuard(lambda: None), interruption() as asked:
        signal.raise_signal(signal.SIGINT)
        assert asked.asked
    assert signal.getsignal(signal.SIGINT) == before
