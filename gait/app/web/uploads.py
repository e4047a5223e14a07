"""Uploads and their results: one private folder, unguessable names, and their end."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, BinaryIO, Literal

from gait.app.web.answers import Answers
from gait.app.web.pool import Ending, Pool, QueueFull, Task
from gait.app.web.work import UPLOAD, Analysed, Looked, Order, Refused
from gait.language import gettext as _
from gait.language import in_language

State = Literal["waiting", "reading", "asking", "analysing", "ready", "refused"]

PREFIX = "gait-serve-"
_LOCK = "lock"
_ID_BYTES = 16
_BORN_S = 60.0
"""A folder without a lock is younger than this while its server starts [s]."""


@dataclass
class Upload:
    """One file that somebody gave, and everything made from it.

    Attributes
    ----------
    id : str
        Unguessable; whoever knows it may see and delete everything about the upload.
    name : str
        What the file was called; shown, never used as a path.
    folder : Path
        Where the file and its results are.
    language : str
        Language of the sentences.
    reading, answers : dict, Answers
        What the user said of the columns, and of how the device was worn.
    answered : bool
        Whether the questions were answered.
    looked, analysed, refused
        What the worker said last.
    athlete : str
        Under which name its results are kept; empty when they are not.
    used_s : float
        When somebody last asked for it (monotonic clock) [s].
    """

    id: str
    name: str
    folder: Path
    language: str
    reading: dict[str, Any] = field(default_factory=dict)
    answers: Answers = field(default_factory=Answers)
    answered: bool = False
    athlete: str = ""
    looked: Looked | None = None
    analysed: Analysed | None = None
    refused: Refused | None = None
    task: Task | None = None
    used_s: float = 0.0
    n_bytes: int = 0

    def state(self) -> State:
        """Say how far the work has come."""
        if self.task is not None:
            if not self.task.running:
                return "waiting"
            return "analysing" if self.answered else "reading"
        if self.refused is not None:
            return "refused"
        return "ready" if self.analysed is not None else "asking"


class Uploads:
    """All uploads of this server; they end when somebody says so, when nobody used them for a while, or with it.

    Parameters
    ----------
    pool : Pool
        Who does the work.
    keep_for_s : float
        An upload that nobody asked for so long is deleted [s].
    max_bytes : int
        All uploads together may be so large.
    parent : Path, optional
        Where the private folder is made; the system's folder for temporary files by default.
    keep : str
        Results folder of a season for results that somebody wants to be kept.
    """

    def __init__(
        self, pool: Pool, *, keep_for_s: float, max_bytes: int, parent: Path | None = None, keep: str = ""
    ) -> None:
        self._pool = pool
        self._keep_for_s = keep_for_s
        self._max_bytes = max_bytes
        self._keep = keep
        self._lock = threading.RLock()
        self._known: dict[str, Upload] = {}
        self._series: dict[str, list[str]] = {}
        place = parent or Path(tempfile.gettempdir())
        remove_abandoned(place)
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))  # readable by its owner only
        self._owned = _hold(self.folder / _LOCK)

    def add(self, name: str, file: BinaryIO, language: str) -> Upload:
        """Take a file.

        Raises
        ------
        QueueFull
            If too much is here already.
        """
        id_ = secrets.token_urlsafe(_ID_BYTES)
        folder = self.folder / secrets.token_hex(_ID_BYTES)
        folder.mkdir(mode=0o700)
        upload = Upload(id_, _tidy(name), folder, language, used_s=time.monotonic())
        try:
            with folder.joinpath(UPLOAD).open("wb") as target:
                shutil.copyfileobj(file, target, 1 << 20)
                upload.n_bytes = target.tell()
            with self._lock:
                if upload.n_bytes + sum(u.n_bytes for u in self._known.values()) > self._max_bytes:
                    raise QueueFull
                self._known[id_] = upload
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return upload

    def get(self, id_: str) -> Upload | None:
        """Return an upload, and note that it is used."""
        with self._lock:
            upload = self._known.get(id_)
            if upload is not None:
                upload.used_s = time.monotonic()
            return upload

    def add_series(self, uploads: list[Upload]) -> str:
        """Remember uploads that came together, and return the name of their list."""
        id_ = secrets.token_urlsafe(_ID_BYTES)
        with self._lock:
            self._series[id_] = [upload.id for upload in uploads]
        return id_

    def series(self, id_: str) -> list[Upload]:
        """Return those uploads of a list that are still here."""
        with self._lock:
            return [upload for one in self._series.get(id_, []) if (upload := self.get(one)) is not None]

    def look(self, upload: Upload) -> None:
        """Have an upload read."""
        self._start(upload, None)

    def analyse(self, upload: Upload, answers: Answers) -> None:
        """Have an upload analysed; what ran before with other answers is ended."""
        self._start(upload, answers)

    def keep(self, upload: Upload, athlete: str) -> None:
        """Do the last analysis once more and keep its numbers; later ones with other answers replace it."""
        upload.athlete = athlete
        self._start(upload, upload.answers, anew=True)

    def say_in(self, upload: Upload, language: str) -> None:
        """Do the last work once more, in another language."""
        if upload.language == language:
            return
        before, upload.language = upload.language, language
        try:
            self._start(upload, upload.answers if upload.answered else None, anew=True)
        except QueueFull:
            upload.language = before
            raise

    def delete(self, upload: Upload) -> None:
        """End the work on an upload and delete it with everything made from it."""
        with self._lock:
            self._known.pop(upload.id, None)
            task, upload.task = upload.task, None
        if task is not None:
            self._pool.cancel(task)
        shutil.rmtree(upload.folder, ignore_errors=True)

    def sweep(self) -> None:
        """Delete what nobody used for long."""
        with self._lock:
            limit = time.monotonic() - self._keep_for_s
            old = [u for u in self._known.values() if u.used_s < limit]
        for upload in old:
            self.delete(upload)
        with self._lock:
            self._series = {
                id_: kept for id_, ids in self._series.items() if (kept := [i for i in ids if i in self._known])
            }

    def close(self) -> None:
        """Delete everything."""
        with self._lock:
            self._known.clear()
        if self._owned is not None:
            self._owned.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self, upload: Upload, answers: Answers | None, *, anew: bool = False) -> None:
        with self._lock:
            before = upload.task
            if not anew and before is not None and upload.answered and upload.answers == answers:
                return  # the same form, sent twice
            keep = self._keep if upload.athlete else ""
            order = Order(
                str(upload.folder), upload.name, upload.language, upload.reading, answers, keep, upload.athlete
            )
            task = Task(order, lambda ending, answer: self._finish(upload, task, ending, answer))
            self._pool.submit(task)
            upload.task = task
            upload.answered = answers is not None
            upload.answers = answers or upload.answers
        if before is not None:
            self._pool.cancel(before)

    def _finish(self, upload: Upload, task: Task, ending: Ending, answer: object) -> None:
        with self._lock:
            if upload.task is not task:
                return  # other answers were given meanwhile
            upload.task = None
            upload.used_s = time.monotonic()
            upload.refused = None
            if isinstance(answer, Looked):
                upload.looked, upload.analysed = answer, None
            elif isinstance(answer, Analysed):
                upload.analysed = answer
            elif isinstance(answer, Refused):
                upload.refused = answer
            else:
                with in_language(upload.language):
                    upload.refused = _why_none(ending)


def _why_none(ending: Ending) -> Refused:
    if ending == "too long":
        return Refused(_("The analysis took too long and was ended."), _("Cut the recording into parts."))
    return Refused(
        _("The analysis was ended by the system, probably because memory ran out."),
        _("Try again; if it happens again, cut the recording into parts."), own_fault=True,
    )  # fmt: skip


def remove_abandoned(parent: Path) -> None:
    """Delete the folders of servers that ended without doing so.

    Parameters
    ----------
    parent : Path
        Where such folders are made.
    """
    for folder in parent.glob(f"{PREFIX}*"):
        try:
            about = folder.lstat()
            if not stat.S_ISDIR(about.st_mode) or (hasattr(os, "getuid") and about.st_uid != os.getuid()):
                continue
            lock = folder / _LOCK
            if not lock.exists() and time.time() - about.st_mtime < _BORN_S:
                continue
            held = _hold(lock)
        except OSError:
            continue
        if held is not None:
            shutil.rmtree(folder, ignore_errors=True)
            held.close()


def _hold(path: Path) -> IO[bytes] | None:
    """Lock a file as long as this process lives; None if another process holds it."""
    import fcntl

    file = path.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def _tidy(name: str) -> str:
    """Return the last part of a name as a browser sends it, printable and of a bearable length."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(letter if letter.isprintable() else " " for letter in last).strip()
    if len(shown) <= 120:
        return shown or "recording"
    return shown[:80] + "…" + shown[-30:]
