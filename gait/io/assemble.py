"""A track becomes a recording: rates, gaps and flags.

Flags that reading may raise
----------------------------
=================  ===========================================================================================
code               meaning
=================  ===========================================================================================
gaps               intervals without samples; nothing is interpolated across them
jitter             the intervals between samples vary
low_rate           fewer than 20 true samples per second; see `gait.io.rates`
repeated_samples   rows repeat the values of the row before, so the sensor is slower than the rows
duplicates         rows with a repeated time stamp were dropped or set between their neighbours
clock_rebuilt      times were counted anew from the number of rows
backward_time      rows were put in order of time
joined_takes       several takes stand one after the other in the file
pause              the clock hides a pause; the recording is cut there
truncated          the last line breaks off
header_inside      the header is repeated inside the file
missing_values     rows without a full set of numbers were left out
gravity_removed    the samples hold no gravity
gravity_unknown    whether the samples hold gravity is not known
gravity_surprise   gravity is not what the names say
earth_frame        the axes are those of the earth, not of the device
gyroscope_unit     the gyroscope was left out because its unit is missing or contradicted
gyroscope_gaps     the gyroscope was left out because it covers too little
=================  ===========================================================================================
"""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd

from gait.io.arrays import thin
from gait.io.rates import check_rate, rate_flags, true_rate_hz
from gait.io.track import Track
from gait.language import gettext as _
from gait.language import ngettext
from gait.recording import ACC_COLUMNS, GYR_COLUMNS, Flag, Recording


def finish(
    track: Track,
    source: str,
    sha256: str,
    *,
    placement: str,
    anterior: str | None,
    annotations: pd.DataFrame | None = None,
    device: str | None = None,
    app_version: str | None = None,
    start_date: str | None = None,
    simulated: bool = False,
) -> Recording:
    """Check the rates of a track, flag what is odd and make the recording.

    Parameters
    ----------
    track : Track
        Samples of one sensor.
    source, sha256 : str
        File name and hash.
    placement, anterior : str
        As the caller said.
    annotations : pandas.DataFrame, optional
        ``time_s``, ``text``.
    device, app_version, start_date : str, optional
        From the metadata.
    simulated : bool
        Whether a simulator made the file.

    Returns
    -------
    Recording
        The validated recording.

    Raises
    ------
    ClockError
        If the true rate is below 4 Hz or above 5000 Hz.
    """
    true_rate, repeated = true_rate_hz(track.time_s, track.acc_ms2, track.rate_hz)
    check_rate(track.rate_hz, true_rate)
    flags = [
        *track.flags,
        *_clock_flags(track),
        *rate_flags(track.rate_hz, true_rate, repeated),
        *_gravity_flags(track),
    ]
    samples = pd.DataFrame(track.acc_ms2, columns=ACC_COLUMNS, copy=False)
    samples.insert(0, "time_s", track.time_s)
    if track.gyr_rads is not None:
        samples[GYR_COLUMNS] = track.gyr_rads
    return Recording(
        samples=samples, source=source, format=track.format, sha256=sha256, sampling_rate_hz=track.rate_hz,
        true_rate_hz=true_rate, acceleration_unit=track.unit, gravity=track.gravity, placement=placement,
        anterior_axis=anterior, assumptions=tuple(track.notes), flags=tuple(flags), cuts_s=tuple(track.cuts_s),
        frame="earth" if track.frame == "earth" else "device", speed=track.speed, annotations=annotations,
        device=device, app_version=app_version, start_date=start_date or _date(track.start_epoch_s),
        simulated=simulated,
    )  # fmt: skip


def _date(epoch_s: float | None) -> str | None:
    if epoch_s is None:
        return None
    return datetime.datetime.fromtimestamp(epoch_s, tz=datetime.UTC).date().isoformat()


def _clock_flags(track: Track) -> list[Flag]:
    steps = np.diff(track.time_s)
    middle = 1 / track.rate_hz
    limit = max(5 * middle, 0.25)
    gaps = steps[steps > limit]
    flags = []
    if len(gaps):
        flags.append(
            Flag(
                "gaps", "warning",
                ngettext("{n} gap of {total:.3g} s without samples.",
                         "{n} gaps without samples, the longest {longest:.3g} s, {total:.3g} s in all.",
                         len(gaps), longest=gaps.max(), total=gaps.sum()),
                _("Keep the app in the foreground while recording."),
            )
        )  # fmt: skip
    usual = thin(steps)
    usual = usual[usual <= limit]
    low, high = np.percentile(usual, [1, 99]) if len(usual) else (middle, middle)
    if high - low > 0.5 * middle:
        flags.append(
            Flag(
                "jitter",
                "info",
                _(
                    "98 % of the intervals between readings lie between {low:.3g} and {high:.3g} ms.",
                    low=low * 1e3,
                    high=high * 1e3,
                ),
            )
        )
    return flags


def _gravity_flags(track: Track) -> list[Flag]:
    flags = []
    if track.gravity == "removed":
        flags.append(
            Flag(
                "gravity_removed", "warning", _("The samples hold no gravity, so nothing tells which way is up."),
                _("Export the accelerometer with gravity, or give the whole export folder or zip."),
            )
        )  # fmt: skip
    if track.gravity == "unknown":
        flags.append(Flag("gravity_unknown", "warning", _("Whether the samples hold gravity is not known.")))
    if track.frame == "earth":
        flags.append(
            Flag(
                "earth_frame", "warning", _("The axes are those of the earth, not of the device."),
                _("Record raw acceleration (mode with Acc_X, Acc_Y, Acc_Z)."),
            )
        )  # fmt: skip
    return flags
