"""One sensor's samples on their own clock, before they become a recording."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gait.io.formats import Sign
from gait.recording import Flag, Gravity

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Options:
    """What the caller said about the file.

    Attributes
    ----------
    rate_hz : float or None
        Rows per second, for files without a clock [Hz].
    unit : str or None
        ``"g"``, ``"m/s^2"`` or ``"mg"``.
    scale : float or None
        Counts per g.
    time_column : str, int or None
        Name or number from 1.
    acc_columns : tuple or None
        Three names or numbers from 1.
    """

    rate_hz: float | None = None
    unit: str | None = None
    scale: float | None = None
    time_column: str | int | None = None
    acc_columns: tuple[str | int, ...] | None = None


@dataclass(frozen=True)
class Hints:
    """What the rest of an export says about its acceleration.

    Attributes
    ----------
    sign : {"android", "ios", ""}
        From the export's metadata.
    sign_from : str
        Where that is said.
    """

    sign: Sign = ""
    sign_from: str = ""


@dataclass
class Track:
    """Acceleration of one sensor in m/s², sign +1 g up at rest where that is known.

    Attributes
    ----------
    time_s : ndarray, shape (n,)
        Strictly rising, from 0 [s].
    acc_ms2 : ndarray, shape (n, 3)
        Acceleration [m/s²].
    gyr_rads : ndarray, shape (n, 3), or None
        Angular rate on the same times [rad/s].
    origin_s : float
        Time of the first sample on the file's own clock, NaN when there is none [s].
    rate_hz : float
        Rows per second [Hz].
    unit : str
        Acceleration unit in the file.
    gravity : {"included", "removed", "unknown"}
        Whether gravity is in the samples.
    format : str
        Name of the layout.
    frame : {"device", "earth"}
        Frame of the axes.
    clock : str
        Name of the time column that `origin_s` belongs to.
    speed : pandas.DataFrame or None
        ``time_s``, ``speed_ms``, ``course_rad``.
    start_epoch_s : float or None
        Start as seconds since 1970.
    turned : bool
        Whether the signs in the file were turned round.
    cuts_s, flags, notes
        As in `Recording`.
    """

    time_s: Floats
    acc_ms2: Floats
    gyr_rads: Floats | None
    origin_s: float
    rate_hz: float
    unit: str
    gravity: Gravity
    format: str
    frame: str = "device"
    clock: str = ""
    speed: pd.DataFrame | None = None
    start_epoch_s: float | None = None
    turned: bool = False
    cuts_s: list[float] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def origin_known(self) -> bool:
        """Whether other files of the export can be joined on time."""
        return bool(np.isfinite(self.origin_s))

    def warn(self, code: str, message: str, remedy: str = "") -> None:
        """Add a warning."""
        self.flags.append(Flag(code, "warning", message, remedy))

    def inform(self, code: str, message: str, remedy: str = "") -> None:
        """Add a remark."""
        self.flags.append(Flag(code, "info", message, remedy))
