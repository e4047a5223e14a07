# ruff: noqa: E501 - lines of files stand here as the apps write them
"""Time columns: which one, which unit, and everything that goes wrong with them."""

import datetime

import numpy as np
import pytest

from gait.errors import ClockError, UsageError
from gait.io.clock import settle_unit
from gait.io.reader import read_recording
from gait.recording import Recording
from tests.io_files import G, columns_of, named, running_g, seconds, table

ACC = running_g()
N = len(ACC)
T = seconds(N)
I = np.arange(N)  # noqa: E741
XYZ = columns_of(ACC)


def read(header: str | None, columns: list[object], name: str = "run.csv", **options: object) -> Recording:
    return read_recording(named(table(header, columns, fmt="%.6f"), name), **options)  # type: ignore[arg-type]


def codes(recording: Recording) -> set[str]:
    return {flag.code for flag in recording.flags}


ACC_NAMES = "acc_x_g,acc_y_g,acc_z_g"


@pytest.mark.parametrize(
    ("name", "stamps"),
    [
        ("time_s", T), ("time_s", T - 0.00009), ("t [s]", T + 5), ("Time (s)", T), ("seconds_elapsed", T - 3),
        ("elapsed (s)", T), ("Zeit (s)", T), ("tiempo (s)", T),
        ("timestamp_ms", 4_321_987 + I * 10), ("Time (ms)", I * 10), ("Milliseconds", 3 + I * 10), ("elapsed_ms", I * 10),
        ("unix_timestamp_microsec", 1_600_000_000_000_000 + I * 10_000), ("time (us)", I * 10_000),
        ("timestamp_ns", 1_763_881_234_567_890_123 + I * 10_000_000), ("sensor timestamp [ns]", I * 10_000_000),
        ("timestamp", 1_600_000_000 + T), ("timestamp", 1_600_000_000_000 + I * 10), ("time", 1_600_000_000_000_000 + I * 10_000),
        ("time", 1_600_000_000_000_000_000 + I * 10_000_000), ("time", T), ("t", I * 10), ("ts", 77 + I * 10_000),
        ("Timestamp", I * 10_000_000), ("epoc (ms)", 1_600_000_000_000 + I * 10),
    ],
)  # fmt: skip
def test_unit_from_name_or_size(name: str, stamps: np.ndarray) -> None:
    recording = read(f"{name},{ACC_NAMES}", [stamps, *XYZ])
    assert recording.sampling_rate_hz == pytest.approx(100, rel=1e-3)
    np.testing.assert_allclose(recording.time_s, T, atol=2e-6)
    assert not recording.flags


START = datetime.datetime(2024, 5, 17, 23, 59, 50)
CLOCKS = [START + datetime.timedelta(milliseconds=10 * int(i)) for i in I]


@pytest.mark.parametrize(
    "layout",
    [
        "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M:%S:%f", "%Y-%m-%dT%H.%M.%S.%f", "%H:%M:%S.%f",
        "%m/%d/%Y %I:%M:%S.%f %p", "%d/%m/%Y %H:%M:%S.%f", "%d.%m.%Y %H:%M:%S.%f", "%d-%b-%Y %H:%M:%S.%f",
        "%Y-%m-%dT%H:%M:%S.%f+02:00", "%Y-%m-%dT%H:%M:%S.%fZ", "%Y/%m/%d %H:%M:%S.%f",
    ],
)  # fmt: skip
def test_times_as_text(layout: str) -> None:
    recording = read(f"Timestamp,{ACC_NAMES}", [[c.strftime(layout) for c in CLOCKS], *XYZ])
    np.testing.assert_allclose(recording.time_s, T, atol=1e-6)
    if "%Y-" in layout and "02:00" not in layout:
        assert recording.start_date == "2024-05-17"


def test_date_and_time_in_two_columns() -> None:
    columns = [[f"{c:%Y-%m-%d}" for c in CLOCKS], [f"{c:%H:%M:%S.%f}" for c in CLOCKS], *XYZ]
    np.testing.assert_allclose(read(f"Date,Time,{ACC_NAMES}", columns).time_s, T, atol=1e-6)


def test_the_finer_of_two_clocks_is_taken() -> None:
    text = [f"{c:%Y-%m-%d %H:%M:%S}" for c in CLOCKS]
    np.testing.assert_allclose(read(f"Timestamp,Milliseconds,{ACC_NAMES}", [text, I * 10, *XYZ]).time_s, T, atol=1e-6)
    np.testing.assert_allclose(read(f"Timestamp,time (s),{ACC_NAMES}", [np.floor(T), T, *XYZ]).time_s, T, atol=1e-6)
    jitter = np.random.default_rng(3).normal(0, 0.003, N)
    np.testing.assert_allclose(read(f"arrival_s,time_s,{ACC_NAMES}", [T, T, *XYZ]).time_s, T, atol=1e-6)
    np.testing.assert_allclose(read(f"logging time (s),time_s,{ACC_NAMES}", [T + jitter, T, *XYZ]).time_s, T, atol=1e-6)


@pytest.mark.parametrize(
    "name", ["index", "sample", "SampleID", "count", "PacketCounter", "", "time", "frame", "Timestamp"]
)
def test_row_numbers_are_no_clock(name: str) -> None:
    with pytest.raises(ClockError, match="--rate"):
        read(f"{name},{ACC_NAMES}", [I, *XYZ])
    recording = read(f"{name},{ACC_NAMES}", [I, *XYZ], rate_hz=80.0)
    assert recording.sampling_rate_hz == pytest.approx(80)
    assert any("80 samples per second" in sentence for sentence in recording.assumptions)


def test_rate_is_for_files_without_a_clock() -> None:
    with pytest.raises(UsageError, match="Leave --rate out"):
        read(f"time_s,{ACC_NAMES}", [T, *XYZ], rate_hz=50.0)
    assert read(f"time_s,{ACC_NAMES}", [T, *XYZ], rate_hz=100.0).sampling_rate_hz == pytest.approx(100)
    with pytest.raises(UsageError):
        read(f"time_s,{ACC_NAMES}", [T, *XYZ], rate_hz=100.0, time_column="time_s")


def test_time_column_by_name_and_number() -> None:
    for wanted in ("other", "5", 5):
        recording = read(f"time_s,{ACC_NAMES},other", [T, *XYZ, T * 2], time_column=wanted)
        assert recording.sampling_rate_hz == pytest.approx(50)
    with pytest.raises(UsageError, match="no column"):
        read(f"time_s,{ACC_NAMES}", [T, *XYZ], time_column="clock")


def test_name_against_numbers() -> None:
    with pytest.raises(ClockError, match="said to be in s,"):
        read(f"Time (s),{ACC_NAMES}", [I * 10, *XYZ])
    with pytest.raises(ClockError, match="said to be in ms,"):
        read(f"time_ms,{ACC_NAMES}", [1_600_000_000_000_000_000 + I * 10_000_000, *XYZ])


def test_two_hertz_in_milliseconds_is_not_2000_hertz_in_microseconds() -> None:
    with pytest.raises(ClockError):
        read(f"timestamp,{ACC_NAMES}", [I * 500, *XYZ])
    assert settle_unit(0, 500, 500, "") is None
    assert settle_unit(0, 500, 500, "ms") == ("ms", "")


def test_all_stamps_equal() -> None:
    with pytest.raises(ClockError, match="spreadsheet"):
        read(f"timestamp,{ACC_NAMES}", [np.full(N, 1.43032e12), *XYZ])
    assert read(f"timestamp,{ACC_NAMES}", [np.full(N, 1.43032e12), *XYZ], rate_hz=100.0).duration_s > 19


def test_three_digits_left_by_a_spreadsheet() -> None:
    stamps = [f"{t:.2E}" for t in T]
    recording = read(f"Time (s),{ACC_NAMES}", [stamps, *XYZ])
    assert "clock_rebuilt" in codes(recording)
    assert recording.sampling_rate_hz == pytest.approx(100, rel=0.003) and recording.n_samples == N
    assert np.abs(recording.time_s - T).max() < 0.06


def test_three_digits_of_an_uneven_clock_are_refused() -> None:
    stamps = [f"{t:.2E}" for t in np.cumsum(np.where(I % 600 < 300, 0.004, 0.016)) + 20]
    with pytest.raises(ClockError, match="coarse"):
        read(f"Time (s),{ACC_NAMES}", [stamps, *XYZ])


def test_three_digits_with_a_hole_keep_the_hole() -> None:
    keep = (T < 5) | (T > 9)
    stamps = [f"{t:.2E}" for t in T[keep]]
    recording = read(f"Time (s),{ACC_NAMES}", [stamps, *columns_of(ACC[keep])])
    assert {"clock_rebuilt", "gaps"} <= codes(recording)
    assert np.abs(recording.time_s - T[keep]).max() < 0.06


def test_whole_seconds_are_counted_out() -> None:
    recording = read(f"Timestamp,{ACC_NAMES}", [1_600_000_000 + np.floor(T + 0.35).astype(int), *XYZ])
    assert "clock_rebuilt" in codes(recording)
    assert recording.sampling_rate_hz == pytest.approx(100, rel=0.003)


def test_whole_milliseconds_keep_their_rate() -> None:
    t = seconds(N, 60.0)
    recording = read(f"timestamp_ms,{ACC_NAMES}", [np.floor(t * 1000).astype(int), *XYZ])
    assert recording.sampling_rate_hz == pytest.approx(60, rel=1e-3) and not recording.flags


def test_few_repeated_stamps_are_dropped_and_more_are_spread() -> None:
    stamps = T.copy()
    stamps[[50, 400, 900]] = stamps[[49, 399, 899]]
    recording = read(f"time_s,{ACC_NAMES}", [stamps, *XYZ])
    assert "duplicates" in codes(recording) and recording.n_samples == N - 3
    rng = np.random.default_rng(2)
    uneven = np.sort(np.cumsum(rng.choice([0.004, 0.009, 0.017], N)))
    many = uneven.copy()
    many[10::20] = many[9::20]
    recording = read(f"time_s,{ACC_NAMES}", [many, *XYZ])
    assert "duplicates" in codes(recording) and recording.n_samples == N
    assert np.abs(recording.time_s - (many - many[0])).max() < 0.02


def test_rows_that_are_copies_are_dropped() -> None:
    twice = np.repeat(I, 2)
    recording = read(f"time_s,{ACC_NAMES}", [T[twice], *columns_of(ACC[twice])])
    assert recording.n_samples == N and "duplicates" in codes(recording)


def test_packets_with_one_arrival_time_each() -> None:
    arrival = (I // 20) * 0.2 + 0.2 + (I % 20) * 0.0002
    recording = read(f"time_s,{ACC_NAMES}", [arrival, *XYZ])
    assert "clock_rebuilt" in codes(recording)
    assert recording.sampling_rate_hz == pytest.approx(100, rel=0.005)


def test_neighbours_that_changed_places() -> None:
    order = I.copy()
    order[[500, 501]] = [501, 500]
    recording = read(f"time_s,{ACC_NAMES}", [T[order], *columns_of(ACC[order])])
    np.testing.assert_allclose(recording.acc_ms2, ACC * G, atol=1e-4)
    assert "backward_time" in codes(recording)


def test_blocks_in_the_wrong_order() -> None:
    order = np.r_[I[N // 2 :], I[: N // 2]]
    recording = read(f"time_s,{ACC_NAMES}", [T[order], *columns_of(ACC[order])])
    np.testing.assert_allclose(recording.acc_ms2, ACC * G, atol=1e-4)
    assert "backward_time" in codes(recording) and not recording.cuts_s


def test_time_that_runs_backward_everywhere() -> None:
    with pytest.raises(ClockError, match="backward"):
        read(f"time_s,{ACC_NAMES}", [T[::-1], *XYZ])
    order = np.random.default_rng(1).permutation(N)
    with pytest.raises(ClockError, match="backward"):
        read(f"time_s,{ACC_NAMES}", [T[order], *XYZ])


def test_glued_takes() -> None:
    stamps = np.r_[T[:1200], T[:800]]
    recording = read(f"time_s,{ACC_NAMES}", [stamps, *XYZ])
    assert "joined_takes" in codes(recording) and recording.cuts_s == (pytest.approx(12.0),)
    assert recording.n_samples == N
    forward = np.r_[T[:1200], T[1200:] + 5977]
    recording = read(f"time_s,{ACC_NAMES}", [forward, *XYZ])
    assert "gaps" in codes(recording) and recording.duration_s == pytest.approx(5977 + T[-1])


def test_a_gap_stays_a_gap() -> None:
    keep = (T < 4) | (T > 16)
    recording = read(f"time_s,{ACC_NAMES}", [T[keep], *columns_of(ACC[keep])])
    np.testing.assert_allclose(recording.time_s, T[keep], atol=1e-6)
    (flag,) = [flag for flag in recording.flags if flag.code == "gaps"]
    assert "12" in flag.message


def test_lost_packets() -> None:
    keep = np.random.default_rng(4).random(N) > 0.45
    recording = read(f"time_s,{ACC_NAMES}", [T[keep], *columns_of(ACC[keep])])
    assert recording.sampling_rate_hz == pytest.approx(100, rel=0.01)
    assert recording.n_samples == keep.sum()


def test_stamps_of_zero_are_missing_stamps() -> None:
    stamps = 49_105_962_326_000 + I * 10_000_000
    stamps[[5, 700, 701]] = 0
    recording = read(f"timestamp_ns,{ACC_NAMES}", [stamps, *XYZ])
    assert recording.n_samples == N - 3 and recording.sampling_rate_hz == pytest.approx(100)


def test_counter_that_overflows() -> None:
    stamps = (2**32 - 5_000_000 + I * 10_000) % 2**32
    recording = read(f"PacketCounter,SampleTimeFine,{ACC_NAMES}", [I, stamps, *XYZ])
    np.testing.assert_allclose(recording.time_s, T, atol=1e-6)


def test_held_values_lower_the_true_rate() -> None:
    held = ACC[I // 5 * 5]
    recording = read(f"time_s,{ACC_NAMES}", [T, *columns_of(held)])
    assert recording.sampling_rate_hz == pytest.approx(100) and recording.true_rate_hz == pytest.approx(20, rel=0.02)
    assert "repeated_samples" in codes(recording)
    slow = ACC[I // 33 * 33]
    with pytest.raises(ClockError, match="too slowly"):
        read(f"time_s,{ACC_NAMES}", [T, *columns_of(slow)])


def test_a_device_at_rest_is_not_slow() -> None:
    rest = np.round(np.random.default_rng(1).normal(0, 0.0006, (N, 3)) + [0, 0, 1], 2)
    rest[700:] += [0.01, 0.0, 0.0]
    recording = read(f"time_s,{ACC_NAMES}", [T, *columns_of(rest)])
    assert recording.true_rate_hz == pytest.approx(100) and not codes(recording)


@pytest.mark.parametrize(
    ("rate", "code"), [(5.0, "low_rate"), (12.5, "low_rate"), (16.7, "low_rate"), (25.0, ""), (2000.0, "")]
)
def test_the_ladder_of_rates(rate: float, code: str) -> None:
    acc = running_g(20.0 if rate < 1000 else 3.0, rate)
    recording = read(f"time_s,{ACC_NAMES}", [seconds(len(acc), rate), *columns_of(acc)])
    assert recording.sampling_rate_hz == pytest.approx(rate, rel=1e-3)
    assert codes(recording) == ({code} if code else set())


@pytest.mark.parametrize("rate", [0.5, 1.0, 2.0, 3.9])
def test_rates_that_are_refused(rate: float) -> None:
    with pytest.raises(ClockError):
        read(f"time_s,{ACC_NAMES}", [seconds(N, rate), *XYZ])


def test_a_rate_that_no_sensor_has() -> None:
    acc = running_g(3.0, 8000.0)
    with pytest.raises(ClockError, match="no such sensor"):
        read(f"time_s,{ACC_NAMES}", [seconds(len(acc), 8000.0), *columns_of(acc)])


def test_jitter_is_told() -> None:
    stamps = T + np.random.default_rng(7).uniform(-0.003, 0.003, N)
    recording = read(f"time_s,{ACC_NAMES}", [stamps, *XYZ])
    assert codes(recording) == {"jitter"} and recording.sampling_rate_hz == pytest.approx(100, rel=0.02)


def test_too_short() -> None:
    from gait.errors import RecordingError

    with pytest.raises(RecordingError, match="too short"):
        read(f"time_s,{ACC_NAMES}", [T[:150], *columns_of(ACC[:150])])
