"""The rule of contacts on signals drawn by hand: every limit, from both sides."""

import numpy as np
import pytest

from gait.events.contacts import Contacts, find_contacts

RATE_HZ, STEP_S, N_STEPS = 1000.0, 0.4, 5
RULES = {"contact_level_g": 0.5, "min_carry_s": 0.05, "max_carry_s": 0.39}
MIDDLES_S = 0.2 + STEP_S * np.arange(N_STEPS)
N = round(RATE_HZ * STEP_S * N_STEPS)
TIME_S = np.arange(N) / RATE_HZ


def drawn(rise_s=0.07, fall_s=0.08, *, level=1.0, odd: int | None = None, odd_rise_s=None, odd_fall_s=None):
    """A signal that crosses `level` at these distances before and after each mid-stance, one step being different."""
    points = []
    for k, middle in enumerate(MIDDLES_S):
        before = odd_rise_s if k == odd and odd_rise_s is not None else rise_s
        after = odd_fall_s if k == odd and odd_fall_s is not None else fall_s
        points += [(middle - before - 0.005, 0.0), (middle - before + 0.005, 2 * level)]
        points += [(middle + after - 0.005, 2 * level), (middle + after + 0.005, 0.0)]
    at, value = zip(*sorted(points), strict=True)
    return np.interp(TIME_S, at, value)


def phase(first: float = 0.0):
    """Step phase, whole at the mid-stances."""
    return first + (TIME_S - MIDDLES_S[0]) / STEP_S


def found(carry=None, contact=None, *, steps=None, **rules) -> Contacts:
    carry = drawn() if carry is None else carry
    contact = drawn(0.1, 0.11, level=0.5) if contact is None else contact
    return find_contacts(contact, carry, phase() if steps is None else steps, rate_hz=RATE_HZ, **RULES | rules)


@pytest.mark.parametrize("first", [0.0, 7.0])
def test_all_four_instants_of_every_step_lie_where_they_were_drawn(first) -> None:
    seen = found(steps=phase(first))
    assert np.allclose(seen.rise_s, MIDDLES_S - 0.07)
    assert np.allclose(seen.fall_s, MIDDLES_S + 0.08)
    assert np.allclose(seen.ic_s, MIDDLES_S - 0.1)
    assert np.allclose(seen.tc_s, MIDDLES_S + 0.11)


def test_only_whole_numbers_of_the_phase_are_steps() -> None:
    inside = (TIME_S > 0.75) & (TIME_S < 1.25)  # one mid-stance, at 1.0 s
    seen = found(drawn()[inside], drawn(0.1, 0.11, level=0.5)[inside], steps=phase()[inside])
    assert np.allclose(seen.rise_s, [1.0 - 0.07 - 0.751])
    assert np.allclose(seen.tc_s, [1.0 + 0.11 - 0.751])
    between = (TIME_S > 0.85) & (TIME_S < 0.95)
    assert not len(found(drawn()[between], drawn()[between], steps=phase()[between]).ic_s)


@pytest.mark.parametrize(("distance_s", "kept"), [(0.19, True), (0.195, False)])
def test_a_lone_step_reaches_as_far_as_a_usual_step(distance_s, kept) -> None:
    """0.55 of 0.35 s, which nothing in the bout can tell, is 0.1925 s."""
    inside = (TIME_S > 0.75) & (TIME_S < 1.25)
    carry = drawn(odd=2, odd_rise_s=distance_s)[inside]
    assert len(found(carry, carry, steps=phase()[inside], max_carry_s=9.0).ic_s) == kept


@pytest.mark.parametrize(("distance_s", "kept"), [(0.215, True), (0.225, False)])
@pytest.mark.parametrize("end", ["odd_rise_s", "odd_fall_s"])
def test_effective_contact_begins_and_ends_within_its_own_step(distance_s, kept, end) -> None:
    """0.55 of a step of 0.4 s is 0.22 s."""
    carry = drawn(odd=2, **{end: distance_s})
    seen = found(carry, carry, max_carry_s=9.0)
    assert len(seen.rise_s) == N_STEPS - (not kept)
    # the same with two steps only
    inside = (TIME_S > 0.45) & (TIME_S < 1.25) if end == "odd_rise_s" else (TIME_S > 0.75) & (TIME_S < 1.5)
    assert len(found(carry[inside], carry[inside], steps=phase()[inside], max_carry_s=9.0).rise_s) >= 1 + kept


def test_effective_contact_of_exactly_a_limit_is_a_step() -> None:
    rate_hz, n = 64.0, 128
    carry = np.zeros(n)
    carry[40:56] = 1.0  # reaches 1 g at sample 40; falls below it after sample 55
    steps = np.arange(n) / 48.0
    carry[56] = 0.0
    rules = {"contact_level_g": 0.5, "rate_hz": rate_hz}
    one = find_contacts(carry, carry, steps, **rules, min_carry_s=0.0, max_carry_s=9.0)
    length_s = float(one.fall_s[0] - one.rise_s[0])
    assert length_s == 15 / 64
    assert len(find_contacts(carry, carry, steps, **rules, min_carry_s=length_s, max_carry_s=9.0).ic_s) == 1
    assert len(find_contacts(carry, carry, steps, **rules, min_carry_s=0.0, max_carry_s=length_s).ic_s) == 1
    assert not len(find_contacts(carry, carry, steps, **rules, min_carry_s=length_s + 1e-6, max_carry_s=9.0).ic_s)
    assert not len(find_contacts(carry, carry, steps, **rules, min_carry_s=0.0, max_carry_s=length_s - 1e-6).ic_s)


@pytest.mark.parametrize(("late_s", "kept"), [(0.008, True), (0.012, False)])
def test_contact_may_begin_a_hair_after_effective_contact(late_s, kept) -> None:
    contact = drawn(0.1, 0.11, level=0.5, odd=2, odd_rise_s=0.07 - late_s)
    seen = found(contact=contact)
    assert seen.ic_s[2] == pytest.approx(MIDDLES_S[2] - 0.07 + (late_s if kept else 0.0))
    assert np.isfinite(seen.tc_s[2]) == kept  # without the beginning, the end is not told either
    assert np.isfinite(np.delete(seen.tc_s, 2)).all()


@pytest.mark.parametrize(("early_s", "kept"), [(0.008, True), (0.012, False)])
def test_contact_may_end_a_hair_before_effective_contact(early_s, kept) -> None:
    seen = found(contact=drawn(0.1, 0.11, level=0.5, odd=2, odd_fall_s=0.08 - early_s))
    assert np.isfinite(seen.tc_s[2]) == kept
    assert seen.ic_s[2] == pytest.approx(MIDDLES_S[2] - 0.1)
    if kept:
        assert seen.tc_s[2] == pytest.approx(MIDDLES_S[2] + 0.08 - early_s)


@pytest.mark.parametrize(("distance_s", "kept"), [(0.158, True), (0.162, False)])
def test_contact_reaches_beyond_effective_contact_by_less_than_half_a_step(distance_s, kept) -> None:
    """0.4 of a step of 0.4 s, counted from 0.01 s inside of effective contact, is 0.16 s."""
    carry = drawn(0.03, 0.04)
    before = found(carry, drawn(0.05, 0.06, level=0.5, odd=2, odd_rise_s=0.02 + distance_s))
    after = found(carry, drawn(0.05, 0.06, level=0.5, odd=2, odd_fall_s=0.03 + distance_s))
    assert before.ic_s[2] == pytest.approx(MIDDLES_S[2] - (0.02 + distance_s if kept else 0.03))
    assert np.isfinite(before.tc_s[2]) == kept
    assert np.isfinite(after.tc_s[2]) == kept
    assert after.ic_s[2] == pytest.approx(MIDDLES_S[2] - 0.05)


def test_the_nearest_crossings_around_mid_stance_count() -> None:
    """A shock at landing crosses 1 g more often: the last crossing up before mid-stance, the first down after it."""
    carry = drawn()
    for at in (MIDDLES_S - 0.12, MIDDLES_S + 0.14):
        for middle in at:
            carry += np.interp(TIME_S, [middle - 0.01, middle, middle + 0.01], [0.0, 1.5, 0.0])
    seen = found(carry, carry)
    assert np.allclose(seen.rise_s, MIDDLES_S - 0.07)
    assert np.allclose(seen.fall_s, MIDDLES_S + 0.08)


def test_a_phase_that_stands_still_or_runs_back_gives_each_step_once() -> None:
    steps = phase()
    steps[900:1100] = steps[900]
    steps[300:330] = steps[300:330][::-1]
    seen = found(steps=steps)
    assert (np.diff(seen.ic_s) > 0.2).all()


def test_samples_exactly_on_the_level_are_crossed_once() -> None:
    carry = np.round(drawn() * 200) / 200
    carry[np.isclose(carry, 1.0)] = 1.0
    assert (carry == 1.0).any()
    assert np.allclose(found(carry).rise_s, MIDDLES_S - 0.07, atol=1e-3)
