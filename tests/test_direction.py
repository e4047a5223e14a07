"""Direction: evidence, its symmetries, the order of authority, and every refusal."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

import gait
from gait.errors import UsageError
from gait.events.direction import Anchor, anchor_from, judge
from gait.events.foot import irreversibility, judge_strides, stride_evidence
from gait.events.travel import cosines, cross_check, forward_logit, travel_evidence
from gait.recording import Recording
from gait.settings import AnalysisSettings
from gait.signal.axes import up_direction, vertical_and_level
from gait.signal.filters import low_pass
from tests.synthetic import rest_g, run_g, session_g, turned, walk_g

S = AnalysisSettings()
FRONT = np.array([1.0, 0.0, 0.0])
JUDGE = S.keywords(judge) | {"min_clear_windows": 3}
ANCHOR = S.keywords(anchor_from)


def evidence_of(acc: np.ndarray, gait_name: str = "run", cadence_spm: float = 165.0, offset: float = -0.325):
    acc = low_pass(acc, rate_hz=100, cutoff_hz=10)
    up = up_direction(acc, rate_hz=100, window_s=10)
    vertical, level = vertical_and_level(acc, up)
    steps = np.arange(len(acc)) / 100 * cadence_spm / 60 + offset
    return travel_evidence(
        vertical,
        level,
        up,
        steps,
        rate_hz=100,
        gait=gait_name,
        direction_window_s=5.0,
        min_direction_windows=4,
    )


def record(acc: np.ndarray, placement: str = "lower_back", anterior: str | None = None, **kw: object) -> Recording:
    return Recording.from_arrays(acc, sampling_rate_hz=100, placement=placement, anterior=anterior, **kw)


def directions(recording: Recording, **kw: object) -> list[str]:
    return gait.analyze(recording, **kw).bouts["direction"].tolist()


def codes(analysis: gait.Analysis) -> set[str]:
    return {f.code for f in analysis.quality}


@pytest.mark.parametrize("travel", [1.0, -1.0])
@pytest.mark.parametrize("name", ["run", "walk"])
def test_travel_points_where_the_runner_goes(travel: float, name: str) -> None:
    acc = run_g(travel=travel) if name == "run" else walk_g(travel=travel)
    evidence = evidence_of(acc, name, 165.0 if name == "run" else 110.0)
    assert len(evidence) >= 6
    assert (cosines(evidence, FRONT) * travel > 0.95).all()
    assert (cross_check(evidence, FRONT) * travel > 0.3).all()
    assert (evidence.line_share > 0.4).all()


def test_walking_taken_for_running_would_be_the_wrong_way_round() -> None:
    assert (cosines(evidence_of(walk_g(), "run", 110.0), FRONT) < -0.95).all()


def test_time_reversal_flips_both_signs_exactly() -> None:
    acc = run_g()
    a, b = evidence_of(acc), evidence_of(acc[::-1], offset=0.325 - (len(acc) - 1) / 100 * 165 / 60)
    assert cosines(b, FRONT)[::-1] == pytest.approx(-cosines(a, FRONT), abs=1e-6)
    assert cross_check(b, FRONT)[::-1] == pytest.approx(-cross_check(a, FRONT), abs=1e-6)
    for model in ("trunk", "pocket"):
        there, back = forward_logit(a, FRONT, model=model), forward_logit(b, FRONT, model=model)
        assert back[::-1] == pytest.approx(-there, abs=1e-5)


def test_negated_acceleration_flips_the_travel() -> None:
    acc = run_g()
    assert (cosines(evidence_of(-acc), FRONT) < -0.95).all()


@given(seed=st.integers(0, 10_000))
@hypothesis_settings(max_examples=20)
def test_a_turned_device_turns_the_travel(seed: int) -> None:
    acc = run_g(duration_s=12)
    other, rotation = turned(acc, seed)
    assert evidence_of(other).travel == pytest.approx(rotation.apply(evidence_of(acc).travel), abs=1e-9)
    assert cosines(evidence_of(other), rotation.apply(FRONT)) == pytest.approx(cosines(evidence_of(acc), FRONT))


@pytest.mark.parametrize("yaw_deg", [0, 20, 40])
def test_a_roughly_declared_mounting_is_enough(yaw_deg: float) -> None:
    axis = Rotation.from_euler("z", yaw_deg, degrees=True).apply(FRONT)
    for travel, word in ((1.0, "forward"), (-1.0, "backward")):
        verdict = judge(evidence_of(run_g(travel=travel)), Anchor(axis, None, "mounting"), model="trunk", **JUDGE)
        assert verdict.direction == word
        assert (verdict.probability > 0.95) == (word == "forward")


def test_sidestepping_is_unknown() -> None:
    right = Anchor(np.array([0.0, 1.0, 0.0]), None, "mounting")
    verdict = judge(evidence_of(run_g()), right, model="trunk", **JUDGE)
    assert verdict.direction == "unknown"
    assert "front-to-back" in verdict.reason


def test_a_front_that_points_up_is_unknown() -> None:
    up = Anchor(np.array([0.0, 0.0, 1.0]), None, "mounting")
    verdict = judge(evidence_of(run_g()), up, model="trunk", **JUDGE)
    assert verdict.direction == "unknown"
    assert "up or down" in verdict.reason


def test_a_tilted_device_is_unknown() -> None:
    evidence = evidence_of(run_g())
    anchor = anchor_from([evidence], [1.0], method="calibration", **ANCHOR)
    assert anchor is not None
    tilt = Rotation.from_euler("y", 40, degrees=True)
    verdict = judge(evidence_of(tilt.apply(run_g())), anchor, model="trunk", **JUDGE)
    assert verdict.direction == "unknown"
    assert "tilted by 40" in verdict.reason


def test_too_little_evidence_is_unknown() -> None:
    anchor = Anchor(FRONT, None, "mounting")
    assert judge(evidence_of(run_g(duration_s=2.2)), anchor, model="trunk", **JUDGE).direction == "unknown"
    noise = 1 + np.random.default_rng(0).normal(0, 0.3, (2000, 3))
    assert judge(evidence_of(noise), anchor, model="pocket", **JUDGE).direction == "unknown"


def test_an_anchor_needs_agreement() -> None:
    both = [evidence_of(run_g()), evidence_of(run_g(travel=-1.0, seed=1))]
    assert anchor_from(both, [1.0, 1.0], method="calibration", **ANCHOR) is None
    assert anchor_from([evidence_of(run_g(duration_s=2.0))], [1.0], method="calibration", **ANCHOR) is None


@pytest.mark.parametrize("placement", ["lower_back", "waist", "hip", "chest"])
def test_declared_mounting(placement: str) -> None:
    assert directions(record(session_g(), placement, "+x")) == ["forward", "backward", "forward"]
    assert directions(record(session_g(), placement, "-x")) == ["backward", "forward", "backward"]


def test_calibration_by_first_run_range_and_walk() -> None:
    acc = turned(session_g(), 3)[0]
    expected = ["forward", "backward", "forward"]
    assert directions(record(acc), calibrate="first-run") == expected
    assert directions(record(acc), calibrate=(60.0, 76.0)) == expected
    assert directions(record(acc), calibrate=(34.0, 50.0)) == ["backward", "forward", "backward"]
    with_walk = turned(np.concatenate([rest_g(), walk_g(duration_s=25), session_g()]), 4)[0]
    assert directions(record(with_walk), calibrate=(7.0, 30.0)) == ["forward", *expected]


def test_the_calibrating_run_itself_is_forward_because_the_user_says_so() -> None:
    analysis = gait.analyze(record(session_g()), calibrate="first-run")
    assert analysis.bouts["direction_method"].tolist() == ["calibration"] * 3
    assert "you said" in analysis.bouts["direction_reason"][0]
    assert any("--calibrate first-run" in a for a in analysis.assumptions)


def test_calibration_without_running_withholds_direction() -> None:
    analysis = gait.analyze(record(rest_g(duration_s=30)), calibrate="first-run")
    assert "no_calibration" not in codes(analysis) or len(analysis.bouts) == 0
    walking = gait.analyze(record(np.concatenate([walk_g(), rest_g()])), calibrate="first-run")
    assert "no_calibration" in codes(walking)
    assert walking.bouts["direction"].tolist() == ["unknown"]


def test_nothing_declared_gives_groups_and_no_direction_anywhere() -> None:
    analysis = gait.analyze(record(turned(session_g(), 1)[0]))
    assert analysis.bouts["direction"].tolist() == ["unknown"] * 3
    assert analysis.bouts["direction_group"].tolist() == ["A", "B", "A"]
    assert "direction_unknown" in codes(analysis)
    assert set(analysis.metrics["direction"]) == {"unknown"}
    assert len(analysis.comparison.table) == 0


@pytest.mark.parametrize(
    ("group", "expected"),
    [("B", ["forward", "backward", "forward"]), ("A", ["backward", "forward", "backward"])],
)
def test_one_answer_resolves_the_groups(group: str, expected: list[str]) -> None:
    analysis = gait.analyze(record(turned(session_g(), 1)[0]), backward_group=group)
    assert analysis.bouts["direction"].tolist() == expected
    assert set(analysis.bouts["direction_method"]) == {"label"}
    assert len(analysis.comparison.table) > 3


def test_naming_a_group_that_is_not_there_is_wrong_use() -> None:
    with pytest.raises(UsageError, match="no two opposite groups"):
        gait.analyze(record(np.concatenate([run_g(), rest_g()])), backward_group="B")


def labels(*rows: tuple[float, float, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["start_s", "end_s", "direction"])


def test_labels_override_and_disagreement_is_said() -> None:
    analysis = gait.analyze(record(session_g(), anterior="+x"), labels=labels((6, 26, "backward")))
    assert analysis.bouts["direction"].tolist() == ["backward", "backward", "forward"]
    assert analysis.bouts["direction_method"].tolist() == ["label", "mounting", "mounting"]
    assert "label_disagrees" in codes(analysis)


def test_labels_name_bouts_at_the_wrist_where_nothing_else_may() -> None:
    analysis = gait.analyze(record(session_g(), "wrist", "+x"), labels=labels((32, 52, "backward")))
    assert analysis.bouts["direction"].tolist() == ["unknown", "backward", "unknown"]
    assert "direction_withheld" in codes(analysis)


def test_labelled_bouts_calibrate_the_others() -> None:
    analysis = gait.analyze(record(turned(session_g(), 5)[0]), labels=labels((30, 54, "backward")))
    assert analysis.bouts["direction"].tolist() == ["forward", "backward", "forward"]
    assert analysis.bouts["direction_method"].tolist() == ["calibration", "label", "calibration"]


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"start_s": [0.0], "end_s": [5.0]}),
        labels((0, 5, "sideways")),
        labels((5, 5, "forward")),
    ],
)
def test_bad_labels_are_wrong_use(table: pd.DataFrame) -> None:
    with pytest.raises(UsageError):
        gait.analyze(record(session_g()), labels=table)


@pytest.mark.parametrize("calibrate", ["last-run", (5.0, 5.0), (-1.0, 5.0)])
def test_bad_calibration_is_wrong_use(calibrate: object) -> None:
    with pytest.raises(UsageError):
        gait.analyze(record(session_g()), calibrate=calibrate)


@pytest.mark.parametrize("placement", ["wrist", "upper_arm", "hand", "bag", "foot", "shank"])
def test_swinging_placements_claim_no_direction(placement: str) -> None:
    analysis = gait.analyze(record(session_g(), placement, "+x"), calibrate="first-run")
    assert set(analysis.bouts["direction"]) <= {"unknown"}
    assert len(analysis.bouts) == 3 or placement == "foot"
    assert analysis.bouts["direction_group"].isna().all()
    assert "direction_withheld" in codes(analysis)


def test_mounting_without_placement_is_not_used() -> None:
    analysis = gait.analyze(record(session_g(), "unknown", "+x"))
    assert set(analysis.bouts["direction"]) == {"unknown"}
    assert "mounting_without_placement" in codes(analysis)


def test_mounting_against_calibration_withholds_both() -> None:
    analysis = gait.analyze(record(session_g(), anterior="-x"), calibrate="first-run")
    assert "mounting_contradicts_calibration" in codes(analysis)
    assert analysis.bouts["direction"].tolist()[1] == "unknown"


def test_walking_in_the_pocket_has_no_direction() -> None:
    acc = np.concatenate([session_g(), walk_g(), rest_g()])
    bouts = gait.analyze(record(acc, "pocket"), calibrate="first-run").bouts
    assert bouts["direction"].tolist() == ["forward", "backward", "forward", "unknown"]


def test_slow_sampling_withholds_direction() -> None:
    recording = Recording.from_arrays(session_g(rate_hz=18.0), sampling_rate_hz=18.0, placement="hip", anterior="+x")
    assert set(gait.analyze(recording).bouts["direction"]) == {"unknown"}


def test_without_gravity_there_is_no_direction_and_no_contact() -> None:
    acc = session_g() - [0, 0, 1]
    analysis = gait.analyze(record(acc, anterior="+x", gravity="removed"))
    assert analysis.bouts["cadence_spm"].to_numpy() == pytest.approx([160, 176, 162], abs=1.0)
    assert set(analysis.bouts["direction"]) == {"unknown"}
    assert len(analysis.steps) == 0


def test_jumping_on_the_spot_is_remarked() -> None:
    jumping = np.concatenate([rest_g(), run_g(push_g=0.0, cadence_spm=150), rest_g()])
    assert "no_travel" in codes(gait.analyze(record(jumping)))
    assert "no_travel" not in codes(gait.analyze(record(session_g())))


@pytest.mark.parametrize("known", [{"calibrate": "first-run"}, {}])
def test_jumping_on_the_spot_has_no_direction_and_teaches_none(known) -> None:
    """Neither a declared front nor a forward run gives it one, and as a calibration it is of no use."""
    jumping = [run_g(push_g=0.0, cadence_spm=150), rest_g()]
    later = np.concatenate([session_g(), *jumping])
    declared = gait.analyze(record(later, anterior="+x"), **known).bouts
    assert declared["direction"].tolist() == ["forward", "backward", "forward", "unknown"]
    first = gait.analyze(record(np.concatenate([rest_g(), *jumping, session_g()])), calibrate="first-run")
    assert first.bouts["direction"].tolist() == ["forward", "unknown", "unknown", "unknown"]
    assert "no_calibration" in codes(first)


def test_a_device_turned_round_between_bouts_looks_like_backward_and_the_report_says_what_would_show_it() -> None:
    turned_round = Rotation.from_euler("z", 180, degrees=True).apply(run_g(seed=9))
    acc = np.concatenate([rest_g(), run_g(), rest_g(), turned_round, rest_g()])
    analysis = gait.analyze(record(acc), calibrate="first-run")
    assert analysis.bouts["direction"].tolist() == ["forward", "backward"]
    assert "no_forward_recheck" in codes(analysis)


def test_order_of_bouts_changes_nothing_but_their_order() -> None:
    a, b = run_g(travel=1, seed=1), run_g(travel=-1, cadence_spm=178, seed=2)
    one = gait.analyze(record(np.concatenate([rest_g(), a, rest_g(), b, rest_g()]), anterior="+x")).bouts
    two = gait.analyze(record(np.concatenate([rest_g(), b, rest_g(), a, rest_g()]), anterior="+x")).bouts
    columns = ["direction", "gait"]
    assert one[columns].to_numpy().tolist() == two[columns].to_numpy()[::-1].tolist()
    assert one["cadence_spm"].to_numpy() == pytest.approx(two["cadence_spm"].to_numpy()[::-1], abs=0.1)


def test_stricter_probability_only_turns_answers_into_unknown() -> None:
    strict = dataclasses.replace(S, min_probability=1.0 - 1e-15)
    loose = directions(record(session_g(), anterior="+x"))
    hard = directions(record(session_g(), anterior="+x"), settings=strict)
    assert all(h in (w, "unknown") for h, w in zip(hard, loose, strict=True))


def shoe(travel: float, *, rate_hz: float = 300.0, n_strides: int = 20, stride_s: float = 1.1):
    """Specific force and angular rate of a shoe that rests, swings forward in an arc with pitch, and rests again."""
    n = int(n_strides * stride_s * rate_hz)
    t = np.arange(n) / rate_hz
    phase = np.mod(t, stride_s) / stride_s
    swing = np.clip((phase - 0.55) / 0.45, 0, 1)
    smooth = swing**3 * (10 - 15 * swing + 6 * swing**2)
    bump = np.where(swing > 0, np.sin(np.pi * swing) ** 4, 0.0)
    place = travel * 1.3 * (np.floor(t / stride_s) + smooth)
    acc = np.stack(
        [np.gradient(np.gradient(place, t), t), np.zeros(n), np.gradient(np.gradient(0.1 * bump, t), t)], axis=1
    )
    pitch = 0.8 * bump * travel
    pose = Rotation.from_rotvec(np.outer(pitch, [0, 1, 0]))
    force = pose.inv().apply(acc / 9.80665 + [0, 0, 1])
    return force, np.outer(np.gradient(pitch, t), [0, 1, 0])


@pytest.mark.parametrize("travel", [1.0, -1.0])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_strides_of_a_shoe_show_where_they_go(travel: float, seed: int) -> None:
    force, gyr = shoe(travel)
    turn = Rotation.random(random_state=np.random.default_rng(seed))
    evidence = stride_evidence(turn.apply(force), turn.apply(gyr), rate_hz=300.0, stride_s=1.1)
    assert len(evidence) >= 15
    assert np.median(np.linalg.norm(evidence.travel, axis=1)) == pytest.approx(1.3, rel=0.15)
    verdict = judge_strides(evidence, Anchor(turn.apply(FRONT), None, "mounting"), **S.keywords(judge_strides))
    assert verdict.direction == ("forward" if travel > 0 else "backward")


def test_a_shoe_that_goes_sideways_or_nowhere_is_unknown() -> None:
    rules = S.keywords(judge_strides)
    force, gyr = shoe(1.0)
    evidence = stride_evidence(force, gyr, rate_hz=300.0, stride_s=1.1)
    assert judge_strides(evidence, Anchor(np.array([0, 1.0, 0]), None, "mounting"), **rules).direction == "unknown"
    assert judge_strides(evidence, Anchor(np.array([0, 0, 1.0]), None, "mounting"), **rules).direction == "unknown"
    still = stride_evidence(np.tile([0, 0, 1.0], (3000, 1)), np.zeros((3000, 3)), rate_hz=300.0, stride_s=1.1)
    assert judge_strides(still, Anchor(FRONT, None, "mounting"), **rules).direction == "unknown"


def outdoor(second_faces_back: bool, second_course_turns: bool, drift_rads: float = 0.002):
    """Two runs with satellite course and gyroscope: the body or the course may turn by 180 degrees in the rest."""
    parts = [rest_g(), run_g(), rest_g(), run_g(travel=-1.0 if second_faces_back else 1.0, seed=4), rest_g()]
    acc = np.concatenate(parts)
    t = np.arange(len(acc)) / 100
    turn = (t >= 27) & (t < 29)
    yaw_rate = np.where(turn, np.pi / 2, 0.0) if second_faces_back != second_course_turns else np.zeros(len(t))
    gyr = np.stack([np.zeros(len(t)), np.zeros(len(t)), yaw_rate + drift_rads], axis=1)
    course = np.where(np.arange(90) < 28, 0.3, 0.3 + (np.pi if second_course_turns else 0.0))
    fixes = pd.DataFrame({"time_s": np.arange(90.0), "speed_ms": 2.5, "course_rad": course})
    recording = Recording.from_arrays(acc, sampling_rate_hz=100, gyr_rads=gyr, placement="lower_back", anterior="+x")
    return dataclasses.replace(recording, speed=fixes)


@pytest.mark.parametrize("faces_back", [True, False])
@pytest.mark.parametrize("course_turns", [True, False])
def test_satellites_agree_where_the_direction_is_right(faces_back: bool, course_turns: bool) -> None:
    analysis = gait.analyze(outdoor(faces_back, course_turns))
    assert analysis.bouts["direction"].tolist() == ["forward", "backward" if faces_back else "forward"]
    assert "gps_agrees" in codes(analysis)
    assert "gps_disagrees" not in codes(analysis)


def test_satellites_contradict_a_wrong_label() -> None:
    analysis = gait.analyze(outdoor(True, False), labels=labels((30, 54, "forward")))
    assert "gps_disagrees" in codes(analysis) or "label_disagrees" in codes(analysis)


def test_satellites_say_nothing_without_course_or_gyroscope() -> None:
    recording = outdoor(True, False)
    nowhere = dataclasses.replace(recording, speed=recording.speed.assign(course_rad=np.nan))
    assert not {"gps_agrees", "gps_disagrees"} & codes(gait.analyze(nowhere))
    no_gyro = dataclasses.replace(
        recording, samples=recording.samples[["time_s", "acc_x_ms2", "acc_y_ms2", "acc_z_ms2"]]
    )
    assert not {"gps_agrees", "gps_disagrees"} & codes(gait.analyze(no_gyro))


def between_walk_and_run(travel: float = 1.0) -> np.ndarray:
    """As vigorous as a slow jog and as slow as a fast walk."""
    phase = 2 * np.pi * np.arange(2500) / 100 * 137 / 60
    acc = np.stack([0.2 * travel * np.sin(phase), 0 * phase, 1 + 0.66 * np.cos(phase)], axis=1)
    return np.concatenate([rest_g(), acc + np.random.default_rng(0).normal(0, 0.02, acc.shape), rest_g()])


def test_a_gait_in_doubt_has_no_direction_because_walk_and_run_have_opposite_signs() -> None:
    analysis = gait.analyze(record(between_walk_and_run(), anterior="+x"))
    assert len(analysis.bouts) >= 1
    assert set(analysis.bouts["direction"]) == {"unknown"}
    assert "opposite signs" in analysis.bouts["direction_reason"][0]


def test_a_gait_in_doubt_calibrates_nothing() -> None:
    acc = np.concatenate([between_walk_and_run(), session_g()])
    analysis = gait.analyze(record(acc), calibrate=(6.0, 30.0))
    assert "no_calibration" in codes(analysis)
    assert "backward" not in set(analysis.bouts["direction"])


def landing_first(n: int = 3000) -> np.ndarray:
    """A foot that lands hard and leaves softly, at 300 Hz: sharp rise, slow fall."""
    phase = np.mod(np.arange(n) / 300.0, 0.35)
    return 1 + 3 * np.exp(-phase / 0.06) * (phase > 0.004)


def test_irreversibility_changes_its_sign_with_time_and_vanishes_for_a_sine() -> None:
    x = landing_first()
    assert abs(irreversibility(x, rate_hz=300.0)) > 0.1
    assert irreversibility(x[::-1], rate_hz=300.0) == pytest.approx(-irreversibility(x, rate_hz=300.0))
    assert abs(irreversibility(1 + np.sin(np.arange(3000) / 20), rate_hz=300.0)) < 0.02


def test_asymmetry_warns_at_the_foot_only_and_decides_nothing() -> None:
    acc = session_g(rate_hz=300.0)
    for placement in ("shank", "lower_back"):
        recording = Recording.from_arrays(acc, sampling_rate_hz=300.0, placement=placement)
        plain = gait.analyze(recording)
        words = [gait.analyze(recording, labels=labels((0, 90, w))) for w in ("forward", "backward")]
        warned = ["asymmetry_disagrees" in codes(a) for a in words]
        assert sum(warned) <= (1 if placement == "shank" else 0)
        assert set(plain.bouts["direction"]) == {"unknown"}


def speeds(*rows: tuple[float, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["start_s", "end_s", "speed_ms"])


def test_one_speed_for_all_runs_matches_them() -> None:
    analysis = gait.analyze(record(session_g()), calibrate="first-run", speed=2.8)
    assert analysis.bouts["speed_ms"].tolist() == [2.8, 2.8, 2.8]
    assert analysis.comparison.speed_note == "speed-matched"
    assert any("2.80 m/s because you said so" in sentence for sentence in analysis.assumptions)


def test_speeds_of_a_table_belong_to_the_bouts_that_they_cover() -> None:
    before = gait.analyze(record(session_g()), calibrate="first-run")
    first, second, third = before.bouts[["start_s", "end_s"]].itertuples(index=False)
    middle = (first.start_s + first.end_s) / 2
    table = speeds((0, middle, 2.0), (middle, first.end_s, 3.0), (second.start_s, second.end_s, 2.6))
    bouts = gait.analyze(record(session_g()), calibrate="first-run", speed=table).bouts
    assert bouts["speed_ms"].tolist() == [pytest.approx(2.5, abs=0.02), 2.6, pytest.approx(np.nan, nan_ok=True)]
    assert third.start_s > second.end_s
    assert gait.analyze(record(session_g()), calibrate="first-run", speed=table).comparison.speed_note == (
        "speed not controlled"
    )


@pytest.mark.parametrize("speed", [0.0, -1.0, float("nan"), speeds((5, 4, 2.0)), speeds((4, 5, 0.0)), pd.DataFrame()])
def test_speeds_that_make_no_sense_are_refused(speed) -> None:
    with pytest.raises(UsageError):
        gait.analyze(record(session_g()), speed=speed)
