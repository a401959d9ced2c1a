"""The figures recorded for other libraries, recomputed where they are installed."""

import os

import pytest

from celib import rosetta

# Keras needs a backend; JAX is the one among the test's own dependencies.
os.environ.setdefault("KERAS_BACKEND", "jax")
CALLS = [one for one in rosetta.phrases() if one.call is not None and one.library != "celib"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.parametrize("phrase", CALLS, ids=lambda one: f"{one.library}: {one.loss}")
def test_the_recorded_figure_is_what_the_library_gives(phrase):
    try:
        value = rosetta.run(phrase)
    except ModuleNotFoundError as missing:
        pytest.skip(f"{missing.name} is not installed")
    recorded = float(phrase.value)
    # All but the habits' extremes are below 4 nats, where single precision has six decimals.
    assert value == recorded or abs(value - recorded) <= 0.501e-4


def test_the_libraries_of_this_project_do_say_something():
    assert {"SciPy", "scikit-learn", "optax", "PyTorch", "Keras"} <= {one.library for one in CALLS}
