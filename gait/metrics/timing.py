"""Timing of steps: step time, effective contact, estimated contact and flight, stiffness, oscillation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

GRAVITY_MS2 = 9.80665


def step_times(ic_s: Floats) -> Floats:
    """Time from each initial contact to the next, shape (steps,) [s]; NaN for the last and across missed steps.

    An interval longer than 1.6 times the median holds a step that was not found.

    Parameters
    ----------
    ic_s : ndarray, shape (steps,)
        Initial contacts [s].
    """
    if len(ic_s) < 2:
        return np.full(len(ic_s), np.nan)
    interval = np.r_[np.diff(ic_s), np.nan]
    with np.errstate(invalid="ignore"):
        return np.where(interval <= 1.6 * np.nanmedian(interval), interval, np.nan)


def stiffness_by_mass(t_ce_s: Floats) -> Floats:
    """Effective vertical stiffness by body mass, (pi / t_ce)² [1/s²] (Cavagna, Legramandi & La Torre 2012)."""
    return np.asarray((np.pi / t_ce_s) ** 2)


def flight_share(vertical_g: Floats) -> float:
    """Share of time with a vertical part below 0.3 g, nearly free fall."""
    return float((vertical_g < 0.3).mean()) if len(vertical_g) else float("nan")


def vertical_oscillation_m(strength_g: float, step_hz: float) -> float:
    """Peak-to-peak vertical movement of the trunk from the step line alone [m].

    A sinusoid of acceleration amplitude A at frequency f moves by 2 A / (2 pi f)². Second and higher harmonics are
    left out: they add millimetres. An estimate, good to 1 to 2 cm.

    Parameters
    ----------
    strength_g : float
        Amplitude of the vertical in the step line [g].
    step_hz : float
        Step frequency [Hz].
    """
    return 2.0 * GRAVITY_MS2 * strength_g / (2.0 * np.pi * step_hz) ** 2
