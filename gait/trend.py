"""One athlete over a season: metrics with their own measurement noise, and how much backward running there was."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gait.nomenclature import PEAKS

MIN_STEPS = 20
"""Bouts with fewer steps are left out, as in a comparison."""
MIN_SESSIONS = 3
"""Fewer sessions are no trend."""
BOUND_TO_DEVICE = (*PEAKS, "p_3_8_hz", "p_9_20_hz", "dyn_load_g")
"""Metrics that depend on device and rate as well as on the place on the body."""
JUMP = 2.0
"""A week with more than this times the mean of the four before is remarked; judgement, no limit of health."""
TREND_COLUMNS = (
    "recording_id", "date", "metric", "direction", "value", "n_bouts", "usual", "noise_low", "noise_high",
    "beyond_noise",
)  # fmt: skip
DOSE_COLUMNS = ("week", "n_sessions", "backward_min", "n_steps_backward", "load_backward_gs", "usual_min", "jump")


@dataclass(frozen=True)
class Trend:
    """A metric of an athlete over the sessions.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per session and direction, columns `TREND_COLUMNS`, in order of time. ``noise_low`` to ``noise_high`` is
        the band around the athlete's ``usual`` value in which a session cannot be told from noise.
    n_left_out : int
        Sessions that are not comparable with the others: another place on the body or, for metrics that depend on it,
        another device or rate.
    n_undated : int
        Sessions without a date.
    """

    table: pd.DataFrame
    n_left_out: int
    n_undated: int


def trend(recordings: pd.DataFrame, bouts: pd.DataFrame, athlete: str, metric: str) -> Trend:
    """Values of a metric over the sessions of an athlete, with the band of the athlete's own noise.

    A session's value is the mean over its running bouts on logarithms. The noise is the scatter of bouts of one
    direction within a session, pooled over the sessions; the smallest detectable change of a session mean is
    ``1.96 sqrt(2) s / sqrt(bouts)`` (Weir 2005). Noise of fastening the device anew is not in it.

    Parameters
    ----------
    recordings, bouts : pandas.DataFrame
        From `gait.store`.
    athlete : str
        Whose.
    metric : str
        One of ``nomenclature.BOUT_METRICS``.
    """
    own = recordings[recordings["athlete"] == athlete]
    dated = own[own["date"].notna()]
    kept = _comparable(dated, metric)
    runs = bouts[bouts["recording_id"].isin(kept["recording_id"]) & (bouts["gait"] == "run")]
    runs = runs[(runs["n_steps"] >= MIN_STEPS) & (runs[metric] > 0) & runs["direction"].isin(["forward", "backward"])]
    log = runs.assign(log=np.log(runs[metric].to_numpy(dtype=float)))
    parts = [_sessions(log[log["direction"] == way], metric, way) for way in ("forward", "backward")]
    rows = [part for part in parts if len(part)]
    table = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=list(TREND_COLUMNS))
    table = table.sort_values(["date", "recording_id", "direction"], kind="stable", ignore_index=True)
    return Trend(table[list(TREND_COLUMNS)], len(dated) - len(kept), len(own) - len(dated))


def _comparable(dated: pd.DataFrame, metric: str) -> pd.DataFrame:
    """The largest group of sessions that may be compared with each other."""
    if not len(dated):
        return dated
    keys = [dated["placement"]]
    if metric in BOUND_TO_DEVICE:
        keys += [dated["device"].fillna(""), dated["format"], dated["sampling_rate_hz"].round(-1)]
    group = dated.groupby(keys, sort=True).ngroup()
    return dated[group == group.value_counts(sort=False).idxmax()]


def _sessions(runs: pd.DataFrame, metric: str, direction: str) -> pd.DataFrame:
    if not len(runs):
        return pd.DataFrame(columns=list(TREND_COLUMNS))
    by_session = runs.groupby(["recording_id", "date"], sort=False)["log"]
    out = by_session.agg(["mean", "size"]).reset_index()
    spread = runs["log"] - by_session.transform("mean")
    freedom = len(runs) - len(out)
    noise = float(np.sqrt((spread**2).sum() / freedom)) if freedom >= 2 else float("nan")
    usual = float(out["mean"].median())
    half = 1.96 * np.sqrt(2.0) * noise / np.sqrt(out["size"].to_numpy(dtype=float))
    enough = len(out) >= MIN_SESSIONS
    beyond = (np.abs(out["mean"] - usual) > half) & enough & np.isfinite(half)
    return pd.DataFrame({
        "recording_id": out["recording_id"], "date": out["date"], "metric": metric, "direction": direction,
        "value": np.exp(out["mean"]), "n_bouts": out["size"], "usual": np.exp(usual),
        "noise_low": np.exp(usual - half), "noise_high": np.exp(usual + half), "beyond_noise": beyond,
    })  # fmt: skip


def weekly_dose(recordings: pd.DataFrame, athlete: str) -> pd.DataFrame:
    """Backward running of an athlete, week by week from the first to the last, weeks without it included.

    Parameters
    ----------
    recordings : pandas.DataFrame
        From `gait.store`.
    athlete : str
        Whose.

    Returns
    -------
    pandas.DataFrame
        Columns `DOSE_COLUMNS`: ``week`` begins on Monday, ``usual_min`` is the mean of the four weeks before (missing
        where there are fewer or they hold no backward running), ``jump`` whether the week has more than twice that.
    """
    own = recordings[(recordings["athlete"] == athlete) & recordings["date"].notna()]
    if not len(own):
        return pd.DataFrame(columns=list(DOSE_COLUMNS))
    monday = own["date"].dt.to_period("W").dt.start_time
    known = own["load_backward_gs"].notna().groupby(monday).all()
    table = own.groupby(monday).agg(
        n_sessions=("recording_id", "size"), backward_s=("backward_running_s", "sum"),
        n_steps_backward=("n_steps_backward", "sum"), load_backward_gs=("load_backward_gs", "sum"),
    )  # fmt: skip
    table["load_backward_gs"] = table["load_backward_gs"].where(known)
    table = table.reindex(pd.date_range(table.index.min(), table.index.max(), freq="7D"), fill_value=0)
    minutes = table.pop("backward_s") / 60
    before = minutes.shift(1).rolling(4).mean()
    usual = before.where(before > 0)
    out = table.assign(backward_min=minutes, usual_min=usual, jump=minutes > JUMP * usual)
    return out.rename_axis("week").reset_index()[list(DOSE_COLUMNS)]
