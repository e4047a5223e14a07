"""One athlete over a season: noise bands and doses."""

import numpy as np
import pandas as pd
import pytest

from gait.trend import trend, weekly_dose
from tests.season import tables


def test_noise_alone_is_seldom_beyond_the_noise() -> None:
    far = n = 0
    for seed in range(40):
        recordings, bouts, _ = tables(np.random.default_rng(seed), athletes=1, sessions=8)
        own = trend(recordings, bouts, "runner 0", "cadence_spm").table.query("direction == 'forward'")
        far, n = far + int(own["beyond_noise"].sum()), n + len(own)
    assert far / n < 0.05


def test_a_real_change_is_beyond_the_noise() -> None:
    recordings, bouts, _ = tables(np.random.default_rng(3), athletes=1, sessions=6)
    bouts.loc[bouts["recording_id"] == "0-5", "cadence_spm"] *= 1.15
    table = trend(recordings, bouts, "runner 0", "cadence_spm").table
    assert table.loc[table["recording_id"] == "0-5", "beyond_noise"].all()
    assert not table.loc[table["recording_id"] != "0-5", "beyond_noise"].all()


def test_sessions_that_are_not_comparable_are_left_out_and_counted() -> None:
    recordings, bouts, _ = tables(np.random.default_rng(0), athletes=1, sessions=5)
    bouts["peak_vert_g"] = 2.5
    recordings.loc[0, "placement"] = "hip"
    recordings.loc[1, "device"] = "another phone"
    assert trend(recordings, bouts, "runner 0", "cadence_spm").n_left_out == 1
    assert trend(recordings, bouts, "runner 0", "peak_vert_g").n_left_out == 2


def test_two_sessions_and_no_dates_are_no_trend() -> None:
    recordings, bouts, _ = tables(np.random.default_rng(0), athletes=1, sessions=2)
    bouts.loc[bouts["recording_id"] == "0-1", "cadence_spm"] *= 1.5
    assert not trend(recordings, bouts, "runner 0", "cadence_spm").table["beyond_noise"].any()
    recordings["date"] = pd.NaT
    found = trend(recordings, bouts, "runner 0", "cadence_spm")
    assert not len(found.table)
    assert found.n_undated == 2


def test_weeks_are_summed_and_a_jump_is_remarked_after_four_weeks() -> None:
    recordings, _, _ = tables(np.random.default_rng(0), athletes=1, sessions=7)
    recordings.loc[1, "backward_running_s"] = 300.0
    recordings.loc[5, "backward_running_s"] = 600.0
    recordings.loc[6, "date"] = pd.Timestamp("2026-05-04")
    table = weekly_dose(recordings, "runner 0")
    assert table["week"].dt.day_of_week.eq(0).all()
    assert table["backward_min"].sum() == pytest.approx(recordings["backward_running_s"].sum() / 60)
    assert table.index[table["jump"]].tolist() == [5]
    assert (table["n_sessions"] == 0).any()
    recordings["load_backward_gs"] = np.nan
    assert weekly_dose(recordings, "runner 0").loc[0, "load_backward_gs"] != 0
    assert not len(weekly_dose(recordings, "nobody"))
