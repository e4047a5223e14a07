"""Impact of steps: peaks, impulse, dynamic load, slope and band power, in units of gravity as measured."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def _window_index(middle_s: Floats, half_s: Floats, n: int, rate_hz: float) -> tuple[NDArray[np.int64], Bools]:
    """Sample numbers around each instant, shape (instants, width), and which of them lie in its own window."""
    nearest = np.round(middle_s * rate_hz).astype(int)
    reach = np.round(half_s * rate_hz).astype(int)
    offset = np.arange(-int(reach.max()), int(reach.max()) + 1)
    inside = np.abs(offset) <= reach[:, None]
    return np.clip(nearest[:, None] + offset, 0, n - 1), inside


def window_extreme(x: Floats, middle_s: Floats, *, half_s: Floats, rate_hz: float, largest: bool) -> Floats:
    """Largest or smallest value of `x` around each instant, refined by a parabola, shape (instants,).

    Parameters
    ----------
    x : ndarray, shape (n,)
        Signal.
    middle_s, half_s : ndarray, shape (instants,)
        Middle and half length of each window, from the first sample [s].
    rate_hz : float
        Sampling rate [Hz].
    largest : bool
        Maximum or minimum.
    """
    if not len(middle_s):
        return np.empty(0)
    index, inside = _window_index(middle_s, half_s, len(x), rate_hz)
    signed = x if largest else -x
    best = np.take_along_axis(index, np.where(inside, signed[index], -np.inf).argmax(axis=1)[:, None], axis=1)[:, 0]
    inner = np.clip(best, 1, len(x) - 2)
    left, mid, right = signed[inner - 1], signed[inner], signed[inner + 1]
    curve = left - 2 * mid + right
    shift = np.divide(0.5 * (left - right), curve, out=np.zeros_like(mid), where=curve < 0)
    # only where the sample really is a local extreme: a window's edge is not one
    peak = mid - 0.25 * (left - right) * shift
    local = (best == inner) & (mid >= left) & (mid >= right)
    value = np.where(local, peak, signed[best])
    return np.asarray(value if largest else -value)


def window_holds(times_s: Floats, middle_s: Floats, *, half_s: Floats) -> Bools:
    """Whether any of the sorted times lies in the window around each instant, shape (instants,)."""
    low, high = np.searchsorted(times_s, middle_s - half_s), np.searchsorted(times_s, middle_s + half_s, side="right")
    return np.asarray(high > low)


def per_step(x: Floats, start_s: Floats, end_s: Floats, *, rate_hz: float) -> tuple[Floats, Floats]:
    """Integral of `x` from each start to its end by the trapezoidal rule, and their distance, each of shape (steps,).

    Instants need not fall on samples. NaN instants give NaN.
    """
    total = np.r_[0.0, np.cumsum((x[1:] + x[:-1]) / 2)] / rate_hz
    at = np.arange(len(x)) / rate_hz
    known = np.isfinite(start_s) & np.isfinite(end_s)
    low, high = np.where(known, start_s, 0.0), np.where(known, end_s, 0.0)
    integral = np.interp(high, at, total) - np.interp(low, at, total)
    return np.where(known, integral, np.nan), np.where(known, high - low, np.nan)


def impulse_gs(carry_vertical_g: Floats, start_s: Floats, end_s: Floats, *, rate_hz: float) -> Floats:
    """Integral of the vertical above 1 g over each effective contact [g s], shape (steps,)."""
    return per_step(np.maximum(carry_vertical_g - 1.0, 0.0), start_s, end_s, rate_hz=rate_hz)[0]


def dynamic_load_g(resultant_g: Floats, start_s: Floats, end_s: Floats, *, rate_hz: float) -> Floats:
    """Mean of | |f| - 1 g | from mid-stance to mid-stance [g], shape (steps,)."""
    integral, duration_s = per_step(np.abs(resultant_g - 1.0), start_s, end_s, rate_hz=rate_hz)
    return np.asarray(integral / duration_s)


def slope(vertical_g: Floats, *, rate_hz: float) -> Floats:
    """Rate of change of the vertical, Savitzky-Golay of order 2 over 5 samples, shape (n,) [g/s].

    Relative within one rate only; not the loading rate of a force plate (Kiernan, Ng & Hawkins 2023).
    """
    from scipy.signal import savgol_filter

    if len(vertical_g) < 5:
        return np.zeros_like(vertical_g)
    return np.asarray(savgol_filter(vertical_g, 5, 2, deriv=1, delta=1.0 / rate_hz))


def band_power(x: Floats, *, rate_hz: float, low_hz: float, high_hz: float) -> float:
    """Power of `x` in a band, from Welch's spectrum (Welch 1967) with windows of 2 s [g²]; NaN when too short."""
    from scipy.signal import welch

    n = 4 * int(0.5 * rate_hz)
    if len(x) < n or high_hz > 0.5 * rate_hz:
        return float("nan")
    spare = (len(x) - n) % (n // 2)  # left out evenly at both ends
    frequency, density = welch(x[spare // 2 : len(x) - spare + spare // 2], fs=rate_hz, nperseg=n)
    inside = (frequency >= low_hz) & (frequency <= high_hz)
    return float(density[inside].sum() * (frequency[1] - frequency[0]))


def mean_step(vertical_g: Floats, ic_s: Floats, *, rate_hz: float, points: int = 101) -> Floats:
    """Mean of the steps from one initial contact to the next, stretched to 0..100 %, shape (points,) [g]."""
    interval = np.diff(ic_s)
    typical = interval <= 1.6 * np.median(interval)
    if not typical.any():
        return np.full(points, np.nan)
    phase = np.linspace(0.0, 1.0, points)
    at = ic_s[:-1][typical][:, None] + phase * interval[typical][:, None]
    values = np.interp(at.ravel() * rate_hz, np.arange(len(vertical_g)), vertical_g)
    return np.asarray(values.reshape(at.shape).mean(axis=0))
