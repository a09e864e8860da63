# Every target sets up what it needs. Fresh machine: Python >= 3.11 and make; Node >= 20 for `make test`.
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -ec
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip install --disable-pip-version-check --progress-bar off --constraint constraints.txt
SHOW := | { grep --line-buffered -E "^(Collecting|Installing|Successfully)" || true; } | cut -c 1-120
INPUTS := pyproject.toml constraints.txt $(shell find proto/neuralforge -name '*.proto') proto/build.py

STUDIO := gateway/schema.graphql web/index.html web/graphiql.html web/vite.config.ts web/graphiql.config.ts web/schema.mjs \
  $(shell find web/src web/public blueprint -type f ! -path '*__pycache__*' ! -name catalogue.ts ! -name help.ts ! -name kinds.ts ! -name schema.d.ts)

.PHONY: setup demo up test chaos fuzz bench docs studio clean

setup: .venv/.up

# torch first and by its exact version: a looser requirement pulls gigabytes of GPU packages.
.venv/.up: $(INPUTS) | .venv/.python
	@echo "==> installing torch (CPU or the machine's own build)"
	@$(PIP) torch==2.13.0 $(SHOW)
	@echo "==> installing what the platform needs on one machine"
	@$(PIP) hatchling editables grpcio-tools mypy-protobuf $(SHOW)
	@echo "==> compiling the contracts and linking neuralforge into .venv"
	@$(PIP) --no-build-isolation --editable '.[up]' $(SHOW)
	@touch $@

.venv/.test: .venv/.up proto/package-lock.json
	@echo "==> installing what the tests need"
	@$(PIP) --no-build-isolation --editable '.[test]' $(SHOW)
	@command -v npm >/dev/null || { echo "make test needs Node >= 20 with npm, which brings buf; install nodejs and npm"; exit 1; }
	@cd proto && npm install --no-save --no-audit --no-fund --loglevel=error
	@touch $@

# Chromium comes from Debian; where it cannot be installed the browser tests are skipped, and say so.
.venv/.browser: | .venv/.test
	@command -v chromium >/dev/null || { \
	  echo "==> installing Chromium for the browser tests"; \
	  { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null; } || \
	  echo "Chromium could not be installed, so the browser tests are skipped; install it with: sudo apt-get install chromium"; }
	@touch $@

web/node_modules/.up: web/package.json web/package-lock.json | .venv/.up
	@echo "==> installing what the web package needs"
	@cd web && npm install --no-save --no-audit --no-fund --loglevel=error
	@touch $@

.venv/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "NeuralForge needs Python >= 3.11; run make PYTHON=python3.11 ..."; exit 1; }
	@echo "==> creating the virtual environment .venv"
	@$(PYTHON) -m venv .venv 2>/dev/null || { \
	  echo "==> this Python has no venv; installing Debian's python3-venv"; \
	  [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null || { echo "install it first: sudo apt-get install python3-venv"; exit 1; }; \
	  apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null && rm -rf .venv && $(PYTHON) -m venv .venv; }
	@touch $@

web/dist/index.html: web/node_modules/.up $(STUDIO)
	@echo "==> building the studio"
	@cd web && npm run --silent build -- --logLevel warn >/dev/null

studio: web/dist/index.html

demo: setup
	@$(BIN)/neuralforge demo

up: setup
	@if node -e 'process.exit(parseInt(process.versions.node) < 20)' 2>/dev/null && command -v npm >/dev/null; \
	  then $(MAKE) --no-print-directory studio; \
	  else echo "==> Node >= 20 with npm is not here, so there is no studio; the API works without it"; fi
	@$(BIN)/neuralforge up

test: .venv/.test .venv/.browser studio
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	cd web && npm run --silent lint && npm run --silent types && npm test --silent
	$(BIN)/python -m pytest -n 2 --dist worksteal

fuzz: .venv/.test web/node_modules/.up
	HYPOTHESIS_PROFILE=fuzz $(BIN)/python -m pytest -n 2 --timeout 3600 tests/blueprint tests/foundry tests/services

# Its options: make chaos CHAOS="--seed 7 --kills 40"; python -m tests.chaos --help names them.
chaos: .venv/.test
	$(BIN)/python -m tests.chaos $(CHAOS)

bench: .venv/.test .venv/.browser studio
	$(BIN)/python -m bench

docs: setup
	@$(BIN)/python -m blueprint.reference out/reference

clean:
	rm -rf .venv neuralforge build out web/node_modules web/dist web/src/blueprint/{catalogue,help}.ts web/src/gateway/schema.d.ts
