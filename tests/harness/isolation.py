"""Tests run as on a machine where nntui has never run: they read and write nothing of the user's.

The environment of the tests is built from nothing: it has the few variables without which programs are not found, and
a home of its own for everything that belongs to a user. Child processes inherit it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

BLAS_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")

_INHERITED = {
    "PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT",
    "PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "VIRTUAL_ENV", "CI",
    "OPENBLAS_CORETYPE",
    "NNTUI_EXPLORE", "NNTUI_PYTHON", "NNTUI_REQUIRE_REFERENCE", "NNTUI_SOAK", "NNTUI_UPDATE_GOLDEN",
}  # fmt: skip
_INHERITED_PREFIXES = ("PYTEST_", "HYPOTHESIS_", "COV_CORE_", "COVERAGE_")
_ACCESSES = {
    "open", "os.chmod", "os.chown", "os.link", "os.listdir", "os.mkdir", "os.remove", "os.rename", "os.rmdir",
    "os.scandir", "os.symlink", "os.truncate", "os.utime",
}  # fmt: skip
_PLACES = ("NNTUI_CONFIG", "NNTUI_STATE", "NNTUI_PROGRESS", "NNTUI_RUNS")


class Home:
    """The home of one test: everything that nntui and its libraries look for in a user's.

    Attributes:
        config: the config file, empty.
        state: what the dashboard remembers: the first start is over.
        progress: what was learned; there is no such file.
        runs: the folder of recorded runs; it does not exist.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "nntui-config.toml"
        self.state = folder / "nntui-dashboard.toml"
        self.progress = folder / "nntui-progress.json"
        self.runs = folder / "nntui-runs"
        folder.mkdir(exist_ok=True)
        self.config.touch()
        self.state.write_text("toured = true\n", encoding="utf-8")

    def first_start(self) -> None:
        """Let nntui start as on the first day, with its tour."""
        self.state.unlink(missing_ok=True)

    def environment(self, inherited: Mapping[str, str]) -> dict[str, str]:
        """All variables of a process that has this home, given those of its user."""
        kept = {
            name: value
            for name, value in inherited.items()
            if name.upper() in _INHERITED or name.upper().startswith(_INHERITED_PREFIXES)
        }
        home, temporary = str(self.folder), tempfile.gettempdir()
        xdg = {f"XDG_{kind}_HOME": str(self.folder / kind.lower()) for kind in ("CONFIG", "STATE", "DATA", "CACHE")}
        return {
            **kept,
            **xdg,
            "XDG_RUNTIME_DIR": home,
            **dict.fromkeys(("HOME", "USERPROFILE"), home),
            "APPDATA": str(self.folder / "AppData" / "Roaming"),
            "LOCALAPPDATA": str(self.folder / "AppData" / "Local"),
            **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), temporary),
            "NNTUI_CONFIG": str(self.config),
            "NNTUI_STATE": str(self.state),
            "NNTUI_PROGRESS": str(self.progress),
            "NNTUI_RUNS": str(self.runs),
            **dict.fromkeys(BLAS_THREADS, "1"),
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
        }


@contextlib.contextmanager
def at_home(folder: Path | None = None, inherited: Mapping[str, str] | None = None) -> Iterator[Home]:
    """Meanwhile this process, and each that it starts, has a new home, which is removed at the end.

    Args:
        folder: where it is made; None: a temporary one.
        inherited: the user's variables; None: those of this process.
    """
    before = dict(os.environ)
    folder = folder or Path(tempfile.mkdtemp(prefix="nntui-home-"))
    home = Home(folder)
    _replace_environment(home.environment(before if inherited is None else inherited))
    try:
        yield home
    finally:
        _replace_environment(before)
        shutil.rmtree(folder, ignore_errors=True)


def _replace_environment(variables: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(variables)
    if hasattr(time, "tzset"):
        time.tzset()


def usual_process() -> None:
    """Make this process like one that a shell starts, whatever started it.

    `nohup`, a shell's ``&`` and CI runners leave signals ignored or blocked, and every child inherits that. A signal
    that was ignored gets a handler that does nothing: this process goes on ignoring it, but its children do not.
    """
    os.umask(0o022)
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:  # closed: the next file that is opened would become standard input or output
            os.open(os.devnull, os.O_RDWR)
    if sys.platform == "win32":
        return
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        python_ignores = number in (signal.SIGPIPE, getattr(signal, "SIGXFSZ", None))  # and restores in children
        if signal.getsignal(number) == signal.SIG_IGN and not python_ignores:
            signal.signal(number, signal.SIG_DFL if number == signal.SIGCHLD else lambda *_: None)


class Guard:
    """Refuses and notes every access of this process to what belongs to the user.

    That is the user's home and wherever nntui keeps something, apart from the folders in ``needed``: those of the
    checkout, of Python, and of temporary files may lie in the home.
    """

    def __init__(self, environment: Mapping[str, str], needed: Iterable[str | Path]) -> None:
        self.trespasses: list[str] = []
        home = os.path.abspath(os.path.expanduser("~"))
        self._private = [os.path.abspath(os.path.expanduser(place)) for place in _user_places(environment)]
        self._home = home if home != os.path.abspath(os.sep) else ""
        within, real_home = {os.path.realpath(folder) for folder in needed}, os.path.realpath(home)
        self._needed = [folder for folder in within - {real_home} if _is_within(folder, real_home)]

    def install(self) -> None:
        """From now on, to the end of the process."""
        sys.addaudithook(self._audit)

    def owns(self, path: str) -> bool:
        """Whether that is the user's."""
        if not os.path.isabs(path) or ".." in path:
            path = os.path.abspath(path)
        if any(_is_within(path, place) for place in self._private):
            return True
        if not self._home or not _is_within(path, self._home):
            return False
        return not any(_is_within(os.path.realpath(path), folder) for folder in self._needed)

    def _audit(self, event: str, arguments: tuple[object, ...]) -> None:
        if event not in _ACCESSES:
            return
        for argument in arguments[:2]:
            if isinstance(argument, (str, bytes, os.PathLike)) and argument:
                path = os.fsdecode(argument)
                if self.owns(path):
                    self.trespasses.append(f"{event} {path}")
                    raise AssertionError(f"tests use nothing of the user's: {event} {path}")


def _user_places(environment: Mapping[str, str]) -> list[str]:
    import platformdirs

    kinds = (
        platformdirs.user_config_dir, platformdirs.user_state_dir, platformdirs.user_data_dir,
        platformdirs.user_cache_dir, platformdirs.user_log_dir,
    )  # fmt: skip
    return [*(kind("nntui") for kind in kinds), *(environment[name] for name in _PLACES if environment.get(name))]


def _is_within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
