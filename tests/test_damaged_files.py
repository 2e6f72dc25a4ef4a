"""Damaged and hostile files of every kind: every command succeeds or says in one line what is wrong with them."""

from __future__ import annotations

import base64
import json
import random
import shutil
import traceback
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nntui.experiment.library import preset_folder
from nntui.runs import archive, checkpoints, journal, scalars
from nntui.training.commands import Set
from tests.commandline.running import Nntui, Said
from tests.runs.recordings import recorded
from tests.training.runs import experiment

MOST_MEMORY = 400 << 20  # bytes that a command may take for a small file
NAMES = ("preset.toml", "table.csv", "lesson.toml", "challenge.toml", "config.toml", "progress.json")
ODD: tuple[Any, ...] = (
    None, True, -1, 0, 2**70, 1e308, "", "x" * 5000, "\x1b[31m", "\ud800", [], {}, [[]], [1, "x"], {"array": 0},
    {"array": -1}, {"array": 10**9}, {"float": "nan"}, {"float": []}, {"a": {"b": {}}},
)  # fmt: skip


@pytest.fixture
def nntui(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Nntui:
    monkeypatch.setenv("NNTUI_RUNS", str(tmp_path / "runs"))
    return Nntui(capsys)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with checkpoints and changes."""
    script = [(20, Set("schedule.scale", 0.5)), (40, Set("network.activation", "relu"))]
    return recorded(tmp_path_factory.mktemp("sound"), experiment(training__epochs=12), script)


def nested(depth: int) -> Any:
    value: Any = 1
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


def mutated(value: Any, rng: random.Random, odd: tuple[Any, ...] = ODD) -> Any:
    """The same tree with something else in one place, or with a part missing."""
    paths = list(_paths(value))
    path = rng.choice(paths)
    return _replaced(value, path, rng.choice([*odd, _GONE, nested(rng.choice([50, 70, 300]))]))


_GONE = object()


def _paths(value: Any, above: tuple[Any, ...] = ()) -> Any:
    yield above
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _paths(inner, (*above, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value[:20]):
            yield from _paths(inner, (*above, index))


def _replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return None if new is _GONE else new
    copy = dict(value) if isinstance(value, dict) else list(value)
    if new is _GONE and len(path) == 1:
        del copy[path[0]]
    else:
        copy[path[0]] = _replaced(value[path[0]], path[1:], new)
    return copy


def damaged(content: bytes, rng: random.Random) -> bytes:
    """Bytes changed, lost, doubled or cut off."""
    at, length = rng.randrange(len(content) + 1), rng.choice([1, 4, 100])
    return rng.choice(
        [
            content[:at],
            content[:at] + rng.randbytes(length) + content[at + length :],
            content[:at] + content[at + length :],
            content[:at] + content[at : at + length] * 3 + content[at + length :],
            content[:at] + b"\0" * length + content[at + length :],
            content[:at] + b"[" * 5000 + content[at:],
            rng.randbytes(length),
        ]
    )


# ---- one change of one file of a run


def damage_bytes(run: Path, rng: random.Random) -> None:
    files = sorted(path for path in run.rglob("*") if path.is_file() and path.name != "lock")
    path = rng.choice([*files, *(run / name for name in ("experiment.toml", "summary.json", "journal.jsonl"))])
    path.write_bytes(damaged(path.read_bytes(), rng))


def change_summary(run: Path, rng: random.Random) -> None:
    path = run / "summary.json"
    path.write_text(json.dumps(mutated(json.loads(path.read_text()), rng)), errors="replace")


def change_journal(run: Path, rng: random.Random) -> None:
    lines = (run / journal.NAME).read_bytes().splitlines(keepends=True)
    at = rng.randrange(len(lines))
    record = json.loads(lines[at])
    del record["sum"]
    changed = mutated(record, rng)
    body = json.dumps(changed).encode()
    lines[at] = body[:-1] + b', "sum": %d}\n' % zlib.crc32(body) if isinstance(changed, dict) else body + b"\n"
    if rng.random() < 0.2:
        rng.shuffle(lines)
    (run / journal.NAME).write_bytes(b"".join(lines))


def change_scalars(run: Path, rng: random.Random) -> None:
    rows = scalars.read_scalars(run).rows.copy()
    rows[rng.randrange(len(rows)), rng.randrange(rows.shape[1])] = rng.choice([np.nan, np.inf, -1.0, 0.0, 1e300, 2**53])
    (run / scalars.NAME).write_bytes(scalars.MAGIC + scalars.block(rows))


def change_checkpoint(run: Path, rng: random.Random) -> None:
    """As a program that knows the format would: what is wrong is what it holds."""
    for path in sorted((run / checkpoints.FOLDER).iterdir()):
        odd = (*ODD, np.zeros(3), np.zeros((0, 5)), np.full(7, np.nan), np.array(2), np.zeros(1, np.uint8))
        path.write_bytes(archive.pack(_packable(mutated(archive.unpack(path), rng, odd))))


def _packable(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _packable(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_packable(item) for item in value]
    return value.encode(errors="replace").decode() if isinstance(value, str) else value


def lose_file(run: Path, rng: random.Random) -> None:
    path = rng.choice(sorted(run.rglob("*")))
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    if rng.random() < 0.5:
        path.mkdir()


CHANGES: tuple[Callable[[Path, random.Random], None], ...] = (
    damage_bytes, change_summary, change_journal, change_scalars, change_checkpoint, lose_file,
)  # fmt: skip


def seeds(few: int, many: int) -> list[Any]:
    """Of the first few in every session, of the others only when slow tests are asked for."""
    return [pytest.param(seed, marks=[pytest.mark.slow] if seed >= few else []) for seed in range(many)]


def commands(run: Path, out: Path) -> list[list[str | Path]]:
    return [
        ["runs"],
        ["runs", "--json"],
        ["check", run / "experiment.toml"],
        ["train", run / "experiment.toml", "--epochs", "1", "--no-record"],
        ["compare", run.name, run.name],
        ["share", run.name],
        ["replay", run.name, "--verify"],
        *(["export", run.name, "--to", form, "--out", out / form] for form in ("csv", "preset", "npz", "tensorboard")),
        ["export", run.name, "--to", "npz", "--epoch", "3", "--out", out / "third"],
        ["runs", "pin", run.name],
        ["resume", run.name, "--headless"],
    ]


def is_clear(said: Said) -> bool:
    """Done, or one line for each fault; never a traceback."""
    return said.status in (0, 1, 2) and "Traceback" not in said.err and (said.status != 2 or bool(said.err.strip()))


def tried(nntui: Nntui, *words: str | Path) -> Said:
    """What a command says; an exception out of it is a fault of the program."""
    try:
        return nntui(*words)
    except Exception:
        return Said(-1, "", f"Traceback: {traceback.format_exc()}")


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("seed", seeds(1, 20))
def test_runs_with_a_damaged_file_are_told_in_words(
    nntui: Nntui, sound: Path, tmp_path: Path, change: Callable[[Path, random.Random], None], seed: int
) -> None:
    run = tmp_path / "runs" / sound.name
    shutil.copytree(sound, run)
    rng = random.Random(f"{change.__name__} {seed}")
    change(run, rng)
    tracemalloc.start()
    try:
        for words in commands(run, tmp_path):
            said = tried(nntui, *words)
            assert is_clear(said), (words, said)
        assert tracemalloc.get_traced_memory()[1] < MOST_MEMORY
    finally:
        tracemalloc.stop()


# ---- files that people write


def texts(folder: Path) -> dict[str, tuple[str, list[str]]]:
    """A sound file of each kind, and the commands that read it."""
    return {
        "preset.toml": (
            'name = "mine"\nabout = "x"\n[data]\nname = "csv"\npath = "table.csv"\ntarget = "kind"\n[network]\n'
            'hidden = [4, 3]\nactivation = "tanh"\n[optimizer]\nname = "sgd"\nlearning_rate = 0.1\n'
            "[training]\nepochs = 2\n",
            ["check {}", "train {} --no-record", "lr-range {} --steps 20"],
        ),
        "table.csv": (
            "a,b,kind\n" + "".join(f"{i},{i % 7}.5,{'xyz'[i % 3]}\n" for i in range(40)),
            ["check preset.toml", "train preset.toml --no-record"],
        ),
        "lesson.toml": (
            'title = "T"\npreset = "preset.toml"\norder = 3\n[[steps]]\ntext = "x"\nuntil = "epoch > 3 and loss < 1"\n'
            'remember.n = "epoch"\n[[steps]]\ntext = "y"\nquestion = "q"\nanswers = ["a", "b"]\nright = 1\n'
            'because = "z"\n'
            '[summary]\ntext = "{n}"\n',
            ["check {}", "learn {}"],
        ),
        "challenge.toml": (
            (preset_folder() / "challenges" / "by-heart.toml").read_text(encoding="utf-8"),
            ["check {}", "learn {}"],
        ),
        "config.toml": ('theme = "nord"\nruns = "runs"\n[keys]\nrun.pause = "f5"\n', ["resume last --config {}"]),
        "progress.json": (
            json.dumps({"version": 1, "records": {"a": {"title": "x", "steps": 1, "answers": {"1": ["b"]}}}}),
            ["learn --list", "learn --export"],
        ),
    }


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", seeds(3, 40))
def test_damaged_files_of_people_are_told_in_words(
    nntui: Nntui, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, seed: int
) -> None:
    files = texts(tmp_path)
    for each, (text, _) in files.items():
        (tmp_path / each).write_text(text, encoding="utf-8")
    monkeypatch.setenv("NNTUI_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.delenv("NNTUI_RUNS")
    rng = random.Random(f"{name} {seed}")
    content = files[name][0].encode()
    for _ in range(rng.choice([1, 1, 3])):
        content = damaged(content, rng)
    if name.endswith(".json") and rng.random() < 0.5:
        content = json.dumps(mutated(json.loads(files[name][0]), rng)).encode()
    (tmp_path / name).write_bytes(content)
    for command in files[name][1]:
        words = [tmp_path / (name if word == "{}" else word) if word == "{}" or "." in word else word
                 for word in command.split()]  # fmt: skip
        said = tried(nntui, *words)
        assert is_clear(said), (words, said)


@pytest.mark.parametrize("seed", seeds(10, 60))
def test_damaged_lines_are_told_in_words(nntui: Nntui, sound: Path, tmp_path: Path, seed: int) -> None:
    line = nntui("share", sound.name, "--runs", sound.parent).out.strip()
    rng = random.Random(seed)
    record = json.loads(zlib.decompress(_unpacked(line)[4:]))
    content = json.dumps(mutated(record, rng)).encode()
    packed = zlib.crc32(content).to_bytes(4, "big") + zlib.compress(content)
    lines = [_line(packed), damaged(line.encode(), rng).decode(errors="surrogateescape").replace("\0", "")]
    for each in lines:
        said = tried(nntui, "open", each, "--show")
        assert is_clear(said), said


def _unpacked(line: str) -> bytes:
    body = line.partition(".")[2]
    return base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))


def _line(packed: bytes) -> str:
    return "nntui1." + base64.urlsafe_b64encode(packed).decode().rstrip("=")


@pytest.mark.parametrize(
    "state", [nested(300), {}, {"loop": np.zeros(3)}, [0] * 300_000], ids=["deep", "empty", "an array", "many"]
)
def test_checkpoints_that_hold_something_else_are_passed_over(
    nntui: Nntui, sound: Path, tmp_path: Path, state: Any
) -> None:
    run = tmp_path / "runs" / sound.name
    shutil.copytree(sound, run)
    path = sorted((run / checkpoints.FOLDER).iterdir())[-1]
    tree = archive.unpack(path)
    tree["state"] = {**tree["state"], "loop": state} if not isinstance(state, dict) else state
    path.write_bytes(archive.pack(tree))
    tracemalloc.start()
    try:
        for words in (["replay", run.name, "--verify"], ["export", run.name, "--to", "npz", "--out", tmp_path / "npz"]):
            assert is_clear(tried(nntui, *words))
        assert tracemalloc.get_traced_memory()[1] < MOST_MEMORY
    finally:
        tracemalloc.stop()
