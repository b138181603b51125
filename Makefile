# make site    build this repository's own site into public/
# make test    every test
# make check   what CI runs: ruff, mypy, every test
# make long    the tests that take chance, for long: random edits, kills, damaged caches
# make bench   a first build beside Hugo's, if that is installed
# make dist    source distribution and wheel into dist/
#
# Each target sets up what it needs in .venv; nothing else is touched.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
KATEX := src/notesite/vendor/katex/katex.min.js
PACKAGE := pyproject.toml hatch_build.py src/notesite/__init__.py

.PHONY: site test long bench check lint types dist
.NOTPARALLEL:

site: $(VENV)/.installed
	$(RUN) -m notesite build

test: $(VENV)/.tools
	$(RUN) -m pytest

long: $(VENV)/.tools
	NOTESITE_STEPS=4000 NOTESITE_KILLS=1000 NOTESITE_TRIALS=300 $(RUN) -m pytest \
	  tests/test_incremental.py tests/test_publish_faults.py tests/test_memo.py

bench: $(VENV)/.installed
	$(RUN) benchmarks/cold.py

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
