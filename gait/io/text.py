"""Bytes -> encoding, delimiter, decimal sign, preamble, header and units row, decided on the first 64 KiB."""

from __future__ import annotations

import csv
import dataclasses
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from gait.errors import RecordingError, WrongKindError
from gait.io.names import unit_of
from gait.language import gettext as _

SNIFF_BYTES = 64 * 1024
MAX_COLUMNS = 2000
_MIN_RUN = 5
_LONG_RUN = 60
_DIALECTS = ((",", "."), (";", "."), ("\t", "."), (";", ","), ("\t", ","), (" ", "."), ("|", "."))
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_NUMBER_COMMA = re.compile(r"[+-]?(\d+,?\d*|,\d+)([eE][+-]?\d+)?")
MISSING = {"", "nan", "na", "n/a", "null", "none", "inf", "-inf", "+inf", "infinity", "-infinity", "∞", "-∞"}
_CONTROL = bytes((*range(1, 9), *range(14, 27), *range(28, 32)))
_LOOKALIKES = str.maketrans(
    {
        "\u2212": "-", "\u2013": "-", "\u00a0": " ", "\u202f": " ", "\uff0e": ".", "\uff0c": ",", "\uff0d": "-",
        **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
    }
)  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """How a text file is laid out.

    Attributes
    ----------
    delimiter, decimal : str
        ``" "`` stands for any run of blanks.
    n_fields : int
        Fields per row.
    first_row : int
        Number of lines above the first row of numbers.
    names, units : tuple of str, or None
        Header and units row, one entry per field.
    preamble : tuple of str
        The lines above the header.
    rows : tuple of tuple of str
        The first rows, split.
    padded : bool
        Whether blanks follow the delimiter.
    """

    delimiter: str
    decimal: str
    n_fields: int
    first_row: int
    names: tuple[str, ...] | None
    units: tuple[str, ...] | None
    preamble: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    padded: bool = False


def to_utf8(data: bytes) -> bytes:
    """Bring text in any usual encoding to UTF-8 with plain digits, signs and line ends.

    Raises
    ------
    WrongKindError
        If the bytes are no text.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.decode("utf-16", errors="replace").encode()
    elif data[:3] == b"\xef\xbb\xbf":
        data = data[3:]
    head = data[:SNIFF_BYTES]
    if head.count(0) > len(head) * 0.2 and _looks_utf16(head):
        data = data.decode("utf-16-le" if head[1:2] == b"\0" else "utf-16-be", errors="replace").encode()
        head = data[:SNIFF_BYTES]
    if 0 in head or 0 in data:
        data = data.replace(b"\0", b"")
        head = data[:SNIFF_BYTES]
    if len(head) - len(head.translate(None, _CONTROL)) > 0.02 * len(head):
        raise WrongKindError(
            _("this is a binary file that the reader does not know"),
            _("Export the recording as CSV from the app that wrote it and give that file"),
        )
    if not data.isascii():
        data = _clean_text(data)
    if b"\r" in head and b"\n" not in head:
        data = data.replace(b"\r", b"\n")
    return data


def _looks_utf16(head: bytes) -> bool:
    even, odd = head[0::2].count(0), head[1::2].count(0)
    return max(even, odd) > 0.8 * len(head) / 2 and min(even, odd) < 0.05 * len(head) / 2


def _clean_text(data: bytes) -> bytes:
    """Decode as UTF-8, else as Windows-1252, and replace characters that only look like digits and signs."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        # a file cut in the middle of a character is still UTF-8
        if data[:-4].isascii() or _is_utf8(data[: len(data) // 2]):
            text = data.decode("utf-8", errors="ignore")
        else:
            text = data.decode("cp1252", errors="replace")
    if any(chr(code) in text for code in _LOOKALIKES):
        text = text.translate(_LOOKALIKES)
    return text.encode()


def _is_utf8(data: bytes) -> bool:
    try:
        data[: max(len(data) - 4, 0)].decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
    return not data.isascii()


def split_line(line: str, delimiter: str) -> list[str]:
    """Split one line into fields without quotes and outer blanks."""
    if delimiter == " ":
        return [cell.strip('"') for cell in line.split()]
    if '"' in line:
        try:
            return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))]
        except (csv.Error, StopIteration):
            return [line]
    return [cell.strip() for cell in line.split(delimiter)]


def is_number(cell: str, decimal: str) -> bool:
    """Whether a cell is a number under a decimal sign."""
    return (_NUMBER if decimal == "." else _NUMBER_COMMA).fullmatch(cell) is not None


@dataclass(frozen=True)
class _Run:
    delimiter: str
    decimal: str
    first: int
    n_fields: int
    length: int
    numeric: float
    share: float

    @property
    def score(self) -> float:
        return self.numeric * self.share * min(self.length, 40) / 40


def _runs(lines: Sequence[str], delimiter: str, decimal: str) -> list[_Run]:
    """Stretches of lines with one field count that are mostly numbers."""
    runs: list[_Run] = []
    first = count = 0
    numeric: list[int] = []
    filled: list[int] = []

    def close() -> None:
        if numeric and sum(numeric):
            runs.append(_Run(delimiter, decimal, first, count, len(numeric), sum(numeric) / len(numeric),
                             sum(numeric) / max(sum(filled), 1)))  # fmt: skip

    for place, line in enumerate(lines):
        if not line.strip():
            continue
        cells = split_line(line, delimiter)
        full = [cell for cell in cells if cell.lower() not in MISSING]
        hits = sum(is_number(cell, decimal) for cell in full)
        fits = hits >= max(1, 0.4 * len(full)) and len(cells) <= MAX_COLUMNS
        if fits and numeric and len(cells) == count:
            numeric.append(hits)
            filled.append(len(full))
            if len(numeric) == _LONG_RUN:
                break
            continue
        close()
        first, count = place, len(cells)
        numeric, filled = ([hits], [len(full)]) if fits else ([], [])
    close()
    return runs


def sniff(data: bytes) -> Layout:
    """Decide the layout of a text file from its first 64 KiB.

    Parameters
    ----------
    data : bytes
        UTF-8 as `to_utf8` returns it.

    Returns
    -------
    Layout
        Delimiter, decimal sign, header and where the numbers begin.

    Raises
    ------
    RecordingError
        If the file is empty or no table of numbers is found.
    """
    if not data[:SNIFF_BYTES].strip() and not data.strip():
        raise RecordingError(_("the file is empty (0 bytes of data)"), _("Export the recording again"))
    head = data[:SNIFF_BYTES].decode("utf-8", errors="ignore")
    lines = head.splitlines() if "\x0b" not in head and "\x0c" not in head else re.split(r"\r?\n", head)
    if len(data) > SNIFF_BYTES and len(lines) > 1:
        lines = lines[:-1]
    forced = _sep_line(lines[0])
    skip = 1 if forced else 0
    runs = [
        run
        for delimiter, decimal in _DIALECTS
        if (forced is None or delimiter == forced)
        and sum(delimiter in line for line in lines) >= min(5, len(lines) / 2)
        for run in _runs(lines[skip:], delimiter, decimal)
    ]
    long_enough = [run for run in runs if run.length >= _MIN_RUN] or runs
    if not long_enough:
        raise WrongKindError(*_no_table(lines))
    best = max(long_enough, key=lambda run: run.score)
    return _layout(lines, best, skip)


def _no_table(lines: Sequence[str]) -> tuple[str, str]:
    """Why there is no table of numbers."""
    filled = [line for line in lines if line.strip()]
    if len(filled) == 1 and any(mark in filled[0] for mark in ",;\t"):
        return _("the file holds a header and no samples"), _("Record again, or export the recording again")
    return (
        _("the text holds no table of numbers"),
        _("Give the CSV file with the acceleration that your app exports"),
    )


def _sep_line(line: str) -> str | None:
    """The delimiter that a leading ``sep=`` line names."""
    found = re.fullmatch(r'"?sep=(.|\\t)"?,*;*\s*', line.strip("\n\r "), flags=re.IGNORECASE)
    if not found and re.fullmatch(r'"?sep=\t?"?', line.strip("\n\r "), flags=re.IGNORECASE):
        return "\t"
    return None if not found else "\t" if found[1] == "\\t" else found[1]


def _layout(lines: Sequence[str], run: _Run, skip: int) -> Layout:
    first = run.first + skip
    rows = [tuple(split_line(line, run.delimiter)) for line in lines[first : first + run.length] if line.strip()]
    names, units, top, first = _header(lines, first, run)
    if names is None and first == 0 and len(rows) > 2 and _is_number_header(rows):
        first, rows = first + 1, rows[1:]
    preamble = tuple(line for line in lines[skip:top] if line.strip())
    padded = any(f"{run.delimiter} " in line for line in lines[first:])
    return Layout(run.delimiter, run.decimal, run.n_fields, first, names, units, preamble, tuple(rows), padded)


def _is_number_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row is 0, 1, 2, ...: the column numbers that pandas writes for a table without names."""
    filled = [cell for cell in rows[0] if cell]
    return filled == [str(i) for i in range(len(filled))] and len(filled) > 2 and any("." in cell for cell in rows[1])


def _header(
    lines: Sequence[str], first: int, run: _Run
) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None, int, int]:
    """Find header and units row above the numbers; return them, where the preamble ends and where the rows begin.

    Broken rows between header and numbers count as rows, so that samples among them are not lost.
    """
    found: list[tuple[int, tuple[str, ...]]] = []
    for place in range(first - 1, max(first - 7, -1), -1):
        if not lines[place].strip():
            continue
        names = _header_line(lines[place], run)
        if names is None and found:
            break
        if names is not None:
            found.append((place, names))
    if not found:
        return None, None, first, first
    place, names = found[0]
    if len(found) > 1:
        filled = [cell for cell in names if cell]
        if sum(bool(unit_of(cell)) for cell in filled) >= 0.5 * len(filled) and not _all_axes(filled):
            return found[1][1], names, found[1][0], place + 1
    return names, None, place, place + 1


def _all_axes(cells: Sequence[str]) -> bool:
    """Whether the cells are axis or time names that happen to read as units (``t``, ``s``, ``g``)."""
    return {"x", "y", "z"} <= {cell.lower() for cell in cells}


def _header_line(line: str, run: _Run) -> tuple[str, ...] | None:
    """Read one line as a header for rows of `run.n_fields` fields, or return None."""
    bare = re.sub(r"^\s*(#|%|//|!)+\s*", "", line).rstrip("\r\n")
    cells = split_line(bare, run.delimiter)
    if run.delimiter == " " and len(cells) != run.n_fields and "\t" not in bare:
        quoted = next(csv.reader([bare], delimiter=" ", skipinitialspace=True), [])
        cells = quoted if len(quoted) == run.n_fields else cells
    if len(cells) == run.n_fields + 1 and not cells[-1]:
        cells = cells[:-1]
    filled = [cell for cell in cells if cell]
    if not filled or len(filled) < 0.5 * len(cells) or sum(is_number(c, run.decimal) for c in filled) > len(filled) / 3:
        return None
    if len(cells) == run.n_fields:
        return tuple(cells)
    if len(cells) == run.n_fields - 1:
        # either the rows end in a delimiter that the header lacks, or they begin with an unnamed row number
        return (*cells, "\0short")
    return None


def resolve_short_header(layout: Layout) -> Layout:
    """Settle a header with one name less than the rows have values.

    Raises
    ------
    RecordingError
        If it is not clear which column lacks the name.
    """
    if layout.names is None or layout.names[-1] != "\0short":
        return layout
    names = layout.names[:-1]
    if all(row[-1] in ("", ";") for row in layout.rows):
        names = (*names, "")
    elif _counts_rows([row[0] for row in layout.rows]):
        names = ("", *names)
    else:
        raise RecordingError(
            _("the header has {n} names but the rows have {n_fields} values", n=len(names), n_fields=layout.n_fields),
            _("Export the recording again, or repair the header by hand"),
        )
    units = (*layout.units, "")[: layout.n_fields] if layout.units else None
    return dataclasses.replace(layout, names=tuple(names), units=units)


def _counts_rows(cells: Sequence[str]) -> bool:
    try:
        numbers = [int(cell) for cell in cells]
    except ValueError:
        return False
    return len(numbers) > 1 and all(b - a == 1 for a, b in itertools.pairwise(numbers))
