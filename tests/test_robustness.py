"""Any samples give a result or a `GaitError`, and the result is always JSON."""

import json
import os

import numpy as np
import pytest

import gait
from gait.recording import ANTERIOR_AXES, PLACEMENTS, Recording
from tests.synthetic import run_g, session_g, walk_g

SEEDS = int(os.environ.get("GAIT_SEEDS", "8"))
"""For each of the nine kinds of samples."""
SHAPES = ("zero", "flat", "noise", "huge", "tiny", "run", "clipped", "walk", "session")


def samples(kind: str, n: int, rate_hz: float, rng: np.random.Generator) -> np.ndarray:
    seed, duration_s = int(rng.integers(1000)), max(n / rate_hz, 3 / rate_hz)
    match kind:
        case "zero":
            return np.zeros((n, 3))
        case "flat":
            return np.tile([0.0, 0.0, 1.0], (n, 1))
        case "noise" | "huge" | "tiny":
            return rng.normal(0, {"noise": 1.0, "huge": 1e6, "tiny": 1e-9}[kind], (n, 3))
        case "run":
            return run_g(rate_hz=rate_hz, duration_s=duration_s, seed=seed)
        case "clipped":
            return np.clip(run_g(rate_hz=rate_hz, duration_s=duration_s, seed=seed), -2, 2)
        case "walk":
            return walk_g(rate_hz=rate_hz, duration_s=duration_s, seed=seed)
        case _:
            return np.round(session_g(rate_hz=rate_hz, seed=seed) * rng.uniform(0.3, 3), 1)


@pytest.mark.parametrize("kind", SHAPES)
@pytest.mark.parametrize("seed", range(SEEDS))
def test_any_samples_give_a_result_or_a_plain_error(kind: str, seed: int) -> None:
    rng = np.random.default_rng([seed, SHAPES.index(kind)])
    rate_hz = float(rng.choice([3, 5, 12, 17, 20, 25, 50, 99.7, 100, 200, 1000]))
    acc = samples(kind, int(rng.choice([2, 3, 5, 50, 200, 201, 1500, 4000])), rate_hz, rng)
    steps = rng.uniform(0.2, 1.8, len(acc)) / rate_hz * (1 + 50 * (rng.random(len(acc)) < 0.003))
    gyr = rng.normal(0, rng.choice([0.0, 0.1, 10.0]), acc.shape) if rng.random() < 0.4 else None
    clock = {"time_s": np.cumsum(steps)} if rng.random() < 0.4 else {"sampling_rate_hz": rate_hz}
    try:
        recording = Recording.from_arrays(
            acc,
            gyr_rads=gyr,
            placement=str(rng.choice(PLACEMENTS)),
            anterior=str(rng.choice(ANTERIOR_AXES)) if rng.random() < 0.5 else None,
            gravity=str(rng.choice(["included", "removed", "unknown"])),
            **clock,
        )
        analysis = gait.analyze(recording, calibrate=[None, "first-run", (0.5, 9.0)][int(rng.integers(3))])
    except gait.GaitError:
        return
    json.dumps(analysis.to_dict(), allow_nan=False)
    assert kind in ("run", "clipped", "walk", "session") or len(analysis.bouts) == 0
