"""Every real export beside the project meets the outcome, unit, gravity, rate and sign of its manifest."""

import csv
import importlib.util
import re

import numpy as np
import pytest

from gait.errors import ClockError, GaitError, RecordingError
from gait.io.reader import read_recording
from gait.recording import Recording
from tests.shared import SHARED, require_shared

MANIFEST = SHARED / "formats" / "manifest.csv"
ROWS = list(csv.DictReader(MANIFEST.read_text(encoding="utf-8").splitlines())) if MANIFEST.exists() else []
IDS = [row["path"] for row in ROWS]
HAS_FITDECODE = importlib.util.find_spec("fitdecode") is not None


def rate_option(row: dict[str, str]) -> float | None:
    """The rate that the manifest says to give."""
    if "--rate" not in row["options_needed"]:
        return None
    found = re.search(r"\d+(\.\d+)?", row["options_needed"])
    return float(found[0]) if found else 50.0


def outcome(path: str, rate_hz: float | None = None) -> Recording | GaitError:
    """What reading gives: anything but a recording or an error of ours fails the test."""
    try:
        return read_recording(require_shared("formats", path), rate_hz=rate_hz)
    except GaitError as error:
        return error


def test_the_manifest_is_there() -> None:
    require_shared("formats", "manifest.csv")
    assert len(ROWS) > 100


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_outcome(row: dict[str, str]) -> None:
    result = outcome(row["path"])
    expected = row["expected_without_options"]
    if expected != "either":
        assert isinstance(result, Recording) == (expected == "accept"), result
    if isinstance(result, GaitError):
        sentence = str(result)
        assert isinstance(result, RecordingError)
        assert sentence.startswith(row["path"].split("/")[-1]) and sentence.endswith(".") and len(sentence) < 420
        if "--rate" in row["options_needed"] and row["expected_outcome"] == "accept":
            assert isinstance(result, ClockError) and "--rate" in sentence
        with_rate = outcome(row["path"], rate_option(row))
        if row["expected_outcome"] == "accept":
            assert isinstance(with_rate, Recording), with_rate
            result = with_rate
    if isinstance(result, Recording):
        check_recording(row, result)


def check_recording(row: dict[str, str], recording: Recording) -> None:
    """Unit, gravity, rate, sign and frame against the manifest."""
    time_s = recording.time_s
    assert time_s[0] == 0 and (np.diff(time_s) > 0).all() and np.isfinite(recording.acc_ms2).all()
    if row["acceleration_unit"]:
        assert recording.acceleration_unit == row["acceleration_unit"]
    if row["gravity"].startswith("included") or "sum is total" in row["gravity"]:
        assert recording.gravity == "included"
    elif row["gravity"].startswith("removed"):
        assert recording.gravity == "removed"
    rates = [float(text) for text in re.findall(r"\d+(?:\.\d+)?", row["sampling_rate_hz"].split("(")[0])]
    if rates:
        assert min(abs(recording.sampling_rate_hz / rate - 1) for rate in rates) < 0.015
    true = re.match(r"\d+(\.\d+)?", row["true_update_rate_hz"])
    if true and rates:
        # the manifest also counts repeats at rest, where nothing can change
        assert float(true[0]) * 0.95 <= recording.true_rate_hz <= recording.sampling_rate_hz * 1.0001
    turned = any("turned round" in sentence for sentence in recording.assumptions)
    if row["sign_convention"].startswith("ios"):
        assert turned
    elif row["sign_convention"].startswith("android"):
        assert not turned
    assert (recording.frame == "earth") == ("earth" in row["gravity"])
    if row["gyroscope"].startswith("yes") and "PicoQuake" not in row["app_or_device"]:
        assert recording.gyr_rads is not None and np.isfinite(recording.gyr_rads).all()
    if recording.gravity == "included" and "unknown" not in row["peculiarities"]:
        level = np.linalg.norm(recording.acc_ms2.mean(axis=0)) / 9.80665
        assert 0.2 < level < 1.7


def test_decimal_comma_gives_the_same_numbers() -> None:
    comma = outcome("_derived/phyphox_semicolon_decimal_comma_walk.csv")
    point = outcome("phyphox/android_walk/walk.csv")
    assert isinstance(comma, Recording) and isinstance(point, Recording)
    np.testing.assert_allclose(comma.samples, point.samples, rtol=1e-9, atol=1e-12)


def test_zip_gives_the_same_numbers_as_its_total_acceleration() -> None:
    packed = outcome("sensor_logger/zip/2023-11-24_07-25-54.zip")
    single = outcome("sensor_logger/android_APT3010/TotalAcceleration.csv")
    assert isinstance(packed, Recording) and isinstance(single, Recording)
    np.testing.assert_array_equal(packed.acc_ms2, single.acc_ms2)
    assert packed.device == "SM-N986B" and packed.app_version == "1.26.0" and packed.start_date == "2023-11-24"


def test_mg_gives_the_same_numbers_as_g() -> None:
    polar = outcome("_derived/polar_sensor_logger_acc_from_motionsense_jog.txt")
    motion = outcome("motionsense/jog_16_sub_1.csv", 50.0)
    assert isinstance(polar, Recording) and isinstance(motion, Recording)
    # the derived file keeps the signs of the iPhone, which its layout does not tell
    np.testing.assert_allclose(polar.acc_ms2, -motion.acc_ms2, atol=0.006)


def test_ios_folder_rebuilds_the_total_and_joins_gyroscope_and_speed() -> None:
    recording = read_recording(require_shared("formats", "sensor_logger", "ios_iPhone12ProMax"))
    raw = outcome("sensor_logger/ios_iPhone12ProMax/AccelerometerUncalibrated.csv")
    assert isinstance(raw, Recording)
    assert recording.gravity == "included" and recording.device == "iPhone 12 Pro Max"
    assert recording.gyr_rads is not None and recording.speed is not None
    assert set(recording.speed.columns) == {"time_s", "speed_ms", "course_rad"}
    both = np.interp(recording.time_s, raw.time_s - 0.026, raw.acc_ms2[:, 2])
    assert np.corrcoef(both[50:-50], recording.acc_ms2[50:-50, 2])[0, 1] > 0.97


def test_gyroscope_in_another_unit_than_its_header_says_is_left_out() -> None:
    recording = read_recording(require_shared("formats", "phyphox", "user_renamed_crlf"))
    assert recording.gyr_rads is None and "gyroscope_unit" in {flag.code for flag in recording.flags}
    assert read_recording(require_shared("formats", "phyphox", "ios_gait")).gyr_rads is not None


def test_gyroscope_renamed_still_does_not_pass() -> None:
    data = require_shared("formats", "sensor_logger", "ios_iPhone12ProMax", "Gyroscope.csv").read_bytes()
    from tests.io_files import named

    for name in ("walk.csv", "my acceleration.csv"):
        with pytest.raises(RecordingError):
            read_recording(named(data, name))


@pytest.mark.skipif(not HAS_FITDECODE, reason="fitdecode is not installed")
def test_fit_agrees_with_the_file_it_was_made_from() -> None:
    fit = outcome("_derived/garmin_accelerometer_data_from_motionsense_jog.fit")
    motion = outcome("motionsense/jog_16_sub_1.csv", 50.0)
    assert isinstance(fit, Recording) and isinstance(motion, Recording)
    np.testing.assert_allclose(fit.acc_ms2, -motion.acc_ms2[: fit.n_samples], atol=0.006)


def test_all_recordings_of_the_score_are_read() -> None:
    cases = sorted(require_shared("recordings", "cases").glob("invariance_SA02_*.csv.gz"))
    reference = read_recording(next(path for path in cases if "original" in path.name))
    for path in cases:
        recording = read_recording(path)
        kind = path.name.removeprefix("invariance_SA02_").removesuffix(".csv.gz")
        if kind in {"ms2", "mg", "time_ms", "epoch_ns", "columns_zyx", "rows_reordered"}:
            np.testing.assert_allclose(recording.time_s, reference.time_s, atol=1e-6)
            np.testing.assert_allclose(recording.acc_ms2, reference.acc_ms2, atol=0.011)
        assert recording.gravity == "included"
