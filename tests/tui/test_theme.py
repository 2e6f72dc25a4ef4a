"""Every theme gives every role a style; glyphs fit the terminal."""

import pytest
from rich.color import Color as RichColor
from rich.color import ColorSystem
from textual.app import App
from textual.color import Color

from nntui.charts.look import ROLES
from nntui.tui.theme import detect_glyphs, styles

THEMES = sorted(App[None]().available_themes)


def variables(theme: str) -> dict[str, str]:
    app = App[None]()
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
