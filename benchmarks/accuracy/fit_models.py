"""Refit the gate and the direction model: ``python benchmarks/accuracy/fit_models.py ../shared/recordings [--write]``.

Prints the coefficients beside the shipped ones, both errors in people left out (scikit-learn, grouped by person), and
what the accuracy table's direction, gait and step counts become with the refitted coefficients. With ``--write`` the
refitted ones replace those in ``gait/models``; look at the table first.
"""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd
from run import Case, direction_counts, markdown, read_cases, run
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss
from sklearn.model_selection import GroupKFold, cross_val_predict

import gait
from gait.events import bouts, travel
from gait.learning import DirectionClassifier
from gait.recording import STANDARD_GRAVITY_MS2
from gait.settings import AnalysisSettings
from gait.signal.body import body_signal
from gait.signal.timebase import uniform_pieces

SETTINGS = AnalysisSettings()
MODELS = Path(gait.__file__).parent / "models"
GATE = ("log_sd", "free_fall", "log_cadence")
DIRECTION = ("level", "sway")
NOT_FOR_THE_GATE = (
    "foot_gyro", "contacts_run", "belt_calibrated", "belt_unknown", "pocket_unknown", "still", "invariance",
)  # fmt: skip
"""Series that others hold already, five-second trials, and places without both gaits."""
FOR_THE_DIRECTION = ("belt_calibrated", "pocket_calibrated", "hip_outdoor", "mocap_backward", "contacts_run")
MARGIN_S = 0.3
"""How far a gate window may reach over the border of its label [s]."""


def gate_windows(cases: list[Case]) -> pd.DataFrame:
    """Moving, periodic windows of known gait with the gate's three features."""
    parts = []
    for case in cases:
        placement = case.row["placement"]
        # the slow jog of the virtual pocket has no certain gait
        virtual_pocket = case.group == "mocap_backward" and placement == "pocket"
        if case.group in NOT_FOR_THE_GATE or placement == "shank" or virtual_pocket:
            continue
        pieces = uniform_pieces(
            case.recording.time_s, case.recording.acc_ms2 / STANDARD_GRAVITY_MS2, cuts_s=case.recording.cuts_s,
            **SETTINGS.keywords(uniform_pieces),
        )  # fmt: skip
        for piece in pieces:
            body = body_signal(piece, placement=placement, has_gravity=True, **SETTINGS.keywords(body_signal))
            seen = bouts.gate_windows(
                body.vertical_g, body.resultant_g, body.rhythm_g, rate_hz=body.rate_hz,
                **SETTINGS.keywords(bouts.gate_windows),
            )  # fmt: skip
            gaits = [window_gait(case, at_s) for at_s in seen.middle_s + body.start_s]
            frame = pd.DataFrame({
                "model": bouts.PLACEMENT_CLASS.get(placement, "trunk"), "group": case.group,
                "person": case.row["subject"], "gait": gaits,
                "log_sd": np.log(np.maximum(seen.sd_vert_g, 0.01) / 0.5), "free_fall": seen.free_fall_share,
                "log_cadence": np.clip(np.log(seen.cadence_spm / 135), -0.3, 0.3),
            })  # fmt: skip
            moving = (seen.periodicity >= SETTINGS.min_periodicity) & (seen.sd_res_g >= SETTINGS.still_sd_g)
            parts.append(frame[moving & frame["gait"].isin(["walk", "run"])])
    out = pd.concat(parts, ignore_index=True)
    return out.assign(truth=out["gait"] == "run")


def window_gait(case: Case, middle_s: float) -> str | None:
    """Labelled gait of a gate window; None where the window is not inside of one label."""
    if case.group == "steps_walk":
        return "walk"
    half_s = SETTINGS.gate_window_s / 2
    inside = [
        i["gait"] for i in case.truth["intervals"]
        if i["start_s"] - MARGIN_S <= middle_s - half_s and middle_s + half_s <= i["end_s"] + MARGIN_S
    ]  # fmt: skip
    return inside[0] if inside else None


def direction_windows(cases: list[Case]) -> pd.DataFrame:
    """Windows of known direction with the two features of the direction model, stretches that calibrate left out."""
    parts = []
    for case in cases:
        if case.group not in FOR_THE_DIRECTION:
            continue
        analysis = gait.analyze(case.recording, calibrate=case.calibrate)
        windows = analysis.direction_windows.query("direction_clear and not calibrates")
        known = {b.bout_id: bout_direction(case, b.start_s, b.end_s) for b in analysis.bouts.itertuples()}
        truth = windows["bout_id"].map(known)
        frame = pd.DataFrame({
            "model": "pocket" if case.row["placement"] == "pocket" else "trunk", "group": case.group,
            "person": case.row["subject"], "truth": truth == "forward",
            "level": windows["direction_level"], "sway": windows["direction_sway"],
        })  # fmt: skip
        parts.append(frame[truth.notna()])
    return pd.concat(parts, ignore_index=True)


def bout_direction(case: Case, start_s: float, end_s: float) -> str | None:
    """Labelled direction of more than half of a bout."""
    for label in case.truth["intervals"]:
        covers = min(end_s, label["end_s"]) - max(start_s, label["start_s"]) > 0.5 * (end_s - start_s)
        if covers and label["direction"] in ("forward", "backward"):
            return str(label["direction"])
    return None


def fit(part: pd.DataFrame, features: tuple[str, ...], *, strength: float, intercept: bool) -> dict:
    """Coefficients of one model, every group and class weighted equally, and probabilities in people left out."""
    weight = 1 / part.groupby(["group", "truth"])["truth"].transform("size")
    weight = (weight / weight.mean()).to_numpy()
    x, y = part[list(features)].to_numpy(), part["truth"].to_numpy()
    model = LogisticRegression(C=strength) if intercept else DirectionClassifier(C=strength)
    folds = GroupKFold(min(6, part["person"].nunique()))
    left_out = cross_val_predict(
        model, x, y, groups=part["person"], cv=folds, params={"sample_weight": weight}, method="predict_proba"
    )[:, 1]
    model.fit(x, y, sample_weight=weight)
    new = dict(zip(features, np.ravel(model.coef_).round(2).tolist(), strict=True))
    return {"coefficients": {"intercept": round(float(model.intercept_[0]), 2)} | new if intercept else new,
            "left_out": left_out, "weight": weight}  # fmt: skip


def shipped_probability(part: pd.DataFrame, model: dict, features: tuple[str, ...]) -> np.ndarray:
    """What the shipped coefficients say of the same windows."""
    z = model.get("intercept", 0.0) + sum(model[name] * part[name] for name in features)
    return 1 / (1 + np.exp(-np.clip(z.to_numpy(), -30, 30)))


def refit(kind: str, windows: pd.DataFrame) -> tuple[dict, list[dict]]:
    """Models of one file with refitted coefficients, and rows to print."""
    document = json.loads((MODELS / f"{kind}.json").read_text())
    features, strength = (GATE, 3.0) if kind == "gate" else (DIRECTION, 1.0)
    rows = []
    for name, part in windows.groupby("model"):
        made = fit(part, features, strength=strength, intercept=kind == "gate")
        old = document["models"][name]
        truth = part["truth"].to_numpy()
        error = {}
        for who, p in (("left out", made["left_out"]), ("shipped", shipped_probability(part, old, features))):
            error[f"error, {who}"] = float(np.average((p > 0.5) != truth, weights=made["weight"]))
            error[f"Brier, {who}"] = float(brier_score_loss(truth, p, sample_weight=made["weight"]))
        rows.append({
            "model": f"{kind}, {name}", "people": part["person"].nunique(), "windows": len(part),
            "refitted": words(made["coefficients"]), "shipped": words({k: old[k] for k in made["coefficients"]}),
            **{k: f"{v:.4f}" for k, v in error.items()},
        })  # fmt: skip
        penalty = f"LogisticRegression(C={strength:g}{'' if kind == 'gate' else ', no intercept'})"
        document["models"][name] = {k: v for k, v in old.items() if k == "amplitude"} | made["coefficients"] | {
            "origin": f"scikit-learn {penalty}, groups and classes weighted equally; "
            f"{', '.join(sorted(part['group'].unique()))} ; made by benchmarks/accuracy/fit_models.py",
            "n_windows": len(part), "n_people": int(part["person"].nunique()),
            "error_in_people_left_out": round(error["error, left out"], 4),
            "brier_score_in_people_left_out": round(error["Brier, left out"], 4),
        }  # fmt: skip
    return document, rows


def words(coefficients: dict[str, float]) -> str:
    """Coefficients in a cell."""
    return ", ".join(f"{name} {value:g}" for name, value in coefficients.items())


@contextmanager
def instead(gate: dict | None = None, direction_model: dict | None = None):
    """Use other coefficients."""
    with ExitStack() as stack:
        if gate is not None:
            stack.enter_context(mock.patch.object(bouts, "_gate_models", return_value=gate["models"]))
        if direction_model is not None:
            stack.enter_context(mock.patch.object(travel, "_models", return_value=direction_model["models"]))
        yield


def outcome(cases: list[Case]) -> dict[str, object]:
    """The accuracy table in one row."""
    rows = run(cases)
    labels = pd.concat([r["labels"] for r in rows], ignore_index=True)
    return direction_counts(rows) | {
        "gait agreement": f"{labels['agree_s'].sum() / labels['compared_s'].sum():.4f}",
        "cadence MAE [spm]": float(labels["cadence_error_spm"].abs().mean()),
        "steps worst [%]": max(abs(r["step_error_pct"]) for r in rows if "step_error_pct" in r),
        "rests with bouts": sum(r["n_bouts"] > 0 for r in rows if r["group"] == "still"),
    }


def main() -> None:
    """Print both comparisons and what the refitted coefficients do to the accuracy table."""
    arguments = [word for word in sys.argv[1:] if word != "--write"]
    if len(arguments) != 1 or not (Path(arguments[0]) / "cases.csv").is_file():
        sys.exit(__doc__)
    cases = read_cases(Path(arguments[0]))
    gate, gate_rows = refit("gate", gate_windows(cases))
    facing, facing_rows = refit("direction", direction_windows(cases))
    print(markdown(pd.DataFrame(gate_rows + facing_rows)), "\n")
    results = [{"coefficients": "shipped", **outcome(cases)}]
    for name, use in (("direction refitted", {"direction_model": facing}), ("gate refitted", {"gate": gate})):
        with instead(**use):
            results.append({"coefficients": name, **outcome(cases)})
    print(markdown(pd.DataFrame(results)))
    if "--write" in sys.argv:
        for kind, document in (("gate", gate), ("direction", facing)):
            (MODELS / f"{kind}.json").write_text(json.dumps(document, indent=1) + "\n")
        print("\nWritten to gait/models.")


if __name__ == "__main__":
    main()
