"""What the keys do about time: looking at the past, going back to it, taking changes back."""

from __future__ import annotations

from nntui.tui.recording_actions import RecordingActions
from nntui.tui.time_cursor import FAR, TimeCursor, epochs_a_key
from nntui.tui.widgets.status import is_offered


class TimeActions(RecordingActions):
    """The actions of the group Time."""

    time: TimeCursor

    def move_time(self, by: int) -> None:
        """Look at the network so many keys earlier or later."""
        from nntui.tui.drawings.pieces import curves_end

        self.time.move(
            by * epochs_a_key(self.view.zoom.span or curves_end(self.model), self.main.focused_panel.columns)
        )
        self.redraw("time")

    def action_far_back(self) -> None:
        self.move_time(-FAR)

    def action_far_on(self) -> None:
        self.move_time(+FAR)

    def action_time_start(self) -> None:
        self.time.put(0)
        self.redraw("time")

    def action_time_end(self) -> None:
        self.time.put(self.time.last)
        self.redraw("time")

    def action_enter(self) -> None:
        self.helm.bursts.end()
        if not self.open_run():
            self.time.go_back()

    def action_best(self) -> None:
        self.helm.bursts.end()
        self.time.go_to_best()

    def action_keep_rate(self) -> None:
        self.helm.keep_rate()

    def action_now(self) -> None:
        if self.time.leave():
            self.redraw("time", "snapshot")
        elif self.model.rate_to_keep is not None:
            self.model.rescheduled = None
            self.redraw("state")
        elif is_offered(self.model) and (declined := self.model.offered) is not None:
            self.model.offered = None
            self.say(f"Declined; nntui resume {declined.id} resumes it later.")
            self.redraw("state")

    def action_undo(self) -> None:
        self.helm.bursts.end()
        self.time.undo()

    def action_redo(self) -> None:
        self.helm.bursts.end()
        self.time.redo()
