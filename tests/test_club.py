"""Athletes of a club: ratios within each, summed up, and what is refused."""

import numpy as np
import pandas as pd
import pytest

from gait.club import MIN_ATHLETES, compare_athletes, random_effects
from tests.season import tables


@pytest.mark.parametrize("sessions", [1, 2, 4])
def test_intervals_of_athletes_cover_their_true_ratio(sessions: int) -> None:
    """Within 92 to 98 % over repeated seasons, with scatter between bouts and, where sessions count, between them."""
    hit, n = 0, 0
    for seed in range(25):
        rng = np.random.default_rng([seed, sessions])
        sd_session = 0.01 if sessions >= 3 else 0.0
        recordings, bouts, truth = tables(rng, athletes=20, sessions=sessions, sd_session=sd_session)
        found = compare_athletes(recordings, bouts).athletes.set_index("athlete")
        for name, ratio in truth.items():
            hit += found.loc[name, "ratio_low"] <= ratio <= found.loc[name, "ratio_high"]
            n += 1
    assert 0.92 <= hit / n <= 0.98


def test_the_mean_over_athletes_is_covered_and_a_further_athlete_is_expected_in_its_interval() -> None:
    covered = inside = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        truth, variance = rng.normal(0.1, 0.03, 13), rng.uniform(0.01, 0.03, 12) ** 2
        found = random_effects(truth[:12] + rng.normal(0, np.sqrt(variance)), variance)
        covered += found["ratio_low"] <= np.exp(0.1) <= found["ratio_high"]
        inside += found["predicted_low"] <= np.exp(truth[12]) <= found["predicted_high"]
    assert 0.92 <= covered / 300 <= 0.99
    assert 0.91 <= inside / 300 <= 0.99


def test_the_hand_computed_case_of_equal_variances() -> None:
    """Without spread beyond the variances tau is 0: the mean is the plain mean, the error the larger of the two."""
    log = np.array([0.10, 0.12, 0.08, 0.11, 0.09])
    found = random_effects(log, np.full(5, 0.02**2))
    assert found["ratio"] == pytest.approx(np.exp(0.10))
    assert found["between_sd"] == 0.0
    error = max(0.02, log.std(ddof=1)) / np.sqrt(5)
    assert np.log(found["ratio_high"] / found["ratio"]) == pytest.approx(2.776445 * error, rel=1e-5)


def test_fewer_than_five_athletes_are_a_list_only() -> None:
    club = compare_athletes(*tables(np.random.default_rng(0), athletes=MIN_ATHLETES - 1)[:2])
    assert len(club.athletes) == MIN_ATHLETES - 1
    assert not len(club.summary)
    assert "Only 4 athletes" in club.sentence
    assert len(compare_athletes(*tables(np.random.default_rng(0), athletes=MIN_ATHLETES)[:2]).summary) == 1


def test_everybody_who_is_left_out_is_named_with_a_reason() -> None:
    recordings, bouts, _ = tables(np.random.default_rng(0), athletes=7, sessions=1)
    recordings.loc[recordings["athlete"] == "runner 0", "n_bouts_backward"] = 0
    recordings.loc[recordings["athlete"] == "runner 1", ["n_bouts_backward", "n_bouts_forward"]] = 0
    recordings["simulated"] = recordings["athlete"] == "runner 2"
    bouts = bouts[(bouts["athlete"] != "runner 3") | (bouts["bout_id"] < 2)]
    club = compare_athletes(recordings, bouts)
    reasons = club.excluded.set_index("athlete")["reason"]
    assert "no backward running" in reasons["runner 0"]
    assert "no running of known direction" in reasons["runner 1"]
    assert reasons["runner 2"] == "simulated"
    assert "fewer than two bouts" in reasons["runner 3"]
    assert set(club.athletes["athlete"]) == {"runner 4", "runner 5", "runner 6"}


def test_levels_of_people_and_sessions_do_not_matter() -> None:
    """Only ratios within a recording count: another device in one session changes nothing."""
    recordings, bouts, _ = tables(np.random.default_rng(1))
    louder = bouts.assign(cadence_spm=bouts["cadence_spm"] * bouts["recording_id"].map(
        {key: 1 + 0.1 * k for k, key in enumerate(recordings["recording_id"])}))  # fmt: skip
    before, after = (compare_athletes(recordings, table).summary for table in (bouts, louder))
    columns = ["ratio", "ratio_low", "ratio_high"]
    pd.testing.assert_frame_equal(before[columns], after[columns])


def test_two_sessions_of_one_bout_each_way_are_compared_by_session() -> None:
    """One bout each way shows no scatter between bouts; this ended in a division by zero."""
    recordings, bouts, truth = tables(np.random.default_rng(0), sessions=2, bouts=1)
    found = compare_athletes(recordings, bouts).athletes
    assert set(found["unit_of_analysis"]) == {"session"}
    assert set(found["athlete"]) == set(truth)
    assert (found["ratio_low"] < found["ratio"]).all() and np.isfinite(found["variance"]).all()


def test_an_error_of_the_method_is_not_averaged_out() -> None:
    log, variance = np.linspace(0.0999, 0.1001, 40), np.full(40, 0.001**2)
    plain, widened = random_effects(log, variance), random_effects(log, variance, method_error=0.009)
    assert np.log(plain["ratio_high"] / plain["ratio"]) < 0.001
    assert np.log(widened["ratio_high"] / widened["ratio"]) == pytest.approx(2.0227 * 0.009, rel=0.01)
    assert widened["ratio"] == plain["ratio"]


def test_nobody_gives_a_sentence_and_empty_tables() -> None:
    recordings, bouts, _ = tables(np.random.default_rng(0), athletes=1)
    club = compare_athletes(recordings.iloc[:0], bouts.iloc[:0])
    assert not len(club.athletes) and not len(club.summary)
    assert "No athlete" in club.sentence
