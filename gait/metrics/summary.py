"""Every metric by gait and direction: mean over bouts with its interval."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gait.metrics.impact import sampled_share
from gait.metrics.intervals import mean_interval
from gait.nomenclature import BOUT_METRICS, ESTIMATED, PEAKS, QUANTITIES, make_table

FORCE_MODEL_ERROR_BW = 0.15
"""Error of the estimated peak force, forward running [body weights] (Patoz 2022)."""
OSCILLATION_MODEL_ERROR_M = 0.02
"""Error of the estimated vertical oscillation [m]; judgement, 1 to 2 cm."""

_GAITS = ("run", "walk")
_DIRECTIONS = ("forward", "backward", "unknown")


def summarise_metrics(
    bout_metrics: pd.DataFrame,
    bouts: pd.DataFrame,
    *,
    min_steps_per_bout: int,
    rate_hz: float,
    low_pass_hz: Callable[[str, float], float],
    cadence_floor_spm: float = 0.5,
    contact_model_error_s: float = 0.035,
) -> pd.DataFrame:
    """Mean of each metric over the bouts of each gait and direction, the unknown direction among them.

    The mean and its 95 % t interval are taken over bouts on logarithms (a geometric mean), every bout counting alike. A
    single bout has no interval, except that cadence keeps the bout's own. Cadence is never given more exactly than
    its floor, and no estimate more exactly than its model. Two opposite groups of unknown direction are a mixture:
    their mean has no interval.

    Parameters
    ----------
    bout_metrics, bouts : pandas.DataFrame
        As in ``nomenclature.TABLES``.
    min_steps_per_bout : int
        Bouts with fewer steps are left out.
    cadence_floor_spm : float
        Smallest half width of a cadence interval [steps/min].
    contact_model_error_s : float
        Half width of the band of estimated contact and flight time [s] (Patoz 2021).
    rate_hz : float
        Sampling rate [Hz].
    low_pass_hz : callable
        Cutoff of the filter before a metric at a rate, see ``AnalysisSettings.low_pass_hz`` [Hz].

    Returns
    -------
    pandas.DataFrame
        Columns of ``TABLES["metrics"]``; a metric that holds zeros has an arithmetic mean and no interval over bouts.
    """
    error = {"cadence_spm": cadence_floor_spm, **model_errors(contact_model_error_s)}
    known = bout_metrics[np.isfinite(bout_metrics["value"]) & (bout_metrics["n_steps"] >= min_steps_per_bout)]
    own = bouts.set_index("bout_id")[["cadence_spm_low", "cadence_spm_high"]]
    group = bouts.set_index("bout_id")["direction_group"]
    groups = dict(list(known.sort_values("bout_id").groupby(["gait", "direction", "metric"])))
    rows: list[dict[str, Any]] = []
    for gait, direction, metric in ((g, d, m) for g in _GAITS for d in _DIRECTIONS for m in BOUT_METRICS):
        part = groups.get((gait, direction, metric))
        if part is None:
            continue
        value, low, high = _mean(part["value"].to_numpy())
        if metric == "cadence_spm" and len(part) == 1:
            low, high = (float(x) for x in own.loc[part["bout_id"].iloc[0]])
        if direction == "unknown" and {"A", "B"} <= set(group.loc[part["bout_id"]].dropna()):
            low = high = float("nan")
        elif metric in error:
            low, high = np.fmin(low, max(value - error[metric], 0.0)), np.fmax(high, value + error[metric])
        cutoff_hz = low_pass_hz(metric, rate_hz)
        shown = sampled_share(cutoff_hz, rate_hz) if metric in PEAKS else (float("nan"),) * 2
        rows.append(
            {
                "gait": gait, "direction": direction, "metric": metric, "value": value, "low": low, "high": high,
                "unit": QUANTITIES[metric].unit, "n_bouts": len(part), "n_steps": int(part["n_steps"].sum()),
                "status": "estimated" if metric in ESTIMATED else "measured", "low_pass_hz": cutoff_hz,
                "sampled_share_mean": shown[0], "sampled_share_worst": shown[1],
            }
        )  # fmt: skip
    return make_table("metrics", {name: [row[name] for row in rows] for name in rows[0]} if rows else None)


def model_errors(contact_model_error_s: float) -> dict[str, float]:
    """Error of each estimated metric, in its unit; all known for forward running only."""
    return {
        "contact_time_est_s": contact_model_error_s,
        "flight_time_est_s": contact_model_error_s,
        "vgrf_peak_bw_est": FORCE_MODEL_ERROR_BW,
        "vosc_m": OSCILLATION_MODEL_ERROR_M,
    }


def _mean(values: NDArray[np.float64]) -> tuple[float, float, float]:
    """Mean and interval of positive values on logarithms."""
    nan = float("nan")
    if (values <= 0).any():
        return float(values.mean()), nan, nan
    log = np.log(values)
    if len(log) < 2:
        return float(values[0]), nan, nan
    centre, half = mean_interval(log)
    return float(np.exp(centre)), float(np.exp(centre - half)), float(np.exp(centre + half))
