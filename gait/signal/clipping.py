"""Samples at the end of the sensor's range.

A sensor that reaches its range writes the same value again and again, so the highest values pile up, whereas the
peaks of an unclipped run thin out towards the highest. Both an exact pile-up at any level and a slightly smeared one
at a usual range (2, 4, 8, 16 g) are found; the latter remains after light resampling. Clipping is flagged, never
restored: restoring peaks of the shin errs by several g (Chan 2023, *Sensors* 23:4609).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

RANGES_G = (2.0, 4.0, 8.0, 16.0)
"""Usual ranges of accelerometers [g]."""

_LEAST_G = 1.2  # below, a device at rest repeats 1 g without being clipped
_EXACT = 0.001
_SMEAR = 0.02
_MIN_TOP = 5
_MIN_SMEARED = 8


def clipped_mask(acc_g: Floats) -> Bools:
    """Find samples at the end of the sensor's range.

    Parameters
    ----------
    acc_g : ndarray, shape (n, 3)
        Specific force in the device frame as recorded, not filtered [g].

    Returns
    -------
    ndarray of bool, shape (n, 3)
        True where an axis is clipped; all False when nothing is.
    """
    values = np.asarray(acc_g, dtype=float)
    mask = np.zeros(values.shape, dtype=bool)
    for axis in range(values.shape[1]):
        column = values[:, axis]
        mask[:, axis] = _high_end(column) | _high_end(-column)
    return mask


def _high_end(values: Floats) -> Bools:
    """Clipped samples at the upper end of one axis."""
    high = values > 0.9 * _LEAST_G
    candidates = values[high]
    if len(candidates) < _MIN_TOP or candidates.max() < _LEAST_G:
        return np.zeros(len(values), dtype=bool)
    limit = _exact_limit(candidates)
    if limit is None:
        limit = _smeared_limit(candidates)
    return np.zeros(len(values), dtype=bool) if limit is None else values >= limit


def _exact_limit(values: Floats) -> float | None:
    """Lower edge of a pile-up at the very top, or None."""
    top = float(values.max())
    step = _smallest_step(values, top)
    width = max(1.01 * step, _EXACT * top)
    n_top = int((values >= top - width).sum())
    n_below = int(((values < top - width) & (values >= top - 4 * width)).sum())
    near_range = any(0.995 * full <= top <= 1.02 * full for full in RANGES_G)
    needed = 3 if near_range else _MIN_TOP
    # three bands below the top hold fewer samples than the top alone only where something cut the peaks
    return top - width if n_top >= needed and n_top > 1.5 * n_below else None


def _smallest_step(values: Floats, top: float) -> float:
    """Step between neighbouring values near the top, as the number of digits or the sensor sets it."""
    near = np.unique(values[values >= 0.8 * top])
    steps = np.diff(near)
    return float(steps[steps > 1e-9].min()) if (steps > 1e-9).any() else 0.0


def _smeared_limit(values: Floats) -> float | None:
    """Lower edge of a pile-up around a usual range, or None."""
    for full in RANGES_G:
        width = _SMEAR * full
        n_at = int((np.abs(values - full) <= width).sum())
        n_above = int((values > full + 4 * width).sum())
        n_below = int(((values >= full - 5 * width) & (values < full - 3 * width)).sum())
        if n_at >= _MIN_SMEARED and n_above <= 0.05 * n_at and n_at > 1.5 * n_below + 3 * np.sqrt(n_below):
            return full - width
    return None
