"""What the keys keep: a panel's text, a picture of the screen, the network as a preset, the panels of a view."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from nntui.tui.actions import KeyActions
from nntui.tui.clipboard import Way, by_tmux, is_in_tmux, sequence
from nntui.tui.file_names import preset_file, slug, unused
from nntui.tui.memory import Memory


class KeepActions(KeyActions):
    """The actions that put something somewhere."""

    memory: Memory

    # -- text and pictures ----------------------------------------------------------------------------------------

    def action_copy_panel(self) -> None:
        """To the clipboard of the terminal's own machine, over ssh and through tmux too."""
        text = self.panel_text()
        what = f"{len(text.splitlines())} lines about {self.main.focused_panel.spec.title}"
        if is_in_tmux(os.environ):
            self.run_worker(self._copy_by_tmux(text, what), exit_on_error=True)
        else:
            self._copy(text, what)

    async def _copy_by_tmux(self, text: str, what: str) -> None:
        way = await asyncio.to_thread(by_tmux, text)
        if way is None:
            self._copy(text, what)
        else:
            self.say(f"{what} {way.value}.")

    def _copy(self, text: str, what: str) -> None:
        written, way = sequence(text, os.environ)
        if way is Way.TERMINAL:
            self.copy_to_clipboard(text)  # whatever the driver has a clipboard by
        elif self._driver is not None:
            self._driver.write(written)
        self.say(f"{what} {way.value}.")

    def panel_text(self) -> str:
        """The focused panel in words and numbers, then as it is drawn."""
        from nntui.tui.facts import facts

        panel = self.main.focused_panel
        told = panel.facts() if panel.can_draw else None
        told = facts(str(panel.id), self.model) if told is None else told
        status = self.model.status
        when = f", epoch {status.epoch} of {self.model.epochs}" if status is not None else ""
        lines = [f"{panel.spec.title} of {self.model.experiment.name or 'a network'}{when}"]
        lines += [f"{label}: {value}" for label, value in told.items()]
        return "\n".join([*lines, "", panel.text()]) + "\n"

    def action_take_screenshot(self) -> None:
        """Into the folder from which the program was started."""
        status = self.model.status
        name = f"nntui-{slug(self.model.experiment.name)}-{status.epoch if status is not None else 0}"
        try:
            picture, text = unused(Path.cwd(), name, (".svg", ".txt"))
            picture.write_text(self.export_screenshot(title="nntui"), encoding="utf-8")
            text.write_text(self.screen_text(), encoding="utf-8")
        except OSError as error:
            self.say(f"No picture: {error.strerror or error} ({Path.cwd()}).")
        else:
            self.say(f"{picture.name} and {text.name} are in {picture.parent}.")

    def screen_text(self) -> str:
        """The whole screen, one line a row."""
        strips = self.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips) + "\n"

    # -- presets --------------------------------------------------------------------------------------------------

    def action_save_preset(self) -> None:
        from nntui.tui.screens.save import SaveScreen

        self.push_screen(SaveScreen(slug(self.model.experiment.name)), self._take_name)

    def _take_name(self, path: Path | None) -> None:
        if path is not None:
            self._write_preset(path)

    def save_preset(self, name: str) -> None:
        """Write the experiment as it is now as ``name``.toml, unless there is such a file."""
        path = preset_file(name)
        if os.path.lexists(path):
            self.say(f"{path} is there already; {path.name} was not written over. Give another name.")
        else:
            self._write_preset(path)

    def _write_preset(self, path: Path) -> None:
        from nntui.experiment.emit import emit

        try:
            path.write_text(emit(self.model.experiment), encoding="utf-8")
        except OSError as error:
            self.say(f"{path} was not written: {error.strerror or error}.")
        else:
            self.say(f"{path} is written; nntui {path.name} trains it.")

    # -- panels ---------------------------------------------------------------------------------------------------

    def action_choose_panels(self) -> None:
        from nntui.tui.screens.choose import ChooseScreen

        main = self.main
        self.push_screen(ChooseScreen(main.tab, main.held, main.tabs), self._take_panels)

    def _take_panels(self, names: tuple[str, ...] | None) -> None:
        if names is None:
            return
        view = self.main.tab.id
        self.memory.panels.pop(view, None)
        if names and names != self.main.tab.panels:
            self.memory.panels[view] = names
        self.main.choose(self.memory.panels)
        if trouble := self.memory.keep():
            self.say(trouble)
