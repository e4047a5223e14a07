"""`read_recording`: one door for every file that phones and watches export."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from gait.errors import GaitError, NotFoundError, RecordingError, UsageError
from gait.io.archive import gunzip, open_folder, open_zip
from gait.io.assemble import finish
from gait.io.binary import container_of, read_device, read_fit
from gait.io.bundle import Export, read_export
from gait.io.metadata import Metadata, says_simulated
from gait.io.names import unit_of
from gait.io.table import read_table
from gait.io.track import Options
from gait.language import gettext as _
from gait.recording import ANTERIOR_AXES, PLACEMENTS, Recording, check_choice

UNITS = ("g", "m/s^2", "mg")
"""Units that the caller may state."""

_SUFFIXES = re.compile(r"(\.(csv|txt|tsv|dat|log|asc|gz))+$", re.IGNORECASE)


def read_recording(
    path: str | os.PathLike[str] | BinaryIO,
    *,
    placement: str = "unknown",
    anterior: str | None = None,
    rate_hz: float | None = None,
    unit: str | None = None,
    scale: float | None = None,
    time_column: str | int | None = None,
    acc_columns: Sequence[str | int] | str | None = None,
) -> Recording:
    """Read a recording as an app or device exported it.

    Text in any usual layout, gzip, zip, a folder, FIT, and with optional readers Axivity and GENEActiv binaries are
    recognised by content. Everything becomes specific force in m/s² with +1 g on the axis that points up at rest.
    What was decided rather than read is listed in ``Recording.assumptions``, what is odd in ``Recording.flags``
    (codes: see `gait.io.assemble`).

    Parameters
    ----------
    path : str, path-like or binary file object
        The file, or the folder of an export.
    placement : str
        Where the device was worn, one of `gait.recording.PLACEMENTS`.
    anterior : str, optional
        Device axis that points to the runner's front, e.g. ``"+z"``.
    rate_hz : float, optional
        Samples per second, for files without a clock [Hz].
    unit : {"g", "m/s^2", "mg"}, optional
        Unit of acceleration where the file does not say.
    scale : float, optional
        Counts per g, instead of `unit`.
    time_column : str or int, optional
        Name of the time column, or its number from 1.
    acc_columns : sequence of str or int, or str, optional
        Names or numbers of the x, y and z columns, or one string ``"x,y,z"``.

    Returns
    -------
    Recording
        Samples that keep their own, strictly rising times.

    Raises
    ------
    NotFoundError
        If there is no such file.
    RecordingError
        If the file cannot be used; one sentence says why and what to do.
    UsageError
        If the options contradict each other or the file.
    """
    options = _options(rate_hz, unit, scale, time_column, acc_columns)
    check_choice("placement", placement, PLACEMENTS)
    if anterior is not None:
        check_choice("anterior", anterior, ANTERIOR_AXES)
    source = _name_of(path)
    try:
        export, sha256, simulated = _read(path, source, options)
        return finish(
            export.track, source, sha256, placement=placement, anterior=anterior, annotations=export.annotations,
            device=export.metadata.device, app_version=export.metadata.app_version,
            start_date=export.metadata.start_date,
            simulated=simulated or export.metadata.simulated or source.lower().startswith("simulated_"),
        )  # fmt: skip
    except GaitError as error:
        error.path = error.path or source
        raise
    except MemoryError as error:
        raise RecordingError(
            _("the file is too large for this computer's memory"), _("Cut it into parts"), path=source
        ) from error


def _options(
    rate_hz: float | None,
    unit: str | None,
    scale: float | None,
    time_column: str | int | None,
    acc_columns: Sequence[str | int] | str | None,
) -> Options:
    """Check what the caller said."""
    if unit is not None:
        unit = unit_of(unit) or unit
        check_choice("unit", unit, UNITS)
        if scale is not None:
            raise UsageError(_("unit and scale are both given"), _("Give the unit, or the counts per g"))
    for name, value, low, high in (("rate_hz", rate_hz, 0.01, 1e5), ("scale", scale, 1e-3, 1e7)):
        if value is not None and not low <= value <= high:
            raise UsageError(
                _(
                    "{name} must be a number from {low:g} to {high:g}, but is {value!r}",
                    name=name,
                    low=low,
                    high=high,
                    value=value,
                )
            )
    if rate_hz is not None and time_column is not None:
        raise UsageError(
            _("rate_hz and time_column are both given"), _("Give the time column, or the rate of a file without one")
        )
    columns: tuple[str | int, ...] | None = None
    if acc_columns is not None:
        parts = acc_columns.split(",") if isinstance(acc_columns, str) else acc_columns
        columns = tuple(part.strip() if isinstance(part, str) else part for part in parts)
        if len(columns) != 3 or len(set(map(str, columns))) != 3 or "" in columns:
            raise UsageError(
                _("acc_columns must name three different columns, but is {acc_columns!r}", acc_columns=acc_columns),
                _("Give them as x,y,z"),
            )
    return Options(rate_hz, unit, scale, time_column, columns)


def _name_of(path: str | os.PathLike[str] | BinaryIO) -> str:
    """File name for reports, without folders."""
    name = os.fspath(path) if isinstance(path, (str, os.PathLike)) else getattr(path, "name", "recording")
    text = str(name).replace("\\", "/") if not isinstance(path, (str, os.PathLike)) else str(name)
    return Path(text).name or Path(text).resolve().name or "recording"


def _read(path: str | os.PathLike[str] | BinaryIO, source: str, options: Options) -> tuple[Export, str, bool]:
    """The recording, the hash of the bytes as found, and whether a simulator made it."""
    if isinstance(path, (str, os.PathLike)):
        place = Path(path)
        try:
            if place.is_dir():
                export = read_export(open_folder(place), options)
                return export, export.sha256(), False
            data = place.read_bytes()
        except FileNotFoundError as error:
            raise NotFoundError(_("there is no such file"), _("Check the name and the folder")) from error
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "not a usable file name"
            raise RecordingError(
                _("the file cannot be opened ({reason})", reason=reason), _("Check the file and your rights")
            ) from error
    else:
        data = path.read()
    sha256 = hashlib.sha256(data).hexdigest()
    kind = container_of(data)
    if kind == "zip":
        export = read_export(open_zip(data), options)
        return export, sha256, False
    if kind == "gzip":
        data = gunzip(data)
        kind = container_of(data)
    if kind == "fit":
        return Export(read_fit(data, options), Metadata()), sha256, False
    if kind == "cwa" or kind == "geneactiv":
        return Export(read_device(data, kind, options), Metadata()), sha256, False
    stem = _SUFFIXES.sub("", source)
    simulated = says_simulated(data[:4096].decode("utf-8", errors="ignore"))
    return Export(read_table(data, stem, options), Metadata()), sha256, simulated
