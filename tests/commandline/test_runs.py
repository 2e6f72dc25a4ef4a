"""``nntui runs``: a tree of branches and groups, and what is done with runs."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from nntui.commandline.runs_tree import DEEPEST, tree
from nntui.runs.catalogue import Listed, list_runs
from nntui.runs.fork import fork_at_epoch
from nntui.runs.run import open_run
from nntui.runs.summary import Summary, read_summary, write_summary
from nntui.training.commands import Set
from tests.commandline.running import COMMAND, ROOT, Nntui, finish, start, strict_json
from tests.runs.recordings import play, recorded
from tests.training.runs import experiment


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "runs"
    monkeypatch.setenv("NNTUI_RUNS", str(folder))
    return folder


def branch_of(folder: Path, epoch: int, factor: float) -> Path:
    """A branch that begins after this epoch with another learning rate."""
    fork = fork_at_epoch(open_run(folder), epoch)
    recorder, command = fork.branch(), Set("schedule.scale", factor)
    recorder.commanded(command, fork.session.apply(command))
    play(fork.session, recorder)
    recorder.close()
    return recorder.folder


def listed(name: str, parent: str = "", group: str = "") -> Listed:
    return Listed(Path(name), Summary(name, "xor", "XOR", "2026-01-01T00:00:00Z", parent=parent, group=group))


def drawn(*runs: Listed) -> list[str]:
    return ["  " * line.depth + (line.run.path.name if line.run else "group") for line in tree(runs)]


def test_branches_stand_below_what_they_left() -> None:
    assert drawn(listed("d"), listed("c", "a"), listed("b", "a"), listed("a")) == ["d", "a", "  b", "  c"]
    assert drawn(listed("c", "b"), listed("b", "a"), listed("a")) == ["a", "  b", "    c"]
    assert drawn(listed("b", "gone"), listed("a")) == ["b", "a"]


def test_a_group_has_a_heading() -> None:
    runs = (listed("d"), listed("c", group="g"), listed("b", group="g"), listed("a", group="h"))
    assert drawn(*runs) == ["d", "group", "  b", "  c", "a"]
    assert drawn(listed("e", "b"), *runs) == ["d", "group", "  b", "    e", "  c", "a"]


def test_damaged_parents_lose_no_run() -> None:
    assert drawn(listed("a", "a")) == ["a"]
    assert sorted(line.strip() for line in drawn(listed("c", "b"), listed("b", "c"), listed("a"))) == ["a", "b", "c"]
    chain = [listed("r0"), *(listed(f"r{index}", f"r{index - 1}") for index in range(1, 3000))]
    lines = tree(chain)
    assert len(lines) == 3000
    assert max(line.depth for line in lines) == DEEPEST


def test_a_branch_is_listed_with_what_changed_and_outlives_its_parent(nntui: Nntui, runs: Path) -> None:
    first = recorded(runs, experiment(training__epochs=8))
    branch = branch_of(first, 5, 0.25)
    said = nntui("runs")
    lines = said.out.splitlines()
    assert lines[0].endswith("CHANGED")
    assert lines[1].startswith(first.name)
    assert lines[2].startswith(f"└ {branch.name}")
    assert lines[2].endswith(read_summary(branch).label)
    assert "0.1 → 0.025" in lines[2]
    records = {record["id"]: record for record in map(strict_json, nntui("runs", "--json").out.splitlines())}
    assert records[branch.name]["parent"] == first.name
    assert records[branch.name]["parent_epoch"] == 5
    assert records[first.name]["parent"] is None
    said = nntui("runs", "rm", first.name)
    assert said.status == 0
    assert branch.name in said.err
    assert nntui("replay", branch.name, "--verify").status == 0
    assert [one.path for one in list_runs(runs)] == [branch]


def test_without_branches_the_table_has_no_column_for_them(nntui: Nntui, runs: Path) -> None:
    recorded(runs, experiment(training__epochs=2))
    assert "CHANGED" not in nntui("runs").out


@pytest.mark.slow
def test_a_group_is_listed_pinned_and_removed_as_one(nntui: Nntui, runs: Path) -> None:
    alone = recorded(runs, experiment(training__epochs=2))
    group = nntui("train", "xor", "--seeds", "3", "--epochs", "2", "--json").events[-1]["group"]
    lines = nntui("runs").out.splitlines()
    assert lines[1].startswith(group)
    assert "3 seeds" in lines[1]
    assert all(line.startswith("└ ") for line in lines[2:5])
    assert nntui("runs", "pin", group).status == 0
    assert sum(one.pinned for one in list_runs(runs)) == 3
    assert nntui("runs", "rm", group).status == 0
    assert [one.path for one in list_runs(runs)] == [alone]


def test_many_runs_with_absurd_summaries_still_list(nntui: Nntui, runs: Path) -> None:
    first = recorded(runs, experiment(training__epochs=2))
    other = recorded(runs, experiment(training__epochs=2))
    write_summary(first, replace(read_summary(first), parent=other.name, group="x" * 900))
    write_summary(other, replace(read_summary(other), parent=first.name, label="lr"))
    (runs / "junk").mkdir()
    (runs / "20260101-000000-x-0000").mkdir()
    said = nntui("runs")
    assert said.status == 0
    assert first.name in said.out
    assert other.name in said.out
    assert "damaged" in said.out


def test_an_output_without_our_characters_gets_others(
    nntui: Nntui, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    branch_of(recorded(runs, experiment(training__epochs=8)), 5, 0.25)
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    said = finish(start("runs"))
    assert said.status == 0
    assert "` 20" in said.out
    assert "0.1 > 0.025" in said.out


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("columns", [80, 100])
def test_a_narrow_terminal_gets_fewer_columns(runs: Path, columns: int) -> None:
    from tests.harness.terminal import Terminal

    folder = recorded(runs, experiment(training__epochs=8))
    with Terminal([*COMMAND, "runs"], columns=columns, rows=10, cwd=ROOT) as terminal:
        assert terminal.wait_exit() == 0
        (line,) = [line for line in terminal.text.splitlines() if folder.name in line]
        assert "finished" in line
