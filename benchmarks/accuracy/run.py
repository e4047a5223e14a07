"""Accuracy table from a folder of recordings with truth: ``python benchmarks/accuracy/run.py ../shared/recordings``.

The folder holds ``cases.csv`` (case_id, group, file, subject, placement, args), the recordings, and ``truth/*.json``
with labelled intervals, steps and contacts. The table is printed and written to ``docs/accuracy.md``.
"""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

import gait
from gait.validate import score_contacts, score_labels

DOCS = Path(__file__).parents[2] / "docs" / "accuracy.md"
ORIGINS = {
    "belt_declared": "SisFall, belt, front declared",
    "belt_calibrated": "SisFall, belt, turned at random, first run forward",
    "belt_unknown": "SisFall, belt, turned, nothing known",
    "pocket_calibrated": "MotionSense, trouser pocket, first run forward",
    "pocket_unknown": "MotionSense, trouser pocket, nothing known",
    "hip_outdoor": "adeptdata, hip, 25 min outdoors",
    "steps_walk": "Oxford step counter, walking: hand, pocket, bag, arm",
    "contacts_run": "Alcantara, sacrum, instrumented treadmill",
    "positions_run": "UMAFall, five places at once, 20 Hz",
    "mocap_backward": "100STYLE, virtual sensor, real backward jog",
    "foot_gyro": "Gottlieb, shoe with gyroscope, treadmill walk",
    "still": "standing, table, vibration",
}

Analyse = Callable[[gait.Recording, str | None], gait.Analysis]


def plain(recording: gait.Recording, calibrate: str | None) -> gait.Analysis:
    """Analyse as shipped."""
    return gait.analyze(recording, calibrate=calibrate)


def cases(folder: Path) -> pd.DataFrame:
    """Cases of a folder, variants of one recording left out."""
    table = pd.read_csv(folder / "cases.csv", keep_default_na=False)
    return table[table["group"] != "invariance"].reset_index(drop=True)


def load(folder: Path, case: pd.Series) -> tuple[gait.Recording, str | None, dict]:
    """One recording, its calibration option, and its truth."""
    words = shlex.split(case["args"].replace("=", " "))
    options = dict(zip(words[::2], words[1::2], strict=True))
    recording = gait.read_recording(
        folder / case["file"], placement=options.get("--placement", "unknown"), anterior=options.get("--anterior")
    )
    truth = json.loads((folder / "truth" / f"{case['case_id']}.json").read_text())
    return recording, options.get("--calibrate"), truth


def score_case(case: pd.Series, analysis: gait.Analysis, truth: dict) -> dict:
    """Figures of one case."""
    intervals = [i for i in truth["intervals"] if not i.get("gait_uncertain")]
    uncertain = [i | {"gait": None} for i in truth["intervals"] if i.get("gait_uncertain")]
    out = {"group": case["group"], "subject": case["subject"], "n_bouts": len(analysis.bouts)}
    if intervals or uncertain:
        out["labels"] = score_labels(analysis, pd.DataFrame(intervals + uncertain))
    named = analysis.bouts["direction"].isin(["forward", "backward"]).any()
    out["claimed"] = bool(named) and case["expect_direction"] == "unknown"
    if truth.get("n_steps"):
        out["step_error_pct"] = 100 * (analysis.bouts["n_steps"].sum() / truth["n_steps"] - 1)
    if truth.get("contacts"):
        out["contacts"] = score_contacts(analysis, np.array(truth["contacts"]["ic_s"]))
        stance = (analysis.steps["tc_s"] - analysis.steps["ic_s"]).mean()
        out["contact_error_ms"] = 1000 * (stance - truth["contacts"]["mean_contact_s"])
    return out


def run(folder: Path, analyse: Analyse = plain) -> list[dict]:
    """Score every case of a folder."""
    rows = []
    for _, case in cases(folder).iterrows():
        recording, calibrate, truth = load(folder, case)
        rows.append(score_case(case, analyse(recording, calibrate), truth))
    return rows


def group_row(name: str, rows: list[dict]) -> dict:
    """One row of the table."""
    frames = [r["labels"] for r in rows if "labels" in r]
    labels = (
        pd.concat(frames) if frames else pd.DataFrame(columns=["verdict", "cadence_error_spm", "compared_s", "agree_s"])
    )
    unknown_expected = name in ("belt_unknown", "pocket_unknown", "steps_walk", "positions_run", "still")
    verdicts = labels["verdict"].value_counts()
    compared = labels["compared_s"].sum()
    steps = [abs(r["step_error_pct"]) for r in rows if "step_error_pct" in r]
    contact = [r["contact_error_ms"] for r in rows if "contact_error_ms" in r]
    hit = {k: np.nansum([r["contacts"][k] for r in rows if "contacts" in r]) for k in ("n_true", "n_found", "n_hit")}
    error = labels["cadence_error_spm"].astype(float).abs()
    return {
        "group": name,
        "data": ORIGINS.get(name, name),
        "people": len({r["subject"] for r in rows}),
        "recordings": len(rows),
        "gait agreement": labels["agree_s"].sum() / compared if compared else None,
        "direction right / unknown / wrong": f"claims {sum(r['claimed'] for r in rows)}"
        if unknown_expected
        else " / ".join(str(int(verdicts.get(w, 0))) for w in ("right", "unknown", "wrong")),
        "cadence MAE [spm]": error.mean(),
        "steps, median / worst [%]": f"{np.median(steps):.1f} / {max(steps):.1f}" if steps else None,
        "contact F1": 2 * hit["n_hit"] / (hit["n_true"] + hit["n_found"]) if hit["n_true"] else None,
        "contact time RMSE [ms]": float(np.sqrt(np.mean(np.square(contact)))) if contact else None,
        "bouts where nobody moves": sum(r["n_bouts"] for r in rows) if name == "still" else None,
    }


def table(rows: list[dict]) -> pd.DataFrame:
    """The accuracy table, one row per group."""
    names = dict.fromkeys(r["group"] for r in rows)
    return pd.DataFrame([group_row(n, [r for r in rows if r["group"] == n]) for n in names])


def markdown(frame: pd.DataFrame) -> str:
    """A table in Markdown, empty cells for what does not apply."""

    def cell(value: object) -> str:
        if value is None or (isinstance(value, float) and np.isnan(value)):
            return ""
        return f"{value:.3g}" if isinstance(value, float) else str(value)

    lines = ["| " + " | ".join(frame.columns) + " |", "|" + "---|" * len(frame.columns)]
    lines += ["| " + " | ".join(cell(v) for v in row) + " |" for row in frame.itertuples(index=False)]
    return "\n".join(lines)


HEAD = """# Accuracy

Made by `python benchmarks/accuracy/run.py RECORDINGS` with version {version}. The recordings are evaluation material
and no part of the project; thresholds were chosen on them, so the figures say how well the methods fit, not how they
do on other people.

- Forward and backward are scored on labelled stretches of 8 s or more. **Backward in the belt and pocket groups is
  forward running reversed in time**: it proves the sign, not the recognition of real backward runners. The
  only real backward running is one person in a motion-capture suit. No phone or watch recording of backward running
  exists here.
- "claims": recordings in which a direction was named although nothing can decide it (0 is right).
- Gait agreement: share of labelled time, 2 s at both ends of a label left out. Cadence: mean absolute error of labelled
  stretches. Contacts: within 50 ms after the median offset of each trial.

"""


def main() -> None:
    """Print the table and write it to the docs."""
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / "cases.csv").is_file():
        sys.exit(__doc__)
    text = markdown(table(run(Path(sys.argv[1]))))
    print(text)
    DOCS.write_text(HEAD.format(version=gait.__version__) + text + "\n")


if __name__ == "__main__":
    main()
