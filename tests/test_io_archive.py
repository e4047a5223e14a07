# ruff: noqa: E501 - lines of files stand here as the apps write them
"""Zip, gzip and folders: the right sensor, what belongs to it, and limits that hold before anything is unpacked."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from gait.errors import ArchiveError, NotFoundError, RecordingError, WrongKindError
from gait.io import archive
from gait.io.reader import read_recording
from gait.recording import Recording
from tests.io_files import G, columns_of, gzipped, named, rotation_dps, running_g, seconds, table, zipped

ACC = running_g()
LINEAR = running_g(gravity=False)
GYR = rotation_dps()
N = len(ACC)
T = seconds(N)
NS = 1_764_585_664_362_463_200 + np.arange(N) * 10_000_000


def sensor(values: np.ndarray, rows: slice = slice(None)) -> bytes:
    z, y, x = columns_of(values)[::-1]
    return table("time,seconds_elapsed,z,y,x", [NS[rows], T[rows], z[rows], y[rows], x[rows]], fmt="%.17g")


def metadata(platform: str, standard: str = "false") -> bytes:
    return (
        "version,device name,recording epoch time,recording time,recording timezone,platform,appVersion,device id,sensors,"
        f"sampleRateMs,standardisation\n3,Phone 12,1764585664239,2025-12-01_10-41-04,Europe/Vienna,{platform},1.49,x,A|B,10|10,"
        f"{standard}"
    ).encode()


LOCATION = table(
    "time,seconds_elapsed,altitude,speedAccuracy,bearingAccuracy,latitude,longitude,bearing,speed",
    [NS[::100] - 108 * 10**9 * (np.arange(20) == 0), T[::100], T[::100], T[::100], T[::100], np.full(20, 47.0596),
     np.full(20, 8.1), np.linspace(0, 90, 20), 3 + T[::100] / 20],
)  # fmt: skip
IOS = {
    "Accelerometer.csv": sensor(-LINEAR * G),
    "Gravity.csv": sensor(-(ACC - LINEAR) * G),
    "Gyroscope.csv": sensor(np.deg2rad(GYR)),
    "AccelerometerUncalibrated.csv": sensor(-ACC * 1.02),
    "Location.csv": LOCATION,
    "Annotation.csv": f"time,seconds_elapsed,text,millisecond_press_duration\n{NS[500]},5.0,now backward,100\n".encode(),
    "Metadata.csv": metadata("ios"),
    "Orientation.csv": table(
        "time,seconds_elapsed,yaw,qx,qz,roll,qw,qy,pitch", [NS, T, *columns_of(GYR), *columns_of(GYR), T]
    ),
}


def read(members: dict[str, bytes], name: str = "export.zip", **options: object) -> Recording:
    return read_recording(named(zipped(members), name), **options)  # type: ignore[arg-type]


def test_ios_export_is_put_together() -> None:
    recording = read(IOS)
    np.testing.assert_allclose(recording.acc_ms2, ACC * G, atol=1e-6)
    assert recording.gravity == "included" and not {"gravity_removed"} & {flag.code for flag in recording.flags}
    np.testing.assert_allclose(recording.gyr_rads, np.deg2rad(GYR), atol=1e-9)
    assert (recording.device, recording.app_version, recording.start_date) == ("Phone 12", "1.49", "2025-12-01")
    assert recording.speed is not None and recording.annotations is not None
    assert list(recording.speed.columns) == ["time_s", "speed_ms", "course_rad"]
    assert recording.speed["time_s"].between(0, 20).all()
    assert recording.annotations.to_dict("records") == [{"time_s": pytest.approx(5.0), "text": "now backward"}]
    assert "47.05" not in repr(recording) + recording.speed.to_csv()


def test_standardised_export_is_not_turned_round() -> None:
    standard = {**IOS, "Accelerometer.csv": sensor(LINEAR * G), "Gravity.csv": sensor((ACC - LINEAR) * G),
                "Metadata.csv": metadata("ios", "true")}  # fmt: skip
    np.testing.assert_allclose(read(standard).acc_ms2, ACC * G, atol=1e-6)


def test_priority_of_sensors() -> None:
    android = {"TotalAcceleration.csv": sensor(ACC * G), "Accelerometer.csv": sensor(LINEAR * G),
               "AccelerometerUncalibrated.csv": sensor(ACC * G * 1.02), "Gravity.csv": sensor((ACC - LINEAR) * G),
               "Metadata.csv": metadata("android")}  # fmt: skip
    np.testing.assert_allclose(read(android).acc_ms2, ACC * G, atol=1e-6)
    del android["TotalAcceleration.csv"]
    np.testing.assert_allclose(read(android).acc_ms2, ACC * G, atol=1e-6)
    del android["Gravity.csv"]
    np.testing.assert_allclose(read(android).acc_ms2, ACC * G * 1.02, atol=1e-6)
    del android["AccelerometerUncalibrated.csv"]
    assert read(android).gravity == "removed"
    android["TotalAcceleration.csv"] = b""
    assert read(android).gravity == "removed"


def test_phone_before_watch_and_headphones() -> None:
    header = "time,seconds_elapsed," + ",".join(
        f"{kind}{a}" for kind in ("rotationRate", "gravity", "acceleration") for a in "XYZ"
    )
    other = table(header, [NS, T, *columns_of(GYR), *columns_of(-(ACC - LINEAR)), *columns_of(-LINEAR * 1.1)])
    members = {"TotalAcceleration.csv": sensor(ACC * G), "WristMotion.csv": other, "Headphone.csv": other,
               "Gyroscope.csv": sensor(np.deg2rad(GYR)), "Metadata.csv": metadata("android")}  # fmt: skip
    recording = read(members)
    np.testing.assert_allclose(recording.acc_ms2, ACC * G, atol=1e-6)
    np.testing.assert_allclose(recording.gyr_rads, np.deg2rad(GYR), atol=1e-9)
    watch = read({"WristMotion.csv": other, "Metadata.csv": metadata("ios")})
    np.testing.assert_allclose(watch.acc_ms2, (ACC + 0.1 * LINEAR) * G, atol=1e-3)


def test_gravity_of_another_time_is_not_added() -> None:
    members = {
        "Accelerometer.csv": sensor(-LINEAR * G, slice(0, 1000)),
        "Gravity.csv": sensor(-(ACC - LINEAR) * G, slice(1000, N)),
    }
    recording = read(members)
    assert recording.gravity == "removed" and "could not be joined" in " ".join(recording.assumptions)


def test_folder_and_zip_agree_and_folder_hash_tells_contents(tmp_path: Path) -> None:
    for name, content in IOS.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "notes.md").write_text("x")
    folder = read_recording(tmp_path)
    np.testing.assert_array_equal(folder.acc_ms2, read(IOS).acc_ms2)
    assert folder.source == tmp_path.name and folder.sha256 == read_recording(str(tmp_path)).sha256
    (tmp_path / "notes.md").write_text("y")
    assert read_recording(tmp_path).sha256 == folder.sha256
    (tmp_path / "Gravity.csv").write_bytes(IOS["Gravity.csv"] + b"\n")
    assert read_recording(tmp_path).sha256 != folder.sha256


PHYPHOX = table(
    '"Time (s)","Acceleration x (m/s^2)","Acceleration y (m/s^2)","Acceleration z (m/s^2)"',
    [T + 0.1, *columns_of(ACC * G)],
)
EVENTS = (
    '"event","experiment time","system time","system time text"\n"START",0.0,1718020057.758,"2024-06-10"\n'
    '"PAUSE",8.0,1718020065.758,"x"\n"START",8.0,1718022561.758,"x"\n"PAUSE",20.2,1718022573.9,"x"\n'
)
DEVICE = '"property","value"\n"version","1.1.16"\n"deviceModel","Pixel 6"\n"deviceBrand","google"\n'


def test_hidden_pause_of_phyphox() -> None:
    members = {"Accelerometer.csv": PHYPHOX, "meta/time.csv": EVENTS.encode(), "meta/device.csv": DEVICE.encode()}
    recording = read(members)
    assert recording.cuts_s == (pytest.approx(7.9),) and recording.device == "Pixel 6"
    (flag,) = [flag for flag in recording.flags if flag.code == "pause"]
    assert "2496 s" in flag.message and recording.start_date == "2024-06-10"
    members["meta/time.csv"] = EVENTS.replace("20.2", "3.1").encode()
    other = read(members)
    assert not other.cuts_s and "does not fit" in other.flags[0].message
    members["meta/time.csv"] = EVENTS.replace(",", ";").encode()
    assert read(members).cuts_s == recording.cuts_s


def test_phyphox_gyroscope_is_joined_on_time() -> None:
    gyro = table(
        '"Time (s)","Gyroscope x (rad/s)","Gyroscope y (rad/s)","Gyroscope z (rad/s)"',
        [T[::2] + 0.1, *columns_of(np.deg2rad(GYR[::2]))],
    )
    recording = read({"Accelerometer.csv": PHYPHOX, "Gyroscope.csv": gyro})
    assert recording.gyr_rads is not None
    np.testing.assert_allclose(recording.gyr_rads[::2], np.deg2rad(GYR[::2]), atol=1e-4)
    late = table(
        '"Time (s)","Gyroscope x (rad/s)","Gyroscope y (rad/s)","Gyroscope z (rad/s)"',
        [T + 10, *columns_of(np.deg2rad(GYR))],
    )
    recording = read({"Accelerometer.csv": PHYPHOX, "Gyroscope.csv": late})
    assert recording.gyr_rads is None and "gyroscope_gaps" in {flag.code for flag in recording.flags}


def test_several_recordings() -> None:
    plain = table("time_s,acc_x_g,acc_y_g,acc_z_g", [T, *columns_of(ACC)])
    with pytest.raises(ArchiveError, match="several recordings"):
        read({"monday.csv": plain, "tuesday.csv": plain})
    assert read({"monday.csv": plain, "readme.txt": b"hello"}).n_samples == N
    assert read({"folder/monday.csv": plain, "__MACOSX/._monday.csv": plain, ".hidden.csv": plain}).n_samples == N


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ({"Gyroscope.csv": IOS["Gyroscope.csv"]}, "gyroscope"),
        ({"Gyroscope.csv": IOS["Gyroscope.csv"], "Location.csv": LOCATION}, "no file in it holds acceleration"),
        ({"Metadata.csv": IOS["Metadata.csv"]}, "no CSV file"),
        ({"photo.jpg": b"x"}, "no CSV file"),
        ({}, "no CSV file"),
        ({"inner.zip": b"x"}, "another archive"),
        ({"a.csv.gz": b"x"}, "another archive"),
        ({"../up.csv": b"x"}, "unsafe"),
        ({"/etc/a.csv": b"x"}, "unsafe"),
        ({"C:\\a.csv": b"x"}, "unsafe"),
        ({f"{i}.csv": b"x" for i in range(201)}, "more than 200"),
        ({"a.csv": b"0" * 3_000_000}, "100 times"),
        ({"xl/workbook.xml": b"x", "[Content_Types].xml": b"x"}, "spreadsheet"),
        ({"log.bin": b"x", "info.txt": b"x"}, "gt3x"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_refused_archives(members: dict[str, bytes], sentence: str) -> None:
    with pytest.raises(RecordingError, match=sentence):
        read(members)


def test_nothing_is_unpacked_when_a_limit_is_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_BYTES", 100_000)
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("unpacked"))
    with pytest.raises(ArchiveError, match="1 GiB"):
        read(IOS)


def test_zip_that_lies_or_is_locked_or_broken() -> None:
    content = zipped(IOS)
    for broken in (
        content[:-30],
        content[:500],
        b"PK\x03\x04" + b"x" * 200,
        content[:3000] + b"\0" * 900 + content[3900:],
    ):
        with pytest.raises(RecordingError, match="damaged"):
            read_recording(named(broken, "export.zip"))
    locked = bytearray(content)
    place = content.find(b"PK\x01\x02")
    locked[place + 8] |= 1
    with pytest.raises(ArchiveError, match="password"):
        read_recording(named(bytes(locked), "export.zip"))


def test_gzip(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = table("time_s,acc_x_g,acc_y_g,acc_z_g", [T, *columns_of(ACC)])
    half = plain.index(b"\n", len(plain) // 2) + 1
    for content in (gzipped(plain), gzipped(plain[:half]) + gzipped(plain[half:]), gzipped(plain) + b"\0" * 8):
        assert read_recording(named(content, "run.csv.gz")).n_samples == N
    with pytest.raises(WrongKindError, match="gyroscope"):
        read_recording(named(gzipped(IOS["Gyroscope.csv"]), "Gyroscope.csv.gz"))
    with pytest.raises(ArchiveError, match="more than it should"):
        read_recording(named(gzipped(b"0" * 5_000_000), "bomb.gz"))
    for inner in (gzipped(plain), zipped({"a.csv": plain})):
        with pytest.raises(ArchiveError, match="inside the gzip"):
            read_recording(named(gzipped(inner), "nested.gz"))
    for damaged in (gzipped(plain)[:15] + b"junk" * 20, b"\x1f\x8b", b"\x1f\x8bxxxxxxxxxx"):
        with pytest.raises(RecordingError, match="damaged"):
            read_recording(named(damaged, "run.csv.gz"))
    cut = read_recording(named(gzipped(plain)[:-3000], "run.csv.gz"))
    assert 0.5 * N < cut.n_samples < N
    monkeypatch.setattr(archive, "MAX_BYTES", 1000)
    with pytest.raises(ArchiveError):
        read_recording(named(gzipped(plain), "run.csv.gz"))


def test_paths(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no such file"):
        read_recording(tmp_path / "missing.csv")
    for odd in ("nul\0byte", "x" * 5000):
        with pytest.raises(RecordingError):
            read_recording(odd)
    with pytest.raises(ArchiveError, match="no CSV file"):
        read_recording(tmp_path)
    for i in range(201):
        (tmp_path / f"{i}.csv").write_bytes(b"x")
    with pytest.raises(ArchiveError, match="more than one recording"):
        read_recording(tmp_path)


def test_links_out_of_a_folder_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_bytes(table("time_s,acc_x_g,acc_y_g,acc_z_g", [T, *columns_of(ACC)]))
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link.csv").symlink_to(outside)
    with pytest.raises(ArchiveError):
        read_recording(inside)


def test_simulated_export() -> None:
    assert read({**IOS, "Metadata.csv": metadata("ios").replace(b"Phone 12", b"simulated by gait")}).simulated
    assert read(IOS, "simulated_export.zip").simulated and not read(IOS).simulated


def test_text_in_a_file_object_is_not_needed() -> None:
    content = table("time_s,acc_x_g,acc_y_g,acc_z_g", [T, *columns_of(ACC)])
    assert read_recording(io.BytesIO(content)).n_samples == N
