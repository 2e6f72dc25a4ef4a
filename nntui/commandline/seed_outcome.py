"""What is known of one seed of several, while it trains and afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field

from nntui.runs.comparing import Result, result_of
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
        restored_epoch: whose weights were put back when the run stopped early; 0: none were.
    """

    seed: int
    run: str = ""
    state: str = "waiting"
    message: str = ""
    begun: bool = False
    status: int | None = None
    restored_epoch: int = 0
    held: list[str] = field(default_factory=list)
    course: Course = field(default_factory=Course)

    def result(self) -> Result:
        """What has come out of it so far."""
        return result_of(self.course.rows(), self.restored_epoch)
