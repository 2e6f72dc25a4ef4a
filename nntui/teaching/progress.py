"""What a learner has done so far: one small file, which a teacher can have as JSON."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nntui.files import NOTES, Unreadable, read_file, read_json

VARIABLE = "NNTUI_PROGRESS"  # an environment variable that names the file


@dataclass
class Record:
    """Of one lesson or challenge.

    Attributes:
        title: as the learner saw it.
        steps: of a lesson, how many are done; those skipped do not count.
        of: how many it has.
        finished: when it was first finished, ISO 8601, UTC; empty until then.
        questions: by the step's number (from 1), what was asked.
        answers: by the step's number, every answer given, as text, in order; the last may be the right one.
        remembered: the numbers of the summary.
        stars, epochs, changes: of a challenge, the best result; 0 before the first.
    """

    title: str = ""
    steps: int = 0
    of: int = 0
    finished: str = ""
    questions: dict[str, str] = field(default_factory=dict)
    answers: dict[str, list[str]] = field(default_factory=dict)
    remembered: dict[str, float] = field(default_factory=dict)
    stars: int = 0
    epochs: int = 0
    changes: int = 0


class Progress:
    """Reads the file once and writes it at every step.

    Attributes:
        trouble: why it could not be read or written; empty while all is well.
    """

    def __init__(self, path: Path | None = None) -> None:
        """``path``: None for `progress_path`."""
        self.path = path or progress_path()
        self.trouble = ""
        self._unread = False
        self._records: dict[str, Record] = {}
        self._read()

    def of(self, name: str) -> Record:
        """What is known of a lesson, or ``challenge/name``; an empty record where nothing is."""
        return self._records.get(name, Record())

    def keep(self, name: str, record: Record) -> None:
        """Remember, and write; where that fails, `trouble` says why and training goes on."""
        self._records[name] = record
        temporary = self.path.with_name(self.path.name + ".new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._set_aside()
            with temporary.open("w", encoding="utf-8", errors="backslashreplace") as file:
                json.dump(self.export(), file, indent=1, ensure_ascii=False)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, self.path)
        except OSError as error:
            self.trouble = f"{self.path}: {(error.strerror or str(error)).lower()}; progress is not kept"
        else:
            self.trouble = ""

    def export(self) -> dict[str, Any]:
        """Everything, as JSON can carry it."""
        return {"version": 1, "records": {name: asdict(record) for name, record in sorted(self._records.items())}}

    def _read(self) -> None:
        try:
            if not os.path.lexists(self.path):
                return
            records = read_json(read_file(self.path, NOTES))["records"]
            self._records = {str(name): _record(each) for name, each in records.items()}
        except (Unreadable, OSError, ValueError, OverflowError, KeyError, TypeError, AttributeError) as error:
            reason = error if isinstance(error, Unreadable) else "is not a record of progress"
            self.trouble = f"{self.path}: {reason}; progress starts from nothing"
            self._unread = True

    def _set_aside(self) -> None:
        """A file that could not be read is kept under another name before it is written, so that nothing is lost.

        Raises:
            OSError: it cannot be kept.
        """
        if os.path.exists(self.path) and not os.path.isfile(self.path):
            raise OSError(errno.EINVAL, "not a regular file")
        if self._unread and os.path.lexists(self.path):
            os.replace(self.path, self.path.with_name(self.path.name + ".damaged"))
        self._unread = False


def _record(tree: Mapping[str, Any]) -> Record:
    """
    Raises:
        TypeError, ValueError, OverflowError: it is no record.
    """
    record = Record(**{name: value for name, value in tree.items() if name in Record.__dataclass_fields__})
    answers = {str(step): [str(each) for each in given] for step, given in record.answers.items()}
    remembered = {str(name): float(value) for name, value in record.remembered.items() if value is not None}
    questions = {str(step): str(asked) for step, asked in record.questions.items()}
    steps, of, epochs, changes = map(_count, (record.steps, record.of, record.epochs, record.changes))
    return Record(
        str(record.title), steps, of, str(record.finished), questions, answers, remembered, _count(record.stars, 3),
        epochs, changes,
    )  # fmt: skip


def _count(value: Any, most: int = 1 << 53) -> int:
    if not isinstance(value, int) or not 0 <= value <= most:
        raise ValueError(f"{value!r:.40} is no such number")
    return value


def now() -> str:
    """This moment, ISO 8601, UTC."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def progress_path() -> Path:
    """Where progress is kept: ``$NNTUI_PROGRESS``, else the platform's folder for the state of programs."""
    if os.environ.get(VARIABLE):
        return Path(os.path.expanduser(os.environ[VARIABLE]))
    from platformdirs import user_state_path

    return user_state_path("nntui", appauthor=False) / "progress.json"
