"""Which columns are acceleration, gravity, angular rate and time."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from gait.errors import RecordingError, UsageError, WrongKindError
from gait.io.formats import GENERIC, FormatSpec
from gait.io.names import ACCELERATION_UNITS, RATE_UNITS, Column, plain, read_name
from gait.io.text import Layout
from gait.io.wrong_kind import KIND_NAMES, refuse_without_acceleration
from gait.language import gettext as _

AccKind = Literal["acceleration", "linear", "bare", "gravity", "gyroscope"]

_TRIPLE_KINDS: dict[str, AccKind] = {
    "acceleration": "acceleration", "linear": "linear", "gravity": "gravity", "gyroscope": "gyroscope", "other": "bare",
}  # fmt: skip
_SELECTORS = re.compile(r"\b(sensor ?(type|id|name)|device ?(id)?|sensorid|user ?(id)?|subject ?(id)?|"
                        r"participant ?(id)?|person ?(id)?|model|placement|body ?part|sensor)\b")  # fmt: skip


@dataclass(frozen=True)
class Triple:
    """Three columns of one sensor.

    Attributes
    ----------
    kind : AccKind
        What the sensor measures.
    stem : str
        What their names share.
    unit : str
        As the names say; empty where they do not.
    positions : tuple of int, shape (3,)
        Columns of x, y and z.
    label : str
        The name that is shown to a user.
    """

    kind: AccKind
    stem: str
    unit: str
    positions: tuple[int, int, int]
    label: str


@dataclass(frozen=True)
class Roles:
    """What each column of a table is used for.

    Attributes
    ----------
    acceleration : Triple
        The accelerometer to use.
    gravity : Triple or None
        Gravity to add to gravity-removed acceleration.
    gyroscope : Triple or None
        Angular rate.
    time : tuple of Column
        Columns that may be the clock, the best first where that is known.
    ranked : bool
        Whether the order of `time` is the app's and not to be questioned.
    speed, course : Column or None
        Speed and course over ground.
    selectors : tuple of Column
        Columns that tell persons or sensors apart.
    notes : tuple of str
        What was decided.
    """

    acceleration: Triple
    gravity: Triple | None = None
    gyroscope: Triple | None = None
    time: tuple[Column, ...] = ()
    ranked: bool = False
    speed: Column | None = None
    course: Column | None = None
    selectors: tuple[Column, ...] = ()
    notes: tuple[str, ...] = field(default_factory=tuple)

    def positions(self, *, all_times: bool) -> list[int]:
        """Columns that must be read: with all columns of time, or only the first where their order is the app's."""
        triples = [triple for triple in (self.acceleration, self.gravity, self.gyroscope) if triple]
        singles = [column for column in (self.speed, self.course) if column]
        singles += [*(self.time if all_times or not self.ranked else self.time[:1]), *self.selectors]
        return sorted({p for triple in triples for p in triple.positions} | {column.position for column in singles})


def columns_of(layout: Layout, spec: FormatSpec, file_name: str) -> list[Column]:
    """Read the names of all columns, with the app's own names and the file name taken into account."""
    names = layout.names if layout.names is not None else (*spec.names, *[""] * layout.n_fields)[: layout.n_fields]
    units = layout.units or ("",) * layout.n_fields
    return [_column(i, name, unit, spec, file_name) for i, (name, unit) in enumerate(zip(names, units, strict=True))]


def _column(position: int, name: str, unit: str, spec: FormatSpec, file_name: str) -> Column:
    for pattern, other in spec.rename:
        found = re.fullmatch(pattern, plain(name))
        if found:
            return dataclasses.replace(read_name(position, found.expand(other), unit), name=name)
    column = read_name(position, name, unit)
    if column.axis and not column.stem and (column.kind == "other" or spec.files):
        meant = next((text for pattern, text in spec.files if re.search(pattern, plain(file_name))), "")
        if meant and not (spec is GENERIC and column.unit in RATE_UNITS | ACCELERATION_UNITS):
            said = read_name(position, meant.format(column.axis), column.unit or unit)
            return dataclasses.replace(said, name=name, unit=said.unit or column.unit)
    return column


def triples_of(columns: Sequence[Column]) -> list[Triple]:
    """All complete sets of three axes, in the order of the file.

    Raises
    ------
    RecordingError
        If a name occurs twice.
    """
    groups: dict[tuple[AccKind, str], dict[str, list[Column]]] = {}
    for column in columns:
        if column.axis and column.kind in _TRIPLE_KINDS:
            groups.setdefault((_TRIPLE_KINDS[column.kind], column.stem), {}).setdefault(column.axis, []).append(column)
    triples = []
    for (kind, stem), axes in groups.items():
        if set(axes) != {"x", "y", "z"}:
            continue
        if kind in {"acceleration", "linear", "bare"} and any(len(found) > 1 for found in axes.values()):
            raise RecordingError(
                _("there are several columns named {name!r}", name=axes["x"][0].name),
                _("Say which three are the acceleration with --acc-columns and their numbers"),
            )
        x, y, z = axes["x"][0], axes["y"][0], axes["z"][0]
        if len({x.unit, y.unit, z.unit}) > 1:
            raise RecordingError(
                _("the units of {x!r}, {y!r} and {z!r} differ", x=x.name, y=y.name, z=z.name),
                _("Correct the header of the file"),
            )
        label = f"{x.name}, {y.name}, {z.name}"
        triples.append(Triple(kind, stem, x.unit, (x.position, y.position, z.position), label))
    return triples


def choose_roles(
    columns: Sequence[Column],
    spec: FormatSpec,
    *,
    time_column: str | int | None = None,
    acc_columns: Sequence[str | int] | None = None,
) -> Roles:
    """Choose the columns to use.

    Parameters
    ----------
    columns : sequence of Column
        All columns of the table.
    spec : FormatSpec
        The layout that the file follows.
    time_column, acc_columns : optional
        What the user named: names, or numbers from 1.

    Returns
    -------
    Roles
        The choice, with the reasons.

    Raises
    ------
    RecordingError
        If there is no acceleration, or several sensors and no reason to prefer one.
    UsageError
        If a named column does not exist.
    """
    notes: list[str] = []
    triples = triples_of(columns) if acc_columns is None else _other_triples(columns)
    acceleration = _named(columns, acc_columns) if acc_columns is not None else _best(triples, spec, columns, notes)
    gravity = None
    if acceleration.kind == "linear" and not spec.earth_frame:
        same = [
            t
            for t in triples
            if t.kind == "gravity" and (t.unit == acceleration.unit or "" in {t.unit, acceleration.unit})
        ]
        gravity = same[0] if len(same) == 1 else None
    gyroscopes = [t for t in triples if t.kind == "gyroscope"]
    if not gyroscopes and acceleration.kind in {"acceleration", "linear"}:
        gyroscopes = [dataclasses.replace(t, kind="gyroscope") for t in triples if t.kind == "bare" and t.stem == "g"]
    if len(gyroscopes) > 1:
        notes.append(_("Several gyroscopes are in the file; none is used."))
    named = () if time_column is None else (find_column(columns, time_column),)
    time, ranked = (named, True) if named else time_columns(columns, spec)
    speeds = [c for c in columns if c.kind == "speed"]
    courses = [c for c in columns if c.kind == "course"]
    return Roles(
        acceleration, gravity, gyroscopes[0] if len(gyroscopes) == 1 else None, time, ranked,
        speeds[0] if len(speeds) == 1 else None, courses[0] if speeds and len(courses) == 1 else None,
        tuple(c for c in columns if not c.axis and _SELECTORS.search(c.stem) and c.kind in {"text", "other", "index"}),
        tuple(notes),
    )  # fmt: skip


def _best(triples: Sequence[Triple], spec: FormatSpec, columns: Sequence[Column], notes: list[str]) -> Triple:
    for kind in ("acceleration", "linear", "bare"):
        found = [t for t in triples if t.kind == kind and t.unit != "counts"] or [t for t in triples if t.kind == kind]
        if kind == "bare":
            found = [t for t in found if t.stem != "g" or len(found) == 1]
            if any(t.kind in {"gyroscope", "magnetometer"} for t in triples) and not _plain_axes(found):
                found = []
        if not found:
            continue
        preferred = [t for pattern in spec.prefer for t in found if re.search(pattern, t.stem)]
        if preferred and len(found) > 1:
            notes.append(
                _("Of {n} accelerometers in the file the columns {names} are used.",
                  n=len(found), names=preferred[0].label)
            )  # fmt: skip
        if len(found) > 1 and not preferred:
            listed = "; ".join(t.label for t in found[:4])
            raise RecordingError(
                _("there are several accelerometers in the file ({listed})", listed=listed),
                _("Choose one with --acc-columns X,Y,Z"),
            )
        return (preferred or found)[0]
    raise refuse_without_acceleration(columns)


def _plain_axes(found: Sequence[Triple]) -> bool:
    return len(found) == 1 and found[0].stem == ""


def _other_triples(columns: Sequence[Column]) -> list[Triple]:
    """Gravity and gyroscope only, for when the user named the acceleration."""
    return triples_of([c for c in columns if c.kind in {"gyroscope", "gravity"}])


def find_column(columns: Sequence[Column], wanted: str | int) -> Column:
    """The column with a name, or with a number from 1.

    Raises
    ------
    UsageError
        If there is none.
    """
    text = str(wanted).strip()
    exact = [c for c in columns if c.name.strip() == text] or [c for c in columns if plain(c.name) == plain(text)]
    if len(exact) == 1:
        return exact[0]
    if text.isdigit() and not exact:
        if 1 <= int(text) <= len(columns):
            return columns[int(text) - 1]
        raise UsageError(_("there is no column {text}; the file has {n}", text=text, n=len(columns)))
    if exact:
        raise UsageError(
            _("several columns are named {text!r}", text=text), _("Give the column's number instead, counted from 1")
        )
    names = ", ".join(c.name for c in columns if c.name) or _("none, give numbers from 1")
    raise UsageError(_("there is no column {text!r}", text=text), _("The columns are: {names}", names=names[:300]))


def _named(columns: Sequence[Column], wanted: Sequence[str | int]) -> Triple:
    x, y, z = (find_column(columns, name) for name in wanted)
    if len({x.position, y.position, z.position}) < 3:
        raise UsageError(_("the three acceleration columns must differ"))
    wrong = [c for c in (x, y, z) if c.kind in {"gyroscope", "magnetometer", "time", "location", "gravity"}]
    if wrong:
        raise WrongKindError(
            _("the column {name!r} is {what}, not acceleration", name=wrong[0].name, what=_(KIND_NAMES[wrong[0].kind])),
            _("Name the three columns of the accelerometer"),
        )
    units = {c.unit for c in (x, y, z)} - {""}
    kind: AccKind = "linear" if all(c.kind == "linear" for c in (x, y, z)) else "acceleration"
    label = ", ".join(c.name or f"column {c.position + 1}" for c in (x, y, z))
    return Triple(kind, x.stem, units.pop() if len(units) == 1 else "", (x.position, y.position, z.position), label)


def time_columns(columns: Sequence[Column], spec: FormatSpec) -> tuple[tuple[Column, ...], bool]:
    """Columns that may be the clock, and whether their order is the app's."""
    found = [c for c in columns if c.kind == "time"]
    ranked = [c for pattern in spec.time for c in found if re.fullmatch(pattern, plain(c.name))]
    return (tuple(ranked), True) if ranked else (tuple(found), False)
