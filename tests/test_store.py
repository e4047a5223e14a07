"""The results folder: what is written is read back, whole or not at all."""

import json

import numpy as np
import pandas as pd
import pytest

import gait
from gait import store as stores
from gait.contract import RECORDING_COLUMNS
from gait.errors import UsageError
from gait.recording import Recording
from gait.settings import AnalysisSettings
from tests.synthetic import rest_g, session_g


@pytest.fixture(scope="module")
def analysis() -> gait.Analysis:
    recording = Recording.from_arrays(session_g(), sampling_rate_hz=100, placement="lower_back", anterior="+x")
    return gait.analyze(recording)


@pytest.fixture(scope="module")
def standing() -> gait.Analysis:
    return gait.analyze(Recording.from_arrays(rest_g(), sampling_rate_hz=100, placement="lower_back"))


@pytest.fixture
def store(tmp_path) -> stores.Store:
    return stores.open_store(tmp_path / "results")


def fill(store, analysis, standing) -> None:
    stores.save_analysis(
        store, analysis, key="a1", athlete="anna", source="s/anna_2026-03-01.csv", report="reports/a.html"
    )
    stores.save_analysis(store, standing, key="b1", athlete="ben", source="s/ben.csv")
    stores.save_failure(store, key="c1", athlete="ben", source="s/bad.csv", stage="read", problem="p", remedy="r")


def everything(store) -> list[pd.DataFrame]:
    readers = (stores.read_recordings, stores.read_bouts, stores.read_comparisons, stores.read_failures)
    return [reader(store) for reader in readers]


def test_an_empty_store_has_empty_tables(store) -> None:
    assert [len(table) for table in everything(store)] == [0, 0, 0, 0]
    assert tuple(stores.read_recordings(store)) == RECORDING_COLUMNS


def test_what_is_kept_is_read_back(store, analysis, standing) -> None:
    fill(store, analysis, standing)
    recordings, bouts, comparisons, failures = everything(store)
    assert recordings["athlete"].tolist() == ["anna", "ben"]
    assert recordings["date"].tolist() == [pd.Timestamp("2026-03-01"), pd.NaT]
    anna = recordings.iloc[0]
    runs = analysis.bouts
    assert (anna["n_bouts_forward"], anna["n_bouts_backward"]) == (2, 1)
    assert anna["n_steps_backward"] == runs.loc[runs["direction"] == "backward", "n_steps"].sum()
    impulse = analysis.bout_metrics.query("metric == 'impulse_gs' and direction == 'backward'")
    assert anna["load_backward_gs"] == pytest.approx((impulse["value"] * impulse["n_steps"]).sum(), abs=1e-3)
    assert bouts["cadence_spm"].tolist() == runs["cadence_spm"].tolist()
    assert bouts["recording_id"].unique().tolist() == ["a1"]
    assert len(comparisons) == len(analysis.comparison.table)
    assert failures["source"].tolist() == ["s/bad.csv"]
    assert stores.kept_ids(store) == {"a1", "b1"} and stores.failed_ids(store) == {"c1"}


def test_merging_changes_no_table_and_later_results_join(store, analysis, standing) -> None:
    fill(store, analysis, standing)
    before = everything(store)
    assert stores.compact(store) == 2
    assert not list((store.folder / "recordings").iterdir())
    for table, after in zip(before, everything(store), strict=True):
        pd.testing.assert_frame_equal(table, after)
    stores.save_analysis(store, standing, key="d1", athlete="dora", source="s/dora.csv")
    assert stores.read_recordings(store)["athlete"].tolist() == ["anna", "ben", "dora"]
    assert stores.compact(store) == 3
    assert stores.kept_ids(store) == {"a1", "b1", "d1"}


@pytest.mark.parametrize("merged", [False, True])
def test_nothing_is_left_of_a_person(store, analysis, standing, merged) -> None:
    fill(store, analysis, standing)
    stores.write_whole(store, "reports/a.html", b"anna_2026-03-01")
    if merged:
        stores.compact(store)
    removed, left = stores.forget(store, "anna")
    assert removed == ["s/anna_2026-03-01.csv"]
    assert left == stores.traces(store, ["anna", "a1"]) == []
    assert stores.read_recordings(store)["athlete"].tolist() == ["ben"]
    assert len(stores.read_failures(store)) == 1
    stores.write_whole(store, "index.html", b"<td>ben</td> benno")
    removed, left = stores.forget(store, "ben")
    assert removed == ["s/bad.csv", "s/ben.csv"]
    assert left == ["index.html"]


@pytest.mark.parametrize("merged", [False, True])
def test_a_newer_result_of_a_source_replaces_the_older(store, analysis, standing, merged) -> None:
    fill(store, analysis, standing)
    if merged:
        stores.compact(store)
    stores.save_analysis(store, standing, key="a2", athlete="anna", source="s/anna_2026-03-01.csv")
    stores.keep_only(store, {"s/anna_2026-03-01.csv": "a2", "s/bad.csv": "c2"})
    assert stores.kept_ids(store) == {"a2", "b1"}
    assert stores.failed_ids(store) == set()


def test_half_a_file_is_never_seen(store, analysis, monkeypatch) -> None:
    def broken(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.replace", broken)
        with pytest.raises(OSError, match="No space"):
            stores.save_analysis(store, analysis, key="a1", athlete="anna", source="s")
    assert stores.kept_ids(store) == set()
    assert not list((store.folder / "recordings").iterdir())


def test_the_id_depends_on_all_that_the_result_depends_on() -> None:
    first = ("abc", {"placement": "hip"}, AnalysisSettings(), "1.0")
    others = [("abd", *first[1:]), (first[0], {"placement": "waist"}, *first[2:]),
              (*first[:2], AnalysisSettings(min_probability=0.9), "1.0"), (*first[:3], "1.1")]  # fmt: skip
    assert stores.recording_id(*first) == stores.recording_id(*first)
    assert len({stores.recording_id(*each) for each in [first, *others]}) == 5


def test_other_storage_keeps_the_same(analysis, standing) -> None:
    store = stores.open_store("memory://season/results")
    assert store.folder is None
    fill(store, analysis, standing)
    assert stores.compact(store) == 2
    assert stores.read_recordings(store)["athlete"].tolist() == ["anna", "ben"]
    stores.forget(store, "anna")
    assert stores.read_recordings(store)["athlete"].tolist() == ["ben"]


def test_a_place_that_cannot_be_used_is_refused(tmp_path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="results cannot be kept"):
        stores.open_store(tmp_path / "file")
    with pytest.raises(UsageError, match="results cannot be kept"):
        stores.open_store("nosuchstorage://x")


def test_results_keep_the_public_object(store, analysis) -> None:
    stores.save_analysis(store, analysis, key="a1", athlete="anna", source="s")
    expected = json.loads(json.dumps(analysis.to_dict()))
    del expected["steps"]
    assert stores.read_results(store) == {"a1": expected}


def test_load_is_missing_where_a_sensor_does_not_show_it(store) -> None:
    recording = Recording.from_arrays(session_g(), sampling_rate_hz=100, placement="pocket")
    stores.save_analysis(store, gait.analyze(recording, calibrate="first-run"), key="p", athlete="a", source="s")
    row = stores.read_recordings(store).iloc[0]
    assert row["n_bouts_forward"] > 0
    assert np.isnan(row["load_forward_gs"])
