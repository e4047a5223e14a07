"""What figures and their texts take from an analysis."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gait.recording import STANDARD_GRAVITY_MS2

if TYPE_CHECKING:
    from gait.results import Analysis

IMPACT_METRICS = ("peak_vert_g", "peak_res_g", "p2p_g", "dyn_load_g")
"""What the impact figure shows: the first of these that was measured."""
BAND_METRICS = ("p_3_8_hz", "p_9_20_hz")
KEYS = ("forward", "backward", "A", "B", "unknown", "walk")
"""Kinds of bouts: known directions, groups of unknown direction, neither, and walking."""


EXCERPT_S = 3.0
"""Length of the piece of recorded signal that is shown of a bout [s]."""


@dataclass(frozen=True)
class Excerpt:
    """A piece of the signal as it was recorded, from the middle of a bout.

    Attributes
    ----------
    key : str
        Kind of the bout.
    bout_id : int
        Number of the bout.
    start_s : float
        Time of the recording at which the piece begins [s].
    time_s, acc_res_g : ndarray
        Time from the beginning of the piece [s]; size of the acceleration, all directions together [g].
    ic_s, tc_s : ndarray
        Initial and terminal contacts, from the beginning of the piece [s].
    """

    key: str
    bout_id: int
    start_s: float
    time_s: NDArray[np.float64]
    acc_res_g: NDArray[np.float64]
    ic_s: NDArray[np.float64]
    tc_s: NDArray[np.float64]


def series_of(bouts: pd.DataFrame) -> pd.Series[str]:
    """Return the kind of each bout, indexed by ``bout_id``."""
    keys = bouts["direction"].where(bouts["direction"] != "unknown", bouts["direction_group"])
    keys = keys.where(keys.isin(KEYS), "unknown").where(bouts["gait"] == "run", "walk")
    return pd.Series(keys.to_numpy(dtype=object), index=bouts["bout_id"].to_numpy(), dtype=object)


def running(result: Analysis) -> pd.Series[str]:
    """Return the kind of each running bout, indexed by ``bout_id``."""
    keys = series_of(result.bouts)
    return keys[keys != "walk"]


def present(keys: pd.Series[str]) -> list[str]:
    """Return the kinds that occur, in the order of legends."""
    return [key for key in KEYS if key in set(keys)]


def impact_metric(result: Analysis) -> str | None:
    """Return the landing metric to draw: where anything is compared one of those, else one that was measured."""
    compared = set(result.comparison.table["metric"])
    there = [m for m in IMPACT_METRICS if len(bout_values(result, m)) and (m in compared or not compared)]
    return next(iter(there), None)


def kept_steps(result: Analysis, metric: str) -> pd.DataFrame:
    """Return the running steps that have a value of `metric` and were not clipped.

    Parameters
    ----------
    result : Analysis
        From `gait.analyze`.
    metric : str
        One of ``nomenclature.STEP_METRICS``.
    """
    steps = result.steps
    return steps[steps["bout_id"].isin(running(result).index) & steps[metric].notna() & ~steps["clipped"]]


def bout_values(result: Analysis, metric: str) -> pd.Series[float]:
    """Return the value of `metric` of each running bout that has one, indexed by ``bout_id``.

    Parameters
    ----------
    result : Analysis
        From `gait.analyze`.
    metric : str
        One of ``nomenclature.BOUT_METRICS``.
    """
    table = result.bout_metrics
    mine = table[(table["metric"] == metric) & (table["gait"] == "run") & table["value"].notna()]
    return mine.set_index("bout_id")["value"]


def series_value(result: Analysis, metric: str, key: str) -> tuple[float, int]:
    """Return the value of `metric` over the bouts of one kind, as the result has it, and their number.

    Parameters
    ----------
    result : Analysis
        From `gait.analyze`.
    metric : str
        One of ``nomenclature.BOUT_METRICS``.
    key : str
        Kind of bout, a key of ``STYLES``.
    """
    keys = running(result)
    values = bout_values(result, metric)
    mine = values[values.index.isin(keys.index[keys == key])]
    if not len(mine):
        return math.nan, 0
    if key in ("forward", "backward") or (key == "unknown" and not {"A", "B"} & set(keys)):
        compared = result.comparison.table
        row = compared[compared["metric"] == metric]
        if len(row) and key != "unknown":
            return float(row[key].iloc[0]), int(row[f"n_bouts_{key}"].iloc[0])
        table = result.metrics
        row = table[(table["metric"] == metric) & (table["gait"] == "run") & (table["direction"] == key)]
        if len(row):
            return float(row["value"].iloc[0]), int(row["n_bouts"].iloc[0])
    positive = bool((mine > 0).all())
    return float(np.exp(np.log(mine).mean()) if positive else mine.mean()), len(mine)  # as the result averages bouts


def terminal_phase_pct(result: Analysis, key: str) -> float:
    """Return where in the step the terminal contact lies on average [%], NaN when it is not known.

    Parameters
    ----------
    result : Analysis
        From `gait.analyze`.
    key : str
        Kind of bout, a key of ``STYLES``.
    """
    keys = running(result)
    steps = result.steps[result.steps["bout_id"].isin(keys.index[keys == key])]
    share = 100 * (steps["tc_s"] - steps["ic_s"]) / steps["step_time_s"]
    return float(share.groupby(steps["bout_id"]).mean().mean()) if share.notna().any() else math.nan


def backward_bouts(result: Analysis) -> pd.DataFrame:
    """Return the running bouts that were backward."""
    return result.bouts[(result.bouts["gait"] == "run") & (result.bouts["direction"] == "backward")]


def excerpts(result: Analysis) -> list[Excerpt]:
    """Return a piece of recorded signal from the longest running bout of each kind."""
    keys = running(result)
    pieces = []
    for key in present(keys):
        bouts = result.bouts[result.bouts["bout_id"].isin(keys.index[keys == key])]
        longest = bouts.iloc[int((bouts["end_s"] - bouts["start_s"]).argmax())].to_dict()
        pieces.append(_excerpt(result, key, longest))
    return [piece for piece in pieces if len(piece.time_s) > 1]


def _excerpt(result: Analysis, key: str, bout: dict[Hashable, Any]) -> Excerpt:
    start_s = max((bout["start_s"] + bout["end_s"] - EXCERPT_S) / 2, bout["start_s"])
    time_s = result.recording.time_s - start_s
    inside = (time_s >= 0) & (time_s < EXCERPT_S)
    steps = result.steps[result.steps["bout_id"] == bout["bout_id"]]
    contacts = [steps[name].to_numpy() - start_s for name in ("ic_s", "tc_s")]
    ic_s, tc_s = (c[(c >= 0) & (c < EXCERPT_S)] for c in contacts)
    acc_res_g = np.linalg.norm(result.recording.acc_ms2[inside], axis=1) / STANDARD_GRAVITY_MS2
    return Excerpt(key, int(bout["bout_id"]), start_s, time_s[inside], acc_res_g, ic_s, tc_s)


def available(result: Analysis) -> list[str]:
    """Return the kinds of figures that have something to show."""
    there = {
        "timeline": len(result.bouts) + len(result.overview) > 0,
        "impacts": impact_metric(result) is not None,
        "waveform": bool(result.waveforms["bout_id"].isin(running(result).index).any()),
        "cadence": len(result.cadence) > 0,
        "band_power": any(len(bout_values(result, metric)) for metric in BAND_METRICS),
        "dose": len(backward_bouts(result)) > 0,
        "signal": len(excerpts(result)) > 0,
    }
    return [kind for kind, something in there.items() if something]
