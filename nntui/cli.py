# PYTHON_ARGCOMPLETE_OK
"""The command line: its arguments, and nothing else. What a command does is imported when it is called for."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from nntui import __version__
from nntui.commandline.arguments import BAD_INPUT, Parser, completed, pace, positive, shown, whole
from nntui.commandline.run_arguments import (
    RUN_COMMANDS,
    recording_arguments,
    screen_arguments,
    settings_argument,
    threads_argument,
)
from nntui.escaping import escaping, send_nowhere

DONE, FAILED, INTERRUPTED = 0, 1, 130
MOST_SEEDS = 1000

_DASHBOARD_HELP = """\
examples:
  nntui                                         a network that learns at once
  nntui digits                                  a preset by name; `nntui list` shows them all
  nntui my.toml --seed 7                        a preset of your own
  nntui spirals --set optimizer.learning_rate=0.1 --set network.hidden=32,32
  nntui train digits --json > run.jsonl         without a screen, one JSON event a line

commands (each has its own --help):
  nntui train PRESET      train without a screen
  nntui list              presets; with --all everything there is to choose from
  nntui check PRESET…     find the faults of presets
  nntui lr-range PRESET   find a good learning rate
  nntui learn             lessons and challenges
  nntui runs              the runs that were recorded
  nntui compare RUN RUN…  what differs between them, and their curves
  nntui resume RUN        go on with one
  nntui replay RUN        play one without training it; --verify trains it again and compares
  nntui export RUN        its numbers, its weights or its preset for other programs
  nntui share RUN         the whole experiment as one line; `nntui open LINE` trains it

exit status: 0 done, 1 the run failed or diverged, 2 bad input, 130 interrupted
A word that is a command and also a preset's name is the command; write ./train.toml for the file."""

_TRAIN_HELP = """\
examples:
  nntui train digits
  nntui train spirals --set optimizer.name=sgd --set optimizer.learning_rate=0.3 --epochs 500
  nntui train digits --json | jq -r 'select(.event == "epoch_ended") | .test_accuracy'
  nntui train spirals --seeds 10

exit status: 0 done, 1 the run (of one seed) failed or diverged, 2 bad input, 130 interrupted"""

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

_LEARN_HELP = """\
examples:
  nntui learn                       the list of lessons, challenges and concepts
  nntui learn dead-neurons          one of them, by name or file
  nntui learn --list                what there is and what is done, without a screen
  nntui learn --export > me.json    a learner's progress and answers, for a teacher"""

_RANGE_HELP = """\
examples:
  nntui lr-range digits
  nntui lr-range digits --set optimizer.name=sgd --high 100
  nntui lr-range digits --json | jq '.suggestions[0].settings'

exit status: 0 done, 1 the test failed, 2 bad input, 130 interrupted"""


def _run_arguments(parser: Parser) -> None:
    """What a command takes that builds an experiment."""
    settings_argument(parser, "change a value of the preset, optimizer.learning_rate=0.1; may be repeated")
    parser.add_argument("--seed", metavar="N", type=whole(0, "a seed"), help="of weights, sample order and dropout")
    threads_argument(parser)


def _length_arguments(parser: Parser, usual: str) -> None:
    """What a command takes that trains to the end."""
    parser.add_argument("--epochs", metavar="N", type=whole(1, "a number of epochs"), help="how long to train")
    parser.add_argument(
        "--pace", metavar="N", type=pace, help=f'train at most N epochs a second; 0 or "unlimited": no limit ({usual})'
    )


def _dashboard_parser() -> Parser:
    parser = Parser(
        prog="nntui",
        usage="nntui [PRESET] [options]  |  nntui COMMAND …",
        description="Train a neural network in the terminal, live, and see why it learns or does not.",
        epilog=_DASHBOARD_HELP,
    )
    preset = parser.add_argument("preset", metavar="PRESET", nargs="?", help="a preset's name or file")
    completed(preset, lambda **_: [*COMMANDS, *_names()])
    _run_arguments(parser)
    _length_arguments(parser, "as the preset says")
    parser.add_argument("--paused", action="store_true", help="wait for a key before the first step")
    _screen_arguments(parser)
    parser.add_argument("--version", action="version", version=f"nntui {__version__}", help="show it and exit")
    return parser


def _screen_arguments(parser: Parser) -> None:
    """What a command takes that trains in the dashboard."""
    recording_arguments(parser)
    screen_arguments(parser)


def _train_parser() -> Parser:
    parser = Parser(prog="nntui train", description="Train without a screen.", epilog=_TRAIN_HELP)
    _preset_argument(parser)
    _run_arguments(parser)
    _length_arguments(parser, "the default, whatever the preset says")
    parser.add_argument(
        "--seeds", metavar="N", type=whole(1, "a number of seeds", MOST_SEEDS),
        help="train N seeds on the same data, each in its own process; show the median and quartiles",
    )  # fmt: skip
    recording_arguments(parser)
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


def _learn_parser() -> Parser:
    parser = Parser(prog="nntui learn", description="Learn by trying: lessons and challenges.", epilog=_LEARN_HELP)
    lesson = parser.add_argument("lesson", metavar="LESSON", nargs="?", help="a lesson or challenge, by name or file")
    lesson.completer = lambda **_: _pages()  # type: ignore[attr-defined]
    parser.add_argument("--list", action="store_true", help="print what there is, and what is done of it")
    parser.add_argument("--export", action="store_true", help="print progress and answers as JSON")
    _screen_arguments(parser)
    return parser


def _range_parser() -> Parser:
    parser = Parser(
        prog="nntui lr-range",
        description="Raise the learning rate step by step, and see from where to where the loss falls.",
        epilog=_RANGE_HELP,
    )
    _preset_argument(parser)
    _run_arguments(parser)
    parser.add_argument("--low", metavar="RATE", type=positive, help="the first rate (what suits the optimizer)")
    parser.add_argument("--high", metavar="RATE", type=positive, help="the last rate (what suits the optimizer)")
    parser.add_argument("--steps", metavar="N", type=whole(20, "a number of steps"), default=400, help="how many (400)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _preset_argument(parser: Parser, dest: str = "preset", nargs: str | None = None) -> None:
    completed(parser.add_argument(dest, metavar="PRESET", nargs=nargs, help="a preset's name or file"), _names)


def _names(**_: Any) -> list[str]:
    """For the shell's completion."""
    from nntui.experiment import list_presets

    return [name for name, _ in list_presets()]


def _pages() -> list[str]:
    """For the shell's completion: lessons and challenges."""
    from nntui.experiment.library import preset_folder

    folders = (preset_folder() / "lessons", preset_folder() / "challenges")
    return sorted(file.stem for folder in folders for file in folder.glob("*.toml"))


COMMANDS: dict[str, tuple[Callable[[], Parser], str]] = {
    "train": (_train_parser, "nntui.commandline.train"),
    "list": (_list_parser, "nntui.commandline.listing"),
    "check": (_check_parser, "nntui.commandline.check"),
    "lr-range": (_range_parser, "nntui.commandline.lr_range"),
    "learn": (_learn_parser, "nntui.commandline.learn"),
    **RUN_COMMANDS,
}


def _all_options() -> dict[str, str]:
    """Every option, and the command it belongs to."""
    parsers = [_dashboard_parser(), *(make() for make, _ in COMMANDS.values())]
    return {option: parser.prog for parser in reversed(parsers) for option in parser.options()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the result is the exit status."""
    return ended(lambda: _run(list(sys.argv[1:] if arguments is None else arguments)))


def ended(run: Callable[[], int]) -> int:
    """The exit status of what is run, also where it is interrupted or nobody reads its output."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without our characters is no reason to fail
    streams = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (stream and escaping(stream) for stream in streams)
    try:
        status = run()
        if sys.stdout is not None:
            sys.stdout.flush()  # here, where it can still be said that it failed
        return status
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever read the output has enough of it
        send_nowhere(sys.stdout)
        return DONE
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EIO, errno.EFBIG, errno.EDQUOT):
            raise
        send_nowhere(sys.stdout)
        try:
            print(f"nntui: cannot write the output: {error.strerror}", file=sys.stderr, flush=True)
        except OSError:  # the terminal is gone
            send_nowhere(sys.stderr)
        return FAILED
    finally:
        sys.stdout, sys.stderr = streams


def _run(words: list[str]) -> int:
    if "_ARGCOMPLETE" in os.environ:
        _complete()
    make_parser, module = _dashboard_parser, "nntui.commandline.dashboard"
    if words and words[0] in COMMANDS:
        make_parser, module = COMMANDS[words.pop(0)]
    parser = make_parser()
    parser.others = _all_options
    if make_parser is _dashboard_parser:
        parser.commands = tuple(COMMANDS)
    values = parser.parse(words)
    from nntui.commandline import BadInputError

    try:
        status: int = import_module(module).run(values)
    except BadInputError as fault:
        print("\n".join(shown(line, 2000) for line in str(fault).split("\n")), file=sys.stderr)
        return BAD_INPUT
    return status


def _complete() -> None:
    """Answer the shell, which asks through argcomplete (the extra ``completion``)."""
    try:
        import argcomplete  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        return
    words = os.environ.get("COMP_LINE", "").split()
    parser = _dashboard_parser()
    if len(words) > 1 and words[1] in COMMANDS:
        parser = COMMANDS[words[1]][0]()
        os.environ["_ARGCOMPLETE"] = "2"  # the arguments begin after the second word
    argcomplete.autocomplete(parser)
