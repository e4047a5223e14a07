"""What an export holds beside acceleration: angular rate and speed over ground, joined on time."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gait.io.arrays import window_starts
from gait.io.names import Column
from gait.io.roles import Roles
from gait.io.track import Floats, Track
from gait.io.units import RADS_PER
from gait.language import gettext as _

SPEED_UNITS_MS = {"m/s": 1.0, "km/h": 1 / 3.6, "": 1.0}
"""Units of speed in m/s; a speed without a unit is m/s, as GPS chips deliver it."""

_MOVING_MS2 = 5.0
_TURN_WINDOW_S = 0.25


def add_columns(track: Track, frame: pd.DataFrame, chosen: Roles, rows: NDArray[np.int64]) -> None:
    """Add angular rate and speed that stand in the same rows as the acceleration.

    Parameters
    ----------
    track : Track
        Receives what is found.
    frame : pandas.DataFrame
        The columns of the file.
    chosen : Roles
        Which columns to use.
    rows : ndarray of int
        The row behind each sample of the track.
    """
    if chosen.gyroscope is not None:
        columns = [frame[p] for p in chosen.gyroscope.positions]
        if all(pd.api.types.is_numeric_dtype(column) for column in columns):
            values = np.column_stack([column.to_numpy(dtype=float)[rows] for column in columns])
            finite = np.isfinite(values).all(axis=1)
            if finite.any():
                add_gyroscope(track, track.time_s[finite], values[finite], chosen.gyroscope.unit)
    if chosen.speed is not None and pd.api.types.is_numeric_dtype(frame[chosen.speed.position]):
        track.speed = _speed_table(track.time_s, frame, chosen.speed, chosen.course, rows)


def add_gyroscope(track: Track, time_s: Floats, values: Floats, unit: str) -> bool:
    """Put angular rates on the times of the acceleration: for each sample the nearest in time.

    Parameters
    ----------
    track : Track
        Receives ``gyr_rads``, or a flag that says why not.
    time_s : ndarray, shape (m,)
        Times of the angular rates on the clock of the track, rising [s].
    values : ndarray, shape (m, 3)
        Finite angular rates.
    unit : str
        Their unit, ``""`` when it is not stated.

    Returns
    -------
    bool
        Whether they could be used.
    """
    problem = _doubt(track, time_s, values, unit)
    if problem:
        track.warn("gyroscope_unit", _("The gyroscope was left out: {problem}.", problem=problem),
                   _("Correct the unit in the header."))  # fmt: skip
        return False
    nearest, distance = nearest_rows(time_s, track.time_s)
    if float((distance > max(0.05, 1.5 / track.rate_hz)).mean()) > 0.05:
        track.warn("gyroscope_gaps", _("The gyroscope was left out: it is missing for more than 5 % of the time."))
        return False
    track.gyr_rads = values[nearest] * RADS_PER[unit]
    return True


def nearest_rows(time_s: Floats, wanted_s: Floats) -> tuple[NDArray[np.int64], Floats]:
    """For each wanted time the nearest row and its distance.

    Parameters
    ----------
    time_s : ndarray, shape (m,)
        Rising times [s].
    wanted_s : ndarray, shape (n,)
        Times to find [s].

    Returns
    -------
    rows : ndarray of int, shape (n,)
        Row of `time_s`.
    distance_s : ndarray, shape (n,)
        How far away it is [s].
    """
    if len(time_s) == len(wanted_s) and bool((time_s == wanted_s).all()):
        return np.arange(len(time_s), dtype=np.int64), np.zeros(len(time_s))
    right = np.clip(np.searchsorted(time_s, wanted_s), min(1, len(time_s) - 1), len(time_s) - 1)
    left = np.maximum(right - 1, 0)
    rows = np.where(np.abs(time_s[left] - wanted_s) <= np.abs(time_s[right] - wanted_s), left, right)
    return rows.astype(np.int64), np.abs(time_s[rows] - wanted_s)


def _doubt(track: Track, time_s: Floats, values: Floats, unit: str) -> str:
    """Why angular rates cannot be used, or an empty string."""
    if unit not in RADS_PER:
        return _("its unit is not stated")
    high = float(np.percentile(np.abs(values), 99))
    moving = float(track.acc_ms2.std(axis=0).max()) > _MOVING_MS2
    if unit == "rad/s" and high > 45:
        return _("the header says rad/s, but 1 % of the values are above {high:.0f}", high=high)
    if unit == "deg/s" and moving and 0 < high < 12:
        return _("the header says deg/s, but while the body moves 99 % of the values are below {high:.2g}", high=high)
    if unit == "deg/s" and track.gravity == "included" and _gravity_turns_faster(track, time_s, values):
        return _("the header says deg/s, but gravity turns through the device as if the values were rad/s")
    return ""


def _gravity_turns_faster(track: Track, time_s: Floats, values: Floats) -> bool:
    """Whether the direction of gravity turns some 57 times faster than angular rates in °/s say.

    Seen from the device, gravity f turns with df/dt = -w x f; the ratio of both sides over means of a quarter second
    tells the unit of w where the device is turned slowly. In a run it tells nothing, and then nothing is claimed.
    """
    rows, _ = nearest_rows(time_s, track.time_s)
    starts, counts = window_starts(track.time_s, _TURN_WINDOW_S)
    if len(starts) < 8:
        return False
    force = np.add.reduceat(track.acc_ms2, starts, axis=0) / counts[:, None]
    rate = np.add.reduceat(values[rows] * RADS_PER["deg/s"], starts, axis=0) / counts[:, None]
    step_s = np.diff(np.add.reduceat(track.time_s, starts) / counts)[:, None]
    expected = -np.cross((rate[1:] + rate[:-1]) / 2, (force[1:] + force[:-1]) / 2) * step_s
    seen = np.diff(force, axis=0)
    both, power = float((seen * expected).sum()), float((expected**2).sum())
    if power == 0:
        return False
    return both / power > 15 and both / np.sqrt(power * float((seen**2).sum())) > 0.5


def _speed_table(
    time_s: Floats, frame: pd.DataFrame, speed: Column, course: Column | None, rows: NDArray[np.int64]
) -> pd.DataFrame | None:
    """Speed where it changes; GPS delivers about once a second into rows that come much faster."""
    values = frame[speed.position].to_numpy(dtype=float)[rows]
    angle = np.full(len(values), np.nan)
    if course is not None and pd.api.types.is_numeric_dtype(frame[course.position]):
        angle = frame[course.position].to_numpy(dtype=float)[rows]
    return speed_table(time_s, values * SPEED_UNITS_MS.get(speed.unit, np.nan), angle)


def speed_table(time_s: Floats, speed_ms: Floats, course_deg: Floats) -> pd.DataFrame | None:
    """Table of speed and course over ground, without positions.

    Parameters
    ----------
    time_s : ndarray
        Times [s].
    speed_ms : ndarray
        Speed [m/s]; negative means unknown.
    course_deg : ndarray
        Course clockwise from north [°]; negative means unknown.

    Returns
    -------
    pandas.DataFrame or None
        ``time_s``, ``speed_ms``, ``course_rad``, or None when no speed is known.
    """
    known = np.isfinite(speed_ms) & (speed_ms >= 0)
    fresh = np.r_[True, (np.diff(speed_ms) != 0) | (np.diff(course_deg) != 0) & np.isfinite(np.diff(course_deg))]
    keep = known & fresh
    if keep.sum() < 2 or not (speed_ms[keep] > 0).any():
        return None
    course = np.where(course_deg[keep] >= 0, np.deg2rad(course_deg[keep]), np.nan)
    return pd.DataFrame({"time_s": time_s[keep], "speed_ms": speed_ms[keep], "course_rad": course})
