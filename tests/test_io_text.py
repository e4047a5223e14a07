# ruff: noqa: E501 - lines of files stand here as the apps write them
"""Text files however they are written: encodings, delimiters, decimals, preambles, headers, broken lines."""

import numpy as np
import pytest

from gait.errors import GaitError, RecordingError, WrongKindError
from gait.io.reader import read_recording
from gait.io.text import sniff, to_utf8
from gait.recording import Recording
from tests.io_files import G, columns_of, named, running_g, seconds, table

ACC = running_g()
N = len(ACC)
HEADER = "time_s,acc_x_g,acc_y_g,acc_z_g"
PLAIN = table(HEADER, [seconds(N), *columns_of(ACC)])


def read(content: bytes, name: str = "run.csv", **options: object) -> Recording:
    return read_recording(named(content, name), **options)  # type: ignore[arg-type]


def same(recording: Recording, acc_g: np.ndarray = ACC, atol: float = 1e-4) -> None:
    """The recording holds these numbers."""
    assert recording.n_samples == len(acc_g)
    np.testing.assert_allclose(recording.acc_ms2, acc_g * G, atol=atol)


def codes(recording: Recording) -> set[str]:
    return {flag.code for flag in recording.flags}


def test_plain_file() -> None:
    recording = read(PLAIN)
    same(recording)
    assert recording.flags == ()
    assert recording.sampling_rate_hz == pytest.approx(100)
    assert recording.acceleration_unit == "g" and recording.gravity == "included"
    assert recording.source == "run.csv" and len(recording.sha256) == 64


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + PLAIN,
        PLAIN.decode().encode("utf-16"),
        PLAIN.decode().encode("utf-16-le"),
        PLAIN.replace(b"\n", b"\r\n"),
        PLAIN.replace(b"\n", b"\r"),
        PLAIN.rstrip(b"\n"),
        PLAIN + b"\n",
        b"\n" + PLAIN,
        b"sep=,\n" + PLAIN,
        b'"sep=,"\n' + PLAIN,
        PLAIN.replace(b"\n", b"\n\n", 3),
        PLAIN.replace(b",", b", "),
        PLAIN.replace(b",", b";"),
        PLAIN.replace(b",", b"\t"),
        PLAIN.replace(b",", b"  "),
        PLAIN.replace(b",", b"|"),
        PLAIN.replace(b"\n", b",\n"),
        PLAIN.replace(b"\n", b",\n").replace(b"acc_z_g,", b"acc_z_g"),
        PLAIN.replace(b"acc_z_g\n", b"acc_z_g,\n"),
        PLAIN.replace(b".", b",").replace(b",acc", b"\tacc"),
        b"# made by a logger\n# second line\n" + PLAIN,
        b"# " + PLAIN,
        b"key,value\n" * 10 + PLAIN,
        b"Device,9,x\n" + b"\n" * 3 + b"name,value\n" * 100 + PLAIN,
        PLAIN.replace(b"\n0.5", b"\n\x000.5"),
        PLAIN.replace(b"acc_z_g\n", b"acc_z_g\ns,g,g,g\n"),
    ],
    ids=[
        "bom", "utf16", "utf16-without-bom", "crlf", "cr", "no-final-end", "two-final-ends", "blank-first-line", "sep-line",
        "quoted-sep-line", "blank-lines", "blank-after-comma", "semicolon", "tab", "blanks", "bar", "trailing-everywhere",
        "trailing-on-rows-only", "trailing-on-header-only", "tab-and-decimal-comma", "comments", "commented-header",
        "preamble", "long-preamble", "nul-byte", "units-row",
    ],
)  # fmt: skip
def test_written_differently_read_the_same(content: bytes) -> None:
    if content.startswith(b"time_s\tacc") and b"," in content:
        content = table(HEADER.replace(",", "\t"), [seconds(N), *columns_of(ACC)], delimiter="\t", decimal=",")
    same(read(content))


def test_decimal_comma_with_semicolon_and_true_minus() -> None:
    content = table(HEADER.replace(",", ";"), [seconds(N), *columns_of(ACC)], delimiter=";", decimal=",").decode()
    content = content.replace("-", "\u2212").replace("\n0,05000;0", "\n0,05000;\u2212\u221e0", 1)
    recording = read(content.encode())
    np.testing.assert_allclose(recording.acc_ms2[:5], ACC[:5] * G, atol=1e-4)
    assert recording.n_samples == N - 1 and "missing_values" in codes(recording)


def test_windows_1252() -> None:
    content = table("t [s];a_x [m/s²];a_y [m/s²];a_z [m/s²];w_x [°/s];w_y [°/s];w_z [°/s]",
                    [seconds(N), *columns_of(ACC * G), *columns_of(ACC * 100)], delimiter=";")  # fmt: skip
    recording = read(content.decode().encode("cp1252"))
    same(recording)
    assert recording.acceleration_unit == "m/s^2"
    np.testing.assert_allclose(recording.gyr_rads, np.deg2rad(ACC * 100), atol=1e-3)


def test_quoted_numbers_and_header() -> None:
    lines = PLAIN.decode().splitlines()
    same(read("\n".join('"' + line.replace(",", '","') + '"' for line in lines).encode()))


def test_without_header_the_first_sample_is_kept() -> None:
    content = table(None, [1_551_178_506 + seconds(N), *columns_of(ACC)], fmt="%.4f")
    recording = read(content)
    same(recording, atol=1e-3)
    assert recording.format == "Axivity" and recording.start_date == "2019-02-26"


def test_column_numbers_as_header_are_no_sample() -> None:
    same(read(table("0,1,2,3", [seconds(N), *columns_of(ACC)])))
    same(read(table(",0,1,2,3", [np.arange(N), seconds(N), *columns_of(ACC)])))


def test_row_numbers_without_a_name() -> None:
    same(read(table("time_s,acc_x_g,acc_y_g,acc_z_g", [np.arange(1, N + 1), seconds(N), *columns_of(ACC)])))
    same(read(table(",time_s,acc_x_g,acc_y_g,acc_z_g", [np.arange(N), seconds(N), *columns_of(ACC)])))


def test_header_with_too_few_names() -> None:
    with pytest.raises(RecordingError, match="4 names but the rows have 5 values"):
        read(table(HEADER, [seconds(N), *columns_of(ACC), ACC[:, 0]]))


def test_columns_are_found_by_name_not_by_place() -> None:
    x, y, z = columns_of(ACC)
    same(read(table("acc_z_g,label,time_s,acc_y_g,acc_x_g", [z, ["run"] * N, seconds(N), y, x])))


def test_last_line_breaks_off() -> None:
    recording = read(PLAIN[: PLAIN.rfind(b"\n", 0, -1) + 12])
    same(recording, ACC[:-1])
    assert "truncated" in codes(recording)


def test_broken_cells_and_lines_are_left_out() -> None:
    lines = PLAIN.split(b"\n")
    lines[3] = b"0.02,1,2,3,4,5"
    lines[100] = b"0.99,what,1,0"
    lines[200] = b"1.99,0.1,1,0,7,7"
    lines[300] = b"2.99,0.1"
    lines[400] = b"3.99,,,"
    lines[500] = b"4.99,inf,1,0"
    recording = read(b"\n".join(lines))
    assert recording.n_samples == N - 6
    assert "missing_values" in codes(recording)


def test_long_stamps_keep_their_digits_beside_a_broken_cell() -> None:
    stamps = 1_763_881_234_567_890_123 + np.arange(N) * 5_000_000
    content = table("timestamp_ns,acc_x_g,acc_y_g,acc_z_g", [stamps, *columns_of(ACC)])
    recording = read(content.replace(b"\n1763881234572890123,", b"\n17638812345728x0123,", 1))
    assert recording.n_samples == N - 1
    np.testing.assert_allclose(np.diff(recording.time_s)[1:], 0.005, atol=1e-6)


def test_header_inside_and_joined_files() -> None:
    recording = read(PLAIN + PLAIN)
    assert recording.n_samples == N and {"header_inside", "duplicates"} <= codes(recording)
    other = table(HEADER, [seconds(N), *columns_of(running_g(seed=2))])
    recording = read(PLAIN + other)
    assert recording.n_samples == 2 * N and "joined_takes" in codes(recording) and len(recording.cuts_s) == 1
    assert recording.cuts_s[0] == pytest.approx(20.0)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (HEADER.encode() + b"\n", "a header and no samples"),
        (HEADER.encode(), "a header and no samples"),
        (PLAIN[:200], "too short"),
        (b"lorem ipsum\ndolor sit\n", "no table of numbers"),
        (bytes(range(256)) * 20, "binary file"),
        (b"\x00" * 4000, "is empty"),
    ],
)
def test_nothing_to_read(content: bytes, sentence: str) -> None:
    with pytest.raises(RecordingError, match=sentence) as caught:
        read(content)
    assert str(caught.value).startswith("run.csv: ")


def test_sniffing_looks_at_the_beginning_only() -> None:
    content = to_utf8(PLAIN * 30)
    layout = sniff(content)
    assert (layout.delimiter, layout.decimal, layout.n_fields, layout.first_row) == (",", ".", 4, 1)
    assert layout.names == tuple(HEADER.split(","))


def test_duplicate_names_need_a_choice() -> None:
    x, y, z = columns_of(ACC)
    content = table("time_s,acc_x,acc_y,acc_z,acc_x,acc_y,acc_z", [seconds(N), x, y, z, x, y, z])
    with pytest.raises(RecordingError, match="several columns named"):
        read(content)
    same(read(content, acc_columns="5,6,7"))


def test_file_object_without_a_name_and_text_suffixes() -> None:
    import io

    assert read_recording(io.BytesIO(PLAIN)).source == "recording"
    for name in ("a.txt", "a.tsv", "a", "a.dat"):
        same(read(PLAIN, name))


def test_wrong_kind_is_an_error_of_ours() -> None:
    assert issubclass(WrongKindError, RecordingError) and issubclass(RecordingError, GaitError)
