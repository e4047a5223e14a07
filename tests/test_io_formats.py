# ruff: noqa: E501 - lines of files stand here as the apps write them
"""The layouts of apps, written here as the apps write them: sensor, unit, sign, clock and side columns."""

import dataclasses

import numpy as np
import pytest

from gait.errors import ClockError, RecordingError, WrongKindError
from gait.io import formats
from gait.io.reader import read_recording
from gait.recording import Recording
from tests.io_files import G, columns_of, named, rotation_dps, running_g, seconds, table

ACC = running_g()
LINEAR = running_g(gravity=False)
GYR = rotation_dps()
N = len(ACC)
T = seconds(N)
I = np.arange(N)  # noqa: E741
X, Y, Z = columns_of(ACC)
NS = 1_700_810_754_682_863_000 + I * 10_000_000
single = np.float32


def read(content: bytes, name: str, **options: object) -> Recording:
    return read_recording(named(content, name), **options)  # type: ignore[arg-type]


def up(recording: Recording, sign: int = 1, atol: float = 2e-3) -> Recording:
    """The recording holds the runner, turned round where the app does so."""
    np.testing.assert_allclose(recording.acc_ms2, sign * ACC * G, atol=atol)
    assert recording.gravity == "included"
    return recording


def zyx(values: np.ndarray) -> list[np.ndarray]:
    return columns_of(values)[::-1]


def sensor_logger(values: np.ndarray) -> bytes:
    return table("time,seconds_elapsed,z,y,x", [NS, T, *zyx(values)], fmt="%.17g")


ANDROID = (ACC * G).astype(single).astype(float)


def test_sensor_logger_android() -> None:
    recording = up(read(sensor_logger(ANDROID), "TotalAcceleration.csv"))
    assert recording.acceleration_unit == "m/s^2" and recording.start_date == "2023-11-24"
    assert up(read(sensor_logger(ANDROID), "AccelerometerUncalibrated.csv")).acceleration_unit == "m/s^2"
    removed = read(sensor_logger((LINEAR * G).astype(single).astype(float)), "Accelerometer.csv")
    assert removed.gravity == "removed" and "as on Android" in removed.assumptions[-1]
    np.testing.assert_allclose(removed.acc_ms2, LINEAR * G, atol=1e-5)


def test_sensor_logger_with_rounded_numbers_is_not_taken_for_ios() -> None:
    for decimals in (2, 4, 7):
        recording = up(read(sensor_logger(np.round(ANDROID, decimals)), "TotalAcceleration.csv"), atol=0.02)
        assert "is assumed" in recording.assumptions[-1]


def test_sensor_logger_ios() -> None:
    assert up(read(sensor_logger(-ACC), "AccelerometerUncalibrated.csv")).acceleration_unit == "g"
    removed = read(sensor_logger(-LINEAR * G), "Accelerometer.csv")
    assert removed.gravity == "removed"
    np.testing.assert_allclose(removed.acc_ms2, LINEAR * G, atol=1e-5)


@pytest.mark.parametrize("name", ["Gyroscope.csv", "Gyroscope (1).csv", "GyroscopeUncalibrated.csv", "Magnetometer.csv",
                                  "Gravity.csv", "Orientation.csv"])  # fmt: skip
def test_sensor_logger_other_sensors_have_the_same_header(name: str) -> None:
    with pytest.raises(WrongKindError):
        read(sensor_logger(np.deg2rad(GYR)), name)


def test_sensor_logger_renamed() -> None:
    up(read(sensor_logger(ANDROID), "my run.csv"))
    for values in (np.deg2rad(GYR), LINEAR * G):
        with pytest.raises(WrongKindError, match="no name or unit"):
            read(sensor_logger(values), "my run.csv")
    up(read(sensor_logger(ANDROID).replace(b"time,", b",", 1), "run Accelerometer.csv"))


def test_sensor_logger_first_row_zero_and_negative_start() -> None:
    values = ANDROID.copy()
    values[0] = 0
    recording = read(table("time,seconds_elapsed,z,y,x", [NS, T - 0.5, *zyx(values)]), "TotalAcceleration.csv")
    assert recording.n_samples == N and (recording.acc_ms2[0] == 0).all()


def test_sensor_logger_watch() -> None:
    header = ("time,seconds_elapsed,rotationRateX,rotationRateY,rotationRateZ,gravityX,gravityY,gravityZ,"
              "accelerationX,accelerationY,accelerationZ,quaternionW,quaternionX,quaternionY,quaternionZ")  # fmt: skip
    rest = [np.full(N, 0.5)] * 4
    gravity = -(ACC - LINEAR)
    content = table(header, [NS, T, *columns_of(np.deg2rad(GYR)), *columns_of(gravity), *columns_of(-LINEAR), *rest])
    recording = up(read(content, "WristMotion.csv"))
    np.testing.assert_allclose(recording.gyr_rads, np.deg2rad(GYR), atol=1e-4)
    content = table("time,seconds_elapsed,x,y,z", [NS, T, *columns_of(-ACC)])
    up(read(content, "WatchAccelerometerUncalibrated.csv"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("decimal", [".", ","])
def test_phyphox(delimiter: str, decimal: str) -> None:
    if delimiter == decimal:
        return
    for prefix, values in (("Acceleration", ACC), ("Linear Acceleration", LINEAR)):
        header = delimiter.join(
            ['"Time (s)"', *(f'"{prefix} {a} (m/s^2)"' for a in "xyz"), '"Absolute acceleration (m/s^2)"']
        )
        columns = [T, *columns_of(values * G), np.linalg.norm(values * G, axis=1)]
        recording = read(table(header, columns, delimiter=delimiter, decimal=decimal, fmt="%.9E"), "Raw Data.csv")
        np.testing.assert_allclose(recording.acc_ms2, values * G, rtol=1e-8, atol=1e-8)
        assert recording.format == "phyphox" and recording.gravity == (
            "included" if prefix == "Acceleration" else "removed"
        )


def test_phyphox_ios() -> None:
    content = table('"Time (s)","X (m/s^2)","Y (m/s^2)","Z (m/s^2)"', [T - 9.1e-5, *columns_of(ACC * G)])
    up(read(content, "Accelerometer.csv"))
    content = table('"Time (s)","X (m/s^2)","Y (m/s^2)","Z (m/s^2)"', [T, *columns_of(LINEAR * G)])
    assert read(content, "Linear Accelerometer.csv").gravity == "removed"
    content = table('"Time (s)","X (rad/s)","Y (rad/s)","Z (rad/s)"', [T, *columns_of(np.deg2rad(GYR))])
    with pytest.raises(WrongKindError, match="gyroscope"):
        read(content, "Accelerometer.csv")


def test_phyphox_without_units() -> None:
    up(read(table('"t","x","y","z"', [T, *columns_of(ACC * G)]), "experiment.csv"))
    up(read(table("timestamps,x,y,z", [T, *columns_of(ACC * G)], end="\r\n"), "walk.csv"))


def sensorlog(columns: dict[str, object]) -> bytes:
    return table(",".join(columns), list(columns.values()))  # type: ignore[arg-type]


def test_sensorlog() -> None:
    rows = {
        "loggingTime(txt)": [f"2023-11-06T09:24:{t:06.3f}+02:00" for t in T + 5],
        "locationTimestamp_since1970(s)": 1_699_262_677 + np.floor(T), "locationLatitude(WGS84)": np.full(N, 48.1),
        "locationSpeed(m/s)": 2 + np.floor(T) / 10, "locationCourse(°)": np.where(T < 10, 10.0, -1.0),
        "accelerometerTimestamp_sinceReboot(s)": 389_532.6369 + T,
        **{f"accelerometerAcceleration{a}(G)": -c for a, c in zip("XYZ", (X, Y, Z), strict=True)},
        "motionTimestamp_sinceReboot(s)": 389_532.6319 + T,
        **{f"motionRotationRate{a}(rad/s)": c for a, c in zip("XYZ", columns_of(np.deg2rad(GYR)), strict=True)},
        **{f"motionUserAcceleration{a}(G)": -c for a, c in zip("XYZ", columns_of(LINEAR), strict=True)},
        **{f"motionGravity{a}(G)": -c for a, c in zip("XYZ", columns_of(ACC - LINEAR), strict=True)},
        "activity(txt)": ["running"] * N,
    }  # fmt: skip
    recording = up(read(sensorlog(rows), "2023-11-06_watch.csv"))
    np.testing.assert_allclose(recording.time_s, T, atol=1e-6)
    assert recording.speed is not None and recording.speed["speed_ms"].between(2, 4).all()
    assert np.isnan(recording.speed["course_rad"].iloc[-1]) and len(recording.speed) < 40
    assert "48.1" not in recording.speed.to_csv()
    fused = {name: column for name, column in rows.items() if not name.startswith("accelerometer")}
    up(read(sensorlog(fused), "motion.csv"))


def test_physics_toolbox() -> None:
    blank = [""] * N
    body = table(
        "time,gFx,gFy,gFz,ax,ay,az,wx,wy,wz,",
        [T, X, Y, Z, *columns_of(LINEAR * G), *columns_of(np.deg2rad(GYR)), blank],
    )
    for content in (b"\n" + body, body):
        recording = up(read(content, "pt.csv"))
        assert recording.acceleration_unit == "g" and recording.gyr_rads is not None
    content = table("time;gFx;gFy;gFz;Gain", [T, X, Y, Z, blank], delimiter=";", decimal=",").decode()
    content = content.replace("-", "\u2212").replace("\n", "\u2212∞\n").replace("Gain\u2212∞", "Gain")
    up(read(content.encode(), "nb.csv"))


def test_physics_toolbox_ios() -> None:
    text = [f"2018-10-03 17:23:{t:07.4f}" for t in T + 10]
    content = table("time,gFx,gFy,gFz,gFTotal", [text, -X, -Y, -Z, np.linalg.norm(ACC, axis=1)])
    up(read(content, "g.csv"))


def androsensor(gyr_unit: str, encoding: str = "utf-8") -> bytes:
    header = ";".join([*(f"ACCELEROMETER {a} (m/s²)" for a in "XYZ"), *(f"GRAVITY {a} (m/s²)" for a in "XYZ"),
                       *(f"LINEAR ACCELERATION {a} (m/s²)" for a in "XYZ"), *(f"GYROSCOPE {a} ({gyr_unit})" for a in "XYZ"),
                       "LOCATION Speed ( Kmh)", "Satellites in range", "Time since start in ms ", "YYYY-MO-DD HH-MI-SS_SSS"])  # fmt: skip
    gyr = np.deg2rad(GYR) if gyr_unit == "rad/s" else GYR
    columns = [*columns_of(ACC * G), *columns_of((ACC - LINEAR) * G), *columns_of(LINEAR * G), *columns_of(gyr),
               7.2 + np.floor(T) / 10, ["13 / 15"] * N, I * 10 + 12,
               [f"2022-10-22 18:36:{t:06.3f}".replace(".", ":") for t in T]]  # fmt: skip
    return table(header, columns, delimiter=";", last_end=False).decode().encode(encoding)


@pytest.mark.parametrize(("unit", "encoding"), [("rad/s", "utf-8"), ("°/s", "utf-8"), ("°/s", "cp1252")])
def test_androsensor(unit: str, encoding: str) -> None:
    recording = up(read(androsensor(unit, encoding), "Sensor_record.csv"))
    assert recording.format == "AndroSensor" and recording.sampling_rate_hz == pytest.approx(100)
    np.testing.assert_allclose(recording.gyr_rads, np.deg2rad(GYR), atol=1e-4)
    assert recording.speed is not None and recording.speed["speed_ms"].iloc[0] == pytest.approx(2.0)


def test_androsensor_at_its_default_of_2_hz() -> None:
    content = androsensor("rad/s").replace(b"\n", b"\n", 1).split(b"\n")
    with pytest.raises(ClockError, match="too slowly"):
        read(b"\n".join(content[:1] + content[1::50]), "Sensor_record.csv")


def test_ios_logger_with_text_in_the_middle() -> None:
    content = table("Date;Timestamp;DeviceOrientation;AccelerationX;AccelerationY;AccelerationZ;Label",
                    [["2024-10-17 16:06:27"] * N, 1_729_170_387.26 + T, ["faceUp"] * N, -X, -Y, -Z, [""] * N], delimiter=";")  # fmt: skip
    up(read(content, "walking.csv"))


def test_beiwe() -> None:
    text = [f"2023-11-24T07:25:{t:06.3f}" for t in T + 5]
    stamps = 1_700_810_705_000 + I * 10
    up(
        read(
            table("timestamp,UTC time,accuracy,x,y,z", [stamps, text, ["3"] * N, *columns_of(ANDROID)], fmt="%.17g"),
            "a.csv",
        )
    )
    ios = up(
        read(table("timestamp,UTC time,accuracy,x,y,z", [stamps, text, ["unknown"] * N, *columns_of(-ACC)]), "i.csv")
    )
    assert ios.acceleration_unit == "g"
    with pytest.raises(WrongKindError):
        read(
            table("timestamp,UTC time,accuracy,x,y,z", [stamps, text, ["3"] * N, *columns_of(np.deg2rad(GYR))]), "g.csv"
        )


def test_sensor_record() -> None:
    text = [f"2022-05-19 23:33:{int(t):02d}" for t in T + 19]
    up(read(table("Timestamp,Milliseconds,X,Y,Z", [text, I * 10 + 1, *columns_of(ACC * G)]), "Accelerometer1.csv"))


def test_core_motion() -> None:
    for names in ("userAcceleration.#", "userAcceleration#", "user_acceleration_#"):
        header = "time_s," + ",".join(names.replace("#", a) for a in "xyz") + ",gravity.x,gravity.y,gravity.z"
        up(read(table(header, [T, *columns_of(-LINEAR), *columns_of(-(ACC - LINEAR))]), "motion.csv"))
    header = ",attitude.roll,gravity.x,gravity.y,gravity.z,rotationRate.x,rotationRate.y,rotationRate.z," \
             "userAcceleration.x,userAcceleration.y,userAcceleration.z"  # fmt: skip
    columns = [I, X, *columns_of(-(ACC - LINEAR)), *columns_of(np.deg2rad(GYR)), *columns_of(-LINEAR)]
    with pytest.raises(ClockError, match="--rate"):
        read(table(header, columns), "sub_1.csv")
    assert up(read(table(header, columns), "sub_1.csv", rate_hz=100)).gyr_rads is not None


def test_polar() -> None:
    header = "Phone timestamp;sensor timestamp [ns];X [mg];Y [mg];Z [mg]"
    columns = [[f"2025-05-28T18:06:{t:06.3f}" for t in T], 536_603_551_572_726_272 + I * 10_000_000,
               *[np.round(c * 1000).astype(int) for c in (X, Y, Z)]]  # fmt: skip
    assert up(read(table(header, columns, delimiter=";"), "acc.txt"), atol=6e-3).acceleration_unit == "mg"
    trailing = table(header, columns, delimiter=";").replace(b"\n", b";\n").replace(b"Z [mg];", b"Z [mg]")
    up(read(trailing, "acc.txt"), atol=6e-3)


def test_dot() -> None:
    top = b"sep=,\nDeviceTag:,A\nFirmwareVersion:,2.0.0\nAppVersion:,2021.0\nSyncStatus:,Synced\nOutputRate:,100Hz\n" \
          b"FilterProfile:,General\nMeasurement Mode:,Sensor fusion\nStartTime: ,2021-08-20\n\xc2\xa9 Xsens\n\n"  # fmt: skip
    stamps = (2**32 - 3_000_000 + I * 10_000) % 2**32
    content = top + table("PacketCounter,SampleTimeFine,Quat_W,FreeAcc_X,FreeAcc_Y,FreeAcc_Z,Status",
                          [I + 1, stamps, np.full(N, 0.5), *columns_of(LINEAR * G), I * 0])  # fmt: skip
    recording = read(content, "Pelvis.csv")
    assert (recording.gravity, recording.frame) == ("removed", "earth")
    assert {"earth_frame", "gravity_removed"} <= {flag.code for flag in recording.flags}
    np.testing.assert_allclose(recording.time_s, T, atol=1e-6)
    content = top + table("PacketCounter,SampleTimeFine,Acc_X,Acc_Y,Acc_Z,Gyr_X,Gyr_Y,Gyr_Z",
                          [I + 1, stamps, *columns_of(ACC * G), *columns_of(GYR)])  # fmt: skip
    recording = up(read(content, "Pelvis.csv"))
    assert recording.frame == "device" and recording.gyr_rads is not None


def test_metamotion() -> None:
    text = [f"2022-08-05T15.26.{t:06.3f}" for t in T]
    for header in ("epoch (ms),time (01:00),elapsed (s),x-axis (g),y-axis (g),z-axis (g)",
                   "epoc (ms),timestamp (-0500),elapsed (s),x-axis (g),y-axis (g),z-axis (g)"):  # fmt: skip
        up(read(table(header, [1_659_709_586_153 + I * 10, text, T, X, Y, Z]), "MetaWear_Accelerometer.csv"))
    header = "epoch (ms),time (01:00),elapsed (s),x-axis (deg/s),y-axis (deg/s),z-axis (deg/s)"
    with pytest.raises(WrongKindError, match="gyroscope"):
        read(table(header, [1_659_709_586_153 + I * 10, text, T, *columns_of(GYR)]), "MetaWear_Accelerometer.csv")


def test_shimmer() -> None:
    names = ["Timestamp_Unix_CAL", *(f"Accel_LN_{a}_CAL" for a in "XYZ"), *(f"Accel_WR_{a}_CAL" for a in "XYZ"),
             *(f"Gyro_{a}_CAL" for a in "XYZ")]  # fmt: skip
    for mark in (",", "\t"):
        head = mark.join(f"Shimmer_952D_{name}" for name in names) + mark
        rows = mark.join(["ms", *["m/(s^2)"] * 6, *["deg/s"] * 3]) + mark
        content = table(head + "\n" + rows, [1.6294033377807312e12 + T * 1000, *columns_of(ACC * G), *columns_of(ACC * G * 1.02),
                                             *columns_of(GYR), [""] * N], delimiter=mark, fmt="%.17g", end="\r\n")  # fmt: skip
        recording = up(read(f'"sep={mark}"\r\n'.encode() + content, "shimmer.csv"))
        assert recording.gyr_rads is not None and "LN" in " ".join(recording.assumptions)
    counts = table("Shimmer_Timestamp_CAL,Shimmer_Accel_LN_X_RAW,Shimmer_Accel_LN_Y_RAW,Shimmer_Accel_LN_Z_RAW\n"
                   "ms,no_units,no_units,no_units", [T * 1000, *columns_of(np.round(ACC * 83 + 2000))])  # fmt: skip
    with pytest.raises(RecordingError, match=r"--scale|--unit"):
        read(counts, "raw.csv")


def actigraph(kind: str, tail: bytes, at: str = " at 100 Hz ") -> bytes:
    lines = [f"------------ {kind} Created By ActiGraph GT3X+ ActiLife v6.13.1 date format M/d/yyyy{at} Filter Normal -----------",
             "Serial Number: TAS1", "Start Time 08:58:00", "Start Date 2/14/2019", "Epoch Period (hh:mm:ss) 00:00:00",
             "Download Time 09:00:00", "Download Date 2/14/2019", "Current Memory Address: 0",
             "Current Battery Voltage: 4.2     Mode = 12", "--------------------------------------------------"]  # fmt: skip
    return "\n".join(line + ",," for line in lines).encode() + b"\n" + tail


def test_actigraph() -> None:
    body = table("Accelerometer X,Accelerometer Y,Accelerometer Z", [X, Y, Z])
    recording = up(read(actigraph("Data File", body), "left_RAW.csv"))
    assert recording.sampling_rate_hz == pytest.approx(100) and recording.acceleration_unit == "g"
    stamped = table("Timestamp,Accelerometer X,Accelerometer Y,Accelerometer Z,Temperature,Gyroscope X,Gyroscope Y,Gyroscope Z",
                    [[f"2019-02-14T08:58:{t:010.7f}" for t in T], X, Y, Z, X, *columns_of(GYR)])  # fmt: skip
    assert up(read(actigraph("Data File", stamped), "imu.csv")).gyr_rads is not None
    lsb = table("Accelerometer X,Accelerometer Y,Accelerometer Z", [np.round(c * 341) for c in (X, Y, Z)])
    with pytest.raises(RecordingError):
        read(actigraph("Data File", lsb), "lsb.csv")


def test_epoch_counts() -> None:
    counts = np.random.default_rng(1).integers(0, 4000, (N, 3))
    body = table("Axis1,Axis2,Axis3", columns_of(counts))
    with pytest.raises(WrongKindError, match="epoch"):
        read(actigraph("Data Table File", body, at=""), "1sec.csv")
    body = table(
        "TimeStamp,axis1,axis2,axis3,steps,vm",
        [[f"2017-09-12T15:00:{i % 60:02d}Z" for i in I], *columns_of(counts), I, I],
    )
    with pytest.raises(WrongKindError, match="counts"):
        read(body, "counts.csv")
    with pytest.raises(WrongKindError, match="epoch"):
        read(b"acceleration (mg) - 2014-12-08 10:00:00 - 2014-12-15 09:59:55 - sampleRate = 5 seconds,imputed\n" + b"0.2,0\n" * 50,
             "ukb.csv")  # fmt: skip


def test_geneactiv() -> None:
    top = "Device Type,GENEActiv\nDevice Model,1.1\n" + "\n" * 8 + "Measurement Frequency,100 Hz\nUnits,g\n" + "\n" * 88
    text = [f"2011-10-09 10:25:{t:06.3f}".replace(".", ":") for t in T]
    body = table(None, [text, X, Y, Z, I * 0 + 48, I * 0, np.full(N, 24.5)], end="\r\n")
    recording = up(read(top.encode() + body, "right_wrist.csv"))
    assert recording.format == "GENEActiv" and recording.start_date == "2011-10-09"


def test_axivity() -> None:
    up(
        read(
            table(None, [1_551_178_506 + T, X, Y, Z], end="\r\n", last_end=False, fmt="%.6f").replace(b"00,", b",", 1),
            "ax3.csv",
        )
    )
    text = [f"2019-12-23 21:04:{t:06.3f}" for t in T]
    recording = up(read(table(None, [text, X, Y, Z, *columns_of(GYR)], end="\r\n"), "ax6.csv"))
    np.testing.assert_allclose(recording.gyr_rads, np.deg2rad(GYR), atol=1e-4)


def test_empatica() -> None:
    acc = running_g(60, 32)
    body = table(None, [np.round(c * 64).astype(int) for c in columns_of(acc)])
    content = b"1642471872.000000, 1642471872.000000, 1642471872.000000\n32.000000, 32.000000, 32.000000\n" + body
    recording = read(content, "ACC.csv")
    assert (recording.n_samples, recording.acceleration_unit) == (len(acc), "1/64 g")
    np.testing.assert_allclose(recording.acc_ms2, acc * G, atol=0.08)


def test_android_raw_loggers_and_wisdm() -> None:
    uptime = 1_012_461_540_465 + I * 10_000_000
    up(read(table(None, [uptime, *columns_of(ACC * G), I * 0, I // 40, I * 0]), "user1_hand.csv"))
    up(read(table(None, [uptime, I * 0 + 3, *columns_of(ACC * G)], end="\r\n"), "log.csv"))
    wisdm = table(None, [["33"] * N, ["Jogging"] * N, uptime, *columns_of(ACC * G)], end=";\n")
    up(read(wisdm, "raw.txt"))
    with pytest.raises(RecordingError, match="several sensors or persons"):
        read(wisdm + wisdm.replace(b"33,", b"34,"), "raw.txt")


def test_picoquake() -> None:
    top = b"# PLab PicoQuake Data\n# Num. samples: 10000\n# Config: data_rate = 100.0 Hz, filter = 488 Hz, acc_range = 4 g\n"
    recording = up(read(top + table("count,a_x,a_y,a_z,g_x,g_y,g_z", [I, X, Y, Z, *columns_of(GYR)]), "pq.csv"))
    assert recording.gyr_rads is not None and recording.sampling_rate_hz == pytest.approx(100)


def test_home_made_loggers() -> None:
    header = "SampleID,AccX_ms2,AccY_ms2,AccZ_ms2,GyroX_dps,GyroY_dps,GyroZ_dps,MagX,MagY,MagZ"
    columns = [I, *columns_of(ACC * G), *columns_of(GYR), I, I, I]
    with pytest.raises(ClockError, match="--rate"):
        read(table(header, columns), "sensor.csv")
    assert up(read(table(header, columns), "sensor.csv", rate_hz=100)).gyr_rads is not None
    header = "unix_timestamp_microsec,time_s,ax_m/s/s,ay_m/s/s,az_m/s/s,gx_deg/s,gy_deg/s,gz_deg/s"
    up(
        read(
            table(header, [1_600_000_000_000_000 + I * 10_000, T, *columns_of(ACC * G), *columns_of(GYR)]),
            "trident.csv",
        )
    )
    up(read(b"# sampling rate: 100 Hz\n" + table("ax (g),ay (g),az (g)", [X, Y, Z]), "lab.csv"))


def test_without_header_only_one_assignment_may_fit() -> None:
    assert "no header; columns 2, 3, 4" in up(read(table(None, [T, X, Y, Z]), "a.csv")).assumptions[0]
    with pytest.raises(WrongKindError, match="order of its axes"):
        read(table(None, [NS, T, *zyx(ANDROID)]), "TotalAcceleration.csv")
    up(read(table(None, [1_600_000_000_000 + I * 10, *columns_of(ACC * G), np.linalg.norm(ACC * G, axis=1)]), "a.csv"))
    up(read(table(None, [T, X, Y, Z, *columns_of(GYR)]), "a.csv"))
    for columns in ([T, X, Y, Z, X, Y, Z], [T, X, Y, Z, X], [T, *columns_of(GYR)], [I, I * 2, I * 3]):
        with pytest.raises(RecordingError):
            read(table(None, columns), "a.csv")
    with pytest.raises(ClockError, match="--rate"):
        read(table(None, [X, Y, Z]), "a.csv")
    up(read(table(None, [X, Y, Z]), "a.csv", rate_hz=100))
    up(read(table(None, [I, *columns_of(ACC * 1000)]), "a.csv", rate_hz=100, acc_columns="2,3,4", unit="mg"))


def test_simulated_is_said() -> None:
    content = table("time_s,acc_x_g,acc_y_g,acc_z_g", [T, X, Y, Z])
    assert read(content, "simulated_run.csv").simulated
    assert read(b"# Simulated by gait 0.1\n" + content, "run.csv").simulated
    assert not read(content, "run.csv").simulated


def test_the_data_table_is_frozen_and_named() -> None:
    assert all(spec.name for spec in formats.SPECS)
    with pytest.raises(dataclasses.FrozenInstanceError):
        formats.GENERIC.name = "x"  # type: ignore[misc]
