"""Zero-phase low-pass, moving means and overlapping windows, all symmetric in time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def low_pass(x: Floats, *, rate_hz: float, cutoff_hz: float) -> Floats:
    """Low-pass along the first axis without delay: 2nd-order Butterworth, forward and backward (4th order in all).

    Parameters
    ----------
    x : ndarray, shape (n,) or (n, k)
        Signal.
    rate_hz : float
        Sampling rate [Hz].
    cutoff_hz : float
        Cutoff [Hz]. At or above 45 % of the rate the signal is returned as it is: there is nothing to remove.

    Returns
    -------
    ndarray
        Same shape.
    """
    if cutoff_hz >= 0.45 * rate_hz:
        return x
    from scipy.signal import butter, sosfiltfilt

    # odd padding of up to three periods of the cutoff: the start of a piece is seldom at rest
    padding = min(int(np.ceil(3 * rate_hz / cutoff_hz)), len(x) - 1)
    sos = butter(2, cutoff_hz, fs=rate_hz, output="sos")
    return np.asarray(sosfiltfilt(sos, x, axis=0, padtype="odd", padlen=padding), dtype=float)


def moving_mean(x: Floats, *, n: int) -> Floats:
    """Centred mean over `n` samples (one more when even) along the first axis; at the ends over those that exist."""
    half = n // 2
    total = np.concatenate([np.zeros((1, *x.shape[1:])), np.cumsum(x, axis=0)])
    index = np.arange(len(x))
    low = np.maximum(index - half, 0)
    high = np.minimum(index + half + 1, len(x))
    count = (high - low).reshape(-1, *[1] * (x.ndim - 1))
    return np.asarray((total[high] - total[low]) / count)


def cut_windows(x: Floats, *, n: int, hop: int) -> tuple[Floats, Floats]:
    """Overlapping windows of `x`, laid symmetrically so that a reversed signal gives the same windows in reverse.

    Parameters
    ----------
    x : ndarray, shape (m, ...)
        Signal.
    n, hop : int
        Length of a window and distance between windows [samples]. The length is shortened by one where the windows
        could not be centred otherwise.

    Returns
    -------
    view : ndarray, shape (windows, n, ...)
        No windows when `x` is shorter than `n`.
    middle : ndarray, shape (windows,)
        Middle of each window, in samples from the first.
    """
    spare = len(x) - n
    if spare < 0:
        return np.empty((0, n, *x.shape[1:])), np.empty(0)
    if (spare % hop) % 2:
        n, spare = n - 1, spare + 1
    first = (spare % hop) // 2
    view = np.lib.stride_tricks.sliding_window_view(x, n, axis=0)[first::hop]
    middle: Floats = first + np.arange(len(view), dtype=float) * hop + (n - 1) / 2
    return np.moveaxis(view, -1, 1), middle
