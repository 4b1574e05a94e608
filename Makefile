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
URL ?=
export E2E_URL = $(URL)
# Parallel test processes, one more than processors, for they wait for functions and the database half of their time;
# tests share nothing but one throw-away MongoDB server.
JOBS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))
# "required" makes `make test` fail, instead of saying so, where no Chromium is found for the browser tests.
BROWSER ?=

export PYTHONUNBUFFERED := 1
# Images of containers tell Python to write no byte code: every process of a run would compile product, libraries and tests.
unexport PYTHONDONTWRITEBYTECODE
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
test: $(STAMP) ## Everything: lint, types, contracts, drift, all tests with the coverage gate; PYTHON=… chooses one
	@$(MAKE) --no-print-directory --jobs=2 lint drift build compiled web-check web-app
	@$(MAKE) --no-print-directory --jobs=2 browsed tested
	@$(PY) -m tests.browser.chromium >/dev/null || true

# Browsers wait most of the time, so the other tests go on beside them; what they say is printed together.
.PHONY: browsed tested
browsed: $(STAMP)
	@if ! $(PY) -m tests.browser.chromium; then [ "$(BROWSER)" != required ]; exit; fi; \
		$(PY) -m pytest tests/browser >build/browser.log 2>&1 || failed=1; cat build/browser.log; exit $${failed:-0}
tested: $(STAMP)
	$(PY) -m pytest -n $(JOBS) --dist loadgroup --no-loadscope-reorder --cov --cov-report=term:skip-covered \
		--cov-fail-under=95 --ignore tests/browser tests packages/stripe-local/tests

# Once, or each of the processes that run the tests would compile them all at the same time; those say what is wrong.
.PHONY: compiled
compiled: $(STAMP)
	@$(PY) -m pytest --collect-only -qq tests packages/stripe-local/tests >/dev/null || true

.PHONY: lint types style imports template
lint: types style imports template ## Style, types, import contracts and the template
types: $(STAMP)
	$(VENV)/bin/mypy
style: $(STAMP)
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
imports: $(STAMP)
	$(VENV)/bin/lint-imports
template: $(STAMP)
	$(PY) -m infra.deploy.composition | $(VENV)/bin/cfn-lint --include-checks I --
	$(VENV)/bin/cfn-lint --include-checks I -- infra/edge/firewall.yaml

.PHONY: checkov
checkov: $(STAMP) ## Checkov over the template as AWS gets it, less what is skipped with a reason (downloads it once)
	$(PY) -m tests.checkov

.PHONY: format
format: $(STAMP) ## Put the code into the code's format
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

.PHONY: unit integration contract e2e browser
unit: $(STAMP) ## Tests of the pure rules
	$(PY) -m pytest -n $(JOBS) --dist loadgroup tests/unit
integration: $(STAMP) ## Tests on a real MongoDB
	$(PY) -m pytest -n $(JOBS) --dist loadgroup tests/integration packages/stripe-local/tests
contract: $(STAMP) build ## Tests of the built artifacts under AWS's own runtime client
	$(PY) -m pytest tests/contract
e2e: $(STAMP) ## Tests on the deployed local cloud; those that any stage can pass on another: URL=https://api.example.com
	@[ -n "$(URL)" ] || $(MAKE) --no-print-directory build
	$(PY) -m pytest tests/e2e$(if $(URL),/test_any_stage.py)
browser: $(STAMP) build ## Tests in a Chromium that is there (CHROMIUM=/path/to/it)
	$(PY) -m pytest tests/browser

.PHONY: speed
speed: $(STAMP) ## Time the web app's pages beside static ones while `make dev` runs (ARGS="--page home" for one; docs/web-speed.md)
	@$(PY) -m tests.browser.speed $(ARGS)

.PHONY: screenshots
screenshots: $(STAMP) ## Take pictures of the web app's pages while `make dev` runs (docs/screenshots)
	@$(PY) -m tests.browser.screenshots

.PHONY: bench
bench: $(STAMP) build ## What everything costs beside its baseline (CHECK=1: at every size, and fail where a target is missed)
	@$(PY) -m infra.bench $(if $(CHECK),--check) $(ARGS)

.PHONY: build
build: $(STAMP) ## Build the layer and the functions for this machine
	@$(PY) -m infra.build --target local

.PHONY: npm client
npm: $(STAMP) ## Install npm's packages (Node comes from PyPI where none is new enough); ARGS="…" runs npm with them
	@$(PY) -m infra.web packages
	@$(if $(ARGS),$(PY) -m infra.web npm $(ARGS))
client: $(STAMP) ## Build the TypeScript client
	@$(PY) -m infra.web client

.PHONY: web web-app web-check
web-check: $(STAMP) ## Types, the client's and the app's tests, weights, and the API's description by Redocly's rules
	@$(PY) -m infra.web check
web: $(STAMP) ## Serve the web app's sources with hot reload; API_URL=… for another than the local cloud's
	@exec $(PY) -m infra.web serve
web-app: $(STAMP) ## Build the web app into web/dist where its sources have changed
	@$(PY) -m infra.web app

.PHONY: stripe-local
stripe-local: $(STAMP) ## Build the package stripe-local, install it alone elsewhere, and run its tests there
	rm -rf build/stripe-local
	$(UV) build --quiet --package stripe-local --out-dir build/stripe-local
	$(UV) run --isolated --no-project --directory packages/stripe-local --python $(abspath $(PY)) \
		--with $(abspath build)/stripe-local/*.whl --with hypothesis --with pytest --with pytest-asyncio -- \
		sh -c 'stripe-local --version && pytest'

.PHONY: release
release: $(STAMP) ## Build for AWS once, as build/release.tar.gz, for stages that deploy it with ARGS=--prebuilt
	@$(PY) -m infra.build --target aws --arch $(ARCH)
	@$(PY) -m infra.web app
	@tar -czf build/release.tar.gz build/aws web/dist
.PHONY: publish-web
publish-web: $(STAMP) ## Put the built web app up (STAGE=dev|prod), after `make deploy`, where the stage serves one
	@$(PY) -m infra.deploy.web --stage $(STAGE)
.PHONY: smoke
smoke: $(STAMP) ## See that a deployed stage works at all (URL=https://api.example.com)
	@$(PY) -m infra.ops smoke "$(URL)"

.PHONY: load
load: $(STAMP) ## Let people live the story at the running local cloud, or a stage (URL=…, ARGS="--users 10 --seconds 120")
	@$(PY) -m infra.load $(if $(URL),--url "$(URL)") $(ARGS)

.PHONY: deploy
deploy: $(STAMP) ## Build for AWS and deploy (STAGE=dev|prod, ARCH=arm64|x86_64, ARGS=--migrate)
	@$(PY) -m infra.deploy --stage $(STAGE) --arch $(ARCH) $(ARGS)

.PHONY: migrate admin
migrate: $(STAMP) ## Bring a deployed stage's database up to date (needs MONGODB_URI, MONGODB_DATABASE)
	@$(PY) -m infra.ops migrate $(ARGS)
admin: $(STAMP) ## Make EMAIL=… the first super admin (needs MONGODB_URI, MONGODB_DATABASE)
	@$(PY) -m infra.ops staff "$(EMAIL)"

.PHONY: plans
plans: $(STAMP) ## See that Stripe sells the provider plans (needs STRIPE_SECRET_KEY)
	@$(PY) -m infra.ops plans

.PHONY: docs drift examples
EXAMPLES := build/examples
examples: $(STAMP) ## Record the examples of the API's description from tests anew (some minutes); ARGS=tests/integration/… of some
	@rm -rf $(EXAMPLES) && mkdir -p $(EXAMPLES)
	GIGSTA_EXAMPLES=$(EXAMPLES) $(PY) -m pytest -n $(JOBS) --dist loadgroup $(or $(ARGS),tests/integration)
	@$(PY) -m infra.docs.examples $(if $(ARGS),--add) $(EXAMPLES)
	@$(PY) -m infra.docs.openapi
docs: $(STAMP) ## Write the OpenAPI document, the state diagrams, the tables of shards and of roles anew
	@$(PY) -m infra.docs
drift: $(STAMP) ## Fail if one of these is stale
	$(PY) -m infra.docs --check

.PHONY: clean
clean: ## Forget the local cloud's state and every build (the environment stays)
	@if [ -x $(PY) ]; then $(PY) -m infra.local down; fi
	rm -rf .local build .coverage coverage.xml
