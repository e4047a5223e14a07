"""Irregular clocks become uniform pieces; gaps are never bridged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Piece:
    """A stretch of samples on a uniform grid.

    Attributes
    ----------
    start_s : float
        Time of the first sample in the recording [s].
    rate_hz : float
        Samples per second [Hz].
    acc_g : ndarray, shape (n, 3)
        Specific force in the device frame [g].
    gyr_rads : ndarray, shape (n, 3), or None
        Angular rate in the device frame [rad/s].
    """

    start_s: float
    rate_hz: float
    acc_g: Floats
    gyr_rads: Floats | None = None

    @property
    def n(self) -> int:
        """Number of samples."""
        return len(self.acc_g)

    @property
    def time_s(self) -> Floats:
        """Time of each sample in the recording, shape (n,) [s]."""
        return self.start_s + np.arange(self.n) / self.rate_hz

    @property
    def end_s(self) -> float:
        """Time just after the last sample [s]."""
        return self.start_s + self.n / self.rate_hz


def uniform_pieces(
    time_s: Floats,
    acc_g: Floats,
    gyr_rads: Floats | None = None,
    *,
    max_gap_s: float,
    cuts_s: Sequence[float] = (),
    min_piece_s: float,
    max_repeated_share: float,
) -> list[Piece]:
    """Cut a recording at its gaps and put each piece on a uniform grid.

    Values that repeat the row before on all axes are dropped first where they are frequent, because apps that
    merge sensors hold the last value (zero-order hold). A clock that is even within 2 % of the interval is only
    relabelled, so that good data are never interpolated; others are interpolated with Akima's local cubic
    (Akima 1970), which neither flattens peaks as straight lines do nor swings beyond them as splines do.

    Parameters
    ----------
    time_s : ndarray, shape (n,)
        Times, strictly rising [s].
    acc_g : ndarray, shape (n, 3)
        Specific force [g].
    gyr_rads : ndarray, shape (n, 3), optional
        Angular rate [rad/s].
    max_gap_s : float
        Longer intervals between samples split the recording [s].
    cuts_s : sequence of float
        Further times to split at [s].
    min_piece_s : float
        Shorter pieces are dropped [s].
    max_repeated_share : float
        Share of repeated rows above which repeats are taken for held values.

    Returns
    -------
    list of Piece
        In order of time; may be empty.
    """
    repeated = np.zeros(len(time_s), dtype=bool)
    repeated[1:] = np.logical_and.reduce([column[1:] == column[:-1] for column in acc_g.T])
    if repeated.mean() > max_repeated_share and acc_g.std(axis=0).max() > 0:
        # a long hold is a device at rest (idle sleep), not a slow sensor: keep a row at least every quarter second
        keep = ~repeated | (np.floor(time_s / 0.25) != np.floor(np.r_[-1.0, time_s[:-1]] / 0.25))
        time_s, acc_g = time_s[keep], acc_g[keep]
        gyr_rads = None if gyr_rads is None else gyr_rads[keep]
    edges = set(np.flatnonzero(np.diff(time_s) > max_gap_s) + 1)
    edges |= set(np.searchsorted(time_s, np.asarray(cuts_s, dtype=float)).tolist())
    bounds = sorted({0, len(time_s)} | {int(e) for e in edges})
    pieces = []
    for low, high in pairwise(bounds):
        if high - low >= 4 and time_s[high - 1] - time_s[low] >= min_piece_s:
            gyr = None if gyr_rads is None else gyr_rads[low:high]
            pieces.append(_uniform(time_s[low:high], acc_g[low:high], gyr))
    return pieces


def _uniform(time_s: Floats, acc_g: Floats, gyr_rads: Floats | None) -> Piece:
    steps = np.diff(time_s)
    n, span = len(time_s), float(time_s[-1] - time_s[0])
    mean_step = span / (n - 1)
    even = float(np.abs(time_s - time_s[0] - np.arange(n) * mean_step).max()) < 0.5 * mean_step
    if even and _mostly_below(np.abs(steps - mean_step), 0.02 * mean_step + 0.0006):
        return Piece(float(time_s[0]), 1.0 / mean_step, acc_g, gyr_rads)
    from scipy.interpolate import Akima1DInterpolator

    step = float(np.median(steps))
    grid = time_s[0] + np.arange(int(span / step) + 1) * step
    acc = np.asarray(Akima1DInterpolator(time_s, acc_g)(grid), dtype=float)
    gyr = None if gyr_rads is None else np.asarray(Akima1DInterpolator(time_s, gyr_rads)(grid), dtype=float)
    return Piece(float(time_s[0]), 1.0 / step, acc, gyr)


def _mostly_below(x: Floats, limit: float) -> bool:
    """Whether all but a hundredth of the values lie below a limit."""
    return float((x >= limit).mean()) <= 0.01
