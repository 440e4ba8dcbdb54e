# The commands of this project. Everything is set up by itself, in .venv; only Python 3.11 or later has to be there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# What is compiled is kept: the tests start our program many hundreds of times.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test test-fast check bench attack docs clean servers

run: $(VENV)/run.stamp ## Start the practice organisation on loopback, watch it, and show what is found and who is told
	@$(BIN)/leftopen practice inventory.yaml

test: $(VENV)/dev.stamp ## All tests; those that need a server which is not there are skipped, with the reason
	@$(BIN)/python -m pytest -n auto --dist worksteal

test-fast: $(VENV)/dev.stamp ## The tests that need no server and no waiting: most of them, in about 90 seconds
	@$(BIN)/python -m pytest -n logical --dist worksteal -m "not slow"

check: $(VENV)/dev.stamp ## Lint, types, who may import whom, and whether the generated pages of docs/ are up to date
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m monitor.cli.manual --check

bench: $(VENV)/dev.stamp ## The measured workloads, each against a peer in the same run
	@$(BIN)/python -m bench

attack: $(VENV)/dev.stamp ## Attack leftopen on loopback for up to half an hour, and write the table of docs/attacks.md
	@$(BIN)/python -m tests.attack --write

docs: $(VENV)/dev.stamp ## Write the generated pages of docs/ anew
	@$(BIN)/python -m monitor.cli.manual

servers: ## Install the real servers that the tests start (Debian and npm packages)
	@.ci/servers

clean: ## Remove all that was made here
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache var
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/made.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "leftopen needs Python 3.11 or later: say which one with make PYTHON=python3.12 ..." >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "this Python cannot make environments: on Debian, apt-get install python3-venv" >&2; exit 2; }
	@touch $@

$(VENV)/run.stamp: $(VENV)/made.stamp pyproject.toml constraints.txt
	@echo "setting up in $(VENV) ..." >&2
	@$(PIP) install -c constraints.txt setuptools
	@$(PIP) install -c constraints.txt --no-build-isolation -e .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp
	@echo "setting up the tests in $(VENV) ..." >&2
	@$(PIP) install -c constraints.txt --no-build-isolation -e '.[dev]'
	@touch $@
