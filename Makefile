# make lab    JupyterLab on the first lesson
# make test   everything that proves the lessons and the package right
# make test-elsewhere   the maths and the lessons again, as other processors would compute them
#
# Both set themselves up: a virtual environment in .venv, from the lock, with uv where it is installed and
# with pip where it is not. They install again when the lock or pyproject.toml has changed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# JupyterLab does not start as root unless told. Who is root, in a container, has nobody to be kept from.
LAB_FLAGS ?= $(if $(filter 0,$(shell id -u)),--allow-root)
WORKERS ?= auto
# The kernel of the virtual environment, whatever others this machine has.
export JUPYTER_PREFER_ENV_PATH = 1
# What no processor changes: the project's files, broken copies, refusals, how things look and move, bars and
# browsers. The notebooks themselves, with all that their pictures say, are compared by nbval.
NOT_MATHS := $(addprefix --ignore=tests/,browser test_bad_input.py test_explorers.py test_export.py \
	test_figure_arguments.py test_figures.py test_hand.py test_hub.py test_imports.py test_learner.py \
	test_lecturer.py test_lite.py test_live.py test_mutations.py test_notebooks.py test_predict.py \
	test_progress.py test_project.py test_rhythm.py test_saving.py test_waiting.py)

# What looks at the scripts that run in a browser comes from npm, where there is one.
NODE := $(if $(shell command -v npm),node_modules/.ready)

.PHONY: lab test test-elsewhere test-lock test-lowest test-newest notebooks html site pdf bench classroom lint lock \
	clean

lab: $(READY)
	$(BIN)/jupyter lab --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb $(LAB_FLAGS)

NBVAL := --nbval --nbval-current-env --nbval-sanitize-with tests/nbval.cfg notebooks

test: lint $(NODE)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --ignore=tests/browser tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadscope -p tests.again $(NBVAL)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadscope tests/browser

# As other processors would compute: without numpy's wide vectors, and in the lessons each last digit rounded by
# chance, too.
test-elsewhere: $(READY)
	export NPY_DISABLE_CPU_FEATURES="$$($(BIN)/python -c \
		'import numpy; print(*numpy.show_config(mode="dicts")["SIMD Extensions"]["found"])')" && \
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(NOT_MATHS) tests && \
	PYTHONPATH="$(CURDIR)/tests/noise" $(BIN)/python -m pytest -n $(WORKERS) --dist loadscope -p tests.again $(NBVAL)

# The maths and the lessons with the lock on another Python (PYTHON=3.14), with the lowest versions that pyproject.toml
# allows, and with the newest. Each needs uv, and has an environment of its own.
test-lock: VERSIONS = --require-hashes -r requirements.lock
test-lowest: VERSIONS = --resolution lowest-direct . --group test "pyparsing==3.2.*"
test-newest: VERSIONS = . --group test
# Old libraries use what newer ones warn of: the lowest matplotlib what pyparsing 3.3 does.
test-lowest: QUIET = -W ignore::DeprecationWarning -W ignore::PendingDeprecationWarning
test-lock test-lowest test-newest:
	uv venv --quiet --clear --python "$(PYTHON)" build/$@
	uv pip install --quiet --python build/$@ $(VERSIONS)
	uv pip install --quiet --python build/$@ --no-deps --reinstall-package gmm-lesson .
	uv run --no-project --python build/$@ python -m pytest -n $(WORKERS) --dist worksteal $(QUIET) $(NOT_MATHS) tests
	uv run --no-project --python build/$@ python -m pytest -n $(WORKERS) --dist loadscope $(QUIET) $(NBVAL)

notebooks: $(READY)
	$(BIN)/python tools/notebooks.py store $(LESSONS)

html: $(READY)
	$(BIN)/python tools/notebooks.py html $(LESSONS)

# The course as web pages, in build/site. LITE=no leaves out the notebooks that run in the browser; WHEELS= names a
# folder with what they need from Pyodide.
site: $(READY) $(NODE)
	$(BIN)/python site/build.py $(if $(filter no,$(LITE)),--no-lite) $(if $(WHEELS),--wheels $(WHEELS))

# Needs Chromium, and the built site.
pdf: $(READY)
	$(BIN)/python site/build.py --pdf build/pdf

# Ratios on this machine, in one run; no test asserts them.
bench: $(READY)
	$(BIN)/python benchmarks/engine.py
	$(BIN)/python benchmarks/fast_em.py
	$(BIN)/python benchmarks/frames.py
	$(BIN)/python benchmarks/restart_map.py
	$(BIN)/python benchmarks/browser_frames.py
	$(BIN)/python benchmarks/browser_start.py
	$(BIN)/python benchmarks/first_page.py

# A class on a hub of this machine, with what binder/ installs; STUDENTS=40 for one class alone.
classroom:
	"$(PYTHON)" -m venv build/hub
	build/hub/bin/python -m pip install --quiet --upgrade pip
	PATH="$(CURDIR)/build/hub/bin:$$PATH" PIP_QUIET=1 binder/postBuild
	npm install --silent --no-audit --no-fund --prefix build/hub configurable-http-proxy@5
	build/hub/bin/python benchmarks/classroom.py $(if $(STUDENTS),--students $(STUDENTS)) \
		--proxy "$(CURDIR)/build/hub/node_modules/.bin/configurable-http-proxy"

lint: $(READY) $(NODE)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(if $(NODE),node_modules/.bin/biome ci && node_modules/.bin/tsc -p jsconfig.json,@echo "npm is missing: the scripts of the pages were not looked at")

# Needs uv: it writes one lock for every platform and every Python that pyproject.toml allows.
lock:
	uv pip compile --upgrade --universal --generate-hashes --no-header --no-annotate \
		--python-version 3.11 pyproject.toml --group dev -o requirements.lock

$(NODE): package.json
	npm install --no-package-lock --no-audit --no-fund --silent
	@touch $@

clean:
	rm -rf $(VENV) node_modules build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

# An environment holds its own path: one that was moved since, or never finished, is made anew.
ifeq ($(shell test "$$(cat $(READY) 2>/dev/null)" = "$$(pwd -P)" && echo here),)
.PHONY: $(READY)
endif

$(READY): requirements.lock pyproject.toml
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "gmm-lesson needs Python 3.11 or newer, and $(PYTHON) is not. Try: make $(MAKECMDGOALS) PYTHON=python3.12"; \
		exit 1; }
	@test "$$(cat $(READY) 2>/dev/null)" = "$$(pwd -P)" || rm -rf $(VENV)
	@if command -v uv >/dev/null; then \
		test -x $(BIN)/python || uv venv --quiet --python "$$(command -v "$(PYTHON)")" $(VENV) && \
		uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock && \
		uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .; \
	else \
		test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV) || { \
			echo "$(PYTHON) cannot make a virtual environment. Debian and Ubuntu: sudo apt install python3-venv; or install uv"; \
			exit 1; } && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .; \
	fi
	@pwd -P > $(READY)
