# The two commands of the README: `make run` and `make test`. Both set up what they need.
PYTHON  ?= python3
VENV    := .venv
BIN     := $(VENV)/bin
READY   := $(VENV)/.ready
UV      := 0.13.8
LOCK    := requirements.lock
# The runtime travels to any of Lambda's Pythons; its tests run on those of this machine.
PYTHONS := 3.10 3.12 3.13 3.14
# Three at a time: most of the suite waits for processes. In the order of conftest.py.
# The tests start hundreds of Pythons, and what one of them has compiled need not be compiled by the next.
unexport PYTHONDONTWRITEBYTECODE
PARALLEL := -n 3 --dist loadfile --no-loadscope-reorder

# What some tests use beyond Python; without them those are skipped, which pytest then says.
# Each by its package; where the program is called otherwise, program:package.
PROGRAMS := chromium-headless-shell skopeo unzip pg_ctlcluster:postgresql

.PHONY: run test check test-pythons programs lock bench clean

run: $(READY)
	@cd examples/messages && ../../$(BIN)/sameroom dev

test: check programs
	$(BIN)/python -m pytest $(PARALLEL)
	@$(MAKE) --no-print-directory test-pythons

check: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	@for example in examples/*/; do echo "mypy, in $$example"; (cd $$example && ../../$(BIN)/mypy) || exit 1; done

programs:
	@missing=; for program in $(PROGRAMS); do \
		command -v $${program%%:*} >/dev/null || missing="$$missing $${program##*:}"; done; \
	if [ -n "$$missing" ] && command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		echo "installing$$missing"; \
		(apt-get install -qq --no-install-recommends $$missing || \
			{ apt-get update -qq && apt-get install -qq --no-install-recommends $$missing; }) >/dev/null 2>&1 \
			|| echo "could not install$$missing: the tests that use them are skipped"; \
	fi

test-pythons: $(READY)
	@for version in $(PYTHONS); do \
		export PYENV_VERSION=$$(pyenv latest $$version 2>/dev/null); \
		found=$$($(BIN)/uv python find --no-project --no-python-downloads $$version 2>/dev/null) \
			|| { echo "skipped: the runtime's tests on Python $$version, which this machine lacks"; continue; }; \
		echo "the runtime's tests on Python $$version"; \
		$(BIN)/uv venv --quiet --clear --python "$$found" .venv-$$version \
		&& $(BIN)/uv pip install --quiet --python .venv-$$version --constraint $(LOCK) \
			pytest pytest-timeout pytest-xdist hypothesis flask django bottle awslambdaric \
			sqlalchemy 'psycopg[binary]' flask-sqlalchemy flask-migrate \
		&& PYTHONPATH=src .venv-$$version/bin/python -m pytest --quiet $(PARALLEL) tests/runtime || exit 1; \
	done

$(READY): $(LOCK) pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("sameroom is developed on Python 3.11 or newer; this is %d.%d: make PYTHON=python3.x" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet uv==$(UV)
	$(BIN)/uv pip sync --quiet --require-hashes --python $(VENV) $(LOCK)
	$(BIN)/uv pip install --quiet --python $(VENV) --no-deps --no-build-isolation --editable .
	@touch $@

# An hour on a quiet machine; each script also runs by itself.
bench: $(READY)
	$(BIN)/python benchmarks/handler_overhead.py
	$(BIN)/python benchmarks/import_cost.py
	$(BIN)/python benchmarks/cold_start.py
	$(BIN)/python benchmarks/secret_values.py
	$(BIN)/python benchmarks/local_gateway.py
	$(BIN)/python benchmarks/streaming.py
	$(BIN)/python benchmarks/load.py
	$(BIN)/python benchmarks/background.py
	$(BIN)/python benchmarks/sql.py
	$(BIN)/python benchmarks/artifact_build.py
	$(BIN)/python benchmarks/artifact_cold_start.py
	$(BIN)/python benchmarks/deploy.py
	$(BIN)/python benchmarks/portfolio.py

# Rewrites the lock file from pyproject.toml.
lock:
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python $(VENV) \
		--python-version 3.10 --extra cli --extra local --extra speed --group dev \
		--custom-compile-command "make lock" --output-file $(LOCK) pyproject.toml

clean:
	rm -rf $(VENV) .venv-3.* dist build .bench .mypy_cache .pytest_cache .ruff_cache .hypothesis
