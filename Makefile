# The commands of the project. Everything is installed into this folder (.venv, .tools), nothing elsewhere.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# uv if there is one, else one of our own.
UV := $(or $(shell command -v uv 2>/dev/null),.tools/bin/uv)
PYTHON := .venv/bin/python
ASSISTANT := .venv/bin/assistant
READY := .venv/ready
MODEL := models/assistant.tar.gz

# What the model is made of. Rasa's own fingerprint misses helpers, word lists and the encoder.
MODEL_SOURCES := config.yml domain.yml requirements.lock \
	$(shell find data extensions/components assistant/language -type f -not -name '*.pyc' 2>/dev/null)

export RASA_TELEMETRY_ENABLED := false

.PHONY: help chat ask serve train test check bench bench-nlu peers lock clean

help: ## Show these commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

chat: $(READY) $(MODEL) ## Talk to the assistant here (starts and stops all it needs)
	@$(ASSISTANT) chat

ask: $(READY) $(MODEL) ## One question, one answer: make ask Q="how's staging doing?"
	@[ -n "$$Q" ] || { echo "Ask something: make ask Q=\"how's staging doing?\""; exit 2; }
	@$(ASSISTANT) ask -- "$$Q"

serve: $(READY) $(MODEL) ## Run all processes in the foreground, for a real installation
	@$(ASSISTANT) serve

train: $(MODEL) ## Train the model if anything that it is made of has changed

test: $(READY) $(MODEL) ## Run the tests (T=path or -k … for some of them)
	@$(PYTHON) -m pytest $(T)

check: $(READY) ## Formatting, lint, types, import arrows, Rasa's own data validation
	@.venv/bin/ruff format --check -q .
	@.venv/bin/ruff check -q .
	@.venv/bin/mypy --no-error-summary
	@$(PYTHON) -m pytest tests/architecture
	@.venv/bin/rasa data validate --fail-on-warnings > .validate.log 2>&1 || { cat .validate.log; rm .validate.log; exit 1; }
	@rm -f .validate.log; echo "check: fine"

bench: $(READY) $(MODEL) ## Measure, side by side with stock Rasa (table and JSON)
	@$(PYTHON) -m bench

bench-nlu: $(READY) $(MODEL) ## Measure the understanding (STOCK=1: train and measure stock Rasa too, for hours)
	@$(PYTHON) -m bench.nlu $(if $(STOCK),--stock)

peers: $(READY) ## Install the foreign servers that the tests judge ours by (Node.js, npm)
	@npm ci --prefix tests/peers --no-audit --no-fund --loglevel=error

lock: $(READY) ## Pin the dependencies of requirements.in anew
	@$(UV) pip compile --universal --python-version 3.10 --generate-hashes --no-header --no-emit-index-url -q \
		requirements.in -o requirements.lock
	@for platform in x86_64-unknown-linux-gnu aarch64-unknown-linux-gnu aarch64-apple-darwin; do \
		$(UV) pip install --dry-run --quiet --python-platform $$platform --python-version 3.10 --no-deps --require-hashes \
			--target .state/dry-run -r requirements.lock && echo "$$platform: fine" || exit 1; done

clean: ## Remove the environment, the model and all local state
	rm -rf .venv .tools .state .rasa models tests/peers/node_modules .pytest_cache .mypy_cache .ruff_cache

$(MODEL): $(READY) $(MODEL_SOURCES)
	@$(ASSISTANT) train

$(READY): requirements.lock pyproject.toml | $(UV)
	@echo "Installing into .venv: about 220 packages, 3 GB, a minute or two on a fast line …"
	@$(UV) venv --quiet --allow-existing --python 3.10 .venv \
		|| { echo "Python 3.10 is needed and could not be had: install it (pyenv, your system's packages) and try again."; exit 1; }
	@$(UV) pip sync --python $(PYTHON) --require-hashes --compile-bytecode requirements.lock
	@$(UV) pip install --quiet --python $(PYTHON) --no-deps --no-build-isolation --editable .
	@touch $@

.tools/bin/uv:
	@command -v python3 >/dev/null || { echo "I need uv or any Python 3.8+ on this machine: install one of them and try again."; exit 1; }
	@echo "Getting uv into .tools …"
	@python3 -m venv .tools >/dev/null 2>&1 && .tools/bin/python -m pip install --quiet --disable-pip-version-check uv \
		|| python3 -m pip install --quiet --disable-pip-version-check --target .tools uv \
		|| { echo "Could not install uv with python3: install uv (or pip and venv for python3) and try again."; exit 1; }
