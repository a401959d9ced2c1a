"""Gradient descent beside scikit-learn's LogisticRegression, which solves the same problem.

scikit-learn adds C times the sum of the losses to half the squared weights; celib adds
(penalty / 2) times the squared weights to the mean loss, so penalty is 1 / (C N). Neither
penalises the bias.
"""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

import celib
from celib import datasets
from celib.training import descend, standardise, untrained


def overlapping(seed, n_classes, n=300):
    """Make classes that no straight line parts, so that a best model without penalty exists."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, n_classes, n)
    return rng.normal(size=(n, 2)) + rng.normal(size=(n_classes, 2))[labels], labels


@pytest.mark.parametrize("C", [np.inf, 1.0, 0.02])
def test_softmax_regression(C):
    x, y = overlapping(0, 3)
    theirs = LogisticRegression(C=C, tol=1e-10, max_iter=1000).fit(x, y)
    ours = descend(
        celib.categorical_cross_entropy_from_logits,
        y,
        x,
        start=untrained(2, 3),
        steps=3000,
        rate=1.0,
        penalty=1 / (C * len(x)),
    )
    np.testing.assert_allclose(
        celib.softmax(ours.model.logits(x)), theirs.predict_proba(x), atol=1e-6
    )


@pytest.mark.parametrize("C, weight", [(np.inf, 1), (np.inf, 5), (0.1, 1), (0.1, 5)])
def test_logistic_regression(C, weight):
    x, y = overlapping(1, 2)
    theirs = LogisticRegression(C=C, class_weight={0: 1, 1: weight}, tol=1e-10).fit(x, y)
    ours = descend(
        celib.binary_cross_entropy_from_logits,
        y,
        x,
        start=untrained(2),
        steps=3000,
        rate=0.5,
        penalty=1 / (C * len(x)),
        pos_weight=weight,
    )
    np.testing.assert_allclose(ours.model.weights, theirs.coef_[0], atol=1e-5)
    assert ours.model.bias == pytest.approx(theirs.intercept_[0], abs=1e-5)


def test_breast_cancer_with_a_penalty():
    data = datasets.breast_cancer()
    x = standardise(data.inputs)
    theirs = LogisticRegression(C=0.1, tol=1e-10, max_iter=1000).fit(x, data.labels)
    ours = descend(
        celib.binary_cross_entropy_from_logits,
        data.labels,
        x,
        start=untrained(30),
        steps=2000,
        rate=0.5,
        penalty=1 / (0.1 * len(x)),
    )
    np.testing.assert_allclose(ours.model.weights, theirs.coef_[0], atol=1e-4)


def test_standardise():
    x = datasets.digits().inputs
    scaler = StandardScaler().fit(x[:1000])
    np.testing.assert_allclose(
        standardise(x[1000:], like=x[:1000]), scaler.transform(x[1000:]), atol=1e-12
    )
