"""The stages between signal and result: bouts with their rhythm, their direction, their steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gait.events.bouts import find_bouts, run_logit
from gait.events.cadence import StepPhase, follow_steps
from gait.events.contacts import Contacts, find_contacts
from gait.events.course import heading_rad
from gait.events.foot import stride_evidence
from gait.events.travel import Evidence, travel_evidence
from gait.metrics import impact, timing
from gait.nomenclature import make_table
from gait.recording import STANDARD_GRAVITY_MS2
from gait.settings import AnalysisSettings
from gait.signal.axes import free_fall_share, magnitude, up_direction, vertical_and_level, vertical_part, without_swing
from gait.signal.body import TRUNK, BodySignal
from gait.signal.filters import low_pass, moving_mean
from gait.signal.timebase import Piece

Floats = NDArray[np.float64]
Rows = dict[str, NDArray[Any]]
"""Columns of a table."""


@dataclass(frozen=True)
class Track:
    """One bout with its signals and its rhythm.

    Attributes
    ----------
    gait : {"run", "walk"}
        Gait.
    start_s, end_s : float
        Times in the recording [s].
    piece : Piece
        The uniform samples it lies in.
    body : BodySignal
        The low-passed signals of that piece.
    phase : StepPhase
        Rhythm of the bout, at the rate of `body`.
    n_steps : int
        Steps counted.
    body_slice, piece_slice : slice
        The bout's samples in `body` and in `piece`.
    run_logit : float
        Log odds that the whole bout is running rather than walking.
    """

    gait: str
    start_s: float
    end_s: float
    piece: Piece
    body: BodySignal
    phase: StepPhase
    n_steps: int
    body_slice: slice
    piece_slice: slice
    run_logit: float


def find_tracks(
    pieces: list[Piece], bodies: list[BodySignal], *, placement: str, has_gravity: bool, settings: AnalysisSettings
) -> list[Track]:
    """Bouts of all pieces in order of time, each with its rhythm followed; shaking without a bounce is left out.

    Parameters
    ----------
    pieces : list of Piece
        The recording on uniform clocks.
    bodies : list of BodySignal
        The low-passed signals of each piece.
    placement : str
        Where the device was worn.
    has_gravity : bool
        Whether gravity is contained.
    settings : AnalysisSettings
        Thresholds.
    """
    tracks = []
    min_bounce_m = settings.min_bounce_m if has_gravity else settings.min_bounce_without_gravity_m
    for piece, body in zip(pieces, bodies, strict=True):
        found = find_bouts(
            body.vertical_g, body.resultant_g, body.rhythm_g, rate_hz=body.rate_hz, placement=placement,
            **settings.keywords(find_bouts),
        )  # fmt: skip
        for gait, start_s, end_s in found:
            start_s, end_s = body.start_s + start_s, body.start_s + end_s
            inside = _samples(start_s, end_s, body.start_s, body.rate_hz)
            phase = follow_steps(
                body.rhythm_g[inside], rate_hz=body.rate_hz, gait=gait, limb=placement not in TRUNK,
                **settings.keywords(follow_steps),
            )  # fmt: skip
            limit = settings.max_unsteadiness_run if gait == "run" else settings.max_unsteadiness_walk
            if phase.unsteadiness > limit or not _lifts(body.rhythm_g[inside], phase.cadence_spm, min_bounce_m):
                continue
            logit = run_logit(body.vertical_g[inside], body.resultant_g[inside], phase.cadence_spm, placement=placement)
            whole = _samples(start_s, end_s, piece.start_s, piece.rate_hz)
            tracks.append(
                Track(gait, start_s, end_s, piece, body, phase, _count(phase, settings), inside, whole, logit)
            )
    return tracks


def _lifts(rhythm_g: Floats, cadence_spm: float, min_bounce_m: float) -> bool:
    """Whether the cadence is known, and slow and strong enough to lift a body by a centimetre.

    Vehicles, skis and hands shake at step frequencies too, but their movement, amplitude / (2 pi f)², is smaller.
    """
    if np.isnan(cadence_spm):
        return False
    amplitude_ms2 = np.sqrt(2) * float(rhythm_g.std()) * STANDARD_GRAVITY_MS2
    return bool(amplitude_ms2 / (2 * np.pi * cadence_spm / 60) ** 2 >= min_bounce_m)


def _count(phase: StepPhase, settings: AnalysisSettings) -> int:
    """Steps of a bout: advance of the phase while its line is strong enough (not in short stops)."""
    strength = (phase.strength[1:] + phase.strength[:-1]) / 2
    strong = strength > settings.min_step_strength * np.median(phase.strength)
    advance = float(np.diff(phase.steps)[strong].sum())
    # the phase is often pinned to half steps at both ends: a hair breaks the tie the same way in either direction
    return max(int(np.floor(advance + 0.501)), 0)


def _samples(start_s: float, end_s: float, origin_s: float, rate_hz: float) -> slice:
    """Samples from start to end, both included; a hair of tolerance against rounding."""
    first = int(np.ceil((start_s - origin_s) * rate_hz - 1e-6))
    return slice(max(first, 0), int(np.floor((end_s - origin_s) * rate_hz + 1e-6)) + 1)


def track_headings(tracks: list[Track], *, settings: AnalysisSettings) -> list[Floats | None]:
    """Heading of the device in each bout, at the rate of its body signal [rad]; None without a gyroscope.

    Bouts of one piece share one integration, so that their headings can be compared.

    Parameters
    ----------
    tracks : list of Track
        The bouts.
    settings : AnalysisSettings
        Thresholds.
    """
    of_piece: dict[int, Floats | None] = {}
    for track in tracks:
        piece, body = track.piece, track.body
        if id(piece) not in of_piece and piece.gyr_rads is None:
            of_piece[id(piece)] = None
        elif id(piece) not in of_piece:
            assert piece.gyr_rads is not None
            up = up_direction(piece.acc_g, rate_hz=piece.rate_hz, window_s=settings.up_window_s)
            heading = heading_rad(piece.gyr_rads, up, rate_hz=piece.rate_hz)
            # pelvis and thigh swing within a stride: the way itself is slower
            heading = moving_mean(heading, n=int(piece.rate_hz))
            body_s = body.start_s + np.arange(len(body.vertical_g)) / body.rate_hz
            of_piece[id(piece)] = np.interp(body_s, piece.time_s, heading)
    return [None if (h := of_piece[id(t.piece)]) is None else h[t.body_slice] for t in tracks]


def direction_evidence(track: Track, *, placement: str, settings: AnalysisSettings) -> Evidence:
    """Evidence on travel of one bout, its ends left out; off the trunk freed of the swing if there is a gyroscope.

    Parameters
    ----------
    track : Track
        The bout.
    placement : str
        Where the device was worn.
    settings : AnalysisSettings
        Thresholds.
    """
    body, inside = track.body, track.body_slice
    acc, piece = body.acc_g[inside], track.piece
    if placement == "foot" and piece.gyr_rads is not None:
        return stride_evidence(
            piece.acc_g[track.piece_slice], piece.gyr_rads[track.piece_slice], rate_hz=piece.rate_hz,
            stride_s=120.0 / track.phase.cadence_spm,
        )  # fmt: skip
    if piece.gyr_rads is not None and placement not in TRUNK:
        whole = track.piece_slice
        steady = without_swing(
            piece.acc_g[whole], piece.gyr_rads[whole], rate_hz=piece.rate_hz, drift_hz=settings.swing_drift_hz
        )
        steady = low_pass(steady, rate_hz=piece.rate_hz, cutoff_hz=settings.rhythm_low_pass_hz)
        at_s = piece.start_s + (whole.start + np.arange(len(steady))) / piece.rate_hz
        known_s = body.start_s + (inside.start + np.arange(len(acc))) / body.rate_hz
        acc = np.stack([np.interp(known_s, at_s, column) for column in steady.T], axis=1)
    up = up_direction(acc, rate_hz=body.rate_hz, window_s=settings.up_window_s)
    vertical, level = vertical_and_level(acc, up)
    edge = min(int(settings.direction_trim_s * body.rate_hz), len(acc) // 8)
    kept = slice(edge, len(acc) - edge)
    return travel_evidence(
        vertical[kept], level[kept], up[kept], track.phase.steps[kept], rate_hz=body.rate_hz,
        gait=track.gait, **settings.keywords(travel_evidence),
    )  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """What was measured in the bouts.

    Attributes
    ----------
    steps, strides : pandas.DataFrame
        As in ``nomenclature.TABLES``.
    bout_values : list of dict of str to float
        Of each bout, its metrics in the units of ``nomenclature.QUANTITIES``.
    waveforms : list of ndarray, shape (points,), or None
        Of each bout, the mean step's vertical [g]; None without contacts.
    """

    steps: pd.DataFrame
    strides: pd.DataFrame
    bout_values: list[dict[str, float]]
    waveforms: list[Floats | None]


def measure(tracks: list[Track], can: dict[str, str], clipped_s: Floats, *, settings: AnalysisSettings) -> Measured:
    """Contacts and metrics of all bouts, as far as placement and rate allow; `clipped_s`: times of clipped readings.

    Parameters
    ----------
    tracks : list of Track
        From `find_tracks`.
    can : dict of str to str
        From `gait.quality.capabilities`.
    clipped_s : ndarray, shape (m,)
        Times of clipped readings [s].
    settings : AnalysisSettings
        Thresholds.
    """
    steps, strides, values, waves = [], [], [], []
    for bout_id, track in enumerate(tracks):
        rows, own, wave = None, {"cadence_spm": track.phase.cadence_spm}, None
        if track.gait == "run" and not can["contacts"]:
            rows, wave, bout_own = _trunk_steps(track, can, clipped_s, settings)
            own |= bout_own
        elif track.gait == "run" and not can["peaks"]:
            own |= _cycle_peaks(track, can, clipped_s, settings)
        values.append(own)
        waves.append(wave)
        if rows is not None:
            steps.append(_of_bout(bout_id, rows))
            of_foot = _strides(rows["ic_s"], max_step_time_ratio=settings.max_step_time_ratio)
            strides.append(_of_bout(bout_id, of_foot))
    return Measured(_join("steps", steps), _join("strides", strides), values, waves)


def _strides(ic_s: Floats, *, max_step_time_ratio: float) -> Rows:
    """Strides of one foot, those left out that span a missed step."""
    stride_s = ic_s[2:] - ic_s[:-2]
    whole = stride_s <= max_step_time_ratio * np.median(stride_s) if len(stride_s) else np.empty(0, dtype=bool)
    return {
        "stride_id": np.arange(int(whole.sum())), "ic_s": ic_s[:-2][whole], "next_ic_s": ic_s[2:][whole],
        "stride_time_s": stride_s[whole],
    }  # fmt: skip


def _of_bout(bout_id: int, rows: Rows) -> Rows:
    return {"bout_id": np.full(len(rows["ic_s"]), bout_id), **rows}


def _join(name: str, parts: list[Rows]) -> pd.DataFrame:
    if not parts:
        return make_table(name)
    return make_table(name, {key: np.concatenate([part[key] for part in parts]) for key in parts[0]})


def _local(track: Track, settings: AnalysisSettings) -> tuple[Floats, Floats, Floats]:
    """Specific force of the bout at the full rate, its up, and its step phase, shapes (n, 3), (n, 3), (n,)."""
    acc = track.piece.acc_g[track.piece_slice]
    up = up_direction(acc, rate_hz=track.piece.rate_hz, window_s=settings.up_window_s)
    at_s = track.piece.start_s + (track.piece_slice.start + np.arange(len(acc))) / track.piece.rate_hz
    body, n = track.body, len(track.phase.steps)
    known_s = body.start_s + (track.body_slice.start + np.arange(n)) / body.rate_hz
    return acc, up, np.interp(at_s, known_s, track.phase.steps)


def _trunk_steps(
    track: Track, can: dict[str, str], clipped_s: Floats, settings: AnalysisSettings
) -> tuple[Rows | None, Floats | None, dict[str, float]]:
    rate_hz = track.piece.rate_hz
    acc, up, phase = _local(track, settings)
    vertical = vertical_part(acc, up)
    carry = low_pass(vertical, rate_hz=rate_hz, cutoff_hz=settings.carry_low_pass_hz)
    contact = low_pass(vertical, rate_hz=rate_hz, cutoff_hz=settings.contact_low_pass_hz)
    found = find_contacts(contact, carry, phase, rate_hz=rate_hz, **settings.keywords(find_contacts))
    if not len(found.ic_s):
        return None, None, {}
    origin_s = track.piece.start_s + track.piece_slice.start / rate_hz
    rows = _step_rows(acc, vertical, carry, found, can, clipped_s - origin_s, rate_hz=rate_hz, settings=settings)
    own = _bout_values(track, rows, found, vertical, carry, settings)
    enough = len(found.ic_s) >= 5
    wave = impact.mean_step(carry, found.ic_s, rows["step_time_s"], rate_hz=rate_hz) if enough else None
    return rows | {"ic_s": rows["ic_s"] + origin_s, "tc_s": rows["tc_s"] + origin_s}, wave, own


def _step_rows(
    acc: Floats, vertical: Floats, carry: Floats, found: Contacts, can: dict[str, str], clipped_s: Floats, *,
    rate_hz: float, settings: AnalysisSettings,
) -> Rows:  # fmt: skip
    shock = low_pass(vertical, rate_hz=rate_hz, cutoff_hz=settings.impact_low_pass_hz)
    res_cutoff_hz = min(settings.resultant_low_pass_hz, settings.resultant_low_pass_share * rate_hz)
    resultant = magnitude(low_pass(acc, rate_hz=rate_hz, cutoff_hz=res_cutoff_hz))
    calm = magnitude(low_pass(acc, rate_hz=rate_hz, cutoff_hz=settings.impact_low_pass_hz))
    ic = found.ic_s
    # contact and its surroundings, the same forward and backward in time
    middle, near = (found.rise_s + found.fall_s) / 2, (found.fall_s - found.rise_s) / 2 + settings.peak_margin_s
    wide = near + settings.trough_margin_s
    clipped = impact.window_holds(clipped_s, middle, half_s=wide)

    landing = impact.around(middle, near, n=len(acc), rate_hz=rate_hz)
    peak_vert = impact.extreme(shock, landing, largest=True)
    trough = impact.extreme(shock, impact.around(middle, wide, n=len(acc), rate_hz=rate_hz), largest=False)
    carry_s = found.fall_s - found.rise_s
    ratio = settings.max_step_time_ratio
    load_end = middle + timing.step_times(middle, max_step_time_ratio=ratio)
    rows: Rows = {
        "step_id": np.arange(len(ic)), "ic_s": ic, "tc_s": found.tc_s,
        "step_time_s": timing.step_times(ic, max_step_time_ratio=ratio), "t_ce_s": carry_s,
        "kvert_over_m": timing.stiffness_by_mass(carry_s),
        "peak_vert_g": np.where(clipped, np.nan, peak_vert),
        "peak_res_g": np.where(clipped, np.nan, impact.extreme(resultant, landing, largest=True)),
        "p2p_g": np.where(clipped, np.nan, peak_vert - trough),
        "impulse_gs": np.where(clipped, np.nan, impact.impulse_gs(carry, found.rise_s, found.fall_s, rate_hz=rate_hz)),
        "dyn_load_g": np.where(clipped, np.nan, impact.dynamic_load_g(calm, middle, load_end, rate_hz=rate_hz)),
        "clipped": clipped,
    }  # fmt: skip
    if not can["slope"]:
        steepest = impact.extreme(impact.slope(shock, rate_hz=rate_hz), landing, largest=True)
        rows["slope_g_per_s"] = np.where(clipped, np.nan, steepest)
    return rows


def _bout_values(
    track: Track, rows: Rows, found: Contacts, vertical: Floats, carry: Floats, settings: AnalysisSettings
) -> dict[str, float]:
    """Values of one bout: means of times, medians of peaks, and what belongs to the bout as a whole."""
    rate_hz = track.piece.rate_hz
    out = {name: float(rows[name].mean()) for name in ("t_ce_s", "kvert_over_m")}
    whole = ~rows["clipped"]
    unclipped = 1.0 - whole.mean() <= settings.max_clipped_share
    if unclipped:
        out["impulse_gs"] = float(rows["impulse_gs"][whole].mean())
        load = rows["dyn_load_g"][np.isfinite(rows["dyn_load_g"])]
        out["dyn_load_g"] = float(load.mean()) if len(load) else float("nan")
        peaks = [n for n in ("peak_vert_g", "peak_res_g", "p2p_g", "slope_g_per_s") if n in rows]
        out |= {name: float(np.median(rows[name][whole])) for name in peaks}
    contact_s = found.tc_s - found.ic_s
    if np.isfinite(contact_s).sum() >= settings.min_steps_per_bout:
        out["contact_time_est_s"] = float(np.nanmean(contact_s))
        out["flight_time_est_s"] = float(np.nanmean(rows["step_time_s"])) - out["contact_time_est_s"]
    step_hz = track.phase.cadence_spm / 60
    out["flight_share"] = float(free_fall_share(carry))
    out["vosc_m"] = timing.vertical_oscillation_m(float(np.median(track.phase.strength)), step_hz)
    half = (found.fall_s - found.rise_s) / 2
    carrying = impact.around(found.rise_s + half, half, n=len(carry), rate_hz=rate_hz)
    crest = impact.extreme(carry, carrying, largest=True)
    if unclipped:
        out["vgrf_peak_bw_est"] = float(np.median(crest[whole]))
    powers = impact.band_powers(vertical, rate_hz=rate_hz, bands_hz=((3.0, 8.0), (9.0, 20.0)))
    out["p_3_8_hz"], out["p_9_20_hz"] = powers
    return out


def _cycle_peaks(track: Track, can: dict[str, str], clipped_s: Floats, settings: AnalysisSettings) -> dict[str, float]:
    """Median over steps of the largest resultant, where contacts cannot be found (pocket, thigh, shank)."""
    rate_hz = track.piece.rate_hz
    acc, _, phase = _local(track, settings)
    cutoff_hz = min(settings.resultant_low_pass_hz, settings.resultant_low_pass_share * rate_hz)
    resultant = magnitude(low_pass(acc, rate_hz=rate_hz, cutoff_hz=cutoff_hz))
    number = np.floor(np.maximum.accumulate(phase) + 0.5)
    first = np.flatnonzero(np.r_[True, np.diff(number) > 0])
    peaks = np.maximum.reduceat(resultant, first)[1:-1]
    border_s = track.piece.start_s + (track.piece_slice.start + first) / rate_hz
    dirty = np.diff(np.searchsorted(clipped_s, border_s))[1:] > 0
    if len(peaks) < settings.min_steps_per_bout or dirty.mean() > settings.max_clipped_share:
        return {}
    out = {"peak_res_g": float(np.median(peaks[~dirty]))}
    calm = magnitude(low_pass(acc, rate_hz=rate_hz, cutoff_hz=settings.impact_low_pass_hz))
    out["dyn_load_g"] = float(np.abs(calm - 1.0).mean())
    if not can["tibial"]:
        out["pta_res_g"] = out.pop("peak_res_g")
    return out
