"""The vote of satellite course and gyroscope on changes of direction between bouts."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from gait.events.course import course_offset_rad, flipped
from gait.recording import Flag
from gait.settings import AnalysisSettings
from gait.stages import Track, track_headings


def satellite_vote(
    tracks: list[Track], directions: list[str], fixes: pd.DataFrame | None, *, settings: AnalysisSettings
) -> list[Flag]:
    """Compare neighbouring runs by course and gyroscope: an independent vote, which warns but does not decide.

    Parameters
    ----------
    tracks : list of Track
        All bouts.
    directions : list of str
        Their directions as decided otherwise.
    fixes : pandas.DataFrame or None
        ``Recording.speed``: ``time_s``, ``course_rad``, ``speed_ms``.
    settings : AnalysisSettings
        Thresholds.

    Returns
    -------
    list of Flag
        ``gps_disagrees``, ``gps_agrees``, or nothing where it cannot be told.
    """
    if fixes is None or "course_rad" not in fixes or not len(fixes):
        return []
    fix_s, course, speed = (fixes[name].to_numpy(dtype=float) for name in ("time_s", "course_rad", "speed_ms"))
    offsets = []
    for track, heading in zip(tracks, track_headings(tracks, settings=settings), strict=True):
        if heading is None:
            offsets.append(float("nan"))
            continue
        time_s = track.start_s + np.arange(len(heading)) / track.body.rate_hz
        offsets.append(course_offset_rad(time_s, heading, fix_s, course, speed))
    agree, against = 0, []
    for a, b in pairwise([k for k, track in enumerate(tracks) if track.gait == "run"]):
        near = tracks[a].piece is tracks[b].piece and tracks[b].start_s - tracks[a].end_s <= settings.max_gps_gap_s
        turned = flipped(offsets[a], offsets[b]) if near else None
        if turned is None or "unknown" in (directions[a], directions[b]):
            continue
        if turned == (directions[a] != directions[b]):
            agree += 1
        else:
            against.append(tracks[b].start_s)
    if against:
        return [
            Flag(
                "gps_disagrees",
                "warning",
                f"Satellite course and gyroscope contradict the direction at {len(against)} of {len(against) + agree} "
                f"changes of bout (the first at {against[0]:.0f} s).",
                "Label these bouts if you know how you ran, and check that the device did not turn in its pouch.",
            )
        ]
    if agree:
        return [Flag("gps_agrees", "info", f"Satellite course and gyroscope agree at all {agree} changes of bout.")]
    return []
