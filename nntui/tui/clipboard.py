"""Getting a text to the clipboard of the terminal's own machine, through whatever stands in between.

A terminal takes OSC 52, over ssh too. tmux, by its default settings, neither takes that from a program nor lets it
through; asked by its own command it fills its buffer and passes the text on to its terminal. GNU screen lets pass what
is wrapped for it. Whether a terminal obeys OSC 52 cannot be known: none of them answers.
"""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Callable, Mapping, Sequence
from enum import Enum

PATIENCE = 3.0  # seconds that tmux may take
_LONGEST = 512  # characters of a piece that GNU screen lets pass

Run = Callable[[Sequence[str], bytes], bool]
"""Runs a command with this input; whether it succeeded."""


class Way(Enum):
    """Where a text went, in words for the person who copied it."""

    TERMINAL = "sent to the terminal's clipboard (OSC 52)"
    TMUX = "copied to tmux's buffer, and sent to the terminal's clipboard"
    TMUX_BUFFER = "copied to tmux's buffer alone: this tmux is too old to pass it on (tmux's own paste key has it)"
    SCREEN = "sent through GNU screen to the terminal's clipboard; screen may keep it"
    BEYOND = "sent to the terminal's clipboard; the tmux or screen in between may keep it (allow-passthrough)"


def is_in_tmux(environment: Mapping[str, str]) -> bool:
    """Whether a tmux on this machine can be asked."""
    return bool(environment.get("TMUX"))


def run(command: Sequence[str], content: bytes) -> bool:
    """Run a command with this input, without a word from it; False where it fails, is missing or takes long."""
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def by_tmux(text: str, run: Run = run) -> Way | None:
    """Ask the tmux that the program runs in; None where it cannot be asked."""
    content = text.encode("utf-8", "replace")
    if run(("tmux", "load-buffer", "-w", "-"), content):
        return Way.TMUX
    return Way.TMUX_BUFFER if run(("tmux", "load-buffer", "-"), content) else None


def sequence(text: str, environment: Mapping[str, str]) -> tuple[str, Way]:
    """What to write to the terminal so that it copies the text, and where that goes."""
    bare = f"\x1b]52;c;{base64.b64encode(text.encode('utf-8', 'replace')).decode()}\a"
    term = environment.get("TERM", "")
    if environment.get("STY"):
        return _through_screen(bare), Way.SCREEN
    if is_in_tmux(environment) or term.startswith("tmux"):
        return bare + _through_tmux(bare), Way.BEYOND
    if term.startswith("screen"):  # tmux over ssh by its older name, or GNU screen
        return bare + _through_tmux(bare), Way.BEYOND
    return bare, Way.TERMINAL


def _through_tmux(bare: str) -> str:
    doubled = bare.replace("\x1b", "\x1b\x1b")
    return f"\x1bPtmux;{doubled}\x1b\\"


def _through_screen(bare: str) -> str:
    pieces = (bare[at : at + _LONGEST] for at in range(0, len(bare), _LONGEST))
    return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)
