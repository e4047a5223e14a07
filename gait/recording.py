"""The recording: samples in one unit and one sign, and everything that was decided on the way."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Self, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from gait.errors import UsageError
from gait.language import gettext as _

Severity = Literal["info", "warning", "error"]
Gravity = Literal["included", "removed", "unknown"]
Placement = Literal[
    "lower_back", "waist", "hip", "chest", "pocket", "thigh", "shank", "foot",
    "wrist", "upper_arm", "hand", "bag", "unknown",
]  # fmt: skip
AnteriorAxis = Literal["+x", "-x", "+y", "-y", "+z", "-z"]

PLACEMENTS: tuple[str, ...] = get_args(Placement)
ANTERIOR_AXES: tuple[str, ...] = get_args(AnteriorAxis)

STANDARD_GRAVITY_MS2 = 9.80665
"""Standard acceleration of gravity (CGPM 1901) [m/s²]."""

ACC_COLUMNS = ["acc_x_ms2", "acc_y_ms2", "acc_z_ms2"]
GYR_COLUMNS = ["gyr_x_rads", "gyr_y_rads", "gyr_z_rads"]


@dataclass(frozen=True)
class Flag:
    """One remark on the quality of a recording or of its analysis.

    Attributes
    ----------
    code : str
        Stable short name, e.g. ``"clipped"``.
    severity : {"info", "warning", "error"}
        ``error`` means that a part of the analysis was withheld.
    message : str
        What was seen, with numbers and units.
    remedy : str
        What the user can do about it.
    """

    code: str
    severity: Severity
    message: str
    remedy: str = ""


@dataclass(frozen=True)
class Recording:
    """Acceleration samples of one device, as specific force, and what was assumed about them.

    Attributes
    ----------
    samples : pandas.DataFrame
        One row per sample, times rising strictly: ``time_s`` (from 0), ``acc_x_ms2``, ``acc_y_ms2``, ``acc_z_ms2``
        [m/s²], sign +9.81 on the axis that points up at rest, and where recorded ``gyr_x_rads``, ... [rad/s].
    source, format, sha256 : str
        File name, the layout it was taken for, hash of the file's bytes.
    sampling_rate_hz : float
        Rows per second (from the median interval) [Hz].
    true_rate_hz : float
        Rows per second in which a value changes [Hz]: lower than the row rate when values are repeated.
    acceleration_unit : str
        Unit found in the file (``"m/s^2"``, ``"g"``, ``"mg"``, ...). The samples are m/s² in any case.
    gravity : {"included", "removed", "unknown"}
        Whether the samples contain gravity.
    placement : str
        Where the device was worn, one of ``PLACEMENTS``.
    anterior_axis : str or None
        Device axis that points to the runner's front, if declared.
    assumptions : tuple of str
        Everything that was decided rather than read.
    flags : tuple of Flag
        What the reader noticed and repaired.
    cuts_s : tuple of float
        Times at which the clock hides a pause or where two takes were joined [s].
    frame : {"device", "earth"}
        Frame of the acceleration axes.
    speed : pandas.DataFrame or None
        ``time_s``, ``speed_ms`` [m/s], ``course_rad`` [rad, clockwise from north, NaN when unknown] from GPS.
        Positions are never kept.
    annotations : pandas.DataFrame or None
        ``time_s``, ``text``: marks that the user made while recording.
    device, app_version, start_date : str or None
        As the export states them; the start is reduced to the date.
    simulated : bool
        Whether the recording says that a simulator made it.
    """

    samples: pd.DataFrame
    source: str
    format: str
    sha256: str
    sampling_rate_hz: float
    true_rate_hz: float
    acceleration_unit: str = "m/s^2"
    gravity: Gravity = "included"
    placement: str = "unknown"
    anterior_axis: str | None = None
    assumptions: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()
    cuts_s: tuple[float, ...] = ()
    frame: Literal["device", "earth"] = "device"
    speed: pd.DataFrame | None = field(default=None, repr=False)
    annotations: pd.DataFrame | None = field(default=None, repr=False)
    device: str | None = None
    app_version: str | None = None
    start_date: str | None = None
    simulated: bool = False

    def __post_init__(self) -> None:
        check_choice("placement", self.placement, PLACEMENTS)
        if self.anterior_axis is not None:
            check_choice("anterior", self.anterior_axis, ANTERIOR_AXES)

    @classmethod
    def from_arrays(
        cls,
        acc: ArrayLike,
        *,
        sampling_rate_hz: float | None = None,
        time_s: ArrayLike | None = None,
        gyr_rads: ArrayLike | None = None,
        unit: Literal["g", "m/s^2"] = "g",
        placement: str = "unknown",
        anterior: str | None = None,
        gravity: Gravity = "included",
        source: str = "arrays",
    ) -> Self:
        """Make a recording from arrays in memory.

        Parameters
        ----------
        acc : array_like, shape (n, 3)
            Specific force in `unit`, +1 g on the axis that points up at rest.
        sampling_rate_hz : float, optional
            Samples per second [Hz]; either this or `time_s` is needed.
        time_s : array_like, shape (n,), optional
            Time of each sample, strictly rising [s].
        gyr_rads : array_like, shape (n, 3), optional
            Angular rate [rad/s].
        unit : {"g", "m/s^2"}
            Unit of `acc`.
        placement : str
            Where the device was worn.
        anterior : str, optional
            Device axis that points to the runner's front.
        gravity : {"included", "removed", "unknown"}
            Whether `acc` contains gravity.
        source : str
            Name for reports.

        Raises
        ------
        UsageError
            If shapes disagree, values are not finite, or neither or both of rate and time are given.
        """
        values = np.asarray(acc, dtype=float)
        if values.ndim != 2 or values.shape[1] != 3 or len(values) < 2:
            raise UsageError(
                f"acc has the shape {values.shape}", "Give an array of at least two rows and three columns"
            )
        if (sampling_rate_hz is None) == (time_s is None):
            raise UsageError("either sampling_rate_hz or time_s is needed, and not both")
        if time_s is None:
            assert sampling_rate_hz is not None
            time = np.arange(len(values)) / sampling_rate_hz
        else:
            time = np.asarray(time_s, dtype=float) - float(np.asarray(time_s, dtype=float)[0])
        if time.shape != (len(values),) or not np.all(np.diff(time) > 0):
            raise UsageError("time_s must rise strictly and have one value per row of acc")
        if not np.isfinite(values).all():
            raise UsageError("acc holds values that are not finite", "Remove those rows and give time_s")
        factor = STANDARD_GRAVITY_MS2 if unit == "g" else 1.0
        samples = pd.DataFrame(values * factor, columns=ACC_COLUMNS)
        samples.insert(0, "time_s", time)
        if gyr_rads is not None:
            samples[GYR_COLUMNS] = np.asarray(gyr_rads, dtype=float)
        rate = float(1.0 / np.median(np.diff(time)))
        return cls(
            samples=samples,
            source=source,
            format="arrays",
            sha256=hashlib.sha256(values.tobytes() + time.tobytes()).hexdigest(),
            sampling_rate_hz=rate,
            true_rate_hz=rate,
            acceleration_unit=unit,
            gravity=gravity,
            placement=placement,
            anterior_axis=anterior,
        )

    @classmethod
    def from_dataframe(
        cls,
        frame: pd.DataFrame,
        *,
        acc_columns: Sequence[str] | None = None,
        unit: Literal["g", "m/s^2"] | None = None,
        time_column: str | None = None,
        sampling_rate_hz: float | None = None,
        placement: str = "unknown",
        anterior: str | None = None,
        gravity: Gravity = "included",
        source: str = "data frame",
    ) -> Self:
        """Make a recording of a table in memory.

        Parameters
        ----------
        frame : pandas.DataFrame
            One row per sample.
        acc_columns : sequence of str, optional
            Columns of x, y and z; by default ``acc_x_g``, ... or ``acc_x_ms2``, ....
        unit : {"g", "m/s^2"}, optional
            Unit of these columns, by default what their names end in.
        time_column : str, optional
            Column of seconds; by default ``time_s``, else an index of times or time differences.
        sampling_rate_hz : float, optional
            Samples per second, where there is no clock [Hz].
        placement, anterior, gravity, source
            See `Recording`.

        Raises
        ------
        UsageError
            If a column is missing, or neither a clock nor a rate is there.
        """
        columns = list(acc_columns or ())
        endings: tuple[tuple[str, Literal["g", "m/s^2"]], ...] = (("g", "g"), ("ms2", "m/s^2"))
        for ending, stated in endings:
            names = [f"acc_{axis}_{ending}" for axis in "xyz"]
            if columns in ([], names) and set(names) <= set(frame.columns):
                columns, unit = names, unit or stated
        missing = [name for name in columns or ["acc_x_g"] if name not in frame.columns]
        if missing or len(columns) != 3:
            raise UsageError(f"{source} has no column {', '.join(missing)}", "Name three columns with acc_columns")
        if unit is None:
            raise UsageError(f"the unit of {', '.join(columns)} is not stated", "Give unit='g' or unit='m/s^2'")
        if time_column is not None and time_column not in frame.columns:
            raise UsageError(f"{source} has no column {time_column}", "Name the column of seconds with time_column")
        time_s = None
        if time_column or "time_s" in frame.columns:
            time_s = frame[time_column or "time_s"].to_numpy(dtype=float)
        elif isinstance(frame.index, (pd.DatetimeIndex, pd.TimedeltaIndex)):
            since = frame.index.to_numpy() - frame.index.to_numpy()[0]
            time_s = np.asarray(since / np.timedelta64(1, "s"), dtype=float)
        elif sampling_rate_hz is None:
            raise UsageError(f"{source} has no clock", "Name time_column, or give sampling_rate_hz")
        return cls.from_arrays(
            frame[columns].to_numpy(dtype=float), time_s=time_s, placement=placement, anterior=anterior,
            sampling_rate_hz=sampling_rate_hz if time_s is None else None, unit=unit, gravity=gravity,
            source=source,
        )  # fmt: skip

    def __repr__(self) -> str:
        return f"<Recording {self.source}: {', '.join(self._facts())}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: format, length, rate, remarks, assumptions."""
        from markupsafe import Markup

        notes = [f"{flag.message} {flag.remedy}".strip() for flag in self.flags] + list(self.assumptions)
        items = Markup("").join(Markup("<li>{}</li>").format(note) for note in notes)
        head = Markup("<p><strong>{}</strong>: {}</p>").format(self.source, ", ".join(self._facts()))
        return str(head + Markup("<ul>{}</ul>").format(items))

    def _facts(self) -> list[str]:
        gaps = int((np.diff(self.time_s) > 1.0).sum()) + len(self.cuts_s) if len(self.samples) else 0
        return [
            *(["SIMULATED"] if self.simulated else []), self.format, f"{self.duration_s:.1f} s",
            f"{self.sampling_rate_hz:.4g} Hz", self.placement, f"gravity {self.gravity}",
            f"{gaps} gaps", f"{len(self.flags)} remarks", f"{len(self.assumptions)} assumptions",
        ]  # fmt: skip

    @property
    def n_samples(self) -> int:
        """Number of samples."""
        return len(self.samples)

    @property
    def duration_s(self) -> float:
        """Time from the first to the last sample [s]."""
        return float(self.samples["time_s"].iloc[-1]) if len(self.samples) else 0.0

    @property
    def time_s(self) -> NDArray[np.float64]:
        """Time of each sample, shape (n,) [s]."""
        return self.samples["time_s"].to_numpy()

    @property
    def acc_ms2(self) -> NDArray[np.float64]:
        """Specific force, shape (n, 3) [m/s²]."""
        return self.samples[ACC_COLUMNS].to_numpy()

    @property
    def gyr_rads(self) -> NDArray[np.float64] | None:
        """Angular rate, shape (n, 3) [rad/s], or None when it was not recorded."""
        return self.samples[GYR_COLUMNS].to_numpy() if GYR_COLUMNS[0] in self.samples else None

    def crop(self, start_s: float, end_s: float) -> Self:
        """Return the part in ``[start_s, end_s)``, its time starting at 0 again.

        Parameters
        ----------
        start_s, end_s : float
            Limits [s].

        Raises
        ------
        UsageError
            When nothing lies between them.
        """
        time = self.time_s
        inside = (time >= start_s) & (time < end_s)
        if inside.sum() < 2:
            raise UsageError(f"{self.source} has no samples from {start_s:g} s to {end_s:g} s")
        origin = float(time[inside][0])

        def shift(table: pd.DataFrame | None) -> pd.DataFrame | None:
            if table is None:
                return None
            kept = table[(table["time_s"] >= start_s) & (table["time_s"] < end_s)].reset_index(drop=True)
            return kept.assign(time_s=kept["time_s"] - origin)

        samples = shift(self.samples)
        assert samples is not None
        return dataclasses.replace(
            self,
            samples=samples,
            speed=shift(self.speed),
            annotations=shift(self.annotations),
            cuts_s=tuple(c - origin for c in self.cuts_s if start_s < c < end_s),
            assumptions=(
                *self.assumptions,
                _("Only {start:g} s to {end:g} s of the file is used.", start=start_s, end=end_s),
            ),
        )


def check_choice(name: str, value: str, allowed: Sequence[str]) -> None:
    """Raise a `UsageError` that lists the choices unless `value` is one of them.

    Parameters
    ----------
    name : str
        Name of the option.
    value : str
        What was given.
    allowed : sequence of str
        Choices.

    Raises
    ------
    UsageError
        When `value` is none of them.
    """
    if value not in allowed:
        raise UsageError(f"allowed for {name} are {', '.join(map(repr, allowed))}, but got {value!r}")
