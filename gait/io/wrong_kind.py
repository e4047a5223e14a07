"""Files that hold something else than acceleration are refused by name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gait.errors import RecordingError, WrongKindError
from gait.io.names import Column, plain
from gait.language import gettext as _
from gait.language import mark

_GIVE_ACC = mark("Give the file with the accelerometer, or the whole export folder or zip")

# pattern for header and preamble (lower case, no accents) and what the file is
_CONTENTS: tuple[tuple[str, str, str], ...] = (
    (r"^property\W+value", mark("a phyphox device description without samples"), _GIVE_ACC),
    (r"^event\W+experiment time", mark("the list of phyphox starts and pauses without samples"), _GIVE_ACC),
    (
        r"(device name\W.*platform\W|appversion\W.*sensors)",
        mark("the Sensor Logger description without samples"),
        _GIVE_ACC,
    ),
    (
        r"samplerate = \d+ (second|minute)|epoch period \(hh:mm:ss\) (?!00:00:00)|data table file created by actigraph|"
        r"actical|actiware|actiwatch",
        mark("activity counts or means per epoch, not acceleration samples"),
        mark("Export the raw acceleration (for ActiGraph: RAW CSV) instead"),
    ),
)
KIND_NAMES = {
    "gyroscope": mark("angular rate (gyroscope)"),
    "magnetometer": mark("the magnetic field (magnetometer)"),
    "gravity": mark("only the direction of gravity"),
    "orientation": mark("orientation angles or quaternions"),
    "location": mark("a GPS track"),
    "speed": mark("a GPS track"),
    "counts": mark("step or activity counts per epoch"),
    "gait_table": mark("a table of steps or gait parameters"),
    "statistic": mark("a table of features (means, maxima, ...)"),
    "time": mark("time"),
    "magnitude": mark("only the magnitude of a vector"),
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
            raise WrongKindError(_("this is {what}", what=_(what)), _(remedy))


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
        missing = _(" and ").join(sorted({"x", "y", "z"} - axes)) or _("one")
        return RecordingError(
            _("the {missing} axis of the acceleration is missing", missing=missing),
            _("Export all three axes, or name them with --acc-columns"),
        )
    kinds = {column.kind for column in columns}
    if "magnitude" in kinds and not kinds & {"gyroscope", "location", "counts"}:
        return WrongKindError(
            _("only the magnitude of the acceleration is there, without its three axes"), _(_GIVE_ACC)
        )
    if any(column.kind in {"acceleration", "linear"} for column in columns):
        return RecordingError(
            _("there is one column of acceleration, but three axes are needed"),
            _("Export all three axes of the sensor"),
        )
    for kind in _ORDER:
        if kind in kinds:
            return WrongKindError(_("this file holds {what}, not acceleration", what=_(KIND_NAMES[kind])), _(_GIVE_ACC))
    names = ", ".join(repr(column.name) for column in columns[:6] if column.name)
    found = _("the columns are {names}", names=names) if names else _("the columns have no names")
    return WrongKindError(
        _("no acceleration columns were found ({found})", found=found),
        _("Give the accelerometer's file, or name the columns with --acc-columns, --unit and --time-column"),
    )
