"""The first moments of the program."""

from __future__ import annotations

import signal
import subprocess
import sys
from itertools import product

import pytest

from tests.harness.patience import PATIENCE

# Sends itself a signal when the n-th module is imported; n = 1 is the first import of the program's first function.
PROGRAM = """
import os, sys
import nntui.__main__ as program

number, left = int(sys.argv.pop(1)), int(sys.argv.pop(1))

def watch(event, arguments):
    global left
    if event == "import":
        left -= 1
        if left == 0:
            os.kill(os.getpid(), number)

sys.addaudithook(watch)
status = program.main()
assert left <= 0, f"{left} modules too few were imported"
sys.exit(status)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize(
    ("name", "modules"), [("SIGINT", 1), *product(["SIGINT", "SIGTERM", "SIGHUP"], [40, 100, 200, 300])]
)
def test_a_signal_among_the_imports_ends_the_program_in_order(name: str, modules: int) -> None:
    words = [str(signal.Signals[name].value), str(modules), "train", "xor", "--epochs", "1", "--no-record"]
    done = subprocess.run([sys.executable, "-c", PROGRAM, *words], capture_output=True, text=True, check=False)
    stopped = modules >= 200  # training ends by itself, as after Ctrl+C
    assert done.returncode == (130 if stopped else {"SIGINT": 130, "SIGTERM": 143, "SIGHUP": 129}[name])
    assert "Traceback" not in done.stderr


LOSES = """
import os, signal, sys
import nntui.__main__ as program
import nntui.cli

class Dropped:
    def __del__(self):
        os.kill(os.getpid(), int(sys.argv[1]))
        for _ in range(1000):
            pass

def run():
    Dropped()
    print("goes on", flush=True)
    if later := sys.argv[2:]:
        signal.signal(int(sys.argv[1]), lambda *_: sys.exit(int(later[0])))
    signal.pause()
    return 1

program.AGAIN = 3.0
nntui.cli.main = run
sys.exit(program.main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize(
    ("name", "later", "status"), [("SIGINT", [], 130), ("SIGTERM", [], 143), ("SIGHUP", [], 129), ("SIGTERM", ["7"], 7)]
)
def test_lost_signal_is_repeated_to_the_handler_of_that_time(name: str, later: list[str], status: int) -> None:
    words = [sys.executable, "-c", LOSES, str(signal.Signals[name].value), *later]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert done.stdout == "goes on\n"
    assert done.returncode == status
