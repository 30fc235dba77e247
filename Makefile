# make demo, make test: each sets up what it needs in .venv, once.
#
# Nothing but Python 3.11 or later, make and git is needed; the package index is the only network.
# Paths are relative throughout, so the folder's name may hold spaces.

PYTHON := .venv/bin/python
STAMP := .venv/set-up

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint clean

help:
	@echo "make demo    plan and apply the example catalog on a simulated Stripe"
	@echo "make test    run the tests"
	@echo "make lint    check style, types and the layering of modules"
	@echo "make clean   remove .venv and what tools left behind"

setup: $(STAMP)

# Done again when the dependencies may have changed.
$(STAMP): pyproject.toml tools/find-python
	@python=$$(sh tools/find-python) && { test -x $(PYTHON) || "$$python" -m venv .venv; }
	@echo "Setting up .venv ..."
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(PYTHON) -m pip install --quiet --editable . --group dev
	@touch $@

demo: $(STAMP)
	@bash examples/demo.sh $(PYTHON) -m reconciler

test: $(STAMP)
	@$(PYTHON) -m pytest --quiet --numprocesses auto

lint: $(STAMP)
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
