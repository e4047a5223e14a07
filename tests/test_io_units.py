# ruff: noqa: E501 - lines of files stand here as the apps write them
"""Unit, gravity and sign: what is stated comes first, what the numbers say comes second, and they must not disagree."""

import numpy as np
import pytest

from gait.errors import GaitError, RecordingError, UnknownUnitError, UsageError, WrongKindError
from gait.io.reader import read_recording
from gait.io.units import judge, weigh
from gait.recording import Recording
from tests.io_files import G, columns_of, named, rotation_dps, running_g, seconds, table

ACC = running_g()
LINEAR = running_g(gravity=False)
GYR = rotation_dps()
N = len(ACC)
T = seconds(N)


def read(names: str, values: np.ndarray, name: str = "run.csv", **options: object) -> Recording:
    header = "time_s," + ",".join(names.replace("#", axis) for axis in "xyz")
    return read_recording(named(table(header, [T, *columns_of(values)]), name), **options)  # type: ignore[arg-type]


def codes(recording: Recording) -> set[str]:
    return {flag.code for flag in recording.flags}


@pytest.mark.parametrize(
    ("names", "factor", "unit"),
    [
        ("acc_#_g", 1, "g"), ("acc_#_mg", 1000, "mg"), ("acc_#_ms2", G, "m/s^2"), ("a# (m/s^2)", G, "m/s^2"),
        ("a# [m/s²]", G, "m/s^2"), ("Acceleration # (m/s2)", G, "m/s^2"), ("a#_m/s/s", G, "m/s^2"), ("#-axis (g)", 1, "g"),
        ("Accel # (mg)", 1000, "mg"), ("gF#", 1, "g"), ("# [mg]", 1000, "mg"), ("acc # (cm/s^2)", 100 * G, "cm/s^2"),
        ("accelerometer#", G, "m/s^2"), ("Acceleration#", 1, "g"), ("a#", G, "m/s^2"), ("#", G, "m/s^2"), ("#", 1, "g"),
        ("chest_acc_#", 1, "g"), ("Beschleunigung # (m/s²)", G, "m/s^2"), ("Accelerometer/#", G, "m/s^2"), ("Acc.#", 1, "g"),
        ("IMU-ACC-# [g]", 1, "g"), ("#acc", 1, "g"), ("Accel#", 1, "g"), ("attr_#", G, "m/s^2"),
    ],
)  # fmt: skip
def test_units_become_metres_per_second_squared(names: str, factor: float, unit: str) -> None:
    recording = read(names, ACC * factor)
    assert (recording.acceleration_unit, recording.gravity) == (unit, "included")
    np.testing.assert_allclose(recording.acc_ms2, ACC * G, atol=2e-3)


@pytest.mark.parametrize(
    ("names", "factor"),
    [("acc_#_g", G), ("acc_#_ms2", 1 / 1), ("acc_#_mg", 1), ("acc_#_g", 1000), ("acc_#_ms2", 1000)],
)
def test_stated_unit_against_the_numbers(names: str, factor: float) -> None:
    with pytest.raises(UnknownUnitError, match=r"says .+, but") as caught:
        read(names, ACC * factor)
    assert "--unit" in str(caught.value)


def test_gravity_free_numbers_in_the_wrong_unit() -> None:
    with pytest.raises(UnknownUnitError, match="no runner's body"):
        read("linear_acc_#_g", LINEAR * G)


@pytest.mark.parametrize("names", ["a#", "acc#", "#"])
@pytest.mark.parametrize("factor", [1000, 16384, 341, 64])
def test_unit_not_stated_and_not_certain(names: str, factor: float) -> None:
    with pytest.raises(RecordingError) as caught:
        read(names, np.round(ACC * factor))
    assert "--unit" in str(caught.value)


def test_options_settle_it() -> None:
    np.testing.assert_allclose(read("a#", ACC * 16384, scale=16384).acc_ms2, ACC * G, atol=1e-3)
    assert read("a#", ACC * 16384, scale=16384).acceleration_unit == "counts"
    np.testing.assert_allclose(read("a#", ACC * 1000, unit="mg").acc_ms2, ACC * G, atol=1e-3)
    np.testing.assert_allclose(read("acc_#_g", ACC * G, unit="m/s^2").acc_ms2, ACC * G, atol=1e-3)
    assert read("acc_#_g", ACC * G, unit="m/s²").acceleration_unit == "m/s^2"
    assert "although the header says g" in " ".join(read("acc_#_g", ACC * G, unit="m/s^2").assumptions)
    with pytest.raises(UnknownUnitError, match="--unit says g"):
        read("a#", ACC * G, unit="g")
    with pytest.raises(UnknownUnitError, match="--scale"):
        read("acc_#_counts", ACC * 2048)


@pytest.mark.parametrize(
    "options",
    [
        {"unit": "g", "scale": 3.0}, {"unit": "feet"}, {"scale": -1.0}, {"scale": 0.0}, {"rate_hz": 0.0},
        {"rate_hz": float("nan")}, {"acc_columns": "1,2"}, {"acc_columns": ["2", "2", "3"]}, {"acc_columns": "a,b,c"},
        {"placement": "head"}, {"anterior": "z"}, {"acc_columns": "7,8,9"},
    ],
)  # fmt: skip
def test_options_that_make_no_sense(options: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        read("a#", ACC, **options)


def test_named_columns() -> None:
    mixed = np.column_stack([GYR, ACC])
    header = "t (s),p,q,r,u,v,w"
    content = table(header, [T, *columns_of(mixed)])
    for wanted in ("u,v,w", ["u", "v", "w"], (5, 6, 7), "5,6,7"):
        recording = read_recording(named(content, "run.csv"), acc_columns=wanted)
        np.testing.assert_allclose(recording.acc_ms2, ACC * G, atol=1e-3)
    with pytest.raises(RecordingError):
        read_recording(named(content, "run.csv"), acc_columns="p,q,r")
    with pytest.raises(WrongKindError, match="gyroscope"):
        read_recording(named(table("t (s),gyro x,gyro y,gyro z", [T, *columns_of(GYR)]), "run.csv"),
                       acc_columns="gyro x,gyro y,gyro z", unit="g")  # fmt: skip


@pytest.mark.parametrize("names", ["linear_acceleration_#_ms2", "userAcceleration# (m/s^2)", "Linear Acceleration # (m/s^2)",
                                   "acc # without g (m/s^2)", "Lineare Beschleunigung # (m/s²)", "FreeAcc_# (m/s^2)"])  # fmt: skip
def test_gravity_removed_by_name(names: str) -> None:
    recording = read(names, LINEAR * G)
    assert recording.gravity == "removed" and "gravity_removed" in codes(recording)


def test_gravity_removed_although_the_name_does_not_say_so() -> None:
    recording = read("acc_#_ms2", LINEAR * G)
    assert recording.gravity == "removed" and {"gravity_removed", "gravity_surprise"} <= codes(recording)


def test_gravity_left_in_although_the_name_says_removed() -> None:
    recording = read("linear_acc_#_ms2", ACC * G)
    assert recording.gravity == "included" and "gravity_surprise" in codes(recording)


def test_walking_without_gravity_is_not_one_g() -> None:
    rng = np.random.default_rng(5)
    t = T
    walk = np.column_stack([0.6 * np.sin(2 * np.pi * 1.8 * t + p) for p in (0, 1, 2)]) * G + rng.normal(0, 0.5, (N, 3))
    walk += [0.6, 0.7, 0.3]  # 1.0 m/s² of drift looks like 1 g if only the mean counts
    with pytest.raises(UnknownUnitError):
        read("a#", walk)
    assert read("a# (m/s^2)", walk).gravity == "removed"


@pytest.mark.parametrize("names", ["#", "a#", "sensor_#"])
def test_other_sensors_under_vague_names(names: str) -> None:
    still = np.random.default_rng(1).normal(0, 0.4, (N, 3))
    t = T
    position_m = np.column_stack([0.03 * np.sin(17 * t), 0.95 + 0.04 * np.sin(17 * t), 0.03 * np.sin(8.5 * t)])
    turning = np.column_stack([np.sin(0.3 * t), np.cos(0.3 * t), 0.1 * np.ones(N)])
    gravity_ms2 = turning / np.linalg.norm(turning, axis=1, keepdims=True) * G
    for values in (GYR, np.deg2rad(GYR), still + [20, 30, -40], gravity_ms2):
        with pytest.raises(RecordingError):
            read(names, values)
    if names != "a#":
        with pytest.raises(RecordingError):
            read(names, position_m)


@pytest.mark.parametrize(
    "file", ["Gyroscope.csv", "gyro_walk.csv", "Magnetometer.csv", "Gravity.csv", "Orientation.csv"]
)
def test_the_file_name_counts_for_bare_columns(file: str) -> None:
    with pytest.raises(WrongKindError):
        read("#", ACC * G, file)


@pytest.mark.parametrize(
    ("header", "columns", "sentence"),
    [
        ("t (s),gyro_x,gyro_y,gyro_z", GYR, "gyroscope"), ("t (s),X (rad/s),Y (rad/s),Z (rad/s)", GYR, "gyroscope"),
        ("t (s),mag_x,mag_y,mag_z", GYR, "magnetometer"), ("t (s),x (µT),y (µT),z (µT)", GYR, "magnetometer"),
        ("t (s),gravity_x,gravity_y,gravity_z", GYR, "gravity"), ("t (s),roll,pitch,yaw", GYR, "orientation"),
        ("t (s),latitude,longitude,altitude", GYR, "GPS"), ("time (s),axis1,axis2,axis3", GYR, "counts"),
        ("stride,stride_time,cadence,stance", GYR, "steps or gait"), ("acc_x_mean,acc_y_std,acc_z_max,f", GYR, "features"),
        ("t (s),acc_x,acc_y,other", GYR, "z axis of the acceleration is missing"),
        ("t (s),acceleration magnitude,b,c", GYR, "magnitude"), ("t (s),acceleration,b,c", GYR, "three axes are needed"),
        ("t (s),a1,b2,c3", GYR, "no acceleration columns"),
    ],
)  # fmt: skip
def test_wrong_kinds_are_named(header: str, columns: np.ndarray, sentence: str) -> None:
    with pytest.raises(RecordingError, match=sentence):
        read_recording(named(table(header, [T, *columns_of(columns)]), "data.csv"))


def test_several_sensors() -> None:
    header = "time_s,acc_left_x,acc_left_y,acc_left_z,acc_right_x,acc_right_y,acc_right_z"
    content = table(header, [T, *columns_of(ACC), *columns_of(ACC * 2)])
    with pytest.raises(RecordingError, match="several accelerometers"):
        read_recording(named(content, "two.csv"))
    chosen = read_recording(named(content, "two.csv"), acc_columns="acc_left_x,acc_left_y,acc_left_z")
    np.testing.assert_allclose(chosen.acc_ms2, ACC * G, atol=1e-3)
    for name, cells in (
        ("sensor", ["acc", "gyro"]),
        ("Sensor Type", ["0", "1"]),
        ("user", ["a", "b"]),
        ("Device", ["p", "q"]),
    ):
        content = table(f"time_s,{name},x,y,z", [T, cells * (N // 2), *columns_of(ACC)])
        with pytest.raises(RecordingError, match="several sensors or persons"):
            read_recording(named(content, "long.csv"))


def test_total_linear_and_gravity_in_one_file() -> None:
    gravity = ACC - LINEAR
    header = ("time_s," + ",".join(f"acc_{a} (m/s^2),linear_{a} (m/s^2),gravity_{a} (m/s^2)" for a in "xyz"))  # fmt: skip
    columns = [c for i in range(3) for c in (ACC[:, i] * G, LINEAR[:, i] * G, gravity[:, i] * G)]
    recording = read_recording(named(table(header, [T, *columns]), "all.csv"))
    np.testing.assert_allclose(recording.acc_ms2, ACC * G, atol=1e-3)
    only = ",".join(f"linear acceleration {a} (m/s^2),gravity {a} (m/s^2)" for a in "xyz")
    columns = [c for i in range(3) for c in (LINEAR[:, i] * G, gravity[:, i] * G)]
    rebuilt = read_recording(named(table("time_s," + only, [T, *columns]), "sum.csv"))
    np.testing.assert_allclose(rebuilt.acc_ms2, ACC * G, atol=1e-3)
    assert rebuilt.gravity == "included" and "added to the total" in " ".join(rebuilt.assumptions)


def test_gyroscope_beside_acceleration() -> None:
    for unit, factor in (("deg/s", 1.0), ("dps", 1.0), ("rad/s", np.pi / 180), ("mdps", 1000.0)):
        header = "time_s,ax (g),ay (g),az (g)," + ",".join(f"gyro_{a} ({unit})" for a in "xyz")
        recording = read_recording(named(table(header, [T, *columns_of(ACC), *columns_of(GYR * factor)]), "imu.csv"))
        np.testing.assert_allclose(recording.gyr_rads, np.deg2rad(GYR), atol=1e-3)
    header = "time_s,ax (g),ay (g),az (g),gyro_x (deg/s),gyro_y (deg/s),gyro_z (deg/s)"
    wrong = read_recording(named(table(header, [T, *columns_of(ACC), *columns_of(np.deg2rad(GYR))]), "imu.csv"))
    assert wrong.gyr_rads is None and "gyroscope_unit" in codes(wrong)
    holes = GYR.copy()
    holes[::3] = np.nan
    recording = read_recording(named(table(header, [T, *columns_of(ACC), *columns_of(holes)]), "imu.csv"))
    assert recording.gyr_rads is not None and np.isfinite(recording.gyr_rads).all()
    holes[300:1500] = np.nan
    recording = read_recording(named(table(header, [T, *columns_of(ACC), *columns_of(holes)]), "imu.csv"))
    assert recording.gyr_rads is None and "gyroscope_gaps" in codes(recording)


def test_stuck_and_zero_sensors() -> None:
    for value in (0.0, 1.0):
        with pytest.raises(RecordingError, match="never changes"):
            read("acc_#_g", np.full((N, 3), value))


def test_evidence_of_a_run() -> None:
    evidence = weigh(T, ACC)
    assert evidence.seen_unit() == "g" and 0.9 < evidence.level < 1.1
    assert weigh(T, LINEAR).seen_unit() is None
    assert judge(evidence, unit="g", unit_from="the test", kind="acceleration").gravity == "included"
    long = weigh(seconds(700_000), np.tile(ACC, (350, 1)))
    assert long.level == pytest.approx(evidence.level, rel=0.05)


def test_every_error_is_one_sentence_with_a_remedy() -> None:
    with pytest.raises(GaitError) as caught:
        read("#", GYR, "data.csv")
    assert caught.value.path == "data.csv" and caught.value.problem and caught.value.remedy
