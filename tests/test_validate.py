"""Agreement with labels: a perfect label agrees, a wrong one does not, unknown is neither."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import gait
from gait.errors import RecordingError, UsageError
from gait.metrics.agreement import confusion, gait_confusion, summarise_contacts, summarise_scores
from gait.recording import Recording
from gait.report.validation import render_validation, summary_to_share, validation_to_dict, write_validation
from gait.validate import check_labels, score_contacts, score_labels, validate
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


def test_perfect_labels_give_a_perfect_table_and_shuffled_ones_do_not(analysis: gait.Analysis) -> None:
    bouts = analysis.bouts
    own = bouts[["start_s", "end_s", "gait", "direction", "cadence_spm", "n_steps"]].assign(placement="lower_back")
    perfect = summarise_scores(score_labels(analysis, own).assign(placement="lower_back"), "placement").iloc[0]
    assert (perfect["right"], perfect["unknown"], perfect["wrong"]) == (3, 0, 0)
    assert perfect["gait_agreement"] == pytest.approx(1.0)
    assert perfect["cadence_mae_spm"] == pytest.approx(0, abs=1e-9)
    assert (perfect["n_counted"], perfect["step_error_worst_pct"]) == (3, 0)
    assert perfect["wrong_share_high"] == pytest.approx(1 - 0.025 ** (1 / 3))
    moved = own.assign(**{c: np.roll(own[c], 1) for c in ("direction", "cadence_spm", "n_steps")})
    shuffled = summarise_scores(score_labels(analysis, moved).assign(placement="lower_back"), "placement").iloc[0]
    assert (shuffled["right"], shuffled["wrong"]) == (1, 2)
    assert shuffled["cadence_mae_spm"] > 5
    assert shuffled["step_error_worst_pct"] > 5


def test_seconds_of_gait_are_counted_by_what_was_found(analysis: gait.Analysis) -> None:
    seconds = gait_confusion(score_labels(analysis, truth(gait=["still", "walk", "still", "run", "run"])))
    assert seconds.loc["walk"].tolist() == pytest.approx([16, 0, 0], abs=0.1)
    assert seconds.loc["run"].tolist() == pytest.approx([32, 0, 0], abs=0.1)
    assert seconds.loc["still", "still"] == pytest.approx(4, abs=0.1)


@pytest.mark.parametrize("calibrate", ["first-run", (8.0, 20.0)])
def test_running_that_calibrates_is_not_scored(analysis: gait.Analysis, calibrate: str | tuple[float, float]) -> None:
    plain = dataclasses.replace(analysis.recording, anterior_axis=None)
    told = gait.analyze(plain, calibrate=calibrate)
    scores = score_labels(told, truth(), calibrate=calibrate)
    assert scores["verdict"].tolist() == ["", "calibrates", "", "right", "right"]
    assert confusion(scores).to_numpy().sum() == 2
    # a declared mounting decides, and the calibration only confirms it
    mounted = gait.analyze(analysis.recording, calibrate=calibrate)
    assert score_labels(mounted, truth(), calibrate=calibrate)["verdict"].tolist()[1] == "right"


def test_cadence_of_a_label_that_is_hardly_covered_is_missing(analysis: gait.Analysis) -> None:
    wide = pd.DataFrame({"start_s": [0.0, 20.0], "end_s": [26.0, 40.0], "cadence_spm": [160.0, 160.0]})
    assert score_labels(analysis, wide)["cadence_error_spm"].notna().tolist() == [True, True]
    hardly = pd.DataFrame({"start_s": [21.0], "end_s": [31.5], "cadence_spm": [160.0]})
    assert score_labels(analysis, hardly)["cadence_error_spm"].isna().all()


def test_steps_of_part_of_a_bout_are_not_compared(analysis: gait.Analysis) -> None:
    part = pd.DataFrame({"start_s": [0.0, 0.0, 0.0], "end_s": [84.0, 27.0, 15.0], "n_steps": [166, 53, 25]})
    error = score_labels(analysis, part)["step_error_pct"]
    assert error.abs().tolist()[:2] == pytest.approx([0, 0], abs=4)
    assert np.isnan(error.iloc[2])
    none = pd.DataFrame({"start_s": [0.0], "end_s": [5.0], "n_steps": [10]})
    assert score_labels(analysis, none)["step_error_pct"].tolist() == [-100]


def test_intervals_are_over_athletes_where_three_are_named() -> None:
    error = [1.0, 1.0, 1.0, 1.0, 2.0, -2.0, 3.0]
    scores = pd.DataFrame({"cadence_error_spm": error, "athlete": list("aaaabbc"), "placement": "hip"}).assign(
        compared_s=0.0, agree_s=0.0, verdict="", step_error_pct=np.nan
    )
    row = summarise_scores(scores, "placement").iloc[0]
    assert (row["cadence_interval_over"], row["n_athletes"]) == ("athletes", 3)
    assert row["cadence_mae_spm"] == pytest.approx(2.0)
    assert row["cadence_mae_high_spm"] == pytest.approx(2 + 4.303 / np.sqrt(3), abs=1e-3)
    assert row["cadence_limit_high_spm"] - row["cadence_bias_spm"] == pytest.approx(1.96 * np.std(error, ddof=1))
    alone = summarise_scores(scores.assign(athlete=None), "placement").iloc[0]
    assert alone["cadence_interval_over"] == "labels"
    assert alone["cadence_mae_spm"] == pytest.approx(11 / 7)


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


def test_contacts_outside_the_film_are_not_scored(analysis: gait.Analysis) -> None:
    own = analysis.steps[["ic_s", "tc_s"]]
    film = own[own["ic_s"].between(10, 15) | own["ic_s"].between(60, 64)]
    seen = score_contacts(analysis, film["ic_s"].to_numpy(), film["tc_s"].to_numpy() - 0.02)
    assert seen["n_true"] == seen["n_found"] == seen["n_hit"] == len(film)
    assert seen["contact_time_error_ms"] == pytest.approx(20)
    missed = score_contacts(analysis, film["ic_s"].to_numpy()[::2])
    assert missed["n_found"] > 1.8 * missed["n_hit"]
    row = summarise_contacts(pd.DataFrame([seen | {"placement": "hip"}] * 2), "placement").iloc[0]
    assert (row["n_recordings"], row["f1"], row["spread_ms"]) == (2, 1.0, pytest.approx(0, abs=1e-6))
    assert row["contact_time_rmse_ms"] == pytest.approx(20)


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
    for secret in ("anna", "2026", ".csv", "start_s", result.recordings["file"].iloc[0]):
        assert secret not in text
    assert json.loads(text)["n_athletes"] == 1
    assert json.loads(text)["by_placement"][0]["right"] == 3
    assert {p.name for p in write_validation(result, tmp_path)} == {p.name for p in tmp_path.iterdir()}
    json.dumps(validation_to_dict(result), allow_nan=False)
    page = render_validation(result)
    assert "anna_2026-03-01.csv" in page
    assert page.count("<h1>") == 1
    assert "http" not in page


def test_labels_are_never_seen_by_the_analysis(analysis: gait.Analysis) -> None:
    seen = []
    labels = truth().assign(file="a.csv", placement="hip", athlete="Anna")
    validate(labels, lambda name, row: seen.append((name, row)) or analysis)
    assert seen == [("a.csv", {"placement": "hip"})]
    two = labels.assign(placement=["hip", "pocket", "hip", "hip", "hip"])
    with pytest.raises(UsageError, match="placement says hip and pocket"):
        validate(two, lambda name, row: analysis)


def test_a_refused_recording_is_listed_and_the_others_go_on(analysis: gait.Analysis) -> None:
    def analyse(name: str, row: object) -> gait.Analysis:
        if name == "bad.csv":
            raise gait.GaitError("is empty", "Export it again", path=name)
        return analysis

    labels = pd.concat([truth().assign(file="bad.csv"), truth().assign(file="good.csv")])
    result = validate(labels, analyse)
    assert result.failures == [("bad.csv", "bad.csv: is empty. Export it again.")]
    assert len(result.scores) == 5
    with pytest.raises(RecordingError, match=r"could be analysed; bad\.csv: is empty"):
        validate(truth().assign(file="bad.csv"), analyse)
    with pytest.raises(UsageError, match="column file"):
        validate(truth(), analyse)


@pytest.fixture
def labels_file(samples: Path, tmp_path: Path) -> Path:
    rows = []
    for stem, placement, extra in (
        ("simulated_declared_mounting.csv", "lower_back", {"anterior": "+z", "athlete": "Anna"}),
        ("simulated_belt_phone.zip", "lower_back", {"calibrate": "first-run", "athlete": "Ben"}),
    ):
        record = json.loads((samples / "truth" / f"{stem.split('.')[0]}.json").read_text())
        rows += [i | {"file": stem, "placement": placement} | extra for i in record["intervals"]]
    table = pd.DataFrame(rows).drop(columns=["speed_ms", "contact_time_s", "flight_time_s"])
    table.to_csv(tmp_path / "labels.csv", index=False)
    return tmp_path / "labels.csv"


def test_command_on_the_samples(run_gait, samples: Path, labels_file: Path, tmp_path: Path) -> None:
    done = run_gait("validate", samples, labels_file, "--out", tmp_path / "out", "--json", "-")
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    row = found["by_placement"][0]
    assert row["wrong"] == row["unknown"] == 0
    assert row["right"] >= 12
    assert row["calibrates"] == 1
    assert row["n_counted"] >= 12
    page = (tmp_path / "out" / "validation.html").read_text()
    assert "Simulated data" in page
    assert "they were not used to make it" in page
    shared = (tmp_path / "out" / "summary_to_share.json").read_text()
    assert "simulated_declared" not in shared
    assert "Anna" not in shared


def test_recordings_may_be_named_one_by_one(run_gait, samples: Path, labels_file: Path, tmp_path: Path) -> None:
    both = [samples / "simulated_declared_mounting.csv", samples / "simulated_belt_phone.zip"]
    done = run_gait("validate", *both, labels_file, "--out", tmp_path / "out", "--json", tmp_path / "a.json")
    assert done.exit_code == 0, done.stderr
    one = run_gait("validate", both[0], labels_file, "--out", tmp_path / "one", "--json", tmp_path / "b.json")
    assert one.exit_code == 0
    assert json.loads((tmp_path / "a.json").read_text())["n_recordings"] == 2
    only = json.loads((tmp_path / "b.json").read_text())
    # labels of the other recording are not compared with this one
    assert (only["n_recordings"], len(only["failures"])) == (1, 1)
    assert {row["file"] for row in only["labels"]} == {both[0].name}


def test_labels_of_a_spreadsheet_with_decimal_commas(run_gait, samples: Path, tmp_path: Path) -> None:
    text = "File;Start_s;End_s;Direction;note\nsimulated_belt_phone.zip;9,5;30,5; Forward;first, easy\n\n"
    (tmp_path / "labels.csv").write_text("\ufeff" + text)
    done = run_gait("validate", samples, tmp_path / "labels.csv", "--out", tmp_path / "out", "--json", "-")
    assert done.exit_code == 0, done.stderr
    label = json.loads(done.stdout)["labels"][0]
    assert (label["start_s"], label["end_s"], label["verdict"]) == (9.5, 30.5, "unknown")


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("file,start_s,end_s,directon\na.csv,0,9,forward\n", "Did you mean direction"),
        ("file,start_s\na.csv,0\n", "no column end_s"),
        ("file,start_s,end_s,end_s\na.csv,0,9,9\n", "twice"),
        ("file,start_s,end_s\na.csv,zero,9\n", "zero in the column start_s"),
        ("file,start_s,end_s\na.csv,,9\n", "an empty cell in the column start_s"),
        ("file,start_s,end_s\n,0,9\n", "a line has no file"),
        ("file,start_s,end_s\na.csv,9,0\n", "ends before it begins"),
        ("file,start_s,end_s\na.csv,1,5,9\n", "too many cells"),
        ("file,start_s,end_s,gait\na.csv,0,9,run\na.csv,8,19,run\n", "overlap at 8 s"),
        ("file,start_s,end_s,gait\na.csv,0,9,skip\n", "allowed for the label gait"),
        ("file,start_s,end_s,calibrate\na.csv,0,9,soon\n", "soon"),
        ("file,start_s,end_s,placement\na.csv,0,9,nose\n", "nose"),
        ("file,start_s,end_s\nb.csv,0,9\n", "none of the recordings in the labels is there"),
        ("file,start_s,end_s\n", "holds no rows"),
        (b"\xff\xfe\x00", "not a text file"),
    ],
)
def test_bad_tables_are_said_in_one_sentence(run_gait, tmp_path: Path, table: str | bytes, says: str) -> None:
    folder = tmp_path / "recordings"
    folder.mkdir()
    t = np.arange(500) / 50
    pd.DataFrame({"time_s": t, "acc_x_g": 0 * t, "acc_y_g": 0 * t, "acc_z_g": 1 + 0.01 * np.sin(t)}).to_csv(
        folder / "a.csv", index=False
    )
    (tmp_path / "labels.csv").write_bytes(table if isinstance(table, bytes) else table.encode())
    done = run_gait("validate", folder, tmp_path / "labels.csv", "--out", tmp_path / "out")
    assert done.exit_code == 2, done.output
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1


def test_places_that_hold_nothing_and_files_that_are_refused(run_gait, labels_file: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for place, says in ((tmp_path / "empty", "is empty"), (tmp_path / "nowhere", "does not exist")):
        done = run_gait("validate", place, labels_file, "--out", tmp_path / "out")
        assert done.exit_code == 2
        assert says in done.stderr
    (tmp_path / "empty" / "a.csv").write_text("just words\n")
    (tmp_path / "labels.csv").write_text("file,start_s,end_s\na.csv,0,9\n")
    done = run_gait("validate", tmp_path / "empty", tmp_path / "labels.csv", "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "no labelled recording could be analysed" in done.stderr
    kept = (tmp_path / "labels.csv").read_text()
    done = run_gait("validate", tmp_path, tmp_path / "labels.csv", "--out", tmp_path / "o", "--json",
                    tmp_path / "labels.csv")  # fmt: skip
    assert done.exit_code == 2
    assert (tmp_path / "labels.csv").read_text() == kept
