"""From what people write to tidy values: calibration, labels, speeds and column names."""

from __future__ import annotations

import csv
import math
import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from gait.errors import UsageError
from gait.language import gettext as _

if TYPE_CHECKING:
    import pandas as pd

FIRST_RUN = "first-run"
LABEL_COLUMNS = ("start_s", "end_s", "direction")
SPEED_COLUMNS = ("start_s", "end_s")
FASTEST_MS = 13.0
"""Faster than anybody ran: a number in km/h, more likely."""
LABEL_DIRECTIONS = ("forward", "backward", "unknown")

_SPAN = re.compile(r"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)")


def parse_calibrate(text: str | None) -> str | tuple[float, float] | None:
    """Read the value of ``--calibrate``.

    Parameters
    ----------
    text : str or None
        ``"first-run"``, or seconds of known forward running such as ``"12-40"``.

    Returns
    -------
    str or tuple of float or None
        ``"first-run"``, or start and end [s], or None when the option was not given.

    Raises
    ------
    UsageError
        If the text is neither, or the end does not follow the start.
    """
    if text is None or text == FIRST_RUN:
        return text
    found = _SPAN.fullmatch(text.strip())
    if not found:
        raise UsageError(
            _("--calibrate {text!r} is not understood", text=text),
            _("Give {first_run}, or the seconds of known forward running such as 12-40", first_run=FIRST_RUN),
        )
    start_s, end_s = float(found[1]), float(found[2])
    if end_s <= start_s:
        raise UsageError(
            _("--calibrate {text} ends before it begins", text=text),
            _("Give the start first and the end second, in seconds"),
        )
    return start_s, end_s


def parse_columns(text: str | None) -> tuple[str, str, str] | None:
    """Read the value of ``--acc-columns``: three names, or three numbers counted from 1.

    Raises
    ------
    UsageError
        If there are not three different names.
    """
    if text is None:
        return None
    names = [part.strip() for part in text.split(",")]
    if len(names) != 3 or not all(names) or len(set(names)) != 3:
        raise UsageError(
            _("--acc-columns {text!r} does not name three columns", text=text),
            _("Give them as X,Y,Z, for example ax,ay,az or 2,3,4"),
        )
    return names[0], names[1], names[2]


def read_labels(path: Path) -> pd.DataFrame:
    """Read a table of known directions.

    The file has the columns ``start_s``, ``end_s`` [s from the first sample] and ``direction`` (``forward``,
    ``backward`` or ``unknown``), separated by comma, semicolon or tab; beside semicolon and tab, decimals may be
    written with a comma.

    Parameters
    ----------
    path : pathlib.Path
        A CSV file.

    Returns
    -------
    pandas.DataFrame
        The three columns, sorted by start.

    Raises
    ------
    UsageError
        If the file cannot be read, a column is missing, a line makes no sense or two spans overlap.
    """
    import pandas as pd

    rows = sorted(_label_rows(path))
    for before, after in pairwise(rows):
        if after[0] < before[1]:
            raise UsageError(
                _(
                    "{name}: the labels {low:g}-{high:g} s and {next_low:g}-{next_high:g} s overlap",
                    name=path.name,
                    low=before[0],
                    high=before[1],
                    next_low=after[0],
                    next_high=after[1],
                ),
                _("Give each moment one direction"),
            )
    return pd.DataFrame(rows, columns=list(LABEL_COLUMNS))


def parse_speed(text: str | None) -> float | pd.DataFrame | None:
    """Read the value of ``--speed``.

    Parameters
    ----------
    text : str or None
        One speed of all runs [m/s], such as ``"2.8"``, or a CSV file with the columns ``start_s``, ``end_s`` and
        ``speed_ms`` or, for laps, ``distance_m``.

    Returns
    -------
    float or pandas.DataFrame or None
        The speed [m/s], or a table with ``start_s``, ``end_s``, ``speed_ms``; None when the option was not given.

    Raises
    ------
    UsageError
        If it is neither a speed nor such a file.
    """
    if text is None:
        return None
    try:
        speed = float(text.replace(",", "."))
    except ValueError:
        return _read_speeds(Path(text))
    if not 0 < speed < FASTEST_MS:
        raise UsageError(
            _("--speed {text} is not a running speed", text=text), _("Give metres per second, such as 2.8 (10 km/h)")
        )
    return speed


def _read_speeds(path: Path) -> pd.DataFrame:
    import pandas as pd

    header, lines = _cells(path, _("speeds"), SPEED_COLUMNS)
    known = next((column for column in ("speed_ms", "distance_m") if column in header), None)
    if known is None:
        raise UsageError(
            _("{name} has no column speed_ms or distance_m", name=path.name),
            _("Give the speed or the length of each lap"),
        )
    rows = []
    for number, row in lines:
        where = _("{name}, line {number}", name=path.name, number=number)
        start_s, end_s, value = _numbers(where, [row.get(column, "") for column in (*SPEED_COLUMNS, known)])
        if not 0 <= start_s < end_s:
            raise UsageError(
                _(
                    "{where}: the span {start_s:g} to {end_s:g} s is empty or negative",
                    where=where,
                    start_s=start_s,
                    end_s=end_s,
                ),
                _("Put the start first"),
            )
        speed = value if known == "speed_ms" else value / (end_s - start_s)
        if not 0 < speed < FASTEST_MS:
            raise UsageError(
                _("{where}: {speed:.3g} m/s is not a running speed", where=where, speed=speed),
                _("Give seconds, metres and m/s"),
            )
        rows.append((start_s, end_s, speed))
    return pd.DataFrame(sorted(rows), columns=["start_s", "end_s", "speed_ms"])


def _label_rows(path: Path) -> list[tuple[float, float, str]]:
    _header, lines = _cells(path, _("labels"), LABEL_COLUMNS)
    rows = []
    for number, row in lines:
        where, direction = _("{name}, line {number}", name=path.name, number=number), row.get("direction", "").lower()
        start_s, end_s = _numbers(where, [row.get("start_s", ""), row.get("end_s", "")])
        if direction not in LABEL_DIRECTIONS:
            remedy = _("Write {allowed}", allowed=", ".join(LABEL_DIRECTIONS))
            raise UsageError(
                _("{where}: the direction {direction!r} is not known", where=where, direction=direction), remedy
            )
        if not 0 <= start_s < end_s:
            raise UsageError(
                _(
                    "{where}: the span {start_s:g} to {end_s:g} s is empty or negative",
                    where=where,
                    start_s=start_s,
                    end_s=end_s,
                ),
                _("Put the start first"),
            )
        rows.append((start_s, end_s, direction))
    return rows


def _cells(path: Path, what: str, columns: tuple[str, ...]) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """Column names of a small table and its lines, each with its number and its cells by column."""
    needed = ", ".join(columns)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else _("not a text file")
        raise UsageError(
            _("the {what} {path} cannot be read: {reason}", what=what, path=path, reason=reason),
            _("Give a CSV file with {needed}", needed=needed),
        ) from error
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) < 2:
        remedy = _("Write a header {columns} and one line per span", columns=",".join(columns))
        raise UsageError(_("{name} holds no {what}", name=path.name, what=what), remedy)
    header = lines[0][1]
    delimiter = next((mark for mark in "\t;" if mark in header), ",")
    names = [name.strip().lower() for name in header.split(delimiter)]
    if missing := [column for column in columns if column not in names]:
        raise UsageError(
            _("{name} has no column {missing}", name=path.name, missing=", ".join(missing)),
            _("Its first line must name {needed}", needed=needed),
        )
    rows = csv.reader((line for _, line in lines[1:]), delimiter=delimiter)
    return names, [
        (number, dict(zip(names, (cell.strip() for cell in row), strict=False)))
        for (number, _), row in zip(lines[1:], rows, strict=False)
    ]


def _numbers(where: str, texts: list[str]) -> list[float]:
    try:
        numbers = [float(text.replace(",", ".")) for text in texts]
    except ValueError:
        numbers = []
    if not numbers or not all(map(math.isfinite, numbers)):
        remedy = _("Write seconds from the start of the recording, for example 12.0 and 40.0")
        raise UsageError(_("{where}: {texts!r} are not numbers", where=where, texts=", ".join(texts)), remedy)
    return numbers
