"""``nntui export RUN --to FORMAT``: hand on a recorded run."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from nntui.cli import DONE, FAILED
from nntui.commandline import BadInputError
from nntui.commandline.arguments import nearest, shown
from nntui.commandline.recording import run_of
from nntui.commandline.threads import use_threads
from nntui.runs.errors import RunError, reason_of

if TYPE_CHECKING:
    from nntui.runs.run import Run

SIZE = (120, 40)  # columns and rows of a picture


def run(values: argparse.Namespace) -> int:
    """Write what is asked for."""
    for option in ("size", "view"):
        if getattr(values, option) is not None and values.to != "svg":
            raise BadInputError(f"nntui export: --{option} is for --to svg")
    use_threads(1)
    from nntui.runs.run import open_run

    try:
        if values.to == "svg":
            return _draw(run_of(values), values)
        recorded = open_run(run_of(values))
        return _export(recorded, values.to, values.out)
    except RunError as fault:
        raise BadInputError(f"nntui: {fault}") from None


def _export(recorded: Run, form: str, out: str | None) -> int:
    if form == "csv":
        from nntui.runs.export.table import csv

        return _write_text(csv(recorded.scalars().rows, recorded.started.task), out)
    if form == "preset":
        from nntui.experiment import emit

        return _write_text(emit(recorded.tuned()), out)
    if form == "tensorboard":
        return _write_events(recorded, Path(out or recorded.folder.name))
    return _write_weights(recorded, form, Path(out or f"{recorded.folder.name}.{form}"))


def _draw(folder: Path, values: argparse.Namespace) -> int:
    from nntui.commandline import picture

    view, known = values.view or picture.VIEW, picture.views()
    if view not in known:
        meant = nearest(view, known)
        hint = f'; did you mean "{meant}"?' if meant else ""
        raise BadInputError(f'nntui export: "{shown(view)}" is none of {", ".join(known)}{hint}')
    drawn = picture.picture(folder, values.size or SIZE, view)
    return _write(Path(values.out or f"{folder.name}.svg"), [drawn.encode()])


def _write_text(text: str, out: str | None) -> int:
    if out is None:
        sys.stdout.write(text)
        return DONE
    return _write(Path(out), [text.encode()])


def _write_weights(recorded: Run, form: str, path: Path) -> int:
    from nntui.runs.export import weights
    from nntui.runs.rewind import end_of

    session = end_of(recorded).rerun.session
    if form == "npz":
        return _write(path, [weights.npz(session)])
    if form == "onnx":
        from nntui.runs.export import onnx

        file, code = onnx.onnx(session), onnx.usage(str(path))
    else:
        file, code = weights.safetensors(session), weights.pytorch_code(session, str(path))
    status = _write(path, [file])
    if status == DONE:
        print(code)
    return status


def _write_events(recorded: Run, folder: Path) -> int:
    from datetime import datetime

    from nntui.runs.summary import read_summary

    try:
        began = datetime.fromisoformat(read_summary(recorded.folder).created).timestamp()
    except (RunError, ValueError):
        began = recorded.folder.stat().st_mtime
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        print(f"nntui: {folder}: {reason_of(error)}", file=sys.stderr)
        return FAILED
    name = f"events.out.tfevents.{int(began)}.{recorded.folder.name}"
    return _write(folder / name, _records(recorded, began))


def _records(recorded: Run, began: float) -> Iterator[bytes]:
    from nntui.runs.checkpoints import latest_first
    from nntui.runs.export import tensorboard
    from nntui.runs.rewind import load

    yield tensorboard.first(began)
    score = "accuracy" if recorded.started.task == "classification" else "r2"
    yield from tensorboard.scalars(recorded.scalars().rows, score, began)
    session = recorded.begin()
    for checkpoint in sorted(latest_first(recorded.folder, arrays=True), key=lambda kept: kept.number):
        load(recorded, session, checkpoint)
        weights = {f"weights/{layer.name.replace(' ', '_')}": layer.weights for layer in session.network.layers}
        yield tensorboard.histograms(weights, checkpoint.epoch, began + checkpoint.seconds)


def _write(path: Path, parts: Iterator[bytes] | list[bytes]) -> int:
    try:
        with path.open("wb") as file:
            for part in parts:
                file.write(part)
    except OSError as error:
        if path.is_file():
            with contextlib.suppress(OSError):
                path.unlink()  # half a file is worse than none
        print(f"nntui: {path}: {reason_of(error)}", file=sys.stderr)
        return FAILED
    print(f"wrote {path}", file=sys.stderr)
    return DONE
