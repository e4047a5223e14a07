"""Bouts: where somebody walks, runs, rests or does something else."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gait.events.cadence import harmonic_comb
from gait.signal.axes import free_fall_share
from gait.signal.filters import cut_windows, moving_mean

Floats = NDArray[np.float64]

STATES = ("still", "walk", "run", "other")

PLACEMENT_CLASS = {
    "pocket": "pocket", "thigh": "pocket", "shank": "shank", "foot": "foot", "unknown": "pocket",
}  # fmt: skip
"""Gate model of each placement; all others use that of the trunk. An unknown placement gets the pocket's, which asks
for more before it says 'run'."""

GATE_GRID_HZ = 0.02
GATE_PADDING = 4
"""The gate needs cadence to a few percent only, of many windows."""


@dataclass(frozen=True)
class GateWindows:
    """What the gate sees in overlapping windows, each array of shape (windows,).

    Attributes
    ----------
    middle_s : ndarray
        Middle of the window from the first sample [s].
    sd_vert_g, sd_res_g : ndarray
        Standard deviation of the vertical part and of the magnitude [g].
    core_sd_g : ndarray
        Standard deviation of the magnitude in the middle of the window only [g], so that a window that is half rest
        and half run is not taken for a walk.
    free_fall_share : ndarray
        Share of samples in nearly free fall.
    periodicity : ndarray
        Largest autocorrelation of the rhythm signal at lags of a step to a stride.
    cadence_spm : ndarray
        Cadence of the best comb tooth, folded into 78 to 198 steps/min.
    """

    middle_s: Floats
    sd_vert_g: Floats
    sd_res_g: Floats
    core_sd_g: Floats
    free_fall_share: Floats
    periodicity: Floats
    cadence_spm: Floats


def gate_windows(
    vertical_g: Floats,
    resultant_g: Floats,
    rhythm_g: Floats,
    *,
    rate_hz: float,
    gate_window_s: float,
    gate_hop_s: float,
) -> GateWindows:
    """Measure the gate's features.

    Parameters
    ----------
    vertical_g, resultant_g, rhythm_g : ndarray, shape (n,)
        Vertical part, magnitude, and the one of the two that shows the rhythm at this placement, low-passed [g].
    rate_hz : float
        Sampling rate [Hz].
    gate_window_s, gate_hop_s : float
        Length and distance of windows [s].
    """
    n = min(int(round(gate_window_s * rate_hz)), len(vertical_g))
    hop = max(int(round(gate_hop_s * rate_hz)), 1)
    vert, middle = cut_windows(vertical_g, n=n, hop=hop)
    res, _ = cut_windows(resultant_g, n=n, hop=hop)
    core = slice(len(vert[0]) // 3, len(vert[0]) - len(vert[0]) // 3) if len(vert) else slice(0, 0)
    comb = harmonic_comb(
        rhythm_g, rate_hz=rate_hz, window_s=gate_window_s, hop_s=2 * gate_hop_s, low_hz=0.6, high_hz=2.2,
        grid_hz=GATE_GRID_HZ, padding=GATE_PADDING,
    )  # fmt: skip
    cadence = 120.0 * comb.stride_hz[comb.score.argmax(axis=1)]
    cadence = np.where(cadence > 198, cadence / 2, cadence)
    cadence = np.where(cadence < 78, cadence * 2, cadence)
    cadence = np.interp(middle / rate_hz, comb.middle_s, cadence)
    return GateWindows(
        middle_s=middle / rate_hz,
        sd_vert_g=vert.std(axis=1),
        sd_res_g=res.std(axis=1),
        core_sd_g=res[:, core].std(axis=1),
        free_fall_share=free_fall_share(vert),
        periodicity=_periodicity(cut_windows(rhythm_g, n=n, hop=hop)[0], rate_hz),
        cadence_spm=cadence,
    )


def _periodicity(cut: Floats, rate_hz: float) -> Floats:
    from scipy.fft import irfft, next_fast_len, rfft

    n = cut.shape[1]
    low, high = int(0.25 * rate_hz), min(int(1.5 * rate_hz), n - 2)
    if high <= low:
        return np.zeros(len(cut))
    size = next_fast_len(n + high, real=True)  # lags above `high` may wrap around
    out = np.empty(len(cut))
    for start in range(0, len(cut), 1024):
        block = cut[start : start + 1024]
        spectrum = rfft(block - block.mean(axis=1, keepdims=True), size, axis=1)
        acf = irfft(spectrum.real**2 + spectrum.imag**2, size, axis=1)[:, :high]
        unbiased = acf[:, low:high] * (n / (n - np.arange(low, high)))
        out[start : start + 1024] = unbiased.max(axis=1) / (acf[:, 0] + 1e-12)
    return out


@cache
def _gate_models() -> dict[str, Any]:
    text = files("gait").joinpath("models/gate.json").read_text(encoding="utf-8")
    models: dict[str, Any] = json.loads(text)["models"]
    return models


def run_probability(features: GateWindows, *, placement: str) -> Floats:
    """Probability that a moving, periodic window is running rather than walking, shape (windows,).

    A logistic model of amplitude, free fall and cadence per class of placement; coefficients, data and the error
    in persons left out are in ``models/gate.json``. One number alone fails: some slow jogs have hardly any flight,
    some fast walks with a phone in the pocket shake as much as a jog.

    Parameters
    ----------
    features : GateWindows
        From `gate_windows`.
    placement : str
        Where the device was worn.
    """
    z = _run_logit(
        features.sd_vert_g, features.sd_res_g, features.free_fall_share, features.cadence_spm, placement=placement
    )
    return np.asarray(1.0 / (1.0 + np.exp(-z)))


def run_logit(vertical_g: Floats, resultant_g: Floats, cadence_spm: float, *, placement: str) -> float:
    """Log odds that a whole bout is running rather than walking, by the model of `run_probability`.

    Parameters
    ----------
    vertical_g, resultant_g : ndarray, shape (n,)
        Vertical part and magnitude of the bout, low-passed [g].
    cadence_spm : float
        Cadence of the bout [steps/min].
    placement : str
        Where the device was worn.
    """
    measured = (vertical_g.std(), resultant_g.std(), free_fall_share(vertical_g), cadence_spm)
    z = _run_logit(*np.atleast_1d(*measured), placement=placement)
    return float(z[0])


def _run_logit(sd_vert: Floats, sd_res: Floats, free_fall: Floats, cadence_spm: Floats, *, placement: str) -> Floats:
    model = _gate_models()[PLACEMENT_CLASS.get(placement, "trunk")]
    sd = sd_res if model["amplitude"] == "resultant" else sd_vert
    return np.asarray(
        model["intercept"]
        + model["log_sd"] * np.log(np.maximum(sd, 0.01) / 0.5)
        + model["free_fall"] * free_fall
        + model["log_cadence"] * np.clip(np.log(cadence_spm / 135.0), -0.3, 0.3)
    )


def states(
    features: GateWindows, p_run: Floats, *, still_sd_g: float, min_periodicity: float, switch_cost: float
) -> NDArray[np.int64]:
    """Most probable sequence of `STATES`, shape (windows,).

    Parameters
    ----------
    features : GateWindows
        Features of the windows.
    p_run : ndarray, shape (windows,)
        From `run_probability`.
    still_sd_g : float
        Standard deviation of the magnitude at which a window is as likely still as moving [g].
    min_periodicity : float
        Periodicity at which a moving window is as likely walking or running as something else.
    switch_cost : float
        Cost of a change of state, in natural logarithms of probability.
    """
    moving = _squash((np.log(np.maximum(features.core_sd_g, 1e-6)) - np.log(still_sd_g)) / 0.1)
    periodic = _squash((features.periodicity - min_periodicity) / 0.06)
    p = np.stack([1 - moving, moving * periodic * (1 - p_run), moving * periodic * p_run, moving * (1 - periodic)])
    return most_probable(-np.log(np.maximum(p, 1e-6)), switch_cost=switch_cost)


def most_probable(cost: Floats, *, switch_cost: float) -> NDArray[np.int64]:
    """Sequence of states of least cost, shape (windows,) (Viterbi 1967), every change of state costing the same.

    Parameters
    ----------
    cost : ndarray, shape (states, windows)
        Cost of each state in each window.
    switch_cost : float
        Cost of a change.
    """
    total: list[float] = [0.0] * len(cost)
    totals: list[float] = []
    for now in zip(*cost.tolist(), strict=True):  # windows, not samples; plain numbers, because states are few
        totals += total
        # either a state is kept, or it is entered from the cheapest one
        entered = min(total) + switch_cost
        total = [(kept if kept <= entered else entered) + own for kept, own in zip(total, now, strict=True)]
    before = np.array(totals).reshape(-1, len(cost))
    kept = (before <= before.min(axis=1, keepdims=True) + switch_cost).tolist()
    cheapest = before.argmin(axis=1).tolist()
    path = [total.index(min(total))]
    for k in range(len(before) - 1, 0, -1):
        path.append(path[-1] if kept[k][path[-1]] else cheapest[k])
    return np.array(path[::-1])


def _squash(z: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(z, -30, 30))))


def segments(path: NDArray[np.int64], middle_s: Floats, *, end_s: float) -> list[tuple[str, float, float]]:
    """Join equal states: (state, start, end) from the first sample [s], without gaps from 0 to `end_s`.

    Parameters
    ----------
    path : ndarray of int, shape (windows,)
        State of each window.
    middle_s : ndarray, shape (windows,)
        Middle of each window [s].
    end_s : float
        End of the signal [s].
    """
    change = np.flatnonzero(np.diff(path)) + 1
    starts = np.r_[0, change]
    edges = np.r_[0.0, (middle_s[change - 1] + middle_s[change]) / 2, end_s]
    return [(STATES[path[s]], float(edges[i]), float(edges[i + 1])) for i, s in enumerate(starts)]


def refine_edges(
    parts: list[tuple[str, float, float]], rhythm_g: Floats, *, rate_hz: float, edge_window_s: float, search_s: float
) -> list[tuple[str, float, float]]:
    """Move the borders between parts to where the strength of movement changes, to about a step.

    Each border moves, by at most `search_s` and never beyond the middle of its neighbours, to the nearest crossing of
    the mean of the typical strengths on its two sides (moving standard deviation over about a step).

    Parameters
    ----------
    parts : list of (str, float, float)
        From `segments`.
    rhythm_g : ndarray, shape (n,)
        Signal that shows the rhythm [g].
    rate_hz : float
        Sampling rate [Hz].
    edge_window_s, search_s : float
        Window of the moving standard deviation, and how far a border may move [s].
    """
    n = max(int(round(edge_window_s * rate_hz)), 3)
    mean = moving_mean(rhythm_g, n=n)
    strength = np.sqrt(np.maximum(moving_mean(rhythm_g**2, n=n) - mean**2, 1e-8))
    borders = [_outer_edge(parts[0], strength, rate_hz, search_s, first=True)]
    for (_, a0, a1), (_, b0, b1) in pairwise(parts):
        low = max(a1 - search_s, (a0 + a1) / 2, borders[-1])
        high = min(b0 + search_s, (b0 + b1) / 2)
        before = _typical(strength, a0, a1, rate_hz)
        after = _typical(strength, b0, b1, rate_hz)
        level = (before + after) / 2
        first = int(np.ceil(low * rate_hz))
        part = strength[first : int(high * rate_hz) + 1]
        louder_after = after > before
        crossing = np.flatnonzero(np.diff((part > level).astype(int)) == (1 if louder_after else -1))
        contrast = max(after, before) / max(min(after, before), 1e-8)
        if len(crossing) and contrast > 1.3:
            best = crossing[np.abs(crossing + 0.5 - (a1 * rate_hz - first)).argmin()]
            borders.append((first + best + 0.5) / rate_hz)
        else:
            borders.append(a1)
    borders.append(_outer_edge(parts[-1], strength, rate_hz, search_s, first=False))
    return [(p[0], borders[i], borders[i + 1]) for i, p in enumerate(parts)]


def _outer_edge(
    part: tuple[str, float, float], strength: Floats, rate_hz: float, search_s: float, *, first: bool
) -> float:
    """Border of the first or last part, moved inwards while movement has less than half of its typical strength."""
    gait, start_s, end_s = part
    if gait in ("walk", "run"):
        loud = strength >= 0.5 * _typical(strength, start_s, end_s, rate_hz)
        if first:
            return min(float(loud.argmax()) / rate_hz, search_s)
        return max(float(len(loud) - 1 - loud[::-1].argmax()) / rate_hz, end_s - search_s)
    return start_s if first else end_s


def _typical(strength: Floats, start_s: float, end_s: float, rate_hz: float) -> float:
    middle = (start_s + end_s) / 2
    half = max((end_s - start_s) / 2 - 1.0, (end_s - start_s) / 4)
    part = strength[int((middle - half) * rate_hz) : int((middle + half) * rate_hz) + 1]
    return float(np.median(part)) if len(part) else 1e-8


def find_bouts(
    vertical_g: Floats,
    resultant_g: Floats,
    rhythm_g: Floats,
    *,
    rate_hz: float,
    placement: str,
    gate_window_s: float,
    gate_hop_s: float,
    still_sd_g: float,
    min_periodicity: float,
    switch_cost: float,
    edge_window_s: float,
    edge_search_s: float,
    min_bout_s: float,
    min_walk_s: float,
    min_walk_periodicity: float,
    max_join_s: float,
) -> list[tuple[str, float, float]]:
    """Find bouts of walking and running in one uniform piece.

    Parameters
    ----------
    vertical_g, resultant_g, rhythm_g : ndarray, shape (n,)
        See `gate_windows`.
    rate_hz : float
        Sampling rate [Hz].
    placement : str
        Where the device was worn.
    gate_window_s, gate_hop_s : float
        Windows of the gate [s].
    still_sd_g, min_periodicity, switch_cost
        See `states`.
    edge_window_s, edge_search_s : float
        See `refine_edges`.
    min_bout_s, min_walk_s : float
        Shorter bouts of running and of walking are dropped [s].
    min_walk_periodicity : float
        Median periodicity that a walk needs; amplitude says little about it, so rhythm must say more.
    max_join_s : float
        Bouts of one gait that are separated by less are one bout [s].

    Returns
    -------
    list of (gait, start_s, end_s)
        In order of time, not overlapping, seconds from the first sample.
    """
    if len(vertical_g) < 2.0 * rate_hz:
        return []
    features = gate_windows(
        vertical_g, resultant_g, rhythm_g, rate_hz=rate_hz, gate_window_s=gate_window_s, gate_hop_s=gate_hop_s
    )
    path = states(
        features,
        run_probability(features, placement=placement),
        still_sd_g=still_sd_g,
        min_periodicity=min_periodicity,
        switch_cost=switch_cost,
    )
    parts = segments(path, features.middle_s, end_s=(len(vertical_g) - 1) / rate_hz)
    parts = refine_edges(parts, rhythm_g, rate_hz=rate_hz, edge_window_s=edge_window_s, search_s=edge_search_s)
    joined: list[tuple[str, float, float]] = []
    for gait, start, end in parts:
        if gait not in ("walk", "run"):
            continue
        if joined and joined[-1][0] == gait and start - joined[-1][2] <= max_join_s:
            joined[-1] = (gait, joined[-1][1], end)
        else:
            joined.append((gait, start, end))
    least = {"walk": (min_walk_s, min_walk_periodicity), "run": (min_bout_s, min_periodicity)}
    return [
        (gait, start, end) for gait, start, end in joined
        if end - start >= least[gait][0] and _median_inside(features, start, end) >= least[gait][1]
    ]  # fmt: skip


def _median_inside(features: GateWindows, start_s: float, end_s: float) -> float:
    """Median periodicity of the windows inside a bout, those on its edges left out where there are others."""
    for edge_s in (1.0, 0.0, -2.0):
        inside = (features.middle_s >= start_s + edge_s) & (features.middle_s <= end_s - edge_s)
        if inside.any():
            return float(np.median(features.periodicity[inside]))
    return 0.0
