"""What is known of one seed of several, while it trains and afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field

from nntui.runs.seeds import Course


@dataclass
class Outcome:
    """What is known of one seed.

    Attributes:
        run: id of the recording, if there is one.
        state: ``waiting``, ``running``, why the run ended, or ``failed``.
        message: why it failed.
        begun: whether its data and its network could be made.
        status: of its process, once that is gone.
    """

    seed: int
    run: str = ""
    state: str = "waiting"
    message: str = ""
    begun: bool = False
    status: int | None = None
    held: list[str] = field(default_factory=list)
    course: Course = field(default_factory=Course)
