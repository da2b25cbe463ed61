# The few commands of the house. Each one starts from nothing but Python >= 3.11 with venv.
PYTHON ?= python3
BIN := .venv/bin
# Half of what the tests do is to wait for programs of their own, so two cores bear four of them at once. Whoever is
# done takes over from whoever is not: a chunk of searches would keep one core busy while the other idles.
WORKERS ?= 4
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -q

.PHONY: demo story test browser cover screenshots lint types wheel bench chaos soak languages pin audit clean

.venv/installed: pyproject.toml .ci/requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .ci/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

demo: .venv/installed  ## serve a page to try everything on; prints its address
	$(BIN)/mcsync sandbox

story: .venv/installed  ## play the main job before your eyes, without a browser
	$(BIN)/mcsync sandbox --story

test: .venv/installed  ## the whole test suite
	$(PYTEST) --ignore=tests/browser

browser: .venv/installed  ## the sandbox's page in the system's Chromium alone
	$(PYTEST) tests/browser

cover: .venv/installed  ## the same with branch coverage; fails under 95 %
	$(PYTEST) --ignore=tests/browser --cov --cov-report=term

screenshots: .venv/installed  ## take the pictures of the README anew; needs Chromium
	$(BIN)/python -m tests.browser

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/installed
	$(BIN)/mypy

wheel: .venv/installed  ## build the wheel, install it elsewhere, play the story from an empty folder
	.ci/wheel $(abspath $(BIN))

bench: .venv/installed  ## how fast it is, beside small honest programs; SHORT=1 within a minute, PAGE=FILE as Markdown
	$(BIN)/python -m tests.bench $(if $(SHORT),--short) $(if $(PAGE),--page $(PAGE)) $(if $(JSON),--json $(JSON)) $(if $(COMPARE),--compare $(COMPARE)) $(ROWS)

chaos: .venv/installed  ## trouble of every kind against the running program; SHORT=1 within two minutes, LONG=1 500 rounds
	$(BIN)/python -m tests.chaos $(if $(SHORT),--short) $(if $(LONG),--long --bugs) $(if $(SEED),--seed $(SEED)) $(if $(PAGE),--page $(PAGE)) $(if $(JSON),--json $(JSON)) $(ATTACKS)

soak: .venv/installed  ## what takes too long for every change; writes docs/soak.md and docs/chaos.md
	$(BIN)/python -m tests.soak
	$(BIN)/python -m tests.chaos --long --bugs --page docs/chaos.md

languages: .venv/installed  ## bring the catalogues up to date with the sentences, and compile them
	$(BIN)/python -m tests.catalogues

pin: .venv/installed  ## write .ci/requirements.txt anew
	.ci/pin $(abspath $(BIN))

audit:  ## ask the advisory database about every pinned version; needs the network
	.ci/audit $(PYTHON)

clean:
	rm -rf .venv dist build
