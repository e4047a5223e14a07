"""Timing of steps: step time, effective contact, estimated contact and flight, stiffness, oscillation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gait.recording import STANDARD_GRAVITY_MS2

Floats = NDArray[np.float64]


def step_times(ic_s: Floats, *, max_step_time_ratio: float) -> Floats:
    """Time from each initial contact to the next, shape (steps,) [s]; NaN for the last and across missed steps.

    Parameters
    ----------
    ic_s : ndarray, shape (steps,)
        Initial contacts [s].
    max_step_time_ratio : float
        An interval longer than this many medians holds a step that was not found.
    """
    if len(ic_s) < 2:
        return np.full(len(ic_s), np.nan)
    interval = np.r_[np.diff(ic_s), np.nan]
    with np.errstate(invalid="ignore"):
        return np.where(interval <= max_step_time_ratio * np.nanmedian(interval), interval, np.nan)


def stiffness_by_mass(t_ce_s: Floats) -> Floats:
    """Effective vertical stiffness by body mass, (pi / t_ce)² [1/s²] (Cavagna, Legramandi & La Torre 2012)."""
    return np.asarray((np.pi / t_ce_s) ** 2)


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
    return 2.0 * STANDARD_GRAVITY_MS2 * strength_g / (2.0 * np.pi * step_hz) ** 2
