"""Agreement of analyses with what people saw: stopwatch or video labels, counted steps, filmed contacts.

Labels are compared with the result and never fed to it; that would be circular.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gait.errors import GaitError, UsageError
from gait.results import Analysis

Floats = NDArray[np.float64]

TRIM_S = 2.0
"""Left out at both ends of a label when gait and cadence are compared: a stopwatch is no better [s]."""
MIN_DIRECTION_S = 8.0
"""Shorter labels are not scored for direction [s]."""
DIRECTIONS = ("forward", "backward", "unknown")
GAITS = ("run", "walk", "still")
LABEL_COLUMNS = ("start_s", "end_s", "gait", "direction", "cadence_spm")
CONTACT_WINDOW_S = 0.050
"""Farthest a found contact may lie from the true one, after removal of the median offset [s]."""


def check_labels(labels: pd.DataFrame) -> pd.DataFrame:
    """Return the table of labels with all of its columns, the ones not given filled with missing values.

    Raises
    ------
    UsageError
        When start or end are missing, a word is not known, or a label ends before it begins.
    """
    if missing := {"start_s", "end_s"} - set(labels.columns):
        raise UsageError(
            f"the labels lack the column {', '.join(sorted(missing))}", "Give start_s and end_s in seconds"
        )
    out = labels.reindex(columns=list(dict.fromkeys([*labels.columns, *LABEL_COLUMNS])))
    for column, allowed in (("gait", GAITS), ("direction", (*DIRECTIONS, "none"))):
        if wrong := set(out[column].dropna().astype(str)) - set(allowed):
            raise UsageError(f"allowed for the label {column} are {', '.join(allowed)}, but got {sorted(wrong)}")
    if not (out["end_s"] > out["start_s"]).all():
        raise UsageError("a label ends before it begins", "Give start_s before end_s, in seconds")
    return out


def score_labels(analysis: Analysis, labels: pd.DataFrame) -> pd.DataFrame:
    """Compare one analysis with its labels.

    Parameters
    ----------
    analysis : Analysis
        Made without these labels.
    labels : pandas.DataFrame
        ``start_s``, ``end_s`` [s], and where known ``gait`` (run, walk, still), ``direction`` (forward, backward,
        none), ``cadence_spm``.

    Returns
    -------
    pandas.DataFrame
        One row per label: ``compared_s`` and ``agree_s`` (time with the labelled gait; time in no bout is still),
        ``found_direction`` (the direction that covers most of it), ``verdict`` (right, unknown, wrong, or "" where
        nothing was labelled or the label is shorter than 8 s), ``found_cadence_spm``, ``cadence_error_spm``.
    """
    bouts = analysis.bouts
    starts, ends = (bouts[name].to_numpy(dtype=float) for name in ("start_s", "end_s"))
    rows = []
    for label in check_labels(labels).to_dict("records"):
        low, high = label["start_s"] + TRIM_S, label["end_s"] - TRIM_S
        whole = np.clip(np.minimum(ends, label["end_s"]) - np.maximum(starts, label["start_s"]), 0, None)
        inner = np.clip(np.minimum(ends, high) - np.maximum(starts, low), 0, None)
        row: dict[str, Any] = {name: label[name] for name in LABEL_COLUMNS}
        row |= _gait_agreement(label["gait"], inner, bouts["gait"], max(high - low, 0.0))
        row |= _direction_agreement(label, whole, bouts["direction"])
        row["found_cadence_spm"] = _cadence(inner if high > low else whole, bouts["cadence_spm"])
        row["cadence_error_spm"] = row["found_cadence_spm"] - float(label["cadence_spm"] or np.nan)
        rows.append(row)
    return pd.DataFrame(rows)


def _gait_agreement(gait: Any, inner: Floats, found: pd.Series, length_s: float) -> dict[str, float]:
    if not isinstance(gait, str) or length_s <= 0:
        return {"compared_s": 0.0, "agree_s": 0.0}
    same = float(inner[(found == gait).to_numpy()].sum())
    return {"compared_s": length_s, "agree_s": length_s - float(inner.sum()) if gait == "still" else same}


def _direction_agreement(label: Mapping[Any, Any], whole: Floats, found: pd.Series) -> dict[str, Any]:
    cover = {word: float(whole[(found == word).to_numpy()].sum()) for word in DIRECTIONS}
    length_s = label["end_s"] - label["start_s"]
    cover["unknown"] += length_s - sum(cover.values())
    word = max(cover, key=lambda name: cover[name])
    verdict = ""
    if label["direction"] in ("forward", "backward") and length_s >= MIN_DIRECTION_S:
        verdict = "right" if word == label["direction"] else "unknown" if word == "unknown" else "wrong"
    return {"found_direction": word, "verdict": verdict}


def _cadence(cover: Floats, cadence: pd.Series) -> float:
    """Mean cadence of the bouts that cover a label [steps/min]; NaN where they cover less than half of it."""
    value = cadence.to_numpy(dtype=float)
    weight = np.where(np.isfinite(value), cover, 0.0)
    return float(weight @ np.nan_to_num(value) / weight.sum()) if weight.sum() > 0 else float("nan")


def score_contacts(analysis: Analysis, ic_s: Floats) -> dict[str, float]:
    """Compare found initial contacts with true ones.

    Parameters
    ----------
    analysis : Analysis
        The analysis.
    ic_s : ndarray, shape (contacts,)
        True initial contacts, rising [s].

    Returns
    -------
    dict of str to float
        ``n_true``, ``n_found``, ``n_hit`` (one to one, within 50 ms after the median offset is removed), ``offset_ms``
        and ``spread_ms`` (standard deviation) of the hits.
    """
    truth, found = np.sort(np.asarray(ic_s, dtype=float)), analysis.steps["ic_s"].to_numpy(dtype=float)
    out = {
        "n_true": float(len(truth)),
        "n_found": float(len(found)),
        "n_hit": 0.0,
        "offset_ms": np.nan,
        "spread_ms": np.nan,
    }
    if not len(truth) or not len(found):
        return out
    lag = found - truth[np.abs(truth[:, None] - found).argmin(axis=0)]
    near = np.abs(lag) < 3 * CONTACT_WINDOW_S
    if not near.any():
        return out
    offset = float(np.median(lag[near]))
    nearest = np.abs(truth[:, None] - (found - offset)).argmin(axis=0)
    error = found - offset - truth[nearest]
    hits = pd.DataFrame({"truth": nearest, "error": error})[np.abs(error) <= CONTACT_WINDOW_S]
    best = hits.loc[hits["error"].abs().groupby(hits["truth"]).idxmin(), "error"]
    return out | {"n_hit": float(len(best)), "offset_ms": 1000 * offset, "spread_ms": 1000 * float(best.std(ddof=0))}


def summarise_scores(scores: pd.DataFrame, by: str) -> pd.DataFrame:
    """One row per value of column `by`: gait agreement, direction counts, cadence error.

    Parameters
    ----------
    scores : pandas.DataFrame
        Rows of `score_labels`, with the column `by` added.
    by : str
        Column to group by, for example ``"placement"``.

    Returns
    -------
    pandas.DataFrame
        ``n_labels``, ``gait_agreement`` (share of labelled time), ``right``, ``unknown``, ``wrong``,
        ``cadence_bias_spm``, ``cadence_mae_spm`` with ``cadence_mae_low_spm`` and ``cadence_mae_high_spm`` (95 % t
        interval over labels; at least three), ``n_cadence``.
    """
    rows = []
    for value, part in scores.groupby(by, sort=False):
        error = part["cadence_error_spm"].dropna().to_numpy(dtype=float)
        mae, low, high = _mean_interval(np.abs(error))
        compared = float(part["compared_s"].sum())
        rows.append(
            {
                by: value,
                "n_labels": len(part),
                "gait_agreement": float(part["agree_s"].sum()) / compared if compared else float("nan"),
                **{word: int((part["verdict"] == word).sum()) for word in ("right", "unknown", "wrong")},
                "cadence_bias_spm": float(error.mean()) if len(error) else float("nan"),
                "cadence_mae_spm": mae,
                "cadence_mae_low_spm": low,
                "cadence_mae_high_spm": high,
                "n_cadence": len(error),
            }
        )
    return pd.DataFrame(rows)


def _mean_interval(x: Floats) -> tuple[float, float, float]:
    nan = float("nan")
    if len(x) < 3:
        return (float(x.mean()) if len(x) else nan), nan, nan
    from gait.metrics.intervals import t_quantile

    half = float(t_quantile(len(x) - 1)) * float(x.std(ddof=1)) / np.sqrt(len(x))
    return float(x.mean()), max(float(x.mean()) - half, 0.0), float(x.mean()) + half


def confusion(scores: pd.DataFrame) -> pd.DataFrame:
    """Labelled against found direction, counts of labels of 8 s or more; rows labelled, columns found."""
    scored = scores[scores["verdict"] != ""]
    table = pd.crosstab(scored["direction"], scored["found_direction"])
    return table.reindex(index=DIRECTIONS[:2], columns=DIRECTIONS, fill_value=0)


@dataclass(frozen=True)
class Validation:
    """Agreement of a set of recordings with their labels.

    Attributes
    ----------
    scores : pandas.DataFrame
        Rows of `score_labels` with ``file`` and ``placement``.
    contacts : pandas.DataFrame
        One row per recording with labelled contacts: ``file``, ``placement`` and the figures of `score_contacts`.
    recordings : pandas.DataFrame
        One row per recording analysed: ``file``, ``placement``, ``app``, ``sampling_rate_hz``,
        ``simulated``.
    failures : list of (file, problem)
        Recordings that were refused, with the reason.
    version : str
        Version of this package.
    """

    scores: pd.DataFrame
    contacts: pd.DataFrame
    recordings: pd.DataFrame
    failures: list[tuple[str, str]]
    version: str


def validate(
    labels: pd.DataFrame, analyse: Callable[[str, Mapping[str, Any]], Analysis], contacts: pd.DataFrame | None = None
) -> Validation:
    """Analyse every recording named in the labels and compare.

    Parameters
    ----------
    labels : pandas.DataFrame
        ``file``, ``start_s``, ``end_s``, and where known ``gait``, ``direction``, ``cadence_spm``; further columns
        such as ``placement``, ``anterior``, ``calibrate`` are handed to `analyse` from the first row of each file.
    analyse : callable
        Makes the analysis of a file from its name and that row; it must not see the labels.
    contacts : pandas.DataFrame, optional
        Filmed initial contacts: ``file``, ``ic_s`` [s].

    Raises
    ------
    UsageError
        When a needed column is missing or nothing could be analysed.
    """
    if "file" not in labels:
        raise UsageError("the labels lack the column file", "Name the recording of each label in a column file")
    checked = check_labels(labels)
    scores, contact_rows, taken, failures, version = [], [], [], [], ""
    for name, part in checked.groupby("file", sort=False):
        try:
            analysis = analyse(str(name), {str(k): v for k, v in part.iloc[0].dropna().items()})
        except UsageError:
            raise
        except GaitError as error:
            failures.append((str(name), str(error)))
            continue
        recording, version = analysis.recording, analysis.version
        about = {"file": str(name), "placement": recording.placement}
        scores.append(score_labels(analysis, part).assign(**about))
        taken.append(
            about
            | {
                "app": recording.format,
                "sampling_rate_hz": recording.sampling_rate_hz,
                "simulated": recording.simulated,
            }
        )
        if contacts is not None and (mine := contacts[contacts["file"] == name]).size:
            contact_rows.append(about | score_contacts(analysis, mine["ic_s"].to_numpy(dtype=float)))
    if not scores:
        raise UsageError(
            "none of the labelled recordings could be analysed" + (f" ({failures[0][1]})" if failures else ""),
            "Check that the column file names files in the folder of recordings",
        )
    return Validation(
        pd.concat(scores, ignore_index=True), pd.DataFrame(contact_rows), pd.DataFrame(taken), failures, version
    )
