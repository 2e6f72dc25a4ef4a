"""Every theme gives every role a style; glyphs fit the terminal."""

from itertools import combinations

import numpy as np
import numpy.typing as npt
import pytest
from rich.color import Color as RichColor
from rich.color import ColorSystem
from textual.app import App
from textual.color import Color

from nntui.charts.look import GLYPH_LEVELS, ROLES, GlyphLevel
from nntui.charts.raster import sample
from nntui.tui.theme import OWN_THEMES, detect_glyphs, own_themes, styles

THEMES = sorted((*App[None]().available_themes, *OWN_THEMES))


def variables(theme: str) -> dict[str, str]:
    app = App[None]()
    for own in own_themes():
        app.register_theme(own)
    app.theme = theme
    return app.get_css_variables()


@pytest.mark.parametrize("theme", THEMES)
def test_every_role_has_a_style_on_the_screens_background(theme: str) -> None:
    made = styles(variables(theme))
    assert set(ROLES) <= set(made)
    assert len({style.bgcolor for style in made.values()}) == 1


@pytest.mark.parametrize("theme", [name for name in THEMES if "ansi" not in name])
@pytest.mark.parametrize(
    "role",
    ["text", "muted", "train", "test", "saturated", "dead", "error", "title", "weights", "border_focus"],
)
def test_what_must_be_read_stands_out_from_the_background(theme: str, role: str) -> None:
    style = styles(variables(theme))[role]
    assert style.color is not None
    assert style.bgcolor is not None
    assert contrast(style.color, style.bgcolor) >= 2.5


@pytest.mark.parametrize("theme", [name for name in THEMES if "ansi" not in name])
def test_with_sixteen_colors_what_is_told_apart_by_color_still_is(theme: str) -> None:
    made = styles(variables(theme), sixteen=True)
    pairs = (("train", "test"), ("past", "future"), ("ok", "error"), ("saturated", "dead"), ("train", "text"))
    for one, other in pairs:
        colors = [made[role].color for role in (one, other)]
        shown = [color.downgrade(ColorSystem.STANDARD).number for color in colors if color is not None]
        assert shown[0] != shown[1]
    assert set(made) == set(styles(variables(theme)))


def contrast(one: RichColor, other: RichColor) -> float:
    """Contrast ratio, WCAG 2.1."""
    light = sorted(luminance(color) for color in (one, other))
    return (light[1] + 0.05) / (light[0] + 0.05)


def luminance(color: RichColor) -> float:
    parts = [part / 255 for part in Color.from_rich_color(color).rgb]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("asked", "environment", "expected"),
    [
        ("auto", {"TERM": "xterm-256color", "LANG": "en_US.UTF-8"}, "braille"),
        ("auto", {"TERM": "linux", "LANG": "en_US.UTF-8"}, "ascii"),
        ("auto", {"TERM": "xterm", "LC_ALL": "de_DE.ISO-8859-1", "LANG": "en_US.UTF-8"}, "ascii"),
        ("auto", {"TERM": "xterm", "LC_ALL": "", "LANG": "C.utf8"}, "braille"),
        ("block", {"TERM": "linux"}, "block"),
        ("ascii", {"TERM": "xterm-256color", "LANG": "en_US.UTF-8"}, "ascii"),
        ("braille", {"TERM": "linux"}, "braille"),
    ],
)
def test_glyphs_are_those_asked_for_or_those_the_terminal_has(
    asked: str, environment: dict[str, str], expected: str
) -> None:
    assert detect_glyphs(asked, environment) == expected


# What a person sees who lacks one kind of cone, in linear RGB; Machado, Oliveira and Fernandes 2009, severity 1.0.
BLINDNESS = {
    "none": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900),
    ),
}  # fmt: skip
TOGETHER = ("train", "test", "activation", "dead", "text")
JUST_NOTICED = 2.3  # a difference of two colors in CIELAB that is just noticed; Mahy, Van Eycken and Oosterlinck 1994


def lab(color: RichColor, blindness: str) -> npt.NDArray[np.float64]:
    """CIELAB (D65) of a color as it is seen."""
    parts = np.array(Color.from_rich_color(color).rgb) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(BLINDNESS[blindness]) @ linear, 0, 1)
    to_xyz = np.array([[0.4125, 0.3576, 0.1804], [0.2127, 0.7152, 0.0722], [0.0193, 0.1192, 0.9503]])
    xyz = to_xyz @ seen / np.array([0.9505, 1.0, 1.0888])
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("blindness", BLINDNESS)
@pytest.mark.parametrize("theme", OWN_THEMES)
def test_for_color_blind_viewers_every_two_series_are_told_apart(theme: str, blindness: str) -> None:
    made = styles(variables(theme))
    for one, other in combinations(TOGETHER, 2):
        colors = [made[role].color for role in (one, other)]
        first, second = (lab(color, blindness) for color in colors if color is not None)
        assert float(np.linalg.norm(first - second)) > 10 * JUST_NOTICED, (one, other)


@pytest.mark.parametrize("theme", OWN_THEMES)
@pytest.mark.parametrize("role", [*TOGETHER, "muted"])
def test_for_color_blind_viewers_all_stands_out_from_the_background(theme: str, role: str) -> None:
    style = styles(variables(theme))[role]
    assert style.color is not None
    assert style.bgcolor is not None
    assert contrast(style.color, style.bgcolor) >= 4.5


@pytest.mark.parametrize("glyphs", GLYPH_LEVELS)
def test_every_two_series_are_told_apart_by_their_strokes_too(glyphs: GlyphLevel) -> None:
    assert len({sample(glyphs, index) for index in range(4)}) == 4
