"""Up and level: the vertical from gravity, and the parts of specific force along and across it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gait.signal.filters import low_pass, moving_mean

Floats = NDArray[np.float64]

FREE_FALL_G = 0.3
"""A vertical part below this is nearly free fall [g]; judgement, the models of the gate were fitted with it: trunks
and pockets spend 15 to 35 % of a run below it and less than 4 % of a walk."""


def up_direction(acc_g: Floats, *, rate_hz: float, window_s: float) -> Floats:
    """Unit vector that points up, from the mean of specific force in a moving window.

    Over whole steps the body's own acceleration averages out and gravity remains (standard practice; see Mizell
    2003). A device that is in free fall on average has no such direction: the vector is then 0.

    Parameters
    ----------
    acc_g : ndarray, shape (n, 3)
        Specific force in the device frame [g].
    rate_hz : float
        Sampling rate [Hz].
    window_s : float
        Length of the window [s]; several steps long.

    Returns
    -------
    ndarray, shape (n, 3)
    """
    mean = moving_mean(acc_g, n=max(int(round(window_s * rate_hz)), 1))
    length = magnitude(mean)[:, None]
    return np.asarray(np.divide(mean, length, out=np.zeros_like(mean), where=length > 0.05))


def magnitude(vectors: Floats) -> Floats:
    """Length of each vector, shape (n, 3) to (n,)."""
    return np.asarray(np.sqrt(vectors[:, 0] ** 2 + vectors[:, 1] ** 2 + vectors[:, 2] ** 2))


def vertical_part(acc_g: Floats, up: Floats) -> Floats:
    """Part of specific force along `up`, shape (n,) [g].

    Parameters
    ----------
    acc_g : ndarray, shape (n, 3)
        Specific force in the device's frame [g].
    up : ndarray, shape (n, 3)
        Unit vectors up.
    """
    return np.asarray(acc_g[:, 0] * up[:, 0] + acc_g[:, 1] * up[:, 1] + acc_g[:, 2] * up[:, 2])


def free_fall_share(vertical_g: Floats) -> Floats:
    """Share of samples in nearly free fall, over the last axis.

    Parameters
    ----------
    vertical_g : ndarray, shape (..., n)
        Vertical part of specific force [g].
    """
    return np.asarray((vertical_g < FREE_FALL_G).mean(axis=-1))


def vertical_and_level(acc_g: Floats, up: Floats) -> tuple[Floats, Floats]:
    """Split specific force into its vertical part, shape (n,), and its level part, shape (n, 3) [g].

    Parameters
    ----------
    acc_g, up
        As in `vertical_part`.
    """
    vertical = vertical_part(acc_g, up)
    return vertical, acc_g - vertical[:, None] * up


def without_swing(acc_g: Floats, gyr_rads: Floats, *, rate_hz: float, drift_hz: float) -> Floats:
    """Specific force turned back by what the device swings about its mean pose, shape (n, 3) [g].

    A phone in a trouser pocket swings with the thigh; gravity then leaks into the level part at stride and step
    frequency. The gyroscope's angle, integrated and freed of drift, undoes it (small-angle form of the usual
    strapdown rotation). Slower turns, such as a bend in the track, are left in.

    Parameters
    ----------
    acc_g, gyr_rads : ndarray, shape (n, 3)
        Specific force [g] and angular rate [rad/s] in the device's frame.
    rate_hz : float
        Sampling rate [Hz].
    drift_hz : float
        Slower changes of the angle are drift or turning [Hz].
    """
    from scipy.spatial.transform import Rotation

    angle = np.cumsum(gyr_rads, axis=0) / rate_hz
    angle -= np.linspace(0.0, 1.0, len(angle))[:, None] * (angle[-1] - angle[0])
    angle -= low_pass(angle, rate_hz=rate_hz, cutoff_hz=drift_hz)
    return np.asarray(Rotation.from_rotvec(angle).apply(acc_g))


def axis_vector(axis: str) -> Floats:
    """Unit vector of a device axis such as ``"+x"`` or ``"-z"``, shape (3,)."""
    vector = np.zeros(3)
    vector["xyz".index(axis[1])] = -1.0 if axis[0] == "-" else 1.0
    return vector


def angle_between_deg(a: Floats, b: Floats) -> float:
    """Angle between two vectors of shape (3,) [degrees].

    Parameters
    ----------
    a, b : ndarray, shape (3,)
        Vectors of any length above 0.
    """
    cosine = float(a @ b) / max(float(np.linalg.norm(a) * np.linalg.norm(b)), 1e-12)
    return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))
