"""Rows per second, true values per second, and what they permit."""

from __future__ import annotations

import numpy as np

from gait.errors import ClockError
from gait.io.arrays import repeats_row, thin_steps, window_starts
from gait.io.clock import HIGHEST_RATE_HZ, LOWEST_RATE_HZ
from gait.io.track import Floats
from gait.language import gettext as _
from gait.recording import STANDARD_GRAVITY_MS2, Flag

_WINDOW_S = 2.0
_MOVING_MS2 = 0.03 * STANDARD_GRAVITY_MS2
_MAX_REPEATED = 0.05
_FEW = 1e-3


def row_rate_hz(time_s: Floats) -> float:
    """Rows per second: from the median interval, or from the mean one where the clock is coarse.

    Parameters
    ----------
    time_s : ndarray, shape (n,)
        Strictly rising times [s].

    Returns
    -------
    float
        Rate [Hz].
    """
    steps = thin_steps(time_s)
    middle = float(np.median(steps))
    near = steps[np.abs(steps - middle) < 0.5 * middle]
    coarse = len(near) > 2 and len(np.unique(np.round(near[:5000] / middle, 3))) <= 3
    return 1 / (float(near.mean()) if coarse else middle)


def true_rate_hz(time_s: Floats, acc_ms2: Floats, rate_hz: float) -> tuple[float, float]:
    """Rows per second in which a value changes, judged while the device moves.

    A device at rest repeats values because nothing happens; only repeats in motion show that the app wrote the
    last value again.

    Parameters
    ----------
    time_s : ndarray, shape (n,)
        Times [s].
    acc_ms2 : ndarray, shape (n, 3)
        Acceleration [m/s²].
    rate_hz : float
        Rows per second [Hz].

    Returns
    -------
    tuple of float
        True rate [Hz] and share of repeated rows, both in motion; row rate and 0 when nothing moves.
    """
    same = repeats_row(acc_ms2)
    if same.mean() <= _FEW:
        return rate_hz, float(same.mean())
    starts, counts = window_starts(time_s, _WINDOW_S)
    mean = np.add.reduceat(acc_ms2, starts, axis=0) / counts[:, None]
    square = np.add.reduceat(acc_ms2**2, starts, axis=0) / counts[:, None]
    moving = np.sqrt(np.maximum(square - mean**2, 0).sum(axis=1)) > _MOVING_MS2
    repeats = np.add.reduceat(np.r_[False, same].astype(float), starts)
    if not moving.any() or counts[moving].sum() < 8:
        return rate_hz, 0.0
    share = float(repeats[moving].sum() / counts[moving].sum())
    if share <= _MAX_REPEATED:
        return rate_hz, share  # coarse numbers repeat now and then by themselves
    steps = np.diff(time_s)
    usual = steps[steps < max(0.25, 5 / rate_hz)]
    mean_rate = 1 / float(usual.mean()) if len(usual) else rate_hz
    return min(rate_hz, mean_rate) * (1 - share), share


def check_rate(rate_hz: float, true_hz: float) -> None:
    """Refuse rates that permit nothing or that no sensor has.

    Raises
    ------
    ClockError
        If the true rate is below 4 Hz or the row rate above 5000 Hz.

    Parameters
    ----------
    rate_hz, true_hz : float
        Rows, and rows in which a value changes, per second [Hz].
    """
    if true_hz < LOWEST_RATE_HZ:
        if true_hz > 0.9 * rate_hz:
            how = _("{values:.3g} values per second", values=true_hz)
        else:
            how = _("{values:.3g} values per second in {rows:.3g} rows per second", values=true_hz, rows=rate_hz)
        raise ClockError(
            _(
                "the sensor was recorded too slowly: {how}, and running needs at least {lowest:g}, better 50",
                how=how,
                lowest=LOWEST_RATE_HZ,
            ),
            _("Set the app to 50 or 100 samples per second and record again"),
        )
    if rate_hz > HIGHEST_RATE_HZ:
        raise ClockError(
            _("the time column makes {rate:.4g} rows per second, which no such sensor delivers", rate=rate_hz),
            _("Check the unit of the time column, or name another with --time-column"),
        )


def rate_flags(rate_hz: float, true_hz: float, repeated: float) -> list[Flag]:
    """Flags on the rate: what the true rate permits is told by the ladder of the project.

    Parameters
    ----------
    rate_hz, true_hz : float
        As in `check_rate`.
    repeated : float
        Share of repeated rows.
    """
    flags = []
    if repeated > _MAX_REPEATED:
        flags.append(
            Flag(
                "repeated_samples", "warning",
                _("{share:.0f} % of the rows repeat the row before: {rows:.4g} rows but only {values:.3g} values per "
                  "second.", share=100 * repeated, rows=rate_hz, values=true_hz),
                _("Record the accelerometer alone, at a fixed rate."),
            )
        )  # fmt: skip
    if true_hz < 20:
        message = _("{values:.3g} values per second permit cadence with a warning only.", values=true_hz)
        if true_hz < 15:
            message = _("{values:.3g} values per second permit no cadence and no direction.", values=true_hz)
        flags.append(
            Flag(
                "low_rate", "warning", message, _("Set the app to 50 or 100 samples per second."),
            )
        )  # fmt: skip
    return flags
