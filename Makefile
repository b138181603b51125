# make site    build this repository's own site into public/
# make test    every test
# make check   what CI runs: ruff, mypy, every test
# make long    the tests that take chance, for long: random edits, kills, damaged caches, saves
# make bench   what builds cost beside Hugo, Eleventy and Pelican, which make bench-tools installs:
#              some ten minutes; make bench-all takes hours and fills the manual's page
# make lighthouse  what Lighthouse says of this site's pages; make bench-tools installs it
# make pictures    the pictures of README and manual, taken anew
# make dist    source distribution and wheel into dist/
#
# Each target sets up what it needs in .venv, bench-tools in benchmarks/.tools; nothing else is
# touched.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
KATEX := src/notesite/vendor/katex/katex.min.js
TOOLS := benchmarks/.tools
BENCH_ALL := --results benchmarks/results.json --write
PACKAGE := pyproject.toml hatch_build.py src/notesite/__init__.py

.PHONY: site test long bench bench-all bench-tools lighthouse pictures check lint types dist
.NOTPARALLEL:

site: $(VENV)/.installed
	$(RUN) -m notesite build

test: $(VENV)/.tools
	$(RUN) -m pytest

long: $(VENV)/.tools
	NOTESITE_STEPS=4000 NOTESITE_KILLS=1000 NOTESITE_TRIALS=300 $(RUN) -m pytest \
	  tests/test_incremental.py tests/test_publish_faults.py tests/test_memo.py
	NOTESITE_SAVES=10000 NOTESITE_READERS=200 NOTESITE_STEPS=300 $(RUN) -m pytest -s \
	  tests/test_serve_soak.py tests/test_serve_session.py

bench: $(VENV)/.installed
	$(RUN) -m benchmarks.run --programs notesite,hugo,eleventy,pelican --scenarios cold,noop,body

bench-all: $(VENV)/.installed
	$(RUN) -m benchmarks.run $(BENCH_ALL) --corpus math,prose,code --notes 300,2000,10000
	$(RUN) -m benchmarks.run $(BENCH_ALL) --corpus math --notes 1000 --programs notesite

lighthouse: $(VENV)/.installed
	$(RUN) -m benchmarks.lighthouse

pictures: $(VENV)/.tools
	$(RUN) -m benchmarks.pictures

bench-tools:
	$(PYTHON) -m venv $(TOOLS)/venv
	$(TOOLS)/venv/bin/python -m pip install --quiet --disable-pip-version-check \
	  --requirement benchmarks/tools/requirements.txt
	mkdir -p $(TOOLS)/npm
	cp benchmarks/tools/package.json $(TOOLS)/npm/
	if command -v npm; then npm install --prefix $(TOOLS)/npm --no-audit --no-fund; fi

check: lint types test

lint: $(VENV)/.tools
	$(RUN) -m ruff check
	$(RUN) -m ruff format --check

types: $(VENV)/.tools
	$(RUN) -m mypy

dist: $(VENV)/.tools
	$(RUN) -m hatchling build

# --clear: an environment that was left half made is made again.
$(VENV)/.created:
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.installed: $(PACKAGE) $(VENV)/.created $(KATEX)
	$(RUN) -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.tools: $(PACKAGE) $(VENV)/.created $(KATEX)
	$(RUN) -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/.installed

# No recipe: the install brings it. That it is missing is reason enough to install.
$(KATEX):
