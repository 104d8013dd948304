# Every target makes its own environment in .venv the first time; afterwards that step costs nothing.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
PIP := $(BIN)/python -m pip --disable-pip-version-check
DEMO := demo-workspace

.DEFAULT_GOAL := help
.PHONY: help install test evidence cases seeds trust browser check format docs bench demo pins clean

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
	$(BIN)/python -m pytest -n 2 --dist loadfile --ignore tests/trust --ignore tests/browser --ignore tests/evidence --ignore tests/diagnosis --ignore tests/cases --ignore tests/seeds

evidence: $(READY)  ## what the judgement says of companies whose truth is known, and the pages that say why
	$(BIN)/python -m pytest tests/evidence tests/diagnosis -n 2 --dist loadfile

cases: $(READY)  ## from a rule to a signed determination: rules, plans, documents, signatures, the log, the outbox
	$(BIN)/python -m pytest tests/cases -n 2 --dist loadfile

seeds: $(READY)  ## fifty simulated firms of fresh seeds, each through the whole product
	$(BIN)/python -m pytest -s tests/seeds

trust: $(READY)  ## every door tried by everybody, every link followed
	$(BIN)/python -m pytest tests/trust -n 2 --dist loadfile

browser: $(READY)  ## every page in Chromium: axe, keyboard, without JavaScript
	$(BIN)/python -m pytest tests/browser -n 2 --dist load

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

demo: $(READY)  ## a made-up company, imported, scored and served; prints the link
	$(BIN)/courtside demo $(DEMO)

pins:  ## resolve constraints.txt anew (needs uv)
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
		--python-version 3.11 --extra dev --upgrade --quiet pyproject.toml -o constraints.txt

clean:  ## remove the environment, caches and the demo
	rm -rf .venv $(DEMO) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests bench docs -name __pycache__ -type d -prune -exec rm -rf {} +
