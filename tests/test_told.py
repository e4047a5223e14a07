"""What was typed becomes tidy values, or one sentence on what is wrong."""

from pathlib import Path

import pytest

from gait.errors import UsageError
from gait.told import parse_calibrate, parse_columns, parse_speed, read_labels


@pytest.mark.parametrize(
    ("text", "value"),
    [(None, None), ("first-run", "first-run"), ("12-40", (12.0, 40.0)), ("0-7.5", (0.0, 7.5)), (" 1-2 ", (1.0, 2.0))],
)
def test_calibrate_is_read(text, value) -> None:
    assert parse_calibrate(text) == value


@pytest.mark.parametrize("text", ["", "first", "40-12", "12-12", "12", "-3-5", "12-40-60", "a-b", "nan-inf", "12,5-40"])
def test_calibrate_is_refused(text) -> None:
    with pytest.raises(UsageError, match="--calibrate"):
        parse_calibrate(text)


@pytest.mark.parametrize(
    ("text", "value"), [(None, None), ("ax,ay,az", ("ax", "ay", "az")), ("2, 3, 4", ("2", "3", "4"))]
)
def test_columns_are_read(text, value) -> None:
    assert parse_columns(text) == value


@pytest.mark.parametrize("text", ["", "a", "a,b", "a,b,c,d", "a,,c", "a,a,b"])
def test_columns_are_refused(text) -> None:
    with pytest.raises(UsageError, match="three columns"):
        parse_columns(text)


@pytest.mark.parametrize(
    "text",
    [
        "start_s,end_s,direction\n50,70.5,backward\n12,40,Forward\n",
        "\ufeffdirection;end_s;note;start_s\nBACKWARD;70,5;x;50\n\nforward;40;;12\n",
        "start_s\tend_s\tdirection\r\n12\t40\tforward\r\n50\t70,5\tbackward\r\n",
    ],
)
def test_labels_are_read_however_a_spreadsheet_writes_them(tmp_path: Path, text: str) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(text, encoding="utf-8")
    table = read_labels(path)
    assert table.to_dict("list") == {
        "start_s": [12.0, 50.0], "end_s": [40.0, 70.5], "direction": ["forward", "backward"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "no labels"),
        ("start_s,end_s,direction\n", "no labels"),
        ("start_s,direction\n1,forward\n", "no column end_s"),
        ("start_s,end_s,direction\n1,2\n", "line 2"),
        ("start_s,end_s,direction\n\n1,x,forward\n", "line 3"),
        ("start_s,end_s,direction\n1,2,sideways\n", "sideways"),
        ("start_s,end_s,direction\n2,1,forward\n", "line 2"),
        ("start_s,end_s,direction\n-2,1,forward\n", "line 2"),
        ("start_s,end_s,direction\n1,nan,forward\n", "line 2"),
        ("start_s,end_s,direction\n1,inf,forward\n", "line 2"),
        ("start_s,end_s,direction\n1,5,forward\n4,8,backward\n", "overlap"),
    ],
)
def test_labels_are_refused_with_the_place(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=complaint):
        read_labels(path)


def test_labels_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00\x80")
    for name in ("absent.csv", "binary.csv", "."):
        with pytest.raises(UsageError, match="cannot be read"):
            read_labels(tmp_path / name)


@pytest.mark.parametrize(("text", "value"), [(None, None), ("2.8", 2.8), ("2,8", 2.8)])
def test_a_speed_is_read(text, value) -> None:
    assert parse_speed(text) == value


@pytest.mark.parametrize("text", ["0", "-2", "28", "nan", "inf"])
def test_a_speed_that_nobody_runs_is_refused(text) -> None:
    with pytest.raises(UsageError, match="not a running speed"):
        parse_speed(text)


def test_lap_lengths_become_speeds(tmp_path: Path) -> None:
    path = tmp_path / "laps.csv"
    path.write_text("start_s;end_s;distance_m\n100,5;200,5;300\n0;100;250\n")
    assert parse_speed(str(path)).to_dict("list") == {
        "start_s": [0.0, 100.5], "end_s": [100.0, 200.5], "speed_ms": [2.5, 3.0],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("start_s,end_s\n1,2\n", "no column speed_ms or distance_m"),
        ("start_s,end_s,speed_ms\n", "no speeds"),
        ("start_s,end_s,speed_ms\n1,2,fast\n", "line 2: .* are not numbers"),
        ("start_s,end_s,speed_ms\n1,2\n", "line 2: .* are not numbers"),
        ("start_s,end_s,speed_ms\n1,2,10\n5,4,2\n", "line 3: the span"),
        ("start_s,end_s,distance_m\n0,10,400\n", "40 m/s is not a running speed"),
    ],
)
def test_speeds_are_refused_in_a_sentence(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "laps.csv"
    path.write_text(text)
    with pytest.raises(UsageError, match=complaint):
        parse_speed(str(path))
