"""Agreement with labels: a perfect label agrees, a wrong one does not, unknown is neither."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import gait
from gait.errors import UsageError
from gait.recording import Recording
from gait.report.validation import render_validation, summary_to_share, validation_to_dict, write_validation
from gait.validate import check_labels, confusion, score_contacts, score_labels, summarise_scores, validate
from tests.synthetic import session_g


@pytest.fixture(scope="module")
def analysis() -> gait.Analysis:
    recording = Recording.from_arrays(session_g(), sampling_rate_hz=100, placement="lower_back", anterior="+x")
    return gait.analyze(recording)


def truth(**changes: object) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "start_s": [0.0, 6.0, 26.0, 32.0, 58.0],
            "end_s": [6.0, 26.0, 32.0, 52.0, 78.0],
            "gait": ["still", "run", "still", "run", "run"],
            "direction": ["none", "forward", "none", "backward", "forward"],
            "cadence_spm": [np.nan, 160.0, np.nan, 176.0, 162.0],
        }
    )
    return table.assign(**changes)


def test_right_labels_agree(analysis: gait.Analysis) -> None:
    scores = score_labels(analysis, truth())
    assert scores["agree_s"].sum() == pytest.approx(scores["compared_s"].sum(), rel=0.01)
    assert scores["verdict"].tolist() == ["", "right", "", "right", "right"]
    assert scores["cadence_error_spm"].abs().max() < 0.5


def test_wrong_labels_do_not(analysis: gait.Analysis) -> None:
    scores = score_labels(analysis, truth(direction=["none", "backward", "none", "forward", "backward"]))
    assert scores["verdict"].tolist() == ["", "wrong", "", "wrong", "wrong"]
    walks = score_labels(analysis, truth(gait=["run", "walk", "run", "walk", "walk"]))
    assert walks["agree_s"].sum() < 0.02 * walks["compared_s"].sum()


def test_unknown_is_neither_right_nor_wrong(analysis: gait.Analysis) -> None:
    nothing = gait.analyze(dataclasses.replace(analysis.recording, anterior_axis=None))
    scores = score_labels(nothing, truth())
    assert set(scores["verdict"]) == {"unknown", ""}
    row = summarise_scores(scores.assign(placement="lower_back"), "placement").iloc[0]
    assert (row["right"], row["unknown"], row["wrong"]) == (0, 3, 0)
    assert confusion(scores)["unknown"].tolist() == [2, 1]


def test_a_short_label_is_not_scored_for_direction(analysis: gait.Analysis) -> None:
    short = pd.DataFrame({"start_s": [8.0], "end_s": [13.0], "direction": ["backward"]})
    assert score_labels(analysis, short)["verdict"].tolist() == [""]


def test_contacts_agree_with_themselves_and_not_with_others(analysis: gait.Analysis) -> None:
    own = analysis.steps["ic_s"].to_numpy()
    same = score_contacts(analysis, own + 0.02)
    assert same["n_hit"] == len(own)
    assert same["offset_ms"] == pytest.approx(-20, abs=0.1)
    shifted = score_contacts(analysis, np.sort(own + np.random.default_rng(0).uniform(0, 0.37, len(own))))
    assert shifted["n_hit"] < 0.7 * len(own)
    assert score_contacts(analysis, np.array([]))["n_hit"] == 0


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"start_s": [0.0]}),
        pd.DataFrame({"start_s": [0.0], "end_s": [5.0], "gait": ["hop"]}),
        pd.DataFrame({"start_s": [0.0], "end_s": [5.0], "direction": ["up"]}),
        pd.DataFrame({"start_s": [5.0], "end_s": [5.0]}),
    ],
)
def test_bad_labels_are_wrong_use(table: pd.DataFrame) -> None:
    with pytest.raises(UsageError):
        check_labels(table)


def test_the_shared_summary_names_nobody(analysis: gait.Analysis, tmp_path: Path) -> None:
    labels = truth().assign(file="anna_2026-03-01.csv", athlete="Anna")
    contacts = pd.DataFrame({"file": "anna_2026-03-01.csv", "ic_s": analysis.steps["ic_s"]})
    result = validate(labels, lambda name, row: analysis, contacts)
    text = json.dumps(summary_to_share(result)).lower()
    assert "anna" not in text
    assert "2026" not in text
    assert json.loads(text)["by_placement"][0]["right"] == 3
    assert {p.name for p in write_validation(result, tmp_path)} == {p.name for p in tmp_path.iterdir()}
    json.dumps(validation_to_dict(result), allow_nan=False)
    page = render_validation(result)
    assert "anna_2026-03-01.csv" in page
    assert page.count("<h1>") == 1
    assert "http" not in page


def test_labels_are_never_seen_by_the_analysis(analysis: gait.Analysis) -> None:
    seen = []
    validate(truth().assign(file="a.csv", placement="hip"), lambda name, row: seen.append((name, row)) or analysis)
    assert seen[0][0] == "a.csv"
    assert seen[0][1]["placement"] == "hip"


def test_a_refused_recording_is_listed_and_the_others_go_on(analysis: gait.Analysis) -> None:
    def analyse(name: str, row: object) -> gait.Analysis:
        if name == "bad.csv":
            raise gait.GaitError("is empty", "Export it again", path=name)
        return analysis

    labels = pd.concat([truth().assign(file="bad.csv"), truth().assign(file="good.csv")])
    result = validate(labels, analyse)
    assert result.failures == [("bad.csv", "bad.csv: is empty. Export it again.")]
    assert len(result.scores) == 5
    with pytest.raises(UsageError, match="none of the labelled"):
        validate(truth().assign(file="bad.csv"), analyse)
    with pytest.raises(UsageError, match="column file"):
        validate(truth(), analyse)


def test_command_on_the_samples(run_gait, samples: Path, tmp_path: Path) -> None:
    rows = []
    for stem, placement, extra in (
        ("simulated_declared_mounting.csv", "lower_back", {"anterior": "+z"}),
        ("simulated_belt_phone.zip", "lower_back", {"calibrate": "first-run"}),
    ):
        record = json.loads((samples / "truth" / f"{stem.split('.')[0]}.json").read_text())
        rows += [i | {"file": stem, "placement": placement} | extra for i in record["intervals"]]
    pd.DataFrame(rows).to_csv(tmp_path / "labels.csv", index=False)
    done = run_gait("validate", samples, tmp_path / "labels.csv", "--out", tmp_path / "out", "--json", "-")
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["by_placement"][0]["wrong"] == found["by_placement"][0]["unknown"] == 0
    assert found["by_placement"][0]["right"] >= 12
    assert (tmp_path / "out" / "validation.html").stat().st_size > 3000
    bad = run_gait("validate", samples, tmp_path / "nothing.csv", "--out", tmp_path / "out")
    assert bad.exit_code == 2
    assert "Traceback" not in bad.stderr
