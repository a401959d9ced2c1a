"""What the whole suite shares: reproducible hypothesis, and floating point without any excuse."""

import numpy as np
import pytest
from hypothesis import settings

# derandomize: every run, here and in CI, tries the same examples; no test depends on the clock.
settings.register_profile("celib", deadline=None, derandomize=True, database=None, max_examples=100)
settings.load_profile("celib")


@pytest.fixture(scope="module")
def strict_floats():
    """Turn every floating-point signal that escapes from celib into an error, underflow included.

    Module-scoped because hypothesis refuses function-scoped fixtures around its examples.
    """
    with np.errstate(all="raise"):
        yield
