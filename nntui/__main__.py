"""``python -m nntui`` and the command ``nntui``: a signal ends the program in order from its first moment on."""

import sys

ENDS = (("SIGTERM", 143), ("SIGHUP", 129))
INTERRUPTED = 130


def main() -> int:
    """Run the command; the result is the exit status."""
    try:
        import signal

        for name, status in ENDS:
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) == signal.SIG_DFL:
                signal.signal(number, lambda *_, status=status: sys.exit(status))
        from nntui.cli import main as run

        return run()
    except KeyboardInterrupt:  # also while all the rest is imported
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
