"""The page on speed: its examples run, and its picture and tables say what was measured."""

import json
import re
from pathlib import Path

import bench
import numpy as np
import pytest
import speed

import celib

PAGE = Path(speed.__file__).resolve().parent.parent / "docs" / "speed.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def entry(loss="categorical", gradient=False, cores=1, dtype="float32", **ms):
    return {
        "loss": loss,
        "rows": 256,
        "classes": 10,
        "dtype": dtype,
        "gradient": gradient,
        "cores": cores,
        "ms": ms,
        "MiB": {"celib": 0.25},
    }


MEASURED = {
    "machine": {"system": "Linux", "libraries": {"numpy": "2.4.0"}},
    "losses": [
        entry(celib=0.02, SciPy=0.03, PyTorch=0.01, optax=0.05),
        entry(gradient=True, cores=2, celib=0.04, PyTorch=0.01),
        entry("binary", celib=0.5, PyTorch=0.25),
        entry(dtype="float64", celib=0.5, SciPy=4.0),
    ],
    "accuracy": [
        {"rows": 4, "classes": 4, "library": "SciPy", "largest": 1.5e-7, "root mean square": 5e-8}
    ],
    "imports": {"numpy": 0.1, "celib": 0.108},
    "latency": {
        "one_logit": {
            "live": {"median": 20.4, "percentile_95": 30},
            "interact": {"median": 408, "percentile_95": 500},
        }
    },
}


def test_the_examples_for_large_inputs_run(tmp_path, monkeypatch):
    """What the page leaves on the disk is laid here; the rest is the page's own code."""
    pytest.importorskip("dask.array")
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(1)
    logits = rng.normal(0, 3, (8192, 1000)).astype("f4")
    labels = rng.integers(0, 1000, 8192)
    logits.tofile("logits.f4")
    np.save("labels.npy", labels)
    names: dict = {}
    for example in EXAMPLES:
        exec(example, names)
    assert len(EXAMPLES) == 2
    assert names["loss"] == celib.categorical_cross_entropy_from_logits(labels, logits)
    assert names["losses"].shape == (8192,)


def test_the_picture_and_the_tables_say_what_was_measured(tmp_path, monkeypatch):
    monkeypatch.setattr(bench, "RECORD", tmp_path / "speed.json")
    bench.RECORD.write_text(json.dumps(MEASURED), encoding="utf-8")
    picture = tmp_path / "speed.svg"
    page = speed.filled(f"before\n\n{speed.SOURCE}\n\nafter", picture)
    words = re.search(r"!\[(.*)\]\(speed.svg\)", page)[1]
    assert "256 × 10, 1 core: SciPy 1.50, PyTorch 0.50, optax 2.50;" in words
    assert "256 × 10, with gradient, 2 cores: PyTorch 0.25." in words
    assert "8.00" not in page  # of float64, which is only measured
    assert "**Categorical**, float32" in page
    assert "| 256 × 10, gradient | 2 | 0.04 | 0.2 |  | 0.25 |  |" in page
    assert "| 256 × 10 | 1 | 0.5 | 0.2 | 0.50 |" in page.partition("**Binary**, float32")[2]
    assert "| 4 × 4 | SciPy | 1.5e-07 | 5e-08 |" in page
    assert "1.08 times as long" in page
    assert "| `one_logit` | 20 | 30 | 408 | 500 | 20.0 |" in page
    assert page.startswith("before")
    assert page.endswith("after")
    drawn = picture.read_text(encoding="utf-8")
    assert drawn.lstrip().startswith("<?xml")


def test_the_record_has_the_sizes_and_libraries_of_the_page():
    found = json.loads(bench.RECORD.read_text(encoding="utf-8"))
    sizes = {(line["rows"], line["classes"]) for line in found["losses"]}
    assert sizes == {(4, 4), (256, 10), (8192, 1000), (512, 50257)}
    libraries = {name for line in found["losses"] for name in line["ms"]}
    assert libraries >= {"celib", "SciPy", "scikit-learn", "PyTorch", "optax"}
    assert {line["cores"] for line in found["losses"]} >= {1, 2}
