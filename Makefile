# Everything a person or a machine does with a clone. The work is in Scripts/; `make` alone lists the targets.

PREFIX ?= /usr/local
# What `swift build` and `swift test` get, for instance SWIFT_FLAGS="-j 1".
SWIFT_FLAGS ?=
export SWIFT_FLAGS

.DEFAULT_GOAL := help
.PHONY: help setup demo build test bench compare install uninstall format lint sanitize-thread sanitize-address fuzz clean

help: ## List these targets
	@echo "Fingerpost: a vector index and guideline search engine in Swift"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what the build needs (Debian, Ubuntu), or say what is missing
	@Scripts/setup.sh

demo: setup ## Build a library from the sample corpus and answer a few inputs
	@Scripts/demo.sh

build: setup ## Build the fingerpost command, optimised
	swift build -c release --product fingerpost $(SWIFT_FLAGS)

test: setup ## Build and run every test and check
	@Scripts/test.sh

bench: setup ## Measure the index and the query path; BASE= and QUERIES= name .npy files of your own; SUITES=1 for more
	@BASE='$(BASE)' QUERIES='$(QUERIES)' SUITES='$(SUITES)' Scripts/bench.sh

compare: setup ## Measure the index beside others from PyPI; BASE= and QUERIES= name .npy files of your own
	@Benchmarks/Peers/run.sh $(if $(BASE),--base '$(BASE)' --queries '$(QUERIES)')

install: setup ## Install the command and its models under PREFIX (/usr/local)
	@PREFIX='$(PREFIX)' Scripts/install.sh

uninstall: ## Remove what install put under PREFIX
	@PREFIX='$(PREFIX)' Scripts/install.sh --remove

format: ## Lay out the Swift sources as .swift-format says
	swift format format --in-place --parallel --recursive Package.swift Sources Tests models Benchmarks

lint: ## Check the layout of the Swift sources
	swift format lint --strict --parallel --recursive Package.swift Sources Tests models Benchmarks

sanitize-thread: setup ## Run the tests under Thread Sanitizer
	@Scripts/sanitize.sh thread

sanitize-address: setup ## Run the tests under Address Sanitizer
	@Scripts/sanitize.sh address

fuzz: setup ## Feed damaged archives to the index for a minute (SECONDS= for longer)
	@Scripts/fuzz.sh $(SECONDS)

clean: ## Remove everything built
	rm -rf .build
