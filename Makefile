# One command each: run, test, check, bench, dev, clean. Each sets up what it needs.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:

VENV := .venv
BIN := $(VENV)/bin
export PATH := $(abspath $(BIN)):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
INSTALL := $(BIN)/python -m pip install --quiet --no-input -c constraints.txt

.PHONY: run dev test check bench clean models models-large

## Start the studio, make the sample lesson, stay up (ONCE=1: stop then).
run: $(VENV)/run.done models
	exec $(BIN)/lectern up --sample samples/lesson.yaml --out out/sample $(if $(ONCE),--once)

## Start the studio alone.
dev: $(VENV)/run.done models
	exec $(BIN)/lectern up

## Everything pytest runs.
test: $(VENV)/dev.done models
	$(BIN)/pytest -q -n 2 --dist loadfile -m "not cluster and not gpu"
	$(BIN)/pytest -q -m "cluster"

## Lint, format, types, layers, configuration.
check: $(VENV)/dev.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/unit/test_configuration.py

## Every benchmark, one table each.
bench: $(VENV)/dev.done models
	for script in lesson memory speech alignment script puppet pasted package; do echo "## $$script"; $(BIN)/python -m bench.$$script; done

models: $(VENV)/run.done
	$(BIN)/lectern models pull puppet llamacpp builtin matched

## A large model's packages and files (ENGINE=zonos or kdtalker; VARIANT=hybrid).
ENGINE ?= zonos
models-large: $(VENV)/run.done
	$(INSTALL) -e '.[models]'
	$(BIN)/lectern models pull $(ENGINE) $(if $(VARIANT),--variant $(VARIANT))

clean:
	rm -rf $(VENV) .lectern out .mypy_cache .ruff_cache .pytest_cache .import_linter_cache *.egg-info

$(VENV)/run.done: pyproject.toml constraints.txt
	.ci/machine
	test -x $(BIN)/python || "$$(.ci/machine python)" -m venv $(VENV)
	$(INSTALL) -e .
	touch $@

$(VENV)/dev.done: $(VENV)/run.done
	$(INSTALL) torch==2.13.0
	$(INSTALL) -e '.[dev,models]'
	tests/browser/setup.sh
	touch $@
