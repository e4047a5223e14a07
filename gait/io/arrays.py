"""Small array helpers that keep long recordings cheap."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Number = TypeVar("Number", np.float64, np.int64)

ENOUGH = 200_000
"""So many values settle a median or a percentile; hours of samples add nothing but time."""


def thin(values: NDArray[Number]) -> NDArray[Number]:
    """Every k-th value, at most about `ENOUGH` of them."""
    return values[:: max(1, len(values) // ENOUGH)]


def thin_steps(time_s: Floats) -> Floats:
    """Every k-th interval between neighbouring times, at most about `ENOUGH` of them [s]."""
    k = max(1, len(time_s) // ENOUGH)
    return time_s[1::k] - time_s[:-1:k]


def repeats_row(values: Floats) -> NDArray[np.bool_]:
    """Whether each row but the first equals the row before in all three columns, shape (n - 1,)."""
    x, y, z = values.T
    same: NDArray[np.bool_] = x[1:] == x[:-1]
    same &= y[1:] == y[:-1]
    same &= z[1:] == z[:-1]
    return same


def excerpt(n: int, n_blocks: int = 50, block: int = 10_000) -> NDArray[np.int64] | slice:
    """Rows that stand for a long recording: evenly spaced blocks of neighbouring rows, or all rows of a short one."""
    if n <= n_blocks * block:
        return slice(None)
    starts = np.linspace(0, n - block, n_blocks).astype(np.int64)
    return (starts[:, None] + np.arange(block)).ravel()


def window_starts(time_s: Floats, length_s: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First row and number of rows of each window of equal length.

    Parameters
    ----------
    time_s : ndarray, shape (n,)
        Rising times [s].
    length_s : float
        Length of a window [s].

    Returns
    -------
    starts, counts : ndarray of int
        Windows without rows are left out.
    """
    window = np.floor(time_s / length_s)
    starts = np.flatnonzero(np.r_[True, window[1:] != window[:-1]]).astype(np.int64)
    return starts, np.diff(np.r_[starts, len(time_s)])
