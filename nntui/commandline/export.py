"""``nntui export RUN --to FORMAT``: hand on a recorded run."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from nntui.cli import DONE, FAILED
from nntui.commandline import BadInputError
from nntui.commandline.arguments import nearest, shown
from nntui.commandline.recording import run_of
from nntui.commandline.threads import use_threads
from nntui.runs.errors import RunError, reason_of

if TYPE_CHECKING:
    from nntui.runs.run import Run
    from nntui.training.session import Session

SIZE = (120, 40)  # columns and rows of a picture
ONLY_FOR = {"size": ("svg",), "view": ("svg",), "epoch": ("preset", "npz", "safetensors", "onnx", "svg")}


def run(values: argparse.Namespace) -> int:
    """Write what is asked for."""
    for option, forms in ONLY_FOR.items():
        if getattr(values, option) is not None and values.to not in forms:
            raise BadInputError(f"nntui export: --{option} is for --to {', '.join(forms)}")
    use_threads(1)
    from nntui.runs.run import open_run

    try:
        recorded = open_run(run_of(values))
        epoch = _epoch(recorded, values.epoch)
        if values.to == "svg":
            return _draw(recorded.folder, values, epoch)
        return _export(recorded, values.to, values.out, epoch)
    except RunError as fault:
        raise BadInputError(f"nntui: {fault}") from None


def _epoch(recorded: Run, asked: int | Literal["best"] | None) -> int | None:
    """The number of the epoch asked for; None for the run's end.

    Raises:
        RunError: the recording does not have it.
    """
    if asked is None:
        return None
    rows = recorded.scalars().rows
    if asked == "best":
        from nntui.training.events import comparable_from
        from nntui.training.scalars import best_epoch, deciding_set

        best = best_epoch(rows[rows[:, 0] >= comparable_from(recorded.changes())])
        if best is None:
            raise RunError(f"{recorded.folder.name}: no epoch has a test loss, so none is the best")
        print(f"epoch {best[0]:,} has the lowest {deciding_set(rows)} loss, {best[1]:.4g}", file=sys.stderr)
        return best[0]
    last = int(rows[:, 0].max(initial=0))
    if asked > last:
        raise RunError(f"{recorded.folder.name}: epoch {asked:,} is not in the recording; it has {last:,}")
    return asked


def _export(recorded: Run, form: str, out: str | None, epoch: int | None) -> int:
    if form == "csv":
        from nntui.runs.export.table import csv

        return _write_text(csv(recorded.scalars().rows, recorded.started.task), out)
    if form == "preset":
        from nntui.experiment import emit
        from nntui.runs.rewind import rewind

        tuned = recorded.tuned() if epoch is None else rewind(recorded, epoch).experiment
        return _write_text([emit(tuned)], out)
    if form == "tensorboard":
        return _write_events(recorded, Path(out or recorded.folder.name))
    return _write_network(recorded, form, Path(out or f"{recorded.folder.name}.{form}"), epoch)


def _draw(folder: Path, values: argparse.Namespace, epoch: int | None) -> int:
    from nntui.commandline import picture

    view, known = values.view or picture.VIEW, picture.views()
    if view not in known:
        meant = nearest(view, known)
        hint = f'; did you mean "{meant}"?' if meant else ""
        raise BadInputError(f'nntui export: "{shown(view)}" is none of {", ".join(known)}{hint}')
    drawn = picture.picture(folder, values.size or SIZE, view, epoch)
    return _write(Path(values.out or f"{folder.name}.svg"), [drawn.encode()])


def _write_text(parts: Iterable[str], out: str | None) -> int:
    if out is None:
        sys.stdout.writelines(parts)
        return DONE
    return _write(Path(out), (part.encode() for part in parts))


def _write_network(recorded: Run, form: str, path: Path, epoch: int | None) -> int:
    """Write the network as it was after an epoch, or at the run's end, and print the code that runs it."""
    from nntui.runs.export import onnx, source, weights
    from nntui.runs.rewind import end_of, rewind

    session = end_of(recorded).rerun.session if epoch is None else rewind(recorded, epoch)
    writer, code = {
        "npz": (weights.npz, source.numpy_code),
        "safetensors": (weights.safetensors, source.torch_code),
        "onnx": (onnx.onnx, source.onnx_code),
    }[form]
    status = _write(path, [writer(session, str(path))])
    if status == DONE:
        print(_which(session), file=sys.stderr)
        print(code(session, str(path)))
    return status


def _which(session: Session) -> str:
    """The network that was written: its moment, and how good it is."""
    from nntui.commandline.reports import figures

    restored = session.restored_epoch
    weights = f", best weights of epoch {restored:,} restored" if restored else ""
    return f"the network at step {session.step:,}, epoch {session.epoch:,}{weights}: {figures(session)}"


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


def _write(path: Path, parts: Iterable[bytes]) -> int:
    try:
        with path.open("wb") as file:
            for part in parts:
                file.write(part)
    except OSError as error:
        if os.path.isfile(path):
            with contextlib.suppress(OSError):
                path.unlink()  # half a file is worse than none
        print(f"nntui: {path}: {reason_of(error)}", file=sys.stderr)
        return FAILED
    print(f"wrote {path}", file=sys.stderr)
    return DONE
