"""Bytes from and to a terminal that does what it should not; and what is used of Textual's private parts."""

from __future__ import annotations

import asyncio
import inspect
import os
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual._xterm_parser import BRACKETED_PASTE_END as END
from textual._xterm_parser import BRACKETED_PASTE_START as START
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.css.query import NoMatches
from textual.message import Message
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input

from nntui.tui.drivers import keyboard, output
from nntui.tui.drivers.app import ROBUST, TerminalApp
from nntui.tui.drivers.keyboard import Keyboard
from nntui.tui.drivers.output import Output
from nntui.tui.screens.dialog import Dialog

PIECES = [
    b"\x1b", b"\x1b[", b"\x1b[<", b"\x1b[200~", b"\x1b[201~", b"\x1b[M", b"\x1bO", b"\x1b]52;", b"\x1bP", b"\x9b",
    b"\xff", b"\xc3", b"\xe2\x82", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", b"\x00", b"\x07", b"\x7f", b"\r", b"a",
    b"9", b";", b"\x1b[1114112u", b"\x1b[99999999999999999999u", b"\x1b[55296u", b"\x1b[97;;55296u", b"\x1b[;;u",
    b"\x1b[<999999999;1;1M", b"\x1b[<0;-5;-5M", b"\x1b[48;0;0;0;0t", b"\x1b[48;99999;99999;1;1t", b"\x1b[?2048;1$y",
]  # fmt: skip


def keys(messages: list[Message]) -> str:
    return "".join(message.character or "" for message in messages if isinstance(message, events.Key))


def pasted(messages: list[Message]) -> str:
    return "".join(message.text for message in messages if isinstance(message, events.Paste))


@pytest.mark.parametrize(
    ("sent", "pressed"),
    [
        ([b"\x1bq"], ["escape", "q"]),
        ([b"\x1b", b"q"], ["escape", "q"]),
        ([b"\x1b\x1b2q"], ["escape", "escape", "2", "q"]),
        ([b"\x1b[A\x1b ]"], ["up", "escape", "space", "right_square_bracket"]),
        ([b"a\x1b[", b"B\x1bz"], ["a", "down", "escape", "z"]),
        ([b"\x1bl"], ["alt+l"]),
        ([b"\x1b[200~q\x1b[201~\x1bq"], ["escape", "q"]),
    ],
)
def test_escape_and_a_key_read_together_are_two_keys(sent: list[bytes], pressed: list[str]) -> None:
    typed = Keyboard(alt_keys="l")
    messages = [message for piece in sent for message in typed.feed(piece)]
    late = typed._parser._timeout_time
    if late is not None:
        typed._parser._timeout_time = 0.0
        messages += typed.tick()
    assert [message.key for message in messages if isinstance(message, events.Key)] == pressed


@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=8), max_size=12))
def test_any_bytes_leave_the_keyboard_working(pieces: list[bytes]) -> None:
    typed = Keyboard()
    messages = [message for piece in pieces for message in typed.feed(piece)]
    typed._heard_at -= 2 * keyboard.PATIENCE  # as if nothing came for a while
    messages += typed.tick()
    list(typed.feed(b"z" * 40))  # ends what looks like the beginning of a sequence
    assert keys(list(typed.feed(b"jkl"))) == "jkl"
    for message in messages:
        if isinstance(message, events.Resize):
            assert max(message.size) <= keyboard.LARGEST
            assert min(message.size) > 0
        if isinstance(message, events.Key | events.Paste):
            text = message.character if isinstance(message, events.Key) else message.text
            assert not any("\ud800" <= character <= "\udfff" for character in text or "")


@given(st.text(max_size=40), st.lists(st.integers(1, 7), min_size=1, max_size=5))
def test_paste_cut_anywhere_is_one_message(text: str, lengths: list[int]) -> None:
    text = "".join(character for character in text if character.isprintable())
    data = f"a{START}{text}{END}b".encode()
    messages: list[Message] = []
    typed, place = Keyboard(), 0
    for turn in range(len(data)):
        length = lengths[turn % len(lengths)]
        messages += typed.feed(data[place : place + length])
        place += length
    assert keys(messages) == "ab"
    assert pasted(messages) == text
    assert sum(isinstance(message, events.Paste) for message in messages) == bool(text)


def test_paste_without_an_end_ends_by_itself() -> None:
    typed = Keyboard()
    assert pasted(list(typed.feed(f"{START}hello".encode()))) == ""
    assert not list(typed.tick())
    typed._heard_at -= 2 * keyboard.PATIENCE
    assert pasted(list(typed.tick())) == "hello"
    assert keys(list(typed.feed(b"q"))) == "q"


def test_giant_paste_is_shortened_and_later_keys_arrive() -> None:
    typed = Keyboard()
    piece = b"x" * 4096
    messages = list(typed.feed(START.encode()))
    for _ in range(2 * keyboard.LONGEST // len(piece)):
        messages += typed.feed(piece)
    messages += typed.feed(END.encode() + b"q")
    assert len(pasted(messages)) == keyboard.LONGEST
    assert keys(messages) == "q"


def test_paste_without_brackets_presses_no_keys() -> None:
    messages = list(Keyboard().feed(b"q" * keyboard.FLOOD))
    assert keys(messages) == ""
    assert pasted(messages) == "q" * keyboard.FLOOD


def test_paste_loses_its_control_characters() -> None:
    messages = list(Keyboard().feed(f"{START}a\x1b]0;title\x07b\x9bc\x00{END}".encode()))
    assert pasted(messages) == "a]0;titlebc"


# ---- output


class Ends:
    """A pipe, and what an output says of it."""

    def __init__(self) -> None:
        self.reading, self.writing = os.pipe()
        self.gone, self.caught_up = threading.Event(), threading.Event()
        self.output = Output(self.writing, self.gone.set, self.caught_up.set)


@pytest.fixture
def ends() -> Iterator[Ends]:
    made = Ends()
    yield made
    for descriptor in (made.reading, made.writing):
        try:
            os.close(descriptor)
        except OSError:
            continue


def test_output_to_nobody_never_blocks_and_is_reported(ends: Ends) -> None:
    os.close(ends.reading)
    for _ in range(1000):
        ends.output.write(b"x" * 10_000)
    assert ends.gone.wait(10)
    ends.output.write(b"more")
    ends.output.close()
    assert not ends.output.backlog


def test_unread_output_never_blocks_and_a_repaint_follows(ends: Ends) -> None:
    picture = b"p" * 50_000
    for _ in range(100):
        ends.output.write(picture)
    ends.output.write(b"mode")
    assert not ends.caught_up.is_set()
    reader = threading.Thread(target=lambda: read.extend(_until_mode(ends.reading)))
    read: list[bytes] = []
    reader.start()
    reader.join(30)
    data = b"".join(read)
    assert data.endswith(b"mode")
    assert output.MOST_WAITING < len(data) < output.MOST_WAITING + 3 * len(picture)
    assert ends.caught_up.wait(10)
    assert not ends.gone.is_set()


def _until_mode(descriptor: int) -> Iterator[bytes]:
    while True:
        data = os.read(descriptor, 1 << 16)
        yield data
        if data.endswith(b"mode"):
            return


@pytest.mark.skipif(sys.platform == "win32", reason="pipes cannot be made to refuse there")
def test_output_survives_a_terminal_that_refuses_for_a_while(ends: Ends) -> None:
    os.set_blocking(ends.writing, False)
    ends.output.write(b"x" * 300_000 + b"mode")
    assert len(b"".join(_until_mode(ends.reading))) == 300_004
    assert not ends.gone.is_set()


# ---- Textual's private parts


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has another driver")
def test_textual_drivers_have_what_ours_use() -> None:
    from textual.drivers._byte_stream import ByteStream
    from textual.drivers.linux_driver import LinuxDriver
    from textual.drivers.web_driver import WebDriver, _ExitInput

    from nntui.tui.drivers.posix import PosixTerminal
    from nntui.tui.drivers.web import WebTerminal

    assert {f"{driver.__module__}.{driver.__qualname__}" for driver in (LinuxDriver, WebDriver)} == set(ROBUST)
    assert issubclass(PosixTerminal, LinuxDriver)
    assert issubclass(WebTerminal, WebDriver)
    assert issubclass(_ExitInput, Exception)
    assert list(ByteStream().feed(b"D\x00\x00\x00\x02ab")) == [("D", b"ab")]
    linux, web = inspect.getsource(LinuxDriver), inspect.getsource(WebDriver)
    shared = ("self.fileno =", "self.exit_event", "self.process_message(")
    own = ("self.attrs_before", "self._in_band_window_resize", "def _get_terminal_size")
    for used in (*shared, *own, "target=self._run_input_thread", "self.run_input_thread()"):
        assert used in linux
    for used in (
        *shared,
        "self._write = partial",
        "self._input_reader",
        "def _on_meta",
        "target=self.run_input_thread",
    ):
        assert used in web


def test_textual_parser_and_app_have_what_ours_use() -> None:
    parser = XTermParser()
    assert (parser.mouse_pixels, parser.terminal_size, parser.terminal_pixel_size) == (False, None, None)
    for name in ("_fatal_error", "panic", "exit", "get_driver_class"):
        assert callable(getattr(App, name))
    app: App[None] = App()
    assert app._loop is None
    assert app._driver is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has another driver")
def test_restoring_undoes_everything_that_textual_undoes(monkeypatch: pytest.MonkeyPatch) -> None:
    from textual.drivers.linux_driver import LinuxDriver

    from nntui.tui.drivers.posix import RESTORING

    written: list[str] = []
    monkeypatch.setattr(LinuxDriver, "write", lambda self, data: written.append(data))
    monkeypatch.setattr(LinuxDriver, "__init__", lambda self: None)
    driver: Any = LinuxDriver()  # type: ignore[call-arg]
    driver._mouse, driver._in_band_window_resize, driver._key_thread, driver.attrs_before = True, True, None, None
    driver.exit_event, driver.fileno = threading.Event(), -1
    monkeypatch.setattr("textual.drivers.linux_driver.signal.signal", lambda *_: None)
    driver.stop_application_mode()
    assert len(written) > 8
    assert {code.encode() for code in written} <= {b"\x1b[" + code for code in RESTORING.split(b"\x1b[")}


class Searching(Dialog[None]):
    """A dialog whose search fails when it is cancelled, as Textual's command palette's may."""

    def compose_content(self) -> Iterator[Input]:
        yield Input()

    def on_mount(self) -> None:
        self.run_worker(self.search())

    async def search(self) -> None:
        try:
            await asyncio.sleep(1000)
        except asyncio.CancelledError:
            self.fail()

    def fail(self) -> None:
        self.query_one("#nothing")


class Patient(TerminalApp):
    def __init__(self) -> None:
        super().__init__()
        self.ended: list[int] = []
        self.leaving = self.ended.append


async def test_failures_in_a_closed_dialog_do_not_end_the_app() -> None:
    app = Patient()
    async with app.run_test() as pilot:
        for _ in range(3):
            dialog = Searching()
            await app.push_screen(dialog)
            child = dialog.query_one(Input)
            dialog.dismiss(None)
            dialog.call_later(dialog.fail)
            child.call_later(dialog.fail)
            await pilot.pause()
            assert len(app.screen_stack) == 1
        await pilot.pause()
        assert app.is_running
        assert app.ended == []


async def test_failure_in_an_open_dialog_ends_the_app() -> None:
    async def fail(pilot: Pilot[object]) -> None:
        dialog = Searching()
        await app.push_screen(dialog)
        dialog.call_later(dialog.fail)
        await pilot.pause()

    app = Patient()
    await app.run_async(headless=True, auto_pilot=fail)
    assert app.ended[0] == 1
    assert isinstance(app._exception, NoMatches)


async def test_every_way_to_end_an_app_is_announced() -> None:
    class Failing(TerminalApp):
        def on_mount(self) -> None:
            raise ValueError("a bug")

    class Leaving(TerminalApp):
        def on_mount(self) -> None:
            self.exit(3, return_code=3)

    class Panicking(TerminalApp):
        def on_mount(self) -> None:
            self.panic("a thread failed")

    for kind, status in ((Failing, 1), (Leaving, 3), (Panicking, 1)):
        app = kind()
        said: list[int] = []
        app.leaving = said.append
        await app.run_async(headless=True)
        assert said[0] == status


async def test_older_size_that_arrives_last_is_ignored() -> None:
    app = Patient()
    async with app.run_test(size=(80, 24)) as pilot:
        app._driver.current_size = lambda: (120, 40)  # type: ignore[union-attr]
        for size in ((120, 40), (300, 100)):  # as when a signal interrupts the handler of another
            app.post_message(events.Resize.from_dimensions(size, None))
            await pilot.pause()
        assert app.size == (120, 40)


class _Empty(Dialog[None]):
    def compose_content(self) -> list[Widget]:
        return []


async def test_the_panels_show_through_behind_a_dialog() -> None:
    class Behind(App[None]):
        async def on_mount(self) -> None:
            await self.push_screen(_Empty())

    async with Behind().run_test() as pilot:
        assert 0 < pilot.app.screen.styles.background.a < 1
