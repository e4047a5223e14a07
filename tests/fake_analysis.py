"""Hand-made analyses of every kind, for tests of what is drawn and written: no detector takes part."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gait.nomenclature import BOUT_METRICS, ESTIMATED, PRIMARY_METRICS, QUANTITIES, STEP_METRICS, make_table
from gait.recording import Flag, Recording
from gait.results import Analysis, Comparison
from gait.settings import AnalysisSettings

LEVELS = {
    "cadence_spm": (160.0, 178.0), "step_time_s": (0.375, 0.337), "t_ce_s": (0.170, 0.150),
    "kvert_over_m": (341.0, 439.0), "peak_vert_g": (2.35, 2.60), "peak_res_g": (2.62, 2.81), "p2p_g": (2.41, 2.66),
    "impulse_gs": (0.101, 0.094), "dyn_load_g": (0.71, 0.78), "slope_g_per_s": (31.0, 34.0),
    "contact_time_est_s": (0.231, 0.208), "flight_time_est_s": (0.144, 0.129), "flight_share": (0.30, 0.33),
    "p_3_8_hz": (0.0412, 0.0391), "p_9_20_hz": (0.0087, 0.0102), "vosc_m": (0.082, 0.069),
    "vgrf_peak_bw_est": (2.31, 2.52),
}  # fmt: skip
"""Plausible means of every metric: forward, backward."""

SPEED_FLAG = Flag(
    "speed_unknown", "warning",
    "Speed is not known, so forward and backward may differ in speed as well as in direction.",
    "Run on a treadmill or note the time of a measured lap.",
)  # fmt: skip
CAPABILITIES = {
    "cadence": "", "direction": "", "contacts": "", "peaks": "", "slope": "",
    "tibial": "only a sensor at the shank can show it",
}  # fmt: skip


@dataclass(frozen=True)
class Bout:
    """One invented bout."""

    start_s: float
    end_s: float
    direction: str = "forward"
    gait: str = "run"
    group: str | None = None
    method: str = "calibration"


def alternating(n_pairs: int = 4, **changes: Any) -> list[Bout]:
    bouts = []
    for number in range(2 * n_pairs + 1):
        start = 20.0 + 45.0 * number
        direction = "backward" if number % 2 else "forward"
        bouts.append(Bout(start, start + 28.0 + number, direction, **changes))
    return bouts


def build(
    bouts: Sequence[Bout],
    *,
    duration_s: float = 450.0,
    quality: Sequence[Flag] = (SPEED_FLAG,),
    assumptions: Sequence[str] = ("The first running bout is forward because --calibrate first-run says so.",),
    sentence: str | None = None,
    capabilities: dict[str, str] | None = None,
    step_metrics: Sequence[str] = STEP_METRICS[:-1],
    bout_only: Sequence[str] = (),
    clipped_share: float = 0.0,
    seed: int = 1,
    **recording: Any,
) -> Analysis:
    """Make an analysis whose tables follow from `bouts`."""
    rng = np.random.default_rng(seed)
    steps = _steps(bouts, step_metrics, clipped_share, rng)
    table = _bouts(bouts, steps, rng)
    bout_metrics = _bout_metrics(table, steps, step_metrics, bout_only, rng)
    metrics = _metrics(bout_metrics)
    compared = _comparison(metrics, bout_metrics)
    if sentence is None:
        sentence = _sentence(compared)
    note = "speed not controlled"
    return Analysis(
        recording=_recording(duration_s, **recording),
        bouts=table,
        steps=steps,
        direction_windows=make_table("direction_windows"),
        strides=make_table("strides"),
        bout_metrics=bout_metrics,
        metrics=metrics,
        comparison=Comparison(compared, sentence, note),
        cadence=_cadence(table, rng),
        waveforms=_waveforms(table, rng) if step_metrics else make_table("waveforms"),
        overview=_overview(bouts, duration_s, rng),
        capabilities=CAPABILITIES if capabilities is None else capabilities,
        quality=tuple(quality),
        assumptions=tuple(assumptions),
        settings=AnalysisSettings(),
        version="0.1.0",
    )


def _recording(duration_s: float, **changes: Any) -> Recording:
    n = int(25 * duration_s)
    time_s = np.linspace(0, duration_s, n)
    up_ms2 = 9.80665 * (1 + 0.8 * np.sin(2 * np.pi * 2.7 * time_s))
    samples = pd.DataFrame({"time_s": time_s, "acc_x_ms2": 0.0, "acc_y_ms2": up_ms2, "acc_z_ms2": 0.0})
    base = Recording(
        samples=samples, source="belt_alternating.zip", format="Sensor Logger, Android", sha256="0f" * 32,
        sampling_rate_hz=100.0, true_rate_hz=100.0, placement="lower_back", anterior_axis="-z",
        assumptions=("TotalAcceleration.csv was taken because it includes gravity.",), simulated=True,
    )  # fmt: skip
    return dataclasses.replace(base, **changes)


def _level(bout: Bout | dict[Any, Any], metric: str) -> float:
    direction = bout.direction if isinstance(bout, Bout) else bout["direction"]
    group = bout.group if isinstance(bout, Bout) else bout["direction_group"]
    return LEVELS[metric][int(direction == "backward" or (direction == "unknown" and group == "B"))]


def _steps(
    bouts: Sequence[Bout], wanted: Sequence[str], clipped_share: float, rng: np.random.Generator
) -> pd.DataFrame:
    parts = []
    for bout_id, bout in enumerate(bouts):
        if bout.gait != "run" or not wanted:
            continue
        interval = 60 / _level(bout, "cadence_spm")
        ic = np.arange(bout.start_s + 0.1, bout.end_s - 0.5, interval) + rng.normal(0, 0.004)
        columns: dict[str, Any] = {
            "bout_id": bout_id, "step_id": np.arange(len(ic)), "ic_s": ic,
            "clipped": rng.random(len(ic)) < clipped_share,
        }  # fmt: skip
        for metric in wanted:
            level = _level(bout, metric) * math.exp(rng.normal(0, 0.02))
            columns[metric] = level * np.exp(rng.normal(0, 0.06, len(ic)))
        columns["tc_s"] = ic + columns["t_ce_s"]
        parts.append(make_table("steps", columns))
    return pd.concat(parts, ignore_index=True) if parts else make_table("steps")


def _bouts(bouts: Sequence[Bout], steps: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    if not bouts:
        return make_table("bouts")
    rows = []
    for bout_id, bout in enumerate(bouts):
        cadence = (_level(bout, "cadence_spm") if bout.gait == "run" else 112.0) + rng.normal(0, 1.5)
        score = {"forward": 0.9, "backward": -0.9}.get(bout.direction, math.nan)
        rows.append(
            {
                "bout_id": bout_id, "start_s": bout.start_s, "end_s": bout.end_s, "gait": bout.gait,
                "direction": bout.direction, "direction_score": score, "direction_group": bout.group,
                "direction_method": bout.method if bout.direction != "unknown" else "none",
                "direction_reason": "Travels as the calibration run did." if bout.direction == "forward" else
                "Travels against the calibration run." if bout.direction == "backward" else
                "Nothing says which way is forward.",
                "n_steps": int((steps["bout_id"] == bout_id).sum()) or int((bout.end_s - bout.start_s) * cadence / 60),
                "cadence_spm": cadence, "cadence_spm_low": cadence - 0.8, "cadence_spm_high": cadence + 0.8,
            }
        )  # fmt: skip
    return make_table("bouts", pd.DataFrame(rows).to_dict("list"))


def _bout_metrics(
    bouts: pd.DataFrame, steps: pd.DataFrame, wanted: Sequence[str], bout_only: Sequence[str], rng: np.random.Generator
) -> pd.DataFrame:
    rows = []
    for bout in bouts.to_dict("records"):
        mine = steps[(steps["bout_id"] == bout["bout_id"]) & ~steps["clipped"]]
        for metric in BOUT_METRICS:
            if metric == "cadence_spm":
                value = bout["cadence_spm"]
            elif bout["gait"] == "run" and metric in bout_only:
                value = _level(bout, metric) * math.exp(rng.normal(0, 0.01))
            elif bout["gait"] != "run" or not wanted or metric == "pta_res_g":
                continue
            elif metric in STEP_METRICS:
                value = mine[metric].median() if metric in wanted else math.nan
            else:
                value = _level(bout, metric) * math.exp(rng.normal(0, 0.03))
            if not math.isnan(value):
                shared = {key: bout[key] for key in ("bout_id", "gait", "direction", "n_steps")}
                rows.append({**shared, "metric": metric, "value": value})
    return make_table("bout_metrics", pd.DataFrame(rows).to_dict("list")) if rows else make_table("bout_metrics")


def _metrics(bout_metrics: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for (gait, direction, metric), group in bout_metrics.groupby(["gait", "direction", "metric"], sort=False):
        n, mean = len(group), group["value"].mean()
        half = 2.0 * group["value"].std() / math.sqrt(n) if n > 1 else math.nan
        rows.append(
            {
                "gait": gait, "direction": direction, "metric": metric, "value": mean, "low": mean - half,
                "high": mean + half, "unit": QUANTITIES[metric].unit, "n_bouts": n, "n_steps": group["n_steps"].sum(),
                "status": "estimated" if metric in ESTIMATED else "measured",
            }
        )  # fmt: skip
    return make_table("metrics", pd.DataFrame(rows).to_dict("list")) if rows else make_table("metrics")


def _comparison(metrics: pd.DataFrame, bout_metrics: pd.DataFrame) -> pd.DataFrame:
    rows = []
    runs = metrics[metrics["gait"] == "run"]
    for metric in BOUT_METRICS:
        both = runs[runs["metric"] == metric].set_index("direction")
        if not {"forward", "backward"} <= set(both.index):
            continue
        ahead, back = both.loc["forward"], both.loc["backward"]
        ratio = back["value"] / ahead["value"]
        enough = min(ahead["n_bouts"], back["n_bouts"]) >= 2
        width = 1.03 if enough else math.nan
        label = QUANTITIES[metric].label
        way = "higher" if ratio > 1 else "lower"
        rows.append(
            {
                "metric": metric, "unit": QUANTITIES[metric].unit, "forward": ahead["value"], "backward": back["value"],
                "ratio": ratio, "ratio_low": ratio / width, "ratio_high": ratio * width,
                "n_bouts_forward": ahead["n_bouts"], "n_bouts_backward": back["n_bouts"],
                "n_steps_forward": ahead["n_steps"], "n_steps_backward": back["n_steps"],
                "mdc_ratio": 1.05 if ahead["n_bouts"] >= 3 else math.nan, "method": "paired" if enough else "none",
                "verdict": f"{label}: {100 * abs(ratio - 1):.1f} % {way} backward; speed not controlled." if enough else
                "One bout each: no interval and no verdict.",
            }
        )  # fmt: skip
    return make_table("comparison", pd.DataFrame(rows).to_dict("list")) if rows else make_table("comparison")


def _sentence(table: pd.DataFrame) -> str:
    if table.empty:
        return "No backward running was found, so there is nothing to compare."
    row = table.set_index("metric").loc["cadence_spm"]
    return (
        f"Running backward, your steps were about {100 * (row['ratio'] - 1):.0f} % quicker: {row['backward']:.0f} "
        f"against {row['forward']:.0f} steps per minute, from {row['n_bouts_backward']} and {row['n_bouts_forward']} "
        "bouts."
    )


def _cadence(bouts: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    parts = [
        pd.DataFrame(
            {"bout_id": b["bout_id"], "time_s": t, "cadence_spm": b["cadence_spm"] + rng.normal(0, 1.0, len(t))}
        )
        for b in bouts.to_dict("records")
        if len(t := np.arange(b["start_s"] + 5, b["end_s"] - 4, 5.0))
    ]
    return make_table("cadence", pd.concat(parts).to_dict("list")) if parts else make_table("cadence")


def _waveforms(bouts: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    phase = np.arange(101)
    parts = []
    for bout in bouts[bouts["gait"] == "run"].to_dict("records"):
        share = _level(bout, "t_ce_s") / _level(bout, "step_time_s")
        peak = (_level(bout, "peak_vert_g") - 1) * math.exp(rng.normal(0, 0.03))
        x = phase / 100
        up, down = np.sin(np.pi * x / share), np.sin(np.pi * (x - share) / (1 - share))
        wave = 1 + np.where(x <= share, peak * up, -0.95 * down)
        keep = {key: bout[key] for key in ("bout_id", "gait", "direction")}
        parts.append(pd.DataFrame({**keep, "phase_pct": phase.astype(float), "acc_vert_g": wave}))
    return make_table("waveforms", pd.concat(parts).to_dict("list")) if parts else make_table("waveforms")


def _overview(bouts: Sequence[Bout], duration_s: float, rng: np.random.Generator) -> pd.DataFrame:
    time = np.linspace(0, duration_s, 1000)
    low, high = 1 - np.abs(rng.normal(0, 0.02, time.size)), 1 + np.abs(rng.normal(0, 0.02, time.size))
    for bout in bouts:
        inside = (time >= bout.start_s) & (time < bout.end_s)
        top = _level(bout, "peak_vert_g") if bout.gait == "run" else 1.4
        high[inside] = top + rng.normal(0, 0.12, inside.sum())
        low[inside] = (0.05 if bout.gait == "run" else 0.7) + rng.normal(0, 0.03, inside.sum())
    return make_table("overview", {"time_s": time, "low_g": low, "high_g": high})


def nothing() -> Analysis:
    flag = Flag("nothing_found", "warning", "No walking and no running was found in 60 s of recording.",
                "Record at least one run of 20 s or more with the phone fixed at your back.")  # fmt: skip
    sentence = "No walking or running was found in this recording of 60 s."
    return build([], duration_s=60.0, quality=[flag], assumptions=(), sentence=sentence)


def groups() -> Analysis:
    bouts = [
        dataclasses.replace(b, direction="unknown", group="B" if b.direction == "backward" else "A")
        for b in alternating(2)
    ]
    flag = Flag("direction_unknown", "warning", "Nothing in this recording says which way is forward.",
                "Start the next recording with 20 s of forward running.")  # fmt: skip
    sentence = (
        "Two groups of bouts travel in opposite directions, 3 bouts in group A and 2 in group B; nothing in the "
        "recording says which is forward."
    )
    return build(bouts, duration_s=260.0, quality=[flag], assumptions=(), sentence=sentence, placement="pocket",
                 anterior_axis=None)  # fmt: skip


def clipped() -> Analysis:
    flag = Flag("clipped", "error", "The sensor reached its limit of 2 g in 64 % of the steps, so peaks are withheld.",
                "Choose a range of 8 g or more in the app.")  # fmt: skip
    kept = [m for m in STEP_METRICS if m not in ("peak_vert_g", "peak_res_g", "p2p_g", "pta_res_g")]
    why = "the sensor reached its limit of 2 g"
    return build(alternating(3), quality=[flag, SPEED_FLAG], step_metrics=kept, clipped_share=0.64,
                 capabilities={**CAPABILITIES, "peaks": why})  # fmt: skip


def wrist() -> Analysis:
    bouts = [dataclasses.replace(b, direction="unknown") for b in alternating(2)]
    why = "not valid at the wrist"
    limits = dict.fromkeys(CAPABILITIES, why) | {"cadence": ""}
    flag = Flag("placement_limits", "info", "On the wrist only cadence can be told.", "Wear a phone at the lower back.")
    sentence = "Cadence was 160 steps per minute over 5 running bouts; a watch cannot tell backward from forward."
    return build(bouts, duration_s=260.0, quality=[flag], assumptions=(), sentence=sentence, step_metrics=(),
                 capabilities=limits, placement="wrist", anterior_axis=None, source="watch.csv",
                 format="SensorLog, Apple Watch")  # fmt: skip


def pocket() -> Analysis:
    why = "not valid at the pocket"
    return build(alternating(3), step_metrics=(), bout_only=("peak_res_g",), placement="pocket", anterior_axis=None,
                 capabilities={**CAPABILITIES, "contacts": why, "slope": why})  # fmt: skip


def linear() -> Analysis:
    flag = Flag("no_gravity", "warning", "This file has no gravity (linear acceleration).",
                "In Sensor Logger switch on TotalAcceleration.")  # fmt: skip
    why = "the file has no gravity, so up and forward are unknown"
    bouts = [dataclasses.replace(b, direction="unknown") for b in alternating(2)]
    limits = {**CAPABILITIES, "direction": why, "contacts": why, "peaks": why}
    analysis = build(bouts, duration_s=260.0, quality=[flag],
                     sentence="Cadence was 160 steps per minute over 5 running bouts.", step_metrics=(),
                     capabilities=limits, gravity="removed", simulated=False)  # fmt: skip
    return dataclasses.replace(analysis, overview=make_table("overview"))


CASES: dict[str, Callable[[], Analysis]] = {
    "alternating": lambda: build(alternating()),
    "groups": groups,
    "nothing": nothing,
    "walking_only": lambda: build(
        [Bout(10.0, 70.0, "unknown", "walk", method="none")], duration_s=80.0, assumptions=(), quality=(),
        sentence="Only walking was found: 1 bout of 60 s; there is no running to compare.",
    ),
    "forward_only": lambda: build([Bout(20.0, 140.0), Bout(160.0, 220.0)], duration_s=240.0),
    "backward_only": lambda: build(
        [Bout(20.0, 140.0, "backward", method="mounting")], duration_s=160.0,
        sentence="Only backward running was found, 1 bout of 120 s, so there is nothing to compare it with.",
    ),
    "one_each": lambda: build([Bout(20.0, 80.0), Bout(95.0, 140.0, "backward")], duration_s=150.0),
    "treadmill": lambda: build(
        [Bout(10.0, 130.0, "unknown", "walk", method="none"), Bout(135.0, 400.0), Bout(420.0, 540.0, "backward"),
         Bout(560.0, 800.0), Bout(805.0, 880.0, "unknown", "walk", method="none")], duration_s=900.0,
    ),
    "clipped": clipped,
    "pocket": pocket,
    "wrist": wrist,
    "linear": linear,
}  # fmt: skip
"""Every kind of result by name."""

__all__ = ["CASES", "PRIMARY_METRICS", "Bout", "alternating", "build"]
