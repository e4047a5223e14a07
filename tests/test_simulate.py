"""The simulator obeys the physics that it states."""

import json
from dataclasses import replace

import numpy as np
import pytest

from gait.errors import UsageError
from gait.recording import ACC_COLUMNS, ANTERIOR_AXES, GYR_COLUMNS, STANDARD_GRAVITY_MS2
from gait.simulate import (
    Device,
    Runner,
    Simulation,
    Stretch,
    mounted,
    random_runner,
    random_session,
    simulate_session,
    spring_mass,
    tumbled,
)
from gait.simulate.motion import Session, make_session
from gait.simulate.session import GRAVITY_COLUMNS

PURE = Device(
    mounting=mounted(up="+y", front="+x"), noise_g=0, gyro_noise_rads=0, resolution_g=0, clip_g=None, jitter_s=0
)
EVEN = Runner(left_right=0, step_cv=0, contact_cv=0, bout_cv=0)
PLAIN = replace(EVEN, transient_g=0, dip_g=0, skew=0, skew_backward=0, surge_g=0)
WAYS = ("forward", "backward")


def session(*plan: Stretch, runner: Runner | None = None, placement: str = "lower_back", seed: int = 1) -> Session:
    return make_session(plan, runner or Runner(), placement, np.random.default_rng(seed))


def steady(kind: str, direction: str, runner: Runner | None = None) -> tuple[Session, np.ndarray, np.ndarray]:
    """A session of one treadmill bout, times from mid-flight to mid-flight of its inner steps, and the level force."""
    made = session(Stretch(kind, 20, direction, treadmill=True), runner=runner)
    steps = made.bouts[0].steps
    start, end = (0.5 * (steps.tc_s[i] + steps.ic_s[i + 1]) for i in (3, len(steps) - 6))
    time = np.arange(start, end, 0.0005)
    return made, time, made.level_force(time)


def quadrature(vertical: np.ndarray, front: np.ndarray, rate_hz: float, cadence_spm: float) -> complex:
    """Front / vertical at step frequency."""
    wave = np.hanning(len(vertical)) * np.exp(-2j * np.pi * cadence_spm / 60 / rate_hz * np.arange(len(vertical)))
    return complex(((front - front.mean()) * wave).sum() / ((vertical - vertical.mean()) * wave).sum())


@pytest.mark.parametrize("direction", WAYS)
def test_running_carries_body_weight_on_average(direction) -> None:
    _, _, force = steady("run", direction)
    assert force[:, 1].mean() == pytest.approx(1, abs=0.004)


@pytest.mark.parametrize("direction", WAYS)
def test_steady_running_neither_speeds_up_nor_slows_down(direction) -> None:
    _, _, force = steady("run", direction, replace(Runner(), surge_g=0))
    assert force[:, 0].mean() == pytest.approx(0, abs=0.006)


def test_speeding_up_gives_the_speed() -> None:
    made = session(Stretch("run", 20, speed_ms=3.2), runner=replace(PLAIN, braking_g=0))
    time = np.arange(0, 10, 0.001)
    assert made.level_force(time)[:, 0].sum() * 0.001 * STANDARD_GRAVITY_MS2 == pytest.approx(3.2, rel=1e-3)


@pytest.mark.parametrize("direction", WAYS)
def test_contacts_are_where_the_force_is(direction) -> None:
    made, time, force = steady("run", direction, replace(Runner(), transient_g=0, lopsided_g=0, surge_g=0))
    steps = made.bouts[0].steps
    row = np.searchsorted(steps.ic_s, time, side="right") - 1
    ground = time < steps.tc_s[row]
    assert (force[ground, 1] >= 0).all()
    assert force[~ground, 1].max() <= 0
    assert force[~ground, 1].min() >= -made.bouts[0].runner.dip_g - 1e-12
    assert np.abs(force[~ground][:, [0, 2]]).max() < 1e-12
    assert ground.mean() == pytest.approx(np.mean((steps.tc_s - steps.ic_s) / steps.step_s), abs=0.02)


def test_shares_and_peak_are_as_asked() -> None:
    runner = replace(PLAIN, contact_s=0.24, cadence_spm=160.0)
    _, _, force = steady("run", "forward", runner)
    mean = spring_mass(runner)
    assert (force[:, 1] > 1e-9).mean() == pytest.approx(0.24 / 0.375, abs=0.01)
    assert force[:, 1].max() == pytest.approx(mean.peak_force_g, rel=0.01)
    assert (force[:, 1] > 1).mean() * mean.step_s == pytest.approx(mean.effective_contact_s, rel=0.01)


def test_backward_ratios_are_the_documented_ones() -> None:
    ratios = spring_mass(Runner(), "backward").ratios_to(spring_mass(Runner()))
    assert ratios["cadence_spm"] == pytest.approx(1.10)
    assert ratios["effective_contact_s"] == pytest.approx(0.84, abs=1e-3)
    assert ratios["kvert_over_m"] == pytest.approx(1.42, abs=0.01)
    assert ratios["peak_upward_acceleration"] == pytest.approx(1.24, abs=0.03)
    assert ratios["flight_time_s"] == pytest.approx(1.15, abs=0.05)
    forces = {way: steady("run", way, replace(PLAIN))[2][:, 1] for way in WAYS}
    effective = {way: (forces[way] > 1).mean() * spring_mass(PLAIN, way).step_s for way in WAYS}
    assert effective["backward"] / effective["forward"] == pytest.approx(0.84, abs=0.01)


@pytest.mark.parametrize(("kind", "sign"), [("run", 1), ("walk", -1)])
def test_quadrature_points_along_travel_when_running_and_against_it_when_walking(kind, sign) -> None:
    for direction, travel in (("forward", 1), ("backward", -1)):
        made, _, force = steady(kind, direction)
        cadence = 60 / made.bouts[0].steps.step_s.mean()
        ratio = quadrature(force[:, 1], force[:, 0], 2000, cadence)
        assert -ratio.imag * sign * travel > 0.1
        reverse = quadrature(force[::-1, 1], force[::-1, 0], 2000, cadence)
        assert reverse.imag == pytest.approx(-ratio.imag, abs=0.02)


def test_in_phase_part_does_not_flip() -> None:
    parts = []
    for direction in WAYS:
        made, _, force = steady("run", direction, replace(Runner(), transient_g=0))
        parts.append(quadrature(force[:, 1], force[:, 0], 2000, 60 / made.bouts[0].steps.step_s.mean()).real)
    assert min(parts) > 0.08


def test_landing_is_harder_forward_and_take_off_harder_backward() -> None:
    centroid = {}
    for direction in WAYS:
        made, time, force = steady("run", direction, replace(Runner(), transient_g=0))
        steps = made.bouts[0].steps
        row = np.searchsorted(steps.ic_s, time, side="right") - 1
        share = (time - steps.ic_s[row]) / (steps.tc_s - steps.ic_s)[row]
        above = np.maximum(force[:, 1] - 1, 0)
        centroid[direction] = (share * above).sum() / above.sum()
    assert centroid["forward"] < 0.48 < 0.5 < centroid["backward"]


def test_steps_vary_as_people_do() -> None:
    steps = session(Stretch("run", 120), runner=replace(Runner(), left_right=0)).bouts[0].steps
    intervals = np.diff(steps.ic_s)
    assert 0.015 < intervals.std() / intervals.mean() < 0.026
    assert set(steps.side[:2]) == {-1.0, 1.0}


def test_sides_differ_as_asked() -> None:
    steps = session(Stretch("run", 300), runner=replace(Runner(), left_right=0.04)).bouts[0].steps
    right, left = (steps.step_s[steps.side == side].mean() for side in (1, -1))
    assert right / left - 1 == pytest.approx(0.04, abs=0.006)


def test_signal_looks_like_a_belt_worn_phone() -> None:
    made = simulate_session([Stretch("run", 30), Stretch("walk", 30)], device=PURE, seed=4)
    up = made.samples["acc_y_ms2"].to_numpy() / STANDARD_GRAVITY_MS2
    run, walk = up[300:2700], up[3300:5700]
    assert 0.8 < run.std() < 1.0
    assert 0.25 < (run < 0.3).mean() < 0.40
    assert 0.17 < walk.std() < 0.34
    assert not (walk < 0.3).any()


def test_bouts_begin_and_end_gently() -> None:
    made = session(Stretch("rest", 3), Stretch("run", 20), Stretch("rest", 3))
    for border in (3.0, 23.0):
        force = made.level_force(np.arange(border - 0.1, border + 0.1, 0.001))
        assert np.abs(force[:, 1] - 1).max() < 0.15


def test_nobody_moves_at_rest() -> None:
    for kind, most in (("rest", 0.05), ("table", 0.012)):
        acc = simulate_session([Stretch(kind, 30)], seed=2).samples[ACC_COLUMNS].to_numpy() / STANDARD_GRAVITY_MS2
        assert acc.std(axis=0).max() < most
        assert np.linalg.norm(acc.mean(axis=0)) == pytest.approx(1, abs=0.003)


@pytest.mark.parametrize("placement", ["lower_back", "hip", "pocket", "wrist"])
def test_mounting_turns_everything_and_changes_nothing_else(placement) -> None:
    plan = [Stretch("rest", 3), Stretch("run", 8)]
    device = replace(PURE, placement=placement)
    straight = simulate_session(plan, device=device, seed=5).samples
    turn = tumbled(3)
    turned = simulate_session(plan, device=replace(device, mounting=turn), seed=5).samples
    body = np.asarray(device.mounting)
    for columns in (ACC_COLUMNS, GYR_COLUMNS, GRAVITY_COLUMNS):
        expected = straight[columns].to_numpy() @ body @ np.asarray(turn).T
        np.testing.assert_allclose(turned[columns].to_numpy(), expected, atol=1e-6)


@pytest.mark.parametrize("placement", ["lower_back", "wrist"])
def test_angular_rate_is_that_of_the_attitude(placement) -> None:
    made = session(Stretch("run", 10), placement=placement)
    time = np.arange(2, 8, 0.001)
    rate = made.on_segment(time)[1]
    from scipy.spatial.transform import Rotation

    turns = Rotation.from_euler("YZX", made.attitude_rad(time)[:, [2, 0, 1]])
    up = turns.apply([0.0, 1.0, 0.0], inverse=True)
    np.testing.assert_allclose(np.gradient(up, 0.001, axis=0)[5:-5], -np.cross(rate, up)[5:-5], atol=0.01)


def test_arm_and_thigh_swing_with_the_stride() -> None:
    swing = {}
    for placement in ("lower_back", "pocket", "wrist"):
        made = simulate_session([Stretch("run", 40)], PLAIN, replace(PURE, placement=placement), seed=6).samples
        front = made["acc_x_ms2"].to_numpy()[500:3500]
        phase = np.exp(-1j * np.pi * 164 / 60 * made["time_s"].to_numpy()[500:3500])
        swing[placement] = abs((front * phase * np.hanning(3000)).sum()) / 1500
    assert swing["wrist"] > swing["pocket"] > 3 * swing["lower_back"]


def test_clipping_gaps_losses_and_jitter_are_as_asked() -> None:
    device = Device(clip_g=2.0, gaps_s=((6.0, 1.5),), drop_share=0.05, jitter_s=0.002, rate_hz=100)
    made = simulate_session([Stretch("run", 20)], device=device, seed=7)
    acc, time = made.samples[ACC_COLUMNS].to_numpy() / STANDARD_GRAVITY_MS2, made.samples["time_s"].to_numpy()
    assert np.abs(acc).max() == pytest.approx(2.0)
    assert (np.abs(acc) > 1.999).mean() > 0.02
    assert time[0] == 0
    assert (np.diff(time) > 0).all()
    assert not ((time >= 6.0) & (time < 7.5)).any()
    assert len(time) == pytest.approx(0.95 * 1850, rel=0.03)
    assert 0.001 < np.std(np.diff(time)[np.diff(time) < 0.015]) < 0.004


def test_values_are_multiples_of_the_resolution() -> None:
    made = simulate_session([Stretch("run", 5)], device=Device(resolution_g=1 / 256), seed=8)
    counts = made.samples[ACC_COLUMNS].to_numpy() / STANDARD_GRAVITY_MS2 * 256
    np.testing.assert_allclose(counts, counts.round(), atol=1e-9)


def test_truth_has_the_keys_and_counts() -> None:
    runs = [Stretch("run", 20, "backward"), Stretch("run", 20, cadence_spm=170)]
    plan = [Stretch("rest", 4), Stretch("walk", 15), *runs]
    truth = simulate_session(plan, seed=9, options=["--placement", "lower_back"]).truth
    assert json.loads(json.dumps(truth))["intervals"] == truth["intervals"]
    assert [i["gait"] for i in truth["intervals"]] == ["still", "walk", "run", "run"]
    assert [i["direction"] for i in truth["intervals"]] == ["none", "forward", "backward", "forward"]
    assert truth["intervals"][3]["speed_ms"] == Runner().speed_ms
    assert truth["intervals"][3]["cadence_spm"] == pytest.approx(170, rel=0.01)
    ic, tc = (np.array(truth["contacts"][key]) for key in ("ic_s", "tc_s"))
    assert len(ic) == len(tc) == truth["n_steps"] == sum(i["n_steps"] or 0 for i in truth["intervals"])
    assert (tc > ic).all()
    for interval in truth["intervals"][1:]:
        inside = (ic >= interval["start_s"]) & (ic < interval["end_s"])
        assert inside.sum() == interval["n_steps"]
        assert tc[inside].max() <= interval["end_s"]
    assert truth["ratios"]["cadence_spm"] == 1.1
    assert truth["made_by"] == "simulated by gait"
    assert truth["anterior_axis"] == "-z"


def test_same_seed_same_samples() -> None:
    first, again, other = (simulate_session([Stretch("run", 6)], seed=seed).samples for seed in (1, 1, 2))
    assert first.equals(again)
    assert not first.equals(other)


@pytest.mark.parametrize("up", ANTERIOR_AXES)
@pytest.mark.parametrize("front", ANTERIOR_AXES)
def test_a_declared_mounting_is_a_rotation(up, front) -> None:
    if up[1] == front[1]:
        with pytest.raises(UsageError, match="cannot point"):
            mounted(up=up, front=front)
        return
    device = Device(mounting=mounted(up=up, front=front))
    assert device.anterior_axis == front
    assert np.linalg.det(device.mounting) == pytest.approx(1)
    rest = simulate_session([Stretch("table", 2)], device=device).samples[ACC_COLUMNS].mean()
    axis = ACC_COLUMNS["xyz".index(up[1])]
    assert rest[axis] * (1 if up[0] == "+" else -1) == pytest.approx(STANDARD_GRAVITY_MS2, rel=0.01)


def test_a_tumbled_mounting_declares_nothing() -> None:
    turn = np.asarray(tumbled(4))
    np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-8)
    assert np.linalg.det(turn) == pytest.approx(1)
    assert Device(mounting=tumbled(4)).anterior_axis is None


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: Stretch("run", 1), "too short"),
        (lambda: Stretch("hop", 9), "allowed for kind"),
        (lambda: Stretch("run", 9, "sideways"), "allowed for direction"),
        (lambda: Stretch("run", 9, speed_ms=40), "speed_ms"),
        (lambda: Stretch("rest", float("nan")), "not possible"),
        (lambda: Runner(contact_s=0.4), "no flight"),
        (lambda: Runner(cadence_spm=30), "not possible"),
        (lambda: Device("foot"), "allowed for placement"),
        (lambda: Device(mounting=((1, 0, 0), (0, 1, 0), (0, 0, -1))), "rotation"),
        (lambda: Device(rate_hz=0), "sampling rate"),
        (lambda: Device(drop_share=1), "lost rows"),
        (lambda: simulate_session([]), "at least one"),
        (lambda: spring_mass(Runner(effective_contact_ratio=1.6), "backward"), "no flight"),
    ],
)
def test_impossible_wishes_are_refused(make, problem) -> None:
    with pytest.raises(UsageError, match=problem):
        make()


def test_recording_says_that_it_is_simulated() -> None:
    made = simulate_session([Stretch("rest", 3)], device=Device("hip"))
    recording = made.to_recording(anterior="-z")
    assert recording.simulated
    assert (recording.placement, recording.anterior_axis, recording.gravity) == ("hip", "-z", "included")
    assert recording.n_samples == len(made.samples)
    assert recording.sampling_rate_hz == pytest.approx(100, rel=0.01)


def test_athletes_keep_their_habits_and_differ() -> None:
    assert random_runner(3) == random_runner(3)
    runners = [random_runner(athlete) for athlete in range(30)]
    assert len({runner.cadence_spm for runner in runners}) == 30
    for runner in runners:
        for speed in (0.9, 1.1):
            for way in WAYS:
                mean = spring_mass(runner, way, speed_ms=speed * runner.speed_ms)
                assert mean.flight_s > 0.03
                assert 1.8 < mean.peak_force_g < 3.6


def test_a_season_is_varied_and_known() -> None:
    made = [random_session(seed) for seed in range(6)]
    again: Simulation = random_session(2)
    assert again.samples.equals(made[2].samples)
    assert len({one.truth["athlete"] for one in made}) > 2
    assert len({one.device.rate_hz for one in made}) > 1
    for one in made:
        runs = [i for i in one.truth["intervals"] if i["gait"] == "run"]
        assert runs[0]["direction"] == "forward" == runs[-1]["direction"]
        assert abs(one.truth["speeds_ms"]["backward"] / one.truth["speeds_ms"]["forward"] - 1) < 0.1
        cadence = {way: np.mean([i["cadence_spm"] for i in runs if i["direction"] == way]) for way in WAYS}
        assert cadence["backward"] / cadence["forward"] == pytest.approx(one.truth["ratios"]["cadence_spm"], rel=0.04)
        json.dumps(one.truth)
    assert random_session(1, backward=False).truth["ratios"] is None
