"""The same picture in fewer bytes: only what changes from one style to the next is sent.

Rich writes each piece of text with its whole style and a reset after it, so most of what Textual sends is styles: at
200×60 cells, on a line of 200 KB/s, a quarter of a second for a view. Select Graphic Rendition: ECMA-48, 8.3.117.
"""

from __future__ import annotations

import re
from functools import lru_cache

_STYLE = re.compile("\x1b\\[([0-9;]*)m")
_MOVES = re.compile("(?:\x1b\\[[0-9;]*H)+")
_SHOWN_ON_BLANKS = frozenset(("4", "7", "9", "21", "53"))
"""Underlined, reversed, struck through, underlined twice, overlined."""

Parsed = tuple[frozenset[str], str, str]
"""Attributes, foreground, background; a color that is empty is the terminal's own."""


def shortened(data: str) -> str:
    """What draws the same as ``data``, which begins and ends without a style; else, ``data`` itself."""
    parts = _STYLE.split(data)
    shown, wanted, result = "", "", [parts[0]]
    for index in range(1, len(parts), 2):
        style, text = "" if parts[index] == "0" else parts[index], parts[index + 1]
        if style and (wanted or style.startswith("0")):
            return data  # one style upon another: not what Rich writes
        wanted = style
        if not text:
            continue
        if not (text[0] == "\x1b" and _MOVES.fullmatch(text)):
            change, shown = _change(shown, wanted, text.isspace())
            result.append(change)
        result.append(text)
    if wanted:
        return data
    result.append(_change(shown, "", False)[0])
    return "".join(result)


@lru_cache(maxsize=1 << 14)
def _change(shown: str, wanted: str, blank: bool) -> tuple[str, str]:
    """(What turns one style into the other, the style that is then shown). A blank does not need its foreground."""
    before, after = _parsed(shown), _parsed(wanted)
    if before == after:
        return "", shown
    if blank and before[0] == after[0] and before[2] == after[2] and not after[0] & _SHOWN_ON_BLANKS:
        return "", shown
    if not wanted or before[0] - after[0]:
        return f"\x1b[{'0;' if wanted else '0'}{wanted}m", wanted
    codes = sorted(after[0] - before[0])
    codes += [after[1] or "39"] if after[1] != before[1] else []
    codes += [after[2] or "49"] if after[2] != before[2] else []
    return f"\x1b[{';'.join(codes)}m", wanted


@lru_cache(maxsize=1 << 12)
def _parsed(style: str) -> Parsed:
    codes = style.split(";") if style else []
    attributes, foreground, background = [], "", ""
    while codes:
        code = codes.pop(0)
        if code in ("38", "48") and codes:
            count = 4 if codes[0] == "2" else 2
            color, codes = ";".join([code, *codes[:count]]), codes[count:]
        else:
            color = code
        number = int(code)
        if number == 38 or 30 <= number < 38 or 90 <= number < 98:
            foreground = color
        elif number == 48 or 40 <= number < 48 or 100 <= number < 108:
            background = color
        elif number in (39, 49):
            foreground, background = ("", background) if number == 39 else (foreground, "")
        else:
            attributes.append(code)
    return frozenset(attributes), foreground, background
