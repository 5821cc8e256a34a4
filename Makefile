# Everything a developer or an operator does by hand. `make help` lists it.
.DEFAULT_GOAL := help
SHELL := /bin/bash
python := .venv/bin/python
bin := .venv/bin
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# Compiled once: a product is a dozen processes, and tests start many products.
unexport PYTHONDONTWRITEBYTECODE

# For two cores. Who runs a whole product in each worker needs one for each (voices are measured there,
# and seconds after an outage counted), and tests with an Asterisk wait about as long as they work: for
# a boot, a ring, a voice. So what needs no telephone runs beside them in the time that they leave, and
# yields to them. One worker has all tests of a file. tests/conftest.py puts long files first; xdist
# would put those with many tests first.
pytest := $(python) -m pytest --dist loadfile --no-loadscope-reorder --durations=12

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "  Settings come from the environment: docs/settings.md"

.PHONY: setup
setup: ## install what is missing (Debian packages need root), build the front end
	@deploy/setup run

.PHONY: setup-test
setup-test:
	@deploy/setup test

.PHONY: run
run: setup ## start the whole product in the foreground; Ctrl-C ends it
	@$(python) -m callcenter.processes.run

.PHONY: demo-call
demo-call: setup-test ## a caller with a voice rings the running product; prints one JSON line
	@$(python) -m deploy.demo_call

.PHONY: test
test: setup-test ## everything: what needs no telephone, beside it calls, browsers and outages of 2 s
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target test-quiet test-calls

# With those that are given so much of the clock, and no more.
calls := $(addprefix tests/integration/,demo hotline processes telephony) tests/unit/rendering

.PHONY: test-quiet
test-quiet:
	TEST_WORKERS_BEFORE=4 nice -n 19 $(pytest) -n 2 tests/unit tests/integration $(addprefix --ignore=,$(calls))

.PHONY: test-calls
test-calls:
	$(pytest) -n 2 tests/e2e
	$(pytest) -n 4 $(calls)
	CALLCENTER_OUTAGE_SECONDS=2 $(pytest) -n 2 tests/faults # other phones on the same desks

.PHONY: verify
verify: check ## outages of 10 s, longer sequences, files and fuzzing, a soak; then `make test` on a fresh machine
	CALLCENTER_OUTAGE_SECONDS=10 $(pytest) -n 2 tests/faults
	TEST_SEQUENCES=80 TEST_LINES=30000 TEST_STATEMENTS=5000 $(pytest) -n 2 $(addprefix tests/integration/,objects/test_any_sequence.py objects/test_long_file.py queries/expert/test_fuzz.py)
	$(python) -m tests.bench.soak
	deploy/fresh-machine 'deploy/start-times && make test'

.PHONY: bench
bench: setup-test ## measure; writes docs/benchmarks.md and .json from raw samples
	$(python) -m tests.bench

.PHONY: check
check: setup-test ## lint, format, types, imports, front end, lock files
	$(bin)/ruff check .
	$(bin)/ruff format --check .
	$(bin)/mypy
	$(bin)/lint-imports --no-logo
	$(python) -m callcenter.rendering.instructions.reference --check
	$(python) -m callcenter.automation.reference --check
	deploy/steps/npm.sh run check
	deploy/lock --check

.PHONY: fmt
fmt: setup-test ## put the code into its form
	$(bin)/ruff check --fix .
	$(bin)/ruff format .

.PHONY: lock
lock: setup-test ## make the lock files anew from pyproject.toml and package.json
	deploy/lock

.PHONY: clean
clean: ## remove what set-up and builds made; the data folder stays
	rm -rf .tools .venv agent_ui/dist agent_ui/node_modules .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
