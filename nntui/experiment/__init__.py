"""The immutable description of everything that decides a run, and how to read it from a preset.

Importing this package does not import NumPy; only building from an experiment (`nntui.experiment.build`) does.
"""

from nntui.experiment.emit import emit
from nntui.experiment.experiment import Experiment
from nntui.experiment.library import DEFAULT_PRESET, TOPICS, find_preset, list_presets, topic_of
from nntui.experiment.parameter import InvalidValue, Parameter, Value
from nntui.experiment.preset import Fault, PresetError, read_preset
from nntui.experiment.settings import (
    DataSettings,
    LayerSettings,
    LossSettings,
    NetworkSettings,
    OptimizerSettings,
    RegularizationSettings,
    ScheduleSettings,
    TrainingSettings,
)
from nntui.experiment.table import PARAMETERS, SECTIONS, parameter, suggest
from nntui.nn.registry import ACTIVATIONS, LOSSES, OPTIMIZERS, SCHEDULES, Entry

__all__ = [
    "ACTIVATIONS",
    "DEFAULT_PRESET",
    "LOSSES",
    "OPTIMIZERS",
    "PARAMETERS",
    "SCHEDULES",
    "SECTIONS",
    "TOPICS",
    "DataSettings",
    "Entry",
    "Experiment",
    "Fault",
    "InvalidValue",
    "LayerSettings",
    "LossSettings",
    "NetworkSettings",
    "OptimizerSettings",
    "Parameter",
    "PresetError",
    "RegularizationSettings",
    "ScheduleSettings",
    "TrainingSettings",
    "Value",
    "emit",
    "find_preset",
    "list_presets",
    "parameter",
    "parse_value",
    "read_preset",
    "suggest",
    "topic_of",
]


def parse_value(name: str, text: str) -> Value:
    """The value of a dotted name written as text (``--set``, the palette).

    Raises:
        InvalidValue: there is no such name, or the text is no value it may have.
    """
    row = parameter(name)
    if row is None:
        meant = suggest(name)
        raise InvalidValue(f'unknown hyperparameter "{name}"' + (f'; did you mean "{meant}"?' if meant else ""))
    return row.parse(text)
