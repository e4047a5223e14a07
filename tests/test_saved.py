"""Tables of a result, to files and back."""

import json

import pandas as pd
import pytest

import gait
from gait.errors import NotFoundError, RecordingError
from gait.nomenclature import TABLES
from gait.saved import load_tables, result_tables, save_tables


@pytest.fixture(scope="module", params=["simulated_belt_phone.zip", "simulated_standing.csv"])
def analysis(request, samples) -> gait.Analysis:
    return gait.analyze(gait.read_recording(samples / request.param, placement="lower_back"), calibrate="first-run")


def test_all_tables_come_back_as_they_were(analysis, tmp_path) -> None:
    found = load_tables(save_tables(analysis, tmp_path / "kept"))
    assert list(found) == list(TABLES)
    for name, table in result_tables(analysis).items():
        pd.testing.assert_frame_equal(found[name], table, obj=name)


def test_the_public_object_comes_back_in_its_digits(analysis, tmp_path) -> None:
    found = load_tables(save_tables(analysis, tmp_path) / "analysis.json")
    assert set(found) == {"bouts", "steps", "metrics", "comparison"}
    pd.testing.assert_frame_equal(found["bouts"], analysis.bouts, rtol=1e-5, atol=6e-4)


@pytest.mark.parametrize("content", ["{}", "[1]", "no json", json.dumps({"bouts": [1], "steps": 3})])
def test_other_files_are_refused_with_a_sentence(content, tmp_path) -> None:
    (tmp_path / "other.json").write_text(content)
    with pytest.raises(RecordingError, match="does not hold the tables of a result"):
        load_tables(tmp_path / "other.json")
    with pytest.raises(RecordingError, match="does not hold the tables of a result"):
        load_tables(tmp_path)
    with pytest.raises(NotFoundError, match="no such file"):
        load_tables(tmp_path / "nothing")
