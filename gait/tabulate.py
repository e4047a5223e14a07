"""From what the stages found to the tables and remarks of a result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gait.front import Headings
from gait.language import gettext as _
from gait.language import ngettext
from gait.nomenclature import BOUT_METRICS, PEAKS, TABLES, direction_word, make_table
from gait.recording import Flag, Recording
from gait.settings import AnalysisSettings
from gait.signal.body import BodySignal
from gait.stages import Measured, Track

MIN_FIXES = 10
"""Fewest satellite readings of speed in a bout; a single one is poor."""


def bouts_table(tracks: list[Track], headings: Headings, speeds_ms: list[float]) -> pd.DataFrame:
    """One row per bout: times, gait, direction and how it is known, steps, cadence, speed."""
    return make_table(
        "bouts",
        {
            "bout_id": np.arange(len(tracks)),
            "start_s": [t.start_s for t in tracks],
            "end_s": [t.end_s for t in tracks],
            "gait": [t.gait for t in tracks],
            "direction": [v.direction for v in headings.verdicts],
            "direction_score": [v.score for v in headings.verdicts],
            "direction_probability": [v.probability for v in headings.verdicts],
            "direction_method": [
                m if v.direction != "unknown" or m != "label" else "none"
                for m, v in zip(headings.methods, headings.verdicts, strict=True)
            ],
            "direction_group": headings.groups,
            "direction_reason": [v.reason for v in headings.verdicts],
            "n_steps": [t.n_steps for t in tracks],
            "cadence_spm": [t.phase.cadence_spm for t in tracks],
            "cadence_spm_low": [t.phase.cadence_low_spm for t in tracks],
            "cadence_spm_high": [t.phase.cadence_high_spm for t in tracks],
            "speed_ms": speeds_ms,
        },
    )


def direction_windows_table(headings: Headings) -> pd.DataFrame:
    """One row per window of each bout that was held against a front, in order of bouts."""
    if not headings.windows:
        return make_table("direction_windows")
    bout_id = np.concatenate([np.full(len(clear), k) for k, (_f, clear) in headings.windows.items()])
    features = np.concatenate([features for features, _c in headings.windows.values()])
    teachers = [*headings.stated, *headings.taught]
    return make_table(
        "direction_windows",
        {
            "bout_id": bout_id,
            "window_id": np.concatenate([np.arange(len(clear)) for _f, clear in headings.windows.values()]),
            "direction_level": features[:, 0],
            "direction_sway": features[:, 1],
            "direction_clear": np.concatenate([clear for _f, clear in headings.windows.values()]),
            "calibrates": np.isin(bout_id, teachers),
            "direction": np.array([v.direction for v in headings.verdicts], dtype=object)[bout_id],
        },
    )


def speed_ms(track: Track, given: float | pd.DataFrame | None, fixes: pd.DataFrame | None) -> float:
    """Mean speed of a bout [m/s]: as given, else by satellite; NaN where neither covers it.

    Parameters
    ----------
    track : Track
        The bout.
    given : float, pandas.DataFrame or None
        Speed of all runs [m/s], or a table of ``start_s``, ``end_s`` [s], ``speed_ms`` [m/s].
    fixes : pandas.DataFrame or None
        Satellite readings, see ``Recording.speed``.
    """
    if isinstance(given, pd.DataFrame):
        shared = np.minimum(given["end_s"], track.end_s) - np.maximum(given["start_s"], track.start_s)
        weight = np.clip(np.asarray(shared, dtype=float), 0.0, None)
        if weight.sum() >= 0.5 * (track.end_s - track.start_s):
            return float(np.average(given["speed_ms"], weights=weight))
    elif given is not None and track.gait == "run":
        return float(given)
    if fixes is None:
        return float("nan")
    inside = fixes.loc[fixes["time_s"].between(track.start_s, track.end_s), "speed_ms"].dropna()
    return float(inside.mean()) if len(inside) >= MIN_FIXES else float("nan")


def speed_source(given: float | pd.DataFrame | None, speeds_ms: list[float]) -> list[str]:
    """Say where the speeds of the bouts come from."""
    known = int(np.isfinite(speeds_ms).sum())
    if isinstance(given, pd.DataFrame):
        return [ngettext("The speed of {n} bout is known, from your table or by satellite.",
                         "The speeds of {n} bouts are known, from your table or by satellite.", known)]  # fmt: skip
    if given is not None:
        return [_("All runs went at {speed:.2f} m/s because you said so.", speed=given)]
    if known:
        return [ngettext("The speed of {n} bout is known by satellite.",
                         "The speeds of {n} bouts are known by satellite.", known)]  # fmt: skip
    return []


def bout_metrics_table(bouts: pd.DataFrame, measured: Measured) -> pd.DataFrame:
    """One row per bout and metric that could be measured."""
    rows = [
        (k, gait, direction, name, values[name], n)
        for k, (gait, direction, n, values) in enumerate(
            zip(bouts["gait"], bouts["direction"], bouts["n_steps"], measured.bout_values, strict=True)
        )
        for name in BOUT_METRICS
        if np.isfinite(values.get(name, np.nan))
    ]
    return make_table(
        "bout_metrics", dict(zip(TABLES["bout_metrics"], zip(*rows, strict=True), strict=True)) if rows else None
    )


def withheld_metrics(bouts: pd.DataFrame, measured: Measured, settings: AnalysisSettings) -> dict[str, str]:
    """Metrics that may not be compared because the sensor was at its limit and cut them off.

    Parameters
    ----------
    bouts : pandas.DataFrame
        From `bouts_table`.
    measured : Measured
        From `gait.stages.measure`.
    settings : AnalysisSettings
        Thresholds.
    """
    runs = bouts[bouts["gait"] == "run"].set_index("bout_id")["direction"]
    steps = measured.steps.assign(direction=measured.steps["bout_id"].map(runs))
    for direction in ("forward", "backward"):
        clipped = steps.loc[steps["direction"] == direction, "clipped"]
        if len(clipped) and clipped.mean() > settings.max_clipped_share:
            reason = _("the sensor reached its limit in {share:.0f} % of the {direction} steps",
                       share=100 * clipped.mean(), direction=direction_word(direction))  # fmt: skip
            return dict.fromkeys((*PEAKS, "impulse_gs", "dyn_load_g", "p_3_8_hz", "p_9_20_hz", "vosc_m"), reason)
    return {}


def cadence_table(tracks: list[Track]) -> pd.DataFrame:
    """Cadence along the recording."""
    return _stacked("cadence", [
        {"bout_id": k, "time_s": t.start_s + t.phase.window_s, "cadence_spm": t.phase.window_spm}
        for k, t in enumerate(tracks)
    ])  # fmt: skip


def waveforms_table(bouts: pd.DataFrame, measured: Measured) -> pd.DataFrame:
    """Mean step of each running bout."""
    return _stacked("waveforms", [
        {
            "bout_id": k, "gait": bouts["gait"].iloc[k], "direction": bouts["direction"].iloc[k],
            "phase_pct": np.arange(len(wave)), "acc_vert_g": wave,
        }
        for k, wave in enumerate(measured.waveforms) if wave is not None
    ])  # fmt: skip


def _stacked(name: str, parts: list[dict[str, Any]]) -> pd.DataFrame:
    """One table of the parts' columns; the last column of a part tells its length, single values are repeated."""
    if not parts:
        return make_table(name)
    lengths = [len(next(reversed(part.values()))) for part in parts]
    columns = {
        key: np.concatenate([
            np.full(n, part[key]) if np.isscalar(part[key]) else part[key]
            for part, n in zip(parts, lengths, strict=True)
        ])
        for key in parts[0]
    }  # fmt: skip
    return make_table(name, columns)


def overview_table(bodies: list[BodySignal], bins: int = 2000) -> pd.DataFrame:
    """Lowest and highest vertical in equal bins of time, for pictures."""
    if not bodies:
        return make_table("overview")
    first, last = bodies[0].start_s, bodies[-1].start_s + len(bodies[-1].vertical_g) / bodies[-1].rate_hz
    width_s = max((last - first) / bins, 1.0 / bodies[0].rate_hz)
    time_s, low, high = [], [], []
    for body in bodies:
        number = ((body.start_s - first + np.arange(len(body.vertical_g)) / body.rate_hz) / width_s).astype(int)
        starts = np.flatnonzero(np.r_[True, np.diff(number) > 0])
        time_s.append(first + (number[starts] + 0.5) * width_s)
        low.append(np.minimum.reduceat(body.vertical_g, starts))
        high.append(np.maximum.reduceat(body.vertical_g, starts))
    join: Callable[[list[NDArray[np.float64]]], NDArray[np.float64]] = np.concatenate
    return make_table("overview", {"time_s": join(time_s), "low_g": join(low), "high_g": join(high)})


def result_flags(
    recording: Recording, bouts: pd.DataFrame, can: dict[str, str], withheld: dict[str, str]
) -> list[Flag]:
    """Remarks on what was found, or why nothing was."""
    flags = []
    if can["cadence"]:
        flags.append(Flag("cadence_withheld", "error", _("Nothing is counted: {reason}.", reason=can["cadence"]),
                          _("Set the app to 50 readings per second or more.")))  # fmt: skip
    elif not len(bouts):
        flags.append(
            Flag(
                "no_gait",
                "info",
                _(
                    "No walking or running of at least 3 s was found in {duration:.0f} s.",
                    duration=recording.duration_s,
                ),
                _("Check that the device was worn and not left lying while you ran."),
            )
        )
    elif not (bouts["gait"] == "run").any():
        flags.append(Flag("no_running", "info", _("Walking was found, but no running."), _("Record some running.")))
    if (bouts["gait"] == "run").any() and can["contacts"]:
        flags.append(
            Flag("contacts_withheld", "info",
                 _("Contacts and what follows from them are left out: {reason}.", reason=can["contacts"]),
                 _("Wear the device at the low back, belt or hip, with 100 readings per second."))
        )  # fmt: skip
    if withheld:
        reason = next(iter(withheld.values()))
        flags.append(
            Flag("clipped_steps", "error",
                 _("Peaks are not compared: {reason}, so true peaks were higher.", reason=reason),
                 _("Record with a wider range (8 g or 16 g) if the app offers it."))
        )  # fmt: skip
    if bouts["direction"].isin(["forward", "backward"]).any() and (bouts["direction"] == "backward").any():
        flags.append(
            Flag(
                "not_validated_backward",
                "info",
                _(
                    "No public phone or watch recording of real backward running exists: the method is checked on "
                    "forward running, on its reversal in time and on motion capture, not on backward runners with "
                    "phones."
                ),
                _("Note by stopwatch when you ran backward, and compare."),
            )
        )
    return flags
