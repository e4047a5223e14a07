"""Backward against forward running of one recording, bout by bout: ratios, intervals, and what may be said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gait.metrics import intervals, verdicts
from gait.metrics.summary import model_errors
from gait.metrics.verdicts import ADJUSTED, MATCHED, NOT_CONTROLLED
from gait.nomenclature import BOUT_METRICS, QUANTITIES, make_table

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MATCHED_SPEED_RATIO = 1.10
"""Mean speeds that differ by less count as equal; judgement."""
MIN_BOUTS_ADJUSTED = 6
"""Fewest bouts of a regression on speed."""
LITERATURE_MDC = {"contact_time_est_s": 1.13, "flight_time_est_s": 1.30, "vgrf_peak_bw_est": 1.11}
"""Changes that another day's measurement of the same runner can show (Patoz 2022), where own bouts are too few."""
TIBIAL_MDC_G = 1.5
"""The same for peak resultant acceleration of the shank [g]."""
EXPECTED_RATIO = {
    "cadence_spm": (0.90, 1.35),
    "t_ce_s": (0.65, 1.10),
    "kvert_over_m": (0.9, 2.0),
    "flight_time_est_s": (0.7, 2.0),
    "peak_vert_g": (0.85, 1.45),
}
"""Ratios outside are implausible. Signs after Cavagna, Legramandi & La Torre 2012; widths are judgement."""
REVERSED_RATIO = 1.02
"""Lower cadence and longer effective contact backward by more than this first suggest a wrong label; judgement."""
PEAK_WINDOW_PLACEMENTS = ("lower_back", "waist")
"""Where the expected ratio of the vertical peak holds."""


class Compared(NamedTuple):
    """What `compare_directions` found.

    Attributes
    ----------
    table, sentence, speed_note, warnings
        As in ``gait.results.Comparison``.
    """

    table: pd.DataFrame
    sentence: str
    speed_note: str
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Estimate:
    """One metric, backward against forward.

    Attributes
    ----------
    metric : str
        Name.
    forward, backward : float
        Means over bouts, in the metric's unit.
    ratio, low, high : float
        Backward / forward and its 95 % interval, NaN when there is none.
    n_forward, n_backward, steps_forward, steps_backward : int
        Bouts and steps behind it.
    hedges_g : float
        Difference in standard deviations between bouts.
    mdc_ratio : float
        Ratio beyond which a difference exceeds noise, NaN when unknown.
    own_mdc : bool
        Whether that noise is the runner's own.
    model_error : float
        Error of an estimated metric, in its unit; 0 for a measured one.
    method : str
        ``"paired"``, ``"welch"``, ``"adjusted"``, ``"bootstrap"`` or ``"none"``.
    speed : str
        ``"speed-matched"``, ``"adjusted for speed"`` or ``"speed not controlled"``.
    """

    metric: str
    forward: float
    backward: float
    ratio: float
    low: float
    high: float
    n_forward: int
    n_backward: int
    steps_forward: int
    steps_backward: int
    hedges_g: float
    mdc_ratio: float
    own_mdc: bool
    model_error: float
    method: str
    speed: str


def compare_directions(
    bout_metrics: pd.DataFrame,
    bouts: pd.DataFrame,
    *,
    min_steps_per_bout: int,
    contact_model_error_s: float = 0.035,
    placement: str = "unknown",
    withheld: Mapping[str, str] | None = None,
    simulated: bool = False,
) -> Compared:
    """Compare backward with forward running, with the bout as the unit.

    The logarithms of the bouts' values are compared. Bouts that alternate in time are compared in pairs (see
    `gait.metrics.intervals.pair_weights`), others by Welch's interval. From ten bouts per direction the interval is
    widened to where a bootstrap reaches further, and by the error of the method where it has one
    (`gait.metrics.intervals.METHOD_ERROR`). With six or more bouts of known speed and overlapping ranges, and mean
    speeds more than 10 % apart, the ratio is adjusted for speed. With one bout in a direction there is neither
    interval nor verdict. A metric that is missing in a direction, or zero or negative in a bout, is left out.

    Parameters
    ----------
    bout_metrics, bouts : pandas.DataFrame
        As in ``nomenclature.TABLES``; only running counts.
    min_steps_per_bout : int
        Bouts with fewer steps are left out.
    contact_model_error_s : float
        Error of estimated contact and flight time [s] (Patoz 2021); a difference within it is said to be so.
    placement : str
        Where the device was worn: the vertical peak has an expected ratio at the low back and waist only.
    withheld : mapping of str to str, optional
        Metrics that must not be compared, and why.
    simulated : bool
        Whether the recording is simulated; the sentence then says so.

    Returns
    -------
    Compared
        Table (columns of ``TABLES["comparison"]``), sentence, what is known of speed, warnings.
    """
    withheld = withheld or {}
    values = _values(bout_metrics, bouts, min_steps_per_bout)
    errors = model_errors(contact_model_error_s)
    found: list[Estimate] = []
    for metric in (m for m in BOUT_METRICS if m not in withheld):
        estimate = _estimate(metric, values[values["metric"] == metric], errors.get(metric, 0.0))
        if estimate is not None:
            found.append(estimate)
    left_out = {m: withheld[m] for m in withheld if (values["metric"] == m).any()}
    remarks = (*_implausible(found, values, placement), *verdicts.remarks(bouts, values, left_out, min_steps_per_bout))
    notes = {e.speed for e in found} or {NOT_CONTROLLED}
    return Compared(
        table=_table(found),
        sentence=verdicts.headline(found, bouts, min_steps_per_bout, simulated=simulated),
        speed_note=next(note for note in (NOT_CONTROLLED, ADJUSTED, MATCHED) if note in notes),
        warnings=remarks if found else (),
    )


def _values(bout_metrics: pd.DataFrame, bouts: pd.DataFrame, min_steps: int) -> pd.DataFrame:
    """Usable values of running bouts of known direction, in order of time."""
    usable = (
        (bout_metrics["gait"] == "run")
        & bout_metrics["direction"].isin(["forward", "backward"])
        & (bout_metrics["n_steps"] >= min_steps)
        & np.isfinite(bout_metrics["value"])
    )
    timed = bout_metrics[usable].merge(bouts[["bout_id", "start_s", "end_s", "speed_ms"]], on="bout_id", validate="m:1")
    return pd.DataFrame(timed.sort_values(["start_s", "bout_id"], kind="stable"))


def _estimate(metric: str, part: pd.DataFrame, model_error: float) -> Estimate | None:
    """Compare one metric; None when a direction is missing or a value has no logarithm."""
    back = (part["direction"] == "backward").to_numpy(dtype=bool)
    if back.all() or not back.any() or not (part["value"] > 0).all():
        return None
    log = np.log(part["value"].to_numpy(dtype=float))
    steps = part["n_steps"].to_numpy()
    speed = speed_rule(part["speed_ms"].to_numpy(dtype=float), back)
    difference, method, log = _difference(log, back, part["speed_ms"].to_numpy(dtype=float), speed)
    difference = intervals.widen_by_method(difference, intervals.METHOD_ERROR.get(metric, 0.0))
    if speed == ADJUSTED and method != "adjusted":
        speed = NOT_CONTROLLED
    forward, backward = float(np.exp(difference.forward)), float(np.exp(difference.backward))
    noise = float(np.exp(intervals.minimal_detectable_change(log[~back])))
    own = bool(np.isfinite(noise))
    if not own:
        noise = 1.0 + TIBIAL_MDC_G / forward if metric == "pta_res_g" else LITERATURE_MDC.get(metric, float("nan"))
    return Estimate(
        metric=metric,
        forward=forward,
        backward=backward,
        ratio=backward / forward,
        low=float(np.exp(difference.low)),
        high=float(np.exp(difference.high)),
        n_forward=int((~back).sum()),
        n_backward=int(back.sum()),
        steps_forward=int(steps[~back].sum()),
        steps_backward=int(steps[back].sum()),
        hedges_g=intervals.hedges_g(log[~back], log[back]),
        mdc_ratio=noise,
        own_mdc=own,
        model_error=model_error,
        method=method,
        speed=speed,
    )


def speed_rule(speed_ms: Floats, is_backward: Bools) -> str:
    """What speed allows to say: matched, adjustable, or not controlled.

    Parameters
    ----------
    speed_ms : ndarray, shape (bouts,)
        Mean speed of each bout [m/s], NaN when unknown.
    is_backward : ndarray of bool, shape (bouts,)
        Direction; both occur.
    """
    if not (speed_ms > 0).all():
        return NOT_CONTROLLED
    ahead, back = speed_ms[~is_backward], speed_ms[is_backward]
    means = sorted((float(ahead.mean()), float(back.mean())))
    if means[1] <= MATCHED_SPEED_RATIO * means[0]:
        return MATCHED
    overlap = max(ahead.min(), back.min()) < min(ahead.max(), back.max())
    return ADJUSTED if len(speed_ms) >= MIN_BOUTS_ADJUSTED and overlap else NOT_CONTROLLED


def _difference(log: Floats, back: Bools, speed_ms: Floats, speed: str) -> tuple[intervals.Difference, str, Floats]:
    """Difference of logarithms, how it was found, and the logarithms it rests on."""
    fewest = int(min(back.sum(), (~back).sum()))
    if fewest < 2:
        nan = np.asarray(np.nan)
        return intervals.Difference(np.asarray(log[~back].mean()), np.asarray(log[back].mean()), nan, nan), "none", log
    if speed == ADJUSTED and (adjusted := intervals.speed_adjusted(log, np.log(speed_ms), back)) is not None:
        return adjusted[0], "adjusted", adjusted[1]
    samples: tuple[Floats, ...]
    if (weights := intervals.pair_weights(back)) is not None:
        found, method = intervals.paired(log, weights), "paired"
        samples = (log @ (weights[1] - weights[0]).T,)
    else:
        found, method = intervals.welch(log[~back], log[back]), "welch"
        samples = (log[~back], log[back])
    if fewest >= intervals.MIN_BOUTS_BOOTSTRAP:
        wider = intervals.widen_by_bootstrap(found, samples)
        if wider.low < found.low or wider.high > found.high:
            return wider, "bootstrap", log
    return found, method, log


def _implausible(found: list[Estimate], values: pd.DataFrame, placement: str) -> tuple[str, ...]:
    """Sentences on ratios outside of what laboratories saw; nothing is corrected."""
    by_name = {e.metric: e for e in found}
    out = []
    for metric, (low, high) in EXPECTED_RATIO.items():
        estimate = by_name.get(metric)
        if metric == "peak_vert_g" and placement not in PEAK_WINDOW_PLACEMENTS:
            continue
        if estimate is not None and not low <= estimate.ratio <= high:
            out.append(verdicts.implausible(estimate, low, high))
    cadence, carry = by_name.get("cadence_spm"), by_name.get("t_ce_s")
    if cadence is None or carry is None or _clearly_slower_backward(values):
        return tuple(out)
    if cadence.ratio * REVERSED_RATIO < 1.0 and carry.ratio > REVERSED_RATIO:
        out.append(verdicts.suspect_label(cadence, carry))
    return tuple(out)


def _clearly_slower_backward(values: pd.DataFrame) -> bool:
    """Whether speed is known and lower backward by more than counts as equal."""
    speed = values.drop_duplicates("bout_id").groupby("direction")["speed_ms"].mean()
    return bool(speed.get("backward", np.nan) * MATCHED_SPEED_RATIO < speed.get("forward", np.nan))


def _table(found: list[Estimate]) -> pd.DataFrame:
    rows: list[dict[str, Any]] = [
        {
            "metric": e.metric, "unit": QUANTITIES[e.metric].unit, "forward": e.forward, "backward": e.backward,
            "ratio": e.ratio, "ratio_low": e.low, "ratio_high": e.high, "n_bouts_forward": e.n_forward,
            "n_bouts_backward": e.n_backward, "n_steps_forward": e.steps_forward, "n_steps_backward": e.steps_backward,
            "hedges_g": e.hedges_g, "mdc_ratio": e.mdc_ratio, "method": e.method, "verdict": verdicts.verdict(e),
        }
        for e in found
    ]  # fmt: skip
    return make_table("comparison", {name: [row[name] for row in rows] for name in rows[0]} if rows else None)
