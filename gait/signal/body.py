"""The signals from which rhythm and direction are read, at a low common rate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gait.signal.axes import magnitude, up_direction, vertical_part
from gait.signal.filters import low_pass
from gait.signal.timebase import Piece

Floats = NDArray[np.float64]

TRUNK = ("lower_back", "waist", "hip", "chest")
"""Placements that move with the trunk: contacts, impulse and stiffness are allowed here only."""
SWINGING = ("wrist", "upper_arm", "hand", "shank", "foot")
"""Placements whose orientation swings so much that the magnitude shows the rhythm better than the vertical."""


@dataclass(frozen=True)
class BodySignal:
    """Low-passed signals of one piece.

    Attributes
    ----------
    start_s : float
        Time of the first sample in the recording [s].
    rate_hz : float
        Sampling rate [Hz].
    acc_g : ndarray, shape (n, 3)
        Specific force in the device's frame [g].
    vertical_g : ndarray, shape (n,)
        Part along gravity; without gravity, 1 g plus the main direction of movement [g].
    resultant_g : ndarray, shape (n,)
        Magnitude [g].
    rhythm_g : ndarray, shape (n,)
        The one of the two that shows the rhythm at this placement [g].
    """

    start_s: float
    rate_hz: float
    acc_g: Floats
    vertical_g: Floats
    resultant_g: Floats
    rhythm_g: Floats


def body_signal(
    piece: Piece,
    *,
    placement: str,
    has_gravity: bool,
    rhythm_low_pass_hz: float,
    rhythm_rate_hz: float,
    gate_up_window_s: float,
) -> BodySignal:
    """Low-pass, thin out, and find the vertical of one piece.

    Where gravity was removed by the phone there is no vertical; the principal direction of movement stands in for it,
    signed so that its peaks point up, which serves gate and cadence but no orientation.

    Parameters
    ----------
    piece : Piece
        Uniform samples.
    placement : str
        Where the device was worn.
    has_gravity : bool
        Whether gravity is contained.
    rhythm_low_pass_hz, rhythm_rate_hz : float
        Low-pass and lowest rate [Hz].
    gate_up_window_s : float
        Window of the mean that gives the vertical [s].
    """
    acc = low_pass(piece.acc_g, rate_hz=piece.rate_hz, cutoff_hz=rhythm_low_pass_hz)
    factor = max(int(piece.rate_hz // rhythm_rate_hz), 1)
    start_s, rate_hz = piece.start_s, piece.rate_hz / factor
    # thinned out symmetrically, so that a reversed recording gives the same signal in reverse
    if ((len(acc) - 1) % factor) % 2:
        acc, start_s = (acc[1:] + acc[:-1]) / 2, start_s + 0.5 / piece.rate_hz
    offset = (len(acc) - 1) % factor // 2
    acc, start_s = acc[offset::factor], start_s + offset / piece.rate_hz
    resultant = magnitude(acc)
    if has_gravity:
        vertical = vertical_part(acc, up_direction(acc, rate_hz=rate_hz, window_s=gate_up_window_s))
        rhythm = resultant if placement in SWINGING else vertical
    else:
        centred = acc - acc.mean(axis=0)
        _, axes = np.linalg.eigh(centred.T @ centred)
        main = centred @ axes[:, -1]
        vertical = rhythm = 1.0 + main * (1.0 if (main**3).mean() >= 0 else -1.0)
    return BodySignal(start_s, rate_hz, acc, vertical, resultant, rhythm)
