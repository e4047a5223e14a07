"""What people answer about a recording, from a form or from the JSON API, as checked values."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from gait.errors import UsageError
from gait.language import gettext as _
from gait.recording import ANTERIOR_AXES, PLACEMENTS, check_choice
from gait.told import FIRST_RUN, LABEL_DIRECTIONS, parse_calibrate, parse_columns

GROUPS = ("A", "B")
NEITHER = "neither"
Label = tuple[float, float, str]


@dataclass(frozen=True)
class Answers:
    """What is known about a recording beside its samples; everything may be unknown.

    Attributes
    ----------
    placement, anterior, calibrate, backward_group
        As for `gait.read_recording` and `gait.analyze`; the group may also be "neither".
    labels : tuple of (start_s, end_s, direction)
        Known directions [s].
    """

    placement: str = "unknown"
    anterior: str | None = None
    calibrate: str | tuple[float, float] | None = None
    backward_group: str | None = None
    labels: tuple[Label, ...] = ()

    def forward(self) -> str:
        """How forward is known, as the form names it."""
        return "first" if self.calibrate == FIRST_RUN else self.anterior or "unknown"


def from_form(fields: Mapping[str, str], before: Answers) -> Answers:
    """Return the answers after a form was sent; what it does not ask stays as it was.

    Parameters
    ----------
    fields : mapping of str to str
        ``placement`` and ``forward`` ("first", an axis or "unknown"); or ``backward_group``; or ``bout`` fields
        ``START/END`` with a direction.
    before : Answers
        The answers until now.

    Raises
    ------
    UsageError
        If a value is not one of the choices.
    """
    after = before
    if "placement" in fields:
        after = replace(after, placement=_one_of("placement", fields["placement"], PLACEMENTS))
    if "forward" in fields:
        forward = _one_of("forward", fields["forward"], ("first", "unknown", *ANTERIOR_AXES))
        first = forward == "first"
        after = replace(
            after, calibrate=FIRST_RUN if first else None, anterior=None if first or forward == "unknown" else forward,
            backward_group=None,
        )  # fmt: skip
    if "backward_group" in fields:
        after = replace(after, backward_group=_one_of("backward_group", fields["backward_group"], (*GROUPS, NEITHER)))
    said = {name.removeprefix("bout:"): value for name, value in fields.items() if name.startswith("bout:")}
    if said:
        after = replace(after, labels=tuple(_label(*_times(name), value) for name, value in said.items() if value))
    return after


def from_options(fields: Mapping[str, str]) -> tuple[Answers, dict[str, Any]]:
    """Return answers and reading options of a request to the JSON API, whose fields are named as in `gait analyze`.

    Parameters
    ----------
    fields : mapping of str to str
        ``placement``, ``anterior``, ``calibrate``, ``backward_group``, ``labels`` (JSON: a list of objects with
        ``start_s``, ``end_s``, ``direction``), and the reading options of `reading_options`.

    Raises
    ------
    UsageError
        If a field is not known or a value is not allowed.
    """
    known = ("placement", "anterior", "calibrate", "backward_group", "labels", "language", *READING)
    if unknown := sorted(set(fields) - set(known)):
        raise UsageError(f"there is no field {unknown[0]!r}", f"Known are {', '.join(known)}")
    answers = Answers(
        placement=_one_of("placement", fields.get("placement") or "unknown", PLACEMENTS),
        anterior=_choice(fields, "anterior", ANTERIOR_AXES),
        calibrate=parse_calibrate(fields.get("calibrate") or None),
        backward_group=_choice(fields, "backward_group", GROUPS),
        labels=_labels(fields.get("labels") or "[]"),
    )
    return answers, reading_options(fields)


READING = ("rate", "unit", "scale", "time_column", "acc_columns")


def athlete_name(text: str) -> str:
    """Return the name or code under which a result is to be kept.

    Parameters
    ----------
    text : str
        As it was typed.

    Raises
    ------
    UsageError
        If it is empty, long, or holds more than letters, digits, spaces, dots, dashes and underscores.
    """
    name = " ".join(text.split())
    if not re.fullmatch(r"\w[\w .-]{0,59}", name):
        raise UsageError(
            _("“{name}” cannot be a name or code", name=name[:60]), _("Use letters and digits, at most 60")
        )
    return name


def reading_options(fields: Mapping[str, str]) -> dict[str, Any]:
    """Return the keywords of `gait.read_recording` for what a file does not say itself; empty fields are left out.

    Parameters
    ----------
    fields : mapping of str to str
        Any of ``rate`` [Hz], ``unit``, ``scale`` (counts per g), ``time_column``, ``acc_columns``.

    Raises
    ------
    UsageError
        If a number is none.
    """
    given = {name: fields[name].strip() for name in READING if fields.get(name, "").strip()}
    options: dict[str, Any] = {}
    for name, keyword in (("rate", "rate_hz"), ("scale", "scale")):
        if name in given:
            options[keyword] = _number(name, given[name])
    if "unit" in given:
        options["unit"] = given["unit"]
    if "time_column" in given:
        column = given["time_column"]
        options["time_column"] = int(column) if column.isdecimal() else column
    if "acc_columns" in given:
        options["acc_columns"] = parse_columns(given["acc_columns"])
    return options


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    check_choice(name, value, allowed)
    return value


def _choice(fields: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str | None:
    return _one_of(name, fields[name], allowed) if fields.get(name) else None


def _labels(text: str) -> tuple[Label, ...]:
    try:
        rows = json.loads(text)
        return tuple(_label(float(row["start_s"]), float(row["end_s"]), row["direction"]) for row in rows)
    except (ValueError, TypeError, KeyError) as error:
        raise UsageError(
            "labels is no JSON list of objects with start_s, end_s, direction",
            'Write [{"start_s": 12, "end_s": 40, "direction": "forward"}]',
        ) from error


def _times(name: str) -> tuple[float, float]:
    start, __, end = name.partition("/")
    return _number("bout", start), _number("bout", end)


def _label(start_s: float, end_s: float, direction: str) -> Label:
    if not (math.isfinite(start_s) and math.isfinite(end_s)):
        raise UsageError(_("the time of a label is no number"), _("Give seconds"))
    return start_s, end_s, _one_of("direction", direction, LABEL_DIRECTIONS)


def _number(name: str, text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError as error:
        raise UsageError(
            _("{name} “{text}” is no number", name=name, text=text[:60]), _("Write for example 100")
        ) from error
