"""Direction: did the runner face the way of travel? Evidence from the phase of level against vertical acceleration.

In running the foot brakes before and pushes after mid-stance, so that level acceleration along the travel lags the
vertical by a quarter of a step; in walking, an inverted pendulum, it leads. The quadrature vector ``q`` holds that
part, in the device's frame. What is named forward or backward rests on knowing which way the device faces:
a label, a declared mounting, or a calibration. Nothing in an accelerometer alone can tell.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gait.language import gettext as _
from gait.nomenclature import direction_word
from gait.signal.axes import angle_between_deg
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


@dataclass(frozen=True)
class Anchor:
    """Which way is forward, in the device's frame.

    Attributes
    ----------
    axis : ndarray, shape (3,)
        Unit vector to the runner's front.
    up : ndarray, shape (3,), or None
        Up when the anchor was taken; None for a declared mounting, which is bound to the device and not to a pose.
    method : {"mounting", "calibration", "label"}
        Where it comes from.
    """

    axis: Floats
    up: Floats | None
    method: str


@dataclass(frozen=True)
class Verdict:
    """Direction of one bout.

    Attributes
    ----------
    direction : {"forward", "backward", "unknown"}
        The decision.
    score : float
        Median over windows of D, the cosine between travel and front, from -1 to 1; NaN when it cannot be computed.
    probability : float
        Probability that the bout is forward, by `forward_logit`; NaN when it cannot be computed.
    reason : str
        One sentence.
    """

    direction: str
    score: float
    probability: float
    reason: str


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
    """D of each window: cosine between travel and the level part of `axis`, shape (windows,)."""
    length = np.linalg.norm(evidence.travel, axis=1)
    return np.asarray(np.einsum("ij,ij->i", evidence.travel, level_front(axis, evidence.up)) / np.maximum(length, 1e-9))


def level_front(axis: Floats, up: Floats) -> Floats:
    """Level part of `axis` for each of the given verticals, of unit length, shape (windows, 3)."""
    front = axis - (up @ axis)[:, None] * up
    return np.asarray(front / np.maximum(np.linalg.norm(front, axis=1, keepdims=True), 1e-9))


def cross_check(evidence: Evidence, axis: Floats) -> Floats:
    """S of each window, shape (windows,): minus the correlation of velocity along `axis` with vertical acceleration.

    Runners are slowest at mid-stance, when the vertical peaks (walkers fastest): positive here means forward in
    either gait. It uses the whole band instead of one line and fails for other reasons than D.
    """
    front = level_front(axis, evidence.up)
    spread = np.sqrt(np.maximum(np.einsum("ki,kij,kj->k", front, evidence.sway_cov, front), 1e-18))
    return np.asarray(np.einsum("ki,ki->k", evidence.sway, front) / spread)


def clear_windows(evidence: Evidence, *, min_quadrature: float, min_line_share: float) -> NDArray[np.bool_]:
    """Windows whose rhythm and quadrature part are strong enough to say anything, shape (windows,)."""
    strong = np.linalg.norm(evidence.travel, axis=1) >= min_quadrature
    return np.asarray(strong & (evidence.line_share >= min_line_share))


def anchor_from(
    evidences: list[Evidence],
    signs: list[float],
    *,
    method: str,
    min_quadrature: float,
    min_line_share: float,
    min_agreement: float,
    max_tilt_deg: float,
) -> Anchor | None:
    """Which way is forward, from bouts whose direction is known.

    Parameters
    ----------
    evidences : list of Evidence
        Evidence of the bouts.
    signs : list of float
        +1 for a bout known to be forward, -1 for backward.
    method : str
        Name of the method for the result.
    min_quadrature, min_line_share
        See `clear_windows`.
    min_agreement : float
        Share of clear windows that must lie within 60 degrees of the result.
    max_tilt_deg : float
        Largest angle between the vertical of a window and that of all [degrees].

    Returns
    -------
    Anchor or None
        None when the windows are too few, too weak, or disagree.
    """
    travel, up = [], []
    for evidence, sign in zip(evidences, signs, strict=True):
        clear = clear_windows(evidence, min_quadrature=min_quadrature, min_line_share=min_line_share)
        travel.append(sign * evidence.travel[clear])
        up.append(evidence.up[clear])
    q, g = np.concatenate(travel), np.concatenate(up)
    if len(q) < 3:
        return None
    mean_up = g.sum(axis=0) / max(float(np.linalg.norm(g.sum(axis=0))), 1e-9)
    length = np.linalg.norm(q, axis=1, keepdims=True)
    unit = q / length
    # windows with a strong quadrature part know the axis better, but no single one may rule
    axis = (unit * np.minimum(length, 1.5 * np.median(length))).mean(axis=0)
    axis -= (axis @ mean_up) * mean_up
    if np.linalg.norm(axis) < 0.3 * np.median(length):
        return None
    axis /= np.linalg.norm(axis)
    tilt = np.degrees(np.arccos(np.clip(g @ mean_up, -1, 1)))
    agree = float(((unit @ axis >= 0.5) & (tilt <= max_tilt_deg)).mean())
    return Anchor(axis, mean_up, method) if agree >= min_agreement else None


@cache
def _models() -> dict[str, Any]:
    models: dict[str, Any] = json.loads(files("gait").joinpath("models/direction.json").read_text("utf-8"))["models"]
    return models


def direction_features(evidence: Evidence, axis: Floats) -> Floats:
    """What the direction model sees of each window, shape (windows, 2): D weighted by the strength of q, and S.

    Both are positive for a runner who moves to the front `axis`, turn with time, and are limited.
    """
    strength = np.minimum(np.linalg.norm(evidence.travel, axis=1) / 0.1, 1.5)
    sway = np.clip(cross_check(evidence, axis) / 0.1, -3, 3)
    return np.stack([cosines(evidence, axis) * strength, sway], axis=1)


def shipped_weights(model: str) -> Floats:
    """Coefficients of `direction_features`; their origin is in ``models/direction.json``, shape (2,)."""
    return np.array([_models()[model][name] for name in ("level", "sway")])


def forward_logit(evidence: Evidence, axis: Floats, *, model: str) -> Floats:
    """Log odds of each window that the runner moves to the front `axis`, shape (windows,).

    A logistic model of `direction_features` without intercept, so that time reversal changes the sign and nothing else.
    """
    return np.asarray(direction_features(evidence, axis) @ shipped_weights(model))


def judge(
    evidence: Evidence,
    anchor: Anchor,
    *,
    model: str,
    min_quadrature: float,
    min_line_share: float,
    min_score: float,
    min_agreement: float,
    min_probability: float,
    min_clear_windows: int,
    max_tilt_deg: float,
) -> Verdict:
    """Decide the direction of one bout against a known front; every doubt is ``unknown`` with its reason.

    Parameters
    ----------
    evidence : Evidence
        Evidence of the bout.
    anchor : Anchor
        Which way is forward.
    model : {"trunk", "pocket"}
        Which confidence model applies.
    min_quadrature, min_line_share
        See `clear_windows`.
    min_score : float
        Smallest size of D of the bout's median on the trunk; in the pocket single windows scatter, and the probability
        alone decides.
    min_agreement : float
        Share of windows that must agree with the bout on the trunk.
    min_probability : float
        Smallest probability of the decision.
    min_clear_windows : int
        Fewest clear windows.
    max_tilt_deg : float
        Largest angle between the vertical now and at calibration [degrees].
    """
    clear = clear_windows(evidence, min_quadrature=min_quadrature, min_line_share=min_line_share)
    n = int(clear.sum())
    if n < min_clear_windows:
        return Verdict("unknown", np.nan, np.nan, _("the rhythm is too weak or the bout too short to show a direction"))
    up = evidence.up[clear].mean(axis=0)
    if abs(float(anchor.axis @ up)) > 0.8 * float(np.linalg.norm(up)):
        return Verdict("unknown", np.nan, np.nan, _("the axis declared as the front points up or down in this bout"))
    d, s = cosines(evidence, anchor.axis)[clear], cross_check(evidence, anchor.axis)[clear]
    score, cross = float(np.median(d)), float(np.median(s))
    logit = float(forward_logit(evidence, anchor.axis, model=model)[clear].mean()) * (1 + (n - 1) / 2)
    probability = float(1 / (1 + np.exp(-np.clip(logit, -30, 30))))

    def unknown(reason: str) -> Verdict:
        return Verdict("unknown", score, probability, reason)

    if anchor.up is not None and (tilt := angle_between_deg(up, anchor.up)) > max_tilt_deg:
        return unknown(_("the device has tilted by {tilt:.0f} degrees since the calibration", tilt=tilt))
    agree = float((np.sign(d) == np.sign(score)).mean())
    if model == "trunk" and (abs(score) < min_score or agree < min_agreement):
        return unknown(_("the travel does not lie along the runner's front-to-back line"))
    if score * cross < 0 and abs(score) >= min_score and abs(cross) >= 0.1:
        return unknown(_("two independent signs of direction disagree"))
    if max(probability, 1 - probability) < min_probability:
        return unknown(_("the evidence is too weak to name a direction"))
    word = "forward" if logit > 0 else "backward"
    agreeing = int((np.sign(d) == np.sign(logit)).sum())
    reason = _("{count} pieces of the bout travel {word}", count=count_words(agreeing, n), word=direction_word(word))
    return Verdict(word, score, probability, reason)


def count_words(k: int, n: int) -> str:
    """``"all 7"`` or ``"6 of 7"``."""
    return _("all {n}", n=n) if k == n else _("{k} of {n}", k=k, n=n)


def opposite_groups(
    evidences: list[Evidence],
    *,
    min_quadrature: float,
    min_line_share: float,
    min_agreement: float,
    min_clear_windows: int,
    max_tilt_deg: float,
    min_score: float,
) -> list[str | None]:
    """Group bouts by the way they travel relative to the device: "A" like the first clear one, "B" the opposite.

    Which group is forward cannot be known from the accelerometer alone; neither can it be known whether the device
    was turned by 180 degrees about the vertical in between.
    """
    names: list[str | None] = [None] * len(evidences)
    reference: Anchor | None = None
    for k, evidence in enumerate(evidences):
        keywords = {"min_quadrature": min_quadrature, "min_line_share": min_line_share}
        clear = clear_windows(evidence, **keywords)
        if clear.sum() < min_clear_windows:
            continue
        own = anchor_from(
            [evidence], [1.0], method="none", min_agreement=min_agreement, max_tilt_deg=max_tilt_deg, **keywords
        )
        if own is None or own.up is None:
            continue
        reference = reference or own
        assert reference.up is not None
        cosine = float(own.axis @ reference.axis)
        if angle_between_deg(own.up, reference.up) <= max_tilt_deg and abs(cosine) >= min_score:
            names[k] = "A" if cosine > 0 else "B"
    return names
