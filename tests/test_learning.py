"""The direction model as an estimator of scikit-learn."""

import doctest
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler
from sklearn.utils.estimator_checks import estimator_checks_generator

import gait
from gait import learning
from gait.errors import UsageError
from gait.events.travel import shipped_weights
from gait.learning import FEATURES, DirectionClassifier


@pytest.mark.parametrize(
    ("estimator", "check"),
    [pytest.param(e, c, id=c.func.__name__ + str(k)) for k, (e, c) in
     enumerate(estimator_checks_generator(DirectionClassifier()))],
)  # fmt: skip
def test_it_keeps_the_rules_of_scikit_learn(estimator, check) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some checks warn on purpose
        check(estimator)


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    sign = rng.choice([-1.0, 1.0], 300)
    table = pd.DataFrame(sign[:, None] * [0.4, 1.0] + rng.normal(0, [0.3, 0.8], (300, 2)), columns=list(FEATURES))
    return table.assign(direction=np.where(sign > 0, "forward", "backward"), person=np.arange(300) // 30)


def test_turned_features_swap_the_classes_and_nothing_else(people) -> None:
    x, y = people[list(FEATURES)], people["direction"]
    model = DirectionClassifier().fit(x, y)
    assert list(model.classes_) == ["backward", "forward"]
    assert np.allclose(model.predict_proba(x)[:, 0], model.predict_proba(-x)[:, 1])
    mirrored = DirectionClassifier().fit(-x, y.map({"forward": "backward", "backward": "forward"}))
    assert np.allclose(model.coef_, mirrored.coef_, rtol=1e-5)


def test_it_is_validated_by_person_inside_a_pipeline_and_cloned(people) -> None:
    x, y = people[list(FEATURES)], people["direction"]
    pipeline = make_pipeline(MaxAbsScaler(), clone(DirectionClassifier(C=0.3)))
    scores = cross_val_score(pipeline, x, y, groups=people["person"], cv=GroupKFold(5))
    assert pipeline[-1].C == 0.3
    assert scores.min() > 0.85
    weighted = DirectionClassifier().fit(x, y, sample_weight=np.where(people["person"] == 0, 1.0, 1e-9))
    alone = DirectionClassifier().fit(x[:30], y[:30])
    assert np.allclose(weighted.coef_, alone.coef_, rtol=1e-3)


@pytest.mark.parametrize(("labels", "complaint"), [(["a"] * 4, "only one class"), (list("abca"), "Only binary")])
def test_other_than_two_classes_are_refused(labels, complaint) -> None:
    with pytest.raises(ValueError, match=complaint):
        DirectionClassifier().fit([[0.0, 1.0], [1.0, 0.0], [0.5, 0.5], [1.0, 1.0]], labels)


def test_the_shipped_model_says_what_the_analysis_says(samples) -> None:
    analysis = gait.analyze(gait.read_recording(samples / "simulated_belt_phone.zip", placement="lower_back"),
                            calibrate="first-run")  # fmt: skip
    windows = analysis.direction_windows
    assert set(windows.loc[windows["calibrates"], "bout_id"]) == {0}
    used = windows[windows["direction_clear"] & ~windows["calibrates"]]
    assert {"forward", "backward"} <= set(used["direction"])
    model = DirectionClassifier.shipped("trunk")
    assert (model.predict(used[list(FEATURES)]) == used["direction"]).mean() > 0.9
    assert np.array_equal(model.coef_, shipped_weights("trunk"))
    logit = pd.Series(model.decision_function(used[list(FEATURES)]), index=used["bout_id"]).groupby(level=0)
    probability = 1 / (1 + np.exp(-np.clip(logit.mean() * (1 + (logit.size() - 1) / 2), -30, 30)))
    stated = analysis.bouts.set_index("bout_id")["direction_probability"].loc[probability.index]
    assert np.allclose(probability, stated)


def test_labels_that_taught_the_front_are_marked(samples) -> None:
    recording = gait.read_recording(samples / "simulated_belt_phone.zip", placement="lower_back")
    first = gait.analyze(recording).bouts.query("gait == 'run'").iloc[0]
    labels = pd.DataFrame([{"start_s": first["start_s"], "end_s": first["end_s"], "direction": "forward"}])
    windows = gait.analyze(recording, labels=labels).direction_windows
    assert set(windows.loc[windows["calibrates"], "bout_id"]) == {first["bout_id"]}
    assert len(set(windows["bout_id"])) > 1


def test_unknown_models_are_refused_by_name() -> None:
    with pytest.raises(UsageError, match="'trunk', 'pocket', but got 'wrist'"):
        DirectionClassifier.shipped("wrist")


def test_the_example_in_the_docstring_runs() -> None:
    assert doctest.testmod(learning) == (0, 6)
