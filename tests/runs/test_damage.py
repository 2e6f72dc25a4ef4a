"""Files that are truncated, flipped, foreign, of the future or hostile: one line with the file's name, and no more."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nntui.runs import archive, journal
from nntui.runs.catalogue import list_runs, remove_run
from nntui.runs.checkpoints import numbers
from nntui.runs.errors import RunError
from nntui.runs.resume import resume
from nntui.runs.rewind import end_of, rewind
from nntui.runs.run import open_run
from nntui.runs.verify import first_difference, same
from nntui.training.commands import Set
from tests.runs.recordings import recorded
from tests.training.runs import experiment


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    script = [(20, Set("schedule.scale", 0.5)), (44, Set("training.batch_size", 20))]
    return recorded(tmp_path_factory.mktemp("whole"), experiment(training__epochs=12), script)


@pytest.fixture
def run(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / whole.name))


def read_all(folder: Path) -> None:
    """Everything that reads a run."""
    opened = open_run(folder)
    opened.scalars()
    end_of(opened)
    rewind(opened, 3)
    first_difference(opened)


def complaint(folder: Path) -> str:
    """What reading everything ends with; empty where all can be read."""
    try:
        read_all(folder)
    except RunError as error:
        return str(error)
    return ""


FILES = ("experiment.toml", "journal.jsonl", "scalars.bin", "summary.json", "checkpoints/000001.npz")


@pytest.mark.parametrize("name", FILES)
def test_flipped_bits_and_cuts_are_one_line_or_harmless(run: Path, name: str) -> None:
    path = run / name
    content = path.read_bytes()
    dice = random.Random(name)
    for _ in range(12):
        at = dice.randrange(len(content))
        flipped = bytes([content[at] ^ 1 << dice.randrange(8)]) + content[at + 1 :]
        path.write_bytes(content[:at] + (b"" if dice.random() < 0.3 else flipped))
        said = complaint(run)
        assert "\n" not in said
        assert not said or str(run) in said
        listed = list_runs(run.parent)
        assert [item.path for item in listed] == [run]
        assert "\n" not in listed[0].fault


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 500, b"[" * 100_000, b"{}\n", b"\xff\xfe\x00 1", b"PK\x05\x06" + b"\0" * 18]
)
def test_foreign_content(run: Path, name: str, content: bytes) -> None:
    (run / name).write_bytes(content)
    said = complaint(run)
    assert "\n" not in said
    if name.startswith(("summary", "checkpoints")):
        assert not said, "the run can do without it"
    else:
        assert name in said


def test_versions_of_the_future_say_so(run: Path) -> None:
    first, _, rest = (run / "journal.jsonl").read_bytes().partition(b"\n")
    assert b'"version": 1' in first
    (run / "journal.jsonl").write_bytes(journal.sealed({"journal": "nntui", "version": 2}) + rest)
    with pytest.raises(RunError, match=r"journal\.jsonl:1: written by a later nntui"):
        open_run(run)
    (run / "scalars.bin").write_bytes(b"nntui scalars 2\n")
    (run / "summary.json").write_text(json.dumps({"version": 7}))
    assert "written by a later nntui" in list_runs(run.parent)[0].fault


def test_other_runs_still_list(run: Path) -> None:
    (run.parent / "foreign").mkdir()
    (run.parent / "zz-file").write_text("not a folder")
    listed = list_runs(run.parent)
    assert [item.path.name for item in listed] == ["foreign", run.name]
    assert listed[1].summary is not None
    with pytest.raises(RunError, match="not the folder of a run"):
        remove_run(run.parent / "foreign")


def test_a_damaged_checkpoint_is_passed_over(run: Path) -> None:
    wanted = end_of(open_run(run)).rerun.session.state_dict()["loop"]
    last = numbers(run)[-1]
    path = run / "checkpoints" / f"{last:06d}.npz"
    path.write_bytes(path.read_bytes()[:-200])
    reached = end_of(open_run(run))
    assert same(reached.rerun.session.state_dict()["loop"], wanted)
    assert path.name in reached.notes[0]


def _archive(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        for name, content in members.items():
            target.writestr(name.replace("__", "."), content)
    return file.getvalue()


def _array(header: str, body: bytes = b"") -> bytes:
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + body


def _bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("meta.npy", b"\0" * 50_000_000)
    return file.getvalue()


def _pickle() -> bytes:
    file = io.BytesIO()
    np.savez(file, meta=np.array([os.system], dtype=object))
    return file.getvalue()


HUGE = "{'descr': '<f8', 'fortran_order': False, 'shape': (10000000000000,)}\n"
META = archive.pack({"a": np.zeros(3)})


@pytest.mark.parametrize(
    "make",
    [
        lambda: _archive(meta__npy=_array(HUGE)),
        lambda: _archive(**{"../../evil": b"x", "meta__npy": b""}),
        lambda: _archive(**{"/etc/evil.npy": b"x"}),
        lambda: _archive(meta__npy=_array("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}\n", b"\0" * 8)),
        lambda: _archive(meta__npy=_array("__import__('os').system('true')\n")),
        lambda: _archive(meta__npy=_array("{'descr': '|u1', 'fortran_order': False, 'shape': (-1,)}\n")),
        lambda: _archive(meta__npy=_array("{'descr': '|u1', 'fortran_order': False, 'shape': (2,)}\n", b"[[")),
        _bomb,
        _pickle,
        lambda: META[:-10],
        lambda: META.replace(b'{"array": 0}', b'{"array": 9}'),
    ],
)
def test_hostile_archives(tmp_path: Path, make: Callable[[], bytes]) -> None:
    path = tmp_path / "000001.npz"
    path.write_bytes(make())
    with pytest.raises(RunError, match=r"000001\.npz") as raised:
        archive.unpack(path)
    assert "\n" not in str(raised.value)
    assert [item.name for item in tmp_path.iterdir()] == ["000001.npz"]


def test_a_half_line_after_a_crash_is_dropped_with_a_note(run: Path) -> None:
    for name in ("journal.jsonl", "scalars.bin"):
        with (run / name).open("ab") as file:
            file.write(b'{"command": "set", "na' if name == "journal.jsonl" else b"\x05\0\0\0abc")
    taken = resume(run)
    taken.recorder.close()
    assert sum("not whole, and is dropped" in note for note in taken.notes) == 2
    read_all(run)
    again = resume(run)
    again.recorder.close()
    assert not again.notes


def test_a_damaged_summary_is_made_anew(run: Path) -> None:
    (run / "summary.json").write_bytes(b"{")
    resume(run).recorder.close()
    summary = list_runs(run.parent)[0].summary
    assert summary is not None
    assert (summary.epochs, summary.state) == (12, "finished")


def test_a_recording_of_something_else_is_found_out(run: Path) -> None:
    text = (run / "experiment.toml").read_text()
    (run / "experiment.toml").write_text(text.replace("learning_rate = 0.1 ", "learning_rate = 0.2 "))
    assert first_difference(open_run(run)) == 1
    rows = open_run(run).scalars().rows
    assert len(rows) == 12


def test_a_tree_comes_back(tmp_path: Path) -> None:
    tree = {
        "a": [1, 2.5, float("inf"), -float("inf"), None, True, "ü", {"b": np.arange(6.0).reshape(2, 3)}],
        "big": 2**127 + 1,
        "empty": np.zeros((0, 3), np.float32),
        "scalar": np.float32(0.1),
        "flags": np.array([True, False]),
    }
    path = tmp_path / "x.npz"
    path.write_bytes(archive.pack(tree))
    assert same(archive.unpack(path), {**tree, "scalar": float(np.float32(0.1))})
