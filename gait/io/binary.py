"""What the first bytes say: binary recordings that can be read, and files that are refused by name."""

from __future__ import annotations

import datetime
import importlib
import os
import re
import tempfile
import warnings
from typing import Any, Literal

import numpy as np

from gait.errors import ClockError, RecordingError, UnknownUnitError, WrongKindError
from gait.io import units
from gait.io.clock_repair import repair_clock
from gait.io.extras import add_gyroscope, speed_table
from gait.io.rates import row_rate_hz
from gait.io.track import Floats, Options, Track
from gait.language import gettext as _
from gait.language import mark
from gait.recording import STANDARD_GRAVITY_MS2

Container = Literal["zip", "gzip", "fit", "cwa", "geneactiv", "text"]

_CSV = mark("Export the recording as CSV from the app that wrote it and give that file")
_GARMIN = mark("Record with an app that stores raw acceleration, or give the acceleration as CSV")

# pattern for the first bytes (lower case where text) -> what the file is, and what to do instead
_REFUSED: tuple[tuple[bytes, str, str], ...] = (
    (rb"version https://git-lfs", mark("a git-LFS pointer, not the file itself"),
     mark("Fetch the file with 'git lfs pull'")),
    (rb"matlab 5\.0|matlab 7", mark("a MATLAB .mat file"),
     mark("Export it as CSV, in MATLAB with writetimetable or writetable")),
    (rb"\x89hdf\r\n", mark("an HDF5 or MATLAB file"), _CSV),
    (rb"\xd0\xcf\x11\xe0", mark("a spreadsheet or office document (xls)"),
     mark("Export CSV from the app itself; a spreadsheet spoils the time stamps")),
    (rb"sqlite format 3", mark("a database (SQLite)"), _CSV),
    (rb"par1", mark("a Parquet file"), _CSV),
    (rb"\x93numpy", mark("a NumPy array file"), _CSV),
    (rb"%pdf", mark("a PDF document"), mark("Give the CSV file with the acceleration")),
    (rb"\x89png|\xff\xd8\xff|gif8|....ftyp|riff....(wave|avi)|id3", mark("a picture, sound or film"),
     mark("Give the CSV file")),
    (rb"bzh|\xfd7zxz|7z\xbc\xaf|rar!", mark("a packed file of another kind"), mark("Unpack it, or pack it as zip")),
    (rb"\{\\rtf", mark("a text document (rtf)"), mark("Give the CSV file with the acceleration")),
    (rb"\s*<(!doctype )?html|\s*<!--|\s*<head", mark("a web page, not a recording"),
     mark("Download the file, not its page")),
    (rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<(gpx|trainingcenterdatabase|kml)",
     mark("a GPS activity (GPX, TCX or KML) without acceleration"), _GARMIN),
    (rb"\s*<\?xml", mark("an XML file"), _CSV),
    (rb"\s*[\[{]\s*(\[|\{|\"|\]|\}|\d)", mark("a JSON file"), mark("Choose CSV when you export from the app")),
)  # fmt: skip


def container_of(data: bytes) -> Container:
    """What kind of container a file is, by its first bytes.

    Parameters
    ----------
    data : bytes
        The file, or at least its first 512 bytes.

    Returns
    -------
    str
        ``"zip"``, ``"gzip"``, ``"fit"``, ``"cwa"``, ``"geneactiv"`` or ``"text"``.

    Raises
    ------
    WrongKindError
        With the name of what the file is, when it is known and not read.
    """
    head = data[:512]
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return "zip"
    if head[:2] == b"\x1f\x8b":
        return "gzip"
    if head[8:12] == b".FIT":
        return "fit"
    if head[:4] == b"MD\xfc\x03":
        return "cwa"
    if head[:15] == b"Device Identity" and b"GENEActiv" in head:
        return "geneactiv"
    lower = head.removeprefix(b"\xef\xbb\xbf").lower()
    for pattern, what, remedy in _REFUSED:
        if re.match(pattern, lower, flags=re.DOTALL):
            raise WrongKindError(_("this is {what}", what=_(what)), _(remedy))
    if len(data) > 262 and data[257:262] == b"ustar":
        raise WrongKindError(_("this is a packed file (tar)"), _("Unpack it, or pack it as zip"))
    return "text"


def _optional(module: str, extra: str, what: str, otherwise: str) -> Any:
    """Import an optional reader, or say how to install it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise RecordingError(
            _("{what} needs an optional reader that is not installed", what=what),
            _('Install it with: pip install "retrogait[{extra}]"; or {otherwise}', extra=extra, otherwise=otherwise),
        ) from error


def read_fit(data: bytes, options: Options) -> Track:
    """Read raw accelerometer messages of a FIT file.

    Parameters
    ----------
    data : bytes
        The file.
    options : Options
        ``scale`` is needed where the file holds counts.

    Returns
    -------
    Track
        Acceleration in m/s², with angular rate and speed where recorded.

    Raises
    ------
    RecordingError
        If the reader is not installed, the file is damaged or, as in ordinary activities, has no acceleration.
    """
    fitdecode = _optional("fitdecode", "fit", _("a FIT file"), _("export the acceleration as CSV"))
    acc: dict[str, list[Any]] = {"acc": [], "gyr": [], "speed": []}
    n_records = 0
    try:
        with fitdecode.FitReader(data) as reader:
            for frame in reader:
                if frame.frame_type == fitdecode.FIT_FRAME_DATA:
                    fields = {field.name: field.value for field in frame.fields}
                    n_records += frame.name == "record"
                    _collect(frame.name, fields, acc)
    except Exception as error:  # the reader's own errors share no base class with all that a damaged file can raise
        raise RecordingError(_("the FIT file is damaged"), _("Copy it from the watch again")) from error
    if not acc["acc"]:
        raise WrongKindError(
            _(
                "this FIT activity holds no acceleration samples ({n_records} records of position, speed or heart "
                "rate)",
                n_records=n_records,
            ),
            _(_GARMIN),
        )
    kinds = {kind for kind, _, _ in acc["acc"]}
    if len(kinds) > 1:
        raise RecordingError(_("the FIT file mixes calibrated and raw acceleration"), _("Export it as CSV in one unit"))
    unit = kinds.pop()
    time_s, values = _stack(acc["acc"])
    track = track_from_arrays(time_s, values, unit, "FIT, accelerometer messages", options)
    if acc["gyr"]:
        gyr_time_s, rates = _stack(acc["gyr"])
        order = np.argsort(gyr_time_s, kind="stable")
        add_gyroscope(track, gyr_time_s[order] - track.origin_s, rates[order], "deg/s")
    if acc["speed"]:
        speed = np.array(acc["speed"], dtype=float)
        at = speed[:, 0] - track.origin_s
        inside = (at >= 0) & (at <= track.time_s[-1])
        track.speed = (
            speed_table(at[inside], speed[inside, 1], np.full(int(inside.sum()), np.nan)) if inside.any() else None
        )
    return track


def _epoch_s(stamp: Any) -> float:
    """Seconds since 1970 of a FIT time."""
    if isinstance(stamp, datetime.datetime):
        return stamp.replace(tzinfo=stamp.tzinfo or datetime.UTC).timestamp()
    return float(stamp)


def _collect(name: str, fields: dict[str, Any], found: dict[str, list[Any]]) -> None:
    if name == "record" and fields.get("timestamp") is not None:
        speed = fields.get("enhanced_speed", fields.get("speed"))
        if speed is not None:
            found["speed"].append((_epoch_s(fields["timestamp"]), float(speed)))
        return
    target = {"accelerometer_data": "acc", "gyroscope_data": "gyr"}.get(name)
    if target is None or fields.get("timestamp") is None or fields.get("sample_time_offset") is None:
        return
    word = "accel" if target == "acc" else "gyro"
    for unit, pattern in (("g", "calibrated_{}_"), ("mg", "compressed_calibrated_{}_"), ("counts", "{}_")):
        axes = [fields.get(pattern.format(word) + axis) for axis in "xyz"]
        if all(axis is not None for axis in axes):
            if target == "acc" or unit == "g":
                start = _epoch_s(fields["timestamp"]) + float(fields.get("timestamp_ms") or 0) / 1000
                offsets = np.atleast_1d(np.array(fields["sample_time_offset"], dtype=float))
                columns = [np.atleast_1d(np.array(axis, dtype=float)) for axis in axes]
                n = min(len(offsets), *(len(column) for column in columns))
                block = np.column_stack([column[:n] for column in columns])
                found[target].append((unit, start + offsets[:n] / 1000, block))
            return


def _stack(blocks: list[Any]) -> tuple[Floats, Floats]:
    return np.concatenate([time for _, time, _ in blocks]), np.concatenate([values for _, _, values in blocks])


def read_device(data: bytes, container: Literal["cwa", "geneactiv"], options: Options) -> Track:
    """Read a binary file of a research device with scikit-digital-health.

    Parameters
    ----------
    data : bytes
        The file.
    container : {"cwa", "geneactiv"}
        Axivity or GENEActiv.
    options : Options
        What the caller said.

    Returns
    -------
    Track
        Acceleration in m/s², with angular rate where recorded.

    Raises
    ------
    RecordingError
        If the reader is not installed or cannot read the file.
    """
    what, otherwise = {
        "cwa": (_("an Axivity .cwa file"), _("export CSV with OMGUI")),
        "geneactiv": (_("a GENEActiv .bin file"), _("export CSV with the GENEActiv software")),
    }[container]
    skdh_io = _optional("skdh.io", "devices", what, otherwise)
    reader, suffix = (skdh_io.ReadCwa, ".cwa") if container == "cwa" else (skdh_io.ReadBin, ".bin")
    handle, path = tempfile.mkstemp(suffix=suffix)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on time zones and block rates: intervals are all that matters here
            found = reader().predict(file=path)
        time_s, acc = np.asarray(found["time"], dtype=float), np.asarray(found["accel"], dtype=float)
    except Exception as error:  # a reader in C: whatever it raises, the file is not readable
        raise RecordingError(
            _("{what} could not be read by scikit-digital-health", what=what), otherwise[0].upper() + otherwise[1:]
        ) from error
    finally:
        os.unlink(path)
    name = "Axivity .cwa" if container == "cwa" else "GENEActiv .bin"
    track = track_from_arrays(time_s, acc, "g", name, options)
    if "gyro" in found:
        add_gyroscope(track, time_s - track.origin_s, np.asarray(found["gyro"], dtype=float), "deg/s")
    return track


def track_from_arrays(time_s: Floats, acc: Floats, unit: str, name: str, options: Options) -> Track:
    """Make a track from times and values that a reader of binary files delivers.

    Parameters
    ----------
    time_s : ndarray, shape (n,)
        Seconds since 1970 [s].
    acc : ndarray, shape (n, 3)
        Acceleration in `unit`.
    unit : str
        ``"g"``, ``"mg"`` or ``"counts"``.
    name : str
        Layout, for reports.
    options : Options
        What the caller said.

    Raises
    ------
    RecordingError
        If the samples cannot be used.
    """
    finite = np.isfinite(acc).all(axis=1) & np.isfinite(time_s)
    time_s, acc = time_s[finite], acc[finite]
    if unit == "counts" and not options.scale:
        raise UnknownUnitError(
            _("the acceleration is in counts without a unit"), _("Give the counts per g with --scale")
        )
    if len(time_s) < 8:
        raise ClockError(_("there are fewer than 8 samples"), _("Give a recording of at least 2 seconds"))
    repair = repair_clock(time_s, acc)
    acc = acc[repair.rows] / (options.scale or 1.0)
    stated = "g" if options.scale else unit
    verdict = units.judge(
        units.weigh(repair.time_s, acc),
        unit=stated,
        unit_from=_("the layout of {name}", name=name),
        kind="acceleration",
    )
    start = float(time_s[repair.rows[0]])
    return Track(
        repair.time_s, acc * (STANDARD_GRAVITY_MS2 / units.PER_G[verdict.unit]), None, start,
        row_rate_hz(repair.time_s), unit, verdict.gravity, name, start_epoch_s=start, cuts_s=repair.cuts_s,
        flags=list(repair.flags), notes=[*repair.notes, *verdict.notes,
                                         _("Sign: +1 g on the axis that points up at rest is assumed.")],
    )  # fmt: skip
