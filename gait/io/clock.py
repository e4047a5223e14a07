"""Time columns -> seconds: which column, which unit, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gait.errors import ClockError
from gait.io.arrays import thin
from gait.language import gettext as _

Floats = NDArray[np.float64]

SECONDS_PER = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
LOWEST_RATE_HZ, HIGHEST_RATE_HZ = 4.0, 5000.0
# without a stated unit only the usual rates count, or 500 (2 Hz in ms) would pass as 2000 Hz in microseconds
_USUAL_RATES_HZ = (8.0, 1000.0)
_EPOCH_S = (946_684_800.0, 2_524_608_000.0)  # 2000 to 2050
_WRAP = 2**32


@dataclass(frozen=True)
class Clock:
    """One time column in seconds.

    Attributes
    ----------
    name : str
        Name of the column for reports.
    unit : str
        ``"s"``, ``"ms"``, ``"us"``, ``"ns"`` or ``"text"``.
    time_s : ndarray, shape (n,)
        Seconds from the first valid stamp, NaN where there is none [s].
    repeated : float
        Share of stamps that equal the stamp before.
    backward : float
        Share of stamps that lie before the stamp before.
    start_epoch_s : float or None
        First stamp as seconds since 1970, if the column tells.
    note : str
        What was decided about the unit, empty when it is stated.
    local_text : bool
        Whether the stamps are text of a wall clock.
    first_s : float
        First valid stamp on the column's own scale [s].
    """

    name: str
    unit: str
    time_s: Floats
    repeated: float
    backward: float
    start_epoch_s: float | None = None
    note: str = ""
    local_text: bool = False
    first_s: float = 0.0


def read_clock(name: str, column: pd.Series, unit: str) -> Clock | None:
    """Read a time column.

    Parameters
    ----------
    name : str
        Name for reports.
    column : pandas.Series
        Numbers or text.
    unit : str
        Unit that the name states, ``""`` when it states none.

    Returns
    -------
    Clock or None
        None when the column is no clock: counts rows, is constant, holds no times, or its unit cannot be told.
    """
    if not pd.api.types.is_numeric_dtype(column):
        return _text_clock(name, column)
    values = column.to_numpy()
    if values.dtype.kind == "u":
        values = values.astype(np.int64) if values.max() < 2**63 else values.astype(float)
    valid = np.isfinite(values) if values.dtype.kind == "f" else np.ones(len(values), dtype=bool)
    valid = _without_zeros(values, valid)
    if valid.sum() < 2:
        return None
    first = values[np.argmax(valid)]
    whole = bool(valid.all())
    ticks = values - first if whole else np.where(valid, values - first, 0)
    ticks = _unwrap(ticks, values) if values.dtype.kind == "i" else ticks
    steps = np.diff(ticks if whole else ticks[valid])
    rising = steps if steps.min() > 0 else np.abs(steps[steps != 0])
    if len(rising) < 2:
        return Clock(name, unit or "s", np.where(valid, 0.0, np.nan), 1.0, 0.0)
    if not unit and _counts_rows(steps):
        return None
    mean_step = float(np.ptp(ticks)) / len(steps)
    step = float(np.median(thin(rising))) if (steps < 0).mean() < 0.2 else mean_step
    settled = settle_unit(float(first), step, mean_step, unit)
    if settled is None:
        return None
    found, note = settled
    seconds = ticks * SECONDS_PER[found] if whole else np.where(valid, ticks * SECONDS_PER[found], np.nan)
    epoch = float(first) * SECONDS_PER[found]
    return Clock(
        name, found, seconds.astype(float, copy=False), float((steps == 0).mean()), float((steps < 0).mean()),
        epoch if _EPOCH_S[0] < epoch < _EPOCH_S[1] else None,
        _("The unit of the time column {name} is not stated; {unit} is taken because {reason}.",
          name=repr(name), unit=found, reason=note) if note else "",
        first_s=epoch,
    )  # fmt: skip


def _without_zeros(values: NDArray[np.generic], valid: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Leave out stamps of 0 among stamps of an epoch or uptime: there they mean that the stamp is missing."""
    zero = values == 0
    if not zero.any():
        return valid
    others = np.asarray(values[valid & ~zero], dtype=float)
    if len(others) < 3:
        return valid
    far = others.min() > 1000 * float(np.median(np.abs(np.diff(others))))
    return valid & ~zero if far and others.min() > 1e6 else valid


def _counts_rows(steps: NDArray[np.generic]) -> bool:
    """Whether the column merely counts rows."""
    return bool((steps[:100_000] == 1).mean() > 0.9)


def _unwrap(ticks: NDArray[np.int64], values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Undo the overflow of a 32-bit counter."""
    if values.min() < 0 or values.max() >= _WRAP:
        return ticks
    jumps = np.diff(values) < -(_WRAP // 2)
    if not jumps.any():
        return ticks
    turns: NDArray[np.int64] = np.r_[0, np.cumsum(jumps)].astype(np.int64)
    return ticks + turns * _WRAP


def settle_unit(first: float, step: float, mean_step: float, stated: str) -> tuple[str, str] | None:
    """Decide the unit of numeric time stamps.

    Parameters
    ----------
    first : float
        First stamp.
    step, mean_step : float
        Median and mean interval, in the column's unit.
    stated : str
        Unit in the name, ``""`` when there is none.

    Returns
    -------
    tuple of str, or None
        Unit, and the reason when it was not stated; None when it cannot be told.

    Raises
    ------
    ClockError
        If the stated unit makes no sense.
    """
    by_size = next((u for u, s in SECONDS_PER.items() if _EPOCH_S[0] < first * s < _EPOCH_S[1]), None)
    if stated:
        rate = 1 / (step * SECONDS_PER[stated])
        if 0.5 <= rate <= 2 * HIGHEST_RATE_HZ or (
            rate > HIGHEST_RATE_HZ and 1 / (mean_step * SECONDS_PER[stated]) < 2e3
        ):
            return stated, ""
        other = by_size or _usual_unit(step)
        if other and other != stated:
            raise ClockError(
                _(
                    "the time column is said to be in {stated}, which makes {rate:.3g} rows per second; {other} "
                    "would make {better:.3g}",
                    stated=stated,
                    rate=rate,
                    other=other,
                    better=1 / (step * SECONDS_PER[other]),
                ),
                _("Correct the unit in the header, or remove the time column and give --rate"),
            )
        return stated, ""
    if by_size:
        return by_size, _("its numbers are dates of this century in that unit")
    usual = _usual_unit(step)
    if usual is None:
        return None
    return usual, _("it makes {rate:.3g} rows per second", rate=1 / (step * SECONDS_PER[usual]))


def _usual_unit(step: float) -> str | None:
    """The unit in which an interval makes a usual sampling rate."""
    low, high = _USUAL_RATES_HZ
    return next((unit for unit, s in SECONDS_PER.items() if low <= 1 / (step * s) < high), None)


def _text_clock(name: str, column: pd.Series) -> Clock | None:
    stamps = parse_text_times(column)
    if stamps is None:
        return None
    ticks = stamps.to_numpy().astype("datetime64[ns]").astype(np.int64)
    valid = stamps.notna().to_numpy()
    if valid.sum() < 2:
        return None
    ticks = ticks - ticks[np.argmax(valid)]
    dated = bool(re.search(r"\d[-/.](\d|[A-Za-z]{3}[-/.])", str(column[column.notna()].iloc[0]).split(":")[0]))
    if not dated:
        # a clock without a date starts again at midnight
        day = 86_400 * 10**9
        ticks = ticks + np.r_[0, np.cumsum(np.diff(ticks) < -day // 2)] * day
    seconds = np.where(valid, ticks * 1e-9, np.nan)
    steps = np.diff(seconds[valid])
    epoch = stamps[valid].iloc[0].timestamp() if dated else None
    return Clock(name, "text", seconds, float((steps == 0).mean()), float((steps < 0).mean()), epoch, local_text=True,
                 first_s=epoch or 0.0)  # fmt: skip


def parse_text_times(column: pd.Series) -> pd.Series | None:
    """Read times written as text.

    Parameters
    ----------
    column : pandas.Series
        ISO times, ``2022-10-22 18:36:24:895``, ``2022-08-05T15.26.13.153``, ``10/3/2018 5:23:55.1 PM``, ``14:02:11.3``.

    Returns
    -------
    pandas.Series or None
        Times without zone, missing where they cannot be read; None when fewer than 90 % can be.
    """
    text = column.astype(str).str.strip()
    filled = text[column.notna()]
    if not len(filled) or not re.search(r"\d[:.]\d\d", filled.iloc[0]):
        return None
    sample = filled.iloc[0]
    if re.search(r"\d{1,2}:\d{2}:\d{2}[:,]\d+", sample):
        text = text.str.replace(r"(\d{1,2}:\d{2}:\d{2})[:,](\d+)", r"\1.\2", regex=True)
    elif re.search(r"[T ]\d{2}\.\d{2}\.\d{2}(\.\d+)?$", sample):
        text = text.str.replace(r"(\d{2})\.(\d{2})\.(\d{2}(?:\.\d+)?)$", r"\1:\2:\3", regex=True)
    text = text.str.replace(r" UTC(?=[+-])", "", regex=True) if " UTC" in sample else text
    if re.fullmatch(r"\d{1,2}:\d{2}:\d{2}(\.\d+)?( ?[AP]M)?", text[column.notna()].iloc[0], flags=re.IGNORECASE):
        text = "1970-01-01 " + text
    stamps = _to_datetimes(text)
    return stamps if stamps is not None and stamps.notna().sum() >= 0.9 * len(filled) else None


def _to_datetimes(text: pd.Series) -> pd.Series | None:
    first = text.dropna().iloc[0]
    formats: list[str] = []
    if re.match(r"\d{4}-\d\d-\d\d", first):
        if re.search(r"[AP]M$", first, flags=re.IGNORECASE):
            formats = ["%Y-%m-%d %I:%M:%S.%f %p", "%Y-%m-%d %I:%M:%S %p"]
        else:
            formats = ["ISO8601"]
    else:
        formats = _day_formats(text)
    for layout in formats:
        stamps = pd.to_datetime(text, format=layout, errors="coerce", utc=True)
        if stamps.notna().mean() > 0.9:
            return stamps.dt.tz_localize(None)
    return None


def _day_formats(text: pd.Series) -> list[str]:
    """Formats for dates that do not begin with the year."""
    text = text.dropna()
    first = text.iloc[0]
    if re.match(r"\d{1,2}-[A-Za-z]{3}-\d{4} ", first):
        return ["%d-%b-%Y %H:%M:%S.%f", "%d-%b-%Y %H:%M:%S"]
    found = re.match(r"(\d{1,4})([/.-])(\d{1,2})\2(\d{2,4})[ T]", first)
    if not found:
        return []
    mark, last = found[2], found[4]
    half = re.search(r"[AP]M$", first, flags=re.IGNORECASE) is not None
    clock = ("%I:%M:%S" if half else "%H:%M:%S") + (".%f" if re.search(r"\d{1,2}:\d{2}:\d{2}\.\d", first) else "")
    clock += " %p" if half else ""
    gap = "T" if "T" in first[: found.end()] else " "
    if len(found[1]) == 4:
        return [f"%Y{mark}%m{mark}%d{gap}{clock}"]
    year = "%Y" if len(last) == 4 else "%y"
    # one day does not tell which number is the month, and does not matter for intervals
    day_first = int(text.str.slice(0, 2).str.replace(r"\D", "", regex=True).replace("", "0").astype(int).max()) > 12
    orders = [f"%d{mark}%m{mark}{year}", f"%m{mark}%d{mark}{year}"]
    if mark == "/" and not day_first:
        orders.reverse()
    return [f"{order}{gap}{clock}" for order in orders]


def choose_clock(clocks: Sequence[Clock]) -> Clock | None:
    """The best of several time columns: fewest repeated stamps, fewest steps back, most even, numbers before text."""
    usable = [clock for clock in clocks if clock.repeated < 1]
    if not usable:
        return clocks[0] if clocks else None

    def rank(place_clock: tuple[int, Clock]) -> tuple[float, float, float, bool, int]:
        place, clock = place_clock
        return (
            round(clock.repeated, 2),
            round(clock.backward, 3),
            round(_unevenness(clock), 1),
            clock.local_text,
            place,
        )

    return min(enumerate(usable), key=rank)[1]


def _unevenness(clock: Clock) -> float:
    steps = np.diff(clock.time_s[np.isfinite(clock.time_s)][:20_000])
    steps = steps[steps > 0]
    if not len(steps):
        return np.inf
    low, middle, high = np.percentile(steps, [5, 50, 95])
    return float((high - low) / middle)
