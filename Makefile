# The two commands of the README: `make run` and `make test`. Both set up what they need.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
UV     := 0.13.8
LOCK   := requirements.lock

.PHONY: run test check lock bench clean

run: $(READY)
	cd examples/messages && ../../$(BIN)/sameroom dev

test: $(READY) check
	$(BIN)/python -m pytest

check: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

$(READY): $(LOCK) pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "sameroom is developed on Python 3.11 or newer; set PYTHON=python3.x")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/pip install --quiet uv==$(UV)
	$(BIN)/uv pip sync --quiet --require-hashes --python $(VENV) $(LOCK)
	$(BIN)/uv pip install --quiet --python $(VENV) --no-deps --no-build-isolation --editable .
	touch $@

# Rewrites the lock file from pyproject.toml.
lock: $(READY)
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.10 \
		--extra cli --extra local --extra speed --group dev --output-file $(LOCK) pyproject.toml

clean:
	rm -rf $(VENV) dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis
