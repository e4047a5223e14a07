"""Independent witnesses of direction; they warn and never decide."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from gait.events.course import course_offset_rad, flipped
from gait.events.foot import irreversibility
from gait.language import gettext as _
from gait.language import ngettext
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
                _(
                    "Satellite course and gyroscope contradict the direction at {n} of {total} changes of bout (the "
                    "first at {first:.0f} s).",
                    n=len(against),
                    total=len(against) + agree,
                    first=against[0],
                ),
                _("Label these bouts if you know how you ran, and check that the device did not turn in its pouch."),
            )
        ]
    if agree:
        message = ngettext("Satellite course and gyroscope agree at the {n} change of bout.",
                           "Satellite course and gyroscope agree at all {n} changes of bout.", agree)  # fmt: skip
        return [Flag("gps_agrees", "info", message)]
    return []


def asymmetry_hint(
    tracks: list[Track], directions: list[str], *, placement: str, settings: AnalysisSettings
) -> list[Flag]:
    """Warn where the asymmetry in time of a foot or shank contradicts the direction of its bout.

    Parameters
    ----------
    tracks : list of Track
        All bouts.
    directions : list of str
        Their directions as decided otherwise.
    placement : str
        Where the device was worn; nothing is said but at foot and shank.
    settings : AnalysisSettings
        Thresholds.
    """
    if placement not in ("foot", "shank"):
        return []
    against = []
    for track, word in zip(tracks, directions, strict=True):
        resultant = np.linalg.norm(track.piece.acc_g[track.piece_slice], axis=1)
        value = irreversibility(resultant, rate_hz=track.piece.rate_hz)
        expected = {"forward": -1.0, "backward": 1.0}.get(word, 0.0)
        if expected * value < 0 and abs(value) >= settings.min_irreversibility:
            against.append(track.start_s)
    if not against:
        return []
    return [
        Flag(
            "asymmetry_disagrees",
            "warning",
            ngettext(
                "The shape of the steps in time is unusual for the direction of {n} bout (at {start:.0f} s): a hint "
                "only.",
                "The shape of the steps in time is unusual for the direction of {n} bouts (the first at {start:.0f} s):"
                " a hint only.",
                len(against),
                start=against[0],
            ),
            _("Check the labels and how the device faced."),
        )
    ]
