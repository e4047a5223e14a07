"""Backward against forward running over the athletes of a club: ratios within each athlete, summed up."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gait.language import gettext as _
from gait.language import ngettext, spell
from gait.metrics.intervals import METHOD_ERROR
from gait.nomenclature import BOUT_METRICS, PRIMARY_METRICS, in_words

Floats = NDArray[np.float64]

MIN_STEPS = 20
"""Bouts with fewer steps are left out, as in the comparison of one recording."""
MIN_BOUTS = 2
"""Fewest bouts in each direction for a ratio that has a variance."""
MIN_SESSIONS = 3
"""From here on the session is the unit: what changes from day to day then counts too."""
MIN_ATHLETES = 5
"""Fewest athletes for a summary (science: below, a list only)."""
ATHLETE_COLUMNS = (
    "metric", "athlete", "ratio", "ratio_low", "ratio_high", "log_ratio", "variance", "n_sessions", "n_bouts_forward",
    "n_bouts_backward", "n_steps", "unit_of_analysis",
)  # fmt: skip
SUMMARY_COLUMNS = (
    "metric", "n_athletes", "ratio", "ratio_low", "ratio_high", "predicted_low", "predicted_high", "between_sd",
    "p_holm", "sentence",
)  # fmt: skip
EXCLUDED_COLUMNS = ("athlete", "source", "reason")


@dataclass(frozen=True)
class ClubComparison:
    """Backward against forward running over athletes.

    Attributes
    ----------
    athletes : pandas.DataFrame
        One row per metric and athlete: ratio backward / forward with its 95 % interval; `ATHLETE_COLUMNS`.
    summary : pandas.DataFrame
        One row per metric: the mean ratio over athletes with its interval, and where the ratio of a further athlete of
        the kind is expected; empty below five athletes. `SUMMARY_COLUMNS`.
    excluded : pandas.DataFrame
        Athletes and recordings that could not be used, with the reason.
    sentence : str
        The result, or why there is none.
    simulated : bool
        Whether the recordings are simulated.
    """

    athletes: pd.DataFrame
    summary: pd.DataFrame
    excluded: pd.DataFrame
    sentence: str
    simulated: bool


def compare_athletes(recordings: pd.DataFrame, bouts: pd.DataFrame) -> ClubComparison:
    """Compare backward with forward running over athletes.

    Within an athlete, bouts are compared with bouts of the same recording only: peaks of two sessions, devices or
    people are never compared. With three or more sessions the session is the unit (mean of the sessions' log ratios, t
    interval); below that the bout is, each session counting for itself. Over athletes: random effects (DerSimonian &
    Laird 1986) with the interval of Hartung & Knapp (2001), never made narrower than the ordinary one (Röver et al.
    2015), and the prediction interval of Higgins et al. (2009). The p values of the primary metrics are adjusted after
    Holm (1979).

    Parameters
    ----------
    recordings, bouts : pandas.DataFrame
        From `gait.store`.
    """
    simulated = bool(len(recordings) and recordings["simulated"].all())
    used, excluded = _usable(recordings, simulated)
    runs = bouts[bouts["recording_id"].isin(used["recording_id"]) & (bouts["gait"] == "run")]
    runs = runs[runs["direction"].isin(["forward", "backward"]) & (runs["n_steps"] >= MIN_STEPS)]
    rows = []
    for metric in BOUT_METRICS:
        if metric in runs:
            known = runs[runs[metric] > 0]
            rows += [row for name, own in known.groupby("athlete") if (row := _athlete(str(name), own, metric))]
    athletes = pd.DataFrame(rows, columns=list(ATHLETE_COLUMNS))
    few = sorted(set(used["athlete"]) - set(athletes["athlete"]))
    reason = _("fewer than two bouts of 20 steps in each direction")
    excluded += [{"athlete": name, "source": "", "reason": reason} for name in few]
    summary = _summary(athletes)
    return ClubComparison(
        athletes,
        summary,
        pd.DataFrame(excluded, columns=list(EXCLUDED_COLUMNS)),
        _sentence(athletes, summary),
        simulated,
    )


def _usable(recordings: pd.DataFrame, simulated: bool) -> tuple[pd.DataFrame, list[dict[str, str]]]:
    excluded = []
    reasons = pd.Series("", index=recordings.index)
    reasons[recordings["n_bouts_forward"] == 0] = _("no forward running")
    reasons[recordings["n_bouts_backward"] == 0] = _("no backward running")
    none = (recordings["n_bouts_backward"] == 0) & (recordings["n_bouts_forward"] == 0)
    reasons[none] = _("no running of known direction")
    if not simulated:
        reasons[recordings["simulated"]] = _("simulated")
    for row, reason in zip(recordings.to_dict("records"), reasons, strict=True):
        if reason:
            excluded.append({"athlete": row["athlete"], "source": row["source"], "reason": reason})
    return recordings[reasons == ""], excluded


def _athlete(name: str, runs: pd.DataFrame, metric: str) -> dict[str, Any] | None:
    """Log ratio of one athlete with its variance; None where the bouts are too few."""
    log = np.log(runs[metric].to_numpy(dtype=float))
    table = pd.DataFrame({"session": runs["recording_id"].to_numpy(), "way": runs["direction"].to_numpy(), "log": log})
    means, sizes = (table.pivot_table("log", "session", "way", aggfunc=how) for how in ("mean", "size"))
    if not {"forward", "backward"} <= set(means):
        return None
    cells, sizes = means.dropna(), sizes.loc[means.dropna().index]
    counts = sizes.sum()
    if not len(cells) or counts["forward"] < MIN_BOUTS or counts["backward"] < MIN_BOUTS:
        return None
    difference = (cells["backward"] - cells["forward"]).to_numpy(dtype=float)
    by_session = len(cells) >= MIN_SESSIONS or int(counts.sum()) == 2 * len(cells)  # one bout each way shows no scatter
    if by_session:
        centre, freedom = float(difference.mean()), len(cells) - 1
        variance = float(difference.var(ddof=1)) / len(cells)
    else:
        inside = table[table["session"].isin(cells.index)]
        spread = inside["log"] - inside.groupby(["session", "way"])["log"].transform("mean")
        freedom = len(inside) - 2 * len(cells)
        weight = 1.0 / (1.0 / sizes["forward"] + 1.0 / sizes["backward"]).to_numpy(dtype=float)
        centre = float(np.average(difference, weights=weight))
        variance = float((spread**2).sum()) / freedom / float(weight.sum())
    half = float(np.hypot(_t(freedom) * np.sqrt(variance), 1.96 * METHOD_ERROR.get(metric, 0.0)))
    n_steps = int(runs.loc[runs["recording_id"].isin(cells.index), "n_steps"].sum())
    return {
        "metric": metric, "athlete": name, "ratio": np.exp(centre), "ratio_low": np.exp(centre - half),
        "ratio_high": np.exp(centre + half), "log_ratio": centre, "variance": variance, "n_sessions": len(cells),
        "n_bouts_forward": int(counts["forward"]), "n_bouts_backward": int(counts["backward"]), "n_steps": n_steps,
        "unit_of_analysis": "session" if by_session else "bout",
    }  # fmt: skip


def _t(freedom: float, level: float = 0.975) -> float:
    from scipy.stats import t

    return float(t.ppf(level, freedom))


def _summary(athletes: pd.DataFrame) -> pd.DataFrame:
    parts = [(str(name), own) for name, own in athletes.groupby("metric", sort=False) if len(own) >= MIN_ATHLETES]
    if not parts:
        return pd.DataFrame(columns=list(SUMMARY_COLUMNS))
    from statsmodels.stats.multitest import multipletests

    rows = [
        {"metric": name} | random_effects(
            own["log_ratio"].to_numpy(), own["variance"].to_numpy(), method_error=METHOD_ERROR.get(name, 0.0)
        )
        for name, own in parts
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    primary = table["metric"].isin(PRIMARY_METRICS)
    table["p_holm"] = np.nan
    if primary.any():
        table.loc[primary, "p_holm"] = multipletests(table.loc[primary, "p"], method="holm")[1]
    table["sentence"] = [_row_sentence(row) for row in table.to_dict("records")]
    return table[list(SUMMARY_COLUMNS)]


def random_effects(log_ratio: Floats, variance: Floats, *, method_error: float = 0.0) -> dict[str, float]:
    """Mean ratio over athletes.

    Parameters
    ----------
    log_ratio, variance : ndarray, shape (athletes,)
        Logarithm of each athlete's ratio, and its variance.
    method_error : float
        Error that all athletes share and no number of them averages out [log].

    Returns
    -------
    dict of str to float
        ``n_athletes``, ``ratio`` with ``ratio_low`` and ``ratio_high`` (95 %), ``predicted_low`` and
        ``predicted_high``, ``between_sd`` (standard deviation of the logarithms between athletes) and ``p``.
    """
    from scipy.stats import t
    from statsmodels.stats.meta_analysis import combine_effects

    n = len(log_ratio)
    found = combine_effects(log_ratio, np.maximum(variance, 1e-12), method_re="chi2", use_t=True)
    # the library leaves the variance between athletes negative where it should be cut off at zero
    kind = "re" if found.tau2 > 0 else "fe"
    error = max(float(getattr(found, f"sd_eff_w_{kind}{own}")) for own in ("_hksj", ""))
    error = float(np.hypot(error, method_error))
    centre, between = float(getattr(found, f"mean_effect_{kind}")), float(np.sqrt(max(float(found.tau2), 0.0)))
    half = _t(n - 1) * error
    far = _t(n - 2) * float(np.hypot(between, error))
    return {
        "n_athletes": n, "ratio": float(np.exp(centre)), "ratio_low": float(np.exp(centre - half)),
        "ratio_high": float(np.exp(centre + half)), "predicted_low": float(np.exp(centre - far)),
        "predicted_high": float(np.exp(centre + far)), "between_sd": between,
        "p": float(2 * t.sf(abs(centre) / error, n - 1)),
    }  # fmt: skip


def _row_sentence(row: Mapping[Hashable, Any]) -> str:
    label = in_words(row["metric"]).label
    change = f"{spell(100 * (row['ratio'] - 1), '+.1f')} %".replace("-", "−")
    low, high = (f"{spell(100 * (row[f'ratio_{end}'] - 1), '+.1f')} %".replace("-", "−") for end in ("low", "high"))
    if row["ratio_low"] <= 1.0 <= row["ratio_high"]:
        return _(
            "{label}: too uncertain to tell whether backward differs over {n} athletes ({low} to {high})",
            label=label, n=row["n_athletes"], low=low, high=high,
        )  # fmt: skip
    return _(
        "{label}: {change} backward over {n} athletes ({low} to {high})",
        label=label, change=change, n=row["n_athletes"], low=low, high=high,
    )  # fmt: skip


def _sentence(athletes: pd.DataFrame, summary: pd.DataFrame) -> str:
    n = athletes["athlete"].nunique()
    if not n:
        return _("No athlete has enough forward and backward running of known direction to compare.")
    if not len(summary):
        return ngettext(
            "Only {n} athlete can be compared; a summary needs five, so there is a list only.",
            "Only {n} athletes can be compared; a summary needs five, so there is a list only.", n,
        )  # fmt: skip
    first = summary[summary["metric"] == "cadence_spm"]
    row = (first if len(first) else summary).iloc[0]
    return _("{sentence}; speed was not controlled between bouts unless the reports say so.", sentence=row["sentence"])
