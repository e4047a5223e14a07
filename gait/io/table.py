"""One text file -> one track: the names, the clock, the unit, gravity and sign put together."""

from __future__ import annotations

import dataclasses
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gait.errors import ClockError, RecordingError, UnknownUnitError, UsageError
from gait.io import formats, roles, text, units
from gait.io.clock import Clock, choose_clock, read_clock
from gait.io.clock_repair import Repair, repair_clock
from gait.io.extras import add_columns
from gait.io.formats import FormatSpec
from gait.io.headerless import add_names
from gait.io.names import TIME_UNITS, Column
from gait.io.parse import Table, parse
from gait.io.rates import row_rate_hz
from gait.io.roles import Roles, Triple
from gait.io.track import Floats, Hints, Options, Track
from gait.io.wrong_kind import refuse_known
from gait.language import gettext as _
from gait.language import mark, ngettext
from gait.recording import STANDARD_GRAVITY_MS2

MIN_DURATION_S = 2.0
_BROKEN = 1e9
_ASK_RATE = mark("Give the samples per second with --rate")


def read_table(data: bytes, file_name: str, options: Options, hints: Hints | None = None) -> Track:
    """Read the acceleration of one text file.

    Parameters
    ----------
    data : bytes
        The file.
    file_name : str
        Name without folder and without suffix; some apps name the sensor nowhere else.
    options : Options
        What the caller said.
    hints : Hints, optional
        What the metadata of the export says.

    Returns
    -------
    Track
        Samples in m/s² on a clock that rises strictly.

    Raises
    ------
    RecordingError
        If the file cannot be used; the sentence says why.
    UsageError
        If the options contradict the file.
    """
    data = text.to_utf8(data)
    refuse_known(data[:4096].decode("utf-8", errors="ignore"))
    layout = text.resolve_short_header(text.sniff(data))
    spec = formats.identify(layout)
    columns = roles.columns_of(layout, spec, file_name)
    if layout.names is None and not spec.names:
        columns = add_names(data, layout, columns, options)
    chosen = roles.choose_roles(columns, spec, time_column=options.time_column, acc_columns=options.acc_columns)
    layout = dataclasses.replace(layout, first_row=layout.first_row + spec.skip_rows)
    if layout.names is None and options.acc_columns is None:
        places = ", ".join(str(position + 1) for position in chosen.acceleration.positions)
        note = _("The table has no header; columns {places} are taken as x, y and z, because only these look like "
                 "acceleration.", places=places)  # fmt: skip
        if spec.names:
            note = _("The table has no header; columns {places} are taken as x, y and z, as {app} writes them.",
                     places=places, app=spec.name)  # fmt: skip
        chosen = dataclasses.replace(chosen, notes=(*chosen.notes, note))
    table = parse(data, layout, chosen.positions(all_times=False))
    if chosen.ranked and len(chosen.time) > 1 and not _is_good(table.frame, chosen.time[0]):
        table = parse(data, layout, chosen.positions(all_times=True))
    _check_one_sensor(table.frame, chosen)
    acc, rows = _vectors(table.frame, chosen)
    clock = _clock(table.frame, chosen, rows, options, formats.stated_rate_hz(spec, layout))
    repair = _repair(clock, acc, options)
    track = _assemble(table, chosen, spec, clock, repair, acc, rows, options, hints or Hints())
    _note_lines(track, table, len(rows))
    return track


def _is_good(frame: pd.DataFrame, column: Column) -> bool:
    """Whether the app's best clock can be used without a look at the others."""
    values = frame[column.position].iloc[:20_000]
    clock = read_clock(column.name, values, column.unit if column.unit in TIME_UNITS else "")
    return clock is not None and clock.repeated < 0.01 and clock.backward < 0.01


def _check_one_sensor(frame: pd.DataFrame, chosen: Roles) -> None:
    for column in chosen.selectors:
        values = frame[column.position].dropna().unique()
        if len(values) > 1:
            listed = ", ".join(str(value) for value in values[:3])
            raise RecordingError(
                _(
                    "the rows belong to several sensors or persons ({name}: {listed}, ...)",
                    name=column.name or _("first column"),
                    listed=listed,
                ),
                _("Give a file with the rows of one accelerometer on one person"),
            )


def _vectors(frame: pd.DataFrame, chosen: Roles) -> tuple[Floats, NDArray[np.int64]]:
    """Acceleration of the rows where all three axes are there, and the numbers of those rows."""
    acc = _numbers(frame, chosen.acceleration)
    if chosen.gravity is not None:
        acc = acc + _numbers(frame, chosen.gravity)
    rows = np.arange(len(acc), dtype=np.int64)
    # no sensor counts further, so larger numbers are broken cells; a missing number fails the comparison as well
    whole = len(acc) > 0 and bool(acc.min() > -_BROKEN and acc.max() < _BROKEN)
    rows = rows if whole else rows[(np.abs(acc) < _BROKEN).all(axis=1)]
    if len(rows) < 3:
        raise RecordingError(
            _("only {n} rows hold acceleration, which is too short", n=len(rows)),
            _("Give a recording of at least 2 seconds"),
        )
    return (acc if whole else acc[rows]), rows


def _numbers(frame: pd.DataFrame, triple: Triple) -> Floats:
    values = np.empty((len(frame), 3), order="F")
    for axis, position in enumerate(triple.positions):
        column = frame[position]
        if not pd.api.types.is_numeric_dtype(column):
            raise RecordingError(
                _("the columns {label} hold text instead of numbers", label=triple.label),
                _("Export the recording again as CSV"),
            )
        values[:, axis] = column.to_numpy(dtype=float)
    return values


def _clock(
    frame: pd.DataFrame, chosen: Roles, rows: NDArray[np.int64], options: Options, stated_hz: float | None
) -> Clock:
    """The clock of the rows that hold acceleration."""
    whole = len(rows) == len(frame)
    clocks = []
    for column in chosen.time:
        if column.position not in frame:
            continue
        values = frame[column.position] if whole else frame[column.position].iloc[rows].reset_index(drop=True)
        name = column.name or f"column {column.position + 1}"
        clock = read_clock(name, values, column.unit if column.unit in TIME_UNITS else "")
        if clock is not None:
            clocks.append(clock)
    best = choose_clock(clocks) or _split_date(frame, chosen, rows)
    if best is not None and best.repeated < 1:
        # the units of a known app's clocks are part of its layout
        return dataclasses.replace(best, note="") if chosen.ranked and best.start_epoch_s is not None else best
    rate = options.rate_hz or (stated_hz if best is None else None)
    if rate is not None:
        said = "--rate" if options.rate_hz else _("the preamble")
        note = _("There is no time column; {rate:g} samples per second are taken from {said}.", rate=rate, said=said)
        return Clock("", "rate", np.arange(len(rows)) / rate, 0.0, 0.0, note=note)
    if best is not None:
        raise ClockError(
            _("all time stamps in {name!r} are equal, as after saving in a spreadsheet", name=best.name),
            _("Give the file as the app exported it, or give the samples per second with --rate"),
        )
    if options.time_column is not None:
        raise ClockError(
            _("the column {name!r} holds no times in a unit that can be told", name=options.time_column), _(_ASK_RATE)
        )
    if chosen.time:
        names = ", ".join(repr(column.name) for column in chosen.time)
        raise ClockError(_("the time column {names} counts rows or its unit cannot be told", names=names), _(_ASK_RATE))
    raise ClockError(_("there is no time column"), _(_ASK_RATE))


def _split_date(frame: pd.DataFrame, chosen: Roles, rows: NDArray[np.int64]) -> Clock | None:
    """A clock from a column with the date and one with the time of day."""
    texts = [c for c in chosen.time if c.position in frame and not pd.api.types.is_numeric_dtype(frame[c.position])]
    dates = [
        c for c in texts if frame[c.position].iloc[:5].astype(str).str.fullmatch(r"\s*\d+[/.-]\d+[/.-]\d+\s*").all()
    ]
    times = [c for c in texts if c not in dates]
    if len(dates) != 1 or len(times) != 1:
        return None
    both = frame[dates[0].position].astype(str) + " " + frame[times[0].position].astype(str)
    return read_clock(f"{dates[0].name} + {times[0].name}", both.iloc[rows].reset_index(drop=True), "")


def _repair(clock: Clock, acc: Floats, options: Options) -> Repair:
    if clock.unit == "rate":
        return Repair(np.arange(len(acc), dtype=np.int64), clock.time_s, untouched=True)
    try:
        repair = repair_clock(clock.time_s, acc)
    except ClockError:
        if options.rate_hz is None:
            raise
        repair = Repair(np.arange(len(acc), dtype=np.int64), np.arange(len(acc)) / options.rate_hz)
        repair.say(
            "clock_rebuilt",
            _("The time column cannot be used; {rate:g} rows per second are taken as given.", rate=options.rate_hz),
            note=_("The time column {name} cannot be used; {rate:g} rows per second are as given.",
                   name=repr(clock.name), rate=options.rate_hz),
        )  # fmt: skip
        return repair
    if options.rate_hz is not None:
        found = row_rate_hz(repair.time_s)
        if abs(found / options.rate_hz - 1) > 0.05:
            raise UsageError(
                _(
                    "--rate says {rate_hz:g} Hz, but the time column {name!r} says {found:.4g} Hz",
                    rate_hz=options.rate_hz,
                    name=clock.name,
                    found=found,
                ),
                _("Leave --rate out; it is for files without a clock"),
            )
        repair.notes.append(_("--rate was not needed: the file has a clock."))
    return repair


def _assemble(
    table: Table, chosen: Roles, spec: FormatSpec, clock: Clock, repair: Repair, acc: Floats,
    rows: NDArray[np.int64], options: Options, hints: Hints,
) -> Track:  # fmt: skip
    time_s = repair.time_s
    if time_s[-1] < MIN_DURATION_S or len(time_s) < 8:
        raise RecordingError(
            _("the recording is too short ({n} samples, {length:.2f} s)", n=len(time_s), length=time_s[-1]),
            _("Give a recording of at least 2 seconds, better half a minute"),
        )
    acc = acc if repair.untouched else acc[repair.rows]
    kind: Literal["acceleration", "linear", "bare"] = "acceleration"
    if chosen.acceleration.kind in {"linear", "bare"} and chosen.gravity is None:
        kind = "linear" if chosen.acceleration.kind == "linear" else "bare"
    unit, unit_from = _stated_unit(chosen.acceleration, spec, options)
    notes = [*chosen.notes, *([clock.note] if clock.note else []), *repair.notes]
    if options.scale:
        acc = acc / options.scale
    if options.unit and chosen.acceleration.unit not in {"", options.unit}:
        notes.append(
            _("The unit {given} was given, although the header says {stated}.",
              given=options.unit, stated=chosen.acceleration.unit)
        )  # fmt: skip
    if kind == "bare" and (options.unit or options.scale):
        kind = "acceleration"
    verdict = units.judge(units.weigh(time_s, acc), unit=unit, unit_from=unit_from, kind=kind)
    factor = STANDARD_GRAVITY_MS2 / units.PER_G[verdict.unit]
    sign, sign_note = _sign(spec, verdict, hints, table.frame, chosen)
    acc *= -factor if sign == "ios" else factor
    track = Track(
        time_s, acc, None, _origin(clock, repair), row_rate_hz(time_s), "counts" if options.scale else verdict.unit,
        verdict.gravity, spec.name, clock=clock.name, start_epoch_s=clock.start_epoch_s, turned=sign == "ios",
        cuts_s=repair.cuts_s, flags=list(repair.flags),
    )  # fmt: skip
    if chosen.gravity is not None:
        notes.append(
            _("Gravity-removed acceleration and gravity ({name}) were added to the total.", name=chosen.gravity.label)
        )
    track.notes = [*notes, *verdict.notes, sign_note]
    if verdict.surprise:
        track.warn("gravity_surprise", verdict.surprise[0].upper() + verdict.surprise[1:] + ".")
    if spec.earth_frame and kind == "linear":
        track.frame = "earth"
    add_columns(track, table.frame, chosen, rows if repair.untouched else rows[repair.rows])
    return track


def _origin(clock: Clock, repair: Repair) -> float:
    if clock.unit == "rate":
        return np.nan
    valid = clock.time_s[repair.rows[0]]
    return clock.first_s + float(valid)


def _stated_unit(triple: Triple, spec: FormatSpec, options: Options) -> tuple[str, str]:
    """The acceleration unit that is stated, and where."""
    if options.scale:
        return "g", f"--scale {options.scale:g}"
    if options.unit:
        return options.unit, "--unit"
    if triple.unit == "counts":
        raise UnknownUnitError(
            _("the columns {label} are counts without a unit", label=triple.label),
            _("Give the counts per g with --scale"),
        )
    if triple.unit and triple.unit not in units.PER_G:
        raise UnknownUnitError(
            _(
                "the header gives {label} the unit {unit}, which is none of acceleration",
                label=triple.label,
                unit=triple.unit,
            ),
            _("If they are acceleration, give the right unit with --unit"),
        )
    if triple.unit:
        layout = _("the layout of {name}", name=spec.name)
        return triple.unit, _("the header ({label})", label=triple.label) if spec is formats.GENERIC else layout
    return (spec.unit, _("the layout of {name}", name=spec.name)) if spec.unit else ("", "")


def _sign(
    spec: FormatSpec, verdict: units.Verdict, hints: Hints, frame: pd.DataFrame, chosen: Roles
) -> tuple[formats.Sign, str]:
    """The sign convention and a sentence on where it comes from."""
    turned = _("all axes are turned round, because {who} reports -1 g on the axis that points up.",
               who=spec.name if spec.sign else "iOS" if hints.sign else _("{app} on iOS", app=spec.name))  # fmt: skip
    if spec.sign == "ios":
        return "ios", _("Sign: {what}", what=turned)
    if spec.sign:
        return spec.sign, _("Sign: {app} reports +1 g on the axis that points up.", app=spec.name)
    if hints.sign:
        what = turned if hints.sign == "ios" else _("+1 g on the axis that points up.")
        return hints.sign, _("Sign ({why}): {what}", why=hints.sign_from, what=what)
    if spec.ios_if_g and verdict.unit == "g":
        return "ios", _("Sign: {what} It is iOS by its unit.", what=turned)
    if spec.ios_if_g:
        digits = _precision(_numbers(frame.iloc[:500], chosen.acceleration))
        if digits == "double":
            return "ios", _("Sign: {what} It is iOS by the number of digits.", what=turned)
        if digits == "single":
            return "android", _(
                "Sign: +1 g on the axis that points up, as on Android, recognised by the number of digits."
            )
    return "android", _("Sign: +1 g on the axis that points up at rest is assumed, as on Android.")


def _precision(values: Floats) -> Literal["single", "double", ""]:
    """Whether numbers have 32 bits, as Android delivers them, or 64, as iOS does; empty when they were rounded."""
    known = values[np.isfinite(values) & (values != 0)]
    if not len(known):
        return ""
    narrow = known.astype(np.float32).astype(float)
    if (np.abs(narrow - known) <= 4e-16 * np.abs(known)).mean() > 0.9:
        return "single"
    rounded = np.rint(known * 1e9)
    return "double" if (np.abs(known * 1e9 - rounded) > 1e-4).mean() > 0.9 else ""


def _note_lines(track: Track, table: Table, n_used: int) -> None:
    if table.truncated:
        track.warn("truncated", _("The last line breaks off and was dropped."),
                   _("Export the recording again if you can."))  # fmt: skip
    if table.headers_inside:
        message = ngettext("The header is repeated once inside the file.",
                           "The header is repeated {n} times inside the file.", table.headers_inside)  # fmt: skip
        track.warn("header_inside", message)
    missing = len(table.frame) - n_used
    broken = table.bad_lines
    if missing or broken:
        share = (missing + broken) / max(len(table.frame) + broken, 1)
        add = track.warn if share >= 0.01 else track.inform
        message = ngettext("{n} row ({share:.1f} %) without a full set of numbers was left out.",
                           "{n} rows ({share:.1f} %) without a full set of numbers were left out.",
                           missing + broken, share=100 * share)  # fmt: skip
        add("missing_values", message)
