"""What an experiment is called in a list of runs."""

from __future__ import annotations

import json

from nntui.experiment import Experiment, list_presets
from nntui.files import SETTINGS, Unreadable, open_file
from nntui.runs.places import slug


def preset_of(experiment: Experiment) -> str:
    """The preset of the program that has this experiment's name; else that name itself, as a word."""
    title = f"name = {json.dumps(experiment.name, ensure_ascii=False)}"
    for name, path in list_presets():
        try:
            with open_file(path, SETTINGS) as file:
                if file.readline(1000).strip() == title.encode(errors="replace"):
                    return name
        except (Unreadable, OSError):
            continue
    return slug(experiment.name)
