"""An independent witness of direction: whether the satellite's course turns when the body does not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MIN_SPEED_MS = 1.0
"""Slower fixes have no dependable course [m/s]."""
MIN_FIXES = 5
MIN_CONCENTRATION = 0.8
"""Mean resultant length of a bout's angles; less means that course and heading wander apart (Mardia & Jupp 2000)."""


def heading_rad(gyr_rads: Floats, up: Floats, *, rate_hz: float) -> Floats:
    """Heading of the device, clockwise seen from above, from an arbitrary start, shape (n,) [rad].

    Parameters
    ----------
    gyr_rads : ndarray, shape (n, 3)
        Angular rate in the device's frame [rad/s].
    up : ndarray, shape (n, 3)
        Unit vector up in the device's frame.
    rate_hz : float
        Sampling rate [Hz].
    """
    yaw_rate = np.einsum("ij,ij->i", gyr_rads, up)
    return np.asarray(-np.r_[0.0, np.cumsum((yaw_rate[1:] + yaw_rate[:-1]) / 2)] / rate_hz)


def course_offset_rad(time_s: Floats, heading: Floats, fix_s: Floats, course_rad: Floats, speed_ms: Floats) -> float:
    """Angle from the body's heading to its course in one bout [rad]; NaN when it is not steady.

    Parameters
    ----------
    time_s, heading : ndarray, shape (n,)
        Times of the bout [s] and heading at them [rad].
    fix_s, course_rad, speed_ms : ndarray, shape (fixes,)
        Satellite fixes of the recording: time [s], course clockwise from north [rad], speed [m/s].
    """
    inside = (fix_s >= time_s[0]) & (fix_s <= time_s[-1]) & (speed_ms >= MIN_SPEED_MS) & np.isfinite(course_rad)
    if inside.sum() < MIN_FIXES:
        return float("nan")
    angle = course_rad[inside] - np.interp(fix_s[inside], time_s, heading)
    mean = np.exp(1j * angle).mean()
    return float(np.angle(mean)) if abs(mean) >= MIN_CONCENTRATION else float("nan")


def flipped(first_rad: float, second_rad: float) -> bool | None:
    """Whether course against heading turned round from one bout to the next; None when it cannot be told.

    Facing the other way on the same course, or the same way on the opposite course, both turn it by 180 degrees.
    Angles within 45 degrees of 0 and of 180 count; drift of the gyroscope between the bouts moves them.

    Parameters
    ----------
    first_rad, second_rad : float
        Course minus heading in two bouts [rad].
    """
    turn = (
        abs(float(np.angle(np.exp(1j * (second_rad - first_rad))))) if np.isfinite(first_rad + second_rad) else np.nan
    )
    if turn <= np.pi / 4:
        return False
    return True if turn >= 3 * np.pi / 4 else None
