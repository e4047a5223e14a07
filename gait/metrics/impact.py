"""Impact of steps: peaks, impulse, dynamic load, slope and band power, in units of gravity as measured."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def window_extreme(x: Floats, at_s: Floats, *, rate_hz: float, before_s: float, after_s: float, largest: bool) -> Floats:
    """Largest or smallest value of `x` around each instant, refined by a parabola, shape (instants,).

    Parameters
    ----------
    x : ndarray, shape (n,)
        Signal.
    at_s : ndarray, shape (instants,)
        Instants from the first sample [s].
    rate_hz : float
        Sampling rate [Hz].
    before_s, after_s : float
        The window reaches from ``at - before`` to ``at + after`` [s].
    largest : bool
        Maximum or minimum.
    """
    if not len(at_s):
        return np.empty(0)
    first = np.round((at_s - before_s) * rate_hz).astype(int)
    width = max(int(round((before_s + after_s) * rate_hz)), 1) + 1
    index = np.clip(first[:, None] + np.arange(width), 0, len(x) - 1)
    signed = x if largest else -x
    best = np.take_along_axis(index, signed[index].argmax(axis=1)[:, None], axis=1)[:, 0]
    inner = np.clip(best, 1, len(x) - 2)
    left, mid, right = signed[inner - 1], signed[inner], signed[inner + 1]
    curve = left - 2 * mid + right
    shift = np.divide(0.5 * (left - right), curve, out=np.zeros_like(mid), where=curve < 0)
    # only where the sample really is a local extreme: a window's edge is not one
    peak = mid - 0.25 * (left - right) * shift
    local = (best == inner) & (mid >= left) & (mid >= right)
    value = np.where(local, peak, signed[best])
    return np.asarray(value if largest else -value)


def per_step(x: Floats, start_s: Floats, end_s: Floats, *, rate_hz: float) -> tuple[Floats, Floats]:
    """Sum and number of samples of `x` from each start to its end, each of shape (steps,); NaN ends give NaN, 0."""
    total = np.r_[0.0, np.cumsum(x)]
    known = np.isfinite(start_s) & np.isfinite(end_s)
    low = np.clip(np.round(np.where(known, start_s, 0.0) * rate_hz), 0, len(x)).astype(int)
    high = np.clip(np.round(np.where(known, end_s, 0.0) * rate_hz), 0, len(x)).astype(int)
    count = np.where(known, high - low, 0)
    return np.where(known, total[high] - total[low], np.nan), count.astype(float)


def step_any(mask: Bools, start_s: Floats, end_s: Floats, *, rate_hz: float) -> Bools:
    """Whether any sample from start to end of each step is marked, shape (steps,)."""
    total, _ = per_step(mask.astype(float), start_s, end_s, rate_hz=rate_hz)
    return np.asarray(np.nan_to_num(total) > 0)


def impulse_gs(carry_vertical_g: Floats, start_s: Floats, end_s: Floats, *, rate_hz: float) -> Floats:
    """Integral of the vertical above 1 g per step [g s], shape (steps,)."""
    total, _ = per_step(np.maximum(carry_vertical_g - 1.0, 0.0), start_s, end_s, rate_hz=rate_hz)
    return total / rate_hz


def dynamic_load_g(resultant_g: Floats, start_s: Floats, end_s: Floats, *, rate_hz: float) -> Floats:
    """Mean of | |f| - 1 g | per step [g], shape (steps,)."""
    total, count = per_step(np.abs(resultant_g - 1.0), start_s, end_s, rate_hz=rate_hz)
    return np.asarray(np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0))


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

    n = int(2 * rate_hz)
    if len(x) < n or high_hz > 0.5 * rate_hz:
        return float("nan")
    frequency, density = welch(x, fs=rate_hz, nperseg=n)
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
