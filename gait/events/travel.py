"""Evidence on travel: the phase of level against vertical acceleration, window by window.

In running the foot brakes before and pushes after mid-stance, so that level acceleration along the travel lags the
vertical by a quarter of a step; in walking, an inverted pendulum, it leads. The quadrature vector ``q`` holds that
part, in the device's frame. What it means for the runner is told by `gait.events.direction`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gait.signal.filters import cut_windows, moving_mean

Floats = NDArray[np.float64]

MODELS = ("trunk", "pocket")
"""Names of the confidence models in ``models/direction.json``."""
TRAVEL_SIGN = {"run": 1.0, "walk": -1.0}
"""q points along the travel in running and against it in walking (science: inverted pendulum)."""


@dataclass(frozen=True)
class Evidence:
    """What the windows of one bout say about travel, in the device's frame.

    Attributes
    ----------
    travel : ndarray, shape (windows, 3)
        Quadrature vector q, signed by the gait so that it points along the travel; its length is the ratio of the
        quadrature part of level acceleration to vertical acceleration at step frequency.
    up : ndarray, shape (windows, 3)
        Unit vector up.
    line_share : ndarray, shape (windows,)
        Share of the vertical's power that lies in the step line, 1 for a pure sine.
    sway : ndarray, shape (windows, 3)
        Covariance of level velocity with vertical acceleration, divided by the standard deviation of the latter and
        signed by the gait so that it points along the travel.
    sway_cov : ndarray, shape (windows, 3, 3)
        Covariance of level velocity.
    """

    travel: Floats
    up: Floats
    line_share: Floats
    sway: Floats
    sway_cov: Floats

    def __len__(self) -> int:
        return len(self.travel)


def travel_evidence(
    vertical_g: Floats,
    level_g: Floats,
    up: Floats,
    steps: Floats,
    *,
    rate_hz: float,
    gait: str,
    direction_window_s: float,
    min_direction_windows: int,
) -> Evidence:
    """Evidence on travel from overlapping windows of one bout.

    ``q = -Im(H / V)``, V and H being the parts of vertical and level acceleration in the step line. They are taken
    at the bout's own step phase instead of at a fixed frequency, so that a change of cadence inside a window does
    not smear the line. The in-phase part (pitch of the pelvis, tilt of the mounting) is larger and does not change
    with direction; it is left out.

    Parameters
    ----------
    vertical_g : ndarray, shape (n,)
        Vertical part, low-passed [g].
    level_g, up : ndarray, shape (n, 3)
        Level part [g] and unit vector up, in the device's frame.
    steps : ndarray, shape (n,)
        Step phase from `gait.events.cadence.follow_steps`.
    rate_hz : float
        Sampling rate [Hz].
    gait : {"run", "walk"}
        Gait of the bout.
    direction_window_s : float
        Length of a window [s]; shortened in short bouts, to 2 s at least, so that there are several.
    min_direction_windows : int
        Number of windows aimed at in short bouts.

    Returns
    -------
    Evidence
        Without windows when the bout is shorter than 2.5 s.
    """
    duration_s = len(vertical_g) / rate_hz
    window_s = float(np.clip(2 * duration_s / (min_direction_windows + 1), 2.0, direction_window_s))
    hop_s = min(window_s / 2, max((duration_s - window_s) / (min_direction_windows - 1), 0.25))
    n, hop = int(window_s * rate_hz), max(int(hop_s * rate_hz), 1)
    sign = TRAVEL_SIGN[gait]

    def windows(x: Floats) -> Floats:
        """Windows of each of the rows, shape (rows, windows, n), contiguous because that is several times faster."""
        return np.stack([cut_windows(row, n=n, hop=hop)[0] for row in np.ascontiguousarray(x)])

    def about_zero(x: Floats) -> Floats:
        return np.asarray(x - x.mean(axis=-1, keepdims=True))

    v = about_zero(windows(vertical_g[None]))[0]
    h, g = about_zero(windows(level_g.T)), windows(up.T).mean(axis=2)
    u = about_zero(windows(_level_velocity(level_g, steps, rate_hz).T))
    n = v.shape[1]
    taper = np.hanning(n)
    angle = 2 * np.pi * steps
    cosine, sine = windows(np.stack([np.cos(angle), -np.sin(angle)])) * taper
    line_v = (v * cosine).sum(axis=1) + 1j * (v * sine).sum(axis=1)
    line_h = np.einsum("ikn,kn->ki", h, cosine) + 1j * np.einsum("ikn,kn->ki", h, sine)
    ratio = line_h / np.where(np.abs(line_v) > 1e-9, line_v, np.inf)[:, None]
    # 3 instead of 2: a tapered sine would otherwise reach 2/3 only
    share = 3 * np.abs(line_v) ** 2 / np.maximum((taper**2).sum() * (v**2).sum(axis=1), 1e-12)
    sway = -sign * np.einsum("ikn,kn->ki", u, v) / n / np.maximum(v.std(axis=1), 1e-9)[:, None]
    mean_up = (g / np.maximum(np.linalg.norm(g, axis=0), 1e-9)).T
    return Evidence(-sign * ratio.imag, mean_up, share, sway, np.einsum("ikn,jkn->kij", u, u) / n)


def _level_velocity(level_g: Floats, steps: Floats, rate_hz: float) -> Floats:
    """Integral of level acceleration without what is slower than about a third of the step frequency [g s]."""
    n = max(int(round(2 * rate_hz * len(steps) / rate_hz / max(float(steps[-1] - steps[0]), 1.0))), 2)
    swing = level_g - moving_mean(level_g, n=n)
    velocity = np.zeros_like(swing)
    velocity[1:] = np.cumsum((swing[1:] + swing[:-1]) / 2, axis=0) / rate_hz
    return velocity - moving_mean(velocity, n=n)


def cosines(evidence: Evidence, axis: Floats) -> Floats:
    """D of each window: cosine between travel and the level part of `axis`, shape (windows,).

    Parameters
    ----------
    evidence : Evidence
        Evidence of one bout.
    axis : ndarray, shape (3,)
        Unit vector to the front, in the frame of the device.
    """
    length = np.linalg.norm(evidence.travel, axis=1)
    return np.asarray(np.einsum("ij,ij->i", evidence.travel, level_front(axis, evidence.up)) / np.maximum(length, 1e-9))


def level_front(axis: Floats, up: Floats) -> Floats:
    """Level part of `axis` for each of the given verticals, of unit length, shape (windows, 3).

    Parameters
    ----------
    axis : ndarray, shape (3,)
        Unit vector to the front.
    up : ndarray, shape (windows, 3)
        Unit vectors up.
    """
    front = axis - (up @ axis)[:, None] * up
    return np.asarray(front / np.maximum(np.linalg.norm(front, axis=1, keepdims=True), 1e-9))


def cross_check(evidence: Evidence, axis: Floats) -> Floats:
    """S of each window, shape (windows,): minus the correlation of velocity along `axis` with vertical acceleration.

    Runners are slowest at mid-stance, when the vertical peaks (walkers fastest): positive here means forward in
    either gait. It uses the whole band instead of one line and fails for other reasons than D.

    Parameters
    ----------
    evidence, axis
        As in `cosines`.
    """
    front = level_front(axis, evidence.up)
    spread = np.sqrt(np.maximum(np.einsum("ki,kij,kj->k", front, evidence.sway_cov, front), 1e-18))
    return np.asarray(np.einsum("ki,ki->k", evidence.sway, front) / spread)


def clear_windows(evidence: Evidence, *, min_quadrature: float, min_line_share: float) -> NDArray[np.bool_]:
    """Windows whose rhythm and quadrature part are strong enough to say anything, shape (windows,).

    Parameters
    ----------
    evidence : Evidence
        Evidence of one bout.
    min_quadrature : float
        Smallest length of q, without unit.
    min_line_share : float
        Smallest share of the vertical's power in the step line.
    """
    strong = np.linalg.norm(evidence.travel, axis=1) >= min_quadrature
    return np.asarray(strong & (evidence.line_share >= min_line_share))


@cache
def _models() -> dict[str, Any]:
    models: dict[str, Any] = json.loads(files("gait").joinpath("models/direction.json").read_text("utf-8"))["models"]
    return models


def direction_features(evidence: Evidence, axis: Floats) -> Floats:
    """What the direction model sees of each window, shape (windows, 2): D weighted by the strength of q, and S.

    Both are positive for a runner who moves to the front `axis`, turn with time, and are limited.

    Parameters
    ----------
    evidence, axis
        As in `cosines`.
    """
    strength = np.minimum(np.linalg.norm(evidence.travel, axis=1) / 0.1, 1.5)
    sway = np.clip(cross_check(evidence, axis) / 0.1, -3, 3)
    return np.stack([cosines(evidence, axis) * strength, sway], axis=1)


def shipped_weights(model: str) -> Floats:
    """Coefficients of `direction_features`; their origin is in ``models/direction.json``, shape (2,).

    Parameters
    ----------
    model : {"trunk", "pocket"}
        Which of `MODELS`.
    """
    return np.array([_models()[model][name] for name in ("level", "sway")])


def forward_logit(evidence: Evidence, axis: Floats, *, model: str) -> Floats:
    """Log odds of each window that the runner moves to the front `axis`, shape (windows,).

    A logistic model of `direction_features` without intercept, so that time reversal changes the sign and nothing else.

    Parameters
    ----------
    evidence, axis
        As in `cosines`.
    model : {"trunk", "pocket"}
        Which of `MODELS`.
    """
    return np.asarray(direction_features(evidence, axis) @ shipped_weights(model))
