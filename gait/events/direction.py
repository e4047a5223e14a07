"""Direction: did the runner face the way of travel? Travel held against the way the device faces.

What is named forward or backward rests on knowing which way the device faces: a label, a declared mounting, or a
calibration. Nothing in an accelerometer alone can tell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gait.events.travel import Evidence, clear_windows, cosines, cross_check, forward_logit
from gait.language import gettext as _
from gait.nomenclature import direction_word
from gait.signal.axes import angle_between_deg

Floats = NDArray[np.float64]


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

    Parameters
    ----------
    evidences : list of Evidence
        One per bout.
    min_quadrature, min_line_share
        See `gait.events.travel.clear_windows`.
    min_agreement, min_clear_windows, max_tilt_deg, min_score
        See `anchor_from` and `judge`.
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
