"""The direction model as a scikit-learn estimator, for whoever has labelled backward running and wants to refit it.

The package itself predicts from ``models/direction.json`` without scikit-learn. The windows that go in are a table of
every analysis::

    windows = analysis.direction_windows                      # one row per window of a bout
    windows = windows[windows.direction_clear & ~windows.calibrates]
    X = windows[list(FEATURES)]                               # shape (windows, 2)
    y = windows.bout_id.map(known)                            # "forward" or "backward", from your own notes

Windows of one person are not independent: give the people as ``groups`` to whatever cross-validates.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from gait.errors import UsageError
from gait.events.travel import MODELS, shipped_weights

Floats = NDArray[np.float64]

FEATURES = ("direction_level", "direction_sway")
"""Columns of ``Analysis.direction_windows`` that the shipped models were fitted on."""


class DirectionClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Logistic model of window features that is odd: features turned in sign swap the two classes, and nothing else.

    Running forward and its reversal in time are mirror images, so that a constant would say nothing but how many of
    each were in the training data. Therefore there is no intercept.

    Parameters
    ----------
    C : float
        Inverse strength of the penalty on the squared coefficients, as in scikit-learn's `LogisticRegression`.

    Attributes
    ----------
    classes_ : ndarray, shape (2,)
        The two directions in order; ``"forward"`` is the second, whose probability is the second column.
    coef_ : ndarray, shape (n_features,)
        Coefficients.
    n_features_in_ : int
        Number of features.

    Examples
    --------
    >>> from sklearn.model_selection import GroupKFold, cross_val_score
    >>> from gait.learning import DirectionClassifier
    >>> X = [[0.4, 1.0], [-0.5, -2.0], [0.3, 0.5], [-0.2, -1.0]]
    >>> y = ["forward", "backward", "forward", "backward"]
    >>> people = [1, 1, 2, 2]
    >>> cross_val_score(DirectionClassifier(), X, y, groups=people, cv=GroupKFold(2)).tolist()
    [1.0, 1.0]
    """

    classes_: NDArray[Any]
    coef_: Floats
    n_features_in_: int

    def __init__(self, *, C: float = 1.0) -> None:
        self.C = C

    @classmethod
    def shipped(cls, model: str) -> DirectionClassifier:
        """Return the model that the package uses, ready to predict.

        Parameters
        ----------
        model : {"trunk", "pocket"}
            For which placements.

        Raises
        ------
        UsageError
            If there is no such model.
        """
        if model not in MODELS:
            raise UsageError(f"allowed for a direction model are {', '.join(map(repr, MODELS))}, but got {model!r}")
        out = cls()
        out.classes_, out.coef_ = np.array(["backward", "forward"]), shipped_weights(model)
        out.n_features_in_, out.feature_names_in_ = len(FEATURES), np.array(FEATURES, dtype=object)
        return out

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> DirectionClassifier:
        """Fit the coefficients.

        Parameters
        ----------
        X : array-like, shape (n, features)
            Features.
        y : array-like, shape (n,)
            Two kinds of label.
        sample_weight : array-like, shape (n,), optional
            Weights; neighbouring windows overlap, and people with long bouts would rule.

        Raises
        ------
        ValueError
            If there are not exactly two kinds of label, or the values are not finite numbers.
        """
        values, labels = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(labels)
        self.classes_ = np.unique(labels)
        if len(self.classes_) > 2:
            raise ValueError(f"Only binary classification is supported. The type of the target is {len(self.classes_)}")
        if len(self.classes_) < 2:
            raise ValueError("This classifier needs samples of 2 classes, but the data contains only one class")
        model = LogisticRegression(C=self.C, fit_intercept=False, tol=1e-8, max_iter=1000)
        self.coef_ = model.fit(values, labels, sample_weight=sample_weight).coef_[0]
        return self

    def decision_function(self, X: ArrayLike) -> Floats:
        """Log odds of the second class, shape (n,)."""
        check_is_fitted(self, "coef_")
        return np.asarray(validate_data(self, X, dtype=np.float64, reset=False) @ self.coef_)

    def predict_proba(self, X: ArrayLike) -> Floats:
        """Probability of either class, shape (n, 2)."""
        logit = self.decision_function(X)
        return np.stack([expit(-logit), expit(logit)], axis=1)

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """More probable class of each window, shape (n,)."""
        second = self.decision_function(X) > 0
        return np.asarray(self.classes_[second.astype(int)])

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.classifier_tags.poor_score = True  # without a constant, clouds beside the origin cannot be told apart
        return tags
