"""The arguments of the commands that have to do with recorded runs."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from nntui.commandline.arguments import (
    GLYPHS,
    Parser,
    completed,
    folder,
    frames,
    glyphs,
    moment,
    one_of,
    pace,
    setting,
    size,
    whole,
)

FORMATS = ("csv", "preset", "npz", "safetensors", "onnx", "tensorboard", "svg")
ACTIONS = ("rm", "pin", "unpin")
BYS = ("epoch", "step", "seconds")
CURVES = (
    "test_loss", "train_loss", "validation_loss", "test_score", "train_score", "validation_score", "learning_rate"
)  # fmt: skip

_RUN = "a run: its id or the beginning of it, its folder, a preset's name for its newest run, or last"

_RUNS_HELP = """\
examples:
  nntui runs
  nntui runs --json | jq -r 'select(.state == "interrupted") | .id'
  nntui runs rm 20260102-101500-xor-1f3a
  nntui runs pin last                 it is not removed to make room

exit status: 0 done, 1 a run could not be read or removed, 2 bad input"""

_REPLAY_HELP = """\
examples:
  nntui replay last
  nntui replay digits --at 20 --pace 5
  nntui replay last --verify

exit status: 0 done (with --verify: every epoch came out the same bit for bit), 1 one did not, 2 bad input,
130 interrupted"""

_RESUME_HELP = """\
examples:
  nntui resume last
  nntui resume digits --headless --epochs 200 --keep-rate
  nntui resume last --headless --set schedule.scale=0.1

exit status: 0 done, 1 the run failed or diverged, 2 bad input, 130 interrupted"""

_COMPARE_HELP = """\
examples:
  nntui compare last xor
  nntui compare 20260102-101500-xor-1f3a 20260102-102200-xor-77b0 --by step --of train_loss
  nntui compare last digits --json | jq '.settings[].name'

A group of runs, as `nntui train --seeds` makes them, is named as a run is, and drawn as the median and the quartiles.

exit status: 0 done, 2 bad input"""

_EXPORT_HELP = """\
formats:
  csv          the numbers of every epoch
  preset       the experiment as it is tuned now, as a preset
  npz          weights, biases, scaling, names of inputs and classes, for NumPy
  safetensors  the same for PyTorch
  onnx         the network for ONNX runtimes, in float32, with the scaling in the graph
  tensorboard  a folder with an event file: the curves, and the weights at every checkpoint
  svg          the dashboard's screen as a picture

npz, safetensors and onnx take raw rows, as they stand in the data, and print the code that runs them: it needs the file
and NumPy, PyTorch or onnxruntime, but not nntui.

examples:
  nntui export last --to csv > run.csv
  nntui export last --to onnx --epoch best
  nntui export digits --to safetensors --out digits.safetensors
  nntui export last --to svg --size 200x60 --view overview

exit status: 0 done, 1 it could not be written, 2 bad input"""

_SHARE_HELP = """\
examples:
  nntui share last
  nntui open "$(nntui share last)"

The line carries the experiment and every change with its step, no data and no weights. At a terminal the dashboard
opens, where the last change was made."""


def recording_arguments(parser: Parser) -> None:
    """What a command takes that records runs."""
    runs_argument(parser)
    parser.add_argument("--no-record", action="store_true", help="write nothing down")


def runs_argument(parser: Parser) -> None:
    """What a command takes that reads or writes recordings."""
    parser.add_argument(
        "--runs", metavar="DIR", type=folder,
        help="the folder of recorded runs (NNTUI_RUNS, the config file's, or the platform's state folder)",
    )  # fmt: skip


def _runs_parser() -> Parser:
    parser = Parser(
        prog="nntui runs",
        usage="nntui runs [rm|pin|unpin RUN…] [options]",
        description="List the recorded runs, the newest first.",
        epilog=_RUNS_HELP,
    )
    completed(
        parser.add_argument("words", metavar="rm|pin|unpin RUN…", nargs="*", help="remove runs, or keep them for good"),
        _words_on_runs,
    )
    parser.add_argument("--removed", action="store_true", help="list the runs that were removed, and why")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    runs_argument(parser)
    return parser


def _replay_parser() -> Parser:
    parser = Parser(
        prog="nntui replay",
        description="Play a recorded run in the dashboard, without training; or train it again and compare.",
        epilog=_REPLAY_HELP,
    )
    _run_argument(parser)
    parser.add_argument("--verify", action="store_true", help="without a screen: train it again, comparing every epoch")
    parser.add_argument(
        "--pace", metavar="N", type=pace,
        help='play at most N epochs a second; 0 or "unlimited": no limit (as it was trained, and within a minute)',
    )  # fmt: skip
    parser.add_argument("--at", metavar="EPOCH", type=whole(0, "an epoch"), help="begin after this epoch (0)")
    screen_arguments(parser)
    threads_argument(parser)
    runs_argument(parser)
    return parser


def _resume_parser() -> Parser:
    parser = Parser(
        prog="nntui resume",
        description="Go on with a recorded run as if it had never stopped.",
        epilog=_RESUME_HELP,
    )
    _run_argument(parser)
    parser.add_argument("--headless", action="store_true", help="without the dashboard")
    parser.add_argument("--epochs", metavar="N", type=whole(1, "a number of epochs"), help="up to which epoch")
    parser.add_argument(
        "--keep-rate",
        action="store_true",
        help="where --epochs stretches the schedule, scale it so that the learning rate stays as it was",
    )
    settings_argument(parser, "change a value before going on; may be repeated")
    parser.add_argument("--json", action="store_true", help="with --headless: print one JSON event a line")
    screen_arguments(parser)
    threads_argument(parser)
    runs_argument(parser)
    return parser


def _compare_parser() -> Parser:
    parser = Parser(
        prog="nntui compare",
        description="Show the curves of runs together, and what differs in their settings and results.",
        epilog=_COMPARE_HELP,
    )
    completed(parser.add_argument("wanted", metavar="RUN", nargs="+", help=f"{_RUN}; or a group of runs"), _run_ids)
    parser.add_argument("--by", metavar="|".join(BYS), type=one_of(BYS), default="epoch", help="what x counts (epoch)")
    parser.add_argument(
        "--of",
        metavar="CURVE",
        type=one_of(CURVES),
        default="test_loss",
        help=f"one of {', '.join(CURVES)} (test_loss)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    runs_argument(parser)
    return parser


def _export_parser() -> Parser:
    parser = Parser(prog="nntui export", description="Hand on a recorded run.", epilog=_EXPORT_HELP)
    _run_argument(parser)
    parser.add_argument(
        "--to", metavar="FORMAT", required=True, type=one_of(FORMATS), help=f"one of {', '.join(FORMATS)}"
    )
    parser.add_argument(
        "--out",
        "-o",
        metavar="PATH",
        help="the file to write (csv and preset: standard output; else named as the run)",
    )
    parser.add_argument(
        "--epoch",
        metavar="N",
        type=moment,
        help="the network after epoch N (0: before training), or best: lowest validation or test loss (the run's end)",
    )
    parser.add_argument("--size", metavar="COLUMNSxROWS", type=size, help="of the screen in the svg (120x40)")
    parser.add_argument("--view", metavar="VIEW", help="which of the dashboard's views is in the svg (overview)")
    runs_argument(parser)
    return parser


def _share_parser() -> Parser:
    parser = Parser(prog="nntui share", description="Print an experiment as one line.", epilog=_SHARE_HELP)
    _run_argument(parser)
    runs_argument(parser)
    return parser


def _open_parser() -> Parser:
    parser = Parser(prog="nntui open", description="Train what `nntui share` printed.", epilog=_SHARE_HELP)
    parser.add_argument("line", metavar="LINE", help="the line, in quotes")
    parser.add_argument("--show", action="store_true", help="print it as a preset and a list of changes; train nothing")
    parser.add_argument("--headless", action="store_true", help="without the dashboard, also at a terminal")
    parser.add_argument("--json", action="store_true", help="without the dashboard: print one JSON event a line")
    screen_arguments(parser)
    threads_argument(parser)
    recording_arguments(parser)
    return parser


def _run_argument(parser: Parser) -> None:
    completed(parser.add_argument("run", metavar="RUN", help=_RUN), _run_ids)


def _run_ids(parsed_args: argparse.Namespace, **_: Any) -> list[str]:
    """For the shell's completion."""
    from nntui.commandline.recording import runs_of
    from nntui.runs.catalogue import list_runs

    listed = list_runs(runs_of(parsed_args))
    groups = {run.summary.group for run in listed if run.summary is not None and run.summary.group}
    return ["last", *(run.path.name for run in listed), *sorted(groups)]


def _words_on_runs(parsed_args: argparse.Namespace, **_: Any) -> list[str]:
    """For the shell's completion: first what to do, then with which runs."""
    return _run_ids(parsed_args) if parsed_args.words else list(ACTIONS)


def screen_arguments(parser: Parser) -> None:
    """What a command takes that may show the dashboard."""
    parser.add_argument(
        "--glyphs", metavar="|".join(GLYPHS), type=glyphs,
        help="characters to draw with (auto: the best the terminal has)",
    )  # fmt: skip
    parser.add_argument("--fps", metavar="N", type=frames, help="frames a second (20; 10 over ssh)")
    parser.add_argument("--config", metavar="FILE", help="keys, theme and other tastes; see the README")


def settings_argument(parser: Parser, meaning: str) -> None:
    """What a command takes that changes values of an experiment."""
    parser.add_argument(
        "--set", dest="settings", metavar="NAME=VALUE", action="append", type=setting, default=[], help=meaning
    )


def threads_argument(parser: Parser) -> None:
    """What a command takes that calculates."""
    parser.add_argument(
        "--threads", metavar="N", type=whole(1, "a number of threads"), default=1,
        help="threads of the linear algebra; 1 is fastest for small networks (the default)",
    )  # fmt: skip


RUN_COMMANDS: dict[str, tuple[Callable[[], Parser], str]] = {
    "runs": (_runs_parser, "nntui.commandline.runs"),
    "replay": (_replay_parser, "nntui.commandline.replay"),
    "resume": (_resume_parser, "nntui.commandline.resume"),
    "compare": (_compare_parser, "nntui.commandline.compare"),
    "export": (_export_parser, "nntui.commandline.export"),
    "share": (_share_parser, "nntui.commandline.share"),
    "open": (_open_parser, "nntui.commandline.open_line"),
}
