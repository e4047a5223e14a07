# ruff: noqa: E501 - lines of files stand here as the apps write them
"""Any bytes and any mutation of a file give a recording or one of our errors, never anything else."""

import functools
import os
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gait.errors import GaitError
from gait.io.reader import read_recording
from gait.recording import Recording
from tests.io_files import G, columns_of, gzipped, named, rotation_dps, running_g, seconds, table, zipped

EXAMPLES = int(os.environ.get("GAIT_EXAMPLES", "500"))
many = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
few = settings(max_examples=max(EXAMPLES // 5, 50), deadline=None, suppress_health_check=list(HealthCheck))

DURATION_S, RATE_HZ = 4.0, 50.0
ACC = running_g(DURATION_S, RATE_HZ)
LINEAR = running_g(DURATION_S, RATE_HZ, gravity=False)
GYR = rotation_dps(DURATION_S, RATE_HZ)
N = len(ACC)
T = seconds(N, RATE_HZ)
NS = 1_700_810_754_682_863_000 + (np.arange(N) * 20_000_000)


@functools.cache
def originals() -> list[tuple[str, bytes]]:
    """Files in the layouts of apps, all made here."""
    x, y, z = columns_of(ACC * G)
    return [
        ("run.csv", table("time_s,acc_x_g,acc_y_g,acc_z_g,gyr_x_dps,gyr_y_dps,gyr_z_dps", [T, *columns_of(ACC), *columns_of(GYR)])),
        ("TotalAcceleration.csv", table("time,seconds_elapsed,z,y,x", [NS, T, z, y, x])),
        ("Accelerometer.csv", table("time,seconds_elapsed,z,y,x", [NS, T, *columns_of(LINEAR * G)])),
        ("Raw Data.csv", table('"Time (s)";"Acceleration x (m/s^2)";"Acceleration y (m/s^2)";"Acceleration z (m/s^2)"',
                               [T, x, y, z], delimiter=";", decimal=",", fmt="%.9E")),
        ("pt.csv", b"\n" + table("time,gFx,gFy,gFz,ax,ay,az,wx,wy,wz,", [T, *columns_of(ACC), *columns_of(LINEAR * G),
                                                                        *columns_of(GYR), [""] * N])),
        ("axivity.csv", table(None, [1_551_178_506 + T, *columns_of(ACC)], fmt="%.4f")),
        ("acti.csv", b"------------ Data File Created By ActiGraph GT3X+ date format M/d/yyyy at 50 Hz  Filter Normal ---\n"
         + b"Serial Number: X\n" * 9 + table("Accelerometer X,Accelerometer Y,Accelerometer Z", columns_of(ACC))),
        ("shimmer.csv", b'"sep=,"\n' + table("S_Timestamp_Unix_CAL,S_Accel_LN_X_CAL,S_Accel_LN_Y_CAL,S_Accel_LN_Z_CAL,\n"
                                            "ms,m/(s^2),m/(s^2),m/(s^2),", [1.6e12 + T * 1000, x, y, z, [""] * N])),
        ("andro.csv", table("ACCELEROMETER X (m/s²);ACCELEROMETER Y (m/s²);ACCELEROMETER Z (m/s²);Satellites in range;"
                            "Time since start in ms ;YYYY-MO-DD HH-MI-SS_SSS",
                            [x, y, z, ["3 / 15"] * N, np.arange(N) * 20,
                             [f"2022-10-22 18:36:{i // 50:02d}:{i % 50 * 20:03d}" for i in range(N)]], delimiter=";")),
        ("text time.csv", table("Date,Time,accX,accY,accZ", [["01/05/2024"] * N, [f"10:00:{t:06.3f}" for t in T], x, y, z])),
        ("polar.txt", table("Phone timestamp;sensor timestamp [ns];X [mg];Y [mg];Z [mg]",
                            [[f"2025-05-28T18:06:{t:06.3f}" for t in T], 536_603_551_572_726_272 + np.arange(N) * 20_000_000,
                             *[np.round(c * 1000).astype(int) for c in columns_of(ACC)]], delimiter=";")),
        ("wisdm.txt", table(None, [["33"] * N, ["Jogging"] * N, NS - 10**18, x, y, z], end=";\n")),
        ("gps.csv", table("Time (s),Latitude (°),Longitude (°),Speed (m/s)", [T, T, T, T])),
    ]  # fmt: skip


def check(result: Recording) -> None:
    """What every recording promises."""
    assert (np.diff(result.time_s) > 0).all() and result.time_s[0] == 0
    assert np.isfinite(result.samples.to_numpy()).all()
    assert np.isfinite(result.sampling_rate_hz) and 0 < result.true_rate_hz <= result.sampling_rate_hz * 1.001
    assert all(0 <= cut <= result.duration_s for cut in result.cuts_s)


def attempt(content: bytes, name: str, **options: object) -> Recording | None:
    """Read, and accept only a valid recording or an error of ours with one sentence."""
    try:
        result = read_recording(named(content, name), **options)  # type: ignore[arg-type]
    except GaitError as error:
        sentence = str(error)
    else:
        check(result)
        return result
    assert sentence.endswith(".") and "\n" not in sentence
    return None


@pytest.mark.parametrize("place", range(13))
def test_the_originals_are_read(place: int) -> None:
    name, content = originals()[place]
    result = attempt(content, name)
    assert (result is None) == (name == "gps.csv")
    if result is not None:
        assert result.n_samples == N and result.sampling_rate_hz == pytest.approx(RATE_HZ, rel=1e-3)
        assert result.gravity == ("removed" if name == "Accelerometer.csv" else "included")
        if result.gravity == "included" and name not in {"TotalAcceleration.csv"}:
            np.testing.assert_allclose(result.acc_ms2, ACC * G, atol=0.01)


def truncate(content: bytes, draw: Callable[..., int]) -> bytes:
    return content[: draw(st.integers(0, len(content)))]


def behead(content: bytes, draw: Callable[..., int]) -> bytes:
    return content[draw(st.integers(0, len(content))) :]


def swap_delimiter(content: bytes, draw: Callable[..., bytes]) -> bytes:
    marks = st.sampled_from([b",", b";", b"\t", b" ", b"|", b".", b"\n", b"\r\n", b'"'])
    return content.replace(draw(marks), draw(marks))


def shuffle_columns(content: bytes, draw: Callable[..., list[int]]) -> bytes:
    mark = b";" if b";" in content[:200] else b","
    rows = [line.split(mark) for line in content.split(b"\n")]
    width = max(map(len, rows))
    order = draw(st.permutations(range(width)))
    return b"\n".join(mark.join(row[i] for i in order if i < len(row)) for row in rows)


def damage_cells(content: bytes, draw: Callable[..., object]) -> bytes:
    junk = st.sampled_from([b"", b"x", b"NaN", b"-", b"1e999", b"1e400,", b"\xff", b"\x00", b"9" * 25, b"\xe2\x88\x92", b'"',
                            b"\n", b",,", b"0", b"2024-01-01 00:00:00"])  # fmt: skip
    for _ in range(draw(st.integers(1, 6))):  # type: ignore[call-overload]
        place = draw(st.integers(0, max(len(content) - 1, 0)))
        length = draw(st.integers(0, 12))
        content = content[:place] + draw(junk) + content[place + length :]  # type: ignore[operator]
    return content


def repeat_header(content: bytes, draw: Callable[..., int]) -> bytes:
    lines = content.split(b"\n")
    for _ in range(draw(st.integers(1, 3))):
        lines.insert(draw(st.integers(0, len(lines))), lines[0])
    return b"\n".join(lines)


def join_another(content: bytes, draw: Callable[..., int]) -> bytes:
    return content + originals()[draw(st.integers(0, len(originals()) - 1))][1]


def repeat_rows(content: bytes, draw: Callable[..., int]) -> bytes:
    lines = content.split(b"\n")
    a, b = sorted((draw(st.integers(0, len(lines))), draw(st.integers(0, len(lines)))))
    return b"\n".join(lines[:b] + lines[a:])


def drop_rows(content: bytes, draw: Callable[..., int]) -> bytes:
    lines = content.split(b"\n")
    a, b = sorted((draw(st.integers(0, len(lines))), draw(st.integers(0, len(lines)))))
    return b"\n".join(lines[:a] + lines[b:])


def reverse_rows(content: bytes, draw: Callable[..., int]) -> bytes:
    lines = content.rstrip(b"\n").split(b"\n")
    a, b = sorted((draw(st.integers(1, len(lines))), draw(st.integers(1, len(lines)))))
    return b"\n".join(lines[:a] + lines[a:b][::-1] + lines[b:])


def recode(content: bytes, draw: Callable[..., str]) -> bytes:
    return content.decode("utf-8", errors="replace").encode(
        draw(st.sampled_from(["utf-16", "utf-8-sig", "cp1252"])), errors="replace"
    )


MUTATIONS = [truncate, behead, swap_delimiter, shuffle_columns, damage_cells, repeat_header, join_another, repeat_rows,
             drop_rows, reverse_rows, recode]  # fmt: skip


places = st.integers(0, 12)


@many
@given(data=st.data())
def test_mutated_files(data: st.DataObject) -> None:
    name, content = originals()[data.draw(places)]
    for mutate in data.draw(st.lists(st.sampled_from(MUTATIONS), min_size=1, max_size=3)):
        content = mutate(content, data.draw)
    attempt(content, data.draw(st.sampled_from([name, "data.csv", "Gyroscope.csv"])))


@few
@given(place=st.sampled_from([0, 1, 2, 3, 4, 7, 8, 10]), data=st.data())
def test_shuffled_columns_change_nothing(place: int, data: st.DataObject) -> None:
    name, content = originals()[place]
    reference = read_recording(named(content, name))
    shuffled = attempt(shuffle_columns(content, data.draw), name)
    if shuffled is not None:
        np.testing.assert_allclose(shuffled.acc_ms2, reference.acc_ms2, atol=1e-9)
        np.testing.assert_allclose(shuffled.time_s, reference.time_s, atol=1e-6)
        assert (shuffled.gravity, shuffled.acceleration_unit) == (reference.gravity, reference.acceleration_unit)


@few
@given(place=st.integers(0, 11), data=st.data())
def test_lost_rows_change_no_other_row(place: int, data: st.DataObject) -> None:
    name, content = originals()[place]
    reference = read_recording(named(content, name))
    lines = content.split(b"\n")
    kept = [line for i, line in enumerate(lines) if i < 14 or data.draw(st.integers(0, 30), label="luck") or i > 120]
    shorter = attempt(b"\n".join(kept), name)
    if shorter is not None and shorter.n_samples < reference.n_samples:
        known = {tuple(row) for row in np.round(reference.acc_ms2, 6)}
        assert all(tuple(row) in known for row in np.round(shorter.acc_ms2, 6))


@few
@given(content=st.binary(max_size=3000))
def test_any_bytes(content: bytes) -> None:
    attempt(content, "data.csv")


@few
@given(content=st.text(alphabet='0123456789.,;\t \n-+eE"abcxyz(){}[]<#%', max_size=600))
def test_any_text_of_numbers(content: str) -> None:
    attempt(content.encode(), "data.csv")


@few
@given(data=st.data())
def test_mutated_containers(data: st.DataObject) -> None:
    chosen = [originals()[place] for place in data.draw(st.lists(places, min_size=1, max_size=4, unique=True))]
    content = zipped(dict(chosen)) if data.draw(st.booleans()) else gzipped(chosen[0][1])
    for mutate in data.draw(st.lists(st.sampled_from([truncate, damage_cells]), max_size=2)):
        content = mutate(content, data.draw)
    attempt(content, "export.zip")


@few
@given(data=st.data())
def test_options_in_any_combination(data: st.DataObject) -> None:
    name, content = originals()[data.draw(places)]
    numbers = st.one_of(
        st.none(), st.floats(allow_nan=True, allow_infinity=True), st.sampled_from([50.0, 1000.0, 16384.0])
    )
    columns = st.one_of(
        st.none(), st.lists(st.integers(-1, 12), min_size=1, max_size=4), st.sampled_from(["2,3,4", "x,y,z", "a,b"])
    )
    options = {
        "rate_hz": data.draw(numbers),
        "unit": data.draw(st.sampled_from([None, "g", "m/s^2", "mg", "ft"])),
        "scale": data.draw(numbers),
        "time_column": data.draw(st.sampled_from([None, 1, "1", "time", "time_s", "99"])),
        "acc_columns": data.draw(columns),
    }
    attempt(content, name, **options)
