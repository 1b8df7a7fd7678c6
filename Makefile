# make run    environment, seeds indexed, service on http://127.0.0.1:8000
# make test   everything a test needs, and all tests
# make lint   ruff and mypy
# make image  the container's image (ENGINE=docker, IMAGE=citespan, TARGET=slim); deploy/check-image tries it
# make bench  ratios measured in one run (needs the question sets: DATA=folder)
# make eval-encoder   everything claimed of the embedded encoder, into its model card (DATA, GOLD, DOCUMENTS)
# make eval-reader    the same for the embedded reader (DATA, GOLD, DOCUMENTS; LARGE=folder also measures the cost on
#                     100,000 passages, which are kept there)
# make torture  kill -9, damage, full disks, failing fsync, many writers at a store, thousands of times, and a table
#               (FAULTS=4000, SEED=1)

PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000
ENGINE ?= docker
IMAGE ?= citespan
TARGET ?= slim
FAULTS ?= 4000
SEED ?= 1
DATA ?= ../shared/data
GOLD ?= ../shared/gold/seeds-dev.jsonl
DOCUMENTS ?= ../shared/seeds
# Without a version of its own, torch would bring three gigabytes of GPU libraries along.
TORCH := torch==2.13.0

.PHONY: run test lint image torture bench eval-encoder eval-reader clean lock

run: .venv/run.stamp
	$(BIN)/citespan index seeds
	$(BIN)/citespan serve --port $(PORT)

test: .venv/test.stamp
	$(BIN)/python -m pytest

lint: .venv/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

image:
	$(ENGINE) build --target $(TARGET) --build-arg REVISION=$$(git rev-parse HEAD 2> /dev/null || echo unknown) -t $(IMAGE) .

torture: .venv/test.stamp
	PYTHONPATH=.:tests $(BIN)/python -m torture --faults $(FAULTS) --seed $(SEED)

bench: .venv/test.stamp
	$(BIN)/python -m bench.retrieval --data $(DATA)

eval-encoder: .venv/test.stamp
	OMP_NUM_THREADS=1 $(BIN)/python -m bench.encoder --data $(DATA) --gold $(GOLD) --documents $(DOCUMENTS) \
		--card indexer/models/encoder/MODEL_CARD.md

eval-reader: .venv/test.stamp
	OMP_NUM_THREADS=1 $(BIN)/python -m bench.reader_card --data $(DATA) --gold $(GOLD) --documents $(DOCUMENTS) \
		$(if $(LARGE),--large $(LARGE)) --card qa/models/reader/MODEL_CARD.md

# The versions of the container, of an environment that holds nothing else.
lock:
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet .
	build/lock/bin/python -m pip freeze --exclude citespan > requirements.lock
	rm -rf build

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/run.stamp: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

.venv/test.stamp: .venv/run.stamp
	$(BIN)/python -m pip install --quiet $(TORCH)
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	touch $@

clean:
	rm -rf .venv data
