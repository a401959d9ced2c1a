# Two commands are enough: `make lab` to read and play, `make test` to check everything.
# Each sets up what it needs in .venv; tools/run.py, which does it, also works without make.

PYTHON ?= python3
RUN := $(PYTHON) tools/run.py
ifeq (,$(shell command -v $(PYTHON) 2>/dev/null))
RUN := echo "Python 3.11 or newer is missing: there is no $(PYTHON); install it, or name it with PYTHON=... after make." >&2; exit 1;
endif

.PHONY: help lab test check peers lint notebooks mutants regressions oldest bench classroom lite site browser setup pins clean

help:
	@echo "make lab          open the notebooks in JupyterLab"
	@echo "make test         run all tests: the library, its peers, the notebooks"
	@echo "make check        run every notebook once, hold every number in the prose, and report"
	@echo "make peers        compare with PyTorch too (a large download)"
	@echo "make lint         ruff and mypy"
	@echo "make notebooks    run every notebook and write its outputs back"
	@echo "make mutants      change celib one operator at a time, and see that a test notices"
	@echo "make regressions  plant what people get wrong, there and in the pages, and see the same"
	@echo "make classroom    grade a made-up class with nbgrader and the sandbox (needs bubblewrap)"
	@echo "make lite         build the browser edition in build/lite, which a later site has a button for"
	@echo "make site         build the site in build/site (needs npm; its PDFs need Chromium)"
	@echo "make browser      read the built site in Chromium, and play with every live picture in JupyterLab"
	@echo "make oldest       run the checks with the oldest NumPy that is promised to work"
	@echo "make bench        time the losses beside SciPy, scikit-learn, PyTorch and optax, and what is felt"
	@echo "make setup        install at once what all of these need"
	@echo "make pins         renew constraints.txt from pyproject.toml (needs uv)"
	@echo "make clean        remove .venv and everything else that was made here"

lab test check peers lint notebooks mutants regressions oldest bench classroom lite site browser setup:
	@$(RUN) $@

# Existing pins are kept where they still fit; take a line out of constraints.txt to renew it.
# Without PyTorch's CUDA packages: they fit one platform, and PyTorch pins them itself.
pins:
	@uv pip compile --quiet --universal --python-version 3.11 --all-extras --prerelease disallow \
	  --no-annotate --custom-compile-command "make pins" pyproject.toml -o constraints.txt
	@sed -E -i.old '/^(cuda|nvidia|triton)/d' constraints.txt && rm constraints.txt.old

clean:
	rm -rf .venv .venv-setup.log build dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +
	find . -name .ipynb_checkpoints -prune -exec rm -rf {} +
