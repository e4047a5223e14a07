"""What somebody sees who uses the package in a notebook."""

import numpy as np
import pandas as pd
import pytest

import gait
from gait.errors import UsageError
from gait.recording import Recording
from tests.synthetic import session_g


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    acc = session_g()
    return pd.DataFrame(acc, columns=["acc_x_g", "acc_y_g", "acc_z_g"]).assign(time_s=np.arange(len(acc)) / 100)


def same(one: Recording, two: Recording) -> bool:
    return np.allclose(one.acc_ms2, two.acc_ms2) and np.allclose(one.time_s, two.time_s)


def test_tables_in_memory_become_the_same_recording_however_they_say_it(frame) -> None:
    first = Recording.from_dataframe(frame, placement="waist")
    scaled = frame[["acc_x_g", "acc_y_g", "acc_z_g"]] * 9.80665
    scaled.columns = ["acc_x_ms2", "acc_y_ms2", "acc_z_ms2"]
    clock = pd.Timestamp("2026-03-01") + pd.to_timedelta(frame["time_s"], unit="s")
    others = [
        Recording.from_dataframe(scaled.assign(time_s=frame["time_s"])),
        Recording.from_dataframe(scaled.set_index(pd.DatetimeIndex(clock))),
        Recording.from_dataframe(scaled.set_index(pd.to_timedelta(frame["time_s"].to_numpy(), unit="s"))),
        Recording.from_dataframe(scaled, sampling_rate_hz=100.0),
        Recording.from_dataframe(frame.rename(columns={"acc_x_g": "a", "acc_y_g": "b", "acc_z_g": "c", "time_s": "t"}),
                                 acc_columns=["a", "b", "c"], unit="g", time_column="t"),
    ]  # fmt: skip
    assert all(same(first, other) for other in others)


@pytest.mark.parametrize(
    ("change", "options", "complaint"),
    [
        ({"acc_x_g": "q"}, {}, "has no column acc_x_g"),
        ({}, {"acc_columns": ["acc_x_g", "acc_y_g", "up"]}, "has no column up"),
        ({"acc_x_g": "a", "acc_y_g": "b", "acc_z_g": "c"}, {"acc_columns": ["a", "b", "c"]}, "unit .* is not stated"),
        ({}, {"time_column": "when"}, "has no column when"),
        ({"time_s": "when"}, {}, "has no clock"),
    ],
)
def test_tables_that_say_too_little_are_refused_by_the_name_of_the_column(frame, change, options, complaint) -> None:
    with pytest.raises(UsageError, match=complaint):
        Recording.from_dataframe(frame.rename(columns=change), **options)


def test_results_show_themselves_briefly_and_escaped(frame) -> None:
    recording = Recording.from_dataframe(frame, placement="waist", source="<b>run</b>")
    analysis = gait.analyze(recording, calibrate="first-run")
    for shown in (recording, analysis, gait.compare(analysis)):
        assert repr(shown).startswith(f"<{type(shown).__name__} ")
        assert len(repr(shown)) < 600
        html = shown._repr_html_()
        assert "<b>run" not in html
        assert len(html) < 20_000
    assert "100 Hz" in repr(recording) and "0 gaps" in repr(recording)
    assert analysis.comparison.sentence in repr(analysis)


def test_a_simulated_recording_says_so(samples) -> None:
    assert "SIMULATED" in repr(gait.read_recording(samples / "simulated_standing.csv"))


def test_modules_are_loaded_when_they_are_asked_for() -> None:
    assert gait.validate.__name__ == "gait.validate"
    assert {"plots", "validate", "analyze"} <= set(dir(gait))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        gait.nothing  # noqa: B018
