"""Tables without a header: names are given only if one assignment fits the numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from gait.errors import ClockError, GaitError, WrongKindError
from gait.io import units
from gait.io.clock import choose_clock, read_clock
from gait.io.names import Column, read_name
from gait.io.parse import parse
from gait.io.text import Layout
from gait.io.track import Floats, Options
from gait.language import gettext as _
from gait.language import mark

_MAX_FIELDS = 16
_ASK = mark("Name the columns with --acc-columns (numbers from 1), --unit and --time-column or --rate, or add a header")


def add_names(data: bytes, layout: Layout, columns: list[Column], options: Options) -> list[Column]:
    """Name the columns of a table without header, from their numbers alone.

    Parameters
    ----------
    data : bytes
        The text as UTF-8.
    layout : Layout
        Its layout.
    columns : list of Column
        The nameless columns.
    options : Options
        What the caller said; named columns are left alone.

    Returns
    -------
    list of Column
        The columns, now with a time column and three axes where exactly one assignment fits.

    Raises
    ------
    RecordingError
        If none or several assignments fit.
    """
    if options.acc_columns is not None and (options.time_column is not None or options.rate_hz is not None):
        return columns
    if layout.n_fields > _MAX_FIELDS or layout.n_fields < 3:
        raise WrongKindError(
            _("the table has no header and {n} columns, so nothing says what they are", n=layout.n_fields), _(_ASK)
        )
    frame = parse(data, layout, range(layout.n_fields)).frame
    named = list(columns)
    time = _time_column(frame) if options.time_column is None else None
    if time is not None:
        named[time[0]] = read_name(time[0], "time")
    if options.acc_columns is not None:
        return named
    time_s = time[1] if time is not None else np.arange(len(frame)) / (options.rate_hz or 50.0)
    triple = _acceleration(frame, time_s, time[0] if time else None)
    for position, axis in zip(triple, "xyz", strict=True):
        named[position] = read_name(position, f"acc {axis}")
    if time is None and options.rate_hz is None and options.time_column is None:
        raise ClockError(
            _("there is no header and no time column"), _("Give the samples per second with --rate (and --acc-columns)")
        )
    return named


def _time_column(frame: pd.DataFrame) -> tuple[int, Floats] | None:
    """The one steadily rising column that is no row number."""
    clocks = {}
    for position in map(int, frame.columns):
        try:
            clock = read_clock(f"column {position + 1}", frame[position], "")
        except GaitError:
            continue
        if (
            clock is not None
            and clock.repeated < 0.5
            and clock.backward < 0.01
            and np.isfinite(clock.time_s).mean() > 0.99
        ):
            clocks[position] = clock
    best = choose_clock(list(clocks.values()))
    if best is None:
        return None
    if len(clocks) > 1:
        # Sensor Logger writes two clocks, and its axes as z, y, x on phones but as x, y, z on watches
        raise WrongKindError(
            _("the table has no header and several time columns, so the order of its axes is open"), _(_ASK)
        )
    position = next(place for place, clock in clocks.items() if clock is best)
    filled = pd.Series(best.time_s).interpolate().bfill().to_numpy(dtype=float)
    return position, np.maximum.accumulate(filled)


def _acceleration(frame: pd.DataFrame, time_s: Floats, time: int | None) -> tuple[int, int, int]:
    """The three neighbouring columns that look like acceleration with gravity."""
    numeric = [p for p in map(int, frame.columns) if p != time and _is_signal(frame[p])]
    groups = [numeric[i : i + 3] for i in range(0, len(numeric) - 2, 3)]
    groups = [g for g in groups if g[2] - g[0] == 2]
    if len(numeric) % 3 == 1 and len(numeric) >= 4:
        values = frame[numeric[:4]].to_numpy(dtype=float)
        length = np.sqrt((values[:, :3] ** 2).sum(axis=1))
        if len(numeric) > 4 or not np.allclose(length, values[:, 3], rtol=0.02, atol=0.02):
            groups = []
    elif len(numeric) % 3 == 2:
        groups = []
    fits = [group for group in groups if _fits(frame, time_s, group)]
    if len(fits) != 1:
        if fits:
            problem = _(
                "the table has no header, and several sets of three columns look like acceleration with gravity in "
                "g or m/s^2"
            )
        else:
            problem = _(
                "the table has no header, and no three columns look like acceleration with gravity in g or m/s^2"
            )
        raise WrongKindError(problem, _(_ASK))
    return fits[0][0], fits[0][1], fits[0][2]


def _is_signal(column: pd.Series) -> bool:
    """Whether a column holds measured numbers, not labels, row numbers or a constant."""
    if not pd.api.types.is_numeric_dtype(column):
        return False
    values = column.to_numpy(dtype=float)
    values = values[np.isfinite(values)]
    if len(values) < 3 or values.std() == 0:
        return False
    return bool((values != np.round(values)).mean() > 0.2)


def _fits(frame: pd.DataFrame, time_s: Floats, group: Sequence[int]) -> bool:
    values = frame[list(group)].to_numpy(dtype=float)
    finite = np.isfinite(values).all(axis=1)
    if finite.sum() < 8 or np.median(np.diff(time_s[finite])) <= 0:
        return False
    evidence = units.weigh(time_s[finite], values[finite])
    return evidence.seen_unit() in {"g", "m/s^2"} and evidence.constancy >= 1e-4 and evidence.looks_measured()
