"""Cells to strips, and the look."""

from __future__ import annotations

import subprocess
import sys

import pytest
from rich.style import Style

from nntui.charts import ROLES, Look, format_number
from nntui.charts.canvas import Canvas, clip_text
from nntui.charts.look import role_index
from tests.charts.golden import assert_size

STYLES = {role: Style(color=f"color({index + 20})") for index, role in enumerate(ROLES)}


def test_runs_of_one_role_become_one_segment() -> None:
    canvas = Canvas((12, 1))
    end = canvas.put(0, 0, "loss", role_index("muted"))
    canvas.put(end + 1, 0, "0.5", role_index("train"))
    (strip,) = canvas.strips(Look("braille", STYLES))
    assert [(segment.text, segment.style) for segment in strip] == [
        ("loss ", STYLES["muted"]),
        ("0.5    ", STYLES["train"]),
    ]


def test_blanks_keep_their_role_where_it_shows() -> None:
    canvas = Canvas((4, 1))
    canvas.put(0, 0, "ab", role_index("train"))
    canvas.put(2, 0, "  ", role_index("weights", reverse=True))
    (strip,) = canvas.strips(Look("braille", STYLES))
    assert [segment.text for segment in strip] == ["ab", "  "]


def test_an_unchanged_row_is_the_same_strip() -> None:
    look = Look("braille", STYLES)
    canvas = Canvas((10, 2))
    before = canvas.strips(look)
    canvas.put(0, 1, "new", role_index("text"))
    after = canvas.strips(look)
    assert after[0] is before[0]
    assert after[1] is not before[1]


def test_text_is_cut_at_every_edge() -> None:
    canvas = Canvas((4, 1))
    canvas.put(-2, 0, "abcdefgh", role_index("text"))
    canvas.put(0, -1, "x", role_index("text"))
    canvas.put(0, 1, "x", role_index("text"))
    assert canvas.strips(Look.plain())[0].text == "cdef"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mb", "a?[31mb   "),
        ("tab\tnew\n", "tab?new?  "),
        ("e\u0301t\u200be", "ete       "),
        ("漢字", "漢字      "),
        ("\ud800", "?         "),
    ],
)
def test_odd_characters_cannot_break_the_screen(text: str, shown: str) -> None:
    canvas = Canvas((10, 1))
    canvas.put(0, 0, text, role_index("text"))
    strips = canvas.strips(Look.plain())
    assert strips[0].text == shown
    assert_size(strips, (10, 1))


@pytest.mark.parametrize("start", range(-3, 6))
def test_half_a_wide_character_is_a_blank(start: int) -> None:
    canvas = Canvas((4, 1))
    canvas.put(start, 0, "漢字", role_index("text"))
    assert_size(canvas.strips(Look.plain()), (4, 1))


def test_ascii_has_a_word_for_everything() -> None:
    canvas = Canvas((20, 1))
    canvas.put(0, 0, "σ 0.1 · é → 漢 ×0.8…", role_index("text"))
    (strip,) = canvas.strips(Look.plain("ascii"))
    assert strip.text == "s 0.1 - e > ?  x0.8~"
    canvas.put(0, 0, "φ' 0.97 ‖w‖ 1 λ π ∂", role_index("text"))
    (strip,) = canvas.strips(Look.plain("ascii"))
    assert strip.text.strip() == "f' 0.97 |w| 1 l p d~"


def test_clipping_counts_cells() -> None:
    look = Look.plain()
    assert clip_text("hidden 1", 8, look) == "hidden 1"
    assert clip_text("hidden 1", 5, look) == "hidd…"
    assert clip_text("漢字", 3, look) == "漢…"
    assert clip_text("漢字", 2, look) == "…"
    assert clip_text("x", 0, look) == ""


def test_quiet_is_dimmed_unless_given() -> None:
    look = Look(
        "braille", {"train": Style(color="blue"), "test": Style(color="red"), "test.quiet": Style(color="white")}
    )
    assert look.style("train", quiet=True) == Style(color="blue", dim=True)
    assert look.style("test", quiet=True) == Style(color="white")
    assert look.style("axis") == Style.null()


def test_plain_has_no_colors() -> None:
    look = Look.plain()
    assert not look.colors
    assert all(style.color is None and style.bgcolor is None for style in look.role_styles)


def test_unknown_roles_are_errors() -> None:
    with pytest.raises(KeyError):
        role_index("pink")


def test_the_package_alone_brings_no_numpy() -> None:
    code = "import sys, nntui.charts, nntui.charts.look; sys.exit('numpy' in sys.modules or 'plotext' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_names_stay_functions_after_their_modules_are_loaded() -> None:
    import nntui.charts

    for name in nntui.charts.__all__:
        assert type(getattr(nntui.charts, name)).__name__ != "module"
    assert nntui.charts.format_number is format_number
    with pytest.raises(AttributeError, match="no attribute 'pie'"):
        nntui.charts.pie  # noqa: B018
