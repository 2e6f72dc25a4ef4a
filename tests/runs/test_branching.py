"""Branches in the list of runs: as a tree, by their names, and where their files are not what they should be."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nntui.experiment import Experiment
from nntui.runs.branching import tree
from nntui.runs.catalogue import interrupted, list_runs, make_room
from nntui.runs.errors import RunError
from nntui.runs.fork import fork_at_epoch, fork_at_point
from nntui.runs.labels import label_of
from nntui.runs.lock import Lock
from nntui.runs.recorder import record
from nntui.runs.run import open_run
from nntui.runs.summary import Summary, read_summary, write_summary
from nntui.runs.verify import first_difference
from nntui.training.commands import Set
from nntui.training.events import Changed, Edited
from nntui.training.session import Session
from tests.runs.recordings import Clock, play, recorded
from tests.training.runs import experiment

STEPS = 7


def listed(runs: Path, name: str, parent: str = "", step: int = 0, **fields: Any) -> str:
    """A run that is only listed."""
    identifier = f"20260101-{name}-xor-0000"
    (runs / identifier).mkdir(parents=True)
    parent = f"20260101-{parent}-xor-0000" if parent else ""
    values: dict[str, Any] = {"state": "stopped", "parent_epoch": step // 5, **fields}
    summary = Summary(identifier, "xor", "XOR", "2026-01-01T00:00:00Z", parent=parent, parent_step=step, **values)
    write_summary(runs / identifier, summary)
    return identifier


def branch(runs: Path, parent: Path, epoch: int, change: Set) -> Path:
    """A branch of a recorded run, with a change and three epochs."""
    fork = fork_at_epoch(open_run(parent), epoch)
    recorder = fork.branch()
    recorder.commanded(change, fork.session.apply(change))
    play(fork.session, recorder, until=fork.session.step + 3 * STEPS)
    recorder.close()
    return recorder.folder


def test_a_tree_is_told_from_its_first_run_on(tmp_path: Path) -> None:
    root = listed(tmp_path, "000001")
    late = listed(tmp_path, "000002", "000001", 50, label="lr 0.1 → 0.03 at 10")
    early = listed(tmp_path, "000003", "000001", 20)
    below = listed(tmp_path, "000004", "000002", 60, label="batch 10 → 20 at 12")
    listed(tmp_path, "000009")
    for asked in (root, late, early, below):
        found = tree(tmp_path, asked)
        assert [(node.id, node.depth, node.parent) for node in found.nodes] == [
            (root, 0, ""),
            (early, 1, root),
            (late, 1, root),
            (below, 2, late),
        ]
        assert [node.label for node in found.nodes] == [
            "xor",
            "again from 4",
            "lr 0.1 → 0.03 at 10",
            "batch 10 → 20 at 12",
        ]
        assert found.run == asked
    assert [node.id for node in found.branches_of(root)] == [early, late]
    assert found.find(below) == found.nodes[3]
    assert tree(tmp_path, "nothing").nodes == ()


def test_parents_that_cannot_be_make_no_tree(tmp_path: Path) -> None:
    one = listed(tmp_path, "000001", "000002")
    other = listed(tmp_path, "000002", "000001")
    itself = listed(tmp_path, "000003", "000003")
    orphan = listed(tmp_path, "000004", "777777")
    assert {node.id for node in tree(tmp_path, one).nodes} == {one, other}
    assert [node.id for node in tree(tmp_path, itself).nodes] == [itself]
    assert [(node.id, node.parent) for node in tree(tmp_path, orphan).nodes] == [(orphan, "")]


@pytest.mark.parametrize(
    "parent", ["../../etc", "/etc", "itself", "20260101-000000-gone-0000", "another experiment", "another past"]
)
def test_a_parent_that_is_none_is_not_gone_back_to(tmp_path: Path, parent: str) -> None:
    folder = recorded(tmp_path, experiment(training__epochs=6), [(10, Set("schedule.scale", 0.5))])
    if parent == "another experiment":
        parent = recorded(tmp_path, experiment(training__epochs=7)).name
    elif parent == "another past":
        parent = recorded(tmp_path, experiment(training__epochs=6), [(9, Set("schedule.scale", 0.5))]).name
    parent = folder.name if parent == "itself" else parent
    summary = replace(read_summary(folder), parent=parent, parent_epoch=4, parent_step=28, parent_position=3)
    write_summary(folder, summary)
    for fork in (fork_at_epoch(open_run(folder), 2), fork_at_point(open_run(folder), 1, 8)):
        assert fork.run.folder == folder
    assert fork_at_epoch(open_run(folder), 2).step == 2 * STEPS


@pytest.mark.parametrize(
    ("field", "value"),
    [("parent", 3), ("parent", "\x1b[2J"), ("parent_step", -1), ("parent_epoch", 1e300), ("label", "x" * 2000),
     ("last_loss", "nan"), ("parent_position", True), ("epochs", 2**60)],
)  # fmt: skip
def test_an_absurd_summary_is_named_and_the_others_list(tmp_path: Path, field: str, value: object) -> None:
    bad, good = listed(tmp_path, "000001"), listed(tmp_path, "000002")
    path = tmp_path / bad / "summary.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), field: value}))
    with pytest.raises(RunError, match=f"summary.json: {field} is"):
        read_summary(tmp_path / bad)
    assert [run.path.name for run in list_runs(tmp_path) if run.summary] == [good]
    assert [node.id for node in tree(tmp_path, good).nodes] == [good]


def test_a_summary_from_before_there_were_branches_is_read(tmp_path: Path) -> None:
    name = listed(tmp_path, "000001")
    path = tmp_path / name / "summary.json"
    older = {
        key: value
        for key, value in json.loads(path.read_text()).items()
        if not key.startswith(("parent", "label", "last_", "group"))
    }
    path.write_text(json.dumps(older))
    summary = read_summary(tmp_path / name)
    assert (summary.parent, summary.label, summary.last_loss) == ("", "", None)


def test_a_branch_of_a_branch_is_whole_by_itself(tmp_path: Path) -> None:
    root = recorded(tmp_path, experiment(training__epochs=12))
    first = branch(tmp_path, root, 8, Set("schedule.scale", 0.5))
    second = branch(tmp_path, first, 10, Set("training.batch_size", 20))
    third = branch(tmp_path, second, 3, Set("optimizer.name", "adam"))
    assert [read_summary(path).parent for path in (first, second, third)] == [root.name, first.name, root.name]
    assert [read_summary(path).label for path in (first, second, third)] == [
        "lr 0.1 → 0.05 at 8",
        "batch 10 → 20 at 10",
        "sgd → adam at 3",
    ]
    for path in (root, first, second, third):
        assert first_difference(open_run(path)) is None
    assert sorted(path.name for path in (second / "checkpoints").iterdir())[0] == "000001.npz"
    assert [node.depth for node in tree(tmp_path, third.name).nodes] == [0, 1, 1, 2]


def test_the_run_that_is_branched_from_does_not_make_room(tmp_path: Path) -> None:
    names = [listed(tmp_path, f"{number:06d}", bytes=100) for number in range(4)]
    make_room(tmp_path, cap=150, spared=frozenset((names[0],)))
    assert [run.path.name for run in list_runs(tmp_path)] == [names[0]]


def test_half_made_branches_are_cleared_away_when_nobody_makes_them_any_more(tmp_path: Path) -> None:
    run = listed(tmp_path, "000001")
    old, fresh, other = (tmp_path / f".{run}", tmp_path / f".{run[:-1]}1", tmp_path / ".mine")
    for place in (old, fresh, other):
        place.mkdir()
        (place / "journal.jsonl").touch()
    for place in (old, other):
        os.utime(place, (0, 0))
    assert [item.path.name for item in list_runs(tmp_path)] == [run]
    assert make_room(tmp_path) == []
    assert not old.exists()
    assert all(place.exists() for place in (tmp_path / run, fresh, other))


def test_runs_whose_process_died_are_offered_the_newest_first(tmp_path: Path) -> None:
    dead = [listed(tmp_path, f"{number:06d}", state="running") for number in (1, 2)]
    listed(tmp_path, "000003", state="finished")
    listed(tmp_path, "000004", "000001", state="stopped")
    alive = Path(tmp_path / listed(tmp_path, "000005", state="paused"))
    lock = Lock(alive)
    assert lock.take()
    assert [run.path.name for run in interrupted(tmp_path)] == [dead[1]]
    lock.release()
    assert [run.path.name for run in interrupted(tmp_path)] == [alive.name, dead[1]]
    assert interrupted(tmp_path / "nothing") == []


def label(change: Set, **values: Any) -> str:
    session = Session(experiment(**values))
    session.advance(20)
    [event] = session.apply(change)
    assert isinstance(event, Changed)
    return label_of(event, session)


def test_a_change_is_named_by_what_comes_of_it() -> None:
    assert label(Set("schedule.scale", 0.3)) == "lr 0.1 → 0.03 at 2"
    assert label(Set("optimizer.learning_rate", 0.5)) == "lr 0.1 → 0.5 at 2"
    assert label(Set("optimizer.name", "adam")) == "sgd → adam at 2"
    assert label(Set("network.layers.1.activation", "relu")) == "hidden 1 tanh → relu at 2"
    assert label(Set("network.layers.2.dropout", 0.2)) == "hidden 2 dropout 0 → 0.2 at 2"
    assert label(Set("training.batch_size", 20)) == "batch 10 → 20 at 2"
    assert label(Set("training.shuffle", False)) == "shuffle yes → no at 2"
    edited = Edited("silenced unit 3 of hidden 1", 14, 2)
    assert label_of(edited, Session(experiment())) == "silenced unit 3 of hidden 1 at 2"


def test_one_thing_changed_several_times_at_once_is_one_change(tmp_path: Path) -> None:
    fork = fork_at_epoch(open_run(recorded(tmp_path, experiment(training__epochs=6))), 4)
    recorder = fork.branch()
    for value in (0.8, 0.64, 0.5):
        change = Set("schedule.scale", value)
        recorder.commanded(change, fork.session.apply(change))
    play(fork.session, recorder, until=fork.session.step + STEPS)
    recorder.commanded(Set("schedule.scale", 2.0), fork.session.apply(Set("schedule.scale", 2.0)))
    recorder.close()
    assert read_summary(recorder.folder).label == "lr 0.1 → 0.05 at 4"


def test_only_branches_have_a_name_by_their_first_change(tmp_path: Path) -> None:
    session = Session(Experiment().with_values({"data.name": "xor", "training.epochs": 3}))
    recorder = record(tmp_path, session, clock=Clock(0.9))
    recorder.commanded(Set("schedule.scale", 0.5), session.apply(Set("schedule.scale", 0.5)))
    recorder.close()
    assert read_summary(recorder.folder).label == ""
