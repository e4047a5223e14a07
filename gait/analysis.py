"""The analysis from recording to result: begin reading here."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

import pandas as pd

from gait.errors import UsageError
from gait.front import Calibration
from gait.heading import find_headings
from gait.language import current_language
from gait.metrics.compare import compare_directions
from gait.metrics.summary import summarise_metrics
from gait.quality import capabilities, clipped_samples, inspect_flags, sort_flags
from gait.recording import STANDARD_GRAVITY_MS2, Recording
from gait.results import Analysis, Comparison
from gait.settings import AnalysisSettings
from gait.signal.body import BodySignal, body_signal
from gait.signal.timebase import Piece, uniform_pieces
from gait.stages import Track, find_tracks, measure
from gait.tabulate import (
    bout_metrics_table,
    bouts_table,
    cadence_table,
    direction_windows_table,
    overview_table,
    result_flags,
    speed_ms,
    speed_source,
    waveforms_table,
    withheld_metrics,
)


def analyze(
    recording: Recording,
    *,
    settings: AnalysisSettings | None = None,
    calibrate: Calibration = None,
    labels: pd.DataFrame | None = None,
    backward_group: str | None = None,
    speed: float | pd.DataFrame | None = None,
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
    speed : float or pandas.DataFrame, optional
        Speed of all runs [m/s], or a table with the columns ``start_s``, ``end_s`` [s] and ``speed_ms`` [m/s]. Goes
        before the speed in the recording.

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
    _check_speed(speed)
    has_gravity, place = recording.gravity == "included", recording.placement
    can = capabilities(
        place, recording.true_rate_hz, has_gravity=has_gravity, has_gyroscope=recording.gyr_rads is not None,
        **settings.keywords(capabilities),
    )  # fmt: skip
    pieces, bodies = _signals(recording, settings)
    tracks: list[Track] = []
    if not can["cadence"]:
        tracks = find_tracks(pieces, bodies, placement=place, has_gravity=has_gravity, settings=settings)
    headings = find_headings(
        tracks, placement=place, anterior=recording.anterior_axis, refusal=can["direction"],
        calibrate=calibrate, labels=labels, backward_group=backward_group, fixes=recording.speed, settings=settings,
    )  # fmt: skip
    clipped = clipped_samples(recording)
    measured = measure(tracks, can, recording.time_s[clipped.any(axis=1)], settings=settings)
    speeds_ms = [speed_ms(track, speed, recording.speed) for track in tracks]
    bouts = bouts_table(tracks, headings, speeds_ms)
    bout_metrics = bout_metrics_table(bouts, measured)
    withheld = withheld_metrics(bouts, measured, settings)
    comparison = Comparison(
        *compare_directions(
            bout_metrics, bouts, placement=place, withheld=withheld, simulated=recording.simulated,
            **settings.keywords(compare_directions),
        )
    )  # fmt: skip
    flags = [*inspect_flags(recording, clipped), *headings.flags, *result_flags(recording, bouts, can, withheld)]
    return Analysis(
        recording=recording,
        bouts=bouts,
        direction_windows=direction_windows_table(headings),
        steps=measured.steps,
        strides=measured.strides,
        bout_metrics=bout_metrics,
        metrics=summarise_metrics(
            bout_metrics, bouts, rate_hz=recording.true_rate_hz, **settings.keywords(summarise_metrics)
        ),
        comparison=comparison,
        cadence=cadence_table(tracks),
        waveforms=waveforms_table(bouts, measured),
        overview=overview_table(bodies),
        capabilities=can,
        quality=sort_flags(flags),
        assumptions=(*recording.assumptions, *headings.assumptions, *speed_source(speed, speeds_ms)),
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


def _signals(recording: Recording, settings: AnalysisSettings) -> tuple[list[Piece], list[BodySignal]]:
    """The recording on uniform clocks, and what rhythm and direction are read from."""
    pieces = uniform_pieces(
        recording.time_s, recording.acc_ms2 / STANDARD_GRAVITY_MS2, recording.gyr_rads, cuts_s=recording.cuts_s,
        **settings.keywords(uniform_pieces),
    )  # fmt: skip
    known: dict[str, Any] = {"placement": recording.placement, "has_gravity": recording.gravity == "included"}
    return pieces, [body_signal(piece, **known, **settings.keywords(body_signal)) for piece in pieces]


def _check_labels(labels: pd.DataFrame | None) -> None:
    if labels is None:
        return
    if missing := {"start_s", "end_s", "direction"} - set(labels.columns):
        raise UsageError(f"labels lack the column {', '.join(sorted(missing))}", "Give start_s, end_s, direction")
    if wrong := set(labels["direction"]) - {"forward", "backward", "unknown"}:
        raise UsageError(f"allowed for a label are 'forward', 'backward', 'unknown', but got {sorted(map(str, wrong))}")
    if not (labels["end_s"] > labels["start_s"]).all():
        raise UsageError("a label ends before it begins", "Give start_s before end_s, in seconds")


def _check_speed(speed: float | pd.DataFrame | None) -> None:
    if isinstance(speed, pd.DataFrame):
        if missing := {"start_s", "end_s", "speed_ms"} - set(speed.columns):
            raise UsageError(f"speeds lack the column {', '.join(sorted(missing))}", "Give start_s, end_s, speed_ms")
        if not ((speed["end_s"] > speed["start_s"]) & (speed["speed_ms"] > 0)).all():
            raise UsageError("a span of the speeds is empty, or its speed is not above 0", "Give seconds and m/s")
    elif speed is not None and not speed > 0:
        raise UsageError(f"a speed of {speed:g} m/s is not a running speed", "Give metres per second")
