"""From what was typed to tidy values: calibration, labels and column names."""

from __future__ import annotations

import csv
import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from gait.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

FIRST_RUN = "first-run"
LABEL_COLUMNS = ("start_s", "end_s", "direction")
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
            f"--calibrate {text!r} is not understood",
            f"Give {FIRST_RUN}, or the seconds of known forward running such as 12-40",
        )
    start_s, end_s = float(found[1]), float(found[2])
    if end_s <= start_s:
        raise UsageError(
            f"--calibrate {text} ends before it begins", "Give the start first and the end second, in seconds"
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
            f"--acc-columns {text!r} does not name three columns", "Give them as X,Y,Z, for example ax,ay,az or 2,3,4"
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
                f"{path.name}: the labels {before[0]:g}-{before[1]:g} s and {after[0]:g}-{after[1]:g} s overlap",
                "Give each moment one direction",
            )
    return pd.DataFrame(rows, columns=list(LABEL_COLUMNS))


def _label_rows(path: Path) -> list[tuple[float, float, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a text file"
        raise UsageError(
            f"the labels {path} cannot be read: {reason}", "Give a CSV file with start_s, end_s, direction"
        ) from error
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) < 2:
        raise UsageError(f"{path.name} holds no labels", "Write a header start_s,end_s,direction and one line per span")
    header = lines[0][1]
    delimiter = next((mark for mark in "\t;" if mark in header), ",")
    names = [name.strip().lower() for name in header.split(delimiter)]
    missing = [column for column in LABEL_COLUMNS if column not in names]
    if missing:
        raise UsageError(
            f"{path.name} has no column {', '.join(missing)}", f"Its first line must name {', '.join(LABEL_COLUMNS)}"
        )
    places = [names.index(column) for column in LABEL_COLUMNS]
    cells = csv.reader((line for _, line in lines[1:]), delimiter=delimiter)
    return [_label_row(path, number, row, places) for (number, _), row in zip(lines[1:], cells, strict=False)]


def _label_row(path: Path, number: int, row: list[str], places: list[int]) -> tuple[float, float, str]:
    where = f"{path.name}, line {number}"
    try:
        start_text, end_text, direction = (row[place].strip() for place in places)
        start_s, end_s = (float(text.replace(",", ".")) for text in (start_text, end_text))
    except (IndexError, ValueError):
        raise UsageError(
            f"{where}: {', '.join(row)!r} is not start, end and direction", "Write for example 12.0,40.0,forward"
        ) from None
    direction = direction.lower()
    if direction not in LABEL_DIRECTIONS:
        raise UsageError(f"{where}: the direction {direction!r} is not known", f"Write {', '.join(LABEL_DIRECTIONS)}")
    if not 0 <= start_s < end_s < float("inf"):
        raise UsageError(f"{where}: the span {start_s:g} to {end_s:g} s is empty or negative", "Put the start first")
    return start_s, end_s, direction
