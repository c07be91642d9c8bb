# Everything happens inside this folder: the environment is .venv, built from constraints.txt.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup play test check picture pythons clean

help: ## show this list
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1	\2/p' Makefile

setup: $(READY) ## build .venv from constraints.txt; quick when nothing changed

play: $(READY) ## open the app
	@$(BIN)/hotseat play

test: check ## check, then every test
	@$(BIN)/python -m pytest -n 2 --dist loadgroup

check: $(READY) ## ruff, mypy and the import contracts
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

picture: $(READY) ## make docs/pictures/war-room.svg anew
	@$(BIN)/python scripts/war_room_picture.py

pythons: $(READY) ## grade stored sessions under every Python from 3.11 to 3.13 that there is, and compare
	@$(BIN)/python scripts/regrade_pythons.py

clean: ## remove caches and build output; .venv stays
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
	find . -path ./$(VENV) -prune -o -type d -name __pycache__ -exec rm -rf {} +

# The stamp is newer than what it was built from, so an unchanged environment is not built again.
# PIP_CONSTRAINT, unlike -c, reaches the build backend's own environment too; without a cache pip writes nothing outside.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one: make PYTHON=python3.11 setup")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV)"
	@PIP_CONSTRAINT=constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet --no-cache-dir --editable '.[dev,bench]'
	@touch $@
