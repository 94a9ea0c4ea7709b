# The commands of this project. `make help` lists them; each works on a fresh machine with Python 3.11, make and git.
.DEFAULT_GOAL := help
.PHONY: help run test check coverage fix language catalogues guards lock environment dev-environment
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory

# The first Python that is new enough; only used to make .venv/.
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3; do \
	$$name -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
BIN := .venv/bin
export PYTHONDONTWRITEBYTECODE :=
export PIP_REQUIRE_VIRTUALENV :=

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

run: environment ## the demo, on http://127.0.0.1:8080
	@$(BIN)/socialdirect demo

test: dev-environment ## every check there is (the gate)
	@scripts/gate all

check: dev-environment ## the part of the gate for every few minutes
	@scripts/gate quick

coverage: dev-environment ## which lines of the inner rooms no test reached
	@$(BIN)/python -m coverage run -m pytest -q tests/booking tests/conversations
	@$(BIN)/python -m coverage report --include "booking/*,conversations/*"

fix: dev-environment ## format, and mend what lint can mend safely
	@$(BIN)/ruff check --fix --quiet || true
	@$(BIN)/ruff format

language: dev-environment ## start a language: make language L=pt
	@$(BIN)/python scripts/catalogues.py init "$(L)"

catalogues: dev-environment ## collect msgids, bring every language's catalogue up to date, compile
	@$(BIN)/python scripts/catalogues.py update

guards: dev-environment ## print the tables of docs/security.md and docs/privacy.md: which test shows which rule
	@$(BIN)/python scripts/guards.py update

lock: dev-environment ## resolve requirements.lock and requirements-dev.lock anew (UPGRADE=1 for the newest versions)
	@scripts/lock $(if $(UPGRADE),--upgrade)

environment:
	@$(or $(PYTHON),$(error Python 3.11 or newer is needed, with its venv module)) scripts/environment.py requirements.lock
	@$(BIN)/python scripts/catalogues.py compile

dev-environment:
	@$(or $(PYTHON),$(error Python 3.11 or newer is needed, with its venv module)) scripts/environment.py requirements-dev.lock
	@$(BIN)/python scripts/catalogues.py compile
