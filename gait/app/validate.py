"""The command ``gait validate``: recordings against labels."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gait.errors import UsageError
from gait.told import parse_calibrate

if TYPE_CHECKING:
    import pandas as pd

    from gait.results import Analysis
    from gait.validate import Validation

NUMBERS = ("start_s", "end_s", "cadence_spm", "n_steps", "ic_s", "tc_s")
WORDS = ("gait", "direction", "placement", "anterior", "calibrate")
LABELS = (
    "file", "start_s", "end_s", "gait", "direction", "cadence_spm", "n_steps", "placement", "anterior", "calibrate",
    "athlete", "note",
)  # fmt: skip
CONTACTS = ("file", "ic_s", "tc_s", "note")


def validate_folder(recordings: Sequence[Path], labels: Path, contacts: Path | None) -> Validation:
    """Analyse the recordings that a table of labels names, and compare.

    Raises
    ------
    UsageError
        When recordings and tables do not fit.
    """
    from gait.validate import validate

    table = read_table(labels, known=LABELS, needed=("file", "start_s", "end_s"))
    if "calibrate" in table:
        table["calibrate"] = table["calibrate"].map(parse_calibrate)
    _check_overlap(table)
    filmed = None if contacts is None else read_table(contacts, known=CONTACTS, needed=("file", "ic_s"))
    paths = _find(recordings, list(dict.fromkeys(table["file"])))
    if filmed is not None and (strange := sorted(set(filmed["file"]) - set(table["file"]))):
        raise UsageError(f"{strange[0]} has contacts and no label", "Add a line for it to the labels")

    def analyse(name: str, options: Mapping[str, Any]) -> Analysis:
        from gait.analysis import analyze
        from gait.io.reader import read_recording

        recording = read_recording(
            paths[name], placement=options.get("placement", "unknown"), anterior=options.get("anterior")
        )
        return analyze(recording, calibrate=options.get("calibrate"))

    return validate(table.drop(columns="note", errors="ignore"), analyse, filmed)


def _find(recordings: Sequence[Path], names: list[str]) -> dict[str, Path]:
    """Where each named recording is: inside a folder given, or a file given itself."""
    for place in recordings:
        if not place.exists():
            raise UsageError(f"{place} does not exist", "Give the folder of recordings, or the recordings")
        if place.is_dir() and not any(place.iterdir()):
            raise UsageError(f"{place} is empty", "Give the folder that holds the recordings")
    out = {}
    for name in names:
        inside = [place / name for place in recordings if place.is_dir() and (place / name).exists()]
        given = [place for place in recordings if place.name == name]
        out[name] = (given + inside or [recordings[0] / name])[0]
    if not any(path.exists() for path in out.values()):
        raise UsageError(
            f"none of the recordings in the labels is there, for example {names[0]}",
            "Write into the column file the names of the files, with their ending",
        )
    return out


def _check_overlap(table: pd.DataFrame) -> None:
    """No moment may be labelled twice; a line that only counts steps may lie over others."""
    words = [name for name in ("gait", "direction") if name in table]
    for name, part in table[table[words].notna().any(axis=1)].sort_values("start_s").groupby("file"):
        late = part["start_s"].to_numpy()[1:] < part["end_s"].to_numpy()[:-1]
        if late.any():
            at_s = part["start_s"].to_numpy()[1:][late][0]
            raise UsageError(f"{name}: two labels overlap at {at_s:g} s", "Give each moment one gait and direction")


def read_table(path: Path, *, known: tuple[str, ...], needed: tuple[str, ...]) -> pd.DataFrame:
    """Read a small table separated by comma, semicolon or tab; empty columns and cells are missing values.

    Parameters
    ----------
    path : pathlib.Path
        A CSV file, its first line naming the columns.
    known, needed : tuple of str
        Columns that may and that must be there.

    Raises
    ------
    UsageError
        When it is not there, is no such table, or a number is none.
    """
    import pandas as pd

    try:
        lines = [line for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip(" ,;\t")]
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a text file"
        raise UsageError(f"{path} cannot be read: {reason}", f"Give a CSV file with {', '.join(known)}") from error
    if len(lines) < 2:
        raise UsageError(f"{path.name} holds no rows", f"Write a header {','.join(needed)} and one line per label")
    delimiter = next((mark for mark in "\t;" if mark in lines[0]), ",")
    names, *rows = ([cell.strip() for cell in row] for row in csv.reader(lines, delimiter=delimiter))
    names = [name.lower() for name in names]
    _check_names(path.name, names, known, needed)
    if wrong := next((row for row in rows if len(row) > len(names)), None):
        raise UsageError(f"{path.name}: the line {delimiter.join(wrong)} has too many cells", "Quote cells with commas")
    cells = [{name: cell for name, cell in zip(names, row, strict=False) if cell} for row in rows]
    columns: dict[str, list[Any]] = {name: [row.get(name) for row in cells] for name in names}
    for name, values in columns.items():
        if name in NUMBERS:
            columns[name] = [_number(path.name, name, value, needed) for value in values]
        elif name in WORDS:
            columns[name] = [value and value.lower() for value in values]
        elif name in needed and None in values:
            raise UsageError(f"{path.name}: a line has no {name}", f"Give {', '.join(needed)} in every line")
    return pd.DataFrame(
        {name: pd.Series(values, dtype=float if name in NUMBERS else object) for name, values in columns.items()}
    )


def _check_names(file: str, names: list[str], known: tuple[str, ...], needed: tuple[str, ...]) -> None:
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"Did you mean {near[0]}? " if near else ""
            raise UsageError(f"{file} has a column {name!r} that is not known", f"{hint}Known are {', '.join(known)}")
        if names.count(name) > 1:
            raise UsageError(f"{file} has the column {name} twice", "Keep one of them")
    if missing := [name for name in needed if name not in names]:
        raise UsageError(f"{file} has no column {', '.join(missing)}", f"Its first line must name {', '.join(needed)}")


def _number(file: str, name: str, text: str | None, needed: tuple[str, ...]) -> float:
    if text is None and name not in needed:
        return float("nan")
    try:
        value = float((text or "").replace(",", "."))
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise UsageError(f"{file}: {text or 'an empty cell'} in the column {name} is no number from 0 up",
                         "Write for example 12.5")  # fmt: skip
    return value
