"""Made-up seasons: tables as the store gives them, and small simulated recordings on disk."""

from pathlib import Path

import numpy as np
import pandas as pd

from gait.contract import RECORDING_COLUMNS
from gait.nomenclature import BOUT_METRICS, TABLES
from gait.simulate import Stretch, simulate_session, write_recording
from gait.simulate.season import random_runner

LAYOUTS = (("sensor-logger-android", ".zip"), ("phyphox", ".csv"), ("csv", ".csv"))


def write_season(root: Path, athletes: int = 2, sessions: int = 1, *, run_s: float = 12.0) -> None:
    """Small recordings, a folder for each athlete, and the table of athletes."""
    for athlete in range(athletes):
        for session in range(sessions):
            plan = [Stretch("rest", 3.0)]
            for way in ("forward", "backward", "forward", "backward"):
                plan += [Stretch("run", run_s, way), Stretch("rest", 4.0)]
            made = simulate_session(plan, random_runner(athlete), seed=10 * athlete + session)
            layout, suffix = LAYOUTS[(athlete + session) % len(LAYOUTS)]
            path = root / f"runner_{athlete}" / f"simulated_2026-03-{1 + 7 * session:02d}{suffix}"
            path.parent.mkdir(parents=True, exist_ok=True)
            write_recording(made, path, layout)
    (root / "athletes.csv").write_text(
        "athlete,placement,calibrate\n" + "".join(f"runner_{k},lower_back,first-run\n" for k in range(athletes))
    )


def tables(
    rng: np.random.Generator,
    *,
    athletes: int = 8,
    sessions: int = 4,
    bouts: int = 3,
    ratio: float = 1.1,
    sd_athlete: float = 0.03,
    sd_session: float = 0.01,
    sd_bout: float = 0.02,
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, float]]:
    """Recordings and bouts as the store gives them, and each athlete's true ratio of cadence."""
    recordings, rows, truth = [], [], {}
    for a in range(athletes):
        own = float(np.log(ratio) + rng.normal(0, sd_athlete))
        truth[f"runner {a}"] = float(np.exp(own))
        for s in range(sessions):
            key = f"{a}-{s}"
            date = pd.Timestamp("2026-03-02") + pd.Timedelta(days=7 * s)
            recordings.append(dict.fromkeys(RECORDING_COLUMNS, 0) | {
                "recording_id": key, "athlete": f"runner {a}", "source": f"season/{key}.csv", "date": date,
                "format": "phyphox", "device": "phone", "placement": "lower_back", "duration_s": 300.0,
                "sampling_rate_hz": 100.0, "n_bouts": 2 * bouts, "n_bouts_forward": bouts, "n_bouts_backward": bouts,
                "backward_running_s": 60.0, "n_steps_backward": 180, "load_backward_gs": 20.0, "gravest": "",
                "sentence": "A sentence.", "speed_note": "speed not controlled", "simulated": False, "report": "",
            })  # fmt: skip
            shift = rng.normal(0, sd_session)
            for k in range(2 * bouts):
                way = ("forward", "backward")[k % 2]
                log = np.log(165.0 + a) + rng.normal(0, sd_bout) + (own + shift if way == "backward" else 0.0)
                rows.append(dict.fromkeys(TABLES["bouts"]) | dict.fromkeys(BOUT_METRICS, np.nan) | {
                    "recording_id": key, "athlete": f"runner {a}", "date": date, "bout_id": k, "gait": "run",
                    "direction": way, "n_steps": 60, "start_s": 30.0 * k, "end_s": 30.0 * k + 20.0,
                    "cadence_spm": float(np.exp(log)),
                })  # fmt: skip
    return pd.DataFrame(recordings), pd.DataFrame(rows), truth
