"""Bouts, cadence and contacts on small signals with known truth."""

import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from scipy import signal

import gait
from gait.events.bouts import most_probable
from gait.events.cadence import follow_steps, harmonic_comb, peak_frequency
from gait.events.contacts import find_contacts
from gait.metrics import impact
from gait.recording import Recording
from gait.settings import AnalysisSettings
from gait.signal.filters import low_pass
from tests.synthetic import rest_g, run_g, session_g, turned, walk_g

S = AnalysisSettings()
FOLLOW = S.keywords(follow_steps)


def analyse(acc: np.ndarray, rate_hz: float = 100.0, placement: str = "lower_back", **kw: object) -> gait.Analysis:
    return gait.analyze(Recording.from_arrays(acc, sampling_rate_hz=rate_hz, placement=placement), **kw)


@pytest.mark.parametrize("cadence_spm", [132.0, 150.3, 171.7, 190.0, 224.0])
@pytest.mark.parametrize("rate_hz", [25.0, 50.0, 100.0, 200.0])
def test_cadence_of_a_steady_run(cadence_spm: float, rate_hz: float) -> None:
    v = run_g(rate_hz=rate_hz, cadence_spm=cadence_spm)[:, 2]
    v = low_pass(v, rate_hz=rate_hz, cutoff_hz=10)
    phase = follow_steps(v, rate_hz=rate_hz, gait="run", limb=False, **FOLLOW)
    assert phase.cadence_spm == pytest.approx(cadence_spm, abs=0.3)
    assert phase.cadence_low_spm < cadence_spm < phase.cadence_high_spm
    assert phase.steps[-1] - phase.steps[0] == pytest.approx(20 * cadence_spm / 60, abs=1.0)


@pytest.mark.parametrize("cadence_spm", [84.0, 100.0, 118.5, 134.0])
@pytest.mark.parametrize("stride_g", [0.0, 0.05, 0.3])
def test_cadence_of_walking_has_no_octave_error(cadence_spm: float, stride_g: float) -> None:
    acc = walk_g(cadence_spm=cadence_spm)
    v = acc[:, 2] + stride_g * np.sin(np.pi * np.arange(len(acc)) / 100 * cadence_spm / 60)
    phase = follow_steps(v, rate_hz=100, gait="walk", limb=True, **FOLLOW)
    assert phase.cadence_spm == pytest.approx(cadence_spm, abs=0.3)


def test_mean_cadence_of_a_bout_that_speeds_up() -> None:
    rate_hz, duration_s = 100.0, 40.0
    t = np.arange(int(rate_hz * duration_s)) / rate_hz
    steps = 150 / 60 * t + 0.5 * (20 / 60 / duration_s) * t**2
    v = 1 + 1.2 * np.cos(2 * np.pi * steps)
    phase = follow_steps(v, rate_hz=rate_hz, gait="run", limb=False, **FOLLOW)
    assert phase.cadence_spm == pytest.approx(160.0, abs=0.3)


def test_comb_prefers_the_stride_to_its_half_and_double() -> None:
    t = np.arange(1000) / 100
    x = 0.4 * np.sin(2 * np.pi * 1.4 * t) + np.sin(2 * np.pi * 2.8 * t) + 0.3 * np.sin(2 * np.pi * 4.2 * t)
    comb = harmonic_comb(x, rate_hz=100, window_s=10, hop_s=5, low_hz=0.65, high_hz=2.9)
    assert peak_frequency(comb.score, comb.stride_hz) == pytest.approx([1.4], abs=0.01)


def test_peak_frequency_at_the_edge_of_the_range_is_the_edge() -> None:
    score = np.array([[3.0, 2.0, 1.0], [1.0, 2.0, 3.0]])
    assert peak_frequency(score, np.array([1.0, 1.005, 1.01])).tolist() == [1.0, 1.01]


@pytest.mark.parametrize("placement", ["lower_back", "hip", "chest", "pocket", "wrist", "hand", "unknown"])
def test_a_session_is_cut_into_its_bouts(placement: str) -> None:
    bouts = analyse(session_g(), placement=placement).bouts
    assert bouts["gait"].tolist() == ["run"] * 3
    assert bouts["start_s"].to_numpy() == pytest.approx([6, 32, 58], abs=0.4)
    assert bouts["end_s"].to_numpy() == pytest.approx([26, 52, 78], abs=0.4)
    assert bouts["cadence_spm"].to_numpy() == pytest.approx([160, 176, 162], abs=0.5)
    assert np.abs(bouts["n_steps"].to_numpy() - [53, 59, 54]).max() <= 2


def test_walking_and_running_are_told_apart_and_the_border_found() -> None:
    acc = np.concatenate([rest_g(), walk_g(), run_g(), walk_g(seed=5), rest_g()])
    bouts = analyse(acc).bouts
    assert bouts["gait"].tolist() == ["walk", "run", "walk"]
    assert bouts["start_s"].to_numpy() == pytest.approx([6, 26, 46], abs=0.6)


def lying(seed: int) -> np.ndarray:
    return rest_g(duration_s=40, noise_g=0.004, seed=seed)


def fidgeting(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    kick = np.convolve(rng.normal(0, 1, 4000) * (rng.random(4000) < 0.01), np.hanning(60), "same")
    return rest_g(duration_s=40, seed=seed) + kick[:, None] * [0.2, 0.1, 0.15]


def car(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    road = low_pass(rng.normal(0, 1, (4000, 3)), rate_hz=100, cutoff_hz=3)
    engine = 0.1 * np.sin(2 * np.pi * 12 * np.arange(4000) / 100)
    return rest_g(duration_s=40, seed=seed) + 0.3 * road * [0.3, 0.3, 1] + engine[:, None] * [0, 0, 1]


def light_shaking(seed: int) -> np.ndarray:
    t = np.arange(4000) / 100
    return rest_g(duration_s=40, seed=seed) + 0.1 * np.sin(2 * np.pi * 2.4 * t)[:, None] * [0, 0, 1]


@pytest.mark.parametrize("movement", [lying, fidgeting, car, light_shaking])
@pytest.mark.parametrize("placement", ["lower_back", "pocket", "wrist", "unknown"])
@pytest.mark.parametrize("seed", [0, 1])
def test_nobody_walks_and_nothing_is_counted(movement, placement: str, seed: int) -> None:
    acc, _ = turned(movement(seed), seed)
    analysis = analyse(acc, placement=placement)
    assert len(analysis.bouts) == len(analysis.steps) == len(analysis.metrics) == 0
    assert any(f.code == "no_gait" for f in analysis.quality)


def test_a_short_stop_is_not_counted_as_steps() -> None:
    acc = np.concatenate([walk_g(duration_s=20), rest_g(duration_s=1.5), walk_g(duration_s=20, seed=3)])
    bouts = analyse(np.concatenate([rest_g(), acc, rest_g()]), placement="hand").bouts
    assert bouts["n_steps"].sum() == pytest.approx(2 * 110 / 60 * 20, abs=3)


def contacts_of(acc: np.ndarray, rate_hz: float, cadence_spm: float):
    v = acc[:, 2]
    steps = np.arange(len(v)) / rate_hz * cadence_spm / 60 - 0.65 / 2
    return find_contacts(
        low_pass(v, rate_hz=rate_hz, cutoff_hz=S.contact_low_pass_hz), low_pass(v, rate_hz=rate_hz, cutoff_hz=10.0),
        steps, rate_hz=rate_hz, **S.keywords(find_contacts),
    )  # fmt: skip


@pytest.mark.parametrize("rate_hz", [50.0, 100.0, 200.0, 500.0])
@pytest.mark.parametrize("contact_share", [0.5, 0.6, 0.7])
def test_contacts_are_where_the_force_is(rate_hz: float, contact_share: float) -> None:
    acc = run_g(rate_hz=rate_hz, contact_share=contact_share, noise_g=0.0, stride_share=0.0, step_share=0.0)
    found = contacts_of(acc, rate_hz, 165.0)
    step_s = 60 / 165
    truth = np.arange(len(found.ic_s) + 2) * step_s
    inner = found.ic_s[2:-2]
    offset = inner - truth[np.abs(truth[:, None] - inner).argmin(axis=0)]
    assert np.abs(offset.mean()) < 0.03
    assert offset.std() < 0.005
    assert np.nanmean((found.tc_s - found.ic_s)[2:-2]) == pytest.approx(contact_share * step_s, abs=0.05)
    assert (found.rise_s[2:-2] > inner).all()
    assert (found.fall_s < found.tc_s)[2:-2].all()


def test_contacts_of_a_reversed_bout_are_the_same_contacts() -> None:
    acc = run_g(noise_g=0.05)
    steps = np.arange(len(acc)) / 100 * 165 / 60 - 0.325
    kw = S.keywords(find_contacts)
    v = low_pass(acc[:, 2], rate_hz=100, cutoff_hz=10)
    a = find_contacts(v, v, steps, rate_hz=100, **kw)
    b = find_contacts(v[::-1], v[::-1], np.ceil(steps[-1]) - steps[::-1], rate_hz=100, **kw)
    last_s = (len(v) - 1) / 100
    assert last_s - b.rise_s[::-1] == pytest.approx(a.fall_s)
    both = np.isfinite(a.tc_s) & np.isfinite(b.tc_s[::-1])
    assert both.sum() > 40
    assert (last_s - b.tc_s[::-1])[both] == pytest.approx(a.ic_s[both])


def test_grounded_running_has_no_terminal_contact() -> None:
    t = np.arange(2000) / 100
    v = 1 + 0.45 * np.sin(2 * np.pi * 2.6 * t)
    found = find_contacts(v, v, 2.6 * t - 0.25, rate_hz=100, **S.keywords(find_contacts))
    assert len(found.ic_s) > 45
    assert np.isnan(found.tc_s).all()
    assert found.ic_s == pytest.approx(found.rise_s)


def test_no_contact_is_a_normal_answer() -> None:
    found = find_contacts(np.ones(200), np.ones(200), np.arange(200) / 40, rate_hz=100, **S.keywords(find_contacts))
    assert len(found.ic_s) == len(found.tc_s) == 0


@given(seed=st.integers(0, 10_000))
@hypothesis_settings(max_examples=15)
def test_rotation_of_the_device_changes_nothing_but_the_frame(seed: int) -> None:
    acc = session_g()
    plain, other = analyse(acc, calibrate="first-run"), analyse(turned(acc, seed)[0], calibrate="first-run")
    columns = ["start_s", "end_s", "n_steps", "cadence_spm", "direction_score"]
    assert other.bouts[columns].to_numpy(float) == pytest.approx(plain.bouts[columns].to_numpy(float), abs=1e-6)
    assert other.bouts["direction"].tolist() == plain.bouts["direction"].tolist() == ["forward", "backward", "forward"]
    numbers = plain.steps.drop(columns=["clipped"]).to_numpy(float)
    assert other.steps.drop(columns=["clipped"]).to_numpy(float) == pytest.approx(numbers, abs=1e-6, nan_ok=True)


def test_rate_of_half_and_double_changes_little() -> None:
    reference = analyse(session_g(rate_hz=100)).bouts
    for rate_hz in (50.0, 200.0, 400.0):
        bouts = analyse(session_g(rate_hz=rate_hz), rate_hz).bouts
        assert bouts["cadence_spm"].to_numpy() == pytest.approx(reference["cadence_spm"].to_numpy(), abs=0.3)


def test_stride_table_skips_a_missed_step() -> None:
    strides = analyse(session_g()).strides
    assert strides["stride_time_s"].between(0.6, 0.9).all()


def test_settings_reach_the_functions() -> None:
    long_only = dataclasses.replace(S, min_bout_s=60.0)
    recording = Recording.from_arrays(session_g(), sampling_rate_hz=100, placement="hip")
    assert len(gait.analyze(recording, settings=long_only).bouts) == 0


def test_the_most_probable_states_are_those_of_least_cost() -> None:
    """Against all sequences there are."""
    rng = np.random.default_rng(3)
    for _ in range(30):
        cost = rng.exponential(size=(3, 6))
        found = most_probable(cost, switch_cost=0.7)

        def total(path: tuple[int, ...], cost: np.ndarray = cost) -> float:
            return sum(cost[s, k] for k, s in enumerate(path)) + 0.7 * np.count_nonzero(np.diff(path))

        assert total(tuple(found)) == pytest.approx(min(map(total, itertools.product(range(3), repeat=6))))


@pytest.mark.parametrize("rate_hz", [50.0, 52.3, 100.0, 199.87])
def test_band_powers_are_those_of_the_library(rate_hz: float) -> None:
    x = np.random.default_rng(0).normal(size=3217)
    n = 4 * int(0.5 * rate_hz)
    spare = (len(x) - n) % (n // 2)
    hz, density = signal.welch(x[spare // 2 : len(x) - spare + spare // 2], fs=rate_hz, nperseg=n)
    expected = [density[(hz >= low) & (hz <= high)].sum() * hz[1] for low, high in ((3, 8), (9, 20))]
    assert impact.band_powers(x, rate_hz=rate_hz, bands_hz=((3, 8), (9, 20))) == pytest.approx(expected)
    assert np.isnan(impact.band_powers(x[:40], rate_hz=rate_hz, bands_hz=((3, 8),))).all()


def test_slope_is_that_of_the_library() -> None:
    x = np.random.default_rng(0).normal(size=60)
    expected = signal.savgol_filter(x, 5, 2, deriv=1, delta=0.01)
    assert impact.slope(x, rate_hz=100.0)[2:-2] == pytest.approx(expected[2:-2])


@pytest.mark.parametrize(("cutoff_hz", "rate_hz"), [(10.0, 25.0), (20.0, 100.0), (60.0, 200.0)])
def test_the_share_of_a_peak_that_readings_show_is_that_of_a_sine_at_random_phase(cutoff_hz, rate_hz) -> None:
    part = cutoff_hz / rate_hz
    # the reading nearest to a crest lies within half an interval of it
    nearest = np.linspace(-0.5, 0.5, 20_001)
    seen = np.cos(2 * np.pi * part * nearest)
    assert impact.sampled_share(cutoff_hz, rate_hz) == pytest.approx((seen.mean(), seen.min()), abs=1e-4)


def test_every_metric_that_is_filtered_says_so() -> None:
    metrics = analyse(session_g()).metrics.set_index("metric")["low_pass_hz"]
    assert metrics["peak_vert_g"] == 20.0 and metrics["peak_res_g"] == pytest.approx(40.0)
    assert set(metrics[metrics.isna()].index) == {"p_3_8_hz", "p_9_20_hz"}
