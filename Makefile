# Everything that is done with this repository. `make help` lists it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

SWIFT_FLAGS := --explicit-target-dependency-import-check error
BINARY := .build/debug/divar-gateway
PYTHON := .venv/bin/python
# Foundation's parts refer to each other in a circle, which the linker has to be told of where they are archives.
STATIC := --static-swift-stdlib $(addprefix -Xlinker ,--start-group -l_FoundationICU -l_FoundationCShims \
	-l_FoundationCollections -lFoundationEssentials -lFoundationInternationalization -lFoundation -lCoreFoundation --end-group)
FUZZ_SOURCES := Fuzz/Package.swift Fuzz/Sources

.PHONY: help setup build run demo test unit e2e fuzz fuzz-build fuzz-long tsan asan soak bench-journal bench-cache bench-decode bench lint format check release static deb clean

help: ## list these targets
	@grep -E '^[a-z0-9-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## install what is missing, through apt (with sudo where needed)
	@deploy/setup.sh build

build: setup ## build the gateway (debug)
	@echo "building; the first time takes 5 to 15 minutes on two cores"
	swift build $(SWIFT_FLAGS) --product divar-gateway

run: build ## start the gateway with a simulated Divar behind it, and print lines to try
	@exec $(BINARY) serve --config config/divar-gateway.yaml --sandbox --sandbox-listen 127.0.0.1:8090

demo: build ## run the README's tour and check every step
	@deploy/demo.sh $(BINARY)

test: lint unit e2e fuzz ## run every test (does its own set-up)

unit: setup ## the tests of the rooms
	@echo "building the tests; the first time takes 5 to 15 minutes on two cores"
	swift build $(SWIFT_FLAGS) --build-tests
	swift test $(SWIFT_FLAGS) --skip-build --disable-xctest

e2e: static build .venv/ready ## the tests of the real binary, by curl and Python, and of the second verifier
	$(PYTHON) -m pytest -q Tests/AuditVerifier Tests/EndToEnd

# Its own package with its own products, for everything in it is compiled with coverage counters: see docs/testing.md.
fuzz-build: setup
	@echo "building the fuzz targets; the first time takes 2 to 3 minutes on two cores"
	swift build --package-path Fuzz --scratch-path .build-fuzz --sanitize=fuzzer --quiet

fuzz: fuzz-build ## fuzz every decoder of untrusted bytes for two minutes together
	Fuzz/run.sh smoke 120

fuzz-long: fuzz-build ## fuzz one decoder until stopped: make fuzz-long TARGET=json (without it: lists them)
	@Fuzz/run.sh long "$(TARGET)"

# One after the other the unit tests and the part of the live suite that has the most threads and connections in it, under
# a sanitizer; Tests/Sanitizers says what is passed over, and why. Each first build takes 8 to 25 minutes on two cores.
# One test after the other: all at once are so slow that deadlines pass which are no finding.
# Leaks are not looked for: LeakSanitizer doesn't see pointers in whose upper bits Swift keeps an enum's case.
LIVE_SUITE := $(addprefix Tests/EndToEnd/test_,send.py cache_reads.py cache_coalescing.py wire.py wire_malformed.py \
	wire_limits.py wire_deadlines.py wire_many_clients.py queue.py quota.py failover.py tls.py load.py stop.py admin.py commands.py)

tsan: setup .venv/ready .build-thread/mutex.so ## run the unit tests and a live suite under ThreadSanitizer (some 45 minutes)
	$(call sanitized,thread,$(THREADS))

asan: setup .venv/ready ## run the unit tests and a live suite under AddressSanitizer (some 45 minutes)
	$(call sanitized,address,ASAN_OPTIONS="detect_leaks=0")

THREADS := TSAN_OPTIONS="halt_on_error=1 exitcode=66 suppressions=$(CURDIR)/Tests/Sanitizers/thread.supp" \
	LD_PRELOAD=$(CURDIR)/.build-thread/mutex.so

# With the clang of the toolchain, which knows Swift's calling convention.
.build-thread/mutex.so: Tests/Sanitizers/mutex.c
	mkdir -p .build-thread
	"$$(dirname "$$(readlink -f "$$(command -v swift)")")/clang" -shared -fPIC -O1 -Wall -Werror -o $@ $<

# 1: the sanitizer's name; 2: its settings. A finding ends the process with a status that no test takes for a clean end.
define sanitized
	swift build $(SWIFT_FLAGS) --scratch-path .build-$(1) --sanitize=$(1) --build-tests
	$(2) swift test $(SWIFT_FLAGS) --scratch-path .build-$(1) --sanitize=$(1) --skip-build --disable-xctest --no-parallel
	$(2) DIVAR_GATEWAY_BINARY=$(CURDIR)/.build-$(1)/debug/divar-gateway $(PYTHON) -m pytest -q $(LIVE_SUITE)
endef

soak: build .venv/ready ## the long tests: 200 kills of a gateway under load, greedy callers for two minutes
	KILLS=200 $(PYTHON) -m pytest -q -s Tests/EndToEnd/test_crash.py
	$(PYTHON) -m pytest -q -s -m soak Tests/EndToEnd

bench-journal: setup ## measure durable sends against a bare GRDB loop (a release build)
	swift build $(SWIFT_FLAGS) -c release --product JournalBenchmark
	.build/release/JournalBenchmark .build

bench-cache: setup ## measure hit ratios, memory and time of the cache (a release build)
	swift build $(SWIFT_FLAGS) -c release --product CacheBenchmark
	.build/release/CacheBenchmark

bench-decode: setup ## measure our request decoder beside NIOHTTP1's (a release build)
	swift build $(SWIFT_FLAGS) -c release --product RequestDecoding
	.build/release/RequestDecoding

bench: release ## measure beside nginx, HAProxy, Varnish and a bare C server (BENCH="--work send-memory" measures a part)
	@deploy/setup.sh bench
	python3 Benchmarks/comparison/compare.py --binary .build/release/divar-gateway --results Benchmarks/results $(BENCH)

.venv/ready: Tests/EndToEnd/requirements.txt
	@deploy/setup.sh test
	python3 -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check -r Tests/EndToEnd/requirements.txt
	@touch .venv/ready

lint: ## check the format of the code and of the scripts
	@deploy/setup.sh lint
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks $(FUZZ_SOURCES)
	shellcheck deploy/*.sh Fuzz/run.sh .ci/run

format: ## put the code into its format
	swift format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks $(FUZZ_SOURCES)

check: test demo ## everything that must hold before a change lands

release: setup ## build the release binary; all of Swift is in it
	swift build $(SWIFT_FLAGS) $(STATIC) -c release --product divar-gateway

# A debug binary as a package has it, for the tests of the package: only linked anew, and moved away, so that the next
# build links the usual one.
static: setup
	swift build $(SWIFT_FLAGS) $(STATIC) --product divar-gateway
	mkdir -p .build/static
	mv .build/debug/divar-gateway .build/static/divar-gateway

deb: release ## build a Debian package, .build/divar-gateway_*.deb
	@deploy/setup.sh deb
	deploy/package.sh .build/release/divar-gateway .build
	lintian --allow-root --fail-on error,warning .build/divar-gateway_*.deb

clean: ## remove what was built
	rm -rf .build .build-fuzz .build-thread .build-address .venv
