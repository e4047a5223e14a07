"""The accuracy benchmark counts as the official scorer does, and its made-up recordings are what they say."""

import importlib
import json
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

import gait
from gait.recording import Recording
from tests.shared import require_shared
from tests.synthetic import rest_g, run_g, session_g

NAMES = ("run", "made_up", "ablations", "fit_models")


@pytest.fixture
def benchmark(root: Path, monkeypatch: pytest.MonkeyPatch):
    """Import a module of the benchmark as its scripts do."""
    monkeypatch.syspath_prepend(root / "benchmarks" / "accuracy")
    yield importlib.import_module
    for name in NAMES:
        sys.modules.pop(name, None)


@pytest.fixture
def scorer(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(require_shared("score"))
    return importlib.import_module("score_accuracy")


@pytest.mark.slow
@pytest.mark.parametrize("group", ["contacts_run", "pocket_calibrated", "belt_unknown"])
def test_counts_are_those_of_the_official_scorer(group: str, benchmark, scorer: ModuleType) -> None:
    run = benchmark("run")
    cases = run.read_cases(require_shared("recordings"), [group])
    official, rows, right_s, total_s = Counter(), [], 0.0, 0.0
    for case in cases:
        analysis = run.plain(case.recording, case.calibrate)
        found = json.loads(json.dumps(analysis.to_dict()))["bouts"]
        official.update(v for v, _ in scorer.directions(case.truth, found, case.row["expect_direction"]))
        agree = scorer.gait_agreement(case.truth["intervals"], found)
        right_s, total_s = right_s + agree[0], total_s + agree[1]
        rows.append(run.score_case(case, analysis))
    own = run.direction_counts(rows)
    if group == "belt_unknown":
        assert (own["claims"], own["right"], own["wrong"]) == (0, 0, 0)
        assert set(official) == {"unknown"}
    else:
        assert {word: official[word] for word in ("right", "unknown", "wrong")} == {
            word: own[word] for word in ("right", "unknown", "wrong")
        }
        assert own["right"] > 0
    labels = pd.concat([r["labels"] for r in rows])
    assert labels["agree_s"].sum() / labels["compared_s"].sum() == pytest.approx(right_s / total_s, abs=1e-6)


def folder_of(tmp_path: Path, **cases: dict) -> Path:
    """A set of recordings as the benchmark reads it."""
    (tmp_path / "truth").mkdir()
    rows = []
    for name, case in cases.items():
        acc = case["acc"]
        table = pd.DataFrame(acc, columns=["acc_x_g", "acc_y_g", "acc_z_g"])
        table.insert(0, "time_s", np.arange(len(acc)) / 100)
        table.to_csv(tmp_path / f"{name}.csv", index=False)
        truth = {"n_steps": None, "contacts": None, "intervals": case["intervals"]} | case.get("truth", {})
        (tmp_path / "truth" / f"{name}.json").write_text(json.dumps(truth))
        rows.append({
            "case_id": name, "group": case["group"], "file": f"{name}.csv", "dataset": "made", "subject": "one",
            "placement": "waist", "args": case["args"], "expect_direction": case.get("expect", "label"),
        })  # fmt: skip
    pd.DataFrame(rows).to_csv(tmp_path / "cases.csv", index=False)
    return tmp_path


def interval(start_s: float, end_s: float, direction: str, **more: object) -> dict:
    base = {"start_s": start_s, "end_s": end_s, "gait": "run", "direction": direction}
    return base | {"cadence_spm": None, "n_steps": None} | more


SESSION = [interval(6, 26, "forward"), interval(32, 52, "backward"), interval(58, 78, "forward")]


def test_a_table_from_a_folder(benchmark, tmp_path: Path) -> None:
    run = benchmark("run")
    wrong = [SESSION[0] | {"direction": "backward"}, *SESSION[1:]]
    declared = {"acc": session_g(), "args": "--placement waist --anterior +x", "intervals": SESSION}
    folder = folder_of(
        tmp_path,
        good=declared | {"group": "declared", "truth": {"n_steps": 166}},
        lies=declared | {"group": "declared", "intervals": wrong},
        told=declared | {"group": "told", "args": "--placement waist --calibrate first-run"},
        silent=declared | {"group": "claims", "expect": "unknown"},
        original=declared | {"group": "invariance"},
        other=declared
        | {"group": "invariance", "truth": {"same_as": "original"}, "args": "--placement waist --anterior=-x"},
    )
    table = run.table(run.run(run.read_cases(folder))).set_index("group")
    directions = table["direction right / unknown / wrong"]
    assert directions["declared"] == "5 / 0 / 1"
    assert directions["told"] == "3 / 0 / 0 (1 calibrate)"
    assert directions["claims"] == "claims 1"
    assert table.loc["invariance", "same answer"] == "1 of 2"
    assert table.loc["declared", "recordings"] == 2
    assert table.loc["declared", "steps, median / worst [%]"] != ""
    text = run.markdown(table.reset_index())
    assert text.count("\n") == len(table) + 1
    assert [c.group for c in run.read_cases(folder, ["told"])] == ["told"]


def test_a_short_trial_counts_only_where_the_truth_says_so(benchmark, tmp_path: Path) -> None:
    run = benchmark("run")
    trial = {"acc": run_g(duration_s=5.0), "args": "--placement waist --anterior +x", "group": "trial"}
    folder = folder_of(
        tmp_path,
        counted=trial | {"intervals": [interval(0, 5, "forward", score_direction=True)]},
        short=trial | {"intervals": [interval(0, 5, "forward", score_direction=True, short=True)]},
        plain=trial | {"intervals": [interval(0, 5, "forward")]},
    )
    rows = run.run(run.read_cases(folder))
    assert [run.direction_counts([row])["right"] for row in rows] == [1, 0, 0]


def test_recordings_that_may_be_refused_are_left_out(benchmark, tmp_path: Path) -> None:
    run = benchmark("run")
    case = {"acc": rest_g(), "args": "--placement waist", "group": "still", "intervals": []}
    folder = folder_of(tmp_path, broken=case | {"truth": {"may_refuse": True}})
    (folder / "broken.csv").write_text("nothing\n")
    cases = run.read_cases(folder)
    assert cases[0].recording is None
    assert run.run(cases) == []
    (folder / "truth" / "broken.json").write_text(json.dumps({"intervals": []}))
    with pytest.raises(gait.GaitError):
        run.read_cases(folder)


def test_made_up_movement_is_no_gait_and_every_kind_is_the_same_each_time(benchmark) -> None:
    made_up = benchmark("made_up")
    for _, made in made_up.recordings(made_up.NO_GAIT, 3):
        assert len(gait.analyze(made.recording).bouts) == 0
    first, again = (list(made_up.recordings(made_up.HARD, 1)) for _ in range(2))
    assert [kind for kind, _ in first] == [kind.__name__ for kind in made_up.HARD]
    for (_, one), (_, two) in zip(first, again, strict=True):
        assert np.array_equal(one.recording.acc_ms2, two.recording.acc_ms2)
        assert one.truth == two.truth


def test_a_refixed_device_is_refused_and_claimed_if_the_rule_is_left_out(benchmark) -> None:
    made_up, ablations = benchmark("made_up"), benchmark("ablations")
    seen = {"nothing, as shipped": Counter(), "limit of tilt": Counter()}
    for name, counts in seen.items():
        chosen, change = ablations.RULES[name]
        with change():
            for _, made in made_up.recordings((made_up.refixed,), 8):
                analysis = gait.analyze(made.recording, calibrate=made.calibrate, settings=chosen)
                counts.update(made_up.verdicts(made, analysis))
    assert set(seen["nothing, as shipped"]) == {"unknown"}
    assert seen["limit of tilt"]["unknown"] < seen["nothing, as shipped"]["unknown"]


def test_every_ablation_changes_what_it_names(benchmark) -> None:
    """Each change can be entered and left, and afterwards everything is as before."""
    ablations = benchmark("ablations")
    recording = Recording.from_arrays(session_g(), sampling_rate_hz=100, placement="waist", anterior="+x")
    before = gait.analyze(recording).bouts
    for name, (chosen, change) in ablations.RULES.items():
        with change():
            during = gait.analyze(recording, settings=chosen).bouts
        assert during["direction"].tolist() == ["forward", "backward", "forward"], name
        pd.testing.assert_frame_equal(gait.analyze(recording).bouts, before)


def test_a_fit_finds_the_coefficients_that_made_the_labels(benchmark) -> None:
    fit_models = benchmark("fit_models")
    rng = np.random.default_rng(0)
    x = rng.normal(size=(6000, 2))
    truth = rng.random(6000) < 1 / (1 + np.exp(-(2.0 * x[:, 0] + 1.0 * x[:, 1])))
    part = pd.DataFrame({"level": x[:, 0], "sway": x[:, 1], "truth": truth, "group": "a",
                         "person": rng.integers(0, 10, 6000)})  # fmt: skip
    made = fit_models.fit(part, ("level", "sway"), strength=1.0, intercept=False)
    assert made["coefficients"] == pytest.approx({"level": 2.0, "sway": 1.0}, abs=0.15)
    shuffled = fit_models.fit(part.assign(truth=rng.permutation(truth)), ("level", "sway"), strength=1.0,
                              intercept=False)  # fmt: skip
    assert shuffled["coefficients"] == pytest.approx({"level": 0.0, "sway": 0.0}, abs=0.1)
    shipped = json.loads((fit_models.MODELS / "direction.json").read_text())["models"]["trunk"]
    p = fit_models.shipped_probability(part, shipped, ("level", "sway"))
    assert ((p > 0.5) == truth).mean() > 0.75


def test_other_coefficients_are_used_and_put_back(benchmark) -> None:
    fit_models = benchmark("fit_models")
    recording = Recording.from_arrays(session_g(), sampling_rate_hz=100, placement="waist", anterior="+x")
    document = json.loads((fit_models.MODELS / "direction.json").read_text())
    for model in document["models"].values():
        model["level"], model["sway"] = -model["level"], -model["sway"]
    with fit_models.instead(direction_model=document):
        turned = gait.analyze(recording).bouts["direction"].tolist()
    assert turned == ["backward", "forward", "backward"]
    assert gait.analyze(recording).bouts["direction"].tolist() == ["forward", "backward", "forward"]
