"""Backward against forward: coverage of the intervals, symmetries, rules of speed and of words."""

import re
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from gait.metrics import intervals
from gait.metrics.compare import Compared, compare_directions
from gait.metrics.summary import summarise_metrics
from gait.nomenclature import PRIMARY_METRICS, TABLES, make_table
from gait.settings import AnalysisSettings
from tests.fake_analysis import CASES

ICC = {"peak": 0.285, "step time": 0.035}
"""Share of the variance between bouts, measured on seven bouts of a real run."""
STEPS_PER_BOUT = 80
FORBIDDEN = re.compile(
    r"signific|p[ -]?value|\b(small|medium|large)\b|made you|causes?\b|due to|thanks to|safe|injur|calor|knee|risk",
    re.IGNORECASE,
)
NUMBERS = ["forward", "backward", "ratio", "ratio_low", "ratio_high", "hedges_g", "mdc_ratio"]

SUMMARY = {"rate_hz": 100.0, **AnalysisSettings().keywords(summarise_metrics)}


def tables(
    pattern: str,
    values: dict[str, Sequence[float]],
    *,
    speed_ms: Sequence[float] | None = None,
    n_steps: int | Sequence[int] = 60,
    gait: str = "run",
    groups: str | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Bout metrics and bouts; the pattern gives the directions in order of time, e.g. ``"FBFB"``, U for unknown."""
    n = len(pattern)
    words = [{"F": "forward", "B": "backward", "U": "unknown"}[letter] for letter in pattern]
    cadence = values.get("cadence_spm", [160.0] * n)
    bouts = make_table(
        "bouts",
        {
            "bout_id": range(n), "start_s": 40.0 * np.arange(n), "end_s": 40.0 * np.arange(n) + 25, "gait": [gait] * n,
            "direction": words, "direction_method": ["none" if w == "unknown" else "label" for w in words],
            "direction_group": list(groups) if groups else [None] * n, "n_steps": n_steps, "cadence_spm": cadence,
            "cadence_spm_low": np.asarray(cadence) - 0.8, "cadence_spm_high": np.asarray(cadence) + 0.8,
            "speed_ms": [np.nan] * n if speed_ms is None else speed_ms,
        },
    )  # fmt: skip
    rows = [
        {
            "bout_id": b.bout_id,
            "gait": b.gait,
            "direction": b.direction,
            "metric": m,
            "value": v[i],
            "n_steps": b.n_steps,
        }
        for i, b in enumerate(bouts.itertuples())
        for m, v in values.items()
    ]
    return make_table("bout_metrics", pd.DataFrame(rows).to_dict("list")) if rows else make_table("bout_metrics"), bouts


def compare(
    pattern: str, values: dict[str, Sequence[float]], *, options: dict[str, Any] | None = None, **kw: Any
) -> Compared:
    return compare_directions(*tables(pattern, values, **kw), min_steps_per_bout=20, **(options or {}))


def row(result: Compared, metric: str = "cadence_spm") -> dict[str, Any]:
    return dict(result.table.set_index("metric").loc[metric])


def scattered(pattern: str, forward: float, backward: float, sd: float = 0.01, seed: int = 0) -> list[float]:
    noise = np.random.default_rng(seed).normal(0, sd, len(pattern))
    return [(backward if c == "B" else forward) * float(np.exp(e)) for c, e in zip(pattern, noise, strict=True)]


def words_of(result: Compared) -> list[str]:
    return [result.sentence, *result.warnings, *result.table["verdict"]]


# ------------------------------------------------------------------------------------------------ coverage


def bout_means(rng: np.random.Generator, shape: tuple[int, ...], icc: float, sd: float = 1.0) -> np.ndarray:
    """Bout means of log values: bouts differ, and so do the steps inside each."""
    within = rng.normal(0, np.sqrt((1 - icc) / STEPS_PER_BOUT), shape)
    return sd * (rng.normal(0, np.sqrt(icc), shape) + within)


@pytest.mark.parametrize("icc", ICC.values(), ids=ICC)
@pytest.mark.parametrize("n_bouts", [3, 4, 6, 10])
@pytest.mark.parametrize("design", ["welch", "welch, backward twice as variable", "paired", "paired, one more forward"])
def test_coverage_of_the_95_percent_interval(design: str, n_bouts: int, icc: float) -> None:
    rng, repetitions, truth = np.random.default_rng(7), 4000, 0.11
    if design.startswith("welch"):
        forward = bout_means(rng, (repetitions, n_bouts), icc)
        backward = truth + bout_means(rng, (repetitions, n_bouts), icc, sd=2.0 if "twice" in design else 1.0)
        found = intervals.welch(forward, backward)
    else:
        back = np.arange(2 * n_bouts + ("one more" in design)) % 2 == 1
        drift = np.repeat(rng.normal(0, np.sqrt(icc), (repetitions, n_bouts + 1)), 2, axis=1)[:, : len(back)]
        weights = intervals.pair_weights(back)
        assert weights is not None
        found = intervals.paired(drift + truth * back + bout_means(rng, drift.shape, icc), weights)
    coverage = np.mean((found.low <= truth) & (truth <= found.high))
    assert 0.93 <= coverage <= 0.98, coverage


def test_intervals_over_steps_would_fail_the_coverage_test() -> None:
    rng, icc = np.random.default_rng(7), ICC["peak"]
    values = rng.normal(0, np.sqrt(icc), (500, 2, 4, 1)) + rng.normal(0, np.sqrt(1 - icc), (500, 2, 4, STEPS_PER_BOUT))
    flat = values.reshape(500, 2, -1)
    found = intervals.welch(flat[:, 0], flat[:, 1])
    assert np.mean((found.low <= 0) & (found.high >= 0)) < 0.5


def test_coverage_of_the_speed_adjusted_interval() -> None:
    rng, truth, inside = np.random.default_rng(3), 0.11, []
    for _ in range(3000):
        back = np.arange(10) % 2 == 1
        log_speed = np.log(np.where(back, 2.4, 2.9)) + rng.normal(0, 0.12, 10)
        values = 0.4 * log_speed + truth * back + bout_means(rng, (10,), 0.035)
        adjusted = intervals.speed_adjusted(values, log_speed, back)
        assert adjusted is not None
        inside.append(adjusted[0].low <= truth <= adjusted[0].high)
    assert 0.93 <= np.mean(inside) <= 0.98


@pytest.mark.parametrize("skewed", [False, True])
def test_coverage_with_the_bootstrap_of_ten_bouts(skewed: bool) -> None:
    rng, inside, widened = np.random.default_rng(5), [], 0
    for _ in range(300):
        forward, backward = (rng.gamma(4.0, size=(2, 10)) - 4.0) / 2.0 if skewed else rng.normal(size=(2, 10))
        plain = intervals.welch(forward, backward)
        found = intervals.widen_by_bootstrap(plain, (forward, backward))
        assert found.low <= plain.low
        assert found.high >= plain.high
        widened += found != plain
        inside.append(found.low <= 0 <= found.high)
    assert 0.93 <= np.mean(inside) <= 0.98
    assert 0 < widened < 300


# ------------------------------------------------------------------------------------------------ the interval used


def test_bouts_in_blocks_get_welchs_interval_on_logarithms() -> None:
    forward, backward = [158.0, 161.0, 160.0, 159.5], [176.0, 181.0, 179.0]
    got = row(compare("FFFFBBB", {"cadence_spm": [*forward, *backward]}))
    want = stats.ttest_ind(np.log(backward), np.log(forward), equal_var=False).confidence_interval()
    assert got["method"] == "welch"
    assert got["ratio_low"] == pytest.approx(np.exp(want.low), rel=1e-9)
    assert got["ratio_high"] == pytest.approx(np.exp(want.high), rel=1e-9)
    assert got["forward"] == pytest.approx(stats.gmean(forward))
    assert (got["n_bouts_forward"], got["n_bouts_backward"]) == (4, 3)
    assert (got["n_steps_forward"], got["n_steps_backward"]) == (240, 180)


def test_alternating_bouts_get_the_paired_interval() -> None:
    forward, backward = [150.0, 155.0, 161.0, 166.0], [168.0, 173.0, 181.0, 184.0]
    mixed = [x for pair in zip(forward, backward, strict=True) for x in pair]
    got = row(compare("FBFBFBFB", {"cadence_spm": mixed}))
    want = stats.ttest_rel(np.log(backward), np.log(forward)).confidence_interval()
    assert got["method"] == "paired"
    assert got["ratio_low"] == pytest.approx(np.exp(want.low), rel=1e-9)
    assert got["ratio_high"] == pytest.approx(np.exp(want.high), rel=1e-9)
    plain = intervals.welch(np.log(forward), np.log(backward))
    assert got["ratio_high"] < np.exp(plain.high), "pairs remove what drifts"


def test_pairs_follow_time_and_not_the_numbers_of_bouts() -> None:
    bout_metrics, bouts = tables("FBFBFB", {"cadence_spm": scattered("FBFBFB", 160, 178)})
    want = compare_directions(bout_metrics, bouts, min_steps_per_bout=20)
    new = np.array([3, 0, 5, 1, 4, 2])
    renumbered = [t.assign(bout_id=new[t["bout_id"]]).sort_values("bout_id") for t in (bout_metrics, bouts)]
    got = compare_directions(*renumbered, min_steps_per_bout=20)
    assert row(got)["method"] == "paired"
    pd.testing.assert_frame_equal(got.table, want.table, check_exact=True)


def test_pairs_share_no_bout_and_use_every_bout() -> None:
    weights = intervals.pair_weights(np.array([c == "B" for c in "FBFBFBF"]))
    assert weights is not None
    ahead, back = weights
    assert ahead.tolist() == [[1, 0, 0, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0, 0], [0, 0, 0, 0, 0.5, 0, 0.5]]
    assert back.tolist() == [[0, 1, 0, 0, 0, 0, 0], [0, 0, 0, 1, 0, 0, 0], [0, 0, 0, 0, 0, 1, 0]]


@pytest.mark.parametrize("pattern", ["FBFB", "FFBBFB", "FBFFBB", "FFFBBB"])
def test_no_pairs_unless_three_pairs_alternate(pattern: str) -> None:
    assert intervals.pair_weights(np.array([c == "B" for c in pattern])) is None


@pytest.mark.parametrize("pattern", ["F" * 9 + "B" * 12, "FB" * 9])
def test_no_bootstrap_below_ten_bouts(pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> Any:
        raise AssertionError("bootstrap")

    monkeypatch.setattr(intervals, "widen_by_bootstrap", refuse)
    values = {"cadence_spm": scattered(pattern, 160, 178)}
    assert row(compare(pattern, values))["method"] in ("welch", "paired")
    longer = pattern + "FB" * 3
    with pytest.raises(AssertionError, match="bootstrap"):
        compare(longer, {"cadence_spm": scattered(longer, 160, 178)})


def test_bootstrap_of_skewed_bouts_is_repeatable_and_symmetric() -> None:
    pattern, skewed = "F" * 12 + "B" * 12, np.exp(0.05 * np.r_[np.zeros(10), 3.0, 8.0])
    values = {"cadence_spm": [*(160 + 0.1 * np.arange(12)), *(178 * skewed + 0.1 * np.arange(12))]}
    first, second = compare(pattern, values), compare(pattern, values)
    pd.testing.assert_frame_equal(first.table, second.table, check_exact=True)
    got, back = row(first), row(compare(pattern.translate(str.maketrans("FB", "BF")), values))
    assert got["method"] == back["method"] == "bootstrap"
    plain = intervals.welch(*np.log(np.reshape(values["cadence_spm"], (2, 12))))
    assert got["ratio_low"] == pytest.approx(np.exp(plain.low))
    assert got["ratio_high"] > 1.01 * np.exp(plain.high), "the long tail of the backward bouts"
    assert back["ratio_low"] == pytest.approx(1 / got["ratio_high"], rel=1e-9)
    assert back["ratio_high"] == pytest.approx(1 / got["ratio_low"], rel=1e-9)


def test_bouts_without_any_scatter_do_not_break_anything() -> None:
    for pattern in ("FFFBBB", "FBFBFB", "FB" * 10, "F" * 10 + "B" * 10):
        got = row(compare(pattern, {"cadence_spm": [178.0 if c == "B" else 160.0 for c in pattern]}))
        assert got["ratio_low"] == pytest.approx(178 / 160)
        assert got["ratio_high"] == pytest.approx(178 / 160)
        assert np.isnan(got["hedges_g"])


# ------------------------------------------------------------------------------------------------ few bouts


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("FB", "One bout each"),
        ("BF", "One bout each"),
        ("FFFB", "Only one backward bout"),
        ("BFB", "Only one forward bout"),
    ],
)
def test_one_bout_gives_numbers_but_neither_interval_nor_verdict(pattern: str, why: str) -> None:
    result = compare(pattern, {m: scattered(pattern, 2.0, 2.3) for m in PRIMARY_METRICS})
    assert len(result.table) == len(PRIMARY_METRICS)
    for got in result.table.to_dict("records"):
        assert np.isfinite([got["forward"], got["backward"], got["ratio"]]).all()
        assert np.isnan([got["ratio_low"], got["ratio_high"], got["hedges_g"]]).all()
        assert got["method"] == "none"
        assert got["verdict"] == f"{why}: no interval can be given; speed not controlled."
    assert why in result.sentence
    assert not re.search(r"quicker|slower|higher|lower|%", result.sentence)


def test_two_bouts_each_have_an_interval() -> None:
    got = row(compare("FFBB", {"cadence_spm": [160.0, 161.0, 178.0, 180.0]}))
    assert got["method"] == "welch"
    assert got["ratio_low"] < got["ratio"] < got["ratio_high"]


# ------------------------------------------------------------------------------------------------ symmetries

PATTERNS = ["FB", "FFBB", "FFFBBB", "FBFBFBF", "BFBFBF", "F" * 11 + "B" * 10, "FB" * 11]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_order_of_rows_changes_nothing(pattern: str) -> None:
    values = {"cadence_spm": scattered(pattern, 160, 178), "peak_vert_g": scattered(pattern, 2.3, 2.5, 0.1, 1)}
    bout_metrics, bouts = tables(pattern, values)
    want = compare_directions(bout_metrics, bouts, min_steps_per_bout=20)
    for seed in range(3):
        shuffled = [t.sample(frac=1, random_state=seed) for t in (bout_metrics, bouts)]
        got = compare_directions(*shuffled, min_steps_per_bout=20)
        pd.testing.assert_frame_equal(got.table, want.table, check_exact=True)
        assert got[1:] == want[1:]
        options = SUMMARY
        pd.testing.assert_frame_equal(
            summarise_metrics(*shuffled, **options), summarise_metrics(bout_metrics, bouts, **options), check_exact=True
        )


def test_order_of_bouts_inside_a_direction_changes_nothing_where_they_do_not_alternate() -> None:
    forward, backward = [158.0, 161.0, 160.0, 159.5], [176.0, 181.0, 179.0]
    want = row(compare("FFFFBBB", {"cadence_spm": forward + backward}))
    got = row(compare("FFFFBBB", {"cadence_spm": forward[::-1] + [179.0, 176.0, 181.0]}))
    assert [got[k] for k in NUMBERS] == pytest.approx([want[k] for k in NUMBERS], rel=1e-12)


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("speeds", [None, (2.9, 2.2)])
def test_exchanging_the_directions_inverts_the_ratio(pattern: str, speeds: tuple[float, float] | None) -> None:
    values = {"cadence_spm": scattered(pattern, 160, 172, 0.05)}
    speed_ms = scattered(pattern, *speeds, sd=0.15) if speeds else None
    there = row(compare(pattern, values, speed_ms=speed_ms))
    back = row(compare(pattern.translate(str.maketrans("FB", "BF")), values, speed_ms=speed_ms))
    assert back["method"] == there["method"]
    assert back["ratio"] * there["ratio"] == pytest.approx(1, rel=1e-12)
    for low, high in (("ratio_low", "ratio_high"), ("ratio_high", "ratio_low")):
        assert back[low] == pytest.approx(1 / there[high], rel=1e-9, nan_ok=True)
    assert back["hedges_g"] == pytest.approx(-there["hedges_g"], rel=1e-9, nan_ok=True)
    assert (back["n_bouts_forward"], back["forward"]) == (there["n_bouts_backward"], pytest.approx(there["backward"]))


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("speeds", [None, (2.9, 2.2)])
def test_unit_leaves_the_ratio_unchanged(pattern: str, speeds: tuple[float, float] | None) -> None:
    speed_ms = scattered(pattern, *speeds, sd=0.15) if speeds else None
    values = scattered(pattern, 2.3, 2.5, 0.05)
    first = row(compare(pattern, {"peak_vert_g": values}, speed_ms=speed_ms), "peak_vert_g")
    second = row(compare(pattern, {"peak_vert_g": [9.80665 * v for v in values]}, speed_ms=speed_ms), "peak_vert_g")
    for key in ("ratio", "ratio_low", "ratio_high", "hedges_g", "mdc_ratio"):
        assert second[key] == pytest.approx(first[key], rel=1e-9, nan_ok=True)
    assert second["verdict"] == first["verdict"]


@given(
    st.text("FB", min_size=2, max_size=9).filter(lambda p: set(p) == {"F", "B"}),
    st.lists(st.floats(0.01, 1e4), min_size=9, max_size=9),
    st.lists(st.floats(1.0, 6.0) | st.just(np.nan), min_size=9, max_size=9),
)
def test_every_row_is_consistent(pattern: str, numbers: list[float], speeds: list[float]) -> None:
    n = len(pattern)
    result = compare(pattern, {"dyn_load_g": numbers[:n]}, speed_ms=speeds[:n])
    got = row(result, "dyn_load_g")
    assert got["ratio"] == pytest.approx(got["backward"] / got["forward"])
    assert np.isfinite([got["forward"], got["backward"], got["ratio"]]).all()
    if got["method"] == "none":
        assert np.isnan(got["ratio_low"])
    else:
        assert got["ratio_low"] <= got["ratio"] * (1 + 1e-12)
        assert got["ratio_high"] >= got["ratio"] * (1 - 1e-12)
    assert result.speed_note in got["verdict"]
    if "no difference" in got["verdict"]:
        assert 1 / got["mdc_ratio"] <= got["ratio_low"] <= 1 <= got["ratio_high"] <= got["mdc_ratio"]
    assert not FORBIDDEN.search(" ".join(words_of(result)))


# ------------------------------------------------------------------------------------------------ speed


def test_speed_within_ten_percent_is_matched() -> None:
    result = compare("FBFBFB", {"cadence_spm": [160, 178, 161, 179, 160, 177]}, speed_ms=[2.8, 2.6, 2.8, 2.6, 2.8, 2.6])
    assert result.speed_note == "speed-matched"
    assert row(result)["verdict"].endswith("; speed-matched.")
    assert "speed was matched" in result.sentence


def test_unmatched_speed_is_adjusted_and_the_effect_of_direction_found() -> None:
    pattern = "FFFFBBBB"
    speed = np.array([2.4, 2.8, 3.2, 3.4, 2.0, 2.3, 2.6, 2.8])
    back = np.array([c == "B" for c in pattern])
    values = list(150.0 * speed**0.3 * np.where(back, 1.15, 1.0) * (1 + 1e-4 * np.arange(8) % 3))
    result = compare(pattern, {"cadence_spm": values}, speed_ms=list(speed))
    got = row(result)
    assert result.speed_note == "adjusted for speed"
    assert got["method"] == "adjusted"
    assert got["ratio"] == pytest.approx(1.15, rel=2e-3)
    assert got["ratio"] == pytest.approx(got["backward"] / got["forward"])
    assert "adjusted for speed" in got["verdict"]
    raw = row(compare(pattern, {"cadence_spm": values}))
    assert raw["ratio"] < 1.10, "slower backward running hid a part of the difference"


def test_regression_agrees_with_ordinary_least_squares() -> None:
    rng = np.random.default_rng(2)
    back = np.arange(9) % 2 == 1
    log_speed, values = rng.normal(1.0, 0.2, 9), rng.normal(5.0, 0.1, 9)
    adjusted = intervals.speed_adjusted(values, log_speed, back)
    assert adjusted is not None
    design = np.column_stack([np.ones(9), log_speed, back])
    beta, squares, *_ = np.linalg.lstsq(design, values)
    error = np.sqrt(squares[0] / 6 * np.linalg.inv(design.T @ design)[2, 2])
    want = beta[2] + stats.t.ppf([0.025, 0.975], 6) * error
    assert [adjusted[0].low, adjusted[0].high] == pytest.approx(want)
    assert adjusted[0].backward - adjusted[0].forward == pytest.approx(beta[2])


@pytest.mark.parametrize(
    ("pattern", "speed_ms"),
    [
        pytest.param("FFFBBB", [2.8, 2.9, 3.0, 2.0, 2.1, 2.2], id="ranges do not overlap"),
        pytest.param("FFBB", [2.4, 3.2, 2.0, 2.5], id="too few bouts"),
        pytest.param("FFFBBB", [2.4, 2.8, 3.2, 2.0, np.nan, 2.6], id="one speed unknown"),
        pytest.param("FFFBBB", None, id="unknown"),
    ],
)
def test_speed_not_controlled_stands_beside_every_verdict(pattern: str, speed_ms: list[float] | None) -> None:
    values = {m: scattered(pattern, 2.0, 2.2, seed=i) for i, m in enumerate(PRIMARY_METRICS)}
    result = compare(pattern, values, speed_ms=speed_ms)
    assert result.speed_note == "speed not controlled"
    assert all("speed not controlled" in v for v in result.table["verdict"])
    assert "speed was not controlled" in result.sentence


def test_a_metric_with_too_few_bouts_for_the_regression_weakens_the_note() -> None:
    values = {
        "cadence_spm": [158.0, 160.0, 163.0, 170.0, 172.0, 176.0],
        "t_ce_s": [0.17, 0.16, 0.18, 0.14, 0.15, np.nan],
    }
    result = compare("FFFBBB", values, speed_ms=[2.4, 2.8, 3.2, 2.0, 2.3, 2.6])
    assert row(result)["method"] == "adjusted"
    assert row(result, "t_ce_s")["method"] == "welch"
    assert "speed not controlled" in row(result, "t_ce_s")["verdict"]
    assert result.speed_note == "speed not controlled"


# ------------------------------------------------------------------------------------------------ noise and words


def test_smallest_real_change_comes_from_three_forward_bouts() -> None:
    forward = [0.150, 0.156, 0.161]
    got = row(compare("FFFBB", {"t_ce_s": [*forward, 0.140, 0.141]}), "t_ce_s")
    assert got["mdc_ratio"] == pytest.approx(np.exp(1.96 * np.sqrt(2) * np.std(np.log(forward), ddof=1)))
    few = row(compare("FFBBB", {"t_ce_s": [*forward[:2], 0.140, 0.141, 0.142]}), "t_ce_s")
    assert np.isnan(few["mdc_ratio"])


@pytest.mark.parametrize(
    ("metric", "want"),
    [("contact_time_est_s", 1.13), ("flight_time_est_s", 1.30), ("vgrf_peak_bw_est", 1.11), ("pta_res_g", 1.25)],
)
def test_studies_stand_in_for_too_few_forward_bouts_and_the_verdict_says_so(metric: str, want: float) -> None:
    got = row(compare("FFBB", {metric: [6.0, 6.001, 8.0, 8.001]}), metric)
    assert got["mdc_ratio"] == pytest.approx(want, rel=1e-3)
    assert "beyond the noise that studies report" in got["verdict"]


def verdict_of(forward: Sequence[float], backward: Sequence[float], metric: str = "peak_vert_g") -> str:
    pattern = "F" * len(forward) + "B" * len(backward)
    return str(row(compare(pattern, {metric: [*forward, *backward]}), metric)["verdict"])


def test_verdicts() -> None:
    steady, wide = [2.00, 2.02, 2.01, 1.99], [1.80, 2.10, 2.30, 1.90]
    assert "26 % higher backward, beyond the noise" in verdict_of(steady, [2.52, 2.53, 2.54])
    assert "20 % lower backward, beyond the noise" in verdict_of(steady, [1.60, 1.59, 1.61])
    assert "higher backward, but within the noise" in verdict_of(wide, [2.54, 2.55, 2.56, 2.55])
    assert "no difference beyond the noise between your own forward bouts" in verdict_of(
        steady, [2.00, 2.01, 2.01, 2.01]
    )
    assert "too uncertain to tell" in verdict_of(steady, [1.70, 2.40, 2.30])
    assert "too uncertain to tell" in verdict_of([2.0, 2.02], [1.99, 2.03])
    assert "cannot tell the noise" in verdict_of([2.0, 2.02], [2.50, 2.51])
    assert "shorter backward" in verdict_of([0.20, 0.201, 0.199], [0.15, 0.151, 0.152], "t_ce_s")


def test_noise_and_difference_are_written_in_the_same_sense() -> None:
    forward = [0.150, 0.156, 0.161]
    noise = float(np.exp(1.96 * np.sqrt(2) * np.std(np.log(forward), ddof=1)))
    for factor, word in ((1.001 / noise, "lower backward, beyond"), (0.999 / noise, "lower backward, beyond"),
                         (1.01 / noise, "lower backward, but within")):  # fmt: skip
        centre = factor * float(stats.gmean(forward))
        text = verdict_of(forward, [centre, centre * 1.0001, centre / 1.0001], "impulse_gs")
        change, size = (float(x) for x in re.findall(r"([\d.]+) %", text))
        assert change >= size if factor * noise < 1 else change <= size
        assert word in text or factor * noise == pytest.approx(1.001)


def test_differences_within_the_error_of_an_estimate_are_called_so() -> None:
    forward, backward = [0.230, 0.231, 0.232, 0.230], [0.210, 0.211, 0.209, 0.210]
    text = verdict_of(forward, backward, "contact_time_est_s")
    assert "within the error of the estimate (0.035 s)" in text
    assert "an estimate, not validated for backward running" in text
    assert "beyond the noise" in verdict_of(forward, [0.180, 0.181, 0.182], "contact_time_est_s")


def test_an_error_of_the_method_widens_what_bouts_cannot_show() -> None:
    pattern = "FBFBFBFB"
    same = dict.fromkeys(("t_ce_s", "impulse_gs"), [0.16, 0.14] * 4)
    table = compare(pattern, same).table.set_index("metric")
    half = np.log(table["ratio_high"] / table["ratio"])
    assert half["impulse_gs"] == pytest.approx(0.0, abs=1e-12)
    assert half["t_ce_s"] == pytest.approx(1.96 * 0.009)
    assert np.log(table["ratio"] / table["ratio_low"])["t_ce_s"] == pytest.approx(1.96 * 0.009)


def test_headline() -> None:
    pattern = "FBFBFBFBF"
    result = compare(pattern, {"cadence_spm": scattered(pattern, 159, 178, 0.004)})
    assert result.sentence == (
        "Running backward, your steps were about 12 % quicker: 178 against 159 steps per minute, from 4 backward and 5 "
        "forward bouts; speed was not controlled."
    )
    simulated = compare(pattern, {"cadence_spm": scattered(pattern, 159, 178, 0.004)}, options={"simulated": True})
    assert simulated.sentence == f"{result.sentence} Simulated data."


@pytest.mark.parametrize(
    ("backward", "start"),
    [
        ([160.2, 160.4, 159.8], "Running backward, your cadence did not differ beyond the noise"),
        ([150.0, 175.0, 161.0], "It is too uncertain to tell whether your steps were quicker backward"),
        ([150.0, 151.0, 149.0], "Running backward, your steps were about 6 % slower: 150 against 160"),
    ],
)
def test_headline_says_no_more_than_the_interval(backward: list[float], start: str) -> None:
    assert compare("FFFBBB", {"cadence_spm": [158.5, 161.5, 160.0, *backward]}).sentence.startswith(start)


def test_headline_without_cadence_is_the_first_verdict() -> None:
    result = compare("FFFBBB", {"t_ce_s": [0.17, 0.171, 0.169, 0.15, 0.151, 0.149]})
    assert result.sentence == row(result, "t_ce_s")["verdict"]


@pytest.mark.parametrize(
    ("pattern", "changes", "expected"),
    [
        ("", {}, "No walking or running was found"),
        ("UU", {"gait": "walk"}, "Only walking was found (2 bouts)"),
        ("FFF", {}, "Only forward running was found (3 bouts, 180 steps, 160 steps per minute)"),
        ("FFU", {}, "The direction of 1 further running bout is unknown."),
        ("B", {}, "Only backward running was found (1 bout, 60 steps, 160 steps per minute)"),
        (
            "UUU",
            {"groups": "ABA"},
            "2 bouts in group A and 1 in group B; nothing in the recording says which is forward.",
        ),
        ("UU", {"groups": "AA"}, "all in one direction; nothing in the recording says"),
        ("UU", {}, "whether it was forward or backward is unknown"),
        (
            "FFBB",
            {"n_steps": [60, 60, 12, 14]},
            "The backward running is too short to compare: 14 steps in its longest",
        ),
    ],
)
def test_no_comparison_is_said_honestly(pattern: str, changes: dict[str, Any], expected: str) -> None:
    result = compare(pattern, {"cadence_spm": [160.0] * len(pattern)}, **changes)
    assert expected in result.sentence
    assert not len(result.table)
    assert tuple(result.table.columns) == TABLES["comparison"]
    assert result.warnings == ()


def test_nothing_measured_in_both_directions() -> None:
    result = compare("FFBB", {"cadence_spm": [np.nan, np.nan, 178.0, 179.0]})
    assert "nothing could be measured in both" in result.sentence
    assert not len(result.table)


def test_words_of_all_kinds_of_results_are_allowed() -> None:
    for make in CASES.values():
        analysis = make()
        result = compare_directions(analysis.bout_metrics, analysis.bouts, min_steps_per_bout=20)
        for text in words_of(result):
            assert not FORBIDDEN.search(text), text
            assert "nan" not in text.lower().split()
            assert text.endswith(".")


# ------------------------------------------------------------------------------------------------ what enters


def test_walking_unknown_and_short_bouts_do_not_enter() -> None:
    runs, bouts = tables("FFFBBBUFB", {"cadence_spm": [160, 161, 162, 178, 179, 180, 500, 500, 500]},
                         n_steps=[60] * 7 + [19, 19])  # fmt: skip
    walk = {
        "bout_id": 9,
        "gait": "walk",
        "direction": "forward",
        "metric": "cadence_spm",
        "value": 110.0,
        "n_steps": 60,
    }
    bouts = pd.concat([bouts, bouts.iloc[:1].assign(bout_id=9, start_s=900.0, gait="walk")])
    result = compare_directions(pd.concat([runs, pd.DataFrame([walk])]), bouts, min_steps_per_bout=20)
    got = row(result)
    assert (got["n_bouts_forward"], got["n_bouts_backward"]) == (3, 3)
    assert got["forward"] == pytest.approx(161, rel=1e-3)
    assert "1 running bout of unknown direction is left out." in result.warnings
    assert "2 running bouts with fewer than 20 steps are left out." in result.warnings


def test_metrics_that_miss_a_direction_or_have_no_logarithm_are_left_out() -> None:
    nan = np.nan
    values = {
        "cadence_spm": [160, 161, 178, 179], "t_ce_s": [0.17, 0.17, nan, nan], "flight_share": [0.0, 0.1, 0.2, 0.2],
        "p_3_8_hz": [nan] * 4, "impulse_gs": [0.1, nan, 0.09, 0.08],
    }  # fmt: skip
    table = compare("FFBB", values).table
    assert list(table["metric"]) == ["cadence_spm", "impulse_gs"]
    assert row(compare("FFBB", values), "impulse_gs")["n_bouts_forward"] == 1


def test_withheld_metrics_are_not_compared_and_the_reason_is_given() -> None:
    reason = "the sensor reached its limit in 64 % of the backward steps"
    values = {"cadence_spm": [160, 161, 178, 179], "peak_vert_g": [2.0, 2.0, 2.0, 2.0]}
    result = compare("FFBB", values, options={"withheld": {"peak_vert_g": reason, "peak_res_g": reason}})
    assert list(result.table["metric"]) == ["cadence_spm"]
    assert f"Not compared, because {reason}: Peak landing acceleration, vertical." in result.warnings


def test_weak_designs_are_remarked() -> None:
    few = compare("FFBB", {"cadence_spm": [160, 161, 178, 179]}).warnings
    assert any("three to six bouts" in w for w in few)
    assert any("One direction was run before the other" in w for w in few)
    assert compare("FBFBFB", {"cadence_spm": scattered("FBFBFB", 160, 178)}).warnings == ()


# ------------------------------------------------------------------------------------------------ plausibility


@pytest.mark.parametrize(
    ("metric", "inside", "outside"),
    [("cadence_spm", 1.12, 1.40), ("cadence_spm", 0.92, 0.85), ("t_ce_s", 0.84, 0.60), ("kvert_over_m", 1.42, 2.1),
     ("flight_time_est_s", 1.36, 2.2), ("peak_vert_g", 1.11, 1.5)],
)  # fmt: skip
def test_implausible_ratios_are_remarked_and_not_corrected(metric: str, inside: float, outside: float) -> None:
    def warned(ratio: float) -> bool:
        pattern, options = "FBFBFB", {"placement": "lower_back"}
        result = compare(pattern, {metric: scattered(pattern, 1.0, ratio, 0.001)}, options=options)
        assert row(result, metric)["ratio"] == pytest.approx(ratio, rel=0.01)
        return any("outside of" in w for w in result.warnings)

    assert not warned(inside)
    assert warned(outside)


@pytest.mark.parametrize("placement", ["hip", "pocket", "unknown"])
def test_the_window_of_the_peak_is_for_the_low_back_only(placement: str) -> None:
    values = {"peak_vert_g": scattered("FBFBFB", 1.0, 1.7, 0.001)}
    assert compare("FBFBFB", values, options={"placement": placement}).warnings == ()


@pytest.mark.parametrize("metric", ["peak_res_g", "pta_res_g"])
def test_nothing_is_expected_of_peaks_at_shank_and_shoe(metric: str) -> None:
    values = {metric: scattered("FBFBFB", 3.0, 9.0, 0.001)}
    assert compare("FBFBFB", values, options={"placement": "shank"}).warnings == ()


@pytest.mark.parametrize(
    ("cadence", "carry", "speeds", "suspected"),
    [(0.95, 1.05, None, True), (0.95, 0.95, None, False), (1.05, 1.05, None, False), (0.995, 1.005, None, False),
     (0.95, 1.05, (2.8, 2.8), True), (0.95, 1.05, (2.8, 2.7), True), (0.95, 1.05, (2.8, 1.9), False)],
)  # fmt: skip
def test_slower_and_longer_backward_first_suspects_the_label(
    cadence: float, carry: float, speeds: tuple[float, float] | None, suspected: bool
) -> None:
    pattern = "FBFBFB"
    values = {
        "cadence_spm": scattered(pattern, 160, 160 * cadence, 1e-4),
        "t_ce_s": scattered(pattern, 0.16, 0.16 * carry, 1e-4),
    }
    result = compare(pattern, values, speed_ms=scattered(pattern, *speeds, sd=0.001) if speeds else None)
    assert any("First suspect a wrong direction label" in w for w in result.warnings) is suspected


# ------------------------------------------------------------------------------------------------ metrics by direction


def summary(pattern: str, values: dict[str, Sequence[float]], **changes: Any) -> pd.DataFrame:
    return summarise_metrics(*tables(pattern, values, **changes), **SUMMARY)


def test_interval_of_a_metric_is_over_bouts_on_logarithms() -> None:
    values = [2.0, 2.2, 2.1]
    got = summary("FFF", {"peak_vert_g": values}).iloc[0]
    low, high = stats.t.interval(0.95, 2, np.mean(np.log(values)), stats.sem(np.log(values)))
    assert got["value"] == pytest.approx(stats.gmean(values))
    assert (got["low"], got["high"]) == (pytest.approx(np.exp(low)), pytest.approx(np.exp(high)))
    assert (got["n_bouts"], got["n_steps"], got["status"], got["unit"]) == (3, 180, "measured", "g")


def test_a_single_bout_has_no_interval_but_for_cadence_and_estimates() -> None:
    values = {"cadence_spm": [160.0], "peak_vert_g": [2.0], "contact_time_est_s": [0.21], "flight_time_est_s": [0.02],
              "vgrf_peak_bw_est": [2.5], "vosc_m": [0.08]}  # fmt: skip
    table = summary("F", values).set_index("metric")
    bands = {name: (got["low"], got["high"]) for name, got in table.iterrows()}
    assert np.isnan(bands["peak_vert_g"]).all()
    assert bands["cadence_spm"] == pytest.approx((159.2, 160.8))
    assert bands["contact_time_est_s"] == pytest.approx((0.175, 0.245))
    assert bands["flight_time_est_s"] == pytest.approx((0.0, 0.055))
    assert bands["vgrf_peak_bw_est"] == pytest.approx((2.35, 2.65))
    assert bands["vosc_m"] == pytest.approx((0.06, 0.10))
    assert set(table.index[table["status"] == "estimated"]) == set(values) - {"cadence_spm", "peak_vert_g"}


def test_cadence_and_estimates_are_never_given_too_exactly() -> None:
    table = summary("FFF", {"cadence_spm": [160.0, 160.01, 160.0], "contact_time_est_s": [0.2, 0.2001, 0.2]}).set_index(
        "metric"
    )
    assert table.loc["cadence_spm", "high"] - table.loc["cadence_spm", "low"] == pytest.approx(1.0, abs=0.01)
    assert table.loc["contact_time_est_s", "low"] == pytest.approx(0.165, abs=1e-3)
    wide = summary("FFF", {"contact_time_est_s": [0.15, 0.25, 0.2]}).iloc[0]
    assert wide["low"] < 0.15


def test_metrics_of_unknown_direction_name_no_direction() -> None:
    table = summary("UUU", {"cadence_spm": [160.0, 170.0, 180.0]}, groups="ABA")
    assert list(table["direction"]) == ["unknown"]
    mixed = summary("FUB", {"cadence_spm": [160.0, 170.0, 180.0]})
    assert list(mixed["direction"]) == ["forward", "backward", "unknown"]
    assert list(mixed["value"]) == pytest.approx([160.0, 180.0, 170.0])


def test_zeros_short_bouts_and_missing_values_in_the_metrics_table() -> None:
    got = summary("FF", {"flight_share": [0.0, 0.2]}).iloc[0]
    assert got["value"] == pytest.approx(0.1)
    assert np.isnan([got["low"], got["high"]]).all()
    assert not len(summary("FF", {"peak_vert_g": [np.nan, np.nan]}))
    assert not len(summary("FF", {"peak_vert_g": [2.0, 2.0]}, n_steps=19))
    assert tuple(summary("", {}).columns) == TABLES["metrics"]


def test_both_tables_tell_the_same_means() -> None:
    pattern = "FFFBBB"
    values = {"cadence_spm": scattered(pattern, 160, 178), "peak_vert_g": scattered(pattern, 2.3, 2.5, 0.1)}
    means = summary(pattern, values).set_index(["metric", "direction"])["value"]
    for metric in values:
        got = row(compare(pattern, values), metric)
        assert got["forward"] == pytest.approx(means[metric, "forward"], rel=1e-12)
        assert got["backward"] == pytest.approx(means[metric, "backward"], rel=1e-12)


def test_no_heavy_import_before_the_first_comparison() -> None:
    code = (
        "import sys, gait.metrics.compare, gait.metrics.summary, gait.contract; "
        "print([m for m in ('scipy', 'sklearn') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
