"""The rows of a text table -> numbers, read once by pandas' C engine."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gait.errors import RecordingError
from gait.io.text import MISSING, Layout, split_line
from gait.language import gettext as _


@dataclass(frozen=True)
class Table:
    """Columns of a text file.

    Attributes
    ----------
    frame : pandas.DataFrame
        The columns asked for, named by their position; numbers wherever at least half of the cells are numbers.
    bad_lines : int
        Lines that were passed over because they have too many fields.
    bad_cells : int
        Cells that are neither numbers nor empty in columns of numbers.
    headers_inside : int
        Lines in the middle of the file that repeat the header.
    truncated : bool
        Whether the last line breaks off.
    """

    frame: pd.DataFrame
    bad_lines: int
    bad_cells: int
    headers_inside: int
    truncated: bool


def parse(data: bytes, layout: Layout, positions: Sequence[int]) -> Table:
    """Read columns of a text file with pandas' C engine.

    Parameters
    ----------
    data : bytes
        UTF-8 as `to_utf8` returns it.
    layout : Layout
        What `sniff` found.
    positions : sequence of int
        Columns to read, from 0.

    Returns
    -------
    Table
        The columns and what was wrong with the lines.
    """
    wanted = sorted(set(positions))
    # pandas notices lines with too many fields only when it reads all columns, which costs little where few are idle
    usecols = wanted if layout.n_fields > len(wanted) + 2 else None
    start = _offset(data, layout.first_row)
    if _ends_in_semicolon(layout):
        data, start = data[start:].replace(b";\r\n", b"\n").replace(b";\n", b"\n"), 0
        data = data.removesuffix(b";")
    truncated = _breaks_off(data[max(start, len(data) - 4096) :], layout)
    stop = data.rfind(b"\n") + 1 if truncated else len(data)
    stream = io.BytesIO(data if stop == len(data) else data[:stop])
    stream.seek(start)
    try:
        with warnings.catch_warnings(record=True) as caught:
            # columns that turn from numbers to text in the middle are put right below, bad lines are counted
            warnings.simplefilter("always")
            frame = pd.read_csv(
                stream,
                sep=r"\s+" if layout.delimiter == " " else layout.delimiter,
                decimal=layout.decimal, header=None, names=list(range(layout.n_fields)), usecols=usecols, engine="c",
                on_bad_lines="warn", index_col=False, skipinitialspace=layout.padded, encoding="utf-8",
            )  # fmt: skip
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError, OverflowError) as error:
        raise RecordingError(
            _("the rows of numbers cannot be read as a table"), _("Export the recording again as CSV")
        ) from error
    bad_lines = sum(str(warning.message).count("Skipping line") for warning in caught)
    frame, bad_cells, headers = _numbers(frame if usecols else frame[wanted], layout)
    return Table(frame, bad_lines, bad_cells, headers, truncated)


def _offset(data: bytes, n_lines: int) -> int:
    place = 0
    for _line in range(n_lines):
        place = data.find(b"\n", place) + 1
    return place


def _ends_in_semicolon(layout: Layout) -> bool:
    """Whether rows separated by commas end in a semicolon."""
    return layout.delimiter == "," and all(row[-1].endswith(";") for row in layout.rows[:20])


def _breaks_off(tail: bytes, layout: Layout) -> bool:
    """Whether the last line lacks its end and some of its fields."""
    if tail.endswith((b"\n", b"\r")) or b"\n" not in tail:
        return False
    cells = split_line(tail[tail.rfind(b"\n") + 1 :].decode("utf-8", errors="replace"), layout.delimiter)
    usual = layout.rows[0]
    return len(cells) < len(usual) or (not cells[-1] and bool(usual[-1])) or cells[-1] in {"-", "+", "."}


def _numbers(frame: pd.DataFrame, layout: Layout) -> tuple[pd.DataFrame, int, int]:
    """Turn columns that hold a few broken cells into numbers; drop repeated headers."""
    bad_cells = headers = 0
    if layout.names is not None:
        for position in map(int, frame.columns):
            name = layout.names[position]
            if not pd.api.types.is_numeric_dtype(frame[position]) and name:
                repeated = frame[position].astype(str).str.strip().eq(name).to_numpy()
                if 0 < repeated.sum() < len(frame) / 2:
                    headers = max(headers, int(repeated.sum()))
                    frame = frame.loc[~repeated]
    if all(dtype.kind in "if" for dtype in frame.dtypes):
        return frame, 0, 0
    columns = {}
    for position in map(int, frame.columns):
        column = frame[position]
        if not pd.api.types.is_numeric_dtype(column):
            cells = column.astype(str).str.strip()
            if layout.decimal == ",":
                cells = cells.str.replace(",", ".", regex=False)
            numbers = pd.to_numeric(cells, errors="coerce")
            filled = column.notna().to_numpy()
            good = numbers.notna().to_numpy()
            if good.any() and good.sum() >= 0.5 * filled.sum():
                bad_cells += int((filled & ~good & ~cells.str.lower().isin(MISSING).to_numpy()).sum())
                column = numbers
        elif column.dtype == bool:
            column = column.astype(np.int64)
        columns[position] = column
    return pd.DataFrame(columns, index=frame.index).reset_index(drop=True), bad_cells, headers
