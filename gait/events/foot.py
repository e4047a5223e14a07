"""Direction at the foot: where each stride carries a shoe that has acceleration and angular rate."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gait.events.direction import Anchor, Verdict, count_words
from gait.events.travel import Evidence, cosines
from gait.language import gettext as _
from gait.nomenclature import direction_word
from gait.recording import STANDARD_GRAVITY_MS2
from gait.signal.filters import moving_mean

Floats = NDArray[np.float64]

REST_RATE_RADS = 2.0
REST_ACC_G = 0.2
"""Scales at which turning and shaking count alike when the quietest instant of a stance is sought; judgement."""
REST_WINDOW_S = 0.08


def stride_evidence(acc_g: Floats, gyr_rads: Floats, *, rate_hz: float, stride_s: float) -> Evidence:
    """Displacement of the foot in each stride, as evidence on travel in the device's frame at stance.

    Between two stances, where the foot rests on the ground, orientation is integrated from the gyroscope and
    velocity from acceleration; both are set to return to where they began (zero-velocity update, Skog et al. 2010;
    for running with shoes Zrenner et al. 2018). The ground may move evenly, as a treadmill's belt does. Departures:
    the turn within a stride is taken about one axis at a time (a shoe's is nearly so), and the mean specific force of
    a stride is gravity, because a stride begins and ends at rest. The length is right to a tenth or so, which is
    ample for a sign.

    Parameters
    ----------
    acc_g, gyr_rads : ndarray, shape (n, 3)
        Specific force [g] and angular rate [rad/s] of one bout.
    rate_hz : float
        Sampling rate [Hz].
    stride_s : float
        Typical stride time of the bout [s].

    Returns
    -------
    Evidence
        One row per stride; `travel` is the movement across level ground [m].
    """
    from scipy.signal import find_peaks
    from scipy.spatial.transform import Rotation

    turning = np.linalg.norm(gyr_rads, axis=1) / REST_RATE_RADS
    shaking = (np.linalg.norm(acc_g, axis=1) - 1.0) / REST_ACC_G
    unrest = moving_mean(turning**2 + shaking**2, n=int(REST_WINDOW_S * rate_hz))
    stance, _ = find_peaks(-unrest, distance=max(int(0.7 * stride_s * rate_hz), 1))
    moved, ups = [], []
    for first, last in pairwise(stance.tolist()):  # strides, not samples
        if not 0.6 * stride_s < (last - first) / rate_hz < 1.6 * stride_s:
            continue
        acc = np.array(acc_g[first : last + 1])
        force = Rotation.from_rotvec(_returning(_integral(gyr_rads[first : last + 1], rate_hz))).apply(acc)
        gravity = force.mean(axis=0)
        velocity = _returning(_integral(force - gravity, rate_hz))
        up = gravity / max(float(np.linalg.norm(gravity)), 1e-9)
        way = _integral(velocity, rate_hz)[-1] * STANDARD_GRAVITY_MS2
        moved.append(way - (way @ up) * up)
        ups.append(up)
    travel, n = np.array(moved).reshape(-1, 3), len(moved)
    unit = travel / np.maximum(np.linalg.norm(travel, axis=1, keepdims=True), 1e-9)
    return Evidence(travel, np.array(ups).reshape(-1, 3), np.ones(n), unit, np.tile(np.eye(3), (n, 1, 1)))


def _integral(x: Floats, rate_hz: float) -> Floats:
    out = np.zeros_like(x)
    out[1:] = np.cumsum((x[1:] + x[:-1]) / 2, axis=0) / rate_hz
    return out


def _returning(x: Floats) -> Floats:
    """Remove the straight line from first to last value: both ends are at rest."""
    return np.asarray(x - np.linspace(0.0, 1.0, len(x))[:, None] * x[-1])


def judge_strides(
    evidence: Evidence, anchor: Anchor, *, min_strides: int, min_stride_m: float, min_score: float,
    min_stride_agreement: float,
) -> Verdict:  # fmt: skip
    """Decide the direction of one bout from the displacement of its strides.

    Parameters
    ----------
    evidence : Evidence
        From `stride_evidence`.
    anchor : Anchor
        Which way is forward.
    min_strides : int
        Fewest strides.
    min_stride_m : float
        Shorter strides do not count [m].
    min_score : float
        Smallest size of D of the median stride, D being the cosine between displacement and front.
    min_stride_agreement : float
        Share of strides that must agree.
    """
    long_enough = np.linalg.norm(evidence.travel, axis=1) >= min_stride_m
    if long_enough.sum() < min_strides:
        return Verdict("unknown", np.nan, np.nan, _("too few strides of the foot could be followed"))
    if abs(float(anchor.axis @ np.median(evidence.up, axis=0))) > 0.8:
        return Verdict("unknown", np.nan, np.nan, _("the axis declared as the front points up or down in this bout"))
    cosine = cosines(evidence, anchor.axis)[long_enough]
    score = float(np.median(cosine))
    agree = float((np.sign(cosine) == np.sign(score)).mean())
    if abs(score) < min_score or agree < min_stride_agreement:
        return Verdict("unknown", score, np.nan, _("the foot does not move along the runner's front-to-back line"))
    word, n = "forward" if score > 0 else "backward", len(cosine)
    counted = count_words(round(agree * n), n)
    reason = _("{count} strides of the foot go {word}", count=counted, word=direction_word(word))
    return Verdict(word, score, np.nan, reason)


def irreversibility(resultant_g: Floats, *, rate_hz: float) -> float:
    """Asymmetry of a signal in time, zero when it looks alike played backward; a hint, never a decision.

    ``B = (<x²(t) x(t+τ)> - <x(t) x²(t+τ)>) / σ³`` with τ from 0.05 to 0.1 s, after the time-irreversibility statistic
    of Pomeau 1982 (see also Diks et al. 1995). Feet that go forward show negative values (one runner, one walker).

    Parameters
    ----------
    resultant_g : ndarray, shape (n,)
        Magnitude of specific force at the foot or shank [g].
    rate_hz : float
        Sampling rate [Hz].
    """
    x = resultant_g - resultant_g.mean()
    lags = np.unique(np.round(np.linspace(0.05, 0.1, 6) * rate_hz).astype(int))
    values = [float((x[:-k] ** 2 * x[k:] - x[:-k] * x[k:] ** 2).mean()) for k in lags if 0 < k < len(x)]
    return float(np.mean(values)) / max(float(x.std()) ** 3, 1e-12) if values else 0.0
