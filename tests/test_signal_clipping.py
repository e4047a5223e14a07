"""Clipped samples are found where a sensor reached its range, and nowhere else."""

import numpy as np
import pytest

from gait.io.reader import read_recording
from gait.signal.clipping import clipped_mask
from tests.io_files import running_g
from tests.shared import SHARED, require_shared

CASES = SHARED / "recordings" / "cases"
UNCLIPPED = ["belt_*", "hip_outdoor_*", "still_*", "contacts_run_*", "invariance_SA02_original*", "invariance_SA02_fs*",
             "mocap_backward_*"]  # fmt: skip


def run_g(rate_hz: float = 100.0, strength: float = 1.0, seed: int = 1) -> np.ndarray:
    """A run whose steps differ as real ones do."""
    acc = running_g(60.0, rate_hz, seed=seed)
    rng = np.random.default_rng(seed)
    size = np.repeat(rng.normal(1, 0.12, 60 * 3 + 1), -(-round(rate_hz) // 3))[: len(acc)]
    return acc.mean(axis=0) + (acc - acc.mean(axis=0)) * size[:, None] * strength


@pytest.mark.parametrize("rate_hz", [20.0, 50.0, 100.0, 200.0, 500.0])
@pytest.mark.parametrize("step_g", [0.0, 0.001, 0.004, 0.0156, 0.031])
def test_a_run_within_the_range_is_not_clipped(rate_hz: float, step_g: float) -> None:
    for seed in range(4):
        acc = run_g(rate_hz, seed=seed)
        assert not clipped_mask(np.round(acc / step_g) * step_g if step_g else acc).any()


@pytest.mark.parametrize("full_g", [2.0, 1.995, 4.0, 8.0, 16.0, 1.5, 3.6])
@pytest.mark.parametrize("rate_hz", [50.0, 100.0, 400.0])
def test_a_run_beyond_the_range_is_clipped(full_g: float, rate_hz: float) -> None:
    acc = run_g(rate_hz, strength=full_g * 0.75)
    beyond = np.abs(acc) > full_g
    assert beyond.sum() >= 10
    mask = clipped_mask(np.clip(acc, -full_g, full_g))
    assert mask[beyond].mean() > 0.75 and mask.sum() < 1.3 * beyond.sum() + 10


def test_one_axis_and_one_side() -> None:
    acc = run_g()
    acc[:, 1] = np.minimum(acc[:, 1], 2.0)
    mask = clipped_mask(acc)
    assert mask[:, 1].any() and not mask[:, [0, 2]].any() and (acc[mask] > 1.9).all()
    assert (clipped_mask(-acc) == mask).all()


def test_noise_at_the_end_of_the_range() -> None:
    rng = np.random.default_rng(3)
    acc = np.clip(run_g(200.0, strength=1.6), -2, 2)
    noisy = acc + rng.normal(0, 0.004, acc.shape)
    assert clipped_mask(noisy)[acc >= 2].mean() > 0.9


def test_after_resampling_by_interpolation() -> None:
    acc = np.clip(run_g(200.0, strength=1.6), -2, 2)
    t, wanted = np.arange(len(acc)) / 200, np.arange(0, 59, 1 / 130)
    again = np.column_stack([np.interp(wanted, t, acc[:, i]) for i in range(3)])
    assert clipped_mask(again).any()


def test_rest_and_short_input() -> None:
    rng = np.random.default_rng(2)
    rest = np.round(rng.normal([0, 0, 1], 0.003, (6000, 3)), 3)
    assert not clipped_mask(rest).any()
    assert not clipped_mask(np.tile([1.0, 1.0, 1.0], (500, 1))).any()
    assert not clipped_mask(np.zeros((0, 3))).any() and clipped_mask(np.zeros((0, 3))).shape == (0, 3)


@pytest.mark.parametrize("pattern", UNCLIPPED)
def test_real_recordings_within_their_range(pattern: str) -> None:
    require_shared("recordings", "cases")
    paths = sorted(CASES.glob(pattern))[:6]
    assert paths
    for path in paths:
        assert not clipped_mask(read_recording(path).acc_ms2 / 9.80665).any(), path.name


def test_real_recordings_clipped_at_two_g() -> None:
    require_shared("recordings", "cases")
    paths = sorted(CASES.glob("*_clipped.csv.gz"))
    assert len(paths) >= 3
    for path in paths:
        mask = clipped_mask(read_recording(path).acc_ms2 / 9.80665)
        assert mask.sum() > 100
