"""What tests of practice share: a system that takes every text for ASCII."""

import locale

import pytest


@pytest.fixture
def system_of_ascii():
    before = locale.setlocale(locale.LC_CTYPE)
    locale.setlocale(locale.LC_CTYPE, "C")
    yield
    locale.setlocale(locale.LC_CTYPE, before)
