# Every target makes its own environment in .venv the first time; afterwards that step costs nothing.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
PIP := $(BIN)/python -m pip --disable-pip-version-check
DEMO := demo-workspace
COURTSIDE := $(BIN)/courtside --workspace $(DEMO)

.DEFAULT_GOAL := help
.PHONY: help install test check format docs bench demo pins clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-9s %s\n", $$1, $$2}' Makefile

$(READY): constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Courtside needs Python 3.11 or newer; name one: make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(PIP) install --quiet --require-hashes -r constraints.txt
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $(READY)

install: $(READY)  ## make .venv with everything pinned, and the command courtside in it

test: $(READY)  ## the whole suite; prints what each gate counted
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(READY)  ## lint, format, types, floors, reference pages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python docs/build_reference.py --check

format: $(READY)  ## mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(READY)  ## write docs/reference anew from the declarations
	$(BIN)/python docs/build_reference.py

bench: $(READY)  ## the benchmarks; the last result is kept in bench/
	$(BIN)/python -m bench

demo: $(READY)  ## a small workspace from the shipped example, and its first figures
	rm -rf $(DEMO)
	$(BIN)/courtside init $(DEMO) --pack sales
	$(COURTSIDE) import src/courtside/connectors/native/example/input
	$(COURTSIDE) metrics
	$(COURTSIDE) ladder closing_rate
	$(COURTSIDE) metric closing_rate --by person

pins:  ## resolve constraints.txt anew (needs uv)
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
		--python-version 3.11 --extra dev --upgrade --quiet pyproject.toml -o constraints.txt

clean:  ## remove the environment, caches and the demo
	rm -rf .venv $(DEMO) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests bench docs -name __pycache__ -type d -prune -exec rm -rf {} +
