"""The analysis from recording to result: begin reading here."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gait.errors import UsageError
from gait.heading import Calibration, Headings, find_headings
from gait.language import current_language
from gait.language import gettext as _
from gait.metrics.compare import compare_directions
from gait.metrics.summary import summarise_metrics
from gait.nomenclature import BOUT_METRICS, TABLES, direction_word, make_table
from gait.quality import capabilities, clipped_samples, inspect_flags, sort_flags
from gait.recording import STANDARD_GRAVITY_MS2, Flag, Recording
from gait.results import Analysis, Comparison
from gait.settings import AnalysisSettings
from gait.signal.body import BodySignal, body_signal
from gait.signal.timebase import uniform_pieces
from gait.stages import Measured, Track, find_tracks, measure

PEAK_METRICS = ("peak_vert_g", "peak_res_g", "p2p_g", "slope_g_per_s", "pta_res_g", "vgrf_peak_bw_est")


def analyze(
    recording: Recording,
    *,
    settings: AnalysisSettings | None = None,
    calibrate: Calibration = None,
    labels: pd.DataFrame | None = None,
    backward_group: str | None = None,
) -> Analysis:
    """Find bouts, direction, steps and impacts of a recording, and compare backward with forward running.

    Parameters
    ----------
    recording : Recording
        From `gait.read_recording`.
    settings : AnalysisSettings, optional
        Thresholds.
    calibrate : "first-run" or (start_s, end_s), optional
        Forward running that is known: the first running bout, or a range of time [s].
    labels : pandas.DataFrame, optional
        Known directions: columns ``start_s``, ``end_s`` [s], ``direction`` ("forward", "backward" or "unknown").
    backward_group : {"A", "B"}, optional
        Which of two opposite groups of bouts was backward.

    Returns
    -------
    Analysis
        "Nothing found" is a normal result: empty tables, with the reason in ``quality``.

    Raises
    ------
    UsageError
        When options contradict the recording.
    """
    settings = settings or AnalysisSettings()
    _check_labels(labels)
    has_gravity = recording.gravity == "included"
    can = capabilities(
        recording.placement,
        recording.true_rate_hz,
        has_gravity=has_gravity,
        has_gyroscope=recording.gyr_rads is not None,
        **settings.keywords(capabilities),
    )
    pieces = uniform_pieces(
        recording.time_s, recording.acc_ms2 / STANDARD_GRAVITY_MS2, recording.gyr_rads, cuts_s=recording.cuts_s,
        **settings.keywords(uniform_pieces),
    )  # fmt: skip
    bodies = [
        body_signal(p, placement=recording.placement, has_gravity=has_gravity, **settings.keywords(body_signal))
        for p in pieces
    ]
    tracks = find_tracks(
        [] if can["cadence"] else pieces, [] if can["cadence"] else bodies, placement=recording.placement,
        has_gravity=has_gravity, settings=settings,
    )  # fmt: skip
    headings = find_headings(
        tracks, placement=recording.placement, anterior=recording.anterior_axis, refusal=can["direction"],
        calibrate=calibrate, labels=labels, backward_group=backward_group, fixes=recording.speed, settings=settings,
    )  # fmt: skip
    clipped = clipped_samples(recording)
    measured = measure(tracks, can, recording.time_s[clipped.any(axis=1)], settings=settings)
    bouts = _bouts_table(tracks, headings, recording)
    bout_metrics = _bout_metrics_table(bouts, measured)
    withheld = _withheld(bouts, measured, settings)
    comparison = Comparison(
        *compare_directions(
            bout_metrics, bouts, placement=recording.placement, withheld=withheld, simulated=recording.simulated,
            **settings.keywords(compare_directions),
        )
    )  # fmt: skip
    flags = [*inspect_flags(recording, clipped), *headings.flags, *_result_flags(recording, bouts, can, withheld)]
    return Analysis(
        recording=recording,
        bouts=bouts,
        steps=measured.steps,
        strides=measured.strides,
        bout_metrics=bout_metrics,
        metrics=summarise_metrics(bout_metrics, bouts, **settings.keywords(summarise_metrics)),
        comparison=comparison,
        cadence=_cadence_table(tracks),
        waveforms=_waveforms_table(bouts, measured),
        overview=_overview_table(bodies),
        capabilities=can,
        quality=sort_flags(flags),
        assumptions=(*recording.assumptions, *headings.assumptions),
        settings=settings,
        version=package_version(),
        language=current_language(),
    )


def compare(analysis: Analysis) -> Comparison:
    """Backward against forward running of an analysis; see `gait.results.Comparison`."""
    return analysis.comparison


def package_version() -> str:
    """Version of the installed distribution, ``"0+unknown"`` when run from a bare source tree."""
    try:
        return version("retrogait")
    except PackageNotFoundError:
        return "0+unknown"


def _check_labels(labels: pd.DataFrame | None) -> None:
    if labels is None:
        return
    if missing := {"start_s", "end_s", "direction"} - set(labels.columns):
        raise UsageError(f"labels lack the column {', '.join(sorted(missing))}", "Give start_s, end_s, direction")
    if wrong := set(labels["direction"]) - {"forward", "backward", "unknown"}:
        raise UsageError(f"allowed for a label are 'forward', 'backward', 'unknown', but got {sorted(map(str, wrong))}")
    if not (labels["end_s"] > labels["start_s"]).all():
        raise UsageError("a label ends before it begins", "Give start_s before end_s, in seconds")


def _bouts_table(tracks: list[Track], headings: Headings, recording: Recording) -> pd.DataFrame:
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
            "speed_ms": [_speed(recording.speed, t) for t in tracks],
        },
    )


def _speed(speed: pd.DataFrame | None, track: Track) -> float:
    """Mean GPS speed of a bout [m/s]; NaN below ten readings, because a single fix is poor."""
    if speed is None:
        return float("nan")
    inside = speed.loc[speed["time_s"].between(track.start_s, track.end_s), "speed_ms"].dropna()
    return float(inside.mean()) if len(inside) >= 10 else float("nan")


def _bout_metrics_table(bouts: pd.DataFrame, measured: Measured) -> pd.DataFrame:
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


def _withheld(bouts: pd.DataFrame, measured: Measured, settings: AnalysisSettings) -> dict[str, str]:
    """Peak metrics that may not be compared because the sensor was at its limit."""
    runs = bouts[bouts["gait"] == "run"].set_index("bout_id")["direction"]
    steps = measured.steps.assign(direction=measured.steps["bout_id"].map(runs))
    for direction in ("forward", "backward"):
        clipped = steps.loc[steps["direction"] == direction, "clipped"]
        if len(clipped) and clipped.mean() > settings.max_clipped_share:
            reason = _("the sensor reached its limit in {share:.0f} % of the {direction} steps",
                       share=100 * clipped.mean(), direction=direction_word(direction))  # fmt: skip
            return dict.fromkeys((*PEAK_METRICS, "impulse_gs", "dyn_load_g"), reason)
    return {}


def _cadence_table(tracks: list[Track]) -> pd.DataFrame:
    return _stacked("cadence", [
        {"bout_id": k, "time_s": t.start_s + t.phase.window_s, "cadence_spm": t.phase.window_spm}
        for k, t in enumerate(tracks)
    ])  # fmt: skip


def _waveforms_table(bouts: pd.DataFrame, measured: Measured) -> pd.DataFrame:
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


def _overview_table(bodies: list[BodySignal], bins: int = 2000) -> pd.DataFrame:
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


def _result_flags(
    recording: Recording, bouts: pd.DataFrame, can: dict[str, str], withheld: dict[str, str]
) -> list[Flag]:
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
