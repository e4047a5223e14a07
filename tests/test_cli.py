"""The command line: exit statuses, JSON, and one clear sentence for everything that can go wrong."""

from pathlib import Path

import numpy as np
import pytest

SCHEMA = Path(__file__).parents[2] / "shared" / "design" / "contract.schema.json"


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
