"""An export of several files: choose the accelerometer and join what belongs to it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from gait.errors import ArchiveError, ClockError, GaitError, RecordingError
from gait.io import formats, roles, text, units
from gait.io.archive import Member
from gait.io.clock import choose_clock, read_clock
from gait.io.extras import SPEED_UNITS_MS, add_gyroscope, nearest_rows, speed_table
from gait.io.formats import FormatSpec
from gait.io.metadata import Metadata, pauses_s, read_annotations, read_metadata
from gait.io.names import TIME_UNITS, Column
from gait.io.parse import parse
from gait.io.table import read_table
from gait.io.text import Layout
from gait.io.track import Floats, Options, Track
from gait.language import gettext as _
from gait.language import ngettext
from gait.recording import STANDARD_GRAVITY_MS2

_ELSEWHERE = re.compile("watch|wrist|headphone")
_SIDE_TABLES = {"metadata", "device", "time", "annotation", "studymetadata"}


@dataclass
class Piece:
    """One text file of an export and what its header says.

    Attributes
    ----------
    member : Member
        The file.
    data : bytes
        Its text in UTF-8.
    layout : Layout
        Delimiter, decimal mark and header.
    spec : FormatSpec
        What it was taken for.
    columns : list of Column
        Its columns.
    kinds : frozenset of str
        Which sensors are in it.
    """

    member: Member
    data: bytes
    layout: Layout
    spec: FormatSpec
    columns: list[Column]
    kinds: frozenset[str]

    @property
    def stem(self) -> str:
        """File name without suffix, in lower case."""
        return self.member.stem.lower()

    @property
    def worn_elsewhere(self) -> bool:
        """Whether the file is that of a watch or headphones beside the phone."""
        return _ELSEWHERE.search(self.stem) is not None


@dataclass
class Export:
    """A track, and what the other files of the export add.

    Attributes
    ----------
    track : Track
        The samples.
    metadata : Metadata
        Device, app and start, as far as the export says.
    annotations : pandas.DataFrame, optional
        What was marked during the recording.
    used : list of Member
        The files that were read.
    """

    track: Track
    metadata: Metadata
    annotations: pd.DataFrame | None = None
    used: list[Member] = field(default_factory=list)

    def sha256(self) -> str:
        """Hash of the names and contents of the files that were used."""
        digest = hashlib.sha256()
        for member in sorted(self.used, key=lambda m: m.name):
            digest.update(member.name.encode() + b"\0" + member.load() + b"\0")
        return digest.hexdigest()


def read_export(members: Sequence[Member], options: Options) -> Export:
    """Read the recording of a folder or zip.

    Parameters
    ----------
    members : sequence of Member
        Its text files.
    options : Options
        What the caller said.

    Returns
    -------
    Export
        The accelerometer's track with gyroscope, speed, pauses and annotations.

    Raises
    ------
    ArchiveError
        If it holds no recording, or several.
    RecordingError
        If the accelerometer's file cannot be used.
    """
    full = [m for m in members if m.size > 0]
    side = {m.stem.lower(): m for m in full if m.stem.lower() in _SIDE_TABLES}
    metadata = read_metadata({stem: member.load() for stem, member in side.items()})
    others = [m for m in full if m.stem.lower() not in _SIDE_TABLES]
    if not others:
        raise ArchiveError(
            _("there is no CSV file with samples in it"), _("Give the folder or zip as the app exported it")
        )
    pieces = [piece for piece in map(_piece, others) if piece is not None]
    if len(others) == 1:
        track, used = read_table(others[0].load(), others[0].stem, options, metadata.hints), others
    else:
        track, used = _best(pieces, options, metadata)
    export = Export(track, metadata, used=[*used, *side.values()])
    _add_gyroscope(export, pieces)
    _add_speed(export, pieces)
    _add_pauses(export)
    if "annotation" in side:
        export.annotations = read_annotations(side["annotation"].load(), track.origin_s, float(track.time_s[-1]))
    return export


def _piece(member: Member) -> Piece | None:
    """What a file of the export holds by its header, or None when it is no table."""
    data = member.load()
    try:
        clean = text.to_utf8(data)
        layout = text.resolve_short_header(text.sniff(clean))
        spec = formats.identify(layout)
        columns = roles.columns_of(layout, spec, member.stem)
        triples = roles.triples_of(columns)
    except GaitError:
        return None
    kinds: set[str] = {triple.kind for triple in triples}
    if {"linear", "gravity"} <= kinds:
        kinds.add("acceleration")
    if any(column.kind == "speed" for column in columns):
        kinds.add("speed")
    return Piece(member, clean, layout, spec, columns, frozenset(kinds))


def _best(pieces: Sequence[Piece], options: Options, metadata: Metadata) -> tuple[Track, list[Member]]:
    """Try the choices in order: total, gravity-removed plus gravity, uncalibrated, gravity-removed, unnamed."""
    raw = [p for p in pieces if "acceleration" in p.kinds]
    minor = [p for p in raw if "uncalibrated" in p.stem or p.worn_elsewhere]
    total = [p for p in raw if p not in minor]
    linear = [p for p in pieces if "linear" in p.kinds and p not in raw]
    gravity = [p for p in pieces if "gravity" in p.kinds and p not in raw]
    bare = [p for p in pieces if "bare" in p.kinds and not p.kinds & {"acceleration", "linear"}]
    phone = [p for p in minor if not p.worn_elsewhere]
    watch = [p for p in minor if p.worn_elsewhere]
    first: RecordingError | None = None
    for group in (total, linear if gravity else [], phone, watch, linear, bare):
        if not group:
            continue
        if len(group) > 1:
            names = ", ".join(p.member.name for p in group[:4])
            raise ArchiveError(
                _("several recordings are in it ({names})", names=names),
                _("Give one of these files, or the export of one recording"),
            )
        try:
            track = read_table(group[0].data, group[0].member.stem, options, metadata.hints)
        except RecordingError as error:
            first = first or error
            continue
        used = [group[0].member]
        if group is linear and gravity:
            if len(gravity) > 1 or not _add_gravity(track, gravity[0]):
                track.notes.append(_("Gravity could not be joined to the gravity-removed acceleration."))
                if phone or watch:
                    continue
            else:
                used.append(gravity[0].member)
        track.notes.insert(
            0,
            _("Used of the files in the export: {names}.", names=", ".join(m.name for m in used)),
        )
        return track, used
    if first is not None:
        raise first
    listed = ", ".join(p.member.name for p in pieces[:6]) or "no tables"
    raise ArchiveError(
        _("no file in it holds acceleration ({listed})", listed=listed),
        _("Switch the accelerometer on in the app and record again"),
    )


def _times(piece: Piece, frame: pd.DataFrame, track: Track) -> Floats | None:
    """Times of a file's rows on the clock of the track [s], NaN where missing; None when there is no such clock."""
    times, _ranked = roles.time_columns(piece.columns, piece.spec)
    usable = []
    for column in times:
        try:
            clock = read_clock(column.name, frame[column.position], column.unit if column.unit in TIME_UNITS else "")
        except ClockError:
            continue  # a side table is not worth losing the recording
        if clock is not None and clock.repeated < 1:
            usable.append(clock)
    best = choose_clock([c for c in usable if c.name == track.clock] or usable)
    return None if best is None else best.first_s + best.time_s - track.origin_s


def _sensor(piece: Piece, kind: str, track: Track) -> tuple[Floats, Floats, str] | None:
    """Times on the clock of the track [s], values and unit of one sensor of a file."""
    triples = [t for t in roles.triples_of(piece.columns) if t.kind == kind]
    times, _ranked = roles.time_columns(piece.columns, piece.spec)
    if len(triples) != 1 or not times:
        return None
    triple = triples[0]
    frame = parse(piece.data, piece.layout, [*triple.positions, *(c.position for c in times)]).frame
    columns = [pd.to_numeric(frame[p], errors="coerce").to_numpy(dtype=float) for p in triple.positions]
    time_s = _times(piece, frame, track)
    if time_s is None:
        return None
    values = np.column_stack(columns)
    good = np.isfinite(values).all(axis=1) & np.isfinite(time_s)
    order = np.argsort(time_s[good], kind="stable")
    return (time_s[good][order], values[good][order], triple.unit) if good.sum() > 2 else None


def _add_gravity(track: Track, piece: Piece) -> bool:
    """Add gravity to gravity-removed acceleration where both have a sample; whether that succeeded."""
    found = _sensor(piece, "gravity", track)
    if found is None or track.gravity != "removed":
        return False
    time_s, values, _unit = found
    level = float(np.median(np.linalg.norm(values, axis=1)))
    scale = next((u for u in (1.0, STANDARD_GRAVITY_MS2) if 0.9 < level / u < 1.1), None)
    if scale is None:
        return False
    rows, distance = nearest_rows(time_s, track.time_s)
    near = distance <= max(0.1, 1.5 / track.rate_hz)
    if near.mean() < 0.95:
        return False
    # both files come from one phone: gravity has the sign that the acceleration had before it was turned round
    gravity_ms2 = values[rows] * (STANDARD_GRAVITY_MS2 / scale) * (-1 if track.turned else 1)
    total = track.acc_ms2 + gravity_ms2
    evidence = units.weigh(track.time_s[near], total[near])
    if not 0.5 * STANDARD_GRAVITY_MS2 < evidence.level < 1.6 * STANDARD_GRAVITY_MS2:
        return False
    track.time_s, track.acc_ms2 = track.time_s[near], total[near]
    first_s = float(track.time_s[0])
    track.time_s = track.time_s - first_s
    track.origin_s += first_s
    track.gravity = "included"
    track.notes.append(
        _("Gravity-removed acceleration and gravity ({name}) were added to the total.", name=piece.member.name)
    )
    return True


def _first(pieces: Sequence[Piece], match: Callable[[Piece], bool]) -> Piece | None:
    return next((piece for piece in pieces if match(piece)), None)


def _add_gyroscope(export: Export, pieces: Sequence[Piece]) -> None:
    track = export.track
    if track.gyr_rads is not None or not track.origin_known:
        return
    elsewhere = any(_ELSEWHERE.search(member.stem.lower()) for member in export.used)
    piece = _first(
        pieces,
        lambda p: "gyroscope" in p.kinds and "uncalibrated" not in p.stem and p.worn_elsewhere == elsewhere,
    )
    found = _sensor(piece, "gyroscope", track) if piece is not None else None
    if piece is not None and found is not None and add_gyroscope(track, *found):
        export.used.append(piece.member)
        track.notes.append(
            _("The gyroscope ({name}) is joined on time, the nearest sample to each.", name=piece.member.name)
        )


def _add_speed(export: Export, pieces: Sequence[Piece]) -> None:
    track = export.track
    piece = _first(pieces, lambda p: "speed" in p.kinds and not p.kinds & {"acceleration", "linear"})
    if track.speed is not None or piece is None or not track.origin_known:
        return
    chosen = {kind: [c for c in piece.columns if c.kind == kind] for kind in ("speed", "course")}
    times, _ranked = roles.time_columns(piece.columns, piece.spec)
    if len(chosen["speed"]) != 1 or not times:
        return
    columns = [chosen["speed"][0], *chosen["course"][:1]]
    frame = parse(piece.data, piece.layout, [c.position for c in (*columns, *times)]).frame
    time_s = _times(piece, frame, track)
    if time_s is None:
        return
    values = [pd.to_numeric(frame[c.position], errors="coerce").to_numpy(dtype=float) for c in columns]
    inside = (time_s >= 0) & (time_s <= track.time_s[-1])
    factor = SPEED_UNITS_MS.get(chosen["speed"][0].unit, np.nan)
    course = values[1] if len(values) > 1 else np.full(len(time_s), np.nan)
    if inside.any():
        track.speed = speed_table(time_s[inside], values[0][inside] * factor, course[inside])
    if track.speed is not None:
        export.used.append(piece.member)
        track.notes.append(_("Speed over ground is taken from {name}; positions are not kept.", name=piece.member.name))


def _add_pauses(export: Export) -> None:
    track = export.track
    last_s = track.origin_s + float(track.time_s[-1])
    hidden = pauses_s(export.metadata.events, last_s)
    if hidden is None:
        track.inform("pause", _("The list of starts and pauses does not fit the samples and was not used."))
        return
    cuts = [(at - track.origin_s, length) for at, length in hidden]
    cuts = [(at, length) for at, length in cuts if 0 < at < track.time_s[-1]]
    if cuts:
        track.cuts_s = sorted([*track.cuts_s, *(at for at, _ in cuts)])
        longest = max(length for _, length in cuts)
        track.warn(
            "pause",
            ngettext("The app was paused once ({longest:.0f} s) without a gap in the time column; the recording is cut "
                     "there.",
                     "The app was paused {n} times (longest {longest:.0f} s) without a gap in the time column; the "
                     "recording is cut there.", len(cuts), longest=longest),
        )  # fmt: skip
