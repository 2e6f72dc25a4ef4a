"""What the keys do about recorded runs: the list, the tree of branches, comparing, removing, going on with another."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from nntui.tui.actions import KeyActions
from nntui.tui.panels import RUNS
from nntui.tui.recordings import Found, complete, last_interrupted, read

if TYPE_CHECKING:
    from textual.worker import WorkType

    from nntui.tui.helm import RunClient
    from nntui.tui.time_cursor import TimeCursor

_LISTS = ("run-list", "branches")
_PANELS = frozenset(spec.id for spec in RUNS)


class RecordingActions(KeyActions):
    """Actions on recordings, and reading them from the disk without keeping a key waiting.

    Attributes:
        offers_interrupted: whether a run that was interrupted is still to be looked for, and offered.
    """

    client: RunClient
    time: TimeCursor
    offers_interrupted = False
    _reading = False
    _read_again = _anew = False

    @property
    def runs(self) -> Path | None:
        """The folder of all recordings; None where runs are not recorded."""
        folder = getattr(self.client, "runs", None)
        return None if folder is None else Path(folder)

    # -- reading --------------------------------------------------------------------------------------------------

    @property
    def shows_recordings(self) -> bool:
        """Whether somebody looks at them."""
        return any(panel.id in _PANELS for panel in self.main.seen()) or self._dialog is not None

    def follow_recordings(self, *, anew: bool = False) -> None:
        """Read what the panels on the screen lack; with ``anew`` all of it, because there may be other runs."""
        if self.offers_interrupted and self.model.run and self.runs is not None:
            self.offers_interrupted = False
            self.run_worker(self._offer(self.runs), exit_on_error=True)
        found = self.model.recordings.found
        if found is None and self.model.is_replay:  # how far it goes is known from the list
            self.read_recordings()
        lacks = found is None or not set(self._to_compare()) <= found.tried
        if (anew or lacks) and self.shows_recordings:
            self.read_recordings(anew=anew or found is None)

    def read_recordings(self, *, anew: bool = True) -> None:
        """Read them in a thread: all of them, or those alone that are to be compared and are not known yet.

        While that is under way, once more afterwards.
        """
        self._anew = self._anew or anew
        if self._reading:
            self._read_again = True
        else:
            self._reading = True
            work: WorkType[None] = self._read  # not yet called: a program that ends first leaves nothing unawaited
            self.run_worker(work, exit_on_error=True)

    async def _read(self) -> None:
        recordings = self.model.recordings
        while self._reading:
            anew, self._anew, self._read_again = self._anew, False, False
            compare, before = self._to_compare(), recordings.found
            if self.runs is None:
                found = Found(tried=frozenset(compare), fault="runs are not recorded")
            elif anew or before is None:
                found = await asyncio.to_thread(read, self.runs, self.model.run, compare, before)
            else:
                found = await asyncio.to_thread(complete, before, compare)
            recordings.take(found)
            if before is None and self.model.run in recordings.ids:
                recordings.selected = self.model.run
            self._reading = self._read_again or not set(self._to_compare()) <= found.tried
        self.redraw("branches")
        if (dialog := self._dialog) is not None:
            dialog.show()

    def _to_compare(self) -> tuple[str, ...]:
        return self.model.recordings.compared_with(self.model.run)

    @property
    def _dialog(self) -> TreeScreen | CompareScreen | None:
        from nntui.tui.screens.compare import CompareScreen
        from nntui.tui.screens.tree import TreeScreen

        screen = self.screen
        return screen if isinstance(screen, TreeScreen | CompareScreen) and screen.is_mounted else None

    # -- what was interrupted -------------------------------------------------------------------------------------

    async def _offer(self, runs: Path) -> None:
        """The last run before this one, if its program was killed; who declines once is not asked again."""
        summary = await asyncio.to_thread(last_interrupted, runs, self.model.run)
        if summary is not None:
            self.model.offered = summary
            self.redraw("state")

    def action_resume_interrupted(self) -> None:
        offered, self.model.offered = self.model.offered, None
        if offered is not None:
            self.time.jump(offered.id, offered.label or offered.preset)
            self.redraw("state")

    # -- keys -----------------------------------------------------------------------------------------------------

    @property
    def _in_list(self) -> bool:
        return self.main.focused_panel.spec.id in _LISTS

    def mark_run(self) -> bool:
        """Mark the run under the highlight for comparison; False where there is none."""
        recordings = self.model.recordings
        if not self._in_list or not recordings.selected:
            return False
        if not recordings.mark(recordings.selected):
            self.say(f"At most {len(recordings.marked)} runs are compared at once.")
        self.read_recordings(anew=False)
        self.redraw("branches")
        return True

    def open_run(self) -> bool:
        """Go on with the run under the highlight; False where there is none."""
        run = self.model.recordings.selected
        if not self._in_list or not run:
            return False
        self.jump(run)
        return True

    def action_page_up(self) -> None:
        self._turn(-1)

    def action_page_down(self) -> None:
        self._turn(+1)

    def _turn(self, by: int) -> None:
        """A page up or down: in a list of runs the highlight goes as far as the list is high."""
        panel = self.main.focused_panel
        if self._in_list:
            panel.select(0, by * max(panel.size.height - 3, 1))
        else:
            panel.page(by)

    def jump(self, run: str | None) -> None:
        """Go on with this run, or branch, where it ended."""
        if run is None:
            return
        if run == self.model.run:
            self.say("This is the run on the screen.")
            return
        listed = self.model.recordings.listed(run)
        summary = listed.summary if listed is not None else None
        self.time.jump(run, summary.label or summary.preset if summary is not None else run)

    def action_tree(self) -> None:
        from nntui.tui.screens.tree import TreeScreen

        self.push_screen(TreeScreen(self.model), self.jump)
        self.read_recordings()

    def action_compare(self) -> None:
        from nntui.tui.screens.compare import CompareScreen

        def read_marked() -> None:
            self.read_recordings(anew=False)

        self.push_screen(CompareScreen(self.model, self.view, self.look(), read_marked), self._compared)
        self.read_recordings()

    def _compared(self, _: None) -> None:
        self.redraw()

    def action_delete(self) -> None:
        """Remove the run under the highlight, once the person has said yes."""
        from nntui.tui.screens.question import Question

        run = self.model.recordings.selected
        if not self._in_list or not run:
            self.say("Runs are removed in the list of runs, in the view Runs.")
        elif run == self.model.run:
            self.say("This run is on the screen; it cannot be removed.")
        else:
            text = f"{run} is removed from the disk, with all of its epochs. This cannot be taken back."
            question = Question("Remove this run?", text, "remove it")
            self.push_screen(question, lambda yes: self._remove(run) if yes else None)

    def _remove(self, run: str) -> None:
        self.run_worker(self._removed(run), exit_on_error=True)

    async def _removed(self, run: str) -> None:
        from nntui.runs.catalogue import remove_run
        from nntui.runs.errors import RunError

        runs = self.runs
        if runs is None:
            return
        try:
            await asyncio.to_thread(remove_run, runs / run)
        except RunError as error:
            self.say(str(error))
        else:
            self.say(f"Removed {run}.")
        self.read_recordings()


if TYPE_CHECKING:
    from nntui.tui.screens.compare import CompareScreen
    from nntui.tui.screens.tree import TreeScreen
