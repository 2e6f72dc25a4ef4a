"""Every figure in the texts for learners: where it stands, and what it is when it is not a measurement.

A figure is a number in digits or in words ("two", "half", "tenth"). Some need no claim, as something else vouches for
them: a setting to try (it is checked to be accepted), ``ln 3 = 1.10`` (it is computed), a source's year or section,
a formula line, a number that a step's condition has too, and counts that are those of the preset.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nntui.teaching.concepts as concepts
from nntui.experiment import Experiment, find_preset, list_presets, read_preset
from nntui.experiment.library import preset_folder
from nntui.teaching.challenge import list_challenges
from nntui.teaching.lesson import list_lessons

NUMBERS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "twenty": 20, "thirty": 30,
    "forty": 40, "fifty": 50, "sixty": 60, "sixty-four": 64, "thirty-two": 32, "hundred": 100, "thousand": 1000,
    "million": 1e6,
}  # fmt: skip
FRACTIONS = (
    "half", "halves", "halved", "quarter", "quarters", "third", "thirds", "fifth", "tenth", "twelfth", "hundredth",
    "thousandth", "ten-thousandth", "twice", "double", "doubles", "doubled", "triple", "dozen", "tenfold",
)  # fmt: skip
_WORDS = "|".join(sorted((*NUMBERS, *FRACTIONS), key=len, reverse=True))
_FIGURE = re.compile(
    rf"(?<![\w.,])(?:\d+(?:,\d{3})*(?:\.\d+)?(?:e-?\d+)?%?(?:\s%)?(?:th)?|(?:{_WORDS})s?)(?![\w])", re.IGNORECASE
)
_VOUCHED = re.compile(
    r"\b[a-z_]+\.[a-z_0-9.]+ (?:=|to) (?:\"[^\"]*\"|\[[^\]]*\]|[\w.]+)"  # a setting
    r"|arXiv [\d.]+|\b(?:section|sections|chapter|Algorithm) [\d.]+(?: and [\d.]+)?"
    r"|\([^()]*\b(?:19|20)\d\d[^()]*\)|\*Nature\* \d+, \d+"  # a source
    r"|\bln \d+ = [\d.]*\d"
)
_LOG = re.compile(r"\bln (\d+) = ([\d.]*\d)")
_SETTING = re.compile(r"\b([a-z_]+\.[a-z_0-9.]+) = (\"[^\"]*\"|\[[^\]]*\]|true|false|[\d.e-]*\d)")
_NOUN = re.compile(
    r"(?:\s+(?:[a-zA-Z]+\s+){0,2}?)(layers?|neurons?|units?|inputs?|outputs?|classes|points|weights|epochs|digits)\b"
)


@dataclass(frozen=True, slots=True)
class Text:
    """One text: its source (a path within the project), where in it, and the words."""

    source: str
    where: str
    words: str
    preset: str = ""
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that something must vouch for: its text and its place in it."""

    text: Text
    start: int
    end: int

    def __str__(self) -> str:
        words = self.text.words
        around = words[max(self.start - 40, 0) : self.start] + "»" + words[self.start : self.end] + "«"
        return f"{self.text.source} {self.text.where}: …{around}{words[self.end : self.end + 40]}…".replace("\n", " ")


def texts() -> list[Text]:
    """All texts that state something to a learner: presets, lessons, challenges, concept pages."""
    found: list[Text] = []
    for name, path in list_presets():
        tree = _tree(Path(path))
        found += [Text(f"presets/{name}.toml", part, tree.get(part, ""), name) for part in _PRESET_PARTS]
    for path in [*list_lessons(), *list_challenges()]:
        found += _of_page(path)
    for path in sorted(Path(concepts.__file__).parent.glob("*.md")):
        body, *rest = path.read_text(encoding="utf-8").split("**Formula**")
        look = "".join(rest).split("**Where to look**")[-1].split("**Source**")[0]
        found += [Text(f"concepts/{path.name}", "text", body), Text(f"concepts/{path.name}", "where to look", look)]
    return [each for each in found if each.words]


_PRESET_PARTS = ("about", "watch", "try", "question", "answer")


def _tree(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _of_page(path: Path) -> Iterator[Text]:
    tree = _tree(path)
    source, preset = path.relative_to(preset_folder().parent).as_posix(), str(tree["preset"])
    conditions = f"{tree.get('goal', '')} {tree.get('epochs', '')}"
    for part in ("about", "hint"):
        yield Text(source, part, tree.get(part, ""), preset, conditions if "goal" in tree else "")
    for number, step in enumerate(tree.get("steps", ()), 1):
        for part in ("text", "do", "hint", "question", "because"):
            until = str(step.get("until", "")) if part == "do" else ""
            yield Text(source, f"step {number} {part}", step.get(part, ""), preset, until)
        yield Text(source, f"step {number} answers", "\n".join(step.get("answers", ())), preset)
    yield Text(source, "summary", tree.get("summary", {}).get("text", ""), preset)


def figures(text: Text) -> Iterator[Figure]:
    """The figures of a text that nothing vouches for yet."""
    vouched = [found.span() for found in _VOUCHED.finditer(text.words)]
    for found in _FIGURE.finditer(text.words):
        start, end = found.span()
        if found[0].rstrip(",") == "0" or any(low <= start < high for low, high in vouched):
            continue  # "a slope of 0" says that there is none
        if _in_condition(found[0], text.condition):
            continue
        if text.preset and _is_of_preset(found[0], text.words[end:], text.preset):
            continue
        yield Figure(text, start, end)


def uncovered(text: Text, quotes: Iterable[str]) -> list[Figure]:
    """The figures of a text that no quotation contains."""
    spans = [found.span() for quote in quotes for found in re.finditer(re.escape(quote), text.words)]
    return [each for each in figures(text) if not any(low <= each.start and each.end <= high for low, high in spans)]


def logarithms(text: Text) -> list[tuple[float, float, int]]:
    """(ln n, as the text says, decimals) wherever a text has one."""
    return [(math.log(int(n)), float(x), len(x.partition(".")[2])) for n, x in _LOG.findall(text.words)]


def settings(text: Text) -> list[tuple[str, str]]:
    """(name, value as in a preset) wherever a text gives a setting."""
    return _SETTING.findall(text.words)


def value(figure: str) -> float:
    """The number of a figure; not-a-number where it is a fraction's word."""
    plain = figure.lower().replace(",", "").replace(" ", "").removesuffix("th")
    if plain.endswith("%"):
        return float(plain[:-1]) / 100
    return float(NUMBERS[plain]) if plain in NUMBERS else float(plain) if plain[:1].isdigit() else math.nan


def _in_condition(figure: str, condition: str) -> bool:
    stated = [value(each) for each in re.findall(r"\d+(?:\.\d+)?%?", condition)]
    return bool(stated) and value(figure) in stated


def _is_of_preset(figure: str, after: str, preset: str) -> bool:
    noun = _NOUN.match(after)
    return noun is not None and value(figure) in counts(read_preset(find_preset(preset)), noun[1])


def counts(experiment: Experiment, noun: str) -> set[float]:
    """What a preset has of something, in numbers: ``layers`` (hidden, or with the output), ``units`` (a layer's) …"""
    hidden = experiment.network.hidden
    match noun.rstrip("s"):
        case "layer":
            return {len(hidden), len(hidden) + 1}
        case "neuron" | "unit":
            return {*hidden}
        case "epoch":
            return {experiment.training.epochs}
    return set()
