"""Help and explanations: all there, as rebound, and complete at eighty columns."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from rich.style import Style
from textual.app import App, ComposeResult
from textual.command import CommandList
from textual.events import Click
from textual.widget import Widget
from textual.widgets import OptionList

from nntui.tui.bindings import ACTIONS, IN_VIEW, rebound
from nntui.tui.explanations import EXPLANATIONS
from nntui.tui.explanations.glossary import GLOSSARY
from nntui.tui.screens.choices import Choices
from nntui.tui.screens.dialog import Dialog
from nntui.tui.screens.explain import ExplainScreen
from nntui.tui.screens.help import HelpScreen
from nntui.tui.views import VIEWS
from tests.tui.hosts import Host, click_text, words

SIZES = [(80, 24), (120, 40), (200, 60)]


@dataclass(frozen=True)
class Part:
    name: str = "cosine_decay"
    meaning: str = "From the base rate down to 0 along half a cosine."
    formula: str = "rate(step) = base · (1 + cos(π step / steps)) / 2 [a bracket]"
    source: str = "Somebody 2017"


def cut(dialog: Widget) -> list[str]:
    """Widgets that stick out of the dialog's frame to the side."""
    frame = dialog.query_one(".frame").content_region
    return [
        repr(w)
        for w in dialog.query(".frame *")
        if w.region and not (frame.x <= w.region.x <= w.region.right <= frame.right)
    ]


@pytest.mark.parametrize("size", SIZES)
async def test_the_help_has_every_action_with_its_keys(size: tuple[int, int]) -> None:
    dialog = HelpScreen(rebound({"run.pause": ("f5", "y")}))
    async with Host(dialog).run_test(size=size):
        text = words(dialog)
        for action in ACTIONS:
            assert action.sentence in text
        assert "f5 y" in text
        assert "space" not in text.split()
        assert cut(dialog) == []


@pytest.mark.parametrize("key", ["escape", "question_mark", "q"])
async def test_the_help_closes(key: str) -> None:
    app = Host(HelpScreen())
    async with app.run_test() as pilot:
        await pilot.press(key)
        assert app.results == [None]


@pytest.mark.parametrize("dialog", [HelpScreen(), ExplainScreen("loss")], ids=["help", "explain"])
async def test_a_click_closes(dialog: Dialog[None]) -> None:
    app = Host(dialog)
    async with app.run_test() as pilot:
        await click_text(pilot, "escape close")
        assert app.results == [None]


async def test_the_help_scrolls_by_key_on_a_small_screen() -> None:
    dialog = HelpScreen()
    async with Host(dialog).run_test(size=(80, 24)) as pilot:
        await pilot.press("end")
        await pilot.pause()
        assert dialog.query("VerticalScroll").first().scroll_y > 0


@pytest.mark.parametrize("panel", EXPLANATIONS)
async def test_an_explanation_says_words_and_numbers(panel: str) -> None:
    dialog = ExplainScreen(panel, {"now": "0.4132 [of 1]"}, parts=[("Schedule", Part())])
    async with Host(dialog).run_test(size=(80, 24)):
        text = words(dialog)
        assert "0.4132 [of 1]" in text
        assert Part().formula in text
        assert Part().source in text
        assert EXPLANATIONS[panel].formula[0] in text
        assert cut(dialog) == []


async def test_an_explanation_names_the_keys_as_rebound() -> None:
    dialog = ExplainScreen("status", actions=rebound({"run.pause": ("f5",)}))
    async with Host(dialog).run_test():
        assert "Press f5" in words(dialog)


@pytest.mark.parametrize("key", ["escape", "i", "q"])
async def test_an_explanation_closes(key: str) -> None:
    app = Host(ExplainScreen("loss"))
    async with app.run_test() as pilot:
        await pilot.press(key)
        assert app.results == [None]


@pytest.mark.slow
async def test_help_begins_with_what_one_uses_in_the_view_and_ends_with_a_glossary() -> None:
    for tab in VIEWS:
        host = Host(HelpScreen(tab=tab))
        async with host.run_test(size=(80, 24)):
            text = words(host.dialog)
            assert text.startswith(f"In the view {tab.title}")
            assert "momentum" in text.partition("Glossary")[2]
            assert set(IN_VIEW[tab.id]) <= {action.id for action in ACTIONS}
    assert [word for word, _ in GLOSSARY] == sorted((word for word, _ in GLOSSARY), key=str.lower)


class Listed(App[None]):
    def __init__(self, made: OptionList) -> None:
        super().__init__()
        self.made = made

    def compose(self) -> ComposeResult:
        yield self.made


@pytest.mark.parametrize("kind", [Choices, CommandList])
async def test_a_click_on_an_option_that_is_gone_by_then_does_nothing(kind: type[OptionList]) -> None:
    import nntui.tui.palette  # noqa: F401 (mends the palette's list)

    app = Listed(kind("one", "two", "three"))
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        click = Click(app.made, 3, 3, 0, 0, 1, False, False, False, 3, 3, Style.from_meta({"option": 2}))
        app.made.clear_options()
        app.made.post_message(click)
        await pilot.pause()
        assert app.is_running
