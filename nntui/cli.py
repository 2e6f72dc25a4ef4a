# PYTHON_ARGCOMPLETE_OK
"""The command line: its arguments, and nothing else. What a command does is imported when it is called for."""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import Any, NoReturn

from nntui import __version__

DONE, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
GLYPHS = ("auto", "braille", "block", "ascii")

_DASHBOARD_HELP = """\
examples:
  nntui                                         the playground, training at once
  nntui digits                                  a preset by name; `nntui list` shows them all
  nntui my.toml --seed 7                        a preset of your own
  nntui spirals --set optimizer.learning_rate=0.1 --set network.hidden=32,32
  nntui train digits --json > run.jsonl         without a screen, one JSON event a line

commands (each has its own --help):
  nntui train PRESET      train without a screen
  nntui list              presets; with --all everything there is to choose from
  nntui check PRESET…     find the faults of presets
  nntui lr-range PRESET   find a good learning rate

exit status: 0 done, 1 the run failed or diverged, 2 bad input, 130 interrupted
A word that is a command and also a preset's name is the command; write ./train.toml for the file."""

_TRAIN_HELP = """\
examples:
  nntui train digits
  nntui train spirals --set optimizer.name=sgd --set optimizer.learning_rate=0.3 --epochs 500
  nntui train digits --json | jq -r 'select(.event == "epoch_ended") | .test_accuracy'

exit status: 0 done, 1 the run failed or diverged, 2 bad input, 130 interrupted"""

_LIST_HELP = """\
examples:
  nntui list
  nntui list --all
  nntui list --all --json | jq '.optimizers[].name'"""

_CHECK_HELP = """\
examples:
  nntui check my.toml
  nntui check presets/*.toml --gradients

exit status: 0 all is well, 1 a gradient is wrong, 2 a preset has faults"""

_RANGE_HELP = """\
examples:
  nntui lr-range digits
  nntui lr-range digits --json | jq .suggestion

exit status: 0 done, 1 the run failed, 2 bad input, 130 interrupted"""


class Parser(argparse.ArgumentParser):
    """Reports a fault in one line, with the nearest thing that exists."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False, add_help=False, **options
        )
        self.add_argument("-h", "--help", action="help", help="show this and exit")

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"{self.prog}: {message}\n")

    def parse(self, arguments: Sequence[str]) -> argparse.Namespace:
        """The values of the arguments; exits with status 2 where they are wrong."""
        values, unknown = self.parse_known_args(arguments)
        if unknown:
            self.error(self._about_unknown(unknown[0], values))
        return values

    def _about_unknown(self, word: str, values: argparse.Namespace) -> str:
        if not word.startswith("-"):
            first = getattr(values, "preset", None)
            meant = get_close_matches(str(first), COMMANDS, n=1) if first else []
            hint = f'; did you mean "{self.prog} {meant[0]}"?' if meant else ""
            return f'one word too many: "{word}"{hint}'
        options = [option for action in self._actions for option in action.option_strings]
        meant = get_close_matches(word.split("=")[0], options, n=1)
        hint = f'; did you mean "{meant[0]}"?' if meant else f"; {self.prog} --help shows all"
        return f'unknown option "{word}"{hint}'


def _whole(low: int, meaning: str) -> Callable[[str], int]:
    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = low - 1
        if value < low:
            raise argparse.ArgumentTypeError(f'"{text}" is not {meaning}, a whole number of at least {low}')
        return value

    return read


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f'"{text}" is not a number above 0')
    return value


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise argparse.ArgumentTypeError(f'"{text}" is not of the form name=value')
    return name.strip(), value.strip()


def _run_arguments(parser: Parser) -> None:
    """What a command that trains takes."""
    parser.add_argument(
        "--set", dest="settings", metavar="NAME=VALUE", action="append", type=_setting, default=[],
        help="change a value of the preset, optimizer.learning_rate=0.1; may be repeated",
    )  # fmt: skip
    parser.add_argument("--seed", metavar="N", type=_whole(0, "a seed"), help="the seed of all random numbers")
    parser.add_argument("--epochs", metavar="N", type=_whole(1, "a number of epochs"), help="how long to train")
    parser.add_argument(
        "--threads", metavar="N", type=_whole(1, "a number of threads"), default=1,
        help="threads of the linear algebra; 1 is fastest for small networks (the default)",
    )  # fmt: skip


def _dashboard_parser() -> Parser:
    parser = Parser(
        prog="nntui",
        usage="nntui [PRESET] [options]  |  nntui train|list|check|lr-range …",
        description="Train a neural network in the terminal, live, and see why it learns or does not.",
        epilog=_DASHBOARD_HELP,
    )
    preset = parser.add_argument("preset", metavar="PRESET", nargs="?", help="a preset's name or file")
    preset.completer = lambda **_: [*COMMANDS, *_names()]  # type: ignore[attr-defined]
    _run_arguments(parser)
    parser.add_argument("--pace", metavar="N", type=_positive, help="train at most N epochs a second")
    parser.add_argument("--paused", action="store_true", help="wait for a key before the first step")
    parser.add_argument(
        "--glyphs", metavar="|".join(GLYPHS), type=_glyphs,
        help="characters to draw with (auto: the best the terminal has)",
    )  # fmt: skip
    parser.add_argument("--fps", metavar="N", type=_frames, help="frames a second (20; 10 over ssh)")
    parser.add_argument("--config", metavar="FILE", help="keys, theme and other tastes; see the README")
    parser.add_argument("--version", action="version", version=f"nntui {__version__}", help="show it and exit")
    return parser


def _glyphs(text: str) -> str:
    if text not in GLYPHS:
        meant = get_close_matches(text, GLYPHS, n=1)
        hint = f'; did you mean "{meant[0]}"?' if meant else ""
        raise argparse.ArgumentTypeError(f'"{text}" is none of {", ".join(GLYPHS)}{hint}')
    return text


def _frames(text: str) -> float:
    value = _positive(text)
    if not 1 <= value <= 60:
        raise argparse.ArgumentTypeError(f'"{text}" is not a number of frames a second, from 1 to 60')
    return value


def _train_parser() -> Parser:
    parser = Parser(prog="nntui train", description="Train without a screen.", epilog=_TRAIN_HELP)
    _preset_argument(parser)
    _run_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON event a line")
    return parser


def _list_parser() -> Parser:
    parser = Parser(prog="nntui list", description="Show what there is to choose from.", epilog=_LIST_HELP)
    parser.add_argument("--all", action="store_true", help="also data sets, optimizers, schedules, losses …")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _check_parser() -> Parser:
    parser = Parser(prog="nntui check", description="Find the faults of presets.", epilog=_CHECK_HELP)
    _preset_argument(parser, dest="presets", nargs="+")
    parser.add_argument("--gradients", action="store_true", help="also compare every gradient with finite differences")
    return parser


def _range_parser() -> Parser:
    parser = Parser(
        prog="nntui lr-range",
        description="Raise the learning rate step by step, and see from where to where the loss falls.",
        epilog=_RANGE_HELP,
    )
    _preset_argument(parser)
    _run_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _preset_argument(parser: Parser, dest: str = "preset", nargs: str | None = None) -> None:
    argument = parser.add_argument(dest, metavar="PRESET", nargs=nargs, help="a preset's name or file")
    argument.completer = _names  # type: ignore[attr-defined]


def _names(**_: Any) -> list[str]:
    """For the shell's completion."""
    from nntui.experiment import list_presets

    return [name for name, _ in list_presets()]


COMMANDS: dict[str, tuple[Callable[[], Parser], str]] = {
    "train": (_train_parser, "nntui.commandline.train"),
    "list": (_list_parser, "nntui.commandline.listing"),
    "check": (_check_parser, "nntui.commandline.check"),
    "lr-range": (_range_parser, "nntui.commandline.lr_range"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the result is the exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if "_ARGCOMPLETE" in os.environ:
        _complete()
    make_parser, module = _dashboard_parser, "nntui.commandline.dashboard"
    if words and words[0] in COMMANDS:
        make_parser, module = COMMANDS[words.pop(0)]
    values = make_parser().parse(words)
    from nntui.commandline import BadInput

    try:
        status: int = import_module(module).run(values)
    except BadInput as fault:
        print(fault, file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED
    return status


def _complete() -> None:
    """Answer the shell, which asks through argcomplete (the extra ``completion``)."""
    import argcomplete

    words = os.environ.get("COMP_LINE", "").split()
    parser = _dashboard_parser()
    if len(words) > 1 and words[1] in COMMANDS:
        parser = COMMANDS[words[1]][0]()
        os.environ["_ARGCOMPLETE"] = "2"  # the arguments begin after the second word
    argcomplete.autocomplete(parser)
