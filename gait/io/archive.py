"""Zip, gzip and folders: opened in memory, within limits that are checked before anything is unpacked."""

from __future__ import annotations

import io
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gait.errors import ArchiveError, RecordingError, WrongKindError
from gait.language import gettext as _
from gait.language import mark

MAX_MEMBERS = 200
MAX_BYTES = 2**30
MAX_RATIO = 100
_FREE_BYTES = 2**20  # a member of this size may shrink as much as it likes
_MAX_DEPTH = 4
_CHUNK = 2**16
_DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, NotImplementedError)
_ARCHIVE_SUFFIX = re.compile(r"\.(zip|gz|tgz|bz2|xz|7z|rar|tar)$", re.IGNORECASE)
_TEXT_SUFFIX = re.compile(r"(\.(csv|txt|tsv|dat|log|asc)|(^|/)[^./]+)$", re.IGNORECASE)
_NOISE = re.compile(r"(^|/)(__MACOSX/|\.[^/]|Thumbs\.db$|desktop\.ini$)")

# a member that tells what kind of zip it is, and what to do instead
_ZIP_KINDS: tuple[tuple[str, str, str], ...] = (
    (r"^xl/workbook\.", mark("a spreadsheet (xlsx)"),
     mark("Export CSV from the app itself; a spreadsheet spoils the time stamps")),
    (r"^content\.xml$", mark("an office document"), mark("Export CSV from the app itself")),
    (r"^word/document\.xml$", mark("a text document (docx)"), mark("Give the CSV file with the acceleration")),
    (r"^(log|activity)\.bin$", mark("an ActiGraph .gt3x file"),
     mark("Export it as RAW CSV with ActiLife and give that file")),
    (r"^AndroidManifest\.xml$", mark("an Android app"), mark("Give the CSV file that the app exports")),
    (r"^doc\.kml$", mark("a GPS track (kmz)"), mark("Give the file with the accelerometer")),
)  # fmt: skip


@dataclass(frozen=True)
class Member:
    """One file inside an archive or folder.

    Attributes
    ----------
    name : str
        Path inside the archive, with ``/``; never used as a path on disk.
    size : int
        Bytes.
    load : callable
        Returns the content.
    """

    name: str
    size: int
    load: Callable[[], bytes]

    @property
    def stem(self) -> str:
        """File name without folders and suffix."""
        return re.sub(r"\.[A-Za-z]{2,4}$", "", self.name.rsplit("/", 1)[-1])


def gunzip(data: bytes) -> bytes:
    """Unpack gzip, stopping as soon as a limit is passed.

    Raises
    ------
    ArchiveError
        If the content is too large, shrinks suspiciously or is itself an archive.
    RecordingError
        If the data are damaged.
    """
    parts: list[bytes] = []
    total = 0
    engine = zlib.decompressobj(wbits=31)
    try:
        for start in range(0, len(data), _CHUNK):
            source = data[start : start + _CHUNK]
            while source:
                part = engine.decompress(source)
                total += len(part)
                if total > MAX_BYTES or (total > _FREE_BYTES and total > MAX_RATIO * len(data)):
                    raise ArchiveError(
                        _("the gzip file unpacks to more than it should (limits: 1 GiB and 100 times its size)"),
                        _("Unpack it yourself and give the CSV file"),
                    )
                parts.append(part)
                # a second member may follow the first
                source = engine.unused_data.lstrip(b"\0") if engine.eof else b""
                engine = zlib.decompressobj(wbits=31) if engine.eof else engine
    except zlib.error as error:
        raise RecordingError(_("the gzip file is damaged"), _("Download or export it again")) from error
    if not total and len(data) < 20:  # even nothing takes 20 bytes
        raise RecordingError(_("the gzip file is damaged"), _("Download or export it again"))
    content = b"".join(parts)
    if content[:2] == b"\x1f\x8b" or content[:4] == b"PK\x03\x04":
        raise ArchiveError(_("an archive lies inside the gzip file"), _("Unpack it and give the inner file"))
    return content


def open_zip(data: bytes) -> list[Member]:
    """List the text files of a zip.

    Raises
    ------
    ArchiveError
        If the zip has too many members, is too large, shrinks suspiciously, is nested, unsafe or protected.
    WrongKindError
        If it is a zip of another kind, such as a spreadsheet.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = [info for info in archive.infolist() if not info.is_dir()]
    except _DAMAGED as error:
        raise ArchiveError(_("the zip file is damaged"), _("Export or download it again")) from error
    for pattern, what, remedy in _ZIP_KINDS:
        if any(re.search(pattern, info.filename) for info in infos):
            raise WrongKindError(_("this is {what}, not a recording", what=_(what)), _(remedy))
    _check_zip(infos)
    members = []
    for info in infos:
        if _NOISE.search(info.filename):
            continue
        if _ARCHIVE_SUFFIX.search(info.filename):
            raise ArchiveError(
                _("another archive lies inside the zip ({name})", name=info.filename.rsplit("/", 1)[-1]),
                _("Unpack it and give the inner one"),
            )
        if _TEXT_SUFFIX.search(info.filename):
            members.append(Member(info.filename.replace("\\", "/"), info.file_size, _loader(archive, info)))
    return members


def _check_zip(infos: list[zipfile.ZipInfo]) -> None:
    give = _("Unpack it yourself and give the folder or the one CSV file")
    if len(infos) > MAX_MEMBERS:
        raise ArchiveError(_("the zip holds {n} files, more than {limit}", n=len(infos), limit=MAX_MEMBERS), give)
    if sum(info.file_size for info in infos) > MAX_BYTES:
        raise ArchiveError(_("the zip unpacks to more than 1 GiB"), give)
    for info in infos:
        if info.file_size > _FREE_BYTES and info.file_size > MAX_RATIO * max(info.compress_size, 1):
            raise ArchiveError(_("a file in the zip unpacks to more than 100 times its size"), give)
        parts = info.filename.replace("\\", "/").split("/")
        if ".." in parts or info.filename.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", info.filename):
            raise ArchiveError(_("the zip holds an unsafe file name that leads out of its folder"), give)
        if info.flag_bits & 1:
            raise ArchiveError(_("the zip is protected by a password"), give)


def _loader(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], bytes]:
    def load() -> bytes:
        try:
            return archive.read(info)
        except (*_DAMAGED, RuntimeError) as error:
            name = info.filename.rsplit("/", 1)[-1]
            raise ArchiveError(
                _("{name} in the zip is damaged", name=name), _("Export or download it again")
            ) from error

    return load


def open_folder(folder: Path) -> list[Member]:
    """List the text files of a folder and its sub-folders.

    Raises
    ------
    ArchiveError
        If there are too many or too large files.
    """
    members: list[Member] = []
    total = seen = 0
    for place, folders, files in os.walk(folder):
        depth = len(Path(place).relative_to(folder).parts)
        folders[:] = sorted(f for f in folders if not f.startswith((".", "__MACOSX"))) if depth < _MAX_DEPTH else []
        for file in sorted(files):
            path = Path(place) / file
            name = path.relative_to(folder).as_posix()
            if _NOISE.search(name) or path.is_symlink() or not path.is_file():
                continue
            seen += 1
            if not _TEXT_SUFFIX.search(name):
                continue
            size = path.stat().st_size
            total += size
            members.append(Member(name, size, path.read_bytes))
            if seen > MAX_MEMBERS or total > MAX_BYTES:
                raise ArchiveError(
                    _("the folder holds more than one recording can ({limit} files, 1 GiB)", limit=MAX_MEMBERS),
                    _("Give the folder of one recording, or one CSV file"),
                )
    return members
