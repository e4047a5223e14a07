# ruff: noqa: E501 - lines of files stand here as the apps write them
"""Binary files: read where an optional reader is installed, otherwise refused by name."""

import builtins
import sys
import types
from typing import Any

import numpy as np
import pytest

from gait.errors import RecordingError, UnknownUnitError, WrongKindError
from gait.io import binary
from gait.io.reader import read_recording
from gait.io.track import Options
from tests.io_files import G, named, rotation_dps, running_g, seconds

ACC = running_g()
GYR = rotation_dps()
N = len(ACC)
T = 1_700_000_000 + seconds(N)
FIT = b"\x0e\x10\x00\x00\x00\x00\x00\x00.FIT\x00\x00" + bytes(30)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 123\n", "git-LFS pointer"),
        (b"MATLAB 5.0 MAT-file, Platform: PCWIN64" + bytes(200), "MATLAB"), (b"\x89HDF\r\n\x1a\n" + bytes(50), "HDF5"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(50), "spreadsheet"), (b"SQLite format 3\x00", "SQLite"),
        (b"PAR1abc", "Parquet"), (b"\x93NUMPY\x01", "NumPy"), (b"%PDF-1.4", "PDF"), (b"\x89PNG\r\n", "picture"),
        (b"\x00\x00\x00\x18ftypmp42", "film"), (b"RIFF....WAVEfmt ", "sound"), (b"BZh91AY", "packed"), (b"7z\xbc\xaf\x27", "packed"),
        (b"<!DOCTYPE html><html>", "web page"), (b"\n <html lang='en'>", "web page"),
        (b'<?xml version="1.0"?><gpx version="1.1">', "GPX"), (b'<?xml version="1.0"?>\n<TrainingCenterDatabase>', "TCX"),
        (b'<?xml version="1.0"?><plist>', "XML"), (b'[{"sensor": "Accelerometer", "x": 1}]', "JSON"), (b' {"a": [1, 2]}', "JSON"),
        (bytes(257) + b"ustar" + bytes(300), "tar"), (bytes(range(256)) * 30, "binary file"), (b"\x01\x02\x03" * 900, "binary file"),
        (b"{\\rtf1\\ansi", "rtf"),
    ],
)  # fmt: skip
def test_refused_by_name(content: bytes, sentence: str) -> None:
    with pytest.raises(WrongKindError, match=sentence) as caught:
        read_recording(named(content, "run.csv"))
    assert caught.value.remedy


def test_text_is_text() -> None:
    assert binary.container_of(b"time,x,y,z\n1,2,3,4\n") == "text"
    assert binary.container_of(b"[m/s^2],x\n") == "text"
    assert binary.container_of(b"") == "text"


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if no optional reader were installed."""
    real = builtins.__import__

    def refuse(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.split(".")[0] in {"fitdecode", "skdh"}:
            raise ImportError(name)
        return real(name, *args, **kwargs)

    for module in [name for name in sys.modules if name.split(".")[0] in {"fitdecode", "skdh"}]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setattr(builtins, "__import__", refuse)
    monkeypatch.setattr(binary.importlib, "import_module", lambda name: refuse(name))


@pytest.mark.usefixtures("nothing_installed")
@pytest.mark.parametrize(
    ("content", "extra"),
    [
        (FIT, "fit"),
        (b"MD\xfc\x03" + bytes(2000), "devices"),
        (b"Device Identity\nDevice Type:GENEActiv\n" * 20, "devices"),
    ],
)
def test_missing_reader_is_named(content: bytes, extra: str) -> None:
    with pytest.raises(RecordingError, match=rf'pip install "retrogait\[{extra}\]"'):
        read_recording(named(content, "run.bin"))


class Frame:
    """A message as the FIT reader delivers it."""

    frame_type = 4

    def __init__(self, name: str, **values: object) -> None:
        self.name = name
        self.fields = [types.SimpleNamespace(name=key, value=value) for key, value in values.items()]


def fit_with(monkeypatch: pytest.MonkeyPatch, frames: list[Frame]) -> None:
    """Put a FIT reader in place that delivers these messages."""

    class Reader:
        def __init__(self, data: bytes) -> None:
            self.data = data

        def __enter__(self) -> list[Frame]:
            if b"broken" in self.data:
                raise KeyError("broken")
            return frames

        def __exit__(self, *_: object) -> None:
            return None

    monkeypatch.setitem(sys.modules, "fitdecode", types.SimpleNamespace(FitReader=Reader, FIT_FRAME_DATA=4))


def messages(factor: float, pattern: str, word: str = "accel", values: np.ndarray = ACC) -> list[Frame]:
    name = "accelerometer_data" if word == "accel" else "gyroscope_data"
    frames = []
    for start in range(0, N, 25):
        block = values[start : start + 25] * factor
        frames.append(
            Frame(name, timestamp=int(T[start]), timestamp_ms=round((T[start] % 1) * 1000),
                  sample_time_offset=tuple(range(0, 250, 10)),
                  **{pattern.format(word) + axis: tuple(block[:, i]) for i, axis in enumerate("xyz")})
        )  # fmt: skip
    return frames


def test_fit_with_calibrated_acceleration(monkeypatch: pytest.MonkeyPatch) -> None:
    records = [Frame("record", timestamp=int(T[i]), enhanced_speed=3 + i / 1000) for i in range(0, N, 100)]
    fit_with(monkeypatch, messages(1, "calibrated_{}_") + messages(1, "calibrated_{}_", "gyro", GYR) + records)
    recording = read_recording(named(FIT, "run.fit"))
    np.testing.assert_allclose(recording.acc_ms2, ACC * G)
    np.testing.assert_allclose(recording.time_s, seconds(N), atol=1e-6)
    np.testing.assert_allclose(recording.gyr_rads, np.deg2rad(GYR))
    assert recording.speed is not None and recording.acceleration_unit == "g" and recording.format.startswith("FIT")


def test_fit_in_mg_and_in_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    fit_with(monkeypatch, messages(1000, "compressed_calibrated_{}_"))
    recording = read_recording(named(FIT, "run.fit"))
    assert recording.acceleration_unit == "mg"
    np.testing.assert_allclose(recording.acc_ms2, ACC * G)
    fit_with(monkeypatch, messages(4096, "{}_"))
    with pytest.raises(UnknownUnitError, match="--scale"):
        read_recording(named(FIT, "run.fit"))
    np.testing.assert_allclose(read_recording(named(FIT, "run.fit"), scale=4096).acc_ms2, ACC * G)


def test_ordinary_and_broken_activities(monkeypatch: pytest.MonkeyPatch) -> None:
    fit_with(monkeypatch, [Frame("record", timestamp=5, speed=3.0), Frame("session", sport="running")])
    with pytest.raises(WrongKindError, match="holds no acceleration samples"):
        read_recording(named(FIT, "run.fit"))
    with pytest.raises(RecordingError, match="damaged"):
        read_recording(named(FIT + b"broken", "run.fit"))
    fit_with(monkeypatch, messages(1, "calibrated_{}_") + messages(1, "{}_"))
    with pytest.raises(RecordingError, match="mixes"):
        read_recording(named(FIT, "run.fit"))


def skdh_with(monkeypatch: pytest.MonkeyPatch, found: dict[str, Any]) -> None:
    class Reader:
        def predict(self, *, file: str) -> dict[str, Any]:
            with open(file, "rb") as opened:
                assert opened.read(2) in (b"MD", b"De")
            if not found:
                raise RuntimeError("corrupt")
            return found

    module = types.SimpleNamespace(ReadCwa=Reader, ReadBin=Reader)
    monkeypatch.setattr(binary.importlib, "import_module", lambda name: module)


def test_research_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    skdh_with(monkeypatch, {"time": T, "accel": ACC, "gyro": GYR, "fs": 100.0})
    recording = read_recording(named(b"MD\xfc\x03" + bytes(2000), "a.cwa"))
    np.testing.assert_allclose(recording.acc_ms2, ACC * G)
    np.testing.assert_allclose(recording.gyr_rads, np.deg2rad(GYR))
    assert recording.start_date == "2023-11-14" and recording.format == "Axivity .cwa"
    skdh_with(monkeypatch, {"time": T, "accel": ACC})
    assert read_recording(named(b"Device Identity\nDevice Type:GENEActiv\n" * 9, "a.bin")).format == "GENEActiv .bin"
    skdh_with(monkeypatch, {})
    with pytest.raises(RecordingError, match="could not be read"):
        read_recording(named(b"MD\xfc\x03" + bytes(2000), "a.cwa"))


def test_too_few_samples() -> None:
    with pytest.raises(RecordingError):
        binary.track_from_arrays(T[:5], ACC[:5], "g", "test", Options())
