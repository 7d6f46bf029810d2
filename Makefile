# `make demo` and `make test` need nothing but Python 3.11+, git and a C compiler: what is
# missing is installed by apt, or named. A second run finds everything in place.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo "$$p" && break; done)
BIN := .venv/bin
READY := .venv/ready

# conda keeps headers and libraries to itself; pip builds pycddlib against them
ifdef CONDA_PREFIX
export CPATH := $(CONDA_PREFIX)/include:$(CPATH)
export LIBRARY_PATH := $(CONDA_PREFIX)/lib:$(LIBRARY_PATH)
export LDFLAGS := -Wl,-rpath,$(CONDA_PREFIX)/lib $(LDFLAGS)
endif

# what Python compiles is kept, as it does by itself: the processes that tests start are many
export PYTHONDONTWRITEBYTECODE :=

# an editable install is bound to its folder: a moved tree is installed anew
ifneq ($(shell cat $(READY) 2>/dev/null),$(CURDIR))
.PHONY: $(READY)
endif

.PHONY: demo test check checker verified browser docs images notebook pythons bench coverage deep clean

demo: $(READY)
	$(BIN)/polytope-nn certify examples/octahedron.json \
		-o build/octahedron.cert.json --figure build/octahedron.svg
	@echo "wrote build/octahedron.cert.json and build/octahedron.svg"

# everything that checks the package; ends with pytest's closing line. The benchmarks are
# run once, for their answers: what they time is shown by make bench
test: check
	$(BIN)/python -m pytest benchmarks -q -n 2 --benchmark-disable
	HYPOTHESIS_PROFILE=ci $(BIN)/python -m pytest -n 2 -p no:benchmark --durations=15

check: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo

# the checker whose soundness is a theorem, and what compares it with the one in Python;
# installs Coq where apt can
verified: $(READY)
	@COQ=1 PYTHON="$(PYTHON)" sh .ci/system
	$(MAKE) -C proofs/coq all assumptions golden coqchk
	$(BIN)/python -m pytest tests/formal -m "deep or not deep"

# the checker as one file: `python -I build/checker.pyz CERT.json` needs nothing else
checker:
	@mkdir -p build
	$(PYTHON) -I polytope_nn/checker/archive.py build/checker.pyz

# the report in a headless Chromium, which apt installs where it can
browser: $(READY)
	@command -v chromium >/dev/null || sh -c '[ "$$(id -u)" -eq 0 ] || s=sudo; \
		$$s apt-get install -q -y --no-install-recommends chromium'
	$(BIN)/python -m pytest tests/report/test_browser.py

# the pictures of the README (docs/images)
images: $(READY)
	$(BIN)/python docs/images/make.py

# the documentation as a site, build/docs/index.html; every warning is an error
docs: $(READY)
	@$(BIN)/python -c "import sphinx, myst_parser" 2>/dev/null \
		|| $(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[docs]'
	$(BIN)/python docs/generated.py
	$(BIN)/python docs/figures.py
	$(BIN)/python -m sphinx -q -W -b html docs build/docs
	@echo "wrote build/docs/index.html"

# the outputs of the notebook of the examples, and Jupyter runs it
notebook: $(READY)
	@$(BIN)/python -c "import nbclient, ipykernel" 2>/dev/null \
		|| $(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[notebook]'
	$(BIN)/python docs/notebook.py
	$(BIN)/python -m pytest tests/report/test_notebook.py

# the wheel and a fast part of the tests on every supported Python that is installed, or one
# line why not; VERSIONS="3.13" asks for some of them
pythons: $(READY)
	@sh .ci/pythons

# timings, the peers beside ours where they are installed
bench: $(READY)
	$(BIN)/python -m pytest benchmarks -m "deep or not deep" \
		--benchmark-only --benchmark-columns=median,rounds

# which lines and branches no test runs; tracing them takes three times as long as the tests
coverage: $(READY)
	HYPOTHESIS_PROFILE=ci $(BIN)/python -m pytest -n auto -p no:benchmark \
		--cov --cov-report=term:skip-covered

# hours: the tests marked deep, and every property with many more examples
deep: $(READY)
	HYPOTHESIS_PROFILE=deep $(BIN)/python -m pytest -n auto -p no:benchmark -m "deep or not deep"

clean:
	$(MAKE) -C proofs/coq clean
	rm -rf .venv build .coverage* .*_cache .hypothesis .benchmarks

$(READY): setup.cfg setup.py pyproject.toml $(wildcard polytope_nn/geometry/kernel/*.c)
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed"; exit 1; }
	@PYTHON="$(PYTHON)" sh .ci/system
	@$(BIN)/python -c pass 2>/dev/null || $(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	@mkdir -p build
	@echo "$(CURDIR)" > $@
