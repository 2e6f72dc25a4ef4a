"""``python -m nntui`` and the command ``nntui``: a signal ends the program in order from its first moment on."""

import sys
from typing import NoReturn

ENDS = ("SIGINT", "SIGTERM", "SIGHUP")
INTERRUPTED = 130
AGAIN = 5.0
"""Seconds until a signal that has had no effect is repeated."""


def main() -> int:
    """Run the command; the result is the exit status."""
    try:
        import signal

        for name in ENDS:
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
                signal.signal(number, _end)
        from nntui.cli import main as run

        return run()
    except KeyboardInterrupt:  # also while all the rest is imported
        return INTERRUPTED


def _end(number: int, _: object) -> NoReturn:
    """End in order; repeat the signal if the exception is lost, as in a callback that runs when a reference is dropped.

    By then the dashboard may have the terminal, and a handler that restores it: that one gets the signal.
    """
    import signal

    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(number))
        signal.setitimer(signal.ITIMER_REAL, AGAIN)
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
