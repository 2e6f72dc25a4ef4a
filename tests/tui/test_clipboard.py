"""A panel's text gets to the clipboard whatever stands between the program and the terminal."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence

import pytest

from nntui.tui.clipboard import Way, by_tmux, run, sequence

TEXT = "Loss of two spirals, epoch 12\n◆ best 0.1\n" * 100


def decoded(osc: str) -> str:
    """What a terminal takes from an OSC 52 sequence."""
    found = re.fullmatch(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\a", osc)
    assert found
    return base64.b64decode(found[1]).decode()


def test_terminal_itself_gets_the_bare_sequence() -> None:
    written, way = sequence(TEXT, {"TERM": "xterm-256color"})
    assert decoded(written) == TEXT
    assert way is Way.TERMINAL


def test_gnu_screen_lets_the_sequence_pass_in_pieces() -> None:
    written, way = sequence(TEXT, {"TERM": "screen", "STY": "123.pts"})
    pieces = re.findall(r"\x1bP(.*?)\x1b\\", written, re.DOTALL)
    assert len(pieces) > 1
    assert all(len(piece) <= 768 for piece in pieces)
    assert decoded("".join(pieces)) == TEXT
    assert way is Way.SCREEN


@pytest.mark.parametrize(
    "environment", [{"TERM": "tmux-256color"}, {"TERM": "screen-256color"}, {"TMUX": "/tmp/x,1,0", "TERM": "screen"}]
)
def test_tmux_that_cannot_be_asked_gets_the_sequence_both_ways_and_the_notice_says_so(
    environment: dict[str, str],
) -> None:
    written, way = sequence(TEXT, environment)
    bare, wrapped, rest = re.split(r"\x1bPtmux;(.*)\x1b\\$", written, flags=re.DOTALL)
    assert decoded(bare) == TEXT
    assert decoded(wrapped.replace("\x1b\x1b", "\x1b")) == TEXT
    assert rest == ""
    assert "may keep it" in way.value


@pytest.mark.parametrize(
    ("takes", "way"),
    [
        (("-w", ""), Way.TMUX),
        (("",), Way.TMUX_BUFFER),  # before tmux 3.2
        ((), None),
    ],
)
def test_tmux_is_asked_by_its_own_command(takes: tuple[str, ...], way: Way | None) -> None:
    given: list[bytes] = []

    def fake(command: Sequence[str], content: bytes) -> bool:
        assert command[:2] == ("tmux", "load-buffer")
        given.append(content)
        return ("-w" if "-w" in command else "") in takes

    assert by_tmux(TEXT, fake) is way
    assert given[-1].decode() == TEXT


def test_command_that_is_missing_or_fails_is_no_error() -> None:
    assert not run(("nntui-no-such-command",), b"")
    assert not run(("false",), b"")
    assert run(("cat",), b"x" * 100_000)
