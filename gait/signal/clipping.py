"""Readings that stand at the limit of the sensor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RANGES_G = (2.0, 4.0, 8.0, 16.0)


def clipped_mask(acc_g: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mark readings at the sensor's limit, per axis and sign, shape (n, 3)."""
    mask = np.zeros(acc_g.shape, dtype=bool)
    for axis in range(acc_g.shape[1]):
        for sign in (1.0, -1.0):
            x = sign * acc_g[:, axis]
            top = float(x.max())
            if top < 1.5:
                continue
            near = x >= top - max(1e-6, 0.002 * top)
            runs = int((near[1:] & near[:-1]).sum())
            at_range = any(abs(top - r) <= 0.005 * r for r in RANGES_G)
            if runs >= 2 and (near.mean() >= 0.001 or (at_range and near.sum() >= 4)):
                mask[:, axis] |= near
    return mask
