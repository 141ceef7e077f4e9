# Everything sets itself up: only Python 3.11 (or newer) and make are needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Tests run on all cores; a file is one worker's. WORKERS=0 runs them in one process, for a debugger.
WORKERS ?= auto

# How much chaos: KILLS=-1 kills at every crossing of every boundary, PARTS=kills,load,stores,clocks,storms.
KILLS ?= 200
PARTS ?= kills,load,stores,clocks,storms

# The sandbox's page in the browser: built where Node is found, travels in the wheel.
PAGE := feishu_plugin/sandbox/built/index.html
NODE_FOUND := node -e 'process.exit(+(parseInt(process.versions.node) < 20))' 2>/dev/null

.DEFAULT_GOAL := demo
.PHONY: setup demo play page page-if-node test coverage check bench chaos lock docs pictures audit wheel release clean

setup: $(READY)

demo: $(READY)
	@$(BIN)/feishu-plugin demo

play: $(READY) page-if-node
	@$(BIN)/feishu-plugin demo --keep

page: $(PAGE)

page-if-node:
	@if $(NODE_FOUND); then $(MAKE) --no-print-directory page; \
	else echo "没有找到 Node 20：浏览器页面不可用 · no Node 20 found: without the page in the browser"; fi

$(PAGE): page/node_modules/.package-lock.json $(wildcard page/*.html page/*.ts) $(shell find page/src -type f 2>/dev/null)
	@echo "building the page …"
	@cd page && npm run --silent build -- --logLevel warn
	@touch $@

page/node_modules/.package-lock.json: page/package-lock.json
	@cd page && npm ci --silent
	@touch $@

test: check page-if-node
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

# The same tests with every line counted, which takes half as long again.
coverage: $(READY) page-if-node
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)
	@$(BIN)/coverage combine -q
	@$(BIN)/coverage report --skip-covered --format=total > .coverage-total
	@echo "coverage: $$(cat .coverage-total) %"

check: $(READY)
	@$(BIN)/ruff format --check -q .
	@$(BIN)/ruff check -q .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache > .lint-imports 2>&1 || (cat .lint-imports; exit 1)

# Every number beside the stored one; BENCH_ARGS=--store keeps the new ones.
bench: $(READY)
	@$(BIN)/python -m benchmarks.bench $(BENCH_ARGS)

chaos: $(READY)
	@$(BIN)/python -m benchmarks.chaos --kills $(KILLS) --parts $(PARTS) $(CHAOS_ARGS)

docs: $(READY)
	@$(BIN)/python -m feishu_plugin.app.docs

# The demo once more, with Chromium looking at the sandbox's page; the pictures are checked in.
pictures: $(READY) page
	@$(BIN)/python -m benchmarks.pictures

# Known vulnerabilities of what is locked; without a network it says that nobody was asked.
audit:
	@$(PYTHON) .ci/audit.py

# One file to install with pip; with the sandbox's page where Node is found.
wheel: $(READY) page-if-node
	@$(BIN)/python -m hatchling build -t wheel -d dist

# What a release still lacks; nothing is tagged or sent.
release: $(READY)
	@$(BIN)/python .ci/release.py

# The lock holds names, versions and hashes only.
lock:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q pip-tools
	$(BIN)/pip-compile -q --generate-hashes --allow-unsafe --strip-extras --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
		--extra dev -o requirements.lock pyproject.toml

$(READY): requirements.lock pyproject.toml
	@echo "setting up $(VENV) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

clean:
	rm -rf $(VENV) page/node_modules feishu_plugin/sandbox/built .audit .coverage* .lint-imports .mypy_cache .ruff_cache .pytest_cache .hypothesis
