"""An experiment as the text of a preset, with a comment to every value."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from nntui.experiment.experiment import Experiment
from nntui.experiment.parameter import Parameter
from nntui.experiment.settings import LayerSettings, NetworkSettings
from nntui.experiment.table import LAYER_PARAMETERS, PARAMETERS, SECTIONS

_COMMENT_COLUMN = 34


def emit(experiment: Experiment) -> str:
    """TOML that reads back as the same experiment. Options left at their default stand there as comments."""
    lines = [f"name = {_value(experiment.name)}"]
    for key in ("about", "watch", "try", "question", "answer"):
        text = getattr(experiment, "try_" if key == "try" else key)
        if text:
            lines.append(f"{key} = {_text(text)}")
    for section in SECTIONS:
        lines += ["", f"[{section}]", *_section(experiment, section)]
    if experiment.mended:
        lines += ["", "[mended]", *(f"{name} = {_value(value)}" for name, value in experiment.mended.items())]
    return "\n".join(lines) + "\n"


def _section(experiment: Experiment, section: str) -> Iterator[str]:
    settings = getattr(experiment, section)
    used = {row.label: row for row in experiment.parameters() if row.section == section and row.used_by}
    for item in fields(settings):
        if item.name == "options":
            continue
        if item.name == "layers":
            if _short(settings):
                yield _line(PARAMETERS["network.hidden"], list(settings.hidden))
            continue
        yield _line(PARAMETERS[f"{section}.{item.name}"], getattr(settings, item.name))
        if item.name == "name":
            yield from _options(experiment, settings.options, used)
    if section == "network":
        yield from _options(experiment, settings.options, used)
        if not _short(settings):
            for layer in settings.layers:
                yield from _layer(layer)


def _options(experiment: Experiment, given: Any, used: dict[str, Parameter]) -> Iterator[str]:
    for label, row in used.items():
        if label in given:
            yield _line(row, given[label])
        else:
            yield "# " + _line(row, experiment.value(row.name))


def _short(network: NetworkSettings) -> bool:
    return all(layer == LayerSettings(layer.size) for layer in network.layers)


def _layer(layer: LayerSettings) -> Iterator[str]:
    yield ""
    yield "[[network.layers]]"
    for item in fields(layer):
        value = getattr(layer, item.name)
        if item.name == "options":
            for label, option in value.items():
                yield _line(LAYER_PARAMETERS[label], option)
        elif value is not None:
            yield _line(LAYER_PARAMETERS[item.name], value)


def _line(row: Parameter, value: Any) -> str:
    """``momentum = 0.9    # meaning; unit``"""
    assignment = f"{row.name.rsplit('.', 1)[1]} = {_value(value)}"
    return f"{assignment:<{_COMMENT_COLUMN}} # {row.meaning}"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return repr(value)


def _quoted(text: str) -> str:
    """A basic string; JSON's escapes are TOML's, but for the delete character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _text(text: str) -> str:
    """Several lines as a multi-line string, one line as a plain one."""
    if "\n" not in text:
        return _value(text)
    inner = "\n".join(_quoted(line)[1:-1] for line in text.split("\n"))
    return f'"""\n{inner}\n"""'
