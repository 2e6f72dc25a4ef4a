"""``nntui list``: what there is to choose from."""

from __future__ import annotations

import argparse
import json
import shutil
import textwrap
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from nntui.cli import DONE
from nntui.experiment import PresetError, list_presets, read_preset, topic_of

# What else is told of an entry, and how the line begins; "" where it has a line of its own.
_TRAITS = {
    "derivative": "",
    "saturated": "saturated",
    "dead": "dead",
    "setting": "set by",
    "also": "also called",
    "misleads": "misleads",
}


def run(values: argparse.Namespace) -> int:
    """Print the presets; with ``--all`` everything that can be chosen by name."""
    groups: dict[str, list[dict[str, Any]]] = {"presets": _presets()}
    if values.all:
        groups |= _registries()
    if values.json:
        print(json.dumps(groups, indent=2, ensure_ascii=False))
    else:
        width = min(shutil.get_terminal_size((100, 24)).columns, 120)
        by_topic = [(topic, list(rows)) for topic, rows in groupby(groups.pop("presets"), lambda row: row["topic"])]
        names = "presets: " if values.all else ""
        column = max((len(row["name"]) for _, rows in by_topic for row in rows), default=0) + 2
        shown = [_shown(f"{names}{topic or 'others'}", rows, width, column) for topic, rows in by_topic]
        print("\n\n".join([*shown, *(_shown(name, rows, width) for name, rows in groups.items())]))
    return DONE


def _presets() -> list[dict[str, Any]]:
    rows = []
    for name, path in list_presets():
        try:
            about = read_preset(path).about
        except PresetError as error:
            about = f"has faults: {error.faults[0]}"
        rows.append({"name": name, "topic": topic_of(name), "meaning": " ".join(about.split()), "path": str(path)})
    return rows


def _registries() -> dict[str, list[dict[str, Any]]]:
    from nntui.data.derived import DERIVED_INPUTS
    from nntui.data.registry import DATASETS
    from nntui.nn import registry
    from nntui.training.diagnosis.catalogue import RULES

    tables: dict[str, Mapping[str, Any]] = {
        "data sets": DATASETS,
        "derived inputs": DERIVED_INPUTS,
        "activations": registry.ACTIVATIONS,
        "initializers": registry.INITIALIZERS,
        "losses": registry.LOSSES,
        "optimizers": registry.OPTIMIZERS,
        "schedules": registry.SCHEDULES,
        "regularization": registry.REGULARIZERS,
        "diagnoses": RULES,
        "batches": registry.BATCHES,
        "range test": registry.RANGE_RULES,
    }
    return {title: [_row(entry) for entry in table.values()] for title, table in tables.items()}


def _row(entry: Any) -> dict[str, Any]:
    row = {
        field: getattr(entry, field)
        for field in ("name", "meaning", "formula", "source", "licence")
        if getattr(entry, field, "")
    }
    traits = getattr(entry, "traits", {})
    row |= {trait: ", ".join(traits[trait]) for trait in _TRAITS if trait in traits}
    return row | {"options": entry.defaults()}


def _shown(title: str, rows: list[dict[str, Any]], width: int, column: int = 0) -> str:
    column = column or max((len(row["name"]) for row in rows), default=0) + 2
    lines = [title.upper()]
    for row in rows:
        details = [row["meaning"]]
        if "formula" in row:
            details.append(row["formula"])
        if "derivative" in row:
            details.append(row["derivative"])
        if "source" in row:
            details.append(f"[{row['source']}]")
        details += [f"{said}: {row[trait]}" for trait, said in _TRAITS.items() if said and trait in row]
        if row.get("options"):
            options = (f"{name} = {_value(value)}" for name, value in row["options"].items())
            details.append("options: " + ", ".join(options))
        text = [
            line for part in details for line in textwrap.wrap(part, max(20, width - column), break_on_hyphens=False)
        ]
        lines += [f"{row['name'] if index == 0 else '':<{column}}{line}" for index, line in enumerate(text or [""])]
    return "\n".join(lines)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(map(str, value)) + "]"
    return '""' if value == "" else str(value)
