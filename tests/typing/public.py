"""What a type checker sees of the public names; read by mypy, not run."""

from pathlib import Path
from typing import Any, assert_type

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import gait
from gait import datasets, plots, saved
from gait.recording import Flag

recording = gait.read_recording("run.csv", placement="lower_back", anterior="-z")
assert_type(recording, gait.Recording)
assert_type(recording.acc_ms2, NDArray[np.float64])
assert_type(gait.Recording.from_arrays(np.zeros((10, 3)), sampling_rate_hz=100.0), gait.Recording)
assert_type(gait.Recording.from_dataframe(pd.DataFrame()), gait.Recording)

analysis = gait.analyze(recording, calibrate=(10.0, 30.0), settings=gait.AnalysisSettings())
assert_type(analysis, gait.Analysis)
assert_type(analysis.bouts, pd.DataFrame)
assert_type(analysis.quality, tuple[Flag, ...])
assert_type(analysis.to_dict(), dict[str, Any])
comparison = gait.compare(analysis)
assert_type(comparison, gait.Comparison)
assert_type(comparison.sentence, str)

assert_type(saved.save_tables(analysis, "results"), Path)
assert_type(saved.load_tables(Path("results")), dict[str, pd.DataFrame])
assert_type(datasets.load("oxford_hand").recording, gait.Recording)
plots.impacts(analysis)

gait.analyze("run.csv")  # type: ignore[arg-type]  # a path is not a recording
gait.analyze(recording, "first-run")  # type: ignore[call-arg, arg-type]  # options are named
analysis.bouts = comparison.table  # type: ignore[misc]  # results are frozen

try:
    gait.read_recording(Path("run.csv"))
except gait.GaitError as error:
    assert_type(error.problem, str)
    assert_type(error.remedy, str)
