"""What each rule costs and buys, by leaving it out: ``python benchmarks/accuracy/ablations.py ../shared/recordings``.

Prints a table: directions right, unknown and wrong, claims where nothing can be known, bouts found where nobody walks
(recordings of rest, and movement made up here: a car on a rough road, fidgeting, light shaking; 40 of each).
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd
from run import markdown, run

import gait
from gait import heading, stages
from gait.events import bouts
from gait.settings import AnalysisSettings
from gait.signal.filters import low_pass

RATE_HZ = 100.0
N = 4000


def made_up() -> Iterator[gait.Recording]:
    """Movement that is no gait, a third each: car, fidgeting, light shaking at a step's rhythm."""
    for seed in range(40):
        rng = np.random.default_rng(seed)
        rest = np.array([0.0, 0.0, 1.0]) + rng.normal(0, 0.01, (N, 3))
        road = 0.3 * low_pass(rng.normal(0, 1, (N, 3)), rate_hz=RATE_HZ, cutoff_hz=3) * [0.3, 0.3, 1]
        kicks = np.convolve(rng.normal(0, 1, N) * (rng.random(N) < 0.01), np.hanning(60), "same")
        shake = 0.1 * np.sin(2 * np.pi * rng.uniform(1.6, 2.8) * np.arange(N) / RATE_HZ)
        for extra in (road, kicks[:, None] * [0.2, 0.1, 0.15], shake[:, None] * [0, 0, 1]):
            yield gait.Recording.from_arrays(rest + extra, sampling_rate_hz=RATE_HZ, placement="waist")


@contextmanager
def without_gyroscope_in_the_pocket() -> Iterator[None]:
    """Leave the thigh's swing in."""
    with mock.patch.object(stages, "without_swing", lambda acc, gyr, **_: acc):
        yield


@contextmanager
def one_gate() -> Iterator[None]:
    """Judge pocket, shank and foot by the gate of the trunk."""
    with mock.patch.object(bouts, "PLACEMENT_CLASS", {}):
        yield


@contextmanager
def walks_count_in_the_pocket() -> Iterator[None]:
    """Judge walking in the pocket as on the trunk."""
    with mock.patch.object(heading, "TRUNK", (*heading.TRUNK, "pocket")):
        yield


@contextmanager
def nothing() -> Iterator[None]:
    """Leave everything as it is."""
    yield


S = AnalysisSettings()
RULES = {
    "as shipped": (S, nothing),
    "no least probability": (dataclasses.replace(S, min_probability=0.5), nothing),
    "no limit of tilt": (dataclasses.replace(S, max_tilt_deg=180.0), nothing),
    "no agreement of windows": (dataclasses.replace(S, min_agreement=0.0, min_score=0.0), nothing),
    "one clear window is enough": (dataclasses.replace(S, min_direction_windows=2), nothing),
    "gait in doubt may be judged": (dataclasses.replace(S, min_gait_logit=-99.0), nothing),
    "swing of the thigh left in": (S, without_gyroscope_in_the_pocket),
    "walks judged in the pocket": (S, walks_count_in_the_pocket),
    "one gate for all places": (S, one_gate),
    "no cost of changing gait": (dataclasses.replace(S, switch_cost=0.0), nothing),
    "no periodicity asked of walks": (dataclasses.replace(S, min_walk_periodicity=0.0), nothing),
    "no steadiness asked": (dataclasses.replace(S, max_unsteadiness_walk=9.0, max_unsteadiness_run=9.0), nothing),
    "no bounce asked": (dataclasses.replace(S, min_bounce_m=0.0), nothing),
    "none of the last three": (
        dataclasses.replace(
            S, min_walk_periodicity=0.0, max_unsteadiness_walk=9.0, max_unsteadiness_run=9.0, min_bounce_m=0.0
        ),
        nothing,
    ),
}  # fmt: skip


def measure(folder: Path, settings: AnalysisSettings) -> dict[str, object]:
    """Counts over all recordings with these settings."""

    def analyse(recording: gait.Recording, calibrate: str | None) -> gait.Analysis:
        return gait.analyze(recording, calibrate=calibrate, settings=settings)

    rows = run(folder, analyse)
    labels = pd.concat([r["labels"].assign(group=r["group"]) for r in rows if "labels" in r])
    known = labels[~labels["group"].isin(["belt_unknown", "pocket_unknown", "positions_run", "still"])]
    counts = known["verdict"].value_counts()
    steps = [abs(r["step_error_pct"]) for r in rows if "step_error_pct" in r]
    false = sum(len(analyse(recording, None).bouts) > 0 for recording in made_up())
    return {
        **{word: int(counts.get(word, 0)) for word in ("right", "unknown", "wrong")},
        "claims": sum(r["claimed"] for r in rows),
        "gait agreement": labels["agree_s"].sum() / labels["compared_s"].sum(),
        "steps worst [%]": max(steps),
        "rests with bouts": sum(r["n_bouts"] > 0 for r in rows if r["group"] == "still"),
        "made-up with bouts (of 120)": false,
    }


def main() -> None:
    """Print the table."""
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / "cases.csv").is_file():
        sys.exit(__doc__)
    out = []
    for name, (settings, change) in RULES.items():
        with change():
            out.append({"left out": name, **measure(Path(sys.argv[1]), settings)})
    print(markdown(pd.DataFrame(out)))


if __name__ == "__main__":
    main()
