"""Do the ratios of a season agree with the truth? ``python benchmarks/season/coverage.py [--seasons N]``.

Simulated athletes with known ratios of backward to forward running (``gait.simulate.season``) go through the whole
analysis; counted is how often each athlete's 95 % interval holds the athlete's true ratio. Simulated, not real.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pandas as pd

import gait
from gait.club import compare_athletes
from gait.contract import recording_row, wide_bouts
from gait.recording import ACC_COLUMNS, STANDARD_GRAVITY_MS2, Recording
from gait.simulate.season import random_session

ATHLETES = 20
NAMES = {"cadence_spm": "cadence_spm", "t_ce_s": "effective_contact_s", "kvert_over_m": "kvert_over_m"}
"""Metrics whose true ratio the simulator knows, by its names."""


def one_session(season: int, athlete: int, session: int) -> tuple[dict, pd.DataFrame, dict]:
    """Row, bouts and true ratios of one recording."""
    made = random_session(10_000 * season + 100 * athlete + session, athlete=athlete)
    acc = made.samples[ACC_COLUMNS].to_numpy() / STANDARD_GRAVITY_MS2
    recording = Recording.from_arrays(acc, time_s=made.samples["time_s"].to_numpy(), placement=made.device.placement)
    analysis = gait.analyze(recording, calibrate="first-run")
    key = f"{season}-{athlete}-{session}"
    row = recording_row(analysis, key=key, athlete=f"athlete {athlete}", source=key, report="")
    bouts = wide_bouts(analysis).assign(recording_id=key, athlete=f"athlete {athlete}")
    return row, bouts, made.truth["ratios"]


def main() -> None:
    """Print coverage by metric."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seasons", type=int, default=5)
    parser.add_argument("--sessions", type=int, default=4)
    asked = parser.parse_args()
    rows = []
    with ProcessPoolExecutor() as pool:
        for season in range(asked.seasons):
            jobs = [(season, a, s) for a in range(ATHLETES) for s in range(asked.sessions)]
            found = list(pool.map(one_session, *zip(*jobs, strict=True), chunksize=4))
            truth = {row["athlete"]: ratios for row, _, ratios in found}
            recordings = pd.DataFrame([row for row, _, _ in found])
            club = compare_athletes(recordings, pd.concat([bouts for _, bouts, _ in found], ignore_index=True))
            for row in club.athletes.to_dict("records"):
                true = truth[row["athlete"]].get(NAMES.get(row["metric"], ""))
                if true is not None:
                    rows.append({"metric": row["metric"], "covered": row["ratio_low"] <= true <= row["ratio_high"],
                                 "error": np.log(row["ratio"] / true)})  # fmt: skip
    table = (
        pd.DataFrame(rows)
        .groupby("metric")
        .agg(n=("covered", "size"), covered=("covered", "mean"), bias=("error", "mean"))
    )
    print(f"{asked.seasons} seasons of {ATHLETES} athletes with {asked.sessions} sessions each, simulated\n")
    print("| metric | athletes | intervals that hold the truth | mean error of the ratio |\n|---|---|---|---|")
    for metric, row in table.iterrows():
        print(f"| {metric} | {row['n']:.0f} | {row['covered']:.1%} | {np.expm1(row['bias']):+.1%} |")


if __name__ == "__main__":
    main()
