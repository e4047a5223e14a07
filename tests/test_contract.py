"""The public JSON: valid against the schema, free of NaN, rounded, and readable again."""

import dataclasses
import importlib.util
import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gait.contract import analysis_to_dict, dict_to_tables
from gait.metrics.compare import compare_directions
from gait.metrics.summary import summarise_metrics
from gait.nomenclature import TABLES, make_table
from gait.results import Analysis, Comparison
from gait.settings import AnalysisSettings
from tests.fake_analysis import CASES, alternating, build

SHARED = Path(__file__).parents[2] / "shared"


def shared_file(*parts: str) -> Path:
    path = SHARED.joinpath(*parts)
    if not path.is_file():
        pytest.skip(f"{'/'.join(parts)} is not beside this checkout")
    return path


@pytest.fixture(scope="module")
def validate(root: Path) -> Callable[[dict[str, Any]], None]:
    schema = json.loads((root / "gait" / "contract.schema.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)

    def check(result: dict[str, Any]) -> None:
        validator.validate(json.loads(json.dumps(result, allow_nan=False)))

    return check


@pytest.fixture(scope="module")
def violations() -> Callable[[dict[str, Any]], list[str]]:
    spec = importlib.util.spec_from_file_location("score_contract", shared_file("score", "contract.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    check: Callable[[dict[str, Any]], list[str]] = module.check_contract
    return check


def completed(analysis: Analysis) -> Analysis:
    """The analysis with the metrics and comparison that this package makes of its bouts."""
    tables = analysis.bout_metrics, analysis.bouts
    return dataclasses.replace(
        analysis,
        metrics=summarise_metrics(*tables, rate_hz=100.0, **AnalysisSettings().keywords(summarise_metrics)),
        comparison=Comparison(*compare_directions(*tables, min_steps_per_bout=20)),
    )


def plain(value: Any) -> bool:
    """Whether nothing but plain Python values is inside."""
    if isinstance(value, dict):
        return all(type(key) is str and plain(item) for key, item in value.items())
    if isinstance(value, list):
        return all(map(plain, value))
    return value is None or (type(value) in (str, int, bool)) or (type(value) is float and math.isfinite(value))


@pytest.mark.parametrize("case", CASES)
def test_every_kind_of_result_obeys_the_schema(case: str, validate: Callable[[dict[str, Any]], None]) -> None:
    result = completed(CASES[case]()).to_dict()
    validate(result)
    assert plain(result)


@pytest.mark.parametrize("case", CASES)
def test_every_kind_of_result_obeys_the_contract(case: str, violations: Callable[[dict[str, Any]], list[str]]) -> None:
    assert violations(completed(CASES[case]()).to_dict()) == []


def test_the_schema_is_the_one_agreed_on(root: Path) -> None:
    agreed = json.loads(shared_file("design", "contract.schema.json").read_text())
    assert json.loads((root / "gait" / "contract.schema.json").read_text()) == agreed


def test_the_schema_would_notice(validate: Callable[[dict[str, Any]], None]) -> None:
    result = CASES["alternating"]().to_dict()
    for spoil in (
        lambda r: r["bouts"][0].update(direction="sideways"),
        lambda r: r["steps"][0].pop("tc_s"),
        lambda r: r["comparison"][0].update(ratio=None),
        lambda r: r["recording"].update(sampling_rate_hz=0),
    ):
        spoilt = json.loads(json.dumps(result))
        spoil(spoilt)
        with pytest.raises(jsonschema.ValidationError):
            validate(spoilt)


def test_unknown_direction_claims_nothing() -> None:
    for case in ("groups", "wrist", "linear"):
        result = completed(CASES[case]()).to_dict()
        assert result["comparison"] == []
        assert {row["direction"] for row in result["metrics"]} == {"unknown"}


def test_empty_results_keep_their_keys() -> None:
    result = completed(CASES["nothing"]()).to_dict()
    assert [result[key] for key in ("bouts", "steps", "metrics", "comparison")] == [[], [], [], []]
    assert result["schema_version"] == "1"
    assert result["summary"]["sentence"]
    assert result["quality"][0]["remedy"]


def test_missing_values_are_null_and_metrics_that_no_step_has_are_left_out() -> None:
    analysis = CASES["alternating"]()
    steps = analysis.steps.copy()
    steps.loc[0, ["tc_s", "t_ce_s"]] = np.nan
    steps["impulse_gs"] = np.nan
    steps["tc_s"] = steps["tc_s"].where(steps["bout_id"] > 0)
    first = analysis_to_dict(dataclasses.replace(analysis, steps=steps))["steps"][0]
    assert first["tc_s"] is None
    assert first["t_ce_s"] is None
    assert "impulse_gs" not in first
    assert first["clipped"] is False
    nothing = steps.assign(tc_s=np.nan)
    assert "tc_s" in analysis_to_dict(dataclasses.replace(analysis, steps=nothing))["steps"][0]


def test_only_walking_and_running_are_reported() -> None:
    analysis = CASES["alternating"]()
    bouts = analysis.bouts.assign(gait=analysis.bouts["gait"].where(analysis.bouts["bout_id"] != 1, "other"))
    metrics = pd.concat([analysis.metrics, analysis.metrics.iloc[:1].assign(gait="other")])
    result = analysis_to_dict(dataclasses.replace(analysis, bouts=bouts, metrics=metrics))
    assert [b["bout_id"] for b in result["bouts"]] == [0, *range(2, 9)]
    assert 1 not in {step["bout_id"] for step in result["steps"]}
    assert {row["gait"] for row in result["metrics"]} == {"run"}


def test_rows_without_their_numbers_are_not_published(validate: Callable[[dict[str, Any]], None]) -> None:
    analysis = completed(CASES["alternating"]())
    table = analysis.comparison.table.copy()
    table.loc[0, "backward"], table.loc[1, "ratio"] = np.nan, np.inf
    metrics = analysis.metrics.copy()
    metrics.loc[0, "value"] = np.nan
    comparison = dataclasses.replace(analysis.comparison, table=table)
    result = analysis_to_dict(dataclasses.replace(analysis, comparison=comparison, metrics=metrics))
    validate(result)
    assert len(result["comparison"]) == len(table) - 2
    assert len(result["metrics"]) == len(metrics) - 1


def test_instants_are_given_to_the_millisecond_and_numbers_to_six_digits() -> None:
    analysis = CASES["alternating"]()
    result = analysis_to_dict(analysis)
    for want, got in zip(analysis.steps.to_dict("records"), result["steps"], strict=True):
        assert got["ic_s"] == round(want["ic_s"], 3)
        assert got["peak_vert_g"] == pytest.approx(want["peak_vert_g"], rel=5e-6)
        assert got["peak_vert_g"] == float(f"{want['peak_vert_g']:.6g}")


numbers = st.lists(
    st.floats() | st.sampled_from([5e-324, 1e-310, -0.0, 1.7e308, math.nan, math.inf]), min_size=6, max_size=6
)
contacts = st.lists(st.floats(0, 1e6) | st.just(math.nan), min_size=2, max_size=2)
ONE_EACH = CASES["one_each"]()


@given(numbers, contacts, st.lists(st.booleans(), min_size=2, max_size=2))
def test_no_number_whatever_reaches_the_json_as_nan(
    validate: Callable[[dict[str, Any]], None], six: list[float], tc_s: list[float], clipped: list[bool]
) -> None:
    first, second, third = six[:2], six[2:4], six[4:]
    result = analysis_to_dict(
        dataclasses.replace(
            ONE_EACH,
            bouts=ONE_EACH.bouts.assign(
                direction_score=first, cadence_spm=second, cadence_spm_low=third, direction_group=[None, math.nan]
            ),
            steps=make_table("steps", {"bout_id": [0, 1], "step_id": [0, 1], "ic_s": [30.0, 100.0], "tc_s": tc_s,
                                       "peak_vert_g": first, "slope_g_per_s": second, "clipped": clipped}),
            metrics=ONE_EACH.metrics.iloc[:2].assign(value=first, low=second, high=third),
            comparison=Comparison(
                ONE_EACH.comparison.table.iloc[:2].assign(forward=first, ratio=second, ratio_low=third, hedges_g=first),
                "One sentence.", "speed not controlled",
            ),
        )
    )  # fmt: skip
    validate(result)
    assert plain(result)


@pytest.mark.parametrize("case", CASES)
def test_tables_return_from_the_json(case: str) -> None:
    analysis = completed(CASES[case]())
    tables = dict_to_tables(json.loads(json.dumps(analysis.to_dict())))
    for name in ("bouts", "steps", "metrics", "comparison"):
        want = analysis.comparison.table if name == "comparison" else getattr(analysis, name)
        assert tuple(tables[name].columns) == TABLES[name]
        pd.testing.assert_frame_equal(tables[name], want, rtol=1e-5, atol=6e-4)


def test_an_hour_of_steps_takes_a_fraction_of_a_second() -> None:
    analysis = build(alternating(2))
    steps = pd.concat([analysis.steps] * (10_000 // len(analysis.steps) + 1), ignore_index=True)
    start = time.perf_counter()
    result = analysis_to_dict(dataclasses.replace(analysis, steps=steps))
    assert time.perf_counter() - start < 1.0
    assert len(result["steps"]) >= 10_000
