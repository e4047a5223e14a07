"""Zero-phase low-pass, moving means and overlapping windows, all symmetric in time."""

from __future__ import annotations

from functools import lru_cache

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
    from scipy.signal import sosfilt

    # odd padding of up to three periods of the cutoff: the start of a piece is seldom at rest
    padding = min(int(np.ceil(3 * rate_hz / cutoff_hz)), len(x) - 1)
    sos, settled = _low_pass_design(rate_hz, cutoff_hz)
    # one channel after the other in memory is what the filter is fast with
    rows = np.atleast_2d(x.T)
    y = np.concatenate([
        2 * rows[:, :1] - rows[:, padding:0:-1], rows, 2 * rows[:, -1:] - rows[:, -2 : -padding - 2 : -1],
    ], axis=1)  # fmt: skip
    for _ in ("forward", "backward"):
        y, _end = sosfilt(sos, y, axis=1, zi=settled * y[:, :1])
        y = y[:, ::-1]
    out = y[:, padding : y.shape[1] - padding]
    return np.asarray(out[0] if x.ndim == 1 else out.T)


@lru_cache(maxsize=64)
def _low_pass_design(rate_hz: float, cutoff_hz: float) -> tuple[Floats, Floats]:
    """Second-order section, and its state after a long constant signal of 1, shape (1, 1, 2)."""
    from scipy.signal import butter, sosfilt_zi

    sos = butter(2, cutoff_hz, fs=rate_hz, output="sos")
    return sos, sosfilt_zi(sos)[:, None, :]


def moving_mean(x: Floats, *, n: int) -> Floats:
    """Centred mean over `n` samples (one more when even) along the first axis; at the ends over those that exist.

    Parameters
    ----------
    x : ndarray, shape (m, ...)
        Signal, any unit.
    n : int
        Samples of the mean.
    """
    half, size = n // 2, len(x)
    total = np.zeros((size + 1, *x.shape[1:]))
    np.cumsum(x, axis=0, out=total[1:])
    if 2 * half + 1 >= size:
        index = np.arange(size)
        low, high = np.maximum(index - half, 0), np.minimum(index + half + 1, size)
        return np.asarray((total[high] - total[low]) / (high - low).reshape(-1, *[1] * (x.ndim - 1)))
    out = np.empty_like(total[1:])
    inner = slice(half, size - half)
    np.subtract(total[2 * half + 1 :], total[: size - 2 * half], out=out[inner])
    out[inner] /= 2 * half + 1
    count = np.arange(half + 1, 2 * half + 1).reshape(-1, *[1] * (x.ndim - 1))
    out[:half] = total[half + 1 : 2 * half + 1] / count
    out[size - half :] = (total[-1] - total[size - 2 * half : size - half]) / count[::-1]
    return out


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
