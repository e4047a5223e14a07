"""Filters, time base and axes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal
from scipy.spatial.transform import Rotation

from gait.signal.axes import angle_between_deg, axis_vector, up_direction, vertical_and_level, without_swing
from gait.signal.body import body_signal
from gait.signal.filters import cut_windows, low_pass, moving_mean
from gait.signal.timebase import Piece, uniform_pieces
from tests.synthetic import run_g, turned

PIECES = {"max_gap_s": 1.0, "min_piece_s": 2.0, "max_repeated_share": 0.05}


def test_low_pass_keeps_slow_removes_fast_and_shifts_nothing() -> None:
    t = np.arange(1000) / 100
    slow, fast = np.sin(2 * np.pi * 1.0 * t), np.sin(2 * np.pi * 30 * t)
    out = low_pass(slow + fast, rate_hz=100, cutoff_hz=10)
    assert np.abs(out - slow)[50:-50].max() < 0.02


def test_low_pass_above_half_the_rate_changes_nothing() -> None:
    x = np.random.default_rng(0).normal(size=50)
    assert low_pass(x, rate_hz=20, cutoff_hz=10) is x


@pytest.mark.parametrize("n", [2, 5, 30])
def test_low_pass_takes_short_signals(n: int) -> None:
    assert low_pass(np.ones(n), rate_hz=100, cutoff_hz=5) == pytest.approx(np.ones(n), abs=1e-6)


@given(m=st.integers(1, 80), n=st.integers(1, 30))
def test_moving_mean_is_symmetric_and_exact_in_the_middle(m: int, n: int) -> None:
    x = np.random.default_rng(m).normal(size=m)
    assert moving_mean(x[::-1], n=n)[::-1] == pytest.approx(moving_mean(x, n=n))
    half = n // 2
    if m > 2 * half:
        assert moving_mean(x, n=n)[half] == pytest.approx(x[: 2 * half + 1].mean())


@given(m=st.integers(1, 200), n=st.integers(2, 50), hop=st.integers(1, 30))
def test_windows_of_a_reversed_signal_are_the_reversed_windows(m: int, n: int, hop: int) -> None:
    x = np.arange(m, dtype=float)
    view, middle = cut_windows(x, n=n, hop=hop)
    back, back_middle = cut_windows(x[::-1], n=n, hop=hop)
    assert (back[::-1, ::-1] == view).all()
    assert m - 1 - back_middle[::-1] == pytest.approx(middle)
    assert len(view) == 0 or view.shape[1] in (n, n - 1)


def test_even_clock_is_relabelled_and_not_interpolated() -> None:
    acc = np.random.default_rng(1).normal(size=(500, 3))
    (piece,) = uniform_pieces(np.arange(500) / 99.4, acc, **PIECES)
    assert piece.acc_g is acc or (piece.acc_g == acc).all()
    assert piece.rate_hz == pytest.approx(99.4)


def test_long_gap_and_cut_split_and_nothing_is_invented_between() -> None:
    t = np.arange(1000) / 100.0
    t[400:] += 5.0
    pieces = uniform_pieces(t, np.random.default_rng(1).normal(size=(1000, 3)), cuts_s=(12.0,), **PIECES)
    assert [round(p.start_s, 2) for p in pieces] == [0.0, 9.0, 12.0]
    assert sum(p.n for p in pieces) == 1000


def test_short_pieces_are_dropped() -> None:
    t = np.r_[np.arange(100) / 100, 5 + np.arange(500) / 100]
    assert len(uniform_pieces(t, np.random.default_rng(1).normal(size=(600, 3)), **PIECES)) == 1


@pytest.mark.parametrize("jitter", [0.1, 0.3])
def test_irregular_clock_is_interpolated_to_the_truth(jitter: float) -> None:
    rng = np.random.default_rng(2)
    t = np.sort((np.arange(2000) + rng.uniform(-jitter, jitter, 2000)) / 100)
    acc = np.stack([np.sin(2 * np.pi * f * t) for f in (1.0, 3.0, 6.0)], axis=1)
    (piece,) = uniform_pieces(t, acc, **PIECES)
    truth = np.stack([np.sin(2 * np.pi * f * piece.time_s) for f in (1.0, 3.0, 6.0)], axis=1)
    assert np.abs(piece.acc_g - truth)[20:-20].max() < 0.06


def test_held_values_are_dropped_before_interpolation() -> None:
    t = np.arange(3000) / 100.0
    slow = np.sin(2 * np.pi * 1.5 * np.floor(t * 25) / 25)
    (piece,) = uniform_pieces(t, np.stack([slow, slow * 0.5, 1 + slow], axis=1), **PIECES)
    assert piece.rate_hz == pytest.approx(25, rel=0.02)


def test_rest_with_held_values_stays_long() -> None:
    acc = np.tile([0.0, 0.0, 1.0], (3000, 1))
    acc[1500:] += np.random.default_rng(0).normal(0, 0.1, (1500, 3))
    (piece,) = uniform_pieces(np.arange(3000) / 100.0, acc, **PIECES)
    assert piece.end_s == pytest.approx(30, abs=0.3)


@given(seed=st.integers(0, 1000))
def test_vertical_and_level_do_not_depend_on_how_the_device_is_turned(seed: int) -> None:
    acc = run_g(duration_s=8)
    other, rotation = turned(acc, seed)
    up = up_direction(acc, rate_hz=100, window_s=4)
    up_turned = up_direction(other, rate_hz=100, window_s=4)
    v, h = vertical_and_level(acc, up)
    v_turned, h_turned = vertical_and_level(other, up_turned)
    assert v_turned == pytest.approx(v, abs=1e-9)
    assert h_turned == pytest.approx(rotation.apply(h), abs=1e-9)


def test_free_fall_has_no_up() -> None:
    assert (up_direction(np.zeros((100, 3)), rate_hz=100, window_s=1) == 0).all()


def test_swing_is_undone_by_the_gyroscope() -> None:
    rate_hz = 100.0
    t = np.arange(2000) / rate_hz
    angle = 0.5 * np.sin(2 * np.pi * 1.3 * t)
    pose = Rotation.from_rotvec(np.outer(angle, [0, 1, 0]))
    seen = pose.inv().apply(np.tile([0.1, 0.0, 1.0], (2000, 1)))
    gyr = np.outer(np.gradient(angle, 1 / rate_hz), [0, 1, 0])
    still = without_swing(seen, gyr, rate_hz=rate_hz, drift_hz=0.3)
    assert np.abs(still - [0.1, 0, 1])[200:-200].max() < 0.05
    assert np.abs(seen - [0.1, 0, 1]).max() > 0.4


@pytest.mark.parametrize(("axis", "vector"), [("+x", [1, 0, 0]), ("-y", [0, -1, 0]), ("+z", [0, 0, 1])])
def test_axis_names(axis: str, vector: list[float]) -> None:
    assert axis_vector(axis).tolist() == vector


def test_angle() -> None:
    assert angle_between_deg(np.array([1.0, 0, 0]), np.array([0, 2.0, 0])) == pytest.approx(90)


BODY = {"rhythm_low_pass_hz": 10.0, "rhythm_rate_hz": 50.0, "gate_up_window_s": 4.0}


@pytest.mark.parametrize("rate_hz", [25.0, 50.0, 99.0, 100.0, 200.0, 333.0, 500.0])
def test_body_signal_is_the_same_at_every_rate(rate_hz: float) -> None:
    acc = run_g(rate_hz=rate_hz, noise_g=0)
    body = body_signal(Piece(3.0, rate_hz, acc), placement="lower_back", has_gravity=True, **BODY)
    assert 25 <= body.rate_hz < 100
    assert body.vertical_g.std() == pytest.approx(0.93, abs=0.09)


def test_body_signal_of_a_reversed_piece_is_reversed() -> None:
    for n in (2000, 2001, 2002, 2003):
        acc = run_g(rate_hz=333.0)[:n]
        body = body_signal(Piece(0.0, 333.0, acc), placement="hip", has_gravity=True, **BODY)
        back = body_signal(Piece(0.0, 333.0, acc[::-1]), placement="hip", has_gravity=True, **BODY)
        assert back.vertical_g[::-1] == pytest.approx(body.vertical_g, abs=1e-6)


def test_without_gravity_the_main_movement_stands_in() -> None:
    acc = run_g() - [0, 0, 1]
    body = body_signal(Piece(0.0, 100.0, acc), placement="lower_back", has_gravity=False, **BODY)
    assert np.corrcoef(body.vertical_g, low_pass(acc[:, 2], rate_hz=100, cutoff_hz=10)[::2])[0, 1] > 0.95


@pytest.mark.parametrize("shape", [(5,), (40,), (40, 3), (700, 2)])
def test_low_pass_is_the_library_filter_run_both_ways(shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(0).normal(size=shape)
    padding = min(30, len(x) - 1)
    sos = signal.butter(2, 10.0, fs=100.0, output="sos")
    expected = signal.sosfiltfilt(sos, x, axis=0, padtype="odd", padlen=padding)
    assert low_pass(x, rate_hz=100.0, cutoff_hz=10.0) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("n", [1, 2, 3, 10, 39, 40, 41, 90])
def test_moving_mean_is_the_mean_of_what_there_is(n: int) -> None:
    x = np.random.default_rng(1).normal(size=(40, 3))
    half = n // 2
    expected = [x[max(k - half, 0) : k + half + 1].mean(axis=0) for k in range(40)]
    assert moving_mean(x, n=n) == pytest.approx(np.array(expected), abs=1e-12)
