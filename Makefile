# From a clean clone: `make demo` shows it, `make test` tests it.
# Needs the Rust toolchain of rust-toolchain.toml and a CPython from 3.11 on.

PYTHON ?= python3
CARGO ?= cargo
COUNT ?= 2000
SEED ?= 1

BIN := .venv/bin
# The extension modules are linked by the build backend, which knows how; plain cargo would
# look for a libpython that many machines do not have.
CRATES := --workspace --exclude spacetime-objects --exclude spacetime-python
# Built together with the tests, so that nothing is compiled twice.
XTASK := target/debug/xtask

RUST_SOURCES := $(shell find crates -name '*.rs' -o -name Cargo.toml) Cargo.toml Cargo.lock
PYTHON_SOURCES := $(shell find python packaging -name '*.py' -o -name '*.pyi') pyproject.toml README.md

# Seconds for each of the fuzz targets.
FUZZ_SECONDS ?= 120
FUZZ := target/fuzz
HOST := $(shell rustc -vV | sed -n 's/^host: //p')
# What cargo-fuzz passes, without a sanitizer, so that the pinned stable compiler will do. It
# needs a C++ compiler for libFuzzer. Only what is built for HOST gets it, and not build scripts.
COVERAGE := -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
	-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
	-Cllvm-args=-sanitizer-coverage-trace-compares -Cllvm-args=-simplifycfg-branch-fold-threshold=0 \
	-Ccodegen-units=1 --cfg fuzzing

.PHONY: demo test test-rust test-xtask test-python test-programs measure predictions test-long bench sweep long fuzz clean

demo: .venv/.installed
	$(BIN)/python demo/demo.py

test: test-rust test-xtask test-python test-programs

test-rust:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --quiet -- -D warnings
	$(CARGO) build $(CRATES) --all-targets --quiet
	$(CARGO) test $(CRATES) --quiet

test-xtask: .venv/.installed
	$(CARGO) build $(CRATES) --all-targets --quiet
	$(XTASK) tidy
	$(XTASK) equivalence
	$(XTASK) kinds
	$(XTASK) programs --count $(COUNT) --seed $(SEED) $(LEAST)
	$(XTASK) sweep --python $(BIN)/python --no-site-packages
	$(XTASK) stdlib --quick
	$(XTASK) upgrade-fixers --step 60
	$(XTASK) upgrade-fuzz --count 300

test-python: .venv/.installed
	$(BIN)/ruff check .
	$(BIN)/mypy
	MYPYPATH=xtask/python $(BIN)/mypy xtask/python
	MYPYPATH=benchmarks $(BIN)/mypy benchmarks/*.py benchmarks/programs/inputs.py
	if ls tests/test_*.py >/dev/null 2>&1; then $(BIN)/pytest; fi

# Programs as people write them, before and after: the same behaviour at small sizes.
test-programs: .venv/.installed
	$(BIN)/python benchmarks/measure_programs.py --stc $(BIN)/stc

# The same at large sizes: memory and time. Some minutes.
measure: .venv/.installed
	$(BIN)/python benchmarks/measure_programs.py --stc $(BIN)/stc --size scale

# Predicted peaks beside the measured ones. Some minutes.
predictions: .venv/.installed
	$(BIN)/python benchmarks/predictions.py --stc $(BIN)/stc

# What takes longer than anybody waits for: CPython's own tests and those of
# other people's packages (which are downloaded), ruff's word on the probes, 2to3
# over whole libraries, and the random programs for an evening.
test-long: .venv/.installed
	$(CARGO) build $(CRATES) --all-targets --quiet
	$(XTASK) stdlib
	$(XTASK) packages
	$(XTASK) probes
	$(XTASK) upgrade-parity
	$(XTASK) upgrade-matches
	$(XTASK) upgrade-fixers --tests
	$(XTASK) upgrade-fixers --other-tests
	$(XTASK) upgrade-fixers --encodings
	$(XTASK) upgrade-fixers --beyond
	$(XTASK) upgrade-fixers --command
	$(XTASK) upgrade-fuzz --count 20000
	$(XTASK) upgrade-fixers --long
	$(MAKE) fuzz
	$(MAKE) long

# Analysis beside the bare parse, in MB/s of one core.
bench:
	$(CARGO) bench --package spacetime-engine

# Every interpreter that is installed, site-packages included.
sweep:
	$(CARGO) build $(CRATES) --all-targets --release --quiet
	target/release/xtask sweep

# The random programs for an evening.
long: .venv/.installed
	$(CARGO) build $(CRATES) --all-targets --quiet
	$(XTASK) programs --long --seed $(SEED)

# Guided by what code is reached: any bytes through `stc upgrade` and `stc optimize`, and programs
# grown from what fixers look for. What breaks one stays in target/fuzz as TARGET-crash-….
fuzz:
	RUSTFLAGS="$(COVERAGE)" $(CARGO) build --release --quiet --target $(HOST) \
		--manifest-path fuzz/Cargo.toml --target-dir $(FUZZ)
	mkdir -p $(FUZZ)/corpus/upgrade $(FUZZ)/corpus/grown $(FUZZ)/corpus/optimize
	$(call fuzzed,upgrade) crates/upgrade/tests/fixers crates/upgrade/tests/beyond
	$(call fuzzed,grown)
	$(call fuzzed,optimize) docs/probes

fuzzed = $(FUZZ)/$(HOST)/release/$(1) -max_total_time=$(FUZZ_SECONDS) -max_len=1024 -len_control=0 -timeout=20 \
	-verbosity=0 -print_final_stats=1 -artifact_prefix=$(FUZZ)/$(1)- $(FUZZ)/corpus/$(1)

.venv/.tools: requirements-dev.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	touch $@

# Installed as users get it: a release build, not a link into this folder.
.venv/.installed: .venv/.tools $(RUST_SOURCES) $(PYTHON_SOURCES)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/pip install --quiet --disable-pip-version-check \
		--no-build-isolation --no-deps --force-reinstall .
	touch $@

clean:
	rm -rf .venv target dist build .mypy_cache .ruff_cache .pytest_cache
	find . -name __pycache__ -prune -exec rm -rf {} +
