"""What belongs to a season: recordings in folders and zips, whose they are, and what is known of them."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from gait.errors import RecordingError, UsageError
from gait.language import gettext as _

ATHLETES = "athletes.csv"
KNOWN = ("placement", "anterior", "calibrate", "labels", "backward_group", "speed", "rate", "unit", "scale")
"""Columns of the table of athletes that an analysis is told; `labels` and `speed` may name files beside the table."""
COLUMNS = ("file", "athlete", *KNOWN, "body_mass_kg")
UNNAMED = "unnamed"
MAX_MEMBER_BYTES = 2**30
_RECORDING = re.compile(r"\.(csv|txt|tsv|dat|log|asc|fit|cwa|bin|zip|gz)$", re.IGNORECASE)
_HIDDEN = re.compile(r"(^|/)(\.|~|__MACOSX)")
_RESULT = re.compile(r"^(summary|failures|bouts|steps|labels|known|athletes)\.csv$", re.IGNORECASE)
_OF_EXPORT = re.compile(
    r"^(accelerometer|total ?acceleration|metadata|raw data|wrist ?motion|acceleration)\b", re.IGNORECASE
)
_NAMED = re.compile(r"^(?P<athlete>[^\W\d_][\w-]*?)[_ -]+\d{4}-?\d{2}-?\d{2}")


@dataclass(frozen=True)
class Entry:
    """One recording of a season.

    Attributes
    ----------
    path : pathlib.Path
        The file, the folder of an export, or the zip that holds it.
    member : str
        Its name inside of the zip; empty where the zip is one export, and outside of zips.
    source : str
        Its name in the season: folder of the season and path below it.
    athlete : str
        Whose it is.
    known : mapping of str to str
        What the table of athletes says of it, by `KNOWN`.
    """

    path: Path
    member: str
    source: str
    athlete: str
    known: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> str:
        """Hash of the bytes, of a folder those of all its files with their names."""
        digest = hashlib.sha256(self.member.encode())
        files = sorted(path for path in self.path.rglob("*") if path.is_file()) if self.path.is_dir() else [self.path]
        for path in files:
            digest.update(path.name.encode() + b"\0")
            with path.open("rb") as file:
                while block := file.read(2**20):
                    digest.update(block)
        return digest.hexdigest()

    def open(self) -> Path | BinaryIO:
        """What the reader takes: a path, or the member of a zip in memory.

        Raises
        ------
        RecordingError
            When the member is damaged or unpacks to more than a gigabyte.
        """
        if not self.member:
            return self.path
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as file:
                data = file.read(MAX_MEMBER_BYTES + 1)
        except (OSError, zipfile.BadZipFile, EOFError, RuntimeError, NotImplementedError) as error:
            raise RecordingError(_("it cannot be unpacked"), _("Export it again"), path=self.source) from error
        if len(data) > MAX_MEMBER_BYTES:
            raise RecordingError(_("it unpacks to more than a gigabyte"), _("Give parts of it"), path=self.source)
        buffer = io.BytesIO(data)
        buffer.name = self.member.rsplit("/", 1)[-1]
        return buffer


@dataclass(frozen=True)
class Season:
    """The recordings of a season, and how many other files lie among them.

    Attributes
    ----------
    entries : tuple of Entry
        The recordings, by name.
    n_other : int
        Files that are no recordings.
    """

    entries: tuple[Entry, ...]
    n_other: int


def find_season(
    folders: Sequence[Path], athletes: Path | None = None, *, known: Mapping[str, str] | None = None
) -> Season:
    """Find the recordings of a season.

    A folder that holds an unpacked export is one recording, and so is a zip of one; other zips are opened. Whose it is
    says the table of athletes, else the folder below the season, else the file name (``anna_2026-03-01_back.csv``).

    Parameters
    ----------
    folders : sequence of pathlib.Path
        Folders, zips or single recordings.
    athletes : pathlib.Path, optional
        Table of athletes; by default ``athletes.csv`` in the first folder, if there is one.
    known : mapping of str to str, optional
        What holds for all recordings of which the table says nothing else.

    Raises
    ------
    UsageError
        If a folder is missing, or the table of athletes cannot be used.
    """
    table = athletes
    if table is None and folders and (folders[0] / ATHLETES).is_file():
        table = folders[0] / ATHLETES
    rows = _read_athletes(table) if table else []
    entries: list[Entry] = []
    n_other = 0
    for folder in folders:
        if not folder.exists():
            raise UsageError(_("there is no {folder}", folder=folder), _("Give the folder with the recordings"))
        for path, member, name in _walk(folder):
            if member is None:
                n_other += 1
                continue
            source = f"{folder.name}/{name}" if folder.is_dir() else name
            entries.append(_entry(path, member, source, name, rows, known or {}))
    return Season(tuple(sorted(entries, key=lambda entry: entry.source)), n_other)


def _walk(folder: Path) -> Iterator[tuple[Path, str | None, str]]:
    """File, member (None where it is no recording) and name below the season."""
    if folder.is_file():
        yield from _file(folder, folder.name)
        return
    for path in sorted(folder.iterdir()):
        if _HIDDEN.search(path.name):
            continue
        if path.is_dir():
            if _is_export([p.name for p in path.iterdir()]):
                yield path, "", path.name
            else:
                yield from ((inner, member, f"{path.name}/{name}") for inner, member, name in _walk(path))
        else:
            yield from _file(path, path.name)


def _file(path: Path, name: str) -> Iterator[tuple[Path, str | None, str]]:
    if not _RECORDING.search(name) or _RESULT.match(name):
        yield path, None, name
    elif path.suffix.lower() == ".zip" and (members := _recordings_in(path)):
        yield from ((path, member, f"{name}/{member}") for member in members)
    else:
        yield path, "", name


def _recordings_in(path: Path) -> list[str]:
    """Recordings inside of a zip that is no export itself; none where it is one, or cannot be opened."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [info.filename for info in archive.infolist() if not info.is_dir()]
    except (OSError, zipfile.BadZipFile):
        return []
    names = [name for name in names if not _HIDDEN.search(name)]
    files = [name for name in names if _RECORDING.search(name) and not _RESULT.match(name.rsplit("/", 1)[-1])]
    own = [name.rsplit("/", 1)[-1] for name in names]
    return [] if _is_export(own) or len(files) < 2 else sorted(files)


def _is_export(names: Sequence[str]) -> bool:
    """Whether files of these names are the parts of one export."""
    return any(_OF_EXPORT.match(name) for name in names if name.lower().endswith((".csv", ".txt")))


def _entry(
    path: Path, member: str, source: str, name: str, rows: list[dict[str, str]], known: Mapping[str, str]
) -> Entry:
    parts = name.split("/")
    named = _NAMED.match(parts[-1])
    athlete = parts[0] if len(parts) > 1 and not parts[0].lower().endswith(".zip") else ""
    athlete = athlete or (named["athlete"] if named else "") or UNNAMED
    of_file = [row for row in rows if row["file"] and row["file"] in (name, _tail(name, row["file"]))]
    athlete = next((row["athlete"] for row in of_file if row["athlete"]), athlete)
    of_athlete = [row for row in rows if not row["file"] and row["athlete"] == athlete]
    told = dict(known)
    for row in (*of_athlete, *of_file):
        told |= {key: row[key] for key in KNOWN if row[key]}
    return Entry(path, member, source, athlete, told)


def _tail(name: str, file: str) -> str:
    """The last parts of a name, as many as the table's has."""
    return "/".join(name.split("/")[-(file.count("/") + 1) :])


def _read_athletes(path: Path) -> list[dict[str, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            _("the table of athletes {path} cannot be read", path=path), _("Give a CSV file in UTF-8")
        ) from error
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return []
    delimiter = next((mark for mark in "\t;" if mark in lines[0]), ",")
    names = [name.strip().lower() for name in lines[0].split(delimiter)]
    if unknown := [name for name in names if name not in COLUMNS]:
        raise UsageError(
            _("{name} has the column {column!r}", name=path.name, column=unknown[0]),
            _("Allowed are {columns}", columns=", ".join(COLUMNS)),
        )
    if not {"file", "athlete"} & set(names):
        raise UsageError(_("{name} names neither file nor athlete", name=path.name), _("Add one of these columns"))
    rows = []
    for cells in csv.reader(lines[1:], delimiter=delimiter):
        row = dict.fromkeys(COLUMNS, "") | dict(zip(names, (cell.strip() for cell in cells), strict=False))
        for key in ("labels", "speed"):
            if row[key] and (path.parent / row[key]).is_file():
                row[key] = str((path.parent / row[key]).resolve())
        rows.append(row)
    return rows
