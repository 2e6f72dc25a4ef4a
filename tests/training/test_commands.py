"""Commands from JSON that anybody may have written: of the right types, or refused in one line."""

from __future__ import annotations

from typing import Any

import pytest

from nntui.training.commands import Command, Pace, Redraw, Set, SetWeight, Silence, Step, from_json, to_json


@pytest.mark.parametrize(
    "command",
    [
        Step(3, "epoch"), Pace(None), Pace(2.5), Pace(3), Redraw(0, (1, 2), True, "auto", 5), Redraw(), Silence(0, 2),
        SetWeight(0, 1, -1, 2.5), Set("network.hidden", (3, 4)), Set("data.features", ("x1", "x2")), Set("a", True),
        Set("data.features", ()),
    ],
)  # fmt: skip
def test_what_was_written_reads_back(command: Command) -> None:
    record: dict[str, Any] = {
        name: list(value) if isinstance(value, tuple) else value for name, value in to_json(command).items()
    }
    assert from_json(record) == command


@pytest.mark.parametrize(
    "record",
    [
        {"command": "set_weight", "layer": "x", "unit": 0, "source": 0, "value": 1.0},
        {"command": "set_weight", "layer": True, "unit": 0, "source": 0, "value": 1.0},
        {"command": "set_weight", "layer": 0, "unit": 0, "source": 0, "value": "1"},
        {"command": "silence", "layer": None, "unit": [1]},
        {"command": "redraw", "units": ["a"]},
        {"command": "redraw", "seed": 10**3000},
        {"command": "set", "name": "optimizer.name", "value": {"a": 1}},
        {"command": "set", "name": 3, "value": 1},
        {"command": "set", "name": "a", "value": [1, "b"]},
        {"command": "pace", "epochs_per_second": "fast"},
        {"command": "step", "count": 1, "unit": "year"},
        {"command": "rewind"},
        {"command": ["rewind"]},
    ],
)
def test_anything_else_is_refused(record: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"command|missing") as fault:
        from_json(record)
    assert len(str(fault.value)) < 200
