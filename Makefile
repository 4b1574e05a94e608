# GigSta. `make` alone lists what there is; every target makes its own environment first.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# The newest interpreter that really runs: shims of version managers may exist and fail.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
# An interpreter that is asked for gets an environment of its own: make test PYTHON=python3.13
VENV := .venv$(if $(filter command line,$(origin PYTHON)),-$(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null))
PY := $(VENV)/bin/python
UV := $(VENV)/bin/uv
UV_VERSION := $(shell sed -n 's/^ *"uv==\(.*\)",$$/\1/p' pyproject.toml)
STAMP := $(VENV)/.made
STAGE ?= dev
ARCH ?= arm64
ARGS ?=
# Parallel test processes; tests share nothing but one throw-away MongoDB server.
JOBS ?= auto
# "required" makes `make test` fail, instead of saying so, where no Chromium is found for the browser tests.
BROWSER ?=

export PYTHONUNBUFFERED := 1
# uv must not try to fetch interpreters or move our environment.
export UV_PYTHON_DOWNLOADS := never
export UV_PROJECT_ENVIRONMENT := $(VENV)

.PHONY: help
help: ## List the targets
	@echo "GigSta: make <target>"
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

$(STAMP): pyproject.toml layers/common/pyproject.toml packages/stripe-local/pyproject.toml uv.lock
	@if [ -z "$(PYTHON)" ]; then echo "Python 3.11 or newer is needed and none was found." >&2; exit 1; fi
	@[ "$$($(PYTHON) -c 'import sys; print(sys.version_info >= (3, 11))' 2>/dev/null)" = True ] || \
		{ echo "PYTHON=$(PYTHON) is no Python 3.11 or newer that runs here. Leave it out, or name another." >&2; exit 1; }
	@echo "Making the environment with $(PYTHON) …"
	@if [ ! -x $(UV) ] || [ "$$($(UV) --version 2>/dev/null | cut -d' ' -f2)" != "$(UV_VERSION)" ]; then \
		rm -rf $(VENV); \
		$(PYTHON) -m venv $(VENV); \
		$(PY) -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION); \
	fi
	@$(UV) sync --quiet --frozen --inexact --python $(PY)
	@touch $(STAMP)

.PHONY: install
install: $(STAMP) ## Make the development environment (every target does this)

.PHONY: dev
dev: $(STAMP) ## Start everything on http://localhost:8000 (PORT=… for another), with hot reload
	@exec $(PY) -m infra.local up

.PHONY: demo
demo: $(STAMP) ## Play a booking's life through the public address (ARGS=--fast-clock moves time)
	@exec $(PY) -m infra.local demo $(ARGS)

.PHONY: down status mail code logs redrive
down: $(STAMP) ## Stop a local cloud that runs elsewhere
	@$(PY) -m infra.local down
status: $(STAMP) ## Tell what runs
	@$(PY) -m infra.local status
mail: $(STAMP) ## Print the mails that were sent
	@$(PY) -m infra.local mail
code: $(STAMP) ## Print the codes that seeded staff's authenticator apps show now
	@$(PY) -m infra.local code
logs: $(STAMP) ## Follow the functions' logs
	@$(PY) -m infra.local logs
redrive: $(STAMP) ## Move dead letters back to their queues
	@$(PY) -m infra.local redrive

.PHONY: test
test: lint drift ## Everything: lint, types, contracts, drift, all tests with the coverage gate; PYTHON=… chooses one
	$(PY) -m infra.build --target local
	@if $(PY) -m tests.browser.chromium; then $(PY) -m pytest tests/browser; else [ "$(BROWSER)" != required ]; fi
	$(PY) -m pytest -n $(JOBS) --dist loadgroup --cov --cov-report=term:skip-covered --cov-fail-under=95 \
		--ignore tests/browser tests packages/stripe-local/tests
	@$(PY) -m tests.browser.chromium >/dev/null || true

.PHONY: lint
lint: $(STAMP) ## Style, types, import contracts and the template
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(PY) -m infra.deploy.composition | $(VENV)/bin/cfn-lint

.PHONY: format
format: $(STAMP) ## Put the code into the code's format
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

.PHONY: unit integration contract e2e browser
unit: $(STAMP) ## Tests of the pure rules
	$(PY) -m pytest -n $(JOBS) tests/unit
integration: $(STAMP) ## Tests on a real MongoDB
	$(PY) -m pytest -n $(JOBS) tests/integration packages/stripe-local/tests
contract: $(STAMP) build ## Tests of the built artifacts under AWS's own runtime client
	$(PY) -m pytest tests/contract
e2e: $(STAMP) build ## Tests on the deployed local cloud
	$(PY) -m pytest tests/e2e
browser: $(STAMP) build ## Tests in a Chromium that is there (CHROMIUM=/path/to/it)
	$(PY) -m pytest tests/browser

.PHONY: bench
bench: $(STAMP) build ## What everything costs beside its baseline (CHECK=1: at every size, and fail where a target is missed)
	@$(PY) -m infra.bench $(if $(CHECK),--check) $(ARGS)

.PHONY: build
build: $(STAMP) ## Build the layer and the functions for this machine
	@$(PY) -m infra.build --target local

.PHONY: stripe-local
stripe-local: $(STAMP) ## Build the package stripe-local, install it alone elsewhere, and run its tests there
	rm -rf build/stripe-local
	$(UV) build --quiet --package stripe-local --out-dir build/stripe-local
	$(UV) run --isolated --no-project --directory packages/stripe-local --python $(abspath $(PY)) \
		--with $(abspath build)/stripe-local/*.whl --with hypothesis --with pytest --with pytest-asyncio -- \
		sh -c 'stripe-local --version && pytest'

.PHONY: deploy
deploy: $(STAMP) ## Build for AWS and deploy (STAGE=dev|prod, ARCH=arm64|x86_64)
	@$(PY) -m infra.deploy --stage $(STAGE) --arch $(ARCH) $(ARGS)

.PHONY: migrate admin
migrate: $(STAMP) ## Bring a deployed stage's database up to date (needs MONGODB_URI, MONGODB_DATABASE)
	@$(PY) -m infra.ops migrate $(ARGS)
admin: $(STAMP) ## Make EMAIL=… the first super admin (needs MONGODB_URI, MONGODB_DATABASE)
	@$(PY) -m infra.ops staff "$(EMAIL)"

.PHONY: plans
plans: $(STAMP) ## See that Stripe sells the provider plans (needs STRIPE_SECRET_KEY)
	@$(PY) -m infra.ops plans

.PHONY: docs drift
docs: $(STAMP) ## Write the OpenAPI document, the state diagram and the table of shards anew
	@$(PY) -m infra.docs.openapi
	@$(PY) -m infra.docs.booking_states
	@$(PY) -m infra.docs.scale
drift: $(STAMP) ## Fail if one of these is stale
	$(PY) -m infra.docs.openapi --check
	$(PY) -m infra.docs.booking_states --check
	$(PY) -m infra.docs.scale --check

.PHONY: clean
clean: ## Forget the local cloud's state and every build (the environment stays)
	@if [ -x $(PY) ]; then $(PY) -m infra.local down; fi
	rm -rf .local build .coverage coverage.xml
