# Everything runs from a virtual environment in .venv; Python >= 3.11 and make are all that is needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test check fix bench docs clean
demo: $(READY)
	$(BIN)/runbook-tui demo

# What CI runs: the quick gate, then every test; a file's tests stay together, for they share a simulated world.
test: check
	$(BIN)/pytest -q -n 2 --dist loadfile -m slow

# The quick gate: style, types, architecture, quick tests.
check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python docs/generate.py --check
	$(BIN)/pytest -q -n 2 -m "not slow"

fix: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY)
	$(BIN)/python -m tests.bench

docs: $(READY)
	$(BIN)/python docs/generate.py

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "runbook-tui needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $(READY)

clean:
	rm -rf $(VENV) build dist
