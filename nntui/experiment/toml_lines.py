"""Where every key and list item of a TOML document stands.

``tomllib`` reads the values but not their places. This walks over the document and notes the line of each key; values
are not judged here: only strings, brackets, keys and line ends are told apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

Path = tuple[str | int, ...]

DEEPEST = 64  # parts of a dotted key
_SPACE = re.compile(r"[ \t]*")
_BLANK = re.compile(r"(?:[ \t\n]+|#[^\n]*)*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}'
    r"|'''(?:[^']|'(?!''))*'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]\}\n#]+")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))")
_ESCAPED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b"}


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A key or section that is given again, from ``line`` to ``last``; ``first`` is the line where it stood before."""

    path: Path
    line: int
    last: int
    first: int
    section: bool


@dataclass(frozen=True, slots=True)
class Lines:
    """``of``: the line (from 1) of every section, key and list item, by its path; the first where it is there twice.

    ``begun``: the line of the last key seen, where a value begins that never ends.
    """

    of: Mapping[Path, int]
    duplicates: tuple[Duplicate, ...]
    begun: int


def locate(text: str) -> Lines:
    """Find the keys of a TOML document, line ends as ``\\n``.

    Whatever cannot be understood ends the walk; what was found until there stays.
    """
    walk = _Walk(text)
    with suppress(_NotTomlError):
        walk.document()
    walk.close_section()
    return Lines(walk.lines, tuple(walk.duplicates), walk.begun)


class _NotTomlError(Exception):
    """The text is not TOML here."""


class _Walk:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Path, int] = {}
        self.begun = 1
        self._counted = (0, 1)  # position, its line
        self._items: dict[Path, int] = {}  # how many entries an array of tables has so far
        self.duplicates: list[Duplicate] = []
        self._given: dict[Path, int] = {}  # keys with a value, and sections opened by a header, and their lines
        self._valued: set[Path] = set()
        self._again: tuple[Path, int, int] | None = None  # the section being read is there again: path, line, first

    def document(self) -> None:
        table: Path = ()
        while self._skip(_BLANK) < len(self.text):
            if self.text[self.at] == "[":
                self.close_section()
                table = self._array_header() if self.text.startswith("[[", self.at) else self._header()
            else:
                self._pair(table)

    def close_section(self) -> None:
        """Where the section that ends here was there before, note it."""
        if self._again:
            path, line, first = self._again
            self.duplicates.append(Duplicate(path, line, max(line, self.line() - 1), first, True))
            self._again = None

    def line(self) -> int:
        """Line of the present position; positions only grow."""
        position, line = self._counted
        line += self.text.count("\n", position, self.at)
        self._counted = (self.at, line)
        return line

    def _skip(self, pattern: re.Pattern[str]) -> int:
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()
        return self.at

    def _expect(self, symbol: str) -> None:
        if not self.text.startswith(symbol, self.at):
            raise _NotTomlError
        self.at += len(symbol)

    def _note(self, path: Path, line: int) -> None:
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], line)

    def _header(self) -> Path:
        line = self.line()
        self._expect("[")
        path = self._resolved(self._dotted())
        self._expect("]")
        if path in self._given:
            self._again = (path, line, self._given[path])
        self._given[path] = line
        self._note(path, line)
        return path

    def _array_header(self) -> Path:
        line = self.line()
        self._expect("[[")
        keys = self._dotted()
        self._expect("]]")
        array = self._resolved(keys[:-1]) + keys[-1:]
        position = self._items.get(array, 0)
        self._items[array] = position + 1
        path = (*array, position)
        self._note(path, line)
        return path

    def _resolved(self, keys: tuple[str, ...]) -> Path:
        """Keys of a header with the position of the last entry after each array of tables."""
        path: Path = ()
        for key in keys:
            path = (*path, key)
            if path in self._items:
                path = (*path, self._items[path] - 1)
        return path

    def _dotted(self) -> tuple[str, ...]:
        keys: list[str] = []
        while True:
            self._skip(_SPACE)
            keys.append(self._key())
            self._skip(_SPACE)
            if not self.text.startswith(".", self.at):
                return tuple(keys)
            if len(keys) == DEEPEST:
                raise _NotTomlError  # no file of settings has it
            self.at += 1

    def _key(self) -> str:
        begin = self.at
        if self.text[begin : begin + 1] in ('"', "'"):
            if self._skip(_STRING) == begin:
                raise _NotTomlError
            quoted = self.text[begin + 1 : self.at - 1]
            return _unescaped(quoted) if self.text[begin] == '"' else quoted
        if self._skip(_BARE) == begin:
            raise _NotTomlError
        return self.text[begin : self.at]

    def _pair(self, table: Path) -> None:
        self.begun = line = self.line()
        path = (*table, *self._dotted())
        self._expect("=")
        self._skip(_SPACE)
        self._note(path, line)
        first = self._given.setdefault(path, line)
        again = path in self._valued
        self._valued.add(path)
        self._value(path)
        if again and self._again is None:
            self.duplicates.append(Duplicate(path, line, self.line(), first, False))

    def _value(self, path: Path) -> None:
        begin = self.at
        symbol = self.text[begin : begin + 1]
        if symbol == "[":
            self._array(path)
        elif symbol == "{":
            self._inline_table(path)
        elif self._skip(_STRING if symbol in ("'", '"') else _SCALAR) == begin:
            raise _NotTomlError

    def _array(self, path: Path) -> None:
        self._expect("[")
        position = 0
        while self._skip(_BLANK) < len(self.text) and self.text[self.at] != "]":
            self._note((*path, position), self.line())
            self._value((*path, position))
            position += 1
            self._skip(_BLANK)
            if self.text.startswith(",", self.at):
                self.at += 1
        self._expect("]")

    def _inline_table(self, path: Path) -> None:
        self._expect("{")
        while self._skip(_BLANK) < len(self.text) and self.text[self.at] != "}":
            self._pair(path)
            self._skip(_BLANK)
            if self.text.startswith(",", self.at):
                self.at += 1
        self._expect("}")


def _unescaped(text: str) -> str:
    def replaced(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        if code:
            return chr(int(code, 16)) if int(code, 16) < 0x110000 else ""
        return _ESCAPED.get(match[3], match[3])

    return _ESCAPE.sub(replaced, text)
