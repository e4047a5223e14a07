"""Agreement of analyses with what people saw: stopwatch or video labels, counted steps, filmed contacts.

Labels are compared with the result and never fed to it; that would be circular. Running that was declared forward in
order to calibrate is left out of the score of direction for the same reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gait.errors import GaitError, RecordingError, UsageError
from gait.metrics.agreement import DIRECTIONS, GAITS
from gait.results import Analysis

Floats = NDArray[np.float64]

TRIM_S = 2.0
"""Left out at both ends of a label when gait and cadence are compared: a stopwatch is no better [s]."""
MIN_DIRECTION_S = 8.0
"""Shorter labels are not scored for direction [s]."""
LABEL_COLUMNS = ("start_s", "end_s", "gait", "direction", "cadence_spm", "n_steps")
CONTACT_WINDOW_S = 0.050
"""Farthest a found contact may lie from the true one, after removal of the median offset [s]."""
MAX_STEP_S = 1.0
"""True contacts further apart belong to different pieces of film; what is found between pieces is not scored [s]."""


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
    numbers = [name for name in LABEL_COLUMNS if name not in ("gait", "direction")]
    out[numbers] = out[numbers].astype(float)
    if not (out["end_s"] > out["start_s"]).all():
        raise UsageError("a label ends before it begins", "Give start_s before end_s, in seconds")
    return out


def score_labels(
    analysis: Analysis,
    labels: pd.DataFrame,
    *,
    calibrate: str | tuple[float, float] | None = None,
    min_direction_s: float = MIN_DIRECTION_S,
) -> pd.DataFrame:
    """Compare one analysis with its labels.

    Parameters
    ----------
    analysis : Analysis
        Made without these labels.
    labels : pandas.DataFrame
        ``start_s``, ``end_s`` [s], and where known ``gait`` (run, walk, still), ``direction`` (forward, backward,
        none), ``cadence_spm``, ``n_steps``.
    calibrate : "first-run" or (start_s, end_s), optional
        What the analysis was told to be forward: labels of that running get the verdict ``calibrates``.
    min_direction_s : float
        Shorter labels are not scored for direction [s].

    Returns
    -------
    pandas.DataFrame
        One row per label: ``compared_s``, ``run_s``, ``walk_s``, ``still_s`` (labelled time, 2 s at both ends left
        out, and what was found in it; time in no bout is still), ``agree_s``; ``found_direction`` (the direction that
        covers most of the label), ``verdict`` (right, unknown, wrong, calibrates, or "" where nothing was labelled or
        the label is too short); ``found_cadence_spm``, ``cadence_error_spm``; ``found_steps``, ``step_error_pct``.
    """
    bouts = analysis.bouts
    starts, ends = (bouts[name].to_numpy(dtype=float) for name in ("start_s", "end_s"))
    stated = _calibrating(analysis, calibrate)
    rows = []
    for label in check_labels(labels).to_dict("records"):
        low, high = label["start_s"] + TRIM_S, label["end_s"] - TRIM_S
        whole = np.clip(np.minimum(ends, label["end_s"]) - np.maximum(starts, label["start_s"]), 0, None)
        inner = np.clip(np.minimum(ends, high) - np.maximum(starts, low), 0, None)
        row: dict[str, Any] = {name: label[name] for name in LABEL_COLUMNS}
        row |= _gait_agreement(label["gait"], inner, bouts["gait"], max(high - low, 0.0))
        length_s = label["end_s"] - label["start_s"]
        row |= _direction_agreement(label["direction"], whole, bouts["direction"], length_s)
        if length_s < min_direction_s:
            row["verdict"] = ""
        elif row["verdict"] and whole[stated].sum() > length_s / 2:
            row["verdict"] = "calibrates"
        cover, least_s = (inner, (high - low) / 2) if high > low else (whole, length_s / 2)
        row["found_cadence_spm"] = _cadence(cover, bouts["cadence_spm"], least_s)
        row["cadence_error_spm"] = row["found_cadence_spm"] - label["cadence_spm"]
        row["found_steps"] = _steps(label, whole, starts, ends, bouts["n_steps"].to_numpy(dtype=float))
        row["step_error_pct"] = 100 * (row["found_steps"] / label["n_steps"] - 1) if label["n_steps"] else np.nan
        rows.append(row)
    return pd.DataFrame(rows)


def _calibrating(analysis: Analysis, calibrate: str | tuple[float, float] | None) -> NDArray[np.bool_]:
    """Bouts that are forward because the user said so, shape (bouts,)."""
    bouts = analysis.bouts
    may = (bouts["direction_method"] == "calibration").to_numpy()
    if isinstance(calibrate, tuple):
        return np.asarray(may & (bouts["end_s"] > calibrate[0]).to_numpy() & (bouts["start_s"] < calibrate[1]))
    long = (bouts["gait"] == "run") & (bouts["end_s"] - bouts["start_s"] >= analysis.settings.min_calibration_s)
    return np.asarray(may & long.to_numpy() & (long.cumsum() == 1).to_numpy() & (calibrate is not None))


def _gait_agreement(gait: Any, inner: Floats, found: pd.Series, length_s: float) -> dict[str, float]:
    if not isinstance(gait, str) or length_s <= 0:
        return dict.fromkeys(("compared_s", "run_s", "walk_s", "still_s", "agree_s"), 0.0)
    out = {f"{word}_s": float(inner[(found == word).to_numpy()].sum()) for word in ("run", "walk")}
    out["still_s"] = length_s - sum(out.values())
    return out | {"compared_s": length_s, "agree_s": out[f"{gait}_s"]}


def _direction_agreement(labelled: Any, whole: Floats, found: pd.Series, length_s: float) -> dict[str, str]:
    cover = {word: float(whole[(found == word).to_numpy()].sum()) for word in DIRECTIONS}
    cover["unknown"] += length_s - sum(cover.values())
    word = max(cover, key=lambda name: cover[name])
    verdict = ""
    if labelled in ("forward", "backward"):
        verdict = "right" if word == labelled else "unknown" if word == "unknown" else "wrong"
    return {"found_direction": word, "verdict": verdict}


def _cadence(cover: Floats, cadence: pd.Series, least_s: float) -> float:
    """Mean cadence of the bouts that cover a label [steps/min]; NaN where they cover less than half of it."""
    value = cadence.to_numpy(dtype=float)
    weight = np.where(np.isfinite(value), cover, 0.0)
    if weight.sum() <= 0 or weight.sum() < least_s:
        return float("nan")
    return float(weight @ np.nan_to_num(value) / weight.sum())


def _steps(label: Mapping[Any, Any], whole: Floats, starts: Floats, ends: Floats, n_steps: Floats) -> float:
    """Steps of the bouts in a counted label; NaN where a bout crosses a border by more than 2 s on either side."""
    if not np.isfinite(label["n_steps"]):
        return float("nan")
    outside = ends - starts - whole
    if ((whole > TRIM_S) & (outside > TRIM_S)).any():
        return float("nan")
    return float(n_steps[(whole > 0) & (outside <= TRIM_S) & (whole > outside)].sum())


def score_contacts(analysis: Analysis, ic_s: Floats, tc_s: Floats | None = None) -> dict[str, float]:
    """Compare found contacts with true ones.

    Found contacts are scored within the pieces of time that the true ones cover, each widened by 50 ms.

    Parameters
    ----------
    analysis : Analysis
        The analysis.
    ic_s : ndarray, shape (contacts,)
        True initial contacts [s].
    tc_s : ndarray, shape (contacts,), optional
        True terminal contact of each [s]; NaN where not seen.

    Returns
    -------
    dict of str to float
        ``n_true``, ``n_found``, ``n_hit`` (one to one, within 50 ms after the median offset is removed), ``offset_ms``
        and ``spread_ms`` (standard deviation) of the hits; ``contact_time_error_ms``: mean contact time found minus
        true, over the hits that have both.
    """
    order = np.argsort(np.asarray(ic_s, dtype=float))
    truth = np.asarray(ic_s, dtype=float)[order]
    stance = np.full(len(truth), np.nan) if tc_s is None else np.asarray(tc_s, dtype=float)[order] - truth
    found = analysis.steps["ic_s"].to_numpy(dtype=float)
    found_stance = (analysis.steps["tc_s"] - analysis.steps["ic_s"]).to_numpy(dtype=float)
    nothing = {"offset_ms": np.nan, "spread_ms": np.nan, "contact_time_error_ms": np.nan}
    lag = found - truth[np.abs(truth[:, None] - found).argmin(axis=0)] if len(truth) else np.array([])
    near = np.abs(lag) < 3 * CONTACT_WINDOW_S
    offset = float(np.median(lag[near])) if near.any() else 0.0
    seen = _filmed(found - offset, truth)
    counts = {"n_true": float(len(truth)), "n_found": float(seen.sum()), "n_hit": 0.0}
    if not near.any():
        return counts | nothing
    nearest = np.abs(truth[:, None] - (found - offset)).argmin(axis=0)
    error = found - offset - truth[nearest]
    hits = pd.DataFrame({"truth": nearest, "error": error, "longer": found_stance - stance[nearest]})
    hits = hits[np.abs(error) <= CONTACT_WINDOW_S]
    best = hits.loc[hits["error"].abs().groupby(hits["truth"]).idxmin()]
    return counts | {
        "n_hit": float(len(best)),
        "offset_ms": 1000 * offset,
        "spread_ms": 1000 * float(best["error"].std(ddof=0)),
        "contact_time_error_ms": 1000 * float(best["longer"].mean()),
    }


def _filmed(found: Floats, truth: Floats) -> NDArray[np.bool_]:
    """Which found contacts lie within a piece of film, shape (found,)."""
    if not len(truth):
        return np.zeros(len(found), dtype=bool)
    cut = np.flatnonzero(np.diff(truth) > MAX_STEP_S)
    first, last = truth[np.r_[0, cut + 1]], truth[np.r_[cut, len(truth) - 1]]
    at = found[:, None]
    return np.asarray(((at >= first - CONTACT_WINDOW_S) & (at <= last + CONTACT_WINDOW_S)).any(axis=1))


@dataclass(frozen=True)
class Validation:
    """Agreement of a set of recordings with their labels.

    Attributes
    ----------
    scores : pandas.DataFrame
        Rows of `score_labels` with ``file``, ``athlete`` and ``placement``.
    contacts : pandas.DataFrame
        One row per recording with labelled contacts: ``file``, ``placement`` and the figures of `score_contacts`.
    recordings : pandas.DataFrame
        One row per recording analysed: ``file``, ``placement``, ``app``, ``sampling_rate_hz``, ``simulated``.
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


Analyse = Callable[[str, Mapping[str, Any]], Analysis]


def validate(labels: pd.DataFrame, analyse: Analyse, contacts: pd.DataFrame | None = None) -> Validation:
    """Analyse every recording named in the labels and compare.

    Parameters
    ----------
    labels : pandas.DataFrame
        ``file``, ``start_s``, ``end_s``, and where known the other columns of `score_labels`; further columns such as
        ``placement``, ``anterior``, ``calibrate`` say how the device was worn and must be the same in all rows of a
        file, and so must ``athlete``.
    analyse : callable
        Makes the analysis of a file from its name and the latter columns; it sees no label.
    contacts : pandas.DataFrame, optional
        Filmed contacts: ``file``, ``ic_s`` and where seen ``tc_s`` [s].

    Raises
    ------
    UsageError
        When a needed column is missing or rows contradict each other.
    RecordingError
        When no recording could be analysed.
    """
    if "file" not in labels:
        raise UsageError("the labels lack the column file", "Name the recording of each label in a column file")
    checked = check_labels(labels)
    scores, contact_rows, taken, failures, version = [], [], [], [], ""
    for name, part in checked.groupby("file", sort=False):
        known = _options(str(name), part)
        try:
            analysis = analyse(str(name), {k: v for k, v in known.items() if k != "athlete"})
        except UsageError as error:
            raise UsageError(f"{name}: {error.problem}", error.remedy) from error
        except GaitError as error:
            failures.append((str(name), str(error)))
            continue
        recording, version = analysis.recording, analysis.version
        about = {"file": str(name), "athlete": known.get("athlete"), "placement": recording.placement}
        scores.append(score_labels(analysis, part, calibrate=known.get("calibrate")).assign(**about))
        taken.append(
            {"file": str(name), "placement": recording.placement, "app": recording.format,
             "sampling_rate_hz": recording.sampling_rate_hz, "simulated": recording.simulated}
        )  # fmt: skip
        if contacts is not None and len(mine := contacts[contacts["file"] == name]):
            ic_s, tc_s = (mine[c].to_numpy(dtype=float) if c in mine else None for c in ("ic_s", "tc_s"))
            if ic_s is None:
                raise UsageError("the contacts lack the column ic_s", "Give file and ic_s")
            contact_rows.append(about | score_contacts(analysis, ic_s, tc_s))
    if not scores:
        raise RecordingError(f"no labelled recording could be analysed; {failures[0][1]}")
    return Validation(
        pd.concat(scores, ignore_index=True), pd.DataFrame(contact_rows), pd.DataFrame(taken), failures, version
    )


def _options(name: str, part: pd.DataFrame) -> dict[str, Any]:
    """What the rows of one file say about the recording as a whole."""
    out = {}
    for column in part.columns.difference([*LABEL_COLUMNS, "file"]):
        values = part[column].dropna().unique()
        if len(values) > 1:
            raise UsageError(f"{name}: the column {column} says {values[0]} and {values[1]}", "Give one of them")
        if len(values):
            out[str(column)] = values[0]
    return out
