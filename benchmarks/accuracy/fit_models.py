"""Refit the gate and the direction model: ``python benchmarks/accuracy/fit_models.py ../shared/recordings``.

Prints the coefficients beside the shipped ones, and the error in people left out (scikit-learn, grouped by person).
The shipped JSON is changed by hand, after a look at the accuracy table.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from run import cases, load
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict

import gait
from gait import heading
from gait.events import bouts
from gait.events.direction import cosines, cross_check
from gait.settings import AnalysisSettings
from gait.signal.body import body_signal
from gait.signal.timebase import uniform_pieces

SETTINGS = AnalysisSettings()
MODELS = Path(gait.__file__).parent / "models"
UNFIT = ("foot_gyro", "contacts_run", "belt_calibrated", "belt_unknown", "pocket_unknown")


def gate_windows(folder: Path) -> pd.DataFrame:
    """Moving, periodic windows of known gait with the gate's three features."""
    rows = []
    for _, case in cases(folder).iterrows():
        # walk or run is uncertain in the slow jog of the virtual pocket
        virtual_pocket = case["group"] == "mocap_backward" and case["placement"] == "pocket"
        if case["group"] in UNFIT or case["placement"] == "shank" or virtual_pocket:
            continue
        recording, _, truth = load(folder, case)
        pieces = uniform_pieces(
            recording.time_s, recording.acc_ms2 / 9.80665, **SETTINGS.keywords(uniform_pieces) | {"cuts_s": ()}
        )
        for piece in pieces:
            body = body_signal(piece, placement=case["placement"], has_gravity=True, **SETTINGS.keywords(body_signal))
            seen = bouts.gate_windows(
                body.vertical_g,
                body.resultant_g,
                body.rhythm_g,
                rate_hz=body.rate_hz,
                gate_window_s=SETTINGS.gate_window_s,
                gate_hop_s=SETTINGS.gate_hop_s,
            )
            for k, middle_s in enumerate(seen.middle_s + body.start_s):
                gaits = [
                    i["gait"]
                    for i in truth["intervals"]
                    if i["start_s"] - 0.3 <= middle_s - 2 and middle_s + 2 <= i["end_s"] + 0.3
                ]
                label = "walk" if case["group"] == "steps_walk" else gaits[0] if gaits else None
                moving = seen.periodicity[k] >= SETTINGS.min_periodicity and seen.sd_res_g[k] >= SETTINGS.still_sd_g
                if label in ("walk", "run") and moving:
                    rows.append(
                        (
                            bouts.PLACEMENT_CLASS.get(case["placement"], "trunk"),
                            case["group"],
                            case["subject"],
                            label == "run",
                            np.log(max(seen.sd_vert_g[k], 0.01) / 0.5),
                            seen.free_fall_share[k],
                            np.clip(np.log(seen.cadence_spm[k] / 135), -0.3, 0.3),
                        )
                    )
    return pd.DataFrame(rows, columns=["model", "group", "subject", "run", "log_sd", "free_fall", "log_cadence"])


def fit_gate(windows: pd.DataFrame) -> None:
    """Print refitted and shipped coefficients of the gate."""
    shipped = json.loads((MODELS / "gate.json").read_text())["models"]
    features = ["log_sd", "free_fall", "log_cadence"]
    for name, part in windows.groupby("model"):
        weight = 1 / part.groupby(["group", "run"])["run"].transform("size")
        weight = weight / weight.mean()
        model = LogisticRegression(C=3.0)
        seen = cross_val_predict(
            model,
            part[features],
            part["run"],
            groups=part["subject"],
            cv=GroupKFold(6),
            params={"sample_weight": weight},
        )
        model.fit(part[features], part["run"], sample_weight=weight)
        new = dict(zip(features, model.coef_[0].round(2).tolist(), strict=True))
        old = {k: shipped[name][k] for k in ("intercept", *features)}
        print(f"gate {name}: n = {len(part)}, error in people left out {np.mean(seen != part['run']):.4f}")
        print(f"  refitted intercept {model.intercept_[0]:.2f} {new}\n  shipped {old}")


def direction_windows(folder: Path) -> pd.DataFrame:
    """Windows of known direction with the two odd features of the direction model."""
    rows, seen = [], []
    original = heading.judge

    def spy(evidence, anchor, **rules):
        seen.append((evidence, anchor))
        return original(evidence, anchor, **rules)

    spy.__signature__ = __import__("inspect").signature(original)
    heading.judge = spy
    for _, case in cases(folder).iterrows():
        if case["group"] not in (
            "belt_calibrated",
            "pocket_calibrated",
            "hip_outdoor",
            "mocap_backward",
            "contacts_run",
        ):
            continue
        recording, calibrate, truth = load(folder, case)
        seen.clear()
        analysis = gait.analyze(recording, calibrate=calibrate)
        judged = analysis.bouts[analysis.bouts["direction_method"].isin(["mounting", "calibration"])]
        for (evidence, anchor), bout in zip(seen, judged.itertuples(), strict=False):
            words = [
                i["direction"]
                for i in truth["intervals"]
                if min(bout.end_s, i["end_s"]) - max(bout.start_s, i["start_s"]) > 0.5 * (bout.end_s - bout.start_s)
            ]
            if not words or words[0] == "none" or "you said" in bout.direction_reason:
                continue
            strength = np.minimum(np.linalg.norm(evidence.travel, axis=1) / 0.1, 1.5)
            level = cosines(evidence, anchor.axis) * strength
            sway = np.clip(cross_check(evidence, anchor.axis) / 0.1, -3, 3)
            for k in np.flatnonzero(evidence.line_share >= SETTINGS.min_line_share):
                model = "pocket" if case["placement"] == "pocket" else "trunk"
                rows.append((model, case["subject"], words[0] == "forward", level[k], sway[k]))
    heading.judge = original
    return pd.DataFrame(rows, columns=["model", "subject", "forward", "level", "sway"])


def fit_direction(windows: pd.DataFrame) -> None:
    """Print refitted and shipped coefficients of the direction model."""
    shipped = json.loads((MODELS / "direction.json").read_text())["models"]
    for name, part in windows.groupby("model"):
        features = part[["level", "sway"]]
        model = LogisticRegression(C=1.0, fit_intercept=False)
        folds = GroupKFold(min(5, part["subject"].nunique()))
        p = cross_val_predict(
            model, features, part["forward"], groups=part["subject"], cv=folds, method="predict_proba"
        )[:, 1]
        model.fit(features, part["forward"])
        brier = np.mean((p - part["forward"]) ** 2)
        print(f"direction {name}: n = {len(part)}, Brier score in people left out {brier:.4f}")
        print(f"  refitted {model.coef_[0].round(2).tolist()}, shipped {[shipped[name][k] for k in ('level', 'sway')]}")


def main() -> None:
    """Print both comparisons."""
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / "cases.csv").is_file():
        sys.exit(__doc__)
    folder = Path(sys.argv[1])
    fit_gate(gate_windows(folder))
    fit_direction(direction_windows(folder))


if __name__ == "__main__":
    main()
