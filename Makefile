# One way to do each thing. `make` alone says what there is.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
PYTHON ?= python3
BIN := .venv/bin
NAME ?=
CLONES ?=

.PHONY: help install demo test lint format bench inventory-table inventory-real capability-table evasions kill-test network-test docs check lock

help: ## say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | expand -t 18

install: .venv/installed ## make .venv with everything at the locked versions

.venv/installed: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; try: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q reviewer checks/*.py checks/catalog/*/__init__.py allowlist
	touch $@

demo: install ## walk the main job on submissions that ship with the project
	$(BIN)/python -m tests.demo

test: install ## run the tests (no network)
	$(BIN)/python -m pytest -q

lint: install ## check style, types, imports and the generated index
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/python -m checks.index --check

format: install ## write the code as ruff would
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only .

bench: install ## print measured seconds and memory
	$(BIN)/python -m tests.bench

inventory-table: install ## compare what is read out of our fixtures with what is true of them
	$(BIN)/python -m tests.measure.inventory_table

inventory-real: install ## the same for public servers, CLONES=DIR of bare clones
	$(BIN)/python -m tests.measure.inventory_real "$(CLONES)"

capability-table: install ## permissions against lists written by hand, CLONES=DIR of bare clones
	$(BIN)/python -m tests.measure.capability_table "$(CLONES)"

evasions: install ## submissions that hide something, each with a harmless twin
	$(BIN)/python -m tests.measure.evasions

kill-test: install ## kill approve and publish at 50 random points each
	$(BIN)/python -m pytest -q -s -m kill

network-test: install ## run the tests that ask the npm and Python registries
	$(BIN)/python -m pytest -q -m network

docs: install ## write the generated index of checks
	$(BIN)/python -m checks.index

check: install ## begin a new check: make check NAME=what-was-seen
	$(BIN)/python -m checks.new "$(NAME)"

lock: install ## pin every dependency anew, with hashes
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--extra dev pyproject.toml --output-file requirements.lock
