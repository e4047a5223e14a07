"""The screen: what a person reads after an analysis."""

import dataclasses
import time

import numpy as np
import pytest

from gait import language
from gait.app import terminal
from gait.nomenclature import make_table
from gait.recording import Flag, Recording
from gait.results import Analysis, Comparison
from gait.settings import AnalysisSettings

SENTENCE = "Running backward, your steps were about 12 % quicker."


@pytest.fixture
def recording() -> Recording:
    made = Recording.from_arrays(np.tile([0.0, 0.0, 1.0], (24137, 1)), sampling_rate_hz=100.0, placement="lower_back")
    return dataclasses.replace(made, format="Sensor Logger, Android", simulated=True)


@pytest.fixture
def analysis(recording: Recording) -> Analysis:
    bouts = make_table(
        "bouts",
        {
            "bout_id": [0, 1], "start_s": [12.4, 62.0], "end_s": [47.9, 88.5], "gait": ["run", "run"],
            "direction": ["forward", "backward"], "direction_method": ["calibration"] * 2,
            "direction_group": ["A", "B"], "n_steps": [94, 78], "cadence_spm": [159.2, np.nan],
        },
    )  # fmt: skip
    comparison = make_table(
        "comparison",
        {
            "metric": ["cadence_spm", "peak_vert_g"], "unit": ["steps/min", "g"], "forward": [159.24, 2.5],
            "backward": [178.1, 2.6], "ratio": [1.118, 1.04], "ratio_low": [1.05, np.nan], "ratio_high": [1.19, np.nan],
            "n_bouts_forward": 4, "n_bouts_backward": 5, "n_steps_forward": 300, "n_steps_backward": 300,
            "method": "welch", "verdict": ["Quicker steps backward.", "One bout: no verdict."],
        },
    )  # fmt: skip
    metrics = make_table(
        "metrics",
        {
            "gait": ["run"], "direction": ["unknown"], "metric": ["cadence_spm"], "value": [165.0], "low": [160.0],
            "high": [170.0], "unit": ["steps/min"], "n_bouts": [2], "n_steps": [172], "status": ["measured"],
        },
    )  # fmt: skip
    others = ("steps", "strides", "bout_metrics", "cadence", "waveforms", "overview")
    empty = {name: make_table(name) for name in others}
    return Analysis(
        recording=recording, bouts=bouts, metrics=metrics, capabilities={}, assumptions=(),
        direction_windows=make_table("direction_windows"),
        comparison=Comparison(comparison, SENTENCE, "speed not controlled", ("One side is short.",)),
        quality=(
            Flag("clipped", "warning", "2 % of steps are clipped.", "Choose a wider range."),
            Flag("note", "info", "Nothing of note."),
        ),
        settings=AnalysisSettings(), version="0", **empty,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "140")


def test_the_screen_holds_source_quality_sentence_comparison_and_bouts(analysis, capsys) -> None:
    terminal.show_analysis(analysis)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Sensor Logger, Android · 4 min 1 s · 100 Hz · lower back · SIMULATED"
    assert [line.rstrip() for line in lines[1:4]] == [
        "Quality: 1 warning, 1 note",
        " ! 2 % of steps are clipped. Choose a wider range.",
        " - Nothing of note.",
    ]
    assert SENTENCE in lines
    rows = {line.split("  ")[0].strip(): line.split() for line in lines}
    assert rows["Cadence [steps/min]"][2:6] == ["159.2", "178.1", "1.12", "(1.05-1.19)"]
    assert "(" not in "".join(rows["Peak landing acceleration, vertical [g]"])
    assert "Caution: One side is short." in lines
    assert any("speed not controlled" in line for line in lines)
    bouts = [line.split() for line in lines if "calibration" in line]
    assert [row[-1] for row in bouts] == ["159.2", "-"]


def test_without_a_comparison_the_metrics_are_shown(analysis, capsys) -> None:
    nothing = Comparison(make_table("comparison"), "There is no backward running to compare.", "speed not controlled")
    terminal.show_analysis(dataclasses.replace(analysis, comparison=nothing))
    out = capsys.readouterr().out
    assert nothing.sentence in out
    assert "165.0 (160.0-170.0)" in out


def test_an_empty_analysis_still_says_why(analysis, capsys) -> None:
    nothing = Comparison(make_table("comparison"), "No running was found.", "speed not controlled")
    empty = {"bouts": make_table("bouts"), "metrics": make_table("metrics")}
    terminal.show_analysis(dataclasses.replace(analysis, comparison=nothing, quality=(), **empty))
    assert capsys.readouterr().out.splitlines()[1:] == ["Quality: nothing to remark", "", "No running was found.", ""]


def test_unknown_direction_shows_the_groups_and_the_remedy(analysis, capsys) -> None:
    bouts = analysis.bouts.assign(direction="unknown", direction_method="none")
    flag = Flag("direction_unknown", "warning", "Two groups travel in opposite directions.", "Say --backward-group A.")
    terminal.show_analysis(dataclasses.replace(analysis, bouts=bouts, quality=(flag,)))
    out = capsys.readouterr().out
    assert "unknown (B)" in out
    assert "! Two groups travel in opposite directions. Say --backward-group A." in out


def test_long_lists_of_bouts_are_cut_and_say_so(analysis, capsys) -> None:
    bouts = analysis.bouts.loc[[0] * 23].reset_index(drop=True)
    flags = tuple(Flag("x", "error", f"Problem {i}.") for i in range(6))
    terminal.show_analysis(dataclasses.replace(analysis, bouts=bouts, quality=flags))
    out = capsys.readouterr().out
    assert "... and 3 more bouts." in out
    assert "Quality: 6 parts withheld" in out
    assert " x Problem 5." in out


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (59.4, "59 s"), (59.6, "1 min"), (241.4, "4 min 1 s"), (3725, "1 h 2 min")],
)
def test_durations_read_as_a_person_would_say_them(seconds, text) -> None:
    assert language.duration(seconds) == text


@pytest.mark.parametrize(("is_terminal", "shown"), [(True, True), (False, False)])
def test_the_progress_bar_waits_and_only_talks_to_a_terminal(monkeypatch, capsys, is_terminal, shown) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: is_terminal)
    monkeypatch.setattr(terminal, "PATIENCE_S", 0.01)
    monkeypatch.setenv("TERM", "xterm")
    with terminal.Stages(["Reading", "Analysing"]) as stages:
        stages.next()
        stages.next()
        time.sleep(0.3)
    captured = capsys.readouterr()
    assert ("Analysing" in captured.err) == shown
    assert not captured.out


def test_a_quick_run_shows_no_progress_bar(monkeypatch, capsys) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with terminal.Stages(["Reading"]) as stages:
        stages.next()
    assert capsys.readouterr().err == ""
