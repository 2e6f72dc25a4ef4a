"""Everything on the screen in ASCII, for terminals that have nothing else: what no widget of ours has drawn, too."""

from __future__ import annotations

from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from nntui.escaping import UNSAFE
from nntui.tui.widgets.text import to_ascii

_LINES = str.maketrans(
    dict.fromkeys("─━═╌╍┄┅┈┉▁▔", "-")
    | dict.fromkeys("│┃║▏▎▍▌▐▕┊┋╎╏", "|")
    | dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯┏┓┗┛┣┫┳┻╋╔╗╚╝", "+")
    | dict.fromkeys("█▇▆▅▄▃▂▉▊▋▀", "#")
    | {"▶": ">", "▷": ">", "◀": "<", "▼": "v", "▲": "^", "●": "*", "○": "o", "✔": "*", "✖": "x", "■": "#", "□": "o"}
)


@lru_cache(4096)
def in_cells(text: str) -> str:
    """The text in ASCII, each character in as many cells as before."""
    if text.isascii():
        return text
    plain = []
    for character in text.translate(_LINES):
        cells = cell_len(character)
        plain.append(to_ascii(character)[:cells].ljust(cells))
    return "".join(plain)


class SafeFilter(LineFilter):
    """Takes out what would control the terminal: what others wrote (names, labels, classes) is drawn as text.

    A character that takes no cell disappears, another one becomes a question mark: every line stays as wide as it is.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments with harmless characters."""
        return [
            each if each.control or each.text.isprintable() else Segment(_harmless(each.text), each.style)
            for each in segments
        ]


def _harmless(text: str) -> str:
    return UNSAFE.sub(lambda found: "?" * max(0, cell_len(found[0])), text)


class PlainFilter(LineFilter):
    """Puts ASCII in the place of everything else."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments with other characters, as wide as they were."""
        return [
            segment if segment.control or segment.text.isascii() else Segment(in_cells(segment.text), segment.style)
            for segment in segments
        ]
