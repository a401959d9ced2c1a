"""The data on the pages against the same data as scikit-learn ships it."""

import numpy as np
import pytest

from celib import datasets

sklearn_datasets = pytest.importorskip("sklearn.datasets")


def test_digits():
    ours, theirs = datasets.digits(), sklearn_datasets.load_digits()
    np.testing.assert_array_equal(ours.inputs, theirs.data)
    np.testing.assert_array_equal(ours.labels, theirs.target)
    assert len(ours.measured) == 64


def test_breast_cancer_with_malignant_as_the_positive_class():
    ours, theirs = datasets.breast_cancer(), sklearn_datasets.load_breast_cancer()
    np.testing.assert_array_equal(ours.inputs, theirs.data)
    malignant = list(theirs.target_names).index("malignant")
    np.testing.assert_array_equal(ours.labels, theirs.target == malignant)
    assert ours.measured == tuple(theirs.feature_names)
