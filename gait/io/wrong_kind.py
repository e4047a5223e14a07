"""Files that hold something else than acceleration are refused by name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gait.errors import RecordingError, WrongKindError
from gait.io.names import Column, plain

_GIVE_ACC = "Give the file with the accelerometer, or the whole export folder or zip"

# pattern for header and preamble (lower case, no accents) and what the file is
_CONTENTS: tuple[tuple[str, str, str], ...] = (
    (r"^property\W+value", "a phyphox device description without samples", _GIVE_ACC),
    (r"^event\W+experiment time", "the list of phyphox starts and pauses without samples", _GIVE_ACC),
    (r"(device name\W.*platform\W|appversion\W.*sensors)", "the Sensor Logger description without samples", _GIVE_ACC),
    (
        r"samplerate = \d+ (second|minute)|epoch period \(hh:mm:ss\) (?!00:00:00)|data table file created by actigraph|"
        r"actical|actiware|actiwatch",
        "activity counts or means per epoch, not acceleration samples",
        "Export the raw acceleration (for ActiGraph: RAW CSV) instead",
    ),
)
_KIND_NAMES = {
    "gyroscope": "angular rate (gyroscope)",
    "magnetometer": "the magnetic field (magnetometer)",
    "gravity": "only the direction of gravity",
    "orientation": "orientation angles or quaternions",
    "location": "a GPS track",
    "speed": "a GPS track",
    "counts": "step or activity counts per epoch",
    "gait_table": "a table of steps or gait parameters",
    "statistic": "a table of features (means, maxima, ...)",
    "magnitude": "only the magnitude of a vector",
}
_ORDER = ("gait_table", "counts", "gyroscope", "magnetometer", "gravity", "location", "statistic", "orientation",
          "speed", "magnitude")  # fmt: skip


def refuse_known(head: str) -> None:
    """Refuse a file whose first lines say that it is something else.

    Parameters
    ----------
    head : str
        The beginning of the file.

    Raises
    ------
    WrongKindError
        With the name of what the file is.
    """
    top = plain("\n".join(head.splitlines()[:40])).replace('"', "")
    for pattern, what, remedy in _CONTENTS:
        if re.search(pattern, top, flags=re.MULTILINE):
            raise WrongKindError(f"this is {what}", remedy)


def refuse_without_acceleration(columns: Sequence[Column]) -> RecordingError:
    """The error for a table in which no three acceleration columns were found.

    Parameters
    ----------
    columns : sequence of Column
        All columns of the table.

    Returns
    -------
    RecordingError
        Says what the table is instead, or what is missing.
    """
    axes = {column.axis for column in columns if column.kind in {"acceleration", "linear"} and column.axis}
    if axes:
        missing = " and ".join(sorted({"x", "y", "z"} - axes)) or "one"
        return RecordingError(
            f"the {missing} axis of the acceleration is missing",
            "Export all three axes, or name them with --acc-columns",
        )
    kinds = {column.kind for column in columns}
    if "magnitude" in kinds and not kinds & {"gyroscope", "location", "counts"}:
        return WrongKindError("only the magnitude of the acceleration is there, without its three axes", _GIVE_ACC)
    if any(column.kind in {"acceleration", "linear"} for column in columns):
        return RecordingError(
            "there is one column of acceleration, but three axes are needed", "Export all three axes of the sensor"
        )
    for kind in _ORDER:
        if kind in kinds:
            return WrongKindError(f"this file holds {_KIND_NAMES[kind]}, not acceleration", _GIVE_ACC)
    names = ", ".join(repr(column.name) for column in columns[:6] if column.name)
    found = f"the columns are {names}" if names else "the columns have no names"
    return WrongKindError(
        f"no acceleration columns were found ({found})",
        "Give the accelerometer's file, or name the columns with --acc-columns, --unit and --time-column",
    )
