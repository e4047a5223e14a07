"""Accuracy table from a folder of recordings with truth: ``python benchmarks/accuracy/run.py ../shared/recordings``.

The folder holds ``cases.csv`` (case_id, group, file, dataset, subject, placement, args, expect_direction), the
recordings, and ``truth/*.json`` with labelled intervals, steps and contacts. The table is printed and written to
``docs/accuracy.md``. Formulas are those of ``gait.validate`` and ``gait.metrics.agreement``.
"""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import gait
from gait.metrics.agreement import VERDICTS, summarise_contacts, summarise_scores
from gait.told import parse_calibrate
from gait.validate import MIN_DIRECTION_S, score_contacts, score_labels

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
    "invariance": "SisFall, belt, written in 13 ways",
}
NOBODY = "none"
"""Subject of recordings that nobody wore."""
EDGE_S = 0.5
"""Contacts this close to either end of a recording are not scored [s]."""
SAME_CADENCE_SPM = 0.5
"""Largest change of cadence that still is the same answer [steps/min]."""

Analyse = Callable[[gait.Recording, str | tuple[float, float] | None], gait.Analysis]


@dataclass(frozen=True)
class Case:
    """One recording with its truth, read once."""

    row: pd.Series
    recording: gait.Recording | None
    calibrate: str | tuple[float, float] | None
    truth: dict

    @property
    def group(self) -> str:
        """Name of the group in the table."""
        return str(self.row["group"])


def plain(recording: gait.Recording, calibrate: str | tuple[float, float] | None) -> gait.Analysis:
    """Analyse as shipped."""
    return gait.analyze(recording, calibrate=calibrate)


def read_cases(folder: Path, groups: Collection[str] | None = None) -> list[Case]:
    """Read all recordings of a set, or those of some groups; None for a recording that may be and is refused."""
    out = []
    for _, row in pd.read_csv(folder / "cases.csv", keep_default_na=False).iterrows():
        if groups is not None and row["group"] not in groups:
            continue
        words = shlex.split(row["args"].replace("=", " "))
        options = dict(zip(words[::2], words[1::2], strict=True))
        truth = json.loads((folder / "truth" / f"{row['case_id']}.json").read_text())
        try:
            recording = gait.read_recording(
                folder / row["file"],
                placement=options.get("--placement", "unknown"),
                anterior=options.get("--anterior"),
            )
        except gait.GaitError:
            if not truth.get("may_refuse"):
                raise
            recording = None
        out.append(Case(row, recording, parse_calibrate(options.get("--calibrate")), truth))
    return out


def label_scores(analysis: gait.Analysis, case: Case) -> pd.DataFrame:
    """Scores of all labels of a case; labels shorter than 8 s count for direction where the truth says so."""
    parts = []
    for interval in case.truth["intervals"]:
        label = interval | ({"gait": None} if interval.get("gait_uncertain") else {})
        counts_anyway = interval.get("score_direction") and not interval.get("short")
        parts.append(
            score_labels(
                analysis,
                pd.DataFrame([label]),
                calibrate=case.calibrate,
                min_direction_s=0.0 if counts_anyway else MIN_DIRECTION_S,
            )
        )
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def score_case(case: Case, analysis: gait.Analysis) -> dict:
    """Figures of one case."""
    out = {
        "group": case.group,
        "case_id": case.row["case_id"],
        "person": case.row["subject"],
        "n_bouts": len(analysis.bouts),
        "labels": label_scores(analysis, case),
        "truth": case.truth,
    }
    named = analysis.bouts["direction"].isin(["forward", "backward"]).any()
    out["claimed"] = bool(named) and case.row["expect_direction"] == "unknown"
    if case.row["expect_direction"] == "unknown" and len(out["labels"]):
        out["labels"]["verdict"] = ""
    if case.truth.get("n_steps"):
        out["step_error_pct"] = 100 * (analysis.bouts["n_steps"].sum() / case.truth["n_steps"] - 1)
    if contacts := case.truth.get("contacts"):
        ic_s, tc_s = np.array(contacts["ic_s"]), np.array(contacts["tc_s"], dtype=float)
        inside = (ic_s >= EDGE_S) & (ic_s <= analysis.recording.duration_s - EDGE_S)
        out["contacts"] = score_contacts(analysis, ic_s[inside], tc_s[inside] if len(tc_s) == len(ic_s) else None)
        stance = (analysis.steps["tc_s"] - analysis.steps["ic_s"]).mean()
        out["contacts"]["contact_time_error_ms"] = 1000 * (stance - contacts["mean_contact_s"])
    return out


def run(cases: list[Case], analyse: Analyse = plain) -> list[dict]:
    """Score every case that could be read."""
    return [score_case(c, analyse(c.recording, c.calibrate)) for c in cases if c.recording is not None]


def same_answers(rows: list[dict]) -> str:
    """How many variants of one recording give the directions and cadences of the original."""
    originals = {row["case_id"]: row["labels"] for row in rows}
    same = []
    for row in rows:
        original = originals.get(row["truth"].get("same_as") or row["case_id"])
        walks = row["labels"]["gait"].isin(["walk", "run"])
        change = (row["labels"]["found_cadence_spm"] - original["found_cadence_spm"])[walks].abs()
        moved = (row["labels"]["found_direction"] != original["found_direction"])[walks]
        if row["truth"].get("expect_quality"):  # a remark on quality may excuse an unknown, never another direction
            moved &= row["labels"]["found_direction"][walks] != "unknown"
        same.append(bool((change <= SAME_CADENCE_SPM).all() and not moved.any()))
    return f"{sum(same)} of {len(same)}"


def group_row(name: str, rows: list[dict]) -> dict:
    """One row of the table."""
    labels = pd.concat([r["labels"] for r in rows], ignore_index=True)
    sums = summarise_scores(labels.assign(group=name), "group").iloc[0] if len(labels) else {}
    steps = [abs(r["step_error_pct"]) for r in rows if "step_error_pct" in r]
    contacts = [r["contacts"] | {"group": name} for r in rows if "contacts" in r]
    feet = summarise_contacts(pd.DataFrame(contacts), "group").iloc[0] if contacts else {}
    direction = f"claims {sum(r['claimed'] for r in rows)}"
    if len(labels) and (labels["verdict"] != "").any():
        right = sums["right"] + sums["calibrates"]
        direction = f"{right} / {sums['unknown']} / {sums['wrong']}"
        direction += f" ({sums['calibrates']} calibrate)" if sums["calibrates"] else ""
    return {
        "group": name,
        "data": ORIGINS.get(name, name),
        "people": len({r["person"] for r in rows} - {NOBODY}),
        "recordings": len(rows),
        "gait agreement": figure(sums.get("gait_agreement"), 3),
        "direction right / unknown / wrong": direction,
        "cadence MAE [spm]": figure(sums.get("cadence_mae_spm"), 2),
        "steps, median / worst [%]": f"{np.median(steps):.1f} / {max(steps):.1f}" if steps else "",
        "contact F1": figure(feet.get("f1"), 3),
        "contact spread, within / between trials [ms]": f"{feet['spread_ms']:.1f} / {feet['offset_sd_ms']:.1f}"
        if contacts
        else "",
        "contact time RMSE [ms]": figure(feet.get("contact_time_rmse_ms"), 1),
        "bouts where nobody moves": str(sum(r["n_bouts"] for r in rows)) if name == "still" else "",
        "same answer": same_answers(rows) if name == "invariance" else "",
    }


def figure(value: float | None, decimals: int) -> str:
    """A number with fixed decimals, nothing where there is none."""
    return "" if value is None or np.isnan(value) else f"{value:.{decimals}f}"


def table(rows: list[dict]) -> pd.DataFrame:
    """The accuracy table, one row per group."""
    names = dict.fromkeys(r["group"] for r in rows)
    return pd.DataFrame([group_row(n, [r for r in rows if r["group"] == n]) for n in names])


def direction_counts(rows: list[dict]) -> dict[str, int]:
    """Labels right (those that calibrate among them), unknown and wrong; claims where nothing can be known."""
    verdicts = pd.concat([r["labels"]["verdict"] for r in rows if len(r["labels"])]).replace("calibrates", "right")
    return {word: int((verdicts == word).sum()) for word in VERDICTS} | {"claims": sum(r["claimed"] for r in rows)}


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

Made by `python benchmarks/accuracy/run.py RECORDINGS` with version {version}, from {recordings} recordings of {people}
people in {datasets} data sets ({names}). The recordings are evaluation material and no part of the project; thresholds
were chosen on them, so the figures say how well the methods fit, not how they do on other people.

- Forward and backward are scored on labelled stretches of 8 s or more (5-s trials on the treadmill). **Backward in the
  belt and pocket groups is forward running reversed in time**: it proves the sign, not the recognition of real backward
  runners. The only real backward running is one person in a motion-capture suit. No phone or watch recording of
  backward running exists here.
- "calibrate": so many of the right ones were declared forward in order to calibrate; they show nothing.
- "claims": recordings in which a direction was named although nothing can decide it (0 is right).
- Gait agreement: share of labelled time with the right gait, 2 s at both ends of a label left out, time in no bout
  taken as still. Cadence: mean absolute error of labelled stretches of which bouts cover half or more. Steps: error of
  the count of a recording, in size.
- Contacts: F1 = 2 hits / (true + found), a hit within 50 ms after the median offset of the trial is removed, the first
  and last 0.5 s left out; standard deviation of hits about that offset, and of the offset between trials; error of the
  mean contact time of each trial. One runner, processed signal.
- "same answer": variants of one recording (unit, clock, rate, jitter, clipping, axes, order of rows) that give its
  directions and its cadences within 0.5 steps/min.

"""


def main() -> None:
    """Print the table and write it to the docs."""
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / "cases.csv").is_file():
        sys.exit(__doc__)
    cases = read_cases(Path(sys.argv[1]))
    text = markdown(table(run(cases)))
    about = pd.DataFrame([c.row for c in cases])
    head = HEAD.format(
        version=gait.__version__, recordings=len(cases), people=len(set(about["subject"]) - {NOBODY}),
        datasets=about["dataset"].nunique(), names=", ".join(sorted(about["dataset"].unique())),
    )  # fmt: skip
    print(text)
    DOCS.write_text(head + text + "\n")


if __name__ == "__main__":
    main()
