"""Real recordings beside the project: truth, and changes that must change nothing (or the direction only)."""

import dataclasses
import json
import shlex
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.transform import Rotation

import gait
from gait.recording import ACC_COLUMNS, GYR_COLUMNS, Recording
from tests.shared import SHARED, require_shared

FOLDER = SHARED / "recordings"


@pytest.fixture(autouse=True)
def _needs_recordings() -> None:
    require_shared()


@cache
def cases() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "cases.csv", keep_default_na=False).set_index("case_id")


def case(case_id: str) -> tuple[Recording, dict, list[dict]]:
    row = cases().loc[case_id]
    words = shlex.split(row["args"].replace("--anterior=", "--anterior "))
    options = dict(zip(words[::2], words[1::2], strict=True))
    recording = gait.read_recording(
        FOLDER / row["file"], placement=options.get("--placement", "unknown"), anterior=options.get("--anterior")
    )
    truth = json.loads((FOLDER / "truth" / f"{case_id}.json").read_text())
    return recording, {"calibrate": options.get("--calibrate")}, truth["intervals"]


def reversed_in_time(recording: Recording) -> Recording:
    table = recording.samples.iloc[::-1].reset_index(drop=True)
    table["time_s"] = recording.duration_s - table["time_s"]
    if recording.gyr_rads is not None:
        table[GYR_COLUMNS] = -table[GYR_COLUMNS]
    return dataclasses.replace(recording, samples=table)


def rotated(recording: Recording, seed: int) -> Recording:
    turn = Rotation.random(random_state=np.random.default_rng(seed))
    table = recording.samples.copy()
    table[ACC_COLUMNS] = turn.apply(np.array(table[ACC_COLUMNS]))
    if recording.gyr_rads is not None:
        table[GYR_COLUMNS] = turn.apply(np.array(table[GYR_COLUMNS]))
    return dataclasses.replace(recording, samples=table, anterior_axis=None)


def in_bout(bouts: pd.DataFrame, interval: dict) -> pd.Series | None:
    shared = np.minimum(bouts["end_s"], interval["end_s"]) - np.maximum(bouts["start_s"], interval["start_s"])
    if not len(bouts) or shared.max() <= 0.5 * (interval["end_s"] - interval["start_s"]):
        return None
    return bouts.loc[shared.idxmax()]


OPPOSITE = {"forward": "backward", "backward": "forward", "unknown": "unknown"}
EXACT = ["peak_vert_g", "peak_res_g", "p2p_g", "impulse_gs", "t_ce_s", "contact_time_est_s", "vosc_m", "flight_share"]


def values(analysis: gait.Analysis, metric: str) -> np.ndarray:
    table = analysis.bout_metrics
    return table.loc[table["metric"] == metric, "value"].to_numpy()


def test_reversal_of_25_minutes_at_the_hip_flips_direction_and_nothing_else() -> None:
    recording, _, _ = case("hip_outdoor_1")
    plain = gait.analyze(recording, calibrate=(20.0, 280.0))
    end_s = recording.duration_s
    known = pd.DataFrame({"start_s": [end_s - 280.0], "end_s": [end_s - 20.0], "direction": ["backward"]})
    back = gait.analyze(reversed_in_time(recording), labels=known)
    there, again = plain.bouts, back.bouts.iloc[::-1]
    assert again["gait"].tolist() == there["gait"].tolist()
    assert again["direction"].tolist() == [OPPOSITE[d] for d in there["direction"]]
    assert again["n_steps"].tolist() == there["n_steps"].tolist()
    assert again["cadence_spm"].to_numpy() == pytest.approx(there["cadence_spm"].to_numpy(), abs=0.005)
    assert (end_s - again["end_s"]).to_numpy() == pytest.approx(there["start_s"].to_numpy(), abs=0.001)
    for metric in EXACT:
        assert values(back, metric)[::-1] == pytest.approx(values(plain, metric), rel=1e-6), metric


@pytest.mark.parametrize("case_id", ["belt_declared_SA02", "belt_declared_SA06", "belt_declared_SA09"])
def test_reversal_of_a_belt_recording(case_id: str) -> None:
    recording, _, _ = case(case_id)
    plain, back = gait.analyze(recording), gait.analyze(reversed_in_time(recording))
    assert back.bouts["direction"].tolist()[::-1] == [OPPOSITE[d] for d in plain.bouts["direction"]]
    assert back.bouts["cadence_spm"].to_numpy()[::-1] == pytest.approx(plain.bouts["cadence_spm"].to_numpy(), abs=0.05)
    assert values(back, "peak_vert_g")[::-1] == pytest.approx(values(plain, "peak_vert_g"), rel=0.02)


@pytest.mark.parametrize("case_id", ["belt_calibrated_SA03", "hip_outdoor_1"])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_device_mounted_in_another_way_and_calibrated_anew(case_id: str, seed: int) -> None:
    recording, options, _ = case(case_id)
    plain, other = gait.analyze(recording, **options), gait.analyze(rotated(recording, seed), **options)
    assert other.bouts["direction"].tolist() == plain.bouts["direction"].tolist()
    columns = ["start_s", "end_s", "n_steps", "cadence_spm"]
    assert other.bouts[columns].to_numpy(float) == pytest.approx(plain.bouts[columns].to_numpy(float), abs=1e-6)
    for metric in EXACT:
        assert values(other, metric) == pytest.approx(values(plain, metric), rel=1e-6), metric


def test_a_doubled_rate_changes_cadence_by_less_than_half_a_step() -> None:
    recording, options, _ = case("hip_outdoor_1")
    recording = recording.crop(300.0, 560.0)
    time = np.linspace(0, recording.duration_s, 2 * recording.n_samples - 1)
    acc = np.stack([np.interp(time, recording.time_s, column) for column in recording.acc_ms2.T], axis=1)
    doubled = Recording.from_arrays(acc, time_s=time, unit="m/s^2", placement="hip")
    plain, twice = gait.analyze(recording, **options).bouts, gait.analyze(doubled, **options).bouts
    runs, twice_runs = plain[plain["gait"] == "run"], twice[twice["gait"] == "run"]
    assert twice_runs["cadence_spm"].to_numpy() == pytest.approx(runs["cadence_spm"].to_numpy(), abs=0.5)
    assert twice_runs["direction"].tolist() == runs["direction"].tolist()


def test_steps_of_the_outdoor_run_agree_with_the_shoe() -> None:
    recording, options, intervals = case("hip_outdoor_1")
    bouts = gait.analyze(recording, **options).bouts
    expected = found = 0.0
    for interval in intervals:
        if interval["gait"] == "run" and interval["cadence_spm"]:
            bout = in_bout(bouts, interval)
            assert bout is not None
            share = (interval["end_s"] - interval["start_s"]) / (bout["end_s"] - bout["start_s"])
            found += bout["n_steps"] * share
            expected += interval["cadence_spm"] / 60 * (interval["end_s"] - interval["start_s"])
    assert found == pytest.approx(expected, rel=0.005)


@pytest.mark.parametrize("group", ["belt_declared", "belt_calibrated", "pocket_calibrated"])
def test_directions_are_right_or_unknown(group: str) -> None:
    right = wrong = unknown = 0
    for case_id in cases().index[cases()["group"] == group]:
        recording, options, intervals = case(case_id)
        bouts = gait.analyze(recording, **options).bouts
        for interval in intervals:
            if interval["direction"] in OPPOSITE:
                bout = in_bout(bouts, interval)
                word = "unknown" if bout is None else bout["direction"]
                right += word == interval["direction"]
                unknown += word == "unknown"
                wrong += word == OPPOSITE[interval["direction"]]
    assert wrong == 0
    assert right >= (0.9 if group.startswith("pocket") else 0.99) * (right + unknown)


@pytest.mark.parametrize("group", ["belt_unknown", "pocket_unknown", "steps_walk", "positions_run"])
def test_nothing_is_claimed_where_nothing_can_be_known(group: str) -> None:
    for case_id in cases().index[cases()["group"] == group][::3]:
        recording, options, _ = case(case_id)
        analysis = gait.analyze(recording, **options)
        assert set(analysis.bouts["direction"]) <= {"unknown"}, case_id
        assert set(analysis.metrics["direction"]) <= {"unknown"}, case_id
        assert len(analysis.comparison.table) == 0, case_id


@pytest.mark.parametrize("seed", range(3))
def test_nobody_walks_while_standing_in_any_orientation(seed: int) -> None:
    for case_id in cases().index[cases()["group"] == "still"]:
        recording, options, _ = case(case_id)
        analysis = gait.analyze(rotated(recording, seed), **options)
        assert len(analysis.bouts) == len(analysis.steps) == 0, case_id


def test_clipping_is_seen_where_it_is_and_nowhere_else() -> None:
    for case_id in [c for c in cases().index if c.startswith("invariance_SA05")]:
        recording, _, _ = case(case_id)
        seen = any(f.code == "clipped" for f in gait.analyze(recording).quality)
        assert seen == case_id.endswith("_clipped"), case_id
