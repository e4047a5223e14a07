"""Side tables of an export: platform, device, app version, pauses, annotations."""

from __future__ import annotations

import csv
import datetime
import itertools
import re
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from gait.errors import GaitError
from gait.io import text
from gait.io.formats import Sign
from gait.io.names import plain
from gait.io.track import Hints
from gait.language import gettext as _


@dataclass(frozen=True)
class Metadata:
    """What the side tables of an export say.

    Attributes
    ----------
    hints : Hints
        Sign convention.
    device, app_version, start_date : str or None
        As written; the start is a date only.
    events : tuple of (str, float, float)
        Event, experiment time, wall clock: the starts and pauses of phyphox [s].
    simulated : bool
        Whether a simulator is named.
    """

    hints: Hints = field(default_factory=Hints)
    device: str | None = None
    app_version: str | None = None
    start_date: str | None = None
    events: tuple[tuple[str, float, float], ...] = ()
    simulated: bool = False


def says_simulated(content: str) -> bool:
    """Whether a text names this package's simulator as its maker."""
    return "simulated by gait" in content.lower()


def read_metadata(tables: dict[str, bytes]) -> Metadata:
    """Read the side tables of an export.

    Parameters
    ----------
    tables : dict of str to bytes
        File name in lower case without suffix -> content, for example ``metadata``, ``device``, ``time``.

    Returns
    -------
    Metadata
        What they say; empty where they say nothing.
    """
    about = {**_pairs(tables.get("device", b"")), **_records(tables.get("metadata", b""))}
    events = _events(tables.get("time", b""))
    sign, sign_from = _sign(about)
    device = about.get("device name") or about.get("devicemodel") or about.get("device")
    version = about.get("appversion") or about.get("version")
    start = re.match(r"\d{4}-\d\d-\d\d", about.get("recording time", ""))
    date = start[0] if start else None
    if date is None and events:
        date = datetime.datetime.fromtimestamp(events[0][2], tz=datetime.UTC).date().isoformat()
    everything = " ".join([*about, *about.values()])
    return Metadata(Hints(sign, sign_from), device, version, date, tuple(events), says_simulated(everything))


def _rows(data: bytes) -> list[list[str]]:
    try:
        content = text.to_utf8(data).decode("utf-8", errors="replace")
    except GaitError:
        return []
    lines = [line for line in content.splitlines() if line.strip()][:400]
    if not lines:
        return []
    mark = next((m for m in ("\t", ";", ",") if m in lines[0]), ",")
    try:
        return [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=mark)]
    except csv.Error:
        return []


def _pairs(data: bytes) -> dict[str, str]:
    """``property, value`` tables."""
    return {plain(row[0]): row[1] for row in _rows(data) if len(row) == 2 and row[1] not in {"", "null"}}


def _records(data: bytes) -> dict[str, str]:
    """A header and one row."""
    rows = _rows(data)
    return {plain(name): value for name, value in zip(rows[0], rows[1], strict=False) if value} if len(rows) > 1 else {}


def _sign(about: dict[str, str]) -> tuple[Sign, str]:
    platform = about.get("platform", "").lower()
    if platform not in {"ios", "android"}:
        return "", ""
    standard = about.get("standardisation", "").lower() == "true"
    name = {"ios": "iOS", "android": "Android"}[platform]
    said = _("the metadata say {platform}", platform=name)
    if standard:
        said = _("the metadata say {platform}, standardised", platform=name)
    return ("ios" if platform == "ios" and not standard else "android"), said


def _events(data: bytes) -> list[tuple[str, float, float]]:
    events = []
    for row in _rows(data)[1:]:
        if len(row) >= 3 and row[0].upper() in {"START", "PAUSE"}:
            try:
                experiment, wall = (float(cell.replace(",", ".")) for cell in row[1:3])
            except ValueError:
                continue
            if np.isfinite([experiment, wall]).all() and 0 < wall < 2**33:
                events.append((row[0].upper(), experiment, wall))
    return events


def pauses_s(events: tuple[tuple[str, float, float], ...], last_s: float) -> list[tuple[float, float]] | None:
    """Pauses that the experiment clock of phyphox hides.

    Parameters
    ----------
    events : tuple
        Starts and pauses.
    last_s : float
        Time of the last sample on the experiment clock [s].

    Returns
    -------
    list of (float, float), or None
        Experiment time and length of each pause [s]; None when the list belongs to another recording.
    """
    if not events:
        return []
    if abs(events[-1][1] - last_s) > 2.0 and events[-1][0] == "PAUSE":
        return None
    hidden = []
    for (kind, at, wall), (following, _at, later) in itertools.pairwise(events):
        if kind == "PAUSE" and following == "START" and later - wall > 0:
            hidden.append((at, later - wall))
    return hidden


def read_annotations(data: bytes, origin_s: float, duration_s: float) -> pd.DataFrame | None:
    """Marks that the user made while recording (Sensor Logger's ``Annotation.csv``).

    Parameters
    ----------
    data : bytes
        The file.
    origin_s : float
        First sample of the recording, seconds since 1970 [s].
    duration_s : float
        Length of the recording [s].

    Returns
    -------
    pandas.DataFrame or None
        ``time_s``, ``text``; None when there are none.
    """
    rows = _rows(data)
    if len(rows) < 2:
        return None
    names = [plain(name) for name in rows[0]]
    words = next((names.index(name) for name in ("text", "label", "annotation", "note") if name in names), None)
    if "time" not in names or words is None:
        return None
    found = []
    for row in rows[1:]:
        if len(row) > max(words, names.index("time")) and re.fullmatch(r"\d{18,19}", row[names.index("time")]):
            at = int(row[names.index("time")]) * 1e-9 - origin_s
            if 0 <= at <= duration_s:
                found.append((at, row[words]))
    return pd.DataFrame(found, columns=["time_s", "text"]) if found else None
