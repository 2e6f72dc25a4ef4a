"""Reading any TOML file of ours: its tree, the line of every key, and every place that is not TOML."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nntui.escaping import escaped
from nntui.experiment.toml_lines import DEEPEST, Duplicate, locate
from nntui.experiment.tree import dotted
from nntui.files import SETTINGS, Unreadable, read_file

_MOST_REPAIRS = 50
_MOST_KEYS = 5000  # of a document
MOST_FAULTS = 100  # that are listed of a file
_PLACE = re.compile(r"^(.*?) \(at (?:line (\d+), column (\d+)|end of document)\)$", re.DOTALL)
_DUPLICATE = ("Cannot overwrite a value", "Duplicate inline table key", "Cannot declare", "Cannot redefine")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a file. ``line`` is 0 where no line is to blame, ``name`` empty where no key is."""

    file: str
    line: int
    name: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return escaped(f"{place}: {self.name}: {self.message}" if self.name else f"{place}: {self.message}")


class PresetError(Exception):
    """A preset cannot be used; ``faults`` has all that is wrong with it, in the order of the file."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = first_faults(faults)
        super().__init__("\n".join(map(str, self.faults)))


def first_faults(faults: Sequence[Fault]) -> tuple[Fault, ...]:
    """As many faults of a file as are listed, the last saying how many more there are."""
    if len(faults) <= MOST_FAULTS:
        return tuple(faults)
    more = f"and {len(faults) - MOST_FAULTS:,} more faults"
    return (*faults[:MOST_FAULTS], Fault(faults[0].file, 0, "", more))


def error_at(path: Path, line: int, message: str) -> PresetError:
    return PresetError((Fault(str(path), line, "", message),))


def read_text(path: Path) -> str:
    """The file's text, line ends as ``\\n`` and without a byte order mark.

    Raises:
        PresetError: it is not a text file that can be read.
    """
    try:
        content = read_file(path, SETTINGS)
    except Unreadable as error:
        reason = str(error)
        message = f"{reason}; expected a .toml file" if reason.startswith("is ") else f"cannot be read: {reason}"
        raise error_at(path, 0, message) from None
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise error_at(path, 1, "is written in UTF-16; allowed is UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise error_at(path, line, f"byte {content[error.start]:#04x} is not UTF-8; allowed is UTF-8") from None
    return text.replace("\r\n", "\n")


def parse_toml(path: Path, text: str) -> tuple[dict[str, Any] | None, Mapping[tuple[str | int, ...], int], list[Fault]]:
    """The tree, the lines of its keys, and what is not TOML.

    A line that is not TOML is reported, blanked and passed over, so that the rest can be judged as well. Where that
    does not help, the first such fault is all that can be said.
    """
    faults: list[Fault] = []
    rest = text
    if text.count("=") + text.count("\n[") > _MOST_KEYS:
        message = f"has more than {_MOST_KEYS:,} keys, which no file of settings needs"
        return None, {}, [Fault(str(path), 0, "", message)]
    if _has_deep_key(text):
        return None, {}, [Fault(str(path), 0, "", "a dotted key has too many parts")]
    for _ in range(_MOST_REPAIRS):
        try:
            return tomllib.loads(rest), locate(rest).of, faults
        except tomllib.TOMLDecodeError as error:
            duplicates = locate(rest).duplicates if str(error).startswith(_DUPLICATE) else ()
            new = [_given_twice(path, each) for each in duplicates] or [_broken(path, rest, error)]
            if "never ends" in new[0].message:
                return None, {}, [*faults, *new]
            spans = [(each.line, each.last) for each in duplicates] or [_span(rest, new[0].line)]
        except RecursionError:
            return None, {}, [Fault(str(path), 0, "", "brackets are nested too deeply")]
        except ValueError:  # a whole number of more digits than Python reads
            line = next((i for i, each in enumerate(rest.split("\n"), 1) if re.search(r"\d[\d_]{4000}", each)), 1)
            new, spans = [Fault(str(path), line, "", "a whole number has too many digits")], [(line, line)]
        faults += new
        repaired = _without_lines(rest, spans)
        if repaired == rest:
            break
        rest = repaired
    return None, {}, faults[:1]


def _has_deep_key(text: str) -> bool:
    """Whether a key has more parts than ``tomllib``, which takes the square of their number, should be given."""
    pieces = (piece for piece in re.split(r"[{,\n]", text) if "=" in piece or piece.startswith("["))
    return any(piece.partition("=")[0].count(".") > DEEPEST for piece in pieces)


def _span(text: str, line: int) -> tuple[int, int]:
    """The lines to pass over where one is at fault: itself, and with a section's heading all of the section."""
    lines = text.split("\n")
    if not lines[line - 1].lstrip().startswith("["):
        return line, line
    following = (number for number, each in enumerate(lines[line:], line) if each.lstrip().startswith("["))
    return line, next(following, len(lines))


def _without_lines(text: str, spans: list[tuple[int, int]]) -> str:
    """The text with the lines of each span blank."""
    lines = text.split("\n")
    for first, last in spans:
        for number in range(max(first, 1), min(last, len(lines)) + 1):
            lines[number - 1] = ""
    return "\n".join(lines)


def _given_twice(path: Path, duplicate: Duplicate) -> Fault:
    what = "section" if duplicate.section else "key"
    message = f"{what} given twice, first in line {duplicate.first}; allowed is once"
    return Fault(str(path), duplicate.line, dotted(duplicate.path), message)


def _broken(path: Path, text: str, error: tomllib.TOMLDecodeError) -> Fault:
    """What tomllib complains of, in plain words."""
    match = _PLACE.match(str(error))
    message, line = (match[1], int(match[2])) if match and match[2] else (match[1] if match else str(error), 0)
    if not line or message.startswith("Unclosed"):
        what = f"not TOML: a value begins here that never ends ({_lowered(message)})"
        return Fault(str(path), locate(text).begun, "", what)
    if message.startswith(_DUPLICATE):
        return Fault(str(path), line, "", "a key or section is given twice")
    column = int(match[3]) if match else 1
    if message.startswith("Illegal character '\\n'"):
        return Fault(str(path), line, "", "not TOML: the text's closing quote is missing")
    hint = _hint(text.split("\n")[line - 1])
    return Fault(str(path), line, "", f"not TOML: {_lowered(message)} in column {column}{hint}")


def _hint(line: str) -> str:
    value = line.partition("=")[2].strip()
    if re.match(r"^(True|False)\b", value):
        return f'; did you mean "{value.lower()}"?'
    if re.match(r"^(None|null|nil)\b", value):
        return "; TOML has no word for nothing: leave the key out"
    if re.match(r"^[A-Za-z_][\w-]*\s*(#.*)?$", value):
        word = value.split("#")[0].strip()
        return f"; text stands in quotes: \"{word}\""
    if re.match(r"^\.\d|^\d+\.(\D|$)", value):
        return "; a number has digits on both sides of the point"
    if re.match(r"^\d+,\d+$", value):
        return "; a number's decimals follow a point"
    return ""


def _lowered(message: str) -> str:
    message = message.strip()
    return message[:1].lower() + message[1:]
