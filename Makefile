# Everything that is done with this repository. `make help` lists it.

SWIFT ?= swift
PREFIX ?= /usr/local
DESTDIR ?=
# What `make stage` lays out, and where packages come to lie.
STAGE := .build/stage
PACKAGES ?= .build/packages
SECONDS ?= 60

# The tools; each is installed as reassemble-<tool>, which `reassemble <tool>` runs.
TOOLS := $(notdir $(patsubst %/,%,$(filter-out %/Suite/ %/Support/ %/reassemble/,$(wildcard Sources/Tools/*/))))

.DEFAULT_GOAL := build
TARGETS := help deps build demo test test-avx2 debian13 lint stage install uninstall package package-test clean

# Two builds in one folder would only wait for each other.
.NOTPARALLEL:

help: ## Show this list.
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name what; do \
		case ' $(TARGETS) ' in *" $$name "*) \
			printf 'make %-12s %s\n' "$$name" "$$what" ;; esac; done

deps: ## Install the Debian packages that are missing.
	@Scripts/deps

build: deps ## Build the tools, optimised.
	$(SWIFT) build -c release
	@Scripts/mpi "$$($(SWIFT) build -c release --show-bin-path)"

demo: build ## Evaluate a checkpoint that TensorFlow wrote on records that TensorFlow wrote.
	$$($(SWIFT) build -c release --show-bin-path)/reassemble eval --eval_only=True \
		--data_dir=fixtures/tiny/data --model_dir=fixtures/tiny/model \
		--preprocessing_type=imagenet_096 --resnet_version=2 --resnet_size=50 \
		--use_sk_block=True --anti_alias_type=sconv --anti_alias_filter_size=3

# Optimised, as numeric code is fifty times slower without; the tools are built once for demo and test. Tests run side by
# side, each on one thread: threads that wait for each other do badly where there are more of them than cores.
test: deps ## Build and run all tests, optimised.
	$(SWIFT) build -c release --build-tests
	@Scripts/mpi "$$($(SWIFT) build -c release --show-bin-path)"
	OMP_NUM_THREADS=1 $(SWIFT) test -c release --skip-build --disable-xctest

# What computes differently there: all but the formats, and the sharing between ranks. A processor without AVX-512 has done so in `make test`.
test-avx2: deps ## Run the tests of what computes again, held to AVX2.
	@if ! grep -qw avx512f /proc/cpuinfo; then \
		echo 'test-avx2: this processor has no more than AVX2, so `make test` was this run'; exit 0; fi; \
	$(SWIFT) build -c release --build-tests && \
	DNNL_MAX_CPU_ISA=AVX2 OMP_NUM_THREADS=1 $(SWIFT) test -c release --skip-build --disable-xctest \
		--skip 'ProtoTests|CheckpointTests|ToolTests\.Ranked'

# A root of its own, kept in .build-roots; `make test` there, by this Swift toolchain.
debian13: ## Build and run all tests on Debian 13 as well (as root; downloads it).
	@Scripts/on-debian trixie 'make test'

lint: ## Check the format of the sources and the syntax of the scripts.
	$(SWIFT) format lint --strict --recursive Sources Tests Package.swift
	@for script in $(filter-out Scripts/packaging,$(wildcard Scripts/*)) Scripts/packaging/copyright Scripts/packaging/use .ci/run $(wildcard Tests/*/*.sh); do \
		bash -n "$$script" || exit 1; done

ifneq ($(wildcard Tests/Benchmarks/run.sh),)
TARGETS += bench
bench: build ## Measure this against its peers, in turn.
	Tests/Benchmarks/run.sh
endif

ifneq ($(wildcard Tests/Interop/*.py),)
TARGETS += interop
# Each script stands for itself, and all are run; REASSEMBLE_BIN is the folder of the tools.
interop: build ## Check files against real TensorFlow & Co. (downloads them).
	@Scripts/venv .venv-interop Tests/Interop/requirements.txt
	@failed=''; for script in Tests/Interop/*.py; do \
		echo "$$script"; \
		REASSEMBLE_BIN=$$($(SWIFT) build -c release --show-bin-path) \
			.venv-interop/bin/python "$$script" || failed="$$failed $$script"; done; \
	if [ -n "$$failed" ]; then echo "interop: failed:$$failed"; exit 1; fi
endif

ifneq ($(wildcard Tests/Pages/pages.py),)
TARGETS += pages-test
# Screenshots are in .build/pages afterwards, for somebody to look at.
pages-test: build ## Look at the pages of inspect and eval in a headless Chromium.
	REASSEMBLE_BIN=$$($(SWIFT) build -c release --show-bin-path) python3 Tests/Pages/pages.py .build/pages
endif

ifneq ($(wildcard Tests/Fuzz/run.sh),)
TARGETS += fuzz
fuzz: deps ## Fuzz every reader for SECONDS each.
	Tests/Fuzz/run.sh $(SECONDS)
endif

# `swift build` finds nothing to do where all is built.
stage: build ## Link the tools as they are installed: they need no Swift then.
	@Scripts/stage $(STAGE) $(TOOLS)

# Root who has come by sudo compiles nothing; whoever else installs gets what is missing built first.
install: $(if $(and $(SUDO_UID),$(filter 0,$(shell id -u))),,stage) ## Install the tools, their manual pages and completions: PREFIX, DESTDIR.
	@Scripts/install $(STAGE) "$(DESTDIR)$(PREFIX)"

uninstall: ## Remove what install has put there.
	Scripts/uninstall "$(DESTDIR)$(PREFIX)" $(TOOLS)

package: stage ## Make a Debian package and an archive that runs from any place, into .build/packages.
	@Scripts/package $(STAGE) "$(PACKAGES)"

package-test: ## Install the packages where there is no Swift, compiler or Python, and use them (as root).
	@Scripts/package-test "$(PACKAGES)"

clean: ## Remove everything that was built.
	rm -rf .build .build-roots .venv-interop .venv-bench

.PHONY: $(TARGETS)
