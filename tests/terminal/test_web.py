"""The dashboard in a browser, through Textual's web driver."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Iterator

import pytest

from nntui.tui.drivers.keyboard import PATIENCE
from tests.harness.browser import Browser
from tests.harness.terminal import alive
from tests.terminal.dashboard import FLAT_OUT, command, surroundings
from tests.terminal.test_failures import gone


@pytest.fixture
def browser() -> Iterator[Browser]:
    environment = {**surroundings(), "TERM": None, "COLORTERM": None}
    with Browser(command(*FLAT_OUT), environment, (120, 40)) as opened:
        opened.until(lambda text: re.search(r"running +\S", text) and "will be" in text)
        yield opened


def trainer(browser: Browser) -> int:
    family = os.listdir(f"/proc/{browser.process.pid}/task/{browser.process.pid}")
    assert "children" in family
    with open(f"/proc/{browser.process.pid}/task/{browser.process.pid}/children") as children:
        return int(children.read().split()[0])


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="children are found in /proc")
def test_dashboard_works_in_a_browser(browser: Browser) -> None:
    child = trainer(browser)
    assert "╭" in browser.text
    browser.send("D", b"\xff\xc3(\x1b[200~lost")  # no UTF-8, and a paste without an end
    browser.send("M", b"garbage")
    browser.tell(type="resize", width=3)
    browser.tell(type=7)
    lost = time.monotonic()
    browser.resize(80, 24)
    browser.until(lambda text: "Loss" in text and len(text.splitlines()) == 24)
    browser.until(lambda _: time.monotonic() > lost + 2 * PATIENCE)  # the paste has ended by itself
    browser.press(" ")
    browser.until(lambda text: "paused" in text)
    assert alive(child)
    browser.tell(type="quit")
    assert browser.process.wait(30) == 0
    assert gone(child)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="children are found in /proc")
@pytest.mark.parametrize("way", ["q", "SIGTERM", "server gone", "exit"])
def test_every_end_in_a_browser_ends_the_training_too(browser: Browser, way: str) -> None:
    child = trainer(browser)
    if way == "q":
        browser.press("q")
    elif way == "SIGTERM":
        browser.process.send_signal(signal.SIGTERM)
    elif way == "exit":
        browser.tell(type="exit")
    else:
        assert browser.process.stdin is not None
        browser.process.stdin.close()
    assert browser.process.wait(30) == {"q": 0, "SIGTERM": 143}.get(way, 129)
    assert gone(child)
