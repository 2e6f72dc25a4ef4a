"""Reading the words of a command line: a fault is one line, with the nearest thing that exists."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, NoReturn

from nntui.escaping import escaped

BAD_INPUT = 2
GLYPHS = ("auto", "braille", "block", "ascii")
NO_LIMIT = ("unlimited", "none", "max")


class Parser(argparse.ArgumentParser):
    """Reports a fault in one line.

    Attributes:
        others: options of the other commands and which command that is, for one given to the wrong command.
        commands: the commands there are, for one that is misspelt.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(
            formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False, add_help=False, **options
        )
        self.color = False  # Python 3.14's codes would be escaped, as everything is that controls a terminal
        self.add_argument("-h", "--help", action="help", help="show this and exit")
        self.commands: Sequence[str] = ()
        self.others: Callable[[], dict[str, str]] = dict

    def add_argument(self, *names: Any, **options: Any) -> argparse.Action:
        """As `argparse` does; one that takes certain words has them completed by the shell."""
        action = super().add_argument(*names, **options)
        words = getattr(action.type, "words", None)
        return action if words is None else completed(action, lambda **_: words)

    def error(self, message: str) -> NoReturn:
        one_line = escaped(" ".join(message.split()))
        self.exit(BAD_INPUT, f"{self.prog}: {one_line}\n")

    def parse(self, arguments: Sequence[str]) -> argparse.Namespace:
        """The values of the arguments; exits with status 2 where they are wrong."""
        values, unknown = self.parse_known_args(arguments)
        if unknown:
            options = [word for word in unknown if word.startswith("-")]
            self.error(self._unknown_option(options[0]) if options else self._one_too_many(unknown[0], values))
        return values

    def options(self) -> list[str]:
        """Every option it knows."""
        return [option for action in self._actions for option in action.option_strings]

    def _one_too_many(self, word: str, values: argparse.Namespace) -> str:
        meant = nearest(str(getattr(values, "preset", "")), self.commands)
        hint = f'; did you mean "{self.prog} {meant} {shown(word)}"?' if meant else ""
        return f'one word too many: "{shown(word)}"{hint}'

    def _unknown_option(self, word: str) -> str:
        name = word.split("=")[0]
        others = self.others()
        if name in others:
            return f'"{name}" is an option of "{others[name]}"'
        meant = nearest(name, self.options())
        hint = f'; did you mean "{meant}"?' if meant else f"; {self.prog} --help shows all"
        return f'unknown option "{shown(name)}"{hint}'


def completed(action: argparse.Action, words: Callable[..., Iterable[str]]) -> argparse.Action:
    """The argument, for which the shell offers these words (through argcomplete, which calls ``words``)."""
    action.completer = words  # type: ignore[attr-defined]
    return action


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The one meant, if any is close."""
    from difflib import get_close_matches  # milliseconds that only a fault is worth

    return next(iter(get_close_matches(word, list(words), n=1)), None)


def shown(text: str, most: int = 60) -> str:
    """Text of the command line on one line, cut short where it is long."""
    return escaped(text) if len(text) <= most else f"{escaped(text[:most])}…"


def whole(low: int, meaning: str, high: int | None = None) -> Callable[[str], int]:
    """A reader of whole numbers of at least ``low``, and at most ``high``."""
    bounds = f"of at least {low}" if high is None else f"from {low} to {high:,}"

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = low - 1
        if value < low or (high is not None and value > high):
            raise argparse.ArgumentTypeError(f'"{shown(text)}" is not {meaning}, a whole number {bounds}')
        return value

    return read


def moment(text: str) -> int | Literal["best"]:
    """An epoch of a run: its number, 0 for the start, or "best"."""
    if text.strip().lower() == "best":
        return "best"
    if not text.isdecimal() or not text.isascii():
        raise argparse.ArgumentTypeError(f'invalid epoch "{shown(text)}"; expected "best" or a whole number')
    return int(text[:18])


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def positive(text: str) -> float:
    """A number above 0."""
    value = _number(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f'"{shown(text)}" is not a number above 0')
    return value


def pace(text: str) -> float:
    """Epochs a second; 0 is no limit."""
    value = 0.0 if text.strip().lower() in NO_LIMIT else _number(text)
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(
            f'"{shown(text)}" is not a number of epochs a second; 0 or "unlimited" is as fast as it goes'
        )
    return value


def frames(text: str) -> float:
    """Frames a second."""
    value = _number(text)
    if not 1 <= value <= 60:
        raise argparse.ArgumentTypeError(f'"{shown(text)}" is not a number of frames a second, from 1 to 60')
    return value


def folder(text: str) -> str:
    """The path of a folder, which may be still to be made."""
    if not text or "\0" in text:
        raise argparse.ArgumentTypeError(f'"{shown(text)}" is not a folder')
    return text


def size(text: str) -> tuple[int, int]:
    """Columns and rows of a screen."""
    columns, _, rows = text.lower().partition("x")
    if not (columns.isdecimal() and rows.isdecimal() and 40 <= int(columns) <= 500 and 10 <= int(rows) <= 200):
        raise argparse.ArgumentTypeError(f'"{shown(text)}" is no size, from 40x10 to 500x200')
    return int(columns), int(rows)


def one_of(words: Sequence[str]) -> Callable[[str], str]:
    """A reader of one of these words."""

    def read(text: str) -> str:
        if text not in words:
            meant = nearest(text, words)
            hint = f'; did you mean "{meant}"?' if meant else ""
            raise argparse.ArgumentTypeError(f'"{shown(text)}" is none of {", ".join(words)}{hint}')
        return text

    read.words = tuple(words)  # type: ignore[attr-defined]
    return read


glyphs = one_of(GLYPHS)


def setting(text: str) -> tuple[str, str]:
    """A name and the value it shall have."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise argparse.ArgumentTypeError(f'"{shown(text)}" is not of the form name=value')
    return name.strip(), value.strip()
