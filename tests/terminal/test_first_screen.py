"""The first thing a newcomer sees, in terminals of every kind."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.terminal.dashboard import FLAT_OUT, SPIRALS, TITLES, Dashboard, command, surroundings

SIZES = ((80, 24), *(pytest.param(*size, marks=pytest.mark.slow) for size in ((120, 40), (200, 60))))


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_every_panel_is_there_and_alive(columns: int, rows: int) -> None:
    with Dashboard(columns=columns, rows=rows) as dashboard:
        dashboard.begun()
        dashboard.until(lambda: dashboard.titles() == set(TITLES))
        assert "q Quit" in dashboard.screen[-1] + dashboard.screen[-2]
        seen = dashboard.epoch
        dashboard.until(lambda: dashboard.epoch > seen)
        dashboard.press("q")
        assert dashboard.wait_exit() == 0
        assert dashboard.leftovers() == []


@pytest.mark.slow
def test_something_is_drawn_before_the_first_epoch_ends() -> None:
    with Dashboard("digits", "--paused") as dashboard:
        dashboard.until(lambda: dashboard.state == "paused" and "σ" in dashboard.text)
        assert dashboard.epoch == 0
        assert "train 2." in dashboard.text


@pytest.mark.slow
def test_ascii_glyphs_write_nothing_but_ascii() -> None:
    with Dashboard(*SPIRALS, "--glyphs", "ascii") as dashboard:
        dashboard.until(lambda: dashboard.epoch >= 1 and "will be" in dashboard.text)
        dashboard.until(lambda: dashboard.titles() == set(TITLES))
        strange = sorted({sign for sign in dashboard.text if not sign.isascii()})
        assert strange == []


@pytest.mark.slow
def test_block_glyphs_need_no_braille() -> None:
    with Dashboard(*SPIRALS, "--glyphs", "block") as dashboard:
        dashboard.begun()
        dashboard.until(lambda: dashboard.titles() == set(TITLES))
        assert not any("\u2800" <= sign <= "\u28ff" for sign in dashboard.text)


@pytest.mark.slow
@pytest.mark.parametrize("locale", [pytest.param("C.UTF-8", marks=pytest.mark.slow), "POSIX"])
def test_a_locale_without_unicode_gets_ascii(locale: str) -> None:
    environment = {"LC_ALL": locale, "LANG": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    with Dashboard(*SPIRALS, environment=environment) as dashboard:
        dashboard.until(lambda: dashboard.epoch >= 1 and "will be" in dashboard.text)
        assert dashboard.text.isascii() is (locale == "POSIX")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dumb", pytest.param("unknown", marks=pytest.mark.slow)])
def test_a_terminal_that_says_nothing_of_itself_shows_the_training_too(name: str) -> None:
    with Dashboard(*FLAT_OUT, columns=100, rows=30, environment={"TERM": name}) as dashboard:
        dashboard.begun()
        dashboard.until(lambda: dashboard.titles() == set(TITLES))
        dashboard.press("q")
        assert dashboard.wait_exit() == 0


@pytest.mark.slow
def test_without_color_there_is_none() -> None:
    with Dashboard(*SPIRALS, environment={"NO_COLOR": "1"}) as dashboard:
        dashboard.begun()
        written = b"".join(piece.data for piece in dashboard.pieces)
        dashboard.until(lambda: dashboard.titles() == set(TITLES))
    assert colors(written) == set()


@pytest.mark.slow
def test_sixteen_colors_are_enough() -> None:
    with Dashboard(*SPIRALS, environment={"TERM": "xterm", "COLORTERM": None}) as dashboard:
        dashboard.begun()
        written = b"".join(piece.data for piece in dashboard.pieces)
        dashboard.until(lambda: dashboard.titles() == set(TITLES))
    assert b"38;2;" not in written
    assert b"38;5;" not in written


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("digitz",), 'did you mean "digits"'),
        (("digits", "--set", "optimizer.learing_rate=1"), 'did you mean "optimizer.learning_rate"'),
        (("digits", "--set", "optimizer.learning_rate=-1"), "too small; allowed"),
        (("digits", "--glyphs", "brail"), 'did you mean "braille"'),
        (("digits", "--config", "/no/such/config.toml"), "/no/such/config.toml"),
        (("digits", "--fps", "0"), "frames a second"),
    ],
)
def test_bad_input_is_one_line_and_status_2(arguments: tuple[str, ...], said: str) -> None:
    with Dashboard(*arguments) as dashboard:
        assert dashboard.wait_exit() == 2
        assert said in " ".join(dashboard.text.split())
        assert "Traceback" not in dashboard.text
        assert dashboard.leftovers() == []


def test_without_a_terminal_it_says_what_to_do() -> None:
    done = subprocess.run(
        command(), stdin=subprocess.DEVNULL, capture_output=True, text=True, env=surroundings(), cwd=Path("/")
    )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "nntui train" in done.stderr


def colors(written: bytes) -> set[bytes]:
    """Every 24-bit color that was set and is not a shade of gray."""
    found = re.findall(rb"[34]8;2;((\d+);(\d+);(\d+))", written)
    return {color for color, red, green, blue in found if not red == green == blue}
