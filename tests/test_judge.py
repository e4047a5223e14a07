"""Each rule of the judgement of direction on evidence made by hand, at its limit and in its words."""

from dataclasses import replace

import numpy as np
import pytest

from gait.events.direction import Anchor, anchor_from, count_words, judge, opposite_groups
from gait.events.travel import (
    Evidence,
    clear_windows,
    cosines,
    cross_check,
    direction_features,
    forward_logit,
    level_front,
    shipped_weights,
)

UP, FRONT = np.array([0.0, 0.0, 1.0]), np.array([1.0, 0.0, 0.0])
RULES = {
    "min_quadrature": 0.02, "min_line_share": 0.1, "min_score": 0.5, "min_agreement": 0.75, "min_probability": 0.95,
    "max_tilt_deg": 25.0, "min_clear_windows": 3,
}  # fmt: skip
GROUPS = {name: RULES[name] for name in ("min_quadrature", "min_line_share", "min_score", "max_tilt_deg")} | {
    "min_agreement": 0.75, "min_clear_windows": 3,
}  # fmt: skip
ANCHOR = {name: RULES[name] for name in ("min_quadrature", "min_line_share", "min_agreement", "max_tilt_deg")}


def evidence(degrees=(0.0,) * 4, *, q=0.06, s=0.2, line_share=0.5, up=UP) -> Evidence:
    """Windows that travel at angles from the front to the left, with strength q and second sign s."""
    angle = np.radians(np.asarray(degrees, dtype=float))
    n = len(angle)
    travel = np.broadcast_to(q, n)[:, None] * np.stack([np.cos(angle), np.sin(angle), np.zeros(n)], axis=1)
    sway = np.broadcast_to(s, n)[:, None] * np.array([0.3, 0.0, 0.0])
    return Evidence(
        travel, np.tile(up, (n, 1)), np.full(n, line_share), sway, np.tile(np.diag([0.09, 0.04, 0.01]), (n, 1, 1))
    )


def judged(seen: Evidence, *, front=FRONT, up=UP, model="trunk", **rules):
    return judge(seen, Anchor(front, up, "calibration"), model=model, **RULES | rules)


def test_the_second_sign_is_velocity_along_the_front_by_its_own_spread() -> None:
    turned = np.array([0.6, 0.8, 0.0])
    seen = evidence((0.0, 0.0), s=0.2)
    assert np.allclose(cross_check(seen, FRONT), 0.2)
    assert np.allclose(cross_check(seen, turned), 0.6 * 0.06 / np.sqrt(0.36 * 0.09 + 0.64 * 0.04))
    flat = replace(seen, sway_cov=np.zeros((2, 3, 3)))
    assert np.isfinite(cross_check(flat, FRONT)).all()


def test_the_front_is_taken_level() -> None:
    leaning = np.array([0.6, 0.0, 0.8])
    assert np.allclose(level_front(leaning, np.tile(UP, (2, 1))), FRONT)
    assert np.allclose(level_front(UP, np.tile(UP, (2, 1))), 0.0)
    assert np.allclose(cosines(evidence((0, 60, 180)), leaning), [1.0, 0.5, -1.0])


def test_features_are_weighted_by_strength_and_limited() -> None:
    seen = evidence((0, 60, 180, 0), q=[0.05, 0.05, 0.1, 0.9], s=[0.05, -0.2, 0.9, -0.9])
    expected = [[0.5, 0.5], [0.25, -2.0], [-1.0, 3.0], [1.5, -3.0]]
    assert np.allclose(direction_features(seen, FRONT), expected)
    assert np.allclose(direction_features(seen, -FRONT), -np.array(expected))
    for model in ("trunk", "pocket"):
        assert np.allclose(forward_logit(seen, FRONT, model=model), np.array(expected) @ shipped_weights(model))
    assert (shipped_weights("trunk") > 0).all() and (shipped_weights("pocket") > 0).all()
    assert not np.allclose(shipped_weights("trunk"), shipped_weights("pocket"))


def test_windows_are_clear_from_both_limits_on() -> None:
    seen = evidence((0,) * 4, q=[0.019, 0.02, 0.03, 0.03])
    seen = replace(seen, line_share=np.array([0.5, 0.1, 0.09, 0.5]))
    assert clear_windows(seen, min_quadrature=0.02, min_line_share=0.1).tolist() == [False, True, False, True]


@pytest.mark.parametrize(("front", "word", "sign"), [(FRONT, "forward", 1.0), (-FRONT, "backward", -1.0)])
def test_a_clear_bout_is_named_with_score_probability_and_reason(front, word, sign) -> None:
    seen = evidence((10.0, -10.0, 0.0, 0.0, 20.0), q=0.04, s=0.06)
    found = judged(seen, front=front)
    assert found.direction == word
    assert found.score == pytest.approx(sign * np.cos(np.radians(10.0)))
    logit = forward_logit(seen, front, model="trunk").mean() * 3.0  # five windows that overlap by half count as three
    assert found.probability == pytest.approx(1 / (1 + np.exp(-logit)), rel=1e-12)
    assert 0.001 < min(found.probability, 1 - found.probability) < 0.05
    assert found.reason == f"all 5 pieces of the bout travel {word}"


def test_windows_that_travel_otherwise_are_counted_in_the_reason() -> None:
    seen = evidence((0.0, 0.0, 0.0, 0.0, 180.0))
    assert judged(seen).reason == "4 of 5 pieces of the bout travel forward"
    assert count_words(3, 3) == "all 3" and count_words(0, 3) == "0 of 3"


def test_certain_bouts_have_a_finite_probability() -> None:
    many = evidence((0.0,) * 400, q=0.5, s=0.9)
    assert 1 - judged(many).probability == pytest.approx(np.exp(-30.0), rel=1e-2)
    assert judged(many, front=-FRONT).probability == pytest.approx(np.exp(-30.0), rel=1e-9)


def nothing_known(found) -> bool:
    return found.direction == "unknown" and np.isnan(found.score) and np.isnan(found.probability)


def test_too_few_clear_windows() -> None:
    weak = evidence((0.0,) * 4, q=[0.06, 0.06, 0.01, 0.01])
    found = judged(weak)
    assert nothing_known(found)
    assert found.reason == "the rhythm is too weak or the bout too short to show a direction"
    assert judged(evidence((0.0,) * 3)).direction == "forward"
    assert nothing_known(judged(evidence((0.0,) * 3), min_clear_windows=4))


def test_an_axis_that_points_up_or_down_is_no_front() -> None:
    for share, stays in ((0.79, True), (0.81, False)):
        for end in (1.0, -1.0):
            front = np.array([np.sqrt(1 - share**2), 0.0, end * share])
            found = judge(evidence(), Anchor(front, None, "mounting"), model="trunk", **RULES)
            assert (found.direction == "forward") == stays
            if not stays:
                assert nothing_known(found)
                assert found.reason == "the axis declared as the front points up or down in this bout"
    # the mean of verticals that scatter is shorter than one; the limit is a share of its length
    shaky = evidence((0.0,) * 4)
    shaky = replace(shaky, up=shaky.up * 0.5)
    front = np.array([0.8, 0.0, 0.6])
    assert judge(shaky, Anchor(front, None, "mounting"), model="trunk", **RULES).direction == "forward"
    front = np.array([0.5, 0.0, np.sqrt(0.75)])
    assert nothing_known(judge(shaky, Anchor(front, None, "mounting"), model="trunk", **RULES))


@pytest.mark.parametrize(("tilt_deg", "stays"), [(24.9, True), (25.1, False)])
def test_a_device_that_tilted_since_the_calibration(tilt_deg, stays) -> None:
    up = np.array([0.0, np.sin(np.radians(tilt_deg)), np.cos(np.radians(tilt_deg))])
    found = judged(evidence(), up=up)
    assert (found.direction == "forward") == stays
    if not stays:
        assert found.reason == "the device has tilted by 25 degrees since the calibration"
        assert found.score == pytest.approx(1.0) and found.probability > 0.99
    assert judge(evidence(), Anchor(FRONT, None, "mounting"), model="trunk", **RULES).direction == "forward"


@pytest.mark.parametrize(
    ("degrees", "stays"),
    [
        ((59.9,) * 4, True), ((60.1,) * 4, False), ((0, 0, 0, 91), True), ((0, 0, 0, 91, 91), False),
        ((0, 0, 91, 91, 0, 0, 0, 0), True),
    ],
)  # fmt: skip
def test_travel_across_the_front_on_the_trunk(degrees, stays) -> None:
    found = judged(evidence(degrees))
    assert (found.direction == "forward") == stays
    if not stays:
        assert found.reason == "the travel does not lie along the runner's front-to-back line"
        assert np.isfinite(found.score) and np.isfinite(found.probability)
    # in the pocket single windows scatter
    assert judged(evidence(degrees), model="pocket").direction == "forward"


@pytest.mark.parametrize(
    ("degrees", "s", "stays"),
    [(0.0, -0.11, False), (0.0, -0.09, True), (0.0, 0.11, True), (61.0, -0.11, True), (180.0, 0.11, False),
     (180.0, -0.11, True)],
)  # fmt: skip
def test_two_signs_that_disagree(degrees, s, stays) -> None:
    # strong travel, so that probability alone would decide; the pocket, so that scatter does not
    seen = evidence((degrees,) * 40, q=0.9, s=s)
    found = judged(seen, model="pocket")
    if stays:
        assert found.direction != "unknown" or found.reason == "the evidence is too weak to name a direction"
    else:
        assert found.direction == "unknown"
        assert found.reason == "two independent signs of direction disagree"
        assert abs(found.score) == pytest.approx(1.0) and np.isfinite(found.probability)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_weak_evidence_stays_unknown(sign) -> None:
    seen = evidence((0.0,) * 3, q=0.03, s=0.03)
    found = judged(seen, front=sign * FRONT)
    p = max(found.probability, 1 - found.probability)
    assert 0.8 < p < 0.95
    assert found.direction == "unknown"
    assert found.reason == "the evidence is too weak to name a direction"
    assert found.score == pytest.approx(sign)
    named = judged(seen, front=sign * FRONT, min_probability=p - 1e-6)
    assert named.direction == ("forward" if sign > 0 else "backward")
    assert judged(seen, front=sign * FRONT, min_probability=p).direction == named.direction


# --- the front learnt from known bouts --------------------------------------------------------------------------------


def learnt(*bouts: Evidence, signs=None) -> Anchor | None:
    return anchor_from(list(bouts), signs or [1.0] * len(bouts), method="calibration", **ANCHOR)


def test_the_front_is_the_mean_travel_made_level() -> None:
    found = learnt(evidence((20.0, 40.0, 30.0)))
    assert found is not None
    assert np.allclose(found.axis, [np.cos(np.radians(30)), np.sin(np.radians(30)), 0.0])
    assert np.allclose(found.up, UP)
    assert found.method == "calibration"
    tipped = evidence((0.0,) * 4)
    tipped = replace(tipped, travel=tipped.travel + [0.0, 0.0, 0.05])
    level = learnt(tipped)
    assert level is not None and np.allclose(level.axis, FRONT)


def test_backward_bouts_teach_the_opposite_and_no_window_rules_alone() -> None:
    both = learnt(evidence((0.0,) * 4), evidence((180.0,) * 4), signs=[1.0, -1.0])
    assert both is not None and np.allclose(both.axis, FRONT)
    loud = learnt(evidence((0.0, 0.0, 0.0, 40.0), q=[0.06, 0.06, 0.06, 9.0]))
    assert loud is not None
    weights = np.array([0.06, 0.06, 0.06, 0.09])
    angle = np.radians([0, 0, 0, 40.0])
    expected = np.array([weights @ np.cos(angle), weights @ np.sin(angle)])
    assert np.allclose(loud.axis[:2], expected / np.linalg.norm(expected))


def test_what_teaches_no_front() -> None:
    assert learnt(evidence((0.0, 0.0))) is None
    assert learnt(evidence((0.0,) * 4, q=0.019)) is None
    assert learnt(evidence((0.0,) * 4, line_share=0.09)) is None
    assert learnt(evidence((0.0, 180.0, 0.0, 180.0))) is None
    # three of four windows within 60 degrees are enough, less are not
    assert learnt(evidence((0.0, 0.0, 0.0, 95.0))) is not None
    assert learnt(evidence((0.0, 0.0, 95.0, 95.0, 0.0, 0.0, 95.0, 0.0))) is None
    assert learnt(evidence((0.0, 0.0, 0.0))) is not None


@pytest.mark.parametrize(("tilt_deg", "stays"), [(33.0, True), (60.0, False)])
def test_a_device_that_tilted_while_it_was_calibrated(tilt_deg, stays) -> None:
    n, angle = 6, np.radians(tilt_deg)
    up = np.array([UP] * 3 + [[0.0, np.sin(angle), np.cos(angle)]] * 3)
    found = learnt(replace(evidence((0.0,) * n), up=up))
    assert (found is not None) == stays


# --- opposite groups --------------------------------------------------------------------------------------------------


def test_groups_are_named_by_the_first_clear_bout() -> None:
    weak, ahead, back, across = (
        evidence((0.0,) * 4, q=0.01), evidence((20.0,) * 4), evidence((170.0,) * 4), evidence((110.0,) * 4),
    )  # fmt: skip
    short, scattered = evidence((0.0,) * 2), evidence((0.0, 90.0, 180.0, 270.0))
    bouts = [weak, ahead, back, across, ahead, short, scattered]
    assert opposite_groups(bouts, **GROUPS) == [None, "A", "B", None, "A", None, None]
    assert opposite_groups([back, ahead], **GROUPS) == ["A", "B"]
    assert opposite_groups([], **GROUPS) == []


def test_groups_end_where_the_cosine_or_the_tilt_is_too_large() -> None:
    first = evidence((0.0,) * 4)
    assert opposite_groups([first, evidence((59.0,) * 4), evidence((61.0,) * 4)], **GROUPS) == ["A", "A", None]
    assert opposite_groups([first, evidence((121.0,) * 4), evidence((119.0,) * 4)], **GROUPS) == ["A", "B", None]
    for tilt_deg, group in ((24.0, "A"), (26.0, None)):
        up = np.array([0.0, np.sin(np.radians(tilt_deg)), np.cos(np.radians(tilt_deg))])
        assert opposite_groups([first, evidence((0.0,) * 4, up=up)], **GROUPS) == ["A", group]
    assert opposite_groups([evidence((0.0,) * 3)], **GROUPS) == ["A"]
