"""Writers in the layouts of real apps: header, column order, delimiter, decimal mark, sign, unit and clock are theirs.

Every writer takes a `Simulation` and a path; what it writes depends on nothing else, zip members carry a fixed date.
"""

from __future__ import annotations

import csv
import datetime
import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from gait.errors import UsageError
from gait.recording import ACC_COLUMNS, GYR_COLUMNS, STANDARD_GRAVITY_MS2, check_choice
from gait.simulate.model import MAKER, Floats
from gait.simulate.session import GRAVITY_COLUMNS, Simulation

START = datetime.datetime(2026, 3, 1, 9, 0, 0, tzinfo=datetime.UTC)
"""When every simulated recording starts."""
START_NS = int(START.timestamp()) * 10**9
_LEAD_S = 0.0517
"""Sensor Logger's `seconds_elapsed` of the first sample: sensors need a moment [s]."""
_BOOT_S = 389_532.636
"""SensorLog counts seconds since the watch was started [s]."""
_MOTION_EARLY_S = 0.00498
"""In SensorLog the fused motion of a row is this much older than the raw acceleration [s]."""

Writer = Callable[[Simulation, Path], None]


def write_recording(simulation: Simulation, path: str | Path, layout: str) -> Path:
    """Write a simulated recording as an app would.

    Parameters
    ----------
    simulation : Simulation
        What to write.
    path : path
        ``.zip`` for the Sensor Logger layouts; ``.csv`` or ``.zip`` for phyphox; ``.csv`` for the others.
    layout : str
        One of ``LAYOUTS``.

    Returns
    -------
    Path
        Where it was written.

    Raises
    ------
    UsageError
        If the layout is unknown or has another suffix.
    """
    path = Path(path)
    check_choice("layout", layout, tuple(LAYOUTS))
    suffixes, writer = LAYOUTS[layout]
    if path.suffix.lower() not in suffixes:
        found = repr(path.suffix) if path.suffix else "no suffix"
        raise UsageError(f"the layout {layout!r} is written as {' or '.join(suffixes)}, but got {found}")
    writer(simulation, path)
    return path


def _zip(path: Path, members: Mapping[str, str]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, text in members.items():
            member = zipfile.ZipInfo(name, date_time=START.timetuple()[:6])
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3
            member.external_attr = 0o644 << 16
            archive.writestr(member, text.encode("utf-8"))


def _text(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8"))


def _acc_and_gravity(simulation: Simulation) -> tuple[Floats, Floats]:
    """Total acceleration and gravity, as written [m/s²]."""
    samples = simulation.samples
    return samples[ACC_COLUMNS].to_numpy().round(3), samples[GRAVITY_COLUMNS].to_numpy().round(2)


def _sensor_logger_table(simulation: Simulation, values: Floats, decimals: int, *, every: int = 1) -> str:
    elapsed = (simulation.samples["time_s"].iloc[::every].reset_index(drop=True) + _LEAD_S).round(6)
    values = values[::every]
    table = pd.DataFrame({
        "time": START_NS + (elapsed * 1e6).round().astype("int64") * 1000,
        "seconds_elapsed": elapsed,
    })  # fmt: skip
    for axis in (2, 1, 0):
        table["xyz"[axis]] = values[:, axis].round(decimals) + 0.0
    return table.to_csv(index=False, lineterminator="\n")


def _sensor_logger_metadata(simulation: Simulation, platform: str, version: str, sensors: list[str]) -> str:
    step_ms = round(1000 / simulation.device.rate_hz)
    head = {
        "version": "3", "device name": MAKER, "recording epoch time": str(START_NS // 10**6),
        "recording time": START.strftime("%Y-%m-%d_%H-%M-%S"), "recording timezone": "Etc/UTC", "platform": platform,
        "appVersion": version, "device id": "00000000-0000-0000-0000-000000000000", "sensors": "|".join(sensors),
        "sampleRateMs": "|".join([str(step_ms)] * len(sensors)), "standardisation": "false",
    }  # fmt: skip
    return ",".join(head) + "\n" + ",".join(head.values())


def _sensor_logger_android(simulation: Simulation, path: Path) -> None:
    total, gravity = _acc_and_gravity(simulation)
    tables = {
        "Accelerometer": _sensor_logger_table(simulation, total - gravity, 3),
        "TotalAcceleration": _sensor_logger_table(simulation, total, 3),
        "Gravity": _sensor_logger_table(simulation, gravity, 2),
        "Gyroscope": _sensor_logger_table(simulation, simulation.samples[GYR_COLUMNS].to_numpy(), 2, every=2),
    }
    members = {f"{name}.csv": text for name, text in tables.items()}
    about = _sensor_logger_metadata(simulation, "android", "1.49.0", [*tables, "Annotation"])
    _zip(path, {**members, "Annotation.csv": "", "Metadata.csv": about})


def _sensor_logger_ios(simulation: Simulation, path: Path) -> None:
    total, gravity = _acc_and_gravity(simulation)
    tables = {
        "Accelerometer": _sensor_logger_table(simulation, gravity - total, 3),
        "Gravity": _sensor_logger_table(simulation, -gravity, 2),
        "Gyroscope": _sensor_logger_table(simulation, simulation.samples[GYR_COLUMNS].to_numpy(), 2, every=2),
        "AccelerometerUncalibrated": _sensor_logger_table(simulation, -total / STANDARD_GRAVITY_MS2, 4),
    }
    members = {f"{name}.csv": text for name, text in tables.items()}
    about = _sensor_logger_metadata(simulation, "ios", "1.49", [*tables, "Annotation"])
    _zip(path, {**members, "Annotation.csv": "", "Metadata.csv": about})


def _phyphox_table(names: list[str], values: Floats, delimiter: str, decimal: str) -> str:
    """Quoted header, numbers in Java's scientific notation (``1.033708337E-3``)."""
    mantissa, exponent = np.char.partition(np.char.mod("%.9E", values), "E")[..., ::2].transpose(2, 0, 1)
    exponent = exponent.astype(int).astype(str)
    mantissa = np.char.replace(mantissa, ".", decimal)
    cells = np.char.add(np.char.add(mantissa, "E"), exponent)
    lines = [delimiter.join(f'"{name}"' for name in names), *(delimiter.join(row) for row in cells.tolist())]
    return "\n".join(lines) + "\n"


def _phyphox(delimiter: str, decimal: str) -> Writer:
    def write(simulation: Simulation, path: Path) -> None:
        time_s = simulation.samples["time_s"].to_numpy() + 0.0083
        total, _ = _acc_and_gravity(simulation)
        size = np.linalg.norm(total, axis=1).round(3)
        names = ["Time (s)", *(f"Acceleration {axis} (m/s^2)" for axis in "xyz"), "Absolute acceleration (m/s^2)"]
        text = _phyphox_table(names, np.column_stack([time_s, total, size]), delimiter, decimal)
        if path.suffix.lower() == ".csv":
            _text(path, text)
            return
        gyr = simulation.samples[GYR_COLUMNS].to_numpy().round(4)
        names = ["Time (s)", *(f"Gyroscope {axis} (rad/s)" for axis in "xyz"), "Absolute (rad/s)"]
        values = np.column_stack([time_s, gyr, np.linalg.norm(gyr, axis=1).round(4)])
        turn = _phyphox_table(names, values, delimiter, decimal)
        about = [("property", "value"), ("version", "1.1.16"), ("fileFormat", "1.18"), ("deviceModel", MAKER)]
        device = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in about) + "\n"
        _zip(path, {
            "Accelerometer.csv": text, "Gyroscope.csv": turn, "meta/device.csv": device,
            "meta/time.csv": _phyphox_events(float(time_s[-1]), delimiter, decimal),
        })  # fmt: skip

    return write


def _phyphox_events(end_s: float, delimiter: str, decimal: str) -> str:
    rows = [delimiter.join(f'"{name}"' for name in ("event", "experiment time", "system time", "system time text"))]
    for event, at_s in (("START", 0.0), ("PAUSE", end_s)):
        wall = START + datetime.timedelta(seconds=at_s)
        numbers = [f"{at_s:.9E}".replace("E+0", "E").replace("E-0", "E-"), f"{wall.timestamp():.3f}"]
        text = wall.strftime("%Y-%m-%d %H:%M:%S.") + f"{wall.microsecond // 1000:03d} UTC+00:00"
        rows.append(delimiter.join([f'"{event}"', *(n.replace(".", decimal) for n in numbers), f'"{text}"']))
    return "\n".join(rows) + "\n"


def _sensorlog(simulation: Simulation, path: Path) -> None:
    samples = simulation.samples
    time_s = samples["time_s"].to_numpy()
    total, gravity = -samples[ACC_COLUMNS].to_numpy(), -samples[GRAVITY_COLUMNS].to_numpy()

    def earlier(values: Floats) -> Floats:
        return np.column_stack([np.interp(time_s - _MOTION_EARLY_S, time_s, column) for column in values.T])

    logged = np.round((time_s + 0.0013 * np.sin(time_s * 977.0)) * 1000).astype("int64")
    stamps = pd.to_datetime(START_NS // 10**6 + logged, unit="ms").strftime("%Y-%m-%dT%H:%M:%S.%f").str[:-3] + "+00:00"
    g = STANDARD_GRAVITY_MS2
    table = pd.DataFrame({"loggingTime(txt)": stamps})
    table["accelerometerTimestamp_sinceReboot(s)"] = (_BOOT_S + time_s).round(6)
    table[[f"accelerometerAcceleration{axis}(G)" for axis in "XYZ"]] = (total / g).round(5)
    table["motionTimestamp_sinceReboot(s)"] = (_BOOT_S + time_s - _MOTION_EARLY_S).round(6)
    table[[f"motionRotationRate{axis}(rad/s)" for axis in "XYZ"]] = earlier(samples[GYR_COLUMNS].to_numpy()).round(4)
    table[[f"motionUserAcceleration{axis}(G)" for axis in "XYZ"]] = earlier((total - gravity) / g).round(4)
    table["motionAttitudeReferenceFrame(txt)"] = "XArbitraryZVertical"
    table[[f"motionGravity{axis}(G)" for axis in "XYZ"]] = earlier(gravity / g).round(4)
    table["activity(txt)"] = MAKER
    _text(path, table.to_csv(index=False, lineterminator="\n"))


def _physics_toolbox(simulation: Simulation, path: Path) -> None:
    total, gravity = _acc_and_gravity(simulation)
    samples = simulation.samples
    values = np.column_stack([total / STANDARD_GRAVITY_MS2, total - gravity, samples[GYR_COLUMNS].to_numpy()])
    buffer = io.StringIO()
    buffer.write("\ntime,gFx,gFy,gFz,ax,ay,az,wx,wy,wz,\n")
    times = np.char.mod("%.6f", samples["time_s"].to_numpy() + 0.0769)
    columns = [times, *(np.char.mod("%.4f", column) for column in (values.round(4) + 0.0).T)]
    csv.writer(buffer, lineterminator=",\n").writerows(zip(*columns, strict=True))
    _text(path, buffer.getvalue())


def _plain(simulation: Simulation, path: Path) -> None:
    table = simulation.samples[["time_s"]].round(5)
    table[["acc_x_g", "acc_y_g", "acc_z_g"]] = (simulation.samples[ACC_COLUMNS] / STANDARD_GRAVITY_MS2).round(5) + 0.0
    _text(path, table.to_csv(index=False, lineterminator="\n"))


LAYOUTS: dict[str, tuple[tuple[str, ...], Writer]] = {
    "sensor-logger-android": ((".zip",), _sensor_logger_android),
    "sensor-logger-ios": ((".zip",), _sensor_logger_ios),
    "phyphox": ((".csv", ".zip"), _phyphox(",", ".")),
    "phyphox-semicolon-comma": ((".csv", ".zip"), _phyphox(";", ",")),
    "phyphox-tab-comma": ((".csv", ".zip"), _phyphox("\t", ",")),
    "sensorlog": ((".csv",), _sensorlog),
    "physics-toolbox": ((".csv",), _physics_toolbox),
    "csv": ((".csv",), _plain),
}
"""Name -> allowed suffixes and writer."""
