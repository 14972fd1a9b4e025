# esealkit: make demo | test | lint | native-check | interop | soak | bench | docs | build | clean
#
# Every target makes the same environment, .venv, from constraints.txt; a second run reuses it.

SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
  command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
  2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
JOBS ?= 2

# What the installed package is built from: a change rebuilds it.
BUILT_FROM := pyproject.toml setup.py constraints.txt \
  $(wildcard native/src/*.c native/src/*.h native/include/*.h native/cffi/*)

.PHONY: help demo test lint native-check interop soak bench docs build clean

help:
	@echo "make demo | test | lint | native-check | interop | soak | bench | docs | build | clean"

.venv/made:
	@test -n "$(PYTHON)" || { echo "esealkit needs Python 3.11 or newer"; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

# The package itself, built and installed in place.
.venv/installed: .venv/made $(BUILT_FROM)
	$(PIP) install -c constraints.txt -e ".[all]"
	@touch $@

.venv/tested: .venv/installed
	$(PIP) install -c constraints.txt -e ".[test]"
	@touch $@

.venv/linted: .venv/tested
	$(PIP) install -c constraints.txt -e ".[lint]"
	@touch $@

.venv/documented: .venv/tested
	$(PIP) install -c constraints.txt -e ".[docs]"
	@touch $@

demo: .venv/installed
	$(BIN)/esealkit demo .demo --lang en

test: .venv/tested
	$(BIN)/python -m pytest -n $(JOBS) -m "not interop and not soak"

lint: .venv/linted
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/clang-format --dry-run --Werror $(filter-out native/src/base_table%.c,\
	  $(wildcard native/src/*.[ch] native/include/*.h native/tests/*.[ch]))

native-check:
	native/check.sh

interop: .venv/tested
	tests/interop/run.sh $(BIN)/python

soak: .venv/tested
	$(BIN)/python -m pytest -n $(JOBS) -m soak

# Peers that only the measurement wants; what cannot be had is a SKIP line of the table.
PEERS := gmssl-pyx==2.1.0 tongsuopy==1.0.1

.venv/benched: .venv/tested
	@for peer in $(PEERS); do $(PIP) install "$$peer" || echo "SKIP: $$peer cannot be installed"; done
	@touch $@

bench: .venv/benched
	$(BIN)/python benchmarks/bench.py $(ARGS)
	$(BIN)/python benchmarks/pdf.py

docs: .venv/documented
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

build: .venv/tested
	rm -rf dist
	$(BIN)/python -m build --outdir dist .
	@ls dist/*-cp311-abi3-*.whl dist/*.tar.gz

clean:
	rm -rf .venv .demo build dist docs/_build native/build *.egg-info src/*.egg-info
	rm -f src/esealkit/_native/*.so
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
