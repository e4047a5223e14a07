"""The command line: exit statuses, JSON, and one clear sentence for everything that can go wrong."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from gait.recording import ACC_COLUMNS, STANDARD_GRAVITY_MS2
from gait.simulate import Stretch, simulate_session

REST = Stretch("rest", 6)
STORIES = {
    "a device on a table": [Stretch("table", 40)],
    "standing only": [Stretch("rest", 40)],
    "walking only": [REST, Stretch("walk", 40), REST],
    "forward only": [REST, Stretch("run", 40), REST],
    "backward only": [REST, Stretch("run", 40, "backward"), REST],
    "one bout each": [REST, Stretch("run", 30), REST, Stretch("run", 30, "backward"), REST],
    "alternating": [REST, *[Stretch("run", 24, d) if d else REST for d in ("forward", None, "backward", None) * 3]],
}


def write_csv(path: Path, acc_g: np.ndarray, rate_hz: float = 100.0) -> Path:
    """Write a plain CSV of time [s] and specific force [g]."""
    table = np.column_stack([np.arange(len(acc_g)) / rate_hz, acc_g])
    np.savetxt(path, table, fmt="%.6f", delimiter=",", header="time_s,acc_x_g,acc_y_g,acc_z_g", comments="")
    return path


def standing(duration_s: float, rate_hz: float = 100.0) -> np.ndarray:
    noise = np.random.default_rng(7).normal(0.0, 0.005, (round(duration_s * rate_hz), 3))
    return noise + [0.0, 1.0, 0.0]


def one_sentence(result) -> str:
    """Return the only line on standard error; fail on tracebacks and faults."""
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    assert "Traceback" not in result.output
    assert "a fault of its own" not in result.output
    return lines[0]


def test_version_and_help(run_gait) -> None:
    import gait

    assert run_gait("--version").stdout == f"gait {gait.__version__}\n"
    assert run_gait("--help").exit_code == 0
    assert run_gait().exit_code in (0, 2)


@pytest.mark.parametrize(
    "words",
    [
        ("analyse", "x.csv"),
        ("analyze",),
        ("analyze", "x.csv", "--unheard-of"),
        ("analyze", "x.csv", "--rate", "fast"),
        ("analyze", "x.csv", "--calibrate", "40-12"),
        ("analyze", "x.csv", "--labels", "absent.csv"),
        ("analyze", "x.csv", "--backward-group", "C"),
        ("analyze", "x.csv", "--acc-columns", "a,b"),
        ("analyze", "x.csv", "--json", "x.csv"),
        ("inspect", "x.csv", "--json", "./x.csv"),
        ("inspect", "x.csv", "--calibrate", "first-run"),
    ],
)
def test_wrong_use_is_status_2(run_gait, words) -> None:
    result = run_gait(*words)
    assert result.exit_code == 2
    assert result.stderr
    assert not result.stdout


@pytest.mark.parametrize(
    ("option", "value"), [("--placement", "nose"), ("--anterior", "up"), ("--unit", "furlong"), ("--rate", "-5")]
)
def test_values_that_do_not_exist_are_wrong_use(run_gait, tmp_path, option, value) -> None:
    path = write_csv(tmp_path / "still.csv", standing(30))
    result = run_gait("inspect", path, option, value)
    assert result.exit_code == 2
    assert value.lstrip("-") in one_sentence(result)


@pytest.mark.parametrize("command", ["analyze", "inspect"])
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"time,acc_x,acc_y,acc_z\n", id="header only"),
        pytest.param(b"Dear diary, today I ran.\nIt was nice.\n", id="prose"),
        pytest.param(bytes(range(256)) * 40, id="binary"),
        pytest.param(b"time_s,gyr_x_rads,gyr_y_rads,gyr_z_rads\n" + b"0.01,0.1,0.2,0.3\n" * 500, id="gyroscope"),
        pytest.param(b"time_s,latitude,longitude\n0,46,7\n1,46,7\n2,46,7\n", id="positions"),
        pytest.param(b"PK\x03\x04 not really a zip", id="broken zip"),
        pytest.param(b"time_s,acc_x_g,acc_y_g,acc_z_g\n0,0,0,1\n0.01,0,0,1\n", id="two samples"),
    ],
)
def test_what_is_no_recording_is_refused_in_one_sentence(run_gait, tmp_path, command, content) -> None:
    path = tmp_path / "upload.csv"
    path.write_bytes(content)
    result = run_gait(command, path, "--json", "-")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert one_sentence(result).startswith("upload.csv")


def test_absent_files_and_empty_folders_are_refused(run_gait, tmp_path) -> None:
    for path in (tmp_path / "absent.csv", tmp_path):
        result = run_gait("analyze", path)
        assert result.exit_code == 1
        assert path.name in one_sentence(result)


def test_a_fault_is_admitted_without_a_traceback(run_gait, monkeypatch) -> None:
    def fail(*_args, **_keywords):
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("gait.io.reader.read_recording", fail)
    result = run_gait("analyze", "run.csv")
    assert result.exit_code == 1
    assert "report it" in result.stderr
    assert "GAIT_DEBUG" in result.stderr
    assert "Traceback" not in result.output
    assert "secret detail" not in result.output
    debug = run_gait("analyze", "run.csv", env={"GAIT_DEBUG": "1"})
    assert debug.exit_code == 1
    assert "Traceback" in debug.stderr
    assert "secret detail" in debug.stderr


@pytest.fixture(scope="session")
def check_contract(root) -> Callable[[Any], None]:
    """Validate a document against the public schema."""
    schema = json.loads((root / "gait" / "contract.schema.json").read_text())
    return jsonschema.Draft202012Validator(schema).validate


@pytest.fixture(scope="session")
def stories(tmp_path_factory) -> dict[str, tuple[Path, str]]:
    """Plain CSV files of short simulated sessions, each with the device axis that faced the runner's front."""
    folder = tmp_path_factory.mktemp("stories")
    files = {}
    for name, plan in STORIES.items():
        made = simulate_session(plan, seed=3)
        acc_g = made.samples[ACC_COLUMNS].to_numpy() / STANDARD_GRAVITY_MS2
        path = folder / f"{name}.csv".replace(" ", "_")
        files[name] = write_csv(path, acc_g, made.device.rate_hz), made.truth["anterior_axis"]
    return files


def read_json(text: str) -> Any:
    """Read strict JSON: NaN and Infinity are no numbers."""

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    return json.loads(text, parse_constant=refuse)


def analyze_story(run_gait, stories, name: str) -> dict[str, Any]:
    path, front = stories[name]
    result = run_gait("analyze", path, "--placement", "lower_back", "--anterior", front, "--json", "-")
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    return read_json(result.stdout)


@pytest.mark.parametrize("name", STORIES)
def test_every_story_gives_valid_json_and_a_sentence(run_gait, stories, check_contract, name) -> None:
    answer = analyze_story(run_gait, stories, name)
    check_contract(answer)
    path, front = stories[name]
    screen = run_gait("analyze", path, "--placement", "lower_back", "--anterior", front)
    assert screen.exit_code == 0
    assert screen.stderr == ""
    assert answer["summary"]["sentence"] in screen.stdout.replace("\n", " ")


@pytest.mark.parametrize("name", ["a device on a table", "standing only"])
def test_nobody_moves_and_nothing_is_invented(run_gait, stories, name) -> None:
    answer = analyze_story(run_gait, stories, name)
    assert [answer[key] for key in ("bouts", "steps", "metrics", "comparison")] == [[], [], [], []]
    assert answer["quality"]


@pytest.mark.parametrize(
    ("name", "gaits", "directions"),
    [
        ("walking only", {"walk"}, {"forward"}),
        ("forward only", {"run"}, {"forward"}),
        ("backward only", {"run"}, {"backward"}),
    ],
)
def test_one_kind_of_movement_gives_no_comparison(run_gait, stories, name, gaits, directions) -> None:
    answer = analyze_story(run_gait, stories, name)
    assert {bout["gait"] for bout in answer["bouts"]} == gaits
    assert {bout["direction"] for bout in answer["bouts"]} == directions
    assert answer["comparison"] == []


def test_one_bout_each_gives_numbers_but_no_interval(run_gait, stories) -> None:
    answer = analyze_story(run_gait, stories, "one bout each")
    assert [bout["direction"] for bout in answer["bouts"]] == ["forward", "backward"]
    assert answer["comparison"]
    assert {row["ratio_low"] for row in answer["comparison"]} == {None}


def test_direction_can_be_known_in_every_way(run_gait, stories, tmp_path) -> None:
    path, front = stories["alternating"]
    labels = tmp_path / "labels.csv"
    labels.write_text("start_s,end_s,direction\n6,30,forward\n36,60,backward\n")
    expected = ["forward", "backward"] * 3
    ways = {
        "mounting": (f"--anterior={front}",),
        "calibration": ("--calibrate", "first-run"),
        "label": ("--backward-group", "B"),
    }
    for method, way in ways.items():
        bouts = read_json(run_gait("analyze", path, "--placement", "hip", *way, "--json", "-").stdout)["bouts"]
        assert [bout["direction"] for bout in bouts] == expected
        assert {bout["direction_method"] for bout in bouts} == {method}
    for way in (("--calibrate", "8-28"), ("--labels", labels)):
        bouts = read_json(run_gait("analyze", path, "--placement", "hip", *way, "--json", "-").stdout)["bouts"]
        assert [bout["direction"] for bout in bouts] == expected


@pytest.mark.parametrize("form", [("--anterior", "-x"), ("--anterior=-x",)])
def test_a_negative_axis_is_written_in_two_ways(run_gait, stories, form) -> None:
    path, _ = stories["forward only"]
    result = run_gait("inspect", path, "--placement", "hip", *form, "--json", "-")
    assert result.exit_code == 0
    assert read_json(result.stdout)["recording"]["anterior_axis"] == "-x"


def test_unknown_direction_is_an_answer_with_a_remedy(run_gait, stories) -> None:
    path, _ = stories["alternating"]
    result = run_gait("analyze", path, "--placement", "lower_back")
    assert result.exit_code == 0
    for words in ("unknown (A)", "unknown (B)", "--backward-group"):
        assert words in result.stdout


def test_out_writes_everything_and_says_where(run_gait, stories, tmp_path) -> None:
    path, front = stories["alternating"]
    out = tmp_path / "new" / "results"
    target = tmp_path / "elsewhere" / "result.json"
    result = run_gait(
        "analyze", path, "--placement", "lower_back", "--anterior", front, "--out", out, "--json", target
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr
    assert {file.name for file in out.iterdir()} == {"report.html", "bouts.csv", "steps.csv", "analysis.json"}
    assert read_json(target.read_text()) == read_json((out / "analysis.json").read_text())
    said = result.stdout.replace("\n", "")
    assert str(out / "report.html") in said
    assert str(target) in said


def test_inspect_answers_with_the_same_keys(run_gait, stories, check_contract) -> None:
    path, _ = stories["forward only"]
    inspected = read_json(run_gait("inspect", path, "--json", "-").stdout)
    analysed = read_json(run_gait("analyze", path, "--json", "-").stdout)
    assert list(inspected) == ["schema_version", "recording", "assumptions", "quality"]
    assert inspected["recording"] == analysed["recording"]
    check_contract({**analysed, **inspected})
    screen = run_gait("inspect", path).stdout
    assert "100 Hz" in screen
    assert all(sentence.split(".")[0] in screen for sentence in inspected["assumptions"])


def test_targets_that_cannot_be_written_are_wrong_use(run_gait, stories, tmp_path) -> None:
    path, _ = stories["standing only"]
    blocked = tmp_path / "a file"
    blocked.write_text("")
    for target in (("--out", blocked), ("--out", blocked / "below"), ("--json", blocked / "x.json")):
        result = run_gait("analyze", path, *target)
        assert result.exit_code == 2
        assert "a file" in one_sentence(result)


def test_simulate_writes_one_recording_with_its_truth(run_gait, tmp_path) -> None:
    target = tmp_path / "new" / "simulated_one.csv"
    words = ("simulate", target, "--layout", "csv", "--rate", "50", "--clip", "2", "--seed", "9", "--placement", "hip")
    result = run_gait(*words)
    assert result.exit_code == 0, result.stderr
    truth = read_json((target.parent / "truth" / "simulated_one.json").read_text())
    assert (truth["seed"], truth["device"]["rate_hz"], truth["placement"]) == (9, 50.0, "hip")
    first = target.read_bytes()
    run_gait(*words)
    assert target.read_bytes() == first
    way = ("--placement", "hip", "--calibrate", "first-run")
    answer = read_json(run_gait("analyze", target, *way, "--json", "-").stdout)
    told = [bout["direction"] for bout in answer["bouts"]]
    assert told == [interval["direction"] for interval in truth["intervals"] if interval["gait"] == "run"]
    assert "clipped" in {flag["code"] for flag in answer["quality"]}


@pytest.mark.parametrize(
    "words",
    [
        ("run.csv", "--layout", "csv"),
        ("simulated_run.zip", "--layout", "csv"),
        ("simulated_run.csv", "--layout", "unheard-of"),
        ("simulated_run.csv", "--layout", "csv", "--placement", "foot"),
        ("simulated_run.csv", "--layout", "csv", "--rate", "0"),
        ("simulated_run.csv", "--layout", "csv", "--seed", "-1"),
        ("simulated_run.csv", "--layout", "csv", "--clip", "0"),
        ("samples", "--seed", "3"),
        ("samples", "--placement", "hip"),
    ],
)
def test_simulate_refuses_what_it_cannot_write(run_gait, tmp_path, words) -> None:
    result = run_gait("simulate", tmp_path / words[0], *words[1:])
    assert result.exit_code == 2
    assert "fault of its own" not in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_simulate_writes_all_sample_recordings(run_gait, samples, tmp_path) -> None:
    result = run_gait("simulate", tmp_path)
    assert result.exit_code == 0, result.stderr
    kept, written = (sorted(str(p.relative_to(f)) for p in f.rglob("*") if p.is_file()) for f in (samples, tmp_path))
    assert written == kept
    assert result.stdout.count("Simulated: ") == sum("truth" not in name and name != "README.md" for name in written)
