"""What the simulator writes is what the apps write, and the sample recordings are its output."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gait.errors import UsageError
from gait.recording import ACC_COLUMNS, GYR_COLUMNS, STANDARD_GRAVITY_MS2
from gait.simulate import LAYOUTS, SAMPLES, Device, Simulation, Stretch, simulate_session, truth_path, write_recording
from gait.simulate.samples import readme, write_samples
from gait.simulate.session import GRAVITY_COLUMNS

AXES = ["x", "y", "z"]


@pytest.fixture(scope="module")
def made() -> Simulation:
    return simulate_session([Stretch("rest", 3), Stretch("run", 8, "backward")], device=Device("pocket"), seed=1)


def written(made: Simulation, tmp_path: Path, layout: str, suffix: str | None = None) -> Path:
    return write_recording(made, tmp_path / f"simulated{suffix or LAYOUTS[layout][0][0]}", layout)


def member(path: Path, name: str) -> pd.DataFrame:
    with zipfile.ZipFile(path) as archive:
        return pd.read_csv(io.BytesIO(archive.read(name)))


def acc(made: Simulation) -> np.ndarray:
    return made.samples[ACC_COLUMNS].to_numpy()


def test_sensor_logger_android(made, tmp_path) -> None:
    path = written(made, tmp_path, "sensor-logger-android")
    total, linear, gravity = (member(path, f"{name}.csv") for name in ("TotalAcceleration", "Accelerometer", "Gravity"))
    assert list(total) == ["time", "seconds_elapsed", "z", "y", "x"]
    np.testing.assert_allclose(total[AXES], acc(made), atol=6e-4)
    np.testing.assert_allclose(linear[AXES] + gravity[AXES], acc(made), atol=2e-3)
    np.testing.assert_allclose(gravity[AXES], made.samples[GRAVITY_COLUMNS], atol=6e-3)
    np.testing.assert_allclose((total["time"] - total["time"][0]) * 1e-9, made.samples["time_s"], atol=1e-6)
    gyroscope = member(path, "Gyroscope.csv")
    np.testing.assert_allclose(gyroscope[AXES], made.samples[GYR_COLUMNS][::2], atol=6e-3)
    about = member(path, "Metadata.csv")
    assert about.loc[0, "platform"] == "android"
    assert about.loc[0, "device name"] == "simulated by gait"


def test_sensor_logger_ios(made, tmp_path) -> None:
    path = written(made, tmp_path, "sensor-logger-ios")
    with zipfile.ZipFile(path) as archive:
        assert "TotalAcceleration.csv" not in archive.namelist()
        assert {one.date_time for one in archive.infolist()} == {(2026, 3, 1, 9, 0, 0)}
    linear, gravity = member(path, "Accelerometer.csv"), member(path, "Gravity.csv")
    np.testing.assert_allclose(-(linear[AXES] + gravity[AXES]), acc(made), atol=2e-3)
    raw = member(path, "AccelerometerUncalibrated.csv")
    np.testing.assert_allclose(-raw[AXES] * STANDARD_GRAVITY_MS2, acc(made), atol=2e-3)
    about = member(path, "Metadata.csv")
    assert about.loc[0, "platform"] == "ios"
    assert not about.loc[0, "standardisation"]


@pytest.mark.parametrize(
    ("layout", "delimiter", "decimal"),
    [("phyphox", ",", "."), ("phyphox-semicolon-comma", ";", ","), ("phyphox-tab-comma", "\t", ",")],
)
def test_phyphox(made, tmp_path, layout, delimiter, decimal) -> None:
    path = written(made, tmp_path, layout)
    head, first = path.read_text().splitlines()[:2]
    assert head.startswith(f'"Time (s)"{delimiter}"Acceleration x (m/s^2)"{delimiter}')
    assert first.startswith(f"8{decimal}300000000E-3{delimiter}")
    table = pd.read_csv(path, sep=delimiter, decimal=decimal)
    np.testing.assert_allclose(table.iloc[:, 1:4], acc(made), atol=6e-4)
    np.testing.assert_allclose(table["Time (s)"] - table["Time (s)"][0], made.samples["time_s"], atol=1e-8)
    zipped = written(made, tmp_path, layout, ".zip")
    with zipfile.ZipFile(zipped) as archive:
        assert archive.namelist() == ["Accelerometer.csv", "Gyroscope.csv", "meta/device.csv", "meta/time.csv"]
        assert archive.read("Accelerometer.csv") == path.read_bytes()
        assert b"simulated by gait" in archive.read("meta/device.csv")
        events = archive.read("meta/time.csv").decode().splitlines()
    assert events[1].startswith(delimiter.join(['"START"', f"0{decimal}000000000E0", f"1772355600{decimal}000"]))


def test_sensorlog(made, tmp_path) -> None:
    table = pd.read_csv(written(made, tmp_path, "sensorlog"))
    raw = table[[f"accelerometerAcceleration{axis}(G)" for axis in "XYZ"]]
    np.testing.assert_allclose(-raw * STANDARD_GRAVITY_MS2, acc(made), atol=1e-4)
    clock = table["accelerometerTimestamp_sinceReboot(s)"]
    np.testing.assert_allclose(clock - clock[0], made.samples["time_s"], atol=1e-5)
    np.testing.assert_allclose(clock - table["motionTimestamp_sinceReboot(s)"], 0.00498, atol=1e-5)
    gravity = table[[f"motionGravity{axis}(G)" for axis in "XYZ"]]
    np.testing.assert_allclose(np.linalg.norm(gravity, axis=1), 1, atol=0.01)
    logged = pd.to_datetime(table["loggingTime(txt)"])
    assert logged.is_monotonic_increasing
    assert logged.iloc[0].isoformat() == "2026-03-01T09:00:00+00:00"


def test_physics_toolbox(made, tmp_path) -> None:
    path = written(made, tmp_path, "physics-toolbox")
    lines = path.read_text().splitlines()
    assert lines[:2] == ["", "time,gFx,gFy,gFz,ax,ay,az,wx,wy,wz,"]
    assert all(line.endswith(",") and line.count(",") == 10 for line in lines[1:])
    table = pd.read_csv(path).dropna(axis=1, how="all")
    np.testing.assert_allclose(table[["gFx", "gFy", "gFz"]] * STANDARD_GRAVITY_MS2, acc(made), atol=2e-3)
    linear = acc(made) - made.samples[GRAVITY_COLUMNS].to_numpy()
    np.testing.assert_allclose(table[["ax", "ay", "az"]], linear, atol=6e-3)
    np.testing.assert_allclose(table[["wx", "wy", "wz"]], made.samples[GYR_COLUMNS], atol=1e-4)


def test_plain_csv(made, tmp_path) -> None:
    table = pd.read_csv(written(made, tmp_path, "csv"))
    assert list(table) == ["time_s", "acc_x_g", "acc_y_g", "acc_z_g"]
    np.testing.assert_allclose(table.iloc[:, 1:] * STANDARD_GRAVITY_MS2, acc(made), atol=1e-4)


def test_unknown_layouts_and_suffixes_are_refused(made, tmp_path) -> None:
    with pytest.raises(UsageError, match="allowed for layout"):
        write_recording(made, tmp_path / "a.csv", "excel")
    with pytest.raises(UsageError, match=r"\.zip, but got '\.csv'"):
        write_recording(made, tmp_path / "a.csv", "sensor-logger-ios")
    with pytest.raises(UsageError, match="no suffix"):
        write_recording(made, tmp_path / "a", "csv")


def contents(path: Path) -> dict[str, bytes]:
    """Bytes of a file, or of the members of a zip: the deflated stream may differ between builds of zlib."""
    if path.suffix != ".zip":
        return {path.name: path.read_bytes()}
    with zipfile.ZipFile(path) as archive:
        return {f"{one.filename} {one.date_time}": archive.read(one) for one in archive.infolist()}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_samples_are_the_simulators_output(sample, samples, tmp_path) -> None:
    (path,) = write_samples(tmp_path, [sample])
    kept = samples / sample.name
    assert kept.stat().st_size < 1_000_000
    assert contents(kept) == contents(path)
    assert truth_path(kept).read_bytes() == truth_path(path).read_bytes()
    first = path.read_bytes()
    assert write_recording(sample.simulate(), tmp_path / sample.name, sample.layout).read_bytes() == first


def test_samples_folder_holds_what_the_list_says(samples) -> None:
    names = {sample.name for sample in SAMPLES}
    assert {path.name for path in samples.glob("simulated_*")} == names
    assert {path.stem for path in (samples / "truth").iterdir()} == {Path(name).stem for name in names}
    text = (samples / "README.md").read_text()
    assert text == readme()
    assert "All files here are simulated" in text
    assert all(name.startswith("simulated_") and f"sample_recordings/{name}" in text for name in names)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_truth_of_samples(sample, samples) -> None:
    truth = json.loads(truth_path(samples / sample.name).read_text())
    keys = {"intervals", "n_steps", "contacts", "placement", "anterior_axis", "options", "ratios", "runner", "seed"}
    assert keys <= set(truth)
    assert truth["made_by"] == "simulated by gait"
    assert truth["file"] == sample.name
    assert truth["options"] == list(sample.options)
    assert truth["placement"] == sample.options[1]
    if "--anterior" in sample.options:
        assert truth["anterior_axis"] == sample.options[-1]
    if "first-run" in sample.options:
        runs = [i["direction"] for i in truth["intervals"] if i["gait"] == "run"]
        assert runs[0] == "forward"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_samples_read_back(sample, samples) -> None:
    from gait import read_recording

    made = sample.simulate()
    recording = read_recording(samples / sample.name, placement=made.device.placement)
    assert recording.gravity == "included"
    assert recording.acceleration_unit == ("g" if sample.layout in {"csv", "sensorlog", "physics-toolbox"} else "m/s^2")
    assert recording.sampling_rate_hz == pytest.approx(made.device.rate_hz, rel=1e-3)
    assert recording.n_samples == len(made.samples)
    np.testing.assert_allclose(recording.time_s, made.samples["time_s"], atol=1.1e-5)
    np.testing.assert_allclose(recording.acc_ms2, acc(made), atol=6e-3)
    assert recording.simulated
