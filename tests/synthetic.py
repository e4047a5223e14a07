"""Small signals with known truth, independent of the simulator: runner's frame x front, y right, z up, in g."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

Floats = NDArray[np.float64]


def run_g(
    *,
    rate_hz: float = 100.0,
    duration_s: float = 20.0,
    cadence_spm: float = 165.0,
    contact_share: float = 0.65,
    push_g: float = 0.35,
    travel: float = 1.0,
    noise_g: float = 0.02,
    stride_share: float = 0.04,
    step_share: float = 0.06,
    seed: int = 0,
) -> Floats:
    """Half-sine stance and flight; the foot brakes then pushes along the travel (+1 front, -1 back), shape (n, 3)."""
    rng = np.random.default_rng(seed)
    n = int(duration_s * rate_hz)
    step = np.arange(n) / rate_hz * cadence_spm / 60
    within = np.mod(step, 1.0) / contact_share
    stance = within < 1
    up = np.where(stance, np.pi / (2 * contact_share) * np.sin(np.pi * within), 0.0)
    up *= 1 + stride_share * np.where(np.floor(step) % 2 == 0, 1, -1)
    # no two steps of a runner are alike; equal peaks would look like a sensor at its limit
    up *= 1 + step_share * rng.normal(size=int(step[-1]) + 1)[np.floor(step).astype(int)]
    front = np.where(stance, -push_g * travel * np.sin(2 * np.pi * within), 0.0)
    right = 0.15 * np.sin(np.pi * step)
    return np.stack([front, right, up], axis=1) + rng.normal(0, noise_g, (n, 3))


def walk_g(
    *,
    rate_hz: float = 100.0,
    duration_s: float = 20.0,
    cadence_spm: float = 110.0,
    travel: float = 1.0,
    noise_g: float = 0.02,
    seed: int = 0,
) -> Floats:
    """Inverted pendulum: the vertical peaks at double support, between push and braking, shape (n, 3)."""
    rng = np.random.default_rng(seed)
    n = int(duration_s * rate_hz)
    step = np.arange(n) / rate_hz * cadence_spm / 60
    up = 1 + 0.32 * np.cos(2 * np.pi * step) + 0.06 * np.cos(4 * np.pi * step + 0.4)
    front = -0.2 * travel * np.sin(2 * np.pi * step)
    right = 0.08 * np.sin(np.pi * step)
    return np.stack([front, right, up], axis=1) + rng.normal(0, noise_g, (n, 3))


def rest_g(*, rate_hz: float = 100.0, duration_s: float = 6.0, noise_g: float = 0.01, seed: int = 0) -> Floats:
    """Standing still, shape (n, 3)."""
    n = int(duration_s * rate_hz)
    return np.array([0.0, 0.0, 1.0]) + np.random.default_rng(seed).normal(0, noise_g, (n, 3))


def session_g(*, rate_hz: float = 100.0, seed: int = 0) -> Floats:
    """Rest, forward run, rest, backward run, rest, forward run, rest."""
    parts = [rest_g(rate_hz=rate_hz, seed=seed)]
    for k, (travel, cadence) in enumerate([(1, 160), (-1, 176), (1, 162)]):
        parts.append(run_g(rate_hz=rate_hz, travel=travel, cadence_spm=cadence, seed=seed + k + 1))
        parts.append(rest_g(rate_hz=rate_hz, seed=seed + k + 10))
    return np.concatenate(parts)


def turned(acc: Floats, seed: int) -> tuple[Floats, Rotation]:
    """The same movement seen by a device turned at random, and the rotation from runner to device."""
    rotation = Rotation.random(random_state=np.random.default_rng(seed))
    return np.asarray(rotation.apply(acc)), rotation
