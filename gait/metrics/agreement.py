"""Agreement of an analysis with labels, summed up: confusion tables, limits of agreement, shares of contacts.

The tables that come in are made by ``gait.validate``: one row per label, one row per filmed recording.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gait.metrics.intervals import mean_interval

Floats = NDArray[np.float64]

DIRECTIONS = ("forward", "backward", "unknown")
GAITS = ("run", "walk", "still")
VERDICTS = ("right", "unknown", "wrong")
MIN_INTERVAL = 3
"""Fewest values that get an interval or limits of agreement."""


def summarise_scores(scores: pd.DataFrame, by: str) -> pd.DataFrame:
    """One row per value of column `by`: gait agreement, direction counts, errors of cadence and step count.

    Parameters
    ----------
    scores : pandas.DataFrame
        Rows of ``gait.validate.score_labels``, with the column `by` added, and ``athlete`` where known.
    by : str
        Column to group by, for example ``"placement"``.

    Returns
    -------
    pandas.DataFrame
        ``n_labels``, ``n_athletes``; ``gait_agreement`` (share of labelled time); ``right``, ``unknown``, ``wrong``,
        ``calibrates``; ``wrong_share_high``, the upper end of the exact 95 % interval (Clopper & Pearson 1934) of the
        share of wrong among named directions; ``cadence_bias_spm`` with the limits of agreement, bias ± 1.96 standard
        deviations (Bland & Altman 1986); ``cadence_mae_spm`` with its 95 % t interval, over athletes if at least
        three are named and over labels otherwise (``cadence_interval_over``), at least three; ``n_cadence``;
        ``n_counted`` labels with counted steps, ``step_error_median_pct`` and ``step_error_worst_pct`` in size.
    """
    rows = []
    for value, part in scores.groupby(by, sort=False):
        compared = float(part["compared_s"].sum())
        verdicts = {word: int((part["verdict"] == word).sum()) for word in (*VERDICTS, "calibrates")}
        counted = part["step_error_pct"].dropna().abs()
        rows.append(
            {
                by: value,
                "n_labels": len(part),
                "n_athletes": int(part["athlete"].nunique()) if "athlete" in part else 0,
                "gait_agreement": float(part["agree_s"].sum()) / compared if compared else float("nan"),
                **verdicts,
                "wrong_share_high": _share_high(verdicts["wrong"], verdicts["right"] + verdicts["wrong"]),
                **_cadence_summary(part),
                "n_counted": len(counted),
                "step_error_median_pct": float(counted.median()),
                "step_error_worst_pct": float(counted.max()),
            }
        )
    return pd.DataFrame(rows)


def _share_high(count: int, total: int) -> float:
    from scipy.special import betaincinv

    if total == 0:
        return float("nan")
    return 1.0 if count == total else float(betaincinv(count + 1, total - count, 0.975))


def _cadence_summary(part: pd.DataFrame) -> dict[str, Any]:
    error = part.dropna(subset="cadence_error_spm")
    x = error["cadence_error_spm"].to_numpy(dtype=float)
    bias = float(x.mean()) if len(x) else float("nan")
    spread = 1.96 * float(x.std(ddof=1)) if len(x) >= MIN_INTERVAL else float("nan")
    people = error.groupby("athlete")["cadence_error_spm"] if "athlete" in error else None
    by_person = people is not None and people.ngroups >= MIN_INTERVAL and bool(error["athlete"].notna().all())
    sizes = np.abs(x)
    if people is not None and by_person:
        sizes = people.agg(lambda own: own.abs().mean()).to_numpy(dtype=float)
    mae, low, high = _mean_interval(sizes)
    return {
        "cadence_bias_spm": bias, "cadence_limit_low_spm": bias - spread, "cadence_limit_high_spm": bias + spread,
        "cadence_mae_spm": mae, "cadence_mae_low_spm": low, "cadence_mae_high_spm": high, "n_cadence": len(x),
        "cadence_interval_over": "athletes" if by_person else "labels",
    }  # fmt: skip


def _mean_interval(x: Floats) -> tuple[float, float, float]:
    nan = float("nan")
    if len(x) < MIN_INTERVAL:
        return (float(x.mean()) if len(x) else nan), nan, nan
    mean, half = (float(value) for value in mean_interval(x))
    return mean, max(mean - half, 0.0), mean + half


def summarise_contacts(contacts: pd.DataFrame, by: str) -> pd.DataFrame:
    """One row per value of column `by` from rows of ``gait.validate.score_contacts``.

    Parameters
    ----------
    contacts : pandas.DataFrame
        Rows of ``gait.validate.score_contacts`` with the column `by` added.
    by : str
        Column to group by.

    Returns
    -------
    pandas.DataFrame
        ``n_recordings``, ``n_true``, ``n_found``, ``n_hit``, ``f1`` = 2 hits / (true + found); ``offset_ms`` (median
        over recordings), ``offset_sd_ms`` (its standard deviation from recording to recording; with a camera this is
        also the error of its clock), ``spread_ms`` (root mean square over hits, about the offset of each recording);
        ``contact_time_bias_ms`` and ``contact_time_rmse_ms`` of the mean contact times of recordings.
    """
    rows = []
    for value, part in contacts.groupby(by, sort=False):
        n = {name: int(part[name].sum()) for name in ("n_true", "n_found", "n_hit")}
        both = n["n_true"] + n["n_found"]
        longer = part["contact_time_error_ms"].dropna()
        square = (part["spread_ms"] ** 2 * part["n_hit"]).sum() / n["n_hit"] if n["n_hit"] else np.nan
        rows.append(
            {by: value, "n_recordings": len(part), **n, "f1": 2 * n["n_hit"] / both if both else np.nan,
             "offset_ms": float(part["offset_ms"].median()), "offset_sd_ms": float(part["offset_ms"].std()),
             "spread_ms": float(np.sqrt(square)),
             "contact_time_bias_ms": float(longer.mean()),
             "contact_time_rmse_ms": float(np.sqrt((longer**2).mean()))}
        )  # fmt: skip
    return pd.DataFrame(rows)


def confusion(scores: pd.DataFrame) -> pd.DataFrame:
    """Labelled against found direction, counts of scored labels; rows labelled, columns found."""
    scored = scores[scores["verdict"].isin(VERDICTS)]
    table = pd.crosstab(scored["direction"], scored["found_direction"])
    return table.reindex(index=DIRECTIONS[:2], columns=DIRECTIONS, fill_value=0)


def gait_confusion(scores: pd.DataFrame) -> pd.DataFrame:
    """Labelled against found gait [s], 2 s at both ends of labels left out; rows labelled, columns found."""
    seconds = scores.groupby("gait")[[f"{word}_s" for word in GAITS]].sum()
    return seconds.set_axis(list(GAITS), axis=1).reindex(index=GAITS, fill_value=0.0)
