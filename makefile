# Ferry's own makefile. The two commands to know: `make demo` and `make test`.
SHELL := /bin/bash
.SHELLFLAGS := -e -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

# Ferry needs Node 24. When the one at hand is older, npm brings a newer one into .tools/.
node_is_new := $(shell node -e 'process.exit(parseInt(process.versions.node) >= 24 ? 0 : 1)' 2>/dev/null && echo yes)
ifeq ($(node_is_new),yes)
node :=
else
node := .tools/bin/node
node_package := node-linux-$(if $(filter aarch64 arm64,$(shell uname -m)),arm64,x64)
export PATH := $(CURDIR)/.tools/bin:$(PATH)
endif
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

.PHONY: help
help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

.tools/bin/node:
	@echo 'bringing Node 24 from npm into .tools/ (the one at hand is older)' >&2
	mkdir -p .tools/node .tools/bin
	npm install --no-save --no-package-lock --loglevel=error --prefix .tools/node $(node_package)@24 >&2
	ln -sfn ../node/node_modules/$(node_package)/bin/node .tools/bin/node

node_modules/.package-lock.json: package.json | $(node)
	npm install --no-progress --loglevel=error >&2
	touch $@

.PHONY: install
install: node_modules/.package-lock.json ## bring what Ferry is built with

dist/ferry.js: node_modules/.package-lock.json build.ts tsconfig.json $(shell find src -type f)
	node build.ts

.PHONY: build
build: dist/ferry.js ## build; then bin/ferry works from this checkout

.PHONY: demo
demo: build ## run two nights of a small product company and show its KPIs
	node examples/company/demo.ts

.PHONY: check
check: build ## format, lint, boundaries, types, unused code
	biome ci --reporter=summary .
	oxlint --type-aware --deny-warnings
	depcruise --config .dependency-cruiser.cjs src bin
	tsc --noEmit
	tsc --noEmit -p src/tracker
	tsc --noEmit -p src/dashboard/browser
	knip

.PHONY: test
test: check ## install, build, check and test
	vitest run

.PHONY: soak
soak: build ## the tests at their full counts; takes an hour or so
	FERRY_SOAK=1 vitest run

.PHONY: bench
bench: build ## the benchmarks; prints medians and ratios
	for file in bench/*/*.bench.ts; do echo "== $$file"; node "$$file"; done

.PHONY: format
format: install ## format the code
	biome format --write .
	oxlint --type-aware --fix || true

.PHONY: clean
clean: ## remove what was built and the demo's work
	rm -rf dist demo coverage
