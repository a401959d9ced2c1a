"""Settings that every run of the tests shares."""

import gc
import os

import pytest

# The answers that a reader keeps are neither read nor written; tests of that name their own place.
os.environ["CELIB_PROGRESS"] = ""

NOTEBOOK_CELL_SECONDS = 60


def pytest_configure(config: pytest.Config) -> None:
    """Let `pytest --nbval` give a notebook's cell a minute; its own limit is over half an hour."""
    if getattr(config.option, "nbval", False):
        config.option.nbval_cell_timeout = min(
            config.option.nbval_cell_timeout, NOTEBOOK_CELL_SECONDS
        )


def pytest_itemcollected(item: pytest.Item) -> None:
    """Wait as long for what a cell prints: nbval's five seconds fail it where a machine pauses."""
    if hasattr(item, "output_timeout"):
        item.output_timeout = NOTEBOOK_CELL_SECONDS


def pytest_collection_finish() -> None:
    """Keep what was imported and collected out of every search for garbage: a tenth of the time."""
    gc.collect()
    gc.freeze()
