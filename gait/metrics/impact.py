"""Impact of steps: peaks, impulse, dynamic load, slope and band power, in units of gravity as measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Around:
    """Samples around instants, to look for extremes in several signals.

    Attributes
    ----------
    index : ndarray, shape (instants, width)
        Numbers of the samples.
    inside : ndarray, shape (instants, width)
        Whether a sample lies in the window of its own instant.
    """

    index: NDArray[np.int64]
    inside: Bools


def around(middle_s: Floats, half_s: Floats, *, n: int, rate_hz: float) -> Around:
    """Windows around instants of a signal of `n` samples.

    Parameters
    ----------
    middle_s, half_s : ndarray, shape (instants,)
        Middle and half length of each window, from the first sample [s].
    n : int
        Length of the signal [samples].
    rate_hz : float
        Sampling rate [Hz].
    """
    nearest = np.round(middle_s * rate_hz).astype(int)
    reach = np.round(half_s * rate_hz).astype(int)
    offset = np.arange(-int(reach.max(initial=0)), int(reach.max(initial=0)) + 1)
    return Around(np.clip(nearest[:, None] + offset, 0, n - 1), np.abs(offset) <= reach[:, None])


def extreme(x: Floats, windows: Around, *, largest: bool) -> Floats:
    """Largest or smallest value of `x` in each window, refined by a parabola, shape (instants,).

    Parameters
    ----------
    x : ndarray, shape (n,)
        Signal.
    windows : Around
        From `around`.
    largest : bool
        Maximum or minimum.
    """
    if not len(windows.index):
        return np.empty(0)
    signed = x if largest else -x
    place = np.where(windows.inside, signed[windows.index], -np.inf).argmax(axis=1)
    best = windows.index[np.arange(len(place)), place]
    inner = np.clip(best, 1, len(x) - 2)
    left, mid, right = signed[inner - 1], signed[inner], signed[inner + 1]
    curve = left - 2 * mid + right
    shift = np.divide(0.5 * (left - right), curve, out=np.zeros_like(mid), where=curve < 0)
    # only where the sample really is a local extreme: a window's edge is not one
    peak = mid - 0.25 * (left - right) * shift
    local = (best == inner) & (mid >= left) & (mid >= right)
    value = np.where(local, peak, signed[best])
    return np.asarray(value if largest else -value)


def sampled_share(cutoff_hz: float, rate_hz: float) -> tuple[float, float]:
    """Mean and worst share of a peak that readings at a rate show of a sine at the filter's cutoff.

    ``sinc(f / rate)`` over all phases and ``cos(pi f / rate)`` at the worst one: the fastest that passes the filter, so
    real peaks lose less; the parabola of `extreme` wins part of it back. NaN without a filter.

    Parameters
    ----------
    cutoff_hz : float
        Cutoff of the filter [Hz]; NaN without a filter.
    rate_hz : float
        Sampling rate [Hz].
    """
    part = cutoff_hz / rate_hz
    return float(np.sinc(part)), float(np.cos(np.pi * min(part, 0.5)))


def window_holds(times_s: Floats, middle_s: Floats, *, half_s: Floats) -> Bools:
    """Whether any of the sorted times lies in the window around each instant, shape (instants,).

    Parameters
    ----------
    times_s : ndarray, shape (m,)
        Sorted times [s].
    middle_s, half_s : ndarray, shape (instants,)
        Middle and half length of each window [s].
    """
    low, high = np.searchsorted(times_s, middle_s - half_s), np.searchsorted(times_s, middle_s + half_s, side="right")
    return np.asarray(high > low)


def per_step(x: Floats, start_s: Floats, end_s: Floats, *, rate_hz: float) -> tuple[Floats, Floats]:
    """Integral of `x` from each start to its end by the trapezoidal rule, and their distance, each of shape (steps,).

    Instants need not fall on samples. NaN instants give NaN.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Signal, any unit.
    start_s, end_s : ndarray, shape (steps,)
        Limits, from the first sample [s].
    rate_hz : float
        Sampling rate [Hz].
    """
    total = np.r_[0.0, np.cumsum((x[1:] + x[:-1]) / 2)] / rate_hz
    at = np.arange(len(x)) / rate_hz
    known = np.isfinite(start_s) & np.isfinite(end_s)
    low, high = np.where(known, start_s, 0.0), np.where(known, end_s, 0.0)
    integral = np.interp(high, at, total) - np.interp(low, at, total)
    return np.where(known, integral, np.nan), np.where(known, high - low, np.nan)


def impulse_gs(carry_vertical_g: Floats, start_s: Floats, end_s: Floats, *, rate_hz: float) -> Floats:
    """Integral of the vertical above 1 g over each effective contact [g s], shape (steps,).

    Parameters
    ----------
    carry_vertical_g : ndarray, shape (n,)
        Vertical, low-passed for effective contact [g].
    start_s, end_s : ndarray, shape (steps,)
        Effective contact of each step, from the first sample [s].
    rate_hz : float
        Sampling rate [Hz].
    """
    return per_step(np.maximum(carry_vertical_g - 1.0, 0.0), start_s, end_s, rate_hz=rate_hz)[0]


def dynamic_load_g(resultant_g: Floats, start_s: Floats, end_s: Floats, *, rate_hz: float) -> Floats:
    """Mean size of (size of f - 1 g) from mid-stance to mid-stance [g], shape (steps,).

    Parameters
    ----------
    resultant_g : ndarray, shape (n,)
        Magnitude of the specific force f [g].
    start_s, end_s : ndarray, shape (steps,)
        Mid-stance and the next, from the first sample [s].
    rate_hz : float
        Sampling rate [Hz].
    """
    integral, duration_s = per_step(np.abs(resultant_g - 1.0), start_s, end_s, rate_hz=rate_hz)
    return np.asarray(integral / duration_s)


def slope(vertical_g: Floats, *, rate_hz: float) -> Floats:
    """Rate of change of the vertical, shape (n,) [g/s]; 0 at the two outermost samples of either end.

    Slope of a parabola through 5 samples (Savitzky & Golay 1964).

    Relative within one rate only; not the loading rate of a force plate (Kiernan, Ng & Hawkins 2023).

    Parameters
    ----------
    vertical_g : ndarray, shape (n,)
        Vertical, low-passed [g].
    rate_hz : float
        Sampling rate [Hz].
    """
    out = np.zeros_like(vertical_g)
    x = vertical_g * (rate_hz / 10.0)
    out[2:-2] = 2 * (x[4:] - x[:-4]) + (x[3:-1] - x[1:-3])
    return out


def band_powers(x: Floats, *, rate_hz: float, bands_hz: Sequence[tuple[float, float]]) -> list[float]:
    """Power of `x` in each band, from Welch's spectrum (Welch 1967): Hann windows of 2 s, half overlapping [g²].

    NaN where `x` is shorter than a window or the band reaches beyond half of the rate.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Signal [g].
    rate_hz : float
        Sampling rate [Hz].
    bands_hz : sequence of (float, float)
        Lower and upper end of each band [Hz].
    """
    n = 4 * int(0.5 * rate_hz)
    if len(x) < n or not n:
        return [float("nan")] * len(bands_hz)
    spare = (len(x) - n) % (n // 2)  # left out evenly at both ends
    windows = np.lib.stride_tricks.sliding_window_view(x[spare // 2 :], n)[:: n // 2]
    taper = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n)
    spectrum = np.fft.rfft((windows - windows.mean(axis=1, keepdims=True)) * taper, axis=1)
    power = 2 * (spectrum.real**2 + spectrum.imag**2).mean(axis=0) / (n * (taper @ taper))
    frequency = np.arange(len(power)) * rate_hz / n
    return [
        float(power[(frequency >= low) & (frequency <= high)].sum()) if high <= 0.5 * rate_hz else float("nan")
        for low, high in bands_hz
    ]


def mean_step(vertical_g: Floats, ic_s: Floats, step_time_s: Floats, *, rate_hz: float, points: int = 101) -> Floats:
    """Mean of the steps from one initial contact to the next, stretched to 0..100 %, shape (points,) [g].

    Parameters
    ----------
    vertical_g : ndarray, shape (n,)
        Vertical [g].
    ic_s : ndarray, shape (steps,)
        Initial contacts, from the first sample [s].
    step_time_s : ndarray, shape (steps,)
        Time to the next initial contact [s]; NaN where a step was missed.
    rate_hz : float
        Sampling rate [Hz].
    points : int
        Points from one initial contact to the next, both included.
    """
    whole = np.isfinite(step_time_s)
    if not whole.any():
        return np.full(points, np.nan)
    phase = np.linspace(0.0, 1.0, points)
    at = ic_s[whole][:, None] + phase * step_time_s[whole][:, None]
    values = np.interp(at.ravel() * rate_hz, np.arange(len(vertical_g)), vertical_g)
    return np.asarray(values.reshape(at.shape).mean(axis=0))
