"""Two small sets of real data, for the pages on which a model is trained.

Both come from the UCI Machine Learning Repository under the licence CC BY 4.0, in the form in which
scikit-learn ships them, so that nothing need be downloaded.
"""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Dataset", "breast_cancer", "digits"]


class Dataset(NamedTuple):
    """Real examples with their labels.

    Attributes
    ----------
    inputs : ndarray of float64, (N, D)
        One row of measurements for each example.
    labels : ndarray of int, (N,)
        The class of each, from 0.
    measured : tuple of str
        What the D columns are.
    """

    inputs: NDArray[np.float64]
    labels: NDArray[np.intp]
    measured: tuple[str, ...]


def digits() -> Dataset:
    """Load 1797 handwritten digits, 8 by 8 pixels each.

    Returns
    -------
    Dataset
        ``inputs``, (1797, 64), the ink in each pixel, from 0 to 16 (a count of dark points, without
        unit), row by row from the top left; ``labels`` 0 to 9.

    References
    ----------
    E. Alpaydin and C. Kaynak (1998). Optical recognition of handwritten digits. UCI Machine
    Learning Repository, CC BY 4.0. https://doi.org/10.24432/C50P49

    Examples
    --------
    >>> data = digits()
    >>> data.inputs.shape, int(data.labels[0])
    ((1797, 64), 0)
    """
    return _load("digits.csv.gz")


def breast_cancer() -> Dataset:
    """Load measurements of 569 breast tumours, 212 of them malignant.

    Returns
    -------
    Dataset
        ``inputs``, (569, 30), mean, standard error and largest value of ten measurements of the
        cell nuclei in an image; ``labels`` 1 for malignant, the class that is looked for, and 0
        for benign. (scikit-learn has them the other way round.)

    References
    ----------
    W. Wolberg, O. Mangasarian, N. Street and W. Street (1993). Breast cancer Wisconsin
    (diagnostic). UCI Machine Learning Repository, CC BY 4.0. https://doi.org/10.24432/C5DW2B

    Examples
    --------
    >>> data = breast_cancer()
    >>> data.inputs.shape, int(data.labels.sum())
    ((569, 30), 212)
    >>> data.measured[0]
    'mean radius'
    """
    return _load("breast_cancer.csv.gz")


def _load(name: str) -> Dataset:
    with as_file(files(__name__) / name) as path:
        columns = np.loadtxt(path, delimiter=",", dtype=str, max_rows=1)
        table = np.loadtxt(path, delimiter=",", skiprows=1)
    measured = tuple(str(column).replace("_", " ") for column in columns[1:])
    return Dataset(table[:, 1:], table[:, 0].astype(np.intp), measured)
