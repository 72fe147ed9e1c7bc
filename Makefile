# Every target does the set-up it needs; the only things needed beforehand are Python 3.11+, make and git.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
PACKAGES := contracts services/platform services/registry services/notifier services/billing services/cov-gateway deploy/local

.PHONY: help setup format lint check test bench bench-load bench-register bench-end-to-end bench-questions demo up down status logs contracts lock clean

help: ## Show what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## Make the virtual environment from the lock file

$(STAMP): requirements.lock pyproject.toml $(PACKAGES:%=%/pyproject.toml)
	@echo "Setting up .venv (first time: a minute or two)"
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep -oE '^uv==[0-9.]+' requirements.lock)"
	@VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv pip sync --quiet --require-hashes requirements.lock
	@VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv pip install --quiet --no-deps --no-build-isolation $(PACKAGES:%=-e ./%)
	@touch $@

format: $(STAMP) ## Format and mend what can be mended by itself
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lint: $(STAMP) ## Format, lint, imports and types
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports >.venv/imports.txt || { cat .venv/imports.txt; exit 1; }
	@$(BIN)/mypy

check: lint ## The fast part: format, lint, types, imports, unit tests
	@$(BIN)/pytest -q tests/unit tests/contracts

test: lint ## Everything: the fast part, on real Kafka and PostgreSQL, and the demo as a test
	@rm -f .coverage .coverage.*
	@$(BIN)/coverage run -m pytest tests
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

bench: bench-register bench-end-to-end bench-questions ## Measure it all (ION_BENCH_PATIENTS, by default a million: about twelve minutes)

bench-load bench-register bench-end-to-end bench-questions: $(STAMP) ## One part of it; see docs/benchmarks.md
	@ION_ENVIRONMENT=test ION_BENCHMARK_BSNS=1 $(BIN)/python -W ignore -m tests.benchmarks.$(subst -,_,$(@:bench-%=%))

demo: $(STAMP) ## Start the whole system, show it doing its job, stop it
	@$(BIN)/ion-local demo

up: $(STAMP) ## Start the whole system on this machine
	@$(BIN)/ion-local up

down: $(STAMP) ## Stop it; its data stays
	@$(BIN)/ion-local down

status: $(STAMP) ## Show what runs, and what has crashed
	@$(BIN)/ion-local status

logs: $(STAMP) ## Show the logs of all parts, newest last (PART=registry for one)
	@$(BIN)/ion-local logs $(PART)

contracts: $(STAMP) ## Write schemas, AsyncAPI and the generated pages again from the code
	@$(BIN)/ion-contracts
	@$(BIN)/python -m ion_registry.generate

lock: $(STAMP) ## Resolve the dependencies again and write requirements.lock
	@$(BIN)/uv lock --quiet --upgrade
	@$(BIN)/uv export --quiet --all-packages --all-groups --format requirements.txt --no-emit-workspace --no-header --no-annotate -o requirements.lock

clean: ## Remove the environment and everything the local stack made (its data too)
	@test ! -x $(BIN)/ion-local || $(BIN)/ion-local down --quiet
	@rm -rf .venv .local .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .coverage .coverage.*
